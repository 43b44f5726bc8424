"""`clearlane line`: plants and lines, their admission, and the state of their series."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from clearlane.console import Exit, Json, note, opened, say

app = typer.Typer(help='Plants, lines and their admission.', no_args_is_help=True)
Officer = Annotated[str, typer.Option(help='Name of the officer who does it.')]
Why = Annotated[str, typer.Option(help='The reason, which stands in the log.')]


def day(text: str) -> date | None:
    """A day as it was typed, or nothing."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        note(f'clearlane: {text!r} is no date; write it as 2026-05-11')
        raise typer.Exit(Exit.USAGE) from error


@app.command('list')
def listed(as_json: Json = False) -> None:
    """List the lines: number, admission, and each series with its guarantee."""
    with opened():
        from clearlane import standings

        for one in standings.all_lines():
            if as_json:
                say(one)
                continue
            typer.echo(
                f'{one["number"]:>4}  {one["scenario"]}  {one["party"]}  {one["plant"]} / '
                f'{one["line"]}: {one["admission"]}'
            )
            for series in one['series']:
                typer.echo(f'      {series["design"]}: {series["stage"]["en"]}')
                typer.echo(f'        {series["guarantee"]["en"]}')


@app.command()
def register(
    party: Annotated[str, typer.Argument(help='Unified social credit code.')],
    plant: str,
    line: str,
    officer: Officer,
    address: Annotated[str, typer.Option(help='Address of the plant.')] = '',
    certificate: Annotated[str, typer.Option(help='Certificate the line works under.')] = '',
    valid_until: Annotated[str, typer.Option(help='Day it lapses, as 2026-05-11.')] = '',
    camera: Annotated[list[str] | None, typer.Option(help='Serial of a camera over it.')] = None,
) -> None:
    """Register a plant and a line of an enterprise, with its cameras."""
    until = day(valid_until)
    with opened():
        from clearlane import enterprises, people

        actor = people.actor(officer)
        home = enterprises.register_plant(actor, party, plant, address)
        found = enterprises.register_line(actor, home.pk, line, certificate, until)
        for serial in camera or []:
            enterprises.register_camera(actor, found.pk, serial)
        note(f'{plant} / {line} is registered')


@app.command()
def recognise(
    scenario: str,
    party: Annotated[str, typer.Argument(help='Unified social credit code.')],
    plant: str,
    line: str,
    design: str,
    officer: Officer,
    why: Why,
) -> None:
    """Take over the record of a line and design from before this system: sampled from now on."""
    with opened():
        from clearlane import enterprises, people

        enterprises.recognise(people.actor(officer), scenario, party, plant, line, design, why)
        note(f'{plant} / {line} / {design}: the record is taken over')


@app.command()
def suspend(number: int, officer: Officer, why: Why) -> None:
    """Take direct release from a line; NUMBER is that of `clearlane line list`."""
    with opened():
        from clearlane import enterprises, people

        enterprises.suspend(people.actor(officer), number, why)
        note(f'line {number} is suspended')


@app.command()
def readmit(number: int, officer: Officer, why: Why) -> None:
    """Let a suspended line qualify again."""
    with opened():
        from clearlane import enterprises, people

        enterprises.readmit(people.actor(officer), number, why)
        note(f'line {number} qualifies again')


@app.command()
def credit(
    party: Annotated[str, typer.Argument(help='Unified social credit code.')],
    credit_class: Annotated[str, typer.Argument(metavar='CLASS', help='Class of Order 282.')],
    officer: Officer,
    why: Why,
    since: Annotated[str, typer.Option(help='First day, as 2026-05-11; today if not given.')] = '',
) -> None:
    """Set the credit class of an enterprise from a day on, with the reason."""
    first = day(since)
    with opened():
        from clearlane import enterprises, people

        done = enterprises.rate(people.actor(officer), party, credit_class, why, first)
        note(f'{party}: {done.credit} from {done.since} ({done.kind}, before {done.before})')
