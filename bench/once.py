"""A thousand refunds of one invoice at once: how many are paid.

    python -m bench.once [--n 1000]

Runs the test of the name with so many travellers on a real PostgreSQL, twelve at a time,
and beside it the same race on a counter that is read and then written, as a program
without a lock does it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def careless(n: int) -> int:
    """Read whether it was paid, think for a moment, write that it is: who asks like this."""
    paid: list[int] = []
    ready = threading.Event()

    def refund(one: int) -> None:
        ready.wait()
        if not paid:
            time.sleep(0.001)
            paid.append(one)

    with ThreadPoolExecutor(12) as pool:
        for one in range(n):
            pool.submit(refund, one)
        ready.set()
    return len(paid)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument('--n', type=int, default=1000)
    n = parser.parse_args().n
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, '-m', 'pytest', '-n', '0', '--no-cov', '-q', '--timeout', '1800',
         'tests/refunds/test_once.py'],
        env={**os.environ, 'CLEARLANE_REFUNDS': str(n)}, stdout=sys.stderr, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    print(f'{"refunds of one invoice at once":<40}{"asked":>8}{"paid":>8}{"seconds":>10}')
    paid = '1' if done.returncode == 0 else 'failed'
    print(f'{"clearlane":<40}{n:>8}{paid:>8}{seconds:>10.1f}')
    print(f'{"read, then write, without a lock":<40}{n:>8}{careless(n):>8}{"":>10}')
    return done.returncode


if __name__ == '__main__':
    sys.exit(main())
