#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A client of the machine's own NFS server: its callback is a listener of the kernel, on a port that is set, and its
# lock manager is another, on a port that the kernel chooses.
mkdir -p /srv/export /srv/import
echo '/srv/export 127.0.0.1(rw,no_subtree_check)' >>/etc/exports
echo '127.0.0.1:/srv/export /srv/import nfs vers=4.0,_netdev,nofail,x-systemd.requires=nfs-server.service 0 0' >>/etc/fstab
echo 'options nfs callback_tcpport=7321' >/etc/modprobe.d/nfs-callback.conf
