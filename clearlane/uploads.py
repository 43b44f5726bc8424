"""Whatever is sent as evidence, on its way in: known by its content, admitted by its own rules.

What a file is called and what its sender says it is decide nothing. The reader of
its kind of evidence names the media that it takes (`media`); a reader that names
none takes pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clearlane import photographs
from clearlane.admission import Rejected, problem
from clearlane.model import Text, digest
from clearlane.photographs import Admitted
from clearlane.recognisers import pdf, records, spreadsheet
from clearlane.recognisers.reader import Unreadable
from clearlane.scenario import Reader

PICTURES = frozenset({'picture'})
MEDIA: Mapping[str, tuple[str, Text]] = {
    'picture': ('image/jpeg', Text('照片', 'a photograph (JPEG, PNG, WebP)')),
    'pdf': ('application/pdf', Text('PDF', 'a PDF')),
    'spreadsheet': (
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        Text('Excel 工作簿', 'an Excel workbook (.xlsx)'),
    ),
    'json': ('application/json', Text('JSON 数据', 'JSON data')),
    'csv': ('text/csv', Text('CSV 数据', 'CSV data')),
}
"""Name of a medium → its media type, and what people call it."""

_ADMIT: Mapping[str, Callable[[bytes], tuple[int, int]]] = {
    'pdf': pdf.admit,
    'spreadsheet': spreadsheet.admit,
    'json': records.admit_json,
    'csv': records.admit_csv,
}
"""Each returns the size of its picture in pixels, (0, 0) for what has none."""


def media_of(reader: Reader) -> frozenset[str]:
    """What a reader takes."""
    return getattr(reader, 'media', PICTURES)


def accepted(reader: Reader) -> str:
    """The media types that a reader takes, as a browser's file field wants them."""
    types = [MEDIA[name][0] for name in MEDIA if name in media_of(reader)]
    return ','.join(types).replace('image/jpeg', 'image/jpeg,image/png,image/webp')


def sniffed(data: bytes) -> str:
    """The medium by the content alone; '' for what is none that we know."""
    if data[:5] == b'%PDF-':
        return 'pdf'
    if data[:4] in (b'PK\x03\x04', b'\xd0\xcf\x11\xe0'):
        return 'spreadsheet'
    if data[:3] == b'\xff\xd8\xff' or data[:4] in (b'\x89PNG', b'RIFF'):
        return 'picture'
    start = data[:4096].removeprefix(b'\xef\xbb\xbf').lstrip()
    if start[:1] in (b'{', b'['):
        return 'json'
    line = start.partition(b'\n')[0]
    return 'csv' if b',' in line and b'\0' not in start and start[:1] != b'<' else ''


def admit(data: bytes, reader: Reader) -> Admitted:
    """Look at what was sent; Rejected unless its reader takes it and it is what it should be."""
    media = media_of(reader)
    medium = sniffed(data)
    if media == PICTURES or (medium == 'picture' and 'picture' in media):
        return photographs.admit(data)
    if medium not in media:
        raise Rejected([problem('file', None, 'unsupported_type', NO_MEDIUM, _send(media))])
    try:
        width, height = _ADMIT[medium](data)
    except Unreadable as error:
        why = Text('文件不予接收：{why}', 'the file is not accepted: {why}').of(why=error.message)
        raise Rejected([problem('file', None, error.code, why, _send(media))]) from error
    return _plain(data, medium, width, height)


def _plain(data: bytes, medium: str, width: int, height: int) -> Admitted:
    return Admitted(
        sha256=digest(data),
        sm3=photographs.sm3(data),
        size=len(data),
        media_type=MEDIA[medium][0],
        width=width,
        height=height,
        fingerprint=b'',
        taken_at='',
    )


NO_MEDIUM = Text('这种文件不能作为此类证据', 'a file of this kind is no such evidence')


def _send(media: frozenset[str]) -> Text:
    names = [words for name, (_, words) in MEDIA.items() if name in media]
    return Text(
        f'请上传{"、".join(n.zh for n in names)}，按原件导出，不含宏、密码或链接',
        f'send {", ".join(n.en for n in names)}, without macros, password or links',
    )
