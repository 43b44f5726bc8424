"""CSP-1 with whole lots as units: when every lot is inspected, and when a share is enough.

Every lot is inspected until `i` in a row conform (clearing). From then on each lot is
inspected with probability `f` (skipping), until an inspected lot does not conform:
then every lot again. A lot that does not conform is found with probability `s` when it
is inspected; what is found is put right or replaced.

Closed form, with p the share of lots that do not conform, d = p s, q = 1 - d:

    u = (1 - q**i) / (d q**i)    lots inspected in one clearing
    v = 1 / (f d)                lots that pass in one skipping
    AFI = (u + f v) / (u + v)    average fraction of lots inspected
    AOQ = p (1 - s AFI)          share of all lots that leave without conforming
    AOQL = the greatest AOQ over all p

With s < 1 the AOQ does not fall back to zero for a supplier who fails always: AOQL is
then at least 1 - s. Hence a limit is never stated without the s that it assumes.

Source: H. F. Dodge, A sampling inspection plan for continuous production, 1943; MIL-STD-1235.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from clearlane.sampling.curve import peak


@dataclass(frozen=True)
class Long:
    """What a plan comes to in the long run at one incoming share of bad lots."""

    p: float
    inspected: float
    outgoing: float


@dataclass(frozen=True)
class Limit:
    """The worst case of a plan: `aoql`, reached at the incoming share `at`, assuming `s`."""

    aoql: float
    at: float
    s: float


def long_run(i: int, f: float, p: float, s: float = 1.0) -> Long:
    """Inspected and outgoing share at incoming share `p`.

    >>> x = long_run(10, 0.10, 0.02)
    >>> round(x.inspected, 4), round(x.outgoing, 4)
    (0.1197, 0.0176)
    """
    _sane(i, f, p, s)
    share = _inspected(i, f, p * s)
    return Long(p, share, p * (1 - s * share))


def _inspected(i: int, f: float, d: float) -> float:
    """AFI = f / (f + (1 - f) q**i), which is the closed form with its fractions cleared."""
    return f / (f + (1 - f) * (1 - d) ** i)


@functools.lru_cache(1024)
def limit(i: int, f: float, s: float = 1.0) -> Limit:
    """The average outgoing quality limit.

    >>> x = limit(10, 0.10)
    >>> round(x.aoql, 4), round(x.at, 3)
    (0.0995, 0.181)
    """
    _sane(i, f, 0.0, s)
    aoql, at = peak(lambda p: p * (1 - s * _inspected(i, f, p * s)))
    return Limit(aoql, at, s)


@dataclass(frozen=True)
class State:
    """Where one series of lots stands: how many conformed in a row, or skipping."""

    skipping: bool = False
    run: int = 0


def after(state: State, i: int, *, conforms: bool) -> State:
    """The state after an inspected lot; a lot that was not inspected changes nothing."""
    if not conforms:
        return State()
    if state.skipping:
        return state
    run = state.run + 1
    return State(skipping=True) if run >= i else State(run=run)


def simulated(
    i: int, f: float, p: float, s: float = 1.0, lots: int = 400_000, seed: int = 1
) -> Long:
    """The same figures counted over a drawn series of lots, through the same state machine."""
    import numpy as np

    _sane(i, f, p, s)
    chance = np.random.default_rng(seed)
    bad, drawn, found = (chance.random(lots) < share for share in (p, f, s))
    state, inspected, left = State(), 0, 0
    for is_bad, is_drawn, is_found in zip(
        bad.tolist(), drawn.tolist(), found.tolist(), strict=True
    ):
        if state.skipping and not is_drawn:
            left += is_bad
            continue
        inspected += 1
        caught = is_bad and is_found
        left += is_bad and not caught
        state = after(state, i, conforms=not caught)
    return Long(p, inspected / lots, left / lots)


def _sane(i: int, f: float, p: float, s: float) -> None:
    if i < 1 or not 0 < f <= 1 or not 0 <= p <= 1 or not 0 < s <= 1:
        raise ValueError(f'no plan: i={i}, f={f}, p={p}, s={s}')
