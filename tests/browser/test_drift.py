# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run that was compared with an earlier one: what changed is a section like the others."""

from __future__ import annotations

import dataclasses
import pathlib

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import DriftChange, HostDrift
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._since import Since
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._templates import render
from ansible_collections.fleetports.compliance.tests.browser.test_any_report import RULES
from ansible_collections.fleetports.compliance.tests.browser.watched import TEMPLATES, Open
from ansible_collections.fleetports.compliance.tests.unit.factories import sample

SSHD, OTHER = "0.0.0.0:22 by /usr/sbin/sshd (ssh.service), reach public", "127.0.0.1:22 by /usr/sbin/sshd, reach host"
CHANGES = (
    DriftChange(
        "opened", "tcp", 8081, "java", None, f"[::]:8081 by {'/opt/long' * 12}/java (orders.service), reach public"
    ),
    DriftChange("widened", "tcp", 22, "sshd", OTHER, SSHD),
    DriftChange("replaced", "tcp", 443, sample.HOSTILE_NAME, "0.0.0.0:443 by /usr/sbin/nginx", sample.HOSTILE_EXE),
    DriftChange("moved", "udp", None, "chronyd", "an ephemeral port", "0.0.0.0:323 by /usr/sbin/chronyd, reach public"),
    DriftChange("closed", "tcp", 5432, "postgres", "10.0.0.5:5432 by postgres, reach private", None),
)


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The sample fleet, of which one host in three was not compared."""
    hosts = [
        dataclasses.replace(
            host,
            since=Since(HostDrift(reason="collected with other options") if number % 3 else HostDrift(CHANGES), ()),
        )
        for number, host in enumerate(sample.hosts())
    ]
    model = build(sample.run(reference=("20261121T225907Z-aaaaaa",)), hosts, sample.policy_findings())
    path = tmp_path_factory.mktemp("drift") / "report.html"
    path.write_text(render(model, format="html", template_dirs=[TEMPLATES]), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_everybody_can_read_it(
    open_page: Open, drifted: pathlib.Path, axe_source: str, width: int, scheme: str
) -> None:
    """WCAG 2.2 AA by axe-core, of this section: of the others test_any_report.py speaks."""
    page = open_page(drifted, width=width, scheme=scheme).page
    page.evaluate(axe_source)
    found = page.evaluate("(tags) => axe.run('#drift', {runOnly: {type: 'tag', values: tags}})", RULES)
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]] == []
    assert any(rule["id"] == "color-contrast" for rule in found["passes"])


def test_it_says_what_changed(open_page: Open, drifted: pathlib.Path) -> None:
    watched = open_page(drifted)
    section = watched.page.locator("#drift")
    assert section.locator("h2").inner_text() == "What changed since 20261121T225907Z-aaaaaa"
    assert sorted(section.locator("tbody th").all_inner_texts()) == sorted(change.kind for change in CHANGES)
    assert sample.HOSTILE_EXE in section.inner_text()
    assert "collected with other options" in section.inner_text()
    assert (watched.trouble, watched.violations()) == ([], [])


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_sticks_out(open_page: Open, drifted: pathlib.Path, width: int) -> None:
    page = open_page(drifted, width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_reads_without_scripts(open_page: Open, drifted: pathlib.Path) -> None:
    page = open_page(drifted, scripts=False).page
    assert page.locator("#drift tbody tr").first.is_visible()
