# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line itself: help, the man page, wrong options; no work is ever started here."""

import os
import re

import tap_unittest
from cli_case import CliCase

COMMANDS = ['run weather', 'run resize', 'show', 'chart', 'resume', 'sample-images',
            'weather-server']

OPTIONS = {
    'run weather': ['source', 'days', 'last-date', 'latency', 'latency-spread', 'bandwidth',
                    'concurrency-limit', 'share-429', 'share-500', 'share-empty', 'share-cut-off',
                    'max-in-flight', 'request-timeout', 'attempts', 'back-off', 'api-key',
                    'save-csv', 'save-dir'],
    'run resize': ['input', 'recursive', 'count', 'size', 'fit', 'decode', 'max-pixels', 'sample',
                   'sample-seed', 'save-dir', 'save-array'],
    'show': ['format'],
    'chart': ['kind', 'output', 'palette', 'scale', 'size', 'zoom'],
    'resume': ['chart', 'csv', 'markdown', 'format', 'quiet', 'verbose'],
    'sample-images': ['count', 'seed', 'quiet'],
    'weather-server': ['port', 'latency', 'latency-spread', 'bandwidth', 'concurrency-limit',
                       'share-429', 'share-500', 'share-empty', 'share-cut-off'],
}
COMMON = ['executors', 'workers', 'chunk-size', 'rounds', 'precision', 'time-budget', 'cache',
          'seed', 'task-timeout', 'output', 'chart', 'csv', 'markdown', 'format', 'quiet',
          'verbose']
OPTIONS['run weather'] += COMMON
OPTIONS['run resize'] += COMMON


class CliOptions(CliCase):
    def listed(self, command):
        done = self.expect(0, *command.split(), '--help')
        self.assertEqual(done.err, '')
        self.assertIn(f'speedup-cli {command}', done.out)
        return set(re.findall(r'^\s+(?:-\w, )?--([a-z0-9-]+)', done.out, re.MULTILINE))

    def test_help(self):
        done = self.expect(0, '--help')
        for command in COMMANDS:
            self.assertIn(f'\n  {command} ', done.out)

    def test_help_of_each_command_lists_each_option(self):
        for command in COMMANDS:
            self.assertEqual(self.listed(command), set(OPTIONS[command]) | {'help'}, command)

    def test_man_page_mentions_every_option(self):
        with open(os.environ['MAN_PAGE'], encoding='utf-8') as file:
            # mdoc writes --days as `Fl -days`.
            page = re.sub(r'(?<=\s)-(?=[a-z])', '--', file.read().replace('\\-', '-'))
        for command in COMMANDS:
            self.assertIn(command, page)
            for option in self.listed(command):
                self.assertRegex(page, rf'--{option}(?![a-z0-9-])', f'{command} --{option}')

    def test_version(self):
        done = self.expect(0, '--version')
        self.assertRegex(done.out, r'^speedup-cli \d+\.\d+\.\d+\n$')

    def test_nothing_given(self):
        done = self.expect(2)
        self.assertIn('run weather', done.out)

    def test_unknown_command(self):
        self.refuse(2, ['meassure'], "'meassure'", 'run weather', 'sample-images')

    def test_unknown_command_close_to_one(self):
        self.refuse(2, ['run', 'wether'], "'run wether'", "did you mean 'run weather'?")

    def test_run_without_workload(self):
        self.refuse(2, ['run'], 'run weather', 'run resize')

    def test_unknown_option(self):
        for command in COMMANDS:
            self.refuse(2, [*command.split(), '--nonsense=1'], '--nonsense')

    def test_unknown_option_close_to_one(self):
        self.refuse(2, ['run', 'resize', '--worker=2'], '--worker;', 'did you mean --workers?')

    def test_unknown_executor(self):
        self.refuse(2, ['run', 'weather', '--executors=threads,fibers'], '--executors', "'fibers'",
                    'sequential, async, threads, processes')

    def test_workers_0(self):
        self.refuse(2, ['run', 'weather', '--workers=0'], '--workers', "'0'", 'from 1 to')

    def test_workers_negative(self):
        self.refuse(2, ['run', 'weather', '--workers=-1'], '--workers', "'-1'", 'from 1 to')

    def test_workers_100000(self):
        self.refuse(2, ['run', 'weather', '--workers=100000'], '--workers', "'100000'", '1024')
        self.refuse(2, ['run', 'weather', '--workers=100000', '--executors=threads'], '4096')

    def test_workers_abc(self):
        self.refuse(2, ['run', 'weather', '--workers=abc'], '--workers', "'abc'", 'whole number')

    def test_workers_beyond_processes(self):
        self.refuse(2, ['run', 'weather', '--workers=2000', '--executors=processes'], '1024')

    def test_wrong_values(self):
        for option, value in (('rounds', '0'), ('rounds', 'many'), ('precision', '200%'),
                              ('precision', '0'), ('time-budget', 'soon'), ('cache', 'hot'),
                              ('seed', '-5'), ('task-timeout', '0'), ('chunk-size', '0'),
                              ('chunk-size', 'big'), ('format', 'xml'), ('workers', '4-2'),
                              ('workers', ''), ('executors', '')):
            with self.subTest(option=option, value=value):
                self.refuse(2, ['run', 'resize', f'--{option}={value}'], f'--{option}')

    def test_wrong_weather_values(self):
        for option, value in (('days', '0'), ('days', 'all'), ('latency', '50'), ('latency', 'x'),
                              ('bandwidth', 'fast'), ('share-429', '2'), ('share-500', '-1'),
                              ('attempts', '9'), ('request-timeout', '0'), ('source', 'moon'),
                              ('latency-spread', '9'), ('max-in-flight', '0')):
            if (option, value) == ('latency', '50'):
                value = '500s'
            with self.subTest(option=option, value=value):
                self.refuse(2, ['run', 'weather', f'--{option}={value}'], f'--{option}')

    def test_wrong_date(self):
        self.refuse(2, ['run', 'weather', '--last-date=2020-02-31'], '2020-02-31')

    def test_address_without_date(self):
        self.refuse(2, ['run', 'weather', '--source=http://127.0.0.1/'], '{date}')

    def test_wrong_resize_values(self):
        for option, value in (('size', '64'), ('size', '0x5'), ('size', '5000x5000'),
                              ('fit', 'crop'), ('decode', 'half'), ('count', '0'),
                              ('max-pixels', '0'), ('sample', '0'), ('sample-seed', 'x')):
            with self.subTest(option=option, value=value):
                self.refuse(2, ['run', 'resize', f'--{option}={value}'], f'--{option}')

    def test_wrong_chart_values(self):
        for option, value in (('kind', 'pie'), ('palette', 'pink'), ('scale', 'log10'),
                              ('size', '10x10'), ('zoom', '9')):
            with self.subTest(option=option, value=value):
                self.refuse(2, ['chart', 'r.speedup', f'--{option}={value}', '-o', 'c.svg'],
                            f'--{option}')
        self.refuse(2, ['chart', 'r.speedup', '-o', 'c.gif'], 'c.gif', '.svg, .png or .pdf')
        self.refuse(2, ['chart', 'r.speedup'], '--output')

    def test_options_that_exclude_each_other(self):
        self.refuse(2, ['run', 'resize', '--rounds=7', '--precision=3%'], '--rounds',
                    '--precision')
        self.refuse(2, ['run', 'resize', '--quiet', '--verbose'], '--quiet', '--verbose')
        self.refuse(2, ['run', 'resize', '--count=3', '--input=.'], '--count', '--sample')

    def test_one_file_for_two_outputs(self):
        self.refuse(2, ['run', 'resize', '--csv=t', '--markdown=t'], "'t'", 'two outputs')

    def test_missing_value(self):
        self.refuse(2, ['run', 'resize', '--workers'], '--workers')

    def test_missing_and_superfluous_arguments(self):
        self.refuse(2, ['show'], 'FILE')
        self.refuse(2, ['show', 'a', 'b'], "'b'", 'FILE')
        self.refuse(2, ['sample-images'], 'DIR')
        self.refuse(2, ['run', 'weather', 'x'], "'x'")
        self.refuse(2, ['weather-server', 'x'], "'x'")

    def test_option_that_is_not_utf8(self):
        self.refuse(2, ['run', 'resize', b'--fit=\xff\xfe'])

    def test_options_are_checked_before_files_are_touched(self):
        self.refuse(2, ['run', 'resize', '--output=r.speedup', '--save-dir=d', '--workers=0'])
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == '__main__':
    tap_unittest.main()
