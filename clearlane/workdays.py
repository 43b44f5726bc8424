"""Statutory days: calendar days and working days, with the holidays of the State Council.

A time limit begins on the day after the act. One in calendar days that would end on a
day of rest ends on the next working day; one in working days counts those alone.

Sources: Civil Code art. 201-203 (counting, days of rest); Administrative Reconsideration
Law (2023 revision) art. 88: limits of three, five, seven and ten days are working days
(both from memory, unconfirmed).

>>> after(date(2026, 4, 29), 5, {'holidays': ['2026-05-01', '2026-05-04', '2026-05-05']})
datetime.date(2026, 5, 6)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

Calendar = Mapping[str, Sequence[str]]
"""`holidays`: days of rest; `workdays`: weekend days that are worked. As year-month-day.

`years` names the years for which the calendar is known; others have their weekends only.
"""

SATURDAY = 5
ONE = timedelta(days=1)


def is_working(day: date, calendar: Calendar) -> bool:
    """Whether people work on this day."""
    written = day.isoformat()
    if written in calendar.get('workdays', ()):
        return True
    return day.weekday() < SATURDAY and written not in calendar.get('holidays', ())


def is_known(day: date, calendar: Calendar) -> bool:
    """Whether the holidays of the year of this day have been published and entered."""
    return str(day.year) in {str(year) for year in calendar.get('years', ())}


def after(start: date, days: int, calendar: Calendar) -> date:
    """The last day of a limit of calendar days that begins after `start`."""
    last = start + timedelta(days=days)
    while not is_working(last, calendar):
        last += ONE
    return last


def working_after(start: date, days: int, calendar: Calendar) -> date:
    """The last day of a limit of working days that begins after `start`."""
    last = start
    while days > 0:
        last += ONE
        days -= is_working(last, calendar)
    return last


def limit(start: date, rule: Mapping[str, Any], calendar: Calendar) -> date:
    """The last day of a limit as a parameter states it: `{days = 5, working = true}`."""
    count = working_after if rule.get('working') else after
    return count(start, int(rule['days']), calendar)
