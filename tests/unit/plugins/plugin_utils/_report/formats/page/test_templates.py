# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates: escaping, strictness, overrides, and errors that name the line."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import html.parser
import json
import os
import pathlib
import re

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import HostDrift
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._since import Since
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._report_errors import TemplateProblem
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._console import summary
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._templates import (
    MOST_ROWS,
    render,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._host_details import FULL_HOSTS
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host

TEMPLATES = str(pathlib.Path(__file__).parents[7] / "roles" / "port_audit" / "templates")


class _Page(html.parser.HTMLParser):
    """Collects what a browser would see: elements, ids, links to elsewhere, text."""

    VOID = frozenset(("meta", "br", "col", "input", "rect", "wbr", "link", "img"))

    def __init__(self, text):
        super().__init__()
        self.elements, self.ids, self.targets, self.styled, self.words = [], [], [], [], []
        self.open, self.unbalanced = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.elements.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.targets += [values[key] for key in ("href", "src", "action", "data") if key in values]
        self.styled += [key for key in values if key == "style" or key.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)


def _html(model=None, *dirs):
    return render(model or sample.model(), format="html", template_dirs=[*map(str, dirs), TEMPLATES])


def _markdown(model=None, *dirs):
    return render(model or sample.model(), format="markdown", template_dirs=[*map(str, dirs), TEMPLATES])


def _hostile(name):
    seen = listener(81, owner_named(name, f"/tmp/{name}"))  # noqa: S108
    return build(sample.run(), [host("a", found(seen, "unassigned-port", "fail", f"held by {name}"))], [])


def test_the_page_is_whole_and_leans_on_nothing_from_elsewhere():
    page = _Page(_html())
    assert (page.open, page.unbalanced) == ([], [])
    assert page.targets
    assert all(target.startswith("#") for target in page.targets)
    assert page.styled == []
    assert not {"link", "img", "iframe", "object", "embed", "base"} & set(page.elements)
    assert len(page.ids) == len(set(page.ids))
    assert {target[1:] for target in page.targets} <= set(page.ids)


def test_the_browser_may_run_only_what_the_page_holds():
    text = _html()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    for tag in ("style", "script"):
        content = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert text.count("<script") == text.count("<style") == 1


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "</td></table><h1>x", '"><img src=x onerror=y>', "\x1b[2J", "caf\udce9"],
    ids=ascii,
)
def test_no_name_becomes_markup_in_the_page(name):
    text = _html(_hostile(name))
    text.encode()
    page, plain = _Page(text), _Page(_html(_hostile("x")))
    assert page.elements == plain.elements
    assert page.unbalanced == []
    assert page.styled == []
    assert "\x1b" not in text


def _unfenced(text):
    """Without what stands in fences to be copied, as it is (see test_advice_in_formats)."""
    return re.sub(r"^(`{3,})\w+\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", ["a|b|c", "x\n# title\n", "<img src=x>", "```", "[a](http://x)"], ids=ascii)
def test_no_name_becomes_markup_in_markdown(name):
    text, plain = (_unfenced(_markdown(_hostile(given))) for given in (name, "x"))
    bars = [len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines()]
    assert bars == [line.count("|") for line in plain.splitlines()]
    assert re.findall("^#+", text, re.MULTILINE) == re.findall("^#+", plain, re.MULTILINE)
    assert "<img" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "http://" not in text


def test_the_sections_stand_in_the_order_a_reader_needs():
    ids = [
        one
        for one in _Page(_html()).ids
        if one in ("verdict", "coverage", "unassigned", "findings", "policy", "approvals", "waivers", "hosts", "about")
    ]
    assert ids == ["verdict", "coverage", "unassigned", "findings", "policy", "approvals", "waivers", "hosts", "about"]


@pytest.mark.parametrize(
    "said",
    [
        "5 of 12 hosts fail the policy",
        "gate: off",
        "production",
        sample.SHA256,
        "snapshot of 2026-06-30, 14,852 rows",
        "ansible-core 2.19.14",
        "lab2",
        "Connection timed out",
        "metrics-postgres",
        "point-in-time observation",
        "not reachability",
        "6 other network namespaces",
        "2026-12-10",
    ],
)
@pytest.mark.parametrize("format", ["html", "markdown"])
def test_every_report_says(format, said):
    text = " ".join("".join(_Page(_html()).words).split()) if format == "html" else _markdown().replace("\\", "")
    assert said in text


def test_a_gate_is_named():
    model = sample.model(gate=("fail", "unverified"))
    assert "gate: fail, unverified — failed" in _html(model)
    assert "gate: fail, unverified (failed)" in _markdown(model)


@pytest.mark.parametrize("format", ["html", "markdown"])
@pytest.mark.parametrize(
    "model",
    [
        pytest.param(build(sample.run(policies=(), left_out=(), limit=None), [], []), id="nobody"),
        pytest.param(build(sample.run(), [host("a", reason="no route")], []), id="nobody assessed"),
        pytest.param(build(sample.run(left_out=()), [host("a")], []), id="nothing listens"),
    ],
)
def test_reports_of_almost_nothing(format, model):
    text = render(model, format=format, template_dirs=[TEMPLATES])
    assert model.summary.headline in text
    assert "None" not in re.sub("<script>.*?</script>", "", text, flags=re.DOTALL).replace("None.", "")


def test_tables_are_bounded_and_say_what_they_leave_out():
    many = MOST_ROWS["html"] + 3
    judged = [
        found(listener(port, owner_named("x")), "unlisted-listener", "fail", "said")
        for port in range(50_000, 50_000 + many)
    ]
    model = build(sample.run(), [host("a", *judged)], [])
    page = _html(model)
    assert "And 3 more rows: see report.json." in page
    assert page.count('data-label="Finding"') == MOST_ROWS["html"]
    assert _markdown(model).count("Not approved by any rule: said") == MOST_ROWS["markdown"]
    assert f"And {many - MOST_ROWS['markdown']} more rows: see report.json." in _markdown(model)


def test_a_users_template_wins_and_may_lean_on_the_roles_own(tmp_path):
    (tmp_path / "report.md.j2").write_text("mine: {{ report.summary.verdict }} {% include 'html/about.j2' %}")
    assert _markdown(None, tmp_path).startswith("mine: fail <section")


def test_a_template_that_changes_between_two_reports_counts_at_once(tmp_path):
    """With the same name, size and time: by its text alone."""
    page = tmp_path / "report.md.j2"
    for text in ("one", "two"):
        page.write_text(text, encoding="utf-8")
        os.utime(page, (1, 1))
        assert _markdown(None, tmp_path) == text


def test_a_users_style_is_used_and_allowed(tmp_path):
    (tmp_path / "report.css").write_bytes(b"body { color: teal }\r\n")
    text = _html(None, tmp_path)
    digest = base64.b64encode(hashlib.sha256(b"body { color: teal }\n").digest()).decode()
    assert "<style>body { color: teal }\n</style>" in text
    assert f"style-src 'sha256-{digest}'" in text


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        pytest.param("a\n{% for x in %}", 2, "Expected an expression", id="syntax"),
        pytest.param("a\n\n{{ report.nothing }}", 3, "no attribute 'nothing'", id="a name that is not there"),
        pytest.param("{{ 1 / 0 }}", 1, "division by zero", id="arithmetic"),
        pytest.param("a\n{{ report.__class__.__mro__ }}", 2, "unsafe", id="a way out of the sandbox"),
        pytest.param("{{ report.summary.hosts.update({'fail': 0}) }}", 1, "unsafe", id="changing the report"),
        pytest.param("{{ 'a' | nofilter }}", 1, "nofilter", id="a filter that is not there"),
        pytest.param("\n{% include 'gone.j2' %}", 2, "gone.j2", id="an include that is not there"),
    ],
)
def test_a_broken_template_is_named_with_its_line(tmp_path, template, line, said):
    path = tmp_path / "report.md.j2"
    path.write_text(template)
    with pytest.raises(TemplateProblem) as caught:
        _markdown(None, tmp_path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_a_template_that_is_nowhere(tmp_path):
    with pytest.raises(TemplateProblem, match=r"no template report\.html\.j2 in: .*"):
        render(sample.model(), format="html", template_dirs=[str(tmp_path)])


def test_a_template_that_is_no_text(tmp_path):
    (tmp_path / "report.md.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateProblem):
        _markdown(None, tmp_path)


@pytest.mark.parametrize("content", ["a{}\n</style>", "<!-- x", "</SCRIPT>"])
def test_an_inlined_file_cannot_end_its_element(tmp_path, content):
    (tmp_path / "report.css").write_text(content)
    with pytest.raises(TemplateProblem, match=r"report\.css:\d: an inlined file cannot contain an end tag"):
        _html(None, tmp_path)


@pytest.fixture(scope="module")
def large():
    """The sample's hosts over and over: more than a page shows as text."""
    copies = FULL_HOSTS // len(sample.hosts()) + 1
    hosts = [dataclasses.replace(one, name=f"{one.name}-{n:03}") for n in range(copies) for one in sample.hosts()]
    return build(sample.run(), hosts, sample.policy_findings())


def test_a_small_fleet_is_all_text():
    text = _html()
    assert 'id="bulk"' not in text
    assert 'id="explore"' not in text
    assert "DecompressionStream" not in text


def test_a_large_fleet_is_packed_and_says_where_the_rest_is(large):
    text = _html(large)
    page = _Page(text)
    words = " ".join("".join(page.words).split())
    assert (page.open, page.unbalanced) == ([], [])
    assert "This page contains" in words
    assert "All of them are in report.json" in words
    assert "folder evidence" in words
    assert page.elements.count("details") < 250
    assert len(page.ids) == len(set(page.ids))
    assert {target[1:] for target in page.targets} <= set(page.ids)
    (bulk,) = re.findall(r'<script type="application/octet-stream" id="bulk">([A-Za-z0-9+/=]+)</script>', text)
    assert len(json.loads(gzip.decompress(base64.b64decode(bulk)))["hosts"]["name"]) == len(large.hosts)


def test_the_script_of_a_large_fleet_is_allowed_by_its_hash_also_where_it_is_the_users_own(large, tmp_path):
    (tmp_path / "explore.js").write_text("void 0;\n")
    text = _html(large, tmp_path)
    (script,) = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    assert script.endswith("void 0;\n")
    assert f"script-src 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in text


def test_where_findings_are_is_a_table_with_words():
    text = _html()
    map_ = text[text.index('id="heat"') : text.index('id="unassigned"')]
    assert '<td class="cell fail l4"><span class="visually-hidden">fail</span></td>' in map_
    assert '<a href="#host-web1">web1</a>' in map_


@pytest.mark.parametrize("format", ["html", "markdown", "console"])
@pytest.mark.parametrize(("reason", "said"), [(None, False), ("there is no earlier evidence of it", True)])
def test_where_nothing_was_compared_no_report_says_that_nothing_changed(format, reason, said):
    hosts = [dataclasses.replace(host("web1"), since=Since(HostDrift(reason=reason)))]
    model = build(sample.run(reference=("earlier",)), hosts, [])
    makers = {"html": _html, "markdown": _markdown, "console": lambda it: summary(it, color=False, paths={})}
    text = makers[format](model)
    assert ("othing was compared" in text) is said
    assert ("Nothing opened" in text or "no change on" in text) is not said
