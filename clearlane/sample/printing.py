"""Faults of the print: what a synthetic box says when it was printed or labelled wrongly."""

import random
import re
from collections.abc import Collection
from dataclasses import replace

from clearlane.sample.package import Package

# Boxes are mixed up with what stands beside them in the hall.
MIXED_UP = {'UN3480': 'UN3481', 'UN3481': 'UN3480', 'UN3090': 'UN3091', 'UN3091': 'UN3090',
            'UN3551': 'UN3552'}  # fmt: skip


def printed(package: Package, faults: Collection[str], rng: random.Random) -> Package:
    """The package with the wrong print that the faults name."""
    mark, labels = package.mark, package.labels
    if 'wrong_batch' in faults:
        mark = other_batch(mark, rng)
    if 'wrong_mark_digit' in faults:
        mark = other_digit(mark, rng)
    if 'level_z' in faults:
        mark = re.sub(r'/[XY](?=\d)', '/Z', mark, count=1)
    if 'mark_missing' in faults:
        mark = ''
    if 'plain_class_9' in faults:
        labels = ('9',)
    if 'battery_mark_instead' in faults:
        labels = ('battery_mark',)
    if 'label_missing' in faults:
        labels = ()
    if 'wrong_un_number' in faults:
        package = replace(package, un_number=other_un_number(package.un_number))
    if 'serial_missing' in faults:
        package = replace(package, serial='')
    if 'overweight' in faults:
        package = replace(package, gross_mass_kg=too_heavy(package, rng))
    return replace(package, mark=mark, labels=labels)


def other_batch(mark: str, rng: random.Random) -> str:
    """The mark with another batch after ``PI:``."""
    stem, found, batch = mark.partition(' PI:')
    if not found:
        return f'{mark} PI:{rng.randint(1, 199):03d}'
    others = [number for number in range(1, 10 ** len(batch)) if number != int(batch)]
    return f'{stem} PI:{rng.choice(others):0{len(batch)}d}'


def other_digit(mark: str, rng: random.Random) -> str:
    """The mark with one of the maker's last digits changed, but never to nought."""
    stem = mark.partition(' PI:')[0]
    places = [place for place in range(len(stem) - 3, len(stem)) if stem[place].isdigit()]
    if not places:
        raise ValueError(f'no maker number in {mark!r}')
    place = rng.choice(places)
    digit = rng.choice([d for d in '123456789' if d != mark[place]])
    return mark[:place] + digit + mark[place + 1 :]


def other_un_number(un_number: str) -> str:
    """The UN number that is most easily mixed up with this one."""
    return MIXED_UP.get(un_number) or f'UN{int(un_number[2:]) + 1:04d}'


def too_heavy(package: Package, rng: random.Random) -> float:
    """A gross mass a little above what the mark allows."""
    found = re.search(r'/[XYZ](\d+(?:\.\d)?)/', package.mark)
    limit = float(found[1]) if found else package.gross_mass_kg
    return round(limit * rng.uniform(1.03, 1.12) + 0.1, 1)
