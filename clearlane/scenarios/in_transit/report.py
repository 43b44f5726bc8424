"""The report of a journey that was written off (在途监管核销单)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from clearlane import Case, Certificate, Text
from clearlane.scenarios.in_transit.checks import seen
from clearlane.scenarios.in_transit.incidents import REASONS, TITLES
from clearlane.scenarios.in_transit.records import Journey
from clearlane.scenarios.in_transit.seals import LOADS, SEALS

CHINA = timedelta(hours=8)
MOST = 60
"""Acts and incidents that are printed; more are counted."""


def write_off(case: Case) -> Certificate:
    """The journey, its seals, the hands it went through, and what happened."""
    until = case.day + timedelta(days=int(case.law.report_days))
    return Certificate(kind='write_off', valid_until=until, fields=_fields(case))


def _fields(case: Case) -> dict[str, Any]:
    journey: Journey = case.declared
    watched = seen(case)
    return {
        'carrier': case.party.name,
        'journey': journey.no,
        'goods': journey.goods,
        'origin': journey.origin,
        'destination': journey.destination,
        'plate': journey.plate,
        'container': journey.container or '—',
        'route': journey.route or '—',
        'driver': journey.driver,
        'departed': _hour(journey.departs_at),
        'due': _hour(journey.arrives_by),
        'last': _hour(watched.last_at) if watched.last_at else '—',
        'messages': watched.messages,
        'seals': ', '.join(journey.seals),
        'acts': [
            {
                'at': _hour(a.at),
                'thing': f'{_title(a.kind).zh} {a.number}',
                'thing_en': f'{_title(a.kind).en} {a.number}',
                'act': _act(a.kind, a.act).zh,
                'act_en': _act(a.kind, a.act).en,
                'operator': a.operator,
                'holder': a.holder,
            }
            for a in watched.acts[:MOST]
        ],
        'incidents': [
            {
                'at': _hour(i.began_at),
                'until': _hour(i.ended_at) if i.ended_at else '—',
                'kind': TITLES[i.kind].zh,
                'kind_en': TITLES[i.kind].en,
                'closed': REASONS[i.closed].zh if i.closed else '—',
                'closed_en': REASONS[i.closed].en if i.closed else '—',
            }
            for i in watched.incidents[:MOST]
        ],
        'issued': case.day.isoformat(),
    }


def _title(kind: str) -> Text:
    return {SEALS.kind: SEALS.title, LOADS.kind: LOADS.title}[kind]


def _act(kind: str, act: str) -> Text:
    return {SEALS.kind: SEALS.acts, LOADS.kind: LOADS.acts}[kind][act]


def _hour(at: Any) -> str:
    """A moment in China, to the minute."""
    return f'{at.utctimetuple() and (at + (CHINA - at.utcoffset())):%Y-%m-%d %H:%M}'
