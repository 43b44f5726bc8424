"""A report of declarations as one file: outcome, findings with their crops, times, papers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from clearlane import papers
from clearlane.flow import scenario_named
from clearlane.model import Text
from clearlane.recognisers.derived import cropped
from clearlane.store import models as rows
from clearlane.store.start import blobs

MOST_CROPS = 6
"""A reason shows so many places; the page of the declaration shows all."""

RESULTS = {
    'pass': ('✓', '相符', 'Match'),
    'fail': ('✕', '不符', 'Mismatch'),
    'doubt': ('?', '存疑', 'Doubtful'),
}
OUTCOMES = {
    'release': Text('放行', 'Release'),
    'review': Text('单证审核', 'Documentary review'),
    'remote': Text('远程查检', 'Remote inspection'),
    'inspect': Text('现场查验', 'On-site inspection'),
    'refuse': Text('拒绝', 'Refused'),
}

STYLE = (Path(__file__).parent / 'report.css').read_text(encoding='utf-8')


def write(folder: Path, numbers: Sequence[str]) -> Path:
    """Write `report.html` and the papers of these declarations into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    sections = []
    for row in rows.Declaration.objects.filter(no__in=numbers).order_by('pk'):
        papers = list(_papers(folder, row))
        sections.append('\n'.join(_section(row, papers)))
    file = folder / 'report.html'
    body = '\n'.join(sections)
    file.write_text(
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>Clearlane 畅关</title><style>{STYLE}</style>'
        f'<header>畅关 Clearlane</header><main>{body}</main></html>\n',
        encoding='utf-8',
    )
    return file


def _papers(folder: Path, row: rows.Declaration) -> Iterator[str]:
    paper = papers.latest(row)
    if paper is None:
        return
    for language, sha256 in paper.documents.items():
        name = f'{paper.no}-{language}.pdf'
        (folder / name).write_bytes(blobs().get(sha256))
        yield name


def _section(row: rows.Declaration, files: Sequence[str]) -> Iterator[str]:
    decision = row.decisions.latest('number')
    result = json.loads(decision.result)
    scenario = scenario_named(row.scenario)
    title = scenario.headline(scenario.declares.model_validate(row.declared))
    outcome = OUTCOMES[decision.outcome]
    yield f'<section><h2>{escape(row.no)} · {_both(title)} '
    yield f'<span class="tag {decision.outcome}">{_both(outcome)}</span></h2>'
    yield '<ul>' + ''.join(f'<li>{_both(text(r))}</li>' for r in result['reasons']) + '</ul>'
    yield from (f'<p><a href="{escape(name)}">{escape(name)}</a></p>' for name in files)
    found = sorted(result['findings'], key=lambda f: f['result'] == 'pass')
    yield '<details open><summary>检查 / checks</summary><ul>'
    yield from (_finding(f) for f in found)
    yield f'</ul></details><p class="mut">inputs SHA-256 {decision.inputs}</p></section>'


def _finding(finding: dict[str, Any]) -> str:
    symbol, zh, en = RESULTS[finding['result']]
    crops = '' if finding['result'] == 'pass' else ''.join(_crops(finding['crops']))
    return (
        f'<li><span class="tag {finding["result"]}">{symbol} {zh} {en}</span> '
        f'{_both(text(finding["reason"]))} <span class="mut">{escape(finding["clause"])}</span>'
        f'<div class="crops">{crops}</div></li>'
    )


def _crops(crops: Sequence[dict[str, Any]]) -> Iterator[str]:
    for crop in [c for c in crops if c['evidence']][:MOST_CROPS]:
        box = [(int(x), int(y)) for x, y in crop['box']]
        picture = base64.b64encode(cropped(blobs().get(crop['evidence']), box)).decode()
        words = escape(f'{crop["item"]} {crop["note"]}')
        yield (
            f'<figure><img alt="{words}" src="data:image/jpeg;base64,{picture}">'
            f'<figcaption>{words}</figcaption></figure>'
        )


def _both(words: Text) -> str:
    return f'{escape(words.say("zh"))} <span class="mut" lang="en">{escape(words.say("en"))}</span>'


def text(form: Any) -> Text:
    """A Text from its written form."""
    values = {k: text(v) if isinstance(v, dict) else v for k, v in form['values'].items()}
    return Text(form['zh'], form['en'], values)
