"""Why a picture has to be taken again, in words that tell the person what to do.

A reading of kind `retake` has a stable code as its value and both languages in its
details, so that a kiosk, a page and an API say the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from clearlane.model import Point, Reading, Text

NAME = 'quality/1'

REMEDIES = {
    'nothing_found': Text(
        '照片中没有找到需要识别的内容：请将目标完整放入画面后重拍',
        'what is to be read was not found: take it again with the whole object in the picture',
    ),
    'no_zone': Text(
        '没有找到证件底部的机读码：请打开资料页，平放并完整拍摄，包括底部两三行字符',
        'the machine-readable lines were not found: lay the data page flat and take all of it,'
        ' with the lines at its foot',
    ),
    'check_digit': Text(
        '机读码没有读对(校验位不符)：请擦净并压平资料页，避开反光后重拍',
        'the machine-readable lines were not read right (a check digit is wrong): wipe and flatten'
        ' the page, avoid reflections and take it again',
    ),
    'cut_off': Text(
        '目标被画面边缘切断：请后退一点，使其四周留有空白',
        'the object is cut off by the edge: move back a little, leave a margin on all sides',
    ),
    'too_small': Text(
        '字太小，无法可靠识别：请靠近拍摄',
        'the print is too small to be read reliably: come closer',
    ),
    'blurred': Text(
        '照片模糊：请拿稳、对焦后重拍',
        'the picture is blurred: hold still, let the camera focus and take it again',
    ),
    'too_dark': Text(
        '照片太暗：请开灯或打开闪光灯后重拍',
        'the picture is too dark: add light and take it again',
    ),
    'too_bright': Text(
        '照片过亮：请避开强光后重拍',
        'the picture is too bright: keep strong light away and take it again',
    ),
    'glare': Text(
        '有反光遮住文字：请改变角度或避开光源后重拍',
        'a reflection covers the print: tilt it or move away from the light, then take it again',
    ),
    'wrong_face': Text(
        '拍到的不是要求的一面：请转到所要求的一面后重拍',
        'this is not the face that was asked for: turn to that face and take it again',
    ),
}
"""What to do, by what is wrong."""


def reading(
    code: str,
    score: float = 0.9,
    box: Sequence[Point] = (),
    **measured: float | int | str,
) -> Reading:
    """The reading that asks for another picture; `measured` says by what figures."""
    words = REMEDIES[code]
    return Reading(
        kind='retake',
        value=code,
        score=score,
        recogniser=NAME,
        box=tuple(box),
        details={'zh': words.say('zh'), 'en': words.say('en'), **measured},
    )
