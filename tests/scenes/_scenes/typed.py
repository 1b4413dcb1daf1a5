# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-playbook`` as a person types it: any arguments, any ansible-core, over hosts that are this machine."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

from .audit import AUDIT, COLLECTIONS
from .stage import PYTHON

CORES = ("oldest", "newest")
_PATIENCE = 120.0  # seconds


class Typed(t.NamedTuple):
    """How it ended: the exit code, what it said on one line, and where its runs are."""

    code: int
    said: str
    output: pathlib.Path

    @property
    def run(self) -> pathlib.Path | None:
        latest = self.output / "latest"
        return latest.resolve() if latest.exists() else None

    def record(self) -> dict[str, t.Any]:
        assert self.run is not None, self.said
        return t.cast("dict[str, t.Any]", json.loads((self.run / "run.json").read_text()))


def programs(core: str) -> pathlib.Path:
    """Where an ansible-core has its commands."""
    if core == "oldest":
        return pathlib.Path(os.environ["SCENES_OLDEST"]) / "bin"
    return pathlib.Path(sys.executable).parent


class Shell:
    """A working directory with an inventory: the groups ``web`` (w1, w2) and ``db`` (d1)."""

    def __init__(self, work: pathlib.Path, core: str) -> None:
        self.work = work
        self._programs = programs(core)
        work.mkdir(exist_ok=True)
        (work / "ansible.cfg").write_text("[defaults]\n")
        self.inventory("inventory")

    def inventory(self, name: str, **variables: t.Any) -> None:
        """Write the inventory; ``variables`` are those of ``all``."""
        common = {"ansible_connection": "local", "ansible_python_interpreter": PYTHON, **variables}
        groups = {"web": {"hosts": {"w1": {}, "w2": {}}}, "db": {"hosts": {"d1": {}}}}
        (self.work / f"{name}.json").write_text(json.dumps({"all": {"vars": common, "children": groups}}))

    def types(self, *arguments: str, playbook: str = AUDIT, **settings: str) -> Typed:
        """Run a playbook; ``settings`` are further variables of the environment."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
        ours = {"ANSIBLE_CONFIG": self.work / "ansible.cfg", "ANSIBLE_HOME": self.work / "home"}
        ours |= {"ANSIBLE_COLLECTIONS_PATH": COLLECTIONS, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORKS": "2"}
        done = subprocess.run(
            [str(self._programs / "ansible-playbook"), *arguments, playbook],
            cwd=self.work,
            env={**kept, **{key: str(value) for key, value in ours.items()}, **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        said = " ".join((done.stdout + done.stderr).split())
        assert "Traceback" not in said, said
        return Typed(done.returncode, said, self.work / "port-audit")
