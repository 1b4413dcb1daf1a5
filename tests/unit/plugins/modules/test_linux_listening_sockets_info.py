# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module for Linux hosts, run as Ansible runs it: one file by standard input, with no code but Python's own."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys

import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.doc_fragments import collecting
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector

MODULE = pathlib.Path(_collector.__file__).parents[3] / "modules" / "linux_listening_sockets_info.py"
MARK = "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"


def run(before="", **arguments):
    """Its exit status, answer and complaints. No variables, no site-packages, no module of the user's."""
    text = before + MODULE.read_text(encoding="utf-8").replace(MARK, json.dumps({"_ansible_no_log": True, **arguments}))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-"],
        input=text.encode("utf-8"),
        capture_output=True,
        check=False,
        env={},
    )
    return done.returncode, json.loads(done.stdout.decode("ascii")), done.stderr.decode("utf-8")


def test_it_sees_what_the_collector_sees():
    with socket.create_server(("127.0.0.1", 0)) as server:
        status, answer, complaints = run()
        (seen,) = (one for one in answer["listeners"] if one["port"] == server.getsockname()[1])
    assert (status, complaints) == (0, "")
    assert seen["address"] == "127.0.0.1"
    assert [owner["pid"] for owner in seen["owners"]] == [os.getpid()]
    result = _collector.collect(_snapshot.Options(owners="none")).to_result()
    assert {name: set(answer[name]) for name in ("host", "collector")} == {
        name: set(result[name]) for name in ("host", "collector")
    }


def test_arguments_that_python_could_take_for_its_own():
    status, answer, _complaints = run(owners="none", _ansible_remote_tmp='"" \\" \\N \' """ \n')
    assert (status, answer["collector"]["options"]["owners"]) == (0, "none")


def test_a_bad_option():
    status, answer, complaints = run(owners="some")
    assert (status, answer["failed"], complaints) == (1, True, "")


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 8), (3, 7, 16)])
def test_a_python_that_is_too_old(version):
    status, answer, complaints = run("import sys\nsys.version_info = %r\n" % (version,))
    assert (status, complaints) == (0, "")
    assert answer == {
        "failed": True,
        "msg": "Python 3.8 or later is needed, found %s" % ".".join(str(part) for part in version),
        "exception": "",
    }


def ran(text, *options, **more):
    """Exit status, answer and complaints of a changed module."""
    done = subprocess.run(
        [sys.executable, *options, "-"], input=text.encode("utf-8"), capture_output=True, check=False, **more
    )
    return done.returncode, json.loads(done.stdout.decode("ascii")), done.stderr.decode("utf-8")


def test_what_goes_wrong_is_an_answer_with_the_file_and_the_line():
    status, answer, complaints = ran(MODULE.read_text(encoding="utf-8").replace(MARK, "no JSON"))
    source = (
        pathlib.Path(_collector.__file__)
        .parents[1]
        .joinpath("_linux_entry.py")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    line = 1 + source.index("    given = json.loads(arguments)")
    assert (status, complaints, answer["failed"]) == (1, "", True)
    assert answer["msg"] == "the collector failed: JSONDecodeError: Expecting value: line 1 column 1 (char 0)"
    assert 'File "plugins/module_utils/_collect/_linux_entry.py", line %d, in main' % line in answer["exception"]


RAISING = "import os\ndef f(_x): raise %s\nos.nice = f\n"
BREAKS = [
    pytest.param("import sys\nsys.modules['json'] = None\n", "ModuleNotFoundError: import of json halted", id="json"),
    pytest.param("import sys\nsys.modules['socket'] = None\n", "ModuleNotFoundError: import of socket", id="socket"),
    pytest.param("import os\nos.nice = lambda _x: 1 / 0\n", "ZeroDivisionError: division by zero", id="nice"),
    pytest.param(RAISING % "OSError(28, 'No space left')", "OSError: [Errno 28] No space left", id="space"),
    pytest.param(RAISING % "MemoryError", "MemoryError: ", id="memory"),
    pytest.param(
        RAISING % "ValueError('\"\\\\ \\n \\x1b \\u20ac \\U0001f600 \\udcff')",
        'ValueError: "\\ \n \x1b \u20ac ? \udcff',
        id="any-text",
    ),
]


@pytest.mark.parametrize(("before", "says"), BREAKS)
def test_whatever_goes_wrong(before, says):
    text = before + MODULE.read_text(encoding="utf-8").replace(MARK, '{"owners": "none", "_ansible_no_log": true}')
    status, answer, complaints = ran(text)
    assert (status, complaints, sorted(answer)) == (1, "", ["exception", "failed", "msg"])
    assert answer["msg"].startswith("the collector failed: " + says)
    assert says.partition(":")[0] in answer["exception"]


def test_nobody_else_has_a_say(tmp_path):
    """Python looks for modules in the working directory when the program comes by standard input."""
    for name in ("json", "gc", "struct", "_fleetports_compliance", "fleetports", "socket"):
        (tmp_path / ("%s.py" % name)).write_text("raise SystemExit('taken over')\n", encoding="utf-8")
    text = MODULE.read_text(encoding="utf-8").replace(MARK, '{"owners": "none", "_ansible_no_log": true}')
    done = subprocess.run(
        [sys.executable, "-"], input=text.encode("utf-8"), capture_output=True, check=False, cwd=str(tmp_path)
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("ascii"))["collector"]["name"] == "linux"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("_fleetports_compliance", True),
        ("_fleetports_compliance._collect", True),
        ("_fleetports_compliance._collect.linux._collector", True),
        ("_fleetports_compliance._collect.commands._unix", False),
        ("ctypes", False),
        ("other._socket", False),
        ("_socket", False),
    ],
)
def test_it_finds_its_own_files_alone(name, found):
    """What a Python was built without stays missing, and is no empty package."""
    module = {"__name__": "module"}
    exec(compile(MODULE.read_text(encoding="utf-8"), str(MODULE), "exec"), module)  # noqa: S102 - its names, not a run
    assert (module["Files"].find_spec(name) is not None) is found


def test_without_arguments_it_does_nothing():
    """Tools of Ansible import every module, to look at it."""
    done = subprocess.run([sys.executable, str(MODULE)], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_options_are_those_of_the_documentation():
    documented = yaml.safe_load(collecting.ModuleDocFragment.DOCUMENTATION)["options"]
    told = {
        name: {key: option.get(key) for key in ("type", "choices", "default")} for name, option in documented.items()
    }
    spec = _snapshot.argument_spec().items()
    assert told == {name: {key: option.get(key) for key in ("type", "choices", "default")} for name, option in spec}
