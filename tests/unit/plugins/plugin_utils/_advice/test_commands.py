# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands are offered where they are safe to copy: no name of a host is in one but a plain one."""

from __future__ import annotations

import shlex

import pytest
from ansible_collections.fleetports.compliance.tests.unit.factories.advised import advised, commands, report
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    PROXY,
    listener,
    owner,
    owner_named,
    published,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule

CONTAINER = "7c9e6a1f0b7d" * 5
SHOW = "sudo ss -lntp 'sport = :8081'"


def _contained(engine: str, container: str = CONTAINER):
    return listener(
        8081, owner(JAVA, container=container, engine=engine), container=container, engine=engine, unit=None
    )


def _in_unit(unit: str | None, **changes: object):
    return listener(8081, owner(JAVA, unit=unit), **{"unit": unit, **changes})


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(_in_unit("app.service"), ["sudo systemctl disable --now app.service"], id="unit"),
        pytest.param(_in_unit("app@1.service"), ["sudo systemctl disable --now app@1.service"], id="instance"),
        pytest.param(
            _in_unit("app.service", socket_unit="app.socket"),
            ["sudo systemctl disable --now app.service app.socket"],
            id="socket activation",
        ),
        pytest.param(_in_unit(None), [SHOW], id="no unit"),
        pytest.param(_in_unit("ssh.service"), [SHOW], id="the way to the host"),
        pytest.param(_in_unit("auditd.service"), [SHOW], id="a guard"),
        pytest.param(published(8081, published_by="ipvs"), [SHOW], id="IPVS"),
        pytest.param(_in_unit("inetd.service"), [SHOW], id="what starts others"),
        pytest.param(_in_unit("systemd-resolved.service"), [SHOW], id="part of the system"),
        pytest.param(_in_unit("run-r1.service"), [SHOW], id="named by chance"),
        pytest.param(_in_unit("user@1000.service"), [SHOW], id="all of a user's"),
        pytest.param(_in_unit("session-3.scope"), [SHOW], id="a session"),
        pytest.param(_in_unit("app.service", unit_conflict="b.service"), [SHOW], id="units that disagree"),
        pytest.param(_contained("docker"), ["sudo docker stop 7c9e6a1f0b7d"], id="Docker"),
        pytest.param(_contained("podman"), ["podman stop 7c9e6a1f0b7d"], id="Podman"),
        pytest.param(_contained("containerd"), [SHOW], id="an engine without a command of ours"),
        pytest.param(_contained("docker", "$(reboot)"), [SHOW], id="a container that is none"),
        pytest.param(listener(8081, PROXY), ["sudo docker ps --filter publish=8081/tcp"], id="Docker's proxy"),
        pytest.param(published(8081), ["sudo docker ps --filter publish=8081/tcp"], id="published"),
        pytest.param(unowned("denied", 8081), [SHOW], id="nobody seen"),
        pytest.param(unowned("denied", 8081, protocol="udp"), ["sudo ss -lnup 'sport = :8081'"], id="UDP"),
        pytest.param(unowned("denied", 8081, protocol="dccp"), [], id="what ss does not know"),
    ],
)
def test_commands_by_who_listens(seen, expected):
    assert commands(advised(seen).advice) == expected


@pytest.mark.parametrize(
    "unit",
    [
        "a;reboot.service",
        "a b.service",
        "$(reboot).service",
        "`reboot`.service",
        "-x.service",
        "--root=.service",
        "x::error::y.service",
        "../a.service",
        "a\n.service",
        "a\u202e.service",
        "a*.service",
        "'.service",
        "a\\x2d.service",
        "a" * 300 + ".service",
        "caf\u00e9.service",
        "",
    ],
)
def test_a_unit_that_is_not_plain_is_in_no_command(unit):
    group = advised(_in_unit(unit))
    assert commands(group.advice) == [SHOW]


def test_every_command_is_the_same_with_and_without_quoting():
    """What a shell makes of it has no expansion, no second command and no option that a host chose."""
    seen = [_in_unit("app@1:x.service"), _contained("docker"), listener(8081, PROXY), unowned("denied", 8081)]
    for one in seen:
        (line,) = commands(advised(one).advice)
        assert shlex.join(shlex.split(line)) == line


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("redis.service", ["sudo systemctl enable --now redis.service"]),
        ("redis*.service", []),
        ("a;b.service", []),
        (None, []),
    ],
)
def test_what_is_missing_is_started_by_the_unit_of_its_rule(unit, expected):
    process = {"process": {"unit": unit}} if unit else {}
    assert commands(advised(by=policy(rule("6379/tcp", expect="required", **process))).advice) == expected


@pytest.mark.parametrize("platform", ["macos", "freebsd", "windows", "other"])
def test_commands_of_linux_are_for_linux(platform):
    """launchd and Windows have services that are named as units of systemd are."""
    names = {"here": platform}
    for seen in (_in_unit("com.example.service"), _contained("docker"), published(8081), listener(8081, PROXY)):
        (group,) = report({"here": [seen]}, platforms=names).groups.values()
        assert not [line for line in commands(group.advice) if "systemctl" in line or "docker" in line]
        (group,) = report({"there": [seen], "here": [seen]}, platforms=names).groups.values()
        assert not commands(group.advice)
    missing = policy(rule("8081/tcp", expect="required", process={"unit": "com.example.service"}))
    (group,) = report({"here": []}, missing, platforms=names).groups.values()
    assert not commands(group.advice)


@pytest.mark.parametrize(
    "unit",
    [
        *("dropbear.service", "network.service", "wickedd.service", "wg-quick@wg0.service", "openvpn@a.service"),
        *("k3s.service", "rke2-server.service", "cri-docker.socket", "snap.docker.dockerd.service", "lxd.service"),
        *("tailscaled.service", "systemd-journal-gatewayd.socket", "ssh@3-10.0.0.1:22.service"),
    ],
)
def test_what_the_host_needs_is_not_stopped(unit):
    assert commands(advised(_in_unit(unit)).advice) == [SHOW]


@pytest.mark.parametrize(
    "seen", [_in_unit(None), _contained("containerd"), unowned("denied", 8081)], ids=["unit", "container", "nobody"]
)
def test_sockets_of_another_network_namespace_are_not_looked_for_on_the_host(seen):
    assert commands(advised(seen._replace(namespace=7)).advice) == []


@pytest.mark.parametrize("unit", ["user@1000.service", "session-3.scope"])
def test_a_container_that_a_user_may_have_named_is_not_stopped_by_root(unit):
    """systemd gives users a part of the cgroups, and there one may be called docker-ID.scope as well."""
    seen = _contained("docker")
    assert commands(advised(seen._replace(unit=unit)).advice) == [SHOW]
    held = seen._replace(owners=(seen.owners[0]._replace(unit=unit),))
    assert commands(advised(held).advice) == [SHOW]


def test_a_unit_inside_of_a_container_is_not_stopped_on_the_host():
    inside = owner(JAVA, unit="app.service", container="web", engine="nspawn")
    assert commands(advised(listener(8081, inside, unit="app.service")).advice) == [SHOW]


def test_units_of_a_fleet():
    """A host that names another unit than the rest must not have it stopped on all of them."""
    fleet = {f"h{number}": [_in_unit("app.service")] for number in range(12)}
    (group,) = report(fleet).groups.values()
    assert commands(group.advice) == ["sudo systemctl disable --now app.service"]
    (group,) = report({**fleet, "bad": [_in_unit("backup.service")]}).groups.values()
    assert commands(group.advice) == [SHOW]


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        pytest.param(listener(6379, owner_named("redis-server")), "set bind 127.0.0.1 -::1 in redis.conf", id="hazard"),
        pytest.param(listener(8081, owner_named("nginx")), "set listen 127.0.0.1:8081 in its server block", id="nginx"),
        pytest.param(published(8081), "publish it as 127.0.0.1:8081:80 (docker run -p, ports of Compose)", id="Docker"),
        pytest.param(
            _in_unit("app.service", socket_unit="app.socket"),
            "set ListenStream= and ListenStream=127.0.0.1:8081 in its socket unit (systemctl edit)",
            id="socket",
        ),
        pytest.param(
            published(8081, published_to=("x:$(reboot)",)), "publish it as 127.0.0.1:8081:PORT", id="nonsense"
        ),
        pytest.param(
            published(8081, published_to=("10.0.0.2:\u0668\u0660",)), "publish it as 127.0.0.1:8081:PORT", id="digits"
        ),
        pytest.param(
            _in_unit("app.service", socket_unit="app.socket", protocol="sctp"), None, id="no key of a socket unit"
        ),
        pytest.param(listener(8081, JAVA), None, id="nothing known"),
        pytest.param(published(8081, published_by="ipvs"), None, id="IPVS"),
    ],
)
def test_how_to_bind_it_narrower(seen, said):
    found = advised(seen).advice.narrower
    assert found == said or (said and found and found.startswith(said))


def test_what_is_forbidden_is_not_bound_narrower():
    given = policy(rule("6379/tcp", expect="forbidden"))
    assert advised(listener(6379, owner_named("redis-server")), by=given).advice.narrower is None
