# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/check-potfiles must see an unsorted, incomplete or stale list."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap_unittest

CHECK_POTFILES = os.environ['CHECK_POTFILES']

FILES = {
    'src/a/one.c': 'puts (_("One"));\n',
    'src/a/two.c': 'x = ngettext ("task", "tasks", n);\n',
    'src/a/menu.ui': '<property name="label" translatable="yes">Menu</property>\n',
    'src/a/none.c': '/* _("not this") */ f (_x ("y"), "_(\\"nor this");\n',
    'data/x.desktop.in': '[Desktop Entry]\n',
}
COMPLETE = 'data/x.desktop.in\nsrc/a/menu.ui\nsrc/a/one.c\nsrc/a/two.c\n'


class CheckPotfiles(unittest.TestCase):
    def check(self, potfiles):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            files = dict(FILES)
            if potfiles is not None:
                files['po/POTFILES.in'] = potfiles
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding='utf-8')
            done = subprocess.run([sys.executable, CHECK_POTFILES, '--root', folder],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.stderr, '')
            return done.returncode, done.stdout

    def test_complete(self):
        self.assertEqual(self.check('# comment\n\n' + COMPLETE)[0], 0)

    def test_wrong(self):
        for potfiles, expected in (
                (None, 'is missing'),
                ('', 'lacks src/a/one.c'),
                (COMPLETE.replace('src/a/two.c\n', ''), 'lacks src/a/two.c'),
                (COMPLETE.replace('src/a/menu.ui\n', ''), 'lacks src/a/menu.ui'),
                (COMPLETE.replace('data/x.desktop.in\n', ''), 'lacks data/x.desktop.in'),
                ('src/a/two.c\n' + COMPLETE.replace('src/a/two.c\n', ''), 'not sorted'),
                (COMPLETE + 'src/a/two.c\n', 'twice'),
                (COMPLETE + 'src/z/gone.c\n', 'does not exist'),
                (COMPLETE.replace('src/a/one.c\n', 'src/a/none.c\nsrc/a/one.c\n'),
                 'src/a/none.c, which has nothing')):
            with self.subTest(expected=expected):
                status, text = self.check(potfiles)
                self.assertEqual(status, 1, text)
                self.assertIn(expected, text)


if __name__ == '__main__':
    tap_unittest.main()
