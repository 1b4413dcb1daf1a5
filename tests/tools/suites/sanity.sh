#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-test sanity, with the oldest and the newest ansible-core that run here.
set -euo pipefail
. tests/tools/lib.sh

# What stays out of the built collection is held to the rules of make lint alone.
not_shipped=(--exclude tests/bench/ --exclude tests/browser/ --exclude tests/fleet/ --exclude tests/tools/ --exclude tools/)

status=0
for core in oldest newest; do
    core_venv "$core"
    echo "=== ansible-test sanity: $("$VENV/bin/ansible" --version | sed -n 1p)"
    ansible_test "$core" sanity --local --junit --color no "${not_shipped[@]}" || status=1
    keep_junit "$core"
done
exit "$status"
