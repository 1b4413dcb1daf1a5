#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make bench: measures the collection beside its peers, in one run. ARGS go to tests/bench/run (--record, --quick …).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh

if [ "$(id -u)" -ne 0 ]; then
    echo "The scenes need root (network namespaces, more descriptors than a user may have): sudo make bench" >&2
    exit 1
fi
missing=$(tests/tools/packages.sh missing requirements/apt-bench.txt)
if [ -n "$missing" ]; then
    if ! tests/tools/packages.sh may-install; then
        echo "The machine lacks the Debian packages $missing: make system" >&2
        exit 1
    fi
    tests/tools/packages.sh install requirements/apt-bench.txt
fi
tools/make_venv.sh "$BUILD/venv/bench" "$(python)" "what the benchmarks compare with" requirements/bench.txt
# shellcheck disable=SC2086 # ARGS are arguments
"$BUILD/venv/bench/bin/python" tests/bench/run ${ARGS:-}
