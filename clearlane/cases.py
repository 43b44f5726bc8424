"""Between the rows and the rules: the rows of a declaration become a case, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from clearlane import connections, drawdowns, judged, library, registered, replay, series, watches
from clearlane.admission import Rejected, problem
from clearlane.library import Entry, Library
from clearlane.model import Answer, Evidence, Party, Reading, Reuse, Text
from clearlane.sampling.contract import Plan
from clearlane.scenario import Case, Scenario, no_photographs, nothing, scenarios
from clearlane.store import models as rows
from clearlane.store.start import blobs

Place = tuple[str, str]
"""(library, key)."""

_KEY = re.compile(r'[\w.\-/#()]{1,80}')
_WORD = re.compile(r'[a-z0-9_]{0,40}')


@dataclass(frozen=True)
class Label:
    """What a piece of evidence claims to show."""

    item: str
    view: str


def label(scenario: Scenario, row: rows.Declaration, kind: str, item: str, view: str) -> Label:
    """The claim on a piece of evidence, or Rejected when it names what was not declared."""
    if kind not in scenario.readers:
        raise Rejected([problem('kind', kind, 'kind', *_kinds(scenario))])
    items = scenario.items_of(kind, scenario.declares.model_validate(row.declared))
    if items and item not in items:
        raise Rejected([problem('item', item, 'item', *ITEM)])
    if not _WORD.fullmatch(view):
        raise Rejected([problem('view', view, 'view', *VIEW)])
    return Label(item, view)


def _kinds(scenario: Scenario) -> tuple[Text, Text]:
    kinds = ', '.join(scenario.readers)
    return KIND[0], KIND[1].of(kinds=kinds)


KIND = (
    Text('没有这种证据', 'there is no such kind of evidence'),
    Text('取值应为 {kinds}', 'send one of {kinds}'),
)
ITEM = (
    Text('申报中没有这一件', 'the declaration has no such item'),
    Text('请填写申报过的序列号', 'send a serial that was declared'),
)
VIEW = (
    Text('视角名称无效', 'this is no name of a view'),
    Text('请使用小写字母、数字和下划线', 'use lower-case letters, digits and underscores'),
)


def entry_key(key: str) -> str:
    """A key that can stand in a URL, or Rejected."""
    if not _KEY.fullmatch(key):
        raise Rejected([problem('key', key, 'key', *KEY)])
    return key


KEY = (
    Text('编号无效', 'this is no key of an entry'),
    Text('请使用字母、数字和 . - / # ( )', 'use letters, digits and . - / # ( )'),
)


def district(code: str) -> str:
    """Two figures of a customs district (直属海关), or nothing; else Rejected."""
    if code and not re.fullmatch(r'[0-9]{2}', code):
        raise Rejected([problem('district', code, 'district', *DISTRICT)])
    return code


DISTRICT = (
    Text('关区代码无效', 'this is no customs district'),
    Text('请填写关区代码的前两位数字', 'send the first two figures of the office code'),
)


def entry_subject(entry: rows.LibraryEntry) -> str:
    """How the audit log names a version of an entry."""
    return f'{entry.party_id}/{entry.library}/{entry.key}/{entry.version}'


def limits(law: Any) -> dict[str, float]:
    """The least score at which a reading of each kind counts, where the law has any."""
    return {kind: float(least) for kind, least in getattr(law, 'scores', {}).items()}


# --- libraries ----------------------------------------------------------------


def _places(scenario: Scenario, declared: Any) -> list[Place]:
    named = {*scenario.refers(declared)}
    return sorted(named | {(d.library, d.key) for d in scenario.draws(declared)})


def _libraries(
    scenario: Scenario, row: rows.Declaration, declared: Any, balances: Mapping[Place, Any]
) -> dict[str, Library]:
    found: dict[str, list[Entry]] = {name: [] for name in scenario.libraries}
    for name, key in _places(scenario, declared):
        for version in rows.LibraryEntry.objects.filter(
            scenario=scenario.name, party=row.party_id, library=name, key=key
        ):
            found[name].append(_entry(scenario, version, balances.get((name, key))))
    return {name: library.as_of(versions, row.day) for name, versions in found.items()}


def named_entries(scenario: Scenario, row: rows.Declaration, declared: Any) -> dict[str, Library]:
    """The entries that a declaration names, as of its day; without what is left of them."""
    return _libraries(scenario, row, declared, {})


def _entry(scenario: Scenario, version: rows.LibraryEntry, balance: Any) -> Entry:
    return Entry(
        key=version.key,
        version=version.version,
        state=version.state,
        data=scenario.libraries[version.library].model_validate(version.data),
        since=version.since,
        until=version.until,
        remaining=None if balance is None else balance.quantity - balance.drawn,
    )


def open_balance(scenario: Scenario, entry: rows.LibraryEntry) -> None:
    """Give an entry whose record has a `quantity` a balance to draw from."""
    record = scenario.libraries[entry.library].model_validate(entry.data)
    quantity = getattr(record, 'quantity', None)
    if quantity is not None:
        _enough(entry, quantity)
        rows.Balance.objects.update_or_create(
            scenario=entry.scenario,
            party_id=entry.party_id,
            library=entry.library,
            key=entry.key,
            defaults={'quantity': quantity},
        )


def _enough(entry: rows.LibraryEntry, quantity: int) -> None:
    """Refuse a version that has less than was drawn from the entry already."""
    place = {'scenario': entry.scenario, 'library': entry.library, 'key': entry.key}
    drawn = rows.Balance.objects.filter(**place, party=entry.party_id, drawn__gt=quantity)
    if (kept := drawn.first()) is not None:
        words = LESS.of(drawn=kept.drawn)
        raise Rejected([problem('quantity', quantity, 'less_than_drawn', words, CORRECT)])


LESS = Text('已使用 {drawn}，数量不得更少', '{drawn} have been drawn already, it cannot be less')
CORRECT = Text('请更正数量后重新提交', 'correct the quantity and submit it again')


def _balances(scenario: Scenario, row: rows.Declaration) -> Any:
    return rows.Balance.objects.filter(scenario=scenario.name, party=row.party_id)


def _of_places(found: Any, scenario: Scenario, declared: Any) -> dict[Place, Any]:
    places = set(_places(scenario, declared))
    chosen = [b for b in found if (b.library, b.key) in places]
    return {(b.library, b.key): b for b in chosen}


def lock_balances(scenario: Scenario, row: rows.Declaration) -> dict[Place, Any]:
    """The balances that this declaration draws from, locked until the transaction ends.

    They are locked in the order of their primary keys, so that two declarations
    cannot wait for each other.
    """
    declared = scenario.declares.model_validate(row.declared)
    keys = {key for _, key in _places(scenario, declared)}
    found = _balances(scenario, row).filter(key__in=keys).select_for_update().order_by('pk')
    return _of_places(found, scenario, declared)


def draw(
    scenario: Scenario,
    row: rows.Declaration,
    case: Case,
    balances: Mapping[Place, Any],
    by: str = drawdowns.MACHINE,
) -> None:
    """Take what a release takes from the locked balances; a second time takes nothing."""
    for wanted in scenario.draws(case.declared):
        balance = balances.get((wanted.library, wanted.key))
        left = case.libraries[wanted.library].entry(wanted.key)
        if balance is None or left is None or (left.remaining or 0) < wanted.amount:
            raise drawdowns.Overdrawn(
                f'{wanted.library} {wanted.key} has not enough left for {wanted.amount}'
            )
        drawdowns.take(balance, row, wanted.amount, by=by)


# --- cases --------------------------------------------------------------------


def at_the_door(scenario: Scenario, row: rows.Declaration) -> Case:
    """The case as it is when somebody declares: no evidence yet."""
    declared = scenario.declares.model_validate(row.declared)
    keys = {key for _, key in _places(scenario, declared)}
    balances = _of_places(_balances(scenario, row).filter(key__in=keys), scenario, declared)
    return _case(scenario, row, declared, balances, ())


def case(scenario: Scenario, row: rows.Declaration, balances: Mapping[Place, Any]) -> Case:
    """The case with all its evidence; what this declaration drew already counts as its own.

    The rows of its sampling plan are locked until the transaction ends.
    """
    declared = scenario.declares.model_validate(row.declared)
    made = _case(scenario, row, declared, balances, _evidence(scenario, row, declared))
    made = replace(made, watched=watches.seen(scenario, row))
    made = replace(made, plan=_plan(scenario, row))
    if scenario.links is nothing:
        return made
    return replace(made, network=connections.around(scenario, row, made))


def _plan(scenario: Scenario, row: rows.Declaration) -> Plan | None:
    """The sampling plan, or None; where the law has one, a case without it is not released."""
    try:
        return series.plan(scenario, row)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
        return None


def _case(
    scenario: Scenario,
    row: rows.Declaration,
    declared: Any,
    balances: Mapping[Place, Any],
    evidence: Sequence[Evidence],
) -> Case:
    libraries = _libraries(scenario, row, declared, _given_back(row, balances))
    return Case(
        declared=declared,
        party=Party(id=row.party.id, name=row.party.name, credit=series.credit(row.party, row.day)),
        day=row.day,
        law=scenario.parameters.on(row.day),
        evidence=tuple(evidence),
        libraries=libraries,
        answers=_answers(row, libraries),
        lot=Decimal(row.lot),
        past=judged.past(row),
        rules=judged.active(scenario.name),
    )


def _answers(row: rows.Declaration, libraries: Mapping[str, Library]) -> tuple[Answer, ...]:
    """What officers said of this declaration, and of the versions of entries that it rests on."""
    given = list(rows.Answer.objects.filter(declaration=row.pk).order_by('pk')) if row.pk else []
    standing = rows.Answer.objects.filter(entry__scenario=row.scenario, entry__party=row.party_id)
    for name, entries in libraries.items():
        for entry in entries.entries.values():
            given += (
                standing.filter(
                    entry__library=name, entry__key=entry.key, entry__version=entry.version
                )
                .select_related('entry')
                .order_by('pk')
            )
    return tuple(
        Answer(
            question=a.question,
            reply=a.reply,
            note=a.note,
            by=a.by,
            day=a.day,
            about=f'{a.entry.library}/{a.entry.key}' if a.entry is not None else '',
            amount=a.amount,
        )
        for a in given
    )


@dataclass(frozen=True)
class _Seen:
    quantity: int
    drawn: int


def _given_back(row: rows.Declaration, balances: Mapping[Place, Any]) -> dict[Place, _Seen]:
    """Balances as if this declaration had not drawn, so that concluding again changes nothing."""
    own = dict(rows.Drawdown.objects.filter(declaration=row.pk).values_list('balance_id', 'amount'))
    return {p: _Seen(b.quantity, b.drawn - own.get(b.pk, 0)) for p, b in balances.items()}


def _pieces(row: rows.Declaration) -> Any:
    return row.evidence.order_by('pk')


def _counted(scenario: Scenario, row: rows.Declaration, declared: Any) -> list[rows.Evidence]:
    """The evidence of what is declared: an item that was corrected away has none."""
    pieces = list(_pieces(row))
    known = {kind: set(scenario.items_of(kind, declared)) for kind in {p.kind for p in pieces}}
    return [p for p in pieces if not known[p.kind] or p.item in known[p.kind]]


def _read(scenario: Scenario, row: rows.Declaration) -> dict[tuple[str, str], Any]:
    """What was read, by bytes and kind of evidence; only by the recognisers in use."""
    found: dict[tuple[str, str], Any] = {}
    hashes = [piece.sha256 for piece in _pieces(row)]
    for kind, reader in scenario.readers.items():
        for r in rows.Reading.objects.filter(
            sha256__in=hashes, recogniser=reader.name, digest=reader.digest
        ):
            found[r.sha256, kind] = r
    return found


def all_read(scenario: Scenario, row: rows.Declaration) -> bool:
    """Whether every piece of evidence has been read and compared."""
    read = _read(scenario, row)
    compared = set(
        rows.Comparison.objects.filter(evidence__declaration=row).values_list('pk', flat=True)
    )
    pieces = list(_pieces(row))
    if not all((p.sha256, p.kind) in read and p.pk in compared for p in pieces):
        return False
    return None not in _beside(scenario, row, pieces).values()


def compare(scenario: Scenario, piece: rows.Evidence) -> None:
    """Compare a piece of evidence with the registered photograph of its view, if there is one."""
    if scenario.registered is not no_photographs:
        case_ = at_the_door(scenario, piece.declaration)
        registered.compare(scenario, case_, piece, blobs())


def _beside(
    scenario: Scenario, row: rows.Declaration, pieces: list[rows.Evidence]
) -> dict[int, rows.Reading | None]:
    """The comparisons with registered photographs, of a scenario that has such."""
    if scenario.registered is no_photographs:
        return {}
    return registered.wanted(scenario, at_the_door(scenario, row), pieces)


def unread() -> list[int]:
    """Evidence of unfinished declarations that today's recognisers have not read or compared."""
    missing: list[int] = []
    open_ = rows.Declaration.objects.exclude(status__in=['done', 'withdrawn'])
    for row in open_.filter(forgotten__isnull=True).select_related(None):
        scenario = scenarios().get(row.scenario)
        if scenario is not None and not all_read(scenario, row):
            missing += [piece.pk for piece in _pieces(row)]
    return missing


def _evidence(scenario: Scenario, row: rows.Declaration, declared: Any) -> list[Evidence]:
    read = _read(scenario, row)
    reused = _reused(row)
    failed = dict(
        rows.Comparison.objects.filter(evidence__declaration=row)
        .exclude(error='')
        .values_list('pk', 'error')
    )
    pieces = _counted(scenario, row, declared)
    beside = _beside(scenario, row, pieces)
    return [
        Evidence(
            sha256=p.sha256,
            kind=p.kind,
            item=p.item,
            view=p.view,
            width=p.width,
            height=p.height,
            readings=tuple(_said(read[p.sha256, p.kind], beside.get(p.pk))),
            reused=tuple(reused.get(p.pk, ())),
            error=read[p.sha256, p.kind].error or failed.get(p.pk, '') or _broken(beside.get(p.pk)),
        )
        for p in pieces
    ]


def _said(*made: rows.Reading | None) -> list[Reading]:
    return [replay.reading(one) for row in made if row is not None for one in row.readings]


def _broken(made: rows.Reading | None) -> str:
    return '' if made is None else made.error


def _reused(row: rows.Declaration) -> dict[int, list[Reuse]]:
    found: dict[int, list[Reuse]] = {}
    query = rows.Reuse.objects.filter(evidence__declaration=row)
    for r in query.select_related('earlier__declaration').order_by('earlier_id'):
        reuse = Reuse(
            sha256=r.earlier.sha256,
            declaration=r.earlier.declaration.no,
            item=r.earlier.item,
            likeness=r.likeness,
        )
        found.setdefault(r.evidence_id, []).append(reuse)
    return found


def index(decision: rows.Decision, form: Mapping[str, Any]) -> None:
    """Note which version of which entry a decision was made from; a second time adds nothing."""
    row = decision.declaration
    for name, entries in form['libraries'].items():
        for key, entry in entries.items():
            version = rows.LibraryEntry.objects.filter(
                scenario=row.scenario,
                party=row.party_id,
                library=name,
                key=key,
                version=entry['version'],
            ).first()
            if version is not None:
                rows.Reliance.objects.get_or_create(decision=decision, entry=version)


def form_of(decision: rows.Decision) -> dict[str, Any]:
    """The case that a stored decision was made from."""
    form: dict[str, Any] = json.loads(blobs().get(decision.inputs))
    return form
