"""Pictures as they arrive: what a file says it is, and its pixels standing upright.

Whoever sends the bytes may be hostile or merely unlucky, so a file is believed
only step by step: first its leading bytes, then its header (no pixel is
allocated for a size that we would refuse), then every byte of its pixel data.
A file that a lenient decoder would silently finish with grey is refused: half a
photograph is no evidence.

JPEG, PNG and WebP are read. HEIC is not (no decoder among our dependencies),
nor are formats that are programs or documents (SVG, EPS, PDF) or containers of
many pictures (TIFF, GIF).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NoReturn

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from clearlane.recognisers import exif
from clearlane.recognisers.reader import Unreadable

Pixels = NDArray[np.uint8]

MAX_PIXELS = 40_000_000
"""Reading 40 MP takes 385 MB in a process of its own; phones send 12 to 24 MP."""
MAX_INK_PIXELS = 24_000_000
"""A picture in inks (CMYK) takes twice the memory, and no camera makes one."""
IN_INKS = 'the picture is in printing inks, of which at most 24 megapixels are read: save it as RGB'
MAX_SIDE = 12_000
"""No camera in use is wider; panoramas and strips beyond it only cost time."""
MIN_SIDE = 32
"""Below it there is nothing to read: icons and tracking pixels."""
MAX_PARTS = 100_000
"""Parts (JPEG segments, PNG and WebP chunks) that are walked before we give up."""
MAX_SCANS = 64
"""A progressive JPEG has about ten; each further one costs a pass over all pixels."""
_DECODER_ERRORS = (
    SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AssertionError, MemoryError,
    EOFError, struct.error, zlib.error,
)  # fmt: skip
_STRIP = 256
_PIECE = 16_384
_ADAM7 = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
    (0, 1, 1, 2),
)  # fmt: skip

_OTHER_KINDS = (
    (b'GIF8', 'GIF'),
    (b'II*\0', 'TIFF'),
    (b'MM\0*', 'TIFF'),
    (b'BM', 'BMP'),
    (b'%!PS', 'EPS'),
    (b'\xc5\xd0\xd3\xc6', 'EPS'),
    (b'%PDF', 'PDF'),
    (b'<svg', 'SVG'),
    (b'<?xml', 'SVG or XML'),
    (b'8BPS', 'Photoshop'),
    (b'\0\0\0\x0cjP  ', 'JPEG 2000'),
    (b'\xff\x0a', 'JPEG XL'),
)
_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a picture says of itself; `width` and `height` are those of the upright picture."""

    width: int
    height: int
    orientation: int
    media_type: str
    taken_at: datetime | None
    camera: tuple[str, str, str]  # make, model, serial number


class _Raw(NamedTuple):
    """A header as stored, before the picture is turned upright."""

    width: int
    height: int
    exif: bytes = b''


def header(data: bytes) -> Header:
    """Read the header of a picture and refuse what we would not decode.

    `taken_at` and `camera` are what the camera itself wrote: claims, not facts.
    """
    media_type = _media_type(data)
    raw = {'image/jpeg': _jpeg, 'image/png': _png, 'image/webp': _webp}[media_type](data)
    _refuse_size(raw.width, raw.height)
    orientation, taken_at = exif.read(raw.exif)
    width, height = raw.width, raw.height
    if orientation >= 5:
        width, height = height, width
    return Header(
        width=width,
        height=height,
        orientation=orientation,
        media_type=media_type,
        taken_at=taken_at,
        camera=exif.camera(raw.exif),
    )


def upright(data: bytes) -> Pixels:
    """The whole picture as rows of BGR pixels, turned as the camera was held."""
    head = header(data)
    return _turned(_decoded(data, head, 0), head.orientation)


def small(data: bytes, long_side: int) -> Pixels:
    """The upright picture, its longer side at most `long_side`; cheap for JPEG.

    A JPEG is decoded straight to the next larger eighth of its size.
    """
    head = header(data)
    pixels = _decoded(data, head, long_side)
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _turned(pixels, head.orientation)


def _media_type(data: bytes) -> str:
    if not data:
        raise Unreadable('empty', 'the file is empty; take the photograph again and send it')
    if data[:3] == b'\xff\xd8\xff':
        return 'image/jpeg'
    if data[:8] == b'\x89PNG\r\n\x1a\n':
        return 'image/png'
    if data[:4] == b'RIFF' and data[8:12] == b'WEBP':
        return 'image/webp'
    kind = _other_kind(data)
    if kind:
        raise Unreadable(
            'unsupported_type', f'this is a {kind} file; send the photograph as JPEG, PNG or WebP'
        )
    raise Unreadable('not_a_picture', 'this is not a picture; send a photograph as JPEG or PNG')


def _other_kind(data: bytes) -> str:
    start = data[:256].removeprefix(b'\xef\xbb\xbf').lstrip()
    if data[4:8] == b'ftyp':
        return 'HEIC, AVIF or video'
    for magic, kind in _OTHER_KINDS:
        if data.startswith(magic) or start.lower().startswith(magic.lower()):
            return kind
    return ''


def _refuse_size(width: int, height: int) -> None:
    if min(width, height) < 1:
        _damaged('the header names no size')
    size = f'the picture is {width} x {height} pixels'
    if max(width, height) > MAX_SIDE:
        raise Unreadable(
            'too_long_side', f'{size}; no side may exceed {MAX_SIDE}: scale it down and send again'
        )
    if width * height > MAX_PIXELS:
        raise Unreadable(
            'too_many_pixels',
            f'{size}; at most {MAX_PIXELS // 1_000_000} megapixels are read:'
            ' choose a lower resolution in the camera',
        )
    if min(width, height) < MIN_SIDE:
        raise Unreadable(
            'too_small', f'{size}; each side must have at least {MIN_SIDE}: send the original'
        )


def _truncated() -> NoReturn:
    raise Unreadable('truncated', 'the file ends too early; send it again from the original')


def _damaged(what: str) -> NoReturn:
    raise Unreadable('damaged', f'the file is damaged ({what}); send it again from the original')


def _jpeg(data: bytes) -> _Raw:
    size: tuple[int, int] | None = None
    block = b''
    for marker, body in _jpeg_segments(data):
        if marker == 0xE1 and body[:6] == b'Exif\0\0' and not block:
            block = body
        elif marker in _JPEG_SIZE_MARKERS:
            if len(body) < 6:
                _damaged('the frame header is too short')
            height, width = struct.unpack('>HH', body[1:5])
            size = (width, height)
    if size is None:
        _damaged('no frame header before the pixels')
    return _Raw(*size, block)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each segment before the pixels."""
    at = 2
    for _ in range(MAX_PARTS):
        if at + 4 > len(data):
            _truncated()
        if data[at] != 0xFF:
            _damaged('a segment does not start where the one before it ends')
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE_MARKERS:
            at += 2
        elif marker == 0xD9:
            _truncated()
        elif marker == 0xDA:
            return
        else:
            length = int.from_bytes(data[at + 2 : at + 4], 'big')
            if length < 2:
                _damaged('a segment has no length')
            if at + 2 + length > len(data):
                _truncated()
            yield marker, data[at + 4 : at + 2 + length]
            at += 2 + length
    _damaged('too many segments')


def _jpeg_pixels(data: bytes, head: Header, long_side: int) -> Pixels:
    if data.count(b'\xff\xda') > MAX_SCANS:
        _damaged('too many scans')
    try:
        height, width, colour, _ = simplejpeg.decode_jpeg_header(data)
        # The decoder's own view of the size must be the one that we have judged.
        _refuse_size(width, height)
        colours = 'CMYK' if colour in ('CMYK', 'YCCK') else 'BGR'
        if colours == 'CMYK' and width * height > MAX_INK_PIXELS:
            raise Unreadable('too_many_pixels', IN_INKS)
        wide = width >= height
        pixels = simplejpeg.decode_jpeg(
            data,
            colours,
            min_width=long_side if wide else 0,
            min_height=0 if wide else long_side,
            min_factor=1,
        )
    except Unreadable:
        raise
    except (ValueError, MemoryError, OverflowError) as error:
        if 'remature end' in str(error):
            _truncated()
        _damaged('the JPEG decoder stopped')
    if (width, height) != _stored_size(head):
        _damaged('two different sizes')
    return _from_cmyk(data, pixels) if colours == 'CMYK' else pixels


def _from_cmyk(data: bytes, cmyk: Pixels) -> Pixels:
    """Ink to light; a file with Adobe's marker stores ink inverted."""
    adobe = any(marker == 0xEE and body[:5] == b'Adobe' for marker, body in _jpeg_segments(data))
    bgr = np.empty((*cmyk.shape[:2], 3), np.uint8)
    for top in range(0, len(cmyk), _STRIP):
        light = cmyk[top : top + _STRIP].astype(np.uint16)
        if not adobe:
            light = 255 - light
        bgr[top : top + _STRIP] = light[..., 2::-1] * light[..., 3:] // 255
    return bgr


def _png(data: bytes) -> _Raw:
    size: tuple[int, int] | None = None
    block = b''
    for kind, start, end in _png_chunks(data):
        if kind == b'IHDR':
            if size is not None or end - start != 13:
                _damaged('the image header is not as it must be')
            size = struct.unpack('>II', data[start : start + 8])
            _refuse_size(*size)
        elif size is None:
            _damaged('the file does not begin with an image header')
        elif kind == b'acTL' and int.from_bytes(data[start : start + 4], 'big') > 1:
            _many_frames()
        elif kind == b'eXIf':
            block = data[start:end]
    if size is None:
        _damaged('no image header')
    return _Raw(*size, block)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each chunk, up to and with the last."""
    at = 8
    for _ in range(MAX_PARTS):
        if at + 12 > len(data):
            _truncated()
        length = int.from_bytes(data[at : at + 4], 'big')
        kind = data[at + 4 : at + 8]
        end = at + 8 + length
        if kind == b'IHDR':
            # The size is judged before the rest is looked at: a bomb needs no more.
            yield kind, at + 8, min(end, len(data))
        if end + 4 > len(data):
            _truncated()
        if kind != b'IHDR':
            yield kind, at + 8, end
        if kind == b'IEND':
            return
        at = end + 4
    _damaged('too many chunks')


def _check_png(data: bytes) -> None:
    """Every check sum holds and there is a byte for every pixel.

    The decoder verifies neither; it would fill what is missing with black.
    """
    view = memoryview(data)
    inflate = zlib.decompressobj()
    missing = 0
    for kind, start, end in _png_chunks(data):
        if zlib.crc32(view[start - 4 : end]) != int.from_bytes(data[end : end + 4], 'big'):
            _damaged('a check sum is wrong')
        if kind == b'IHDR':
            missing = _png_bytes(*struct.unpack('>IIBBBBB', view[start:end]))
        elif kind == b'IDAT':
            # Small pieces, as one may swell a thousandfold.
            for at in range(start, end, _PIECE):
                missing -= _inflated(inflate, view[at : min(at + _PIECE, end)])
    if missing > 0:
        _truncated()


def _inflated(inflate: zlib._Decompress, piece: memoryview) -> int:
    try:
        return len(inflate.decompress(piece))
    except zlib.error:
        _damaged('the pixel data cannot be unpacked')


def _png_bytes(
    width: int, height: int, bits: int, colour: int, _packing: int, _filter: int, interlace: int
) -> int:
    """How many bytes the rows of a picture take, each with its filter byte."""
    depth = bits * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    passes = _ADAM7 if interlace else ((0, 0, 1, 1),)
    total = 0
    for left, top, right, down in passes:
        columns, rows = -((left - width) // right), -((top - height) // down)
        if columns > 0:
            total += max(0, rows) * (1 + (columns * depth + 7) // 8)
    return total


def _png_pixels(data: bytes) -> Pixels:
    _check_png(data)
    try:
        with Image.open(io.BytesIO(data), formats=['PNG']) as image:
            image.load()
            return _over_white(image)
    except OSError as error:
        if 'truncated' in str(error):
            _truncated()
        _damaged('the PNG decoder stopped')
    except _DECODER_ERRORS:
        _damaged('the PNG decoder stopped')


def _over_white(image: Image.Image) -> Pixels:
    """Every mode as BGR, in strips so that no second whole picture is held.

    What is transparent turns white, as on the officer's screen: pixels hidden
    below transparency must not be read either.
    """
    bgr = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        if strip.mode.startswith('I'):
            deep = np.asarray(strip).astype(np.int64) >> 8
            bgr[top : top + _STRIP] = np.clip(deep, 0, 255).astype(np.uint8)[..., None]
        elif strip.has_transparency_data:
            bgr[top : top + _STRIP] = _blend(np.asarray(strip.convert('RGBA')))
        else:
            bgr[top : top + _STRIP] = np.asarray(strip.convert('RGB'))[..., ::-1]
    return bgr


def _blend(rgba: Pixels) -> Pixels:
    alpha = rgba[..., 3:].astype(np.uint16)
    if alpha.min() == 255:
        return rgba[..., 2::-1]
    light = (rgba[..., 2::-1] * alpha + 255 * (255 - alpha) + 127) // 255
    return light.astype(np.uint8)


def _webp(data: bytes) -> _Raw:
    size: tuple[int, int] | None = None
    block = b''
    for kind, start, end in _webp_chunks(data):
        if kind in (b'ANIM', b'ANMF'):
            _many_frames()
        if kind == b'VP8X' and end - start >= 10:
            if data[start] & 0x02:
                _many_frames()
            size = (_uint24(data, start + 4) + 1, _uint24(data, start + 7) + 1)
        elif kind in (b'VP8 ', b'VP8L') and size is None:
            size = _webp_frame(kind, data[start : min(end, start + 10)])
        elif kind == b'EXIF':
            block = data[start:end]
    if size is None:
        _damaged('no frame')
    return _Raw(*size, block)


def _uint24(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 3], 'little')


def _webp_frame(kind: bytes, start: bytes) -> tuple[int, int]:
    if kind == b'VP8L' and len(start) >= 5 and start[0] == 0x2F:
        bits = int.from_bytes(start[1:5], 'little')
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b'VP8 ' and start[3:6] == b'\x9d\x01\x2a' and len(start) == 10:
        width, height = struct.unpack('<HH', start[6:10])
        return width & 0x3FFF, height & 0x3FFF
    _damaged('the frame header is wrong')


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    total = int.from_bytes(data[4:8], 'little') + 8
    if total > len(data):
        _truncated()
    at = 12
    for _ in range(MAX_PARTS):
        if at + 8 > total:
            return
        length = int.from_bytes(data[at + 4 : at + 8], 'little')
        if at + 8 + length > total:
            _truncated()
        yield data[at : at + 4], at + 8, at + 8 + length
        at += 8 + length + length % 2
    _damaged('too many chunks')


def _webp_pixels(data: bytes) -> Pixels:
    # OpenCV decodes into one buffer; Pillow's animation decoder would hold four.
    flags = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except (cv2.error, MemoryError):
        pixels = None
    if pixels is None or pixels.dtype != np.uint8 or pixels.ndim != 3:
        _damaged('the WebP decoder stopped')
    if pixels.shape[2] == 3:
        return np.asarray(pixels, np.uint8)
    bgr = np.empty((*pixels.shape[:2], 3), np.uint8)
    for top in range(0, len(bgr), _STRIP):
        # `_blend` reverses the colours, which OpenCV has reversed already.
        strip = np.asarray(pixels[top : top + _STRIP], np.uint8)
        bgr[top : top + _STRIP] = _blend(strip)[..., ::-1]
    return bgr


def _many_frames() -> NoReturn:
    raise Unreadable('many_frames', 'the file is an animation; send one photograph')


def _decoded(data: bytes, head: Header, long_side: int) -> Pixels:
    """The pixels as stored; where the format allows it, at least `long_side` long."""
    if head.media_type == 'image/jpeg':
        return _jpeg_pixels(data, head, long_side)
    pixels = _png_pixels(data) if head.media_type == 'image/png' else _webp_pixels(data)
    if (pixels.shape[1], pixels.shape[0]) != _stored_size(head):
        _damaged('two different sizes')
    return pixels


def _stored_size(head: Header) -> tuple[int, int]:
    upright_size = (head.width, head.height)
    return upright_size if head.orientation < 5 else upright_size[::-1]


def _turned(pixels: Pixels, orientation: int) -> Pixels:
    """Undo how the camera was held; the eight numbers are those of EXIF tag 274."""
    if orientation in (5, 6, 7, 8):
        pixels = np.asarray(cv2.transpose(pixels), np.uint8)
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    if flip is not None:
        pixels = np.asarray(cv2.flip(pixels, flip), np.uint8)
    return np.ascontiguousarray(pixels)
