# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of the host from faked files, and of the real one."""

from __future__ import annotations

import os
import re
import sys

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _find
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire


def write(root, **files):
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return _host_files.Roots(str(root), str(root))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n', ("debian", "12", "Debian 12"), id="quoted"
        ),
        pytest.param("ID='arch'\n# VERSION_ID=1\n", ("arch", None, None), id="rolling"),
        pytest.param('PRETTY_NAME="A \\"b\\" \\$c \\\\"\n', (None, None, 'A "b" $c \\'), id="escaped"),
        pytest.param("ID=\n", ("", None, None), id="empty"),
    ],
)
def test_os_release(tmp_path, text, expected):
    assert tuple(_host_facts.os_release(write(tmp_path, **{"etc__os-release": text})).values()) == expected


def test_os_release_elsewhere(tmp_path):
    assert _host_facts.os_release(_host_files.Roots(str(tmp_path), str(tmp_path))) is None
    assert _host_facts.os_release(write(tmp_path, **{"usr__lib__os-release": "ID=x\n"}))["id"] == "x"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"etc__machine-id": "abc\n"}, "abc", id="systemd"),
        pytest.param({"var__lib__dbus__machine-id": "def\n"}, "def", id="dbus"),
        pytest.param({"etc__machine-id": "uninitialized\n"}, None, id="before the first boot has ended"),
        pytest.param({"etc__machine-id": ""}, None, id="image"),
        pytest.param({}, None, id="none"),
    ],
)
def test_machine_id(tmp_path, files, expected):
    assert _host_facts.facts(write(tmp_path, **files))["machine_id"] == expected


@pytest.mark.parametrize(
    ("span", "reserved", "expected"),
    [
        pytest.param("32768\t60999\n", "\n", (32768, 60999, ()), id="as installed"),
        pytest.param("1024\t65535\n", "8080,9000-9010\n", (1024, 65535, ("8080", "9000-9010")), id="reserved"),
        pytest.param("1024\n", "\n", None, id="cut short"),
    ],
)
def test_ephemeral(tmp_path, span, reserved, expected):
    write(tmp_path, sys__net__ipv4__ip_local_port_range=span, sys__net__ipv4__ip_local_reserved_ports=reserved)
    assert _host_facts.ephemeral(str(tmp_path)) == expected


def test_ephemeral_unknown(tmp_path):
    assert _host_facts.ephemeral(str(tmp_path)) is None


def test_facts_of_this_host():
    facts = _host_facts.facts(_host_files.Roots())
    assert facts["hostname"] == os.uname().nodename
    assert facts["kernel"] == os.uname().release
    assert facts["python"] == "%d.%d.%d" % sys.version_info[:3]
    assert re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", facts["clock"])


def test_addresses_of_this_host():
    found, gaps = _host_facts.addresses(5, connect=_wire.connect)
    assert gaps == []
    assert {"address": "127.0.0.1", "prefix_length": 8, "device": "lo", "namespace": 5} in found


def test_addresses_refused():
    def connect(protocol):
        raise PermissionError(13, "no")

    found, (gap,) = _host_facts.addresses(5, connect=connect)
    assert found is None
    assert (gap.code, gap.affects) == ("dump-refused", "addresses")


def test_device_that_is_gone():
    assert _host_facts.device(1) == "lo"
    assert _host_facts.device(2**30) == "if%d" % 2**30


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("0000000000000000", []),
        ("0000000000080000", ["CAP_SYS_PTRACE"]),
        (
            "000001ffffffffff",
            sorted(_host_facts.CAPABILITIES.values(), key=list(_host_facts.CAPABILITIES.values()).index),
        ),
    ],
)
def test_capabilities(tmp_path, mask, expected):
    write(tmp_path, self__status="Name:\tx\nCapEff:\t%s\n" % mask)
    assert _host_facts.capabilities(str(tmp_path)) == expected


def namespaces(root, links):
    for name, number in links.items():
        (root / name / "ns").mkdir(parents=True)
        (root / name / "ns" / "net").symlink_to("net:[%d]" % number)
    return _host_files.Roots(str(root), str(root))


def test_other_namespaces_are_counted(tmp_path):
    roots = namespaces(tmp_path, {"self": 5, "1": 5, "2": 6, "3": 6, "4": 7, "notes": 8})
    assert _find.own(str(tmp_path)) == 5
    assert _find.others(roots, 5) == 2


def test_namespace_unknown(tmp_path):
    assert _find.own(str(tmp_path)) is None
    assert _find.others(_host_files.Roots(str(tmp_path), str(tmp_path)), None) is None


def test_names_of_ip_netns_that_are_not_mounted_are_no_namespaces(tmp_path):
    roots = namespaces(tmp_path, {"1": 5})
    (tmp_path / "run" / "netns").mkdir(parents=True)
    (tmp_path / "run" / "netns" / "left-over").write_text("")
    assert _find.others(roots, 5) == 0


@pytest.mark.parametrize(("link", "expected"), [("pid:[4026531836]", True), ("pid:[4026532000]", False), (None, True)])
def test_whole_host(tmp_path, link, expected):
    (tmp_path / "self" / "ns").mkdir(parents=True)
    if link is not None:
        (tmp_path / "self" / "ns" / "pid").symlink_to(link)
    assert _find.whole_host(str(tmp_path)) is expected
