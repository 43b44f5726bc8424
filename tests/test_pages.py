"""The pages: who may see which, and what stands on them."""

from __future__ import annotations

import base64
import importlib.util
import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from clearlane import audit, flow, registry, work
from clearlane.recognisers import exif
from clearlane.settings import settings
from clearlane.store import models as rows
from tests.browser import cast
from tests.browser.cast import CANARY, browser, place, text
from tests.conftest import EXPORTER, OFFICER, PARTY


@pytest.fixture(scope='module')
def play() -> Iterator[SimpleNamespace]:
    yield from cast.play()


# --- every page ---------------------------------------------------------------

PAGES = ('home', 'new_declaration', 'declaration', 'evidence', 'libraries', 'library',
         'submit_entry', 'diary', 'me', 'verify', 'verify_ask')  # fmt: skip


@pytest.mark.parametrize('language', ['zh-hans', 'en'])
@pytest.mark.parametrize('name', PAGES)
def test_a_page_names_its_language_and_keeps_the_policy(
    play: SimpleNamespace, name: str, language: str
) -> None:
    answer = browser('own', language).get(place(name, play))
    page = text(answer)
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}">' in page
    assert ' style="' not in page
    assert '<style' not in page
    assert not re.search(r'\son[a-z]+="', page)
    assert all(
        'src=' in tag or 'application/json' in tag for tag in re.findall('<script[^>]*>', page)
    )
    policy = answer.headers['Content-Security-Policy']
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert 'unsafe' not in policy
    assert answer.headers['X-Content-Type-Options'] == 'nosniff'
    assert 'no-store' in answer.headers['Cache-Control']


def test_every_word_of_the_screens_is_translated() -> None:
    file = Path(__file__).parent.parent / 'tools' / 'messages.py'
    spec = importlib.util.spec_from_file_location('messages', file)
    assert spec is not None
    assert spec.loader is not None
    messages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)
    assert [line for tongue in messages.LANGUAGES for line in messages.untranslated(tongue)] == []


@pytest.mark.parametrize(
    ('language', 'words'),
    [('zh-hans', '此地址没有内容'), ('en', 'There is nothing at this address')],
)
def test_errors_speak_the_language_of_the_reader(
    play: SimpleNamespace, language: str, words: str
) -> None:
    assert words in text(browser('own', language).get('/nothing'))


def test_what_breaks_is_told_without_its_insides(
    play: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError('secret inside')

    monkeypatch.setattr('clearlane.web.sight.declarations', broken)
    answer = browser('own', raise_request_exception=False).get('/')
    assert answer.status_code == 500
    assert 'Nothing was lost' in text(answer)
    assert 'secret' not in text(answer)


def test_the_language_is_kept_for_the_person_and_the_browser(play: SimpleNamespace) -> None:
    client = browser('analyst', 'en')
    answer = client.post('/language', {'language': 'zh-hans', 'next': '/diary'})
    assert (answer.headers['Location'], client.cookies['django_language'].value) == (
        '/diary',
        'zh-hans',
    )
    assert rows.User.objects.get(username='analyst').language == 'zh-hans'
    away = client.post('/language', {'language': 'xx', 'next': 'https://example.org/'})
    assert away.headers['Location'] == '/'
    assert rows.User.objects.get(username='analyst').language == 'zh-hans'


def test_signing_in_leads_to_the_page_in_the_persons_language(play: SimpleNamespace) -> None:
    rows.User.objects.filter(username='officer').update(language='en')
    client = browser('anonymous', 'zh-hans')
    asked = client.get('/diary?kind=visit')
    assert asked.headers['Location'] == '/sign-in?next=/diary%3Fkind%3Dvisit'
    wrong = client.post('/sign-in', {'login': 'officer', 'password': 'wrong'})
    assert wrong.status_code == 200
    assert '用户名或密码错误' in text(wrong)
    right = client.post(
        asked.headers['Location'],
        {'login': 'officer', 'password': cast.PASSWORD, 'next': '/diary?kind=visit'},
    )
    assert right.headers['Location'] == '/diary?kind=visit'
    assert client.cookies['django_language'].value == 'en'
    assert client.get('/sign-out').status_code == 200
    assert client.post('/sign-out').status_code == 302
    assert client.get('/diary').status_code == 302


# --- the list -----------------------------------------------------------------


def test_the_list_shows_what_came_of_each_declaration(play: SimpleNamespace) -> None:
    page = text(browser('officer').get('/'))
    for no in (play.released, play.referred, play.waiting):
        assert no in page
    assert 'On-site inspection' in page
    assert 'Mismatch 1' in page
    assert 'Photographs awaited' in page


def test_the_address_is_the_filter(play: SimpleNamespace) -> None:
    client = browser('own')
    found = text(client.get('/?outcome=release'))
    assert play.released in found
    assert play.referred not in found
    assert play.waiting in text(client.get(f'/?words={CANARY}&status=lodged'))
    assert 'Nothing fits this filter' in text(client.get('/?words=nothing-like-it%00'))
    assert client.get('/?status=x&outcome=x&page=x').status_code == 200


def test_an_empty_list_says_what_to_do_next(play: SimpleNamespace) -> None:
    assert 'You have not declared anything yet' in text(browser('other').get('/'))


# --- one declaration ----------------------------------------------------------


def test_a_finding_is_shown_with_reason_basis_remedy_and_place(play: SimpleNamespace) -> None:
    chinese = text(browser('own', 'zh-hans').get(f'/declarations/{play.referred}'))
    english = text(browser('own').get(f'/declarations/{play.referred}'))
    assert '箱上标记' in chinese
    assert 'The crate shows 4G/Y25/S/25/CN/C370001' in english
    assert 'Crates Act, art. 7' in english
    assert 'Replace the mark and photograph it again' in english
    assert f'/evidence/{play.piece}/crop?box=' in english
    assert 'SHA-256' in english
    assert 'Audit log #' in english
    assert 'name="outcome"' not in english


def test_a_release_shows_its_certificate_and_the_next_visit(play: SimpleNamespace) -> None:
    page = text(browser('own').get(f'/declarations/{play.released}'))
    assert play.paper in page
    assert f'/verify/{play.paper}' in page
    assert 'Periodic visit' in page
    assert '497 of 500 left' in page
    paper = browser('own').get(f'/declarations/{play.released}/certificate.en.pdf')
    assert paper.content.startswith(b'%PDF')
    assert (
        browser('own').get(f'/declarations/{play.released}/certificate.xx.pdf').status_code == 404
    )


def test_a_declaration_that_moves_is_asked_for_again(play: SimpleNamespace) -> None:
    client = browser('own')
    assert client.get(f'/declarations/{play.released}/progress').headers['HX-Refresh'] == 'true'
    waiting = text(client.get(f'/declarations/{play.waiting}/progress'))
    assert 'hx-get' not in waiting
    gone = browser('anonymous').get(
        f'/declarations/{play.waiting}/progress', headers={'HX-Request': 'true'}
    )
    assert gone.headers['HX-Redirect'] == '/sign-in'


# --- what an officer does -----------------------------------------------------


@pytest.fixture
def case(play: SimpleNamespace) -> SimpleNamespace:
    """A referred shipment of this test's own, and the form on its page."""
    no = cast.referred()
    page = text(browser('officer').get(f'/declarations/{no}'))
    number = re.search(r'name="number" value="(\d+)"', page)
    assert number is not None
    return SimpleNamespace(no=no, page=page, form={'number': number[1], 'note': 'looked at it'})


def test_an_officer_sees_the_suggestion_only_after_the_photograph(case: SimpleNamespace) -> None:
    assert re.search(r'<div data-after-photo hidden>', case.page)
    assert 'id="release"' in case.page
    assert 'aria-describedby="release-why" disabled>' in case.page
    head = case.page.partition('<div class="review">')[0]
    assert 'On-site inspection' not in head


def test_a_release_needs_a_verdict_on_each_mismatch(case: SimpleNamespace) -> None:
    client = browser('officer')
    place = f'/declarations/{case.no}/close'
    early = client.post(place, {**case.form, 'outcome': 'release', 'verdict-2': 'confirmed'})
    assert early.status_code == 422
    assert 'judge each mismatch before you release' in text(early)
    assert 'looked at it' in text(early)
    bare = client.post(place, {**case.form, 'outcome': 'release', 'verdict-1': 'overruled'})
    assert bare.status_code == 422
    assert 'say why it is wrong' in text(bare)
    form = {**case.form, 'outcome': 'release', 'verdict-1': 'overruled', 'why-1': 'old stock'}
    assert client.post(place, form).status_code == 302
    decision = flow.find(OFFICER, case.no).decisions.latest('number')
    assert (decision.outcome, decision.by) == ('release', 'officer')
    said = decision.verdicts.get()
    assert (said.check_name, said.verdict, said.reason) == (
        'mark_is_that_of_the_design',
        'overruled',
        'old stock',
    )
    page = text(client.get(f'/declarations/{case.no}'))
    assert 'looked at it' in page
    assert 'All decisions' in page
    again = client.post(place, {**case.form, 'outcome': 'refuse'})
    assert again.status_code == 409


def test_a_refusal_needs_a_reason(case: SimpleNamespace) -> None:
    client = browser('officer')
    place = f'/declarations/{case.no}/close'
    bare = client.post(place, {**case.form, 'note': ' ', 'outcome': 'refuse'})
    assert bare.status_code == 422
    assert client.post(place, {**case.form, 'outcome': 'pardon'}).status_code == 422
    assert client.post(place, {**case.form, 'outcome': 'refuse'}).status_code == 302
    assert flow.find(OFFICER, case.no).decisions.latest('number').outcome == 'refuse'


def test_what_was_concluded_again_meanwhile_is_not_closed(case: SimpleNamespace) -> None:
    flow.attach(cast.ABLE, case.no, cast.picture(4711), item='A-002', view='front')
    work.drain()
    stale = browser('officer').post(
        f'/declarations/{case.no}/close', {**case.form, 'outcome': 'refuse'}
    )
    assert stale.status_code == 409


def test_a_version_is_submitted_and_taken_into_force(play: SimpleNamespace) -> None:
    own, officer = browser('own'), browser('officer')
    place = '/library/crates/designs/new'
    wrong = own.post(place, {'_key': 'a b', 'mark': '', 'views-0-view': 'UP'})
    assert wrong.status_code == 422
    assert text(wrong).count('class="problem"') >= 3
    form = {'_key': 'D-02', 'mark': 'M', 'views-0-view': 'top', 'views-0-shows': ['mark', 'label']}
    assert own.post(place, form).status_code == 302
    assert 'Submitted' in text(own.get('/library/crates/designs'))
    entry = rows.LibraryEntry.objects.get(key='D-02')
    assert entry.data == {'mark': 'M', 'views': [{'view': 'top', 'shows': ['mark', 'label']}]}
    place = f'/library/crates/designs/{entry.pk}/qualify'
    assert officer.post(place, {'since': 'x'}).status_code == 422
    assert officer.post(place, {'since': '2026-01-01', 'until': ''}).status_code == 302
    assert officer.post(place, {'since': '2026-01-01'}).status_code == 409
    again = text(own.get('/library/crates/designs/new?key=D-02'))
    assert 'value="top"' in again


# --- what an enterprise does --------------------------------------------------


def typed(**changed: str) -> dict[str, Any]:
    return {
        'reference': 'F-1',
        'design': 'D-01',
        'permit': 'P-01',
        'boxes': '3',
        'serials': 'A-001\nA-002\r\n A-003 \n\n',
        'mass_kg': '18.5',
        'packed': '2026-05-10',
        'mode': 'sea',
        'fragile': 'on',
        'papers-0-kind': 'invoice',
        'papers-0-no': 'INV-1',
        'papers-7-kind': '',
        'papers-7-no': '',
        **changed,
    }


def test_a_declaration_is_typed_and_lodged_once(play: SimpleNamespace) -> None:
    client, place = browser('own'), '/declarations/new?scenario=crates'
    token = re.search(r'name="_token" value="(\w+)"', text(client.get(place)))
    assert token is not None
    form = typed(_token=token[1])
    places = {client.post(place, form).headers['Location'] for _ in range(2)}
    assert len(places) == 1
    row = rows.Declaration.objects.latest('pk')
    assert row.declared['serials'] == ['A-001', 'A-002', 'A-003']
    assert row.declared['papers'] == [{'kind': 'invoice', 'no': 'INV-1'}]
    assert row.declared['fragile'] is True
    page = text(client.get(places.pop()))
    assert '0 of 3 items have a photograph' in page
    assert '<option value="front">' in page
    draft = text(client.get(f'{place}&from={row.no}'))
    assert 'value="F-1"' in draft
    assert 'INV-1' in draft


def test_a_problem_stands_beside_its_field(play: SimpleNamespace) -> None:
    before = rows.Declaration.objects.count()
    answer = browser('own').post(
        '/declarations/new?scenario=crates',
        typed(boxes='many', mode='', design='D-9') | {'papers-0-kind': 'x'},
    )
    page = text(answer)
    assert answer.status_code == 422
    for field in ('boxes', 'mode', 'papers-0-kind'):
        assert f'id="{field}-problem"' in page
        assert f'href="#{field}"' in page
    assert 'value="many"' in page
    assert 'By sea' in page
    counted = text(browser('own').post('/declarations/new?scenario=crates', typed(boxes='2')))
    assert 'id="boxes-problem"' in counted
    unknown = text(browser('own').post('/declarations/new?scenario=crates', typed(design='D-9')))
    assert 'id="design-problem"' in unknown
    assert rows.Declaration.objects.count() == before


def test_a_form_keeps_hostile_words_as_words(play: SimpleNamespace) -> None:
    hostile = '"><script>alert(1)</script>{{7*7}}'
    page = text(browser('own').post('/declarations/new?scenario=crates', typed(reference=hostile)))
    assert '<script>alert' not in page
    no = cast.lodged(reference=hostile[:60])
    for address in ('/', f'/declarations/{no}', f'/declarations/{no}/evidence'):
        shown = text(browser('own').get(address))
        assert '<script>alert' not in shown
        assert '&lt;script&gt;' in shown


# --- photographs, verification, the log ---------------------------------------


def test_a_copy_has_no_more_than_pixels(play: SimpleNamespace) -> None:
    client = browser('own')
    view = client.get(f'/evidence/{play.piece}/view')
    assert view.headers['Content-Type'] == 'image/jpeg'
    assert view.headers['Cache-Control'].startswith('private')
    assert view.headers['X-Content-Type-Options'] == 'nosniff'
    assert b'"kind"' not in view.content
    assert exif.read(view.content) == (1, None)
    same = client.get(
        f'/evidence/{play.piece}/view', headers={'If-None-Match': view.headers['ETag']}
    )
    assert (same.status_code, same.content) == (304, b'')
    thumb = Image.open(io.BytesIO(client.get(f'/evidence/{play.piece}/thumb').content))
    assert max(thumb.size) <= 320
    assert client.get(f'/evidence/{play.piece}/crop?box=a').status_code == 404


def test_the_original_can_only_be_saved(play: SimpleNamespace) -> None:
    original = browser('own').get(f'/evidence/{play.piece}/original')
    assert b'"kind"' in original.content
    assert original.headers['Content-Disposition'].startswith('attachment')
    assert 'sandbox' in original.headers['Content-Security-Policy']
    assert original.headers['X-Content-Type-Options'] == 'nosniff'


def test_anybody_can_verify_a_certificate_and_learns_little(play: SimpleNamespace) -> None:
    client = browser('anonymous')
    page = text(client.get(f'/verify/{play.paper}'))
    assert 'Valid' in page
    assert '鹭江＊＊＊' in page
    assert CANARY not in page
    assert PARTY not in page
    assert client.get(f'/verify?no={play.paper}').headers['Location'] == f'/verify/{play.paper}'
    unknown = client.get('/verify/CL-1')
    assert unknown.status_code == 404
    assert 'Unknown' in text(unknown)
    paper = rows.Certificate.objects.get(no=play.paper)
    try:
        rows.Certificate.objects.filter(pk=paper.pk).update(state='suspended')
        assert 'Suspended' in text(client.get(f'/verify/{play.paper}'))
        rows.Certificate.objects.filter(pk=paper.pk).update(state='valid', valid_until='2020-01-01')
        assert 'Expired' in text(client.get(f'/verify/{play.paper}'))
    finally:
        paper.save()


def test_an_auditor_reads_the_log_and_takes_a_proof(play: SimpleNamespace) -> None:
    client = browser('auditor')
    page = text(client.get('/audit'))
    assert settings().origin in page
    assert text(client.get('/audit?before=3')).count('/proof.json') == 3
    assert 'qualify' in text(client.get('/audit/1')) or 'register' in text(client.get('/audit/1'))
    proof = client.get('/audit/2/proof.json').json()
    steps = [base64.b64decode(step) for step in proof['proof']]
    root = base64.b64decode(proof['root'])
    assert audit.included(proof['leaf'].encode(), 2, proof['size'], steps, root)
    assert client.get('/audit/99999').status_code == 404


def test_the_diary_groups_by_the_day_that_is_due(play: SimpleNamespace) -> None:
    page = text(browser('officer').get('/diary'))
    assert page.index('On-site inspection') < page.index('periodic supervision')
    assert play.referred not in text(browser('officer').get('/diary?kind=visit'))


def test_the_library_tells_what_is_left(play: SimpleNamespace) -> None:
    registry.register(EXPORTER, 'crates', 'permits', 'P-77', {**cast.PERMIT, 'quantity': 7})
    page = text(browser('officer').get('/library/crates/permits'))
    assert 'of 500 left' in page
    assert 'Take into force' in page
