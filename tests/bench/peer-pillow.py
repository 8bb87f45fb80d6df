# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resize pictures with Pillow on a ProcessPoolExecutor, as the talk does; print seconds.

Usage: peer-pillow.py full|draft PROCESSES FILE...
The time is from the making of the pool to the last picture; the interpreter's start is not in it.
"""

import concurrent.futures
import sys
import time

from PIL import Image

SIZE = (64, 64)


def resize_full(path):
    with Image.open(path) as image:
        return len(image.resize(SIZE).tobytes())


def resize_draft(path):
    """Draft mode lets libjpeg scale while it decodes, as gdk-pixbuf does."""
    with Image.open(path) as image:
        image.draft(None, SIZE)
        return len(image.resize(SIZE).tobytes())


def main():
    resize = {'full': resize_full, 'draft': resize_draft}[sys.argv[1]]
    paths = sys.argv[3:]
    start = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(int(sys.argv[2])) as pool:
        sizes = list(pool.map(resize, paths))
    seconds = time.monotonic() - start
    assert len(sizes) == len(paths) and min(sizes) >= SIZE[0] * SIZE[1]
    print(f'{seconds:.6f}')


if __name__ == '__main__':
    main()
