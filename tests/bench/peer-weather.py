# SPDX-FileCopyrightText: 2026 The Speedup developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Download and parse days of weather with Python; print CPU seconds and wall seconds.

Usage: peer-weather.py requests|aiohttp URL-PREFIX DAYS WORKERS
The interpreter's start and the imports are not in the times.
"""

import asyncio
import concurrent.futures
import datetime
import json
import resource
import sys
import time

LAST_DAY = datetime.date(2020, 7, 23)


def count_readings(body):
    return sum(len(item['readings']) for item in json.loads(body)['items'])


def prepare_requests(urls, workers):
    import requests

    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=workers)
    session.mount('http://', adapter)
    session.trust_env = False

    def fetch(url):
        answer = session.get(url)
        answer.raise_for_status()
        return count_readings(answer.content)

    def run():
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            return list(pool.map(fetch, urls))

    return run


def prepare_aiohttp(urls, workers):
    import aiohttp

    async def fetch(session, url):
        async with session.get(url) as answer:
            answer.raise_for_status()
            return count_readings(await answer.read())

    async def fetch_all():
        connector = aiohttp.TCPConnector(limit=workers)
        async with aiohttp.ClientSession(connector=connector) as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))

    return lambda: asyncio.run(fetch_all())


def main():
    prepare = {'requests': prepare_requests, 'aiohttp': prepare_aiohttp}[sys.argv[1]]
    days = int(sys.argv[3])
    urls = [sys.argv[2] + (LAST_DAY - datetime.timedelta(days=day)).isoformat()
            for day in reversed(range(days))]
    run = prepare(urls, int(sys.argv[4]))

    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.monotonic()
    counts = run()
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert len(counts) == days and min(counts) > 0
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(f'{cpu:.6f} {wall:.6f}')


if __name__ == '__main__':
    main()
