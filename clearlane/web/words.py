"""Words: the kernel's sentences in the language of the page, and the words of the screens.

A sentence of the kernel is a `Text`, or its written form with the keys zh, en and
values. Words of the screens themselves go through gettext.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from pydantic import BaseModel

from clearlane.codes.tables import column
from clearlane.model import Text

Form = Text | Mapping[str, Any]

RESULTS = {
    'fail': ('✕', pgettext_lazy('finding', 'Mismatch')),
    'doubt': ('?', pgettext_lazy('finding', 'Doubtful')),
    'pass': ('✓', pgettext_lazy('finding', 'Match')),
    '': ('–', pgettext_lazy('finding', 'Not judged')),
}
OUTCOMES = {
    'release': pgettext_lazy('outcome', 'Release'),
    'review': pgettext_lazy('outcome', 'Documentary review'),
    'remote': pgettext_lazy('outcome', 'Remote inspection'),
    'inspect': pgettext_lazy('outcome', 'On-site inspection'),
    'refuse': pgettext_lazy('outcome', 'Refused'),
}
STATUSES = {
    'awaiting': gettext_lazy('Photographs awaited'),
    'lodged': gettext_lazy('Photographs being read'),
    'examined': gettext_lazy('Being concluded'),
    'decided': gettext_lazy('Being carried out'),
    'done': gettext_lazy('Done'),
    'withdrawn': gettext_lazy('Withdrawn'),
}
EVENTS = {
    'released': gettext_lazy('Released without an inspection'),
    'inspected': gettext_lazy('Inspected'),
    'refused': gettext_lazy('Refused before the inspection'),
    'escape': gettext_lazy('Escape confirmed'),
    'admitted': gettext_lazy('Admitted to direct release'),
    'suspended': gettext_lazy('Suspended'),
    'readmitted': gettext_lazy('Let in again, to qualify'),
    'recognised': gettext_lazy('Record taken over'),
    'resumed': gettext_lazy('Inspection by sample taken up again'),
}
SEVERITIES = {
    'normal': gettext_lazy('normal inspection'),
    'tightened': gettext_lazy('tightened inspection'),
    'discontinued': gettext_lazy('inspection by sample discontinued'),
}
RATINGS = {
    'entered': gettext_lazy('Entered'),
    'upgrade': gettext_lazy('Upgraded'),
    'downgrade': gettext_lazy('Downgraded'),
    'repair': gettext_lazy('Credit repaired'),
}
SIDES = {'customs': gettext_lazy('Customs'), 'enterprise': gettext_lazy('Enterprise')}
SIGNED = {
    'password': gettext_lazy('confirmed by password'),
    'drawn': gettext_lazy('drawn by hand'),
}
HELD = {
    'yes': gettext_lazy('Holds'),
    'no': gettext_lazy('Does not hold'),
    'none': gettext_lazy('Does not apply'),
}
TASKS = {
    'visit': gettext_lazy('Periodic visit'),
    **OUTCOMES,
    'confirm': gettext_lazy('To be confirmed'),
    'correct': gettext_lazy('To be corrected'),
    'reconsider': gettext_lazy('Reconsideration'),
    'recheck': gettext_lazy('Entry withdrawn'),
    'payment': gettext_lazy('Payment'),
}
BOOKED = {
    'advanced': gettext_lazy('Advanced in the shop'),
    'taken back': gettext_lazy('Corrected by the feed'),
    'granted': gettext_lazy('Entered with the decision'),
    'settled': gettext_lazy('Confirmed by the bank'),
    'reversed': gettext_lazy('Came back'),
}
MOVES = {
    'pay': gettext_lazy('Payment'),
    'unhold': gettext_lazy('Release of the hold on the card'),
    'collect': gettext_lazy('Collection under the hold on the card'),
}
PAYMENTS = {
    'planned': gettext_lazy('Not sent yet'),
    'sent': gettext_lazy('Sent to the bank'),
    'paid': gettext_lazy('Carried out'),
    'refused': pgettext_lazy('payment', 'Refused'),
    'reversing': gettext_lazy('Being taken back'),
    'reversed': gettext_lazy('Came back'),
}
DEVICES = {
    'tracker': gettext_lazy('Tracker'),
    'lock': gettext_lazy('Lock'),
    'forwarder': gettext_lazy('Forwarder'),
}
CREDITS = {
    'senior_certified': gettext_lazy('Senior certified enterprise (AEO)'),
    'certified': gettext_lazy('Certified enterprise (AEO)'),
    'regular': gettext_lazy('Regular enterprise'),
    'dishonest': gettext_lazy('Dishonest enterprise'),
    'seriously_dishonest': gettext_lazy('Seriously dishonest enterprise'),
}
ROLES = {
    'exporter': gettext_lazy('Enterprise'),
    'officer': gettext_lazy('Customs officer'),
    'analyst': gettext_lazy('Risk analyst'),
    'auditor': gettext_lazy('Auditor'),
    'administrator': gettext_lazy('Administrator'),
}
STATES = {
    'submitted': gettext_lazy('Submitted'),
    'in_force': gettext_lazy('In force'),
    'returned': gettext_lazy('Sent back'),
    'withdrawn': gettext_lazy('Withdrawn'),
    'draft': gettext_lazy('Draft'),
    'approved': gettext_lazy('Approved'),
    'active': gettext_lazy('Active'),
    'retired': gettext_lazy('Retired'),
    'discarded': gettext_lazy('Given up'),
    'qualifying': gettext_lazy('Qualifying'),
    'admitted': gettext_lazy('Admitted to direct release'),
    'suspended': gettext_lazy('Suspended'),
    'planned': gettext_lazy('Planned'),
    'held': gettext_lazy('Held, to be signed'),
    'signed': gettext_lazy('Signed, to be put right'),
    'closed': gettext_lazy('Closed'),
    'open': gettext_lazy('To be put right'),
    'answered': gettext_lazy('Answered, to be seen'),
    'done': gettext_lazy('Put right'),
}
STANDINGS = {
    'awaiting': gettext_lazy('Waiting for the enterprise'),
    'moving': gettext_lazy('With the machine'),
    'referred': gettext_lazy('Waiting for an officer'),
    'proposed': gettext_lazy('Waiting for a second officer'),
    'returned': gettext_lazy('Sent back for correction'),
    'released': gettext_lazy('Released'),
    'refused': pgettext_lazy('standing', 'Refused'),
    'contested': gettext_lazy('Being reconsidered'),
    'withdrawn': gettext_lazy('Withdrawn'),
}
VERDICTS = {
    'confirmed': gettext_lazy('True alarm'),
    'overruled': gettext_lazy('False alarm'),
    'rectified': gettext_lazy('Put right since'),
}
PAPERS = {
    'valid': gettext_lazy('Valid'),
    'suspended': gettext_lazy('Suspended'),
    'cancelled': gettext_lazy('Cancelled'),
    'replaced': gettext_lazy('Replaced'),
    'expired': gettext_lazy('Expired'),
}
RECONSIDERED = {
    'requested': gettext_lazy('Asked for'),
    'admitted': gettext_lazy('Admitted'),
    'declined': gettext_lazy('Not admitted'),
    'retracted': gettext_lazy('Taken back'),
    'upheld': gettext_lazy('Upheld'),
    'changed': gettext_lazy('Changed: released'),
    'revoked': gettext_lazy('Revoked: looked at anew'),
}
GROUNDS = {
    'not_shipped': gettext_lazy('Not shipped: what it drew is given back'),
    'nonconforming': gettext_lazy('Does not conform, still here: refused'),
    'shipped_nonconforming': gettext_lazy('Does not conform and was shipped: refused'),
}
ACTS = {
    'lodge': gettext_lazy('Declared'),
    'incident': gettext_lazy('Incident'),
    'drift_alarm': gettext_lazy('Drift found'),
    'drift_acknowledge': gettext_lazy('Drift taken over'),
    'drift_close': gettext_lazy('Drift over'),
    'drift_reference': gettext_lazy('Another reference chosen'),
    'custody': gettext_lazy('Custody'),
    'attach': gettext_lazy('Photograph received'),
    'present': gettext_lazy('Evidence presented'),
    'reopen': gettext_lazy('Opened again by new evidence'),
    'forget': gettext_lazy('Deleted by law'),
    'examined': gettext_lazy('Everything read'),
    'decided': gettext_lazy('Concluded by the machine'),
    'done': gettext_lazy('Carried out'),
    'close': gettext_lazy('Concluded by an officer'),
    'answer': gettext_lazy('Questions answered'),
    'give_back': gettext_lazy('Partial use given back'),
    'paid': gettext_lazy('The bank has carried it out'),
    'refused': gettext_lazy('The bank has refused it'),
    'reversed': gettext_lazy('The money came back'),
    'reverse': gettext_lazy('Payment taken back'),
    'pay again': gettext_lazy('Paid another way'),
    'refer': gettext_lazy('Referred by an officer'),
    'return': gettext_lazy('Sent back for correction'),
    'correct': gettext_lazy('Corrected by the enterprise'),
    'withdraw': gettext_lazy('Withdrawn'),
    'propose': gettext_lazy('Proposed to a second officer'),
    'confirm': gettext_lazy('Confirmed by a second officer'),
    'send_back': gettext_lazy('Not confirmed'),
    'contest': gettext_lazy('Reconsideration asked for'),
    'retract': gettext_lazy('Request taken back'),
    'admit': gettext_lazy('Reconsideration begun'),
    'decline': gettext_lazy('Reconsideration not admitted'),
    'reconsider': gettext_lazy('Reconsidered by another officer'),
    'reissue': gettext_lazy('Certificate issued again'),
    'cancel': gettext_lazy('Certificate cancelled'),
    'register': gettext_lazy('Submitted'),
    'qualify': gettext_lazy('In force'),
    'comment': gettext_lazy('Comment'),
    'return_entry': gettext_lazy('Sent back for correction'),
    'propose_withdrawal': gettext_lazy('Proposed to a second officer'),
    'keep_entry': gettext_lazy('Not confirmed'),
    'withdraw_entry': gettext_lazy('Withdrawn'),
    'cancel_decision': gettext_lazy('Refused after it had been released'),
}
KINDS = {
    'photograph': gettext_lazy('Photograph'),
    'document': gettext_lazy('Paper'),
    'record': gettext_lazy('Data file'),
    'passport': gettext_lazy('Passport or permit'),
    'receipt': gettext_lazy('Receipt'),
    'goods': gettext_lazy('Goods'),
}
REPLIES = {
    'yes': pgettext_lazy('answer', 'Yes'),
    'no': pgettext_lazy('answer', 'No'),
    'unclear': gettext_lazy('Cannot tell'),
}
MEDIA = {
    'image/jpeg': 'JPEG',
    'image/png': 'PNG',
    'image/webp': 'WebP',
    'application/pdf': 'PDF',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel',
    'application/json': 'JSON',
    'text/csv': 'CSV',
}
INCIDENT_STATES = {
    'open': gettext_lazy('Open'),
    'acknowledged': gettext_lazy('Being handled'),
    'closed': gettext_lazy('Closed'),
    'withdrawn': gettext_lazy('Withdrawn by later messages'),
}
INCIDENT_ACTS = {
    'opened': gettext_lazy('Found by the machine'),
    'revised': gettext_lazy('Revised by late messages'),
    'ended': gettext_lazy('Over'),
    'withdrawn': gettext_lazy('Withdrawn by later messages'),
    'found_again': gettext_lazy('Found again'),
    'acknowledged': gettext_lazy('Taken over'),
    'assigned': gettext_lazy('Assigned'),
    'closed': gettext_lazy('Closed'),
}
VIEWS = {
    'loading': gettext_lazy('Loading'),
    'sealing': gettext_lazy('Sealing'),
    'front': gettext_lazy('Front'),
    'back': gettext_lazy('Back'),
    'left': gettext_lazy('Left side'),
    'right': gettext_lazy('Right side'),
    'side': gettext_lazy('Side'),
    'top': gettext_lazy('Top'),
    'bottom': gettext_lazy('Bottom'),
    'mark': gettext_lazy('Mark'),
    'label': gettext_lazy('Label'),
    'closure': gettext_lazy('Closure'),
    'inner': gettext_lazy('Inside'),
    'face': gettext_lazy('Marked face'),
}


def chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or 'zh').startswith('zh')


def said(form: Form | str | None) -> str:
    """A sentence of the kernel in the language of the page, bare where it cannot be filled."""
    if form is None or isinstance(form, str):
        return form or ''
    text = revived(form)
    try:
        return text.say('zh' if chinese() else 'en')
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return text.zh if chinese() else text.en


def both(form: Form | None) -> dict[str, str] | None:
    """A sentence in both languages, as the API gives it."""
    if form is None:
        return None
    text = revived(form)
    return {'zh': text.say('zh'), 'en': text.say('en')}


def revived(form: Any) -> Text:
    """The sentence from its written form, with the sentences among its values."""
    if isinstance(form, Text):
        return form
    values = {
        name: revived(value) if _is_sentence(value) else value
        for name, value in (form.get('values') or {}).items()
    }
    return Text(form['zh'], form['en'], values)


def _is_sentence(value: Any) -> bool:
    return isinstance(value, Mapping) and {'zh', 'en'} <= set(value)


_HAN = re.compile(r'\s*[((]([^()()]*[\u4e00-\u9fff][^()()]*)[))]')


def record_title(record: type[BaseModel]) -> Text:
    """What a record is called: the first line of its docstring, its Chinese name in brackets."""
    line = (record.__doc__ or record.__name__).strip().splitlines()[0].rstrip('.。')
    han = _HAN.search(line)
    english = re.sub(r'^(A|An|The|One) ', '', _HAN.sub('', line))
    english = english[:1].upper() + english[1:]
    return Text(han[1] if han else english, english)


def field_title(title: str) -> str:
    """The half of a field's title, as in '批号 / batch number', that fits the page."""
    halves = re.split(r'\s*/\s+', title, maxsplit=1)
    half = halves[0] if chinese() or len(halves) == 1 else halves[1]
    return half[:1].upper() + half[1:]


def value_titles(record: type[BaseModel]) -> dict[str, str]:
    """What the values that a record allows are called, where it says so: `titles` of a field."""
    return dict(_value_titles(record.model_json_schema()))


def _value_titles(schema: Any) -> Iterator[tuple[str, str]]:
    if isinstance(schema, Mapping):
        titles = schema.get('titles')
        if isinstance(titles, Mapping) and all(isinstance(t, str) for t in titles.values()):
            yield from ((value, field_title(title)) for value, title in titles.items())
        for part in schema.values():
            yield from _value_titles(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _value_titles(part)


def shown(value: Any, titles: Mapping[str, str]) -> str:
    """A declared value for a person: yes and no, lists in a line."""
    if isinstance(value, bool):
        return _('Yes') if value else _('No')
    if isinstance(value, Mapping):
        return ' · '.join(shown(v, titles) for v in value.values())
    if isinstance(value, list | tuple):
        return _(', ').join(shown(v, titles) for v in value)
    return '' if value is None else titles.get(str(value), str(value))


def view_title(view: str) -> str:
    """The name of a view; one that we have no word for is shown as it is."""
    return str(VIEWS.get(view, view.replace('_', ' ')))


def kind_title(kind: str) -> str:
    """The name of a kind of evidence."""
    return str(KINDS.get(kind, kind.replace('_', ' ')))


def seconds(value: float) -> str:
    """A span of time for a person to read."""
    if value < 60:
        return _('%(n)s s') % {'n': f'{value:.1f}'}
    minutes, rest = divmod(int(value), 60)
    if minutes < 60:
        return _('%(m)d min %(s)02d s') % {'m': minutes, 's': rest}
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _('%(h)d h %(m)02d min') % {'h': hours, 'm': minutes}
    return _('%(d)d days %(h)d h') % {'d': hours // 24, 'h': hours % 24}


def all_problems(refused: Any) -> list[str]:
    """Every problem of a refusal in one line each: what is wrong, and what to do."""
    found = refused.problems if refused else ()
    return [
        f'{said(p.message)} — {said(p.remedy)}' + (f' ({p.value})' if p.value else '')
        for p in found
    ]


def districts(own: str = '') -> list[tuple[str, str]]:
    """(code, name) of every customs district (直属海关) that is known, and of one's own."""
    named = column('customs_districts', 'code', 'name_zh' if chinese() else 'name_en')
    return sorted({**({own: ''} if own else {}), **named}.items())
