#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A fleet of network namespaces audited over SSH, with the oldest and the newest ansible-core that run here.
set -euo pipefail
. tests/tools/lib.sh

need_root "network namespaces" fleet
need_packages requirements/apt-fleet.txt fleet

status=0
for core in oldest newest; do
    core_venv "$core"
    if ! lacking=$(CI='' "$VENV/bin/python" tests/fleet/preflight 2>&1); then
        cannot_run "$lacking" "make fleet, where that is not so"
    fi
    # As a user has it: built, installed, and nothing of the working tree within reach.
    tools/install_collection.sh "$VENV"
    echo "=== fleet: $("$VENV/bin/ansible" --version | sed -n 1p)"
    FLEET_COLLECTIONS_PATH=$VENV/collections "$VENV/bin/python" -m pytest \
        --junitxml "$RESULTS/$core.xml" tests/fleet || status=1
done
exit "$status"
