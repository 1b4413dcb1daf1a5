# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON read as dataclasses: what fits comes back, what does not is refused with its place."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._typed_json import Misfit, TypedJson


def _even(value: int) -> None:
    if value % 2:
        raise ValueError("it is odd")


@dataclasses.dataclass(frozen=True)
class Berth:
    name: str
    depth: t.Annotated[int, _even] = 2
    kind: t.Literal["quay", "pier"] = "quay"


@dataclasses.dataclass(frozen=True)
class Harbour:
    berths: tuple[Berth, ...]
    ships: t.Mapping[str, tuple[str, ...]]
    open: bool
    opened: datetime.date | None = None
    master: Berth | None = None
    notes: t.Any = None


OWN = {datetime.date: datetime.date.fromisoformat}
RAW: dict[str, t.Any] = {"berths": [{"name": "a"}, {"name": "b", "depth": 4}], "ships": {"x": ["y"]}, "open": True}


def _read(raw: t.Any) -> t.Any:
    return TypedJson(own=OWN).read(raw, Harbour)


def test_what_fits_comes_back() -> None:
    full = {**RAW, "opened": "1842-05-05", "master": {"name": "m"}, "notes": [1], "more": "x"}
    expected = Harbour(
        (Berth("a"), Berth("b", 4)), {"x": ("y",)}, True, datetime.date(1842, 5, 5), Berth("m"), notes=[1]
    )
    assert _read(full) == expected
    assert _read(RAW).opened is None


DEEP: list[t.Any] = []
for _depth in range(5_000):
    DEEP = [DEEP]

MISFITS = [
    pytest.param({**RAW, "notes": DEEP}, "notes is nested too deeply", id="deeper than Python copies"),
    pytest.param([], "it is a list", id="not an object"),
    pytest.param({**RAW, "open": 1}, "open is a int", id="a number for a truth"),
    pytest.param({**RAW, "berths": {}}, "berths is a dict", id="no list"),
    pytest.param({**RAW, "berths": [{"name": "a"}, {}]}, r"berths\[1\].name is missing", id="a field is missing"),
    pytest.param({**RAW, "berths": [{"name": None}]}, r"berths\[0\].name is a NoneType", id="no text"),
    pytest.param({**RAW, "berths": [{"name": "a", "depth": True}]}, r"berths\[0\].depth is a bool", id="no number"),
    pytest.param(
        {**RAW, "berths": [{"name": "a", "depth": 3}]}, r"berths\[0\].depth cannot be read: it is odd", id="a form"
    ),
    pytest.param(
        {**RAW, "master": {"name": "m", "kind": "dock"}}, "master.kind is 'dock', not one of quay, pier", id="a word"
    ),
    pytest.param(
        {**RAW, "master": {"name": "m", "kind": ["quay"]}}, r"master.kind is \['quay'\], not one of", id="no word"
    ),
    pytest.param({**RAW, "ships": {"x": ["y", 1]}}, r"ships.x\[1\] is a int", id="in a list by name"),
    pytest.param({**RAW, "opened": "soon"}, "opened cannot be read: Invalid isoformat string: 'soon'", id="no date"),
    pytest.param({**RAW, "opened": 5}, "opened cannot be read: ", id="a number for a date"),
]


@pytest.mark.parametrize(("raw", "why"), MISFITS)
def test_what_does_not_fit_is_refused_with_its_place(raw: t.Any, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}"):
        _read(raw)


def test_whole_objects_have_every_key_and_no_other() -> None:
    reader = TypedJson(whole=True)
    assert reader.read({"name": "a", "depth": 2, "kind": "pier"}, Berth) == Berth("a", 2, "pier")
    with pytest.raises(ValueError, match=r"^kind is missing"):
        reader.read({"name": "a", "depth": 2}, Berth)
    with pytest.raises(ValueError, match=r"^more is not known"):
        reader.read({"name": "a", "depth": 2, "kind": "pier", "more": 1}, Berth)


def test_a_check_of_objects_has_a_place_too() -> None:
    def check(raw: t.Mapping[str, t.Any], kind: type) -> None:
        if kind is Berth and raw["name"] == "z":
            raise Misfit("is taken", ".name")

    with pytest.raises(ValueError, match=r"^berths\[0\].name is taken"):
        TypedJson(check=check).read({**RAW, "berths": [{"name": "z"}]}, Harbour)
