"""What a scenario says about the messages of devices, and how they are folded; pure.

The messages of a watch are taken in the order of their event time, each once, however
often and in whatever order they came. So late, repeated and shuffled messages give the
same incidents as those that came in order: `fold` is the one definition, and whoever
goes on from a state in the middle has to come to the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from clearlane.library import Library
from clearlane.model import Act, Incident, Text

State = dict[str, Any]
"""What is known after some messages: JSON alone, so that it can be kept."""
Key = tuple[float, bytes]
"""(seconds since 1970, digest): the order of messages."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One trusted message as a rule sees it; `t` is its event time in seconds since 1970."""

    t: float
    digest: bytes
    device: str
    role: str
    lat: float | None = None
    lon: float | None = None
    fix: bool = False
    speed_kmh: float | None = None
    alarms: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Its place in the order."""
        return self.t, self.digest


@dataclass(frozen=True, slots=True)
class Unsound:
    """A message whose clock cannot be right: what it claims, and when it really came."""

    device: str
    claimed: float
    received: float
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What is declared about something that devices watch, and what was done with it by hand."""

    declared: Any
    law: SimpleNamespace
    libraries: Mapping[str, Library] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    unsound: tuple[Unsound, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stream:
    """How a scenario judges what devices say about a declaration."""

    devices: Callable[[Any], Iterable[tuple[str, str]]]
    """(device, role) of each device that a declaration names."""
    begins: Callable[[Any], datetime]
    """From when on the messages count."""
    ends: Callable[[Watch], datetime | None]
    """Until when they count, once that is known."""
    prepare: Callable[[Watch], Any]
    """What is worked out once: geometry, thresholds."""
    measure: Callable[[Any, Sequence[Signal]], Sequence[Any]]
    """What is worked out for many messages at once; each by itself."""
    begin: Callable[[Any], State]
    """The state before the first message."""
    step: Callable[[Any, State, Signal, Any], None]
    """Change the state by one message and its measures."""
    incidents: Callable[[Any, State, float], Sequence[Incident]]
    """Everything that went wrong, as it stands at a moment."""
    due: Callable[[Any, State, float], float | None]
    """The first moment after one at which silence alone will change that."""
    chart: Callable[[Watch], Mapping[str, Any]]
    """What a map shows beside the track, as GeoJSON."""
    titles: Mapping[str, Text]
    """What each kind of incident is called."""
    reasons: Mapping[str, Text]
    """Why an officer may close one."""


def fold(stream: Stream, prepared: Any, state: State, signals: Sequence[Signal]) -> None:
    """Take the signals, sorted and without repetition, into the state."""
    for signal, measured in zip(signals, stream.measure(prepared, signals), strict=True):
        stream.step(prepared, state, signal, measured)


def ordered(signals: Iterable[Signal]) -> list[Signal]:
    """By event time, each once."""
    return [one for _, one in sorted({signal.key: signal for signal in signals}.items())]


def whole(stream: Stream, watch: Watch, signals: Iterable[Signal], at: float) -> list[Incident]:
    """The incidents of all these messages, in whatever order they are given."""
    prepared = stream.prepare(watch)
    state = stream.begin(prepared)
    fold(stream, prepared, state, ordered(signals))
    return list(stream.incidents(prepared, state, at))
