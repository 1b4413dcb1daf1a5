# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where owners are: each answers for itself, and the outermost name of a control group is the one that counts.

The service passes while it is alone. Whoever holds its socket beside it, in whatever place, makes it pass no more.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import typing as t

import pytest
from _scenes.cgroup import Groups
from _scenes.room import Room
from _scenes.stage import PYTHON, Actor, found
from _scenes.verdict import judged

EXE = os.path.realpath(PYTHON)
ID, OTHER = "a" * 64, "b" * 64
SERVICE = "fleetports-scene.service"
SYSTEM = "system.slice/" + SERVICE
DOCKER = "docker/" + ID
SCOPE = "system.slice/docker-%s.scope" % ID
NAMED = pathlib.Path("/sys/fs/cgroup/systemd")  # the hierarchy of version 1 that systemd tracks its units in
needs_version_1 = pytest.mark.skipif(not NAMED.is_dir(), reason="no hierarchy of version 1 that is called systemd")
# What runs these tests may be in a group of an engine of its own, by a controller of version 1.
STRANGE = any(
    line.partition(":")[2][:1] != ":" and line[-2:] != ":/"
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()
)
UNIT = {"unit": SERVICE}
CONTAINER = {"container": ID}

# Where a second holder may be, for whom the service's unit or container must not speak.
ELSEWHERE = {
    "root": "",
    "a slice": "system.slice",
    "another unit": "system.slice/fleetports-other.service",
    "a session": "user.slice/user-1000.slice/session-3.scope",
    "a user's manager": "user.slice/user-1000.slice/user@1000.service/app.slice/" + SERVICE,
    "another container": "docker/" + OTHER,
    "another container with systemd": "system.slice/docker-%s.scope" % OTHER,
    "a container that has such a unit": "lxc.payload.x/" + SYSTEM,
    "a container in a service": "system.slice/fleetports-other.service/" + DOCKER,
    "a user's, named like the container": "user.slice/user-1000.slice/session-3.scope/docker-%s.scope" % ID,
    "a cgroup of another engine": "ecs/task/" + ID,
}


@pytest.fixture(scope="module")
def groups() -> t.Iterator[Groups]:
    with Groups() as made:
        yield made


@contextlib.contextmanager
def stolen(
    room: Room, groups: Groups, *, own: str, thiefs: str, room_of_thief: tuple[str, ...] = ()
) -> t.Iterator[Actor]:
    """A service in its place, and whoever took its descriptor in another."""
    with contextlib.ExitStack() as stack:
        with groups.entered(own):
            service = stack.enter_context(room.playing("listen"))
        with groups.entered(thiefs):
            arguments = (str(service.pid), str(service.seen["fd"]), "7368")
            stack.enter_context(room.playing("steal", *arguments, through=room_of_thief))
        yield service


@pytest.mark.parametrize("rule", [UNIT, {**UNIT, "exe": EXE}, {**UNIT, "user": "root"}], ids="+".join)
@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_unit_of_one_owner_is_not_anothers(room: Room, groups: Groups, place: str, rule: dict[str, str]) -> None:
    with stolen(room, groups, own=SYSTEM, thiefs=ELSEWHERE[place]) as service:
        result = room.collect()
    assert len(found(result, service.port)["owners"]) == 2
    assert judged(result, service.port, rule).verdict == "fail"


@pytest.mark.parametrize("own", [DOCKER, SCOPE], ids=["cgroupfs", "systemd"])
@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_container_of_one_owner_is_not_anothers(room: Room, groups: Groups, place: str, own: str) -> None:
    with stolen(room, groups, own=own, thiefs=ELSEWHERE[place]) as service:
        result = room.collect()
    got = judged(result, service.port, CONTAINER)
    # Nobody knows what another engine calls its containers.
    unknown = "engine" in place or (STRANGE and place in ("root", "a slice"))
    assert got.verdict == ("unverified" if unknown else "fail"), got
    assert "container %s" % ID in got.says


@pytest.mark.parametrize(("own", "rule"), [(SYSTEM, UNIT), (DOCKER, CONTAINER), (SCOPE, CONTAINER)], ids=str)
def test_who_is_alone_or_among_its_own_passes(room: Room, groups: Groups, own: str, rule: dict[str, str]) -> None:
    with groups.entered(own), room.playing("listen") as service:
        assert judged(room.collect(), service.port, rule).verdict == "pass"
    with stolen(room, groups, own=own, thiefs=own + "/workers") as service:
        result = room.collect()
    assert len(found(result, service.port)["owners"]) == 2
    assert judged(result, service.port, rule).verdict == "pass"


@pytest.mark.parametrize(("own", "rule"), [(SYSTEM, UNIT), (DOCKER, CONTAINER)], ids=["unit", "container"])
def test_a_file_of_its_own_beside_the_service(
    room: Room, groups: Groups, tmp_path: pathlib.Path, own: str, rule: dict[str, str]
) -> None:
    """The rule names the path too, and the thief has a file of its own mounted over it."""
    fake = tmp_path / "fake"
    shutil.copy(EXE, fake)
    mounting = ("unshare", "--mount", "sh", "-c", 'mount --bind "%s" "%s" && exec "$@"' % (fake, EXE), "sh")
    for thiefs in ("", own):
        with stolen(room, groups, own=own, thiefs=thiefs, room_of_thief=mounting) as service:
            result = room.collect()
        owners = found(result, service.port)["owners"]
        assert sorted((owner["exe"], owner["exe_on_host"]) for owner in owners) == [(EXE, False), (EXE, True)]
        got = judged(result, service.port, {**rule, "exe": EXE})
        # Inside of the container that the rule names a path is meant as the container has it.
        inside = "unverified" if rule is UNIT else "pass"
        assert got.verdict in ((inside,) if thiefs else ("fail", "unverified")), got


NESTED = {
    "docker below a service": ("system.slice/foo.service/docker-%s.scope" % ID, "foo.service", None),
    "cgroupfs below a service": ("system.slice/foo.service/" + DOCKER, "foo.service", None),
    "lxc below a service": ("system.slice/foo.service/lxc.payload.x", "foo.service", None),
    "docker below a session": (
        "user.slice/user-1000.slice/session-3.scope/docker-%s.scope" % ID,
        "session-3.scope",
        None,
    ),
    "docker below a user's manager": (
        "user.slice/user-1000.slice/user@1000.service/app.slice/docker-%s.scope" % ID,
        "user@1000.service",
        None,
    ),
    "a user's cgroup": ("user/alice/0/" + DOCKER, None, None),
    "systemd in lxc": ("lxc.payload.x/" + SYSTEM, None, "x"),
    "systemd in lxc that is named like a slice": ("lxc.payload.x.slice/" + SYSTEM, None, "x.slice"),
    "lxc that is named like a service": ("lxc.payload.x.service/" + SYSTEM, None, "x.service"),
    "docker in docker": ("docker/%s/docker/%s" % (ID, OTHER), None, ID),
    "docker in podman": (
        "machine.slice/libpod-%s.scope/system.slice/docker-%s.scope" % (ID, OTHER),
        "libpod-%s.scope" % ID,
        ID,
    ),
    "kubernetes": ("kubepods.slice/kubepods-pod1.slice/crio-%s.scope/%s" % (ID, SYSTEM), "crio-%s.scope" % ID, ID),
    "nspawn": ("machine.slice/machine-x.scope/payload/" + SYSTEM, "machine-x.scope", "x"),
}


@pytest.mark.parametrize("place", NESTED)
def test_the_outermost_name_counts(room: Room, groups: Groups, place: str) -> None:
    path, unit, container = NESTED[place]
    with groups.entered(path), room.playing("listen") as actor:
        result = room.collect()
    one = found(result, actor.port)
    (owner,) = one["owners"]
    assert (one["unit"], one["container"]) == (owner["unit"], owner["container"]) == (unit, container)
    for name, rule in (("inner unit", UNIT), ("inner container", {"container": OTHER}), ("container", CONTAINER)):
        right = name == "container" and container == ID
        assert (judged(result, actor.port, rule).verdict == "pass") == right, name


@needs_version_1
def test_docker_on_a_hybrid_host(room: Room, groups: Groups) -> None:
    """runc without the systemd driver moves containers in version 1 alone: in version 2 they stay in its service."""
    with (
        groups.entered("system.slice/containerd.service"),
        room.playing("listen") as actor,
        moved(actor.process.pid, DOCKER),
    ):
        result = room.collect()
    (owner,) = found(result, actor.port)["owners"]
    assert (owner["unit"], owner["container"], owner["cgroup"]) == (None, ID, "read")
    # The socket says that it was made in that service, the process that it is in none.
    assert judged(result, actor.port, {"unit": "containerd.service"}).verdict == "unverified"
    assert judged(result, actor.port, CONTAINER).verdict == "pass"


@needs_version_1
def test_two_hierarchies_that_disagree(room: Room, groups: Groups) -> None:
    other = "system.slice/fleetports-other.service"
    with groups.entered(SYSTEM), room.playing("listen") as actor, moved(actor.process.pid, other):
        result = room.collect()
    (owner,) = found(result, actor.port)["owners"]
    assert (owner["unit"], owner["cgroup"]) == (None, "split")
    got = judged(result, actor.port, UNIT)
    assert got.verdict == "unverified"
    assert "its cgroups name different ones" in got.says


@needs_version_1
def test_a_unit_of_version_1(room: Room, groups: Groups) -> None:
    """The socket tells nothing there: a second holder must not lend the unit either."""
    with groups.entered(""), room.playing("listen") as service, moved(service.process.pid, SYSTEM):
        alone = room.collect()
        with room.playing("steal", str(service.pid), str(service.seen["fd"]), "7368"):
            result = room.collect()
    assert judged(alone, service.port, UNIT).verdict == "pass"
    assert judged(result, service.port, UNIT).verdict == "fail"


@pytest.mark.parametrize("content", ["0::/%s (deleted)\n" % SYSTEM, "0::/../%s\n" % SYSTEM, "", "nonsense\n"], ids=repr)
def test_an_owner_whose_cgroup_says_nothing(room: Room, groups: Groups, tmp_path: pathlib.Path, content: str) -> None:
    """The socket itself says where it was made, and that is no word on who holds it."""
    fake = tmp_path / "cgroup"
    fake.write_text(content)
    with groups.entered(SYSTEM), room.playing("listen") as actor:
        room.run("mount", "--bind", str(fake), "/proc/%d/cgroup" % actor.pid)
        result = room.collect()
        room.run("umount", "/proc/%d/cgroup" % actor.pid)
    one = found(result, actor.port)
    assert (one["unit"], one["unit_source"]) == (SERVICE, "socket")
    assert judged(result, actor.port, UNIT).verdict == "unverified"


def test_a_process_whose_first_thread_has_ended(room: Room, groups: Groups) -> None:
    with groups.entered(SYSTEM), room.playing("orphaned") as actor:
        result = room.collect()
        (owner,) = found(result, actor.port)["owners"]
    assert (owner["unit"], owner["cgroup"]) == (SERVICE, "read")
    assert judged(result, actor.port, UNIT).verdict == "pass"


def test_inside_of_a_cgroup_namespace(room: Room, groups: Groups) -> None:
    """Its root is some group of the host: what that is called cannot be seen from in there."""
    with (
        groups.entered("system.slice/fleetports-host.service"),
        room.playing("listen") as actor,
        room.playing("listen", through=("unshare", "--cgroup")) as other,
    ):
        outside = room.collect()
        inside = room.collect("unshare", "--cgroup")
    for result, unit, cgroup in ((outside, "fleetports-host.service", "read"), (inside, None, "outside")):
        for one in (found(result, actor.port), found(result, other.port)):
            assert (one["owners"][0]["unit"], one["owners"][0]["cgroup"]) == (unit, cgroup)
    unit = {"unit": "fleetports-host.service"}
    assert (judged(outside, actor.port, unit).verdict, judged(inside, actor.port, unit).verdict) == (
        "pass",
        "unverified",
    )


@contextlib.contextmanager
def moved(pid: int, path: str) -> t.Iterator[None]:
    """A process and what it started, in a group of the hierarchy of version 1 that is called systemd."""
    with Groups(NAMED) as named:
        before = [(one, own_group(one)) for one in (pid, *descendants(pid))]
        for one, _group in before:
            named.move(one, path)
        try:
            yield
        finally:
            for one, group in before:
                with contextlib.suppress(OSError):
                    (NAMED / group.lstrip("/") / "cgroup.procs").write_text(str(one))


def own_group(pid: int) -> str:
    lines = pathlib.Path("/proc/%d/cgroup" % pid).read_text().splitlines()
    return next(line.split(":", 2)[2] for line in lines if ":name=systemd:" in line)


def descendants(pid: int) -> list[int]:
    children = [int(child) for child in pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()]
    return [*children, *(other for child in children for other in descendants(child))]
