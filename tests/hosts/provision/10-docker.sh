#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Containers of both docker engines: published through a proxy, by rules alone, and on the machine's own network.
image() {
    docker "$@" import /usr/local/share/container.tar busybox >/dev/null
}
start() {
    local name=$1
    shift
    docker "${engine[@]}" run --detach --restart always --name "$name" "$@" >/dev/null
}
engine=()
image
start shared --network host busybox /bin/busybox httpd -f -p 7601
start published --publish 7602:80 busybox /bin/busybox httpd -f -p 80
start local --publish 127.0.0.1:7603:80 busybox /bin/busybox httpd -f -p 80
start datagrams --publish 7604:80/udp busybox /bin/busybox httpd -f -p 80
engine=(--host unix:///run/docker-rules.sock)
image "${engine[@]}"
start ruled --publish 7605:80 busybox /bin/busybox httpd -f -p 80
