"""Photographs on their way in: admitted, read, and compared with earlier ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash

from clearlane import replay
from clearlane.admission import Rejected, problem
from clearlane.model import Reading, Text, digest, plain
from clearlane.recognisers import fingerprint, picture, quality, same_photo
from clearlane.recognisers.reader import Unreadable
from clearlane.scenario import Reader, Scenario
from clearlane.store import models as rows
from clearlane.store.blobs import Blobs

MOST_BYTES = 32 * 1024 * 1024
"""A photograph of 40 megapixels stays below this; more is no photograph of a package."""


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A photograph that may be kept: its digests and its size as the upright picture."""

    sha256: str
    sm3: str
    size: int
    media_type: str
    width: int
    height: int
    fingerprint: bytes
    taken_at: str


def admit(data: bytes) -> Admitted:
    """Look at what was sent; Rejected unless it is a photograph that can be read."""
    if len(data) > MOST_BYTES:
        raise Rejected([problem('photograph', f'{len(data)} bytes', 'too_many_bytes', *TOO_BIG)])
    try:
        header = picture.header(data)
        mark = fingerprint.fingerprint(data)
    except Unreadable as error:
        raise Rejected([problem('photograph', None, error.code, *_told(error))]) from error
    return Admitted(
        sha256=digest(data),
        sm3=sm3(data),
        size=len(data),
        media_type=header.media_type,
        width=header.width,
        height=header.height,
        fingerprint=mark.hash,
        taken_at='' if header.taken_at is None else header.taken_at.isoformat(),
    )


TOO_BIG = (
    Text('照片超过 32 MB', 'the photograph has more than 32 MB'),
    Text('请使用 4000 万像素以内的 JPEG 照片', 'send a JPEG of at most 40 megapixels'),
)


def _told(error: Unreadable) -> tuple[Text, Text]:
    return (
        Text('无法作为照片读取：{why}', 'this cannot be read as a photograph: {why}').of(
            why=error.message
        ),
        Text('请重新拍摄并上传原始 JPEG 照片', 'take it again and send the JPEG of the camera'),
    )


def sm3(data: bytes) -> str:
    """The digest of the national standard GB/T 32905, as a second name of the bytes."""
    total = Hash(SM3())
    total.update(data)
    return total.finalize().hex()


def advice(data: bytes, law: Any = None) -> list[dict[str, Any]]:
    """Why a photograph should be taken again, each with a code and what to do; for its sender.

    The limits are those of `photograph_quality` in the law of the scenario, where it has
    any. Advice is never a ground for a decision: what can be read is read.
    """
    limits = quality.Limits.of(getattr(law, 'photograph_quality', {}))
    return _advised(quality.gate(data, limits))


def _advised(found: Iterable[Reading]) -> list[dict[str, Any]]:
    return [{'code': one.value, 'zh': one.details['zh'], 'en': one.details['en']} for one in found]


def afterwards(
    scenario: Scenario, pieces: Sequence[rows.Evidence], law: Any
) -> dict[int, list[dict[str, Any]]]:
    """Why photographs should be taken again by what was read of them; by their primary key.

    Cut off, another face than `photograph_faces` of the law names for its view, print too
    small. A photograph that has not been read yet is not among them.
    """
    limits = quality.Limits.of(getattr(law, 'photograph_quality', {}))
    faces: Mapping[str, Sequence[str]] = getattr(law, 'photograph_faces', {})
    seen = _seen(scenario, pieces)
    told = {}
    for piece in pieces:
        if piece.pk not in seen or not piece.media_type.startswith('image/'):
            continue
        wanted = faces.get(piece.view, ())
        others = {kind for kinds in faces.values() for kind in kinds} - set(wanted)
        told[piece.pk] = _advised(
            quality.after(
                seen[piece.pk], (piece.width, piece.height), limits=limits,
                wanted=wanted, elsewhere=sorted(others),
            )
        )  # fmt: skip
    return told


def _seen(scenario: Scenario, pieces: Sequence[rows.Evidence]) -> dict[int, list[Reading]]:
    """What today's recognisers read of each piece, where they have."""
    found: dict[int, list[Reading]] = {}
    for kind, reader in scenario.readers.items():
        own = {piece.pk: piece.sha256 for piece in pieces if piece.kind == kind}
        read = rows.Reading.objects.filter(
            sha256__in=set(own.values()), recogniser=reader.name, digest=reader.digest, error=''
        )
        made = {one.sha256: [replay.reading(form) for form in one.readings] for one in read}
        found |= {pk: made[sha256] for pk, sha256 in own.items() if sha256 in made}
    return found


def read(reader: Reader, store: Blobs, sha256: str) -> dict[str, Any]:
    """The columns of what a recogniser saw; what breaks in it becomes its error."""
    started = time.perf_counter()
    readings: list[Any] = []
    error = ''
    try:
        readings = plain(reader.read(store.get(sha256)).readings)
    except Exception as broken:  # noqa: BLE001 - a recogniser that breaks is a doubt
        error = f'{type(broken).__name__}: {broken}'[:300]
    return {'readings': readings, 'error': error, 'seconds': time.perf_counter() - started}


@dataclass(frozen=True)
class Repeats:
    """Pairs (earlier, later, likeness) by primary key, out of `against` comparisons."""

    pairs: tuple[tuple[int, int, float], ...]
    against: int
    error: str = ''


def others(piece: rows.Evidence) -> Sequence[tuple[int, str, bytes]]:
    """(key, sha256, fingerprint) of all other photographs of the same party."""
    found = rows.Evidence.objects.filter(
        declaration__party=piece.declaration.party_id, kind=piece.kind
    ).exclude(pk=piece.pk)
    return [
        (pk, sha256, bytes(mark))
        for pk, sha256, mark in found.values_list('pk', 'sha256', 'fingerprint')
    ]


def same(piece: rows.Evidence, known: Sequence[tuple[int, str, bytes]], store: Blobs) -> Repeats:
    """Which of the other photographs show the same moment as this one, wholly or in part."""
    try:
        found = list(_alike(piece, known, store))
    except Exception as broken:  # noqa: BLE001 - what cannot be compared is a doubt
        return Repeats((), len(known), f'{type(broken).__name__}: {broken}'[:300])
    pairs = tuple((min(pk, piece.pk), max(pk, piece.pk), score) for pk, score in found)
    return Repeats(pairs, len(known))


def _alike(
    piece: rows.Evidence, known: Sequence[tuple[int, str, bytes]], store: Blobs
) -> Iterator[tuple[int, float]]:
    """The same bytes are the same at once; what looks alike is compared pixel by pixel."""
    yield from ((pk, 1.0) for pk, sha256, _ in known if sha256 == piece.sha256)
    rest = [other for other in known if other[1] != piece.sha256 and other[2]]
    if not rest or not piece.fingerprint:
        return  # what is no picture repeats another only byte for byte
    data = store.get(piece.sha256)
    query = fingerprint.fingerprint(data)
    for near in fingerprint.candidates(query, [mark for _, _, mark in rest]):
        pk, sha256, _ = rest[near.index]
        score = same_photo.likeness(data, store.get(sha256))
        if score >= same_photo.ALTERED:
            yield pk, round(score, 4)
