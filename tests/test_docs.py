"""The documentation names every command, setting, check and code; its links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from clearlane import codes
from clearlane.cli import app
from clearlane.model import OUTCOMES
from clearlane.scenario import scenarios
from clearlane.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [*ROOT.glob('*.md'), *ROOT.glob('docs/**/*.md'), *ROOT.glob('clearlane/scenarios/*/README.md')]
)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding='utf-8')


def commands() -> Iterator[str]:
    def walk(group: typer.core.TyperGroup, road: str) -> Iterator[str]:  # type: ignore[name-defined]
        for name, command in group.commands.items():
            here = f'{road} {name}'
            if hasattr(command, 'commands'):
                yield from walk(command, here)
            else:
                yield here

    yield from walk(typer.main.get_command(app), 'clearlane')  # type: ignore[arg-type]


@pytest.mark.parametrize('command', list(commands()))
def test_every_command_is_documented(command: str) -> None:
    assert f'`{command}' in page('docs/start.md')


@pytest.mark.parametrize('name', list(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    words = page('docs/settings.md')
    assert f'| `{name}` |' in words
    assert Settings.model_fields[name].description in words.replace('`', '')


def test_every_documented_command_exists() -> None:
    known = list(commands())
    for text in re.findall(r'`clearlane ([a-z][^`]*)`', page('docs/start.md')):
        assert any(f'clearlane {text}'.startswith(command) for command in known), text


@pytest.mark.parametrize(
    'scenario', [s for s in scenarios().values() if 'tests' not in s.home.parts]
)
def test_every_check_is_documented(scenario: object) -> None:
    words = (scenario.home / 'README.md').read_text(encoding='utf-8')  # type: ignore[attr-defined]
    for check in scenario.checks:  # type: ignore[attr-defined]
        assert f'`{check.__name__}`' in words, check.__name__
    assert scenario.home.name in page('README.md')  # type: ignore[attr-defined]


@pytest.mark.parametrize('kind', sorted(codes.KINDS))
def test_every_code_is_documented(kind: str) -> None:
    assert f'`{kind}`' in page('docs/codes.md')


@pytest.mark.parametrize('outcome', OUTCOMES)
def test_every_outcome_is_in_the_glossary(outcome: str) -> None:
    assert f'| `{outcome}` |' in page('docs/glossary.md')


@pytest.mark.parametrize('file', PAGES, ids=lambda f: str(f.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    for target in re.findall(r'\]\(([^)#]+)(?:#[^)]*)?\)', file.read_text(encoding='utf-8')):
        if '://' not in target:
            assert (file.parent / target).exists(), target


def test_the_tests_that_the_threat_model_names_exist() -> None:
    for name in re.findall(r'`(test_\w+\.py)`', page('THREAT_MODEL.md')):
        assert list(ROOT.glob(f'tests/**/{name}')), name


def test_the_lock_names_no_registry() -> None:
    for name in ('requirements.lock', 'package-lock.json'):
        assert '://' not in page(name), name


def test_every_changelog_begins_with_the_version() -> None:
    from clearlane import __version__

    assert f'\n## {__version__}\n' in page('CHANGELOG.md')
