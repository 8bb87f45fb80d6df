# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of weather that do not answer, or not as they should."""

import contextlib
import socket
import time

import tap_unittest
from cli_case import CliCase
from hostile_source import Source, always, answer, weather_body

OPTIONS = ['--days=2', '--executors=threads', '--workers=2', '--rounds=1', '--quiet',
           '--back-off=10ms', '--last-date=2020-01-02', '--output=r.speedup']


class CliSources(CliCase):
    def weather(self, code, source, *options, **keywords):
        return self.expect(code, 'run', 'weather', *OPTIONS, f'--source={source}', *options,
                           **keywords)

    def check_useless(self, source, *words, options=('--attempts=1',)):
        """Nothing can be measured: exit code 1, and words about what is wrong with the source."""
        done = self.weather(1, source, *options)
        text = done.out + done.err
        for word in words:
            self.assertIn(word, text)
        return done

    def test_unreachable_host(self):
        with socket.create_server(('127.0.0.1', 0)) as listener:
            port = listener.getsockname()[1]
        self.check_useless(f'http://127.0.0.1:{port}/{{date}}', '127.0.0.1')

    def test_dns_failure(self):
        self.check_useless('http://nowhere.invalid/{date}', 'nowhere.invalid')

    def test_tls_failure(self):
        """The other side does not speak TLS."""
        def serve(connection, path, number):
            connection.sendall(b'this is not TLS\r\n' * 20)
            connection.recv(65536)

        with Source(serve, at_once=True) as source:
            self.check_useless(f'https://127.0.0.1:{source.port}/{{date}}', '127.0.0.1', 'TLS')

    def test_tls_that_never_answers(self):
        with Source(lambda connection, path, number: None) as source:
            self.check_useless(f'https://127.0.0.1:{source.port}/{{date}}', '127.0.0.1',
                               options=('--attempts=1', '--days=1', '--request-timeout=1s'))

    def test_no_more_at_once_than_allowed(self):
        """Also worker processes, each of which sees only its own requests."""
        now = []
        most = []

        def serve(connection, path, number):
            now.append(number)
            most.append(len(now))
            time.sleep(0.02)
            now.remove(number)
            connection.sendall(answer('200 OK', weather_body(path[1:])))

        with Source(serve) as source:
            done = self.expect(0, 'run', 'weather', f'--source={source.template}', '--days=8',
                               '--last-date=2020-01-02', '--max-in-flight=2', '--rounds=1',
                               '--workers=1,2,4', '--executors=threads,processes',
                               '--output=r.speedup')
        self.assertEqual(2, max(most))
        self.assertIn('processes: counts of more than 2 workers are left out', done.err)
        self.assertEqual([1, 1, 1, 2, 2], sorted(configuration['workers'] for configuration in
                                                 self.result()['plan']['configurations']))

    def test_void_runs_that_stay_are_told_by_the_exit_code(self):
        """Two at once are answered with errors, so only the sequential runs count."""
        now = []

        def serve(connection, path, number):
            now.append(number)
            time.sleep(0.05)
            crowded = len(now) > 1
            now.remove(number)
            connection.sendall(answer('500 Internal Server Error') if crowded
                               else answer('200 OK', weather_body(path[1:])))

        with Source(serve) as source:
            done = self.weather(3, source.template, '--days=4', '--attempts=5')
        self.assertIn('a task had to be tried again', done.out)
        self.assertTrue(any(run['reason'] == 'retried' for run in self.result()['runs']))

    def test_404(self):
        with always(answer('404 Not Found')) as source:
            self.check_useless(source.template, '404')

    def test_429_without_retry_after(self):
        with always(answer('429 Too Many Requests')) as source:
            self.check_useless(source.template, '429', options=('--attempts=2',))
            self.assertGreater(len(source.requests), 2)

    def test_429_with_retry_after(self):
        """The wait that the server asks for is kept."""
        times = []

        def serve(connection, path, number):
            times.append(time.monotonic())
            if number == 1:
                connection.sendall(answer('429 Too Many Requests', headers=['Retry-After: 1']))
            else:
                connection.sendall(answer('200 OK', weather_body('2020-01-02')))

        with Source(serve) as source:
            self.weather(0, source.template, '--days=1', '--attempts=2')
        self.assertGreaterEqual(times[1] - times[0], 0.95)

    def test_500(self):
        with always(answer('500 Internal Server Error')) as source:
            self.check_useless(source.template, '500', options=('--attempts=2',))

    def test_500_once(self):
        """What was tried again is void, and repeated."""
        def serve(connection, path, number):
            if number == 4:
                connection.sendall(answer('500 Internal Server Error'))
            else:
                connection.sendall(answer('200 OK', weather_body(path[1:])))

        with Source(serve) as source:
            done = self.run_cli('run', 'weather', *OPTIONS, f'--source={source.template}',
                                '--attempts=2')
        self.assertIn(done.code, (0, 3))
        self.assertEqual(self.result()['failures'], [])

    def test_200_with_empty_body(self):
        with always(answer('200 OK')) as source:
            self.check_useless(source.template, '127.0.0.1')

    def test_200_with_wrong_body(self):
        body = b'{"items": [], "api_info": {"status": "healthy"}}'
        with always(answer('200 OK', body)) as source:
            self.check_useless(source.template, '127.0.0.1')

    def test_200_with_truncated_body(self):
        body = weather_body('2020-01-02')
        cut = answer('200 OK', body)[:-len(body) // 2]
        with always(cut) as source:
            self.check_useless(source.template, '127.0.0.1')

    def test_200_with_non_json_body(self):
        with always(answer('200 OK', b'<html>Welcome to the Wi-Fi of this hotel</html>')) as source:
            self.check_useless(source.template, '127.0.0.1')

    def test_200_with_endless_body(self):
        def serve(connection, path, number):
            connection.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n')
            with contextlib.suppress(OSError):
                while True:
                    connection.sendall(b' ' * 1000000)

        with Source(serve) as source:
            self.check_useless(source.template, '127.0.0.1', options=('--attempts=1', '--days=1'))

    def test_server_that_says_nothing(self):
        def serve(connection, path, number):
            connection.recv(1)

        with Source(serve) as source:
            self.check_useless(source.template, '127.0.0.1',
                               options=('--attempts=1', '--days=1', '--request-timeout=1s'))

    def test_redirect_loop(self):
        def serve(connection, path, number):
            connection.sendall(answer('302 Found', headers=[f'Location: {path}']))

        with Source(serve) as source:
            self.check_useless(source.template, '127.0.0.1')

    def test_some_days_are_missing(self):
        """A day that fails everywhere is named and left out; the others are measured."""
        def serve(connection, path, number):
            if path.endswith('2020-01-01'):
                connection.sendall(answer('404 Not Found'))
            else:
                connection.sendall(answer('200 OK', weather_body(path[1:])))

        with Source(serve) as source:
            done = self.weather(0, source.template, '--attempts=1')
        self.assertEqual([failure['task'] for failure in self.result()['failures']],
                         ['2020-01-01'])
        self.assertIn('2020-01-01', done.out)

    def test_built_in_faults(self):
        """The built-in server's own knobs: an outage answers 200 without readings."""
        done = self.expect(1, 'run', 'weather', *OPTIONS, '--share-empty=100%', '--attempts=1',
                           '--latency=0s')
        self.assertIn('2020-01-0', done.out + done.err)


if __name__ == '__main__':
    tap_unittest.main()
