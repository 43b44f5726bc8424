"""Child processes that do not outlive their parent, and that are started again when they die."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType

_PR_SET_PDEATHSIG = 1
_LEAST_LIFE_SECONDS = 5.0
"""A child that dies sooner, three times running, will not get better by another start."""


class Hopeless(RuntimeError):
    """A child dies again and again."""


def die_with_parent() -> None:
    """Have the kernel tell this process to stop when its parent ends, however it ends."""
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a child that is told to stop when this process ends, however it ends."""
    return subprocess.Popen(  # noqa: S603 - our own command line
        command,
        preexec_fn=die_with_parent,
        env={**os.environ, 'OMP_NUM_THREADS': '1'},
    )


def clearlane(*arguments: str) -> list[str]:
    """The command line of one of our own commands."""
    return [sys.executable, '-m', 'clearlane.cli', *arguments]


class Children:
    """A group of children: started together, kept alive, and stopped together."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._commands = list(commands)
        self._running: list[tuple[subprocess.Popen[bytes], float]] = []
        self._short_lives = [0] * len(self._commands)

    def __enter__(self) -> Children:
        self._running = [(start(command), time.monotonic()) for command in self._commands]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child, _ in self._running:
            child.terminate()
        for child, _ in self._running:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def keep_alive(self) -> None:
        """Start again what has died; raises Hopeless when that does not help."""
        for number, (child, since) in enumerate(self._running):
            if child.poll() is None:
                continue
            lived = time.monotonic() - since
            short = self._short_lives[number] + 1 if lived < _LEAST_LIFE_SECONDS else 0
            self._short_lives[number] = short
            if short >= 3:
                words = ' '.join(self._commands[number][2:])
                raise Hopeless(f'{words} ended three times with code {child.returncode}')
            self._running[number] = (start(self._commands[number]), time.monotonic())


def until_told(step: Callable[[], None], seconds: float = 0.5) -> None:
    """Take a step every so often until SIGINT or SIGTERM comes."""
    told: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not told:
            step()
            time.sleep(seconds)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
