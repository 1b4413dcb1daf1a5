# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled registry is held to facts that are known about IANA's."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


def test_is_read_once(registry):
    assert Registry.load() is registry


def test_tells_its_date_and_size(registry):
    assert registry.snapshot == "2026-06"
    assert registry.rows == 12612


@pytest.mark.parametrize(
    ("port", "protocol", "status", "name"),
    [
        pytest.param(603, "tcp", "assigned", "idxp", id="603-tcp-is-assigned-RFC-4767"),
        pytest.param(603, "udp", "assigned", "idxp", id="603-udp-is-assigned-RFC-4767"),
        pytest.param(81, "tcp", "unassigned", None, id="81"),
        pytest.param(81, "udp", "unassigned", None, id="81-udp"),
        pytest.param(100, "tcp", "unassigned", None, id="100"),
        pytest.param(15, "tcp", "unassigned", None, id="15-was-netstat"),
        pytest.param(0, "tcp", "reserved", None, id="0"),
        pytest.param(225, "tcp", "reserved", None, id="first-of-a-reserved-range"),
        pytest.param(241, "dccp", "reserved", None, id="last-of-a-reserved-range-for-all-transports"),
        pytest.param(249, "tcp", "reserved", None, id="another-reserved-range"),
        pytest.param(6064, "tcp", "assigned", "ndl-ahp-svc", id="beyond-a-range"),
        pytest.param(1023, "tcp", "reserved", None, id="1023"),
        pytest.param(1024, "udp", "reserved", None, id="1024"),
        pytest.param(49151, "tcp", "reserved", None, id="49151"),
        pytest.param(6000, "tcp", "assigned", "x11", id="x11-first"),
        pytest.param(6063, "udp", "assigned", "x11", id="x11-last"),
        pytest.param(3325, "sctp", "assigned", "active-net", id="range-without-transport"),
        pytest.param(80, "tcp", "assigned", "http", id="primary-name"),
        pytest.param(4789, "udp", "assigned", "vxlan", id="vxlan"),
        pytest.param(4789, "udplite", "assigned", "vxlan", id="udplite-has-udp's"),
        pytest.param(4789, "tcp", "reserved", None, id="vxlan-tcp"),
        pytest.param(6667, "tcp", "assigned", "ircu", id="range-of-one-transport"),
        pytest.param(6667, "udp", "reserved", None, id="same-range-reserved-for-the-other"),
        pytest.param(585, "tcp", "reserved", None, id="de-registered"),
        pytest.param(24, "tcp", "reserved", None, id="no-service-name"),
        pytest.param(2999, "tcp", "assigned", "remoteware-un", id="named-though-it-says-unassigned"),
        pytest.param(22, "sctp", "assigned", "ssh", id="sctp"),
        pytest.param(49152, "tcp", "dynamic", None, id="first-dynamic"),
        pytest.param(65535, "udp", "dynamic", None, id="last-dynamic"),
    ],
)
def test_status(registry, port, protocol, status, name):
    answer = registry.status(port, protocol)
    assert (answer.status, answer.name, answer.port, answer.protocol) == (status, name, port, protocol)


@pytest.mark.parametrize("port", range(225, 242))
def test_reserved_range_holds_for_each_port_in_it(registry, port):
    assert registry.status(port, "tcp").status == "reserved"


@pytest.mark.parametrize("port", range(6000, 6064))
def test_x11(registry, port):
    assert registry.status(port, "tcp").name == "x11"


@pytest.mark.parametrize(("protocol", "unassigned"), [("tcp", 284), ("udp", 282)])
def test_unassigned_system_ports(registry, protocol, unassigned):
    assert sum(registry.status(port, protocol).status == "unassigned" for port in range(1024)) == unassigned


@pytest.mark.parametrize(
    ("port", "expected"),
    [(0, "system"), (1023, "system"), (1024, "user"), (49151, "user"), (49152, "dynamic"), (65535, "dynamic")],
)
def test_range(registry, port, expected):
    assert registry.status(port, "tcp").range == expected


@pytest.mark.parametrize(("port", "words"), [(585, "De-registered"), (1023, "Reserved"), (81, None), (50000, None)])
def test_words_of_what_is_not_assigned(registry, port, words):
    assert registry.status(port, "tcp").description == words


def test_aliases_and_words(registry):
    answer = registry.status(80, "tcp")
    assert answer.aliases == ("www", "www-http")
    assert answer.description == "World Wide Web HTTP"


@pytest.mark.parametrize(
    ("port", "protocol", "words"),
    [
        pytest.param(-1, "tcp", "-1 is not a port", id="below"),
        pytest.param(65536, "tcp", "65536 is not a port", id="above"),
        pytest.param(22, "icmp", "'icmp' is not a protocol with ports", id="protocol"),
        pytest.param(22, "TCP", "'TCP' is not a protocol with ports", id="case"),
    ],
)
def test_refuses(registry, port, protocol, words):
    with pytest.raises(ValueError, match=words):
        registry.status(port, protocol)


@pytest.mark.parametrize(
    ("name", "protocol", "ports"),
    [
        pytest.param("https", "tcp", ((443, 443),), id="name"),
        pytest.param("www", "tcp", ((80, 80),), id="alias"),
        pytest.param("HTTP", "tcp", ((80, 80),), id="case"),
        pytest.param("x11", "udp", ((6000, 6063),), id="range"),
        pytest.param("vxlan", "udp", ((4789, 4789),), id="one-transport"),
        pytest.param("vxlan", "tcp", (), id="not-for-this-transport"),
        pytest.param("vxlan", "udplite", ((4789, 4789),), id="udplite"),
        pytest.param("no-such-service", "tcp", (), id="unknown"),
    ],
)
def test_ports_of_a_name(registry, name, protocol, ports):
    assert registry.ports(name, protocol) == ports


def test_names_like(registry):
    assert registry.names_like("htps")[0] == "https"
    assert registry.names_like("postgress") == ["postgresql"]
    assert registry.names_like("qqqqqqqqqqqq") == []


HEAD = '{"format": 1, "snapshot": "2026-06", "rows": 3, "entries": ['
ECHO, RANGE, AGAIN = '["tu", 7, 7, "echo", "Echo"]', '["tu", 20, 29, "wide", ""]', '["t", 22, 22, "ssh", "Shell"]'


def test_reads_its_own_layout():
    registry = Registry("\n".join([HEAD, f"{ECHO},", f"{RANGE},", AGAIN, "]}", ""]))
    assert registry.status(7, "udp").description == "Echo"
    assert registry.status(8, "udp").status == "unassigned"
    assert (registry.status(22, "tcp").name, registry.status(22, "tcp").aliases) == ("wide", ("ssh",))
    assert [registry.status(port, "udp").name for port in (19, 20, 29, 30)] == [None, "wide", "wide", None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(HEAD.replace("1", "2", 1) + "\n]}", "format 2", id="another format"),
        pytest.param("", "Expecting value|Extra data", id="nothing"),
        pytest.param("registry", "Expecting value", id="something else"),
        pytest.param(HEAD, "damaged", id="cut off after the head"),
        pytest.param(f"{HEAD}\n{ECHO}", "damaged", id="cut off after an entry"),
        pytest.param("\n".join([HEAD, ECHO[:9], "]}"]), "damaged", id="half an entry"),
        pytest.param(f"{HEAD}\n{ECHO},\n{RANGE[:9]}", "damaged", id="cut off within an entry"),
    ],
)
def test_refuses_other_data(text, message):
    with pytest.raises(ValueError, match=message):
        Registry(text)
