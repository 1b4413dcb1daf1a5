#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-test units, with the oldest and the newest ansible-core that run here.
set -euo pipefail
. tests/tools/lib.sh

status=0
for core in oldest newest; do
    core_venv "$core"
    echo "=== ansible-test units: $("$VENV/bin/ansible" --version | sed -n 1p)"
    own=$("$VENV/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    ansible_test "$core" units --venv --color no --python "$own" || status=1
    keep_junit "$core"
    # On every other Python, what runs on hosts: there it meets whatever the host has.
    ansible_test "$core" units --venv --color no tests/unit/plugins/modules/ tests/unit/plugins/module_utils/ || status=1
    keep_junit "$core"
done
exit "$status"
