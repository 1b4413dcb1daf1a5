# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports are written into the run and, where that is asked for, elsewhere."""

from __future__ import annotations

import pathlib
import stat

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._write_reports import write_reports
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._report_errors import FormatProblem
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._format_choices import read_choices
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import FORMATS
from ansible_collections.fleetports.compliance.tests.unit.factories import sample

TEMPLATES = pathlib.Path(__file__).parents[5] / "roles" / "port_audit" / "templates"


def _write(tmp_path, *given):
    run = RunDirectory(str(tmp_path / "out"), "r")
    return run, write_reports(run, sample.model(), read_choices(given), template_dirs=[str(TEMPLATES)])


def test_every_format_is_written_into_the_run(tmp_path):
    run, files = _write(tmp_path, *FORMATS)
    assert {name: pathlib.Path(path).name for name, path in files.items()} == {
        one.name: one.file for one in FORMATS.values()
    }
    assert all(pathlib.Path(path).parent == pathlib.Path(run.path) for path in files.values())
    assert all(pathlib.Path(path).stat().st_size for path in files.values())
    assert str(run.path) in pathlib.Path(files["console"]).read_text(encoding="utf-8")


def test_a_copy_has_its_own_place_and_mode(tmp_path):
    target = tmp_path / "new" / "folder" / "audit.prom"
    run, files = _write(tmp_path, {"format": "openmetrics", "path": str(target), "mode": "0644"})
    kept = pathlib.Path(run.path, "port_audit.prom")
    assert files == {"openmetrics": str(target)}
    assert target.read_bytes() == kept.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_copy_keeps_every_byte(tmp_path):
    run, files = _write(tmp_path, {"format": "csv", "path": str(tmp_path / "copy.csv")})
    assert b"\r\n" in pathlib.Path(files["csv"]).read_bytes()
    assert pathlib.Path(files["csv"]).read_bytes() == pathlib.Path(run.path, "findings.csv").read_bytes()


def test_a_template_of_ones_own(tmp_path):
    mine = tmp_path / "mine.j2"
    mine.write_text("OURS {{ report.summary.verdict }} {% include 'report.css' %}")
    _run, files = _write(tmp_path, {"format": "markdown", "template": str(mine)})
    assert pathlib.Path(files["markdown"]).read_text(encoding="utf-8").startswith("OURS fail ")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(EvidenceError, match=r"cannot write .*x\.csv"):
        _write(tmp_path, {"format": "csv", "path": str(tmp_path / (300 * "x" + ".csv"))})


@pytest.mark.parametrize("name", ["run.json", "policies/x.json", "report.html", "new.csv"])
def test_no_copy_is_written_into_the_run(tmp_path, name):
    with pytest.raises(FormatProblem, match=r"the path .* of format csv is in the directory of this run"):
        _write(tmp_path, "json", {"format": "csv", "path": str(tmp_path / "out" / "r" / name)})
    assert not (tmp_path / "out").exists()  # not even the other format was written
