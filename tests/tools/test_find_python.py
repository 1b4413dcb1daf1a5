# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a newcomer is told when the machine lacks a usable Python. The machines are folders of stand-in programs."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import typing as t

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "find_python.sh"
BASH = shutil.which("bash") or "/bin/bash"
# What the script itself runs of a system's own tools.
BORROWED = ("cat", "grep", "sort", "tail")
WORKS, TOO_OLD, NO_VENV = 0, 3, 4


class Machine:
    """A folder that stands for PATH."""

    def __init__(self, root: pathlib.Path) -> None:
        self.bin = root / "bin"
        self.bin.mkdir()
        self.lists = root / "lists"
        self.lists.mkdir()
        for name in BORROWED:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        self.program("id", "echo 1000")

    def program(self, name: str, script: str) -> pathlib.Path:
        path = self.bin / name
        path.write_text(f"#!{BASH}\n{script}\n")
        path.chmod(0o755)
        return path

    def python(self, name: str, version: str, *, status: int = WORKS) -> pathlib.Path:
        """An interpreter that answers the script's three questions: whether it will do, its version, its path."""
        answers = f'*ensurepip*) exit {status} ;; *version_info*) echo {version} ;; *executable*) echo "$0" ;;'
        return self.program(name, f'case "$2" in {answers} esac')

    def apt(self, *packages: str, listed: bool = True) -> None:
        self.program("apt-get", "exit 1")
        self.program("apt-cache", "\n".join(f"echo {package}" for package in packages))
        if listed:
            (self.lists / "deb_main_binary-amd64_Packages").touch()

    def find(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BASH, str(SCRIPT)],
            env={
                "PATH": str(self.bin),
                "APT_LISTS": str(self.lists),
                "SYSTEM_PYTHON": str(self.bin / "python3"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


def told(answer: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of a refusal."""
    assert (answer.returncode, answer.stdout) == (1, "")
    return answer.stderr.splitlines()


def test_the_plain_python_comes_first(machine: Machine) -> None:
    expected = machine.python("python3", "3.11")
    machine.python("python3.13", "3.13")
    assert machine.find().stdout.strip() == str(expected)


def test_a_newer_one_stands_in_for_an_old_plain_one(machine: Machine) -> None:
    machine.python("python3", "3.10", status=TOO_OLD)
    machine.python("python3.11", "3.11")
    expected = machine.python("python3.12", "3.12")
    assert machine.find().stdout.strip() == str(expected)


def test_one_with_venv_stands_in_for_one_without(machine: Machine) -> None:
    machine.python("python3", "3.12", status=NO_VENV)
    expected = machine.python("python3.11", "3.11")
    assert machine.find().stdout.strip() == str(expected)


def test_pythons_of_pyenv_are_found_behind_stubs_that_fail(machine: Machine, tmp_path: pathlib.Path) -> None:
    machine.program("python3.12", "exit 127")
    folder = tmp_path / "pyenv" / "versions" / "3.12.1" / "bin"
    folder.mkdir(parents=True)
    expected = machine.python("real", "3.12").rename(folder / "python3")
    machine.program("pyenv", f"echo {tmp_path / 'pyenv'}")
    assert machine.find().stdout.strip() == str(expected)


@pytest.mark.parametrize(
    ("name", "version", "package"),
    [
        pytest.param("python3", "3.12", "python3-venv", id="of the system's python3"),
        pytest.param("python3.13", "3.13", "python3.13-venv", id="of another one"),
    ],
)
def test_a_missing_venv_is_named_with_its_package(machine: Machine, name: str, version: str, package: str) -> None:
    machine.apt()
    machine.python(name, version, status=NO_VENV)
    lines = told(machine.find())
    assert lines[0].endswith(f"is Python {version}, but its venv module is not installed. Install it with:")
    assert lines[1:] == [f"sudo apt-get install -y {package}"]


def test_root_needs_no_sudo_and_an_image_without_lists_an_update(machine: Machine) -> None:
    machine.apt(listed=False)
    machine.program("id", "echo 0")
    machine.python("python3", "3.11", status=NO_VENV)
    assert told(machine.find())[1:] == ["apt-get update && apt-get install -y python3-venv"]


def test_a_python_too_old_is_named_with_the_newest_packaged_one(machine: Machine) -> None:
    machine.apt("python3.10", "python3.11", "python3.9", "python3.11-venv", "python3-pip")
    machine.python("python3", "3.10", status=TOO_OLD)
    lines = told(machine.find())
    assert lines[0].endswith("is Python 3.10; version 3.11 or newer is needed.")
    assert lines[1:] == ["Install it with:", "sudo apt-get install -y python3.11 python3.11-venv"]


def test_a_system_that_packages_none_is_told_so(machine: Machine) -> None:
    machine.apt("python3.9")
    machine.python("python3", "3.9", status=TOO_OLD)
    assert told(machine.find())[1:] == [
        "This system's package lists offer no newer one. With one from elsewhere: make PYTHON=/path/to/python3 …"
    ]


def test_no_python_at_all(machine: Machine) -> None:
    machine.apt()
    assert told(machine.find()) == [
        "No Python 3 was found; version 3.11 or newer is needed.",
        "Install it with:",
        "sudo apt-get install -y python3 python3-venv",
    ]


def test_dnf_has_venv_in_the_interpreter(machine: Machine) -> None:
    machine.program("dnf", "exit 1")
    assert told(machine.find())[-1] == "sudo dnf install -y python3"


def test_a_chosen_python_is_the_one(machine: Machine) -> None:
    machine.python("python3", "3.12")
    expected = machine.python("mine", "3.13")
    assert machine.find(PYTHON="mine").stdout.strip() == str(expected)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda _machine: None, "PYTHON=mine is not a Python that runs.", id="not there"),
        pytest.param(lambda machine: machine.python("mine", "3.8", status=TOO_OLD), "is Python 3.8;", id="too old"),
    ],
)
def test_a_chosen_python_that_will_not_do_is_refused(
    machine: Machine, make: t.Callable[[Machine], object], words: str
) -> None:
    machine.apt()
    machine.python("python3", "3.12")
    make(machine)
    assert words in told(machine.find(PYTHON="mine"))[0]


def test_this_machine_has_one() -> None:
    found = subprocess.run([BASH, str(SCRIPT)], env=dict(os.environ), capture_output=True, text=True, check=True).stdout
    subprocess.run([found.strip(), "-c", "import ensurepip, sys; assert sys.version_info >= (3, 11)"], check=True)
