# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of ansible-runner, the engine of AWX: a private data directory each, with the inventory of a slice alone."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import typing as t

from .controller import AUDIT, Controller, Play

_PATIENCE = 180  # seconds


class Job:
    """One slice. It begins when it is made, and ``wait`` ends it."""

    def __init__(
        self, controller: Controller, hosts: t.Sequence[str], *, name: str, variables: t.Mapping[str, t.Any]
    ) -> None:
        self.directory = controller.new_directory()
        self.output = self.directory / "port-audit"
        bin_directory = pathlib.Path(sys.executable).parent
        environment = controller.environment(self.directory)
        environment["PATH"] = f"{bin_directory}:{environment['PATH']}"
        self._file("inventory/hosts.json", controller.inventory(Play(AUDIT, tuple(hosts))))
        self._file("env/extravars", {**variables, "port_audit_output_dir": str(self.output)})
        (self.directory / "project").mkdir()
        command = [str(bin_directory / "ansible-runner"), "run", str(self.directory), "-p", AUDIT, "--ident", name]
        self._artifacts = self.directory / "artifacts" / name
        self._process = controller.fleet.hub.popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
        )

    def wait(self) -> tuple[int, str]:
        """The exit code that ansible-runner recorded, and what it said."""
        said, _nothing = self._process.communicate(timeout=_PATIENCE)
        code = self._artifacts / "rc"
        return int(code.read_text()) if code.exists() else self._process.returncode, said

    def _file(self, name: str, document: t.Any) -> None:
        path = self.directory / name
        path.parent.mkdir()
        path.write_text(json.dumps(document))
