# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of weather that misbehave, on a free port of this computer."""

import contextlib
import json
import socket
import threading


def weather_body(date, stations=2, minutes=3):
    """A day in the shape of data.gov.sg's version 1."""
    names = [f'S{number}' for number in range(1, stations + 1)]
    return json.dumps({
        'metadata': {'stations': [{'id': name, 'device_id': name, 'name': name,
                                   'location': {'latitude': 1.3, 'longitude': 103.8}}
                                  for name in names],
                     'reading_type': 'DBT 1M F', 'reading_unit': 'deg C'},
        'items': [{'timestamp': f'{date}T00:{minute:02}:00+08:00',
                   'readings': [{'station_id': name, 'value': 25.5} for name in names]}
                  for minute in range(minutes)],
        'api_info': {'status': 'healthy'}}).encode()


def answer(status, body=b'', headers=()):
    """The bytes of an HTTP/1.1 answer after which the connection is closed."""
    lines = [f'HTTP/1.1 {status}', f'Content-Length: {len(body)}', 'Connection: close', *headers]
    return '\r\n'.join(lines).encode() + b'\r\n\r\n' + body


class Source:
    """Accepts connections; `serve(connection, path, number)` does what it likes with each.

    It is called when the request has come, or at once where the greeting is the server's.
    """

    def __init__(self, serve, at_once=False):
        self.serve = serve
        self.at_once = at_once
        self.requests = []
        self.lock = threading.Lock()
        self.open = []
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    @property
    def template(self):
        return f'http://127.0.0.1:{self.port}/{{date}}'

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with self.lock:
                    self.open.append(connection)
                threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with contextlib.suppress(OSError), connection:
            head = b''
            while not self.at_once and b'\r\n\r\n' not in head:
                part = connection.recv(4096)
                if not part:
                    return
                head += part
            path = head.split(b' ')[1].decode() if head else ''
            with self.lock:
                self.requests.append(path)
                number = len(self.requests)
            self.serve(connection, path, number)


def always(data):
    """A source that answers every request with the same bytes."""
    return Source(lambda connection, path, number: connection.sendall(data))
