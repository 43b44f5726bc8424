"""What arrives as a picture: refused for a reason, or upright pixels, and nothing else."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from clearlane.recognisers import exif, picture
from clearlane.recognisers.reader import Unreadable

WIDTH, HEIGHT = 96, 64


def scene() -> np.ndarray:
    """Red in the top left corner, green in the top right, the rest a slope of greys."""
    slope = np.linspace(40, 120, WIDTH, dtype=np.uint8)
    pixels = np.repeat(np.tile(slope, (HEIGHT, 1))[..., None], 3, axis=2)
    pixels[:24, :32] = (0, 0, 250)
    pixels[:24, -32:] = (0, 250, 0)
    return pixels


def saved(mode: str = 'RGB', **how: object) -> bytes:
    image = Image.fromarray(scene()[..., ::-1]).convert(mode)
    file = io.BytesIO()
    image.save(file, **how)  # type: ignore[arg-type]
    return file.getvalue()


def exif_block(orientation: int = 1, taken: str = '', offset: str = '') -> bytes:
    block = Image.Exif()
    block[274] = orientation
    if taken:
        block.get_ifd(0x8769)[0x9003] = taken
    if offset:
        block.get_ifd(0x8769)[0x9011] = offset
    return block.tobytes()


def palette() -> bytes:
    file = io.BytesIO()
    Image.fromarray(scene()[..., ::-1]).quantize(256).save(file, format='PNG')
    return file.getvalue()


def interlaced() -> bytes:
    """The scene as a PNG in seven passes, which our libraries read but do not write."""
    rows = b''
    for left, top, right, down in picture._ADAM7:
        for row in scene()[top::down, left::right, ::-1]:
            rows += b'\0' + row.tobytes()
    size = struct.pack('>IIBBBBB', WIDTH, HEIGHT, 8, 2, 0, 0, 1)
    data = chunk(b'IHDR', size) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b'')
    return b'\x89PNG\r\n\x1a\n' + data


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))


def png(width: int, height: int, body: bytes = b'', bits: int = 1, colour: int = 0) -> bytes:
    size = struct.pack('>IIBBBBB', width, height, bits, colour, 0, 0, 0)
    data = chunk(b'IDAT', zlib.compress(body))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', size) + data + chunk(b'IEND', b'')


def resized_in_header(data: bytes, width: int, height: int) -> bytes:
    """The JPEG with another size in its frame header."""
    at = data.index(b'\xff\xc0') + 5
    return data[:at] + struct.pack('>HH', height, width) + data[at + 4 :]


JPEG = saved(format='JPEG', quality=90)
PROGRESSIVE = saved(format='JPEG', quality=90, progressive=True)
PNG = saved(format='PNG')
WEBP = saved(format='WEBP', quality=90)
LOSSLESS = saved(format='WEBP', lossless=True)
FRAMES = [Image.new('RGB', (64, 64), colour) for colour in ('red', 'blue')]


def animation(kind: str) -> bytes:
    file = io.BytesIO()
    FRAMES[0].save(file, format=kind, save_all=True, append_images=FRAMES[1:])
    return file.getvalue()


REFUSED = {
    'nothing': (b'', 'empty'),
    'text under a picture name': (b'hello, I am photo.jpg' * 9, 'not_a_picture'),
    'zeros': (bytes(5000), 'not_a_picture'),
    'a program': (b'MZ\x90\0' + bytes(300), 'not_a_picture'),
    'two bytes of a JPEG': (b'\xff\xd8', 'not_a_picture'),
    'three bytes of a JPEG': (b'\xff\xd8\xff', 'truncated'),
    'GIF': (saved('P', format='GIF'), 'unsupported_type'),
    'GIF that ends as a JPEG': (saved('P', format='GIF') + JPEG, 'unsupported_type'),
    'TIFF': (saved(format='TIFF'), 'unsupported_type'),
    'BMP': (saved(format='BMP'), 'unsupported_type'),
    'SVG': (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 'unsupported_type'),
    'SVG after a mark and blanks': (b'\xef\xbb\xbf  \n<SVG onload="x"/>', 'unsupported_type'),
    'EPS': (b'%!PS-Adobe-3.0 EPSF-3.0\n', 'unsupported_type'),
    'PDF': (b'%PDF-1.7\n', 'unsupported_type'),
    'HEIC': (b'\0\0\0\x18ftypheic' + bytes(64), 'unsupported_type'),
    'PNG bomb by its header': (png(30_000, 30_000), 'too_long_side'),
    'PNG bomb of few bytes': (png(9_000, 9_000, bytes(9_000 * 1_126)), 'too_many_pixels'),
    'PNG header alone of a bomb': (png(30_000, 30_000)[:33], 'too_long_side'),
    '50 MP JPEG': (resized_in_header(JPEG, 8_192, 6_144), 'too_many_pixels'),
    'JPEG strip': (resized_in_header(JPEG, 65_000, 40), 'too_long_side'),
    'JPEG that says it is larger than it is': (resized_in_header(JPEG, 960, 640), 'truncated'),
    'JPEG without height': (resized_in_header(JPEG, 96, 0), 'damaged'),
    'tiny': (png(16, 16, bytes(16 * 3)), 'too_small'),
    'animated WebP': (animation('WEBP'), 'many_frames'),
    'animated PNG': (animation('PNG'), 'many_frames'),
    'PNG of no size': (png(0, 64), 'damaged'),
    'PNG with too few rows': (png(64, 64, bytes(9 * 10)), 'truncated'),
    'PNG with a wrong check sum': (PNG[:-20] + bytes([PNG[-20] ^ 1]) + PNG[-19:], 'damaged'),
    'PNG whose second header is a bomb': (PNG[:33] + png(9_000, 9_000)[8:33] + PNG[33:], 'damaged'),
    'PNG without header': (PNG[:8] + PNG[33:], 'damaged'),
    'JPEG of too many scans': (JPEG[:-2] + b'\xff\xda' * 65 + JPEG[-2:], 'damaged'),
    'JPEG with a hole': (JPEG[: len(JPEG) // 2] + JPEG[-2:], 'truncated'),
    'JPEG without pixels': (JPEG[: JPEG.index(b'\xff\xda')] + b'\xff\xd9', 'truncated'),
    'JPEG with two frame headers': (
        JPEG[:2] + JPEG[JPEG.index(b'\xff\xc0') : JPEG.index(b'\xff\xc0') + 19] + JPEG[2:],
        'damaged',
    ),
    'WebP without frame': (b'RIFF\x04\0\0\0WEBP', 'damaged'),
}


@pytest.mark.parametrize('name', REFUSED)
def test_what_is_no_picture_is_refused_for_its_reason(name: str) -> None:
    data, code = REFUSED[name]
    for read in (picture.upright, lambda bytes_: picture.small(bytes_, 64)):
        with pytest.raises(Unreadable) as refusal:
            read(data)
        assert refusal.value.code == code
        assert '; ' in refusal.value.message or ': ' in refusal.value.message


@pytest.mark.parametrize('data', [JPEG, PROGRESSIVE, PNG, WEBP, LOSSLESS])
@pytest.mark.parametrize('left', [0.05, 0.3, 0.5, 0.9, 0.99])
def test_a_file_cut_off_is_refused_wherever_it_is_cut(data: bytes, left: float) -> None:
    with pytest.raises(Unreadable) as refusal:
        picture.upright(data[: max(30, int(len(data) * left))])
    assert refusal.value.code == 'truncated'


def test_a_file_that_lacks_its_last_bytes_is_refused() -> None:
    for data in (JPEG, PROGRESSIVE, PNG, WEBP):
        for missing in (1, 2, 3, 4):
            with pytest.raises(Unreadable):
                picture.upright(data[:-missing])


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP'])
@pytest.mark.parametrize('orientation', range(1, 9))
def test_the_picture_stands_as_the_camera_was_held(kind: str, orientation: int) -> None:
    """The red and green corners end up where the EXIF specification puts them."""
    data = saved(format=kind, exif=exif_block(orientation), lossless=kind == 'WEBP')
    head, pixels = picture.header(data), picture.upright(data)
    stored = (WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH)
    assert (head.width, head.height, head.orientation) == (*stored, orientation)
    assert pixels.shape == (head.height, head.width, 3)
    # Where the stored top left (red) and top right (green) corner are seen: row, column.
    corners = {
        1: ((0, 0), (0, -1)),
        2: ((0, -1), (0, 0)),
        3: ((-1, -1), (-1, 0)),
        4: ((-1, 0), (-1, -1)),
        5: ((0, 0), (-1, 0)),
        6: ((0, -1), (-1, -1)),
        7: ((-1, -1), (0, -1)),
        8: ((-1, 0), (0, 0)),
    }
    red, green = corners[orientation]
    assert np.argmax(pixels[red]) == 2
    assert np.argmax(pixels[green]) == 1
    assert min(pixels[red].max(), pixels[green].max()) > 200
    shrunk = picture.small(data, 48)
    assert shrunk.shape == (32, 48, 3) if orientation < 5 else (48, 32, 3)
    assert np.argmax(shrunk[red]) == 2


@pytest.mark.parametrize(
    ('data', 'worst'),
    [
        (JPEG, 12),
        (PROGRESSIVE, 12),
        (PNG, 0),
        (LOSSLESS, 0),
        (WEBP, 40),
        (saved('RGBA', format='PNG'), 0),
        (saved('RGBA', format='WEBP', lossless=True), 0),
        (palette(), 8),
        (interlaced(), 0),
        (saved('CMYK', format='JPEG', quality=95), 12),
        (JPEG + b'<script>not shown</script>', 12),
        (saved(format='JPEG', quality=90, exif=exif_block() + bytes(60_000)), 12),
    ],
)
def test_every_accepted_kind_gives_the_same_pixels(data: bytes, worst: int) -> None:
    difference = np.abs(picture.upright(data).astype(int) - scene())
    assert np.median(difference) <= 2
    assert np.percentile(difference, 90) <= worst


def test_grey_and_deep_pictures_keep_their_tones() -> None:
    grey = cv2.cvtColor(scene(), cv2.COLOR_BGR2GRAY)
    deep = cv2.imencode('.png', grey.astype(np.uint16) * 257)[1].tobytes()
    deep_colour = cv2.imencode('.png', scene().astype(np.uint16) * 257)[1].tobytes()
    shallow = cv2.imencode('.jpg', grey)[1].tobytes()
    assert np.array_equal(picture.upright(deep), np.repeat(grey[..., None], 3, 2))
    assert np.array_equal(picture.upright(deep_colour), scene())
    assert np.median(np.abs(picture.upright(shallow)[..., 0].astype(int) - grey)) <= 2


@pytest.mark.parametrize('kind', ['PNG', 'WEBP'])
def test_what_is_transparent_is_white_and_cannot_hide_anything(kind: str) -> None:
    image = Image.fromarray(scene()[..., ::-1]).convert('RGBA')
    image.putalpha(0)
    file = io.BytesIO()
    image.save(file, format=kind, lossless=True, exact=True)
    assert picture.upright(file.getvalue()).min() == 255


def test_one_bit_pictures_are_black_and_white() -> None:
    assert picture.upright(png(64, 64, (b'\0' + b'\xf0' * 8) * 64))[0, :8, 0].tolist() == [
        *[255] * 4,
        *[0] * 4,
    ]


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP'])
def test_the_moment_the_camera_wrote_down_is_read(kind: str) -> None:
    taken = '2026:03:05 14:07:09'
    data = saved(format=kind, exif=exif_block(1, taken, '+01:00'))
    assert picture.header(data).taken_at == datetime(2026, 3, 5, 13, 7, 9, tzinfo=UTC)
    assert picture.header(data).media_type == f'image/{kind.lower()}'
    data = saved(format=kind, exif=exif_block(1, taken))
    assert picture.header(data).taken_at == datetime(2026, 3, 5, 6, 7, 9, tzinfo=UTC)
    assert picture.header(saved(format=kind)).taken_at is None


@pytest.mark.parametrize('taken', ['0000:00:00 00:00:00', '2026-03-05', '    ', 'x' * 60])
def test_a_moment_that_is_none_is_left_out(taken: str) -> None:
    assert exif.read(exif_block(6, taken)) == (6, None)


def test_an_orientation_that_is_none_is_upright() -> None:
    assert exif.read(exif_block(9)) == (1, None)
    assert exif.read(b'II*\0\xff\xff\xff\xff') == (1, None)
    assert exif.read(b'MM\0*') == (1, None)
    # A directory that points to itself is read once.
    looped = b'II*\0\x08\0\0\0\x01\0' + struct.pack('<HHI4s', 0x8769, 4, 1, b'\x08\0\0\0')
    assert exif.read(looped) == (1, None)


def test_a_small_picture_is_not_enlarged() -> None:
    for data in (JPEG, PNG, WEBP):
        assert picture.small(data, 500).shape == (HEIGHT, WIDTH, 3)
        assert picture.small(data, 32).shape == (21, 32, 3)


def reads_or_refuses(data: bytes) -> None:
    with suppress(Unreadable):
        head = picture.header(data)
        assert picture.upright(data).shape == (head.height, head.width, 3)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b'', JPEG[:4], PNG[:8], WEBP[:12], b'Exif\0\0II*\0']), st.binary())
def test_random_bytes_are_refused_and_nothing_else(start: bytes, data: bytes) -> None:
    with pytest.raises(Unreadable):
        picture.upright(start + data)
    exif.read(start + data)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([JPEG, PROGRESSIVE, PNG, WEBP, LOSSLESS, saved('CMYK', format='JPEG')]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_a_picture_with_wrong_bytes_is_read_or_refused(
    data: bytes, changes: list[tuple[float, int]]
) -> None:
    changed = bytearray(data)
    for place, value in changes:
        changed[min(int(place * len(data)), len(data) - 1)] = value
    reads_or_refuses(bytes(changed))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(1, 8))
def test_any_exif_is_survived(tail: bytes, orientation: int) -> None:
    block = exif_block(orientation)
    for cut in (8, 10, 20, len(block)):
        turned, _ = exif.read(block[:cut] + tail)
        assert 1 <= turned <= 8
