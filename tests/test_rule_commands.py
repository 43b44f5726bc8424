"""The command `clearlane rules`, from a file to a back-test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearlane import people, risk
from clearlane.cli import app
from clearlane.store import models as rows
from tests.conftest import lodge, permit, released

FILE = """
[[marks]]
points = 50
lane = "review"

[[rules]]
id = "many"
when = "pieces_count >= 2"
zh = "件数多"
en = "many pieces"
points = 60
since = 2026-01-01
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / 'rules.toml'
    path.write_text(FILE, encoding='utf-8')
    return path


def run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ['rules', *words])
    assert done.exit_code == code, done.output
    return str(done.output)


@pytest.mark.usefixtures('store')
def test_a_file_is_checked_kept_tried_and_comes_back(file: Path) -> None:
    for name in ('ann', 'ben'):
        people.user(name, 'analyst')
    permit()
    two, one = lodge('A', 'B'), lodge('C')
    released(two, 'A', 'B')
    released(one, 'C')
    assert '1 rules' in run('check', 'parcel', str(file))
    assert 'version 1' in run('import', 'parcel', str(file), '--analyst', 'ann', '--note', 'first')
    assert run('export', 'parcel', '1', '--analyst', 'ben').strip() == FILE.strip()
    assert f'{two:20} release  -> review' in run('backtest', 'parcel', '1', '--analyst', 'ben')
    said = json.loads(run('backtest', 'parcel', '1', '--analyst', 'ben', '--json'))
    assert said['declarations'] == 2
    assert said['flips'] == [{'no': two, 'old': 'release', 'new': 'review'}]
    assert rows.RuleSet.objects.get().note == 'first'
    risk.approve(people.actor('ben'), 'parcel', 1)


@pytest.mark.usefixtures('store')
def test_a_mistake_is_named(file: Path) -> None:
    file.write_text(FILE.replace('pieces_count', 'piece_count'), encoding='utf-8')
    assert 'did you mean pieces_count' in run('check', 'parcel', str(file), code=3)
    file.write_text('[[rules', encoding='utf-8')
    assert 'TOML' in run('check', 'parcel', str(file), code=3)
    people.user('ann', 'analyst')
    run('backtest', 'parcel', '9', '--analyst', 'ann', code=5)
    run('backtest', 'parcel', '9', '--analyst', 'ann', '--since', 'soon', code=2)


@pytest.mark.usefixtures('store')
def test_the_fields_are_listed() -> None:
    assert 'party_credit' in run('fields', 'parcel')
    assert json.loads(run('fields', 'parcel', '--json').splitlines()[0])['type'] == 'text'
    run('fields', 'nothing', code=5)
