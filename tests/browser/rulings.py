"""Declarations at every place of the road of people's acts, and library entries: for the pages."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from clearlane import certificates, corrections, flow, four_eyes, governance, outcomes, registry
from clearlane import reconsideration as again
from clearlane.access import Actor
from clearlane.outcomes import Said
from clearlane.store import models as rows
from tests.browser.cast import ABLE, drain, picture
from tests.conftest import NO_DRAW, qr

HE = Actor(name='officer', role='officer')
SECOND = Actor(name='second', role='officer')
THIRD = Actor(name='third', role='officer')
FALSE = Said('every_piece_is_seen', 'overruled', 'an old print; the code was compared by hand')
TRUE = Said('every_piece_is_seen', 'confirmed')


def lodged(piece: str, **changed: str) -> str:
    """A parcel of one piece."""
    payload = {'sender': 'calm', 'pieces': [piece], 'permit': 'P1'}
    return flow.lodge(ABLE, 'strict', payload, lot=NO_DRAW, **changed).no  # type: ignore[arg-type]


def presented(piece: str, shows: str = '', **changed: str) -> str:
    """A parcel that was decided; without a photograph there is a doubt."""
    no = lodged(piece, **changed)
    if shows:
        flow.attach(ABLE, no, qr(shows, shade=len(no) + sum(piece.encode())), item=piece)
    flow.present(ABLE, no)
    drain()
    return no


def refused(piece: str, district: str = '37') -> str:
    """A parcel that two officers refused."""
    no = presented(piece, 'OTHER', district=district)
    outcomes.close(SECOND, no, 'refuse', 'the code is that of another parcel', verdicts=[TRUE])
    four_eyes.confirm(THIRD, no, 'I agree')
    return no


def stage() -> SimpleNamespace:
    """Everything, and the numbers of what the pages show."""
    for name in ('second', 'third'):
        rows.User.objects.create(username=name, role='officer')
    first = registry.register(ABLE, 'strict', 'permits', 'P1', {'quantity': 100})
    registry.qualify(HE, first.pk, date(2026, 1, 1))
    waiting = registry.register(ABLE, 'strict', 'permits', 'P2', {'quantity': 7})
    released = presented('A1', 'A1', district='37')
    reissued = presented('A2', 'A2')
    certificates.reissue(HE, reissued, 'the name of the sender was wrong', {'sender': 'quiet'})
    proposed = presented('B1', 'OTHER', district='37')
    outcomes.close(SECOND, proposed, 'release', 'compared by hand', verdicts=[FALSE])
    returned = presented('B2')
    outcomes.send_back(HE, returned, 'photograph the code from nearby')
    corrected = lodged('B3')
    declared = {'sender': 'calm', 'pieces': ['B3', 'B4'], 'permit': 'P1'}
    corrections.correct(ABLE, corrected, declared, 'one piece was forgotten')
    withdrawn = presented('B5')
    corrections.withdraw(ABLE, withdrawn, 'sold in the country')
    contested, contestable, upheld = refused('C1'), refused('C2', ''), refused('C3')
    again.contest(ABLE, contested, 'The code is ours, see the photograph.', [picture(11)])
    again.contest(ABLE, upheld, 'The code is ours.')
    again.admit(HE, upheld)
    again.reconsider(HE, upheld, 'refuse', 'it is that of another parcel', verdicts=[TRUE])
    governance.comment(HE, waiting.pk, 'Which goods does it cover?')
    return SimpleNamespace(
        referred=presented('D1', 'OTHER'),
        released=released,
        reissued=reissued,
        proposed=proposed,
        returned=returned,
        corrected=corrected,
        withdrawn=withdrawn,
        contested=contested,
        contestable=contestable,
        notice=f'{contestable}-N1',
        upheld=upheld,
        permit=first.pk,
        waiting=waiting.pk,
        reading=rows.SecondReading.objects.get(declaration__no=contestable).pk,
    )
