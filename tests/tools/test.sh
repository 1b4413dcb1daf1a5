#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: test.sh [SUITE...]
# make test and its parts: finds a Python and runs the suites (see suites.py).
set -euo pipefail
cd "$(dirname "$0")/../.."

python=$(tools/find_python.sh)
"$python" tests/tools/suites.py "$@"
