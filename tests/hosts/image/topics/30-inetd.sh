#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# inetd: one process listens for the programs of others.
cat >>/etc/inetd.conf <<'EOF'
7101 stream tcp nowait nobody /bin/cat cat
7102 dgram udp wait nobody /bin/cat cat
7103 stream tcp wait root /usr/bin/python3 python3 -c 'input()'
EOF
