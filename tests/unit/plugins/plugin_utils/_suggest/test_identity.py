# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a listener, in words that hold on every host; and nothing where a rule could not be true of it."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._identity import (
    Identity,
    exact_host_glob,
    host_glob,
    identity,
    literal,
    pairs,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    PROXY,
    SSHD,
    listener,
    owner,
    published,
    unowned,
)

CONTAINED = {"container": "ab" * 32, "exe_on_host": False}
LOST = {"exe": None}

HOLDERS = [
    pytest.param(listener(22), Identity(exe=("/usr/sbin/sshd",)), id="its executable"),
    pytest.param(listener(22, JAVA, SSHD), Identity(exe=("/usr/bin/java", "/usr/sbin/sshd")), id="both, sorted"),
    pytest.param(listener(22, SSHD, SSHD), Identity(exe=("/usr/sbin/sshd",)), id="workers are one"),
    pytest.param(listener(22, owner(exe="/opt/a[1]*")), Identity(exe=("/opt/a[[]1][*]",)), id="no pattern"),
    pytest.param(listener(22, owner(**LOST)), Identity(units=("ssh.service",)), id="a unit, without an executable"),
    pytest.param(listener(22, owner(exe_on_host=False)), Identity(units=("ssh.service",)), id="another file there"),
    pytest.param(listener(22, owner(**LOST, unit="session-3.scope"), unit=None), None, id="no service"),
    pytest.param(listener(22, owner(**LOST, unit="run-r1.service"), unit=None), None, id="a unit named by chance"),
    pytest.param(listener(22, owner(**LOST), unit="other.service"), None, id="another unit of the socket"),
    pytest.param(listener(22, owner(**LOST), unit_conflict="x"), None, id="units that disagree"),
    pytest.param(listener(22, owner(exe="/{{ x }}", unit=None)), None, id="a template"),
    pytest.param(listener(22, owner(exe="/x\n", unit=None)), None, id="not printable"),
    pytest.param(
        listener(22, owner(**CONTAINED)), Identity(exe=("/usr/sbin/sshd",), contained=True), id="in a container"
    ),
    pytest.param(listener(22, owner(**CONTAINED, **LOST)), None, id="in a container, without an executable"),
    pytest.param(listener(22, SSHD, owner(**CONTAINED)), None, id="in a container, and not"),
    pytest.param(listener(22, owners_complete=False), None, id="others may hold it"),
    pytest.param(unowned("denied"), None, id="nobody was seen"),
    pytest.param(published(), Identity(published=True), id="published"),
]


@pytest.mark.parametrize(("seen", "expected"), HOLDERS)
def test_who_holds_it(seen: Listener, expected: Identity | None) -> None:
    assert identity(seen) == expected


SOCKET = listener(8080, PROXY)
PAIRED = Identity(exe=("/usr/bin/docker-proxy",), published=True)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([SOCKET], {}, id="a socket alone"),
        pytest.param([published()], {("tcp", 8080): Identity(published=True)}, id="published alone"),
        pytest.param([published(), SOCKET], {("tcp", 8080): PAIRED}, id="with its proxy"),
        pytest.param([SOCKET, published(), SOCKET], {("tcp", 8080): PAIRED}, id="with its proxy on two addresses"),
        pytest.param([published(), SOCKET, listener(8080, JAVA)], {("tcp", 8080): None}, id="with another too"),
        pytest.param([published(), unowned("denied", 8080)], {("tcp", 8080): None}, id="with somebody not known"),
        pytest.param(
            [published(), listener(8080, PROXY, protocol="udp")],
            {("tcp", 8080): Identity(published=True)},
            id="with a socket of another protocol",
        ),
    ],
)
def test_a_published_port_and_the_sockets_on_it(
    seen: list[Listener], expected: dict[tuple[str, int], Identity | None]
) -> None:
    assert pairs(seen) == expected


@pytest.mark.parametrize(
    ("who", "word"),
    [
        (Identity(exe=("/usr/sbin/sshd",)), "sshd"),
        (Identity(units=("ssh.service",)), "ssh"),
        (Identity(published=True), "published"),
    ],
)
def test_a_short_word(who: Identity, word: str) -> None:
    assert who.word == word


@pytest.mark.parametrize(
    ("field", "text", "glob"),
    [
        ("user", "app", "app"),
        ("exe", "/a?b", "/a[?]b"),
        ("exe", None, None),
        ("exe", "", None),
        ("exe", "relative", None),
        ("exe", "{% x %}", None),
        ("exe", "/\u202ex", None),
    ],
)
def test_text_that_a_policy_can_hold(field: str, text: str | None, glob: str | None) -> None:
    assert literal(field, text) == glob


@pytest.mark.parametrize(
    ("name", "glob"),
    [
        ("web1", "web1"),
        ("db[1]", "db[[]1]"),
        ("a b", "a?b"),
        ("all!", "all!"),
        ("!x", "?x"),
        ("a?,b", "a??b"),
        ("a\x7f", "a?"),
    ],
)
def test_names_of_hosts(name: str, glob: str) -> None:
    assert host_glob(name) == glob


@pytest.mark.parametrize(
    ("name", "glob"), [("a?", "a[?]"), ("a?,b", None), ("~a?", None), ("all", None), ("a\x7f", None)]
)
def test_names_of_hosts_and_of_no_other(name: str, glob: str | None) -> None:
    assert exact_host_glob(name) == glob
