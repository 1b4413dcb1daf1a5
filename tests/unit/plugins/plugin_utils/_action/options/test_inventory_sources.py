# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories that Ansible read in part, and patterns that name nobody: asked of Ansible's own inventory."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible import constants as C
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options import _inventory_sources
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._option_errors import OptionProblem

GOOD = "[web]\nw1\nw2\n[db]\nd1\n[later]\n"
BROKEN = "all: {hosts: {x: [}}\n"


def _manager(*sources: t.Any) -> InventoryManager:
    return InventoryManager(loader=DataLoader(), sources=[str(source) for source in sources])


@pytest.fixture
def work(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "good.ini").write_text(GOOD)
    (tmp_path / "broken.yml").write_text(BROKEN)
    folder = tmp_path / "folder"
    (folder / "deeper").mkdir(parents=True)
    (folder / "good.ini").write_text(GOOD)
    return tmp_path


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(["good.ini"], id="a file"),
        pytest.param(["folder"], id="a folder"),
        pytest.param(["good.ini", "folder"], id="both"),
    ],
)
def test_a_whole_inventory(work: pathlib.Path, sources: list[str]) -> None:
    (work / "folder" / "notes.cfg~").write_text("what Ansible ignores")
    _inventory_sources.refuse_unread_sources(_manager(*(work / source for source in sources)))


def test_hosts_that_are_typed_are_no_file() -> None:
    _inventory_sources.refuse_unread_sources(_manager("w1,w2,"))


def test_no_inventory_at_all() -> None:
    _inventory_sources.refuse_unread_sources(None)
    _inventory_sources.refuse_unread_sources(_manager())


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        pytest.param(["missing"], "missing does not exist", id="missing"),
        pytest.param(["broken.yml"], "broken.yml cannot be read as an inventory", id="broken"),
        pytest.param(["good.ini", "missing"], "missing does not exist", id="the second is missing"),
        pytest.param(["missing", "good.ini"], "missing does not exist", id="the first is missing"),
        pytest.param(["folder"], "folder/deeper/broken.yml cannot be read as an inventory", id="deep in a folder"),
    ],
)
def test_what_was_not_read_is_named(work: pathlib.Path, sources: list[str], told: str) -> None:
    (work / "folder" / "deeper" / "broken.yml").write_text(BROKEN)
    with pytest.raises(OptionProblem, match=f"is incomplete: {work}/{told}"):
        _inventory_sources.refuse_unread_sources(_manager(*(work / source for source in sources)))


@pytest.mark.parametrize("there", [True, False])
def test_the_default_that_nobody_gave(monkeypatch: pytest.MonkeyPatch, work: pathlib.Path, there: bool) -> None:
    default = str(work / "hosts.yml")
    monkeypatch.setattr(_inventory_sources, "_DEFAULT", default)
    if not there:
        _inventory_sources.refuse_unread_sources(_manager(default))
        return
    (work / "hosts.yml").write_text(BROKEN)
    with pytest.raises(OptionProblem, match="cannot be read"):
        _inventory_sources.refuse_unread_sources(_manager(default))


PATTERNS = {
    "a group": "web",
    "a host": "w1",
    "an empty group": "later",
    "all": "all",
    "all, as a star": "*",
    "a glob of groups": "w*b",
    "a glob of hosts": "w?",
    "a place in a group": "web[0]",
    "an intersection": "web:&w1",
    "an intersection with an empty group": "web:&later",
    "what is taken away may be none": "web:!former",
    "what is taken away may be all": "web:!all",
    "a list": ["web", "d1"],
    "commas": "web,db",
    "a regular expression": "~w[0-9]",
}


@pytest.mark.parametrize("case", PATTERNS)
def test_patterns_that_name_somebody(work: pathlib.Path, case: str) -> None:
    manager = _manager(work / "good.ini")
    _inventory_sources.refuse_unmatched(manager, PATTERNS[case], limited=True)
    manager.restrict_to_hosts([manager.get_host("d1")])  # the batch of a play
    _inventory_sources.refuse_unmatched(manager, PATTERNS[case], limited=True)


UNMATCHED: dict[str, tuple[t.Any, str | None, str]] = {
    "one of two": ("web:dbb", None, "dbb"),
    "an intersection": ("web:&prod", None, "&prod"),
    "in a list": (["web", "dbb"], None, "dbb"),
    "a glob": ("x*", None, "x*"),
    "in the limit": ("all", "web,d2", "d2"),
    "twice": ("x:y:x", None, "x, y"),
}


@pytest.mark.parametrize("mismatch", ["ignore", "warning", "error"])
@pytest.mark.parametrize("case", UNMATCHED)
def test_what_names_nobody_is_told(
    work: pathlib.Path, monkeypatch: pytest.MonkeyPatch, case: str, mismatch: str
) -> None:
    pattern, limit, told = UNMATCHED[case]
    monkeypatch.setattr(C, "HOST_PATTERN_MISMATCH", mismatch)
    manager = _manager(work / "good.ini")
    manager.subset(limit)
    with pytest.raises(OptionProblem) as refused:
        _inventory_sources.refuse_unmatched(manager, pattern, limited=True)
    assert f"is named {told}. Ansible" in str(refused.value)


def test_a_limit_counts_where_it_holds(work: pathlib.Path) -> None:
    manager = _manager(work / "good.ini")
    manager.subset("d2")
    _inventory_sources.refuse_unmatched(manager, "all", limited=False)
    manager.subset("w1")  # a name outside of the limit is one of the inventory all the same
    _inventory_sources.refuse_unmatched(manager, "d1", limited=True)


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        pytest.param("localhost,web.example.org,web,w.local,w,127.0.0.1", None, id="as it writes it"),
        pytest.param("localhost,web.example.org,wbe,127.0.0.1", "wbe", id="with a name of nobody"),
        pytest.param("web.example.org,w", "w", id="by somebody else"),
        pytest.param("localhost,web.example.org,w", "w", id="by somebody who means localhost too"),
    ],
)
def test_names_that_ansible_pull_guesses(monkeypatch: pytest.MonkeyPatch, limit: str, told: str | None) -> None:
    monkeypatch.setattr("socket.getfqdn", lambda: "web.example.org")
    monkeypatch.setattr("platform.node", lambda: "w.local")
    manager = _manager("web.example.org,")
    manager.subset(limit)
    if told is None:
        _inventory_sources.refuse_unmatched(manager, "all", limited=True)
        return
    with pytest.raises(OptionProblem, match=f"is named {told}. Ansible"):
        _inventory_sources.refuse_unmatched(manager, "all", limited=True)


def test_all_of_an_inventory_without_hosts(work: pathlib.Path) -> None:
    (work / "empty.ini").write_text("")
    _inventory_sources.refuse_unmatched(_manager(work / "empty.ini"), "all", limited=True)
