# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module for Linux is its sources, put into one file."""

from __future__ import annotations

import ast
import pathlib
import re

import bundle
import pytest


@pytest.fixture
def files() -> dict[str, str]:
    """Text by name, as the module has it."""
    for node in ast.parse(bundle.MODULE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            found: dict[str, str] = ast.literal_eval(node.value)
            return {name: text for name, text in found.items() if text}
    return {}


def test_the_module_is_what_its_sources_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bundle.py", "--check"])
    assert bundle.main() == 0


def test_a_change_by_hand_is_found_and_mended(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "module.py"
    text = bundle.MODULE.read_text(encoding="utf-8")
    module.write_text(text.replace("NICE = 19", "NICE = 18"), encoding="utf-8")
    monkeypatch.setattr(bundle, "MODULE", module)
    monkeypatch.setattr("sys.argv", ["bundle.py", "--check"])
    assert bundle.main() == 1
    assert "run tools/bundle.py" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["bundle.py"])
    assert bundle.main() == 0
    assert module.read_text(encoding="utf-8") == text


def test_all_that_a_linux_host_may_need_and_no_more(files: dict[str, str]) -> None:
    imports = re.findall(
        r"from _fleetports_compliance\.?([\w.]*) import (?:\(([^)]*)\)|([\w, ]+)$)",
        "".join(files.values()),
        re.MULTILINE,
    )
    imported = {f"{room}.{name}".strip(".") for room, *names in imports for name in re.findall(r"\w+", " ".join(names))}
    imported |= {room for room, *_names in imports}  # of a file: what it defines
    assert imported & set(files) | {"_collect._linux_entry"} == set(files)
    assert not any(name.startswith("_collect.commands") or name == "_collect._unix_entry" for name in files)


def test_lines_are_where_they_were(files: dict[str, str]) -> None:
    """A traceback names them."""
    for name, text in files.items():
        source = bundle.UTILS.joinpath(*name.split(".")).with_suffix(".py").read_text(encoding="utf-8")
        assert text.splitlines()[4:] == source.replace(bundle.PACKAGE, bundle.INSIDE).splitlines()[4:], name


def test_ansible_takes_it_as_it_is() -> None:
    """A module that imports from module_utils is packed with Ansible's own, which costs more than the look."""
    text = bundle.MODULE.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(from|import) +ansible", text, re.MULTILINE)
    assert bundle.checked(text) == text


@pytest.mark.parametrize(
    "token",
    [
        "#<<INCLUDE_ANSIBLE_MODULE_COMMON>>",
        '"<<ANSIBLE_VERSION>>"',
        '"<<INCLUDE_ANSIBLE_MODULE_COMPLEX_ARGS>>"',
        "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>",
        "<<SELINUX_SPECIAL_FILESYSTEMS>>",
        "# POWERSHELL_COMMON",
        "#Requires -Module x",
        "#requires -version 5",
        "#AnsibleRequires -Wrapper",
        "# ansiblerequires -CSharpUtil",
        "WANT_JSON",
        "syslog.LOG_USER",
        "from ansible.module_utils.basic import AnsibleModule",
        "import ansible.module_utils.basic",
        "from ansible_collections.a.b.plugins.module_utils import c",
        "from ...module_utils import c",
    ],
)
def test_what_ansible_would_replace_or_tell_its_kind_by(token: str) -> None:
    """Of all of these one may be there, once: the file is not made with another."""
    text = bundle.MODULE.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="nothing else that ansible-core reads"):
        bundle.checked(f"{text}\n{token}\n")


def test_every_token_of_this_ansible_is_known() -> None:
    """Those of the newest and oldest Ansible, whatever they are called."""
    module_common = pytest.importorskip("ansible.executor.module_common")
    tokens = {value for name, value in vars(module_common).items() if name.startswith("REPLACER")}
    assert len(tokens) >= 6
    for token in tokens:
        with pytest.raises(ValueError, match="nothing else that ansible-core reads"):
            bundle.checked(bundle.ARGUMENTS + " " + token.decode())
    source = pathlib.Path(module_common.__file__).read_bytes()
    replaced = {name.decode() for name in re.findall(rb"b_module_data\.replace\(\s*(\w+|b'[^']+'),", source)}
    known = {"REPLACER", "REPLACER_WINDOWS", "REPLACER_VERSION", "REPLACER_COMPLEX", "REPLACER_SELINUX"}
    assert replaced - known <= {"REPLACER_JSONARGS", "b'syslog.LOG_USER'"}, "it replaces something new"


def test_without_its_arguments_it_is_not_made() -> None:
    with pytest.raises(ValueError, match="once"):
        bundle.checked("import sys\n")


@pytest.mark.parametrize("text", ["a = '''b'''\n", "a = 1 \\"])
def test_what_a_raw_string_cannot_hold(text: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_odd.py").write_text("\n\n\n" + text, encoding="utf-8")
    monkeypatch.setattr(bundle, "UTILS", tmp_path)
    with pytest.raises(ValueError, match="_odd cannot be put into a raw string"):
        bundle._text("_odd")


def test_sanity_has_one_thing_to_overlook() -> None:
    """Of all checks of a module, that it makes an AnsibleModule. Only this and PowerShell's are left out of any.

    Beside them only policies that are written badly on purpose are excused.
    """
    lines = {line for path in (bundle.ROOT / "tests/sanity").iterdir() for line in path.read_text().splitlines()}
    lines = {line for line in lines if not line.startswith("tests/unit/plugins/plugin_utils/_policy/negative/")}
    (line,) = (line for line in lines if "win_listening_sockets_info.ps1 " not in line)
    assert line.startswith(
        f"{bundle.MODULE.relative_to(bundle.ROOT)} validate-modules:ansible-module-not-initialized #"
    )
