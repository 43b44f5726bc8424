"""From the drawn scene to what a synthetic camera records: light, lens, sensor."""

from functools import lru_cache
from statistics import NormalDist

import cv2
import numpy as np

from clearlane.sample.camera import Style, between
from clearlane.sample.chance import number
from clearlane.sample.sheet import Pixels, Points
from clearlane.sample.shot import Shot


def exposed(picture: Pixels, shot: Shot, style: Style, rng: np.random.Generator) -> Pixels:
    """Light falls on the scene, the lens blurs it, the sensor adds its noise."""
    picture = lit(picture, shot, rng)
    picture = through_lens(picture, shot, rng)
    picture = sensed(picture, between(style.noise, shot.hardness), 'dark' in shot.faults, rng)
    if style.sharpened:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.4)
        share = style.sharpened
        picture = np.asarray(cv2.addWeighted(picture, 1 + share, soft, -share, 0), dtype=np.uint8)
    return picture


def lit(picture: Pixels, shot: Shot, rng: np.random.Generator) -> Pixels:
    """The hall's light: uneven, coloured, with the shadow of somebody standing by."""
    hall = np.random.default_rng(number('light', shot.line, shot.style))
    rows, columns = 48, 64
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    slope = hall.uniform(-1, 1, 2) * between((0.06, 0.26), shot.hardness)
    gain = 1 + slope[0] * x + slope[1] * y - 0.1 * (x**2 + y**2)
    depth = between((0.04, 0.4), shot.hardness) * float(rng.uniform(0.5, 1))
    gain *= 1 - depth * _shadow(x, y, rng)
    gain *= between((1.12, 0.66), shot.hardness) * float(rng.normal(1, 0.02))
    if 'dark' in shot.faults:
        gain *= 0.075
    warmth = hall.uniform(-0.06, 0.06) + float(rng.normal(0, 0.006))
    balance = np.array([1 - warmth, 1.0, 1 + warmth])
    share = np.clip(gain[..., None] * balance * 160, 0, 255).astype(np.float32)
    # 160 of 255 is a gain of one.
    full = cv2.resize(share, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(picture, full.astype(np.uint8), scale=1 / 160), dtype=np.uint8)


def _shadow(x: Points, y: Points, rng: np.random.Generator) -> Points:
    """A soft-edged band of shadow across the picture, between 0 and 1."""
    angle, offset, width = rng.uniform(0, np.pi), rng.uniform(-0.8, 0.8), rng.uniform(0.25, 0.6)
    across = np.abs(x * np.cos(angle) + y * np.sin(angle) - offset) / width
    return np.asarray(1 / (1 + np.exp((across - 1) * 7)))


def through_lens(picture: Pixels, shot: Shot, rng: np.random.Generator) -> Pixels:
    """Out of focus a little, moved a little; blurred beyond reading where that is the fault."""
    unit = shot.width / 1920
    sigma = between((0.55, 1.7), shot.hardness) * unit * float(rng.uniform(0.85, 1.1))
    if 'blurred' in shot.faults:
        sigma = 9.5 * unit
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.uint8)
    run = between((0, 4.5), shot.hardness) * unit * float(rng.uniform(0.2, 1))
    if run < 1.2:
        return picture
    size = 2 * int(np.ceil(run / 2)) + 1
    streak = np.zeros((size, size), np.float32)
    angle, middle = rng.uniform(0, np.pi), size / 2 - 0.5
    for t in np.linspace(-run / 2, run / 2, 4 * size):
        column, row = middle + t * np.cos(angle), middle + t * np.sin(angle)
        streak[round(float(row)), round(float(column))] += 1
    return np.asarray(cv2.filter2D(picture, -1, streak / streak.sum()), dtype=np.uint8)


@lru_cache(maxsize=16)
def _levels(sigma: float) -> Pixels:
    """For every byte, drawn evenly, a value of bell-shaped noise around 128."""
    bell = NormalDist(128, sigma)
    values = [bell.inv_cdf((byte + 0.5) / 256) for byte in range(256)]
    return np.asarray(np.clip(np.round(values), 0, 255), dtype=np.uint8)


def sensed(picture: Pixels, sigma: float, dark: bool, rng: np.random.Generator) -> Pixels:
    """Sensor noise: fine in brightness, coarse in colour; never the same in two pictures."""
    height, width = picture.shape[:2]
    drawn = np.frombuffer(rng.bytes(height * width), np.uint8).reshape(height, width)
    fine = cv2.LUT(drawn, _levels(round(sigma * 0.85, 2)))
    half = (height // 2 + 1, width // 2 + 1)
    coarse = np.frombuffer(rng.bytes(half[0] * half[1] * 3), np.uint8).reshape(*half, 3)
    tinted = cv2.resize(cv2.LUT(coarse, _levels(round(sigma, 2))), (width, height))
    noise = cv2.addWeighted(tinted, 1, cv2.merge([fine, fine, fine]), 1, -128)
    if dark:
        noise = cv2.addWeighted(noise, 0.6, noise, 0, 128 * 0.4)
    # Grey 128 in the noise is none: add it and take 128 away without clipping between.
    return np.asarray(cv2.addWeighted(picture, 1, noise, 1, -128), dtype=np.uint8)


def glare(picture: Pixels, box: Points, rng: np.random.Generator) -> Points:
    """Burn out a lamp's reflection over the box; returns the outline of what is lost."""
    centre = box.mean(axis=0) + rng.normal(0, 0.06, 2) * np.ptp(box, axis=0)
    wide, tall = np.maximum(np.ptp(box, axis=0) * (0.44, 0.42), picture.shape[1] * 0.05)
    angle = float(rng.uniform(-18, 18))
    coarse = np.zeros((picture.shape[0] // 8, picture.shape[1] // 8), np.uint8)
    axes = (max(1, round(float(wide) / 8)), max(1, round(float(tall) / 8)))
    where = (round(float(centre[0]) / 8), round(float(centre[1]) / 8))
    cv2.ellipse(coarse, where, axes, angle, 0, 360, 255, -1)
    core = cv2.GaussianBlur(coarse, (0, 0), axes[1] * 0.24)
    halo = cv2.GaussianBlur(coarse, (0, 0), axes[0] * 0.9)
    flare = cv2.addWeighted(core, 1.0, halo, 0.5, 0)
    bright = cv2.resize(flare, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    cv2.add(picture, cv2.merge([bright, bright, bright]), picture)
    outline = cv2.ellipse2Poly((0, 0), (axes[0] * 8, axes[1] * 8), round(angle), 0, 360, 15)
    return np.asarray(np.asarray(outline) * 0.92 + centre, dtype=np.float64)
