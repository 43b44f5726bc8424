"""The command `clearlane rules`: risk rules as files, tried and compared at the terminal."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from clearlane.console import Exit, Json, note, opened, say

rules_app = typer.Typer(no_args_is_help=True, help='Risk rules: check, export, import, back-test.')

Scenario = Annotated[str, typer.Argument(help='Name of the scenario.')]
Analyst = Annotated[str, typer.Option(help='Name of the analyst who acts.')]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help='A TOML file of rules.')]


@rules_app.command('fields')
def fields(scenario: Scenario, as_json: Json = False) -> None:
    """List what a rule of this scenario may look at."""
    with opened():
        from clearlane import risk

        for field in risk.fields_of(scenario).values():
            title = f'{field.title.zh} / {field.title.en}'
            if as_json:
                say({'name': field.name, 'type': field.type, 'title': title})
            else:
                typer.echo(f'{field.name:24} {field.type:7} {title}')


@rules_app.command('check')
def check(scenario: Scenario, file: File, as_json: Json = False) -> None:
    """Check a file of rules without keeping it; says each mistake with its place."""
    with opened():
        from clearlane import risk
        from clearlane.targeting import rules

        found = rules.admitted(rules.from_toml(file.read_text(encoding='utf-8')),
                               risk.fields_of(scenario))  # fmt: skip
        answer = {'file': str(file), 'rules': len(found.rules), 'valid': True}
        say(answer) if as_json else note(f'{file}: {len(found.rules)} rules, all usable')


@rules_app.command('export')
def export(scenario: Scenario, version: int, analyst: Analyst) -> None:
    """Print a version as TOML, to keep it in a repository or to change it."""
    with opened():
        from clearlane import people, risk
        from clearlane.targeting import rules

        row = risk.found(people.actor(analyst), scenario, version)
        typer.echo(rules.to_toml(risk.set_of(row)), nl=False)


@rules_app.command('import')
def import_(
    scenario: Scenario, file: File, analyst: Analyst,
    remark: Annotated[str, typer.Option('--note', help='What changed, and why.')] = '',
) -> None:  # fmt: skip
    """Keep a file of rules as a new draft; another analyst approves it."""
    with opened():
        from clearlane import people, risk
        from clearlane.targeting import rules

        payload = rules.from_toml(file.read_text(encoding='utf-8'))
        row = risk.draft(people.actor(analyst), scenario, payload, remark)
        note(f'version {row.version} is a draft; another analyst has to approve it')


@rules_app.command('backtest')
def backtest(
    scenario: Scenario,
    new: Annotated[int, typer.Argument(help='The version to try.')],
    analyst: Analyst,
    old: Annotated[int, typer.Option(help='The version beside it; 0: as decided.')] = 0,
    since: Annotated[str, typer.Option(help='First day, as 2026-01-01.')] = '2000-01-01',
    until: Annotated[str, typer.Option(help='Last day.')] = '2099-12-31',
    as_json: Json = False,
) -> None:
    """Try a version on stored decisions: who would go another way, hours, misses."""
    with opened():
        from clearlane import people, tryout

        days = [_day(since), _day(until)]
        found = tryout.back_test(people.actor(analyst), scenario, old or None, new, *days)
        said = found.comparison
        if as_json:
            say(_told(found))
            return
        typer.echo(f'{said.declarations} declarations, {said.flipped} go another way')
        for row in said.flips.iter_rows(named=True):
            typer.echo(f'{row["no"]:20} {row["old"]:8} -> {row["new"]}')


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        note(f'clearlane: {text!r} is no day; write it as 2026-01-31')
        raise typer.Exit(Exit.USAGE) from error


def _told(found: Any) -> dict[str, Any]:
    said = found.comparison
    misses = {
        name: {'known': m.known, 'missed': m.missed, 'interval': [m.low, m.high]}
        for name, m in (('old', said.misses_old), ('new', said.misses_new))
    }
    return {
        'old': found.old,
        'new': found.new,
        'declarations': said.declarations,
        'matrix': said.matrix,
        'flips': said.flips.select('no', 'old', 'new').to_dicts(),
        'hours': {'old': said.hours_old, 'new': said.hours_new},
        'misses': misses,
    }
