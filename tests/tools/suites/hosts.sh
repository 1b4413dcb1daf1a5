#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whole machines, emulated: systemd, engines and a kernel of their own, audited over SSH.
set -euo pipefail
. tests/tools/lib.sh

need_root "the disks of machines" hosts
need_packages requirements/apt-hosts.txt hosts
core_venv newest
[ -n "$(PYTHONPATH=tests/hosts "$VENV/bin/python" -m _hosts.mirror)" ] ||
    cannot_run "apt of this machine reads no archive of Debian" "make hosts, on a Debian machine"
"$VENV/bin/python" tests/hosts/make.py
# As a user has it: built, installed, and nothing of the working tree within reach.
tools/install_collection.sh "$VENV"
HOSTS_COLLECTIONS_PATH=$VENV/collections "$VENV/bin/python" -m pytest --durations 5 --junitxml "$RESULTS/hosts.xml" tests/hosts
