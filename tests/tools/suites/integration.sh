#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-test integration, with the oldest and the newest ansible-core that run here.
set -euo pipefail
. tests/tools/lib.sh

# A target is one test. The JUnit file that it leaves counts its tasks, setting up included, and is not there at all when
# the target broke off early.
count_targets() {
    local target name file status
    for target in tests/integration/targets/*/; do
        name=$(basename "$target") status=FAILED
        for file in "$BUILD/$1/$COLLECTION/tests/output/junit/$name"-*.xml; do
            if [ -f "$file" ] && ! grep -q '<failure' "$file"; then status=ok; fi
        done
        printf '%s\t%s, %s ansible-core\n' "$status" "$name" "$1" >>"$RESULTS/checks.tsv"
    done
}

status=0
for core in oldest newest; do
    core_venv "$core"
    echo "=== ansible-test integration: $("$VENV/bin/ansible" --version | sed -n 1p)"
    ansible_test "$core" integration --local --color no || status=1
    count_targets "$core"
done
exit "$status"
