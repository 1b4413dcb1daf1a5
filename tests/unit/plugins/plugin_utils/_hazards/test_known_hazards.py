# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hazard a listener is, how that is known, and from which reach on it matters."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._known_hazards import Hazards
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import REACHES
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    PROXY,
    listener,
    owner,
    owner_named,
    published,
    unowned,
)

HAZARDS = Hazards.bundled()
PUBLIC = REACHES.index("public")
SVCHOST = owner(name="svchost.exe", exe=r"C:\Windows\System32\svchost.exe", unit="TermService")
ELASTIC = owner(JAVA, unit="elasticsearch.service")
LONG = owner_named("redis-server", exe="/opt/" + "redis-server" + "/redis-server")


@pytest.mark.parametrize(
    ("given", "name", "said"),
    [
        pytest.param(unowned("denied", 6379), "redis", "Port 6379/tcp is usually Redis: ", id="port alone"),
        pytest.param(listener(7777, LONG), "redis", "redis-server serves Redis: ", id="program on another port"),
        pytest.param(
            listener(7777, owner_named("x", exe="/usr/bin/redis-check-rdb")), "redis", "redis-check-rdb ", id="one file"
        ),
        pytest.param(
            listener(7777, owner_named("x", exe="/opt/multi", exe_alias="/usr/bin/etcd")), "etcd", "etcd ", id="alias"
        ),
        pytest.param(listener(6379, PROXY), "redis", "Port 6379/tcp is usually Redis: ", id="a relay says nothing"),
        pytest.param(
            listener(6379, owner_named("sshd")._replace(exe=None)),
            "redis",
            "Port 6379/tcp is usually Redis: ",
            id="a name that the process chose",
        ),
        pytest.param(
            listener(5005, JAVA, owner_named("curl")), "jdwp", "Port 5005/tcp is usually ", id="a child has its socket"
        ),
        pytest.param(listener(5005, JAVA), "jdwp", "Port 5005/tcp is usually the Java ", id="an interpreter neither"),
        pytest.param(
            listener(9999, ELASTIC), "elasticsearch", "Unit elasticsearch.service serves Elastic", id="unit of Java"
        ),
        pytest.param(
            unowned("denied", 9999, unit="etcd.service"), "etcd", "Unit etcd.service serves etcd: ", id="unit alone"
        ),
        pytest.param(listener(3389, SVCHOST), "rdp", "Unit TermService serves Remote Desktop: ", id="Windows"),
        pytest.param(
            published(8080, published_to=("10.0.0.2:6379",)),
            "redis",
            "It leads to port 6379, which is usually Redis: ",
            id="published port of another number",
        ),
        pytest.param(
            listener(8000, JAVA), "jdwp-8000", "java on port 8000/tcp is sometimes the Java debugger", id="sometimes"
        ),
        pytest.param(
            listener(9100, owner_named("node_exporter")), "prometheus-exporter", "node_exporter serves ", id="a glob"
        ),
        pytest.param(
            listener(9121, owner_named("redis_exporter"), unit="redis.service"),
            "prometheus-exporter",
            "redis_exporter serves ",
            id="the program says more than the unit",
        ),
        pytest.param(listener(9229, owner_named("node")), "node-inspector", "node serves the debugger", id="its port"),
        pytest.param(listener(445, owner_named("System", exe="System")), "smb", "Port 445/tcp is ", id="System"),
    ],
)
def test_what_a_listener_is(given, name, said):
    found = HAZARDS.of(given, PUBLIC)
    assert found is not None
    assert (found.hazard, found.why[: len(said)], found.why[-1]) == (name, said, ".")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(listener(6379), id="a program that is known to be another"),
        pytest.param(listener(3000, owner_named("node")), id="a debugger's program on another port"),
        pytest.param(listener(8000, owner_named("nginx")), id="a debugger's port of another program"),
        pytest.param(unowned("denied", 9999), id="a port of nobody"),
        pytest.param(listener(44818, JAVA, ephemeral=True), id="a port that chance gave"),
        pytest.param(unowned("denied", 6379, protocol="udp"), id="the port of another protocol"),
        pytest.param(listener(9323, owner_named("sshd"), unit="redis.service"), id="another program in its unit"),
        pytest.param(published(8080, published_to=("nonsense", "", "10.0.0.2:123456789")), id="targets of no sense"),
    ],
)
def test_what_is_none(given):
    assert HAZARDS.of(given, PUBLIC) is None


@pytest.mark.parametrize(
    ("port", "weights"),
    [
        (2375, [None, None, "critical", "critical"]),
        (6379, [None, None, "high", "critical"]),
        (5432, [None, None, None, "high"]),
    ],
)
def test_the_reach_from_which_it_matters(port, weights):
    found = [HAZARDS.of(unowned("denied", port), reach) for reach in range(len(REACHES))]
    assert [one and one.severity for one in found] == weights


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("x\n::error::x-exporter", id="a command for a CI system"),
        pytest.param("\x1b[2J-exporter", id="a terminal's"),
        pytest.param("x" * 5000 + "-exporter", id="a long one"),
        pytest.param("\udcff-exporter", id="no Unicode"),
    ],
)
def test_a_name_of_a_host_stays_on_one_line_and_short(name):
    found = HAZARDS.of(listener(9100, owner(JAVA, name=name, exe=None)), PUBLIC)
    assert found is not None
    assert found.why.isprintable()
    assert "::error::" not in found.why
    assert len(found.why) < 300
