"""Measure everything again, and write docs/figures.md: the only hand that writes it.

    python -m bench.figures [NAME...]

Each section is what one script printed, with its command. Names choose sections; the
others stay as they are.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent.parent / 'docs' / 'figures.md'

SECTIONS = {
    'rings': ('Rings of travellers planted in traffic', ['bench.rings']),
    'kiosk': ('A traveller at the kiosk', ['bench.kiosk']),
    'once': ('A thousand refunds of one invoice at once', ['bench.once']),
    'road': ('A batch from photographs to decision', ['bench.road']),
    'read': ('Reading a photograph, beside RapidOCR', ['bench.read', '--n', '8']),
    'read_labels': (
        'Reading labels by another hand, hard, beside RapidOCR',
        ['bench.read', '--n', '9', '--hand', 'label_room'],
    ),
    'read_yard': (
        'Reading stencil and dots by a third hand, hard, beside RapidOCR',
        ['bench.read', '--n', '9', '--hand', 'yard'],
    ),
    'every_hand': (
        'Reading packages by every hand, clean and hard',
        ['bench.every_hand', '--n', '10'],
    ),
    'eight_bits': (
        'Reading models in eight bits, beside whole ones',
        ['bench.eight_bits', '--n', '5'],
    ),
    'reading_growth': ('How reading grows', ['bench.reading_growth']),
    'calibration': ('What scores of readings are worth', ['bench.calibration']),
    'calibration_containers': (
        'What scores of container numbers are worth',
        ['bench.calibration', 'container_number'],
    ),
    'calibration_plates': (
        'What scores of licence plates are worth',
        ['bench.calibration', 'licence_plate'],
    ),
    'calibration_zones': (
        'What scores of zones of documents are worth',
        ['bench.calibration', 'mrz'],
    ),
    'reuse': ('Photographs used twice', ['bench.reuse', '--designs', '3']),
    'targeting': ('A year of declarations against fifty risk rules', ['bench.targeting']),
    'drawdowns': ('Ten thousand draws on one certificate', ['bench.drawdowns']),
    'faces': ('A face beside its registered photograph', ['bench.compare_faces', '--designs', '2']),
    'transit': (
        'Messages of devices, from the socket to the incident',
        ['bench.transit', '--full'],
    ),
    'zones': ('Machine-readable zones', ['bench.zones', '--n', '12']),
    'containers': ('Container numbers on drawn doors', ['bench.container_numbers', '--n', '3']),
    'street': ('Container numbers, a third style', ['bench.doors_street', '--n', '3']),
    'anything': (
        'Doors, vehicles and documents through `clearlane read`',
        ['bench.anything', '--n', '8'],
    ),
    'plates': ('Licence plates on drawn vehicles', ['bench.plates', '--n', '4']),
    'receipts': ('Receipts and invoices, field by field', ['bench.receipts', '--n', '3']),
    'drift': ('Light turned down: which alarm rises first', ['bench.drift', '--n', '20']),
    'quality': ('What the quality gate tells', ['bench.quality', '--n', '2']),
    'codes': ('Codes on drawn cartons, read or told unread', ['bench.codes', '--n', '3']),
    'labels': (
        'Hazard labels',
        ['bench.labels', '--n', '2', '--hand', '3', '--press', '16', '--drawn', '40'],
    ),
    'sampling': ('The limit of a sampling plan, beside its simulation', ['bench.sampling']),
}

MODELS = {
    'calibration': 'text.md',
    'calibration_containers': 'container_number.md',
    'calibration_plates': 'licence_plate.md',
    'calibration_zones': 'mrz.md',
    'drift': 'drift.md',
    'codes': 'codes.md',
    'read': 'text.md',
    'eight_bits': 'text.md',
    'read_labels': 'text.md',
    'every_hand': 'text.md',
    'containers': 'container_number.md',
    'street': 'container_number.md',
    'plates': 'licence_plate.md',
    'zones': 'mrz.md',
    'receipts': 'receipt.md',
    'quality': 'quality.md',
    'faces': 'comparison.md',
    'labels': 'hazard_label.md',
}
"""Sections that stand in the page on a model as well, between marks."""

HEAD = """# Figures

Written by `make figures`; not by hand. Every figure on photographs made by
`clearlane sample`, or by another drawing, is **synthetic**: it says how the program does
on such pictures, not in the field.
"""


def measured(name: str) -> str:
    title, command = SECTIONS[name]
    print(f'measuring: {title} ...', file=sys.stderr)
    done = subprocess.run(
        [sys.executable, '-m', *command], stdout=subprocess.PIPE, text=True, check=True
    )
    table = '\n'.join(line for line in done.stdout.rstrip().splitlines() if line[:1] != '{')
    day = datetime.now(UTC).date().isoformat()
    machine = (
        f'{os.cpu_count()} cores, {platform.machine()} {vectors()}, '
        f'Python {platform.python_version()}'
    )
    return f'## {title}\n\n`python -m {" ".join(command)}`, {day}, {machine}\n\n```\n{table}\n```\n'


def vectors() -> str:
    """The widest instructions of the processor, on which the time of networks hangs most."""
    try:
        said = set(Path('/proc/cpuinfo').read_text(encoding='ascii', errors='replace').split())
    except OSError:
        return '(instructions unknown)'
    known = {'avx512_vnni': 'AVX-512 VNNI', 'avx_vnni': 'AVX-VNNI', 'avx2': 'AVX2'}
    return next((name for flag, name in known.items() if flag in said), 'without AVX2')


def into_page(name: str, section: str) -> None:
    """Put a section between the marks of the page on the model that it measures."""
    page = PAGE.parent / 'models' / MODELS[name]
    text = page.read_text(encoding='utf-8')
    block = section.split('\n', 2)[2].rstrip()
    start, end = f'<!-- measured: {name} -->', '<!-- end -->'
    before, rest = text.split(start, 1)
    after = rest.split(end, 1)[1]
    page.write_text(f'{before}{start}\n\n{block}\n\n{end}{after}', encoding='utf-8')


def kept() -> dict[str, str]:
    """The sections that stand in the page, by their titles."""
    if not PAGE.exists():
        return {}
    parts = re.split(r'^(?=## )', PAGE.read_text(encoding='utf-8'), flags=re.M)[1:]
    return {part.splitlines()[0].removeprefix('## '): part for part in parts}


def main(names: list[str]) -> int:
    sections = kept()
    for name in names or SECTIONS:
        sections[SECTIONS[name][0]] = section = measured(name)
        if name in MODELS:
            into_page(name, section)
        order = [title for title, _ in SECTIONS.values() if title in sections]
        body = '\n'.join(sections[title].rstrip() + '\n' for title in order)
        PAGE.write_text(f'{HEAD}\n{body}', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
