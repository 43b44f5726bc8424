"""Copy the browser libraries that npm installed to where the web server finds them.

    python tools/vendor.py

What is copied is not committed: the versions stand in package-lock.json.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / 'clearlane' / 'web' / 'static' / 'vendor'
FILES = {
    'htmx.min.js': 'htmx.org/dist/htmx.min.js',
    'htmx-sse.min.js': 'htmx-ext-sse/dist/sse.min.js',
    'bootstrap.min.css': 'bootstrap/dist/css/bootstrap.min.css',
    'leaflet.js': 'leaflet/dist/leaflet.js',
    'leaflet.css': 'leaflet/dist/leaflet.css',
    'openseadragon.min.js': 'openseadragon/build/openseadragon/openseadragon.min.js',
}
FOLDERS = {'openseadragon': 'openseadragon/build/openseadragon/images'}
# The maps belong to files that we do not serve; without the line browsers do not ask for them.
MAP_LINES = (b'//# sourceMappingURL=', b'/*# sourceMappingURL=')


def main() -> int:
    """Copy all of it, or say what is missing and copy nothing."""
    source = Path(os.environ.get('CLEARLANE_NODE_MODULES', ROOT / 'node_modules'))
    missing = [p for p in [*FILES.values(), *FOLDERS.values()] if not (source / p).exists()]
    if missing:
        print(f'not in {source}: {", ".join(missing)}; run: npm ci', file=sys.stderr)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, place in FILES.items():
        (TARGET / name).write_bytes(without_map(source.joinpath(place).read_bytes()))
    for name, place in FOLDERS.items():
        shutil.copytree(source / place, TARGET / name, dirs_exist_ok=True)
    print(f'{len(FILES)} files and {len(FOLDERS)} folder copied to {TARGET.relative_to(ROOT)}')
    return 0


def without_map(data: bytes) -> bytes:
    """The file without the line that names its source map."""
    lines = data.split(b'\n')
    return b'\n'.join(line for line in lines if not line.strip().startswith(MAP_LINES))


if __name__ == '__main__':
    sys.exit(main())
