#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make registry: rebuilds the bundled port registry from the file that IANA publishes. SNAPSHOT is the file's date, for
# files that have none inside.
set -euo pipefail

if [ -z "$1" ]; then
    echo "Which file? make registry CSV=service-names-port-numbers.csv, as https://www.iana.org/assignments/service-names-port-numbers has it." >&2
    exit 1
fi
case $1 in /*) csv=$1 ;; *) csv=$PWD/$1 ;; esac
cd "$(dirname "$0")/.."
python=$(tools/find_python.sh)
"$python" plugins/plugin_utils/_registry/_convert.py "$csv" ${SNAPSHOT:+--snapshot "$SNAPSHOT"}
