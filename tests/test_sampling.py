"""Sampling: tables, curves, limits, states and the draw, against oracles from elsewhere."""

from __future__ import annotations

import csv
import doctest
import hashlib
import hmac
import importlib
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clearlane.sampling import contract, csp1, curve, draw, interval, skip_lot, switching, tables

MODULES = ('tables', 'curve', 'interval', 'csp1', 'skip_lot', 'switching', 'draw', 'contract')


@pytest.mark.parametrize('name', MODULES)
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f'clearlane.sampling.{name}')).failed == 0


# --- tables -------------------------------------------------------------------

LETTERS = 'ABCDEFGHJKLMNPQR'
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
NORMAL = {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21, 25: 30, 26: 44}
TIGHTENED = {15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18, 25: 27, 26: 41}


def cells() -> list[dict[str, str]]:
    file = Path(tables.__file__).parent / 'single.csv'
    return list(csv.DictReader(file.open(encoding='utf-8')))


def test_every_cell_is_on_the_diagonal_of_the_standard() -> None:
    """The master tables are diagonals: the letter and the limit add up to the acceptance number."""
    limits = list(dict.fromkeys(row['aql'] for row in cells()))
    assert len(cells()) == 832
    for row in cells():
        at = LETTERS.index(row['used_letter']) if row['used_letter'] in LETTERS else 16
        d = at + limits.index(row['aql'])
        table = NORMAL if row['inspection'] == 'normal' else TIGHTENED
        assert table[d] == int(row['Ac']), row
        assert int(row['Re']) == int(row['Ac']) + 1
        assert int(row['n']) == (*SIZES, 3150)[at]


@pytest.mark.parametrize(
    ('lot', 'aql', 'level', 'severity', 'n', 'ac'),
    [
        (50, '1.0', 'II', 'normal', 13, 0),
        (500, '1.0', 'II', 'normal', 50, 1),
        (1000, '0.65', 'II', 'normal', 80, 1),
        (1000, '0.65', 'II', 'tightened', 125, 1),
        (1000, '2.5', 'II', 'normal', 80, 5),
        (280, '0.65', 'II', 'normal', 20, 0),
        (20, '0.65', 'II', 'normal', 20, 0),
        (5, '0.65', 'II', 'normal', 5, 0),
        (1, '1.0', 'II', 'normal', 1, 0),
        (10_000, '0.10', 'I', 'tightened', 200, 0),
        (3_000_000, '10', 'III', 'normal', 125, 21),
    ],
)
def test_a_plan_is_that_of_the_standard(
    lot: int, aql: str, level: str, severity: Any, n: int, ac: int
) -> None:
    found = tables.single(lot, aql, level, severity)
    assert (found.n, found.ac, found.re) == (n, ac, ac + 1)


@pytest.mark.parametrize(('lot', 'code'), [(2, 'A'), (8, 'A'), (9, 'B'), (15, 'B'), (16, 'C'),
    (150, 'F'), (151, 'G'), (500_000, 'P'), (500_001, 'Q')])  # fmt: skip
def test_code_letters_at_their_borders(lot: int, code: str) -> None:
    assert tables.letter(lot) == code


@pytest.mark.parametrize('wrong', [(0, '1.0', 'II'), (5, '1.1', 'II'), (5, 'x', 'II'),
    (5, '1.0', 'IV')])  # fmt: skip
def test_what_the_tables_do_not_hold_is_no_plan(wrong: tuple[int, str, str]) -> None:
    with pytest.raises(tables.NoPlan):
        tables.single(*wrong)


# --- curves -------------------------------------------------------------------


@pytest.mark.parametrize(('p', 'n', 'ac', 'pa'), [(0.010, 13, 0, 0.877521),
    (0.010, 50, 1, 0.910565), (0.010, 80, 2, 0.953447), (0.010, 125, 3, 0.962551),
    (0.010, 200, 5, 0.983977), (0.004, 32, 0, 0.879628), (0.025, 50, 3, 0.963796),
    (0.025, 80, 5, 0.984785), (0.025, 125, 7, 0.986384)])  # fmt: skip
def test_binomial(p: float, n: int, ac: int, pa: float) -> None:
    assert curve.binomial(n, ac, p) == pytest.approx(pa, abs=5e-7)


@pytest.mark.parametrize(('lot', 'bad', 'n', 'ac', 'pa'), [(500, 5, 50, 1, 0.919424),
    (100, 2, 20, 0, 0.638384), (1000, 10, 80, 2, 0.960752), (280, 3, 32, 0, 0.693868),
    (50, 1, 13, 0, 0.740000), (1200, 30, 80, 5, 0.988142)])  # fmt: skip
def test_hypergeometric(lot: int, bad: int, n: int, ac: int, pa: float) -> None:
    assert curve.hypergeometric(lot, bad, n, ac) == pytest.approx(pa, abs=5e-7)


@pytest.mark.parametrize(('f', 'i', 'pa'), [(1 / 2, 4, 0.974511), (1 / 3, 4, 0.982451),
    (1 / 4, 8, 0.984730), (1 / 5, 10, 0.986635)])  # fmt: skip
def test_skip_lot_of_dodge(f: float, i: int, pa: float) -> None:
    assert curve.skipped(0.953447, i, f)[0] == pytest.approx(pa, abs=2e-6)


def test_an_inspector_who_misses_weakens_every_plan() -> None:
    plan = tables.single(500, '1.0')
    for (p, perfect), (_, human) in zip(
        curve.operating(plan), curve.operating(plan, s=0.8), strict=True
    ):
        assert human > perfect, p
    assert curve.outgoing_limit(plan, 500, 0.8)[0] > curve.outgoing_limit(plan, 500)[0]


# --- CSP-1 --------------------------------------------------------------------

ORACLE = [
    (5, 0.10, 0.181, 0.318, 0.100), (10, 0.10, 0.0995, 0.181, 0.101),
    (5, 0.25, 0.104, 0.253, 0.251), (10, 0.25, 0.056, 0.142, 0.252),
    (30, 0.10, 0.0355, 0.067, 0.103), (59, 0.10, 0.0183, 0.035, 0.105),
    (100, 0.05, 0.0150, 0.025, 0.055),
]  # fmt: skip


@pytest.mark.parametrize(('i', 'f', 'aoql', 'at', 'share'), ORACLE)
def test_the_limit_of_a_plan(i: int, f: float, aoql: float, at: float, share: float) -> None:
    found = csp1.limit(i, f)
    assert found.aoql == pytest.approx(aoql, rel=0.006)
    assert found.at == pytest.approx(at, abs=0.0006)
    assert csp1.long_run(i, f, 0.001).inspected == pytest.approx(share, abs=0.0006)


def test_the_closed_form_is_that_of_dodge() -> None:
    for i, f, p, s in [(10, 0.1, 0.02, 1.0), (5, 0.25, 0.3, 0.8), (59, 0.1, 0.035, 0.9)]:
        d = p * s
        q = 1 - d
        u, v = (1 - q**i) / (d * q**i), 1 / (f * d)
        found = csp1.long_run(i, f, p, s)
        assert found.inspected == pytest.approx((u + f * v) / (u + v))
        assert found.outgoing == pytest.approx(p * (1 - s * found.inspected))


@pytest.mark.parametrize(('i', 'f', 'p', 's', 'afi', 'aoq'),
    [(10, 0.10, 0.02, 1.0, 0.1197, 0.0176), (10, 0.25, 0.05, 1.0, 0.3576, 0.0321),
     (5, 0.10, 0.10, 0.8, None, None)])  # fmt: skip
def test_a_simulation_agrees_with_the_closed_form(
    i: int, f: float, p: float, s: float, afi: float | None, aoq: float | None
) -> None:
    exact, counted = csp1.long_run(i, f, p, s), csp1.simulated(i, f, p, s, lots=100_000)
    if afi is not None and aoq is not None:
        assert (round(exact.inspected, 4), round(exact.outgoing, 4)) == (afi, aoq)
    # Cycles of the plan are some tens of lots long, so that the error of a share is larger
    # than that of independent lots; 0.006 is three errors of AFI measured over 40 seeds.
    assert counted.inspected == pytest.approx(exact.inspected, abs=0.006)
    assert counted.outgoing == pytest.approx(
        exact.outgoing, abs=5 * math.sqrt(exact.outgoing / 1e5)
    )


@given(st.integers(1, 100), st.floats(0.01, 1), st.floats(0.05, 1))
def test_the_true_limit_is_never_better_than_with_a_perfect_inspector(
    i: int, f: float, s: float
) -> None:
    assert csp1.limit(i, f, s).aoql >= csp1.limit(i, f).aoql - 1e-6
    assert csp1.limit(i, f, s).aoql >= 1 - s - 1e-9


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 0.6), st.sampled_from([1.0, 0.9]))
def test_skip_lot_never_lets_more_through_than_is_stated(p: float, s: float) -> None:
    import random

    chance = random.Random(7)
    skip, left, lots = skip_lot.Skip(), 0, 10_000
    for _ in range(lots):
        bad = chance.random() < p
        if skip.phase == 'skipping' and chance.random() >= 1 / skip.every:
            left += bad
            continue
        caught = bad and chance.random() < s
        left += bad and not caught
        skip = skip_lot.after(skip, skip_lot.points(0, 0), accepted=not caught)
    stated = csp1.limit(skip_lot.Numbers().again, 1 / skip_lot.Numbers().mildest, s).aoql
    assert left / lots <= stated + 0.015


# --- counts -------------------------------------------------------------------


@pytest.mark.parametrize(('k', 'n', 'percent'), [(0, 300, 0.994), (1, 473, 0.999),
    (0, 1000, 0.299), (2, 1000, 0.628)])  # fmt: skip
def test_upper_limits(k: int, n: int, percent: float) -> None:
    assert interval.upper(k, n) * 100 == pytest.approx(percent, abs=0.0006)


@pytest.mark.parametrize(('rate', 'confidence', 'n'), [(0.01, 0.95, 299), (0.005, 0.95, 598),
    (0.001, 0.95, 2995), (0.01, 0.99, 459), (0.005, 0.99, 919), (0.001, 0.99, 4603)])  # fmt: skip
def test_sizes_without_a_failure(rate: float, confidence: float, n: int) -> None:
    assert interval.without_failure(rate, confidence) == n
    assert interval.upper(0, n, confidence) <= rate < interval.upper(0, n - 1, confidence)


@given(st.integers(1, 400), st.data())
def test_an_interval_holds_its_count(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = interval.interval(k, n)
    assert 0 <= low <= k / n <= high <= 1


# --- switching ----------------------------------------------------------------


@pytest.mark.parametrize(
    ('results', 'stage'),
    [
        ('+' * 50, 'normal'),
        ('-', 'normal'),
        ('--', 'tightened'),
        ('-+++-', 'tightened'),
        ('-++++-', 'normal'),
        ('--+++++', 'normal'),
        ('--++++', 'tightened'),
        ('--++++-+++++', 'normal'),
        ('--+-+-+-+-', 'tightened'),
        ('--+-+-+-+-+-', 'discontinued'),
        ('-------', 'discontinued'),
        ('-------' + '+' * 9, 'discontinued'),
        ('--+++++-', 'normal'),
    ],
)
def test_switching(results: str, stage: str) -> None:
    switch = switching.Switch()
    for result in results:
        switch = switching.after(switch, accepted=result == '+')
    assert switch.stage == stage
    if stage == 'discontinued':
        assert switching.resumed(switch) == switching.Switch('tightened')


@pytest.mark.parametrize(
    ('lots', 'phase', 'every'),
    [
        ([(5, True)] * 9, 'qualifying', 1),
        ([(5, True)] * 10, 'skipping', 4),
        ([(3, True)] * 17, 'skipping', 2),
        ([(1, True)] * 21, 'qualifying', 1),
        ([(5, True)] * 9 + [(0, False)] + [(5, True)] * 9, 'qualifying', 1),
        ([(5, True)] * 20, 'skipping', 5),
        ([(5, True)] * 10 + [(0, False)], 'interrupted', 4),
        ([(5, True)] * 10 + [(0, False)] + [(5, True)] * 4, 'skipping', 3),
        ([(5, True)] * 10 + [(0, False), (5, True), (0, False)], 'qualifying', 1),
        ([(5, True)] * 10 + [(0, False)] + [(1, True)] * 10, 'qualifying', 1),
    ],
)
def test_skip_lot(lots: list[tuple[int, bool]], phase: str, every: int) -> None:
    skip = skip_lot.Skip()
    for score, accepted in lots:
        skip = skip_lot.after(skip, score, accepted=accepted)
    assert (skip.phase, skip.every) == (phase, every)


# --- the contract -------------------------------------------------------------

RULE = {
    'scheme': 'csp1', 'clear': 4, 'qualification': 3, 'sensitivity': '0.90', 'incoming': '0.01',
    'level': 'II', 'aql': '0.65', 'stop': 5, 'seeds': 20,
    'fraction': {'certified': '0.10', 'dishonest': '1'},
}  # fmt: skip
TERMS = contract.terms(RULE, 'certified')
NOTHING = contract.sensitivity(TERMS, 0, 0)


class Plant(RuleBasedStateMachine):
    """Any order of lots, escapes, suspensions: who may be released without an inspection."""

    def __init__(self) -> None:
        super().__init__()
        self.series, self.line = contract.Series(), contract.Line()
        self.clean = 0
        self.earned = 0

    @property
    def plan(self) -> contract.Plan:
        return contract.plan(('L4', 'D-01'), self.series, self.line, TERMS, NOTHING)

    @rule()
    def a_good_lot_is_inspected(self) -> None:
        self.earned += self.line.admission != 'suspended'
        self.inspected(accepted=True)
        self.clean += 1

    @rule()
    def a_bad_lot_is_inspected(self) -> None:
        self.earned *= self.line.admission == 'admitted'
        self.inspected(accepted=False)
        self.clean = 0

    def inspected(self, *, accepted: bool) -> None:
        found = contract.Inspected(accepted=accepted, bad=int(not accepted), ac=0)
        self.series = contract.after(self.series, TERMS, found)
        self.line = contract.line_after(self.line, TERMS, conforms=accepted)

    @precondition(lambda self: Decimal(self.plan.share) < 1)
    @rule()
    def an_escape_is_confirmed(self) -> None:
        self.series = contract.escaped(self.series)
        self.line = contract.Line(admission='suspended')
        self.clean = 0

    @precondition(lambda self: self.line.admission == 'suspended')
    @rule()
    def the_line_is_readmitted(self) -> None:
        self.line = contract.Line()
        self.earned = 0

    @invariant()
    def only_a_cleared_line_is_sampled(self) -> None:
        if Decimal(self.plan.share) < 1:
            assert self.clean >= TERMS.clear
            assert self.earned >= TERMS.qualification
            assert self.line.admission == 'admitted'
            assert self.plan.phase == 'skipping'

    @invariant()
    def what_is_written_is_read(self) -> None:
        assert contract.Series.read(self.series.written()) == self.series

    @invariant()
    def the_guarantee_names_its_sensitivity(self) -> None:
        words = contract.guarantee(self.plan)
        for language in ('zh', 'en'):
            assert 's=0.90' in words.say(language)
        assert contract.stage_words(self.plan).say('zh')


TestPlant = Plant.TestCase
TestPlant.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_a_class_that_is_not_sampled_is_always_inspected() -> None:
    rule_of = contract.terms(RULE, 'dishonest')
    found = contract.plan((), contract.recognised(contract.Series()),
        contract.Line(admission='admitted'), rule_of, NOTHING)  # fmt: skip
    assert (found.phase, found.share) == ('every_lot', '1')


def test_a_measured_sensitivity_states_its_lower_limit() -> None:
    assert contract.sensitivity(TERMS, 19, 19).measured is False
    found = contract.sensitivity(TERMS, 20, 18)
    assert found.measured
    assert found.s == pytest.approx(interval.lower(18, 20), abs=1e-4)
    plan = contract.plan((), contract.Series(), contract.Line(), TERMS, found)
    assert '18' in contract.guarantee(plan).say('en')
    assert float(plan.aoql) > float(contract.plan((), contract.Series(), contract.Line(), TERMS, NOTHING).aoql)  # fmt: skip # noqa: E501
    assert contract.sensitivity(TERMS, 30, 0).s > 0


@pytest.mark.parametrize('change', [{'scheme': 'guess'}, {'fraction': {}}, {'clear': 'x'}])
def test_a_broken_parameter_is_no_plan(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        contract.terms({**RULE, **change}, 'certified')


# --- the draw -----------------------------------------------------------------


def test_the_bytes_of_a_draw_are_those_that_are_documented() -> None:
    seed = bytes(range(32))
    mac = hmac.digest(seed, b'clearlane/draw/1\nCL-2026-0000007', hashlib.sha256)
    assert draw.lot(seed, 'CL-2026-0000007') == Decimal(
        int.from_bytes(mac[:8], 'big') * 10**11 // 2**64
    ) / Decimal(10**11)
    stated = hashlib.sha256(b'clearlane/seed/1\n2026-05\n' + seed).hexdigest()
    assert draw.commitment('2026-05', seed) == stated
    with pytest.raises(ValueError, match='32 bytes'):
        draw.lot(b'short', 'CL-1')


def test_lots_are_spread_evenly() -> None:
    seed = hashlib.sha256(b'test').digest()
    tenths = [0] * 10
    for n in range(20_000):
        lot = draw.lot(seed, f'CL-2026-{n:07d}')
        assert 0 <= lot < 1
        tenths[int(lot * 10)] += 1
    # chi-square with 9 degrees of freedom: 27.9 is exceeded once in a thousand seeds.
    assert sum((count - 2000) ** 2 / 2000 for count in tenths) < 27.9


@given(st.lists(st.text(st.characters(codec='utf-8'), min_size=1, max_size=8), max_size=40),
    st.integers(0, 50))  # fmt: skip
def test_the_boxes_to_open_are_some_of_the_lot(items: list[str], n: int) -> None:
    seed = bytes(32)
    found = draw.boxes(seed, 'CL-1', items, n)
    assert len(found) == min(n, len(set(items))) == len(set(found))
    assert set(found) <= set(items)
    assert found == draw.boxes(seed, 'CL-1', reversed(items), n)
