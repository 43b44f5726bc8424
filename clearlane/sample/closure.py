"""How synthetic boxes are closed: tape over a carton's flaps, straps on a crate, seals on a lid."""

import cv2
import numpy as np

from clearlane.sample.face import Face
from clearlane.sample.sheet import Box, Pixels

TAPE_MM = 56.0
CLOSURES = {'carton': 'tape', 'crate': 'strap', 'returnable': 'seal'}


def close(face: Face, packaging: str, rng: np.random.Generator, *, closed: bool) -> None:
    """Put the closure on the face, or leave it open, and note which."""
    middle = face.width_mm / 2
    if packaging == 'carton':
        left = middle - TAPE_MM / 2 + float(rng.uniform(-5, 5))
        box = (left, 0.0, left + TAPE_MM, float(rng.uniform(58, 74)))
        if closed:
            tape(face.part(box), rng, face.scale, ragged=True)
    elif packaging == 'crate':
        box = (0.0, 0.0, face.width_mm, face.height_mm)
        for share in (0.052, 0.948) if closed else ():
            x = face.width_mm * share + float(rng.uniform(-4, 4))
            _strap(face, (x - 9, 0.0, x + 9, face.height_mm))
    else:
        box = (middle - 150, 4.0, middle + 150, 34.0)
        for x in (middle - 135, middle + 105) if closed else ():
            _seal(face, (x, 6.0, x + 30, 32.0), rng)
    face.note('closure', CLOSURES[packaging] if closed else 'none', box)


def tape(part: Pixels, rng: np.random.Generator, scale: float, *, ragged: bool) -> None:
    """Brown packing tape along the part, glossy in streaks; its end is torn off ragged."""
    height, width = part.shape[:2]
    across = np.linspace(0, 1, width, dtype=np.float32)
    gloss = rng.standard_normal(9).astype(np.float32)
    streaks = cv2.resize(gloss[None, :], (width, 1), interpolation=cv2.INTER_CUBIC)[0]
    shade = 1 + 0.08 * streaks - 0.25 * (np.abs(across - 0.5) > 0.485)
    along = rng.standard_normal((int(height / scale / 14) + 2, 1)).astype(np.float32)
    waves = cv2.resize(along, (1, height), interpolation=cv2.INTER_CUBIC)
    brown = np.array([72, 112, 148], np.float32) * (shade[None, :] + 0.035 * waves)[..., None]
    cover = np.full((height, width, 1), 0.74, np.float32)
    if ragged:
        teeth = np.repeat(rng.uniform(0, 4 * scale, width // 6 + 2), 6)[:width]
        cover[np.arange(height)[:, None] > height - 1 - teeth[None, :]] = 0
    part[:] = np.clip(part * (1 - cover) + brown * cover, 0, 255).astype(np.uint8)


def _strap(face: Face, box: Box) -> None:
    """A steel strap from top to bottom, with its shadow and its seal."""
    left, top, right, bottom = box
    shadow = face.part((left + 2, top, right + 2.5, bottom))
    shadow[:] = cv2.convertScaleAbs(shadow, alpha=0.6)
    part = face.part(box)
    sheen = np.array([0.55, 0.8, 1, 0.92, 0.75, 0.6], np.float32)[None, :]
    profile = cv2.resize(sheen, (part.shape[1], 1), interpolation=cv2.INTER_LINEAR)[0]
    part[:] = (profile[None, :, None] * np.array([168, 164, 158])).astype(np.uint8)
    clip = face.part((left - 1.5, face.height_mm * 0.3, right + 1.5, face.height_mm * 0.3 + 32))
    clip[:] = cv2.convertScaleAbs(clip, alpha=0.72, beta=18)


def _seal(face: Face, box: Box, rng: np.random.Generator) -> None:
    """A plastic seal with its tail through the lid."""
    colour = ((40, 200, 235), (50, 60, 205), (90, 160, 40))[int(rng.integers(3))]
    left, top, right, bottom = box
    shadow = face.part((left + 1, top + 2, right + 2, bottom + 2))
    shadow[:] = cv2.convertScaleAbs(shadow, alpha=0.55)
    face.part((left, top + 6, right, bottom))[:] = colour
    face.part((left + 12, 0, left + 17, top + 8))[:] = tuple(part * 3 // 4 for part in colour)
