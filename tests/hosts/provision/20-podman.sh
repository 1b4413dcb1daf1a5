#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Containers of podman: root's and a user's.
run() {
    "${podman[@]}" run --detach --restart always --name "$@" >/dev/null
}
podman=(podman)
podman import --quiet /usr/local/share/container.tar busybox >/dev/null
run pshared --network host busybox /bin/busybox httpd -f -p 7701
run ppublished --publish 7702:80 busybox /bin/busybox httpd -f -p 80

podman=(runuser -u worker -- env -C /home/worker XDG_RUNTIME_DIR=/run/user/1500 HOME=/home/worker DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1500/bus podman)
"${podman[@]}" import --quiet /usr/local/share/container.tar busybox >/dev/null
run wpublished --publish 7703:80 busybox /bin/busybox httpd -f -p 80
run wshared --network host busybox /bin/busybox httpd -f -p 7704
