# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a measurement prints, draws and saves, seen from outside."""

import csv
import io
import json
import os
import re
import signal
import struct
import urllib.request
import xml.etree.ElementTree

import tap_unittest
from cli_case import CliCase, Follower, png, run_on_terminal

WEATHER = ['run', 'weather', '--days=4', '--latency=2ms', '--last-date=2020-03-01', '--rounds=1']
THREADS = ['--executors=threads', '--workers=2']
ALL = ['--executors=sequential,async,threads,processes', '--workers=1,2']
KEYS = ['schema', 'created', 'title', 'status', 'machine', 'plan', 'runs', 'timeline', 'failures',
        'output', 'summary', 'fits', 'warnings', 'verdict']


class CliMeasures(CliCase):
    def test_text_has_a_row_for_each_configuration(self):
        done = self.expect(0, *WEATHER, *ALL, '--quiet', '--output=r.speedup')
        rows = {}
        for line in done.out.splitlines():
            cells = re.split(r'\s{2,}', line.strip())
            if cells[0] in ('sequential', 'async', 'threads', 'processes') and len(cells) > 4:
                rows[cells[0], int(cells[1])] = cells
        self.assertEqual(set(rows), {('sequential', 1)} | {(executor, workers)
                         for executor in ('async', 'threads', 'processes') for workers in (1, 2)})
        for summary in self.result()['summary']:
            cells = rows[summary['executor'], summary['workers']]
            self.assertAlmostEqual(float(cells[2].split()[0]), summary['wall_s'], delta=0.001)
            self.assertAlmostEqual(float(cells[3]), summary['ratio'], delta=0.006)

    def test_each_executor_gets_a_verdict(self):
        done = self.expect(0, *WEATHER, *ALL, '--quiet')
        for executor in ('async', 'threads', 'processes'):
            lines = [line for line in done.out.splitlines() if line.startswith(f'{executor}: ')]
            self.assertEqual(len(lines), 1, done.out)
            self.assertTrue(lines[0].endswith('.'))
            # A server that is too busy to be the measure of anything is a reason too.
            self.assertRegex(lines[0], 'fewer than 6 rounds|Cannot tell, because')

    def test_uneven_tasks_are_noted(self):
        done = self.expect(0, *WEATHER, '--executors=threads', '--workers=3', '--quiet')
        self.assertIn('4 tasks cannot use 3 workers evenly: at best 2.0 times', done.out)

    def test_json_is_all_there_is_on_standard_output(self):
        done = self.expect(0, *WEATHER, *THREADS, '--format=json', '--output=r.speedup',
                           '--verbose')
        document = json.loads(done.out)
        self.assertEqual([key for key in KEYS if key not in document], [])
        self.assertEqual(document['schema'], 'speedup-result/1')
        self.assertEqual(document, self.result())

    def test_progress_goes_to_standard_error(self):
        done = self.expect(0, *WEATHER, *THREADS)
        self.assertIn('This will take about', done.err)
        self.assertIn('Round 1 of 1 done', done.err)
        self.assertNotIn('Round 1', done.out)
        self.assertNotIn('\x1b', done.err + done.out)
        self.assertNotIn('\r', done.err + done.out)

    def test_estimate_comes_first(self):
        done = self.expect(0, *WEATHER, *THREADS)
        self.assertIn('This will take about', done.err.splitlines()[0])

    def test_quiet(self):
        done = self.expect(0, *WEATHER, *THREADS, '--quiet')
        self.assertEqual(done.err, '')

    def test_verbose_prints_start_and_end_of_each_task(self):
        done = self.expect(0, *WEATHER, '--executors=threads,processes', '--workers=2',
                           '--verbose', '--output=r.speedup')
        events = re.findall(r'^\s*(\d+\.\d+) s  (\w+) x (\d+)  (\w+ \d+)  (start|end)  (\S+)$',
                            done.err, re.MULTILINE)
        runs = len(self.result()['runs'])
        days = {'2020-02-27', '2020-02-28', '2020-02-29', '2020-03-01'}
        self.assertEqual({event[5] for event in events}, days)
        for kind in ('start', 'end'):
            self.assertEqual(len([event for event in events if event[4] == kind]), 4 * runs)
        self.assertTrue(any(event[3].startswith('pid ') for event in events
                            if event[1] == 'processes'))
        self.assertTrue(any(event[3].startswith('thread ') for event in events
                            if event[1] == 'threads'))

    def test_bar_on_a_terminal(self):
        env = dict(self.env, TERM='xterm')
        code, drawn = run_on_terminal([*WEATHER, *THREADS, '--latency=60ms'], env, self.folder)
        self.assertEqual(code, 0, drawn)
        self.assertRegex(drawn, r'\[#*\.*\] ')
        self.assertIn(' %', drawn)
        self.assertTrue(drawn.endswith('\r\x1b[K'), repr(drawn[-80:]))
        for line in drawn.split('\r'):
            if line.endswith('\x1b[K'):
                self.assertLess(len(line.replace('\x1b[K', '')), 80)

    def test_bar_fits_a_narrow_terminal(self):
        env = dict(self.env, TERM='xterm')
        code, drawn = run_on_terminal([*WEATHER, *THREADS, '--latency=60ms'], env, self.folder,
                                      columns=30)
        self.assertEqual(code, 0, drawn)
        for line in drawn.split('\r'):
            if line.endswith('\x1b[K'):
                self.assertLess(len(line.replace('\x1b[K', '')), 30)

    def test_no_bar_on_a_dumb_terminal(self):
        _, drawn = run_on_terminal([*WEATHER, *THREADS], self.env, self.folder)
        self.assertNotIn('\x1b', drawn)

    def test_csv_table(self):
        self.expect(0, *WEATHER, *ALL, '--quiet', '--csv=t.csv', '--output=r.speedup')
        rows = list(csv.DictReader(io.StringIO(self.read('t.csv'))))
        summary = self.result()['summary']
        self.assertEqual(len(rows), len(summary))
        for row, expected in zip(rows, summary):
            self.assertEqual((row['executor'], int(row['workers'])),
                             (expected['executor'], expected['workers']))
            self.assertAlmostEqual(float(row['wall_s']), expected['wall_s'], places=6)
            self.assertAlmostEqual(float(row['ratio']), expected['ratio'], places=6)
            self.assertEqual(row['ratio_low'], '')
            self.assertGreaterEqual(float(row['cpu_s']), 0)

    def test_markdown_table(self):
        self.expect(0, *WEATHER, *THREADS, '--quiet', '--markdown=t.md')
        lines = [line for line in self.read('t.md').splitlines() if line.startswith('|')]
        self.assertEqual(len(lines), 4)
        self.assertEqual({line.count('|') for line in lines}, {10})

    def test_charts(self):
        self.expect(0, *WEATHER, *THREADS, '--quiet', '--chart=c.svg', '--chart=c.png',
                    '--chart=c.pdf')
        root = xml.etree.ElementTree.parse(self.path('c.svg')).getroot()
        self.assertTrue(root.tag.endswith('svg'))
        data = self.read('c.png', 'rb')
        self.assertTrue(data.startswith(b'\x89PNG\r\n\x1a\n'))
        self.assertEqual(struct.unpack('>II', data[16:24]), (1600, 1200))
        self.assertTrue(self.read('c.pdf', 'rb').startswith(b'%PDF-'))

    def test_chunk_sizes(self):
        self.expect(0, *WEATHER, '--executors=processes', '--workers=2', '--chunk-size=1,2,auto',
                    '--quiet', '--output=r.speedup')
        sizes = [configuration['chunk_size'] for configuration
                 in self.result()['plan']['configurations']
                 if configuration['executor'] == 'processes']
        self.assertEqual(sorted(sizes, key=str), [1, 2, 'auto'])
        self.expect(0, 'chart', 'r.speedup', '--kind=chunk-size', '-o', 'c.svg')

    def test_a_sweep_of_chunk_sizes_is_drawn_over_them(self):
        self.expect(0, *WEATHER, '--executors=processes', '--workers=2', '--chunk-size=1,2',
                    '--quiet', '--output=r.speedup', '--chart=run.svg')
        for kind in ('chunk-size', 'speedup'):
            self.expect(0, 'chart', 'r.speedup', f'--kind={kind}', '-o', f'{kind}.svg')
        self.assertEqual(self.read('run.svg'), self.read('chunk-size.svg'))
        self.assertNotEqual(self.read('run.svg'), self.read('speedup.svg'))

    def test_what_is_not_saved_is_said(self):
        folder = self.pictures(30)
        done = self.expect(0, 'run', 'resize', f'--input={folder}', *THREADS, '--rounds=1',
                           '--sample=12', '--save-dir=some')
        self.assertIn('the sample of 12 of 30', done.err)
        self.assertEqual(len(os.listdir(self.path('some'))), 12)
        self.write('pictures/broken.png', png(20, 10)[:40])
        done = self.expect(0, 'run', 'resize', f'--input={folder}', *THREADS, '--rounds=1',
                           '--save-dir=all')
        self.assertIn('holds 30 of 31 tasks', done.err)
        self.assertEqual(len(os.listdir(self.path('all'))), 30)

    def test_worker_ranges(self):
        self.expect(0, *WEATHER, '--executors=threads', '--workers=1-3,2,5', '--quiet',
                    '--output=r.speedup')
        self.assertEqual([configuration['workers'] for configuration
                          in self.result()['plan']['configurations']
                          if configuration['executor'] == 'threads'], [1, 2, 3, 5])

    def test_same_seed_same_order(self):
        orders = []
        for name in ('a', 'b'):
            self.expect(0, *WEATHER, *ALL, '--seed=7', '--quiet', f'--output={name}')
            orders.append([(run['executor'], run['workers']) for run in self.result(name)['runs']
                           if run['attempt'] == 1])
        self.assertEqual(orders[0], orders[1])

    def test_time_budget(self):
        self.expect(0, *WEATHER[:-1], *THREADS, '--time-budget=2s', '--quiet',
                    '--output=r.speedup')
        rounds = max(run['round'] for run in self.result()['runs'])
        self.assertGreaterEqual(rounds, 1)

    def test_task_timeout(self):
        """A run that took too long is a mark and not a number; nothing else was measured."""
        done = self.run_cli(*WEATHER, *THREADS, '--latency=3s', '--task-timeout=100ms', '--quiet',
                            '--output=r.speedup')
        self.assertEqual(done.code, 1, done.err)

    def test_void_runs_give_exit_code_3(self):
        done = self.run_cli(*WEATHER[:-1], *THREADS, '--days=30', '--share-500=4%', '--rounds=2',
                            '--back-off=1ms', '--quiet', '--output=r.speedup')
        statuses = {run['status'] for run in self.result()['runs'] if run['round'] > 0}
        self.assertIn('void', statuses)
        self.assertEqual(done.code, 3 if self.result()['summary'] else 1, done.err)

    def test_save_csv_is_in_order_of_date(self):
        self.expect(0, *WEATHER, *ALL, '--quiet', '--save-csv=w.csv', '--latency-spread=1')
        lines = self.read('w.csv').splitlines()
        self.assertEqual(lines[0], 'timestamp,station,value')
        stamps = [line.split(',')[0] for line in lines[1:]]
        self.assertEqual(stamps, sorted(stamps))
        self.assertEqual({stamp[:10] for stamp in stamps},
                         {'2020-02-27', '2020-02-28', '2020-02-29', '2020-03-01'})
        float(lines[1].split(',')[2])

    def test_save_dir_keeps_the_answers(self):
        self.expect(0, *WEATHER, *THREADS, '--quiet', '--save-dir=raw')
        self.assertEqual(len(os.listdir(self.path('raw'))), 4)
        for name in os.listdir(self.path('raw')):
            document = json.loads(self.read(f'raw/{name}'))
            self.assertTrue(document['items'][0]['readings'])

    def test_save_array_is_read_by_numpy(self):
        try:
            import numpy
        except ImportError:
            self.skipTest('numpy is not installed')
        for number, color in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
            self.write(f'colors/{number}.png', png(20, 10, color=color))
        self.expect(0, 'run', 'resize', f'--input={self.path("colors")}', *THREADS, '--rounds=1',
                    '--quiet', '--size=16x8', '--save-array=a.npy', '--save-dir=small')
        array = numpy.load(self.path('a.npy'))
        self.assertEqual((array.shape, array.dtype), ((3, 8, 16, 3), numpy.uint8))
        for number in range(3):
            self.assertEqual(int(array[number, 4, 8, number]), 255)
            self.assertEqual(int(array[number].sum()), 8 * 16 * 255)
        data = self.read('small/0.png', 'rb')
        self.assertEqual(struct.unpack('>II', data[16:24]), (16, 8))

    def test_sample(self):
        done = self.expect(0, 'run', 'resize', f'--input={self.pictures(30)}', *THREADS,
                           '--rounds=1', '--quiet', '--sample=12', '--output=r.speedup')
        self.assertIn('measured on 12 of 30', done.out)
        self.assertEqual(self.result()['plan']['configurations'][0]['tasks'], 12)

    def test_a_small_budget_takes_a_sample(self):
        """At least 10 tasks for each of the largest number of workers."""
        self.pictures(60, size=(1500, 1500))
        process = self.start('run', 'resize', '--input=pictures', *THREADS, '--time-budget=1s')
        errors = Follower(process.stderr)
        errors.wait_for('This will take about')
        process.send_signal(signal.SIGINT)
        process.wait(60)
        sample = re.search(r'measured on (\d+) of 60', errors.text())
        self.assertTrue(sample, errors.text())
        self.assertGreaterEqual(int(sample.group(1)), 20)
        self.assertLess(int(sample.group(1)), 60)

    def test_sample_images(self):
        for name in ('a', 'b'):
            self.expect(0, 'sample-images', name, '--count=2', '--seed=5', '--quiet')
        self.assertEqual(len(os.listdir(self.path('a'))), 2)
        for name in os.listdir(self.path('a')):
            data = self.read(f'a/{name}', 'rb')
            self.assertEqual(data[:3], b'\xff\xd8\xff')
            self.assertEqual(data, self.read(f'b/{name}', 'rb'))

    def test_resize_without_input_makes_sample_pictures(self):
        done = self.expect(0, 'run', 'resize', '--count=2', *THREADS, '--rounds=1',
                           '--output=r.speedup')
        self.assertIn('sample pictures', done.err.splitlines()[0])
        self.assertEqual(self.result()['plan']['configurations'][0]['tasks'], 2)
        self.assertEqual(self.result()['failures'], [])

    def test_weather_server(self):
        process = self.start('weather-server', '--port=0', '--latency=1ms')
        output = Follower(process.stdout)
        output.wait_for('http://127.0.0.1:')
        address = re.search(r'http://127\.0\.0\.1:\d+', output.lines[0]).group(0)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f'{address}/v1/environment/air-temperature?date=2020-01-01') as reply:
            document = json.load(reply)
        self.assertEqual(len(document['metadata']['stations']), 15)
        os.kill(process.pid, signal.SIGTERM)
        self.assertEqual(process.wait(10), 0)

    def test_weather_from_ones_own_server(self):
        process = self.start('weather-server', '--latency=1ms')
        output = Follower(process.stdout)
        output.wait_for('http://127.0.0.1:')
        address = re.search(r'http://127\.0\.0\.1:\d+', output.lines[0]).group(0)
        self.expect(0, *WEATHER, *THREADS, '--quiet',
                    f'--source={address}/v1/environment/air-temperature?date={{date}}')
        os.kill(process.pid, signal.SIGTERM)
        process.wait(10)

    def test_numbers_do_not_depend_on_the_locale(self):
        env = dict(self.env, LC_ALL='de_DE.UTF-8', LANG='de_DE.UTF-8')
        self.expect(0, *WEATHER, *THREADS, '--quiet', '--csv=t.csv', '--output=r.speedup', env=env)
        row = list(csv.DictReader(io.StringIO(self.read('t.csv'))))[0]
        self.assertGreater(float(row['wall_s']), 0)
        self.result()


if __name__ == '__main__':
    tap_unittest.main()
