"""Pictures made to harm: each ends in an error or a reading, in a process of bounded memory."""

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

LIMIT_MB = 512

READ_ALL = """
import json, sys
from clearlane.recognisers.photo import read
for path in sys.argv[1:]:
    print(json.dumps([path, read(path)['error'] or '']))
# Not getrusage: a child starts with the peak of the process that it was forked from.
peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))
print(json.dumps(['peak', int(peak.split()[1]) / 1024]))
"""


def jpeg(width: int, height: int, mode: str = 'RGB', **how: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), 'white' if mode == 'RGB' else 0).save(file, 'JPEG', **how)
    return file.getvalue()


def png(width: int, height: int, rows: bytes, depth: int = 8, colour: int = 2) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
        )

    head = struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', rows) + chunk(b'IEND', b'')


def bomb() -> bytes:
    """A small file whose pixels, where there are enough for its size, would fill gigabytes."""
    return png(60_000, 60_000, zlib.compress(bytes(10_000_000)))


def animation(kind: str) -> bytes:
    frames = [Image.new('RGB', (64, 64), shade) for shade in ('red', 'blue')]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


def absurd_exif() -> bytes:
    exif = Image.Exif()
    exif[0x112], exif[0x0132], exif[0x010E] = 99, 'x' * 30_000, '\0' * 30_000
    return jpeg(80, 60, exif=exif)


HOSTILE = {
    'empty.jpg': (b'', 'empty'),
    'bomb.png': (bomb(), 'too_long_side'),
    'deep_bomb.png': (png(12_000, 12_000, zlib.compress(bytes(1000)), 16), 'too_many_pixels'),
    'short.png': (png(3000, 3000, zlib.compress(bytes(1000))), ''),
    'nothing.png': (png(0, 0, b''), 'damaged'),
    'giant.jpg': (jpeg(64, 64).replace(b'\x00\x40\x00\x40', b'\xff\xff\xff\xff', 1), 'too_long'),
    'cut.jpg': (jpeg(800, 600)[:-500], 'truncated'),
    'text.jpg': (b'GIF89a is not what it says', 'unsupported_type'),
    'script.jpg': (b'<?php system($_GET[0]); ?>' * 20, 'not_a_picture'),
    'moving.gif': (animation('GIF'), 'unsupported_type'),
    'moving.png': (animation('PNG'), 'many_frames'),
    'moving.webp': (animation('WEBP'), 'many_frames'),
    'inks.jpg': (jpeg(6200, 4000, 'CMYK', quality=30), 'too_many_pixels'),
    'icon.jpg': (jpeg(8, 8), 'too_small'),
    'strip.jpg': (jpeg(11_000, 40), None),
    'exif.jpg': (absurd_exif(), None),
    'inks_small.jpg': (jpeg(900, 700, 'CMYK'), None),
    'largest.jpg': (jpeg(7300, 5470, progressive=True, quality=20), None),
}
"""Each with how its error begins; any error for an empty string, None where it is read."""


@pytest.fixture(scope='module')
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | float]:
    """What each file ends in, all read by one fresh process, and that process's peak memory."""
    folder = tmp_path_factory.mktemp('hostile')
    for name, (content, _) in HOSTILE.items():
        (folder / name).write_bytes(content)
    command = [sys.executable, '-c', READ_ALL, *(str(folder / name) for name in HOSTILE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    return {Path(name).name: end for name, end in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize('name', HOSTILE)
def test_it_ends_as_it_must(outcome: dict[str, str | float], name: str) -> None:
    expected = HOSTILE[name][1]
    if expected is None:
        assert outcome[name] == ''
    else:
        assert outcome[name]
        assert str(outcome[name]).startswith(expected)


def test_memory_stays_within_bounds(outcome: dict[str, str | float]) -> None:
    assert float(outcome['peak']) < LIMIT_MB


def test_noise_in_every_pixel_is_read_in_bounded_time() -> None:
    """What looks like text everywhere keeps a worker for seconds, not for minutes."""
    from clearlane.recognisers.text import detection

    rng = np.random.default_rng(3)
    likely = (rng.random((640, 640)) > 0.5).astype(np.float32)
    assert len(detection.boxes(likely)) <= 4 * detection.MOST
