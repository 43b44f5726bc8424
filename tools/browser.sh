#!/bin/sh
# Make sure that a Chromium is there for the browser tests; on Debian it is a package.
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"
if command -v apt-get >/dev/null; then
    echo "installing chromium for the browser tests ..." >&2
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
    echo "Install Chromium for the browser tests." >&2; exit 1
fi
