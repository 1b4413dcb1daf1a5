# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment is made once, also by two that want it at the same time, and leaves nothing beside itself."""

from __future__ import annotations

import pathlib
import subprocess

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "make_venv.sh"
# Makes an environment in a moment, whose Python is the same program: it takes every command.
PYTHON = """#!/bin/sh
case "$1 $2" in
    "-m venv") sleep 0.3; mkdir -p "$4/bin"; cp "$0" "$4/bin/python" ;;
    *) echo "$0" ;;
esac
"""


def test_two_at_once_make_it_once(tmp_path: pathlib.Path) -> None:
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    place = tmp_path / "project" / ".venv"
    command = [str(SCRIPT), str(place), str(python), "a test", "something"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _number in range(2)]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert "".join(said).count("Setting up a test") == 1
    assert [path.name for path in place.parent.iterdir()] == [".venv"]
