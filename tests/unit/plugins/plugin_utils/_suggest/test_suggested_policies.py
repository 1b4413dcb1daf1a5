# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet shows, and the rules that are suggested for it: few, and none that approves more than was seen."""

from __future__ import annotations

import time
import typing as t

import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import HostResult
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._fleet_uses import (
    Fleet,
    PortRange,
    Sightings,
    Use,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._identity import Identity
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._policy_text import Ids, policy_text
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._suggest import Suggestion, suggest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._suggested_rules import drafts
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import address, document
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import codes, host_facts, judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    listener,
    owner,
    owner_named,
    published,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import REGISTRY, loaded

WIDE = "0.0.0.0"
EPHEMERAL = "32768-65535"


def made_document(name: str, seen: t.Iterable[Listener]) -> dict[str, t.Any]:
    made = document(name, policy="0" * 64, groups=["web"])
    made["host"]["addresses"] = [address("10.0.0.5")]
    return {**made, "listeners": [to_dict(one) for one in seen]}


def suggested_text(documents: t.Sequence[dict[str, t.Any]]) -> str:
    """The policy for these documents."""
    texts: list[str] = []

    def made_judge(suggestion: Suggestion) -> Judge:
        texts.append(policy_text(suggestion, name="on", registry=REGISTRY, sources=["run"]))
        return Judge(loaded(yaml.safe_load(texts[-1])), REGISTRY)

    suggest(lambda: iter(documents), judge=made_judge)
    return texts[-1]


def suggested(**hosts: list[Listener]) -> str:
    """The policy for these hosts, as text."""
    return suggested_text([made_document(name, seen) for name, seen in hosts.items()])


def rules(**hosts: list[Listener]) -> list[dict[str, t.Any]]:
    """Port, state, process and hosts of each rule."""
    found = yaml.safe_load(suggested(**hosts))["rules"]
    shown = ("port", "state", "process", "applies_to")
    return [{key: rule[key] for key in shown if key in rule} for rule in found]


def judged(text: str, *seen: Listener) -> HostResult:
    return judge(loaded(yaml.safe_load(text)), *seen, facts=host_facts("web1"))


def service(name: str, exe: str, port: int, **changes: t.Any) -> Listener:
    one = owner_named(name, exe, unit=f"{name}.service", user="root")
    return listener(port, one, address=WIDE, **changes)


MOUNTD = service("mountd", "/usr/sbin/rpc.mountd", 40001, ephemeral=True)
CONTAINERD = service("containerd", "/usr/bin/containerd", 41234, ephemeral=True)
LIAR = listener(8080, owner_named("x", uid=5, user="root"), address=WIDE)
PUBLISHED = published(8080, address=WIDE)
LOCKD = unowned("kernel", 39999, ephemeral=True)


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        pytest.param(
            {"web1": [MOUNTD, CONTAINERD]},
            [
                {"port": EPHEMERAL, "process": {"exe": exe, "user": "root", "unit": unit}}
                for exe, unit in (
                    ("/usr/bin/containerd", "containerd.service"),
                    ("/usr/sbin/rpc.mountd", "mountd.service"),
                )
            ],
            id="services on ephemeral ports: each by its program",
        ),
        pytest.param(
            {"web1": [unowned("kernel", 2049), LOCKD]},
            [{"port": [2049, EPHEMERAL], "state": "kernel"}],
            id="the kernel",
        ),
        pytest.param(
            {
                "web1": [service("app", "/usr/bin/python3.11", 8000)],
                "web2": [service("app", "/usr/bin/python3.13", 8000)],
            },
            [{"port": 8000, "process": {"user": "root", "unit": "app.service"}}],
            id="two releases of one service: by its unit",
        ),
        pytest.param(
            {
                "web1": [service("app", "/usr/bin/python3.11", 8000), service("app", "/usr/bin/python3.11", 9000)],
                "web2": [service("app", "/usr/bin/python3.13", 8000)],
            },
            [
                {"port": 8000, "process": {"user": "root", "unit": "app.service"}},
                {
                    "port": 9000,
                    "process": {"user": "root", "unit": "app.service"},
                    "applies_to": {"hosts": ["web1"]},
                },
            ],
            id="two releases, and a port of one host: its unit there too",
        ),
        pytest.param(
            {
                **{f"web{at}": [service("app", "/usr/bin/a", 8000)] for at in range(1, 4)},
                "web4": [service("app", "/opt/x", 8000)],
            },
            [
                {"port": 8000, "process": {"exe": "/usr/bin/a", "user": "root", "unit": "app.service"}},
                {
                    "port": 8000,
                    "process": {"exe": "/opt/x", "user": "root", "unit": "app.service"},
                    "applies_to": {"hosts": ["web4"]},
                },
            ],
            id="another program of a service on one host: an outlier",
        ),
        pytest.param(
            {"web1": [service("app", "/usr/bin/a", 12345, ephemeral=True)]},
            [{"port": 12345, "process": {"exe": "/usr/bin/a", "user": "root", "unit": "app.service"}}],
            id="a host with other ephemeral ports: its port, by its program",
        ),
        pytest.param(
            {"web1": [LIAR, PUBLISHED]},
            [
                {"port": 8080, "state": "published"},
                {"port": 8080, "state": "socket", "applies_to": {"hosts": ["web1"]}},
            ],
            id="a host that contradicts itself: by number, and what is published too",
        ),
        pytest.param(
            {"web1": [service("app", "/usr/bin/a", 8000), service("app", "/usr/bin/b", 8001)]},
            [
                {"port": port, "process": {"exe": exe, "user": "root", "unit": "app.service"}}
                for port, exe in ((8000, "/usr/bin/a"), (8001, "/usr/bin/b"))
            ],
            id="two programs of one service on one host: by each",
        ),
        pytest.param(
            {
                "web1": [listener(8000, owner_named("x", "/usr/bin/socat"), address=WIDE)],
                "web2": [listener(8000, owner_named("x", "/usr/bin/socat1"), address=WIDE)],
            },
            [{"port": 8000, "process": {"exe": ["/usr/bin/socat", "/usr/bin/socat1"], "user": "root"}}],
            id="two releases of a program without a unit: by both paths",
        ),
        pytest.param(
            {
                "web1": [listener(8000, owner_named("x", "/usr/bin/socat"), address=WIDE)],
                "web2": [listener(8000, owner_named("x", "/usr/bin/java"), address=WIDE)],
            },
            [
                {"port": 8000, "process": {"exe": exe, "user": "root"}, "applies_to": {"hosts": [host]}}
                for host, exe in (("web1", "/usr/bin/socat"), ("web2", "/usr/bin/java"))
            ],
            id="other programs without a unit: each on its host",
        ),
        pytest.param(
            {"web1": [unowned("denied", 8000, address=WIDE)], "web2": [unowned("denied", 8000, address=WIDE)]},
            [{"port": 8000, "state": "socket"}],
            id="nobody was seen: by number",
        ),
        pytest.param(
            {
                "web1": [service("app", "/usr/bin/a", 8000)],
                "web2": [unowned("denied", 8000, address=WIDE)],
                "web3": [unowned("denied", 8000, address=WIDE)],
            },
            [
                {
                    "port": 8000,
                    "process": {"exe": "/usr/bin/a", "user": "root", "unit": "app.service"},
                    "applies_to": {"hosts": ["web1"]},
                },
                {"port": 8000, "state": "socket", "applies_to": {"hosts": ["web2", "web3"]}},
            ],
            id="by number only where nobody was seen",
        ),
    ],
)
def test_rules(hosts: dict[str, list[Listener]], expected: list[dict[str, t.Any]]) -> None:
    assert rules(**hosts) == expected


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([MOUNTD._replace(port=50123), CONTAINERD._replace(port=33333)], id="services"),
        pytest.param([LOCKD._replace(port=50124)], id="the kernel"),
    ],
)
def test_a_suggestion_passes_the_same_host_after_a_reboot(after: list[Listener]) -> None:
    text = suggested(web1=[MOUNTD, CONTAINERD, LOCKD])
    assert codes(judged(text, *after)) == []


def test_a_user_on_a_port_of_others_does_not_pass() -> None:
    """Neither on a port of the kernel, nor on one that a packet filter publishes, nor on an ephemeral one."""
    text = suggested(web1=[MOUNTD, LOCKD, unowned("kernel", 2049), PUBLISHED])
    shell = owner(name="nc", exe="/usr/bin/nc", unit="session-3.scope", uid=1000, user="joe")
    for port in (2049, 8080, 40001):
        found = codes(judged(text, listener(port, shell, address=WIDE)))
        assert [code for code, _verdict in found] == ["wrong-owner"], port


def test_many_ports_take_time_in_proportion() -> None:
    fleet, ids = Fleet(), Ids()
    hosts = [fleet.number(name, ["web"]) for name in ("web1", "web2")]
    ports = [PortRange("tcp", port, port) for port in range(1, 10_001)]
    holders = [(Identity(exe=("/usr/bin/a",)), hosts[0]), (None, hosts[1])]
    uses = {Use(one, who): Sightings({host: 3}, {f"{one}"}) for one in ports for who, host in holders}
    begun = time.process_time()
    assert len(drafts(uses, fleet)) > len(ports)
    assert len({ids.new("a") for _port in ports}) == len(ports)
    assert time.process_time() - begun < 5


def test_risks_stand_above_the_rules() -> None:
    text = suggested(
        web1=[unowned("denied", 9, address=WIDE), service("app", "/usr/bin/a", 81), service("b", "/usr/bin/b", 80)],
        web2=[service("b", "/usr/bin/b", 80)],
        web3=[service("b", "/usr/bin/b", 80)],
    )
    head = [line for line in text.split("rules:")[0].splitlines() if line.startswith("# - ")]
    assert head == [
        "# - web1-discard: any process passes by its port number, only on web1",
        "# - web1-a: 81/tcp is unassigned at IANA, only on web1",
    ]
