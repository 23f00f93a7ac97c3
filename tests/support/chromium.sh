#!/bin/sh
# A Chromium for the tests of the panel: one that is there, else Debian's where it may be installed without asking.
# Without any the tests run all the same, and say at their end what they did not test.
for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
    command -v "$name" >/dev/null && exit 0
done
command -v apt-get >/dev/null || exit 0
if [ "$(id -u)" = 0 ]; then
    may=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    may="sudo -n"
else
    exit 0
fi
echo "Installing Debian's chromium for the tests of the panel, only this once ..."
export DEBIAN_FRONTEND=noninteractive
$may apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1 ||
    { $may apt-get update -qq >/dev/null 2>&1 && $may apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1; } ||
    echo "chromium could not be installed"
exit 0
