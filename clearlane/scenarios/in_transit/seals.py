"""Who answers for a seal and for the load: available, issued, applied, verified, removed or void.

A seal is broken once. One that was removed or is void has no further step, so its number
can never be issued again; nor can a step be left out.
"""

from __future__ import annotations

from clearlane import Lifecycle, Step, Text

SEAL = 'seal'
LOAD = 'load'

SEALS = Lifecycle(
    kind=SEAL,
    title=Text('封志', 'seal'),
    steps=[
        Step(act='register', before='', after='available'),
        Step(act='issue', before='available', after='issued'),
        Step(act='apply', before='issued', after='applied'),
        Step(act='verify', before='applied', after='verified'),
        Step(act='remove', before='verified', after='removed'),
        *(
            Step(act='void', before=state, after='void')
            for state in ('available', 'issued', 'applied', 'verified')
        ),
    ],
    states={
        'available': Text('可用', 'available'),
        'issued': Text('已领用', 'issued'),
        'applied': Text('已施封', 'applied'),
        'verified': Text('已验封', 'verified'),
        'removed': Text('已解封', 'removed'),
        'void': Text('已作废', 'void'),
    },
    acts={
        'register': Text('入库', 'register'),
        'issue': Text('领用', 'issue'),
        'apply': Text('施封', 'apply'),
        'verify': Text('验封', 'verify'),
        'remove': Text('解封', 'remove'),
        'void': Text('作废', 'void'),
    },
)

_BOTH = frozenset({'officer', 'exporter'})

LOADS = Lifecycle(
    kind=LOAD,
    title=Text('货物', 'load'),
    steps=[
        Step(act='take_over', before='', after='held', roles=_BOTH),
        Step(act='hand_over', before='held', after='held', roles=_BOTH),
        Step(act='deliver', before='held', after='delivered', roles=_BOTH),
    ],
    states={'held': Text('在途', 'under way'), 'delivered': Text('已交付', 'delivered')},
    acts={
        'take_over': Text('承运', 'take over'),
        'hand_over': Text('交接', 'hand over'),
        'deliver': Text('交付', 'deliver'),
    },
)
