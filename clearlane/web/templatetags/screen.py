"""Filters and tags of the templates: sentences, chips, icons, spans of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clearlane.web import words

register = template.Library()

TONES = {
    'fail': 'bad',
    'doubt': 'warn',
    'pass': 'ok',
    '': 'unk',
    'release': 'ok',
    'review': 'info',
    'remote': 'info',
    'inspect': 'warn',
    'refuse': 'bad',
    'visit': 'unk',
    'submitted': 'warn',
    'in_force': 'ok',
    'returned': 'warn',
    'withdrawn': 'unk',
    'draft': 'warn',
    'approved': 'info',
    'active': 'ok',
    'retired': 'unk',
    'discarded': 'unk',
    'confirm': 'info',
    'correct': 'warn',
    'reconsider': 'warn',
    'recheck': 'warn',
    'valid': 'ok',
    'suspended': 'warn',
    'cancelled': 'bad',
    'replaced': 'unk',
    'expired': 'warn',
    'qualifying': 'warn',
    'admitted': 'ok',
    'planned': 'info',
    'held': 'warn',
    'signed': 'warn',
    'closed': 'ok',
    'open': 'warn',
    'answered': 'info',
    'done': 'ok',
}
# Paths on a grid of 24, drawn as strokes.
ICONS = {
    'release': 'M5 13l5 5 9-11',
    'review': 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
    'remote': 'M3 7h12v10H3zM15 11l6-3v8l-6-3z',
    'inspect': 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.3 15.3L21 21',
    'refuse': 'M6 6l12 12M18 6L6 18',
    'visit': 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
    'upload': 'M12 16V4M7 9l5-5 5 5M4 15v5h16v-5',
    'download': 'M12 4v12M7 11l5 5 5-5M4 19h16',
    'person': 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5',
    'search': 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.3 15.3L21 21',
    'plus': 'M12 5v14M5 12h14',
    'clock': 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v5l3.5 2',
    'file': 'M6 3h8l4 4v14H6zM14 3v4h4',
    'shield': 'M12 3l8 3v6c0 5-3.4 8-8 9-4.6-1-8-4-8-9V6z',
    'empty': 'M3 8l9-5 9 5v8l-9 5-9-5zM3 8l9 5 9-5M12 13v8',
    'next': 'M9 5l7 7-7 7',
}


@register.filter
def say(form: Any) -> str:
    """A sentence of the kernel in the language of the page."""
    return words.said(form)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing that stands beside a word, never instead of one."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_tag
def result(name: str, number: Any = '') -> SafeString:
    """The chip of a finding's result: symbol and word."""
    symbol, word = words.RESULTS[name or '']
    return format_html(
        '<span class="tag {}"><span aria-hidden="true">{}</span> {}{}</span>',
        TONES[name or ''],
        symbol,
        word,
        '' if number == '' else f' {number}',
    )


@register.simple_tag
def outcome(name: str) -> SafeString:
    """The chip of an outcome: drawing and word."""
    word = words.OUTCOMES[name]
    return format_html('<span class="tag {}">{} {}</span>', TONES[name], icon(name), word)


@register.simple_tag
def grade(name: str) -> SafeString:
    """The chip of an incident's grade: symbol and word, never colour alone."""
    tone, symbol, word = ('bad', '!', _('Grave')) if name == 'red' else ('warn', '?', _('Notice'))
    return format_html(
        '<span class="tag {}"><span aria-hidden="true">{}</span> {}</span>', tone, symbol, word
    )


@register.simple_tag
def incident_state(name: str) -> SafeString:
    """The chip of what is being done about an incident."""
    tone = {'open': 'bad', 'acknowledged': 'info', 'closed': 'ok'}.get(name, 'unk')
    return format_html('<span class="tag {}">{}</span>', tone, words.INCIDENT_STATES[name])


@register.filter
def move(payment: Any) -> str:
    """What the bank was asked for, and what became of it."""
    return f'{words.MOVES[payment.act]}: {words.PAYMENTS[payment.state]}'


@register.filter
def clock_of(at: Any) -> str:
    """A moment in China, to the second."""
    return '' if at is None else timezone.localtime(at).strftime('%Y-%m-%d %H:%M:%S')


@register.simple_tag
def task_chip(kind: str) -> SafeString:
    """The chip of a task."""
    drawing = icon(kind) if kind in ICONS else mark_safe('')
    word = words.TASKS.get(kind, kind)
    return format_html('<span class="tag {}">{} {}</span>', TONES.get(kind, 'unk'), drawing, word)


@register.simple_tag
def state(name: str) -> SafeString:
    """The chip of a library entry's state."""
    return format_html('<span class="tag {}">{}</span>', TONES[name], words.STATES[name])


@register.simple_tag
def paper_state(name: str) -> SafeString:
    """The chip of a certificate's state."""
    return format_html('<span class="tag {}">{}</span>', TONES[name], words.PAPERS[name])


@register.filter
def standing(name: str) -> str:
    """Where a declaration stands with the people, in words."""
    return str(words.STANDINGS.get(name, name))


@register.filter
def verdict(name: str) -> str:
    """A verdict on a finding, in words."""
    return str(words.VERDICTS.get(name, name))


@register.filter
def reconsidered(name: str) -> str:
    """What became of a reconsideration, in words."""
    return str(words.RECONSIDERED.get(name, name))


@register.filter
def status(row: Any) -> str:
    """Where a declaration stands."""
    if row.status == 'lodged' and row.presented_at is None:
        return str(words.STATUSES['awaiting'])
    return str(words.STATUSES[row.status])


@register.filter
def credit(name: str) -> str:
    """A credit class in words."""
    return str(words.CREDITS.get(name, name))


@register.filter
def role(name: str) -> str:
    """A role in words."""
    return str(words.ROLES.get(name, name))


@register.filter
def act(name: str) -> str:
    """What was done, from the audit log, in words."""
    return str(words.ACTS.get(name, name))


@register.filter
def view(name: str) -> str:
    """The name of a view."""
    return words.view_title(name)


@register.filter
def kind(name: str) -> str:
    """The kind of a piece of evidence."""
    return words.kind_title(name)


@register.filter
def device(name: str) -> str:
    """The kind of a device."""
    return str(words.DEVICES.get(name, name))


@register.filter
def off(behind: float) -> str:
    """How far a clock is off, by how many seconds it is behind."""
    if behind < 0:
        return _('%(time)s ahead') % {'time': span(-behind)}
    return _('%(time)s behind') % {'time': span(behind)}


@register.filter
def reply(name: str) -> str:
    """An officer's answer in words."""
    return str(words.REPLIES.get(name, name))


@register.filter
def medium(media_type: str) -> str:
    """What a file is, for a person."""
    return str(words.MEDIA.get(media_type, media_type))


@register.filter
def span(seconds: float) -> str:
    """A span of time."""
    return words.seconds(seconds)


@register.filter
def moment(at: datetime | None) -> str:
    """A moment in legal time, to the second."""
    return '' if at is None else timezone.localtime(at).strftime('%Y-%m-%d %H:%M:%S')


@register.filter
def stamp(text: str) -> str:
    """What a camera wrote of the moment, without its letter T and its fractions."""
    return text.replace('T', ' ')[:19]


@register.filter
def hour(at: datetime) -> str:
    """The time of day of a moment."""
    return timezone.localtime(at).strftime('%H:%M:%S')


@register.filter
def day(value: date | None) -> str:
    """A day as the law writes it."""
    return '' if value is None else value.isoformat()


@register.filter
def share(value: float) -> str:
    """A share as a percentage with one digit after the point."""
    return f'{100 * value:.1f} %'


@register.filter
def short(sha256: str) -> str:
    """The two ends of a hash."""
    return f'{sha256[:8]}…{sha256[-4:]}'


@register.filter
def actor(name: str) -> str:
    """Who acted; the machine and a feed have words of their own."""
    return {'machine': _('Machine'), 'feed': _('Feed of the enterprise')}.get(name, name)


@register.filter
def pick(found: Mapping[Any, Any] | None, key: Any) -> Any:
    """The value of a key, or nothing."""
    return (found or {}).get(key, '')


@register.filter
def event(name: str) -> str:
    """What happened to a line or a series, in words."""
    return str(words.EVENTS.get(name, name))


@register.filter
def percent(share: Any) -> str:
    """A share as a percentage with the digits that it deserves."""
    return f'{float(share) * 100:.2f}'.rstrip('0').rstrip('.') + ' %'


@register.filter
def severity(name: str) -> str:
    """Normal or tightened inspection, in words."""
    return str(words.SEVERITIES.get(name, name))


@register.filter
def rating(name: str) -> str:
    """How a credit class came about, in words."""
    return str(words.RATINGS.get(name, name))


@register.filter
def statename(name: str) -> str:
    """The name of a state without its chip."""
    return str(words.STATES.get(name, name))


@register.filter
def side(name: str) -> str:
    """The side that signs."""
    return str(words.SIDES.get(name, name))


@register.filter
def signed_by(name: str) -> str:
    """How a signature was given."""
    return str(words.SIGNED.get(name, name))


@register.filter
def held_result(name: str) -> str:
    """The answer of an item of a checklist."""
    return str(words.HELD.get(name, name))


@register.simple_tag
def nth_real(points: Any, number: int) -> str:
    """The acceptance probability of the n-th point of a curve, for the real inspector."""
    return percent(points[number]['real'])
