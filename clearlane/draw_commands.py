"""`clearlane draw`: the seeds of the random draw, and the proof that nobody steered it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from clearlane.console import Exit, Json, note, opened, say

app = typer.Typer(help='The provable random draw.', no_args_is_help=True)


@app.command()
def periods(as_json: Json = False) -> None:
    """List the periods: commitment, number of draws, whether the seed is revealed."""
    with opened():
        from clearlane import periods as draws

        for period in draws.listed():
            say(period) if as_json else typer.echo(
                f'{period["period"]}  {period["commitment"]}  {period["draws"]} draws  '
                f'{"revealed " + period["revealed_at"] if period["revealed_at"] else "secret"}'
            )


@app.command()
def commit() -> None:
    """Commit the seeds of this period and the next one; the workers do it by themselves."""
    with opened():
        from clearlane import periods as draws

        found = draws.ahead()
        note(f'committed up to {found.period}: {found.commitment}')


@app.command()
def reveal(
    period: Annotated[str, typer.Argument(help='A period that is over, as 2026-05.')],
) -> None:
    """Publish the seed of a period that is over, once nothing of it waits any more."""
    with opened():
        from clearlane import periods as draws

        typer.echo(draws.reveal(period).seed)


@app.command()
def export(period: Annotated[str, typer.Argument(help='A period, as 2026-05.')]) -> None:
    """Print all that is needed to check the draws of a period somewhere else, as JSON."""
    with opened():
        from clearlane import periods as draws

        say(draws.export(period))


@app.command()
def verify(
    what: Annotated[
        list[str] | None,
        typer.Argument(help='Exported files (checked offline) or periods; none: all revealed.'),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compute every draw again from its revealed seed; exit 1 when one does not agree."""
    from clearlane.sampling import proof

    wrong = total = 0
    for form in _forms(what or []):
        if form.get('party'):
            note(f'{form["period"]}: the draws of {form["party"]} alone')
        try:
            for one in proof.checked(form):
                total += 1
                wrong += one['why'] != ''
                if as_json or one['why']:
                    say({'period': form['period'], **one})
        except proof.TooEarly as error:
            note(f'clearlane: {error}')
            raise typer.Exit(Exit.TRY_AGAIN) from error
        except (ValueError, KeyError, TypeError) as error:
            note(f'clearlane: this is no exported period of the draw: {error}')
            raise typer.Exit(Exit.NOT_VALID) from error
    note(f'{total} draws computed again, {wrong} do not agree')
    if wrong or not total:
        raise typer.Exit(Exit.NOT_VALID)


def _forms(what: list[str]) -> Iterator[dict[str, Any]]:
    """The exported periods: of files, without a store; else from the store."""
    files = [name for name in what if Path(name).is_file()]
    for name in files:
        yield json.loads(Path(name).read_text(encoding='utf-8'))
    named = [name for name in what if name not in files]
    if what and not named:
        return
    with opened():
        from clearlane import periods as draws

        for period in named or draws.revealed():
            yield draws.export(period)
