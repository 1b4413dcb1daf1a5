#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Services whose processes systemd starts in unusual ways.

# service NAME LINES
service() {
    printf '[Service]\n%b\n[Install]\nWantedBy=multi-user.target\n' "$2" | unit "$1.service"
    enable "$1.service"
}

service dynamic "DynamicUser=yes\nExecStart=/usr/local/bin/listener tcp-7201"
service apart "PrivateNetwork=yes\nExecStart=/usr/local/bin/listener tcp-7202"
service low "User=nobody\nAmbientCapabilities=CAP_NET_BIND_SERVICE\nExecStart=/usr/local/bin/listener tcp-722"
service jailed "RootDirectory=/srv/jail\nExecStart=/bin/busybox httpd -f -p 7204"
service sandboxed "User=nobody\nProtectSystem=strict\nProtectProc=invisible\nPrivateTmp=yes\nPrivateDevices=yes\nExecStart=/usr/local/bin/listener tcp-7205"
service forks "Type=forking\nExecStart=/bin/busybox httpd -p 7206"
service storing "Type=notify\nNotifyAccess=all\nFileDescriptorStoreMax=4\nExecStart=/usr/local/bin/storing 7207"
service chrooted "ExecStart=/usr/sbin/chroot /srv/jail /bin/busybox httpd -f -p 7210"
service confined "AppArmorProfile=confined\nExecStart=/usr/local/bin/listener tcp-7209"
service upgraded "ExecStart=/usr/bin/busybox-tinyd httpd -f -p 7211"

install -D /bin/busybox /srv/jail/bin/busybox
printf 'profile confined {\n  file,\n  network,\n  signal,\n}\n' >/etc/apparmor.d/confined
# A package in two versions: one is installed, and the other waits.
for version in 1 2; do
    tree=/usr/local/share/tinyd-$version
    install -D /bin/busybox "$tree/usr/bin/busybox-tinyd"
    echo "$version" >>"$tree/usr/bin/busybox-tinyd"
    mkdir "$tree/DEBIAN"
    printf '%s\n' 'Package: tinyd' "Version: $version" 'Architecture: all' 'Maintainer: nobody <nobody@example.org>' \
        'Description: a server that is upgraded while it runs' >"$tree/DEBIAN/control"
    dpkg-deb --build "$tree" "$tree.deb" >/dev/null
    rm -r "$tree"
done
dpkg --install /usr/local/share/tinyd-1.deb >/dev/null
cat >/usr/local/bin/storing <<'EOF'
#!/usr/bin/python3
# Listens, and gives systemd a copy of the socket to keep.
import array, os, signal, socket, sys

listener = socket.create_server(("0.0.0.0", int(sys.argv[1])))
systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
systemd.connect(os.environ["NOTIFY_SOCKET"])
systemd.sendmsg([b"READY=1\nFDSTORE=1\nFDNAME=kept"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener.fileno()]))])
while True:
    signal.pause()
EOF
chmod 755 /usr/local/bin/storing

# Containers that ignore a signal do not hold up a reboot.
mkdir -p /etc/systemd/system.conf.d
printf '[Manager]\nDefaultTimeoutStopSec=30s\n' >/etc/systemd/system.conf.d/short.conf

# A service of a user, who never logged in.
folder=/home/worker/.config/systemd/user
mkdir -p "$folder/default.target.wants" /var/lib/systemd/linger
printf '[Service]\nExecStart=/usr/local/bin/listener tcp-7208\n' >"$folder/mine.service"
ln -s ../mine.service "$folder/default.target.wants/mine.service"
chown -R worker:worker /home/worker/.config
touch /var/lib/systemd/linger/worker
