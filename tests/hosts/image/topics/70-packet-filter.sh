#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ports that the kernel gives to others without a socket: nftables and IPVS.
cat >/etc/nftables.conf <<'EOF'
#!/usr/sbin/nft -f
table ip published {
    chain prerouting {
        type nat hook prerouting priority dstnat;
        tcp dport 7401 dnat to 198.51.100.9:80
        udp dport 7402 redirect to :7306
    }
}
EOF
enable nftables.service
unit balancer.service <<'EOF'
[Unit]
After=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/ipvsadm -A -t 198.51.100.1:7403 -s rr
ExecStart=/usr/sbin/ipvsadm -a -t 198.51.100.1:7403 -r 198.51.100.9:80 -m
[Install]
WantedBy=multi-user.target
EOF
enable balancer.service

# A load balancer that two machines share, and traffic with a mark: no port tells what that is.
cat >/etc/keepalived/keepalived.conf <<'EOF'
vrrp_instance shared {
    interface eth0
    virtual_router_id 7
    virtual_ipaddress {
        10.0.2.77/32
    }
}
virtual_server 198.51.100.1 7404 {
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 198.51.100.9 80 {
    }
}
virtual_server fwmark 9 {
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 198.51.100.9 80 {
    }
}
EOF
enable keepalived.service
