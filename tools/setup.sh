#!/bin/sh
# Install what the project needs, by hash, into .venv and node_modules; done twice, it does nothing.
set -eu
cd "$(dirname "$0")/.."

"${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Clearlane needs Python 3.11 or newer; set PYTHON to one." >&2; exit 1; }
command -v npm >/dev/null || { echo "Clearlane needs Node 20 with npm." >&2; exit 1; }

[ -x .venv/bin/python ] || "${PYTHON:-python3}" -m venv .venv
echo "installing Python packages (about 500 MB, once) ..." >&2
# The lock names everything, so nothing is left to resolve: a release of today changes nothing.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
echo "installing fonts and front-end parts ..." >&2
npm ci --no-audit --no-fund --loglevel=error
.venv/bin/python tools/vendor.py
.venv/bin/pybabel --quiet compile -d clearlane/web/locale -D django
touch .venv/.done
