# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The converter reads IANA's layout, the odd rows of it too, and refuses what is not the registry."""

from __future__ import annotations

import io
import json
import pathlib
import subprocess
import sys

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry import _convert
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

HEAD = (
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
    "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\n"
)


def converted(*rows: str, snapshot: str | None = "2026-06") -> dict:
    """The data for some rows of IANA's CSV."""
    lines = io.StringIO(HEAD + "".join(row + "\n" for row in rows), newline="")
    return json.loads(_convert.convert(lines, snapshot=snapshot, minimum=0))


@pytest.mark.parametrize(
    ("rows", "entries"),
    [
        pytest.param(
            ["ssh,22,tcp,Secure Shell,,,,,,,,", "ssh,22,udp,Secure Shell,,,,,,,,"],
            [["tu", 22, 22, "ssh", "Secure Shell"]],
            id="transports-joined",
        ),
        pytest.param(
            ["a,1,tcp,x,,,,,,,,", "b,1,tcp,y,,,,,,,,", "b,1,udp,y,,,,,,,,", "a,1,udp,x,,,,,,,,"],
            [["t", 1, 1, "a", "x"], ["tu", 1, 1, "b", "y"], ["u", 1, 1, "a", "x"]],
            id="order-of-names-kept-for-each-transport",
        ),
        pytest.param(["x11,6000-6063,tcp,X,,,,,,,,"], [["t", 6000, 6063, "x11", "X"]], id="range"),
        pytest.param([",225-241,,Reserved,,,,,,,,"], [["tusd", 225, 241, None, "Reserved"]], id="no-transport"),
        pytest.param(["active-net,3322,,,,,,,,,,"], [["tusd", 3322, 3322, "active-net", ""]], id="no-description"),
        pytest.param(["_dns-sd,,tcp,a name alone,,,,,,,,"], [], id="no-port"),
        pytest.param([",81,,Unassigned,,,,,,,,", ",15,tcp,Unassigned [was netstat],,,,,,,,"], [], id="unassigned"),
        pytest.param([",4-5,,unassigned,,,,,,,,"], [], id="unassigned-range"),
        pytest.param(
            ["un,2999,tcp,RemoteWare Unassigned,,,,,,,,"],
            [["t", 2999, 2999, "un", "RemoteWare Unassigned"]],
            id="named",
        ),
        pytest.param([",585,,De-registered,,,,,,,,"], [["tusd", 585, 585, None, "De-registered"]], id="de-registered"),
        pytest.param(
            ['a,7,tcp,"two\n   lines, and ""quotes""",[X],[X],2011-01-05,,[RFC1],,,"more\nnotes"'],
            [["t", 7, 7, "a", 'two lines, and "quotes"']],
            id="fields-of-many-lines",
        ),
        pytest.param(["a,7,TCP,x"], [["t", 7, 7, "a", "x"]], id="short-row-and-upper-case"),
    ],
)
def test_entries(rows, entries):
    assert converted(*rows)["entries"] == entries


@pytest.mark.parametrize(
    ("rows", "given", "expected"),
    [
        pytest.param(
            ["a,1,tcp,x,,,2024-05-06,2025-11-30,,,,", "b,2,tcp,x,,,2025-12,,,,,"], None, "2025-12", id="newest"
        ),
        pytest.param(["a,1,tcp,x,,,2024-05-06,2025-11-30,,,,"], None, "2025-11-30", id="modification"),
        pytest.param(["a,1,tcp,x,,,2024-05-06,soon,,,,"], None, "2024-05-06", id="what-is-not-a-date"),
        pytest.param(["a,1,tcp,x,,,2024-05-06,,,,,"], "2026-06", "2026-06", id="given"),
    ],
)
def test_snapshot(rows, given, expected):
    assert converted(*rows, snapshot=given)["snapshot"] == expected


def test_counts_rows_of_the_file():
    assert converted("a,1,tcp,x,,,,,,,,", "a,1,udp,x,,,,,,,,", ",2,,Unassigned,,,,,,,,")["rows"] == 3


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        pytest.param("name,port\nssh,22\n", {}, "no column 'Service Name'", id="columns"),
        pytest.param("", {}, "no column 'Service Name'", id="empty"),
        pytest.param(HEAD + "a,22x,tcp,x,,,,,,,,\n", {}, "record 2: '22x' is not a port", id="port"),
        pytest.param(HEAD + "a,9-5,tcp,x,,,,,,,,\n", {}, "'9-5' is not within", id="reversed"),
        pytest.param(HEAD + "a,70000,tcp,x,,,,,,,,\n", {}, "'70000' is not within", id="beyond"),
        pytest.param(HEAD + "a,22,quic,x,,,,,,,,\n", {}, "unknown transport 'quic'", id="transport"),
        pytest.param(HEAD + "a,22,tcp,x,,,,,,,,\n", {"snapshot": None}, "has no dates", id="no-dates"),
        pytest.param(HEAD + "a,22,tcp,x,,,,,,,,\n", {"snapshot": "June"}, "'June' is not a date", id="date"),
        pytest.param(HEAD + "a,22,tcp,x,,,,,,,,\n", {"minimum": 10}, "only 1 rows", id="cut-off"),
    ],
)
def test_refuses(text, options, words):
    with pytest.raises(_convert.ConvertError, match=words):
        _convert.convert(io.StringIO(text, newline=""), **{"snapshot": "2026-06", "minimum": 0, **options})


def whole_registry(path: pathlib.Path) -> pathlib.Path:
    """A file in IANA's layout that is long enough to be taken, with a byte order mark as some tools add."""
    rows = "".join(f"name-{port},{port},tcp,x,,,2026-07-01,,,,,\n" for port in range(1, 10_002))
    path.write_text(HEAD + rows, encoding="utf-8-sig")
    return path


def test_command_writes_data_that_loads(tmp_path, capsys):
    source, output = whole_registry(tmp_path / "iana.csv"), tmp_path / "data.json"
    assert _convert.main([str(source), "--output", str(output)]) == 0
    assert "10001 rows of 2026-07-01" in capsys.readouterr().out
    registry = Registry(output.read_text(encoding="utf-8"))
    assert registry.status(603, "tcp").name == "name-603"
    assert registry.status(603, "udp").status == "unassigned"
    assert output.stat().st_mode & 0o777 == 0o644


def test_command_gives_the_same_bytes_again(tmp_path):
    source, outputs = whole_registry(tmp_path / "iana.csv"), [tmp_path / "1.json", tmp_path / "2.json"]
    for output in outputs:
        _convert.main([str(source), "--output", str(output)])
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_command_leaves_the_old_data_when_it_refuses(tmp_path, capsys):
    source, output = tmp_path / "iana.csv", tmp_path / "data.json"
    source.write_text("<html>not found</html>", encoding="utf-8")
    output.write_text("old", encoding="utf-8")
    assert _convert.main([str(source), "--output", str(output)]) == 1
    assert capsys.readouterr().err.startswith(f"{source}: not IANA's layout")
    assert output.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.json", "iana.csv"]


def test_command_names_a_missing_file(tmp_path, capsys):
    assert _convert.main([str(tmp_path / "none.csv")]) == 1
    assert "none.csv" in capsys.readouterr().err


def test_runs_as_a_script(tmp_path):
    source, output = whole_registry(tmp_path / "iana.csv"), tmp_path / "data.json"
    subprocess.run([sys.executable, _convert.__file__, str(source), "--output", str(output)], check=True)
    assert json.loads(output.read_text(encoding="utf-8"))["rows"] == 10_001
