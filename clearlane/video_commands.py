"""The command that reads boxes passing before a camera."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clearlane.console import Exit, Json, note, say


def video(
    source: Annotated[str, typer.Argument(help='A video file, an address (rtsp://) or a camera.')],
    keep: Annotated[
        Path | None, typer.Option(help='Folder for the best frame of each box.')
    ] = None,
    as_json: Json = False,
) -> None:
    """Read each box that passes, once, from its best frame. Needs no database."""
    from clearlane.recognisers import video as boxes
    from clearlane.recognisers.package import PACKAGE
    from clearlane.recognisers.photo import as_json as plainly

    try:
        frames = boxes.opened(source)
    except FileNotFoundError as error:
        note(f'clearlane: {error}')
        raise typer.Exit(Exit.NOT_FOUND) from error
    counts = boxes.Counts()
    for one in boxes.passing(frames, PACKAGE, counts):
        found = {
            'box': one.number, 'first_frame': one.first_frame, 'last_frame': one.last_frame,
            'best_frame': one.best_frame, 'place': list(one.box), 'error': one.error or None,
            'readings': [plainly(reading) for reading in one.readings],
        }  # fmt: skip
        if keep is not None and one.jpeg:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f'{one.number:05}.jpg').write_bytes(one.jpeg)
        say(found) if as_json else _show(found)
    note(
        f'{counts.frames} frames, {counts.dropped} dropped; {counts.boxes} boxes,'
        f' {counts.repeated} seen again, {counts.unread} not read'
    )
    if counts.unread:
        raise typer.Exit(Exit.REJECTED)


def _show(found: dict[str, object]) -> None:
    said = found['error'] or f'frame {found["best_frame"]}'
    typer.echo(f'box {found["box"]}  ({said})')
    for reading in found['readings']:  # type: ignore[attr-defined]
        typer.echo(f'  {reading["kind"]:<20} {reading["score"]:.2f}  {reading["value"]}')
