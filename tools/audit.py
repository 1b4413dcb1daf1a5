# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the audit playbook for ``make audit`` and show its summary.

Reads from the environment: INVENTORY, POLICY, LIMIT, OUTPUT, GATE, BECOME, ARGS (see ``make help``). With ``--check``
it only says what of these cannot be used.
"""

from __future__ import annotations

import json
import os
import pathlib
import pwd
import shlex
import shutil
import subprocess
import sys
import typing as t

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
# "Anything but compliance": every verdict a gate can close on, and findings about the policy itself.
GATE_ON = ("fail", "warn", "unverified", "policy")
BUNDLED = "baseline"
OFF = ("", "0", "no", "false", "off")

Environment = t.Mapping[str, str]


class Unusable(Exception):
    """What the user gave cannot be audited with; the text says why."""


def wanted(environment: Environment, name: str) -> bool:
    """Whether a switch such as GATE=1 is on."""
    return environment.get(name, "").lower() not in OFF


def inventory(environment: Environment) -> str:
    """This machine, unless INVENTORY names a file or folder, or lists hosts with a comma as Ansible has it."""
    given = environment.get("INVENTORY", "")
    if not given:
        return str(ROOT / "tools" / "this_machine.ini")
    # Ansible itself only warns about an inventory that is not there, and goes on with no hosts.
    if "," not in given and not pathlib.Path(given).exists():
        raise Unusable(f"INVENTORY={given}: there is no such file or folder (a list of hosts needs a comma: {given},).")
    return given


def variables(environment: Environment, *, output: pathlib.Path) -> dict[str, t.Any]:
    """The role's variables that the switches of ``make audit`` stand for."""
    found: dict[str, t.Any] = {"port_audit_output_dir": str(output)}
    policy = environment.get("POLICY", "")
    if policy:
        found["port_audit_policy"] = policy if policy == BUNDLED else str(pathlib.Path(policy).resolve())
    if wanted(environment, "GATE"):
        if not policy:
            raise Unusable(
                f"GATE={environment['GATE']}: a gate needs a policy. Say POLICY=your-policy.yml, or "
                f"POLICY={BUNDLED} for the one that comes with the collection."
            )
        found["port_audit_fail_on"] = list(GATE_ON)
    return found


def become(environment: Environment) -> list[str]:
    """BECOME=1: root on the hosts; asks for sudo's password where this machine's sudo would."""
    here = not environment.get("INVENTORY")
    if not wanted(environment, "BECOME") or (here and os.geteuid() == 0):
        return []
    sudo = shutil.which("sudo")
    asks = here and sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode != 0
    return ["--become", "--ask-become-pass"] if asks else ["--become"]


def command(environment: Environment, *, output: pathlib.Path) -> list[str]:
    """The ansible-playbook command line."""
    limit = environment.get("LIMIT", "")
    return [
        str(VENV / "bin" / "ansible-playbook"),
        "fleetports.compliance.audit",
        "--inventory",
        inventory(environment),
        "--extra-vars",
        json.dumps(variables(environment, output=output)),
        *(["--limit", limit] if limit else []),
        *become(environment),
        *extra(environment),
    ]


def extra(environment: Environment) -> list[str]:
    """ARGS as the arguments that a shell would make of it."""
    given = environment.get("ARGS", "")
    try:
        return shlex.split(given)
    except ValueError as error:
        raise Unusable(f"ARGS={given}: these are no arguments: {error}.") from error


def settings(environment: Environment) -> dict[str, str]:
    """Ansible's environment: the user's own, with the collection found in .venv and little said."""
    user = [environment.get("ANSIBLE_COLLECTIONS_PATH", "~/.ansible/collections:/usr/share/ansible/collections")]
    quiet = {
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tools" / "callback"),
        "ANSIBLE_STDOUT_CALLBACK": "brief",
    }
    chatty = any(argument.startswith("-v") for argument in extra(environment))
    return {
        "ANSIBLE_PYTHON_INTERPRETER": "auto_silent",
        **environment,
        **a_home(environment),
        **({} if chatty else quiet),
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(VENV / "collections"), *user]),
    }


def a_home(environment: Environment) -> dict[str, str]:
    """Service accounts often have no home; Ansible wants one for its temporary files, here and as a host."""
    homes = (environment.get("HOME", "/"), pwd.getpwuid(os.getuid()).pw_dir)
    if all(os.access(home, os.W_OK) for home in homes):
        return {}
    build = ROOT / ".build"
    found = {"HOME": str(build), "ANSIBLE_HOME": str(build / "ansible")}
    return found if environment.get("INVENTORY") else {**found, "ANSIBLE_REMOTE_TMP": str(build / "ansible" / "tmp")}


def latest_run(output: pathlib.Path) -> pathlib.Path | None:
    """The newest run's directory, None before the first."""
    link = output / "latest"
    return link.resolve() if link.exists() else None


def has_hosts(run: pathlib.Path) -> bool:
    """Whether the run was meant for anybody. A report of no hosts is no answer to who asked for an audit."""
    return bool(json.loads((run / "run.json").read_text(encoding="utf-8"))["expected"])


def show(run: pathlib.Path, environment: Environment) -> None:
    """Print the run's summary and, where owners stayed unseen for want of root, how to see them."""
    print((run / "summary.txt").read_text(encoding="utf-8").rstrip())
    if os.geteuid() != 0 and not environment.get("INVENTORY") and not wanted(environment, "BECOME"):
        print("This ran without root, which cannot see whose the sockets of others are: make audit BECOME=1 can.")


def usable(environment: Environment) -> bool:
    """Whether there is nothing to refuse; what there is, is told."""
    try:
        inventory(environment)
        variables(environment, output=pathlib.Path())
        extra(environment)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return False
    return True


def main(environment: Environment) -> int:
    """Returns the exit code: ansible-playbook's, 2 for what cannot be used, 1 when there was nothing to audit."""
    output = pathlib.Path(environment.get("OUTPUT") or "port-audit").resolve()
    before = latest_run(output)
    if not usable(environment):
        return 2
    arguments = command(environment, output=output)
    status = subprocess.run(arguments, env=settings(environment), check=False).returncode
    run = latest_run(output)
    written = run is not None and run != before
    if written:
        show(t.cast("pathlib.Path", run), environment)
    if status == 0 and not (written and has_hosts(t.cast("pathlib.Path", run))):
        print("No host was audited: does INVENTORY name any, and LIMIT leave any?", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--check"]:
            sys.exit(0 if usable(os.environ) else 2)
        sys.exit(main(os.environ))
    except KeyboardInterrupt:
        sys.exit(130)
