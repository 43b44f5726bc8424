"""`clearlane plan`: what a sampling plan opens and what it is worth; needs no database."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clearlane.console import Exit, Json, note, say

app = typer.Typer(help='Sampling plans and what they guarantee.', no_args_is_help=True)


@app.command()
def single(
    lot: Annotated[int, typer.Argument(help='Boxes in the lot.')],
    aql: Annotated[str, typer.Option(help='Acceptance quality limit, percent.')] = '0.65',
    level: Annotated[str, typer.Option(help='S-1 to S-4, I, II, III.')] = 'II',
    tightened: Annotated[bool, typer.Option('--tightened', help='Tightened inspection.')] = False,
    sensitivity: Annotated[float, typer.Option(help='What an inspector finds, 0..1.')] = 1.0,
    as_json: Json = False,
) -> None:
    """How many boxes of a lot are opened (ISO 2859-1), and what is accepted how often."""
    from clearlane.sampling import curve, tables

    try:
        found = tables.single(lot, aql, level, 'tightened' if tightened else 'normal')
    except tables.NoPlan as error:
        note(f'clearlane: {error}')
        raise typer.Exit(Exit.USAGE) from error
    limit, at = curve.outgoing_limit(found, lot, sensitivity)
    points = curve.operating(found, sensitivity)
    if as_json:
        say({
            'letter': found.letter, 'n': found.n, 'ac': found.ac, 're': found.re,
            'sensitivity': sensitivity, 'aoql': round(limit, 6), 'aoql_at': round(at, 6),
            'operating': [[p, round(pa, 6)] for p, pa in points],
        })  # fmt: skip
        return
    typer.echo(
        f'letter {found.letter}: open {found.n}, accept with {found.ac}, not with {found.re}'
    )
    typer.echo(
        f'AOQL {limit:.2%} at {at:.1%} bad boxes, for an inspector who finds s={sensitivity}'
    )
    for p, pa in points:
        typer.echo(f'  {p:6.2%} bad boxes: accepted {pa:7.2%}')


@app.command()
def csp1(
    clear: Annotated[int, typer.Argument(help='Conforming lots in a row that clear (i).')],
    fraction: Annotated[float, typer.Argument(help='Share that is inspected then (f).')],
    sensitivity: Annotated[float, typer.Option(help='What an inspection finds, 0..1 (s).')] = 0.9,
    incoming: Annotated[float, typer.Option(help='Share of lots that do not conform.')] = 0.01,
    simulate: Annotated[int, typer.Option(help='Also count over so many drawn lots.')] = 0,
    as_json: Json = False,
) -> None:
    """What CSP-1 guarantees: AOQL, and the share inspected, for a stated sensitivity."""
    from clearlane.sampling import csp1 as plan

    try:
        limit = plan.limit(clear, fraction, sensitivity)
        usual = plan.long_run(clear, fraction, incoming, sensitivity)
    except ValueError as error:
        note(f'clearlane: {error}')
        raise typer.Exit(Exit.USAGE) from error
    answer: dict[str, Any] = {
        'i': clear, 'f': fraction, 'sensitivity': sensitivity, 'aoql': round(limit.aoql, 6),
        'aoql_at': round(limit.at, 6), 'incoming': incoming,
        'inspected': round(usual.inspected, 6), 'outgoing': round(usual.outgoing, 6),
    }  # fmt: skip
    if simulate:
        counted = plan.simulated(clear, fraction, incoming, sensitivity, simulate)
        answer['simulated'] = {
            'lots': simulate, 'inspected': counted.inspected, 'outgoing': counted.outgoing
        }  # fmt: skip
    if as_json:
        say(answer)
        return
    typer.echo(
        f'AOQL {limit.aoql:.2%}, reached at {limit.at:.1%} incoming, '
        f'for inspections that find s={sensitivity}'
    )
    typer.echo(
        f'at {incoming:.2%}: {usual.inspected:.2%} inspected, {usual.outgoing:.3%} let through'
    )
    if simulate:
        typer.echo(
            f'simulated over {simulate} lots: {counted.inspected:.2%} inspected, '
            f'{counted.outgoing:.3%} let through'
        )
