"""How well codes are read and unread ones are told, by symbology and condition, beside zxing-cpp.

    python -m bench.codes --n 4

Every picture is drawn (bench/code_hand.py) with one code. `ours` is `barcodes.read`; its peers
are zxing-cpp with its defaults on the whole picture, and on the picture sharpened as well; all
look for the same symbologies. A value that was not printed is wrong, whoever reads it. Of codes
that were not read `told` are those whose place ours reports without a value. CPU milliseconds
are the mean a picture on one thread.

The second table counts places told, and values read, where no code is: on drawn packages,
doors, plates and documents, and, with `--photos FOLDER`, on photographs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from bench import code_hand, label_press
from bench.hands import shots
from clearlane.model import Reading
from clearlane.recognisers import barcodes, picture
from clearlane.sample.package import specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot

FORMATS = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.ITF, zxingcpp.BarcodeFormat.Aztec,
])  # fmt: skip

LESS_CHECKED = ('ean13', 'itf', 'code39')
"""Bars whose score is measured here: their own check is weak or missing."""

Image = code_hand.Image


def ours(image: Image) -> list[Reading]:
    return barcodes.read(image)


def zxing(image: Image) -> list[Reading]:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    found = zxingcpp.read_barcodes(grey, formats=FORMATS)
    return [_reading(one.text) for one in found if one.text]


def zxing_sharpened(image: Image) -> list[Reading]:
    soft = cv2.GaussianBlur(image, (0, 0), 2)
    sharp = np.asarray(cv2.addWeighted(image, 2.5, soft, -1.5, 0), np.uint8)
    return list({one.value: one for one in [*zxing(image), *zxing(sharp)]}.values())


def _reading(value: str) -> Reading:
    return Reading(kind='barcode', value=value, score=1.0, recogniser='zxing')


READERS: dict[str, Callable[[Image], list[Reading]]] = {
    'ours': ours, 'zxing': zxing, 'zxing + sharpened': zxing_sharpened,
}  # fmt: skip


def _told(places: list[np.ndarray], corners: np.ndarray) -> bool:
    """Whether the middle of the code lies in one of the places."""
    x, y = corners.mean(axis=0)
    return any(cv2.pointPolygonTest(place, (float(x), float(y)), False) >= 0 for place in places)


def measure(n: int, seed: int) -> dict[str, dict[tuple[str, str], Counter[str]]]:
    """By reader, then by symbology or condition, what became of the codes."""
    counts: dict[str, dict[tuple[str, str], Counter[str]]] = {
        name: defaultdict(Counter) for name in READERS
    }
    for one in code_hand.all_shown(n, seed):
        for name, read in READERS.items():
            begun = time.process_time()
            found = read(one.image)
            spent = time.process_time() - begun
            values = [reading.value for reading in found if reading.value]
            places = [np.array(r.box, np.float32) for r in found if not r.value]
            right = one.value in values
            for reading in found:
                if reading.details.get('symbology') in LESS_CHECKED and reading.value:
                    count = counts[name]['score', f'{reading.score:.2f}']
                    count['shown'] += 1
                    count['read'] += reading.value == one.value
            for key in (('', 'all'), ('symbology', one.symbology), ('condition', one.condition)):
                count = counts[name][key]
                count['shown'] += 1
                count['read'] += right
                count['wrong'] += sum(value != one.value for value in values)
                count['told'] += not right and _told(places, one.corners)
                count['beside'] += sum(not _told([place], one.corners) for place in places)
                count['us'] += round(spent * 1e6)
    return counts


def show(counts: dict[str, dict[tuple[str, str], Counter[str]]]) -> None:
    print('drawn codes (synthetic): read/shown, values that are wrong, CPU ms a picture')
    print(f'{"":<26}{"ours":>10}{"told":>6}{"wrong":>6}' + ''.join(
        f'{name:>19}{"wrong":>6}' for name in list(READERS)[1:]))  # fmt: skip
    for key in sorted(
        counts['zxing'], key=lambda key: ('', 'symbology', 'condition').index(key[0])
    ):
        first = counts['ours'][key]
        cells = f'{first["read"]:>6}/{first["shown"]}{first["told"]:>6}{first["wrong"]:>6}'
        for name in list(READERS)[1:]:
            other = counts[name][key]
            cells += f'{other["read"]:>15}/{other["shown"]}{other["wrong"]:>6}'
        print(f'{" ".join(key).strip():<26}{cells}')
    for key in sorted(key for key in counts['ours'] if key[0] == 'score'):
        count = counts['ours'][key]
        print(f'EAN-13, ITF, Code 39 of {" ".join(key)}: {count["read"]}/{count["shown"]} right')
    for name, table in counts.items():
        count = table['', 'all']
        said = count['read'] + count['wrong']
        print(f'{name}: recall {count["read"] / count["shown"]:.3f}, precision '
              f'{count["read"] / max(1, said):.4f}, {count["us"] / count["shown"] / 1e3:.0f} ms, '
              f'places told beside the code {count["beside"]}')  # fmt: skip


def without_codes(n: int, seed: int, photos: str) -> Iterator[tuple[str, Image, list[np.ndarray]]]:
    """Where pictures come from, and the places of the codes that some of them show."""
    for k in range(n):
        for style in ('line', 'phone'):
            photo = photograph(specimen(seed + k), Shot(
                seed=seed + k, style=style, line=k % 6, hardness=0.6,
                view=('label', 'front')[k % 2]))  # fmt: skip
            yield 'sample', picture.upright(photo.jpeg), _codes(photo.truth)
    for hand in shots.HANDS:
        for taken in shots.photographs(hand, n, seed, hard=True, size=(2400, 1800)):
            yield hand, picture.upright(taken.jpeg), _codes(taken.truth)
    rng = np.random.default_rng(seed)
    for k in range(n):
        noise = [str(one) for one in rng.permutation(label_press.NOISE)[:3]]
        values = [label_press.TRANSPORT[k % len(label_press.TRANSPORT)]]
        yield 'press', label_press.package(rng, values, noise, spoilt=False)[0], []
    for path in sorted(Path(photos).glob('*.jpg')) if photos else []:
        image = cv2.imread(str(path))
        if image is not None:
            yield 'photographs', np.asarray(image, np.uint8), []


def _codes(truth: list[dict[str, object]]) -> list[np.ndarray]:
    return [np.array(one['box'], np.float32) for one in truth if one['kind'] == 'barcode']


def false_alarms(n: int, seed: int, photos: str) -> dict[str, Counter[str]]:
    """By source, what is told or read outside of codes, and unread codes that are told."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for source, image, codes in without_codes(n, seed, photos):
        found = barcodes.read(image)
        count = counts[source]
        count['pictures'] += 1
        count['codes'] += len(codes)
        count['read'] += sum(bool(one.value) for one in found)
        for one in found:
            if not one.value:
                middle = np.mean(one.box, axis=0, keepdims=True)
                count['told' if _told(codes, middle) else 'false'] += 1
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--n', type=int, default=4, help='pictures a symbology and condition')
    parser.add_argument('--others', type=int, default=12, help='pictures a source without codes')
    parser.add_argument('--seed', type=int, default=8000)
    parser.add_argument('--photos', default='', help='a folder of photographs without codes')
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    show(measure(asked.n, asked.seed))
    print(
        '\npictures in which most show no code: codes shown, read, told where one is, told falsely'
    )
    for source, count in false_alarms(asked.others, asked.seed, asked.photos).items():
        print(f'{source:<16}{count["pictures"]:>5} pictures' + ''.join(
            f'{count[key]:>6} {key}' for key in ('codes', 'read', 'told', 'false')))  # fmt: skip
    return 0


if __name__ == '__main__':
    sys.exit(main())
