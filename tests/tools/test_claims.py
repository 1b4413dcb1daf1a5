# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No sentence of this project claims more of a control than that results support it.

Whoever says of a run that a control is met, satisfied or closed says what only people can decide.
"""

from __future__ import annotations

import ast
import json
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATTERNS = (
    "*.md",
    "docs/**/*.md",
    "roles/**/*.md",
    "roles/**/*.yml",
    "roles/**/*.j2",
    "playbooks/*.yml",
    "plugins/**/*.py",
    "plugins/**/*.json",
    "changelogs/**/*.yml",
)
# What a control, or somebody who asks for one, is called; ids alone are too short to be told from numbers.
_CONTROL = re.compile(
    r"\bcontrols?\b|\brequirements?\b|\bPCI\b|\bNIST\b|\bCIS\b|\bSTIGs?\b|\bISO\b|\bCMMC\b|\bANSSI\b|\bbenchmarks?\b"
    r"|\bframeworks?\b|\bauditors?\b|\b800-(53|171)\b",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\bcompl(y|ies|ied|iant|iance)\b|\bsatisf(y|ies|ied|ying)\b|\bfulfil|\bmeets?\b|\bmet\b|\bclos(e|es|ed|ing|ure)\b"
    r"|\bcertif(y|ies|ied|ication)\b|\bguarantees?\b|\b(prove|ensure|assure)s?\b"
    r"|\bpass(es|ed)? (the |a )?(control|audit)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(never|not|no|none|nobody|cannot|neither|nor|without)\b|n't\b", re.IGNORECASE)
# Names, and what others call themselves.
_NAMES = re.compile(
    r"fleetports[./]compliance|ComplianceAsCode|compliance-trestle|compliance finding|compliance_finding"
    r"|Capability Maturity|(?<=Cybersecurity )Maturity Model Certification|Ensure only approved services",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n|\n\s*[-*|#]\s*|[\"|]")


def claims(text: str) -> list[str]:
    """The sentences that speak of a control and of its being met, and do not deny it."""
    sentences = (" ".join(one.split()) for one in _SENTENCE.split(_NAMES.sub("", text)))
    return [one for one in sentences if _CONTROL.search(one) and _CLAIM.search(one) and not _DENIED.search(one)]


def _prose(path: pathlib.Path) -> str:
    """What a file says to people: of code its texts, of data its values."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        strings = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
        comments = re.findall(r"^\s*# (.*)", text, re.MULTILINE)
        return "\n\n".join([*(value for value in strings if isinstance(value, str)), *comments])
    return re.sub(r'"\$id": ".*"', "", text) if path.suffix == ".json" else text


def _files() -> list[pathlib.Path]:
    return sorted({path for pattern in PATTERNS for path in ROOT.glob(pattern)})


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_claims_more_than_support(path: pathlib.Path) -> None:
    assert claims(_prose(path)) == []


def test_the_guide_names_every_kind_of_evidence_and_every_control() -> None:
    data = json.loads((ROOT / "plugins/plugin_utils/_controls/controls-1.json").read_text(encoding="utf-8"))
    guide = (ROOT / "docs/controls.md").read_text(encoding="utf-8")
    rows = [f"| `{name}` | {said['says']} |" for name, said in data["evidence"].items()]
    for framework in data["frameworks"]:
        rows.append(f"| `{framework['framework']}` | {framework['edition'] or 'not recorded'} | ")
        rows += [control["id"] for control in framework["controls"]]
    assert [row for row in rows if row not in guide] == []


def test_the_files_that_speak_of_controls_are_among_them() -> None:
    found = {str(path.relative_to(ROOT)) for path in _files()}
    assert found >= {
        "README.md",
        "docs/controls.md",
        "plugins/plugin_utils/_controls/controls-1.json",
        "plugins/plugin_utils/_report/sections/controls/_evidence_kinds.py",
        "roles/port_audit/templates/html/_control.j2",
        "roles/port_audit/templates/report.md.j2",
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "A green run means that you are compliant with PCI DSS.",
        "This report satisfies CIS 2.1.22.",
        "The gate proves that the control is met.",
        "Hosts comply with the STIG.",
        "It closes the control.",
        "It ensures NIST compliance for your fleet.",
        "A passing host fulfils requirement 2.2.4.",
    ],
)
def test_a_claim_is_found(sentence: str) -> None:
    assert claims(f"Some words. {sentence} More words.") == [sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "Results support the controls that ask for this check.",
        "They never close a control.",
        "No report says that a control is satisfied.",
        "fleetports.compliance reports per control.",
        "Every listener satisfies the rule.",
    ],
)
def test_what_supports_or_denies_is_no_claim(sentence: str) -> None:
    assert claims(sentence) == []
