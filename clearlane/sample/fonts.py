"""The typefaces that the synthetic print is set in.

They come with the pages' packages below ``node_modules``, all under the Open
Font License, and are read from there; none is copied into this repository.
"""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

HOME = Path(__file__).parents[2] / 'node_modules' / '@expo-google-fonts'

FILES = {
    'condensed': 'roboto-condensed/700Bold/RobotoCondensed_700Bold.ttf',
    'condensed_regular': 'roboto-condensed/500Medium/RobotoCondensed_500Medium.ttf',
    'mono': 'b612-mono/700Bold/B612Mono_700Bold.ttf',
    'sans': 'arimo/700Bold/Arimo_700Bold.ttf',
    'stencil': 'saira-stencil-one/400Regular/SairaStencilOne_400Regular.ttf',
    'chinese': 'noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
}


class FontMissingError(RuntimeError):
    """A typeface is not installed."""


def path(name: str) -> Path:
    """The file of a typeface, or FontMissingError."""
    file = HOME / FILES[name]
    if not file.is_file():
        raise FontMissingError(f'the typeface {file.name} is not installed; run make setup')
    return file


@lru_cache(maxsize=256)
def face(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """A typeface at a size. The plain layout engine, so that every machine sets it alike."""
    return ImageFont.truetype(path(name), size_px, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=256)
def of_height(name: str, cap_px: float) -> ImageFont.FreeTypeFont:
    """A typeface whose capitals stand so many pixels high."""
    probe = face(name, 1000).getbbox('H', anchor='ls')
    return face(name, max(4, round(cap_px * 1000 / -probe[1])))
