"""Who the embedded PostgreSQL runs as, for PostgreSQL refuses to run as root.

An ordinary user runs it as themselves. For root there are two ways, tried in order:

1. another user: the owner of the home folder or, when that is root, a user number
   that nobody has, so that no other program on the machine may touch the server or
   its files. Where that user cannot pass the folders on the way (a home or Python
   below ``/root``) the process keeps one capability, to read and pass any folder,
   rather than anybody changing the permissions of those folders;
2. where root cannot become another user (a container with one user), a user
   namespace in which the same user goes by another number.

initdb looks up the name of its user. A user without one (``docker run --user``)
borrows the name ``nobody`` in a user namespace; the number that nobody has lets
``nobody`` make the data and takes them over (guardian.initialise).

Nothing is changed outside the home, and nothing here imports the rest of the
package: the guardian runs without it.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

# Between the ranges that distributions, logins and systemd give out.
FREE_NUMBERS = range(60706, 61184)

# From linux/capability.h, linux/prctl.h and linux/sched.h.
CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID = 0, 1, 2, 6, 7
PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, SECBIT_KEEP_CAPS = 28, 4, 16
CAPABILITY_VERSION_3 = 0x20080522
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CLONE_NEWUSER = 0x10000000

# Loaded before any fork: a child must not load libraries before its exec.
LIBRARY = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """The server cannot be had; the message says why and what to do."""


def owner_for(home: Path, data: Path) -> int:
    """The user to whom data in this home belong, or shall belong."""
    if os.geteuid():
        return os.geteuid()
    if data.is_dir() and any(data.iterdir()):
        return data.stat().st_uid
    other = home.stat().st_uid or next(uid for uid in FREE_NUMBERS if name_of(uid) is None)
    needed = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_SETGID, CAP_SETUID}
    return other if needed <= capabilities() and exists_here(other) else 0


def exists_here(uid: int) -> bool:
    """Whether files can belong to this user and group; a container may have but one of each."""
    return is_mapped(uid, 'uid_map') and is_mapped(group_of(uid), 'gid_map')


def is_mapped(number: int, table: str) -> bool:
    """Whether the user namespace we are in has this number."""
    lines = (Path('/proc/self') / table).read_text().splitlines()
    ranges = [[int(word) for word in line.split()] for line in lines]
    return any(first <= number < first + count for first, _, count in ranges)


def name_of(uid: int) -> pwd.struct_passwd | None:
    """The entry of a user in the system's list, if there is one."""
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def group_of(uid: int) -> int:
    """The group of a user; a user without a name has the group of the same number."""
    entry = name_of(uid)
    return entry.pw_gid if entry else uid


def nobody() -> pwd.struct_passwd:
    """A user that has a name and is not root."""
    users = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid}
    if not users:
        raise Refused(
            '/etc/passwd names no user but root, and PostgreSQL needs one to make its '
            'folder. Add the user nobody, or set DATABASE_URL.'
        )
    return users.get('nobody') or next(iter(users.values()))


def become(uid: int, capability: int | None = None) -> None:
    """Become another user for good, keeping at most one capability, also across exec."""
    gid = group_of(uid)
    try:
        if capability is not None:
            keep_capabilities()
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        if capability is not None:
            keep_only(capability)
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)
    except OSError as error:
        raise Refused(
            'PostgreSQL refuses to run as root, and here root may not become user '
            f'{uid}, to whom the data belong ({error}). Run as that user, or set '
            'DATABASE_URL.'
        ) from error


def way_through(uid: int, targets: Iterable[Path]) -> int | None:
    """The capability without which this user cannot read these, or None."""
    missed = unreachable(uid, targets)
    if missed is None:
        return None
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if capability in capabilities():
            return capability
    raise Refused(
        f'PostgreSQL would run as user {uid}, who cannot reach {missed}. Choose a home '
        'that others can pass to by CLEARLANE_HOME, run as an ordinary user, or set '
        'DATABASE_URL.'
    )


def unreachable(uid: int, targets: Iterable[Path]) -> Path | None:
    """The first of these that a user without privileges cannot read; a process tries it."""
    listed = list(targets)
    child = os.fork()
    if not child:
        try:
            become(uid)
            os._exit(
                next(
                    (n for n, each in enumerate(listed) if not os.access(each, os.R_OK)),
                    len(listed),
                )
            )
        finally:
            os._exit(0)
    first = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return listed[first] if first < len(listed) else None


def enter_namespace() -> None:
    """Take another user's number, and nothing else of theirs, in a user namespace of our own."""
    uid, gid, other = os.geteuid(), os.getegid(), nobody()
    try:
        call('unshare', CLONE_NEWUSER)
        Path('/proc/self/setgroups').write_text('deny')
        Path('/proc/self/uid_map').write_text(f'{other.pw_uid} {uid} 1')
        Path('/proc/self/gid_map').write_text(f'{other.pw_gid} {gid} 1')
    except OSError as error:
        raise Refused(why_no_namespace(uid, error)) from error


def why_no_namespace(uid: int, error: OSError) -> str:
    """What to do when the last way is closed."""
    if uid:
        return (
            f'PostgreSQL asks for the name of user {uid}, and /etc/passwd has none. Add one, '
            'run as a user that has a name, or set DATABASE_URL. (A user namespace is not '
            f'allowed: {error}.)'
        )
    return (
        'PostgreSQL refuses to run as root, and here root may neither become another user nor '
        f'make a user namespace ({error}), or the data belong to root. Run as an ordinary '
        'user, or set DATABASE_URL.'
    )


def capabilities() -> frozenset[int]:
    """What this process may do, as the kernel counts it."""
    lines = Path('/proc/self/status').read_text().splitlines()
    mask = next(int(line.split()[1], 16) for line in lines if line.startswith('CapEff'))
    return frozenset(bit for bit in range(64) if mask >> bit & 1)


def keep_capabilities() -> None:
    """Let capabilities outlive a change of user, and count where a program asks access(2).

    PostgreSQL asks so before it runs a program. A root that may not say the latter can still
    have its data below a closed folder, but not its programs.
    """
    prctl(PR_SET_KEEPCAPS, 1)
    with suppress(PermissionError):
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS)


def keep_only(capability: int) -> None:
    """Of all capabilities keep one, as effective, permitted and inheritable."""
    mask = 1 << capability
    header = struct.pack('Ii', CAPABILITY_VERSION_3, 0)
    call('capset', header, struct.pack('6I', mask, mask, mask, 0, 0, 0))


def dies_with_parent(
    farewell: signal.Signals, uid: int | None = None, capability: int | None = None
) -> Callable[[], None]:
    """What a child does before its exec, so that it gets this signal when we die, however."""
    parent = os.getpid()

    def prepare() -> None:
        if uid is not None:
            become(uid, capability)
        if sys.platform == 'linux':
            prctl(PR_SET_PDEATHSIG, farewell)  # a change of user would clear it: last
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def prctl(*numbers: int) -> None:
    """Set a property of this process."""
    padded = (*numbers, 0, 0, 0, 0)[:5]
    call('prctl', *(ctypes.c_ulong(number) for number in padded))


def call(name: str, *arguments: object) -> None:
    """Call the C library, for what Python has no function."""
    if getattr(LIBRARY, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f'{name}: {os.strerror(number)}')
