# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A schema that was released never changes: documents name it, and editors keep it. What is new gets a new version.

The release of a version adds the schemas that it brings to released-schemas.sha256; see CONTRIBUTING.md.
"""

from __future__ import annotations

import hashlib
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = pathlib.Path(__file__).with_name("released-schemas.sha256")
LINE = re.compile(r"([0-9a-f]{64})  (plugins/plugin_utils/\S+\.schema\.json)")


def changed(table: str, root: pathlib.Path) -> list[str]:
    """What is not as it was released."""
    problems = []
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        entry = LINE.fullmatch(line)
        if entry is None:
            problems.append(f"no digest and name of a schema: {line}")
        elif not (root / entry[2]).is_file():
            problems.append(f"{entry[2]}: was released, and is gone")
        elif hashlib.sha256((root / entry[2]).read_bytes()).hexdigest() != entry[1]:
            problems.append(f"{entry[2]}: was released, and has changed: give what is new a new version")
    return problems


def test_released_schemas_are_as_they_were() -> None:
    assert changed(TABLE.read_text(encoding="utf-8"), ROOT) == []


@pytest.fixture
def schema(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "plugins" / "plugin_utils" / "_policy" / "port-policy-v1.schema.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}\n")
    return path


class TestTheCheck:
    # printf '{}\n' | sha256sum
    TABLE = (
        "# some words\n"
        "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"
        "  plugins/plugin_utils/_policy/port-policy-v1.schema.json\n"
    )

    def test_passes_what_is_the_same(self, schema: pathlib.Path, tmp_path: pathlib.Path) -> None:
        assert changed(self.TABLE, tmp_path) == []

    def test_finds_what_changed(self, schema: pathlib.Path, tmp_path: pathlib.Path) -> None:
        schema.write_text("{ }\n")
        (problem,) = changed(self.TABLE, tmp_path)
        assert problem.endswith("has changed: give what is new a new version")

    def test_finds_what_is_gone(self, schema: pathlib.Path, tmp_path: pathlib.Path) -> None:
        schema.unlink()
        assert changed(self.TABLE, tmp_path) == [
            "plugins/plugin_utils/_policy/port-policy-v1.schema.json: was released, and is gone"
        ]

    def test_finds_a_line_that_says_nothing(self, tmp_path: pathlib.Path) -> None:
        assert changed("ca3d163b  plugins/x.json\n", tmp_path) == [
            "no digest and name of a schema: ca3d163b  plugins/x.json"
        ]
