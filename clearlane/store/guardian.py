"""The guardian of the embedded PostgreSQL: starts it for the first command, stops it after all.

It runs as a script, outside the session of every command. What it shares with the
commands is four empty files that are only ever locked (flock, which the kernel frees
even after ``kill -9``):

* ``start``: held while a server is being started. The command that starts passes
  its lock on, so that the next one waits although the first is killed;
* ``users``: held, shared, by every command that uses the database. Who gets it
  alone knows that nobody is left. The guardian waits for that, and keeps the lock
  until the server has ended, so that a new command waits and starts anew;
* ``guardian``: held by the guardian while it lives;
* ``server``: held by the guardian and passed on to PostgreSQL, hence free only when
  every process of the server is gone, whatever became of the guardian.

When the guardian itself is killed, the kernel sends PostgreSQL the signal to stop.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING or __name__ != '__main__':
    from clearlane.store import identity
else:  # the package would load much that a guardian has no use for
    sys.path.append(str(Path(__file__).parent))
    import identity

    sys.path.pop()

DATABASE = 'clearlane'
OURS = 'clearlane'
LOCKS = ('start', 'users', 'guardian', 'server')
SOCKET = '.s.PGSQL.5432'
SHORT_FOLDERS = (Path('/tmp'), Path('/dev/shm'))  # noqa: S108 - mkdtemp makes it private
SHORT_PREFIX = 'clearlane-socket-'
LOG_BYTES = 10_000_000
STOP_SECONDS = 60.0
POLL_SECONDS = 0.005
OTHERWISE = (
    'Choose another home by CLEARLANE_HOME, or set DATABASE_URL to use a server of your own.'
)
RESTORE = 'Restore the folder from a backup, or move it away to begin with an empty database.'
# Not the command's: its PG… and LD_… variables would change what the server does.
ENVIRONMENT = {'PATH': os.defpath, 'LC_ALL': 'C'}

INITDB = (
    '--username=postgres',
    '--auth-local=trust',
    '--auth-host=reject',
    '--data-checksums',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--text-search-config=simple',
    '--set=shared_buffers=128MB',
    '--set=max_connections=120',
    '--set=timezone=UTC',
    '--set=log_timezone=UTC',
    '--set=log_checkpoints=off',
    '--set=jit=off',
)
# What the program relies on is said at every start; the rest is postgresql.conf's to change.
SETTINGS = {
    'listen_addresses': '',
    'port': '5432',
    'unix_socket_permissions': '0700',
    'fsync': 'on',
    'full_page_writes': 'on',
    'cluster_name': OURS,
    'log_destination': 'stderr',
    'logging_collector': 'off',
}
# The program's role is no superuser: a flaw in the program must not let the server read
# files or run programs. Hence the extension is made here, for every database to come.
MAKE_DATABASE = """
SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') AS missing \\gset
\\if :missing
SELECT format('CREATE ROLE %I LOGIN CREATEDB', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \\gexec
\\connect template1
CREATE EXTENSION IF NOT EXISTS vector;
\\connect postgres
CREATE DATABASE :"name" OWNER :"name";
\\endif
"""


class Place(NamedTuple):
    """Where an embedded server lives."""

    home: Path

    @property
    def data(self) -> Path:
        """The data folder of PostgreSQL."""
        return self.home / 'postgres'

    @property
    def run(self) -> Path:
        """Locks, log and, where its name is short enough, the socket."""
        return self.home / 'postgres.run'

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.run / 'log'

    @property
    def is_made(self) -> bool:
        """Whether there are data; they appear at once and whole (move)."""
        return (self.data / 'PG_VERSION').exists()


class Postmaster(NamedTuple):
    """What PostgreSQL writes about itself into postmaster.pid."""

    pid: int
    socket_folder: Path
    status: str


def postmaster(place: Place) -> Postmaster | None:
    """The server that runs on this folder or died there, or None when it ended in order."""
    try:
        lines = os.fsdecode((place.data / 'postmaster.pid').read_bytes()).splitlines()
        return Postmaster(int(lines[0]), Path(lines[4]), lines[7].strip())
    except (OSError, ValueError, IndexError):
        return None


def main(home: str, binaries: str, start: str, answer: str) -> None:
    """Leave the command's family, then guard; the answer goes to the command by a pipe."""
    if os.fork():
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    os.umask(0o077)
    os.chdir('/')

    def announce(message: str) -> None:
        with suppress(BrokenPipeError):  # the command was killed, and the next may be waiting
            os.write(int(answer), os.fsencode(message))
        os.close(int(answer))
        os.close(int(start))

    try:
        guard(Place(Path(home)), Path(binaries), announce)
    except identity.Refused as refusal:
        announce(str(refusal))
    except OSError as error:
        announce(f'The embedded database cannot start in {home}: {error}. {OTHERWISE}')


def guard(place: Place, binaries: Path, announce: Callable[[str], None]) -> None:
    """Run the server from now until the last command has gone."""
    _, serving = (lock(place.run / name) for name in ('guardian', 'server'))
    settle(place, binaries)
    redirect_to_log(place)
    refuse_damage(place, binaries)
    forget_dead_server(place)
    folder = socket_folder(place)
    try:
        server = start(place, binaries, folder, passed=[serving])
        signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGTERM))
        await_ready(place, server)
        make_database(binaries, folder)
        announce('ready')
        threading.Thread(target=stop_after_last, args=(place, server), daemon=True).start()
        server.wait()
    finally:
        remove_short(folder)


def lock(path: Path) -> int:
    """Wait until the lock is ours alone; it is kept until this process ends."""
    number = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    fcntl.flock(number, fcntl.LOCK_EX)
    return number


def stop_after_last(place: Place, server: subprocess.Popen[bytes]) -> None:
    """Stop the server when no command is left, by force when it does not heed."""
    lock(place.run / 'users')
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)


def settle(place: Place, binaries: Path) -> None:
    """Become the owner of the data, and make the data where there are none."""
    owner = place.run.stat().st_uid
    named = owner and identity.name_of(owner)
    if os.geteuid() != owner:
        if not named and not place.is_made:
            initialise_by_other(place, binaries, owner)
        identity.become(owner, way_through(place, binaries, owner))
    elif owner == 0 or not (named or place.is_made):
        identity.enter_namespace()
    if not place.is_made:
        initialise(place, binaries)


def way_through(place: Place, binaries: Path, uid: int) -> int | None:
    """The capability that this user needs to run the server here, or None."""
    return identity.way_through(uid, [place.run, binaries / 'postgres', Path(os.__file__)])


def initialise(place: Place, binaries: Path) -> None:
    """Make the data folder as the user we are."""
    new = empty_folder(place)
    run_initdb(place, binaries, new, dying())
    move(new, place.data)


def initialise_by_other(place: Place, binaries: Path, owner: int) -> None:
    """Let a user who has a name make the data folder, then give it to the owner who has none."""
    other = identity.nobody()
    new = empty_folder(place)
    os.chown(new, other.pw_uid, other.pw_gid)
    capability = way_through(place, binaries, other.pw_uid)
    prepare = identity.dies_with_parent(signal.SIGTERM, other.pw_uid, capability)
    run_initdb(place, binaries, new, prepare)
    for _, _, files, folder in os.fwalk(new):
        os.fchown(folder, owner, identity.group_of(owner))
        for name in files:
            os.chown(name, owner, identity.group_of(owner), dir_fd=folder, follow_symlinks=False)
    move(new, place.data)


def empty_folder(place: Place) -> Path:
    """A new folder aside; what a killed attempt left is removed."""
    new = place.run / 'new'
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    return new


def run_initdb(place: Place, binaries: Path, new: Path, prepare: Callable[[], None]) -> None:
    """Fill a new data folder and mark it as ours."""
    made = run([binaries / 'initdb', '--pgdata', new, *INITDB], prepare)
    if made.returncode:
        raise identity.Refused(
            f'The database could not be made in {place.home}: '
            f'{made.stderr.strip() or made.returncode}'
        )
    (new / OURS).write_text('Clearlane made this folder and uses none without this file.\n')


def dying(sign: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """What makes a child end when we are killed."""
    return identity.dies_with_parent(sign)


def run(
    command: Sequence[str | Path], prepare: Callable[[], None], said: str = ''
) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL to its end and keep what it says."""
    return subprocess.run(  # noqa: S603 - our own words
        command,
        input=said,
        env=ENVIRONMENT,
        check=False,
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        errors='replace',
    )


def move(new: Path, data: Path) -> None:
    """Put the new folder where it belongs, for good."""
    new.rename(data)
    folder = os.open(data.parent, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(folder)
    os.close(folder)


def redirect_to_log(place: Place) -> None:
    """Send what we and the server say to the log, which is kept short."""
    if place.log.exists() and place.log.stat().st_size > LOG_BYTES:
        place.log.replace(place.log.with_suffix('.old'))
    number = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    os.dup2(number, 1)
    os.dup2(number, 2)


def refuse_damage(place: Place, binaries: Path) -> None:
    """Read the control file before anything is touched; the server would first write, then fail."""
    control = run([binaries / 'pg_controldata', place.data], dying())
    if control.returncode or control.stderr:
        raise identity.Refused(
            f'The database in {place.data} is damaged, and was not touched: '
            f'{" ".join(control.stderr.split())} {RESTORE}'
        )


def forget_dead_server(place: Place) -> None:
    """Remove the traces of a killed server, whose number another process may have by now.

    That no process of it lives is known from the lock, which one started by hand has not.
    """
    dead = postmaster(place)
    if dead and serves(dead.pid, place.data):
        raise identity.Refused(
            f'A PostgreSQL that Clearlane did not start (process {dead.pid}) runs on '
            f'{place.data}. Stop it and try again.'
        )
    if dead:
        remove_short(dead.socket_folder)
        (place.data / 'postmaster.pid').unlink(missing_ok=True)


def serves(pid: int, data: Path) -> bool:
    """Whether a process is a server of this folder, in which servers stay."""
    process = Path('/proc') / str(pid)
    try:
        return (process / 'cwd').readlink() == data.resolve()
    except OSError:  # it has ended, or we may not look that close
        with suppress(OSError):
            return str(data) in os.fsdecode((process / 'cmdline').read_bytes()).split('\0')
    return False


def socket_folder(place: Place) -> Path:
    """A folder that only the owner can enter and in which a socket can be made.

    The name of a socket has 107 bytes at most, and libpq takes a comma as a list of hosts.
    """
    for name in (SOCKET, SOCKET + '.lock'):
        (place.run / name).unlink(missing_ok=True)
    if ',' not in str(place.run) and holds_socket(place.run):
        return place.run
    for short in filter(Path.is_dir, SHORT_FOLDERS):
        folder = Path(tempfile.mkdtemp(prefix=SHORT_PREFIX, dir=short))
        if holds_socket(folder):
            return folder
        folder.rmdir()
    raise identity.Refused(
        f'No socket can be made in {place.run} nor in '
        f'{" or ".join(map(str, SHORT_FOLDERS))}. Choose a home with a shorter name on '
        'a local disk by CLEARLANE_HOME, or set DATABASE_URL.'
    )


def holds_socket(folder: Path) -> bool:
    """Whether a socket can be made here; tried out."""
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.bind(str(folder / SOCKET))
            (folder / SOCKET).unlink()
        except OSError:
            return False
    return True


def remove_short(folder: Path) -> None:
    """Remove a folder that socket_folder made for this server alone."""
    if folder.name.startswith(SHORT_PREFIX) and folder.parent in SHORT_FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)


def start(
    place: Place, binaries: Path, folder: Path, passed: Sequence[int]
) -> subprocess.Popen[bytes]:
    """Start the server; it stops by itself when we are killed."""
    quoted = '"' + str(folder).replace('"', '""') + '"'
    settings = {**SETTINGS, 'unix_socket_directories': quoted}
    options = [f'--{name}={value}' for name, value in settings.items()]
    return subprocess.Popen(  # noqa: S603 - our own words
        [binaries / 'postgres', '-D', place.data, *options],
        env=ENVIRONMENT,
        pass_fds=passed,
        stdin=subprocess.DEVNULL,
        preexec_fn=dying(signal.SIGINT),
    )


def await_ready(place: Place, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server takes connections, however long it recovers."""
    begin = place.log.stat().st_size
    while not is_ready(place, server):
        if server.poll() is not None:
            with place.log.open('rb') as log:
                log.seek(begin)
                said = os.fsdecode(log.read()).strip()
            raise identity.Refused(
                f'PostgreSQL does not start on {place.data}: {said} '
                f'(The whole log is {place.log}.) {RESTORE}'
            )
        time.sleep(POLL_SECONDS)


def is_ready(place: Place, server: subprocess.Popen[bytes]) -> bool:
    """Whether this very server says that it takes connections."""
    found = postmaster(place)
    return found is not None and found.pid == server.pid and found.status == 'ready'


def make_database(binaries: Path, folder: Path) -> None:
    """Make the program's role and database where they are missing."""
    variables = ['-v', 'ON_ERROR_STOP=1', '-v', f'name={DATABASE}']
    server: list[str | Path] = ['-h', folder, '-p', '5432', '-U', 'postgres', '-d', 'postgres']
    made = run([binaries / 'psql', '-X', '-q', *variables, *server], dying(), MAKE_DATABASE)
    if made.returncode:
        raise identity.Refused(f'The database {DATABASE} could not be made: {made.stderr.strip()}')


if __name__ == '__main__':
    main(*sys.argv[1:])
