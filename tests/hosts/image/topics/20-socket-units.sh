#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Socket units of every kind. Which program will serve the socket is told by the unit file alone, until the first
# connection shows it.
python="/usr/bin/python3 /usr/local/bin/served"

# activated NAME SOCKET-LINES SERVICE-LINES
activated() {
    printf '[Socket]\n%b\n[Install]\nWantedBy=sockets.target\n' "$2" | unit "s-$1.socket"
    printf '[Service]\n%b\n' "$3" | unit "s-$1.service"
    enable "s-$1.socket"
}

activated plain 'ListenStream=7001' "ExecStart=$python"
activated script 'ListenStream=7002' 'ExecStart=/usr/local/bin/served'
activated env 'ListenStream=7003' 'ExecStart=/usr/bin/env python3 /usr/local/bin/served'
activated shell 'ListenStream=7004' "ExecStart=/bin/sh -c 'exec $python'"
activated runuser 'ListenStream=7005' "ExecStart=/usr/sbin/runuser -u nobody -- $python"
activated nobody 'ListenStream=7006' "User=nobody\nExecStart=$python"
activated exclaimed 'ListenStream=7007' "User=nobody\nExecStart=!$python"
activated plus 'ListenStream=7008' "User=nobody\nExecStart=+$python"
activated ambient 'ListenStream=7009' "User=nobody\nExecStart=!!$python"
activated dynamic 'ListenStream=7010' "DynamicUser=yes\nExecStart=$python"
activated streams 'ListenStream=7011\nListenStream=127.0.0.1:7012\nListenDatagram=7013' "ExecStart=$python"
activated named 'ListenStream=7014\nService=s-plain.service' "ExecStart=/bin/false"
activated device 'ListenStream=7015\nBindToDevice=lo' "ExecStart=$python"
activated foreign 'ListenStream=192.0.2.1:7016\nFreeBind=yes' "ExecStart=$python"
activated six 'ListenStream=[::]:7017\nBindIPv6Only=ipv6-only' "ExecStart=$python"
activated shared 'ListenStream=7018\nReusePort=yes' "ExecStart=$python"
activated sctp 'ListenStream=7019\nSocketProtocol=sctp' "ExecStart=$python"
activated argument 'ListenStream=7020' "ExecStart=@/usr/bin/python3 disguise /usr/local/bin/served"
activated lenient 'ListenStream=7021' "ExecStart=-:/usr/bin/python3 /usr/local/bin/served"
activated before 'ListenStream=7022' "ExecStartPre=/bin/true\nExecStart=$python"
activated bound 'ListenStream=7023' "BindReadOnlyPaths=/usr/share\nExecStart=$python"
activated dropped 'ListenStream=7024' "ExecStart=$python"
mkdir /etc/systemd/system/s-dropped.service.d
printf '[Service]\nUser=nobody\n' | unit s-dropped.service.d/user.conf
activated instance 'ListenStream=7025\nService=s-instance@nobody.service' 'ExecStart=/bin/false'
printf '[Service]\nUser=%%i\nExecStart=%s\n' "$python" | unit s-instance@.service
activated setpriv 'ListenStream=7026' "ExecStart=/usr/bin/setpriv --reuid=nobody --clear-groups $python"
ln -s /usr/bin/python3 /etc/alternatives/served-by
ln -s /etc/alternatives/served-by /usr/local/bin/served-by
activated alternative 'ListenStream=7027' 'ExecStart=/usr/local/bin/served-by /usr/local/bin/served'
activated proxy 'ListenStream=7028' 'ExecStart=/lib/systemd/systemd-socket-proxyd 127.0.0.1:80'
printf '#!/bin/sh\nexec %s\n' "$python" >/usr/local/bin/wrapped
chmod 755 /usr/local/bin/wrapped
activated wrapped 'ListenStream=7029' 'ExecStart=/usr/local/bin/wrapped'

# A service for each connection: systemd itself keeps the socket.
printf '[Socket]\nListenStream=7030\nAccept=yes\n[Install]\nWantedBy=sockets.target\n' | unit each.socket
printf '[Service]\nExecStart=-/bin/cat\nStandardInput=socket\n' | unit each@.service
enable each.socket

# SSH too: systemd listens, and sshd takes the socket over with the first login.
systemctl --quiet disable ssh.service
enable ssh.socket
