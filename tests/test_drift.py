"""Whether a camera still sees as it did: alike windows are quiet, shifted light is told early."""

import doctest

import numpy as np
import pytest
from scipy import stats

from clearlane.recognisers import drift


def test_the_examples_hold() -> None:
    assert doctest.testmod(drift).failed == 0


@pytest.mark.parametrize('shift', [0.0, 0.4, 1.5])
def test_the_test_is_that_of_kolmogorov_and_smirnov(shift: float) -> None:
    rng = np.random.default_rng(5)
    one, other = rng.normal(0, 1, 120), rng.normal(shift, 1, 90)
    known = stats.ks_2samp(one, other, method='asymp').pvalue
    assert drift.kolmogorov_smirnov(list(one), list(other)) == pytest.approx(known, abs=0.03)


def test_windows_that_are_alike_hardly_ever_alarm() -> None:
    rng = np.random.default_rng(6)
    wrong = sum(
        drift.drift(list(rng.normal(100, 15, 200)), list(rng.normal(100, 15, 60))).alarm
        for _ in range(400)
    )
    assert wrong <= 4


def test_few_pictures_say_nothing() -> None:
    assert not drift.drift([1.0] * 200, [9.0] * 10).alarm


def test_only_what_drifted_is_named() -> None:
    rng = np.random.default_rng(7)
    before = {name: list(rng.normal(100, 10, 200)) for name in ('brightness', 'sharpness')}
    after = {'brightness': list(rng.normal(60, 10, 60)),
             'sharpness': list(rng.normal(100, 10, 60)), 'other': [1.0] * 60}  # fmt: skip
    assert list(drift.alarms(before, after)) == ['brightness']


def test_fading_light_is_told_before_doubts_have_doubled() -> None:
    """A lamp fades by the day; doubts follow the light, and the light is noticed first."""
    rng = np.random.default_rng(8)
    reference = list(rng.normal(120, 12, 300))
    told = doubled = None
    for day in range(1, 60):
        light = 120 - 1.5 * day
        # Doubts are one in twenty in full light and rise as the pictures darken.
        doubts = 0.05 * np.exp((120 - light) / 60)
        recent = list(rng.normal(light, 12, 60))
        if told is None and drift.drift(reference, recent).alarm:
            told = day
        if doubled is None and doubts >= 0.10:
            doubled = day
    assert told is not None
    assert doubled is not None
    assert told < doubled
