#!/usr/bin/env bash
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The programs that units of the tests start, and the users that they start them as.
useradd --uid 1500 --create-home --shell /bin/bash worker
useradd --uid 1501 --create-home --shell /bin/bash auditor
useradd --uid 1502 --create-home --shell /bin/bash plain
echo 'auditor ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/auditor
for user in auditor plain; do
    install -D -o "$user" -g "$user" -m 600 /root/.ssh/authorized_keys "/home/$user/.ssh/authorized_keys"
    chown "$user:$user" "/home/$user/.ssh"
done

# Serves every socket that systemd hands over.
cat >/usr/local/bin/served <<'EOF'
#!/usr/bin/env python3
import os, select, socket

sockets = [socket.socket(fileno=3 + number) for number in range(int(os.environ["LISTEN_FDS"]))]
while True:
    for ready in select.select(sockets, [], [])[0]:
        if ready.type == socket.SOCK_DGRAM:
            ready.recv(100)
        else:
            ready.accept()[0].close()
EOF

# Listens by a protocol on a port: listener PROTOCOL-PORT[-DEVICE]
cat >/usr/local/bin/listener <<'EOF'
#!/usr/bin/python3
import ctypes, mmap, signal, socket, struct, sys

STREAM, DATAGRAM, DCCP = socket.SOCK_STREAM, socket.SOCK_DGRAM, 6
KINDS = {
    "tcp": (socket.AF_INET, STREAM, 0), "udp": (socket.AF_INET, DATAGRAM, 0), "sctp": (socket.AF_INET, STREAM, 132),
    "dccp": (socket.AF_INET, DCCP, 33), "mptcp": (socket.AF_INET, STREAM, 262), "udplite": (socket.AF_INET, DATAGRAM, 136),
    "vsock": (socket.AF_VSOCK, STREAM, 0),
}
kind, port, *device = sys.argv[1].split("-")
port = int(port)
if kind == "raw":
    listener = socket.socket(socket.AF_INET, socket.SOCK_RAW, port)
elif kind == "xdp":  # the port is a queue of the device: see include/uapi/linux/if_xdp.h
    listener = socket.socket(44, socket.SOCK_RAW, 0)
    frames = mmap.mmap(-1, 1 << 16)
    start = ctypes.addressof(ctypes.c_char.from_buffer(frames))
    listener.setsockopt(283, 4, struct.pack("=QQIIII", start, 1 << 16, 4096, 0, 0, 0))
    for ring in (2, 5, 6):  # receive, fill, completion
        listener.setsockopt(283, ring, 64)
    place = struct.pack("=HHIII", 44, 2, socket.if_nametoindex(device[0]), port, 0)
    if ctypes.CDLL(None, use_errno=True).bind(listener.fileno(), place, len(place)):
        raise OSError(ctypes.get_errno(), "bind")
else:
    listener = socket.socket(*KINDS[kind])
    if device:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device[0].encode() + b"\0")
    listener.bind((socket.VMADDR_CID_ANY if kind == "vsock" else "0.0.0.0", port))
    if KINDS[kind][1] != DATAGRAM:
        listener.listen()
while True:
    signal.pause()
EOF
chmod 755 /usr/local/bin/served /usr/local/bin/listener
