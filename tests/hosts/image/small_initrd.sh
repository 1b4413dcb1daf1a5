#!/bin/sh
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: small_initrd.sh ROOT    an initrd of the drivers of this one machine: the emulated processor unpacks it
set -eu

mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
printf 'MODULES=list\nCOMPRESS=zstd\n' >"$1/etc/initramfs-tools/conf.d/small"
printf '%s\n' virtio_pci virtio_blk virtio_net ext4 >"$1/usr/share/initramfs-tools/modules.d/small.conf"
