"""The lithium scenario from its door to its paper, on the real store."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clearlane import demo, flow, registry
from clearlane.admission import Rejected
from clearlane.sample.package import Package
from clearlane.scenarios.lithium_packaging.certificate import after_months, use_appraisal
from clearlane.store import models as rows
from tests.conftest import OFFICER

EXPORTER = demo.ENTERPRISE
MARK = f'4G/Y25/S/{flow.today():%y}/CN/C370009'


@pytest.fixture
def batch(store: None) -> dict[str, Any]:
    """A batch that may be declared, with its design and performance sheet in force."""
    demo.libraries(1, MARK, flow.today())
    first = Package(mark=f'{MARK} PI:0225', serial='XM-0001', batch='0225')
    return demo.declared(1, 'A', first, flow.today(), 3)


def refused(payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(Rejected) as caught:
        flow.lodge(EXPORTER, demo.SCENARIO, payload)
    for problem in caught.value.problems:
        assert problem.message.say('zh') and problem.message.say('en')
        assert problem.remedy.say('zh') and problem.remedy.say('en')
        assert len(problem.value) <= 81
    assert not rows.Declaration.objects.exists()
    return [(p.field, p.code) for p in caught.value.problems]


def test_a_good_batch_is_accepted(batch: dict[str, Any]) -> None:
    assert flow.lodge(EXPORTER, demo.SCENARIO, batch).no.startswith('CL-')


@pytest.mark.parametrize(
    ('change', 'field', 'code'),
    [
        ({'design': 'D-99'}, 'design', 'unknown_design'),
        ({'performance_sheet': 'XN-0'}, 'performance_sheet', 'unknown_certificate'),
        ({'boxes': 4}, 'boxes', 'boxes_and_serials_differ'),
        ({'serials': ['XM-0001', 'XM-0001', 'XM-0002']}, 'serials', 'serial_twice'),
        ({'un_number': 'UN1203'}, 'un_number', 'un_number_outside'),
        ({'un_number': 'UN99'}, 'un_number', 'value_error'),
        ({'net_mass_kg': '30'}, 'net_mass_kg', 'net_above_gross'),
        ({'gross_mass_kg': '-1'}, 'gross_mass_kg', 'greater_than'),
        ({'gross_mass_kg': 'NaN'}, 'gross_mass_kg', 'finite_number'),
        ({'packing_day': '2026-02-30'}, 'packing_day', 'date_from_datetime_parsing'),
        ({'packing_day': 'soon'}, 'packing_day', 'date_from_datetime_parsing'),
        ({'packing_day': '2020-01-01'}, 'packing_day', 'packed_too_early'),
        ({'packing_day': '2099-01-01'}, 'packing_day', 'packed_in_future'),
        ({'transport_mode': 'balloon'}, 'transport_mode', 'literal_error'),
        ({'packing_instruction': 'P001'}, 'packing_instruction', 'string_pattern_mismatch'),
        ({'plant': 'x\x00'}, 'plant', 'control_character'),
        ({'plant': 'x' * 10_000_000}, 'plant', 'string_too_long'),
        ({'colour': 'red'}, 'colour', 'extra_forbidden'),
        (
            {'documents': [{'kind': 'poem', 'no': '1', 'day': '2026-01-01'}]},
            'documents.0.kind',
            'literal_error',
        ),
    ],
)
def test_a_batch_that_is_not_right_names_its_field(
    batch: dict[str, Any], change: dict[str, Any], field: str, code: str
) -> None:
    assert (field, code) in refused({**batch, **change})


def sheet(**change: Any) -> None:
    """Another version of the performance sheet, in force from today."""
    kept = rows.LibraryEntry.objects.filter(library='performance_sheets').latest('version')
    data = {**kept.data, **change}
    entry = registry.register(EXPORTER, demo.SCENARIO, 'performance_sheets', kept.key, data)
    registry.qualify(OFFICER, entry.pk, flow.today())


def test_an_expired_or_exhausted_sheet_is_refused_at_the_door(batch: dict[str, Any]) -> None:
    sheet(quantity=2)
    assert refused(batch) == [('performance_sheet', 'exhausted_certificate')]
    yesterday = flow.today() - timedelta(days=1)
    sheet(valid_until=yesterday.isoformat())
    assert refused(batch) == [('performance_sheet', 'expired_certificate')]


@pytest.mark.parametrize('library', ['designs', 'performance_sheets'])
def test_a_mark_that_is_none_is_not_registered(batch: dict[str, Any], library: str) -> None:
    kept = rows.LibraryEntry.objects.get(library=library)
    data = {**kept.data, 'mark': '4J/Y25/S/26/CN/C370009'}
    with pytest.raises(Rejected, match='4J'):
        registry.register(EXPORTER, demo.SCENARIO, library, 'K', data)


@pytest.mark.parametrize(
    ('day', 'months', 'then'),
    [
        ('2026-05-11', 3, '2026-08-11'),
        ('2026-11-30', 3, '2027-02-28'),
        ('2027-11-30', 3, '2028-02-29'),
        ('2026-12-31', 12, '2027-12-31'),
        ('2028-02-29', 12, '2029-02-28'),
        ('2026-10-31', 1, '2026-11-30'),
    ],
)
def test_months_end_where_the_month_ends(day: str, months: int, then: str) -> None:
    assert after_months(date.fromisoformat(day), months) == date.fromisoformat(then)


@pytest.mark.parametrize(
    ('mode', 'valid_until', 'until'),
    [
        ('air', '2027-04-10', '2026-08-11'),
        ('sea', '2027-04-10', '2027-04-10'),
        ('road', '2029-04-10', '2027-05-11'),
        ('air', '2026-06-01', '2026-06-01'),
    ],
)
def test_the_paper_holds_by_mode_and_never_beyond_the_sheet(
    mode: str, valid_until: str, until: str
) -> None:
    import tomllib

    from clearlane.scenario import scenarios
    from tests.test_scenarios import case_of

    scenario = scenarios()['lithium_packaging']
    book = tomllib.loads((scenario.home / 'examples.toml').read_text(encoding='utf-8'))
    example = {
        'declared': {'transport_mode': mode},
        'libraries': {'performance_sheets': {'XN-1': {'valid_until': valid_until}}},
    }
    paper = use_appraisal(case_of(scenario, book, example))
    assert paper.valid_until == date.fromisoformat(until)
    assert paper.fields['pieces'] == 2
