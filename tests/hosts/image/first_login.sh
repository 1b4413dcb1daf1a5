#!/bin/sh
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: first_login.sh ROOT KEY    network by DHCP, and SSH for root with KEY (the path of a public key)
set -eu

echo bookworm >"$1/etc/hostname"
printf '127.0.0.1 localhost bookworm\n::1 localhost\n' >"$1/etc/hosts"
printf '[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n' >"$1/etc/systemd/network/10-dhcp.network"
install -D -m 600 "$2" "$1/root/.ssh/authorized_keys"
chmod 700 "$1/root/.ssh"
# Nothing here happens by the clock, and no login waits at a console.
chroot "$1" systemctl --quiet enable systemd-networkd.service
chroot "$1" systemctl --quiet mask systemd-networkd-wait-online.service getty.target serial-getty@ttyS0.service \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    logrotate.timer man-db.timer systemd-tmpfiles-clean.timer 2>/dev/null
