# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/check-layers must see each kind of breach: plant one in a copy and look."""

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import tap_unittest

CHECK_LAYERS = os.environ['CHECK_LAYERS']
SOURCE_ROOT = pathlib.Path(os.environ['SOURCE_ROOT'])
BUILD_ROOT = pathlib.Path(os.environ['BUILD_ROOT'])

PLANTED = 'planted.c'


class CheckLayers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='speedup-layers-')
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name) / 'root'
        shutil.copytree(SOURCE_ROOT / 'src', self.root / 'src')

    def check(self, build=None):
        command = [sys.executable, CHECK_LAYERS, '--root', str(self.root)]
        if build is not None:
            command += ['--build', str(build)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, '')
        return done.returncode, done.stdout

    def plant(self, room, text):
        (self.root / 'src' / room / PLANTED).write_text(text, encoding='utf-8')

    def assert_breach(self, expected, build=None):
        status, text = self.check(build)
        self.assertEqual(status, 1, text)
        self.assertIn(expected, text)

    def copy_build(self):
        """A build folder with the same commands and objects, which a test can change."""
        build = pathlib.Path(tempfile.mkdtemp(prefix='build-', dir=self.folder.name))
        shutil.copy(BUILD_ROOT / 'build.ninja', build)
        commands = self.read_commands()
        for entry in commands:
            if not entry['output'].startswith('src/'):
                continue
            target = build / entry['output']
            target.parent.mkdir(parents=True, exist_ok=True)
            if (BUILD_ROOT / entry['output']).exists() and not target.exists():
                target.symlink_to(BUILD_ROOT / entry['output'])
        self.write_commands(build, commands)
        return build

    def read_commands(self):
        with (BUILD_ROOT / 'compile_commands.json').open(encoding='utf-8') as file:
            return json.load(file)

    def write_commands(self, build, commands):
        with (build / 'compile_commands.json').open('w', encoding='utf-8') as file:
            json.dump(commands, file)

    def plant_object(self, build, room, text):
        """Compile text into an object file that the build folder says is the room's."""
        output = f'src/{room}/planted.p/planted.o'
        (build / output).parent.mkdir(parents=True)
        source = build / PLANTED
        source.write_text(text, encoding='utf-8')
        subprocess.run(['cc', '-c', '-O0', '-fno-builtin', '-o', build / output, source],
                       check=True)
        commands = self.read_commands()
        commands.append({'directory': str(build), 'command': 'cc', 'file': PLANTED,
                         'output': output})
        self.write_commands(build, commands)

    def test_the_tree_is_clean(self):
        status, text = self.check(BUILD_ROOT)
        self.assertEqual(status, 0, text)

    def test_an_unchanged_copy_is_clean(self):
        status, text = self.check(self.copy_build())
        self.assertEqual(status, 0, text)

    def test_upward_includes(self):
        for room, header, owner in (('analysis', 'speedup-plan.h', 'engine'),
                                    ('engine', 'speedup-chart.h', 'chart'),
                                    ('engine', '../chart/speedup-chart.h', 'chart'),
                                    ('engine', 'speedup-workloads.h', 'workloads'),
                                    ('workloads', 'speedup-chart.h', 'chart'),
                                    ('chart', 'speedup-workloads.h', 'workloads'),
                                    ('worker', 'speedup-chart.h', 'chart'),
                                    ('weather-server', 'speedup-runner.h', 'engine')):
            with self.subTest(room=room, header=header):
                self.plant(room, f'#include "{header}"\n')
                self.assert_breach(f'{room} includes {header} of {owner}')
                (self.root / 'src' / room / PLANTED).unlink()

    def test_downward_includes_are_allowed(self):
        self.plant('cli', '#include "speedup-chart.h"\n#include "speedup-workloads.h"\n')
        self.plant('engine', '# include "speedup-statistics.h"\n')
        status, text = self.check()
        self.assertEqual(status, 0, text)

    def test_foreign_headers(self):
        for room, header in (('cli', 'gtk/gtk.h'), ('chart', 'gdk/gdk.h'), ('engine', 'adwaita.h'),
                             ('engine', 'libsoup/soup.h'), ('cli', 'libsoup/soup.h'),
                             ('chart', 'gdk-pixbuf/gdk-pixbuf.h'), ('engine', 'simdjson.h'),
                             ('engine', 'gsl/gsl_cdf.h'), ('cli', 'cairo.h'),
                             ('workloads', 'glib/gi18n.h'), ('analysis', 'libintl.h')):
            with self.subTest(room=room, header=header):
                self.plant(room, f'  #  include <{header}>\n')
                self.assert_breach(f'{room} includes <{header}>')
                (self.root / 'src' / room / PLANTED).unlink()

    def test_a_new_room_must_be_entered(self):
        (self.root / 'src' / 'attic').mkdir()
        (self.root / 'src' / 'attic' / PLANTED).write_text('int x;\n', encoding='utf-8')
        self.assert_breach('lies in no room')

    def test_an_empty_tree_is_not_clean(self):
        shutil.rmtree(self.root / 'src')
        (self.root / 'src').mkdir()
        self.assert_breach('there are no sources')

    def test_include_folders(self):
        build = self.copy_build()
        for room, folder, expected in (
                ('engine', self.root / 'src' / 'chart',
                 'engine is compiled with the headers of chart'),
                ('analysis', 'src/engine', 'analysis is compiled with the headers of engine'),
                ('chart', '/usr/include/gtk-4.0', 'chart is compiled with /usr/include/gtk-4.0')):
            with self.subTest(room=room):
                commands = self.read_commands()
                entry = next(e for e in commands if e['output'].startswith(f'src/{room}/'))
                entry['command'] += f' -I{shlex.quote(str(folder))}'
                self.write_commands(build, commands)
                self.assert_breach(expected, build)

    def test_link_lines(self):
        build = self.copy_build()
        text = (build / 'build.ninja').read_text(encoding='utf-8')
        for line, expected in (
                ('build src/worker/x: c_LINKER a.o | src/chart/libspeedup-chart.a',
                 'links src/chart/libspeedup-chart.a of chart'),
                ('build src/cli/x: c_LINKER a.o $\n | /usr/lib/x86_64-linux-gnu/libgtk-4.so',
                 'libgtk-4.so (GTK)'),
                ('build src/cli/x: cpp_LINKER a.o\n LINK_ARGS = -Wl,--as-needed -ladwaita-1',
                 'GTK')):
            with self.subTest(line=line):
                (build / 'build.ninja').write_text(f'{text}\n\n{line}\n', encoding='utf-8')
                self.assert_breach(expected, build)

    def test_symbols_declared_by_hand(self):
        for room, symbol, expected in (
                ('engine', 'speedup_workloads_get_names',
                 'engine needs speedup_workloads_get_names of workloads'),
                ('analysis', 'speedup_plan_new', 'analysis needs speedup_plan_new of engine'),
                ('chart', 'gtk_init', 'chart needs gtk_init (GTK)'),
                ('engine', 'soup_session_new', 'engine needs soup_session_new (libsoup)'),
                ('cli', 'gdk_pixbuf_new', 'cli needs gdk_pixbuf_new (gdk-pixbuf)'),
                ('engine', 'printf', 'engine needs printf (printing)'),
                ('analysis', 'g_print', 'analysis needs g_print (printing)'),
                ('workloads', 'g_dgettext', 'workloads needs g_dgettext (translation)')):
            with self.subTest(room=room, symbol=symbol):
                build = self.copy_build()
                self.plant_object(build, room, f'void {symbol} (void);\n'
                                               f'void planted (void) {{ {symbol} (); }}\n')
                self.assert_breach(expected, build)

    def test_a_breach_does_not_compile(self):
        """What the arrows promise: the flags of a room do not find the headers of another."""
        commands = {}
        for entry in self.read_commands():
            if entry['output'].startswith('src/') and entry['file'].endswith('.c'):
                commands.setdefault(entry['output'].split('/')[1], entry)
        for room, own, foreign in (('analysis', 'speedup-analysis.h', 'speedup-plan.h'),
                                   ('engine', 'speedup-plan.h', 'speedup-workloads.h'),
                                   ('workloads', 'speedup-workloads.h', 'speedup-chart.h'),
                                   ('chart', 'speedup-chart.h', 'speedup-workloads.h')):
            with self.subTest(room=room):
                entry = commands[room]
                words = shlex.split(entry['command'])
                words = [words[0]] + [word for word in words if word[:2] in ('-I', '-D')]
                words += ['-fsyntax-only', '-x', 'c', '-']
                for header, good in ((own, True), (foreign, False)):
                    done = subprocess.run(words, cwd=entry['directory'], text=True, check=False,
                                          input=f'#include "{header}"\n', capture_output=True)
                    self.assertEqual(done.returncode == 0, good, done.stderr)
                    if not good:
                        self.assertIn('No such file or directory', done.stderr)


if __name__ == '__main__':
    tap_unittest.main()
