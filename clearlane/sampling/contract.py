"""The sampling plan as a contract: what is inspected now, and what that is worth.

A *series* is what is sampled as one: the lots of one enterprise, line and design. Its state
says whether every lot is inspected or a share of them; the line of the series says whether
it has been admitted to direct release at all. The terms are dated parameters:

    [sampling]
    since = [{ day = ..., source = "...", value = {
        scheme = "csp1", clear = 10, qualification = 10, sensitivity = "0.90", incoming = "0.01",
        level = "II", aql = "0.65", stop = 5, seeds = 60,
        fraction = { senior_certified = "0.05", certified = "0.10", regular = "0.25",
                     dishonest = "1", seriously_dishonest = "1" } } }]

Everything here is pure: a state and an event in, a state out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from clearlane.model import Text
from clearlane.sampling import csp1, skip_lot, switching, tables
from clearlane.sampling.interval import interval, lower

Scheme = Literal['csp1', 'skip_lot']
Admission = Literal['qualifying', 'admitted', 'suspended']
Phase = Literal[
    'suspended',
    'qualifying',
    'discontinued',
    'every_lot',
    'clearing',
    'interrupted',
    'skipping',
]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The dated numbers of a plan for one credit class."""

    scheme: Scheme
    clear: int
    fraction: Decimal
    qualification: int
    sensitivity: Decimal
    incoming: Decimal
    level: str
    aql: str
    stop: int
    seeds: int


def terms(rule: Mapping[str, Any], credit: str) -> Terms:
    """The terms for a credit class; KeyError or ValueError where the parameter is not whole."""
    scheme = rule['scheme']
    if scheme not in ('csp1', 'skip_lot'):
        raise ValueError(f'there is no sampling scheme {scheme!r}')
    return Terms(
        scheme=scheme,
        clear=int(rule['clear']),
        fraction=Decimal(rule['fraction'][credit]),
        qualification=int(rule['qualification']),
        sensitivity=Decimal(rule['sensitivity']),
        incoming=Decimal(rule['incoming']),
        level=rule['level'],
        aql=rule['aql'],
        stop=int(rule['stop']),
        seeds=int(rule['seeds']),
    )


# --- state --------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Series:
    """The state of one series; both schemes are kept, so that a change of law loses nothing."""

    csp1: csp1.State = field(default_factory=csp1.State)
    skip: skip_lot.Skip = field(default_factory=skip_lot.Skip)
    switch: switching.Switch = field(default_factory=switching.Switch)

    def written(self) -> dict[str, Any]:
        """As JSON can hold it."""
        form = asdict(self)
        form['switch']['recent'] = list(form['switch']['recent'])
        return form

    @classmethod
    def read(cls, form: Mapping[str, Any]) -> Series:
        """From what was written; an empty form is a new series."""
        if not form:
            return cls()
        switch = {**form['switch'], 'recent': tuple(form['switch']['recent'])}
        return cls(
            csp1=csp1.State(**form['csp1']),
            skip=skip_lot.Skip(**form['skip']),
            switch=switching.Switch(**switch),
        )


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What an on-site inspection of a lot came to: bad boxes among those opened, and the plan."""

    accepted: bool
    bad: int
    ac: int


def after(series: Series, rule: Terms, found: Inspected) -> Series:
    """The series after an inspected lot."""
    score = skip_lot.points(found.ac, found.bad) if found.accepted else 0
    return Series(
        csp1=csp1.after(series.csp1, rule.clear, conforms=found.accepted),
        skip=skip_lot.after(series.skip, score, accepted=found.accepted),
        switch=switching.after(series.switch, accepted=found.accepted, stop=rule.stop),
    )


def escaped(series: Series) -> Series:
    """The series after a lot that was released turned out bad: from the beginning."""
    return replace(series, csp1=csp1.State(), skip=skip_lot.Skip())


def recognised(series: Series) -> Series:
    """The series of a supplier whose record before this system is taken over by an officer."""
    return replace(series, csp1=csp1.State(skipping=True), skip=skip_lot.Skip('skipping', every=2))


@dataclass(frozen=True, kw_only=True)
class Line:
    """Whether a line has been admitted; `run` counts conforming lots of its qualification."""

    admission: Admission = 'qualifying'
    run: int = 0


def line_after(line: Line, rule: Terms, *, conforms: bool) -> Line:
    """The line after an inspected lot; a suspended line earns nothing until it is readmitted."""
    if line.admission == 'suspended':
        return line
    if line.admission == 'admitted':
        return line
    run = line.run + 1 if conforms else 0
    return Line(admission='admitted' if run >= rule.qualification else 'qualifying', run=run)


# --- what it is worth ---------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """What an inspector finds: assumed, or measured with seeded boxes.

    With at least as many concluded seeds as the terms ask for, `s` is the lower limit of the
    95 % interval of the measurement; before that it is the assumption, and says so.
    """

    s: float
    measured: bool = False
    seeded: int = 0
    caught: int = 0

    @property
    def interval(self) -> tuple[float, float] | None:
        """The two-sided 95 % interval of the measurement, if there is one."""
        return interval(self.caught, self.seeded) if self.seeded else None


def sensitivity(rule: Terms, seeded: int, caught: int) -> Sensitivity:
    """The sensitivity to state, from so many concluded seeds of which so many were caught."""
    if seeded >= rule.seeds > 0:
        # A plan that was never caught out still needs a number above nothing to compute with.
        least = max(round(lower(caught, seeded), 4), 0.0001)
        return Sensitivity(s=least, measured=True, seeded=seeded, caught=caught)
    return Sensitivity(s=float(rule.sensitivity), seeded=seeded, caught=caught)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a case sees: the state of its series, the share inspected now, and the guarantee.

    `share` is the probability with which this lot is inspected on site. `aoql`, `inspected`
    and `sensitivity` are the long-run figures of the plan for this credit class: shares
    as decimal text, so that a written case stays the same for ever.
    """

    series: tuple[str, ...]
    scheme: Scheme
    phase: Phase
    share: str
    run: int
    needed: int
    aoql: str
    worst_at: str
    inspected: str
    incoming: str
    sensitivity: str
    measured: bool = False
    seeded: int = 0
    caught: int = 0
    severity: str = 'normal'
    level: str = 'II'
    aql: str = ''
    why: Text | None = None

    def single(self, lot: int) -> tables.Single:
        """How many boxes of a lot of this size are opened."""
        severity: tables.Severity = 'normal' if self.severity == 'normal' else 'tightened'
        return tables.single(lot, self.aql, self.level, severity)


def plan(
    names: tuple[str, ...],
    series: Series,
    line: Line,
    rule: Terms,
    found: Sensitivity,
    why: Text | None = None,
) -> Plan:
    """The plan that holds for the next lot of a series."""
    phase, share, run, needed = _stage(series, line, rule)
    i, f = bound(rule)
    limit = csp1.limit(i, f, found.s)
    usual = csp1.long_run(i, f, float(rule.incoming), found.s)
    return Plan(
        series=names,
        scheme=rule.scheme,
        phase=phase,
        share=format(share, 'f'),
        run=run,
        needed=needed,
        aoql=f'{limit.aoql:.4f}',
        worst_at=f'{limit.at:.4f}',
        inspected=f'{usual.inspected:.4f}',
        incoming=format(rule.incoming, 'f'),
        sensitivity=f'{found.s:.4f}',
        measured=found.measured,
        seeded=found.seeded,
        caught=found.caught,
        severity=series.switch.stage,
        level=rule.level,
        aql=rule.aql,
        why=why if line.admission == 'suspended' else None,
    )


def bound(rule: Terms) -> tuple[int, float]:
    """The (i, f) whose limit is stated.

    For skip-lot they are those of its mildest stretch: never fewer lots in a row than a
    requalification takes, never a smaller share than the last rung, so the true limit is better.
    """
    if rule.scheme == 'csp1':
        return rule.clear, float(rule.fraction)
    numbers = skip_lot.Numbers()
    return numbers.again, 1 / numbers.mildest


ONE = Decimal(1)


def _stage(series: Series, line: Line, rule: Terms) -> tuple[Phase, Decimal, int, int]:
    if line.admission == 'suspended':
        return 'suspended', ONE, 0, rule.qualification
    if line.admission == 'qualifying':
        return 'qualifying', ONE, line.run, rule.qualification
    if series.switch.stage == 'discontinued':
        return 'discontinued', ONE, 0, rule.stop
    if rule.fraction >= 1:
        return 'every_lot', ONE, 0, 0
    if rule.scheme == 'csp1':
        at = series.csp1
        share = rule.fraction if at.skipping else ONE
        return 'skipping' if at.skipping else 'clearing', share, at.run, rule.clear
    skip = series.skip
    if skip.phase == 'skipping':
        return 'skipping', ONE / skip.every, skip.run, skip_lot.Numbers().shift
    if skip.phase == 'interrupted':
        return 'interrupted', ONE, skip.run, skip_lot.Numbers().again
    return 'clearing', ONE, skip.score, skip_lot.Numbers().score


# --- in words -----------------------------------------------------------------

PHASES: Mapping[str, Text] = {
    'suspended': Text(
        '产线已暂停直接放行，每批查验', 'the line is suspended: every batch is inspected'
    ),
    'qualifying': Text(
        '产线资格期：连续合格 {run}/{needed} 批，每批查验',
        'the line is qualifying ({run} of {needed} conforming in a row): every batch is inspected',
    ),
    'discontinued': Text(
        '加严检验累计 {needed} 批不接收，停止抽样接收，每批查验',
        '{needed} {needed:batch|batches} not accepted under tightened inspection: every batch is '
        'inspected',
    ),
    'every_lot': Text('该信用等级每批查验', 'every batch of this credit class is inspected'),
    'clearing': Text(
        '清零阶段：{run}/{needed}，每批查验',
        'clearing, {run} of {needed}: every batch is inspected',
    ),
    'interrupted': Text(
        '跳批中断：连续合格 {run}/{needed} 批，每批查验',
        'skip-lot interrupted, {run} of {needed} in a row: every batch is inspected',
    ),
    'skipping': Text(
        '抽批阶段：每批以概率 {share} 抽中查验', 'each batch is drawn with probability {share}'
    ),
}
GUARANTEE = Text(
    '抽样保证：长期看，放行批中不合格的至多 {aoql}(最坏来料 {at}；假定查验发现率 s={s}，{basis})；'
    '来料不合格率 {incoming} 时平均查验 {inspected} 的批次',
    'the plan guarantees that in the long run at most {aoql} of what is released does not conform '
    '(worst at {at} incoming; assuming that an inspection finds s={s}, {basis}); '
    'at {incoming} incoming {inspected} of the batches are inspected',
)
ASSUMED = Text('假定值', 'assumed')
MEASURED = Text(
    '实测 {caught}/{seeded} 的 95% 下限', 'the lower 95 % limit of {caught} of {seeded} measured'
)


BECAUSE = Text('{words}({why})', '{words} ({why})')


def stage_words(at: Plan) -> Text:
    """The state of the series in words."""
    words = PHASES[at.phase].of(run=at.run, needed=at.needed, share=percent(at.share))
    return (
        words
        if not at.why
        else Text('{words}({why})', '{words} ({why})').of(words=words, why=at.why)
    )


def guarantee(at: Plan) -> Text:
    """The guarantee in words, never without the sensitivity that it assumes."""
    basis = MEASURED.of(caught=at.caught, seeded=at.seeded) if at.measured else ASSUMED
    return GUARANTEE.of(
        aoql=percent(at.aoql),
        at=percent(at.worst_at),
        s=f'{float(at.sensitivity):.2f}',
        basis=basis,
        incoming=percent(at.incoming),
        inspected=percent(at.inspected),
    )


def percent(share: str) -> str:
    """A share as a percentage with the digits that it deserves.

    >>> percent('0.0995'), percent('1'), percent('0.3333333')
    ('9.95 %', '100 %', '33.33 %')
    """
    return f'{float(share) * 100:.2f}'.rstrip('0').rstrip('.') + ' %'
