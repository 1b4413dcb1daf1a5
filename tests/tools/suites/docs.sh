#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the documentation says against what the collection does.
set -euo pipefail
. tests/tools/lib.sh

lint_venv
link_collection
export PATH=$BUILD/venv/lint/bin:$PATH ANSIBLE_COLLECTIONS_PATH=$BUILD/dev ANSIBLE_HOME=$BUILD/lint/home

links() {
    git ls-files -coz --exclude-standard -- '*.md' | xargs -0 python3 tests/tools/links.py
}

# What ansible-doc lists of a kind, one name a line.
names() {
    ansible-doc --type "$1" --list fleetports.compliance --json |
        python3 -c 'import json, sys; print("\n".join(json.load(sys.stdin)))'
}

# A broken option or return value is an error only when it is shown.
shown() {
    ansible-doc --type "$1" "$2" >/dev/null
}

check "links" links
for kind in module filter lookup role; do
    listed=$(names "$kind")
    for name in $listed; do
        check "ansible-doc --type $kind $name" shown "$kind" "$name"
    done
done
check "the policy reference is the schema's" env PYTHONPATH="$BUILD/dev" python3 tests/tools/policy_reference.py --check
all_ok
