# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders and pictures that are not what they should be."""

import os
import socket

import tap_unittest
from cli_case import CliCase, obey_permissions, png

OPTIONS = ['--executors=threads', '--workers=2', '--rounds=1', '--quiet', '--output=r.speedup']


class CliInputs(CliCase):
    def resize(self, code, *options, **keywords):
        return self.expect(code, 'run', 'resize', *OPTIONS, *options, **keywords)

    def refuse_input(self, path, *words, code=1, **keywords):
        self.refuse(code, ['run', 'resize', '--quiet', f'--input={path}'], *words, **keywords)

    def check_bad_picture(self, name, data, *words):
        """Beside good pictures, a bad one is named, and the rest is measured."""
        folder = self.pictures()
        self.write(f'pictures/{name}', data)
        done = self.resize(0, f'--input={folder}')
        failures = self.result()['failures']
        self.assertEqual(len(failures), 1, failures)
        self.assertIn(name, failures[0]['task'])
        self.assertIn(name, done.out)
        for word in words:
            self.assertIn(word, failures[0]['message'])
        self.assertEqual(self.result()['status'], 'complete')

    def check_not_a_picture(self, expected_tasks=3):
        """What cannot be a picture is passed over, and nothing hangs."""
        self.resize(0, f'--input={self.path("pictures")}')
        self.assertEqual(self.result()['plan']['configurations'][0]['tasks'], expected_tasks)

    def test_missing_folder(self):
        self.refuse_input('nowhere', 'nowhere')

    def test_empty_folder(self):
        os.mkdir(self.path('empty'))
        self.refuse_input('empty', 'empty')

    def test_unreadable_folder(self):
        self.pictures(folder='closed')
        os.chmod(self.path('closed'), 0)
        self.refuse_input('closed', 'closed', preexec_fn=obey_permissions)
        os.chmod(self.path('closed'), 0o700)

    def test_folder_without_images(self):
        self.write('texts/readme.txt', 'no picture')
        self.refuse_input('texts', 'texts')

    def test_unreadable_image(self):
        folder = self.pictures()
        os.chmod(self.path('pictures/001.png'), 0)
        self.resize(0, f'--input={folder}', preexec_fn=obey_permissions)
        self.assertEqual(self.result()['status'], 'complete')

    def test_corrupt_image(self):
        broken = bytearray(png(40, 30))
        broken[45:60] = b'\xaa' * 15
        self.check_bad_picture('corrupt.png', bytes(broken))

    def test_truncated_image(self):
        whole = png(300, 300, color=(1, 2, 3))
        self.check_bad_picture('truncated.png', whole[:len(whole) // 2])

    def test_zero_byte_image(self):
        folder = self.pictures()
        self.write('pictures/zero.png', b'')
        done = self.resize(0, f'--input={folder}')
        self.assertTrue('zero.png' in done.out or
                        self.result()['plan']['configurations'][0]['tasks'] == 3, done.out)

    def test_zero_byte_image_alone(self):
        self.refuse_input(self.write('zero.png'), 'zero.png')

    def test_huge_image(self):
        self.check_bad_picture('huge.png', png(8, 8, declared=(50000, 50000)), '50000')

    def test_huge_image_alone(self):
        path = self.write('huge.png', png(8, 8, declared=(50000, 50000)))
        done = self.expect(1, 'run', 'resize', *OPTIONS, f'--input={path}')
        self.assertIn('huge.png', done.out + done.err)

    def test_misnamed_image(self):
        """A text that is called a picture, and a picture that is called something else."""
        self.check_bad_picture('text.png', 'this is no picture, whatever its name may say')

    def test_picture_with_another_ending(self):
        folder = self.pictures()
        self.write('pictures/really.jpg', png(40, 30))
        self.resize(0, f'--input={folder}')
        self.assertEqual(self.result()['failures'], [])
        self.assertEqual(self.result()['plan']['configurations'][0]['tasks'], 4)

    def test_fifo(self):
        self.pictures()
        os.mkfifo(self.path('pictures/fifo.png'))
        self.check_not_a_picture()

    def test_fifo_alone(self):
        os.mkfifo(self.path('fifo.png'))
        self.refuse_input('fifo.png', 'fifo.png')

    def test_socket(self):
        self.pictures()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path('pictures/socket.png'))
            self.check_not_a_picture()

    def test_dangling_link(self):
        self.pictures()
        os.symlink('nowhere.png', self.path('pictures/dangling.png'))
        self.check_not_a_picture()

    def test_looping_link(self):
        self.pictures()
        os.symlink('loop.png', self.path('pictures/loop.png'))
        self.check_not_a_picture()

    def test_looping_folders(self):
        folder = self.pictures()
        os.symlink('.', self.path('pictures/again'))
        self.resize(0, f'--input={folder}', '--recursive')
        self.assertEqual(self.result()['plan']['configurations'][0]['tasks'], 3)

    def test_name_with_newline(self):
        folder = self.pictures()
        self.write('pictures/early\nlate\x1b[31m.png', png(40, 30)[:60])
        done = self.resize(0, f'--input={folder}', '--save-dir=saved')
        line = [line for line in done.out.splitlines() if 'early' in line]
        self.assertEqual(len(line), 1, done.out)
        self.assertIn('late', line[0])
        self.assertNotIn('\x1b', done.out)

    def test_good_picture_with_newline_in_its_name(self):
        folder = self.pictures()
        self.write('pictures/one\ntwo.png', png(40, 30))
        self.resize(0, f'--input={folder}', '--save-dir=saved')
        self.assertIn('one\ntwo.png', os.listdir(self.path('saved')))

    def test_name_with_invalid_utf8(self):
        self.pictures()
        name = os.fsencode(self.path('pictures')) + b'/\xff\xfe.png'
        with open(name, 'wb') as file:
            file.write(png(40, 30))
        self.resize(0, f'--input={self.path("pictures")}', '--save-dir=saved')
        self.assertEqual(self.result()['failures'], [])
        self.assertIn(b'\xff\xfe.png', os.listdir(os.fsencode(self.path('saved'))))

    def test_folder_with_invalid_utf8(self):
        name = os.fsencode(self.folder) + b'/\xff-folder'
        os.mkdir(name)
        with open(name + b'/a.png', 'wb') as file:
            file.write(png(40, 30))
        self.resize(0, b'--input=' + name)
        self.assertEqual(self.result()['status'], 'complete')

    def test_all_pictures_are_bad(self):
        self.write('bad/a.png', png(9, 9)[:50])
        self.write('bad/b.png', png(9, 9)[:50])
        done = self.expect(1, 'run', 'resize', *OPTIONS, f'--input={self.path("bad")}')
        self.assertIn('a.png', done.out + done.err)


if __name__ == '__main__':
    tap_unittest.main()
