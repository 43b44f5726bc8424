"""What runs in the background: jobs of Procrastinate on the same PostgreSQL.

A job is put into the queue in the transaction of the row that it is about. It may
run twice, after a crash; every job is written so that the second time changes
nothing. A worker that was killed stops sending its heartbeat, and its job is
given to another one.
"""

from __future__ import annotations

import asyncio
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from clearlane import (
    audit,
    counters,
    drifts,
    dues,
    enterprises,
    flow,
    live,
    observing,
    payments,
    periods,
    rectifications,
    retention,
    series,
)
from clearlane.provider import provider
from clearlane.settings import settings

SILENT_SECONDS = 10
"""A worker that has not been heard of for so long is dead; its heart beats every three."""

_TRY_AGAIN = RetryStrategy(max_attempts=20, exponential_wait=2)


@app.task(name='clearlane.read', retry=_TRY_AGAIN)
def read(evidence: int) -> None:
    """Read one piece of evidence."""
    flow.read(evidence)
    observing.photograph(evidence)


@app.task(name='clearlane.advance', retry=_TRY_AGAIN)
def advance(declaration: int) -> None:
    """Take every step of one declaration that can be taken now."""
    moved = False
    while flow.advance(declaration):
        moved = True
    if moved:
        for source in observing.batch(declaration):
            drifts.check(source.pk)


@app.task(name='clearlane.pay', retry=_TRY_AGAIN)
def pay(payment: int) -> None:
    """Hand one payment to the provider."""
    payments.send(payment, provider())


@app.periodic(cron='* * * * *')
@app.task(name='clearlane.chase', queueing_lock='chase')
def chase(timestamp: int) -> None:
    """Ask about payments of which nothing was heard."""
    payments.chase(provider())


@app.periodic(cron='* * * * *')
@app.task(name='clearlane.sweep', queueing_lock='sweep')
def sweep(timestamp: int) -> None:
    """Wipe what a person left behind at a counter."""
    counters.sweep()


@app.periodic(cron='* * * * * */5')
@app.task(name='clearlane.rescue', queueing_lock='rescue', pass_context=True)
async def rescue(context: Any, timestamp: int) -> None:
    """Give the jobs of dead workers to the living."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        await manager.retry_job(job)


@app.periodic(cron='* * * * *')
@app.task(name='clearlane.checkpoint', queueing_lock='checkpoint')
def checkpoint(timestamp: int) -> None:
    """Sign the audit log as it stands."""
    audit.checkpoint(settings().origin, settings().home)


@app.periodic(cron='7 * * * *')
@app.task(name='clearlane.day', queueing_lock='day')
def day(timestamp: int) -> None:
    """What the calendar brings: money that is due, seeds of the draw, credit
    classes, certificates of lines."""
    dues.collect(flow.today())
    periods.ahead()
    periods.reveal_what_is_over()
    enterprises.take_effect()
    series.lapse(flow.today())
    rectifications.overdue(flow.today())


@app.periodic(cron='23 * * * *')
@app.task(name='clearlane.forget', queueing_lock='forget')
def forget(timestamp: int) -> None:
    """Drop old events of the live pages."""
    live.forget()


@app.periodic(cron='53 19 * * *')
@app.task(name='clearlane.retain', queueing_lock='retain')
def retain(timestamp: int) -> None:
    """Delete what shows a person and may be kept no longer; in the night of the legal zone."""
    retention.forget(flow.today())


@app.periodic(cron='41 * * * *')
@app.task(name='clearlane.drift', queueing_lock='drift')
def drift(timestamp: int) -> None:
    """Compare what cameras and enterprises show now with what they showed at first."""
    observing.catch_up()
    drifts.check_all()


def drain() -> None:
    """Do all the work that waits, in this process, and return."""
    run(wait=False)


def run(*, wait: bool = True) -> None:
    """Work until told to stop, or, without `wait`, until the queue is empty."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]

    async def working() -> None:
        with app.replace_connector(connector) as worker_app:
            async with worker_app.open_async():
                await worker_app.run_worker_async(
                    wait=wait, concurrency=1, delete_jobs='successful', listen_notify=wait
                )

    asyncio.run(working())
