#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Devices whose sockets are the kernel's, and a device with a routing table of its own.
network() {
    cat >"/etc/systemd/network/$1"
}

network 20-wg0.netdev <<'EOF'
[NetDev]
Name=wg0
Kind=wireguard
[WireGuard]
PrivateKey=6OWF5Hb0iUgiHUvLXHRdeZTAWQFYQVVqOQAAAAAAAEA=
ListenPort=51820
EOF
network 20-vxlan0.netdev <<'EOF'
[NetDev]
Name=vxlan0
Kind=vxlan
[VXLAN]
VNI=5
DestinationPort=4789
Independent=yes
EOF
network 20-geneve0.netdev <<'EOF'
[NetDev]
Name=geneve0
Kind=geneve
[GENEVE]
Id=6
Remote=192.0.2.9
EOF
network 20-fou0.netdev <<'EOF'
[NetDev]
Name=fou0
Kind=fou
[FooOverUDP]
Port=5555
Protocol=4
EOF
network 20-vrf0.netdev <<'EOF'
[NetDev]
Name=vrf0
Kind=vrf
[VRF]
Table=100
EOF
network 20-member0.netdev <<'EOF'
[NetDev]
Name=member0
Kind=dummy
EOF
network 30-vrf0.network <<'EOF'
[Match]
Name=vrf0
EOF
network 30-member0.network <<'EOF'
[Match]
Name=member0
[Network]
VRF=vrf0
Address=198.51.100.1/24
EOF
network 30-tunnels.network <<'EOF'
[Match]
Name=wg0 vxlan0 geneve0
[Link]
ActivationPolicy=always-up
[Network]
LinkLocalAddressing=no
EOF
chmod 640 /etc/systemd/network/20-wg0.netdev
chgrp systemd-network /etc/systemd/network/20-wg0.netdev
