"""Papers: a scenario's typst template and the fields of a release become a PDF.

The same fields give the same bytes: no clock and no random number goes in.
"""

from __future__ import annotations

import io
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
import typst

from clearlane import drawdowns
from clearlane.model import Certificate, plain
from clearlane.scenario import Scenario
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.store.start import blobs

LANGUAGES = ('zh', 'en')
OURS = Path(__file__).parent / 'templates'
"""Papers that look the same in every scenario which has none of its own."""


class NoFont(RuntimeError):
    """The font that the papers are set in is not installed."""


def issue(
    scenario: Scenario, row: rows.Declaration, paper: Certificate, at: datetime
) -> rows.Certificate:
    """Issue the paper of a declaration; where it has a live one already, that one is valid again.

    What was declared may have been corrected since: then another paper takes its place.
    """
    kept = live(row)
    if kept is None:
        return _print(scenario, row, paper, at)
    said = {**plain(paper.fields), 'no': kept.no, 'valid_until': paper.valid_until.isoformat()}
    if kept.fields == {**kept.fields, **said}:
        kept.state = 'valid'
        kept.save(update_fields=['state'])
        return kept
    return replace(scenario, row, kept, paper, at, by='machine', reason=CORRECTED)


CORRECTED = '申报内容已更正 / what was declared has been corrected'


def replace(
    scenario: Scenario,
    row: rows.Declaration,
    old: rows.Certificate,
    paper: Certificate,
    at: datetime,
    *,
    by: str,
    reason: str,
) -> rows.Certificate:
    """Issue another paper in the place of one, which stays and says why."""
    end(old, 'replaced', by, reason, at)
    return _print(scenario, row, paper, at, replaces=old)


def end(paper: rows.Certificate, state: str, by: str, reason: str, at: datetime) -> None:
    """A paper does not count any more: who ended it, when and why."""
    paper.state, paper.ended_by, paper.ended_at, paper.reason = state, by, at, reason
    paper.save(update_fields=['state', 'ended_by', 'ended_at', 'reason'])


def live(row: rows.Declaration) -> rows.Certificate | None:
    """The paper of a declaration that is valid or suspended."""
    return rows.Certificate.objects.filter(
        declaration=row, state__in=['valid', 'suspended']
    ).first()


def latest(row: rows.Declaration) -> rows.Certificate | None:
    """The last paper of a declaration, whatever became of it."""
    return rows.Certificate.objects.filter(declaration=row).order_by('-pk').first()


def _print(
    scenario: Scenario,
    row: rows.Declaration,
    paper: Certificate,
    at: datetime,
    replaces: rows.Certificate | None = None,
) -> rows.Certificate:
    count = rows.Certificate.objects.filter(declaration=row).count()
    no = f'{row.no}-{paper.kind[:1].upper()}{count + 1 if count else ""}'
    fields = {**plain(paper.fields), 'no': no, 'valid_until': paper.valid_until.isoformat()}
    fields['draws'] = drawdowns.of(row)
    if replaces is not None:
        fields['replaces'] = replaces.no
    return rows.Certificate.objects.create(
        declaration=row,
        no=no,
        kind=paper.kind,
        valid_until=paper.valid_until,
        fields=fields,
        documents={
            lang: blobs().put(pdf(scenario, paper.kind, fields, lang)) for lang in LANGUAGES
        },
        issued_at=at,
        replaces=replaces,
    )


def pdf(scenario: Scenario, kind: str, fields: dict[str, Any], language: str) -> bytes:
    """The PDF of a paper in one language, with a QR code that leads to its page."""
    url = f'{settings().url}/verify/{fields["no"]}'
    template = scenario.home / 'templates' / f'{kind}.typ'
    if not template.exists():
        template = OURS / f'{kind}.typ'
    return compiled(template, fields, language, url)


def visit_record(fields: dict[str, Any], language: str) -> bytes:
    """The record of a periodic visit as a PDF, with a QR code that leads to the visit."""
    url = f'{settings().url}/visits/{fields["visit"]}'
    return compiled(Path(__file__).parent / 'visit_record.typ', fields, language, url)


def compiled(template: Path, fields: dict[str, Any], language: str, url: str) -> bytes:
    """A typst template set with its fields, which it finds as JSON in `data`."""
    data = {**fields, 'language': language, 'url': url}
    made: bytes = typst.compile(
        template,
        format='pdf',
        font_paths=[fonts()],
        ignore_system_fonts=True,
        sys_inputs={'data': json.dumps(data, ensure_ascii=False), 'qr': _qr(url)},
    )
    return made


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error='m').save(out, kind='svg', border=0)
    return out.getvalue().decode()


def fonts() -> Path:
    """Where the font of the papers lies; NoFont says how to get it."""
    root = Path(os.environ.get('CLEARLANE_NODE_MODULES', _root() / 'node_modules'))
    found = root / '@expo-google-fonts' / 'noto-sans-sc'
    if not found.is_dir():
        raise NoFont(f'the font Noto Sans SC is not in {found}; run: make setup')
    return found


def _root() -> Path:
    return Path(__file__).parent.parent
