"""The command line: what goes to stdout, and what the exit codes say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearlane.cli import Exit, app
from clearlane.sample.package import Package
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot
from tests.conftest import PARTY, lodge, permit, released

runner = CliRunner()


def lines(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_read_prints_one_object_a_photograph_and_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    good, bad = tmp_path / 'a.jpg', tmp_path / 'b.jpg'
    good.write_bytes(photograph(Package(), Shot(width=960, height=720, hardness=0.05)).jpeg)
    bad.write_bytes(b'no picture')
    files = [str(bad), str(good), str(tmp_path / 'c.jpg')]
    done = runner.invoke(app, ['read', *files, '--json', '--mm-per-px', '0.5'])
    assert done.exit_code == Exit.REJECTED
    first, second, third = lines(done.stdout)
    assert first['error'] and not first['readings']
    assert third['error'] and third['sha256'] is None
    assert list(second) == [
        'file', 'sha256', 'width', 'height', 'seconds', 'error', 'readings',
    ]  # fmt: skip
    assert second['error'] is None
    kinds = {r['kind'] for r in second['readings']}  # type: ignore[attr-defined]
    assert {'un_number', 'barcode'} <= kinds
    for reading in second['readings']:  # type: ignore[attr-defined]
        assert {'kind', 'value', 'score', 'box', 'recogniser'} <= set(reading)
        assert len(reading['box']) == 4 and 0 <= reading['score'] <= 1
        if reading['kind'] == 'barcode':
            assert reading['symbology']
    sides = [r for r in second['readings'] if 'side_px' in r]  # type: ignore[attr-defined]
    assert sides and all(abs(r['side_mm'] - r['side_px'] / 2) <= 1 for r in sides)
    shown = runner.invoke(app, ['read', str(good)])
    assert shown.exit_code == Exit.OK and 'un_number' in shown.stdout


@pytest.mark.parametrize(
    ('arguments', 'code'),
    [
        (['code', 'check', 'un_mark', '4G/Y25/S/24/CN/C230003 PI:001'], Exit.OK),
        (['code', 'check', 'un_mark', '4G/Y25/S/24/CN/C230003', 'nonsense'], Exit.NOT_VALID),
        (['code', 'check', 'container_number', 'CSQU3054384'], Exit.NOT_VALID),
        (['code', 'check', 'nonsense', 'x'], Exit.USAGE),
        (['code', 'kinds'], Exit.OK),
        (['nonsense'], Exit.USAGE),
    ],
)
def test_codes_are_checked(arguments: list[str], code: Exit) -> None:
    assert runner.invoke(app, arguments).exit_code == code


def test_a_checked_code_is_an_object() -> None:
    done = runner.invoke(app, ['code', 'check', 'un_mark', '4G/Y25/S/24/CN/C230003', 'x', '--json'])
    valid, wrong = lines(done.stdout)
    assert set(valid) == {'kind', 'value', 'valid', 'compact', 'parts', 'error'}
    assert valid['valid'] is True and valid['error'] is None
    assert wrong['valid'] is False and set(wrong['error']) == {'code', 'message'}  # type: ignore[call-overload]


def test_sample_writes_photographs_and_truth(tmp_path: Path) -> None:
    done = runner.invoke(app, ['sample', str(tmp_path / 's'), '--boxes', '1', '--seed', '3'])
    assert done.exit_code == Exit.OK
    truth = json.loads((tmp_path / 's' / 'truth.json').read_text())
    assert truth['synthetic'] is True
    assert list((tmp_path / 's').glob('*.jpg'))


def test_replay_and_audit_exit_with_what_they_found(store: None) -> None:
    assert runner.invoke(app, ['replay']).exit_code == Exit.USAGE
    assert runner.invoke(app, ['replay', '--all']).exit_code == Exit.NOT_VALID
    permit()
    no = lodge('A1')
    released(no, 'A1')
    assert runner.invoke(app, ['replay', '--all']).exit_code == Exit.OK
    assert lines(runner.invoke(app, ['replay', no, '--json']).stdout)[0]['same'] is True
    assert runner.invoke(app, ['replay', 'CL-0']).exit_code == Exit.NOT_FOUND
    assert runner.invoke(app, ['audit', 'verify', '--json']).exit_code == Exit.OK
    assert runner.invoke(app, ['audit', 'checkpoint']).stdout.startswith('clearlane.local/log\n')
    assert runner.invoke(app, ['audit', 'key']).stdout.startswith('clearlane.local/log+')
    from tests.test_proofs import changed

    changed("update store_decision set result = replace(result, 'release', 'rel3ase')")
    assert runner.invoke(app, ['replay', '--all']).exit_code == Exit.NOT_VALID
    assert runner.invoke(app, ['audit', 'verify']).exit_code == Exit.NOT_VALID


def test_people_are_added_and_keys_made(store: None) -> None:
    from clearlane import people

    added = runner.invoke(app, ['admin', 'party', '91350200MA2DEM0136', '集美示例'])
    assert added.exit_code == Exit.OK, added.output
    wrong = runner.invoke(app, ['admin', 'party', '91350200MA2DEM0137', '集美示例'])
    assert wrong.exit_code == Exit.REJECTED
    odd = runner.invoke(app, ['admin', 'party', '91350200MA2DEM0136', 'x', '--credit', 'golden'])
    assert odd.exit_code == Exit.REJECTED
    password = runner.invoke(app, ['admin', 'user', 'chen', '--role', 'officer']).stdout.strip()
    assert len(password) >= 16
    assert people.actor('chen').role == 'officer'
    lost = runner.invoke(app, ['admin', 'user', 'li', '--role', 'exporter', '--party', 'none'])
    assert lost.exit_code == Exit.NOT_FOUND
    assert runner.invoke(app, ['admin', 'user', 'li', '--role', 'king']).exit_code == Exit.REJECTED
    key = runner.invoke(app, ['admin', 'key', PARTY, 'erp']).stdout.strip()
    holder = people.holder(key)
    assert holder is not None and holder.party == PARTY
    assert people.holder(key + 'x') is None and people.holder('none') is None
    people.revoke(key.partition('.')[0])
    assert people.holder(key) is None
    assert runner.invoke(app, ['admin', 'key', 'none', 'erp']).exit_code == Exit.NOT_FOUND


def test_an_officer_qualifies_an_entry(store: None) -> None:
    from clearlane import people, registry
    from clearlane.store import models as rows
    from tests.conftest import EXPORTER

    people.user('chen', 'officer')
    entry = registry.register(EXPORTER, 'parcel', 'permits', 'P1', {'quantity': 1})
    asked = ['admin', 'qualify', str(entry.pk), '--officer', 'chen', '--since', '2026-01-01']
    assert runner.invoke(app, asked).exit_code == Exit.OK
    assert rows.LibraryEntry.objects.get().state == 'in_force'
    assert runner.invoke(app, asked).exit_code == Exit.CONFLICT
    nobody = ['admin', 'qualify', str(entry.pk), '--officer', 'nobody']
    assert runner.invoke(app, nobody).exit_code == Exit.NOT_FOUND
