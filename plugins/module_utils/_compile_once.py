# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compile what Ansible sends to a host once, not twice.

A module arrives as a zip archive without byte code. The import system asks zipimport for a file's name while it makes
the spec; zipimport compiles the file to answer (zipimporter.get_filename()), forgets the code, and compiles again to
run it. For a collector that is a tenth of its whole CPU time. This finder asks once and keeps the code until it runs.
Runs on targets: Python 3.8+, standard library only.
"""

from __future__ import annotations

import sys
import types
import typing as t
import zipimport
from importlib.machinery import ModuleSpec


class CompileOnce:
    """Finds and loads the modules below a package that lie in a zip archive; leaves all others to Python."""

    def __init__(self, package: str) -> None:
        self._prefix = package + "."
        self._code: t.Dict[str, types.CodeType] = {}

    def find_spec(self, name: str, path: t.Optional[t.Sequence[str]] = None, target: t.Any = None) -> t.Any:
        """The spec of a plain module in an archive; None for packages, and where there is no such archive or module."""
        if not path or not name.startswith(self._prefix):
            return None
        try:
            archive = zipimport.zipimporter(path[0])  # what is in it, Python has read already and keeps
            if archive.is_package(name):
                return None
            code = archive.get_code(name)
        except zipimport.ZipImportError:
            return None
        self._code[name] = code
        spec = ModuleSpec(name, t.cast(t.Any, self), origin=code.co_filename)
        spec.has_location = True
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python make the module."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run it with the code that finding it gave."""
        exec(self._code.pop(module.__name__), vars(module))  # noqa: S102 - this is what a loader does


def install(package: str) -> None:
    """Use it for the modules below ``package``, given by its full name."""
    sys.meta_path.insert(0, t.cast(t.Any, CompileOnce(package)))
