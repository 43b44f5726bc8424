"""The command `clearlane`. Data goes to stdout, progress and errors to stderr.

Exit codes: 0 ok, 1 not valid, 2 usage, 3 rejected, 4 not allowed, 5 not found,
6 conflict, 7 try again.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from clearlane import (
    device_commands,
    draw_commands,
    line_commands,
    payment_commands,
    plan_commands,
    video_commands,
)
from clearlane.console import Exit, Json, note, opened, say
from clearlane.rule_commands import rules_app

app = typer.Typer(
    name='clearlane',
    help='Smart supervision: evidence in, an explained decision out.',
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
code = typer.Typer(help='Numbers and marks.', no_args_is_help=True)
audit_app = typer.Typer(help='The append-only log.', no_args_is_help=True)
admin = typer.Typer(help='Enterprises, people and keys.', no_args_is_help=True)
app.add_typer(payment_commands.app, name='payments')
app.add_typer(code, name='code')
app.add_typer(audit_app, name='audit')
app.add_typer(admin, name='admin')
app.add_typer(rules_app, name='rules')
app.add_typer(device_commands.devices, name='devices')
app.command('intake')(device_commands.intake)
app.command('live')(device_commands.live)
app.command('video')(video_commands.video)
app.add_typer(draw_commands.app, name='draw')
app.add_typer(line_commands.app, name='line')
app.add_typer(plan_commands.app, name='plan')

# --- without a store ----------------------------------------------------------


@app.command()
def read(
    photos: Annotated[list[Path], typer.Argument(help='Photographs to read.')],
    as_json: Json = False,
    key_fields: Annotated[
        bool,
        typer.Option('--key-fields', help='Marks, numbers, masses, plain codes alone: faster.'),
    ] = False,
    mm_per_px: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=100,
            help='Millimetres a pixel at the face, measured once for a camera that stands still: '
            'labels then have their side in mm.',
        ),
    ] = None,
) -> None:
    """Read photographs: marks, numbers, labels, codes, words. Needs no database."""
    from clearlane.recognisers.package import KEY_FIELDS, PHOTOGRAPH
    from clearlane.recognisers.photo import read as read_photo

    reader = replace(KEY_FIELDS if key_fields else PHOTOGRAPH, mm_per_px=mm_per_px)
    broken = False
    for photo in photos:
        found = read_photo(photo, reader)
        broken = broken or found['error'] is not None
        say(found) if as_json else _show_readings(found)
    if broken:
        raise typer.Exit(Exit.REJECTED)


def _show_readings(found: dict[str, Any]) -> None:
    size = f'{found["width"]}x{found["height"]}, {found["seconds"]:.2f} s'
    typer.echo(f'{found["file"]}  ({found["error"] or size})')
    for reading in found['readings']:
        typer.echo(f'  {reading["kind"]:<20} {reading["score"]:.2f}  {reading["value"]}')


@code.command('check')
def code_check(kind: str, values: list[str], as_json: Json = False) -> None:
    """Check numbers or marks of one KIND, such as un_mark or container_number."""
    from clearlane import codes

    if kind not in codes.KINDS:
        note(f'clearlane: there is no kind {kind!r}; kinds: {", ".join(sorted(codes.KINDS))}')
        raise typer.Exit(Exit.USAGE)
    answers = [codes.check(kind, value) for value in values]
    for answer in answers:
        say(answer) if as_json else _show_code(answer)
    if not all(answer['valid'] for answer in answers):
        raise typer.Exit(Exit.NOT_VALID)


def _show_code(answer: dict[str, Any]) -> None:
    if answer['valid']:
        typer.echo(f'valid      {answer["compact"]}')
        for name, value in answer['parts'].items():
            if value not in (None, '', False):
                typer.echo(f'             {name}: {value}')
    else:
        typer.echo(
            f'not valid  {answer["value"]}: {answer["error"]["code"]}: {answer["error"]["message"]}'
        )


@code.command('kinds')
def code_kinds() -> None:
    """List the kinds of codes."""
    from clearlane import codes

    for kind in sorted(codes.KINDS):
        typer.echo(kind)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help='Folder to write the photographs to.')],
    boxes: Annotated[int, typer.Option(min=1, max=10_000, help='How many boxes.')] = 5,
    seed: Annotated[int, typer.Option(help='The same seed gives the same photographs.')] = 1,
) -> None:
    """Write synthetic photographs of packages, with what is on them in truth.json."""
    from clearlane.sample.photographs import write

    write(folder, boxes, seed)
    note(f'{boxes} boxes (synthetic) in {folder}, truth in {folder / "truth.json"}')


# --- the main job -------------------------------------------------------------


@app.command()
def demo(
    scenario: Annotated[str, typer.Argument(help='Scenario to show.')] = 'lithium_packaging',
    as_json: Json = False,
) -> None:
    """Show a scenario on this machine, from photographs to explained decisions."""
    from importlib.util import find_spec

    module = 'clearlane.demo' if scenario == 'lithium_packaging' else f'clearlane.demos.{scenario}'
    if not scenario.isidentifier() or find_spec(module) is None:
        note(f'clearlane: there is no demonstration of {scenario!r}')
        raise typer.Exit(Exit.NOT_FOUND)
    with opened():
        import_module(module).demo(as_json=as_json)


@app.command()
def serve() -> None:
    """Serve pages, API, workers, live events and devices on this machine until told to stop."""
    with opened():
        from clearlane.processes import Children, Hopeless, clearlane, until_told
        from clearlane.settings import settings

        commands = [clearlane(name) for name in ('web', 'work', 'live', 'intake')]
        with Children(commands) as children:
            note(f'Clearlane is at {settings().url} (Ctrl-C stops it)')
            try:
                until_told(children.keep_alive)
            except Hopeless as error:
                note(f'clearlane: {error}')
                raise typer.Exit(Exit.TRY_AGAIN) from error


@app.command()
def web() -> None:
    """Serve the pages and the API only."""
    with opened():
        from clearlane.web.server import serve as serve_pages

        serve_pages()


@app.command()
def work() -> None:
    """Run the workers only: one process a core, until told to stop."""
    with opened():
        from clearlane import flow, payments
        from clearlane.processes import Children, clearlane, until_told
        from clearlane.settings import settings

        flow.resume()
        payments.resume()
        with Children([clearlane('worker') for _ in range(settings().workers)]) as children:
            until_told(children.keep_alive)


@app.command(hidden=True)
def worker() -> None:
    """Be one worker process."""
    with opened():
        from clearlane import work as jobs

        jobs.run()


# --- proofs -------------------------------------------------------------------


@app.command()
def replay(
    numbers: Annotated[list[str] | None, typer.Argument(help='Declarations to replay.')] = None,
    everything: Annotated[bool, typer.Option('--all', help='Replay every decision.')] = False,
    as_json: Json = False,
) -> None:
    """Make stored decisions again from what they were made from, and compare byte for byte."""
    if bool(numbers) == everything:
        note('clearlane: name declarations, or give --all')
        raise typer.Exit(Exit.USAGE)
    with opened():
        from clearlane import proofs

        different = deleted = total = 0
        for answer in proofs.replayed(numbers or None):
            total += 1
            different += answer['same'] is False
            deleted += answer['same'] is None
            if as_json or not answer['same']:
                say(answer)
    gone = f', {deleted} deleted by law' if deleted else ''
    note(f'{total} decisions replayed, {different} differ{gone}')
    if different or not total:
        raise typer.Exit(Exit.NOT_VALID)


@app.command()
def forget(
    day: Annotated[str, typer.Option(help='List what is over on this day; deletes nothing.')] = '',
    as_json: Json = False,
) -> None:
    """Delete what shows a person and may be kept no longer; workers do it every night."""
    with opened():
        from clearlane import flow, retention

        found = list(retention.due(date.fromisoformat(day))) if day else None
        done = retention.forget(flow.today()) if found is None else found
        for one in done:
            told = {'scenario': one.scenario, 'subject': one.subject}
            say(told) if as_json else typer.echo(f'{one.scenario}  {one.subject}')
    note(f'{len(done)} {"deleted" if found is None else f"to be deleted on {day}"}')


@audit_app.command('verify')
def audit_verify(as_json: Json = False) -> None:
    """Prove the log: every entry, every subtree, every checkpoint, every stored byte it names."""
    with opened():
        from clearlane import audit, proofs

        try:
            size = audit.verify()
            kept = proofs.stored_bytes()
        except audit.Broken as error:
            note(f'clearlane: {error}')
            raise typer.Exit(Exit.NOT_VALID) from error
        answer = {'entries': size, 'root': audit.root(size).hex(), 'files': kept}
        say(answer) if as_json else note(
            f'{size} entries and {kept} files prove; root {answer["root"]}'
        )


@audit_app.command('checkpoint')
def audit_checkpoint() -> None:
    """Sign the log as it stands, and print the signed note."""
    with opened():
        from clearlane import audit
        from clearlane.settings import settings

        typer.echo(audit.checkpoint(settings().origin, settings().home), nl=False)


@audit_app.command('key')
def audit_key() -> None:
    """Print the public key that the checkpoints are signed with."""
    with opened():
        from clearlane import audit
        from clearlane.settings import settings

        key = audit.signing_key(settings().home).public_key()
        typer.echo(audit.verifier(settings().origin, key))


# --- people -------------------------------------------------------------------


@admin.command('party')
def admin_party(
    number: Annotated[str, typer.Argument(help='Unified social credit code.')],
    name: str,
    credit: Annotated[str, typer.Option(help='Credit class of Order 282.')] = 'regular',
    district: Annotated[
        str | None, typer.Option(help='Customs district: two figures; left out, it stays.')
    ] = None,
) -> None:
    """Add an enterprise, or change its name, credit class and customs district."""
    with opened():
        from clearlane import people

        people.party(number, name, credit, district)
        note(f'{number} {name}: {credit}')


@admin.command('user')
def admin_user(
    name: str,
    role: Annotated[str, typer.Option(help='exporter, officer, analyst, auditor, administrator.')],
    party: Annotated[str, typer.Option(help='Its enterprise, for an exporter.')] = '',
) -> None:
    """Add a person, or give a new password; the password is printed once."""
    with opened():
        from clearlane import people

        typer.echo(people.user(name, role, party))


@admin.command('key')
def admin_key(
    party: Annotated[str, typer.Argument(help='Unified social credit code.')], name: str
) -> None:
    """Make an API key of an enterprise; it is printed once."""
    with opened():
        from clearlane import people

        typer.echo(people.key(party, name))


@admin.command('kiosk')
def admin_kiosk(
    name: Annotated[str, typer.Argument(help='Name of the device, as T3-01.')],
    scenario: Annotated[str, typer.Option(help='What is declared at it.')],
    place: Annotated[list[str] | None, typer.Option(help='As port=PVG; may be repeated.')] = None,
) -> None:
    """Enroll a self-service device, or give it a new key; the key is printed once."""
    with opened():
        from clearlane import counters

        where = dict(part.split('=', 1) for part in place or () if '=' in part)
        typer.echo(counters.enroll(name, scenario, where))


@admin.command('qualify')
def admin_qualify(
    entry: Annotated[int, typer.Argument(help='Number of the submitted entry.')],
    officer: Annotated[str, typer.Option(help='Name of the officer.')],
    since: Annotated[str, typer.Option(help='First day, as 2026-05-11.')] = '',
) -> None:
    """Take a submitted library entry into force."""
    with opened():
        from clearlane import flow, people, registry

        day = date.fromisoformat(since) if since else flow.today()
        done = registry.qualify(people.actor(officer), entry, day)
        note(f'{done.library}/{done.key} version {done.version} is in force since {day}')


def main() -> None:
    """Entry point."""
    try:
        app()
    except BrokenPipeError:
        sys.exit(Exit.OK)


if __name__ == '__main__':
    main()
