# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule that would approve what was found: it loads, the judge passes what was seen by it, and nothing else."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.tests.unit.factories.advised import advised, approving, report
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import host_facts, judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    PROXY,
    SSHD,
    listener,
    owner,
    owner_named,
    published,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule

OTHER = owner_named("nc", exe="/usr/bin/nc")
CONTAINED = owner(JAVA, exe="/app/x", container="7c9e6a1f0b7d" * 5, engine="docker", unit=None)
KINDS = {
    "a program": (listener(8081, JAVA), listener(8081, OTHER)),
    "an address": (listener(8081, JAVA, address="10.0.0.5"), listener(8081, JAVA)),
    "its reach": (listener(8081, JAVA, address="127.0.0.1"), listener(8081, JAVA, address="10.0.0.5")),
    "a port": (listener(8081, JAVA), listener(8082, JAVA)),
    "both families": (listener(8081, JAVA, address="::", dual_stack=True), listener(8081, OTHER, address="::")),
    "another protocol": (listener(8081, JAVA, protocol="udp"), listener(8081, JAVA)),
    "two programs": (listener(8081, JAVA, SSHD), listener(8081, JAVA, OTHER)),
    "a port of a packet filter": (published(8080), listener(8080, OTHER)),
    "a proxy": (listener(8080, PROXY), listener(8080, OTHER)),
    "the kernel": (unowned("kernel", 2049), listener(2049, OTHER)),
    "a container": (
        listener(8081, CONTAINED, container=CONTAINED.container, engine="docker"),
        listener(8081, JAVA),
    ),
    "a user of digits": (listener(8081, owner(JAVA, user="1000")), listener(8081, OTHER)),
    "no unit": (listener(8081, owner(JAVA, unit=None)), listener(8081, OTHER)),
    "a unit alone": (listener(8081, owner(JAVA, exe=None)), listener(8081, OTHER)),
    "a port alone": (unowned("denied", 8081), listener(8082, OTHER)),
    "by chance": (listener(40001, JAVA, protocol="udp", ephemeral=True), listener(40001, OTHER, protocol="udp")),
}


@pytest.mark.parametrize(("seen", "other"), KINDS.values(), ids=KINDS)
def test_it_covers_what_was_seen_and_nothing_else(seen, other):
    by = policy(defaults={"reach_host": "fail"})
    approved = approving(advised(seen, by=by).advice)
    passes = judge(approved, seen).listeners[0]
    assert (passes.verdict, passes.rule) == ("pass", approved.rules[0].id)
    assert [one.rule for one in judge(approved, other).listeners] == [None]
    elsewhere = judge(approved, seen, facts=host_facts("web2"))
    assert elsewhere.listeners[0].rule is None or not approved.rules[0].applies_to.hosts


HOSTILE = {
    "quotes": """/opt/a"b'c""",
    "a glob": "/opt/[a]*?",
    "an anchor": "/opt/&x *y !z",
    "a comment": "/opt/a # b: c",
    "markup": "/opt/<script>alert(1)</script>",
    "Markdown": "/opt/```\n".strip() + "](javascript:x)",
    "flow": "/opt/a, user: root}",
    "long": "/opt/" + "a" * 3000,
    "not ASCII": "/opt/caf\u00e9",
    "more than 16 bits": "/opt/\U0001f600",
    "a number": "/0x10",
}


@pytest.mark.parametrize("exe", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_path_is_quoted_or_left_out(exe):
    seen = listener(8081, owner(JAVA, exe=exe, name="x"))
    approved = approving(advised(seen).advice)
    assert judge(approved, seen).listeners[0].verdict == "pass"
    assert judge(approved, listener(8081, OTHER)).listeners[0].rule is None


UNSAYABLE = {
    "a line break": {"exe": "/opt/a\nb", "unit": None},
    "an escape": {"exe": "/opt/a\x1b[2Jb", "unit": None},
    "a direction": {"exe": "/opt/a\u202eb", "unit": None},
    "half a character": {"exe": "/opt/a\udcffb", "unit": None},
    "a template": {"exe": "/opt/{{ 1 }}", "unit": None},
    "a command of CI": {"exe": "/opt/##vso[x]", "unit": "app.service"},
}


@pytest.mark.parametrize("changes", UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_a_policy_cannot_say_is_not_said(changes):
    """Then the rule names the unit, or the port with a note, or there is none."""
    seen = listener(8081, owner(JAVA, name="x", **changes))
    lines = advised(seen).advice.rule
    assert all(line.isprintable() for line in lines)
    assert not any("exe" in line for line in lines)
    if lines:
        assert lines[0].lstrip().startswith("# Not every owner")


ODD = ["web[1:5]", "a,b", "x:&y", "-web", "web 1", "web\n1", "we{{b}}", "all", "@file", "web*", "\u202ebew", "h" * 300]
UNSURE = ["web?,1", "~web?", "?eb1:", "web\U0001f600", "w\x7f"]


@pytest.mark.parametrize("name", [*ODD, *UNSURE])
def test_a_host_is_named_exactly_or_there_is_no_rule(name):
    model = report({name: [listener(8081, JAVA)], "other": [listener(22)]})
    (advice,) = [group.advice for group in model.groups.values() if group.port == "8081"]
    if advice.rule:
        assert judge(approving(advice), listener(8081, JAVA), facts=host_facts(name)).listeners[0].verdict == "pass"
        others = ("web1", name.replace("?", "x"), name.translate({ord(sign): "x" for sign in "?,:~"}))
        for other in {*others} - {name}:
            assert judge(approving(advice), listener(8081, JAVA), facts=host_facts(other)).listeners[0].rule is None


@pytest.mark.parametrize(
    ("having", "said"),
    [
        pytest.param(("w1", "w2", "w3", "w4"), "    applies_to: {groups: [web]}", id="a whole group"),
        pytest.param(("w1", "w2"), "    applies_to: {hosts: [w1, w2]}", id="a part of it"),
        pytest.param(("w1", "w2", "w3", "w4", "d1"), "    applies_to: {groups: [web], hosts: [d1]}", id="and another"),
        pytest.param(("w1", "w2", "w3", "w4", "d1", "d2"), None, id="everywhere"),
    ],
)
def test_where_it_applies(having, said):
    fleet = {name: [listener(8081, JAVA)] if name in having else [] for name in ("w1", "w2", "w3", "w4", "d1", "d2")}
    groups = {name: ["web"] for name in ("w1", "w2", "w3", "w4")}
    (group,) = report(fleet, groups=groups).groups.values()
    assert [line for line in group.advice.rule if "applies_to" in line] == ([said] if said else [])


def test_too_many_hosts_to_name_and_no_group_of_them():
    fleet = {f"h{number}": [listener(8081, JAVA)] if number else [] for number in range(100)}
    (group,) = report(fleet).groups.values()
    assert group.advice.rule == ()


BEYOND = {
    "all addresses": (
        {"a": [listener(8081, JAVA, address=f"10.0.0.{number}") for number in range(13)]},
        "all addresses of that reach",
    ),
    "an address of another host": (
        {"a": [listener(8081, JAVA, address="10.0.0.5")], "b": [listener(8081, JAVA)]},
        "each port and address on each of the hosts",
    ),
    "a port of another host": (
        {
            "a": [listener(port, JAVA) for port in range(50000, 50030)],
            "b": [listener(port, JAVA, address="10.0.0.5") for port in range(50000, 50030)],
        },
        "each port and address on each of the hosts",
    ),
    "ephemeral ports": ({"a": [listener(40001, JAVA, protocol="udp", ephemeral=True)]}, "all ports from 32768"),
    "every container": (
        {"a": [listener(8081, CONTAINED, container=CONTAINED.container, engine="docker")]},
        "the program in every container",
    ),
    "one of several programs": ({"a": [listener(8081, JAVA, SSHD)]}, "each of them by itself"),
    "one of several users": (
        {"a": [listener(8081, JAVA)], "b": [listener(8081, owner(JAVA, user="b", uid=7))]},
        "each of them by itself",
    ),
    "what is published": ({"a": [published(8081)]}, "every container that publishes it"),
    "network namespaces": ({"a": [listener(8081, JAVA, namespace=7)]}, "another network namespace"),
}


@pytest.mark.parametrize(("fleet", "said"), BEYOND.values(), ids=BEYOND)
def test_what_it_approves_beyond_what_was_seen_is_said(fleet, said):
    (group,) = report(fleet).groups.values()
    notes = [line for line in group.advice.rule if line.startswith("  # ")]
    assert [said in note for note in notes] == [True]


def test_the_same_on_every_host_needs_no_comment():
    seen = [listener(8081, JAVA, address=address) for address in ("10.0.0.5", "10.0.0.6")]
    (group,) = report({"a": seen, "b": seen}).groups.values()
    assert group.advice.rule[0].startswith("  - id:")
    assert "    address: [10.0.0.5, 10.0.0.6]" in [line.replace('"', "") for line in group.advice.rule]


@pytest.mark.parametrize("name", ["w*", "a,b", "a:&b", "w\x01"])
def test_a_group_that_no_policy_can_name_is_not_named(name):
    fleet = {host: [listener(8081, JAVA)] if host != "d1" else [] for host in ("w1", "w2", "w3", "w4", "d1")}
    (group,) = report(fleet, groups={host: [name] for host in ("w1", "w2", "w3", "w4")}).groups.values()
    assert approving(group.advice).rules[0].applies_to.hosts == ("w1", "w2", "w3", "w4")


def test_too_many_groups_to_name():
    hosts = {f"h{number}": [f"g{number // 5}"] for number in range(500)}
    (group,) = report(
        {name: [listener(8081, JAVA)] if name != "h0" else [] for name in hosts}, groups=hosts
    ).groups.values()
    assert group.advice.rule == ()


def test_many_ports_of_one_program_are_one_rule():
    seen = [listener(port, JAVA) for port in range(50000, 50030)]
    approved = approving(advised(*seen).advice)
    assert {one.verdict for one in judge(approved, *seen).listeners} == {"pass"}
    assert judge(approved, listener(50030, JAVA)).listeners[0].rule is None


def test_ports_without_order_are_no_rule():
    seen = [listener(port, JAVA, ephemeral=True) for port in range(50000, 50060, 2)]
    assert advised(*seen).advice.rule == ()


@pytest.mark.parametrize(
    ("rules", "seen"),
    [
        pytest.param([rule("8081/tcp", expect="forbidden")], [listener(8081, JAVA)], id="forbidden"),
        pytest.param([rule("8081/tcp", expect="required")], [], id="missing"),
        pytest.param([rule("8081/tcp", process={"exe": "/x"})], [unowned("denied", 8081)], id="unverified"),
        pytest.param(
            [rule("8081/tcp", process={"user": "x"})],
            [listener(8081, owner(JAVA, exe_on_host=False, unit=None))],
            id="another owner without a name",
        ),
    ],
)
def test_findings_that_no_rule_should_approve(rules, seen):
    assert advised(*seen, by=policy(*rules)).advice.rule == ()


@pytest.mark.parametrize(
    "conditions",
    [{"reach": "host"}, {"address": "10.0.0.0/8"}, {"process": {"exe": "/usr/bin/other"}}],
    ids=["reach", "address", "owner"],
)
def test_it_goes_beside_the_rule_that_failed(conditions):
    seen = listener(8081, JAVA)
    first = policy(rule("8081/tcp", name="java-8081", **conditions))
    (more,) = approving(advised(seen, by=first).advice).rules
    assert more.id == "java-8081-2"
    assert judge(policy(*first.rules, more), seen).listeners[0].verdict == "pass"


def test_no_two_suggested_rules_share_an_id():
    model = report(
        {"a": [listener(8081, JAVA), listener(8081, owner(JAVA, exe="/opt/java"), address="::1")]},
        policy(defaults={"reach_host": "fail"}),
    )
    names = [line for group in model.groups.values() for line in group.advice.rule if "- id:" in line]
    assert len(names) == len(set(names)) == 2


def test_owners_that_are_known_in_different_ways_are_no_rule():
    fleet = {"a": [listener(8081, JAVA)], "b": [listener(8081, owner(JAVA, exe_on_host=None))]}
    (group,) = report(fleet).groups.values()
    assert group.advice.rule == ()


def test_more_kinds_than_a_rule_could_name_are_no_rule():
    fleet = {f"h{number}": [listener(8081, owner(JAVA, unit=f"app-{number}.service"))] for number in range(12)}
    (group,) = report(fleet).groups.values()
    assert group.advice.rule == ()


def test_a_client_without_a_known_owner_is_no_rule():
    assert advised(unowned("denied", 40001, protocol="udp", ephemeral=True)).advice.rule == ()


def test_hosts_are_named_where_the_run_left_some_out():
    fleet = {name: [listener(8081, JAVA)] for name in ("w1", "w2", "w3", "w4")}
    (group,) = report(fleet, left_out=("w5",)).groups.values()
    assert "    applies_to: {hosts: [w1, w2, w3, w4]}" in group.advice.rule
