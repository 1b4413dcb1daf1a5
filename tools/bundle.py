# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the Linux collector into one file: the module that Ansible sends to Linux hosts, all of it in plain text.

``tools/bundle.py`` writes it, ``tools/bundle.py --check`` says whether it is what these sources give.
"""

from __future__ import annotations

import ast
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
UTILS = ROOT / "plugins" / "module_utils"
MODULE = ROOT / "plugins" / "modules" / "linux_listening_sockets_info.py"
TEMPLATE = pathlib.Path(__file__).with_name("linux_module.template")
ENTRY = "_collect._linux_entry"
PACKAGE = "ansible_collections.fleetports.compliance.plugins.module_utils"
# A name that no other package has, and for which ansible-core does not look on the controller to pack what it finds.
INSIDE = "_fleetports_compliance"
_MARK = "# FILES\n"
# What ansible-core replaces in a module, or tells its kind by (ansible/executor/module_common.py, 2.18 to 2.21): of all
# of it the file has the one token that its arguments are put in place of, once.
ARGUMENTS = "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"
_MEANT_FOR_ANSIBLE = re.compile(
    r"<<[A-Z_]+>>"
    r"|syslog\.LOG_USER"
    r"|#\s*POWERSHELL_COMMON"
    r"|#\s*(?:Ansible)?Requires\s+-"
    r"|WANT_JSON"
    r"|(?:from|import)\s+(?:\.{2,}\s*module_utils|ansible(?:_collections)?\.)",
    re.IGNORECASE,
)
_QUOTE = "'''"


def main() -> int:
    """Write the module, or compare; returns the exit status."""
    text = bundle()
    if "--check" not in sys.argv[1:]:
        MODULE.write_text(text, encoding="utf-8")
        return 0
    if MODULE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{MODULE.name} is not what its sources give: run tools/bundle.py\n")
    return 1


def bundle() -> str:
    """The whole text of the module."""
    before, after = TEMPLATE.read_text(encoding="utf-8").split(_MARK)
    names = needed()
    files = "".join(f'    "{name}": "",\n' for name in packages(names))
    files += "".join(f'    "{name}": r{_QUOTE}{_text(name)}{_QUOTE},\n' for name in names)
    return checked(before + files + after)


def packages(names: list[str]) -> list[str]:
    """Dotted names of the folders of these files, the one that holds all of them first."""
    found = {""}
    for name in names:
        parts = name.split(".")
        found |= {".".join(parts[:depth]) for depth in range(1, len(parts))}
    return sorted(found)


def checked(text: str) -> str:
    """The text. Raises ValueError for what ansible-core would replace in it, or take for another kind of module."""
    found = [match[0] for match in _MEANT_FOR_ANSIBLE.finditer(text)]
    if found != [ARGUMENTS]:
        raise ValueError(f"the module has to hold {ARGUMENTS} once and nothing else that ansible-core reads: {found}")
    return text


def needed() -> list[str]:
    """Dotted names, below ``module_utils``, of all files that the collector may import on some host."""
    found: set[str] = set()
    waiting = [ENTRY]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _imports(name)
    return sorted(found)


def _imports(name: str) -> list[str]:
    tree = ast.parse(_path(name).read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    ours = [node for node in nodes if (node.module or "").startswith(PACKAGE)]
    names = []
    for node in ours:
        base = (node.module or "")[len(PACKAGE) + 1 :]
        names += [base] if _path(base).is_file() else [f"{base}.{alias.name}".strip(".") for alias in node.names]
    return names


def _path(name: str) -> pathlib.Path:
    return UTILS.joinpath(*name.split(".")).with_suffix(".py") if name else UTILS


def _text(name: str) -> str:
    """A file with its lines where they were, so that a traceback names them; without what stands above its
    docstring, which the module has.

    Raises ValueError for what a raw string cannot hold.
    """
    lines = _path(name).read_text(encoding="utf-8").split("\n")
    kept = ["" if line.startswith("#") and number < 4 else line for number, line in enumerate(lines)]
    text = "\n".join(kept).replace(PACKAGE, INSIDE)
    if _QUOTE in text or text.endswith("\\"):
        raise ValueError(f"{name} cannot be put into a raw string")
    return text


if __name__ == "__main__":
    raise SystemExit(main())
