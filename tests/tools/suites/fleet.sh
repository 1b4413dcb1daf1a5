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

for core in oldest newest; do
    core_venv "$core"
    if ! lacking=$(CI='' "$VENV/bin/python" tests/fleet/preflight 2>&1); then
        cannot_run "$lacking" "make fleet, where that is not so"
    fi
    # As a user has it: built, installed, and nothing of the working tree within reach.
    tools/install_collection.sh "$VENV"
done

fleet() {
    VENV=$BUILD/venv/$1
    echo "=== fleet: $("$VENV/bin/ansible" --version | sed -n 1p)"
    FLEET_COLLECTIONS_PATH=$VENV/collections FLEET_REPORT=$2 "$VENV/bin/python" -m pytest --junitxml "$RESULTS/$1.xml" tests/fleet
}

# Side by side, each with a fleet of its own; what the second says is shown after the first.
status=0
fleet oldest "$BUILD/fleet-report-oldest" >"$RESULTS/oldest.log" 2>&1 &
fleet newest "$BUILD/fleet-report" || status=1
wait $! || status=1
cat "$RESULTS/oldest.log"
exit "$status"
