"""Settings come from the environment or a file; a wrong one stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearlane.settings import Wrong, read


def test_defaults(tmp_path: Path) -> None:
    found = read({}, tmp_path / 'none.toml')
    assert found.home == Path('.clearlane')
    assert found.url == 'http://127.0.0.1:8000'


def test_the_environment_outweighs_the_file(tmp_path: Path) -> None:
    file = tmp_path / 'clearlane.toml'
    file.write_text('port = 9000\nworkers = 3\nhosts = ["a"]\n')
    secret = tmp_path / 'secret'
    secret.write_text('hidden\n')
    found = read(
        {
            'CLEARLANE_PORT': '9001',
            'CLEARLANE_SECRET_KEY_FILE': str(secret),
            'DATABASE_URL': 'postgresql://db/x',
            'CLEARLANE_HOSTS': 'b,c',
            'CLEARLANE_PUBLIC_URL': 'https://customs.example/',
        },
        file,
    )
    assert (found.port, found.workers, found.hosts) == (9001, 3, ['b', 'c'])
    assert (found.secret_key, found.database_url) == ('hidden', 'postgresql://db/x')
    assert found.url == 'https://customs.example'


@pytest.mark.parametrize(
    ('environment', 'toml', 'told'),
    [
        ({'CLEARLANE_PORT': 'x'}, '', 'port'),
        ({'CLEARLANE_WORKERS': '0'}, '', 'workers'),
        ({}, 'nonsense = 1', 'nonsense'),
        ({}, 'port = ', 'clearlane.toml'),
    ],
)
def test_a_wrong_value_is_named(
    environment: dict[str, str], toml: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / 'clearlane.toml'
    file.write_text(toml)
    with pytest.raises(Wrong, match=told):
        read(environment, file)
