#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-test units: everything with the oldest ansible-core, and what runs on hosts with every Python that is here.
set -euo pipefail
. tests/tools/lib.sh

# The Pythons that this ansible-core runs on hosts, among those found here.
hosts_pythons() {
    local version
    for version in $("$VENV/bin/python" -c 'from ansible_test._util.target.common import constants as it; print(*it.REMOTE_ONLY_PYTHON_VERSIONS, *it.CONTROLLER_PYTHON_VERSIONS)'); do
        [ ! -e "$BUILD/pythons/python$version" ] || echo "$version"
    done
}

# run CORE PYTHON [PATH...]
status=0
run() {
    local core=$1 version=$2
    shift 2
    ansible_test "$core" units --venv --color no --python "$version" "$@" || status=1
    keep_junit "$core"
}

core_venv oldest
echo "=== ansible-test units: $("$VENV/bin/ansible" --version | sed -n 1p)"
own=$("$VENV/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
run oldest "$own"
met=" $own "
# On every other Python, what runs on hosts: there it meets whatever the host has. Nothing of that knows an
# ansible-core, so each Python is asked once. The suite unit runs the rest with the newest ansible-core.
for core in newest oldest; do
    core_venv "$core"
    echo "=== ansible-test units: $("$VENV/bin/ansible" --version | sed -n 1p)"
    for version in $(hosts_pythons); do
        case $met in *" $version "*) continue ;; esac
        met+="$version "
        run "$core" "$version" tests/unit/plugins/modules/ tests/unit/plugins/module_utils/
    done
done
exit "$status"
