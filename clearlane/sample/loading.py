"""Photographs of a loading and of a sealing, drawn: a rear door with its numbers, a seal.

They are plain: they show that what is read is compared, not how well it is read in the field.
"""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter

from clearlane.sample.fonts import face

SIZE = (1600, 1200)


def loading(plate: str, container: str, seed: int) -> bytes:
    """The rear of a vehicle: the container number on the door, the plate below."""
    picture, draw = _ground(seed, (96, 112, 128))
    draw.rectangle((240, 90, 1360, 900), fill=(38, 84, 124), outline=(20, 40, 60), width=8)
    draw.line((800, 90, 800, 900), fill=(20, 40, 60), width=8)
    spelled = f'{container[:4]} {container[4:10]} {container[10:]}'
    draw.text((850, 170), spelled, font=face('sans', 58), fill='white')
    draw.text((850, 250), '22G1', font=face('sans', 48), fill='white')
    draw.rounded_rectangle((560, 960, 1040, 1100), 14, fill=(20, 60, 160), outline='white', width=5)
    draw.text((596, 972), f'{plate[:2]}·{plate[2:]}', font=face('chinese', 78), fill='white')
    return _photo(picture, seed)


def sealing(seal: str, seed: int) -> bytes:
    """A bolt seal on a locking bar, with the number that is printed on it."""
    picture, draw = _ground(seed, (120, 120, 116))
    draw.rectangle((0, 520, 1600, 640), fill=(70, 72, 76))
    draw.rounded_rectangle(
        (420, 380, 1180, 780), 60, fill=(236, 196, 40), outline=(120, 90, 0), width=8
    )
    draw.text((520, 430), 'CHINA CUSTOMS', font=face('sans', 64), fill=(30, 30, 30))
    draw.text((500, 560), f'SEAL NO. {seal}', font=face('sans', 58), fill=(30, 30, 30))
    return _photo(picture, seed)


def _ground(seed: int, colour: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    chance = random.Random(seed)  # noqa: S311 - drawn, not guessed
    picture = Image.new('RGB', SIZE, colour)
    draw = ImageDraw.Draw(picture)
    for _ in range(900):
        x, y, shade = chance.randrange(1600), chance.randrange(1200), chance.randrange(-18, 18)
        spot = tuple(max(0, min(255, part + shade)) for part in colour)
        draw.ellipse((x, y, x + chance.randrange(4, 60), y + 6), fill=spot)
    return picture, draw


def _photo(picture: Image.Image, seed: int) -> bytes:
    tilt = random.Random(seed).uniform(-1.5, 1.5)  # noqa: S311 - drawn, not guessed
    turned = picture.rotate(tilt, fillcolor=(90, 90, 90))
    out = io.BytesIO()
    turned.filter(ImageFilter.GaussianBlur(0.8)).save(out, 'JPEG', quality=90)
    return out.getvalue()
