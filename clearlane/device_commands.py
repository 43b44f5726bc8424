"""Commands about devices: add them, revoke them, and run the processes that they speak to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clearlane.console import Json, note, opened, say

devices = typer.Typer(help='Trackers and locks that report.', no_args_is_help=True)

Officer = Annotated[str, typer.Option(help='Name of the officer or administrator who does it.')]


@devices.command('add')
def add(
    code: Annotated[str, typer.Argument(help='What the device calls itself, e.g. its SIM number.')],
    party: Annotated[str, typer.Argument(help='Unified social credit code of its owner.')],
    by: Officer,
    kind: Annotated[str, typer.Option(help='tracker or lock.')] = 'tracker',
    key: Annotated[str, typer.Option(help='A key that it has already; empty makes one.')] = '',
    datum: Annotated[str, typer.Option(help='wgs84, or gcj02 where it reports that.')] = 'wgs84',
    minutes_east: Annotated[int, typer.Option(help='Its clock against UTC (JT/T 808).')] = 480,
    lock_item: Annotated[
        str, typer.Option(help='Additional item with the lock word, e.g. E9; empty for none.')
    ] = '',
) -> None:
    """Add a device; its key is printed once."""
    with opened():
        from clearlane import devices as verbs
        from clearlane import people

        options: dict[str, object] = {'datum': datum, 'minutes_east': minutes_east}
        if lock_item:
            options['lock_item'] = int(lock_item, 16)
        _, secret = verbs.add(people.actor(by), code, party, kind=kind, key=key, options=options)
        typer.echo(secret)


@devices.command('list')
def listed(as_json: Json = False) -> None:
    """List the devices and when each was heard last."""
    with opened():
        from clearlane.store import models as rows

        for device in rows.Device.objects.order_by('code'):
            heard = device.heard_at.isoformat() if device.heard_at else ''
            found = {
                'code': device.code,
                'kind': device.kind,
                'party': device.party_id,
                'heard_at': heard,
                'revoked': device.revoked_at is not None,
                **device.said,
            }
            say(found) if as_json else typer.echo(f'{device.code:<24} {device.kind:<8} {heard}')


@devices.command('revoke')
def revoke(code: str, by: Officer) -> None:
    """Take nothing of this device any more."""
    with opened():
        from clearlane import devices as verbs
        from clearlane import people

        verbs.revoke(people.actor(by), code)
        note(f'{code} is revoked')


@devices.command('rekey')
def rekey(code: str, by: Officer) -> None:
    """Give a device another key; it is printed once, and the one before is worth nothing."""
    with opened():
        from clearlane import devices as verbs
        from clearlane import people

        typer.echo(verbs.rekey(people.actor(by), code))


@devices.command('broker-files')
def broker_files(
    folder: Annotated[Path, typer.Argument(help='Folder for passwords, acl and mosquitto.conf.')],
    password: Annotated[str, typer.Option(help='Password of the platform itself.')],
    platform: Annotated[str, typer.Option(help='User name of the platform itself.')] = 'clearlane',
) -> None:
    """Write Mosquitto's password and access files from the devices that may speak."""
    with opened():
        from clearlane import devices as verbs

        folder.mkdir(parents=True, exist_ok=True)
        for name, text in verbs.broker_files(platform, password).items():
            (folder / name).write_text(text, encoding='utf-8')
            (folder / name).chmod(0o600)
        note(f'{folder}: reload the broker, e.g. kill -HUP of its process')


def intake() -> None:
    """Take messages of devices (JT/T 808, MQTT) and look for silence, until told to stop."""
    with opened():
        from clearlane.gateways.run import run

        run()


def live() -> None:
    """Tell open pages what is new, until told to stop."""
    with opened():
        from clearlane.web.server import serve_live

        serve_live()
