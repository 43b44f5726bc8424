"""CSP-1: the closed form beside a simulation of its state machine, and beside the oracle.

    python -m bench.sampling [--lots 400000]

The oracle is a table computed elsewhere before this program was written. The error of the
simulation is that of ten independent series of a tenth of the lots each.
"""

from __future__ import annotations

import argparse
import statistics
import time

from clearlane.sampling import csp1

ORACLE = [
    (5, 0.10, 18.1, 31.8, 0.100), (10, 0.10, 9.95, 18.1, 0.101), (5, 0.25, 10.4, 25.3, 0.251),
    (10, 0.25, 5.6, 14.2, 0.252), (30, 0.10, 3.55, 6.7, 0.103), (59, 0.10, 1.83, 3.5, 0.105),
    (100, 0.05, 1.50, 2.5, 0.055),
]  # fmt: skip
CASES = [
    (10, 0.10, 0.02, 1.0),
    (10, 0.25, 0.05, 1.0),
    (10, 0.10, 0.02, 0.9),
    (59, 0.10, 0.035, 0.8),
]
SERIES = 10


def limits() -> None:
    print('AOQL, closed form | oracle            s = 1          at p       share at 0.1 %  s = 0.9')
    for i, f, aoql, at, share in ORACLE:
        found, human = csp1.limit(i, f), csp1.limit(i, f, 0.9)
        inspected = csp1.long_run(i, f, 0.001).inspected
        print(
            f'i={i:<4} f={f:.2f}   {found.aoql:7.2%} | {aoql:5.2f} %   {found.at:6.1%} | '
            f'{at:4.1f} %   {inspected:.3f} | {share:.3f}   {human.aoql:6.2%}'
        )


def simulations(lots: int) -> None:
    print(f'\n{lots:,} simulated lots            AFI closed | simulated    AOQ closed | simulated')
    for i, f, p, s in CASES:
        started = time.process_time()
        exact = csp1.long_run(i, f, p, s)
        runs = [csp1.simulated(i, f, p, s, lots // SERIES, seed) for seed in range(SERIES)]
        shares, left = [r.inspected for r in runs], [r.outgoing for r in runs]
        seconds = time.process_time() - started
        print(
            f'i={i:<3} f={f:.2f} p={p:.3f} s={s:.1f}   '
            f'{exact.inspected:.4f} | {statistics.mean(shares):.4f} ± {error(shares):.4f}   '
            f'{exact.outgoing:.4f} | {statistics.mean(left):.4f} ± {error(left):.4f}   '
            f'{seconds:.1f} s CPU'
        )


def error(values: list[float]) -> float:
    """The standard error of the mean."""
    return statistics.stdev(values) / len(values) ** 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--lots', type=int, default=400_000)
    limits()
    simulations(parser.parse_args().lots)


if __name__ == '__main__':
    main()
