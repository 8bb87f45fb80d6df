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

    def plant(self, room, text, name='planted.c'):
        (self.root / 'src' / room / name).write_text(text, encoding='utf-8')

    def assert_breaches(self, expected, build=None):
        """The check fails, names each of what is expected, and nothing besides."""
        status, text = self.check(build)
        self.assertEqual(status, 1, text)
        for words in expected:
            self.assertIn(words, text)
        self.assertEqual(len(text.splitlines()), len(expected), text)

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

    def plant_object(self, build, room, symbol):
        """Make an object file that needs a symbol; the build folder says it is the room's."""
        output = f'src/{room}/planted.p/{symbol}.o'
        (build / output).parent.mkdir(parents=True, exist_ok=True)
        source = build / f'{symbol}.c'
        source.write_text(f'void {symbol} (void);\nvoid planted (void) {{ {symbol} (); }}\n',
                          encoding='utf-8')
        subprocess.run(['cc', '-c', '-O0', '-fno-builtin', '-o', build / output, source],
                       check=True)
        return {'directory': str(build), 'command': 'cc', 'file': source.name, 'output': output}

    def test_the_tree_is_clean(self):
        status, text = self.check(BUILD_ROOT)
        self.assertEqual(status, 0, text)

    def test_an_unchanged_copy_is_clean(self):
        status, text = self.check(self.copy_build())
        self.assertEqual(status, 0, text)

    def test_upward_includes(self):
        cases = (('analysis', 'speedup-plan.h', 'engine'),
                 ('engine', 'speedup-chart.h', 'chart'),
                 ('engine', '../chart/speedup-chart.h', 'chart'),
                 ('engine', 'speedup-workloads.h', 'workloads'),
                 ('workloads', 'speedup-chart.h', 'chart'),
                 ('chart', 'speedup-workloads.h', 'workloads'),
                 ('worker', 'speedup-chart.h', 'chart'),
                 ('weather-server', 'speedup-runner.h', 'engine'))
        for number, (room, header, _) in enumerate(cases):
            self.plant(room, f'#include "{header}"\n', f'planted-{number}.c')
        self.assert_breaches([f'planted-{number}.c:1: {room} includes {header} of {owner}'
                              for number, (room, header, owner) in enumerate(cases)])

    def test_downward_includes_are_allowed(self):
        self.plant('cli', '#include "speedup-chart.h"\n#include "speedup-workloads.h"\n')
        self.plant('engine', '# include "speedup-statistics.h"\n')
        status, text = self.check()
        self.assertEqual(status, 0, text)

    def test_foreign_headers(self):
        cases = (('cli', 'gtk/gtk.h'), ('chart', 'gdk/gdk.h'), ('engine', 'adwaita.h'),
                 ('engine', 'libsoup/soup.h'), ('cli', 'libsoup/soup.h'),
                 ('chart', 'gdk-pixbuf/gdk-pixbuf.h'), ('engine', 'simdjson.h'),
                 ('chart', 'jpeglib.h'), ('engine', 'gsl/gsl_cdf.h'), ('cli', 'cairo.h'),
                 ('workloads', 'glib/gi18n.h'), ('analysis', 'libintl.h'))
        for number, (room, header) in enumerate(cases):
            self.plant(room, f'  #  include <{header}>\n', f'planted-{number}.c')
        self.assert_breaches([f'planted-{number}.c:1: {room} includes <{header}>'
                              for number, (room, header) in enumerate(cases)])

    def test_allowed_headers(self):
        for number, (room, header) in enumerate((
                ('weather-server', 'libsoup/soup.h'), ('workloads', 'libsoup/soup.h'),
                ('workloads', 'gdk-pixbuf/gdk-pixbuf.h'), ('workloads', 'simdjson.h'),
                ('analysis', 'gsl/gsl_cdf.h'), ('chart', 'cairo.h'), ('cli', 'glib/gi18n.h'),
                ('engine', 'gio/gio.h'))):
            self.plant(room, f'#include <{header}>\n', f'planted-{number}.c')
        status, text = self.check()
        self.assertEqual(status, 0, text)

    def test_a_new_room_must_be_entered(self):
        (self.root / 'src' / 'attic').mkdir()
        self.plant('attic', 'int x;\n')
        self.assert_breaches(['lies in no room'])

    def test_an_empty_tree_is_not_clean(self):
        shutil.rmtree(self.root / 'src')
        (self.root / 'src').mkdir()
        self.assert_breaches(['there are no sources'])

    def test_include_folders(self):
        build = self.copy_build()
        commands = self.read_commands()
        for room, folder in (('engine', self.root / 'src' / 'chart'), ('analysis', 'src/engine'),
                             ('chart', '/usr/include/gtk-4.0')):
            entry = next(e for e in commands if e['output'].startswith(f'src/{room}/'))
            entry['command'] += f' -I{shlex.quote(str(folder))}'
        self.write_commands(build, commands)
        self.assert_breaches(['engine is compiled with the headers of chart',
                              'analysis is compiled with the headers of engine',
                              'chart is compiled with /usr/include/gtk-4.0 (GTK)'], build)

    def test_link_lines(self):
        build = self.copy_build()
        with (build / 'build.ninja').open('a', encoding='utf-8') as ninja:
            ninja.write('\n\nbuild src/worker/x: c_LINKER a.o | src/chart/libspeedup-chart.a\n'
                        '\nbuild src/cli/y: c_LINKER a.o $\n | /usr/lib/x86_64/libgtk-4.so\n'
                        '\nbuild src/cli/z: cpp_LINKER a.o\n LINK_ARGS = -ladwaita-1\n')
        self.assert_breaches(['src/worker/x of worker links src/chart/libspeedup-chart.a of chart',
                              'src/cli/y of cli links /usr/lib/x86_64/libgtk-4.so (GTK)',
                              'src/cli/z of cli links -ladwaita-1 (GTK)'], build)

    def test_symbols_declared_by_hand(self):
        cases = (('engine', 'speedup_workloads_dup_libraries', 'of workloads'),
                 ('engine', 'speedup_chart_new', 'of chart'),
                 ('analysis', 'speedup_plan_new', 'of engine'),
                 ('chart', 'gtk_init', '(GTK)'),
                 ('engine', 'soup_session_new', '(libsoup)'),
                 ('chart', 'gdk_pixbuf_new', '(gdk-pixbuf)'),
                 ('engine', 'printf', '(printing)'),
                 ('analysis', 'g_print', '(printing)'),
                 ('workloads', 'g_dgettext', '(translation)'))
        build = self.copy_build()
        commands = self.read_commands()
        commands += [self.plant_object(build, room, symbol) for room, symbol, _ in cases]
        self.write_commands(build, commands)
        self.assert_breaches([f'{room} needs {symbol} {why}' for room, symbol, why in cases],
                             build)

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
