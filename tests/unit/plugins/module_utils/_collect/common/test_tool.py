# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running commands of the host: real scripts."""

from __future__ import annotations

import os
import time

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _budget, _tool


@pytest.fixture
def script(tmp_path):
    """Makes a command ``x`` and gives the tools that find it."""

    def make(body, *, wall=20.0):
        path = tmp_path / "x"
        path.write_text("#!/bin/sh\n" + body + "\n")
        path.chmod(0o755)
        return _tool.Tools(_budget.Budget(cpu=5, wall=wall), folders=["/nowhere", str(tmp_path)])

    return make


@pytest.fixture(autouse=True)
def trusted(monkeypatch):
    monkeypatch.setattr(_tool, "_only_roots", lambda path: True)


def test_output_error_and_status(script):
    assert script("echo out; echo err >&2; exit 3")("x") == ("out\n", "err\n", 3)


def test_arguments_pass_no_shell(script):
    assert script('printf "%s|" "$@"')("x", "a b", "$(id)", ";").stdout == "a b|$(id)|;|"


def test_the_locale_is_c_and_the_time_utc(script, monkeypatch):
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("SECRET", "x")
    said = script('echo "$LC_ALL $LANG $TZ [$SECRET] $PWD"')("x").stdout
    assert said == "C C UTC0 [] /\n"


@pytest.mark.parametrize("stream", ["", " >&2"], ids=["output", "errors"])
def test_a_command_that_prints_without_end_is_ended(script, monkeypatch, stream):
    monkeypatch.setattr(_tool, "LARGEST", 1 << 20)
    with pytest.raises(_tool.ToolError, match=r"x printed more than 1 MiB$") as caught:
        script("while :; do echo 0123456789abcdef; done" + stream)("x")
    assert caught.value.code == "tool-failed"


def test_a_command_that_prints_as_much_as_it_may(script):
    assert len(script("head -c 3000000 /dev/zero | tr '\\0' x; echo y >&2")("x").stdout) == 3000000


def test_missing(script):
    with pytest.raises(_tool.ToolError, match="y: the host has no such command") as caught:
        script("")("y")
    assert caught.value.code == "tool-missing"


def test_what_cannot_be_started(script, tmp_path):
    tools = script("")
    (tmp_path / "x").write_bytes(b"\x7fELF nothing")
    with pytest.raises(_tool.ToolError) as caught:
        tools("x")
    assert caught.value.code == "tool-failed"


def test_deadline_ends_the_command_and_its_children(script, tmp_path):
    mark = tmp_path / "mark"
    begun = time.monotonic()
    with pytest.raises(_tool.ToolError) as caught:
        script("(sleep 1; touch %s) & sleep 60" % mark, wall=0.3)("x")
    assert caught.value.code == "tool-deadline"
    assert time.monotonic() - begun < 5
    time.sleep(1.2)
    assert not mark.exists()


def test_no_time_left(script):
    with pytest.raises(_tool.ToolError) as caught:
        script("echo x", wall=0.0)("x")
    assert caught.value.code == "tool-deadline"


def test_root_runs_nothing_that_others_can_write(script, tmp_path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    tools = script("echo x")
    (tmp_path / "x").chmod(0o777)
    with pytest.raises(_tool.ToolError) as caught:
        tools("x")
    assert caught.value.code == "tool-missing"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"a b\nc\n", id="plain"),
        pytest.param(b"a b\r\nc\r\n", id="CRLF"),
        pytest.param(b"\xef\xbb\xbfa b\nc\n", id="UTF-8 with a mark"),
        pytest.param("a b\r\nc\r\n".encode("utf-16"), id="UTF-16 with a mark"),
        pytest.param(b"\xfe\xff" + "a b\nc\n".encode("utf-16-be"), id="UTF-16, big-endian"),
        pytest.param("a b\r\nc\r\n".encode("utf-16-le"), id="UTF-16 without a mark"),
    ],
)
def test_text(raw):
    assert _tool.text(raw) == "a b\nc\n"


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"", ""), (b"\xff", "\\xff"), (b"p1\0c\xe9\0\n", "p1\0c\\xe9\0\n"), (b"\0\0\0\0", "\0\0\0\0"), (b"a", "a")],
)
def test_other_bytes_are_kept(raw, text):
    assert _tool.text(raw) == text
