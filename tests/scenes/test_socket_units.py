# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Socket activation: the same rule gives the same verdict before the service has started and after.

pid 1 of a pid namespace plays systemd: it has its name, its directory in /run, unit files, and holds the socket. What
it starts has the socket too, and a control group as systemd gives it.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
import typing as t

import pytest
from _scenes.cgroup import Groups
from _scenes.room import OPTIONS, entering
from _scenes.stage import PYTHON, Stage, found
from _scenes.verdict import Verdict, judged

PORT = 20443
SERVICE = "fleetports-scene.service"
EXE = os.path.realpath(PYTHON)
NOBODY = 65534
Collect = t.Callable[..., dict[str, t.Any]]
Units = t.Mapping[str, str]
WANTED = {"exe": EXE, "user": "nobody", "unit": "fleetports-*.service"}
RUN = "[Service]\nExecStart=-%s -m thing --port 1\nUser=nobody\n" % PYTHON
ALONE = {"fleetports-scene.socket": "[Socket]\nListenStream=127.0.0.1:%d\n" % PORT, SERVICE: RUN}


class Told(t.NamedTuple):
    """What the collector says before and after the service has started, and the pid that it got."""

    before: dict[str, t.Any]
    after: dict[str, t.Any]
    service: int

    def verdicts(self, process: t.Mapping[str, t.Any]) -> list[Verdict]:
        return [judged(result, PORT, process) for result in (self.before, self.after)]


@pytest.fixture(scope="module")
def groups() -> t.Iterator[Groups]:
    with Groups() as made:
        made.make("system.slice/" + SERVICE)
        yield made


@pytest.fixture
def told(stage: Stage, collect: Collect, groups: Groups) -> t.Callable[..., Told]:
    def play(units: Units, *, own_group: str = "init.scope") -> Told:
        with contextlib.ExitStack() as stack:
            directory = stack.enter_context(_directory(stage, units))
            stack.enter_context(groups.entered(own_group))
            script = (
                "mount -t tmpfs none /run && mkdir -p /run/systemd/system && mount --bind '%s' /etc/systemd/system && "
                'ip link set lo up && exec "$@"'
            ) % directory
            through = ("unshare", *OPTIONS, "sh", "-c", script, "sh")
            arguments = (str(PORT), PYTHON, str(groups.top / "system.slice" / SERVICE), str(NOBODY))
            systemd = stack.enter_context(stage.playing("activate", *arguments, through=through))
            enter = entering(systemd.process.pid)
            before = collect(*enter)
            service = systemd.tell("go")["service"]
            return Told(before, collect(*enter), service)

    return play


@contextlib.contextmanager
def _directory(stage: Stage, units: Units) -> t.Iterator[pathlib.Path]:
    with tempfile.TemporaryDirectory(dir=stage.directory) as name:
        directory = pathlib.Path(name)
        for path, text in units.items():
            (directory / path).parent.mkdir(exist_ok=True)
            if text.startswith("-> "):
                (directory / path).symlink_to(text[3:])
            else:
                (directory / path).write_text(text)
        yield directory


def one_of(result: dict[str, t.Any]) -> dict[str, t.Any]:
    return found(result, PORT)


KINDS = {
    "named alike": ALONE,
    "service named": {
        "other.socket": "[Socket]\nListenStream=127.0.0.1:%d\nService=%s\n" % (PORT, SERVICE),
        SERVICE: RUN,
    },
    "drop-ins": {
        "fleetports-scene.socket": "[Socket]\nListenStream=127.0.0.1:1\n",
        "fleetports-scene.socket.d/port.conf": "[Socket]\nListenStream=\nListenStream=127.0.0.1:%d\n" % PORT,
        SERVICE: "[Service]\nExecStart=/bin/false\n",
        SERVICE + ".d/run.conf": "[Service]\nExecStart=\n" + RUN.split("\n", 1)[1],
    },
    "alias": {
        **ALONE,
        "sockets.target.wants/alias.socket": "-> ../fleetports-scene.socket",
        "alias.socket": "-> fleetports-scene.socket",
    },
    "two that listen there, one is started": {
        **ALONE,
        "spare.socket": "[Socket]\nListenStream=127.0.0.1:%d\n" % PORT,
        "spare.service": "[Service]\nExecStart=/bin/false\n",
        "sockets.target.wants/fleetports-scene.socket": "-> ../fleetports-scene.socket",
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_verdict_is_the_same_before_and_after(told: t.Callable[..., Told], kind: str) -> None:
    seen = told(KINDS[kind])
    before, after = one_of(seen.before), one_of(seen.after)
    assert ([owner["pid"] for owner in before["owners"]], [owner["pid"] for owner in after["owners"]]) == (
        [None],
        [seen.service],
    )
    same = ("unit", "unit_source", "unit_conflict", "socket_unit", "owner_status", "owners_complete", "container")
    assert {key: before[key] for key in same} == {key: after[key] for key in same}
    assert (before["unit"], before["unit_source"], before["unit_conflict"]) == (SERVICE, "socket_unit", None)
    fields = ("exe", "exe_on_host", "uid", "user", "unit")
    assert {key: before["owners"][0][key] for key in fields} == {key: after["owners"][0][key] for key in fields}
    first, last = seen.verdicts(WANTED)
    assert (first.verdict, first.basis) == (last.verdict, last.basis) == ("pass", "port+owner")


@pytest.mark.parametrize("wrong", [{"exe": "/usr/sbin/sshd"}, {"user": "root"}, {"unit": "ssh.service"}], ids=str)
def test_what_is_wrong_after_is_wrong_before(told: t.Callable[..., Told], wrong: dict[str, str]) -> None:
    first, last = told(ALONE).verdicts({**WANTED, **wrong})
    assert first.verdict == last.verdict == "fail"
    assert first.says == last.says
    assert first.says.startswith("wrong-owner: expected %s %s, found" % next(iter(wrong.items())))


@pytest.mark.parametrize(
    "units",
    [
        pytest.param({}, id="no unit"),
        pytest.param(
            {**ALONE, "spare.socket": "[Socket]\nListenStream=127.0.0.1:%d\n" % PORT}, id="two that listen there"
        ),
        pytest.param({**ALONE, "fleetports-scene.socket": "-> /dev/null"}, id="masked"),
    ],
)
def test_where_no_unit_tells_nothing_passes_and_nothing_is_wrong_before(
    told: t.Callable[..., Told], units: Units
) -> None:
    seen = told(units)
    assert "socket-unit-unknown" in {gap["code"] for gap in seen.before["collector"]["gaps"]}
    first, last = seen.verdicts(WANTED)
    assert (first.verdict, last.verdict) == ("unverified", "pass")


def test_the_sockets_own_control_group_names_its_unit(told: t.Callable[..., Told]) -> None:
    """As systemd makes sockets of units with rules on addresses; pid 1 need not be looked at for it."""
    seen = told(
        {SERVICE: RUN, "named.socket": "[Socket]\nListenStream=1\nService=%s\n" % SERVICE},
        own_group="system.slice/named.socket",
    )
    assert (one_of(seen.before)["socket_unit"], one_of(seen.before)["unit"]) == ("named.socket", SERVICE)
    first, last = seen.verdicts(WANTED)
    assert (first.verdict, last.verdict) == ("pass", "pass")
