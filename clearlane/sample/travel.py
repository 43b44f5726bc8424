"""Synthetic passports and receipts, as a counter's camera sees them. UTO is no State.

The passport's page carries SPECIMEN across it; names and numbers are made up. Receipts
look like the invoices of a shop: number, day, seller, goods, total.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from clearlane.sample.fonts import face

STATE = 'UTO'


def check_digit(text: str) -> str:
    """The digit of ICAO 9303-3, 4.9: weights 7, 3, 1.

    >>> check_digit('L898902C3')
    '6'
    """
    values = [0 if mark == '<' else int(mark, 36) for mark in text]
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


def zone(
    number: str, surname: str, given: str, birth: str = '740812', expiry: str = '320415'
) -> str:
    """The two lines of a passport of the fictional State.

    >>> zone('L898902C3', 'ERIKSSON', 'ANNA MARIA').splitlines()[1]
    'L898902C36UTO7408122F3204153<<<<<<<<<<<<<<04'
    """
    first = f'P<{STATE}{surname}<<{given.replace(" ", "<")}'.ljust(44, '<')[:44]
    no, extra = number.ljust(9, '<'), '<' * 14
    second = (
        f'{no}{check_digit(no)}{STATE}{birth}{check_digit(birth)}F{expiry}{check_digit(expiry)}'
    )
    second += extra + check_digit(extra)
    whole = second[0:10] + second[13:20] + second[21:43]
    return f'{first}\n{second}{check_digit(whole)}'


@dataclass(frozen=True, kw_only=True)
class Shot:
    """How it is photographed: degrees of turn, blur in pixels, 0..1 of glare, brightness."""

    seed: int = 1
    turn: float = 0.6
    blur: float = 0.5
    glare: float = 0.0
    light: float = 1.0
    cut: bool = False
    width: int = 1500


def passport(number: str, surname: str, given: str, shot: Shot | None = None) -> bytes:
    """A JPEG of the photo page."""
    page = Image.new('RGB', (1250, 880), (236, 240, 233))
    draw = ImageDraw.Draw(page)
    dice = Random(number)  # noqa: S311 - the look of a specimen
    for _ in range(90):
        y = dice.randrange(0, 700)
        draw.arc((dice.randrange(-300, 900), y, dice.randrange(900, 1600), y + 300), 0, 180,
                 fill=(214, 224, 218), width=2)  # fmt: skip
    draw.rectangle((60, 150, 360, 540), fill=(198, 206, 214))
    draw.ellipse((135, 210, 285, 390), fill=(120, 128, 138))
    draw.pieslice((90, 380, 330, 700), 180, 360, fill=(120, 128, 138))
    draw.rectangle((60, 540, 360, 700), fill=(236, 240, 233))
    draw.text(
        (60, 50), 'UTOPIA  ·  PASSPORT  ·  SPECIMEN', font=face('sans', 42), fill=(40, 60, 90)
    )
    lines = [('Surname', surname), ('Given names', given), ('Passport No.', number),
             ('Nationality', 'UTOPIAN'), ('Date of birth', '12 AUG 1974')]  # fmt: skip
    for row, (name, value) in enumerate(lines):
        y = 150 + row * 92
        draw.text((410, y), name, font=face('condensed_regular', 24), fill=(90, 100, 110))
        draw.text((410, y + 28), value, font=face('sans', 36), fill=(20, 24, 30))
    draw.rectangle((0, 690, 1250, 880), fill=(246, 247, 244))
    for row, line in enumerate(zone(number, surname, given).splitlines()):
        for at, mark in enumerate(line):
            draw.text(
                (50 + at * 26.1, 725 + row * 66), mark, font=face('mono', 40), fill=(20, 20, 24)
            )
    return _photographed(page, shot or Shot())


def receipt(
    number: str, day: str, seller: str, uscc: str, goods: Sequence[tuple[str, str, str]],
    total: str, shot: Shot | None = None,
) -> bytes:  # fmt: skip
    """A JPEG of an invoice; `goods` are (name, quantity, amount)."""
    page = Image.new('RGB', (1000, 760 + 60 * len(goods)), (253, 253, 250))
    draw = ImageDraw.Draw(page)
    ink, grey = (24, 24, 30), (90, 96, 104)
    big, small = face('chinese', 44), face('chinese', 30)
    draw.text((500, 70), '电子发票(普通发票)', font=big, fill=(150, 40, 30), anchor='mm')
    year, month, date = day.split('-')
    rows = [f'发票号码:{number}', f'开票日期:{year}年{month}月{date}日',
            f'销售方名称:{seller}', f'纳税人识别号:{uscc}']  # fmt: skip
    for row, words in enumerate(rows):
        draw.text((60, 130 + 62 * row), words, font=small, fill=ink)
    y = 400
    draw.line((60, y - 10, 940, y - 10), fill=grey, width=2)
    draw.text((60, y), '商品名称', font=small, fill=grey)
    draw.text((620, y), '数量', font=small, fill=grey)
    draw.text((940, y), '金额', font=small, fill=grey, anchor='ra')
    for name, quantity, amount in goods:
        y += 60
        draw.text((60, y), name, font=small, fill=ink)
        draw.text((630, y), quantity, font=small, fill=ink)
        draw.text((940, y), amount, font=small, fill=ink, anchor='ra')
    draw.line((60, y + 70, 940, y + 70), fill=grey, width=2)
    draw.text((60, y + 95), f'价税合计(小写):¥{total}', font=face('chinese', 38), fill=ink)
    draw.text((60, y + 180), '样张 SPECIMEN', font=small, fill=(190, 190, 190))
    return _photographed(page, shot or Shot())


def _photographed(page: Image.Image, shot: Shot) -> bytes:
    """On a table, a little turned, with the light and the faults of the shot."""
    width, height = page.size
    table = Image.new('RGB', (width + 240, height + 240), (96, 92, 88))
    table.paste(page, (120, 120))
    turned = table.rotate(shot.turn, Image.Resampling.BICUBIC, fillcolor=(96, 92, 88))
    if shot.cut:
        turned = turned.crop((0, 0, turned.width, int(turned.height * 0.84)))
    scale = shot.width / turned.width
    seen = turned.resize((shot.width, round(turned.height * scale)), Image.Resampling.LANCZOS)
    seen = seen.filter(ImageFilter.GaussianBlur(shot.blur))
    pixels = np.asarray(seen, np.float32) * shot.light
    rows, columns = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]]
    if shot.glare:
        spot = ((columns - 0.6 * pixels.shape[1]) / (0.35 * pixels.shape[1])) ** 2
        spot += ((rows - 0.8 * pixels.shape[0]) / (0.12 * pixels.shape[0])) ** 2
        pixels += 255 * shot.glare * np.exp(-spot)[..., None]
    noise = np.random.default_rng(shot.seed).normal(0, 3, pixels.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(out, 'JPEG', quality=88)
    return out.getvalue()
