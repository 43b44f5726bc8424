"""What is of this scenario at a kiosk: who it is, which forms are theirs, what papers show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from clearlane import Counter, Found, Person
from clearlane.codes import Invalid, mrz
from clearlane.scenarios.departure_refund import evidence
from clearlane.scenarios.departure_refund.checks import masked
from clearlane.scenarios.departure_refund.records import Form

LANGUAGES = {
    'CHN': 'zh', 'TWN': 'zh', 'HKG': 'zh', 'MAC': 'zh', 'SGP': 'zh', 'JPN': 'ja', 'KOR': 'ko',
    'PRK': 'ko', 'FRA': 'fr', 'BEL': 'fr', 'ESP': 'es', 'MEX': 'es', 'ARG': 'es', 'COL': 'es',
    'RUS': 'ru', 'KAZ': 'ru', 'BLR': 'ru', 'D': 'de', 'AUT': 'de', 'CHE': 'de',
}  # fmt: skip


def person(readings: Iterable[Any], error: str) -> Person | str:
    """The holder of a zone whose check digits all fit, or what to do: retake, and how."""
    found = list(readings)
    for one in found:
        if one.kind == 'mrz':
            try:
                parts = mrz.parts(one.value)
            except Invalid:
                continue
            if parts.format.startswith('MRV'):
                continue
            return Person(
                masked=masked(parts.number),
                matches={'document_no': parts.number, 'nationality': parts.nationality},
                language=LANGUAGES.get(parts.nationality, ''),
            )
    retakes = [one.value for one in found if one.kind == 'retake']
    return retakes[0] if retakes else ('no_picture' if error else 'no_zone')


def found(form: Any, law: Any) -> Found:
    """A form as a line: the shop and its invoices, and what is paid out."""
    return Found(
        key=form.form_no,
        title=form.goods or form.form_no,
        note=f'{form.store} · ¥{form.total:,.2f}',
        amount=f'¥{form.net:,.2f}',
    )


def declares(form: Any, day: date, place: Mapping[str, str]) -> dict[str, Any]:
    """What the traveller confirms with one touch: these goods, unused, with me, today."""
    return {
        'form_no': form.form_no,
        'invoices': list(form.invoices),
        'port': place.get('port', ''),
        'departure_day': day.isoformat(),
        'method': form.method,
        'unused': True,
        'with_traveller': True,
    }


def belongs(form: Any, readings: Iterable[Any]) -> str:
    """The invoice of the form that a paper shows, by its number."""
    numbers = {_plain(r.value) for r in readings if r.kind == 'invoice_number'}
    return next((no for no in form.invoices if _plain(no) in numbers), '')


def _plain(value: str) -> str:
    return ''.join(c for c in value.upper() if c.isalnum())


def items(form: Any) -> list[str]:
    """Each invoice is shown."""
    return list(form.invoices)


def sums(form: Form, law: Any) -> Decimal | None:
    """What is paid out; with an instant refund the shop has paid already."""
    return form.net if form.instant is None else None


def lessened(result: Mapping[str, Any]) -> Decimal | None:
    """What is paid for the goods that are there, where they are fewer than listed."""
    for found in result['findings']:
        if found['check'] == 'goods_are_there' and found['result'] == 'pass':
            net = found['reason']['values'].get('net')
            return None if net is None else Decimal(net)
    return None


COUNTER = Counter(
    words=Path(__file__).parent / 'kiosk.toml',
    document=evidence.PASSPORT,
    papers=evidence.RECEIPT,
    library='forms',
    person=person,
    found=found,
    declares=declares,
    belongs=belongs,
    items=items,
    sums=sums,
    goods=(evidence.GOODS, 'goods'),
    lessened=lessened,
)
