"""What a reading rests on: the digest over models, code and libraries that every reader names."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from clearlane.recognisers.labels import networks
from clearlane.recognisers.text import weights

LIBRARIES = ('numpy', 'onnxruntime', 'opencv-python-headless', 'simplejpeg', 'zxing-cpp')
"""Other versions of these may read a picture a little differently."""


@lru_cache(maxsize=1)
def digest() -> str:
    """Over the weights, all code and tables that take part, and the libraries' versions."""
    home = Path(__file__).parent
    parts = [weights.digest(), *(f'{name} {version(name)}' for name in LIBRARIES)]
    for folder in (home, home.parent / 'codes'):
        for file in sorted(folder.rglob('*')):
            if file.suffix in ('.py', '.csv', '.json', '.onnx'):
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                parts.append(f'{file.relative_to(home.parent).as_posix()} {content}')
    return hashlib.sha256('\n'.join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def models() -> str:
    """Over the weights alone."""
    return hashlib.sha256(f'{weights.digest()} {networks.digest()}'.encode()).hexdigest()


class Sourced:
    """A reader that rests on all of this: its digests are those of the whole folder."""

    @property
    def digest(self) -> str:
        """Over models, code and libraries."""
        return digest()

    @property
    def models(self) -> str:
        """Over the weights alone."""
        return models()
