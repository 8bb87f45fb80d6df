# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Result files: what show and chart print and draw, and what they say to files that are damaged."""

import json
import os
import struct
import xml.etree.ElementTree

import tap_unittest
from cli_case import CliCase

DEEP = 100000
KINDS = ['speedup', 'time', 'efficiency', 'timeline', 'chunk-size']


class CliResults(CliCase):
    whole = None

    def setUp(self):
        super().setUp()
        # One measurement serves all tests of this program.
        if CliResults.whole is None:
            self.expect(0, 'run', 'resize', f'--input={self.pictures(4)}', '--workers=1,2',
                        '--executors=async,threads,processes', '--rounds=2', '--quiet',
                        '--output=r.speedup')
            CliResults.whole = self.read('r.speedup', 'rb')
        self.write('r.speedup', CliResults.whole)

    def refuse_result(self, name, *words):
        for command in (['show', name], ['chart', name, '-o', 'c.svg']):
            self.refuse(1, command, name, *words)
        self.assertFalse(os.path.exists(self.path('c.svg')))

    def test_show(self):
        done = self.expect(0, 'show', 'r.speedup')
        self.assertEqual(done.err, '')
        self.assertIn('sequential', done.out)
        self.assertIn('processes', done.out)

    def test_show_as_json(self):
        done = self.expect(0, 'show', 'r.speedup', '--format=json')
        self.assertEqual(json.loads(done.out), json.loads(CliResults.whole))

    def test_show_prints_what_run_printed(self):
        ran = self.expect(0, 'run', 'resize', f'--input={self.pictures()}', '--workers=2',
                          '--executors=threads', '--rounds=1', '--quiet', '--output=again')
        self.assertEqual(self.expect(0, 'show', 'again').out, ran.out)

    def test_missing_result(self):
        self.refuse_result('nowhere.speedup')

    def test_result_that_is_a_folder(self):
        os.mkdir(self.path('folder'))
        self.refuse_result('folder')

    def test_garbage_result(self):
        self.write('garbage', bytes(range(256)) * 40)
        self.refuse_result('garbage')

    def test_empty_result(self):
        self.write('empty')
        self.refuse_result('empty')

    def test_truncated_result(self):
        for share in (0.1, 0.5, 0.99):
            self.write('cut', CliResults.whole[:int(len(CliResults.whole) * share)])
            self.refuse_result('cut')

    def test_result_of_a_newer_schema(self):
        document = json.loads(CliResults.whole)
        document['schema'] = 'speedup-result/2'
        self.write('newer', json.dumps(document))
        self.refuse_result('newer', 'newer')

    def test_result_with_unknown_keys(self):
        """A reader keeps reading files with more in them than it knows."""
        document = json.loads(CliResults.whole)
        document['future'] = {'a': [1, 2, 3]}
        document['runs'][0]['future'] = 1
        self.write('more', json.dumps(document))
        self.assertEqual(self.expect(0, 'show', 'more').out,
                         self.expect(0, 'show', 'r.speedup').out)

    def test_maliciously_nested_result(self):
        self.write('deep', '[' * DEEP)
        self.refuse_result('deep')
        self.write('deeper', '{"schema": "speedup-result/1", "x": ' + '[' * DEEP + ']' * DEEP + '}')
        self.refuse_result('deeper')

    def test_maliciously_large_numbers(self):
        document = json.loads(CliResults.whole)
        document['plan']['configurations'][0]['workers'] = 4000000000
        self.write('large', json.dumps(document))
        self.refuse_result('large')

    def test_another_json_file(self):
        self.write('other.json', '{"name": "something else", "version": 3}')
        self.refuse_result('other.json')

    def test_result_with_escape_sequences(self):
        document = json.loads(CliResults.whole)
        document['title'] = 'a\x1b[31mb\nc'
        document['machine']['cpu'] = 'x\x1b]0;title\x07'
        self.write('escapes', json.dumps(document))
        self.assertNotIn('\x1b', self.expect(0, 'show', 'escapes').out)

    def test_charts_of_every_kind(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.expect(0, 'chart', 'r.speedup', f'--kind={kind}', '-o', f'{kind}.svg')
                root = xml.etree.ElementTree.parse(self.path(f'{kind}.svg')).getroot()
                self.assertTrue(root.tag.endswith('svg'))

    def test_png_chart_has_the_size_asked_for(self):
        self.expect(0, 'chart', 'r.speedup', '-o', 'c.png', '--size=640x400', '--zoom=3')
        data = self.read('c.png', 'rb')
        self.assertTrue(data.startswith(b'\x89PNG\r\n\x1a\n'))
        self.assertEqual(struct.unpack('>II', data[16:24]), (1920, 1200))

    def test_pdf_chart(self):
        self.expect(0, 'chart', 'r.speedup', '-o', 'c.pdf', '--palette=print', '--scale=linear')
        data = self.read('c.pdf', 'rb')
        self.assertTrue(data.startswith(b'%PDF-'))
        self.assertIn(b'%%EOF', data[-32:])

    def test_palettes_differ(self):
        drawn = set()
        for palette in ('light', 'dark', 'print'):
            self.expect(0, 'chart', 'r.speedup', f'--palette={palette}', '-o', 'c.svg')
            drawn.add(self.read('c.svg', 'rb'))
        self.assertEqual(len(drawn), 3)

    def test_chart_cannot_be_written(self):
        self.refuse(1, ['chart', 'r.speedup', '-o', 'no/where.svg'], "'no/where.svg'")
        os.symlink('/dev/full', self.path('full.svg'))
        self.refuse(1, ['chart', 'r.speedup', '-o', 'full.svg'], 'No space left')

    def test_nothing_to_resume(self):
        self.refuse(1, ['resume', 'r.speedup'], 'came to its end')
        self.refuse(1, ['resume', 'nowhere.speedup'], 'nowhere.speedup.journal')

    def test_damaged_journal(self):
        for text in ('', '[' * DEEP, 'garbage\n', '{"schema": "speedup-journal/99"}\n'):
            self.write('x.speedup.journal', text)
            self.refuse(1, ['resume', 'x.speedup'])


if __name__ == '__main__':
    tap_unittest.main()
