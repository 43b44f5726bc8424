"""Districts, reference photographs on the form, the queue of the second officer: by the pages."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from typer.testing import CliRunner

from clearlane import governance, outcomes, people
from clearlane.access import Actor
from clearlane.cli import app
from clearlane.store import models as rows
from tests.browser.cast import browser
from tests.browser.cast import people as everybody
from tests.conftest import OFFICER, OTHER, PARTY, SECOND, qr
from tests.test_outcomes import doubtful, permit, referred, refused, released

pytestmark = pytest.mark.usefixtures('store')
DESIGN = {
    '_key': 'D-01', 'name': 'carton', 'mark': '4G/Y25/S/26/CN/C370009', 'un_numbers': 'UN3480',
    'views-0-view': 'front', 'views-0-shows': 'un_mark', 'closing_instruction': 'tape',
    'inner_packaging': 'foam',
}  # fmt: skip
FORM = '/library/lithium_packaging/designs/new'


@pytest.fixture
def own() -> Client:
    everybody()
    return browser('own')


def design() -> rows.LibraryEntry:
    return rows.LibraryEntry.objects.filter(library='designs').latest('version')


def photo(n: int) -> Any:
    return SimpleUploadedFile('front.png', qr('D-01', shade=n), 'image/png')


def test_a_reference_photograph_comes_with_the_form(own: Client) -> None:
    first = {'reference_photographs-0-view': 'front', 'reference_photographs-0-file': photo(1)}
    assert own.post(FORM, {**DESIGN, **first}).status_code == 302
    kept = rows.ReferencePhotograph.objects.get()
    assert design().data['reference_photographs'] == {'front': kept.sha256}
    page = own.get(FORM, {'key': 'D-01'}).content.decode()
    assert f'value="{kept.sha256}"' in page
    again = {
        'reference_photographs-0-view': 'front', 'reference_photographs-0-hash': kept.sha256,
        'reference_photographs-1-view': 'label', 'reference_photographs-1-file': photo(2),
    }  # fmt: skip
    assert own.post(FORM, {**DESIGN, **again}).status_code == 302
    named = design().data['reference_photographs']
    assert named['front'] == kept.sha256 and len(named) == 2
    gone = {**again, 'reference_photographs-0-view': ''}
    del gone['reference_photographs-1-file']
    assert own.post(FORM, {**DESIGN, **gone}).status_code == 302
    assert not design().data.get('reference_photographs')


def test_what_is_no_photograph_is_told_beside_the_field(own: Client) -> None:
    words = SimpleUploadedFile('a.png', b'words', 'image/png')
    wrong = {'reference_photographs-0-view': 'front', 'reference_photographs-0-file': words}
    for sent in (wrong, {**wrong, 'reference_photographs-0-view': '',
                         'reference_photographs-0-file': photo(1)}):  # fmt: skip
        answer = own.post(FORM, {**DESIGN, **sent})
        assert answer.status_code == 422
        assert 'reference_photographs-problem' in answer.content.decode()
    strange = {'reference_photographs-0-view': 'front', 'reference_photographs-0-hash': 'a' * 64}
    assert own.post(FORM, {**DESIGN, **strange}).status_code == 422
    assert not rows.LibraryEntry.objects.exists()


def test_a_declaration_has_the_district_of_the_form_or_of_its_enterprise(own: Client) -> None:
    where = f'/enterprises/{PARTY}/enrol'
    officer = browser('officer')
    assert officer.post(where, {'what': 'district', 'district': 'x'}).status_code == 422
    assert officer.post(where, {'what': 'district', 'district': '37'}).status_code == 302
    assert own.post(where, {'what': 'district', 'district': '22'}).status_code == 403
    assert '<option value="37" selected>' in officer.get(f'/enterprises/{PARTY}').content.decode()
    permit()
    told = {}
    for n, sent in enumerate(({}, {'district': '22'}, {'district': 'zz'})):
        declared = {'sender': 'calm', 'pieces': [f'R{n}'], 'permit': 'P1'}
        body = {'scenario': 'strict', 'declared': declared, **sent}
        answer = own.post('/api/v1/declarations', body, 'application/json')
        told[n] = answer.status_code
    assert told == {0: 201, 1: 201, 2: 422}
    found = rows.Declaration.objects.order_by('pk').values_list('district', flat=True)
    assert list(found) == ['37', '22']
    assert (
        '<option value="37" selected>'
        in own.get('/declarations/new?scenario=strict').content.decode()
    )


def test_the_command_sets_a_district_and_leaves_it() -> None:
    run = CliRunner().invoke
    command = ['admin', 'party', OTHER, 'other']
    assert run(app, [*command, '--district', '23']).exit_code == 0
    assert run(app, command).exit_code == 0
    assert rows.Party.objects.get(pk=OTHER).district == '23'
    assert run(app, [*command, '--district', 'abc']).exit_code != 0
    people.party(OTHER, 'other', 'regular', '')
    assert rows.Party.objects.get(pk=OTHER).district == ''


def test_what_waits_for_a_second_officer_is_counted_and_listed(own: Client) -> None:
    no = referred()
    outcomes.close(SECOND, no, 'refuse', 'no good')
    permit()
    entry = rows.LibraryEntry.objects.get(library='permits')
    governance.withdraw(SECOND, entry.pk, 'the maker was closed')
    officer = browser('officer')
    assert '2 proposals wait for you' in officer.get('/').content.decode()
    page = officer.get('/diary?kind=confirm').content.decode()
    assert no in page and f'/entries/{entry.pk}' in page and '<span class="tag info">2' in page
    assert f'/entries/{entry.pk}' not in own.get('/diary').content.decode()
    governance.confirm(Actor(name='officer', role='officer'), entry.pk, agreed=False, note='no')
    assert '1 proposal waits for you' in officer.get('/').content.decode()


def test_every_number_of_the_benefit_leads_to_its_rows(own: Client) -> None:
    released('A1')
    outcomes.close(OFFICER, doubtful('A2'), 'release', 'fine')
    refused()
    officer = browser('officer')
    for query in ('?by=district', '?by=party&scenario=strict'):
        page = officer.get(f'/benefit{query}').content.decode()
        links = re.findall(r'href="(\?[^"]*)#rows">(\d+)</a>', page)
        assert len(links) > 12
        for link, n in links:
            shown = officer.get('/benefit' + html.unescape(link)).content.decode()
            rows_of_it = shown[shown.index('id="rows"') :]
            assert rows_of_it.count('<td><a class="id"') == int(n), link
    page = officer.get('/benefit?scenario=crates').content.decode()
    assert 'There are no such rows' in page
