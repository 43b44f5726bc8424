"""How reading grows with photographs, their size, and workers; a plot in docs/reading.svg.

    python -m bench.reading_growth                          a small run
    python -m bench.reading_growth --boxes 1000 --views 4   the whole of it, on two workers

Each worker is a process of its own with one thread. Photographs are drawn by another hand
than the sample generator and are drawn before the clock starts (synthetic).
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from bench.hands.shots import photographs
from clearlane.recognisers.package import PACKAGE

PLOT = Path(__file__).parent.parent / 'docs' / 'reading.svg'
SIZES = {'1 MP': (1160, 870), '3 MP': (2000, 1500), '12 MP': (4000, 3000)}
DISTINCT = 8
"""So many photographs are drawn a size; they are read in turn."""


def drawn(size: tuple[int, int], n: int = DISTINCT) -> list[bytes]:
    return [one.jpeg for one in photographs('label_room', n, 700, hard=False, size=size)]


def read(jpeg: bytes) -> tuple[float, float]:
    """CPU seconds of one photograph, and the greatest memory of this process so far in MB."""
    at = time.process_time()
    PACKAGE.read(jpeg)
    peak = next(line for line in _status() if line.startswith('VmHWM'))
    return time.process_time() - at, int(peak.split()[1]) / 1024


def _status() -> list[str]:
    return Path('/proc/self/status').read_text().splitlines()


def timed(jpegs: list[bytes], n: int, workers: int) -> tuple[float, float, float]:
    """Wall and CPU seconds for `n` photographs, and the greatest memory of a worker."""
    with ProcessPoolExecutor(workers, mp_context=get_context('spawn')) as pool:
        list(pool.map(read, jpegs[:workers]))  # each worker loads its models first
        at = time.perf_counter()
        done = list(pool.map(read, [jpegs[i % len(jpegs)] for i in range(n)]))
        wall = time.perf_counter() - at
    return wall, sum(cpu for cpu, _ in done), max(peak for _, peak in done)


def growth(counts: list[int]) -> list[tuple[str, int, int, float, float, float]]:
    rows = []
    for size, shape in SIZES.items():
        jpegs = drawn(shape)
        for workers in (1, 2):
            for n in counts:
                rows.append((size, workers, n, *timed(jpegs, n, workers)))
                print(f'{size:>6}  workers {workers}  photographs {n:>5}'
                      f'  wall {rows[-1][3]:8.2f} s  CPU {rows[-1][4]:8.2f} s'
                      f'  {1000 * rows[-1][4] / n:6.0f} ms each'
                      f'  {rows[-1][5]:5.0f} MB a worker', flush=True)  # fmt: skip
    return rows


def plot(rows: list[tuple[str, int, int, float, float, float]]) -> str:
    """Wall seconds over photographs: a line for each size, dashed for two workers."""
    most_n, most_s = max(row[2] for row in rows), max(row[3] for row in rows)
    colours = dict(zip(SIZES, ('#1b6e8c', '#b26a00', '#8c1b3a'), strict=True))
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="sans"'
             ' font-size="12">', '<rect width="640" height="400" fill="white"/>',
             '<path d="M60 20V350H620" fill="none" stroke="#444"/>',
             '<text x="340" y="385" text-anchor="middle">photographs 照片数</text>',
             '<text x="16" y="190" transform="rotate(-90 16 190)" text-anchor="middle">'
             'seconds 秒</text>']  # fmt: skip
    for step in range(1, 5):
        y, x = 350 - 330 * step / 4, 60 + 560 * step / 4
        seconds, count = most_s * step / 4, most_n * step // 4
        parts.append(f'<text x="54" y="{y + 4:.0f}" text-anchor="end">{seconds:.1f}</text>')
        parts.append(f'<text x="{x:.0f}" y="366" text-anchor="middle">{count}</text>')
    for at, (size, colour) in enumerate(colours.items()):
        for workers, dash in ((1, ''), (2, ' stroke-dasharray="6 4"')):
            points = [(60 + 560 * n / most_n, 350 - 330 * wall / most_s)
                      for s, w, n, wall, _, _ in rows if (s, w) == (size, workers)]  # fmt: skip
            line = ' '.join(f'{x:.1f},{y:.1f}' for x, y in [(60, 350), *points])
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}"'
                         f' stroke-width="2"{dash}/>')  # fmt: skip
        parts.append(f'<text x="76" y="{40 + 18 * at}" fill="{colour}">{size}: 1 worker, '
                     'dashed 2 workers</text>')  # fmt: skip
    return '\n'.join([*parts, '</svg>\n'])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--counts', type=int, nargs='+', default=[4, 8, 16])
    parser.add_argument('--boxes', type=int, default=0)
    parser.add_argument('--views', type=int, default=4)
    parser.add_argument('--json', action='store_true')
    asked = parser.parse_args()
    if asked.boxes:
        n = asked.boxes * asked.views
        wall, cpu, peak = timed(drawn(SIZES['12 MP']), n, 2)
        print(f'{asked.boxes} boxes x {asked.views} views, 12 MP, 2 workers: {wall:.0f} s,'
              f' {1000 * cpu / n:.0f} ms CPU a photograph, {peak:.0f} MB a worker')  # fmt: skip
        return
    rows = growth(asked.counts)
    PLOT.write_text(plot(rows), encoding='utf-8')
    if asked.json:
        print(json.dumps({'synthetic': True, 'rows': rows}))


if __name__ == '__main__':
    main()
