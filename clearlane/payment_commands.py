"""The commands about payments."""

from __future__ import annotations

from typing import Annotated

import typer

from clearlane.console import Exit, note, opened, say

app = typer.Typer(help='Payments and the books.', no_args_is_help=True)
Share = Annotated[float, typer.Option(min=0, max=1)]


@app.command('provider')
def provider(
    port: Annotated[int, typer.Option(help='Port on loopback; 0 takes a free one.')] = 0,
    callback: Annotated[str, typer.Option(help='Where it calls back.')] = '',
    secret: Annotated[str, typer.Option(envvar='CLEARLANE_PAYMENTS_SECRET')] = '',
    delay: Annotated[float, typer.Option(help='Seconds before it calls back.')] = 0.2,
    fail: Share = 0.0,
    refuse: Share = 0.0,
    repeat: Share = 0.0,
    reorder: Share = 0.0,
    lose: Share = 0.0,
) -> None:
    """Run a payment provider on this machine, as slow and unreliable as it is told to be."""
    from clearlane.provider import signature
    from clearlane.sample.provider import Bank, Manners, server
    from clearlane.settings import settings

    manners = Manners(
        delay=delay, fail=fail, refuse=refuse, repeat=repeat, reorder=reorder, lose=lose
    )
    there = callback or f'{settings().url}/api/v1/payments/events'
    running = server(Bank(there, secret, manners, signature), port)
    note(f'a provider that moves no money is at http://127.0.0.1:{running.server_port}')
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        raise typer.Exit(Exit.OK) from None


@app.command('books')
def books(scenario: str) -> None:
    """Print the balance of every account; together they are zero."""
    with opened():
        from clearlane import books as ledger

        for account, total in ledger.balances(scenario).items():
            say({'account': account, 'yuan': str(total)})


@app.command('reverse')
def reverse(
    key: str,
    reason: str,
    officer: Annotated[str, typer.Option(help='Name of the officer.')],
) -> None:
    """Ask for the money of a payment back."""
    with opened():
        from clearlane import payments, people

        try:
            payments.reverse(people.actor(officer), key, reason)
        except payments.NotNow as error:
            note(f'clearlane: {error}')
            raise typer.Exit(Exit.CONFLICT) from error
