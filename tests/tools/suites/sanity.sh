#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-test sanity, with the oldest and the newest ansible-core that run here.
set -euo pipefail
. tests/tools/lib.sh

status=0
sanity() {
    VENV=$BUILD/venv/$1
    echo "=== ansible-test sanity: $("$VENV/bin/ansible" --version | sed -n 1p)"
    ansible_test "$1" sanity --local --junit --color no "${NOT_SHIPPED[@]}" || return 1
}

# Side by side, for most of it runs on one core only; what the second says is shown after the first.
core_venv oldest
core_venv newest
sanity newest >"$RESULTS/newest.log" 2>&1 &
sanity oldest || status=1
wait $! || status=1
cat "$RESULTS/newest.log"
keep_junit oldest
keep_junit newest
exit "$status"
