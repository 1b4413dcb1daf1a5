# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh's answer about HTTP.sys, in any language. Written after answers that others have published."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._windows import _http_sys

SERVER_2019 = """
Snapshot of HTTP service state (Request Queue View):
-----------------------------------------------------

Request queue name: DefaultAppPool
    Version: 2.0
    State: Active
    Max requests: 1000
    Number of active processes attached: 2
    Process IDs:
        3248
        3250

    URL groups:
    URL group ID: FE00000040000001
        State: Active
        Request queue name: DefaultAppPool
        Number of registered URLs: 2
        Registered URLs:
            HTTP://*:80/
            HTTPS://[::1]:8443/APP/

Request queue name: Request queue is unnamed.
    Number of active processes attached: 1
    Process IDs:
        4120
    URL groups:
    URL group ID: FD00000040000002
        Registered URLs:
            HTTP://+:5985/WSMAN/
            HTTP://10.0.0.1:8080:10.0.0.1/
"""

SERVER_2025_GERMAN = """
Momentaufnahme des HTTP-Dienststatus (Anforderungswarteschlangenansicht):
-----------------------------------------------------------------------

Name der Anforderungswarteschlange: Die Anforderungswarteschlange ist unbenannt.
    Anzahl der aktiven angefügten Prozesse: 1
    Prozesse:
        ID: 8496, Bild: C:\\Windows\\System32\\svchost.exe
        Dienste: WinRM
    URL-Gruppen:
        Registrierte URLs:
            HTTP://+:47001/WSMAN/
"""

ASLEEP = """
Snapshot of HTTP service state (Request Queue View):
----
Request queue name: Sleeps
    Process IDs:
    Registered URLs:
        HTTP://*:81/
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            SERVER_2019, {80: {3248, 3250}, 8443: {3248, 3250}, 5985: {4120}, 8080: {4120}}, id="Server 2019, English"
        ),
        pytest.param(SERVER_2025_GERMAN, {47001: {8496}}, id="Server 2025, German"),
        pytest.param(ASLEEP, {81: set()}, id="an application pool that sleeps"),
        pytest.param("", {}, id="nothing"),
        pytest.param("Der Befehl wurde nicht gefunden.\n", {}, id="a complaint"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_processes_by_port(text: str, expected: dict[int, set[int]], ends: str) -> None:
    assert _http_sys.processes(text.replace("\n", ends)) == expected


def test_bytes_of_utf_16_that_were_taken_for_text() -> None:
    assert _http_sys.processes(ASLEEP.replace("", "\0")) == {81: set()}


def test_what_cannot_be_told_apart_counts_for_all() -> None:
    indented = "Headline\n----\nQueues:\n" + "".join(f"    {line}\n" for line in SERVER_2019.splitlines()[4:])
    everybody = {3248, 3250, 4120}
    assert _http_sys.processes(indented) == dict.fromkeys((80, 8443, 5985, 8080), everybody)
