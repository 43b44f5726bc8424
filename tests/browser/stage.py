"""What the tests of the screens do on a page again and again."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

from playwright.sync_api import Page, expect

from clearlane.store import models as rows

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / 'node_modules' / 'axe-core' / 'axe.min.js'
TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']


def number(reference: str) -> str:
    return str(rows.Declaration.objects.filter(declared__reference=reference).latest('pk').no)


def looked(page: Page) -> None:
    """Wait until the photograph is on the screen."""
    expect(page.locator('#viewer[data-looked]')).to_be_attached()


def axe(page: Page) -> list[str]:
    """What the accessibility checker objects to."""
    page.evaluate(AXE.read_text(encoding='utf-8'))
    found = page.evaluate(
        '(tags) => axe.run(document, { runOnly: { type: "tag", values: tags } })', TAGS
    )
    return [
        f'{v["id"]}: {node["target"]} {node["failureSummary"]}'
        for v in found['violations']
        for node in v['nodes']
    ]


def set_up(stage: Callable[[], SimpleNamespace], at: SimpleNamespace) -> Callable[[], None]:
    """A `stock` that sets a stage and writes down in `at` what stands where on it.

    In a thread of its own: the browser's loop runs in this one, and some of what a stage
    does refuses to work beside a loop.
    """
    from clearlane.store.session import close_connection

    def staged() -> None:
        try:
            at.__dict__.update(stage().__dict__)
        finally:
            close_connection()

    def apart() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(staged).result()

    return apart


def usable(page: Page, name: str) -> None:
    """Everything on the page is unfolded; the accessibility checker objects to nothing."""
    for details in page.locator('main details').all():
        details.locator('summary').first.click()
    assert axe(page) == []
    shot(page, name)


def shot(page: Page, name: str) -> None:
    """A picture of the whole page, where CLEARLANE_SHOTS names a folder for them."""
    folder = os.environ.get('CLEARLANE_SHOTS')
    if folder:
        page.screenshot(path=Path(folder) / f'{name}.png', full_page=True)
