"""Bodies of requests, read strictly: JSON without surprises, files up to a limit."""

from __future__ import annotations

import json
import math
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from clearlane.photographs import MOST_BYTES
from clearlane.uploads import MEDIA
from clearlane.web.api.problems import Refused

MOST_JSON = 2 * 1024 * 1024
MOST_FRAME = 64 * 1024
"""What a multipart form may add to the file in it."""
FILES = (
    'image/jpeg',
    'image/png',
    'image/webp',
    *(name for name, _ in MEDIA.values() if name != 'image/jpeg'),
    'application/octet-stream',
)
"""What a sender may call a file; what it is, its content says."""
_CHUNK = 64 * 1024


def length(request: HttpRequest) -> int:
    """The stated length of the body; a body without one is not read."""
    given = request.META.get('CONTENT_LENGTH') or ''
    if given.isascii() and given.isdigit():
        return int(given)
    if given or request.META.get('HTTP_TRANSFER_ENCODING'):
        raise Refused(411, 'length_required')
    return 0


def record(request: HttpRequest) -> Any:
    """The JSON of the body; every way of being ambiguous is an error."""
    if request.content_type != 'application/json':
        raise Refused(415, 'unsupported_media_type', 'application/json')
    if length(request) > MOST_JSON:
        raise Refused(413, 'too_large', f'{MOST_JSON} bytes')
    try:
        return json.loads(
            _read(request, MOST_JSON).decode('utf-8'),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_number,
        )
    except (ValueError, RecursionError) as error:
        raise Refused(400, 'malformed_json', str(error)[:200]) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError('a key occurs twice in one object')
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f'{name} is no JSON number')


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError('a number is too large')
    return value


def file(request: HttpRequest) -> bytes:
    """The bytes of a piece of evidence: the body itself, or the one file of a form."""
    size = length(request)
    if request.content_type == 'multipart/form-data':
        if size > MOST_BYTES + MOST_FRAME:
            raise Refused(413, 'too_large', f'{MOST_BYTES} bytes')
        return _file(request)
    if request.content_type not in FILES:
        raise Refused(415, 'unsupported_media_type', ', '.join([*FILES, 'multipart/form-data']))
    if size > MOST_BYTES:
        raise Refused(413, 'too_large', f'{MOST_BYTES} bytes')
    return _read(request, MOST_BYTES)


def _file(request: HttpRequest) -> bytes:
    try:
        files = [f for name in request.FILES for f in request.FILES.getlist(name)]
    except (MultiPartParserError, SuspiciousOperation, BadRequest) as error:
        raise Refused(400, 'malformed', str(error)[:200]) from error
    if len(files) != 1 or not isinstance(files[0], UploadedFile):
        raise Refused(400, 'malformed', 'send exactly one file')
    if (files[0].size or 0) > MOST_BYTES:
        raise Refused(413, 'too_large', f'{MOST_BYTES} bytes')
    return bytes(files[0].read())


def _read(request: HttpRequest, most: int) -> bytes:
    """The body in pieces; what is longer than it may be is not read to its end."""
    pieces: list[bytes] = []
    total = 0
    while piece := request.read(_CHUNK):
        total += len(piece)
        if total > most:
            raise Refused(413, 'too_large', f'{most} bytes')
        pieces.append(piece)
    return b''.join(pieces)
