# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark says: rows, targets, tables and the recorded page."""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

import jsonschema
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness import estate, fleet_evidence, made_up, record
from harness.rows import COLUMNS, Row, Target, as_markdown, as_text, seconds

_EVIDENCE = pathlib.Path(__file__).parents[2] / "plugins" / "plugin_utils" / "_evidence"
_SCHEMA = _EVIDENCE / "evidence-v1.schema.json"
RATIO = Target(ratio=0.7)
LIMIT = Target(seconds=0.05)


@pytest.mark.parametrize(
    ("ours", "peer", "target", "ratio", "met"),
    [
        pytest.param(0.7, 1.0, RATIO, 0.7, True, id="just met"),
        pytest.param(0.71, 1.0, RATIO, 0.71, False, id="missed"),
        pytest.param(0.7, None, RATIO, None, None, id="peer left out: neither met nor missed"),
        pytest.param(0.05, None, LIMIT, None, True, id="seconds"),
        pytest.param(0.06, 9.0, LIMIT, 0.06 / 9.0, False, id="seconds: the peer is context"),
        pytest.param(0.1, 0.2, None, 0.5, None, id="no target"),
    ],
)
def test_row(ours: float, peer: float | None, target: Target | None, ratio: float | None, met: bool | None) -> None:
    row = Row("scene", "measure", ours, peer, target).as_dict()

    assert tuple(row) == COLUMNS
    assert row["ratio"] == pytest.approx(ratio) if ratio is not None else row["ratio"] is None
    assert row["met"] is met


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param(Row("s", "m", 0.7, 1.0, RATIO), ("0.7 s", "1 s", "0.70 x", "<= 0.7 x", "yes"), id="met"),
        pytest.param(Row("s", "m", 0.8, 1.0, RATIO), ("0.8 s", "1 s", "0.80 x", "<= 0.7 x", "NO"), id="missed"),
        pytest.param(Row("s", "m", 1, 50, RATIO), ("1 s", "50 s", "1/50", "<= 0.7 x", "yes"), id="a small ratio"),
        pytest.param(Row("s", "m", 1, None, RATIO), ("1 s", "", "", "<= 0.7 x", "not measured"), id="left out"),
        pytest.param(Row("s", "m", 0.01, None, LIMIT), ("10 ms", "", "", "<= 50 ms", "yes"), id="seconds"),
        pytest.param(
            Row("s", "m", 45e6, 9e6, Target(size=40e6), memory=True),
            ("45 MB", "9 MB", "5.00 x", "<= 40 MB", "NO"),
            id="bytes",
        ),
    ],
)
def test_cells(row: Row, said: tuple[str, ...]) -> None:
    assert row.cells()[2:] == said


def test_seconds_turn_to_milliseconds_where_they_are_small() -> None:
    assert [seconds(value) for value in (0.0123, 0.0999, 0.1, 78.0)] == ["12.3 ms", "99.9 ms", "0.1 s", "78 s"]


def test_tables_hold_every_row() -> None:
    rows = [Row("one", "a | b", 1.0, 2.0, RATIO), Row("two", "c", 1.0)]

    assert len(as_text(rows).splitlines()) == 3
    assert "a \\| b" in as_markdown(rows)
    assert len(as_markdown(rows).splitlines()) == 4


def test_a_record_replaces_the_one_before(tmp_path: pathlib.Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- recorded run: begin -->\nold\n<!-- recorded run: end -->\nafter\n", encoding="utf-8")

    record.write([Row("scene", "new", 1.0)], {"CPU": "a \\1 processor"}, page=page)

    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "CPU a \\1 processor" in text
    assert "| scene | new |" in text


def test_a_page_without_a_place_for_it_is_an_error(tmp_path: pathlib.Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing\n", encoding="utf-8")

    with pytest.raises(ValueError, match="no place for a record"):
        record.write([], {}, page=page)


def test_the_made_up_policy_is_as_large_as_asked_and_always_the_same() -> None:
    text = made_up.policy_text(50)

    assert text.count("  - id: ") == 50
    assert text == made_up.policy_text(50)
    assert len({(item["protocol"], item["port"]) for item in made_up.listeners(80)}) == 80


@pytest.mark.parametrize(
    ("made", "size"), [(fleet_evidence.write, {"hosts": 8}), (estate.write, {"count": 8})], ids=["fleet", "estate"]
)
def test_made_up_evidence_is_as_its_schema_has_it(
    tmp_path: pathlib.Path, made: t.Callable[..., str], size: dict[str, int]
) -> None:
    run = pathlib.Path(made(tmp_path, **size, listeners=40, policy_json="{}", sha256="ab"))
    validator = jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text()))
    documents = [json.loads(path.read_text()) for path in (run / "evidence").iterdir()]
    assert len(documents) >= 7
    assert [error.message for document in documents for error in validator.iter_errors(document)] == []
