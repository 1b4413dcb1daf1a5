# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules in an archive, as Ansible sends them to a host, and how often Python compiles them."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils import _compile_once

# Counts the compilations of the archive's own files, then says what the modules that ran know of themselves.
PROGRAM = """
import importlib, json, sys, zipimport
sys.path.insert(0, sys.argv[1])
import top.below, outside  # their paths are known to Python before, as those of a module's own package are
compiled = []
plain = zipimport._compile_source
def counting(path, source):
    compiled.append(path.rpartition("/")[2])
    return plain(path, source)
zipimport._compile_source = counting
exec(open(sys.argv[2]).read())
install("top")
modules = [importlib.import_module(name) for name in ("top.below.one", "top.two", "outside.three")]
try:
    importlib.import_module("top.none")
except ModuleNotFoundError as error:
    missing = error.name
print(json.dumps({
    "compiled": compiled,
    "names": [module.NAME for module in modules],
    "files": [module.__file__.rpartition(".zip")[2] for module in modules],
    "packages": [module.__package__ for module in modules],
    "missing": missing,
}))
"""


@pytest.fixture(name="told")
def fixture_told(tmp_path):
    archive = tmp_path / "payload.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for package in ("top", "top/below", "outside"):
            file.writestr(package + "/__init__.py", "")
        for name in ("top/below/one", "top/two", "outside/three"):
            file.writestr(name + ".py", "NAME = __name__\n")
        file.writestr("top/broken.py", "NAME = (\n")
    command = [sys.executable, "-B", "-c", PROGRAM, str(archive), _compile_once.__file__]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode())


def test_what_is_below_the_package_is_compiled_once(told):
    assert sorted(set(told["compiled"])) == ["one.py", "three.py", "two.py"]
    assert [told["compiled"].count(name) for name in ("one.py", "two.py")] == [1, 1]


def test_modules_are_what_python_makes_of_them(told):
    assert told["names"] == ["top.below.one", "top.two", "outside.three"]
    assert told["packages"] == ["top.below", "top", "outside"]
    assert told["files"] == ["/top/below/one.py", "/top/two.py", "/outside/three.py"]


def test_a_module_that_is_not_there_is_python_s_to_report(told):
    assert told["missing"] == "top.none"


@pytest.mark.parametrize("path", [None, [], ["/nowhere"]], ids=["top level", "no path", "a folder"])
def test_what_is_in_no_archive_is_left_to_python(path):
    assert _compile_once.CompileOnce("top").find_spec("top.one", path) is None
