# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do, in every format that says so: as it is to be copied, and never as more than text."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET

import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._advice._code_texts import TEXTS
from ansible_collections.fleetports.compliance.tests.unit.factories.advised import report
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    listener,
    owner,
    owner_named,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule
from ansible_collections.fleetports.compliance.tests.unit.factories.small_report import rendered

URL = "https://wiki.example.org/java?x=1&y=2"
OWN = policy(rule("8081/tcp", name="app", reach="host", remediation="Call <b>Ann</b> [x](y) {0}.", runbook=URL))
TICKS = owner(JAVA, exe="/opt/```/~~~/a")
COMMAND = "sudo systemctl disable --now app.service"


def _rules(text: str) -> list[str]:
    """Suggested rules in Markdown, as their blocks have them."""
    return [block for _fence, block in re.findall(r"^(`{3,})yaml\n(.*?)\n\1$", text, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("process", [JAVA, TICKS], ids=["plain", "fences in a name"])
def test_markdown_has_them_to_copy(process):
    text = rendered(report({"web1": [listener(8081, process)]}), "markdown")
    (block,) = _rules(text)
    (suggested,) = yaml.safe_load(block)
    assert suggested["process"]["exe"] == process.exe
    assert f"```sh\n{COMMAND}\n```" in text
    assert f"- **unlisted-listener:** {TEXTS['unlisted-listener'][:20]}" in text


def test_markdown_has_the_words_of_the_rule():
    text = rendered(report({"web1": [listener(8081, JAVA)]}, OWN), "markdown")
    assert "Call &lt;b&gt;Ann&lt;/b&gt; \\[x\\](y) {0}." in text
    assert f"Runbook: <{URL}>" in text


def test_html_has_them_to_copy():
    text = rendered(report({"web1": [listener(8081, TICKS)]}), "html")
    blocks = [html.unescape(block) for block in re.findall(r"<pre><code>(.*?)</code></pre>", text, re.DOTALL)]
    assert blocks[0] == COMMAND
    (suggested,) = yaml.safe_load(blocks[1])
    assert suggested["process"]["exe"] == TICKS.exe
    assert '<dt id="advice-unlisted-listener">' in text


def test_html_has_the_words_of_the_rule():
    text = rendered(report({"web1": [listener(8081, JAVA)]}, OWN), "html")
    assert "Call &lt;b&gt;Ann&lt;/b&gt; [x](y) {0}." in text
    assert f'<a href="{html.escape(URL)}" rel="noopener noreferrer">' in text


@pytest.mark.parametrize(
    "runbook",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        'https://x/" onmouseover="alert(1)',
        "https://a@evil.example/",
        "x" * 2000,
    ],
)
@pytest.mark.parametrize("format", ["html", "markdown"])
def test_a_runbook_that_is_no_link_is_text(format, runbook):
    given = policy(rule("8081/tcp", reach="host", runbook=runbook))
    text = rendered(report({"web1": [listener(8081, JAVA)]}, given), format)
    assert f'href="{html.escape(runbook)}"' not in text
    assert f"<{runbook}>" not in text
    assert "Runbook: " in text
    assert format == "markdown" or 'onmouseover="' not in text


def test_json_has_it_as_data():
    (group,) = json.loads(rendered(report({"web1": [listener(8081, JAVA)]}, OWN), "json"))["groups"]
    advice = group["advice"]
    assert (advice["own"], advice["runbook"], advice["narrower"]) == (True, URL, None)
    assert advice["commands"] == [{"what": "Stop it, now and after a reboot", "line": COMMAND}]
    (suggested,) = yaml.safe_load(advice["rule"])
    assert suggested["id"] == "java-8081"


def test_junit_says_all_of_it_in_red_cases():
    tree = ET.fromstring(rendered(report({"web1": [listener(8081, JAVA)]}), "junit"))  # noqa: S314
    (failure,) = tree.iter("failure")
    lines = (failure.text or "").splitlines()
    assert f"what to do: {TEXTS['unlisted-listener']}" in lines
    assert f"Stop it, now and after a reboot: {COMMAND}" in lines
    (suggested,) = yaml.safe_load("\n".join(lines[lines.index("a rule that would approve it:") + 1 :]))
    assert suggested["port"] == 8081


def test_junit_is_short_beyond_its_room():
    """Each red case that is beyond has what its rule says, and no more."""
    given = policy(rule("1-65535/tcp", name="app", reach="host", remediation="x" * 2000))
    seen = [listener(port, owner(JAVA, exe=f"/opt/{port}")) for port in range(1, 2005)]
    tree = ET.fromstring(rendered(report({"web1": seen}, given), "junit"))  # noqa: S314
    texts = [failure.text or "" for failure in tree.iter("failure")]
    assert len(texts) == len(seen)
    assert sum(COMMAND in text for text in texts) == 2000
    assert max(len(text) for text in texts if COMMAND not in text) < 1000


def test_sarif_says_what_the_code_says_in_its_help():
    (run,) = json.loads(rendered(report({"web1": [listener(8081, JAVA)]}), "sarif"))["runs"]
    (described,) = run["tool"]["driver"]["rules"]
    assert TEXTS["unlisted-listener"] in described["help"]["text"]
    assert TEXTS["unlisted-listener"] in described["help"]["markdown"]
    (result,) = run["results"]
    assert result["properties"]["advice"]["commands"][0]["line"] == COMMAND


def test_sarif_says_what_the_rule_says_in_the_message():
    (run,) = json.loads(rendered(report({"web1": [listener(8081, JAVA)]}, OWN), "sarif"))["runs"]
    message = run["results"][0]["message"]["text"]
    assert "What to do: Call <b>Ann</b> \\[x\\]\\\\x28y) {{0}}. Runbook: https://wiki.example.org" in message


def test_json_lists_the_hazards_that_findings_name():
    redis = owner_named("redis-server")
    document = json.loads(rendered(report({"web1": [listener(6379, redis), listener(7000, redis)]}), "json"))
    assert {finding["hazard"] for finding in document["findings"]} == {"redis"}
    (found,) = document["hazards"]["found"]
    assert (found["id"], found["severity"]) == ("redis", {"private": "high", "public": "critical"})
    assert all(source.startswith("https://") for source in found["sources"])


@pytest.mark.parametrize("format", ["html", "markdown", "junit", "sarif", "csv", "github", "gitlab"])
def test_formats_say_why_a_hazard_matters(format):
    model = report({"web1": [listener(6379, owner_named("redis-server"))]})
    assert "redis-server serves Redis: without a password" in html.unescape(rendered(model, format)).replace("%3A", ":")


def test_junit_is_short_where_nothing_is_red():
    by_chance = listener(40001, JAVA, protocol="udp", ephemeral=True)
    tree = ET.fromstring(rendered(report({"web1": [by_chance]}), "junit"))  # noqa: S314
    (skipped,) = tree.iter("skipped")
    assert "what to do" not in (skipped.text or "")


def test_sarif_is_short_beyond_its_room():
    seen = [listener(port, owner(JAVA, exe=f"/opt/{port}")) for port in range(1, 1005)]
    (run,) = json.loads(rendered(report({"web1": seen}), "sarif"))["runs"]
    assert len(run["results"]) == len(seen)
    assert sum("advice" in result["properties"] for result in run["results"]) == 1000
