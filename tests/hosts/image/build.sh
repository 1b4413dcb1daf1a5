#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: build.sh SUITE MIRROR KEY DIRECTORY
#
# Makes the machine's disk (disk.raw), its kernel and initrd, and the public key of its sshd, in DIRECTORY. KEY is the
# public key that root's SSH accepts. Everything is installed here, by the processor of this machine and not by the
# emulated one, which is ten times slower.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
suite=$1 mirror=$2 key=$3 directory=$4
root=$directory/root

packages=$(sed -e '/^#/d' "$here/packages.txt" | paste -s -d ,)
# No service starts in a tree that is not booted. Documentation is what nobody reads there.
mmdebstrap --quiet --mode=root --variant=required --format=directory --include="$packages" \
    --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
    --dpkgopt=path-exclude='/usr/share/doc/*' --dpkgopt=path-exclude='/usr/share/man/*' \
    --dpkgopt=path-exclude='/usr/share/locale/*' \
    --setup-hook="$here/small_initrd.sh" --customize-hook="$here/first_login.sh \"\$1\" '$key'" \
    "$suite" "$root" "deb $mirror $suite main"
for topic in "$here"/topics/*.sh; do
    cat "$here/lib.sh" "$topic" | chroot "$root" bash -s
done

cp "$root"/boot/vmlinuz-* "$directory/vmlinuz"
cp "$root"/boot/initrd.img-* "$directory/initrd.img"
cp "$root"/etc/ssh/ssh_host_ed25519_key.pub "$directory/host_key.pub"
mke2fs -q -F -t ext4 -O ^has_journal -d "$root" "$directory/disk.raw" 4G
rm -rf "$root"
