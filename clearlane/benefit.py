"""The clock and the benefit: seconds of each step, batches and boxes by outcome, and the misses.

Every number comes from what was logged: a step ends with an entry of the audit log, and
lasts since the entry before it. No benefit is stated without the misses beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from clearlane import agreement, flow, procedure, second_reading, stance
from clearlane.access import Actor, require
from clearlane.sampling import interval
from clearlane.store.session import cursor

MILESTONES = (
    'lodge', 'present', 'examined', 'decided', 'done', 'refer', 'return', 'correct', 'propose',
    'close', 'confirm', 'contest', 'reconsider', 'withdraw', 'inspect',
)  # fmt: skip
GROUPS = {'': "''", 'district': 'd.district', 'party': 'p.name'}
ENTRIES = """
with e as (
  select {group} as grp, d.no, p.name, a.act, a.at,
    lag(a.at) over (partition by a.subject order by a.index) as since
  from store_auditentry a join store_declaration d on d.no = a.subject
  join store_party p on p.id = d.party_id
  where a.act = any(%s) and d.day >= %s and d.day <= %s and (%s = '' or d.scenario = %s)
)
"""
STEPS = (
    ENTRIES
    + """
select grp, act, count(*), percentile_cont(array[0.5, 0.9, 0.95])
  within group (order by extract(epoch from at - since))
from e where since is not null group by grp, act order by grp, act
"""
)
STEP = (
    ENTRIES
    + """
select no, name, at, extract(epoch from at - since) from e
where since is not null and act = %s and grp = %s order by at
"""
)
LAST = """
with last as (
  select distinct on (declaration_id) declaration_id, outcome, by, decided_at
  from store_decision order by declaration_id, number desc
)
select {select} from last l join store_declaration d on d.id = l.declaration_id
  join store_party p on p.id = d.party_id
where d.status = 'done' and d.day >= %s and d.day <= %s and (%s = '' or d.scenario = %s) {more}
"""
WHOLE = LAST.format(
    select="""{group} as grp, l.by = 'machine' as machine, count(*),
  percentile_cont(array[0.5, 0.9, 0.95])
    within group (order by extract(epoch from l.decided_at - d.lodged_at))""",
    more="and (l.by <> 'machine' or l.outcome = 'release') group by 1, 2 order by 1, 2",
)
COUNTS = LAST.format(
    select="l.outcome, l.by = 'machine', count(*), coalesce(sum(d.pieces), 0)",
    more='group by 1, 2 order by 1, 2',
)
FREE = LAST.format(
    select='d.scenario, count(*)',
    more="and l.by = 'machine' and l.outcome = 'release' group by 1 order by 1",
)
ROWS = LAST.format(
    select="""d.no, p.name, d.district, d.day, d.pieces, l.outcome, l.by, d.scenario,
  extract(epoch from l.decided_at - d.lodged_at)""",
    more='order by d.id',
)
DRAWN = """
select d.no, exists(select 1 from store_decision o where o.declaration_id = m.declaration_id
    and o.turn = m.turn and o.number > m.number and o.outcome = 'refuse')
from store_decision m join store_declaration d on d.id = m.declaration_id
where m.by = 'machine' and m.outcome = 'inspect' and d.day >= %s and d.day <= %s
  and (%s = '' or d.scenario = %s)
  and not jsonb_path_exists(m.result::jsonb, '$.findings[*] ? (@.result != "pass")')
  and exists(select 1 from store_decision o where o.declaration_id = m.declaration_id
    and o.turn = m.turn and o.number > m.number and o.outcome in ('release', 'refuse'))
order by d.id
"""
ESCAPED = """
select d.no from store_declaration d where d.day >= %s and d.day <= %s
  and (%s = '' or d.scenario = %s) and exists(
  select 1 from store_auditentry a where a.subject = d.no and (a.act = 'escape'
    or a.act = 'cancel' and position('"nonconforming":true' in a.leaf) > 0))
order by d.id
"""


def _asked(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with cursor() as at:
        at.execute(query, list(values))
        return list(at.fetchall())


def steps(since: date, until: date, group: str = '', scenario: str = '') -> list[dict[str, Any]]:
    """Percentiles of the seconds of each step, by district or enterprise."""
    query = STEPS.format(group=GROUPS[group])
    found = _asked(query, list(MILESTONES), since, until, scenario, scenario)
    return [_line(grp, act, n, percentiles) for grp, act, n, percentiles in found]


def whole(since: date, until: date, group: str = '', scenario: str = '') -> list[dict[str, Any]]:
    """From lodging to the last word: released by the machine, and concluded by officers."""
    found = _asked(WHOLE.format(group=GROUPS[group]), since, until, scenario, scenario)
    return [_line(g, 'machine' if machine else 'officer', n, p) for g, machine, n, p in found]


def _line(group: str, name: str, n: int, percentiles: Any) -> dict[str, Any]:
    p50, p90, p95 = (float(p) for p in percentiles)
    return {'group': group, 'name': name, 'n': n, 'p50': p50, 'p90': p90, 'p95': p95}


def counts(since: date, until: date, scenario: str = '') -> list[dict[str, Any]]:
    """Batches and boxes by outcome, and who had the last word."""
    names = ('outcome', 'machine', 'batches', 'boxes')
    found = _asked(COUNTS, since, until, scenario, scenario)
    return [dict(zip(names, line, strict=True)) for line in found]


def listed(
    since: date, until: date, scenario: str = '', without: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The rows behind the numbers: one a declaration that is done, but for those `without`."""
    names = ('no', 'party', 'district', 'day', 'pieces', 'outcome', 'by', 'scenario',
             'seconds')  # fmt: skip
    found = _asked(ROWS, since, until, scenario, scenario)
    return [dict(zip(names, line, strict=True)) for line in found if line[0] not in without]


def entries(
    since: date, until: date, step: str, among: str, group: str = '', scenario: str = ''
) -> list[dict[str, Any]]:
    """The entries behind one line of `steps`: which declaration, when, after how many seconds."""
    query = STEP.format(group=GROUPS[group])
    asked = (list(MILESTONES), since, until, scenario, scenario, step, among)
    names = ('no', 'party', 'at', 'seconds')
    return [dict(zip(names, line, strict=True)) for line in _asked(query, *asked)]


def saved(since: date, until: date, scenario: str = '') -> list[dict[str, Any]]:
    """Visits that were not made, by scenario, and the officer hours that one would have taken.

    The minutes are the scenario's dated parameter `officer_minutes`; hours are None without it.
    """
    found = []
    for name, n in _asked(FREE, since, until, scenario, scenario):
        known = flow.scenario_named(name)
        dated = procedure.source(known, 'officer_minutes', flow.today())
        minutes = dated.value.get('inspect') if dated else None
        hours = None if minutes is None else n * float(minutes) / 60
        found.append({'scenario': known, 'n': n, 'minutes': minutes, 'hours': hours,
                      'source': dated.source if dated else ''})  # fmt: skip
    return found


def misses(since: date, until: date, scenario: str = '') -> dict[str, Any]:
    """Clean declarations that were drawn and inspected all the same: how many were bad."""
    found = _asked(DRAWN, since, until, scenario, scenario)
    bad = [no for no, refused in found if refused]
    n = len(found)
    low, high = interval.interval(len(bad), n) if n else (0.0, 1.0)
    numbers = [no for (no,) in _asked(ESCAPED, since, until, scenario, scenario)]
    return {'n': n, 'bad': bad, 'low': float(low), 'high': float(high),
            'drawn': [no for no, _ in found], 'escaped': numbers}  # fmt: skip


def report(
    actor: Actor, since: date, until: date, group: str = '', scenario: str = ''
) -> dict[str, Any]:
    """Everything that the page shows of a span of days."""
    require(actor, 'see_rules')
    rules = procedure.law(None, flow.today()).benefit
    by_scenario = saved(since, until, scenario)
    unseen = stance.hidden(actor)
    told = [one for one in second_reading.twice(since, until, scenario) if one['no'] not in unseen]
    least = int(procedure.law(None, flow.today()).second_reading['least'])
    districts = sorted({one['district'] for one in told})
    return {
        'steps': steps(since, until, group, scenario),
        'whole': whole(since, until, group, scenario),
        'counts': counts(since, until, scenario),
        'saved': by_scenario,
        'avoided': sum(one['n'] for one in by_scenario),
        'hours': sum(one['hours'] or 0.0 for one in by_scenario),
        'rules': rules,
        'source': procedure.source(None, 'benefit', flow.today()),
        'misses': misses(since, until, scenario),
        'twice': told,
        'kappa': _agreed(told),
        'by_district': [(d, _agreed(o for o in told if o['district'] == d)) for d in districts],
        'least': least,
    }


def _agreed(told: Iterable[dict[str, str]]) -> agreement.Agreement:
    return agreement.agreement((one['first'], one['second']) for one in told)
