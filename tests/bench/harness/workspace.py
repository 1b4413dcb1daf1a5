# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private place for one run: the collection where imports and Ansible find it, settings, playbooks, policies."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
import tempfile
import textwrap
import typing as t

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
PROBES = pathlib.Path(__file__).resolve().parents[1] / "probes"


class Workspace:
    """Files of a run, below ``path``; removed with it."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.collections = path / "collections"
        home = self.collections / "ansible_collections" / "fleetports"
        home.mkdir(parents=True)
        (home / "compliance").symlink_to(REPOSITORY)

    @property
    def environment(self) -> dict[str, str]:
        """The same for every contender: nothing of the user's own settings, pipelining on, five forks, no colour.

        Byte code goes to the workspace: a Python that may not write any would compile the collector in every run.
        """
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
        return {
            **inherited,
            "ANSIBLE_CONFIG": self.write("ansible.cfg", "[defaults]\n"),
            "ANSIBLE_HOME": str(self.path / "home"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_FORKS": "5",
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(self.collections),
            "PYTHONPYCACHEPREFIX": str(self.path / "bytecode"),
            "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin:/sbin",
        }

    def write(self, name: str, text: str) -> str:
        """Write a file, indented text taken to the margin; returns its path."""
        file = self.path / name
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return str(file)


@contextlib.contextmanager
def workspace() -> t.Iterator[Workspace]:
    with tempfile.TemporaryDirectory(prefix="fleetports-bench-") as folder:
        yield Workspace(pathlib.Path(folder))
