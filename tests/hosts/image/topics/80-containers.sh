#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One tree of busybox for the containers of all engines, and those containers that systemd and LXC start.
tree=/usr/local/share/container
mkdir -p "$tree"/{bin,dev,etc,proc,sys,tmp,run,var,root,usr/lib}
cp /bin/busybox "$tree/bin/busybox"
ln -s busybox "$tree/bin/sh"
echo 'ID=busybox' >"$tree/usr/lib/os-release"
echo 'root:x:0:0::/root:/bin/sh' >"$tree/etc/passwd"
tar -C "$tree" -cf /usr/local/share/container.tar .

mkdir -p /var/lib/machines /etc/systemd/nspawn
cp -a "$tree" /var/lib/machines/m1
cat >/etc/systemd/nspawn/m1.nspawn <<'EOF'
[Exec]
Boot=no
PrivateUsers=no
Parameters=/bin/busybox httpd -f -p 7501
[Network]
VirtualEthernet=no
EOF
mkdir -p /etc/systemd/system/machines.target.wants
ln -s /lib/systemd/system/systemd-nspawn@.service /etc/systemd/system/machines.target.wants/systemd-nspawn@m1.service
enable machines.target

# The profiles of LXC take a minute to compile on the emulated processor.
rm -rf /etc/apparmor.d/lxc /etc/apparmor.d/lxc-containers /etc/apparmor.d/usr.bin.lxc-start
mkdir -p /var/lib/lxc/l1
cp -a "$tree" /var/lib/lxc/l1/rootfs
cat >/var/lib/lxc/l1/config <<'EOF'
lxc.uts.name = l1
lxc.rootfs.path = dir:/var/lib/lxc/l1/rootfs
lxc.net.0.type = none
lxc.apparmor.profile = unconfined
lxc.init.cmd = /bin/busybox httpd -f -p 7502
lxc.start.auto = 1
EOF

# A second engine, which publishes ports by rules alone.
unit docker-rules.service <<'EOF'
[Unit]
After=docker.service
Requires=containerd.service
[Service]
Type=notify
ExecStartPre=-/sbin/ip link add docker1 type bridge
ExecStartPre=-/sbin/ip address add 172.29.0.1/16 dev docker1
ExecStart=/usr/sbin/dockerd --containerd=/run/containerd/containerd.sock --host=unix:///run/docker-rules.sock --data-root=/var/lib/docker-rules --exec-root=/run/docker-rules --pidfile=/run/docker-rules.pid --bridge=docker1 --userland-proxy=false
Delegate=yes
KillMode=process
[Install]
WantedBy=multi-user.target
EOF
enable docker-rules.service podman-restart.service
systemctl --quiet disable podman-auto-update.service podman-auto-update.timer 2>/dev/null || true
folder=/home/worker/.config/systemd/user/default.target.wants
ln -s /usr/lib/systemd/user/podman-restart.service "$folder/podman-restart.service"
