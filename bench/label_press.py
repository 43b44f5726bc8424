"""A third drawing of labels on whole packages: nothing was learnt from it (synthetic).

It shares no symbol, stroke or wear with the drawings that the networks learnt from, nor with
`label_hand` or the sample generator. A package shows up to two labels amid what is none: logo,
warning triangle, recycling mark, the circle of the UN mark, one lone arrow, a checker print,
limited-quantity and environment diamonds. Labels are faded, wrinkled, shone upon, strapped
over, turned by up to 20 degrees and seen steeply; some are half covered or torn.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from clearlane.sample import fonts

Rng = np.random.Generator
Ink = tuple[int, int, int]

S = 480
TRANSPORT = ('9A', '9', '1', '2.2', '4.1', '4.2', '4.3', '5.1', '5.2', '6.2', '7', '8')
"""Those that do not need a figure to be told apart."""
GHS = ('GHS01', 'GHS02', 'GHS03', 'GHS05', 'GHS06', 'GHS07', 'GHS08', 'GHS09')
NOISE = ('logo', 'triangle', 'recycling', 'circle', 'arrow', 'checker', 'limited')
DARK: Ink = (28, 26, 24)
PAPER: Ink = (248, 247, 243)
RED: Ink = (206, 38, 42)
GROUNDS: dict[str, tuple[Ink, Ink]] = {
    '1': ((238, 122, 28),) * 2, '2.2': ((36, 138, 72),) * 2, '4.1': (PAPER, PAPER),
    '4.2': (PAPER, RED), '4.3': ((32, 92, 176),) * 2, '5.1': ((246, 206, 28),) * 2,
    '5.2': (RED, (246, 206, 28)), '6.2': (PAPER, PAPER), '7': ((246, 214, 40), PAPER),
    '8': (PAPER, DARK), '9': (PAPER, PAPER), '9A': (PAPER, PAPER),
}  # fmt: skip


def diamond(value: str, rng: Rng) -> np.ndarray:
    """A flat label in RGBA, standing on its corner."""
    upper, lower = GROUNDS.get(value, (PAPER, PAPER))
    sheet = Image.new('RGB', (S, S), upper)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, S // 2, S, S), fill=lower)
    if value in GHS:
        _pictogram(pen, value, S / 2, S / 2, 105)
        _rim(pen, 14, int(rng.integers(16, 30)), RED)
    else:
        _transport(pen, value, rng)
    mask = Image.new('L', (S, S), 0)
    ImageDraw.Draw(mask).polygon([(S / 2, 0), (S, S / 2), (S / 2, S), (0, S / 2)], fill=255)
    return np.dstack([np.asarray(sheet)[..., ::-1], np.asarray(mask)])


def _rim(pen: ImageDraw.ImageDraw, inset: int, wide: int, ink: Ink) -> None:
    corners = [(S / 2, inset), (S - inset, S / 2), (S / 2, S - inset), (inset, S / 2)]
    pen.line([*corners, corners[0], corners[1]], fill=ink, width=wide, joint='curve')


def _transport(pen: ImageDraw.ImageDraw, value: str, rng: Rng) -> None:
    ink = PAPER if value in ('4.3', '2.2') and rng.random() < 0.5 else DARK
    if value == '4.1':
        for k in range(0, S, 68):
            pen.rectangle((k, 0, k + 33, S), fill=RED)
    if value[0] == '9':
        wide = int(rng.integers(16, 30))
        for k in range(7):
            x = S / 2 + (k - 3) * 52
            top = max(20, abs(k - 3) * 52 + 30)
            pen.rectangle((x - wide / 2, top, x + wide / 2, S * 0.47), fill=DARK)
    else:
        _symbol(pen, value, ink)
    if value == '9A':
        _cells(pen, rng)
    _rim(pen, int(rng.integers(18, 30)), int(rng.integers(3, 7)), PAPER if value == '8' else ink)
    figure = {'4.1': '4', '4.2': '4', '4.3': '4', '2.2': '2', '6.2': '6', '9A': '9'}
    face = fonts.face(str(rng.choice(['sans', 'condensed', 'mono'])), int(rng.integers(40, 62)))
    pen.text((S / 2, S * 0.84), figure.get(value, value), fill=PAPER if value == '8' else ink,
             font=face, anchor='mm')  # fmt: skip
    if value[0] == '9':
        pen.rectangle((S / 2 - 20, S * 0.9, S / 2 + 20, S * 0.91), fill=DARK)


def _cells(pen: ImageDraw.ImageDraw, rng: Rng) -> None:
    """A row of round and square cells, the second of them burst, a flame beside it."""
    for k, (x, wide, tall) in enumerate(
        ((150, 26, 84), (196, 36, 60), (246, 52, 70), (312, 30, 90))
    ):
        top = S * 0.54 + 100 - tall
        if rng.random() < 0.5 or k == 1:
            pen.rectangle((x, top, x + wide, S * 0.54 + 100), fill=DARK)
        else:
            pen.rectangle((x, top, x + wide, S * 0.54 + 100), outline=DARK, width=6)
        pen.rectangle((x + wide / 3, top - 10, x + 2 * wide / 3, top), fill=DARK)
    pen.line((190, 330, 214, 318, 222, 340, 240, 322), fill=PAPER, width=7)
    _flame(pen, 226, 352, 22, DARK)


def _flame(pen: ImageDraw.ImageDraw, x: float, y: float, s: float, ink: Ink) -> None:
    """Five tongues that rise from one foot, the middle one highest."""
    tips = ((-0.95, -0.1), (-0.5, -0.9), (0.05, -1.5), (0.55, -0.85), (0.95, -0.2))
    outline = [(-0.55, 0.8)]
    for k, (tx, ty) in enumerate(tips):
        outline.append((tx, ty))
        if k < 4:
            outline.append(((tx + tips[k + 1][0]) / 2, 0.0 if k in (1, 2) else 0.15))
    outline.append((0.55, 0.8))
    pen.polygon([(x + s * px, y + s * py) for px, py in outline], fill=ink)


def _symbol(pen: ImageDraw.ImageDraw, value: str, ink: Ink) -> None:
    x, y = S / 2, S * 0.31
    if value in ('4.1', '4.2', '4.3', '5.2'):
        _flame(pen, x, y + 14, 46, ink)
        pen.rectangle((x - 50, y + 56, x + 50, y + 64), fill=ink)
    elif value == '5.1':
        _pictogram(pen, 'GHS03', x, y, 62)
    elif value == '2.2':
        pen.rounded_rectangle((x - 74, y + 6, x + 36, y + 48), 20, fill=ink)
        pen.rectangle((x + 36, y + 16, x + 72, y + 38), fill=ink)
    elif value == '1':
        _pictogram(pen, 'GHS01', x, y, 68)
    elif value == '8':
        _pictogram(pen, 'GHS05', x, y + 4, 72)
    elif value == '6.2':
        for k in range(3):
            a = np.radians(90 + 120 * k)
            cx, cy = x + 30 * np.cos(a), y + 14 - 30 * np.sin(a)
            pen.arc((cx - 34, cy - 34, cx + 34, cy + 34), -60 - 120 * k, 210 - 120 * k, ink, 12)
        pen.ellipse((x - 26, y - 12, x + 26, y + 40), outline=ink, width=7)
    else:
        for k in range(3):
            pen.pieslice((x - 64, y - 50, x + 64, y + 78), 240 + 120 * k, 300 + 120 * k, fill=ink)
        pen.ellipse((x - 22, y - 8, x + 22, y + 36), fill=GROUNDS['7'][0])
        pen.ellipse((x - 14, y, x + 14, y + 28), fill=ink)
        pen.text((x, S * 0.6), 'RADIOACTIVE II', fill=ink, font=fonts.face('sans', 34), anchor='mm')


def _pictogram(pen: ImageDraw.ImageDraw, value: str, x: float, y: float, s: float) -> None:
    """One symbol of the GHS, about `s` to every side."""
    if value == 'GHS01':
        pen.ellipse((x - s * 0.5, y - s * 0.1, x + s * 0.2, y + s * 0.6), fill=DARK)
        for k in range(11):
            a = k * 2 * np.pi / 11
            tip = (x + s * np.cos(a), y + s * np.sin(a))
            side = (x + s * 0.5 * np.cos(a + 0.15), y + s * 0.5 * np.sin(a + 0.15))
            pen.polygon(
                [(x + s * 0.45 * np.cos(a), y + s * 0.45 * np.sin(a)), tip, side], fill=DARK
            )
    elif value in ('GHS02', 'GHS03'):
        _flame(pen, x, y - s * (0.15 if value == 'GHS03' else -0.1), s * 0.6, DARK)
        if value == 'GHS03':
            pen.ellipse((x - s * 0.45, y - s * 0.1, x + s * 0.45, y + s * 0.8), fill=DARK)
            pen.ellipse((x - s * 0.28, y + s * 0.07, x + s * 0.28, y + s * 0.63), fill=PAPER)
        pen.rectangle((x - s * 0.6, y + s * 0.85, x + s * 0.6, y + s * 0.98), fill=DARK)
    elif value == 'GHS05':
        for way in (-1, 1):
            a, b = (x + way * s * 0.1, y - s * 0.8), (x + way * s * 0.85, y - s * 0.5)
            pen.line((*a, *b), fill=DARK, width=int(s * 0.26))
            pen.line((*a, *b), fill=PAPER, width=int(s * 0.12))
            for k in range(3):
                pen.line((b[0], y - s * (0.3 - 0.2 * k), b[0], y - s * (0.2 - 0.2 * k)), DARK, 6)
        pen.rectangle((x - s, y + s * 0.45, x - s * 0.3, y + s * 0.65), fill=DARK)
        pen.rounded_rectangle((x + s * 0.3, y + s * 0.4, x + s, y + s * 0.7), int(s * 0.14), DARK)
    elif value == 'GHS06':
        for way in (-1, 1):
            ends = (x - s, y + s * (0.5 - 0.35 * way), x + s, y + s * (0.5 + 0.35 * way))
            pen.line(ends, fill=DARK, width=int(s * 0.2))
        pen.ellipse((x - s * 0.6, y - s * 0.95, x + s * 0.6, y + s * 0.2), fill=DARK)
        pen.rectangle((x - s * 0.32, y, x + s * 0.32, y + s * 0.45), fill=DARK)
        for way in (-1, 1):
            pen.circle((x + way * s * 0.26, y - s * 0.35), s * 0.16, fill=PAPER)
    elif value == 'GHS07':
        stroke = ((-0.24, -0.9), (0.24, -0.9), (0.1, 0.3), (-0.1, 0.3))
        pen.polygon([(x + s * px, y + s * py) for px, py in stroke], fill=DARK)
        pen.ellipse((x - s * 0.18, y + s * 0.5, x + s * 0.18, y + s * 0.86), fill=DARK)
    elif value == 'GHS08':
        pen.ellipse((x - s * 0.32, y - s, x + s * 0.32, y - s * 0.35), fill=DARK)
        chest = ((-0.3, -0.3), (0.3, -0.3), (0.95, 0.3), (0.5, 1), (-0.5, 1), (-0.95, 0.3))
        pen.polygon([(x + s * px, y + s * py) for px, py in chest], fill=DARK)
        turns = np.linspace(0, 2 * np.pi, 13)[:-1]
        reach = s * np.array([0.6, 0.18] * 6)
        points = np.stack([x + reach * np.sin(turns), y + s * 0.25 + reach * np.cos(turns)], axis=1)
        star = [(float(px), float(py)) for px, py in points]
        pen.polygon(star, fill=PAPER)
    else:
        pen.line(
            (x - s * 0.4, y + s * 0.6, x - s * 0.3, y - s * 0.9), fill=DARK, width=int(s * 0.2)
        )
        for a, b in ((-0.95, -0.6), (0.15, -0.8), (-0.8, -0.05), (0.1, -0.25)):
            pen.line((x - s * 0.35, y + s * (b + 0.4), x + s * a, y + s * b), DARK, int(s * 0.09))
        pen.ellipse((x, y + s * 0.1, x + s * 0.8, y + s * 0.45), fill=DARK)
        pen.polygon([(x + s * 0.7, y + s * 0.27), (x + s, y), (x + s, y + s * 0.55)], fill=DARK)
        pen.rectangle((x - s, y + s * 0.6, x + s * 0.9, y + s * 0.75), fill=DARK)


# --- wear, package, camera --------------------------------------------------------------------


def _aged(flat: np.ndarray, rng: Rng) -> np.ndarray:
    """Fade, coarse print, folds and a shine, each now and then."""
    out = flat[..., :3].astype(np.float32)
    y, x = np.mgrid[0:S, 0:S].astype(np.float32) / S
    if rng.random() < 0.4:
        out += (np.array([214, 226, 232], np.float32) - out) * rng.uniform(0.1, 0.45)
    if rng.random() < 0.4:
        dots = (np.sin(x * 420) * np.sin(y * 420 + x * 60) > rng.uniform(0.3, 0.8))[..., None]
        out = np.where(dots, out * 0.75 + 60, out)
    for _ in range(int(rng.integers(0, 3))):
        a, b = rng.normal(0, 1, 2)
        fold = np.sin((a * x + b * y) * rng.uniform(8, 25)) ** 9
        out *= 1 + rng.uniform(0.1, 0.3) * fold[..., None]
    if rng.random() < 0.25:
        shine = np.exp(-(((x - rng.random()) * 3 + (y - rng.random())) ** 2) * 14)
        out += shine[..., None] * rng.uniform(40, 120)
    if rng.random() < 0.2:
        at = rng.uniform(0.25, 0.75)
        out[np.abs(x + 0.2 * y - at) < 0.03] = rng.uniform(30, 200, 3)
    return np.dstack([np.clip(out, 0, 255).astype(np.uint8), flat[..., 3]])


def _spoilt(flat: np.ndarray, rng: Rng) -> np.ndarray:
    """A half of the label is gone, or under another paper."""
    out = flat.copy()
    edge = np.linspace(rng.uniform(0.35, 0.6), rng.uniform(0.35, 0.6), S) * S
    edge += np.cumsum(rng.normal(0, 1.5, S))
    low = np.arange(S)[:, None] > edge[None, :]
    part = low if rng.random() < 0.6 else low.T
    if rng.random() < 0.5:
        out[part, 3] = 0
    else:
        out[part & (out[..., 3] > 0), :3] = rng.uniform(90, 250, 3)
    return out


def package(
    rng: Rng, values: list[str], noise: list[str], *, spoilt: bool = False
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """A picture of a package with these labels and these prints, and what is to be read."""
    high, wide = 960, 1280
    board = np.array(
        [[78, 118, 150], [206, 212, 214], [60, 96, 132], [150, 158, 160]][rng.integers(4)]
    )
    grain = cv2.resize(rng.normal(0, 6, (60, 300)), (wide, high))
    picture = np.clip(board + grain[..., None], 0, 255).astype(np.uint8)
    sheet = Image.fromarray(picture[..., ::-1])
    pen = ImageDraw.Draw(sheet)
    for k in range(5):
        words = ''.join(rng.choice(list('ABCDEFGHIKLMNORSTU 0123456789-'), 20))
        at = (float(rng.uniform(10, wide * 0.7)), float(rng.uniform(0, high)))
        pen.text(
            at, words, fill=DARK, font=fonts.face(('sans', 'condensed', 'mono')[k % 3], 26 + 6 * k)
        )
    places = [(260 + 380 * (k % 3), 250 + 430 * (k // 3)) for k in range(6)]
    spots = [places[k] for k in rng.permutation(6)]
    for name in noise:
        _print(pen, name, *spots.pop(), float(rng.uniform(50, 130)))
    picture = np.asarray(sheet)[..., ::-1].copy()
    truth = []
    view = _view(rng, wide, high)
    for value in values:
        flat = _aged(diamond(value, rng), rng)
        flat = _spoilt(flat, rng) if spoilt else flat
        box = _stuck(picture, flat, spots.pop(), rng)
        seen = cv2.perspectiveTransform(box[None], view)[0]
        kind = 'ghs_label' if value in GHS else 'hazard_label'
        whole = bool(((seen >= 0) & (seen < (wide, high))).all())
        truth.append({'kind': kind, 'value': value, 'box': seen.tolist(),
                      'legible': not spoilt and whole})  # fmt: skip
    picture = cv2.warpPerspective(picture, view, (wide, high), borderMode=cv2.BORDER_REFLECT)
    return _shot(picture, rng), truth


def _print(pen: ImageDraw.ImageDraw, name: str, x: float, y: float, s: float) -> None:
    """What is no label."""
    if name == 'logo':
        pen.rounded_rectangle((x - s, y - s / 2, x + s, y + s / 2), 18, fill=(24, 84, 160))
        pen.polygon([(x - s * 0.6, y), (x, y - s * 0.4), (x + s * 0.6, y), (x, y + s * 0.4)], PAPER)
    elif name == 'triangle':
        corners = [(x, y - s), (x + s, y + s * 0.7), (x - s, y + s * 0.7)]
        pen.polygon(corners, fill=(250, 204, 20))
        pen.line([*corners, corners[0]], fill=DARK, width=int(s * 0.14), joint='curve')
        pen.rectangle((x - s * 0.08, y - s * 0.35, x + s * 0.08, y + s * 0.3), fill=DARK)
    elif name == 'recycling':
        for k in range(3):
            a = np.radians(120 * k - 90)
            cx, cy = x + s * 0.6 * np.cos(a), y + s * 0.6 * np.sin(a)
            pen.regular_polygon((cx, cy, s * 0.3), 3, rotation=int(120 * k), fill=(30, 120, 60))
        pen.arc((x - s * 0.7, y - s * 0.7, x + s * 0.7, y + s * 0.7), 0, 330, (30, 120, 60), 12)
    elif name == 'circle':
        pen.ellipse((x - s, y - s, x + s, y + s), outline=DARK, width=8)
        pen.text((x, y), 'u\nn', fill=DARK, font=fonts.face('sans', int(s * 0.7)), anchor='mm')
    elif name == 'arrow':
        pen.rectangle((x - s * 0.2, y - s * 0.1, x + s * 0.2, y + s), fill=DARK)
        pen.polygon([(x, y - s), (x + s * 0.5, y), (x - s * 0.5, y)], fill=DARK)
    elif name == 'checker':
        for k in range(49):
            at = (x + (k % 7 - 3.5) * s / 3.5, y + (k // 7 - 3.5) * s / 3.5)
            if k % 2:
                pen.rectangle((*at, at[0] + s / 3.5, at[1] + s / 3.5), fill=DARK)
    else:
        corners = [(x, y - s), (x + s, y), (x, y + s), (x - s, y)]
        pen.polygon(corners, fill=PAPER)
        for way in (-1, 1):
            pen.polygon([(x, y + way * s), (x + s * 0.4, y + way * s * 0.6),
                         (x - s * 0.4, y + way * s * 0.6)], fill=DARK)  # fmt: skip
        pen.line([*corners, corners[0]], fill=DARK, width=8)


def _stuck(picture: np.ndarray, flat: np.ndarray, at: tuple[float, float], rng: Rng) -> np.ndarray:
    """Stick a label about there; its corners on the package."""
    reach, turn = rng.uniform(60, 165), np.radians(rng.uniform(-20, 20))
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    box = np.array([[0, -1], [1, 0], [0, 1], [-1, 0]]) @ spin.T * reach + at
    own = np.array([[S / 2, 0], [S, S / 2], [S / 2, S], [0, S / 2]], np.float32)
    plane = cv2.getPerspectiveTransform(own, box.astype(np.float32))
    size = picture.shape[1::-1]
    soft = cv2.GaussianBlur(flat, (0, 0), max(0.5, S / reach / 4))
    laid = cv2.warpPerspective(soft, plane, size, flags=cv2.INTER_AREA)
    cover = laid[..., 3:].astype(np.float32) / 255
    picture[:] = (picture * (1 - cover) + laid[..., :3] * cover).astype(np.uint8)
    return np.asarray(box, np.float64)


def _view(rng: Rng, wide: int, high: int) -> np.ndarray:
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    bend = rng.uniform(-0.13, 0.13, (4, 2)) * (wide, high)
    return cv2.getPerspectiveTransform(flat, (flat + bend).astype(np.float32))


def _shot(picture: np.ndarray, rng: Rng) -> np.ndarray:
    wide = picture.shape[1]
    fall = np.linspace(rng.uniform(0.5, 1.15), rng.uniform(0.5, 1.15), wide)[None, :, None]
    out = (
        cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.7)) * fall * rng.uniform(0.92, 1.08, 3)
    )
    out = np.clip(out + rng.normal(0, rng.uniform(1, 7), out.shape), 0, 255).astype(np.uint8)
    packed = cv2.imencode('.jpg', out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 92))])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
