# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C, SIGTERM, kill -9 of anything, resuming, and a missing worker program."""

import os
import random
import signal
import time

import tap_unittest
from cli_case import CliCase, Follower, LIMIT

# A second is what is promised; the rest is for machines that are busy with other tests.
PROMPT = 5

LONG = ['run', 'weather', '--days=4', '--latency=30ms', '--back-off=10ms', '--rounds=25',
        '--seed=1', '--output=r.speedup']
ALL = ['--executors=async,threads,processes', '--workers=2']


class CliInterrupts(CliCase):
    def begin(self, *options, until=None, **keywords):
        process = self.start(*LONG, *options, **keywords)
        errors = Follower(process.stderr)
        if until is not None:
            errors.wait_for(until)
        return process, errors

    def end(self, process, number, errors, limit=PROMPT):
        began = time.monotonic()
        os.kill(process.pid, number)
        process.wait(LIMIT)
        self.assertLess(time.monotonic() - began, limit)
        out = process.stdout.read().decode()
        return process.returncode, out, errors.text()

    def check_interrupted(self, number, options, until):
        process, errors = self.begin(*options, until=until)
        code, out, text = self.end(process, number, errors)
        self.assertEqual(code, 130, text)
        self.assertIn('Interrupted', text)
        result = self.result()
        self.assertEqual(result['status'], 'cancelled')
        self.assertTrue(any(run['round'] == 1 for run in result['runs']))
        self.assertEqual(self.processes(patience=5), [])

    def test_ctrl_c(self):
        self.check_interrupted(signal.SIGINT, ALL, 'Round 1 of')

    def test_sigterm(self):
        self.check_interrupted(signal.SIGTERM, ALL, 'Round 1 of')

    def test_ctrl_c_reaches_the_whole_group(self):
        """A terminal sends it to the workers and the server too."""
        process, errors = self.begin(*ALL, until='Round 1 of')
        os.killpg(process.pid, signal.SIGINT)
        process.wait(PROMPT)
        self.assertEqual(process.returncode, 130, errors.text())
        self.assertEqual(self.result()['status'], 'cancelled')

    def test_ctrl_c_at_any_moment(self):
        chance = random.Random(1)
        for number in (signal.SIGINT, signal.SIGTERM) * 4:
            process, errors = self.begin(*ALL)
            time.sleep(chance.uniform(0, 1.2))
            code, _, text = self.end(process, number, errors)
            # Before the program catches signals they end it as they end any program.
            self.assertIn(code, (130, -number), text)
            self.assertEqual(self.processes(patience=5), [])

    def test_ctrl_c_while_estimating(self):
        process, errors = self.begin('--latency=20s')
        self.processes('speedup-weather-server', patience=LIMIT)
        time.sleep(0.2)
        code, _, text = self.end(process, signal.SIGINT, errors)
        self.assertEqual(code, 130, text)

    def test_ctrl_c_while_resizing(self):
        process = self.start('run', 'resize', '--count=20', '--executors=threads,processes',
                             '--workers=2', '--rounds=25', '--output=r.speedup')
        errors = Follower(process.stderr)
        errors.wait_for('Round 1 of')
        code, _, text = self.end(process, signal.SIGINT, errors)
        self.assertEqual(code, 130, text)
        self.assertEqual(self.result()['status'], 'cancelled')

    def test_ctrl_c_while_making_sample_images(self):
        process = self.start('sample-images', 'samples', '--count=5000')
        errors = Follower(process.stderr)
        while not os.path.isdir(self.path('samples')) or not os.listdir(self.path('samples')):
            time.sleep(0.02)
        code, _, text = self.end(process, signal.SIGINT, errors)
        self.assertEqual(code, 130, text)

    def test_two_signals_end_at_once(self):
        process, errors = self.begin(*ALL, until='Warm-up')
        os.kill(process.pid, signal.SIGINT)
        os.kill(process.pid, signal.SIGTERM)
        process.wait(PROMPT)
        self.assertEqual(process.returncode, 130, errors.text())
        self.assertEqual(self.processes(patience=5), [])

    def test_interrupted_without_output(self):
        """Without --output the finished rounds are kept in the state folder, which is said."""
        options = [option for option in LONG if not option.startswith('--output')]
        process = self.start(*options, '--executors=threads', '--workers=2')
        errors = Follower(process.stderr)
        errors.wait_for('Round 1 of')
        code, _, text = self.end(process, signal.SIGINT, errors)
        self.assertEqual(code, 130)
        self.assertIn('kept in', text)
        kept = [name for name in os.listdir(self.path('state/speedup'))
                if name.endswith('.speedup')]
        self.assertEqual(self.result(f'state/speedup/{kept[0]}')['status'], 'cancelled')

    def test_interrupted_measurement_is_resumed(self):
        process, errors = self.begin('--executors=threads', '--workers=2', '--rounds=3',
                                     until='Round 1 of')
        self.assertEqual(self.end(process, signal.SIGINT, errors)[0], 130)
        self.expect(0, 'resume', 'r.speedup', '--quiet')
        self.check_whole(3)

    def check_whole(self, rounds):
        result = self.result()
        self.assertEqual(result['status'], 'complete')
        counted = {(run['round'], run['executor']) for run in result['runs']
                   if run['status'] in ('ok', 'busy') and run['round'] > 0}
        self.assertEqual(counted, {(number, executor) for number in range(1, rounds + 1)
                                   for executor in ('sequential', 'threads')})
        self.assertFalse(os.path.exists(self.path('r.speedup.journal')))

    def kill_program(self, *options):
        process, errors = self.begin('--executors=threads', '--workers=2', '--rounds=3', *options,
                                     until='Round 1 of')
        process.kill()
        process.wait(LIMIT)
        errors.text()
        self.assertEqual(self.processes(patience=5), [], 'the server outlived the program')
        self.assertTrue(os.path.exists(self.path('r.speedup.journal')))

    def test_kill_9_of_the_program(self):
        """What was measured is in the journal, and resume finishes it."""
        self.kill_program()
        with open(self.path('r.speedup.journal'), encoding='utf-8') as file:
            before = len(file.readlines())
        self.assertGreater(before, 2)
        self.expect(0, 'resume', 'r.speedup', '--csv=t.csv', '--quiet')
        self.check_whole(3)
        self.assertIn('threads,2', self.read('t.csv'))

    def test_a_journal_is_not_replaced_in_silence(self):
        self.kill_program()
        done = self.expect(0, *LONG, '--executors=threads', '--workers=2', '--rounds=1')
        self.assertIn("r.speedup.journal' of a measurement that did not come to its end", done.err)

    def test_resume_by_the_journals_name(self):
        self.kill_program()
        self.expect(0, 'resume', 'r.speedup.journal', '--quiet')
        self.check_whole(3)

    def test_resume_with_a_torn_last_line(self):
        """A power cut can leave half a line."""
        self.kill_program()
        with open(self.path('r.speedup.journal'), 'ab') as file:
            file.write(b'{"round": 2, "ord')
        self.expect(0, 'resume', 'r.speedup', '--quiet')
        self.check_whole(3)

    def test_resume_refuses_changed_inputs(self):
        process = self.start('run', 'resize', f'--input={self.pictures(60, size=(900, 900))}',
                             '--rounds=25', '--executors=threads', '--workers=2',
                             '--output=r.speedup')
        errors = Follower(process.stderr)
        errors.wait_for('Round 1 of')
        process.kill()
        process.wait(LIMIT)
        errors.text()
        self.pictures(60, size=(901, 901))
        self.refuse(1, ['resume', 'r.speedup', '--quiet'], 'changed')
        self.assertTrue(os.path.exists(self.path('r.speedup.journal')))

    def kill_helper(self, name, *options):
        process, errors = self.begin('--latency=150ms', '--rounds=1', *options, until='Warm-up')
        victim = self.processes(name, patience=LIMIT)[0]
        os.kill(victim, signal.SIGKILL)
        process.wait(LIMIT)
        return process.returncode, victim, process.stdout.read().decode(), errors.text()

    def test_kill_9_of_a_worker(self):
        """Task, process and signal are named; the run is void and repeated."""
        code, pid, out, text = self.kill_helper('speedup-worker', '--executors=processes',
                                                '--workers=2')
        self.assertEqual(code, 0, text)  # The repeated run counts.
        result = self.result()
        void = [run for run in result['runs'] if run['status'] == 'void']
        self.assertEqual([run['reason'] for run in void], ['worker-died'])
        self.assertTrue(any(run['status'] in ('ok', 'busy') and run['attempt'] == 2
                            for run in result['runs']))
        self.assertRegex(out, rf'A worker process died.*\(.*pid {pid}.*signal 9|'
                              rf'A worker process died.*\(.*signal 9.*pid {pid}')

    def test_kill_9_of_the_server(self):
        """The run is void, and repeated with a new server."""
        # Between two runs nobody needs the server, and nothing is void; then it is tried again.
        for _ in range(5):
            code, _, out, text = self.kill_helper('speedup-weather-server', '--executors=threads',
                                                  '--workers=2')
            self.assertEqual(self.result()['status'], 'complete')
            if any(run['reason'] == 'server-died' for run in self.result()['runs']):
                break
        self.assertEqual(code, 0, text)  # The repeated run counts.
        self.assertIn('The built-in server died', out)

    def test_missing_worker_program(self):
        os.mkdir(self.path('nothing'))
        self.env['SPEEDUP_LIBEXECDIR'] = self.path('nothing')
        self.refuse(1, ['run', 'resize', f'--input={self.pictures()}', '--executors=processes',
                        '--workers=2', '--rounds=1', '--quiet'], 'speedup-worker')

    def test_missing_server_program(self):
        os.mkdir(self.path('nothing'))
        self.env['SPEEDUP_LIBEXECDIR'] = self.path('nothing')
        self.refuse(1, ['run', 'weather', '--rounds=1', '--quiet'], 'speedup-weather-server')
        self.refuse(1, ['weather-server'], 'speedup-weather-server')
        done = self.expect(1, 'run', 'weather', '--rounds=1')
        self.assertEqual(done.err.count('speedup-weather-server'), 1, done.err)


if __name__ == '__main__':
    tap_unittest.main()
