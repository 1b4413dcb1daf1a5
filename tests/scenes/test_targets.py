# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Old and odd hosts: every Python, every layout of control groups, only busybox, a root that cannot be written."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
import typing as t

import pytest
from _scenes.audit import Audited, audit
from _scenes.cgroup import Groups
from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, Stage, as_user, found
from _scenes.verdict import judged

PYTHONS = pathlib.Path(__file__).parents[2] / ".build" / "pythons"
UNIT = "fleetports-scene.service"
POLICY = {"version": 1, "name": "scene", "rules": []}
CORES = ("oldest", "newest")


def programs(core: str) -> pathlib.Path:
    """Where an ansible-core has its commands."""
    return (
        pathlib.Path(os.environ["SCENES_OLDEST"]) / "bin" if core == "oldest" else pathlib.Path(sys.executable).parent
    )


@pytest.mark.parametrize("core", CORES)
def test_the_module_on_every_python(room: Room, tmp_path: pathlib.Path, core: str) -> None:
    """The newest ansible-core has given up some of them; what it sends here is not its own, and runs there still."""
    hosts = {path.name[len("python") :]: str(path.resolve()) for path in PYTHONS.glob("python3.*")}
    assert hosts
    with room.playing("listen") as actor, room.playing("thread") as other:
        run = audit(tmp_path, hosts, policy=POLICY, through=room.enter, ansible=programs(core))
    for version in hosts:
        document = run.evidence(version)
        assert document["host"]["python"].startswith(version + ".")
        assert [gap for gap in document["collector"]["gaps"] if gap["affects"] != "paths"] == []
        for who in (actor, other):
            assert [owner["pid"] for owner in found(document, who.port)["owners"]] == [who.pid]
    # The same bytes but for times, and for the Ansible that ran at that moment.
    assert len({str(sorted(found(run.evidence(version), actor.port).items())) for version in hosts}) == 1


LAYOUTS = {
    "v1 alone": ("7:devices:/x\n1:name=systemd:/system.slice/ssh.service\n", ("ssh.service", "process", None)),
    "v1 without systemd": ("7:cpu:/docker/%s\n3:pids:/docker/%s\n" % ("a" * 64, "a" * 64), (None, None, "a" * 64)),
    "hybrid": ("7:devices:/\n1:name=systemd:/system.slice/ssh.service\n0::/\n", ("ssh.service", "process", None)),
    "v2": ("0::/system.slice/ssh.service\n", ("ssh.service", "process", None)),
    "none": ("", (None, None, None)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_of_control_groups(stage: Stage, room: Room, layout: str) -> None:
    """What the kernel shows of a process is put over its file; the hierarchies are not mounted."""
    content, told = LAYOUTS[layout]
    fake = stage.directory / "cgroup"
    fake.write_text(content)
    with room.playing("listen") as actor, _mounted(room, str(fake), "/proc/%d/cgroup" % actor.pid):
        room.run("umount", "--recursive", "--lazy", "/sys/fs/cgroup", check=False)
        one = found(room.collect(), actor.port)
    assert (one["unit"], one["unit_source"], one["container"]) == told
    assert one["owner_status"] == "known"


@pytest.fixture
def version_2(room: Room) -> t.Iterator[Groups]:
    """Groups, with the hierarchy mounted where systemd has it."""
    room.run("umount", "--recursive", "--lazy", "/sys/fs/cgroup", check=False)
    room.run("mount", "-t", "cgroup2", "none", "/sys/fs/cgroup")
    with Groups() as groups:
        yield groups
    room.run("umount", "/sys/fs/cgroup")


def test_the_socket_itself_tells_the_unit_to_anybody(room: Room, version_2: Groups) -> None:
    with version_2.entered("system.slice/" + UNIT), room.playing("listen") as actor:
        by_root = [room.collect(owners=owners) for owners in ("all", "none")]
        by_user = room.collect(*as_user(SOMEBODY), python=PYTHON)
    for result in (*by_root, by_user):
        one = found(result, actor.port)
        assert (one["unit"], one["unit_source"], one["unit_conflict"]) == (UNIT, "socket", None)
        assert judged(result, actor.port, {"unit": UNIT}).verdict == ("pass" if result is by_root[0] else "unverified")


def test_a_process_that_moves_to_another_unit(room: Room, version_2: Groups) -> None:
    """The socket stays where it was made. Which of the two a rule means, nobody can tell."""
    version_2.make("system.slice/fleetports-other.service")
    with version_2.entered("system.slice/" + UNIT), room.playing("listen") as actor:
        other = "/sys/fs/cgroup/system.slice/fleetports-other.service/cgroup.procs"
        room.run("sh", "-c", "echo %d > %s" % (actor.pid, other))
        result = room.collect()
    one = found(result, actor.port)
    assert (one["unit"], one["unit_source"], one["unit_conflict"]) == (UNIT, "socket", "fleetports-other.service")
    for unit in (UNIT, "fleetports-other.service"):
        assert judged(result, actor.port, {"unit": unit}).verdict == "unverified"
    assert judged(result, actor.port, {"unit": "ssh.service"}).verdict == "fail"


@contextlib.contextmanager
def _mounted(room: Room, source: str, target: str) -> t.Iterator[None]:
    room.run("mount", "--bind", source, target)
    try:
        yield
    finally:
        room.run("umount", target)


def test_a_root_that_cannot_be_written(stage: Stage, room: Room) -> None:
    with room.playing("listen") as actor:
        room.run("mount", "-o", "remount,bind,ro", "/")
        assert "read-only" in room.run("sh", "-c", "touch /tmp/x 2>&1 | tr R r", check=False)
        result = room.collect()
        room.run("mount", "-o", "remount,bind,rw", "/")
    assert found(result, actor.port)["owner_status"] == "known"
    assert [gap for gap in result["collector"]["gaps"] if gap["affects"] != "paths"] == []


BUSYBOX_HOST = """
set -e
mount --bind "$PWD" "$PWD"
cd "$PWD"
mkdir -p bin usr/bin usr/lib usr/lib64 proc tmp dev
cp "$(command -v busybox)" bin/busybox
for name in sh ls cat env; do ln -s busybox bin/$name; done
ln -s usr/lib lib
ln -s usr/lib64 lib64
cp {python} usr/bin/python3
mount --bind /usr/lib usr/lib
mount --bind /usr/lib64 usr/lib64
mount --bind /proc proc
mount --bind /dev dev
mount -o remount,bind,ro .
mount -t tmpfs none tmp
"""


@pytest.fixture
def busybox(room: Room, tmp_path: pathlib.Path) -> str:
    """An interpreter whose root has busybox, Python and nothing else; only /tmp can be written."""
    root = tmp_path / "root"
    root.mkdir()
    room.run("env", "-C", str(root), "sh", "-c", BUSYBOX_HOST.format(python=os.path.realpath(PYTHON)))
    wrapper = tmp_path / "python"
    script = 'exec chroot "%s" /bin/busybox sh -c \'exec /usr/bin/python3 "$@"\' sh "$@"' % root
    wrapper.write_text("#!/bin/sh\nPATH=/bin:/usr/sbin:/usr/bin HOME=/ %s\n" % script)
    wrapper.chmod(0o755)
    return str(wrapper)


def test_a_host_with_nothing_but_busybox(room: Room, tmp_path: pathlib.Path, busybox: str) -> None:
    with room.playing("listen") as actor:
        run: Audited = audit(tmp_path, {"host": busybox}, policy=POLICY, through=room.enter)
    document = run.evidence("host")
    assert [gap for gap in document["collector"]["gaps"] if gap["affects"] != "paths"] == []
    one = found(document, actor.port)
    assert ([owner["pid"] for owner in one["owners"]], one["user"]) == ([actor.pid], None)  # it has no passwd
