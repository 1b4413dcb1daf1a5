# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts actors on the stage: starts them, waits until they are ready, ends them."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import select
import shutil
import subprocess
import tempfile
import typing as t

PYTHON = "/usr/bin/python3"  # any user can run it
SOMEBODY = 47110  # a user that no line of passwd names, as those of a directory
TIMEOUT = 30.0
ROOT = pathlib.Path(__file__).parents[3]
SCRIPTS = ("actor", "sockets", "refuse", "fuse")
SENT = ("plugins/module_utils", "tests/scenes/probe.py", *("tests/scenes/_scenes/%s.py" % name for name in SCRIPTS))


def as_user(user: int) -> tuple[str, ...]:
    """The command that runs another one as a user, without any privilege."""
    return ("setpriv", "--reuid=%d" % user, "--regid=%d" % user, "--clear-groups")


@dataclasses.dataclass
class Actor:
    """A process that is ready. ``seen`` is what it says of itself."""

    process: subprocess.Popen[str]
    seen: dict[str, t.Any]

    @property
    def pid(self) -> int:
        return int(self.seen["pid"])

    @property
    def port(self) -> int:
        return int(self.seen["port"])

    def says(self) -> dict[str, t.Any]:
        """The next line."""
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], TIMEOUT)[0], "the actor says nothing"
        line = self.process.stdout.readline()
        assert line, "the actor ended: %s" % self.process.args
        return t.cast("dict[str, t.Any]", json.loads(line))

    def tell(self, word: str) -> dict[str, t.Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.says()


class Stage:
    """One for all scenes: the collector and the actors where every user can read them."""

    def __init__(self) -> None:
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="scenes-"))
        self.directory.chmod(0o755)
        home = self.directory / "ansible_collections/fleetports/compliance"
        for name in SENT:
            source, target = ROOT / name, home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        subprocess.run(["chmod", "-R", "a+rX", str(self.directory)], check=True)
        self.probe = home / SENT[1]
        self.scripts = home / "tests/scenes/_scenes"

    def refusing_netlink(self, number: int) -> tuple[str, ...]:
        """The command that runs another one which gets that errno for every netlink socket."""
        return (PYTHON, str(self.scripts / "refuse.py"), str(number))

    def close(self) -> None:
        shutil.rmtree(self.directory)

    @contextlib.contextmanager
    def playing(
        self,
        way: str,
        *arguments: str,
        user: int | None = None,
        script: str = "actor",
        room: t.Sequence[str] = (),
        through: t.Sequence[str] = (),
        python: str = PYTHON,
        **environment: str,
    ) -> t.Iterator[Actor]:
        """An actor, from when it is ready to the end of the block.

        It is run by the commands ``room``, as root, and ``through``, as the user. More are environment variables.
        ``script`` is one of SCRIPTS, ``way`` its first argument.
        """
        drop = () if user is None else as_user(user)
        command = [*room, *drop, *through, python, "-B", str(self.scripts / (script + ".py")), way, *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        given = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment}
        with subprocess.Popen(command, text=True, env=given, cwd="/", **pipes) as process:
            try:
                actor = Actor(process, {})
                actor.seen = actor.says()
                yield actor
            finally:
                process.stdin.close()
                process.kill()


def found(result: t.Mapping[str, t.Any], port: int, protocol: str = "tcp") -> dict[str, t.Any]:
    """The listener on a port."""
    (one,) = [one for one in result["listeners"] if (one["protocol"], one["port"]) == (protocol, port)]
    return t.cast("dict[str, t.Any]", one)
