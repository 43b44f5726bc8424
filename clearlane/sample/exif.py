"""What a synthetic camera writes into its JPEG beside the picture."""

from datetime import datetime

import simplejpeg
from PIL import Image

from clearlane.sample.sheet import Pixels

ORIENTATIONS = {0: 1, 1: 6, 2: 3, 3: 8}  # by how many quarters right it must be turned to stand


def encoded(picture: Pixels, quality: int, make: str, at: datetime, turn: int) -> bytes:
    """A JPEG with its EXIF data: when, with what, and how it is to be turned to stand upright."""
    body = simplejpeg.encode_jpeg(
        picture, quality=quality, colorspace='BGR', colorsubsampling='420'
    )
    tags = Image.Exif()
    tags[0x010E] = 'synthetic photograph, drawn by a program'
    tags[0x010F], tags[0x0110], tags[0x0131] = 'Clearlane', make, 'clearlane.sample'
    tags[0x0112] = ORIENTATIONS[turn % 4]
    tags[0x0132] = f'{at:%Y:%m:%d %H:%M:%S}'
    zone = f'{at:%z}'
    tags.get_ifd(0x8769).update(
        {0x9003: tags[0x0132], 0x9004: tags[0x0132], 0x9011: f'{zone[:3]}:{zone[3:5]}'}
    )
    data = tags.tobytes()
    segment = b'\xff\xe1' + (len(data) + 2).to_bytes(2, 'big') + data
    return bytes(body[:2] + segment + body[2:])
