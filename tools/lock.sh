#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: lock.sh
# Renews every requirements/NAME.lock: the newest versions that NAME.txt allows, with everything that they need, on each
# Python from 3.11 on, pinned with their digests.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/make_venv.sh .build/venv/lock "$(tools/find_python.sh)" "what renews locks" requirements/lock.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for lock in requirements/*.lock; do
    name=$(basename "$lock" .lock)
    .build/venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --output-file "$work/$name.lock" "requirements/$name.txt"
    { echo "# Made by make lock from $name.txt."; cat "$work/$name.lock"; } >"$work/whole"
    cat "$work/whole" >"$lock"
done
