# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests of speedup-cli share: run the real program, look at what it leaves."""

import collections
import contextlib
import ctypes
import fcntl
import glob
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest
import uuid
import zlib

CLI = os.environ['SPEEDUP_CLI']
LIMIT = 60 * int(os.environ.get('SPEEDUP_TEST_PATIENCE', '1'))

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2

Done = collections.namedtuple('Done', 'code out err raw')


def obey_permissions():
    """Root may read and write everything; a child that calls this may not, once it executes."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def png(width, height, color=(120, 120, 120), declared=None):
    """The bytes of a PNG of one colour; its header can declare another size."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))

    header = struct.pack('>IIBBBBB', *(declared or (width, height)), 8, 2, 0, 0, 0)
    rows = b''.join(b'\0' + bytes(color) * width for _ in range(height))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) +
            chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


class CliCase(unittest.TestCase):
    """Each test has a folder and an environment of its own, and must leave no process behind."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='speedup-test-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.mark = f'SPEEDUP_TEST_MARK={uuid.uuid4().hex}'
        self.env = dict(os.environ, LC_ALL='C.UTF-8', NO_COLOR='1', TERM='dumb',
                        HOME=self.folder,
                        XDG_STATE_HOME=self.path('state'),
                        XDG_DATA_HOME=self.path('data'),
                        TMPDIR=self.folder)
        name, value = self.mark.split('=')
        self.env[name] = value
        for proxy in ('http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'):
            self.env.pop(proxy, None)
        self.env['no_proxy'] = '*'
        # Sample pictures are made once for all tests of a program that need them.
        self.env['XDG_CACHE_HOME'] = self.path('cache')

    def tearDown(self):
        self.assertEqual(self.processes(patience=5), [], 'processes were left behind')

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, data=b''):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return path

    def read(self, name, mode='r'):
        with open(self.path(name), mode) as file:
            return file.read()

    def pictures(self, count=3, folder='pictures', size=(40, 30)):
        for number in range(count):
            self.write(f'{folder}/{number:03}.png', png(*size, color=(number * 7 % 256, 90, 200)))
        return self.path(folder)

    def start(self, *args, **keywords):
        """Start the program in a process group of its own."""
        keywords.setdefault('env', self.env)
        keywords.setdefault('stdout', subprocess.PIPE)
        keywords.setdefault('stderr', subprocess.PIPE)
        keywords.setdefault('stdin', subprocess.DEVNULL)
        process = subprocess.Popen([CLI, *args], cwd=self.folder, start_new_session=True,
                                   **keywords)
        self.addCleanup(self.reap, process)
        return process

    def reap(self, process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()

    def finish(self, process, limit=LIMIT):
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            self.fail(f'no end after {limit} s; said {err!r}')
        return self.check_sane(Done(process.returncode, (out or b'').decode(errors='replace'),
                                    (err or b'').decode(errors='replace'), out))

    def check_sane(self, done):
        """Whatever it was given, the program does not crash, and it prints no debugging words."""
        self.assertGreaterEqual(done.code, 0, f'ended by signal {-done.code}: {done.err}')
        for word in ('CRITICAL', 'AddressSanitizer', 'runtime error', 'Traceback', 'WARNING **'):
            self.assertNotIn(word, done.err)
        return done

    def run_cli(self, *args, **keywords):
        limit = keywords.pop('limit', LIMIT)
        return self.finish(self.start(*args, **keywords), limit)

    def expect(self, code, *args, **keywords):
        done = self.run_cli(*args, **keywords)
        self.assertEqual(done.code, code, f'{args}\n{done.err}\n{done.out}')
        return done

    def refuse(self, code, args, *words, **keywords):
        """It must fail with this code and say so in one sentence that contains the words."""
        done = self.expect(code, *args, **keywords)
        lines = [line for line in done.err.splitlines() if line.startswith('speedup-cli')]
        self.assertEqual(len(lines), 1, done.err)
        for word in words:
            self.assertIn(word, lines[0])
        return done

    def result(self, name='r.speedup'):
        with open(self.path(name), encoding='utf-8') as file:
            return json.load(file)

    def processes(self, name=None, patience=0):
        """Processes that were started by this test, of that name."""
        end = time.monotonic() + patience
        while True:
            found = []
            for folder in glob.glob('/proc/[0-9]*'):
                with contextlib.suppress(OSError):
                    with open(f'{folder}/environ', 'rb') as file:
                        if self.mark.encode() not in file.read().split(b'\0'):
                            continue
                    with open(f'{folder}/comm', encoding='utf-8') as file:
                        comm = file.read().strip()
                    with open(f'{folder}/stat', encoding='utf-8') as file:
                        state = file.read().rpartition(')')[2].split()[0]
                    if state != 'Z' and (name is None or comm == name[:15]):
                        found.append(int(os.path.basename(folder)))
            if time.monotonic() >= end or (not found if name is None else found):
                return found
            time.sleep(0.02)


class Follower:
    """Reads a stream in a thread, so that a test can wait for a line of it."""

    def __init__(self, stream):
        self.lines = []
        self.changed = threading.Condition()
        self.ended = False
        self.thread = threading.Thread(target=self.follow, args=(stream,), daemon=True)
        self.thread.start()

    def follow(self, stream):
        for line in stream:
            with self.changed:
                self.lines.append(line.decode(errors='replace'))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def find(self, pattern):
        return any(re.search(pattern, line) for line in self.lines)

    def wait_for(self, pattern, limit=LIMIT):
        with self.changed:
            self.changed.wait_for(lambda: self.ended or self.find(pattern), limit)
            if not self.find(pattern):
                raise AssertionError(f'{pattern!r} was never said, but {self.lines}')

    def text(self):
        self.thread.join(LIMIT)
        return ''.join(self.lines)


def run_on_terminal(args, env, folder, columns=80):
    """Run the program with a terminal as its standard error; returns exit code and what it drew."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    process = subprocess.Popen([CLI, *args], env=env, cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=follower, start_new_session=True)
    os.close(follower)
    drawn = b''
    with contextlib.suppress(OSError):
        while True:
            part = os.read(leader, 65536)
            if not part:
                break
            drawn += part
    os.close(leader)
    return process.wait(LIMIT), drawn.decode(errors='replace')
