"""The log proves what it should, and notices whatever is changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from clearlane import audit
from clearlane.audit import Broken, Checkpoint

LEAVES = [f'leaf {n}'.encode() for n in range(70)]


def naive(leaves: list[bytes]) -> bytes:
    """The root as RFC 9162 2.1.1 defines it, by recursion over lists."""
    if not leaves:
        return hashlib.sha256(b'').digest()
    if len(leaves) == 1:
        return hashlib.sha256(b'\0' + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b'\1' + naive(leaves[:k]) + naive(leaves[k:])).digest()


def node(level: int, index: int) -> bytes:
    size = 1 << level
    return naive(LEAVES[index * size : (index + 1) * size])


def test_known_roots() -> None:
    """Roots of the empty tree and of the first eight leaves of the RFC 6962 test tree."""
    inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657',
              '606162636465666768696a6b6c6d6e6f']  # fmt: skip
    leaves = [bytes.fromhex(i) for i in inputs]
    assert naive([]).hex().startswith('e3b0c44298fc1c14')
    assert naive(leaves).hex() == (
        '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'
    )
    assert audit.node_hash(*(audit.leaf_hash(leaf) for leaf in leaves[:2])).hex() == (
        'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'
    )


def test_every_entry_is_in_every_tree() -> None:
    for size in range(1, 40):
        root = audit.subtree(0, size, node)
        assert root == naive(LEAVES[:size])
        for index in range(size):
            proof = audit.inclusion(index, size, node)
            assert audit.included(LEAVES[index], index, size, proof, root)
            assert not audit.included(b'other', index, size, proof, root)
            assert not audit.included(LEAVES[index], index, size, [*proof, root], root)
            if proof:
                assert not audit.included(LEAVES[index], index, size, proof[:-1], root)


def test_every_tree_grew_from_every_smaller_one() -> None:
    for newer in range(1, 40):
        new_root = naive(LEAVES[:newer])
        for older in range(newer + 1):
            old_root = naive(LEAVES[:older])
            proof = audit.consistency(older, newer, node)
            assert audit.consistent(older, newer, old_root, new_root, proof)
            if 0 < older < newer:
                assert not audit.consistent(older, newer, new_root, new_root, proof)
                assert not audit.consistent(older, newer, old_root, old_root, proof)
                assert not audit.consistent(older, newer, old_root, new_root, [])
                assert not audit.consistent(older, newer, old_root, new_root, [*proof, new_root])


@given(
    st.integers(-2, 70),
    st.integers(-2, 70),
    st.lists(st.binary(min_size=32, max_size=32), max_size=8),
)
def test_a_made_up_proof_proves_nothing(a: int, b: int, proof: list[bytes]) -> None:
    if 0 <= a < b:
        assert not audit.included(b'forged', a, b, proof, naive(LEAVES[:b]))
    if 0 < a < b:
        assert not audit.consistent(a, b, b'x' * 32, naive(LEAVES[:b]), proof)


def test_what_cannot_be_proved_is_refused() -> None:
    for ask in (
        lambda: audit.inclusion(3, 3, node),
        lambda: audit.inclusion(-1, 3, node),
        lambda: audit.consistency(4, 3, node),
    ):
        with pytest.raises(Broken):
            ask()
    assert not audit.included(b'', 5, 5, [], b'')
    assert not audit.consistent(5, 4, b'', b'', [])
    assert not audit.consistent(-1, 4, b'', b'', [])


def test_a_checkpoint_is_signed_and_opened(tmp_path: Path) -> None:
    key = audit.signing_key(tmp_path)
    assert audit.signing_key(tmp_path).private_bytes_raw() == key.private_bytes_raw()
    assert (tmp_path / 'keys' / 'audit.ed25519').stat().st_mode & 0o077 == 0
    stated = Checkpoint('log.example', 7, naive(LEAVES[:7]))
    note = audit.sign(stated, key)
    assert audit.opened(note, key.public_key()) == stated
    assert audit.verifier('log.example', key.public_key()).startswith('log.example+')
    with pytest.raises(Broken, match='another key'):
        audit.opened(note, Ed25519PrivateKey.generate().public_key())
    for forged in (note.replace('\n7\n', '\n8\n'), 'nonsense', note.split('\n\n')[0], ''):
        with pytest.raises(Broken):
            audit.opened(forged, key.public_key())


# --- the stored log -----------------------------------------------------------


def written(n: int) -> None:
    from clearlane.store.session import atomic

    for number in range(n):
        with atomic():
            audit.append('act', 'actor', f'subject {number}', {'number': number, 'zh': '批次'})


def changed(sql: str) -> None:
    """Change the rows behind the triggers' back, as whoever owns the database could."""
    from django.db import connection

    with connection.cursor() as cursor:
        tables = ('store_auditentry', 'store_auditnode', 'store_checkpoint')
        for table in tables:
            cursor.execute(f'alter table {table} disable trigger write_once')
        cursor.execute(sql)
        for table in tables:
            cursor.execute(f'alter table {table} enable trigger write_once')


def test_the_stored_log_verifies_and_proves(store: None) -> None:
    from clearlane.settings import settings
    from clearlane.store import log

    assert audit.verify() == 0
    assert audit.root(0) == naive([])
    written(21)
    note = audit.checkpoint('log.example', settings().home)
    assert audit.checkpoint('log.example', settings().home) == note
    written(4)
    assert audit.verify() == 25
    stated = audit.opened(note, audit.signing_key(settings().home).public_key())
    assert (stated.size, stated.root) == (21, audit.root(21))
    leaves = [leaf.encode() for _, leaf, _ in log.leaves()]
    assert audit.included(leaves[3], 3, 25, audit.prove(3, 25), audit.root(25))
    assert audit.root(25) == naive(leaves)


def test_an_entry_that_is_rolled_back_leaves_no_gap(store: None) -> None:
    from clearlane.store.session import atomic

    written(2)
    with pytest.raises(RuntimeError), atomic():
        audit.append('act', 'actor', 'subject', {})
        raise RuntimeError
    written(2)
    assert audit.verify() == 4


def test_the_database_refuses_to_change_the_log(store: None) -> None:
    from django.db import DatabaseError, connection, transaction

    written(3)
    for sql in ("update store_auditentry set act = 'x'", 'delete from store_auditnode'):
        with (
            pytest.raises(DatabaseError, match='append-only'),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


@pytest.mark.parametrize(
    ('sql', 'told'),
    [
        (
            "update store_auditentry set leaf = replace(leaf, 'actor', 'rotca') where index = 5",
            '5',
        ),
        ("update store_auditentry set actor = 'else' where index = 6", 'columns differ'),
        ('delete from store_auditentry where index = 4', 'entry 4 is missing'),
        ('delete from store_auditentry where index = 12', 'holds 12'),
        ("update store_auditnode set hash = '\\x00' where level = 1 and index = 2", 'subtree 1/2'),
        ("update store_checkpoint set note = replace(note, '13', '12')", 'not signed'),
        (
            'delete from store_auditentry where index = 12;update store_audithead set size = 12',
            'checkpoint was signed at 13',
        ),
    ],
)
def test_whatever_is_changed_is_noticed(store: None, sql: str, told: str) -> None:
    from clearlane.settings import settings

    written(13)
    audit.checkpoint('log.example', settings().home)
    changed(sql)
    with pytest.raises(Broken, match=told):
        audit.verify()


def test_a_root_that_was_signed_wrongly_is_noticed(store: None) -> None:
    from clearlane.settings import settings
    from clearlane.store import log

    written(3)
    key = audit.signing_key(settings().home)
    log.keep_checkpoint(3, audit.sign(Checkpoint('log.example', 3, b'x' * 32), key))
    with pytest.raises(Broken, match='another root'):
        audit.verify()
