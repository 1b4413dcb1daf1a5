# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module's process ends: nothing that is due is left out, and its exit code is what Python's would be."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils import _last_exit

# A wrapper that cleans up behind the module, and an object that would tell if Python took everything apart.
PROGRAM = """
import atexit, sys
{before}
exec(open(sys.argv[1]).read())
class Told:
    def __del__(self):
        sys.stderr.write("finalized;")
def module():
    last = LastExit()
    atexit.register(sys.stderr.write, "registered later;")
    module.kept = Told(), module
    {end}
try:
    module()
finally:
    sys.stderr.write("wrapper;")
    {cleaning}
"""
ANSWER = "last.answered(); print('answer'); sys.exit(0)"
CUT = "wrapper;registered later;"
WHOLE = CUT + "finalized;"


@pytest.mark.parametrize(
    ("parts", "code", "out", "err"),
    [
        pytest.param({"end": ANSWER}, 0, "answer\n", CUT, id="answered"),
        pytest.param({"end": "print('answer'); sys.exit(0)"}, 0, "answer\n", WHOLE, id="ended without an answer"),
        pytest.param({"end": "print('failed'); sys.exit(1)"}, 1, "failed\n", WHOLE, id="failed"),
        pytest.param({"end": ANSWER, "cleaning": "raise OSError"}, 1, "answer\n", None, id="the wrapper fails after"),
        pytest.param(
            {"end": ANSWER, "before": "import types; sys.modules['coverage'] = types.ModuleType('coverage')"},
            0,
            "answer\n",
            WHOLE,
            id="coverage is measured",
        ),
    ],
)
def test_end(parts, code, out, err):
    program = PROGRAM.format(**{"before": "", "cleaning": "", **parts})
    command = [sys.executable, "-c", program, _last_exit.__file__]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    # Into pipes, as Ansible has it.
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=buffered)
    assert (ended.returncode, ended.stdout) == (code, out)
    if err is not None:
        assert ended.stderr == err
    else:
        assert "OSError" in ended.stderr
