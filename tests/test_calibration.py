"""What scores are worth, and that the bound on false acceptance holds as often as it says."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearlane.model import Reading
from clearlane.recognisers import calibration
from clearlane.recognisers.calibration import Scored

BENCH = Path(__file__).parent.parent / 'bench'


def read(name: str) -> list[Scored]:
    with (BENCH / name).open() as file:
        return [
            Scored(row['photo'], row['kind'], float(row['score']), row['right'] == '1')
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope='module')
def kept() -> list[Scored]:
    return read('calibration.csv')


def test_the_stored_curves_are_those_of_the_stored_readings(kept: list[Scored]) -> None:
    made = calibration.fit(kept)
    assert made['threshold'] == calibration.threshold()
    curves = {kind: list(curve) for kind, curve in calibration._curves().items()}
    assert made['curves'] == {kind: curves[kind] for kind in calibration.KINDS}
    for kind, own in calibration.fit_numbers(read('calibration_numbers.csv')).items():
        assert own['threshold'] == calibration.threshold(kind)
        assert own['curve'] == curves[kind]


def test_a_curve_rises_and_stays_between_nought_and_one(kept: list[Scored]) -> None:
    for curve in calibration.logistic(kept).values():
        scores = np.linspace(0, 1, 200)
        chances = [calibration.chance(curve, float(score)) for score in scores]
        assert chances == sorted(chances)
        assert 0 <= chances[0] <= chances[-1] < 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_any_readings_give_a_curve(pairs: list[tuple[float, bool]]) -> None:
    curve = calibration.logistic([Scored('p', 'serial', *pair) for pair in pairs])['serial']
    assert all(0 <= calibration.chance(curve, score) <= 1 for score in (0.0, 0.3, 0.99, 1.0))


@given(st.floats(0.5, 1), st.integers(0, 20))
def test_the_bound_holds_at_the_threshold_as_it_is_written(breaks: float, others: int) -> None:
    """To four places: the wrong reading just below it must not come in by rounding."""
    pairs = [(0.9999, True)] * 1990 + [(breaks, False)] * 9 + [(breaks * 0.9, False)] * others
    limit = calibration.least_chance(pairs)
    accepted = sum(value >= limit and not right for value, right in pairs)
    assert calibration.upper_bound(accepted, len(pairs), calibration.DELTA) <= calibration.ALPHA


def test_a_kind_without_a_curve_keeps_its_score() -> None:
    reading = Reading(kind='barcode', value='x', score=0.99, recogniser='barcode/2')
    assert calibration.calibrated(reading) == reading


@pytest.mark.parametrize(('wrong', 'of', 'bound'), [(0, 598, 0.005), (0, 59, 0.0495), (5, 5, 1.0)])
def test_the_bound_is_that_of_clopper_and_pearson(wrong: int, of: int, bound: float) -> None:
    assert calibration.upper_bound(wrong, of, 0.05) == pytest.approx(bound, abs=2e-4)


def test_few_readings_allow_nothing() -> None:
    assert calibration.least_chance([(0.99, True)] * 100) > 1


def test_the_bound_holds_in_most_of_a_thousand_draws(kept: list[Scored]) -> None:
    """Each draw chooses a threshold; its true risk is that over all readings drawn from."""
    first, second = calibration.parts(kept)
    curves = calibration.logistic(first)
    values = np.array([calibration.chance(curves[one.kind], one.score) for one in second])
    wrong = np.array([not one.right for one in second])
    rng = np.random.default_rng(20_260)
    kept_promise = 0
    for _ in range(1000):
        at = rng.integers(0, len(values), len(values))
        limit = chosen(values[at], wrong[at])
        kept_promise += bool(np.mean(wrong & (values >= limit)) <= calibration.ALPHA)
    assert kept_promise >= 950


def chosen(values: np.ndarray, wrong: np.ndarray) -> float:
    """The threshold as `least_chance` chooses it, for arrays; the test below compares the two."""
    most = allowed(len(values))
    if most < 0:
        return 1.01
    bad = np.sort(values[wrong])[::-1]
    if len(bad) <= most:
        return float(values.min())
    above = values[values > bad[most]]
    return round(float(above.min()), 4) if len(above) else 1.01


def allowed(of: int) -> int:
    """How many may be wrong and accepted for the bound to stay within alpha; -1 for none at all."""
    count = -1
    while calibration.upper_bound(count + 1, of, calibration.DELTA) <= calibration.ALPHA:
        count += 1
    return count


def test_both_ways_to_choose_agree(kept: list[Scored]) -> None:
    values = np.round([one.score for one in kept], 3)
    wrong = np.array([not one.right for one in kept])
    pairs = [(float(value), not bad) for value, bad in zip(values, wrong, strict=True)]
    assert calibration.least_chance(pairs) == pytest.approx(chosen(values, wrong), abs=1e-4)
