# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every format calls a listener, in which order it shows it, and how many names it gives."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._finding_codes import CODES
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.text import _labels
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    NAMESPACE,
    SSHD,
    listener,
    owner,
    owner_named,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import REGISTRY
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import passed


@pytest.mark.parametrize("name", [one.name for one in CODES])
def test_every_code_has_a_title(name: str) -> None:
    assert _labels.code(name) not in ("", name)


def test_a_code_of_a_later_version_stands_for_itself() -> None:
    assert _labels.code("later") == "later"


LABELS = [
    pytest.param(_labels.exe, listener(22, SSHD, JAVA, SSHD), "/usr/sbin/sshd, /usr/bin/java", id="executables, once"),
    pytest.param(_labels.exe, listener(22, owner(exe_deleted=True)), "/usr/sbin/sshd (deleted)", id="deleted"),
    pytest.param(_labels.exe, listener(22, owner(exe=None)), None, id="no executable that was read"),
    pytest.param(_labels.exe, unowned("denied"), None, id="nobody's executable"),
    pytest.param(_labels.user, listener(22, SSHD, JAVA), "root, app", id="users"),
    pytest.param(_labels.user, listener(22, owner(user=None, uid=7)), "uid 7", id="a user without a name"),
    pytest.param(_labels.user, unowned("denied", uid=7), "uid 7", id="the creator, without an owner"),
    pytest.param(_labels.user, unowned("denied", uid=7, user="web"), "web", id="the creator by name"),
    pytest.param(_labels.user, listener(22, SSHD, user="web"), "root", id="the owner before the creator"),
    pytest.param(_labels.user, unowned("denied"), None, id="nobody"),
    pytest.param(_labels.unit, listener(22, SSHD), "ssh.service", id="a unit"),
    pytest.param(_labels.unit, unowned("denied", container="ab" * 32), "container abababababab", id="container"),
    pytest.param(_labels.unit, listener(22, owner_named("x")), None, id="no unit"),
    pytest.param(_labels.address, listener(22, address="::"), "::", id="an address"),
    pytest.param(_labels.address, listener(22, device="eth1"), "0.0.0.0 on eth1", id="an address on a device"),
]


@pytest.mark.parametrize(
    ("seen", "host", "expected"),
    [
        pytest.param(listener(80), NAMESPACE, None, id="the host itself"),
        pytest.param(listener(80), NAMESPACE + 1, f"network namespace {NAMESPACE}", id="another namespace"),
        pytest.param(listener(80), None, None, id="the host's own is not known"),
        pytest.param(listener(80, namespace=None), NAMESPACE, None, id="its own is not known"),
        pytest.param(
            listener(80, container="ab" * 32, engine="podman"), NAMESPACE + 1, "podman abababababab", id="a container"
        ),
        pytest.param(
            listener(80, container="m1", engine=None), NAMESPACE, "container m1", id="a container on the host's network"
        ),
    ],
)
def test_inside(seen: Listener, host: int | None, expected: str | None) -> None:
    assert _labels.inside(seen, host) == expected


@pytest.mark.parametrize(("label", "seen", "expected"), LABELS)
def test_labels(label: t.Callable[[Listener], str | None], seen: Listener, expected: str | None) -> None:
    assert label(seen) == expected


@pytest.mark.parametrize(
    ("port", "protocol", "expected"),
    [
        (22, "tcp", "assigned: ssh"),
        (81, "tcp", "unassigned"),
        (323, "udp", "reserved"),
        (50000, "tcp", "dynamic"),
    ],
)
def test_what_iana_says(port: int, protocol: str, expected: str) -> None:
    assert _labels.registry(REGISTRY.status(port, protocol)) == expected


def test_who_holds_it() -> None:
    missing = Finding("missing-listener", "fail", "high", "nothing listens", owner="sshd")
    assert _labels.owner(passed(listener(22, SSHD, JAVA))) == "java, sshd"
    assert _labels.owner(passed(unowned("kernel"))) == "the kernel"
    assert (_labels.owner(None, missing), _labels.owner(None)) == ("sshd", None)
