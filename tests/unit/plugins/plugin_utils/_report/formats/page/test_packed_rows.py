# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is packed for the page of a large fleet comes out again whole."""

from __future__ import annotations

import base64
import gzip
import json

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._packed_rows import pack
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed


def _raw(hosts):
    return json.loads(gzip.decompress(base64.b64decode(pack(hosts))))


def _unpacked(hosts):
    """As explore.js reads it: a row for each listener or finding, as a dict, by host."""
    raw = _raw(hosts)

    def text(number):
        return raw["texts"][number - 1] if number else None

    rows, at = {}, 0
    for number, name in enumerate(raw["hosts"]["name"]):
        kind, those = 0, []
        for row in range(at, at + raw["hosts"]["rows"][number]):
            kind += raw["rows"]["kind"][row]
            values = {key: column[kind] for key, column in raw["kinds"].items()}
            one = {key: raw["verdicts"][value] if key == "verdict" else text(value) for key, value in values.items()}
            one["address"] = text(raw["rows"]["address"][row])
            one["port"] = one["port"] or str(raw["rows"]["port"][row])
            those.append(one)
        at += raw["hosts"]["rows"][number]
        rows[name] = those
    assert at == len(raw["rows"]["kind"])
    return rows


def test_every_listener_and_every_finding_of_the_sample_is_in_it():
    hosts = sample.hosts()
    rows = _unpacked(hosts)
    assert list(rows) == [host.name for host in hosts]
    for report in hosts:
        expected = sorted(
            (str(one.listener.port), one.listener.address, one.verdict) for one in report.result.listeners
        )
        seen = sorted((row["port"], row["address"], row["verdict"]) for row in rows[report.name] if row["address"])
        assert seen == expected
        messages = sorted(line for row in rows[report.name] for line in (row["why"] or "").split("\n") if line)
        assert messages == sorted(finding.message for finding in report.result.findings)


def test_a_row_says_what_the_report_says_of_a_listener():
    seen = listener(81, owner_named("java", "/opt/java", user="app"), unit="app.service", device="eth1")
    judged = found(seen, "unassigned-port", "fail", "81 is unassigned", rule="none", reach="public")
    assert _unpacked([host("a", judged)]) == {
        "a": [
            {
                "verdict": "fail",
                "protocol": "tcp",
                "port": "81",
                "owner": "java",
                "exe": "/opt/java",
                "user": "app",
                "unit": "app.service",
                "reach": "public",
                "registry": "unassigned",
                "code": "unassigned-port",
                "why": "81 is unassigned",
                "rule": "none",
                "basis": None,
                "address": "0.0.0.0 on eth1",
            }
        ]
    }


def test_hosts_say_verdict_groups_and_why_they_were_not_assessed():
    raw = _raw([host("a", groups=("web", "ungrouped")), host("b", reason="no route"), host("c", groups=("web",))])
    assert raw["hosts"]["verdict"] == [4, 4, 4]  # the makers give a host without findings a pass
    assert [raw["groups"][number] for number in raw["hosts"]["groups"]] == [["web"], [], ["web"]]
    assert [raw["texts"][number - 1] if number else None for number in raw["hosts"]["reason"]] == [
        None,
        "no route",
        None,
    ]


def test_a_finding_of_no_listener_is_a_row():
    missing = Finding(
        "missing-listener", "fail", "high", "nothing there", protocol="tcp", port_label="80-89", rule="web"
    )
    (row,) = _unpacked([host("a", findings=[missing])])["a"]
    assert (row["port"], row["code"], row["rule"], row["address"]) == ("80-89", "missing-listener", "web", None)


def test_what_fleets_repeat_is_there_once():
    hosts = [host(f"h{n:03}", passed(listener(22, owner_named("sshd", pid=n)), rule="ssh")) for n in range(200)]
    assert len(_raw(hosts)["kinds"]["port"]) == 1


def test_ports_that_chance_gave_make_no_kinds():
    seen = [
        host(f"h{port}", passed(listener(port, owner_named("dig"), protocol="udp", ephemeral=True)))
        for port in (40001, 40002)
    ]
    assert len(_raw(seen)["kinds"]["port"]) == 1
    assert [rows[0]["port"] for rows in _unpacked(seen).values()] == ["40001", "40002"]


@pytest.mark.parametrize(
    "name", ["</script><img src=x>", "\x1b[31mred", "caf\udce9", "\u202egnp.exe", "a\nb", "\x00", "&#x3c;"], ids=ascii
)
def test_only_text_that_can_be_shown_goes_in(name):
    seen = found(listener(81, owner_named(name, f"/tmp/{name}")), "unassigned-port", "fail", f"by {name}")  # noqa: S108
    packed = pack([host(name, seen, groups=(name,), reason=name)])
    assert packed.isascii()
    assert set("<>&\"'") & set(packed) == set()
    text = gzip.decompress(base64.b64decode(packed)).decode()
    assert not {one for one in text if ord(one) < 32 or one in "\u202e\x7f"}


def test_the_same_fleet_gives_the_same_bytes():
    assert pack(sample.hosts()) == pack(sample.hosts())


def test_nobody_can_be_packed():
    assert _raw([])["hosts"]["name"] == []
