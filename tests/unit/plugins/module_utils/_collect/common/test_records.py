# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records that a child sends: what is built is what was made plain, classes included."""

from __future__ import annotations

import marshal
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _child
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._records import Records


class Point(t.NamedTuple):
    name: t.Optional[str]
    ports: t.Tuple[int, ...] = ()


class Line(t.NamedTuple):
    points: t.Tuple[Point, ...]
    first: t.Optional[Point] = None
    known: t.Mapping[t.Tuple[str, int], str] = {}


class Stranger(t.NamedTuple):
    name: str


RECORDS = Records(Point, Line)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("ended", id="text"),
        pytest.param(None, id="nothing"),
        pytest.param((), id="an empty tuple"),
        pytest.param((1, "a", None), id="a tuple"),
        pytest.param(Point("a", (1, 2)), id="a record"),
        pytest.param(Point("a\udcff\0"), id="text that is no text"),
        pytest.param((Point("a"), Point(None)), id="records"),
        pytest.param(Line((), None), id="a record without others"),
        pytest.param(Line((Point("a"), Point("b", (3,))), Point("c"), {("udp", 1): "x"}), id="a record of records"),
        pytest.param([{"a": 1, "b": [1.5, True, b"\xff"]}, {3: frozenset([1])}], id="plain values"),
    ],
)
def test_what_was_made_plain_is_built_again(value):
    (sent,) = _child.ask(1, lambda _index: RECORDS.plain(value), deadline=5)
    assert repr(RECORDS.built(sent)) == repr(value)


@pytest.mark.parametrize("value", [Stranger("a"), (Stranger("a"),), Line((Stranger("a"),))])
def test_a_record_that_was_not_named_is_refused(value):
    with pytest.raises(ValueError, match="unmarshallable"):
        marshal.dumps(RECORDS.plain(value))
