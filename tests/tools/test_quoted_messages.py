# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code has every message that the documentation quotes.

Checked are messages in code blocks of Markdown and in samples of modules: problems and remarks of policies, and
findings. The fixed parts of a message are compared, since the rest of it depends on the input.
"""

from __future__ import annotations

import ast
import functools
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PROBLEM = re.compile(
    r"[^\s\"]+\.ya?ml:\d+:\d+: (?:\$\S*: |(?:warning|error): (?:rule|waiver) \S+ )"
    r"(?P<message>[^\n]+?)(?: \[[a-z-]+\]|\n|\"|$)"
)
_FINDING = re.compile(r"\d+/(?:tcp|udp) by [\w.-]+: (?P<message>[^\n\"]+)")
_FEWEST_LETTERS = 8  # a text with fewer letters of its own would fit anything


def quoted(text: str) -> list[str]:
    """The messages in a text, without the place or the listener before them."""
    return [match["message"] for pattern in (_PROBLEM, _FINDING) for match in pattern.finditer(text)]


def _fixed(node: ast.AST) -> tuple[str, ...] | None:
    """The fixed parts of the texts that a literal makes, or None where they say too little."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    fixed = tuple(
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "" for part in parts
    )
    letters = sum(character.isalpha() for text in fixed for character in text)
    return fixed if letters >= _FEWEST_LETTERS else None


@functools.cache
def _messages() -> frozenset[tuple[str, ...]]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.glob("plugins/plugin_utils/**/*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, (ast.JoinedStr, ast.Constant)))
    literals = (node for node in nodes if isinstance(node, ast.JoinedStr) or isinstance(node.value, str))
    return frozenset(fixed for node in literals if (fixed := _fixed(node)))


def _begins(message: str, fixed: tuple[str, ...]) -> bool:
    """Whether a message begins with these parts, in this order, with anything between them."""
    first, *rest = fixed
    if not message.startswith(first):
        return False
    place = len(first)
    for part in rest:
        place = message.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def unknown(text: str) -> list[str]:
    """The quoted messages whose beginning no text of the code makes."""
    return [message for message in quoted(text) if not any(_begins(message, one) for one in _messages())]


def _quoting() -> list[tuple[str, str]]:
    pages = [
        (path, _BLOCK.findall(path.read_text(encoding="utf-8")))
        for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    ]
    modules = [(path, [path.read_text(encoding="utf-8")]) for path in ROOT.glob("plugins/modules/port_*.py")]
    return [
        (str(path.relative_to(ROOT)), "\n".join(texts))
        for path, texts in [*pages, *modules]
        if quoted("\n".join(texts))
    ]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in _quoting()])
def test_the_code_has_every_quoted_message(text: str) -> None:
    assert unknown(text) == []


def test_the_pages_that_quote_messages_are_read() -> None:
    assert {name for name, _text in _quoting()} >= {"docs/policy-lint.md", "plugins/modules/port_policy_check.py"}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        pytest.param("p.yml:7:11: $.rules[0].port: must be at most 65535, found 70000", False, id="problem"),
        pytest.param("p.yml:7:11: $.rules[0].port: 70000 is not a port, ports are 1 to 65535", True, id="never-said"),
        pytest.param("p.yml:9:5: $.rules[0].prot: unknown key, did you mean port?", False, id="with-hint"),
        pytest.param("p.yml:7:5: warning: rule x applies to every host [wide-waiver]", False, id="remark"),
        pytest.param("p.yml:7:5: warning: rule x is too wide [wide-waiver]", True, id="remark-never-said"),
        pytest.param("81/tcp by nc: no rule approves it; IANA has this port unassigned", False, id="finding"),
        pytest.param("81/tcp by nc: no rule approves it, and IANA has it unassigned", True, id="finding-never-said"),
    ],
)
def test_a_message_that_the_code_never_says_is_found(line: str, *, wrong: bool) -> None:
    assert bool(unknown(line)) is wrong
