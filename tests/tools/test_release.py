# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release refuses, what it says of itself, and what it hands to Galaxy and to GitHub."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import threading
import typing as t

import notes
import pytest
import sbom
import tag

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "tools" / "release"
CHANGELOG = """# Release Notes

**Topics**

- <a href="#v1-0-0">v1\\.0\\.0</a>

<a id="v1-0-0"></a>
## v1\\.0\\.0

<a id="release-summary"></a>
### Release Summary

The first one\\.

<a id="v0-9-0-rc-1"></a>
## v0\\.9\\.0\\-rc\\.1

Nearly\\.
"""


@pytest.mark.parametrize(
    ("version", "said"),
    [
        pytest.param(
            "1.0.0", '<a id="release-summary"></a>\n### Release Summary\n\nThe first one\\.', id="between two headings"
        ),
        pytest.param("0.9.0-rc.1", "Nearly\\.", id="the last"),
        pytest.param("1.0", None, id="a beginning of a version"),
        pytest.param("2.0.0", None, id="none"),
    ],
)
def test_notes(version: str, said: str | None) -> None:
    assert notes.section(CHANGELOG, version) == said


def test_a_heading_with_nothing_below_it_is_no_section() -> None:
    assert notes.section("## v1.0.0\n\n## v0.9.0\ntext\n", "1.0.0") is None


def git(project: pathlib.Path, *arguments: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(project), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: pathlib.Path) -> pathlib.Path:
    """A project whose commit can be released as 1.0.0."""
    schema = "plugins/plugin_utils/_policy/port-policy-v1.schema.json"
    files = {
        "galaxy.yml": "version: 1.0.0\n",
        "CHANGELOG.md": CHANGELOG,
        "changelogs/changelog.yaml": "releases:\n  1.0.0: {}\n",
        "changelogs/fragments/.keep": "",
        schema: "{}\n",
        str(tag.SCHEMAS): f"# words\n{'0' * 64}  {schema}\n",
        str(tag.SIGNING_KEY): "a key\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    return tmp_path


def test_a_commit_that_is_ready_is_released(project: pathlib.Path) -> None:
    assert tag.problems(project, tag="1.0.0", branch="main") == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("galaxy.yml", "version: 1.0.1\n", "has the version 1.0.1", id="another version"),
        pytest.param("CHANGELOG.md", "# Release Notes\n", "has no section 1.0.0", id="not in the page"),
        pytest.param("changelogs/changelog.yaml", "", "has no release 1.0.0", id="not in the changelog"),
        pytest.param("changelogs/changelog.yaml", "releases:\n", "has no release 1.0.0", id="no release at all"),
        pytest.param(
            "changelogs/fragments/a.yaml", "x", "1 fragments that no release", id="a fragment by its long name"
        ),
        pytest.param("changelogs/fragments/a.yml", "x", "1 fragments that no release took", id="a fragment waits"),
        pytest.param(str(tag.SCHEMAS), "# words\n", "port-policy-v1.schema.json is not in", id="a schema not frozen"),
        pytest.param(str(tag.SIGNING_KEY), None, "signing-key.asc is missing", id="no public key"),
    ],
)
def test_what_is_not_ready_is_refused(project: pathlib.Path, name: str, text: str | None, said: str) -> None:
    (project / name).unlink(missing_ok=True)
    if text is not None:
        (project / name).write_text(text)
    (problem,) = tag.problems(project, tag="1.0.0", branch="main")
    assert said in problem


@pytest.mark.parametrize("name", ["v1.0.0", "1.0", "1.0.0+build", "1.0.0-", "1.0.0\n", "01.0.0", "1.0.0-a_b"])
def test_a_tag_that_is_no_version_is_refused(project: pathlib.Path, name: str) -> None:
    assert "is no version as semver.org has it" in tag.problems(project, tag=name, branch="main")[0]


def test_a_commit_beside_the_branch_is_refused(project: pathlib.Path) -> None:
    git(project, "switch", "--quiet", "--create", "side")
    git(project, "commit", "--quiet", "--allow-empty", "--message", "y")
    assert tag.problems(project, tag="1.0.0", branch="main") == ["the commit of the tag is not on main"]
    (problem,) = tag.problems(project, tag="1.0.0", branch="nowhere")
    assert problem.startswith("git cannot tell whether the commit is on nowhere: ")


def test_every_problem_is_said_at_once(
    project: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert tag.main(["1.0.0", "--branch", "main"]) == 0
    assert tag.main(["v2", "--branch", "main"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("v2 cannot be released: ") for line in lines)


def requirements(path: pathlib.Path) -> t.Iterator[str]:
    """The names that a file asks for, and the files that it includes."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from requirements(path.with_name(line[3:]))
        elif name := re.match(r"[\w.-]+", line):
            yield name[0].lower()


def test_what_a_release_is_made_with_is_pinned_by_digest() -> None:
    path = ROOT / "requirements" / "release.lock"
    pinned = re.findall(r"^([\w.-]+)==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}", path.read_text("utf-8"), re.MULTILINE)
    assert set(requirements(path)) == set(pinned)
    assert set(requirements(path.with_suffix(".txt"))) <= set(pinned)


MANIFEST = {
    "collection_info": {
        "namespace": "fleetports",
        "name": "compliance",
        "version": "1.0.0",
        "description": "audits",
        "repository": "https://example.org/r",
        "issues": "https://example.org/i",
    }
}


@pytest.fixture
def archive(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "fleetports-compliance-1.0.0.tar.gz"
    registry = {"source": "IANA's registry", "snapshot": "2026-06"}
    with tarfile.open(path, "w:gz") as made:
        for name, content in (("MANIFEST.json", MANIFEST), (sbom.REGISTRY, registry)):
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    return path


def test_the_bill_of_materials(archive: pathlib.Path) -> None:
    environment = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"tools": {}},
        "components": [{"bom-ref": name, "name": name} for name in ("ansible-core", "PyYAML", "pip")],
        "dependencies": [
            {"ref": "ansible-core", "dependsOn": ["PyYAML"]},
            {"ref": "PyYAML"},
            {"ref": "pip"},
            {"ref": "root-component", "dependsOn": ["ansible-core"]},
        ],
    }
    bill = sbom.bill(archive, environment)
    about = bill["metadata"]["component"]
    assert about["hashes"][0]["content"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert [it["name"] for it in bill["components"]] == ["ansible-core", "PyYAML", "IANA's registry"]
    assert {it["ref"]: it.get("dependsOn", []) for it in bill["dependencies"]} == {
        "fleetports.compliance@1.0.0": ["ansible-core", "iana-ports"],
        "iana-ports": [],
        "ansible-core": ["PyYAML"],
        "PyYAML": [],
    }


class Galaxy(http.server.BaseHTTPRequestHandler):
    """As much of Galaxy as a publication asks for. An import has the state that the server says."""

    def answer(self, content: object) -> None:
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        server = t.cast("Stage", self.server)
        if "/imports/" in self.path:
            self.answer({"state": server.state, "finished_at": "now", "messages": [], "error": server.error})
        else:
            self.answer({"available_versions": {"v3": "v3/"}})

    def do_POST(self) -> None:
        server = t.cast("Stage", self.server)
        server.tokens.append(self.headers["Authorization"])
        server.uploads.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer({"task": "/api/v3/imports/collections/00000000-0000-0000-0000-000000000001/"})

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class Stage(http.server.ThreadingHTTPServer):
    """The server, with what it got."""

    state, error = "completed", None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Galaxy)
        self.tokens: list[str] = []
        self.uploads: list[bytes] = []


@pytest.fixture
def galaxy() -> t.Iterator[Stage]:
    server = Stage()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def publish(archive: pathlib.Path, *, server: Stage, token: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "RELEASE_VENV": sys.prefix,
        "GALAXY_SERVER": f"http://127.0.0.1:{server.server_port}/api/",
        "GALAXY_TOKEN": token,
    }
    return subprocess.run(
        [SCRIPTS / "publish.sh", archive], env=environment, check=False, capture_output=True, text=True
    )


def test_an_archive_is_published_with_the_token_and_nobody_else_reads_it(archive: pathlib.Path, galaxy: Stage) -> None:
    done = publish(archive, server=galaxy, token="secret-token")  # noqa: S106 - of a server that is the test's own
    assert done.returncode == 0, done.stdout + done.stderr
    assert galaxy.tokens == ["Token secret-token"]
    assert hashlib.sha256(archive.read_bytes()).hexdigest().encode() in galaxy.uploads[0]
    assert "secret-token" not in done.stdout + done.stderr


def test_an_import_that_failed_fails_the_release(archive: pathlib.Path, galaxy: Stage) -> None:
    galaxy.state, galaxy.error = "failed", {"code": "x", "description": "no such namespace"}  # type: ignore[assignment]
    done = publish(archive, server=galaxy, token="x")  # noqa: S106 - of a server that is the test's own
    assert done.returncode != 0
    assert "no such namespace" in done.stdout + done.stderr


def test_nothing_is_published_without_a_token(archive: pathlib.Path, galaxy: Stage) -> None:
    done = publish(archive, server=galaxy, token="")
    assert (done.returncode, galaxy.uploads) == (1, [])
    assert "GALAXY_TOKEN is empty" in done.stderr


@pytest.mark.parametrize(("name", "options"), [("1.0.0", []), ("0.9.0-rc.1", ["--prerelease"])])
def test_the_release_on_github(tmp_path: pathlib.Path, name: str, options: list[str]) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "a.tar.gz").touch()
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    client = tmp_path / "gh"
    client.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{tmp_path}/said\ncp "$8" {tmp_path}/notes\n')
    client.chmod(0o755)
    subprocess.run(
        [SCRIPTS / "github.sh", name, "dist"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        check=True,
    )
    said = (tmp_path / "said").read_text().splitlines()
    assert said[:5] == ["release", "create", name, "--verify-tag", "--title"]
    assert said[8:] == [*options, "dist/a.tar.gz"]
    assert (tmp_path / "notes").read_text().strip() == notes.section(CHANGELOG, name)
