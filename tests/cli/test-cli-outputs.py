# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where results go: files that cannot be written, devices, pipes, a closed standard output."""

import json
import os
import socket
import stat
import threading

import tap_unittest
from cli_case import CliCase, obey_permissions

QUICK = ['--executors=threads', '--workers=2', '--rounds=1', '--quiet']


class CliOutputs(CliCase):
    def quick(self, *options):
        return ['run', 'resize', f'--input={self.pictures()}', *QUICK, *options]

    def refuse_output(self, path, *words, **keywords):
        """An output that cannot be written is known before any work, and nothing is left."""
        before = sorted(os.listdir(self.folder))
        for option in ('output', 'chart', 'csv', 'markdown', 'save-array'):
            if option == 'chart':
                continue
            with self.subTest(option=option):
                self.refuse(1, ['run', 'resize', '--input=missing', f'--{option}={path}'],
                            f'--{option}', *words, **keywords)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_output_in_missing_folder(self):
        self.refuse_output('no/where/r', "'no/where/r'", 'No such file')

    def test_output_is_a_folder(self):
        os.mkdir(self.path('d'))
        self.refuse_output('d', "'d'", 'it is a folder')

    def test_output_in_unwritable_folder(self):
        os.mkdir(self.path('closed'))
        os.chmod(self.path('closed'), 0o500)
        self.refuse_output('closed/r', "'closed/r'", 'Permission denied',
                           preexec_fn=obey_permissions)

    def test_output_is_a_read_only_file(self):
        os.chmod(self.write('r', 'keep'), 0o400)
        self.refuse_output('r', "'r'", 'Permission denied', preexec_fn=obey_permissions)
        self.assertEqual(self.read('r'), 'keep')

    def test_output_is_a_dangling_link(self):
        os.symlink('nowhere', self.path('link'))
        self.refuse_output('link', "'link'", 'a link to a file that does not exist')

    def test_output_is_a_socket(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path('s'))
            self.refuse_output('s', "'s'", 'nobody reads from it')

    def test_output_is_a_pipe_without_reader(self):
        os.mkfifo(self.path('p'))
        self.refuse_output('p', "'p'", 'nobody reads from it')

    def test_chart_cannot_be_written(self):
        self.refuse(1, self.quick('--chart=no/where.svg'), '--chart', "'no/where.svg'")

    def test_save_dir_cannot_be_made(self):
        self.write('file')
        self.refuse(1, self.quick('--save-dir=file/d'), '--save-dir', "'file/d'")

    def test_dev_full(self):
        """The disk is full at the end: the result is kept elsewhere, and the rest is done."""
        done = self.refuse(1, self.quick('--output=/dev/full', '--csv=t.csv'), '--output',
                           "'/dev/full'", 'No space left')
        self.assertIn('kept in', done.err)
        kept = [name for name in os.listdir(self.path('state/speedup'))
                if name.endswith('.speedup')]
        self.assertEqual(len(kept), 1)
        self.assertEqual(self.result(f'state/speedup/{kept[0]}')['status'], 'complete')
        self.assertIn('threads,2', self.read('t.csv'))

    def test_dev_full_for_a_table(self):
        self.refuse(1, self.quick('--output=r.speedup', '--csv=/dev/full'), '--csv',
                    'No space left')
        self.assertEqual(self.result()['status'], 'complete')
        self.assertFalse(os.path.exists(self.path('r.speedup.journal')))

    def test_standard_output_is_dev_full(self):
        with open('/dev/full', 'wb') as full:
            self.refuse(1, self.quick('--output=r.speedup'), 'Standard output', 'No space left',
                        stdout=full)
        self.assertEqual(self.result()['status'], 'complete')

    def test_standard_output_is_closed(self):
        """Neither is the result lost, nor does it end up in a file that took the number 1."""
        self.refuse(1, self.quick('--output=r.speedup', '--csv=t.csv'), 'Standard output',
                    'closed', stdout=None, preexec_fn=lambda: os.close(1))
        self.assertEqual(self.result()['status'], 'complete')
        self.assertTrue(self.read('t.csv').startswith('executor,'))

    def test_standard_output_is_a_pipe_that_nobody_reads(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.refuse(1, self.quick('--output=r.speedup'), 'Standard output', 'Broken pipe',
                    stdout=writer)
        os.close(writer)
        self.assertEqual(self.result()['status'], 'complete')

    def test_all_descriptors_are_closed(self):
        done = self.run_cli(*self.quick('--output=r.speedup'), stdin=None, stdout=None,
                            stderr=None, preexec_fn=lambda: os.closerange(0, 3))
        self.assertEqual(done.code, 1)
        self.assertEqual(self.result()['status'], 'complete')

    def test_standard_error_is_dev_full(self):
        with open('/dev/full', 'wb') as full:
            done = self.expect(0, *self.quick()[:-1], stderr=full)
        self.assertIn('threads', done.out)

    def test_output_to_a_device_is_not_renamed_over(self):
        done = self.expect(0, *self.quick('--output=/dev/stdout', '--csv=/dev/null'))
        text = done.out
        document, end = json.JSONDecoder().raw_decode(text)
        self.assertEqual(document['status'], 'complete')
        self.assertIn('executor', text[end:])
        self.assertTrue(stat.S_ISCHR(os.stat('/dev/null').st_mode))

    def test_output_to_a_pipe(self):
        os.mkfifo(self.path('p'))
        got = []

        def read():
            with open(self.path('p'), encoding='utf-8') as file:
                got.append(file.read())

        reader = threading.Thread(target=read)
        reader.start()
        self.expect(0, *self.quick('--csv=p'))
        reader.join(10)
        self.assertTrue(got and got[0].startswith('executor,'))
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path('p')).st_mode))

    def test_output_through_a_link(self):
        self.write('target', 'old')
        os.symlink('target', self.path('link'))
        self.expect(0, *self.quick('--output=link'))
        self.assertTrue(os.path.islink(self.path('link')))
        self.assertEqual(self.result('target')['status'], 'complete')

    def test_outputs_keep_their_permissions(self):
        os.chmod(self.write('r.speedup', 'old'), 0o640)
        self.expect(0, *self.quick('--output=r.speedup', '--csv=t.csv'), umask=0o027)
        self.assertEqual(stat.S_IMODE(os.stat(self.path('r.speedup')).st_mode), 0o640)
        self.assertEqual(stat.S_IMODE(os.stat(self.path('t.csv')).st_mode), 0o640)

    def test_array_to_a_device(self):
        self.refuse(1, self.quick('--save-array=/dev/null'), '--save-array', 'not a file')

    def test_nothing_but_the_outputs_is_left(self):
        self.expect(0, *self.quick('--output=r.speedup', '--chart=c.svg', '--markdown=t.md'))
        left = set(os.listdir(self.folder)) - {'pictures', 'state', 'data', 'cache'}
        self.assertEqual(left, {'r.speedup', 'c.svg', 't.md'})
        for folder, _, files in os.walk(self.path('state')):
            self.assertEqual(files, [], folder)


if __name__ == '__main__':
    tap_unittest.main()
