# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host at two times: widened is what is reached from further away, and moved what is not."""

from __future__ import annotations

import time
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import compare
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import address, document
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named

_ADDRESSES = ("127.0.0.1", "127.0.0.2", "169.254.0.5", "10.0.0.5", "10.0.0.6", "8.8.8.8")
JAVA = owner_named("java")


def _document(*seen: Listener) -> dict[str, t.Any]:
    made = document("web1", policy="0" * 64)
    made["host"]["addresses"] = [address(it) for it in _ADDRESSES]
    return {**made, "listeners": [to_dict(it) for it in seen]}


def _changes(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    old, new = ([listener(8080, JAVA, address=it) for it in addresses] for addresses in (before, after))
    return [change.kind for change in compare(_document(*old), _document(*new)).changes]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        pytest.param(("10.0.0.5",), ("10.0.0.5",), [], id="the same"),
        pytest.param(("127.0.0.1",), ("127.0.0.2",), ["moved"], id="as far as before: host"),
        pytest.param(("10.0.0.5",), ("10.0.0.6",), ["moved"], id="as far as before: private"),
        pytest.param(("127.0.0.1",), ("169.254.0.5",), ["widened"], id="host to link"),
        pytest.param(("169.254.0.5",), ("10.0.0.5",), ["widened"], id="link to private"),
        pytest.param(("10.0.0.5",), ("8.8.8.8",), ["widened"], id="private to public"),
        pytest.param(("127.0.0.1",), ("0.0.0.0",), ["widened"], id="to the wildcard"),
        pytest.param(("8.8.8.8",), ("10.0.0.5",), ["moved"], id="narrower"),
        pytest.param(("8.8.8.8", "127.0.0.1"), ("10.0.0.5",), ["moved", "closed"], id="from the widest of several"),
    ],
)
def test_reach(before: tuple[str, ...], after: tuple[str, ...], kinds: list[str]) -> None:
    assert _changes(before, after) == kinds


def _as(**changes: t.Any) -> Listener:
    """A listener of Java, on every address unless told."""
    return listener(8080, JAVA, **changes)


UNKNOWN: dict[str, t.Any] = {"owners": (), "owners_complete": False, "owner_status": "denied"}
NAMELESS: dict[str, t.Any] = {"owners": (owner_named("x")._replace(exe=None, name=None),)}
NOBODY: dict[str, t.Any] = {**UNKNOWN, "owner_status": "unattributed"}
KERNEL: dict[str, t.Any] = {**UNKNOWN, "owner_status": "kernel"}


@pytest.mark.parametrize(
    ("before", "after", "told", "doubts"),
    [
        pytest.param(_as(), _as(), [], [], id="the same owner"),
        pytest.param(_as(**UNKNOWN), _as(), [], ["replaced"], id="not known before"),
        pytest.param(_as(), _as(**UNKNOWN), [], ["replaced"], id="not known now"),
        pytest.param(_as(**UNKNOWN), _as(**UNKNOWN), [], ["replaced"], id="not known in either"),
        pytest.param(_as(), _as(**NAMELESS), [], ["replaced"], id="an owner that was not read"),
        pytest.param(_as(), _as(owners_complete=False), [], ["replaced"], id="others may hold it too"),
        pytest.param(
            _as(), _as(owners=(owner_named("x"),), owners_complete=False), ["replaced"], [], id="another, and more"
        ),
        pytest.param(_as(), _as(**NOBODY), ["replaced"], [], id="no process holds it any more"),
        pytest.param(_as(**NOBODY), _as(**NOBODY), [], [], id="no process in either"),
        pytest.param(_as(**KERNEL), _as(**KERNEL), [], [], id="the kernel in both"),
        pytest.param(
            _as(**UNKNOWN, address="127.0.0.1"),
            _as(**UNKNOWN),
            ["widened"],
            ["opened", "closed"],
            id="bound anew, by somebody not known",
        ),
        pytest.param(
            _as(**UNKNOWN, address="127.0.0.1"), _as(), ["opened", "closed"], ["widened"], id="perhaps bound wider"
        ),
        pytest.param(_as(), _as(**UNKNOWN, address="10.0.0.5"), ["opened", "closed"], ["moved"], id="perhaps moved"),
    ],
)
def test_what_may_have_changed(before: Listener, after: Listener, told: list[str], doubts: list[str]) -> None:
    found = compare(_document(before), _document(after))
    assert [change.kind for change in found.changes] == told
    assert list(found.doubts) == doubts


def test_doubts_name_ports_and_say_what_to_do() -> None:
    seen = [listener(port, JAVA)._replace(**UNKNOWN) for port in range(8080, 8087)]
    number, said = compare(_document(*seen), _document(*seen)).doubts["replaced"]
    assert number == len(seen)
    assert said == (
        "it is unknown whether 8080/tcp, 8081/tcp, 8082/tcp, 8083/tcp, 8084/tcp and 2 more changed the owner: "
        "not all owners were read in both runs: audit with become and owners: all in both runs"
    )


SERVICE = owner_named("mountd", unit="nfs-mountd.service")
LOGIN = owner_named("python3", unit="session-3.scope")
OF_USER = owner_named("python3", unit="user@1000.service")


def _statd(port: int, *, protocol: str = "udp", address: str = "127.0.0.1") -> Listener:
    return listener(port, SERVICE, protocol=protocol, address=address)


def _ephemeral(port: int, *owners: t.Any, **changes: t.Any) -> Listener:
    return listener(port, *(owners or (SERVICE,)), ephemeral=True, **changes)


@pytest.mark.parametrize(
    ("before", "after", "told", "doubts"),
    [
        pytest.param([_ephemeral(40001)], [_ephemeral(50001)], [], [], id="another port after a restart"),
        pytest.param(
            [_ephemeral(40001, **NOBODY)],
            [_ephemeral(50001, **NOBODY)],
            [],
            ["opened", "closed"],
            id="no process in either, such as lockd",
        ),
        pytest.param([_ephemeral(40001, **NOBODY)], [_ephemeral(50001)], ["opened", "closed"], [], id="a process now"),
        pytest.param([], [_ephemeral(50001, **NOBODY)], ["opened"], [], id="no process, and new"),
        pytest.param([_statd(905)], [_statd(792)], [], [], id="a privileged port of UDP on loopback"),
        pytest.param([_statd(905)], [_statd(1024)], ["opened", "closed"], [], id="no privileged port"),
        pytest.param(
            [_statd(905, address="0.0.0.0")],
            [_statd(792, address="0.0.0.0")],
            ["opened", "closed"],
            [],
            id="a privileged port that others reach",
        ),
        pytest.param(
            [_statd(905, protocol="tcp")],
            [_statd(792, protocol="tcp")],
            ["opened", "closed"],
            [],
            id="a privileged port of TCP",
        ),
        pytest.param(
            [_ephemeral(40001), _ephemeral(40002)], [_ephemeral(50001), _ephemeral(50002)], [], [], id="two of them"
        ),
        pytest.param(
            [_ephemeral(40001)], [_ephemeral(50001), _ephemeral(50002)], ["opened"], [], id="one more of them"
        ),
        pytest.param(
            [_ephemeral(40001), _ephemeral(40002)], [_ephemeral(50001)], ["closed"], [], id="one of them less"
        ),
        pytest.param(
            [_ephemeral(40001, address="127.0.0.1")],
            [_ephemeral(50001)],
            ["opened", "closed"],
            [],
            id="at another address too",
        ),
        pytest.param(
            [_ephemeral(40001)], [listener(5000, SERVICE)], ["opened", "closed"], [], id="a port of its own now"
        ),
        pytest.param(
            [_ephemeral(40001)],
            [_ephemeral(50001, JAVA)],
            ["opened", "closed"],
            [],
            id="another program, of no service",
        ),
        pytest.param(
            [_ephemeral(40001)],
            [_ephemeral(50001, SERVICE._replace(exe="/opt/x"))],
            ["opened", "closed"],
            [],
            id="another program of the service",
        ),
        pytest.param(
            [_ephemeral(40001, LOGIN)], [_ephemeral(50001, LOGIN)], ["opened", "closed"], [], id="somebody logged in"
        ),
        pytest.param(
            [_ephemeral(40001, OF_USER)],
            [_ephemeral(50001, OF_USER)],
            ["opened", "closed"],
            [],
            id="any program of a user's service manager",
        ),
        pytest.param([_ephemeral(40001, **KERNEL)], [_ephemeral(50001, **KERNEL)], [], [], id="the kernel"),
        pytest.param(
            [_ephemeral(40001, **UNKNOWN)],
            [_ephemeral(50001, **UNKNOWN)],
            [],
            ["opened", "closed"],
            id="not known whose",
        ),
        pytest.param(
            [_ephemeral(40001, **UNKNOWN)], [_ephemeral(50001)], [], ["opened", "closed"], id="now it is known"
        ),
        pytest.param([], [_ephemeral(50001, **UNKNOWN)], ["opened"], [], id="not known whose, and nothing before"),
        pytest.param(
            [_ephemeral(40001)],
            [_ephemeral(50001, owners_complete=False)],
            [],
            ["opened", "closed"],
            id="perhaps others too",
        ),
        pytest.param(
            [_ephemeral(40001, protocol="sctp")], [_ephemeral(50001)], ["opened", "closed"], [], id="another protocol"
        ),
    ],
)
def test_a_service_on_ephemeral_ports(
    before: list[Listener], after: list[Listener], told: list[str], doubts: list[str]
) -> None:
    found = compare(_document(*before), _document(*after))
    assert [change.kind for change in found.changes] == told
    assert list(found.doubts) == doubts


MANY = 3_000  # as in evidence of 2 MB
DENIED = {"owners_complete": False}


def _on(number: int) -> str:
    """An address of the host's own for each number."""
    return f"127.{number >> 16}.{number >> 8 & 255}.{number & 255}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(lambda at: _ephemeral(at + 1), lambda at: _ephemeral(at + 30_001), id="a service with many ports"),
        pytest.param(
            lambda at: _ephemeral(at + 1, **UNKNOWN),
            lambda at: _ephemeral(at + 30_001, **UNKNOWN),
            id="not known whose",
        ),
        pytest.param(
            lambda at: _as(address=_on(at)), lambda at: _as(address=_on(at + MANY)), id="a port at many addresses"
        ),
        pytest.param(
            lambda at: _as(address=_on(at), **DENIED),
            lambda at: listener(8080, SERVICE, address=_on(at + MANY), **DENIED),
            id="perhaps of somebody else",
        ),
        pytest.param(
            lambda at: listener(80, owner_named(f"a{at}")),
            lambda at: listener(80, owner_named(f"b{at}")),
            id="one place",
        ),
    ],
)
def test_many_listeners_take_time_in_proportion(
    before: t.Callable[[int], Listener], after: t.Callable[[int], Listener]
) -> None:
    old, new = (_document(*map(made, range(MANY))) for made in (before, after))
    begun = time.process_time()
    compare(old, new)
    assert time.process_time() - begun < 4


def test_each_listener_that_may_have_moved_is_counted_once() -> None:
    old = [_as(address=_on(at), **DENIED) for at in range(3)]
    new = [listener(8080, SERVICE, address=_on(at), **DENIED) for at in range(3, 5)]
    found = compare(_document(*old), _document(*new)).doubts
    assert {kind: number for kind, (number, _said) in found.items()} == {"moved": 2}
