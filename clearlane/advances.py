"""Money that was handed out before anybody declared: it stands in the books from the feed on.

An entry of a fed library may say that a party has paid somebody already. That is an entry in
the books when the feed comes, once; what the feed corrects is reversed and entered anew.
Whoever declares settles it, or `dues` collects it: from then on the feed changes it no more.
"""

from __future__ import annotations

from clearlane import books, dues, flow, ledger, payments
from clearlane.admission import Rejected, problem
from clearlane.model import Advance, Text
from clearlane.scenario import Scenario
from clearlane.store import models as rows

BOOKED, TAKEN_BACK = 'advanced', 'taken back'


def follow(scenario: Scenario, entry: rows.LibraryEntry, last: rows.LibraryEntry | None) -> None:
    """Bring the books from the last version of an entry to this one, in the open transaction.

    Rejected where the money has moved, or a declaration is under way that may move it.
    """
    before, now = _advance(scenario, last), _advance(scenario, entry)
    if before == now:
        return
    if last is not None:
        # Declarations before the turn of the payment, as a release takes them.
        flow.lock([row.pk for row in dues.naming(scenario, last)])
    for told in (before, now):
        if told is not None and payments.known(scenario.name, told.key):
            raise Rejected([problem(scenario.fed[entry.library], entry.key, 'moved', *MOVED)])
    if last is not None and dues.claimed(scenario, last):
        raise Rejected([problem(scenario.fed[entry.library], entry.key, 'under_way', *UNDER_WAY)])
    if last is not None and before is not None:
        _post(entry, last, TAKEN_BACK, Advance(key=before.key, moved=ledger.reverse(before.moved)))
    if now is not None:
        _post(entry, entry, BOOKED, now)


def _advance(scenario: Scenario, entry: rows.LibraryEntry | None) -> Advance | None:
    if entry is None or entry.library not in scenario.advances:
        return None
    record = scenario.libraries[entry.library].model_validate(entry.data)
    return scenario.advances[entry.library](record)


def _post(entry: rows.LibraryEntry, of: rows.LibraryEntry, what: str, told: Advance) -> None:
    """At the moment of the feed that says so; the key names the version that it is about."""
    key = f'{of.scenario}/{of.library}:{of.key}:{of.version}:{what}'
    books.post(of.scenario, key, told.moved, entry.submitted_at, source=of)


MOVED = (
    Text(
        '该款项已支付、结清或收回，预付金不能再更改',
        'the money has been paid, settled or collected: the advance does not change any more',
    ),
    Text('请与海关核对', 'ask customs'),
)
UNDER_WAY = (
    Text('旅客正在办理该申请单，预付金不能更改', 'the traveller is claiming it: the advance stays'),
    Text('请与海关核对', 'ask customs'),
)
