# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller: ``ansible-playbook`` in the hub, over SSH, with nothing of the machine's own configuration."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import os
import pathlib
import subprocess
import sys
import typing as t

from .fleet import Fleet, Member

AUDIT = "fleetports.compliance.audit"
AS_OF = "2027-06-15T12:00:00Z"
_TESTS = pathlib.Path(__file__).resolve().parents[1]
REPOSITORY = _TESTS.parents[1]
POLICY = _TESTS / "policy.yml"
CALM = str(_TESTS / "calm.yml")
_TARGET_PYTHON = "/usr/bin/python3"
_PATIENCE = 180  # seconds


@dataclasses.dataclass(frozen=True)
class Play:
    """A playbook (a name, or the text of one) against hosts of the fleet.

    ``variables`` are extra variables, beside the fleet's policy and time; ``renamed`` gives hosts other names in
    the inventory.
    """

    playbook: str
    hosts: tuple[str, ...]
    variables: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    host_variables: t.Mapping[str, t.Mapping[str, t.Any]] = dataclasses.field(default_factory=dict)
    renamed: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    arguments: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Run:
    """One ``ansible-playbook``: what it said, and what it left in ``output``."""

    code: int
    stdout: str
    stderr: str
    output: pathlib.Path
    connections: t.Mapping[str, int]  # how often SSH was connected to, by host

    @property
    def text(self) -> str:
        return self.stdout + self.stderr

    @functools.cached_property
    def directory(self) -> pathlib.Path:
        """The directory of this run. Raises AssertionError with what Ansible said, when there is none."""
        latest = self.output / "latest"
        if not latest.exists():
            raise AssertionError(f"the run left nothing in {self.output}, exit code {self.code}:\n{self.text}")
        return latest.resolve(strict=True)

    @functools.cached_property
    def report(self) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", json.loads((self.directory / "report.json").read_text()))

    @functools.cached_property
    def record(self) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", json.loads((self.directory / "run.json").read_text()))

    def evidence(self, host: str) -> dict[str, t.Any]:
        """The evidence of a host, found by the name that the document itself gives."""
        for path in (self.directory / "evidence").iterdir():
            document = json.loads(path.read_text())
            if document["host"]["name"] == host:
                return t.cast("dict[str, t.Any]", document)
        raise LookupError(f"no evidence of {host} in {self.directory}")

    @property
    def evidence_names(self) -> list[str]:
        """Which hosts there is evidence of, sorted."""
        paths = (self.directory / "evidence").glob("*") if (self.directory / "evidence").exists() else []
        return sorted(json.loads(path.read_text())["host"]["name"] for path in paths)

    def verdicts(self) -> dict[str, str]:
        return {host["host"]: host["verdict"] for host in self.report["hosts"]}

    def findings(self, host: str | None) -> list[dict[str, t.Any]]:
        return [finding for finding in self.report["findings"] if finding["host"] == host]

    def codes(self, host: str | None) -> list[str]:
        return sorted(finding["code"] for finding in self.findings(host))


class Controller:
    """Runs playbooks against the fleet. ``runs`` holds a directory for each."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self._root = fleet.hub.directory / "controller"
        self._root.mkdir()
        self._numbers = itertools.count(1)
        self._collections = self._linked()
        (self._root / "ansible.cfg").write_text("[defaults]\n")

    def new_directory(self) -> pathlib.Path:
        """A fresh directory to start a playbook in."""
        directory = self._root / f"run{next(self._numbers)}"
        directory.mkdir()
        return directory

    def audit(self, *hosts: str, directory: pathlib.Path | None = None, **options: t.Any) -> Run:
        """Run the collection's own playbook against hosts; ``options`` are those of Play."""
        return self.run(Play(AUDIT, hosts, **options), directory=directory)

    def run(self, play: Play, *, directory: pathlib.Path | None = None) -> Run:
        """Run a playbook in a directory, a fresh one unless told."""
        directory = directory or self.new_directory()
        before = self._connections()
        settings = {"port_audit_policy": str(POLICY), "port_audit_as_of": AS_OF, **play.variables}
        (directory / "extra.json").write_text(json.dumps(settings))
        (directory / "inventory.json").write_text(json.dumps(self.inventory(play)))
        command = ["-i", "inventory.json", "-e", "@extra.json", *play.arguments, _playbook(play.playbook, directory)]
        process = self.fleet.hub.popen(
            ["env", "-C", str(directory), _ansible_playbook(), *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=self.environment(directory),
        )
        try:
            stdout, stderr = process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()  # or it goes on beside every test that follows
            raise
        connections = {name: count - before[name] for name, count in self._connections().items()}
        output = directory / str(settings.get("port_audit_output_dir", "port-audit"))
        return Run(process.returncode, stdout, stderr, output, connections)

    def _connections(self) -> dict[str, int]:
        return {name: member.sshd.connections for name, member in self.fleet.members.items()}

    def _linked(self) -> pathlib.Path:
        """Where Ansible finds the collection: this working tree, unless FLEET_COLLECTIONS_PATH names another place."""
        given = os.environ.get("FLEET_COLLECTIONS_PATH")
        if given:
            return pathlib.Path(given).resolve(strict=True)
        namespace = self._root / "collections" / "ansible_collections" / "fleetports"
        namespace.mkdir(parents=True)
        (namespace / "compliance").symlink_to(REPOSITORY)
        return self._root / "collections"

    def environment(self, directory: pathlib.Path) -> dict[str, str]:
        """Nothing of the user's Ansible; a new control path for each run, so that each run connects anew."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
        sockets = self.fleet.hub.directory / "s" / directory.name  # short: a socket's path has 107 bytes
        return {
            **inherited,
            "ANSIBLE_CONFIG": str(self._root / "ansible.cfg"),
            "ANSIBLE_HOME": str(self._root / "home"),
            "ANSIBLE_COLLECTIONS_PATH": str(self._collections),
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_SSH_ARGS": "-o ControlMaster=auto -o ControlPersist=20s",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(sockets),
            "ANSIBLE_TIMEOUT": "10",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def inventory(self, play: Play) -> dict[str, t.Any]:
        groups: dict[str, t.Any] = {}
        for name in play.hosts:
            member = self.fleet[name]
            variables = {**_reached(member), **play.host_variables.get(name, {})}
            for group in member.spec.groups:
                groups.setdefault(group, {"hosts": {}})["hosts"][play.renamed.get(name, name)] = variables
        return {"all": {"vars": self._common(), "children": groups}}

    def _common(self) -> dict[str, str]:
        return {
            "ansible_python_interpreter": _TARGET_PYTHON,
            "ansible_ssh_private_key_file": str(self.fleet.key),
            "ansible_ssh_common_args": f"-F /dev/null -o UserKnownHostsFile={self.fleet.known_hosts}",
        }


def _reached(member: Member) -> dict[str, t.Any]:
    spec = member.spec
    return {
        "ansible_host": member.host.address,
        "ansible_port": spec.ssh_port,
        "ansible_user": spec.user,
        # Pipelining needs none; should anything be written, it goes with the host.
        "ansible_remote_tmp": f"/run/{spec.user}/ansible",
    }


def _playbook(playbook: str, directory: pathlib.Path) -> str:
    if "\n" not in playbook:
        return playbook
    (directory / "playbook.yml").write_text(playbook)
    return "playbook.yml"


def _ansible_playbook() -> str:
    """Of the Python that runs the tests, unless FLEET_ANSIBLE_PLAYBOOK names another."""
    beside = pathlib.Path(sys.executable).with_name("ansible-playbook")
    return os.environ.get("FLEET_ANSIBLE_PLAYBOOK", str(beside))
