# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Item 3: a condition on the process is true, false or unknown."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Owner
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge.conditions._process_conditions import (
    ProcessCondition,
    compiled,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import ProcessPatterns
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    SSHD,
    listener,
    owner,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule

EXE = {"exe": "/usr/sbin/sshd"}
CONTAINER = {"container": "abc*", "exe": "/usr/sbin/sshd"}
ID = "abc" + "0" * 61


NOWHERE = owner(pid=9, unit=None, cgroup="read")
SESSION = owner(pid=9, unit="session-3.scope", cgroup="read")
UNREADABLE = owner(pid=9, unit=None, cgroup="unreadable")
FOREIGN = owner(pid=9, unit=None, cgroup="unrecognised")
IN = owner(unit=None, container=ID, exe_on_host=False, cgroup="read")
OTHER = owner(pid=9, unit=None, container="def", exe_on_host=False, cgroup="read")
FAKE = owner(pid=9, unit=None, exe_on_host=False, cgroup="read")
MADE_BY = {"unit": "ssh.service", "unit_source": "socket"}
MADE_IN = {"container": ID, "container_source": "socket"}
ACTIVATED = {"unit": "ssh.service", "unit_source": "socket_unit", "socket_unit": "ssh.socket"}


def condition(**globs: str | tuple[str, ...]) -> ProcessCondition:
    return ProcessCondition(
        ProcessPatterns(**{key: (value,) if isinstance(value, str) else value for key, value in globs.items()})
    )


def held_by(*owners: Owner, **changes):
    """A listener whose unit is not known from its socket."""
    return listener(22, *owners, **{"unit": None, "unit_source": None, **changes})


@pytest.mark.parametrize(
    ("globs", "given", "expected"),
    [
        pytest.param(EXE, held_by(SSHD), True, id="exe"),
        pytest.param(EXE, held_by(JAVA), False, id="exe-of-another"),
        pytest.param({"exe": "/usr/*bin/ssh?"}, held_by(SSHD), True, id="exe-glob"),
        pytest.param({"exe": ("/opt/sshd", "/usr/sbin/sshd")}, held_by(SSHD), True, id="one-of-a-list"),
        pytest.param({"exe": "/USR/SBIN/SSHD"}, held_by(SSHD), False, id="exe-case"),
        pytest.param({"name": "sshd"}, held_by(SSHD), True, id="name"),
        pytest.param({"name": "sshd"}, held_by(JAVA), False, id="name-of-another"),
        pytest.param({"name": "sshd", "user": "root"}, held_by(SSHD), True, id="all-fields"),
        pytest.param({"name": "sshd", "user": "app"}, held_by(SSHD), False, id="one-field-contradicts"),
        # owners
        pytest.param(EXE, held_by(SSHD, owner(pid=701)), True, id="every-owner"),
        pytest.param(EXE, held_by(SSHD, JAVA), False, id="one-owner-contradicts"),
        pytest.param(EXE, held_by(SSHD, owner(exe=None)), None, id="one-owner-not-readable"),
        pytest.param(EXE, held_by(SSHD, owner(exe=None), JAVA), False, id="false-beats-unknown"),
        pytest.param(EXE, held_by(SSHD, owners_complete=False), None, id="not-every-owner-seen"),
        pytest.param(EXE, held_by(JAVA, owners_complete=False), False, id="contradiction-needs-not-all"),
        pytest.param(EXE, unowned("denied"), None, id="owner-denied"),
        pytest.param(EXE, unowned("unattributed"), None, id="owner-not-found"),
        pytest.param(EXE, unowned("gone"), None, id="owner-gone"),
        pytest.param(EXE, unowned("unattributed", owners_complete=True), None, id="nobody-is-not-everybody"),
        pytest.param(EXE, unowned("kernel"), False, id="kernel-is-no-process"),
        pytest.param({"name": "*"}, unowned("kernel", owners_complete=True), False, id="kernel-has-no-name"),
        # what is not readable
        pytest.param({"name": "sshd"}, held_by(owner(name=None)), None, id="no-name"),
        pytest.param(EXE, held_by(owner(exe=None)), None, id="no-exe"),
        pytest.param({"user": "app"}, held_by(owner(user=None, uid=None)), None, id="no-uid"),
        pytest.param({"unit": "ssh.service"}, held_by(owner(unit=None)), None, id="no-unit"),
        pytest.param({"container": "abc*"}, held_by(owner(unit=None)), None, id="no-cgroup"),
        # another path of the same file
        pytest.param(EXE, held_by(owner(exe="/usr/sbin/other", exe_alias="/usr/sbin/sshd")), True, id="alias"),
        pytest.param(
            {"exe": "/usr/sbin/other"}, held_by(owner(exe="/usr/sbin/other", exe_alias="/x")), True, id="exe-with-alias"
        ),
        pytest.param(EXE, held_by(owner(exe="/usr/sbin/other", exe_alias="/x")), False, id="another-alias"),
        pytest.param(
            EXE, held_by(owner(exe="/x", exe_alias="/usr/sbin/sshd", exe_on_host=False)), None, id="alias-not-the-hosts"
        ),
        # exe of the host
        pytest.param(EXE, held_by(owner(exe_on_host=False)), None, id="not-the-hosts-file"),
        pytest.param(EXE, held_by(owner(exe_on_host=None)), None, id="not-compared-with-the-hosts-file"),
        pytest.param(EXE, held_by(owner(exe_deleted=True, exe_on_host=False)), None, id="deleted"),
        pytest.param(EXE, held_by(owner(exe="/opt/x", exe_on_host=False)), None, id="another-that-is-not-the-hosts"),
        pytest.param(CONTAINER, held_by(owner(exe_on_host=False, container=ID)), True, id="rule-names-the-container"),
        pytest.param(
            CONTAINER,
            held_by(owner(exe="/bin/sh", exe_on_host=False, container=ID)),
            False,
            id="another-in-the-container",
        ),
        pytest.param(CONTAINER, held_by(owner(exe=None, container=ID)), None, id="not-readable-in-the-container"),
        pytest.param(CONTAINER, held_by(owner(exe_on_host=False, container="def")), False, id="another-container"),
        # users
        pytest.param({"user": "root"}, held_by(SSHD), True, id="root"),
        pytest.param({"user": "root"}, held_by(owner(user="toor")), True, id="uid-0-by-another-name"),
        pytest.param({"user": "root"}, held_by(owner(user=None)), True, id="uid-0-without-a-name"),
        pytest.param({"user": "root"}, held_by(owner(uid=5, user="root")), False, id="called-root-but-not-uid-0"),
        pytest.param({"user": "root"}, held_by(owner(uid=5, user=None)), False, id="not-uid-0"),
        pytest.param({"user": "0"}, held_by(SSHD), True, id="digits-are-a-uid"),
        pytest.param({"user": "1000"}, held_by(SSHD), False, id="another-uid"),
        pytest.param({"user": "1000"}, held_by(owner(uid=1000, user="0")), True, id="digits-are-no-name"),
        pytest.param({"user": "0"}, held_by(owner(uid=1000, user="0")), False, id="a-name-of-digits-is-no-uid"),
        pytest.param({"user": "app"}, held_by(JAVA), True, id="name-of-the-uid"),
        pytest.param({"user": "ap*"}, held_by(JAVA), True, id="user-glob"),
        pytest.param({"user": "app"}, held_by(owner(uid=2000, user=None)), None, id="uid-without-a-name"),
        pytest.param({"user": ("app", "2000")}, held_by(owner(uid=2000, user=None)), True, id="name-or-uid"),
        pytest.param({"user": ("root", "app")}, held_by(owner(uid=2000, user="db")), False, id="neither"),
        # units
        pytest.param({"unit": "ssh*.service"}, held_by(SSHD), True, id="unit-of-the-owner"),
        pytest.param({"unit": "ssh*.service"}, held_by(JAVA), False, id="another-unit"),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(owner(unit=None), unit="ssh.service", unit_source="socket"),
            None,
            id="unit-of-the-socket-alone",
        ),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(SSHD, unit="app.service", unit_source="socket", unit_conflict="ssh.service"),
            None,
            id="socket-and-owner-disagree",
        ),
        pytest.param(
            {"unit": "app.service"},
            held_by(SSHD, unit="app.service", unit_source="socket", unit_conflict="ssh.service"),
            None,
            id="owner-and-socket-disagree",
        ),
        pytest.param(
            {"unit": "libpod-conmon-*.scope"},
            held_by(
                owner(unit="libpod-conmon-a.scope"),
                unit="session-3.scope",
                unit_source="socket",
                unit_conflict="libpod-conmon-a.scope",
            ),
            True,
            id="made-in-a-session-for-a-unit",
        ),
        pytest.param(
            {"unit": "session-3.scope"},
            held_by(
                owner(unit="libpod-conmon-a.scope"),
                unit="session-3.scope",
                unit_source="socket",
                unit_conflict="libpod-conmon-a.scope",
            ),
            False,
            id="made-in-a-session-and-handed-on",
        ),
        pytest.param(
            {"unit": "ssh*.service"},
            held_by(owner(unit="sshd.service"), unit="ssh.service", unit_source="socket", unit_conflict="sshd.service"),
            True,
            id="they-disagree-and-both-match",
        ),
        pytest.param(
            {"unit": "db.service"},
            held_by(SSHD, unit="app.service", unit_source="socket", unit_conflict="ssh.service"),
            False,
            id="they-disagree-and-neither-matches",
        ),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(SSHD, owner(unit="app.service"), unit="ssh.service", unit_source="process"),
            False,
            id="owners-in-two-units",
        ),
        pytest.param({"unit": "ssh.service"}, held_by(NOWHERE), False, id="in-no-unit"),
        pytest.param({"unit": "ssh.service"}, held_by(FOREIGN), False, id="in-no-unit-of-systemd"),
        pytest.param({"unit": "ssh.service"}, held_by(SSHD, NOWHERE, **MADE_BY), False, id="second-without-a-unit"),
        pytest.param({"unit": "ssh.service"}, held_by(SSHD, OTHER, **MADE_BY), False, id="second-in-a-container"),
        pytest.param({"unit": "ssh.service"}, held_by(SSHD, SESSION, **MADE_BY), False, id="second-in-a-session-scope"),
        pytest.param({"unit": "ssh.service"}, held_by(SSHD, UNREADABLE, **MADE_BY), None, id="second-not-readable"),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(SSHD, owner(unit=None, cgroup="deleted"), **MADE_BY),
            None,
            id="second-in-a-removed-cgroup",
        ),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(SSHD, owner(unit=None), unit="ssh.service", unit_source="process"),
            None,
            id="unit-of-another-owner",
        ),
        pytest.param(
            {"unit": "app.service"},
            held_by(owner(unit=None), unit="ssh.service", unit_source="socket", unit_conflict="app.service"),
            False,
            id="conflicting-unit-of-another-owner",
        ),
        pytest.param({"unit": "ssh.service"}, held_by(NOWHERE, **MADE_BY), None, id="moved-out-of-its-unit"),
        pytest.param({"unit": "ssh.service"}, held_by(SESSION, **ACTIVATED), None, id="thief-of-a-socket-that-waits"),
        pytest.param({"unit": "ssh.service"}, held_by(NOWHERE, **ACTIVATED), None, id="thief-in-the-root-cgroup"),
        pytest.param({"unit": "ssh.service"}, held_by(SSHD, SESSION, **ACTIVATED), False, id="thief-of-one-that-runs"),
        pytest.param(
            {"unit": "ssh.service"}, held_by(owner(pid=None, cgroup="planned"), **ACTIVATED), True, id="before-it-runs"
        ),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(SSHD, unit="ssh.service", unit_source="process", unit_conflict="app.service"),
            True,
            id="unit-of-this-owner",
        ),
        pytest.param(
            {"unit": "ssh.service"},
            unowned("denied", unit="ssh.service", unit_source="socket"),
            None,
            id="owners-not-seen",
        ),
        pytest.param(
            {"unit": "ssh.service"},
            unowned("denied", unit="app.service", unit_source="socket"),
            False,
            id="socket-contradicts",
        ),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(SSHD, owners_complete=False, unit="ssh.service", unit_source="socket"),
            None,
            id="unit-with-owners-missing",
        ),
        pytest.param({"unit": "*"}, held_by(owner(unit="user@1000.service")), False, id="user-manager"),
        pytest.param({"unit": "user@*"}, held_by(owner(unit="user@1000.service")), False, id="user-manager-named"),
        pytest.param({"unit": "*"}, held_by(owner(unit="session-3.scope")), True, id="scope"),
        pytest.param({"unit": "*"}, held_by(owner(unit=None, container=ID)), False, id="container-without-unit"),
        # containers
        pytest.param({"container": "abc*"}, held_by(owner(container=ID)), True, id="container"),
        pytest.param(
            {"container": "abc*"},
            held_by(owner(unit=None), container=ID, container_source="socket"),
            None,
            id="container-of-the-socket-alone",
        ),
        pytest.param({"container": "abc*"}, held_by(NOWHERE), False, id="in-the-root-cgroup"),
        pytest.param({"container": "abc*"}, held_by(IN, NOWHERE, **MADE_IN), False, id="second-in-the-root-cgroup"),
        pytest.param({"container": "abc*"}, held_by(IN, SESSION, **MADE_IN), False, id="second-in-a-session"),
        pytest.param({"container": "abc*"}, held_by(IN, OTHER, **MADE_IN), False, id="second-in-another-container"),
        pytest.param({"container": "abc*"}, held_by(IN, UNREADABLE, **MADE_IN), None, id="second-not-readable"),
        pytest.param({"container": "abc*"}, held_by(IN, IN, **MADE_IN), True, id="both-in-the-container"),
        pytest.param(
            {"container": "abc*"}, held_by(IN, container="def", container_source="socket"), None, id="made-elsewhere"
        ),
        pytest.param({"container": "abc*"}, held_by(NOWHERE, **MADE_IN), None, id="moved-out-of-the-container"),
        pytest.param(
            {"container": "abc*"},
            held_by(UNREADABLE, container="def", container_source="socket"),
            False,
            id="not-readable-and-made-elsewhere",
        ),
        pytest.param({"container": "*"}, held_by(FOREIGN), None, id="in-a-cgroup-of-an-engine-not-known"),
        pytest.param(
            {"container": "*"},
            held_by(owner(pid=None, cgroup="planned")),
            None,
            id="container-before-the-service-starts",
        ),
        pytest.param(CONTAINER, held_by(IN, FAKE, **MADE_IN), False, id="a-file-of-its-own-beside-the-container"),
        pytest.param(
            CONTAINER, held_by(IN, FAKE._replace(cgroup="unreadable"), **MADE_IN), None, id="and-not-readable"
        ),
        pytest.param(
            CONTAINER,
            held_by(FAKE._replace(exe="/bin/nc"), **MADE_IN),
            None,
            id="another-file-outside-of-the-container",
        ),
        pytest.param({"container": "*"}, held_by(SSHD), False, id="in-no-container"),
    ],
)
def test_holds(globs, given, expected):
    assert condition(**globs).holds(given) is expected


@pytest.mark.parametrize(
    ("globs", "basis"),
    [
        ({"unit": "a"}, "port+unit"),
        ({"container": "a"}, "port+unit"),
        ({"unit": "a", "container": "b"}, "port+unit"),
        ({"unit": "a", "user": "b"}, "port+owner"),
        ({"exe": "a"}, "port+owner"),
        ({"name": "a"}, "port+owner"),
        ({"user": "a"}, "port+owner"),
    ],
)
def test_basis(globs, basis):
    assert condition(**globs).basis == basis


@pytest.mark.parametrize(
    ("globs", "given", "expected", "found"),
    [
        pytest.param(EXE, held_by(JAVA), "exe /usr/sbin/sshd", "exe /usr/bin/java", id="exe"),
        pytest.param({"exe": ("/a", "/b")}, held_by(JAVA), "exe /a or /b", "exe /usr/bin/java", id="list"),
        pytest.param({"name": "sshd"}, held_by(JAVA), "name sshd", "name java", id="name"),
        pytest.param({"user": "root"}, held_by(JAVA), "user root", "user app", id="user"),
        pytest.param(
            {"user": "app"},
            held_by(owner(uid=7, user=None)),
            "user app",
            "uid 7, which has no user name on the host",
            id="uid",
        ),
        pytest.param({"unit": "a.service"}, held_by(JAVA), "unit a.service", "unit app.service", id="unit"),
        pytest.param({"unit": "a.service"}, held_by(owner(unit=None)), "unit a.service", "no unit seen", id="no-unit"),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(SSHD, unit="app.service", unit_source="socket", unit_conflict="ssh.service"),
            "unit ssh.service",
            "unit ssh.service (process) but app.service (socket)",
            id="conflict",
        ),
        pytest.param({"container": "abc"}, held_by(SSHD), "container abc", "container none", id="container"),
        pytest.param(EXE, held_by(owner(exe=None)), "exe /usr/sbin/sshd", "exe not readable", id="not-readable"),
        pytest.param(
            EXE,
            held_by(owner(exe_on_host=False)),
            "exe /usr/sbin/sshd",
            "exe /usr/sbin/sshd (not the host's own file)",
            id="fake",
        ),
        pytest.param(
            EXE,
            held_by(owner(exe_on_host=None)),
            "exe /usr/sbin/sshd",
            "exe /usr/sbin/sshd (not compared with the host's file)",
            id="not-compared",
        ),
        pytest.param(
            EXE,
            held_by(owner(exe_deleted=True, exe_on_host=False)),
            "exe /usr/sbin/sshd",
            "exe /usr/sbin/sshd (deleted)",
            id="deleted",
        ),
        pytest.param(
            {"name": "sshd", "user": "app"}, held_by(SSHD), "user app", "user root", id="the-field-that-contradicts"
        ),
        pytest.param(
            EXE, held_by(SSHD, JAVA), "exe /usr/sbin/sshd", "exe /usr/bin/java", id="the-owner-that-contradicts"
        ),
        pytest.param(
            EXE,
            held_by(SSHD, owners_complete=False),
            "exe /usr/sbin/sshd",
            "not every owner could be seen",
            id="incomplete",
        ),
        pytest.param(
            {"name": "sshd", "user": "root"},
            unowned("denied"),
            "name sshd; user root",
            "an owner that could not be read",
            id="denied",
        ),
        pytest.param(EXE, unowned("kernel"), "exe /usr/sbin/sshd", "the kernel", id="kernel"),
        pytest.param(
            {"unit": "ssh.service"},
            unowned("denied", unit="app.service", unit_source="socket"),
            "unit ssh.service",
            "unit app.service (socket)",
            id="only-the-socket",
        ),
        pytest.param({"unit": "a.service"}, held_by(NOWHERE), "unit a.service", "unit none", id="in-no-unit"),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(SSHD, NOWHERE, **MADE_BY),
            "unit ssh.service",
            "unit none (process) but ssh.service (socket)",
            id="second-without-a-unit",
        ),
        pytest.param(
            {"unit": "ssh.service"},
            held_by(UNREADABLE),
            "unit ssh.service",
            "unit not known: its cgroup could not be read",
            id="cgroup-not-readable",
        ),
        pytest.param(
            {"container": "abc*"},
            held_by(FOREIGN),
            "container abc*",
            "container not known: the name of its cgroup is not one of a known engine",
            id="cgroup-not-recognised",
        ),
    ],
)
def test_doubt(globs, given, expected, found):
    doubt = condition(**globs).doubt(given)
    assert (doubt.expected, doubt.found) == (expected, found)


def test_nothing_to_hold():
    assert compiled(None) is None
    assert compiled(ProcessPatterns()) is None
    assert compiled(ProcessPatterns(name=("a",))) is compiled(ProcessPatterns(name=("a",)))


@pytest.mark.parametrize(
    ("published_by", "codes"),
    [(None, [("wrong-owner", "fail")]), ("nftables", [("unverified-owner", "unverified")])],
    ids=["a tunnel of the kernel's own", "a port that is published to somebody"],
)
def test_the_kernel_is_no_process_and_whom_it_publishes_to_is_not_seen(published_by, codes):
    held = unowned("kernel", 22, published_by=published_by, published_to=("10.0.0.2:22",) if published_by else ())
    result = judge(policy(rule(process={"user": "root"})), held)
    assert [(finding.code, finding.verdict) for finding in result.findings] == codes
