"""The present day in China, for codes whose judgement depends on the day."""

from datetime import date, datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))


def today() -> date:
    """The day it is now, wherever the machine stands.

    >>> today() > date(2026, 1, 1)
    True
    """
    return datetime.now(_CHINA).date()
