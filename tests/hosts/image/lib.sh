#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the topics share. Each runs inside the machine's tree, before it ever boots.
set -euo pipefail

# unit NAME: a unit of systemd as given on standard input.
unit() {
    cat >"/etc/systemd/system/$1"
}

# enable NAME...: to be started at boot.
enable() {
    systemctl --quiet enable "$@"
}
