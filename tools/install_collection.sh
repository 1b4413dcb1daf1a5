#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: install_collection.sh VENV
# Builds the collection as a release would and installs it to VENV/collections; does nothing where the project's files
# are what they were the last time.
set -euo pipefail

venv=$1
stage=.build/stage
stamp=$venv/collections/.made-from

mkdir -p .build "$venv/collections"
sources=$("$venv/bin/python" tools/stage.py "$stage")
if [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ]; then
    exit 0
fi

log=$(mktemp) built=$(mktemp -d)
trap 'rm -rf "$log" "$built"' EXIT
: >"$built/ansible.cfg"
galaxy() {
    # Nothing of the user's own Ansible settings, and nothing below their home.
    ANSIBLE_CONFIG="$built/ansible.cfg" ANSIBLE_HOME="$built/home" ANSIBLE_COLLECTIONS_PATH="$venv/collections" \
        "$venv/bin/ansible-galaxy" collection "$@" >>"$log" 2>&1
}
if ! { galaxy build "$stage" --output-path "$built" &&
    galaxy install "$built"/*.tar.gz --collections-path "$venv/collections" --offline --no-deps --force; }; then
    cat "$log" >&2
    echo "The collection could not be built and installed: ansible-galaxy's words are above." >&2
    exit 1
fi
echo "$sources" >"$stamp"
