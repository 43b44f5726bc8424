"""Synthetic photographs of packed batteries, with ground truth.

Everything is drawn from geometry: a wall with its print and labels in mm, put into
perspective in a packing hall, lit, blurred, and recorded with noise. Nothing in these
pictures was photographed; figures measured on them say how a recogniser does on
synthetic pictures, not in the field.

>>> photo = photograph(Package(serial='XM250525-0007'), Shot(width=640, height=480))
>>> [r['value'] for r in photo.truth if r['kind'] == 'serial']
['XM250525-0007']
"""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from clearlane.sample import exif, faces, light, scene, visible
from clearlane.sample.camera import STYLES, Camera, Stand, between, camera_of, stand_of
from clearlane.sample.chance import chance, number
from clearlane.sample.face import Face
from clearlane.sample.package import Package, numbered, specimen
from clearlane.sample.printing import printed
from clearlane.sample.sheet import Pixels, Points
from clearlane.sample.shot import FAULTS, SEEN_IN, VIEWS, Shot


@dataclass(frozen=True, kw_only=True)
class Photograph:
    """A synthetic photograph with its ground truth.

    ``truth`` lists what a perfect reader would report, in the kinds and with the boxes of
    the reader's own readings (corners in pixels of the upright picture); ``legible`` is
    false where something is there but cannot be read. ``condition`` lists in the same form
    what is no reading: the outline of the face, the closure, the damage.
    """

    jpeg: bytes
    width: int  # of the upright picture
    height: int
    serial: str
    view: str
    faults: tuple[str, ...]
    truth: list[dict[str, Any]]
    condition: list[dict[str, Any]]


def photograph(package: Package, shot: Shot) -> Photograph:
    """One synthetic photograph of a package. The same package and shot give the same bytes."""
    style = STYLES[shot.style]
    wrong = chance(package.serial, *shot.faults)
    box = printed(package, shot.faults, wrong)
    stand = stand_of(shot, package.size_mm, package.serial)
    camera = camera_of(shot, package.size_mm, package.serial)
    face = _face(box, camera, shot)
    picture, plane = _composed(face, box, stand, camera, shot)
    rng = np.random.default_rng(number(shot.seed, package.serial, shot.view, shot.line))
    picture = light.exposed(picture, shot, style, rng)
    truth = [item.moved(lambda points: _seen(points, plane)) for item in face.items]
    truth = visible.left(truth, picture, shot, rng)
    condition = [item.moved(lambda points: _seen(points, plane)) for item in face.condition]
    picture, truth, condition = visible.tilted(picture, truth, condition, shot)
    turn = shot.turn('exif_')
    stored = np.ascontiguousarray(np.rot90(picture, -turn))
    quality = round(between(style.quality, shot.hardness))
    return Photograph(
        jpeg=exif.encoded(stored, quality, style.make, shot.at, -turn),
        width=picture.shape[1],
        height=picture.shape[0],
        serial=package.serial,
        view=shot.view,
        faults=shot.faults,
        truth=[item.reading() for item in truth],
        condition=[item.reading() for item in condition],
    )


def _face(package: Package, camera: Camera, shot: Shot) -> Face:
    """The wall photographed, drawn a little finer than the picture will show it."""
    scale = float(np.ceil(camera.focal_px / camera.place[2] * 1.12 * 4) / 4)
    draw = faces.front if shot.view == 'front' else faces.label
    face = draw(package, scale, shot.faults)
    face.note('face', shot.view, (0, 0, face.width_mm, face.height_mm))
    return face


def _seen(points: Points, plane: Points) -> Points:
    """Points in mm on the wall as pixels of the picture."""
    flat = points @ plane[:, :2].T + plane[:, 2]
    return np.asarray(flat[:, :2] / flat[:, 2:])


def _composed(
    face: Face, package: Package, stand: Stand, camera: Camera, shot: Shot
) -> tuple[Pixels, Points]:
    """The box in its hall; and the homography from mm on its front to pixels."""
    w, h, d = stand.size_mm
    picture = scene.backdrop(camera, shot.line, package.packaging, h, d).copy()
    scene.ground_shadow(picture, camera, stand)
    if package.packaging == 'crate':
        scene.pallet(picture, camera, stand, package.box_seed('pallet'))
    else:
        scene.neighbours(picture, camera, package, stand, number(shot.seed, package.serial))
    closed = 'tape_missing' not in shot.faults
    for wall in scene.hidden_walls(package, camera, stand, closed=closed):
        scene.put_wall(picture, camera, stand, wall)
    front = scene.Wall(face.image, face.scale, (-w / 2, -h / 2, 0), scene.X, scene.Y)
    return picture, scene.put_wall(picture, camera, stand, front)


def batch(
    package: Package,
    n: int,
    *,
    faults: Mapping[int, Sequence[str]] | None = None,
    views: Sequence[str] = VIEWS,
    shot: Shot | None = None,
) -> Iterator[Photograph]:
    """The synthetic photographs of ``n`` boxes as they pass one camera, every view of each.

    ``faults`` names by the place of a box in the row (from 0) what is wrong with it; a fault
    is photographed in the view where it is to be seen. ``shot`` sets all that does not
    change from box to box.
    """
    base = shot or Shot()
    for place in range(n):
        box = numbered(package, place)
        for at_view, view in enumerate(views):
            wrong = (*base.faults, *(faults or {}).get(place, ()))
            wrong = tuple(fault for fault in wrong if SEEN_IN.get(fault, view) == view)
            moment = base.at + timedelta(seconds=14 * place + 4 * at_view)
            shot = replace(base, view=view, at=moment, seed=base.seed + place, faults=wrong)
            yield photograph(box, shot)


def write(
    folder: Path, n: int, seed: int = 0, *, share_of_faults: float = 0.5, **settings: Any
) -> Path:
    """Write synthetic photographs of ``n`` boxes of all kinds, and one truth.json, to a folder.

    Every box is photographed in every view; about ``share_of_faults`` of the boxes have one
    fault. ``settings`` go to every shot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = chance('write', seed)
    listed = []
    for index in range(n):
        package = specimen(rng.randrange(2**31))
        chosen = [rng.choice(list(FAULTS))] if rng.random() < share_of_faults else []
        shot = _drawn(rng, settings)
        for photo in batch(package, 1, faults={0: chosen}, shot=shot):
            name = f'{index:04d}-{photo.view}.jpg'
            (folder / name).write_bytes(photo.jpeg)
            listed.append(described(photo, name, package))
    said = {'synthetic': True, 'seed': seed, 'photographs': listed}
    truth = folder / 'truth.json'
    truth.write_text(json.dumps(said, ensure_ascii=False, indent=1) + '\n', encoding='utf-8')
    return truth


def _drawn(rng: random.Random, settings: Mapping[str, Any]) -> Shot:
    """A shot drawn by chance, but for what is set."""
    spec: dict[str, Any] = {
        'seed': rng.randrange(2**31),
        'hardness': round(rng.random(), 2),
        'style': rng.choice(list(STYLES)),
        'line': rng.randrange(6),
    }
    return Shot(**{**spec, **settings})


def described(photo: Photograph, name: str, package: Package) -> dict[str, Any]:
    """One photograph in truth.json; ``declared`` is what the box should have shown."""
    declared = {
        'packaging': package.packaging,
        'mark': package.mark,
        'un_number': package.un_number,
        'gross_mass_kg': package.gross_mass_kg,
        'net_mass_kg': package.net_mass_kg,
        'labels': list(package.labels),
        'batch': package.batch,
        'design': package.design,
    }
    return {
        'file': name,
        'sha256': hashlib.sha256(photo.jpeg).hexdigest(),
        'width': photo.width,
        'height': photo.height,
        'serial': photo.serial,
        'view': photo.view,
        'faults': list(photo.faults),
        'declared': declared,
        'readings': photo.truth,
        'condition': photo.condition,
    }
