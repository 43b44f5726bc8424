"""The walls of a synthetic box with everything printed and stuck on them.

The layout is laid out for a wall of 500 by 400 mm and follows the size of the wall.
The design of a package decides printing, arrangement and lines of the mark, so that
boxes of one design look alike; the box itself decides how straight its labels are.
"""

from collections.abc import Collection
from dataclasses import dataclass

import cv2
import numpy as np

from clearlane.sample import closure, damage, labels, marks, materials
from clearlane.sample.chance import chance
from clearlane.sample.face import Face
from clearlane.sample.package import Package
from clearlane.sample.sheet import BLACK, Colour, Pixels, Sheet

WIDTH, HEIGHT = 500.0, 400.0  # the wall for which the layout is given
INKS: tuple[Colour, ...] = (BLACK, (24, 28, 44), (28, 40, 92))


@dataclass(frozen=True)
class Design:
    """What all boxes of a design have in common."""

    printing: str
    lines: int
    mirrored: bool
    chinese: bool
    framed: bool
    ink: Colour
    red: bool


def design_of(package: Package) -> Design:
    """The design as the package names it, the rest by chance that falls alike for all its boxes."""
    rng = package.design_rng()
    lines, label = rng.choice((1, 2, 2, 3)), rng.random() < 0.35
    # Stencils want an even ground: joints between boards would run through the characters.
    even = package.mark.startswith('4D')
    printing = {'crate': 'stencil' if even else 'label', 'returnable': 'label'}.get(
        package.packaging
    )
    return Design(
        printing=package.printing or printing or ('label' if label else 'ink'),
        lines=package.mark_lines or lines,
        mirrored=rng.random() < 0.4,
        chinese=rng.random() < 0.5,
        framed=rng.random() < 0.7,
        ink=rng.choice(INKS),
        red=rng.random() < 0.5,
    )


class Layout:
    """Puts sheets where the layout has them on one wall."""

    def __init__(self, package: Package, view: str, scale: float) -> None:
        self.design = design_of(package)
        self.rng = np.random.default_rng(package.box_seed(view))
        width, height, _ = package.size_mm
        code = package.mark.partition('/')[0]
        size = (width, height)
        bare = wall(package, package.box_seed(view), size, scale, code)
        self.face = Face(bare, scale)
        inset = {'carton': (0, 0), 'crate': (62, 62), 'returnable': (26, 40)}[package.packaging]
        _furnish(self.face, package.packaging, inset, package.box_seed(f'{view} frame'))
        self.inset = inset
        room = (width - 2 * inset[0], height - inset[1] * (1.5 if inset[0] == 26 else 2))
        self.stretch = (room[0] / WIDTH, room[1] / HEIGHT)
        self.unit = min(self.stretch)
        self.print = marks.Print(self.design.printing, scale, self.design.ink)

    def put(self, sheet: Sheet, x: float, y: float, *, right: bool = False, low: bool = False,
            centre: bool = False) -> None:  # fmt: skip
        """Lay a sheet with its corner or its centre at a place of the layout."""
        if self.design.mirrored:
            x, right = WIDTH - x, right if centre else not right
        left = self.inset[0] + x * self.stretch[0]
        top = self.inset[1] + y * self.stretch[1]
        left -= sheet.width_mm / 2 if centre else sheet.width_mm if right else 0
        top -= sheet.height_mm / 2 if centre else sheet.height_mm if low else 0
        # Print sits where the plate has it; labels are stuck on by hand.
        slip, skew = (3.5, 0.9) if sheet.paper or centre else (0.8, 0.1)
        left, top = (float(v + self.rng.uniform(-slip, slip)) for v in (left, top))
        self.face.lay(sheet, left, top, self.rng, float(self.rng.normal(0, skew)))


def front(package: Package, scale: float, faults: Collection[str]) -> Face:
    """The wall with the mark: maker, UN number and name, serial, masses, UN mark."""
    at = Layout(package, 'front', scale)
    u, sheet_of, design = at.unit, at.print, at.design
    narrow = 0.82 if design.printing != 'ink' else 1.0
    at.put(marks.maker(package, 8 * u * narrow, sheet_of), 18, 12)
    if design.printing != 'label':
        at.put(marks.handling(40 * u, scale, sheet_of.ink), 482, 14, right=True)
    at.put(marks.name(package, 14 * u * narrow, 278 * u, sheet_of), 18, 92)
    if package.serial:
        at.put(marks.identity(package, 7 * u, scale, chinese=design.chinese), 482, 98, right=True)
    one_line = design.lines == 1
    mass = marks.masses(package, 11 * u * narrow, sheet_of)
    at.put(mass, 482, 318 if one_line else 384, right=True, low=True)
    if package.mark:
        cap = max(12.0, (14 if one_line else 16) * u)
        mark = marks.un_mark(package, design.lines, cap, sheet_of)
        if 'mark_smeared' in faults:
            damage.smear(mark, at.rng)
        at.put(mark, 18, 386, low=True)
    return _finished(at, package, faults)


def label(package: Package, scale: float, faults: Collection[str]) -> Face:
    """The wall with the hazard label: arrows, serial, UN number and name beside it."""
    at = Layout(package, 'label', scale)
    u, sheet_of, design = at.unit, at.print, at.design
    narrow = 0.82 if design.printing != 'ink' else 1.0
    at.put(marks.maker(package, 7.5 * u * narrow, sheet_of), 18, 12)
    down, red = 'arrows_down' in faults, marks.RED if design.red else BLACK
    framed = design.framed or design.printing == 'label'
    pair = marks.arrows(96 * u, scale, ink=red, down=down, framed=framed)
    at.put(pair, 482, 88, right=True)
    places = iter(((122.0, 208.0), (292.0, 208.0)))
    for name, (x, y) in zip(package.labels, places, strict=False):
        sheet = hazard(name, package, u, scale)
        if 'label_torn' in faults:
            sheet = damage.torn(sheet, at.rng)
        at.put(sheet, x, y, centre=True)
    at.put(marks.name(package, 11 * u * narrow, 290 * u, sheet_of), 18, 384, low=True)
    if package.serial:
        sheet = marks.identity(package, 7 * u, scale, chinese=design.chinese)
        at.put(sheet, 482, 300, right=True)
    if 'label_covered' in faults:
        damage.cover(at.face, at.rng)
    return _finished(at, package, faults)


def hazard(name: str, package: Package, unit: float, scale: float) -> Sheet:
    """A hazard label or the battery mark, never smaller than the regulations have it."""
    side = max(100.0, 100 * unit)
    if name == 'battery_mark':
        return labels.battery_mark(package.un_number, side, side, scale)
    return labels.hazard_label(name, side, scale)


def _finished(at: Layout, package: Package, faults: Collection[str]) -> Face:
    """The wall after closing the box, and after what happened to it since."""
    closure.close(at.face, package.packaging, at.rng, closed='tape_missing' not in faults)
    damage.suffer(at.face, faults, at.rng)
    _edges(at.face)
    return at.face


def wall(package: Package, seed: int, size: tuple[float, float], scale: float, code: str) -> Pixels:
    """A bare wall. The colour is the design's, so a wrong mark does not change it."""
    design = chance('wall', package.design, package.maker, package.packaging)
    return materials.wall(package.packaging, code, design, seed, size, scale)


def top(package: Package, scale: float, *, closed: bool) -> Pixels:
    """The top: a carton's two flaps with the tape along their joint, or a plain lid."""
    width, _, depth = package.size_mm
    seed, code = package.box_seed('top'), package.mark.partition('/')[0]
    image = wall(package, seed, (width, depth), scale, code)
    if package.packaging == 'carton':
        middle, gap = image.shape[1] // 2, max(1, round((0.8 if closed else 5) * scale))
        image[:, middle - gap : middle + gap] //= 3
        if closed:
            half = round(closure.TAPE_MM / 2 * scale)
            closure.tape(
                image[:, middle - half : middle + half],
                np.random.default_rng(seed), scale, ragged=False,
            )  # fmt: skip
    return image


def side(package: Package, scale: float) -> Pixels:
    """A wall beside the one photographed: bare."""
    _, height, depth = package.size_mm
    code = package.mark.partition('/')[0]
    return wall(package, package.box_seed('side'), (depth, height), scale, code)


def _furnish(face: Face, packaging: str, inset: tuple[float, float], seed: int) -> None:
    """A crate's frame of battens; a returnable's lip, ribs and grips."""
    if packaging == 'crate':
        _battens(face, inset, np.random.default_rng(seed))
    elif packaging == 'returnable':
        _ribs(face, inset)


def _battens(face: Face, inset: tuple[float, float], rng: np.random.Generator) -> None:
    """Boards nailed around the wall: two across, two upright between them."""
    x, y = inset
    w, h = face.width_mm, face.height_mm
    for box in ((0.0, y, x, h - y), (w - x, y, w, h - y), (0.0, 0.0, w, y), (0.0, h - y, w, h)):
        part = face.part(box)
        upright = box[3] - box[1] > box[2] - box[0]
        long, wide = max(part.shape[:2]) / face.scale, min(part.shape[:2]) / face.scale
        board = materials.plywood(rng, (long, wide), face.scale, materials.PINE)
        part[:] = cv2.resize(np.rot90(board) if upright else board, part.shape[1::-1])
        _raised(face, box, float(rng.uniform(0.97, 1.06)))
    for px in (x / 2, w / 2, w - x / 2):
        for py in (y * 0.35, y * 0.7, h - y * 0.35, h - y * 0.7):
            face.part((px - 1.6, py - 1.6, px + 1.6, py + 1.6))[:] = (70, 74, 80)


def _ribs(face: Face, inset: tuple[float, float]) -> None:
    """The lip of a moulded box, its foot, and the ribs at both ends."""
    x, y = inset
    w, h = face.width_mm, face.height_mm
    _raised(face, (0, 0, w, y), 1.08)
    _raised(face, (0, h - y / 2, w, h), 1.05)
    for px in np.arange(4, x - 3, 9):
        _raised(face, (float(px), y, float(px) + 5, h - y / 2), 1.1)
        _raised(face, (w - float(px) - 5, y, w - float(px), h - y / 2), 1.1)


def _raised(face: Face, box: tuple[float, float, float, float], light: float) -> None:
    """A part that stands out: lit from above, with a shadow under it."""
    left, top_, right, bottom = box
    part = face.part(box)
    part[:] = cv2.convertScaleAbs(part, alpha=light)
    for edge, share in (((left, bottom, right, bottom + 3.5), 0.66),
                        ((right, top_, right + 2, bottom), 0.75),
                        ((left - 1, top_, left, bottom), 0.8),
                        ((left, top_, right, top_ + 1.2), 1.18)):  # fmt: skip
        strip = face.part(edge)
        if strip.size:
            strip[:] = cv2.convertScaleAbs(strip, alpha=share)


def _edges(face: Face) -> None:
    """Boards bend around the edges of a box: a little darker towards them, worn light on them."""
    height, width = face.image.shape[:2]
    reach = max(2, round(5 * face.scale))
    fall = np.linspace(0.8, 1, reach, dtype=np.float32)
    across, down = np.ones(width, np.float32), np.ones(height, np.float32)
    across[:reach], across[-reach:] = fall, fall[::-1]
    down[:reach], down[-reach:] = fall, fall[::-1]
    for strip, share in (
        (face.image[:, :reach], across[None, :reach, None]),
        (face.image[:, -reach:], across[None, -reach:, None]),
        (face.image[:reach], down[:reach, None, None]),
        (face.image[-reach:], down[-reach:, None, None]),
    ):
        strip[:] = (strip * share).astype(np.uint8)
