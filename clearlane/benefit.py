"""The clock and the benefit: seconds of each step, batches and boxes by outcome, and the misses.

Every number comes from what was logged: a step ends with an entry of the audit log, and
lasts since the entry before it. No benefit is stated without the misses beside it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from clearlane import agreement, flow, procedure, second_reading
from clearlane.access import Actor, require
from clearlane.sampling import interval
from clearlane.store import models as rows
from clearlane.store.session import cursor

MILESTONES = (
    'lodge', 'present', 'examined', 'decided', 'done', 'refer', 'return', 'correct', 'propose',
    'close', 'confirm', 'contest', 'reconsider', 'withdraw', 'inspect',
)  # fmt: skip
GROUPS = {'': "''", 'district': 'd.district', 'party': 'p.name'}
STEPS = """
with e as (
  select {group} as grp, a.act, a.at,
    lag(a.at) over (partition by a.subject order by a.index) as since
  from store_auditentry a join store_declaration d on d.no = a.subject
  join store_party p on p.id = d.party_id
  where a.act = any(%s) and d.day >= %s and d.day <= %s
)
select grp, act, count(*), percentile_cont(array[0.5, 0.9, 0.95])
  within group (order by extract(epoch from at - since))
from e where since is not null group by grp, act order by grp, act
"""
LAST = """
with last as (
  select distinct on (declaration_id) declaration_id, outcome, by, decided_at
  from store_decision order by declaration_id, number desc
)
select {select} from last l join store_declaration d on d.id = l.declaration_id
  join store_party p on p.id = d.party_id
where d.status = 'done' and d.day >= %s and d.day <= %s {more}
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
ROWS = LAST.format(
    select="""d.no, p.name, d.district, d.day, d.pieces, l.outcome, l.by,
  extract(epoch from l.decided_at - d.lodged_at)""",
    more='order by d.id',
)
DRAWN = """
select d.no, exists(select 1 from store_decision o where o.declaration_id = m.declaration_id
    and o.turn = m.turn and o.number > m.number and o.outcome = 'refuse')
from store_decision m join store_declaration d on d.id = m.declaration_id
where m.by = 'machine' and m.outcome = 'inspect' and d.day >= %s and d.day <= %s
  and not jsonb_path_exists(m.result::jsonb, '$.findings[*] ? (@.result != "pass")')
  and exists(select 1 from store_decision o where o.declaration_id = m.declaration_id
    and o.turn = m.turn and o.number > m.number and o.outcome in ('release', 'refuse'))
order by d.id
"""


def _asked(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with cursor() as at:
        at.execute(query, list(values))
        return list(at.fetchall())


def steps(since: date, until: date, group: str = '') -> list[dict[str, Any]]:
    """Percentiles of the seconds of each step, by district or enterprise."""
    query = STEPS.format(group=GROUPS[group])
    found = _asked(query, list(MILESTONES), since, until)
    return [_line(grp, act, n, percentiles) for grp, act, n, percentiles in found]


def whole(since: date, until: date, group: str = '') -> list[dict[str, Any]]:
    """From lodging to the last word: released by the machine, and concluded by officers."""
    found = _asked(WHOLE.format(group=GROUPS[group]), since, until)
    return [_line(g, 'machine' if machine else 'officer', n, p) for g, machine, n, p in found]


def _line(group: str, name: str, n: int, percentiles: Any) -> dict[str, Any]:
    p50, p90, p95 = (float(p) for p in percentiles)
    return {'group': group, 'name': name, 'n': n, 'p50': p50, 'p90': p90, 'p95': p95}


def counts(since: date, until: date) -> list[dict[str, Any]]:
    """Batches and boxes by outcome, and who had the last word."""
    names = ('outcome', 'machine', 'batches', 'boxes')
    return [dict(zip(names, line, strict=True)) for line in _asked(COUNTS, since, until)]


def listed(since: date, until: date) -> list[dict[str, Any]]:
    """The rows behind the numbers: one a declaration that is done."""
    names = ('no', 'party', 'district', 'day', 'pieces', 'outcome', 'by', 'seconds')
    return [dict(zip(names, line, strict=True)) for line in _asked(ROWS, since, until)]


def misses(since: date, until: date) -> dict[str, Any]:
    """Clean declarations that were drawn and inspected all the same: how many were bad."""
    found = _asked(DRAWN, since, until)
    bad = [no for no, refused in found if refused]
    n = len(found)
    low, high = interval.interval(len(bad), n) if n else (0.0, 1.0)
    escaped = rows.AuditEntry.objects.filter(act='cancel', leaf__contains='"nonconforming":true')
    numbers = sorted(set(escaped.values_list('subject', flat=True)))
    return {'n': n, 'bad': bad, 'low': float(low), 'high': float(high), 'escaped': numbers}


def report(actor: Actor, since: date, until: date, group: str = '') -> dict[str, Any]:
    """Everything that the page shows of a span of days."""
    require(actor, 'see_rules')
    rules = procedure.law(None, flow.today()).benefit
    by_outcome = counts(since, until)
    free = sum(c['batches'] for c in by_outcome if c['machine'] and c['outcome'] == 'release')
    hours = free * int(rules['visit_minutes']) * int(rules['visit_officers']) / 60
    told = second_reading.pairs()
    least = int(procedure.law(None, flow.today()).second_reading['least'])
    districts = sorted({d for d, _, _ in told})
    return {
        'steps': steps(since, until, group),
        'whole': whole(since, until, group),
        'counts': by_outcome,
        'avoided': free,
        'hours': hours,
        'rules': rules,
        'source': procedure.source(None, 'benefit', flow.today()),
        'misses': misses(since, until),
        'kappa': agreement.agreement((a, b) for _, a, b in told),
        'by_district': [
            (d, agreement.agreement((a, b) for x, a, b in told if x == d)) for d in districts
        ],
        'least': least,
    }
