#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make audit: sets up .venv and the collection in it where that is still to be done, then audits (see audit.py).
set -euo pipefail
cd "$(dirname "$0")/.."

if ! [ -w . ]; then
    echo "$PWD belongs to somebody else: clone the repository to a folder of your own." >&2
    exit 1
fi

# With sudo everything made here would belong to root, and the next run without it would fail on that.
give_back() {
    if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_UID:-}" ]; then
        for made in .venv .build "${OUTPUT:-port-audit}"; do
            if [ -d "$made" ]; then chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$made"; fi
        done
    fi
}
trap give_back EXIT

python=$(tools/find_python.sh)
"$python" tools/audit.py --check # before anything is made
tools/make_venv.sh .venv "$python" "Ansible" requirements/runtime.txt
tools/install_collection.sh .venv

.venv/bin/python tools/audit.py
