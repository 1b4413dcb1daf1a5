# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the oldest and the newest ansible-core that the Pythons at hand can run.

Usage: cores.py DIRECTORY_OF_PYTHONS

Prints one line each, ``oldest PYTHON REQUIREMENT`` and ``newest PYTHON REQUIREMENT``, PYTHON being a path. One Python
can be both: on a machine with 3.11 alone the oldest is ansible-core 2.18 and the newest what pip finds for 3.11.
"""

from __future__ import annotations

import pathlib
import sys
import typing as t

# Releases that the collection supports (meta/runtime.yml), oldest first, with the oldest and the newest Python of their
# controllers: https://docs.ansible.com/projects/ansible/latest/reference_appendices/release_and_maintenance.html
RELEASES = (("2.18", 11, 13), ("2.19", 11, 13), ("2.20", 12, 14), ("2.21", 12, 14))
CONTROLLER_FROM = 11


def minors(directory: pathlib.Path) -> list[int]:
    """The controller's Pythons in the directory: 3.11 is 11; sorted."""
    found = [int(path.name.split(".")[1]) for path in directory.glob("python3.*")]
    return sorted(minor for minor in found if minor >= CONTROLLER_FROM)


def choose(available: t.Sequence[int]) -> dict[str, tuple[int, str]]:
    """Name of the choice to the Python's minor version and what to ask pip for."""
    lowest = available[0]
    release = next(release for release, oldest, newest in RELEASES if oldest <= lowest <= newest)
    return {"oldest": (lowest, f"ansible-core~={release}.0"), "newest": (available[-1], "ansible-core")}


def main(directory: pathlib.Path) -> None:
    """Print the choices."""
    available = minors(directory)
    if not available:
        sys.exit(f"No Python 3.{CONTROLLER_FROM} or newer was found for the tests.")
    for name, (minor, requirement) in choose(available).items():
        print(name, directory / f"python3.{minor}", requirement)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).absolute())
