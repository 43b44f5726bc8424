"""The main job, run on this machine: three batches of 20 boxes, from photographs to decisions.

The photographs are synthetic. Everything else is what runs in production: the same
verbs, workers, database, evidence store, rules and papers.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from clearlane import enterprises, feeds, flow, people, questions, registry, report
from clearlane.access import Actor
from clearlane.model import Text
from clearlane.processes import Children, clearlane
from clearlane.sample.package import Package, numbered
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot
from clearlane.settings import settings
from clearlane.store import models as rows

PARTY = '91350200MA0EXAMPLK'
BOXES = 20
VIEWS = ('front', 'label')
SCENARIO = 'lithium_packaging'
ENTERPRISE = Actor(name='demo-exporter', role='exporter', party=PARTY)
OFFICER = Actor(name='demo-officer', role='officer')
USERS = (('demo-exporter', 'exporter'), ('demo-officer', 'officer'), ('demo-auditor', 'auditor'))
NO_DRAW = Decimal('0.99999')
"""The demo has to show the same outcome each time, so its lots are set above every share."""

_log = Console(stderr=True)


@dataclass
class Run:
    """One batch of the demo and what became of it."""

    name: str
    title: Text
    declared: dict[str, Any]
    photos: list[tuple[str, str, bytes]] = field(default_factory=list)
    no: str = ''
    seconds: dict[str, float] = field(default_factory=dict)


def demo(*, as_json: bool) -> None:
    """Run the three batches, print what came out, and write certificate and report."""
    passwords = _people()
    number = rows.Declaration.objects.filter(party=PARTY).count() // 3 + 1
    with Children([clearlane('work')]) as workers, _progress() as progress:
        runs = _runs(number, progress)
        for run in runs:
            _go(run, progress, workers)
    folder = settings().home / 'demo' / f'{number:03d}'
    report.write(folder, [run.no for run in runs])
    answers = [_answer(run) for run in runs]
    if as_json:
        for answer in answers:
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + '\n')
    else:
        _show(runs, answers)
    _farewell(folder, passwords)


# --- what is declared ---------------------------------------------------------


def _people() -> dict[str, str]:
    """The seeded people; the passwords of those that are new."""
    people.party(PARTY, '鹭江示例电池有限公司', 'certified')
    known = set(rows.User.objects.values_list('username', flat=True))
    return {
        name: people.user(name, role, PARTY if role == 'exporter' else '')
        for name, role in USERS
        if name not in known
    }


def _runs(number: int, progress: Progress) -> list[Run]:
    day = flow.today()
    mark = f'4G/Y25/S/{day:%y}/CN/C370009'
    good = _package(number, f'{mark} PI:0225', 1)
    other = _package(number, f'{mark} PI:0525', 101)
    libraries(number, mark, day)
    first, second = _photographed(good, number, progress), _photographed(other, number, progress)
    return [
        Run('good', GOOD, declared(number, 'A', good, day), first),
        Run('wrong_batch', WRONG, declared(number, 'B', other, day), second),
        Run('replayed', REPLAYED, declared(number, 'C', good, day), _again(first)),
    ]


GOOD = Text('合格批', 'a good batch')
WRONG = Text('箱上批号 0525，性能单为 0225', 'boxes say 0525, the performance sheet 0225')
REPLAYED = Text('重复使用上一批的照片', 'photographs of an earlier batch')


def _package(number: int, mark: str, first: int) -> Package:
    serial = f'XM{flow.today():%y%m%d}{number:03d}-{first:04d}'
    batch = mark.partition('PI:')[2]
    return Package(mark=mark, serial=serial, batch=batch, design='D-01')


def libraries(number: int, mark: str, day: date) -> None:
    """Register the design and this run's performance sheet; an officer qualifies both."""
    design = {
        'name': '4G 纸箱 500×400×600 mm',
        'mark': mark,
        'un_numbers': ['UN3480'],
        'views': [
            {'view': 'front', 'shows': ['un_mark', 'un_number', 'serial', 'closure']},
            {'view': 'label', 'shows': ['hazard_label', 'serial']},
        ],
        'closing_instruction': '一字型封箱胶带，宽 60 mm，两端各下折 70 mm',
        'inner_packaging': '泡棉隔层，每格一只电池组',
    }
    # The mark shows the year in which the packaging was made.
    new_year = day.replace(month=1, day=1)
    sheet = {
        'mark': f'{mark} PI:0225',
        'applicant': '示例纸箱有限公司',
        'packaging': '瓦楞纸箱 500×400×600 mm',
        'quantity': 100,
        'production_day': max(day - timedelta(days=40), new_year).isoformat(),
        'issued': max(day - timedelta(days=30), new_year).isoformat(),
        'valid_until': (day + timedelta(days=330)).isoformat(),
        'basis': 'SN/T 0370.2-2021',
    }
    for library, key, payload in (
        ('designs', 'D-01', design),
        ('performance_sheets', f'XN-DEMO-{number:03d}', sheet),
        ('test_summaries', f'UN-{number:03d}', _test_summary(day)),
        ('hazard_reports', f'HA-{number:03d}', _hazard_report(day)),
    ):
        entry = registry.register(ENTERPRISE, SCENARIO, library, key, payload)
        if entry.state == 'submitted':
            registry.qualify(OFFICER, entry.pk, day)
            confirmed(entry)
    admitted()


def _test_summary(day: date) -> dict[str, Any]:
    return {
        'manufacturer': '厦门示例电池有限公司',
        'laboratory': '示例检测实验室',
        'report_no': 'R-38.3-01',
        'issued': (day - timedelta(days=100)).isoformat(),
        'product': 'EC-100',
        'chemistry': 'lithium_ion',
        'tests': [f'T.{n}' for n in range(1, 9)],
        'result': 'passed',
    }


def _hazard_report(day: date) -> dict[str, Any]:
    return {
        'applicant': '鹭江示例电池有限公司',
        'laboratory': '示例鉴定机构',
        'issued': (day - timedelta(days=90)).isoformat(),
        'goods': 'LITHIUM ION BATTERIES',
        'un_number': 'UN3480',
        'hazard_class': '9',
    }


def factory_sheet(batch: dict[str, Any]) -> dict[str, Any]:
    """What the plant's own inspector states about a batch; its system sends it."""
    same = ('batch_no', 'performance_sheet', 'boxes', 'gross_mass_kg', 'net_mass_kg')
    document = batch['documents'][0]
    sheet = {
        'no': document['no'],
        'issued': document['day'],
        **{name: batch[name] for name in same},
        'appearance': 'sound',
        'closure': 'as_instructed',
        'inspector': '林示例',
        'result': 'conforms',
    }
    feeds.receive(ENTERPRISE, SCENARIO, 'factory_sheets', [sheet])
    return batch


def confirmed(entry: rows.LibraryEntry) -> None:
    """An officer who saw the line answers for it what no photograph can."""
    asked = questions.of_entry(entry)
    given = [questions.Given(question=q.key, reply='yes', note='seen on site') for q in asked]
    if given:
        questions.confirm(OFFICER, entry.pk, given)


def admitted() -> None:
    """The line has a record: it need not qualify again in front of whoever watches the demo."""
    plant, line = '厦门示例工厂', 'L4'
    why = '演示：沿用试点期间的合格记录 / demo: the record of the pilot is taken over'
    place = {'scenario': SCENARIO, 'line__name': line, 'line__plant__party': PARTY}
    for one in rows.supervision.Admission.objects.filter(**place, state='suspended'):
        enterprises.readmit(OFFICER, one.pk, why)
    enterprises.recognise(OFFICER, SCENARIO, PARTY, plant, line, 'D-01', why)


def declared(
    number: int, letter: str, first: Package, day: date, count: int = BOXES
) -> dict[str, Any]:
    """What the enterprise declares about a batch, after its factory inspection sheet was sent."""
    boxes = [numbered(first, n) for n in range(count)]
    batch = {
        'batch_no': f'DEMO-{number:03d}-{letter}',
        'plant': '厦门示例工厂',
        'line': 'L4',
        'design': 'D-01',
        'performance_sheet': f'XN-DEMO-{number:03d}',
        'un_number': 'UN3480',
        'proper_shipping_name': 'LITHIUM ION BATTERIES',
        'packing_instruction': 'P903(1)',
        'boxes': count,
        'serials': [box.serial for box in boxes],
        'gross_mass_kg': '23.6',
        'net_mass_kg': '21.1',
        'production_day': (day - timedelta(days=3)).isoformat(),
        'packing_day': day.isoformat(),
        'transport_mode': 'sea',
        'destination': 'Germany',
        'documents': [
            {
                'kind': 'factory_inspection_sheet',
                'no': f'FA-{number:03d}{letter}',
                'day': day.isoformat(),
            },
            {
                'kind': 'un38_3_test_summary',
                'no': f'UN-{number:03d}',
                'day': (day - timedelta(days=100)).isoformat(),
            },
            {
                'kind': 'hazard_classification_report',
                'no': f'HA-{number:03d}',
                'day': (day - timedelta(days=90)).isoformat(),
            },
        ],
    }
    return factory_sheet(batch)


# --- photographs --------------------------------------------------------------


def _photographed(first: Package, number: int, progress: Progress) -> list[tuple[str, str, bytes]]:
    """Every view of every box, as the camera over the line takes it, on all cores."""
    at = datetime.now(UTC).replace(microsecond=0)
    boxes = [numbered(first, n) for n in range(BOXES) for _ in VIEWS]
    shots = [
        Shot(seed=number, view=view, at=at, hardness=0.15) for _ in range(BOXES) for view in VIEWS
    ]
    bar = progress.add_task(f'photographing {first.batch} (synthetic)', total=len(boxes))
    found = []
    with ProcessPoolExecutor(settings().workers, mp_context=get_context('spawn')) as pool:
        for photo in pool.map(photograph, boxes, shots):
            found.append((photo.serial, photo.view, photo.jpeg))
            progress.advance(bar)
    return found


def _again(photos: Sequence[tuple[str, str, bytes]]) -> list[tuple[str, str, bytes]]:
    """The same photographs once more: half of them byte for byte, half saved anew."""
    from clearlane.recognisers.derived import resaved

    return [
        (serial, view, data if n % 2 else resaved(data, quality=80))
        for n, (serial, view, data) in enumerate(photos)
    ]


# --- the road -----------------------------------------------------------------


def _go(run: Run, progress: Progress, workers: Children) -> None:
    """Lodge, attach, present, and wait for the workers to come to an end."""
    started = time.perf_counter()
    row = flow.lodge(ENTERPRISE, SCENARIO, run.declared, lot=NO_DRAW)
    run.no = row.no
    run.seconds['lodge'] = time.perf_counter() - started
    bar = progress.add_task(f'{row.no} {run.name}', total=2 * len(run.photos) + 1)
    for serial, view, data in run.photos:
        flow.attach(ENTERPRISE, row.no, data, item=serial, view=view)
        progress.advance(bar)
    run.seconds['attach'] = time.perf_counter() - started - run.seconds['lodge']
    flow.present(ENTERPRISE, row.no)
    for read in _waiting(row.pk, workers):
        progress.update(bar, completed=len(run.photos) + read)
    progress.update(bar, completed=2 * len(run.photos) + 1)
    run.seconds['total'] = time.perf_counter() - started
    run.seconds.update(_steps(row.no))


def _waiting(declaration: int, workers: Children) -> Iterator[int]:
    """How many photographs have been read, until the declaration is done."""
    while rows.Declaration.objects.values_list('status', flat=True).get(pk=declaration) != 'done':
        yield rows.Comparison.objects.filter(evidence__declaration=declaration).count()
        workers.keep_alive()
        time.sleep(0.2)


def _steps(no: str) -> dict[str, float]:
    """Seconds of the steps that the workers took, from the times in the log."""
    at = dict(
        rows.AuditEntry.objects.filter(subject=no).exclude(act='attach').values_list('act', 'at')
    )
    return {
        'read': (at['examined'] - at['present']).total_seconds(),
        'decide': (at['decided'] - at['examined']).total_seconds(),
        'carry out': (at['done'] - at['decided']).total_seconds(),
    }


# --- what came out ------------------------------------------------------------


def _answer(run: Run) -> dict[str, Any]:
    decision = rows.Decision.objects.filter(declaration__no=run.no).latest('number')
    result = json.loads(decision.result)
    reasons = [report.text(reason) for reason in result['reasons']]
    findings = [f for f in result['findings'] if f['result'] != 'pass']
    return {
        'batch': run.name,
        'declaration': run.no,
        'outcome': decision.outcome,
        'reasons': [{'zh': r.say('zh'), 'en': r.say('en')} for r in reasons],
        'findings': [{k: f[k] for k in ('check', 'result', 'clause', 'crops')} for f in findings],
        'seconds': round(run.seconds['total'], 2),
        'steps': {name: round(value, 3) for name, value in run.seconds.items() if name != 'total'},
        'pilot_minutes': 30,
    }


def _show(runs: Sequence[Run], answers: Sequence[dict[str, Any]]) -> None:
    table = Table(title='Clearlane 畅关 · 20 boxes a batch, synthetic photographs', show_lines=True)
    for name in ('batch', 'outcome', 'reasons', 'seconds', 'pilot'):
        table.add_column(name, overflow='fold')
    for run, answer in zip(runs, answers, strict=True):
        reasons = '\n'.join(f'{r["zh"]}\n{r["en"]}' for r in answer['reasons'][:3])
        steps = '\n'.join(f'{name} {value:.1f}' for name, value in answer['steps'].items())
        table.add_row(
            f'{run.no}\n{run.title.say("zh")}\n{run.title.say("en")}',
            answer['outcome'],
            reasons,
            f'{answer["seconds"]:.1f}\n{steps}',
            '30 min',
        )
    Console(width=max(120, Console().width)).print(table)


def _farewell(folder: Path, passwords: dict[str, str]) -> None:
    _log.print(f'report       {folder / "report.html"}')
    for paper in sorted(folder.glob('*.pdf')):
        _log.print(f'certificate  {paper}')
    if passwords:
        _log.print('people (passwords are shown this once):')
        for name, password in passwords.items():
            _log.print(f'  {name:<14} {password}', highlight=False)
    _log.print(f'look at it   clearlane serve, then {settings().url}')


def _progress() -> Progress:
    columns = (
        TextColumn('{task.description}'),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=_log, disable=not sys.stderr.isatty())
