"""Collect the words of the screens into the catalogues, or check that none is missing.

    python tools/messages.py            update clearlane/web/locale/*/LC_MESSAGES/django.po
    python tools/messages.py --check    exit 1 when a word is missing, unused or untranslated

The words stand in English in templates and code; what is no longer used is dropped.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
WEB = ROOT / 'clearlane' / 'web'
LANGUAGES = ('zh_Hans', 'en')
KEYWORDS = {
    '_': None,
    'gettext': None,
    'gettext_lazy': None,
    'gettext_noop': None,
    'ngettext': (1, 2),
    'pgettext': ((1, 'c'), 2),
    'pgettext_lazy': ((1, 'c'), 2),
    'npgettext': ((1, 'c'), 2, 3),
}
# Lines of the header that would change with each run, or say nothing.
NOISE = (
    '"POT-Creation', '"PO-Revision', '"Generated-By', '"Report-Msgid', '"Last-Translator',
    '"Language-Team',
)  # fmt: skip
Found = tuple[str, str | tuple[str, ...], str | None]


def words() -> Iterator[Found]:
    """(place, word or its forms, context) of every word, in the order of the files."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    for file in sorted([*WEB.rglob('*.py'), *WEB.rglob('*.html')]):
        code = file.read_text(encoding='utf-8')
        if file.suffix == '.html':
            code = templatize(code)
        for _line, message, _comments, context in extract(
            'python', io.BytesIO(code.encode()), keywords=KEYWORDS
        ):
            yield str(file.relative_to(ROOT)), message, context


def catalogue(language: str) -> Path:
    """Where the words of a language stand."""
    return WEB / 'locale' / language / 'LC_MESSAGES' / 'django.po'


def read(language: str) -> Catalog:
    """The catalogue of a language, empty where there is none yet."""
    file = catalogue(language)
    if not file.exists():
        return Catalog(locale=language)
    with file.open('rb') as stream:
        return read_po(stream, locale=language, domain='django')


def merged(language: str) -> Catalog:
    """A catalogue of exactly the words in use, with the translations that were known."""
    known = read(language)
    fresh = Catalog(
        locale=language,
        domain='django',
        project='Clearlane',
        version='1',
        header_comment='# Words of the screens.',
        fuzzy=False,
    )
    for place, message, context in words():
        before = known.get(message if isinstance(message, str) else message[0], context)
        string = before.string if before is not None and before.string else None
        if string is None and language == 'en':
            string = message
        fresh.add(message, string, locations=[(place, None)], context=context)
    return fresh


def untranslated(language: str) -> list[str]:
    """The words that a language has no translation for, and those that nobody uses."""
    known, wrong = read(language), []
    used = set()
    for place, message, context in words():
        first = message if isinstance(message, str) else message[0]
        used.add((first, context))
        entry = known.get(first, context)
        strings = [] if entry is None else _strings(entry.string)
        if not strings or not all(strings):
            wrong.append(f'{language}: {place}: {first!r} is not translated')
    unused = [e for e in known if e.id and ((_strings(e.id)[0]), e.context) not in used]
    return wrong + [f'{language}: {_strings(e.id)[0]!r} is not used' for e in unused]


def _strings(value: str | tuple[str, ...]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def main(check: bool) -> int:
    """Update, or check."""
    if check:
        wrong = [line for language in LANGUAGES for line in untranslated(language)]
        print('\n'.join(wrong) or 'every word is translated')
        return 1 if wrong else 0
    for language in LANGUAGES:
        found = merged(language)
        catalogue(language).parent.mkdir(parents=True, exist_ok=True)
        out = io.BytesIO()
        write_po(out, found, width=100, omit_header=False, sort_output=True, include_lineno=False)
        lines = [
            line for line in out.getvalue().decode().splitlines() if not line.startswith(NOISE)
        ]
        catalogue(language).write_text('\n'.join(lines).rstrip() + '\n', encoding='utf-8')
        print(f'{catalogue(language).relative_to(ROOT)}: {len(found)} words')
    return 0


if __name__ == '__main__':
    sys.exit(main('--check' in sys.argv[1:]))
