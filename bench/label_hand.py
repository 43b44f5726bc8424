"""A second, independent drawing of hazard labels: nothing was learnt from it (synthetic).

It shares no code, symbol, font or proportion with the drawings that the networks
learnt from, nor with the sample generator, and covers every class. One label lies in
each picture, photographed at random on board, wood, white or grey.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Rng = np.random.Generator
Colour = tuple[int, int, int]

S = 400
BLACK: Colour = (25, 22, 20)
WHITE: Colour = (246, 250, 250)
RED: Colour = (38, 28, 200)
GROUND: dict[str, tuple[Colour, Colour]] = {  # upper and lower half
    '1': ((20, 120, 240),) * 2, '1.4': ((20, 120, 240),) * 2, '1.5': ((30, 130, 235),) * 2,
    '1.6': ((30, 110, 235),) * 2, '2.1': (RED,) * 2, '2.2': ((70, 140, 30),) * 2,
    '2.3': (WHITE,) * 2, '3': (RED,) * 2, '4.1': (WHITE,) * 2, '4.2': (WHITE, RED),
    '4.3': ((170, 80, 20),) * 2, '5.1': ((20, 215, 250),) * 2, '5.2': (RED, (20, 215, 250)),
    '6.1': (WHITE,) * 2, '6.2': (WHITE,) * 2, '7': ((40, 220, 250), WHITE), '8': (WHITE, BLACK),
    '9': (WHITE,) * 2, '9A': (WHITE,) * 2,
    'ghs': (WHITE,) * 2, 'limited': (WHITE,) * 2, 'environment': (WHITE,) * 2,
}  # fmt: skip
FIGURE = {'2.1': '2', '2.2': '2', '2.3': '2', '1.4': '1', '1.5': '1', '1.6': '1', '4.1': '4',
          '4.2': '4', '4.3': '4', '6.1': '6', '6.2': '6', '9A': '9'}  # fmt: skip
NOT_TRANSPORT = ('ghs', 'limited', 'environment')


def label(value: str) -> np.ndarray:
    """The flat label, standing on its corner in a square."""
    upper, lower = GROUND[value]
    flat = np.full((S, S, 3), upper, np.uint8)
    flat[S // 2 :] = lower
    ink = WHITE if value in ('2.1', '2.2', '4.3') else BLACK
    if value == '4.1':
        for left in range(0, S, 62):
            flat[:, left : left + 31] = RED
    if value in ('9', '9A'):
        _stripes(flat)
    if value == '9A':
        _batteries(flat)
    if value in NOT_TRANSPORT:
        _other(flat, value)
    else:
        _symbol(flat, value, ink)
        _number(flat, FIGURE.get(value, value), WHITE if value == '8' else ink)
        inset = 16
        rim = np.array([[S // 2, inset], [S - inset, S // 2], [S // 2, S - inset], [inset, S // 2]])
        cv2.polylines(flat, [rim], True, ink, 3, cv2.LINE_AA)
    return flat


def _stripes(flat: np.ndarray) -> None:
    for k in range(-3, 4):
        x, half = S // 2 + k * 44, 10
        flat[max(26, abs(k) * 44 + 22) : 186, x - half : x + half] = BLACK


def _batteries(flat: np.ndarray) -> None:
    """Three upright cells in outline and one lying, cracked, with flames above it."""
    for x in (140, 172, 204):
        cv2.ellipse(flat, (x, 216), (12, 5), 0, 0, 360, BLACK, -1, cv2.LINE_AA)
        cv2.rectangle(flat, (x - 12, 218), (x + 12, 276), BLACK, 4)
        cv2.line(flat, (x - 12, 246), (x + 12, 238), BLACK, 5)
    cv2.rectangle(flat, (226, 254), (262, 278), BLACK, -1)
    cv2.line(flat, (244, 252), (238, 280), WHITE, 4)
    _flame(flat, 244, 232, 22, BLACK)


def _flame(flat: np.ndarray, x: int, y: int, s: int, ink: Colour) -> None:
    for lean, tall in ((-0.5, 0.8), (0.0, 1.25), (0.5, 0.9)):
        tip = (int(x + lean * s * 1.1), int(y - tall * s))
        cv2.fillPoly(flat, [np.array([tip, (int(x + (lean + 0.45) * s), y + s // 2),
                                      (int(x + (lean - 0.45) * s), y + s // 2)])], ink,
                     cv2.LINE_AA)  # fmt: skip
    cv2.ellipse(flat, (x, y + s // 2), (int(s * 0.95), int(s * 0.45)), 0, 0, 360, ink, -1,
                cv2.LINE_AA)  # fmt: skip


def _skull(flat: np.ndarray, x: int, y: int, s: int, ink: Colour) -> None:
    for way in (-1, 1):
        cv2.line(flat, (x - s, y + s + way * s // 3), (x + s, y + s - way * s // 3), ink, s // 5,
                 cv2.LINE_AA)  # fmt: skip
    cv2.ellipse(flat, (x, y), (int(s * 0.62), int(s * 0.72)), 0, 0, 360, ink, -1, cv2.LINE_AA)
    cv2.rectangle(flat, (x - s // 3, y + s // 3), (x + s // 3, y + int(s * 0.95)), ink, -1)
    for way in (-1, 1):
        cv2.circle(flat, (x + way * s // 4, y), s // 6, WHITE, -1, cv2.LINE_AA)


def _acid(flat: np.ndarray, x: int, y: int, s: int) -> None:
    for way in (-1, 1):
        tube = cv2.boxPoints(((x + way * s * 0.62, y - s * 0.5), (s * 0.9, s * 0.26), way * -28))
        cv2.polylines(flat, [tube.astype(int)], True, BLACK, 5, cv2.LINE_AA)
        for k in range(3):
            cv2.circle(flat, (x + way * s // 5, y - s // 8 + k * s // 5), 4, BLACK, -1)
    cv2.rectangle(flat, (x - s, y + s // 2), (x - s // 6, y + s // 2 + 12), BLACK, -1)
    cv2.ellipse(flat, (x + s // 2, y + s // 2 + 6), (s // 2, s // 6), 0, 0, 360, BLACK, -1)


def _symbol(flat: np.ndarray, value: str, ink: Colour) -> None:
    x, y, s = S // 2, 128, 50
    if value in ('2.1', '3', '4.1', '4.2', '4.3', '5.2'):
        _flame(flat, x, y - 6, s, ink)
    elif value in ('2.3', '6.1'):
        _skull(flat, x, y - 18, s - 6, ink)
    elif value == '8':
        _acid(flat, x, y + 6, 62)
    elif value == '1':
        cv2.circle(flat, (x - 8, y + 14), 26, ink, -1, cv2.LINE_AA)
        for angle in range(0, 360, 40):
            tip = (int(x + 62 * np.cos(angle)), int(y + 58 * np.sin(angle)))
            cv2.line(flat, (x, y), tip, ink, 5, cv2.LINE_AA)
    elif value in ('1.4', '1.5', '1.6'):
        cv2.putText(flat, value, (112, 165), cv2.FONT_HERSHEY_DUPLEX, 2.9, ink, 11, cv2.LINE_AA)
    elif value == '2.2':
        cv2.line(flat, (x - 50, y + 22), (x + 22, y - 8), ink, 30, cv2.LINE_AA)
        cv2.line(flat, (x + 22, y - 8), (x + 58, y - 24), ink, 12, cv2.LINE_AA)
    elif value == '5.1':
        cv2.circle(flat, (x, y + 34), 26, ink, 9, cv2.LINE_AA)
        _flame(flat, x, y - 26, 26, ink)
    elif value == '6.2':
        for angle in (-90, 30, 150):
            at = (int(x + 24 * np.cos(np.radians(angle))), int(y + 24 * np.sin(np.radians(angle))))
            cv2.ellipse(flat, at, (30, 30), angle, 35, 325, ink, 9, cv2.LINE_AA)
    elif value == '7':
        for angle in (60, 180, 300):
            cv2.ellipse(flat, (x, y - 4), (58, 58), angle, 0, 60, ink, -1, cv2.LINE_AA)
        cv2.circle(flat, (x, y - 4), 16, (40, 220, 250), -1)
        cv2.circle(flat, (x, y - 4), 10, ink, -1)
        cv2.putText(flat, 'RADIOACTIVE II', (105, 240), cv2.FONT_HERSHEY_DUPLEX, 0.75, ink, 2)


def _number(flat: np.ndarray, figure: str, ink: Colour) -> None:
    font, size, bold = cv2.FONT_HERSHEY_COMPLEX, 1.25, 4
    (wide, high), _ = cv2.getTextSize(figure, font, size, bold)
    cv2.putText(flat, figure, (S // 2 - wide // 2, 346 + high // 3), font, size, ink, bold,
                cv2.LINE_AA)  # fmt: skip
    if figure == '9':
        cv2.line(flat, (S // 2 - 15, 366), (S // 2 + 15, 366), ink, 4)


def _other(flat: np.ndarray, value: str) -> None:
    rim = np.array([[S // 2, 12], [S - 12, S // 2], [S // 2, S - 12], [12, S // 2]])
    if value == 'ghs':
        _skull(flat, S // 2, S // 2 - 30, 70, BLACK)
        cv2.polylines(flat, [rim], True, RED, 20, cv2.LINE_AA)
    elif value == 'limited':
        flat[:110] = flat[-110:] = BLACK
        cv2.polylines(flat, [rim], True, BLACK, 10, cv2.LINE_AA)
    else:
        cv2.line(flat, (160, 260), (175, 110), BLACK, 14)
        cv2.line(flat, (172, 160), (120, 120), BLACK, 8)
        cv2.line(flat, (172, 150), (220, 105), BLACK, 8)
        cv2.ellipse(flat, (245, 225), (45, 20), 0, 0, 360, BLACK, -1)
        cv2.line(flat, (100, 262), (300, 262), BLACK, 8)
        cv2.polylines(flat, [rim], True, BLACK, 6, cv2.LINE_AA)


def photographed(value: str, rng: Rng) -> tuple[np.ndarray, dict[str, Any]]:
    """A picture with this label, and what is to be read in it."""
    high, wide = 960, 1280
    picture = _ground(rng, high, wide)
    reach = rng.uniform(45, 190)
    middle = rng.uniform((reach * 1.2, reach * 1.2), (wide - reach * 1.2, high - reach * 1.2))
    turn = np.radians(rng.normal(0, 6))
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    stance = np.array([[0, -1], [1, 0], [0, 1], [-1, 0]]) * (rng.uniform(0.75, 1), 1)
    corners = stance @ spin.T * reach + middle + rng.normal(0, reach * 0.03, (4, 2))
    flat = np.array([[S / 2, 0], [S, S / 2], [S / 2, S], [0, S / 2]], np.float32)
    plane = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    mask = np.zeros((S, S), np.uint8)
    cv2.fillPoly(mask, [flat.astype(np.int32)], 255)
    shown = cv2.warpPerspective(cv2.blur(label(value), (3, 3)), plane, (wide, high))
    seen = cv2.warpPerspective(mask, plane, (wide, high))[..., None] / 255.0
    light = np.linspace(rng.uniform(0.6, 1.1), rng.uniform(0.6, 1.1), wide)[None, :, None]
    mixed = (picture * (1 - seen) + shown * seen) * light
    mixed = cv2.GaussianBlur(mixed, (0, 0), rng.uniform(0.4, 1.8))
    mixed += rng.normal(0, rng.uniform(1, 9), mixed.shape)
    is_ghs = value == 'ghs'
    truth = {
        'kind': 'ghs_label' if is_ghs else 'hazard_label',
        'value': 'GHS06' if is_ghs else value,
        'box': corners.tolist(),
        'legible': True,
    }
    return np.clip(mixed, 0, 255).astype(np.uint8), truth


def _ground(rng: Rng, high: int, wide: int) -> np.ndarray:
    base = ((105, 145, 175), (225, 228, 230), (70, 110, 150), (110, 112, 115))[rng.integers(4)]
    coarse = cv2.resize(rng.normal(0, 9, (12, 160)), (wide, high), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(np.full((high, wide, 3), base, float) + coarse[..., None], 0, 255)
    picture = picture.astype(np.uint8)
    for _ in range(5):
        words = ''.join(rng.choice(list('ABCDEFGHKLMNPRSTUX0123456789 '), 14))
        at = (int(rng.uniform(0, wide)), int(rng.uniform(0, high)))
        cv2.putText(picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, rng.uniform(0.6, 2), BLACK, 3)
    return picture
