# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that processes choose to harm whoever reads them, audited to the last file."""

from __future__ import annotations

import contextlib
import html.parser
import os
import re
import shutil
import typing as t

import pytest
from _scenes.audit import Audited, audit
from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, Stage, found

NAMES = {
    "as ss prints it": b'x",pid=9,fd=3)',
    "as /proc/pid/stat has it": b"a) R 1 1 (b",
    "as /proc/pid/status has it": b"Uid:\t0\t0\t0\t0",
    "line feed": b"x\n\nPASS\n",
    "terminal": b"\x1b[2J\x1b]0;x\x07",
    "eight-bit terminal": b"\x9b2J\xff\xfe(\xc3",
    "markup": b"<img>`|*@a[](x)",
    "quotes": b"'\"\\';$(id)`",
    "formula": b"=1+1|cmd!A0",
    "right to left": "\u202ea\u2066\u200b".encode(),
    "empty": b"",
}
# A path can be much longer than a name, and holds anything but NUL; "/" parts it.
PATH = b'q"\')(\n\x1b[2J\xff <img src=x onerror=y> ",pid=9 |`*_ sshd (deleted)'
# What must never reach a screen, less the line feed that ends the lines of a file.
UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e\u2066]")


class Seen(t.NamedTuple):
    """``pids`` and ``ports`` by name."""

    run: Audited
    pids: dict[str, int]
    ports: dict[str, int]
    path: str


class Page(html.parser.HTMLParser):
    """Counts elements, and keeps text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: t.Sequence[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _value in attrs)


@pytest.fixture(scope="module")
def seen(stage: Stage, room: Room, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Seen]:
    """One audit of a host on which all of them listen."""
    directory = stage.directory / os.fsdecode(PATH)
    directory.mkdir()
    python = directory / os.fsdecode(PATH)
    shutil.copy(os.path.realpath(PYTHON), python)
    with contextlib.ExitStack() as stack:
        actors = {
            label: stack.enter_context(room.playing("listen", (name or b"\0").hex(), user=SOMEBODY))
            for label, name in NAMES.items()
        }
        actors["path"] = stack.enter_context(
            room.playing("listen", user=SOMEBODY, python=str(python), PYTHONHOME="/usr")
        )
        policy = {"version": 1, "name": "nothing is approved", "rules": []}
        run = audit(tmp_path_factory.mktemp("hostile"), {"host": PYTHON}, policy=policy, through=room.enter)
        pids = {label: actor.pid for label, actor in actors.items()}
        ports = {label: actor.port for label, actor in actors.items()}
    yield Seen(run, pids, ports, str(python))
    shutil.rmtree(directory)


@pytest.mark.parametrize("label", NAMES)
def test_evidence_has_the_name_as_it_is(seen: Seen, label: str) -> None:
    (owner,) = found(seen.run.evidence("host"), seen.ports[label])["owners"]
    # Bytes that are no text are all that cannot stand in JSON; they show as escapes.
    assert owner["name"] == NAMES[label].decode("utf-8", "backslashreplace")
    assert (owner["pid"], owner["uid"]) == (seen.pids[label], SOMEBODY)
    assert owner["started"] is not None


def test_evidence_has_the_path_as_it_is(seen: Seen) -> None:
    (owner,) = found(seen.run.evidence("host"), seen.ports["path"])["owners"]
    assert owner["exe"] == os.fsencode(seen.path).decode("utf-8", "backslashreplace")
    assert (owner["exe_deleted"], owner["exe_on_host"], owner["pid"]) == (False, True, seen.pids["path"])


def test_no_name_makes_a_pid(seen: Seen) -> None:
    shown = {owner["pid"] for one in seen.run.evidence("host")["listeners"] for owner in one["owners"]}
    assert shown == set(seen.pids.values())


@pytest.mark.parametrize("name", ["report.md", "report.html"])
def test_no_file_for_people_holds_what_drives_a_screen(seen: Seen, name: str) -> None:
    text = (seen.run.directory / name).read_text(encoding="utf-8")
    assert UNFIT.findall(text) == []
    assert "\\x1b" in text


def test_neither_does_what_ansible_prints(seen: Seen) -> None:
    assert UNFIT.findall(seen.run.said) == []
    assert "PASS" not in [line.strip() for line in seen.run.said.splitlines()]


def test_html_has_no_element_of_theirs(seen: Seen) -> None:
    page = Page((seen.run.directory / "report.html").read_text(encoding="utf-8"))
    assert not page.elements & {"img"}
    assert "onerror" not in page.attributes


def test_markdown_has_no_markup_of_theirs(seen: Seen) -> None:
    text = (seen.run.directory / "report.md").read_text(encoding="utf-8")
    assert "<img" not in text
    assert re.findall(r"(?<!\\)\[]\(x", text) == []
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows
