# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release is signed so that ansible-galaxy verifies it, and nothing else is taken for it."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import typing as t

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "tools" / "release"
PASSPHRASE = "correct horse"  # noqa: S105 - of a key that the test makes


class Key(t.NamedTuple):
    """Both halves of a key, armored: the public one as a file."""

    secret: str
    public: pathlib.Path


def run(*command: str | pathlib.Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {"RELEASE_VENV": sys.prefix, **os.environ, **environment}
    return subprocess.run(command, env=inherited, check=False, capture_output=True, text=True)


def make_key(folder: pathlib.Path) -> Key:
    home = folder / "gnupg"
    home.mkdir(mode=0o700, parents=True)

    def gpg(*arguments: str) -> str:
        command = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", PASSPHRASE, *arguments]
        return subprocess.run(
            command, env={**os.environ, "GNUPGHOME": str(home)}, check=True, capture_output=True, text=True
        ).stdout

    gpg("--quick-generate-key", "Releases <releases@example.org>", "ed25519", "sign", "never")
    public = folder / "public.asc"
    public.write_text(gpg("--armor", "--export"))
    key = Key(gpg("--armor", "--export-secret-keys"), public)
    subprocess.run(["gpgconf", "--kill", "all"], env={**os.environ, "GNUPGHOME": str(home)}, check=True)
    return key


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return make_key(tmp_path_factory.mktemp("key"))


def build(folder: pathlib.Path, text: str) -> pathlib.Path:
    source = folder / "source"
    source.mkdir(parents=True)
    (source / "galaxy.yml").write_text("namespace: a\nname: b\nversion: 1.0.0\nreadme: README.md\nauthors: [x]\n")
    (source / "README.md").write_text(text)
    (source / "meta").mkdir()
    (source / "meta" / "runtime.yml").write_text("requires_ansible: '>=2.18.0'\n")
    galaxy = pathlib.Path(sys.prefix) / "bin" / "ansible-galaxy"
    done = run(galaxy, "collection", "build", source, "--output-path", folder)
    assert done.returncode == 0, done.stderr
    return folder / "a-b-1.0.0.tar.gz"


@pytest.fixture
def archive(tmp_path: pathlib.Path) -> pathlib.Path:
    return build(tmp_path, "A collection.\n")


def sign(archive: pathlib.Path, key: Key) -> pathlib.Path:
    done = run(SCRIPTS / "sign.sh", archive, SIGNING_KEY=key.secret, SIGNING_PASSPHRASE=PASSPHRASE)
    assert done.returncode == 0, done.stderr
    return pathlib.Path(done.stdout.strip())


def test_a_signed_archive_verifies(archive: pathlib.Path, key: Key) -> None:
    signature = sign(archive, key)
    assert signature == archive.with_name("a-b-1.0.0.MANIFEST.json.asc")
    done = run(SCRIPTS / "verify.sh", archive, key.public)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checksums for 'a.b:1.0.0' are internally consistent" in done.stdout


def test_a_rebuilt_archive_has_the_same_signature(archive: pathlib.Path, key: Key, tmp_path: pathlib.Path) -> None:
    """MANIFEST.json has no times in it: who builds the tag anew can verify it with the signature of the release."""
    signature = sign(archive, key)
    again = build(tmp_path / "again", "A collection.\n")
    shutil.copy(signature, again.with_name(signature.name))
    assert run(SCRIPTS / "verify.sh", again, key.public).returncode == 0


def test_another_archive_with_the_signature_does_not_verify(
    archive: pathlib.Path, key: Key, tmp_path: pathlib.Path
) -> None:
    signature = sign(archive, key)
    other = build(tmp_path / "other", "Another collection.\n")
    shutil.copy(signature, other.with_name(signature.name))
    done = run(SCRIPTS / "verify.sh", other, key.public)
    assert done.returncode != 0
    assert "Signature verification failed for 'a.b'" in done.stdout + done.stderr


def test_the_signature_of_another_key_does_not_verify(archive: pathlib.Path, key: Key, tmp_path: pathlib.Path) -> None:
    sign(archive, make_key(tmp_path / "other"))
    assert run(SCRIPTS / "verify.sh", archive, key.public).returncode != 0


class Galaxy(http.server.BaseHTTPRequestHandler):
    """As much of Galaxy as an installation of a.b asks for. Galaxy itself hands out no signatures."""

    def do_GET(self) -> None:
        archive = t.cast("Shelf", self.server).archive.read_bytes()
        here = f"http://{self.headers['Host']}/api/v3/collections/a/b/versions/1.0.0/"
        version = {
            "version": "1.0.0",
            "href": here,
            "download_url": f"{here}file.tar.gz",
            "signatures": [],
            "namespace": {"name": "a"},
            "collection": {"name": "b"},
            "metadata": {"dependencies": {}},
            "artifact": {"sha256": hashlib.sha256(archive).hexdigest()},
        }
        answers: dict[str, object] = {
            "/api/": {"available_versions": {"v3": "v3/"}},
            "/api/v3/collections/a/b/": {"created_at": "2026-01-01", "updated_at": "2026-01-01"},
            "/api/v3/collections/a/b/versions/": {"meta": {"count": 1}, "data": [version], "links": {"next": None}},
            "/api/v3/collections/a/b/versions/1.0.0/": version,
        }
        path = self.path.partition("?")[0]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(archive if path.endswith(".tar.gz") else json.dumps(answers[path]).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class Shelf(http.server.ThreadingHTTPServer):
    """The server, with the one archive that it has."""

    def __init__(self, archive: pathlib.Path) -> None:
        super().__init__(("127.0.0.1", 0), Galaxy)
        self.archive = archive


def install_from_galaxy(archive: pathlib.Path, *, signature: pathlib.Path, key: Key) -> int:
    """The command in SECURITY.md; returns its exit code."""
    keyring, home = archive.parent / "keyring.kbx", archive.parent / "home"
    home.mkdir(mode=0o700)
    server = Shelf(archive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {"GNUPGHOME": str(home), "ANSIBLE_HOME": str(home)}
    run("gpg", "--no-default-keyring", "--keyring", keyring, "--import", key.public, **environment)
    command: list[str | pathlib.Path] = [pathlib.Path(sys.prefix) / "bin" / "ansible-galaxy", "collection", "install"]
    command += ["a.b:==1.0.0", "--server", f"http://127.0.0.1:{server.server_port}/api/"]
    command += ["--collections-path", archive.parent / "installed", "--keyring", keyring]
    command += ["--required-valid-signature-count", "+1", "--signature", f"file://{signature}"]
    done = run(*command, **environment)
    server.shutdown()
    server.server_close()
    assert (archive.parent / "installed/ansible_collections/a/b/README.md").exists() is (done.returncode == 0), done
    return done.returncode


def test_galaxys_archive_installs_with_the_signature_of_the_release(archive: pathlib.Path, key: Key) -> None:
    assert install_from_galaxy(archive, signature=sign(archive, key), key=key) == 0


def test_another_archive_on_galaxy_is_not_installed(archive: pathlib.Path, key: Key, tmp_path: pathlib.Path) -> None:
    signature = sign(archive, key)
    other = build(tmp_path / "other", "Another collection.\n")
    assert install_from_galaxy(other, signature=signature, key=key) != 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({"SIGNING_KEY": ""}, "SIGNING_KEY is empty", id="no key"),
        pytest.param({"SIGNING_PASSPHRASE": "wrong"}, "failed", id="a wrong passphrase"),
    ],
)
def test_nothing_is_signed_without_the_key(
    archive: pathlib.Path, key: Key, settings: dict[str, str], said: str
) -> None:
    done = run(SCRIPTS / "sign.sh", archive, **{"SIGNING_KEY": key.secret, "SIGNING_PASSPHRASE": "", **settings})
    assert done.returncode != 0
    assert said in done.stderr
    assert not list(archive.parent.glob("*.asc"))
