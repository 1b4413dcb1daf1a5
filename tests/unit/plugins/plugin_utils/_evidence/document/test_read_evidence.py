# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which evidence is believed."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._read_evidence import (
    check,
    read_evidence,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _atomic_files
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import RUN_ID, evidence_of, observation
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener


def _document(**changed: t.Any) -> dict[str, t.Any]:
    return {**evidence_of(observation()), **changed}


def test_evidence_that_cannot_be_is_not_used() -> None:
    with pytest.raises(EvidenceError, match=r"has an impossible value: host.clock is not a time: '9999-99-99'"):
        check(_within("host", clock="9999-99-99"), run_id=RUN_ID, name="web1.json")


def _within(part: str, **changed: t.Any) -> dict[str, t.Any]:
    document = _document()
    return {**document, part: {**document[part], **changed}}


def _without(part: str, name: str) -> dict[str, t.Any]:
    document = _document()
    return {**document, part: {key: value for key, value in document[part].items() if key != name}}


def _listening(**changed: t.Any) -> dict[str, t.Any]:
    return _document(listeners=[to_dict(listener()), {**to_dict(listener()), **changed}])


def _says(place: str) -> str:
    return f"web1.json does not match evidence version 1: {place}"


REFUSED = [
    pytest.param(_within("run", id="yesterday"), "belongs to run 'yesterday'", id="another run"),
    pytest.param(_document(evidence_version=2), "evidence version 2, this version reads 1", id="newer"),
    pytest.param(_within("host", name="web2"), "names the host 'web2'", id="another host's"),
    pytest.param([1], "is not an evidence document", id="not an object"),
    pytest.param({}, "is not an evidence document", id="empty"),
    pytest.param(_document(listeners=None), _says("listeners is a NoneType"), id="no listeners"),
    pytest.param(_document(collected={}), _says("collected.started is missing"), id="no times"),
    pytest.param(_without("run", "as_of"), _says("run.as_of is missing"), id="no as_of"),
    pytest.param(_within("run", policy=[1]), _says("run.policy is a list"), id="a policy that is a list"),
    pytest.param(_within("host", os=5), _says("host.os is a int"), id="an OS that is a number"),
    pytest.param(_within("host", groups=["a", 1]), _says("host.groups[1] is a int"), id="a group that is a number"),
    pytest.param(_within("collector", platform="vms"), _says("collector.platform is 'vms'"), id="no such platform"),
    pytest.param(_within("collector", gaps=[{}]), _says("collector.gaps[0].code is missing"), id="an empty gap"),
    pytest.param(_listening(port="22"), _says("listeners[1].port is a str"), id="a port in words"),
    pytest.param(_listening(sockets=True), _says("listeners[1].sockets is a bool"), id="a truth for a number"),
    pytest.param(_listening(state=["x"]), _says("listeners[1].state is a list"), id="a list for a word"),
    pytest.param(_listening(inodes=[1, None]), _says("listeners[1].inodes[1] is a NoneType"), id="no inode"),
    pytest.param(_listening(owners=[{"pid": 1}]), _says("listeners[1].owners[0].name is missing"), id="half an owner"),
]


@pytest.fixture
def run(tmp_path: pathlib.Path) -> RunDirectory:
    return RunDirectory(str(tmp_path), RUN_ID)


def _put(run: RunDirectory, content: t.Any) -> None:
    _atomic_files.make_private_directory(f"{run.path}/evidence")
    _atomic_files.write_json(f"{run.path}/evidence/web1.json", content)


def test_the_run_s_own_evidence_is_believed(run: RunDirectory) -> None:
    run.write_evidence(_document())
    assert dict(read_evidence(run, expected=["web1", "web2"])) == {"web1": _document()}


@pytest.mark.parametrize(("content", "why"), REFUSED)
def test_other_evidence_is_a_reason(run: RunDirectory, content: t.Any, why: str) -> None:
    _put(run, content)
    found = dict(read_evidence(run, expected=["web1"]))
    assert isinstance(found["web1"], EvidenceError)
    assert why in str(found["web1"])
