#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The collector in real situations of this kernel: namespaces, packet filters, unprivileged users, hung mounts.
set -euo pipefail
. tests/tools/lib.sh

need_root "namespaces and packet filters" scenes
need_packages requirements/apt-scenes.txt scenes
core_venv oldest
export SCENES_OLDEST=$VENV # what the module is sent to the oldest Pythons by
core_venv newest
link_collection
"$VENV/bin/python" -m pytest -n auto --dist loadfile --junitxml "$RESULTS/scenes.xml" tests/scenes
