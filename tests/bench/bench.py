# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare speedup-cli with bare loops and with other programs on the same files and server.

Usage: bench.py [--build FOLDER] [--rounds N] [resize|processes|weather|cpu ...]

Contenders take turns, round by round, so that a drift of the machine meets all of them; a ratio is
that of medians, or the median of the ratios of paired runs where runs are paired. Prints one row
of a Markdown table for each comparison and exits with 1 where a target is missed, 77 where a
program to compare with is missing.
"""

import argparse
import atexit
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE_ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = '/usr/bin/python3'

PICTURES = 300
PICTURE_SIZE = '64x64'
POOL = 2

DAYS = 100
LATENCY_MS = 200
IN_FLIGHT = 40
CPU_DAYS = 400
CPU_LATENCY_MS = 20


class Missing(Exception):
    """A program to compare with is not installed."""


class Bench:
    """The built programs, and what is needed to start them."""

    def __init__(self, build, rounds):
        self.build = build
        self.rounds = rounds
        self.missed = False
        self.folder = tempfile.mkdtemp(prefix='speedup-bench-')
        atexit.register(shutil.rmtree, self.folder, True)
        self.environment = dict(os.environ, LC_ALL='C.UTF-8', SPEEDUP_LIBEXECDIR=':'.join(
            str(build / 'src' / room) for room in ('worker', 'weather-server')))
        for name in ('OMP_NUM_THREADS', 'VIPS_CONCURRENCY', 'MAGICK_THREAD_LIMIT'):
            self.environment[name] = '1'

    def program(self, *parts):
        path = self.build.joinpath(*parts)
        if not path.exists():
            raise Missing(f'{path} is not built')
        return str(path)

    def output_of(self, command):
        """Run a command and return its standard output; a failure ends the benchmark."""
        done = subprocess.run(command, env=self.environment, cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            sys.exit(f'bench: exit status {done.returncode} from: {" ".join(command)[:300]}')
        return done.stdout

    def timed(self, command):
        """Return the seconds that a whole command takes."""
        start = time.monotonic()
        self.output_of(command)
        return time.monotonic() - start

    def measure(self, *arguments):
        """Return the runs that count of one measurement, by (executor, round)."""
        command = [self.program('src', 'cli', 'speedup-cli'), 'run', *arguments,
                   '--format=json', '--quiet']
        done = subprocess.run(command, env=self.environment, cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, check=False)
        # 3 says that some runs are void; the others count.
        if done.returncode not in (0, 3):
            sys.exit(f'bench: exit status {done.returncode} from: {" ".join(command)}')
        runs = {}
        for run in json.loads(done.stdout)['runs']:
            key = (run['executor'], run['round'])
            clean = runs.get(key, {}).get('status') == 'ok'
            if run['round'] > 0 and run['status'] in ('ok', 'busy') and not clean:
                runs[key] = run
        return runs

    @contextlib.contextmanager
    def weather_server(self, latency_ms):
        """The built-in server, for those who are not speedup-cli; gives the prefix of its URLs."""
        server = subprocess.Popen(
            [self.program('src', 'cli', 'speedup-cli'), 'weather-server', '--port=0',
             f'--latency={latency_ms}ms'],
            env=self.environment, stdout=subprocess.PIPE, text=True)
        try:
            address = re.search(r'http://[0-9.:]+', server.stdout.readline())
            if address is None:
                sys.exit('bench: the weather server did not say where it listens')
            yield f'{address.group(0)}/v1/environment/air-temperature?date='
        finally:
            server.terminate()
            server.wait()

    def row(self, what, figure, target, good, details):
        """Print one row of the table."""
        self.missed |= not good
        print(f'| {what} | {target} | {figure} | {"yes" if good else "**no**"} | {details} |',
              flush=True)


def need(program):
    if shutil.which(program) is None:
        raise Missing(f'{program} is not installed: tools/install-packages bench')


def need_module(name):
    if subprocess.run([PYTHON, '-c', f'import {name}'], check=False,
                      stderr=subprocess.DEVNULL).returncode != 0:
        raise Missing(f'Python has no {name}: tools/install-packages bench')


def make_pictures(bench):
    """Return the paths of the sample pictures, which are the same for every contender."""
    folder = pathlib.Path(bench.folder) / 'pictures'
    folder.mkdir(exist_ok=True)
    bench.output_of([bench.program('src', 'cli', 'speedup-cli'), 'sample-images', str(folder),
                     f'--count={PICTURES}', '--quiet'])
    pictures = sorted(str(path) for path in folder.iterdir())
    for picture in pictures:
        pathlib.Path(picture).read_bytes()
    return folder, pictures


def in_turns(contenders, rounds):
    """Call each contender once a round, each round starting with another; return their times."""
    times = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds + 1):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            value = contenders[name]()
            # The first turn fills the caches.
            if turn > 0:
                times[name].append(value)
    return times


def xargs(command, pictures, folder):
    """Share pictures among POOL processes, each of which is started once."""
    names = os.path.join(folder, 'names')
    with open(names, 'w', encoding='utf-8') as file:
        file.write('\0'.join(pictures))
    share = (len(pictures) + POOL - 1) // POOL
    return ['xargs', '-0', '-a', names, f'-P{POOL}', f'-n{share}', *command]


def bench_resize(bench):
    for name in ('vipsthumbnail', 'mogrify', 'xargs'):
        need(name)
    need_module('PIL')
    folder, pictures = make_pictures(bench)
    thumbnails = os.path.join(bench.folder, 'thumbnails')
    os.mkdir(thumbnails)
    pillow = str(SOURCE_ROOT / 'tests' / 'bench' / 'peer-pillow.py')
    bare = bench.program('tests', 'bench', 'bare-resize')

    def ours():
        runs = bench.measure('resize', f'--input={folder}', f'--size={PICTURE_SIZE}',
                             '--executors=threads', f'--workers={POOL}', '--rounds=1')
        return runs[('threads', 1)]['wall_s']

    times = in_turns({
        'ours': ours,
        'bare': lambda: float(bench.output_of([bare, str(POOL), *pictures])),
        'full': lambda: float(bench.output_of([PYTHON, pillow, 'full', str(POOL), *pictures])),
        'draft': lambda: float(bench.output_of([PYTHON, pillow, 'draft', str(POOL), *pictures])),
        'vips': lambda: bench.timed(xargs(
            ['vipsthumbnail', f'--size={PICTURE_SIZE}!', '-o', f'{thumbnails}/%s.v'],
            pictures, bench.folder)),
        'mogrify': lambda: bench.timed(xargs(
            ['mogrify', '-define', f'jpeg:size={PICTURE_SIZE}', '-resize', f'{PICTURE_SIZE}!',
             '-format', 'ppm', '-path', thumbnails], pictures, bench.folder)),
    }, bench.rounds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    what = f'resize of {PICTURES} pictures, `threads` x {POOL}, '
    ours_s = medians['ours']
    details = f'{ours_s:.3f} s against {{:.3f}} s, medians of {bench.rounds}'

    ratio = ours_s / medians['bare']
    bench.row(what + 'time against a bare gdk-pixbuf loop', f'{ratio:.3f} x', '<= 1.03 x',
              ratio <= 1.03, details.format(medians['bare']))
    for name, peer, target in (('full', f'Pillow, ProcessPoolExecutor({POOL})', 2.8),
                               ('draft', f'Pillow, draft mode, ProcessPoolExecutor({POOL})', 1.25),
                               ('vips', f'vipsthumbnail, {POOL} processes', 1.5),
                               ('mogrify', f'mogrify, xargs -P{POOL}', 1.5)):
        ratio = medians[name] / ours_s
        bench.row(what + f'faster than {peer}', f'{ratio:.2f} x', f'>= {target} x',
                  ratio >= target, details.format(medians[name]))


def bench_processes(bench):
    folder, _ = make_pictures(bench)
    pairs = 15
    runs = bench.measure('resize', f'--input={folder}', f'--size={PICTURE_SIZE}',
                         '--executors=threads,processes', f'--workers={POOL}',
                         '--chunk-size=auto', f'--rounds={pairs}')
    ratios = [runs[('processes', number)]['wall_s'] / runs[('threads', number)]['wall_s']
              for number in range(1, pairs + 1)
              if ('processes', number) in runs and ('threads', number) in runs]
    ratio = statistics.median(ratios)
    bench.row(f'resize of {PICTURES} pictures, `processes` x {POOL} against `threads` x {POOL}, '
              'start-up included', f'{ratio:.3f} x', '<= 1.05 x', ratio <= 1.05,
              f'median of {len(ratios)} pairs, {min(ratios):.3f} to {max(ratios):.3f}')


def bench_weather(bench):
    bare = bench.program('tests', 'bench', 'bare-weather')
    rounds = max(3, bench.rounds // 2)
    walls = {name: [] for name in ('sequential', 'threads', 'async')}
    bare_walls = {name: [] for name in ('threads', 'async')}

    with bench.weather_server(LATENCY_MS) as prefix:
        for _ in range(rounds):
            runs = bench.measure('weather', f'--days={DAYS}', f'--latency={LATENCY_MS}ms',
                                 '--executors=threads,async', f'--workers={IN_FLIGHT}',
                                 '--rounds=1')
            for name, values in walls.items():
                values.append(runs[(name, 1)]['wall_s'])
            # A run of a bare loop is short: more of them steady the figure to compare with.
            for name in ['threads', 'async'] * 3:
                bare_walls[name].append(float(bench.output_of(
                    [bare, name, prefix, str(DAYS), str(IN_FLIGHT)])))

    what = f'{DAYS} days, {LATENCY_MS} ms a request, {IN_FLIGHT} workers, '
    for name, target in (('threads', 27), ('async', 25)):
        ratios = [base / wall for base, wall in zip(walls['sequential'], walls[name])]
        ratio = statistics.median(ratios)
        bench.row(what + f'`{name}`: ratio to sequential (bound 33.3)', f'{ratio:.1f}',
                  f'>= {target}', ratio >= target,
                  f'median of {rounds}, {min(ratios):.1f} to {max(ratios):.1f}; sequential '
                  f'{statistics.median(walls["sequential"]):.2f} s')
        ours_s = statistics.median(walls[name])
        bare_s = statistics.median(bare_walls[name])
        bench.row(what + f'`{name}`: time against a bare libsoup + simdjson loop',
                  f'{ours_s / bare_s:.3f} x', '<= 1.05 x', ours_s / bare_s <= 1.05,
                  f'{ours_s:.3f} s against {bare_s:.3f} s')


def bench_cpu(bench):
    need_module('requests')
    need_module('aiohttp')
    peer = str(SOURCE_ROOT / 'tests' / 'bench' / 'peer-weather.py')
    rounds = max(3, bench.rounds // 2)
    names = ('threads', 'async')
    cpu = {name: [] for name in names + ('requests', 'aiohttp')}

    with bench.weather_server(CPU_LATENCY_MS) as prefix:
        for _ in range(rounds):
            runs = bench.measure('weather', f'--days={CPU_DAYS}', f'--latency={CPU_LATENCY_MS}ms',
                                 '--executors=threads,async', f'--workers={IN_FLIGHT}',
                                 '--rounds=1')
            for name in names:
                run = runs[(name, 1)]
                cpu[name].append((run['user_s'] + run['system_s']) / CPU_DAYS)
            for name in ('requests', 'aiohttp'):
                words = bench.output_of([PYTHON, peer, name, prefix, str(CPU_DAYS),
                                         str(IN_FLIGHT)]).split()
                cpu[name].append(float(words[0]) / CPU_DAYS)

    medians = {name: statistics.median(values) for name, values in cpu.items()}
    for ours in names:
        for name in ('requests', 'aiohttp'):
            ratio = medians[ours] / medians[name]
            bench.row(f'CPU time of a downloaded and parsed day, `{ours}` x {IN_FLIGHT} against '
                      f'Python {name} + json', f'{ratio:.2f} x', '<= 0.35 x', ratio <= 0.35,
                      f'{medians[ours] * 1e3:.2f} ms against {medians[name] * 1e3:.2f} ms, '
                      f'medians of {rounds}')


BENCHES = {'resize': bench_resize, 'processes': bench_processes, 'weather': bench_weather,
           'cpu': bench_cpu}


def main():
    parser = argparse.ArgumentParser(description='Compare speedup-cli with other programs.')
    parser.add_argument('--build', type=pathlib.Path, default=SOURCE_ROOT / '_build' / 'plain',
                        help='the build folder (_build/plain, which tools/test makes)')
    parser.add_argument('--rounds', type=int, default=9, help='turns of each contender (9)')
    parser.add_argument('benches', nargs='*', metavar='BENCH', help=f'of {", ".join(BENCHES)}')
    arguments = parser.parse_args()
    names = arguments.benches or list(BENCHES)
    for name in names:
        if name not in BENCHES:
            parser.error(f'there is no benchmark {name}')

    bench = Bench(arguments.build.resolve(), arguments.rounds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A time limit ends this with SIGTERM: the server and the temporary folder go as well.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    print('| what | reach | measured | reached | |\n|---|---|---|---|---|', flush=True)
    for name in names:
        try:
            BENCHES[name](bench)
        except Missing as error:
            print(f'bench: {error}', file=sys.stderr)
            return 77
    return 1 if bench.missed else 0


if __name__ == '__main__':
    sys.exit(main())
