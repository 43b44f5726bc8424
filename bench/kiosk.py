"""A scripted traveller at the kiosk, in a real browser, beside a person who types it all.

    python -m bench.kiosk [--n 20]

Each traveller has one passport and three receipts, drawn; the clock runs from the first
touch to the last result on the screen. The server part is each request of the page.
The peer types the same fields of passport and three invoices at 40 words a minute.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from typing import Any

PORT = 8797
NAMES = ('chromium', 'chromium-browser', 'google-chrome')
SURNAMES = ('ERIKSSON', 'NOVAK', 'SILVA', 'TANAKA', 'KIM', 'DUBOIS', 'ROSSI', 'MOORE')


def typed_seconds(fields: list[str], words_a_minute: int = 40) -> float:
    """A word is five characters, as typists count."""
    return sum(len(f) for f in fields) / 5 / words_a_minute * 60


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument('--n', type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {'CLEARLANE_HOME': home, 'CLEARLANE_PORT': str(PORT)}
        from clearlane.store.start import open_store

        open_store()
        from clearlane import counters
        from clearlane.demos import departure_refund as play

        people = [
            play.Traveller(f'L{8000000 + n}C', SURNAMES[n % len(SURNAMES)], 'ANNA MARIA')
            for n in range(given.n + 1)
        ]
        for one in people:
            play.shop_of(one)
        key = counters.enroll('T1', play.NAME, {'port': 'PVG'})
        server = subprocess.Popen([sys.executable, '-m', 'clearlane.cli', 'web'])
        try:
            _answers()
            times, requests, results = _played(key, people)
        finally:
            server.terminate()
            server.wait()
    _told(times, requests, results, people[0])
    return 0


def _answers() -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f'http://127.0.0.1:{PORT}/robots.txt', timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError('the server did not start')


def _played(key: str, people: list[Any]) -> tuple[list[float], dict[str, list[float]], list[str]]:
    from playwright.sync_api import expect, sync_playwright

    program = next(found for name in NAMES if (found := shutil.which(name)))
    times: list[float] = []
    requests: dict[str, list[float]] = {}
    results: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=['--no-sandbox'])
        context = browser.new_context(viewport={'width': 1080, 'height': 1920}, locale='en-US')
        page = context.new_page()
        page.goto(f'http://127.0.0.1:{PORT}/kiosk')
        page.fill('#key', key)
        page.click('form.card button')

        def finished(request: Any) -> None:
            act = request.url.rsplit('/', 1)[1]
            spent = request.timing['responseEnd'] - request.timing['requestStart']
            requests.setdefault(act, []).append(spent)

        page.on('requestfinished', finished)
        for number, one in enumerate(people):
            pictures = [one.passport(), *one.receipts()]
            files = [{'name': 'p.jpg', 'mimeType': 'image/jpeg', 'buffer': p} for p in pictures]
            page.wait_for_selector('#start')
            if number == 1:
                # The first one warms the models up and is not counted.
                requests.clear()
            started = time.perf_counter()
            page.click('#start')
            page.set_input_files('#file', files[0])
            expect(page.locator('.items li')).to_have_count(3, timeout=60_000)
            page.set_input_files('#file', files[1:])
            expect(page.locator('.items .chip.ok')).to_have_count(3, timeout=60_000)
            page.click('#confirm')
            page.wait_for_selector('#finish', timeout=60_000)
            if number:
                times.append(time.perf_counter() - started)
                results += [
                    item.get_attribute('data-state') or ''
                    for item in page.locator('.items li').all()
                ]
            page.click('#finish')
        browser.close()
    return times, requests, results


def _told(
    times: list[float], requests: dict[str, list[float]], results: list[str], one: Any
) -> None:
    print(f'{len(times)} travellers, 3 forms each, 3 touches, drawn pictures')
    states = {state: results.count(state) for state in sorted(set(results))}
    print(f'results: {states}')
    print(f'{"from the first touch to the last result, seconds":<50}{"median":>8}{"p95":>8}')
    print(f'{"kiosk":<50}{percentile(times, 0.5):>8.1f}{percentile(times, 0.95):>8.1f}')
    fields = [one.number, one.surname, one.given]
    fields += [f for bill in one.bills for f in (bill['invoice_no'], bill['day'], bill['total'],
               bill['seller_uscc'])]  # fmt: skip
    typing = typed_seconds(fields)
    print(f'{"the same fields typed, without a check":<50}{typing:>8.1f}{typing:>8.1f}')
    print('server part, milliseconds a request')
    for act, spent in sorted(requests.items()):
        if act in ('document', 'paper', 'confirm', 'begin', 'end'):
            line = f'{percentile(spent, 0.5):>8.0f}{percentile(spent, 0.95):>8.0f}'
            print(f'{"  " + act:<50}{line}')
    whole = [v for act, spent in requests.items() if act != 'kiosk' for v in spent]
    print(f'{"  all":<50}{percentile(whole, 0.5):>8.0f}{percentile(whole, 0.95):>8.0f}')


if __name__ == '__main__':
    sys.exit(main())
