"""How well a photograph sent twice is found, and how seldom an honest one is accused.

Prints a table, and with ``--json`` the figures. All boxes are synthetic; real photographs
are used as well where ``--real`` names folders of them.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def jpeg(pixels: Pixels, quality: int = 90) -> bytes:
    return cv2.imencode('.jpg', pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def png(pixels: Pixels) -> bytes:
    return cv2.imencode('.png', pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def resized(p: Pixels, factor: float) -> Pixels:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(p, None, fx=factor, fy=factor, interpolation=how)


def toned(p: Pixels, contrast: float, brightness: float) -> Pixels:
    return cv2.convertScaleAbs(p, alpha=contrast, beta=brightness + 128 * (1 - contrast)) if contrast != 1 else np.clip(p.astype(int) + brightness, 0, 255).astype(np.uint8)


def gamma(p: Pixels, power: float) -> Pixels:
    table = (255 * (np.arange(256) / 255) ** power).astype(np.uint8)
    return cv2.LUT(p, table)


def cropped(p: Pixels, share: float, rng: np.random.Generator) -> Pixels:
    """Away with this share of the width and of the height, divided by chance over both sides."""
    h, w = p.shape[:2]
    x, y = round(share * w), round(share * h)
    left, top = int(rng.integers(0, x + 1)), int(rng.integers(0, y + 1))
    return np.ascontiguousarray(p[top : h - (y - top), left : w - (x - left)])


def rotated(p: Pixels, degrees: float, rng: np.random.Generator) -> Pixels:
    """Turned about its middle and cut so that no corner is empty."""
    h, w = p.shape[:2]
    degrees *= float(rng.choice((-1, 1)))
    lean = abs(np.radians(degrees))
    inner = min(w / (w * np.cos(lean) + h * np.sin(lean)), h / (w * np.sin(lean) + h * np.cos(lean)))
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0 / inner)
    return cv2.warpAffine(p, turn, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def blurred(p: Pixels, sigma: float) -> Pixels:
    return cv2.GaussianBlur(p, (0, 0), sigma * p.shape[1] / 1920)


def noisy(p: Pixels, sigma: float, rng: np.random.Generator) -> Pixels:
    return np.clip(p + rng.normal(0, sigma, p.shape).astype(np.float32), 0, 255).astype(np.uint8)


def screenshot(p: Pixels) -> Pixels:
    """As a phone shows it: scaled to the screen's width between a dark and a light bar."""
    scale = 1080 / p.shape[1]
    shown = resized(p, scale)
    bar = round(0.06 * shown.shape[0])
    top = np.full((bar, shown.shape[1], 3), 24, np.uint8)
    low = np.full((bar, shown.shape[1], 3), 240, np.uint8)
    return np.vstack([top, shown, low])


Alter = Callable[[Pixels, np.random.Generator], bytes]

ALTERATIONS: dict[str, Alter] = {
    'same pixels': lambda p, r: png(p),
    'jpeg 90': lambda p, r: jpeg(p, 90),
    'jpeg 70': lambda p, r: jpeg(p, 70),
    'jpeg 50': lambda p, r: jpeg(p, 50),
    'jpeg 30': lambda p, r: jpeg(p, 30),
    'resize 0.5': lambda p, r: jpeg(resized(p, 0.5)),
    'resize 0.75': lambda p, r: jpeg(resized(p, 0.75)),
    'resize 1.5': lambda p, r: jpeg(resized(p, 1.5)),
    'brighter': lambda p, r: jpeg(toned(p, 1, 25)),
    'darker': lambda p, r: jpeg(toned(p, 1, -40)),
    'contrast +25%': lambda p, r: jpeg(toned(p, 1.25, 0)),
    'contrast -25%': lambda p, r: jpeg(toned(p, 0.75, 0)),
    'gamma 0.7': lambda p, r: jpeg(gamma(p, 0.7)),
    'gamma 1.4': lambda p, r: jpeg(gamma(p, 1.4)),
    'blur 1.2': lambda p, r: jpeg(blurred(p, 1.2)),
    'noise 8': lambda p, r: jpeg(noisy(p, 8, r)),
    'crop 2%': lambda p, r: jpeg(cropped(p, 0.02, r)),
    'crop 4%': lambda p, r: jpeg(cropped(p, 0.04, r)),
    'crop 8%': lambda p, r: jpeg(cropped(p, 0.08, r)),
    'rotate 1': lambda p, r: jpeg(rotated(p, 1, r)),
    'rotate 3': lambda p, r: jpeg(rotated(p, 3, r)),
    'crop 4% + jpeg 50 + bright': lambda p, r: jpeg(toned(cropped(p, 0.04, r), 1, 20), 50),
    'rotate 2 + resize 0.7 + jpeg 60': lambda p, r: jpeg(resized(rotated(p, 2, r), 0.7), 60),
    'crop 3% + rotate 1 + noise 5 + gamma': lambda p, r: jpeg(
        noisy(gamma(rotated(cropped(p, 0.03, r), 1, r), 0.8), 5, r), 70
    ),
    'screenshot': lambda p, r: jpeg(screenshot(p), 80),
}
