# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/tap-summary must count what passed, and must never be silent about what did not."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import tap_unittest

TAP_SUMMARY = os.environ['TAP_SUMMARY']


class TapSummary(unittest.TestCase):
    def summarise(self, *runs, expected=None, tests=None, table=None):
        """Each run is a list of entries of testlog.json; returns exit status and output lines."""
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, TAP_SUMMARY]
            for number, run in enumerate(runs):
                log = os.path.join(folder, f'{number}.json')
                names = os.path.join(folder, f'{number}.list')
                with open(log, 'w', encoding='utf-8') as file:
                    for entry in run:
                        file.write(entry if isinstance(entry, str) else json.dumps(entry) + '\n')
                with open(names, 'w', encoding='utf-8') as file:
                    listed = expected or [e['name'] for e in run if not isinstance(e, str)]
                    file.write('\n'.join(listed) + '\n')
                command += ['--run', f'run{number}', log, names]
            if tests is not None:
                path = os.path.join(folder, 'tests.json')
                with open(path, 'w', encoding='utf-8') as file:
                    json.dump(tests, file)
                command += ['--tests', path]
            if table is not None:
                path = os.path.join(folder, 'table.md')
                with open(path, 'w', encoding='utf-8') as file:
                    file.write(table)
                command += ['--map', path]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(done.stderr, '')
            return done.returncode, done.stdout.splitlines()

    def entry(self, stdout, result='OK', returncode=0, name='p:s / prog'):
        return {'name': name, 'stdout': stdout, 'stderr': '', 'result': result,
                'returncode': returncode}

    def check(self, entry, passed, failed, skipped=0):
        status, lines = self.summarise([entry])
        self.assertEqual(lines[-1], f'{passed} passed, {failed} failed', lines)
        self.assertEqual(lines[-2], f'{skipped} skipped in every run, counted apart')
        self.assertEqual(status, 1 if failed else 0)
        return lines

    def test_all_pass(self):
        self.check(self.entry('TAP version 13\n1..2\nok 1 /a\n# note\nok 2 /b\n'), 2, 0)

    def test_plan_at_the_end(self):
        self.check(self.entry('ok 1 /a\nok 2 /b\n1..2\n'), 2, 0)

    def test_not_ok(self):
        lines = self.check(self.entry('1..2\nok 1 /a\nnot ok 2 /b\n', 'FAIL', 1), 1, 1)
        self.assertIn('FAILED run0: p:s / prog: /b', lines)
        self.assertIn('      not ok 2 /b', lines)

    def test_not_ok_although_meson_says_ok(self):
        self.check(self.entry('1..1\nnot ok 1 /a\n'), 0, 1)

    def test_skip_is_printed_with_its_reason(self):
        lines = self.check(self.entry('1..2\nok 1 /a # SKIP no display\nok 2 /b\n'), 1, 0, 1)
        self.assertIn('skipped run0: p:s / prog: /a: no display', lines)

    def test_skip_all(self):
        lines = self.check(self.entry('1..0 # SKIP not here\n', 'SKIP'), 0, 0, 1)
        self.assertIn('skipped run0: p:s / prog: (all): not here', lines)

    def test_failed_skip_fails(self):
        self.check(self.entry('1..1\nnot ok 1 /a # SKIP no\n'), 0, 1)

    def test_todo_is_counted_apart(self):
        self.check(self.entry('1..2\nnot ok 1 /a # TODO later\nok 2 /b\n'), 1, 0, 1)

    def test_todo_that_passes_fails(self):
        self.check(self.entry('1..1\nok 1 /a # TODO later\n'), 0, 1)

    def test_crash_fails_every_case_that_did_not_run(self):
        lines = self.check(self.entry('1..4\nok 1 /a\n', 'ERROR', -11), 1, 3)
        self.assertTrue(any('SIGSEGV' in line for line in lines), lines)

    def test_crash_before_the_plan(self):
        lines = self.check(self.entry('', 'ERROR', -6), 0, 1)
        self.assertTrue(any('SIGABRT' in line for line in lines), lines)

    def test_crash_after_the_last_case(self):
        lines = self.check(self.entry('1..1\nok 1 /a\n', 'ERROR', -11), 1, 1)
        self.assertTrue(any('SIGSEGV' in line for line in lines), lines)

    def test_leak_found_at_exit(self):
        lines = self.check(self.entry('1..1\nok 1 /a\n', 'ERROR', 23), 1, 1)
        self.assertTrue(any('exit status 23' in line for line in lines), lines)

    def test_bail_out(self):
        lines = self.check(self.entry('1..3\nok 1 /a\nBail out! ERROR:x.c:3:f: wrong\n',
                                      'ERROR', -6), 1, 2)
        self.assertTrue(any('x.c:3:f' in line for line in lines), lines)

    def test_bail_out_after_the_last_case(self):
        self.check(self.entry('1..1\nok 1 /a\nBail out! late\n', 'ERROR', 1), 1, 1)

    def test_missing_plan(self):
        self.check(self.entry('ok 1 /a\nok 2 /b\n'), 2, 1)

    def test_fewer_than_planned(self):
        self.check(self.entry('1..3\nok 1 /a\nok 2 /b\n'), 2, 1)

    def test_more_than_planned(self):
        self.check(self.entry('1..1\nok 1 /a\nok 2 /b\n'), 2, 1)

    def test_time_limit(self):
        lines = self.check(self.entry('1..2\nok 1 /a\n', 'TIMEOUT', -15), 1, 1)
        self.assertTrue(any('time limit' in line for line in lines), lines)

    def test_time_limit_after_a_failure(self):
        lines = self.check(self.entry('1..1\nnot ok 1 /a\n', 'TIMEOUT', -15), 0, 2)
        self.assertTrue(any('time limit' in line for line in lines), lines)

    def test_cases_that_did_not_run_share_a_line(self):
        lines = self.check(self.entry('1..9\nok 1 /a\n', 'ERROR', -11), 1, 8)
        self.assertEqual(sum(line.startswith('FAILED') for line in lines), 2, lines)
        self.assertIn('FAILED run0: p:s / prog: 7 more did not run', lines)

    def test_silent_tap_program_fails(self):
        tests = [{'name': 'prog', 'protocol': 'tap'}]
        status, lines = self.summarise([self.entry('', 'SKIP')], tests=tests)
        self.assertEqual(lines[-1], '0 passed, 1 failed')
        self.assertEqual(status, 1)

    def test_exit_code_programs_are_one_case(self):
        tests = [{'name': 'prog', 'protocol': 'exitcode'}]
        for result, code, last in (('OK', 0, '1 passed, 0 failed'),
                                   ('FAIL', 1, '0 passed, 1 failed'),
                                   ('SKIP', 77, '0 passed, 0 failed')):
            _, lines = self.summarise([self.entry('ok, fine\n', result, code)], tests=tests)
            self.assertEqual(lines[-1], last)

    def test_nested_subtests_count_their_leaves(self):
        text = ('TAP version 14\n1..2\n# Subtest: a\n    ok 1 /a/x\n    ok 2 /a/y\n    1..2\n'
                'ok 1 /a\nok 2 /b\n')
        self.check(self.entry(text), 3, 0)

    def test_nested_failure_counts_once(self):
        text = '1..1\n    ok 1 /a/x\n    not ok 2 /a/y\n    1..2\nnot ok 1 /a\n'
        self.check(self.entry(text, 'FAIL', 1), 1, 1)

    def test_two_runs_count_a_case_once(self):
        first = [self.entry('1..2\nok 1 /a\nok 2 /b # SKIP not here\n')]
        second = [self.entry('1..2\nok 1 /a\nok 2 /b\n')]
        status, lines = self.summarise(first, second)
        self.assertEqual(lines[-2:], ['0 skipped in every run, counted apart',
                                      '2 passed, 0 failed'])
        self.assertEqual(status, 0)

    def test_failure_in_one_run_fails_the_case(self):
        good = [self.entry('1..1\nok 1 /a\n')]
        bad = [self.entry('1..1\nnot ok 1 /a\n', 'FAIL', 1)]
        for runs in ((good, bad), (bad, good)):
            status, lines = self.summarise(*runs)
            self.assertEqual(lines[-1], '0 passed, 1 failed')
            self.assertEqual(status, 1)

    def test_program_without_a_record_fails(self):
        status, lines = self.summarise([self.entry('1..1\nok 1 /a\n')],
                                       expected=['p:s / prog', 'p:s / lost'])
        self.assertEqual(lines[-1], '1 passed, 1 failed')
        self.assertEqual(status, 1)

    def test_cut_off_log_fails(self):
        status, lines = self.summarise(['{"name": "p:s / prog", "stdo'], expected=['p:s / prog'])
        self.assertEqual(lines[-1], '0 passed, 1 failed')
        self.assertEqual(status, 1)

    def test_nothing_ran_fails(self):
        status, lines = self.summarise([])
        self.assertEqual(lines[-1], '0 passed, 1 failed')
        self.assertEqual(status, 1)

    def test_map_names_existing_cases(self):
        table = '| what | test |\n|---|---|\n| x | `/a` |\n| y | `/a`, `/gone` |\n| z | none |\n'
        status, lines = self.summarise([self.entry('1..1\nok 1 /a\n')], table=table)
        self.assertEqual(lines[-1], '1 passed, 2 failed')
        self.assertEqual(status, 1)
        self.assertEqual(sum('/gone' in line for line in lines), 1)

    def test_map_is_not_served_by_a_skip(self):
        table = '| x | `/a` |\n'
        _, lines = self.summarise([self.entry('1..1\nok 1 /a # SKIP no\n')], table=table)
        self.assertEqual(lines[-1], '0 passed, 1 failed')

    def test_map_without_a_table_fails(self):
        _, lines = self.summarise([self.entry('1..1\nok 1 /a\n')], table='nothing here\n')
        self.assertEqual(lines[-1], '1 passed, 1 failed')


if __name__ == '__main__':
    tap_unittest.main()
