#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sockets of protocols that namespaces of other kernels lack, each held by a unit listener@PROTOCOL-PORT.
printf '[Service]\nExecStart=/usr/local/bin/listener %%i\n[Install]\nWantedBy=multi-user.target\n' | unit listener@.service
printf '%s\n' sctp dccp dccp_ipv4 dccp_diag sctp_diag vsock_loopback vsock_diag ip_vs fou >/etc/modules-load.d/protocols.conf
for kind in sctp-7301 dccp-7302 mptcp-7303 udplite-7304 vsock-7305 raw-253 xdp-0-lo udp-7306 tcp-7307-vrf0 tcp-7308-member0; do
    enable "listener@$kind.service"
done
