# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lint says of which rules and waivers."""

from __future__ import annotations

import datetime
import json
import pathlib
import time
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._checkout import find_checkout
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._lint import lint
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._lint_annotations import github, gitlab
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._remark import Remark
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyProblem
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

TODAY = datetime.date(2026, 11, 24)
REGISTRY = Registry.load()
POLICIES = pathlib.Path(__file__).parents[5] / "roles" / "port_audit" / "files" / "policies"
WHOLE = {"owner": "platform", "justification": "administration", "reach": "private"}


def remarks(*rules: dict[str, t.Any], strictness: str = "basic", **more: t.Any) -> tuple[Remark, ...]:
    policy = loaded({"version": 1, "name": "n", "rules": list(rules), **more})
    return lint(policy, registry=REGISTRY, catalogue=Catalogue.load(), today=TODAY, strictness=strictness)


def codes(*rules: dict[str, t.Any], **more: t.Any) -> list[tuple[str, str]]:
    return [(remark.code, remark.level) for remark in remarks(*rules, **more)]


def rule(name: str = "r", **more: t.Any) -> dict[str, t.Any]:
    return {"id": name, "protocol": "tcp", "port": 22, **more}


def waiver(**more: t.Any) -> dict[str, t.Any]:
    given = {"match": {"protocol": "tcp", "port": 1}, "applies_to": {"hosts": "db1"}, "expires": "2027-03-01"}
    return {"id": "W", "justification": "j", "approved_by": "s", **given, **more}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"review_by": "2026-11-24"}, [], id="reviewed in time"),
        pytest.param({"review_by": "2026-11-23"}, [("overdue-review", "warning")], id="review overdue"),
        pytest.param({"insecure": True}, [("insecure-without-features", "error")], id="insecure"),
        pytest.param({"insecure": True, "security_features": "VPN only"}, [], id="insecure with features"),
        pytest.param({"insecure": True, "expect": "forbidden"}, [], id="insecure and forbidden"),
        pytest.param({"port": 81}, [("unassigned-without-justification", "warning")], id="unassigned"),
        pytest.param({"port": 81, "justification": "ours"}, [], id="unassigned with justification"),
        pytest.param({"port": 603}, [], id="assigned, whatever pages on the web say"),
    ],
)
def test_one_rule(more: dict[str, t.Any], expected: list[tuple[str, str]]) -> None:
    assert codes(rule(**more)) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({}, [], id="whole"),
        pytest.param({"owner": None}, ["no-owner"], id="no owner"),
        pytest.param({"justification": None}, ["no-justification"], id="no justification"),
        pytest.param({"justification": "REVIEW: why?"}, ["to-review"], id="to review"),
        pytest.param({"justification": "REVIEWED by us"}, [], id="reviewed"),
        pytest.param({"process": {"name": "sshd", "exe": "/usr/sbin/sshd"}}, ["exe-only"], id="name and exe"),
        pytest.param({"process": {"exe": ["/bin/a", "/usr/bin/node"], "user": "x"}}, ["bare-interpreter"], id="user"),
        pytest.param({"process": {"exe": "/usr/sbin/sshd", "user": "root"}}, [], id="exe and user"),
        pytest.param({"process": {"exe": "/usr/sbin/sshd", "unit": "ssh.service"}}, [], id="exe and unit"),
        pytest.param({"process": {"exe": "/usr/sbin/sshd", "container": "*"}}, [], id="exe in container"),
        pytest.param({"process": {"exe": "/usr/bin/nodepad", "user": "x"}}, [], id="no interpreter"),
        pytest.param({"process": {"exe": "/usr/bin/node", "unit": "a.service"}}, [], id="interpreter with unit"),
        pytest.param({"process": {"exe": "/usr/bin/node", "container": "*"}}, [], id="interpreter in container"),
        pytest.param({"process": {"user": "app"}}, ["user-only"], id="user alone"),
        pytest.param({"reach": None}, ["unconditional-rule"], id="no condition"),
        pytest.param({"reach": None, "applies_to": {"groups": "web"}}, [], id="some hosts"),
        pytest.param({"port": 23}, ["insecure-port"], id="telnet"),
        pytest.param({"port": "20-30"}, ["insecure-port"], id="ftp and telnet in a range"),
        pytest.param({"port": 69}, [], id="tftp is udp"),
        pytest.param({"port": 69, "protocol": "udp"}, ["insecure-port"], id="tftp"),
        pytest.param({"port": 23, "expect": "forbidden", "reach": None}, [], id="telnet forbidden"),
    ],
)
def test_one_rule_strictly(more: dict[str, t.Any], expected: list[str]) -> None:
    given = {key: value for key, value in {**WHOLE, **more}.items() if value is not None}
    assert codes(rule(**given), strictness="strict") == [(code, "error") for code in expected]
    assert codes(rule(**given)) == []


ANYBODYS = ("bare-interpreter", "name-only", "any-process", "anybodys-file")


@pytest.mark.parametrize(
    ("process", "expected"),
    [
        pytest.param({"exe": "/usr/sbin/sshd"}, [], id="a program"),
        *(
            pytest.param({"exe": path}, ["bare-interpreter"], id=path)
            for path in (
                *(
                    "/usr/bin/python3.11",
                    "/usr/bin/python3",
                    "/usr/bin/python",
                    "/opt/x/bin/python2.7",
                    "/usr/bin/pypy3",
                ),
                *("/usr/bin/python3*", "/usr/bin/python3.[0-9]*", "/usr/bin/python?", "*/python3", "/opt/*/bin/python"),
                *("/usr/bin/perl", "/usr/bin/perl5.36.0", "/usr/bin/ruby3.1", "/usr/bin/node", "/usr/bin/nodejs"),
                *(
                    "/usr/bin/php",
                    "/usr/bin/php8.2",
                    "/usr/sbin/php-fpm8.2",
                    "/usr/bin/bash",
                    "/bin/sh",
                    "/bin/busybox",
                ),
                *("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "/usr/lib/jvm/*/bin/java", "/opt/jdk/bin/java"),
                *("/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1", "/usr/lib/*/ld-*.so*", "/lib/ld-2.31.so"),
                *("/usr/bin/lua5.4", "/usr/bin/Rscript", "/usr/lib/R/bin/exec/R", "/usr/bin/dotnet", "/usr/bin/mono"),
                *("/usr/bin/socat", "/usr/bin/nc.openbsd", "/usr/bin/ncat", "/usr/bin/ssh", "/usr/bin/openssl"),
                *("/usr/lib/systemd/systemd-socket-proxyd", "/usr/lib/erlang/erts-13.1/bin/beam.smp"),
                *("/usr/bin/*", "/usr/*", "/usr/bin/p*", "/*bin/*", "*/bin/*", "/usr/bin/[a-z]*", "/usr/local/bin/*"),
            )
        ),
        *(
            pytest.param({"exe": path}, ["anybodys-file"], id=path)
            for path in (
                "/home/app/bin/server",
                "/home/*/server",
                "/tmp/x",  # noqa: S108
                "/var/tmp/*",  # noqa: S108
                "/dev/shm/a",  # noqa: S108
                "/run/user/1/a",
            )
        ),
        pytest.param({"exe": "*"}, ["any-process"], id="any program"),
        pytest.param({"exe": "/*"}, ["bare-interpreter"], id="any path"),
        pytest.param({"exe": "/opt/app/*"}, [], id="a folder of its own"),
        pytest.param({"exe": "/usr/bin/nodepad"}, [], id="a name that begins like one"),
        pytest.param({"exe": "/opt/python/server"}, [], id="a folder that is called like one"),
        pytest.param({"exe": "/usr/lib/postgresql/15/bin/postgres"}, [], id="postgres"),
        pytest.param({"exe": ["/bin/a", "/bin/sh"]}, ["bare-interpreter"], id="exe and interpreter"),
        pytest.param({"name": "sshd"}, ["name-only"], id="name alone"),
        pytest.param({"name": "sshd", "user": "*"}, ["name-only"], id="name and any user"),
        pytest.param({"name": "*"}, ["any-process"], id="any name"),
        pytest.param({"user": "*", "unit": "*", "name": "?*"}, ["any-process"], id="anything"),
        pytest.param({"unit": "*.scope"}, ["any-process"], id="any session"),
        pytest.param({"unit": ["ssh.service", "session-*"]}, ["any-process"], id="a unit or any session"),
        pytest.param({"exe": "/usr/bin/python3", "user": "*"}, ["bare-interpreter"], id="interpreter of any user"),
        pytest.param({"exe": "/usr/bin/python3", "unit": "*"}, ["bare-interpreter"], id="interpreter in any unit"),
        pytest.param({"exe": "/usr/bin/python3", "name": "app"}, ["bare-interpreter"], id="interpreter by name"),
        pytest.param({"exe": "/usr/bin/python3", "user": "app"}, [], id="interpreter of a user"),
        pytest.param({"exe": "/usr/bin/python3", "unit": "app.service"}, [], id="interpreter in a unit"),
        pytest.param({"exe": "/usr/bin/python3", "container": "*"}, [], id="interpreter in a container"),
        pytest.param({"user": "root"}, [], id="user alone"),
        pytest.param({"unit": "ssh.service"}, [], id="unit alone"),
        pytest.param({"container": "*"}, [], id="any container"),
    ],
)
def test_conditions_that_anybody_can_satisfy(process: dict[str, t.Any], expected: list[str]) -> None:
    assert codes(rule(process=process)) == [(code, "warning") for code in expected]
    of_waiver = codes(waivers=[waiver(match={"process": process})])
    assert [code for code in of_waiver if code[0] in ANYBODYS] == [(code, "warning") for code in expected]
    assert codes(rule(process=process, expect="forbidden")) == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/sbin/rpcbind", ["linked-path"]),
        ("/lib/systemd/systemd-resolved", ["linked-path"]),
        (["/sbin/rpcbind", "/usr/sbin/rpcbind"], []),
        ("/usr/sbin/rpcbind", []),
        ("/opt/sbin/x", []),
    ],
)
def test_paths_that_are_links(path: t.Any, said: list[str]) -> None:
    given = rule(process={"exe": path, "user": "root"})
    assert codes(given) == [(code, "warning") for code in said]
    assert [one for one in codes(given, strictness="strict") if one[0] == "linked-path"] == codes(given)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param({"port": "http-alt"}, ["uses http-alt for 591, 8008, 8080"], id="three ports"),
        pytest.param({"port": "cifs"}, ["uses cifs for 3020, as IANA does"], id="another port"),
        pytest.param({"port": "https"}, [], id="one port"),
        pytest.param({"port": "x11"}, [], id="one range"),
        pytest.param({"port": ["http", "https"]}, [], id="two names"),
    ],
)
def test_names_that_mean_other_ports(more: dict[str, t.Any], said: list[str]) -> None:
    found = remarks(rule(justification="j", **more))
    assert [remark.code for remark in found] == ["ambiguous-service"] * len(said)
    assert all(words in remark.message for words, remark in zip(said, found, strict=True))
    own = remarks(rule(justification="j", port="cifs"), services={"cifs": [{"protocol": "tcp", "port": [445, 139]}]})
    assert own == ()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({"reach": "host", "address": "10.0.0.0/8"}, "error", id="private and host"),
        pytest.param({"reach": "private", "address": "8.8.8.8"}, "error", id="public and private"),
        pytest.param({"reach": "link", "address": ["10.0.0.1", "fd00::1"]}, "error", id="both families"),
        pytest.param({"reach": "host", "address": ["10.0.0.1", "127.0.0.1"]}, "warning", id="one of two"),
        pytest.param({"reach": "host", "address": "127.0.0.0/8"}, None, id="loopback and host"),
        pytest.param({"reach": "host", "address": "0.0.0.0/0"}, None, id="everything has loopback in it"),
        pytest.param({"reach": "host", "address": "126.0.0.0/7"}, None, id="a network with loopback at its end"),
        pytest.param({"reach": "host", "address": "0.0.0.0"}, None, id="a wildcard on a host with loopback alone"),
        pytest.param({"reach": "link", "address": "::/0"}, None, id="everything of IPv6"),
        pytest.param({"reach": "public", "address": "10.0.0.0/8"}, None, id="narrower"),
        pytest.param({"applies_to": {"not_groups": "all"}}, "error", id="nowhere"),
        pytest.param({"applies_to": {"groups": "web", "not_groups": ["web", "db"]}}, "error", id="left out again"),
        pytest.param({"applies_to": {"groups": ["web", "x"], "not_groups": "web"}}, None, id="some left out"),
        pytest.param({"applies_to": {"groups": "web", "hosts": "a", "not_groups": "web"}}, None, id="hosts besides"),
    ],
)
def test_rules_that_can_never_be_true(more: dict[str, t.Any], expected: str | None) -> None:
    assert codes(rule(**more)) == ([("never-true", expected)] if expected else [])


def test_networks_of_the_policy_count() -> None:
    given = rule(reach="private", address="192.0.2.0/25")
    assert codes(given) == [("never-true", "error")]
    assert codes(given, networks={"private": "192.0.2.0/24"}) == []
    assert codes(given, networks={"private": "192.0.2.8/32"}) == []


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        pytest.param(
            {"codes": "missing-listener", "port": 22, "address": "10.0.0.1"}, "error", id="missing at address"
        ),
        pytest.param(
            {"codes": "missing-listener", "port": 22, "process": {"user": "x"}}, "error", id="missing process"
        ),
        pytest.param({"codes": "alternate-path", "port": 22}, "error", id="no port"),
        pytest.param({"codes": "alternate-path", "address": "10.0.0.1"}, "error", id="no address"),
        pytest.param({"codes": "unlisted-listener", "rule": "r"}, "error", id="no rule"),
        pytest.param({"codes": "ephemeral-udp", "protocol": "tcp", "port": 22}, "error", id="no udp"),
        pytest.param(
            {"codes": ["ephemeral-udp", "unlisted-listener"], "protocol": "tcp", "port": 22}, "warning", id="one"
        ),
        pytest.param({"rule": "no"}, "error", id="forbidden, codes not named"),
        pytest.param({"rule": "no", "codes": "forbidden-listener"}, None, id="forbidden"),
        pytest.param({"rule": "no", "codes": "wrong-owner"}, "error", id="forbidden and wrong owner"),
        pytest.param({"rule": "r"}, None, id="allowed"),
        pytest.param({"rule": "r", "codes": "missing-listener"}, "error", id="allowed is never missing"),
        pytest.param({"rule": "must", "codes": "missing-listener"}, None, id="required"),
        pytest.param({"codes": "missing-listener", "protocol": "tcp", "port": 22}, None, id="missing"),
        pytest.param({"codes": "alternate-path", "process": {"unit": "a.service"}}, None, id="way in"),
    ],
)
def test_waivers_that_can_never_cover(match: dict[str, t.Any], expected: str | None) -> None:
    rules = [
        rule(),
        rule("must", expect="required", port=23, justification="j"),
        rule("no", expect="forbidden", port=24),
    ]
    found = [(code, level) for code, level in codes(*rules, waivers=[waiver(match=match)]) if code == "never-true"]
    assert found == ([("never-true", expected)] if expected else [])


NAMED = "rule r names the control pci-dss 4.0.1 2.25:"
PCI = {"framework": "pci-dss", "version": "4.0.1", "id": "2.2.5"}


@pytest.mark.parametrize(
    ("named", "said"),
    [
        pytest.param([PCI], [], id="in the catalogue"),
        pytest.param([{"framework": "acme", "version": "1", "id": "2.2.5"}], [], id="of our own"),
        pytest.param(
            [{**PCI, "id": "2.25"}, {**PCI, "id": "2.25"}],
            [f"{NAMED} the catalogue has no such control of pci-dss, did you mean 2.2.5?"],
            id="misspelled, told once",
        ),
    ],
)
@pytest.mark.parametrize("strictness", ["basic", "strict"])
def test_controls_are_doubted_and_never_refused(named: list[t.Any], said: list[str], strictness: str) -> None:
    found = remarks(rule(**WHOLE, controls=named), strictness=strictness)
    assert [remark.message for remark in found] == said
    assert {(remark.code, remark.level) for remark in found} <= {("unknown-control", "warning")}


def test_the_policies_of_the_role_name_controls_that_the_catalogue_has() -> None:
    named = set()
    for path in sorted(POLICIES.glob("*.yml")):
        policy = loaded(str(path))
        named |= {control.framework for each in policy.rules for control in each.controls}
        found = lint(policy, registry=REGISTRY, catalogue=Catalogue.load(), today=TODAY, strictness="basic")
        assert [str(remark) for remark in found if remark.code == "unknown-control"] == []
    assert {"pci-dss", "nist-800-53", "cis-debian-12"} <= named


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param([rule("a"), rule("b", port=23)], [], id="apart"),
        pytest.param([rule("a"), rule("b")], [("b", "pointless-rule")], id="the same twice"),
        pytest.param([rule("a", reach="private"), rule("b")], [("a", "pointless-rule")], id="narrower reach"),
        pytest.param([rule("a", port="20-30"), rule("b")], [("b", "pointless-rule")], id="within a range"),
        pytest.param([rule("a", applies_to={"groups": "x"}), rule("b")], [("a", "pointless-rule")], id="fewer hosts"),
        pytest.param([rule("a", process={"user": "x"}), rule("b")], [("a", "pointless-rule")], id="with process"),
        pytest.param([rule("a", state="published"), rule("b")], [("a", "pointless-rule")], id="published"),
        pytest.param([rule("a", state="socket"), rule("b")], [("a", "pointless-rule")], id="a socket"),
        pytest.param([rule("a", state="socket"), rule("b", state="published")], [], id="one of each"),
        pytest.param([rule("a", state="kernel"), rule("b")], [("a", "pointless-rule")], id="the kernel's"),
        pytest.param(
            [rule("a", state="kernel"), rule("b", state="socket")], [("a", "pointless-rule")], id="its socket"
        ),
        pytest.param([rule("a", state="kernel"), rule("b", state="published")], [], id="kernel and published"),
        pytest.param([rule("a", state="kernel"), rule("b", process={"user": "x"})], [], id="kernel and a process"),
        pytest.param([rule("a"), rule("b", state="published")], [("b", "pointless-rule")], id="the other way round"),
        pytest.param([rule("a", process={"user": "x"}), rule("b", state="published")], [], id="published and process"),
        pytest.param(
            [rule("a", process={"user": "x"}), rule("b", state="published", process={"user": "x"})],
            [("a", "pointless-rule")],
            id="a proxy's process",
        ),
        pytest.param(
            [rule("a", state="published"), rule("b", state="published", process={"user": "x"})],
            [("a", "pointless-rule")],
            id="published without its proxy",
        ),
        pytest.param(
            [rule("a", state="published"), rule("b", process={"user": "x"})], [], id="published, not processes"
        ),
        pytest.param(
            [rule("a", process={"user": "x"}), rule("b", state="socket")], [("a", "pointless-rule")], id="any socket"
        ),
        pytest.param([rule("a", process={"user": "x"}), rule("b", process={"user": "y"})], [], id="other processes"),
        pytest.param([rule("a", expect="required"), rule("b")], [], id="required is not pointless"),
        pytest.param([rule("a"), rule("b", expect="forbidden")], [("a", "contradictory-rules")], id="contradiction"),
        pytest.param(
            [rule("a", port="20-30"), rule("b", expect="forbidden", port="20-25")],
            [("a", "shadowed-rule")],
            id="shadowed in part",
        ),
        pytest.param(
            [rule("a"), rule("b", expect="forbidden", applies_to={"groups": "x"})], [], id="forbidden on some hosts"
        ),
        pytest.param(
            [rule("a"), rule("b", expect="forbidden", process={"user": "x"})], [], id="forbidden for some process"
        ),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_rules_together(rules: list[dict[str, t.Any]], expected: list[tuple[str, str]], turn: int) -> None:
    found = [(remark.message.split()[1], remark.code) for remark in remarks(*rules[::turn])]
    assert found == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({}, [], id="fine"),
        pytest.param({"expires": "2026-11-23"}, ["expired-waiver"], id="lapsed"),
        pytest.param({"expires": "2026-11-24"}, ["expiring-waiver"], id="lapses today"),
        pytest.param({"expires": "2028-01-01"}, ["long-waiver"], id="long"),
        pytest.param({"match": {"codes": "unlisted-listener"}}, ["wide-waiver"], id="any port"),
        pytest.param({"match": {"protocol": "tcp", "port": "1000-3000"}}, ["wide-waiver"], id="many ports"),
        pytest.param({"match": {"protocol": "tcp", "process": {"user": "x"}}}, [], id="any port of a process"),
        pytest.param({"applies_to": {"groups": "all"}}, ["wide-waiver"], id="every host"),
        pytest.param({"justification": "REVIEW"}, ["to-review"], id="to review"),
    ],
)
def test_waivers(more: dict[str, t.Any], expected: list[str]) -> None:
    assert [code for code, _level in codes(waivers=[waiver(**more)])] == expected


def test_five_thousand_rules_within_two_seconds() -> None:
    rules = [rule(f"r{number}", port=number + 1, justification="j") for number in range(5000)]
    policy = loaded({"version": 1, "name": "n", "rules": rules})
    begun = time.process_time()
    lint(policy, registry=REGISTRY, catalogue=Catalogue.load(), today=TODAY, strictness="strict")
    assert time.process_time() - begun < 2


class TestAnnotations:
    REMARK = Remark("a-code", "warning", "50 % of\nit", SourcePlace("p,1.yml", 3, 5, "n"))
    PROBLEM = PolicyProblem(SourcePlace("p.yml", 1, 2), "$.rules", "is wrong")

    def test_github(self) -> None:
        assert github([self.REMARK, self.PROBLEM]) == [
            r"::warning file=p%2C1.yml,line=3,col=5,title=a-code::50 %25 of it",
            "::error file=p.yml,line=1,col=2,title=invalid-policy::$.rules: is wrong",
        ]

    def test_files_are_named_from_the_root_of_the_repository(
        self, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / "ansible").mkdir()
        monkeypatch.chdir(tmp_path / "ansible")
        inline = PolicyProblem(SourcePlace("inline policy 2"), "$", "is wrong")
        told = [self.REMARK, inline]
        checkout = find_checkout({})
        assert "file=ansible/p%2C1.yml,line=3" in github(told, checkout)[0]
        paths = [one["location"]["path"] for one in json.loads(gitlab(told, checkout))]
        assert paths == ["ansible/p,1.yml", "inline policy 2"]

    def test_gitlab(self) -> None:
        first, second = json.loads(gitlab([self.REMARK, self.PROBLEM]))
        assert first["location"] == {"path": "p,1.yml", "lines": {"begin": 3}}
        assert (first["severity"], second["severity"]) == ("minor", "major")
        assert first["fingerprint"] != second["fingerprint"]

    def test_fingerprint_survives_a_move_of_the_line(self) -> None:
        moved = Remark("a-code", "warning", "50 % of\nit", SourcePlace("p,1.yml", 9, 5))
        one, other = json.loads(gitlab([self.REMARK, moved]))
        assert one["fingerprint"] == other["fingerprint"]
