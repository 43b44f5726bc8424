"""Statutory days: working days, holidays, and limits that end on a day of rest."""

from __future__ import annotations

from datetime import date

import pytest

from clearlane import procedure, workdays

CALENDAR = procedure.law(None, date(2026, 6, 1)).working_calendar


@pytest.mark.parametrize(
    ('day', 'works'),
    [
        ('2026-01-01', False),
        ('2026-01-04', True),  # a Sunday that is worked
        ('2026-02-14', True),
        ('2026-02-16', False),
        ('2026-02-24', True),
        ('2026-05-05', False),
        ('2026-05-06', True),
        ('2026-05-09', True),
        ('2026-10-07', False),
        ('2026-10-10', True),
        ('2026-11-28', False),
        ('2027-01-01', True),  # nobody has published 2027 yet: weekends only
    ],
)
def test_a_day_is_worked_or_not(day: str, works: bool) -> None:
    assert workdays.is_working(date.fromisoformat(day), CALENDAR) == works


@pytest.mark.parametrize(
    ('start', 'days', 'last'),
    [
        ('2026-04-30', 1, '2026-05-06'),
        ('2026-04-30', 5, '2026-05-11'),  # Saturday the ninth is worked
        ('2026-02-13', 1, '2026-02-14'),
        ('2026-02-14', 5, '2026-02-28'),  # the Spring Festival; a Saturday is worked
        ('2026-06-12', 5, '2026-06-22'),
        ('2026-11-27', 0, '2026-11-27'),
    ],
)
def test_working_days_are_counted_from_the_day_after(start: str, days: int, last: str) -> None:
    counted = workdays.working_after(date.fromisoformat(start), days, CALENDAR)
    assert counted == date.fromisoformat(last)


@pytest.mark.parametrize(
    ('start', 'days', 'last'),
    [
        ('2026-03-03', 60, '2026-05-06'),  # 2 May is a holiday: the next working day
        ('2026-01-01', 60, '2026-03-02'),
        ('2026-11-26', 60, '2027-01-25'),
    ],
)
def test_calendar_days_end_on_a_working_day(start: str, days: int, last: str) -> None:
    assert workdays.after(date.fromisoformat(start), days, CALENDAR) == date.fromisoformat(last)


def test_a_limit_is_read_from_its_rule_and_unknown_years_are_told() -> None:
    rule = procedure.law(None, date(2026, 6, 1)).reconsideration
    assert workdays.limit(date(2026, 4, 30), rule['admit'], CALENDAR) == date(2026, 5, 11)
    assert workdays.limit(date(2026, 3, 3), rule['ask'], CALENDAR) == date(2026, 5, 6)
    assert workdays.is_known(date(2026, 1, 1), CALENDAR)
    assert not workdays.is_known(date(2027, 1, 1), CALENDAR)
