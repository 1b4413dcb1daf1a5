# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller on a bad day: ansible-playbook over hosts that are this machine under odd names, and what it leaves."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import typing as t

from .audit import AUDIT, COLLECTIONS
from .stage import PYTHON

Hosts = t.Mapping[str, t.Mapping[str, t.Any]]
_PATIENCE = 90.0  # seconds
_AGAIN = """\
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - fleetports.compliance.{module}: {arguments}
      register: done
    - ansible.builtin.copy: {{content: "{{{{ done | to_json }}}}", dest: "{work}/done.json"}}
"""

# The class has that name because Ansible puts the text of a time into what it sends to hosts.
_AHEAD = """\
import datetime, time
ahead, clock = %d, time.time
class Shifted(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
datetime.datetime = type("datetime.datetime", (Shifted,), {})
time.time = lambda: clock() + ahead
"""


class Ended(t.NamedTuple):
    code: int
    said: str


class Controller:
    """``work`` is where it is started, ``output`` where its runs go."""

    def __init__(self, work: pathlib.Path, output: pathlib.Path | None = None) -> None:
        self.work = work
        self.output = output or work / "port-audit"
        (work / "ansible.cfg").write_text("[defaults]\n")
        (work / "policy.json").write_text(json.dumps({"version": 1, "name": "bad days", "rules": []}))

    def start(
        self,
        hosts: Hosts,
        *,
        playbook: str = AUDIT,
        name: str = "inventory",
        clock: int = 0,
        more: t.Mapping[str, t.Any] | None = None,
    ) -> subprocess.Popen[str]:
        """Begin a playbook in a session of its own, as a shell or a pipeline does.

        ``clock``: by how many seconds its clock is ahead. ``more``: extra variables.
        """
        common = {"ansible_connection": "local", "ansible_python_interpreter": PYTHON}
        inventory = {"all": {"vars": common, "hosts": self._machines(hosts) if len(hosts) > 1 else dict(hosts)}}
        (self.work / (name + ".json")).write_text(json.dumps(inventory))
        variables = {"port_audit_policy": "policy.json", "port_audit_output_dir": str(self.output), **(more or {})}
        program = str(pathlib.Path(sys.executable).parent / "ansible-playbook")
        return subprocess.Popen(
            [program, "-i", name + ".json", "-e", json.dumps(variables), playbook],
            cwd=self.work,
            env={**self._environment(), **self._clock(clock)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _machines(self, hosts: Hosts) -> dict[str, dict[str, t.Any]]:
        """Hosts with a machine id each, as they have in life: several names of one machine do not pass."""
        found = {}
        for number, (host, variables) in enumerate(sorted(hosts.items())):
            program, identity = self.work / f"python-{number}", self.work / f"machine-id-{number}"
            inner = variables.get("ansible_python_interpreter", PYTHON)
            identity.write_text(f"{number:032x}\n")
            mounted = f'mount --bind {identity} /etc/machine-id && exec {inner} "$@"'
            program.write_text(f"#!/bin/sh\nexec unshare --mount sh -c '{mounted}' sh \"$@\"\n")
            program.chmod(0o755)
            found[host] = {**variables, "ansible_python_interpreter": str(program)}
        return found

    def audit(self, hosts: Hosts, **how: t.Any) -> Ended:
        """Run it to its end; ``how``: see ``start``."""
        return ended(self.start(hosts, **how))

    def again(self, module: str, **arguments: t.Any) -> dict[str, t.Any]:
        """What a task of the collection returns that contacts no host."""
        done = self.work / "done.json"
        done.unlink(missing_ok=True)
        text = _AGAIN.format(module=module, arguments=json.dumps(arguments), work=self.work)
        playbook = self.work / "again.yml"
        playbook.write_text(text)
        said = ended(self.start({"localhost": {}}, playbook=str(playbook))).said
        assert "Traceback" not in said
        return t.cast("dict[str, t.Any]", json.loads(done.read_text())) if done.exists() else {"failed": said}

    def report(self, run: pathlib.Path, **more: t.Any) -> dict[str, t.Any]:
        """Report a run again."""
        return self.again("port_audit_report", output_dir=str(run.parent), run_id=run.name, **more)

    @property
    def runs(self) -> list[pathlib.Path]:
        """The directories of its runs, the oldest first."""
        return sorted(path for path in self.output.glob("*") if path.is_dir() and not path.is_symlink())

    @property
    def latest(self) -> pathlib.Path:
        return (self.output / "latest").resolve(strict=True)

    def _clock(self, ahead: int) -> dict[str, str]:
        """For every Python that it starts. libfaketime does it for all programs, and lets waits with an end hang."""
        if not ahead:
            return {}
        place = self.work / ("controller%d" % ahead)
        place.mkdir(exist_ok=True)
        (place / "sitecustomize.py").write_text(_AHEAD % ahead)
        return {"PYTHONPATH": str(place)}

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
        settings = {"CONFIG": self.work / "ansible.cfg", "HOME": self.work / "home", "COLLECTIONS_PATH": COLLECTIONS}
        settings |= {"NOCOLOR": "true", "PIPELINING": "true", "TIMEOUT": "1"}
        return {**kept, **{"ANSIBLE_" + key: str(value) for key, value in settings.items()}}


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for it."""
    said, _nothing = process.communicate(timeout=_PATIENCE)
    return Ended(process.returncode, said)


def killed(process: subprocess.Popen[str], when: t.Callable[[], object]) -> None:
    """Kill it and its workers as soon as something holds. Ansible's workers may be in sessions of their own."""
    deadline = time.monotonic() + _PATIENCE
    while not when():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for pid in (process.pid, *_descendants(process.pid)):
        os.kill(pid, signal.SIGKILL)
    process.communicate()


def _descendants(pid: int) -> list[int]:
    children = pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()
    return [found for child in map(int, children) for found in (child, *_descendants(child))]


def reasons(run: pathlib.Path) -> dict[str, str]:
    """Why hosts were not assessed, as the report has it."""
    report = json.loads((run / "report.json").read_text())
    return {missed["host"]: missed["reason"] for missed in report["coverage"]["not_assessed"]}


def whole(run: pathlib.Path) -> bool:
    """Every JSON file of a run is one, and none is left that was being written."""
    for path in run.rglob("*.json"):
        json.loads(path.read_text())
    return not list(run.rglob(".*"))


def sealed(run: pathlib.Path) -> bool:
    """The manifest has every file, as it is."""
    check = subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=run, check=False)
    listed = {line.split("  ", 1)[1] for line in (run / "SHA256SUMS").read_text().splitlines()}
    files = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file() and path.name[0] != "."}
    return check.returncode == 0 and listed == files - {"SHA256SUMS"}
