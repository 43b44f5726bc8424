"""Lines of print for tests of what they mean, as the text models return them."""

from clearlane.recognisers.text.line import Line

MARK = '4G/Y25/S/24/CN/C230003 PI:001'


def line(
    text: str,
    row: float = 0,
    left: float = 0,
    *,
    score: float = 1.0,
    weakest: float = 1.0,
    other: str = '',
    high: float = 40,
) -> Line:
    """A level line of characters half as wide as high; rows stand one and a half lines apart."""
    top, wide = 100 + row * 1.5 * high, len(text) * high / 2
    x = 100 + left
    quad = ((x, top), (x + wide, top), (x + wide, top + high), (x, top + high))
    return Line(text=text, score=score, weakest=weakest, other=other, quad=quad)
