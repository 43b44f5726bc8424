"""The use-appraisal result sheet (出境危险货物运输包装使用鉴定结果单) of a released batch."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from clearlane import Case, Certificate
from clearlane.codes import un_mark

MODES = {
    'sea': ('海运', 'sea'),
    'air': ('空运', 'air'),
    'road': ('公路', 'road'),
    'rail': ('铁路', 'rail'),
}


def use_appraisal(case: Case) -> Certificate:
    """The sheet and its fields; valid by transport mode, never beyond the performance sheet."""
    sheet: Any = case.libraries['performance_sheets'].entries[case.declared.performance_sheet].data
    months = int(case.law.validity_months[case.declared.transport_mode])
    until = min(after_months(case.day, months), sheet.valid_until)
    return Certificate(kind='use_appraisal', valid_until=until, fields=_fields(case, sheet))


def _fields(case: Case, sheet: Any) -> dict[str, Any]:
    batch, entry = case.declared, case.law.un_entries[case.declared.un_number]
    return {
        'applicant': case.party.name,
        'user': case.party.name,
        'packaging': sheet.packaging,
        'mark': un_mark.compact(sheet.mark),
        'packaging_class': {'X': 'I', 'Y': 'II', 'Z': 'III'}[
            un_mark.parts(sheet.mark, today=case.day).level
        ],
        'performance_sheet': batch.performance_sheet,
        'goods_zh': entry['zh'],
        'goods_en': batch.proper_shipping_name,
        'un_number': batch.un_number,
        'hazard_class': '9',
        'net_mass_kg': batch.net_mass_kg,
        'gross_mass_kg': batch.gross_mass_kg,
        'pieces': batch.boxes,
        'batch_no': batch.batch_no,
        'packing_day': batch.packing_day,
        'transport_zh': MODES[batch.transport_mode][0],
        'transport_en': MODES[batch.transport_mode][1],
        'destination': batch.destination,
        'basis': 'SN/T 0370.3-2021',
        'issued': case.day,
    }


def after_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last day of a shorter month.

    >>> after_months(date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
