# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users who pretend to be a service. The service itself passes; nobody who only looks like it does, and it says why.

The service is a Python that root runs in a system unit. Everybody else is a user without any privilege.
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
from _scenes.stage import PYTHON, SOMEBODY, Actor, Stage, as_user, found
from _scenes.verdict import Verdict, judged

EXE = os.path.realpath(PYTHON)
UNIT = "fleetports-scene.service"
FILE = pathlib.Path(EXE).name
NAME = pathlib.Path(PYTHON).name
# What the policy wants of the service: each alone would pass it.
RULES = {
    "exe": {"exe": EXE},
    "name": {"name": NAME, "exe": EXE},
    "user": {"exe": EXE, "user": "root"},
    "unit": {"unit": UNIT},
}


@pytest.fixture(scope="module")
def groups() -> t.Iterator[Groups]:
    with Groups() as made:
        yield made


@pytest.fixture
def own_directory(stage: Stage) -> t.Iterator[pathlib.Path]:
    """A directory of the user's."""
    directory = stage.directory / "own"
    directory.mkdir()
    os.chown(directory, SOMEBODY, SOMEBODY)
    yield directory
    shutil.rmtree(directory)


def copy_of_python(path: pathlib.Path) -> str:
    """An executable of the user's own. It stands for any."""
    shutil.copy(EXE, path)
    os.chown(path, SOMEBODY, SOMEBODY)
    return str(path)


def verdict(room: Room, actor: Actor, rule: str) -> Verdict:
    return judged(room.collect(), actor.port, RULES[rule])


@pytest.mark.parametrize("rule", RULES)
def test_the_service_itself_passes(room: Room, groups: Groups, rule: str) -> None:
    with groups.entered("system.slice/" + UNIT), room.playing("listen") as service:
        result = judged(room.collect(), service.port, RULES[rule])
    assert result.verdict == "pass", result.says
    assert result.basis == ("port+unit" if rule == "unit" else "port+owner")


def test_a_file_mounted_over_the_services(room: Room, own_directory: pathlib.Path) -> None:
    fake = copy_of_python(own_directory / "fake")
    script = 'mount --bind "%s" "%s" && exec "$@"' % (fake, EXE)
    through = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
    with room.playing("listen", user=SOMEBODY, through=through) as actor:
        assert actor.seen["exe"] == EXE
        result = verdict(room, actor, "exe")
    assert result.verdict == "unverified"
    assert result.says == "unverified-owner: expected exe %s, found exe %s (not the host's own file)" % (EXE, EXE)


@pytest.mark.parametrize("how", ["named so", "mounted over a directory of the host"])
def test_a_file_named_as_if_deleted(room: Room, own_directory: pathlib.Path, how: str) -> None:
    fake = copy_of_python(own_directory / (FILE + " (deleted)"))
    if how == "named so":
        playing = room.playing("listen", user=SOMEBODY, python=fake, PYTHONHOME="/usr")
        expected = ("fail", "wrong-owner: expected exe %s, found exe %s" % (EXE, fake))
    else:
        # All of the directory is the user's, and the kernel shows the path that a deleted service would have.
        script = 'mount --bind "%s" /usr/bin && shift && exec "%s (deleted)" "$@"' % (own_directory, EXE)
        through = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
        playing = room.playing("listen", user=SOMEBODY, through=through, PYTHONHOME="/usr")
        expected = ("unverified", "unverified-owner: expected exe %s, found exe %s (deleted)" % (EXE, EXE))
    with playing as actor:
        assert actor.seen["exe"].endswith(FILE + " (deleted)")
        result = verdict(room, actor, "exe")
    assert (result.verdict, result.says) == expected


def test_a_deleted_file_of_the_services_path(room: Room, own_directory: pathlib.Path) -> None:
    """As after an upgrade: nobody can tell any more what it is."""
    with room.playing("listen", user=SOMEBODY, python=copy_of_python(own_directory / FILE), PYTHONHOME="/usr") as actor:
        (own_directory / FILE).unlink()
        (one,) = found(result := room.collect(), actor.port)["owners"]
        verdict_of_path = judged(result, actor.port, {"exe": str(own_directory / FILE)})
    assert (one["exe"], one["exe_deleted"], one["exe_on_host"]) == (str(own_directory / FILE), True, False)
    assert verdict_of_path.verdict == "unverified"
    assert verdict_of_path.says.endswith("found exe %s (deleted)" % (own_directory / FILE))


def test_a_file_that_is_only_in_memory(room: Room) -> None:
    with room.playing("memfd", user=SOMEBODY) as actor:
        result = room.collect()
        (one,) = found(result, actor.port)["owners"]
        got = judged(result, actor.port, RULES["exe"])
        named = judged(result, actor.port, {"exe": "/memfd:sshd"})
    assert (one["exe"], one["exe_deleted"], one["exe_on_host"]) == ("/memfd:sshd", True, False)
    assert (got.verdict, named.verdict) == ("unverified", "unverified")
    assert got.says == "unverified-owner: expected exe %s, found exe /memfd:sshd (deleted)" % EXE


def test_a_name_that_is_put_on(room: Room, own_directory: pathlib.Path) -> None:
    fake = copy_of_python(own_directory / "fake")
    with room.playing("listen", NAME.encode().hex(), user=SOMEBODY, python=fake, PYTHONHOME="/usr") as actor:
        result = room.collect()
        (one,) = found(result, actor.port)["owners"]
        got = judged(result, actor.port, RULES["name"])
    assert one["name"] == NAME
    assert (got.verdict, got.says) == ("fail", "wrong-owner: expected exe %s, found exe %s" % (EXE, fake))


def test_the_services_own_file_run_by_another(room: Room) -> None:
    """Anybody may run the host's own file with code of theirs. User and unit tell them apart, the path cannot."""
    with room.playing("listen", user=SOMEBODY) as actor:
        result = room.collect()
    by_user, by_path = (judged(result, actor.port, RULES[rule]) for rule in ("user", "exe"))
    expected = "wrong-owner: expected user root, found uid %d, which has no user name on the host" % SOMEBODY
    assert (by_user.verdict, by_user.says) == ("fail", expected)
    assert by_path.verdict == "pass"  # it is that file: see "A path is no identity" in the guide


def test_root_of_a_user_namespace_is_not_root(room: Room) -> None:
    with room.playing("listen", user=SOMEBODY, through=("unshare", "--user", "--map-root-user")) as actor:
        result = verdict(room, actor, "user")
    assert result.says.startswith("wrong-owner: expected user root, found uid %d" % SOMEBODY)


CONTAINER = "a" * 64


@pytest.mark.parametrize(
    ("below", "process", "found_there"),
    [
        pytest.param("app.slice/" + UNIT, {"unit": UNIT}, "unit user@%d.service" % SOMEBODY, id="unit"),
        pytest.param("docker-%s.scope" % CONTAINER, {"container": CONTAINER}, "container none", id="container"),
    ],
)
def test_a_group_below_a_users_own_manager(
    room: Room, groups: Groups, below: str, process: dict[str, str], found_there: str
) -> None:
    manager = "user.slice/user-%d.slice/user@%d.service" % (SOMEBODY, SOMEBODY)
    top = groups.delegate(manager, SOMEBODY)
    # The kernel lets a user move a process only within what was delegated: it is put there first.
    with groups.entered(manager), room.playing("delegated", top, below, user=SOMEBODY) as actor:
        result = room.collect()
    one = found(result, actor.port)
    assert (one["unit"], one["container"]) == ("user@%d.service" % SOMEBODY, None)
    got = judged(result, actor.port, process)
    wanted = "%s %s" % next(iter(process.items()))
    assert (got.verdict, got.says) == ("fail", "wrong-owner: expected %s, found %s" % (wanted, found_there))


@pytest.mark.parametrize("how", ["table", "thread", "ring"])
def test_a_stolen_descriptor(room: Room, own_directory: pathlib.Path, how: str) -> None:
    """The service is of the thief's user, so that the kernel lets it happen, and passes while it is alone."""
    fake = copy_of_python(own_directory / "thief")
    with contextlib.ExitStack() as stack:
        service = stack.enter_context(room.playing("listen", user=SOMEBODY))
        alone = verdict(room, service, "exe")
        arguments = (str(service.pid), str(service.seen["fd"]), NAME.encode().hex(), how)
        thief = stack.enter_context(room.playing("steal", *arguments, user=SOMEBODY, python=fake, PYTHONHOME="/usr"))
        result = room.collect()
    assert alone.verdict == "pass", alone.says
    holders = {owner["pid"]: owner["name"] for owner in found(result, service.port)["owners"]}
    assert holders == {service.pid: NAME, thief.pid: NAME}
    got = judged(result, service.port, RULES["exe"])
    assert (got.verdict, got.says) == ("fail", "wrong-owner: expected exe %s, found exe %s" % (EXE, fake))


def test_nobody_of_another_user_namespace(room: Room) -> None:
    """A user namespace shows whom it does not know as 65534, which is nobody's uid too."""
    through = (*as_user(SOMEBODY), "unshare", "--user", "--map-root-user")
    with room.playing("listen", user=SOMEBODY) as own, room.playing("listen") as other:
        result = room.collect(*through, python=PYTHON)
    mine, roots = found(result, own.port), found(result, other.port)
    assert (mine["uid"], roots["uid"], roots["user"]) == (0, None, None)
    assert roots["owner_status"] == "denied"
    for name in ("nobody", "65534"):
        got = judged(result, other.port, {"user": name})
        assert got.verdict == "unverified"
        assert got.says.startswith("unverified-owner: expected user %s, found" % name)


def test_a_user_that_has_no_uid_of_its_own_namespace(room: Room) -> None:
    """Inside it is 65534, outside the kernel knows better."""
    with room.playing("listen", user=SOMEBODY, through=("unshare", "--user")) as actor:
        result = room.collect()
    assert found(result, actor.port)["owners"][0]["uid"] == SOMEBODY
    assert judged(result, actor.port, {"user": "nobody"}).verdict == "unverified"
    assert judged(result, actor.port, {"user": "65534"}).verdict == "fail"
