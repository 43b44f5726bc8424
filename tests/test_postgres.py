"""The embedded PostgreSQL, tried with real processes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT, SIGINT, SIGKILL, SIGSTOP, SIGTERM
from typing import Any, ClassVar

import psycopg
import pytest

from clearlane.store import guardian, identity
from clearlane.store.guardian import Place
from clearlane.store.postgres import WHEEL, Unusable, binaries, database_url, release

NOBODY = 65534
IS_ROOT = os.geteuid() == 0
ATTACH = """
import os, signal, subprocess, sys
from pathlib import Path
from clearlane.store.postgres import Unusable, database_url, release
home = Path(sys.argv[1])
try:
    url = database_url(home, None)
except Unusable as refusal:
    sys.exit(str(refusal))
"""
SETTINGS = """
fsync=on full_page_writes=on synchronous_commit=on data_checksums=on server_encoding=UTF8
TimeZone=UTC shared_buffers=128MB max_connections=120 listen_addresses= is_superuser=off
"""
ENDS = [(os.kill, SIGINT), (os.kill, SIGTERM), (os.kill, SIGKILL), (os.killpg, SIGKILL)]
HOLD = 'print(url, flush=True); sys.stdin.read()'
FORK = """
print(url, flush=True)
if os.fork():
    signal.pause()
print('forked', flush=True)
sys.stdin.read()
"""
RUN_ANOTHER = """
subprocess.Popen(['cat'], close_fds=False)
print(url, flush=True)
signal.pause()
"""
LOSE_RIGHTS = """
from pathlib import Path
from clearlane.store import identity
for capability in range(1, 1 + int(Path('/proc/sys/kernel/cap_last_cap').read_text())):
    identity.prctl(24, capability)  # PR_CAPBSET_DROP: the guardian cannot get it back by exec
identity.keep_only(identity.CAP_CHOWN)
"""


class Command:
    """A program that uses the database until it is told to end, or killed."""

    alive: ClassVar[list[Command]] = []

    def __init__(self, home: Path, then: str = HOLD, first: str = '', **options: Any) -> None:
        Command.alive.append(self)
        self.said: str | None = None
        for pipe in ('stdin', 'stdout', 'stderr'):
            options[pipe] = subprocess.PIPE
        words: list[str | Path] = [sys.executable, '-c', first + ATTACH + then, home]
        self.process: subprocess.Popen[str] = subprocess.Popen(
            words, text=True, start_new_session=True, **options
        )

    @property
    def url(self) -> str:
        """The first word of the program, waited for."""
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        assert line, self.end()
        return line

    def end(self) -> str:
        """Let it end in order, and return what it said about errors."""
        if self.said is None:
            self.said = self.process.communicate(timeout=60)[1]
        return str(self.said)


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for a condition that other processes bring about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, 'waited in vain'
        time.sleep(0.01)


def is_free(home: Path, name: str) -> bool:
    with open(Place(home).run / name) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def is_gone(home: Path) -> bool:
    """Whether neither guardian nor any process of the server is left: each holds a lock."""
    return is_free(home, 'guardian') and is_free(home, 'server')


def server_pid(home: Path) -> int:
    found = guardian.postmaster(Place(home))
    assert found
    return found.pid


def status(pid: int, name: str) -> list[int]:
    lines = Path(f'/proc/{pid}/status').read_text().splitlines()
    return next([int(w) for w in line.split()[1:]] for line in lines if line.startswith(name))


def parent_pid(pid: int) -> int:
    return status(pid, 'PPid')[0]


def users_of(pid: int) -> set[int]:
    return set(status(pid, 'Uid'))


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def prints(folder: Path) -> dict[str, object]:
    """What can be said of every file: kind, rights, owner, time of change and content."""
    found: dict[str, object] = {}
    for path in [folder, *folder.rglob('*')]:
        about = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ''
        found[str(path)] = (about.st_mode, about.st_uid, about.st_mtime_ns, content)
    return found


def kill_commands() -> None:
    for command in Command.alive:
        command.process.kill()
        command.end()
    Command.alive.clear()


@pytest.fixture(autouse=True)
def _no_command_outlives_its_test() -> Iterator[None]:
    yield
    kill_commands()


@pytest.fixture(scope='module')
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that six commands begin at the same time: one makes it and all share it."""
    home = tmp_path_factory.mktemp('made') / 'home'
    commands = [Command(home) for _ in range(6)]
    assert [ask(command.url, 'select 1') for command in commands] == [1] * 6
    assert Place(home).log.read_text().count('starting PostgreSQL') == 1
    assert sorted(path.name for path in home.iterdir()) == ['postgres', 'postgres.run']
    return home


@pytest.fixture
def home(made: Path) -> Iterator[Path]:
    """The home that most tests share; each finds it stopped and leaves it so."""
    kill_commands()
    until(lambda: is_gone(made))
    yield made
    release(made)
    kill_commands()
    until(lambda: is_gone(made))


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Iterator[Place]:
    """A home of its own, to be damaged."""
    place = Place(tmp_path / 'home')
    place.home.mkdir()
    subprocess.run(['cp', '-a', Place(home).data, place.data], check=True)
    yield place
    release(place.home)


def test_a_configured_server_is_used_and_nothing_started(tmp_path: Path) -> None:
    url = 'postgresql://clearlane:secret@db.example/clearlane'
    assert database_url(tmp_path / 'home', url) == url
    assert not (tmp_path / 'home').exists()


def test_commands_share_a_server_and_the_last_one_stops_it(home: Path) -> None:
    first, second = Command(home), Command(home)
    assert first.url == second.url
    pid = server_pid(home)
    first.end()
    third = Command(home)
    assert ask(third.url, 'select 1') == 1
    assert server_pid(home) == pid
    second.end()
    assert not is_gone(home)
    third.end()
    until(lambda: is_gone(home))
    assert not (Place(home).data / 'postmaster.pid').exists()


@pytest.mark.parametrize(('send', 'sign'), ENDS)
def test_no_orphan_stays_when_the_command_or_its_group_is_killed(
    home: Path, send: Callable[[int, int], None], sign: int
) -> None:
    command = Command(home)
    assert command.url
    send(command.process.pid, sign)
    until(lambda: is_gone(home))


def test_no_orphan_stays_when_the_first_start_is_killed(tmp_path: Path) -> None:
    place = Place(tmp_path / 'home')
    command = Command(place.home)
    until(lambda: (place.run / 'new').exists())
    command.process.kill()
    until(lambda: is_gone(place.home))
    again = Command(place.home)
    assert ask(again.url, 'select 1') == 1
    again.end()
    until(lambda: is_gone(place.home))


def test_a_forked_worker_keeps_the_server(home: Path) -> None:
    command = Command(home, then=FORK)
    url = command.url
    assert command.url == 'forked'
    command.process.kill()
    command.process.wait()
    assert ask(url, 'select 1') == 1
    command.end()
    until(lambda: is_gone(home))


def test_another_program_does_not_keep_the_server(home: Path) -> None:
    command = Command(home, then=RUN_ANOTHER)
    assert command.url
    command.process.kill()
    command.process.wait()
    until(lambda: is_gone(home))
    command.end()


def test_a_command_that_comes_while_the_server_stops_starts_it_anew(home: Path) -> None:
    first = Command(home)
    assert first.url
    old = server_pid(home)
    os.kill(old, SIGSTOP)
    first.end()
    until(lambda: not is_free(home, 'users'))  # from here on the guardian stops the server
    second = Command(home)
    until(lambda: not is_free(home, 'start'))  # and here somebody waits
    os.kill(old, SIGCONT)
    assert ask(second.url, 'select 1') == 1
    assert server_pid(home) != old


def test_data_survive_when_everything_is_killed(home: Path) -> None:
    command = Command(home)
    ask(command.url, 'create table survives as select 8 as number')
    server = server_pid(home)
    for pid in (parent_pid(server), server, command.process.pid):
        os.kill(pid, SIGKILL)
    until(lambda: is_gone(home))
    stale = Place(home).data / 'postmaster.pid'
    lines = stale.read_text().splitlines(keepends=True)
    stale.write_text(''.join([f'{os.getpid()}\n', *lines[1:]]))  # its number is another's by now
    again = Command(home)
    assert ask(again.url, 'select number from survives') == 8


def test_the_server_stops_when_its_guardian_is_killed(home: Path) -> None:
    first = Command(home)
    assert first.url
    os.kill(parent_pid(server_pid(home)), SIGKILL)
    second = Command(home)
    assert ask(second.url, 'select 1') == 1
    assert ask(database_url(home, None), 'select 1') == 1


def test_a_process_may_ask_again_and_leave_early(home: Path) -> None:
    url = database_url(home, None)
    begin = time.monotonic()
    assert database_url(home, None) == url
    assert time.monotonic() - begin < 0.5
    os.kill(server_pid(home), SIGKILL)
    until(lambda: is_gone(home))
    assert ask(database_url(home, None), 'select 1') == 1
    release(home)
    release(home)
    until(lambda: is_gone(home))


def test_the_server_is_durable_private_and_set_up_for_a_small_machine(home: Path) -> None:
    url = database_url(home, None)
    settings = dict(setting.split('=') for setting in SETTINGS.split())
    assert {name: ask(url, f'show {name}') for name in settings} == settings
    collation = (
        "select datlocprovider::text || datlocale from pg_database where datname = 'clearlane'"
    )
    assert ask(url, collation) == 'bC.UTF-8'
    assert ask(url, "select extname from pg_extension where extname = 'vector'") == 'vector'
    ask(url, 'create database another')
    ask(url, 'drop database another')
    place = Place(home)
    for folder in (place.data, place.run):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_environment_does_not_lead_elsewhere(home: Path) -> None:
    misleading = {'PGDATA': '/nowhere', 'PGPORT': '1', 'PGHOST': 'db.example', 'TZ': 'Mars'}
    command = Command(home, env=os.environ | misleading)
    assert ask(command.url, 'show port') == '5432'


def test_a_home_with_a_long_name_has_its_socket_elsewhere(copy: Place) -> None:
    long = copy.home.rename(copy.home.parent / ('a long, long name ' * 8))
    command = Command(long)
    assert ask(command.url, 'select 1') == 1
    found = guardian.postmaster(Place(long))
    assert found
    assert len(str(found.socket_folder)) < 60
    assert stat.S_IMODE(found.socket_folder.stat().st_mode) == 0o700
    command.end()
    until(lambda: is_gone(long))
    assert not found.socket_folder.exists()


def replace_by_file(data: Path) -> None:
    shutil.rmtree(data)
    data.write_text('not a folder')


def replace_by_link(data: Path) -> None:
    shutil.rmtree(data)
    data.symlink_to('nowhere')


def corrupt_control(data: Path) -> None:
    control = data / 'global/pg_control'
    content = control.read_bytes()
    control.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])


HARM: dict[str, tuple[Callable[[Path], object], str]] = {
    'a file': (replace_by_file, 'is not a folder'),
    'a dead link': (replace_by_link, 'is not a folder'),
    'something else': (lambda data: (data / 'PG_VERSION').unlink(), 'PG_VERSION is missing'),
    'another version': (lambda data: (data / 'PG_VERSION').write_text('17\n'), 'PostgreSQL 17'),
    'not made by us': (lambda data: (data / guardian.OURS).unlink(), 'did not make'),
    'without its log': (lambda data: shutil.rmtree(data / 'pg_wal'), 'pg_wal missing'),
    'a short control file': (
        lambda data: os.truncate(data / 'global/pg_control', 100),
        'is damaged',
    ),
    'a corrupt control file': (corrupt_control, 'is damaged'),
    'no control file': (lambda data: (data / 'global/pg_control').unlink(), 'is damaged'),
    'closed to its owner': (lambda data: data.chmod(0o500), 'chmod 700'),
    'open to others': (lambda data: data.chmod(0o777), 'chmod 700'),
}


@pytest.mark.parametrize('harm', HARM)
def test_a_folder_that_cannot_be_used_is_refused_and_not_touched(copy: Place, harm: str) -> None:
    damage, reason = HARM[harm]
    damage(copy.data)
    before = prints(copy.data)
    with pytest.raises(Unusable, match=reason) as refusal:
        database_url(copy.home, None)
    assert str(copy.data) in str(refusal.value)
    assert any(way in str(refusal.value) for way in ('DATABASE_URL', 'backup'))
    assert prints(copy.data) == before


def test_a_server_started_by_hand_is_left_alone(copy: Place) -> None:
    owner = copy.data.stat().st_uid
    Command(copy.home).end()
    until(lambda: is_gone(copy.home))
    prepare = identity.dies_with_parent(
        SIGINT, owner if IS_ROOT else None, identity.CAP_DAC_READ_SEARCH
    )
    with subprocess.Popen(
        [binaries() / 'postgres', '-D', copy.data, '-h', '', '-k', copy.run],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=prepare,
    ) as server:
        until(lambda: (found := guardian.postmaster(copy)) and found.status == 'ready')
        with pytest.raises(Unusable, match='did not start'):
            database_url(copy.home, None)
        assert server.poll() is None
        server.send_signal(SIGINT)


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    with pytest.raises(Unusable, match='CLEARLANE_HOME'):
        database_url(tmp_path / 'file' / 'home', None)


as_root = pytest.mark.skipif(not IS_ROOT, reason='only root can become other users')


def other_user(uid: int, folder: Path) -> Callable[[], None]:
    """Become another user, who can pass folders only where Python lies below one of root's."""
    need = identity.unreachable(
        uid, [folder, Path(sys.executable), Path(os.__file__), Path(guardian.__file__)]
    )
    capability = identity.CAP_DAC_READ_SEARCH if need else None
    return lambda: identity.become(uid, capability)


@as_root
def test_an_ordinary_user_runs_it_and_others_may_not(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    home = tmp_path / 'home'
    command = Command(home, preexec_fn=other_user(NOBODY, tmp_path))
    assert ask(command.url, 'select 1') == 1
    assert users_of(server_pid(home)) == {NOBODY}
    assert {path.stat().st_uid for path in home.rglob('*')} == {NOBODY}
    said = Command(home, preexec_fn=other_user(NOBODY - 1, tmp_path)).end()
    assert 'Permission denied' in said or f'belongs to user {NOBODY}' in said
    command.end()
    until(lambda: is_gone(home))


def rights(folder: Path) -> list[tuple[int, int]]:
    return [(path.stat().st_mode, path.stat().st_uid) for path in (folder, *folder.parents)]


@as_root
def test_root_lends_it_to_a_user_that_nobody_is_and_changes_no_rights(
    tmp_path: Path, home: Path
) -> None:
    closed = tmp_path / 'closed'
    closed.mkdir(mode=0o700)
    subprocess.run(['cp', '-a', home, closed / 'home'], check=True)
    (closed / 'site').mkdir()
    (closed / 'site' / WHEEL).symlink_to(binaries().parent.parent)
    before = rights(closed)
    command = Command(closed / 'home', env=os.environ | {'PYTHONPATH': str(closed / 'site')})
    assert ask(command.url, 'select 1') == 1
    assert users_of(server_pid(closed / 'home')) == {Place(home).data.stat().st_uid}
    command.end()
    until(lambda: is_gone(closed / 'home'))
    assert rights(closed) == before
    assert Place(home).data.stat().st_uid in identity.FREE_NUMBERS


def alone() -> None:
    """Become root of a user namespace that has no other user, as in some containers."""
    identity.call('unshare', identity.CLONE_NEWUSER)
    Path('/proc/self/setgroups').write_text('deny')
    Path('/proc/self/uid_map').write_text('0 0 1')
    Path('/proc/self/gid_map').write_text('0 0 1')


def may_unshare() -> bool:
    with suppress(subprocess.SubprocessError):
        return subprocess.run(['true'], check=False, preexec_fn=alone).returncode == 0
    return False


@as_root
def test_root_without_other_users_runs_it_in_a_namespace(tmp_path: Path) -> None:
    if not may_unshare():
        pytest.skip('user namespaces are not allowed here')
    home = tmp_path / 'home'
    command = Command(home, preexec_fn=alone)
    assert command.url.startswith('postgresql://clearlane@')
    assert Place(home).data.stat().st_uid == 0
    again = Command(home)
    assert ask(again.url, 'select 1') == 1
    command.end()
    again.end()
    until(lambda: is_gone(home))


@as_root
def test_root_that_may_do_nothing_is_told_so(tmp_path: Path) -> None:
    said = Command(tmp_path / 'home', first=LOSE_RIGHTS).end()
    assert 'refuses to run as root' in said
    assert 'DATABASE_URL' in said
