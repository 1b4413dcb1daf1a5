# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad policies: one clear message each, with its place, and no host touched."""

from __future__ import annotations

import re
import typing as t

import pytest
from _fleet.controller import Controller

HEAD = "version: 1\nname: bad\nrules:\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join(['*' + before] * 10)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


class Bad(t.NamedTuple):
    """``content`` of policy.yml (None: no such file) and what the message has to say, as a pattern."""

    content: str | None
    says: str


CASES = {
    "unknown key": Bad(
        HEAD + "  - {id: a, protocol: tcp, port: 22, adress: [10.0.0.0/8]}\n",
        r"policy\.yml:4:\d+: \$\.rules\[0\]\.adress: .*did you mean .*address",
    ),
    "typo in a value": Bad(
        HEAD + "  - id: a\n    protocol: tcp\n    port: 22\n    expect: requierd\n",
        r"policy\.yml:7:13: \$\.rules\[0\]\.expect: .*requierd.*did you mean .*required",
    ),
    "on as a key": Bad(
        HEAD + "  - id: a\n    protocol: tcp\n    port: 22\n    on: {groups: [web]}\n",
        r"policy\.yml:7:5: \$\.rules\[0\].*\bon\b",
    ),
    "reversed range": Bad(
        HEAD + "  - id: a\n    protocol: tcp\n    port: 8099-8000\n",
        r"policy\.yml:6:11: \$\.rules\[0\]\.port: .*8099-8000",
    ),
    "port 70000": Bad(
        HEAD + "  - id: a\n    protocol: tcp\n    port: 70000\n",
        r"policy\.yml:6:11: \$\.rules\[0\]\.port: .*70000",
    ),
    "unquoted version": Bad(
        HEAD + "  - id: a\n    protocol: tcp\n    port: 22\n    controls: [{framework: cis, version: 4.10, id: '1'}]\n",
        r"policy\.yml:7:\d+: \$\.rules\[0\]\.controls\[0\]\.version: .*quote",
    ),
    "a template": Bad(
        HEAD + '  - id: a\n    protocol: tcp\n    port: "{{ ssh_port }}"\n',
        r"policy\.yml:6:11: \$\.rules\[0\]\.port: .*\{\{",
    ),
    "a syntax error": Bad(HEAD + "  - id: [a\n    protocol: tcp\n", r"policy\.yml:\d+:\d+: "),
    "a missing file": Bad(None, r"policy\.yml"),
    "an empty file": Bad("", r"policy\.yml.*empty"),
    "a bomb": Bad(BOMB, r"policy\.yml:\d+:\d+: "),
    "a date that does not exist": Bad(
        HEAD + "  - id: a\n    protocol: tcp\n    port: 22\n    review_by: 2026-13-01\n",
        r"policy\.yml:7:16: \$\.rules\[0\]\.review_by: .*2026-13-01",
    ),
    "an unknown service": Bad(
        HEAD + "  - id: a\n    protocol: tcp\n    port: htps\n",
        r"policy\.yml:6:11: \$\.rules\[0\]\.port: .*htps.*did you mean .*https",
    ),
    "the same id twice": Bad(
        HEAD + "  - {id: a, protocol: tcp, port: 22}\n  - {id: a, protocol: tcp, port: 23}\n",
        r"policy\.yml:5:\d+: \$\.rules\[1\]\.id: .*\ba\b",
    ),
}


@pytest.mark.parametrize("bad", CASES.values(), ids=CASES.keys())
def test_a_bad_policy_stops_the_run_before_any_host(controller: Controller, bad: Bad) -> None:
    directory = controller.new_directory()
    if bad.content is not None:
        (directory / "policy.yml").write_text(bad.content)
    run = controller.audit("witness1", variables={"port_audit_policy": "policy.yml"}, directory=directory)
    assert run.code == 2
    assert "Traceback" not in run.text
    assert "1 problem" in run.stdout
    assert [line for line in run.stdout.splitlines() if re.search(bad.says, line)]
    assert run.connections["witness1"] == 0
    assert not run.output.exists()


def test_all_problems_are_told_at_once_in_the_order_of_the_file(controller: Controller) -> None:
    directory = controller.new_directory()
    rules = [
        "  - {id: a, protocol: tcp, port: 70000}",
        "  - {id: b, protocol: tpc, port: 22}",
        "  - {id: c, protocol: tcp, port: 22, colour: red}",
    ]
    (directory / "policy.yml").write_text(HEAD + "\n".join(rules) + "\n")
    run = controller.audit("witness1", variables={"port_audit_policy": "policy.yml"}, directory=directory)
    assert run.code == 2
    assert "3 problems" in run.stdout
    lines = re.findall(r"policy\.yml:(\d+):\d+: ", run.stdout)
    # The message, and the list of problems in the result.
    assert lines[:3] == ["4", "5", "6"]
    assert run.connections["witness1"] == 0


def test_a_list_of_two_policies_is_refused_with_a_reason(controller: Controller) -> None:
    run = controller.audit("witness1", variables={"port_audit_policy": ["one.yml", "two.yml"]})
    assert run.code == 2
    assert "Traceback" not in run.text
    assert run.connections["witness1"] == 0


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        pytest.param({"port_audit_fail_on": ["failed"]}, "port_audit_fail_on", id="fail_on"),
        pytest.param({"port_audit_formats": ["pdf"]}, "port_audit_formats", id="formats"),
        pytest.param({"port_audit_as_of": "tomorrow"}, "tomorrow", id="as_of"),
        pytest.param({"port_audit_output_dir": "/proc/nowhere"}, "/proc/nowhere", id="output_dir"),
    ],
)
def test_a_bad_option_stops_the_run_before_any_host(
    controller: Controller, variables: dict[str, t.Any], says: str
) -> None:
    run = controller.audit("witness1", variables=variables)
    assert run.code == 2
    assert "Traceback" not in run.text
    assert says in run.stdout
    assert run.connections["witness1"] == 0
