# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run is checked, signed and verified with the commands of docs/reports.md, and told when it was changed."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import ROOT

_INVENTORY = f"here ansible_connection=local ansible_python_interpreter={sys.executable}\n"
_AGAIN = """
- hosts: here
  gather_facts: false
  tasks:
    - fleetports.compliance.port_audit_report: {{output_dir: port-audit, run_id: {run}, verify: {verify}}}
"""
_KEY = "%no-protection\nKey-Type: RSA\nKey-Length: 2048\nName-Email: audit@example.org\nExpire-Date: 0\n%commit\n"


def _commands() -> list[str]:
    """The shell commands that the guide gives to the one who signs and to the auditor."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "reports.md").read_text(encoding="utf-8"), re.DOTALL)
    return ["set -e\n" + block for block in blocks]


class _Project:
    def __init__(self, folder: pathlib.Path, gnupg: pathlib.Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
            "GNUPGHOME": str(gnupg),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "dev"),
            "ANSIBLE_HOME": str(folder / "home"),
        }

    @property
    def run(self) -> pathlib.Path:
        return (self.folder / "port-audit" / "latest").resolve()

    def shell(self, command: str, cwd: pathlib.Path | None = None) -> subprocess.CompletedProcess[str]:
        line = ["bash", "-c", command]
        where = cwd or self.folder
        return subprocess.run(
            line, cwd=where, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def again(self, *, verify: bool = True) -> subprocess.CompletedProcess[str]:
        text = _AGAIN.format(run=self.run.name, verify=json.dumps(verify))
        (self.folder / "again.yml").write_text(text)
        return self.shell("ansible-playbook -i inventory again.yml")


@pytest.fixture
def project(tmp_path, tmp_path_factory):
    # gpg-agent's socket has a name of 108 bytes at most, which pytest's own folders leave no room for.
    gnupg = pathlib.Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    made = _Project(tmp_path, gnupg)
    (tmp_path / "inventory").write_text(_INVENTORY)
    done = made.shell("ansible-playbook fleetports.compliance.audit -i inventory")
    assert done.returncode == 0, done.stdout + done.stderr
    yield made
    made.shell("gpgconf --kill all; rm -rf $GNUPGHOME")


def test_signed_verified_and_forged(project):
    assert project.shell(f"gpg --batch --quiet --gen-key <<'E'\n{_KEY}E\n").returncode == 0
    sign, verify = _commands()
    assert project.shell(sign).returncode == 0
    assert project.shell(verify, cwd=project.run).returncode == 0
    # Whoever alters a file and the sums with it still lacks the key.
    (project.run / "report.md").write_text("nothing to see")
    project.shell("sha256sum $(cut -c67- SHA256SUMS) > new; mv new SHA256SUMS", cwd=project.run)
    done = project.shell(verify, cwd=project.run)
    assert done.returncode != 0
    assert "BAD signature" in done.stderr


def test_an_earlier_run_is_verified_before_it_is_reported(project):
    assert project.again().returncode == 0
    (evidence,) = (project.run / "evidence").iterdir()
    evidence.write_text(evidence.read_text() + " ")
    (project.run / "evidence" / "other.json").write_text("{}")
    (project.run / "summary.txt").unlink()
    done = project.again()
    assert done.returncode == 2
    assert "altered: evidence/here.json; missing: summary.txt; extra: evidence/other.json" in done.stdout + done.stderr
    told = project.again(verify=False)
    assert told.returncode == 0
    assert "did not match its SHA256SUMS: altered: evidence/here.json" in re.sub(r"\s+", " ", told.stdout + told.stderr)


def test_the_digest_in_the_report_is_the_manifests(project):
    report = json.loads((project.run / "report.json").read_text())
    done = project.shell("grep '  evidence/' SHA256SUMS | sha256sum", cwd=project.run)
    assert done.stdout.split()[0] == report["evidence"]["digest"]
    assert report["evidence"]["digest"] in (project.run / "report.html").read_text()
    assert report["evidence"]["digest"] in (project.run / "report.md").read_text()
