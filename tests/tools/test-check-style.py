# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/check-style must see what it says it looks at, and --fix must mend what uncrustify can."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import tap_unittest

CHECK_STYLE = os.environ['CHECK_STYLE']
SOURCE_ROOT = pathlib.Path(os.environ['SOURCE_ROOT'])

HEADER = ('/* SPDX-FileCopyrightText: 2026 The Speedup developers\n'
          ' * SPDX-License-Identifier: GPL-3.0-or-later\n */\n\n')
GOOD = HEADER + 'int\nmain (void)\n{\n  return 0;\n}\n'
BADLY_SPACED = GOOD.replace('main (void)', 'main(void)')


class CheckStyle(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / 'src' / 'room').mkdir(parents=True)
        (self.root / 'tools').mkdir()
        shutil.copy(SOURCE_ROOT / 'tools' / 'uncrustify.cfg', self.root / 'tools')
        self.source = self.root / 'src' / 'room' / 'a.c'
        self.source.write_text(GOOD, encoding='utf-8')

    def check(self, *options):
        done = subprocess.run([sys.executable, CHECK_STYLE, '--root', str(self.root), *options],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, '')
        return done.returncode, done.stdout

    def need_uncrustify(self):
        status, text = self.check()
        if status == 77:
            self.skipTest(text.strip())

    def test_good(self):
        self.assertIn(self.check()[0], (0, 77))

    def test_format(self):
        self.need_uncrustify()
        self.source.write_text(BADLY_SPACED, encoding='utf-8')
        status, text = self.check()
        self.assertEqual(status, 1)
        self.assertIn('-main(void)', text)
        self.assertIn('+main (void)', text)

    def test_fix(self):
        self.need_uncrustify()
        self.source.write_text(BADLY_SPACED, encoding='utf-8')
        self.assertEqual(self.check('--fix')[0], 0)
        self.assertEqual(self.source.read_text(encoding='utf-8'), GOOD)

    def test_lines(self):
        for text, expected in ((GOOD + '/*\t*/\n', 'a tab'),
                               (GOOD + '/* */ \n', 'blanks at the end'),
                               (GOOD + '/*' + 'x' * 97 + '*/\n', '101 columns'),
                               (GOOD.rstrip('\n'), 'has no end'),
                               (GOOD.replace('License', 'Licence'), 'no "SPDX-License'),
                               (GOOD.replace('FileCopyright', 'Copy'), 'no "SPDX-FileCopyright')):
            with self.subTest(expected=expected):
                self.source.write_text(text, encoding='utf-8')
                status, output = self.check()
                self.assertEqual(status, 1)
                self.assertIn(expected, output)

    def test_columns_are_characters(self):
        self.source.write_text(GOOD + '/*' + 'ü' * 96 + '*/\n', encoding='utf-8')
        self.assertIn(self.check()[0], (0, 77))

    def test_scripts_are_looked_at(self):
        (self.root / 'tools' / 'thing').write_text('#!/bin/sh\ntrue \n', encoding='utf-8')
        status, text = self.check()
        self.assertEqual(status, 1)
        self.assertIn('tools/thing:2', text)

    def test_no_sources(self):
        self.source.unlink()
        self.assertEqual(self.check()[0], 1)


if __name__ == '__main__':
    tap_unittest.main()
