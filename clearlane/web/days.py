"""Days that were typed into a form, or stand in an address."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from clearlane.admission import Rejected, problem
from clearlane.model import Text


def day(text: str, field: str) -> date:
    """The day, or Rejected with the name of the field."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Rejected([problem(field, text, 'date', *NO_DAY)]) from error


def maybe_day(text: str, field: str) -> date | None:
    """The same, and nothing where nothing was typed."""
    return day(text, field) if text.strip() else None


def asked(request: HttpRequest, name: str, otherwise: date) -> date:
    """The day of a filter in the address; a link that was cut off still opens its page."""
    try:
        return date.fromisoformat(request.GET.get(name, '').strip())
    except ValueError:
        return otherwise


NO_DAY = (
    Text('不是有效日期', 'this is no date'),
    Text('请按 年-月-日 填写', 'write it as year-month-day'),
)
