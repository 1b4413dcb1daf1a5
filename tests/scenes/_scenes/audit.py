# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit as users run it: ansible-playbook, with local connections."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

COLLECTIONS = pathlib.Path(__file__).parents[3] / ".build" / "dev"
AUDIT = "fleetports.compliance.audit"


class Audited(t.NamedTuple):
    """``said`` is what Ansible printed, ``directory`` the run's own."""

    said: str
    directory: pathlib.Path

    def evidence(self, host: str) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", json.loads((self.directory / "evidence" / (host + ".json")).read_text()))


def audit(
    work: pathlib.Path,
    hosts: t.Mapping[str, str],
    *,
    policy: t.Mapping[str, t.Any],
    through: t.Sequence[str] = (),
    ansible: pathlib.Path | None = None,
) -> Audited:
    """Audit this machine once for each of ``hosts``: name to Python. ``ansible``: directory of another Ansible."""
    programs = ansible or pathlib.Path(sys.executable).parent
    variables = {name: {"ansible_python_interpreter": python} for name, python in hosts.items()}
    inventory = {"all": {"vars": {"ansible_connection": "local"}, "hosts": variables}}
    (work / "inventory.json").write_text(json.dumps(inventory))
    (work / "policy.json").write_text(json.dumps({"port_audit_policy": dict(policy)}))
    (work / "ansible.cfg").write_text("[defaults]\n")
    command = [*through, "env", "-C", str(work), str(programs / "ansible-playbook"), "-i", "inventory.json"]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
    settings = {"CONFIG": work / "ansible.cfg", "HOME": work / "home", "COLLECTIONS_PATH": COLLECTIONS}
    settings |= {"NOCOLOR": "true", "PIPELINING": "true"}
    environment = {**kept, **{"ANSIBLE_" + key: str(value) for key, value in settings.items()}}
    done = subprocess.run(
        [*command, "-e", "@policy.json", AUDIT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Audited(done.stdout + done.stderr, (work / "port-audit" / "latest").resolve(strict=True))
