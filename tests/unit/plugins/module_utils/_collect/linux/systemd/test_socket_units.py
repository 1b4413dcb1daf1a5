# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a ``.socket`` unit starts, found by its name and by where it listens."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _socket_units

UNITS = "usr/lib/systemd/system/"
SSH_SOCKET = "[Socket]\nListenStream=22\n"
SSH_SERVICE = "[Service]\nExecStartPre=/usr/sbin/sshd -t\nExecStart=/usr/sbin/sshd -D $SSHD_OPTS\n"


def units(root, **files):
    for name, text in files.items():
        path = root / UNITS / name.replace("__at__", "@").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return _socket_units.SocketUnits(_host_files.Roots("/proc", str(root)))


def bind(address="::", port=22, protocol="tcp"):
    return _socket_units.Bind(protocol, "ipv6" if ":" in address else "ipv4", address, port)


@pytest.mark.parametrize("address", ["::", "0.0.0.0"])
def test_sshd_of_ubuntu(tmp_path, address):
    found = units(tmp_path, ssh__socket=SSH_SOCKET, ssh__service=SSH_SERVICE)
    expected = ("ssh.socket", "ssh.service", "/usr/sbin/sshd", "root", False)
    assert found.by_bind(bind(address)) == expected
    assert found.by_name("ssh.socket") == expected


def test_ports_of_a_generator(tmp_path):
    """Ubuntu's sshd-socket-generator replaces the addresses with those of sshd_config."""
    found = units(tmp_path, ssh__socket=SSH_SOCKET, ssh__service=SSH_SERVICE)
    generated = tmp_path / "run/systemd/generator/ssh.socket.d/addresses.conf"
    generated.parent.mkdir(parents=True)
    generated.write_text("[Socket]\nListenStream=\nListenStream=0.0.0.0:2222\nListenStream=[::]:2222\n")
    assert found.by_bind(bind(port=22)) is None
    assert found.by_bind(bind(port=2222)).service == "ssh.service"
    assert found.by_bind(bind("0.0.0.0", 2222)).service == "ssh.service"


@pytest.mark.parametrize(
    ("listen", "found"),
    [
        ("ListenStream=80", [("tcp", "ipv6", "::", 80), ("tcp", "ipv4", "0.0.0.0", 80)]),
        ("ListenDatagram=80", [("udp", "ipv6", "::", 80), ("udp", "ipv4", "0.0.0.0", 80)]),
        ("ListenStream=127.0.0.1:80", [("tcp", "ipv4", "127.0.0.1", 80)]),
        ("ListenStream=[0:0::1]:80", [("tcp", "ipv6", "::1", 80)]),
        ("ListenStream=[fe80::1%eth0]:80", [("tcp", "ipv6", "fe80::1", 80)]),
        ("ListenStream=/run/x.sock", []),
        ("ListenStream=@abstract", []),
        ("ListenStream=vsock::80", []),
        ("ListenStream=1.2.3:80", []),
        ("ListenStream=[::zz]:80", []),
        ("ListenFIFO=/run/x", []),
    ],
)
def test_where_a_unit_listens(tmp_path, listen, found):
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _unit_files

    settings = {}
    _unit_files.parse(("[Socket]\n%s\n" % listen).encode(), settings)
    assert list(_socket_units.binds(_unit_files.Unit("x.socket", settings))) == found


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        pytest.param("ExecStart=/bin/x", ("/bin/x", "root"), id="plain"),
        pytest.param("ExecStart=-@:/bin/x y", ("/bin/x", "root"), id="prefixes"),
        pytest.param("ExecStart=!/bin/x y\nUser=nobody", ("/bin/x", None), id="starts as root in spite of its user"),
        pytest.param("ExecStart=@+/bin/x y\nUser=nobody", ("/bin/x", None), id="is root in spite of its user"),
        pytest.param("ExecStart=!!/bin/x y\nUser=nobody", ("/bin/x", None), id="two exclamation marks"),
        pytest.param("ExecStart=|/bin/x y", (None, None), id="by the shell of the user"),
        pytest.param("ExecStart=/bin/sh -c 'exec /bin/x'\nUser=web", (None, None), id="shell"),
        pytest.param("ExecStart=/usr/bin/env python3 /srv/x", (None, None), id="env"),
        pytest.param("ExecStart=/usr/sbin/runuser -u web -- /bin/x", (None, None), id="runuser"),
        pytest.param("ExecStart=/bin/busybox sh -c /bin/x", (None, None), id="shell of busybox"),
        pytest.param("ExecStart=/bin/busybox httpd -f", ("/bin/busybox", "root"), id="server of busybox"),
        pytest.param("ExecStart=/lib64/ld-linux-x86-64.so.2 /bin/x", (None, None), id="loader"),
        pytest.param("ExecStart=/usr/bin/snap run lxd.daemon", (None, None), id="snap"),
        pytest.param("ExecStart=/usr/bin/podman run web", (None, None), id="container"),
        pytest.param("ExecStart=/usr/bin/s6-envdir /e /bin/x", (None, None), id="a tool of s6"),
        pytest.param("ExecStart=/bin/a ; /bin/b", (None, None), id="two commands on a line"),
        pytest.param('ExecStart="/opt/my app/x" y', (None, None), id="a space within quotes"),
        pytest.param("ExecStart=/opt/my\\x20app/x y", (None, None), id="an escape"),
        pytest.param("ExecStart=/opt/'a'/x y", (None, None), id="quotes within a word"),
        pytest.param('ExecStart="/bin/x" y', ("/bin/x", "root"), id="quoted"),
        pytest.param("ExecStart=/bin/x\nUser=web", ("/bin/x", "web"), id="user"),
        pytest.param("ExecStart=/bin/x\nUser=u-%i", ("/bin/x", None), id="user by specifier"),
        pytest.param("ExecStart=/bin/x\nDynamicUser=yes", ("/bin/x", None), id="dynamic user"),
        pytest.param("ExecStart=/bin/x\nDynamicUser=yes\nUser=web", ("/bin/x", None), id="dynamic user of a name"),
        pytest.param("ExecStart=/bin/%p", (None, None), id="executable by specifier"),
        pytest.param("ExecStart=/bin/x\nExecStart=/bin/y", (None, None), id="two commands"),
        pytest.param("", (None, None), id="no command"),
        pytest.param("ExecStart=nowhere", (None, None), id="not on the path"),
    ],
)
def test_service(tmp_path, service, expected):
    found = units(tmp_path, a__socket=SSH_SOCKET, a__service="[Service]\n%s\n" % service)
    assert found.by_name("a.socket") == ("a.socket", "a.service", *expected, False)


@pytest.mark.parametrize(
    "setting", ["RootDirectory=/srv/a", "RootImage=/srv/a.raw", "ExtensionImages=/srv/a.raw", "BindPaths=/srv/x:/bin/x"]
)
def test_service_with_files_of_its_own(tmp_path, setting):
    found = units(tmp_path, a__socket=SSH_SOCKET, a__service="[Service]\nExecStart=/bin/x\n%s\n" % setting)
    assert found.by_name("a.socket") == ("a.socket", "a.service", None, None, False)


def test_instance_for_each_connection(tmp_path):
    found = units(
        tmp_path,
        a__socket="[Socket]\nListenStream=22\nAccept=yes\n",
        a__at____service="[Service]\nExecStart=-/usr/sbin/sshd -i\n",
    )
    assert found.by_name("a.socket") == ("a.socket", "a@.service", "/usr/sbin/sshd", "root", True)


def test_service_of_another_name(tmp_path):
    found = units(
        tmp_path,
        a__socket="[Socket]\nListenStream=22\nService=b.service\n",
        b__service="[Service]\nExecStart=/bin/b\n",
    )
    assert found.by_name("a.socket")[:3] == ("a.socket", "b.service", "/bin/b")


def test_service_without_a_file(tmp_path):
    assert units(tmp_path, a__socket=SSH_SOCKET).by_name("a.socket")[:4] == ("a.socket", "a.service", None, None)


def test_command_on_the_search_path(tmp_path):
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/tool").write_text("")
    found = units(tmp_path, a__socket=SSH_SOCKET, a__service="[Service]\nExecStart=tool\n")
    assert found.by_name("a.socket").exe == "/usr/bin/tool"


def test_two_units_on_one_port(tmp_path):
    """The one that is started at boot; without that, no guess."""
    found = units(tmp_path, a__socket=SSH_SOCKET, b__socket=SSH_SOCKET, a__service=SSH_SERVICE, b__service=SSH_SERVICE)
    assert found.by_bind(bind()) is None
    wants = tmp_path / "etc/systemd/system/sockets.target.wants"
    wants.mkdir(parents=True)
    (wants / "b.socket").symlink_to("/usr/lib/systemd/system/b.socket")
    again = _socket_units.SocketUnits(_host_files.Roots("/proc", str(tmp_path)))
    assert again.by_bind(bind()).service == "b.service"


def test_nobody_listens_there(tmp_path):
    found = units(tmp_path, a__socket=SSH_SOCKET)
    assert found.by_bind(bind(port=23)) is None
    assert found.by_bind(bind(protocol="udp")) is None
    assert found.by_name("c.socket") is None
