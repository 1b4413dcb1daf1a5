# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every format tells of one small report: the finding, its verdict and the gate; and what no text can do to it."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import typing as t
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._printable import printable
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._csv import plain
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import FORMATS
from ansible_collections.fleetports.compliance.tests.unit.factories.small_report import (
    CODE,
    HOSTILE,
    PORT,
    rendered,
    small_report,
)

TITLE = "Not approved by any rule"
PLACE = f"{PORT}/tcp"


class Told(t.NamedTuple):
    """What a reader learns: the verdict of the finding, None where the format has none; whether the gate stops."""

    verdict: str | None
    gate: bool | None


def _json(text: str) -> Told:
    report = json.loads(text)
    (finding,) = (one for one in report["findings"] if one["code"] == CODE and one["port"] == PORT)
    assert report["summary"]["verdict"] == finding["verdict"]
    return Told(finding["verdict"], report["summary"]["gate"]["trips"])


def _csv(text: str) -> Told:
    (row,) = (row for row in csv.DictReader(io.StringIO(text)) if row["code"] == CODE and row["port"] == str(PORT))
    return Told(row["verdict"], None)


def _junit(text: str) -> Told:
    root = ET.fromstring(text.encode())  # noqa: S314 - our own
    (found,) = root.findall(f".//*[@type='{CODE}']")
    return Told((found.get("message") or "").partition(":")[0], found.tag in ("failure", "error"))


def _sarif(text: str) -> Told:
    (run,) = json.loads(text)["runs"]
    (result,) = (one for one in run["results"] if one["ruleId"] == f"{CODE}/high")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return Told(result["properties"]["verdict"], result["level"] == "error")


def _github(text: str) -> Told:
    (line,) = (line for line in text.splitlines() if f"title={TITLE} (high)::" in line)
    command, verdict = re.fullmatch(rf"::(\w+) .*::(\w+): {PLACE} .*", line).groups()  # type: ignore[union-attr]
    return Told(verdict, command == "error")


def _gitlab(text: str) -> Told:
    (entry,) = (one for one in json.loads(text) if one["check_name"] == CODE)
    assert entry["description"].startswith(f"{TITLE}: {PLACE} ")
    return Told(None, entry["severity"] != "info")


def _openmetrics(text: str) -> Told:
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    (verdict,) = (
        verdict
        for series, value in values.items()
        for verdict in re.findall(rf'port_audit_findings{{code="{CODE}",verdict="(\w+)"}}', series)
        if value == "1"
    )
    assert values[f'port_audit_hosts{{verdict="{verdict}"}}'] == "1"
    return Told(verdict, values["port_audit_gate_trips"] == "1")


def _html(text: str) -> Told:
    body = re.sub(r"<(script|style)>.*?</\1>", "", text[text.index("<body") :], flags=re.DOTALL)
    words = html.unescape(re.sub(r"\s*(<[^>]*>\s*)+", "|", body).replace(f"{PORT}/|tcp", PLACE))
    (verdict,) = re.findall(rf"\|(\w+)\|high severity\|{PLACE}\|[^\n]*{TITLE}", words)
    return Told(verdict, "|gate: fail — failed|" in words)


def _markdown(text: str) -> Told:
    (verdict,) = re.findall(rf"^\| (\w+) \(high\) \| {PLACE}.*\| {TITLE}", text, re.MULTILINE)
    return Told(verdict, "\ngate: fail (failed)\n" in text)


def _console(text: str) -> Told:
    (verdict,) = re.findall(rf" ([A-Z]+) {PLACE} .*: {TITLE.lower()}", " ".join(text.split()))
    return Told(verdict.lower(), "gate: fail (failed)\n" in text)


READERS: t.Mapping[str, t.Callable[[str], Told]] = {
    "html": _html,
    "json": _json,
    "markdown": _markdown,
    "junit": _junit,
    "sarif": _sarif,
    "csv": _csv,
    "openmetrics": _openmetrics,
    "github": _github,
    "gitlab": _gitlab,
    "step-summary": _markdown,
    "console": _console,
}
WITHOUT_VERDICT, WITHOUT_GATE = {"gitlab"}, {"csv"}


def test_every_format_has_a_reader() -> None:
    assert READERS.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("verdict", "gate", "stops"),
    [
        pytest.param("fail", "fail", True, id="a gate that stops"),
        pytest.param("warn", "fail", False, id="a gate that lets a warning through"),
        pytest.param("warn", "warn", True, id="a gate that stops on warnings"),
        pytest.param("unverified", "fail", False, id="a gate that lets through what is unverified"),
    ],
)
def test_the_finding_and_the_gate_are_told(name: str, verdict: str, gate: str, stops: bool) -> None:
    text = rendered(small_report(verdict=verdict, gate=(gate,)), name).replace(f"gate: {gate}", "gate: fail")
    assert READERS[name](text) == Told(
        None if name in WITHOUT_VERDICT else verdict, None if name in WITHOUT_GATE else stops
    )


@pytest.fixture(scope="module")
def plain_texts() -> dict[str, str]:
    return {name: rendered(small_report(), name) for name in FORMATS}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", FORMATS)
def test_no_text_drives_its_reader(name: str, hostile: str) -> None:
    """No control character, no change of direction, and no command of a CI system at the start of a line."""
    text = rendered(small_report(hostile), name)
    text.encode()
    ours = ("::error file=", "::warning file=") if name == "github" else ()
    for line in text.splitlines():
        assert line.isprintable()
        assert not line.lstrip().startswith(("::", "##[")) or line.startswith(ours)
    assert "##[" not in text


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", FORMATS)
def test_no_text_hides_the_finding(name: str, hostile: str) -> None:
    told = READERS[name](rendered(small_report(hostile), name))
    assert told == Told(None if name in WITHOUT_VERDICT else "fail", None if name in WITHOUT_GATE else True)


def _shape(value: t.Any) -> t.Any:
    """The keys of a document, without its texts, and without advice: that has names only where they can be quoted."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items() if key != "advice"}
    return sorted(map(repr, map(_shape, value))) if isinstance(value, list) else type(value)


def _csv_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def _tags(text: str) -> list[str]:
    return sorted(element.tag for element in ET.fromstring(text.encode()).iter())  # noqa: S314 - our own


def _commands(text: str) -> list[list[str]]:
    """Names of properties of each workflow command."""
    given = (line.split("::")[1].partition(" ")[2].split(",") for line in text.splitlines())
    return [[one.partition("=")[0] for one in properties] for properties in given]


def _signs(text: str) -> list[str]:
    """What makes tables and headings of Markdown, without advice."""
    told = re.sub(r"\n## What to do\n.*?\n## ", "\n## ", text, flags=re.DOTALL)
    bare = re.sub(r"\\.|`[^`\n]*`|&#\d+;", "", told)
    return [re.sub(r"[^|#]", "", line) for line in bare.splitlines()]


def _elements(text: str) -> list[str]:
    """Without advice."""
    told = re.sub(r'<details class="advice">.*?</details>', "", text, flags=re.DOTALL)
    return sorted(re.findall(r"<[/!\w]+", told))


def _at_the_margin(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.match(r"\w|=", line)]


SHAPES: t.Mapping[str, t.Callable[[str], t.Any]] = {
    "html": _elements,
    "json": lambda text: _shape(json.loads(text)),
    "markdown": _signs,
    "junit": _tags,
    "sarif": lambda text: _shape(json.loads(text)),
    "csv": lambda text: [len(row) for row in _csv_rows(text)],
    "openmetrics": lambda text: text,
    "github": _commands,
    "gitlab": lambda text: _shape(json.loads(text)),
    "step-summary": _signs,
    "console": _at_the_margin,
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", FORMATS)
def test_no_text_changes_the_document(plain_texts: dict[str, str], name: str, hostile: str) -> None:
    """Keys, elements, rows, commands: what is not text stays as it is with any other word."""
    assert SHAPES[name](rendered(small_report(hostile), name)) == SHAPES[name](plain_texts[name])


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_the_text_can_still_be_read(hostile: str) -> None:
    model, shown = small_report(hostile), printable(hostile)
    assert shown in {plain(cell) for row in _csv_rows(rendered(model, "csv")) for cell in row}
    (failure,) = ET.fromstring(rendered(model, "junit").encode()).iter("failure")  # noqa: S314 - our own
    assert f"held by: {shown}" in (failure.text or "").splitlines()
    assert shown in html.unescape(rendered(model, "html"))
    (finding, _of_policy) = json.loads(rendered(model, "json"))["findings"]
    assert finding["owner"] == re.sub("[\ud800-\udfff]", "\ufffd", hostile), "data is not changed for a reader"


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_no_cell_is_a_formula(hostile: str) -> None:
    cells = [cell for row in _csv_rows(rendered(small_report(hostile), "csv")) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("name", [one.name for one in FORMATS.values() if "json" in one.file or "sarif" in one.file])
def test_no_json_ends_the_script_of_a_page_that_holds_it(name: str) -> None:
    assert "<" not in rendered(small_report(HOSTILE["a script"]), name)
