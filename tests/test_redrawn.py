"""A release that is opened again: what it took is for what is declared then, or given back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clearlane import benefit, corrections, flow, four_eyes, outcomes, registry
from clearlane.store import models as rows
from tests.conftest import EXPORTER, OFFICER, SECOND, qr, settle
from tests.test_outcomes import released, row_of

pytestmark = pytest.mark.usefixtures('store')


def drawn() -> dict[str, int]:
    return dict(rows.Balance.objects.values_list('key', 'drawn'))


def opened_again() -> str:
    """Released, and referred since for a photograph that cannot be read."""
    no = released()
    assert drawn()['P1'] == 1
    flow.attach(EXPORTER, no, qr('A1', shade=9, width=333), item='A1')
    assert settle(no) == 'review'
    return no


def corrected(no: str, **changed: Any) -> None:
    corrections.correct(EXPORTER, no, {**row_of(no).declared, **changed}, 'a mistake')


def test_a_release_after_a_correction_takes_what_is_declared_now() -> None:
    no = opened_again()
    corrected(no, pieces=['A1', 'A2', 'A3'])
    assert drawn()['P1'] == 0
    flow.present(EXPORTER, no)
    settle(no)
    outcomes.close(OFFICER, no, 'release', 'looked at by hand')
    assert drawn()['P1'] == 3
    assert row_of(no).certificates.filter(state='valid').count() == 1


def test_a_correction_to_another_permit_frees_the_first() -> None:
    no = opened_again()
    entry = registry.register(EXPORTER, 'strict', 'permits', 'P2', {'quantity': 9})
    registry.qualify(OFFICER, entry.pk, date(2026, 1, 1))
    corrected(no, permit='P2')
    flow.present(EXPORTER, no)
    settle(no)
    outcomes.close(OFFICER, no, 'release', 'looked at by hand')
    assert drawn() == {'P1': 0, 'P2': 1}


def test_a_refusal_gives_back_and_ends_the_paper() -> None:
    no = opened_again()
    outcomes.close(OFFICER, no, 'refuse', 'the print is another')
    four_eyes.confirm(SECOND, no, 'I agree')
    assert drawn()['P1'] == 0
    assert [c.state for c in row_of(no).certificates.all()] == ['cancelled']
    day = row_of(no).day
    assert benefit.misses(day, day)['escaped'] == [no]
    assert benefit.misses(date(2000, 1, 1), date(2000, 2, 1))['escaped'] == []
