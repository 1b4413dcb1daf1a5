#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make fuzz: every target of tests/fuzz for a while. ARGS go to tests/fuzz/run.py (--seconds, --target, --seed, --list).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh

core_venv newest
link_collection
# shellcheck disable=SC2086 # ARGS are arguments
"$VENV/bin/python" -B tests/fuzz/run.py ${ARGS:-}
