# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be known of a PowerShell module without PowerShell: its grammar, its commands, its documentation."""

from __future__ import annotations

import pathlib
import re
import typing as t

import ansible
import pytest
import tree_sitter
import tree_sitter_pwsh
import yaml

ROOT = pathlib.Path(__file__).parents[2]
MODULES = sorted((ROOT / "plugins").rglob("*.ps1"))
OTHERS = sorted((pathlib.Path(ansible.__file__).parent / "executor/powershell").glob("*.ps1"))
SCRIPT = ROOT / "plugins/modules/win_listening_sockets_info.ps1"

# Everything that the module may call. Nothing here changes a host.
ALLOWED = {
    "ConvertTo-UtcText",
    "ForEach-Object",
    "Get-CimInstance",
    "Get-Date",
    "Get-ItemProperty",
    "Get-NetIPAddress",
    "Get-NetTCPConnection",
    "Get-NetTCPSetting",
    "Get-NetUDPEndpoint",
    "Get-Process",
    "Join-Path",
    "New-Object",
    "Read-Source",
}


def parsed(code: bytes) -> tree_sitter.Node:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language())).parse(code).root_node


def nodes(node: tree_sitter.Node, kind: str) -> t.Iterator[tree_sitter.Node]:
    if node.type == kind:
        yield node
    for child in node.children:
        yield from nodes(child, kind)


def problems(code: bytes) -> list[int]:
    """Lines that the grammar does not allow."""
    root = parsed(code)
    wrong = [node for node in _all(root) if node.type == "ERROR" or node.is_missing]
    return [node.start_point.row + 1 for node in wrong] or ([1] if root.has_error else [])


def _all(node: tree_sitter.Node) -> t.Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _all(child)


@pytest.mark.parametrize("path", [*MODULES, *OTHERS], ids=lambda path: path.name)
def test_grammar(path: pathlib.Path) -> None:
    """Scripts of ansible-core are here to show that the grammar raises no false alarm."""
    assert problems(path.read_bytes()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("catch {", "catch", id="a brace that is missing"),
        pytest.param("supports_check_mode = $true\n}", "supports_check_mode = $true\n", id="a table that does not end"),
        pytest.param("(Get-Date) }", "(Get-Date }", id="a parenthesis"),
        pytest.param("'tcp'", "'tcp", id="a quote"),
        pytest.param("try {", "try {{", id="a brace too many"),
    ],
)
def test_the_grammar_sees_mistakes(old: str, new: str) -> None:
    code = SCRIPT.read_text(encoding="ascii")
    assert old in code
    assert problems(code.replace(old, new, 1).encode()) != []


def test_nothing_is_called_that_could_change_a_host() -> None:
    called = {node.text.decode() for node in nodes(parsed(SCRIPT.read_bytes()), "command_name") if node.text}
    assert called == ALLOWED


def test_no_secrets_are_read() -> None:
    code = SCRIPT.read_text(encoding="ascii").lower()
    assert "commandline" not in code
    assert "-property processid, name, executablepath, creationdate" in code


def test_the_documentation_is_of_this_script() -> None:
    """What ansible-test's validate-modules would compare, had it PowerShell."""
    code = SCRIPT.read_text(encoding="ascii")
    documented = yaml.safe_load(SCRIPT.with_suffix(".yml").read_text())
    spec = code[code.index("options = @{") : code.index("supports_check_mode")]
    options = dict(re.findall(r"^ {8}(\w+) = @\{ type = '(\w+)'; default = \$false \}$", spec, re.MULTILINE))
    assert options == {"http_sys": "bool"}
    described = documented["DOCUMENTATION"]
    assert described["module"] == SCRIPT.stem
    assert {name: option["type"] for name, option in described["options"].items()} == options
    assert not any(option["default"] for option in described["options"].values())
    returned = set(re.findall(r"^\$module\.Result\.(\w+) =", code, re.MULTILINE)) - {"changed"}
    assert set(documented["RETURN"]) == returned
    assert all("sample" in value for value in documented["RETURN"].values())


def test_one_test_of_one_file_is_left_out() -> None:
    """Of ansible-test sanity, and nothing else: what this file does instead."""
    lines = {line for path in (ROOT / "tests/sanity").iterdir() for line in path.read_text().splitlines()}
    (line,) = (line for line in lines if line.startswith(str(SCRIPT.relative_to(ROOT))))
    assert line.startswith(f"{SCRIPT.relative_to(ROOT)} validate-modules!skip #")


def test_every_source_is_used() -> None:
    gathered = set(re.findall(r"Read-Source '(\w+)'", SCRIPT.read_text(encoding="ascii")))
    shaped = (ROOT / "plugins/plugin_utils/_windows/_observation.py").read_text()
    shaped += (ROOT / "plugins/plugin_utils/_windows/_windows_owners.py").read_text()
    assert {"tcp", "udp", "processes", "services", "http_sys"} < gathered
    assert {name for name in gathered if f'"{name}"' not in shaped} == set()
