#!/bin/sh
# Make sure that a Mosquitto is there for the tests of devices; on Debian it is a package.
set -eu
if command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ]; then exit 0; fi
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"
if command -v apt-get >/dev/null; then
    echo "installing mosquitto for the tests of devices ..." >&2
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends mosquitto >/dev/null
else
    echo "No Mosquitto here: the tests that need a broker will be skipped." >&2
fi
