#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The unit tests, the properties, ten seconds of the fuzz targets, and the tests of the tools and of the benchmarks, by
# pytest on every core of the processor, with coverage.
set -euo pipefail
. tests/tools/lib.sh

core_venv newest
link_collection
export COVERAGE_FILE=$BUILD/coverage
"$VENV/bin/python" -m pytest -n auto --dist worksteal --junitxml "$RESULTS/unit.xml" --cov --cov-report=term tests/unit tests/properties tests/fuzz tests/tools tests/bench
