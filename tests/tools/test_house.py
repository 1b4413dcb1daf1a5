# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layout of the code: imports run one way, folders stay small, names are unique, and the map is true."""

from __future__ import annotations

import ast
import collections
import functools
import pathlib
import re
import typing as t

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
NAME = "ansible_collections.fleetports.compliance."
PRIVATE = ("module_utils", "plugin_utils")
MOST_FILES = 15
HEADER = "# Private to the collection: anything in this file can change without notice.\n"
# What one side writes and the other side reads back has one name on both.
TWO_SIDES: frozenset[str] = frozenset()
# What the code defines and does not name again.
NAMED_ELSEWHERE = {
    "OWNER_CGROUP": "the words of a field of evidence, for its schema",
    "OWNER_STATUS": "the words of a field of evidence, for its schema",
    **dict.fromkeys(("load_bytecode", "dump_bytecode", "get_source_checksum"), "called by Jinja"),
    "TRANSFERS_FILES": "read by ansible-core",
    "_parse_returned_data": "called by ansible-core",
    "_supports_async": "read by ansible-core",
    **dict.fromkeys(
        ("_dnat", "_goto", "_mangle", "_redirect", "_tproxy", "_vmap", "_xt"),
        "by the name of an expression of nftables",
    ),
}


def dotted(path: pathlib.Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@functools.cache
def parsed(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


FILES = {dotted(path): path for path in PLUGINS.rglob("*.py") if path.name != "linux_listening_sockets_info.py"}


def imports(module: str) -> t.Iterator[str]:
    """Modules of the collection that one names anywhere: at its top, in functions, for type checking."""
    for node in ast.walk(parsed(FILES[module])):
        if not isinstance(node, ast.ImportFrom):
            continue
        base = node.module or ""
        if node.level:
            base = ".".join([*module.split(".")[: -node.level], *filter(None, [node.module])])
        elif base.startswith(NAME):
            base = base[len(NAME) :]
        for alias in node.names:
            yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in FILES else base


IMPORTS = {module: {name for name in imports(module) if name in FILES} - {module} for module in FILES}
FOLDERS = sorted({name.rpartition(".")[0] for name in FILES} | {"plugins"})


def inside(folder: str) -> dict[str, set[str]]:
    """The files and subfolders of a folder, each with those beside it that it imports from."""

    def node(module: str) -> str | None:
        return module[len(folder) + 1 :].split(".", maxsplit=1)[0] if module.startswith(f"{folder}.") else None

    found: dict[str, set[str]] = collections.defaultdict(set)
    for module, targets in IMPORTS.items():
        here = node(module)
        if here is not None:
            found[here] |= {there for there in map(node, targets) if there is not None and there != here}
    return found


def circle(graph: t.Mapping[str, t.Collection[str]]) -> set[str]:
    """What is left when everything is taken away that imports from nothing that is left."""
    left = {name: set(targets) for name, targets in graph.items()}
    while True:
        free = {name for name, targets in left.items() if targets.isdisjoint(left)}
        if not free:
            return set(left)
        left = {name: targets for name, targets in left.items() if name not in free}


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_run_one_way(folder: str) -> None:
    """Between the files and folders of each folder there is no circle, also not by imports within functions."""
    assert circle(inside(folder)) == set()


def test_a_circle_is_noticed() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == {"a", "b", "c"}
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == set()


@pytest.mark.parametrize("room", ["plugins", "tests/unit/plugins"])
def test_folders_of_private_code_stay_small(room: str) -> None:
    counts = collections.Counter(
        path.parent.relative_to(ROOT)
        for kind in PRIVATE
        for path in (ROOT / room / kind).rglob("*.py")
        if path.name != "__init__.py"
    )
    assert {str(folder): count for folder, count in counts.items() if count > MOST_FILES} == {}


def private() -> t.Iterator[pathlib.Path]:
    for kind in PRIVATE:
        yield from (path for path in (PLUGINS / kind).rglob("*.py") if path.name != "__init__.py")


def rooms(kind: str) -> set[str]:
    """The folders below ``kind`` that hold code, ``.`` for itself."""
    files = (path for path in (PLUGINS / kind).rglob("*.py") if path.name != "__init__.py")
    return {str(path.parent.relative_to(PLUGINS / kind)) for path in files}


@pytest.mark.parametrize("kind", PRIVATE)
def test_every_room_has_unit_tests_and_nothing_else_does(kind: str) -> None:
    tests = ROOT / "tests" / "unit" / "plugins" / kind
    assert {str(path.parent.relative_to(tests)) for path in tests.rglob("test_*.py")} == rooms(kind)


def test_no_two_private_files_share_a_name() -> None:
    names = collections.Counter(path.name for path in private())
    assert [name for name, count in names.items() if count > 1] == []


def test_no_two_classes_share_a_name() -> None:
    names = collections.Counter(
        node.name for path in private() for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in names.items() if count > 1} - TWO_SIDES == set()


def defined(body: t.Iterable[ast.stmt]) -> t.Iterator[tuple[str, ast.stmt]]:
    """What a module or a class defines: functions, classes, methods, constants."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from defined(node.body)
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from ((target.id, node) for target in targets if isinstance(target, ast.Name))


def used(tree: ast.AST) -> t.Iterator[tuple[str, int]]:
    """What a module names, and in which line. An import alone is no use."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg, node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def test_nothing_is_there_for_tests_alone() -> None:
    """Every name that private code defines is used by code or a template, outside of its own definition."""
    uses = collections.defaultdict(set)
    for path in [*FILES.values(), *ROOT.glob("tools/**/*.py")]:
        for name, line in used(parsed(path)):
            uses[name].add((path, line))
    for path in ROOT.glob("roles/**/*.j2"):
        for name in re.findall(r"\w+", path.read_text(encoding="utf-8")):
            uses[name].add((path, 0))
    unused = {
        name
        for path in private()
        for name, node in defined(parsed(path).body)
        if all(at == path and node.lineno <= line <= (node.end_lineno or 0) for at, line in uses[name])
    }
    assert {name for name in unused if not name.startswith("__")} == set(NAMED_ELSEWHERE)


def test_every_private_file_says_so_in_its_first_line() -> None:
    assert [str(path) for path in private() if not path.read_text(encoding="utf-8").startswith(HEADER)] == []


def test_the_map_names_every_room_and_no_other() -> None:
    """The table in CONTRIBUTING.md against the tree: each folder of private code."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text[text.index("## Where things are") :].split("\n## ")[0]
    mapped = set(re.findall(r"^\| `([a-z_/.]+)/?` \|", section, re.MULTILINE))
    rooms = {
        f"{kind}/{path.relative_to(PLUGINS / kind)}"
        for kind in PRIVATE
        for path in (PLUGINS / kind).rglob("*")
        if path.is_dir() and path.name != "__pycache__" and any(path.glob("*.py"))
    }
    assert {name for name in mapped if name.startswith(PRIVATE)} == rooms | set(PRIVATE)
    assert [name for name in mapped if not name.startswith(PRIVATE) and not (ROOT / name).exists()] == []
