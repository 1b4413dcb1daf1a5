#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: make_venv.sh DIRECTORY PYTHON WHAT REQUIREMENT...
# Makes a virtual environment and installs REQUIREMENT... (files, or requirements as pip takes them) into it; does
# nothing where that was done before. WHAT names it to the reader. pip's own words are shown only when it fails.
set -euo pipefail

directory=$1 python=$2 what=$3
shift 3

fingerprint() {
    local item
    "$python" -c 'import sys; print(sys.executable, sys.version)'
    readlink -f "$directory"
    for item in "$@"; do
        if [ -f "$item" ]; then cat -- "$item"; else echo "$item"; fi
    done
}

arguments=()
for item in "$@"; do
    if [ -f "$item" ]; then arguments+=(-r "$item"); else arguments+=("$item"); fi
done

mkdir -p "$directory"
exec 9<"$directory" # another program may want the same one now; flock is missing where nobody runs two
if command -v flock >/dev/null; then flock 9; fi
stamp=$directory/.made-from
want=$(fingerprint "$@" | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && "$directory/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

echo "Setting up $what in $directory: once, takes a minute or two …" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! {
    "$python" -m venv --clear "$directory" &&
        "$directory/bin/python" -m pip install --no-input --disable-pip-version-check "${arguments[@]}"
} >"$log" 2>&1; then
    cat "$log" >&2
    echo "Could not set up $what: pip's words are above. Is a package index reachable from here?" >&2
    exit 1
fi
echo "$want" >"$stamp"
