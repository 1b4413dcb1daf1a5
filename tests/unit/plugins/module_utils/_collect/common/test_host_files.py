# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of a host as text that JSON can hold."""

from __future__ import annotations

import os

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(b"/usr/sbin/sshd", "/usr/sbin/sshd", id="plain"),
        pytest.param("/srv/größe".encode(), "/srv/größe", id="UTF-8"),
        pytest.param(b"/srv/gr\xf6\xdfe", "/srv/gr\\xf6\\xdfe", id="not UTF-8"),
        pytest.param(b"a\xed\xa0\x80", "a\\xed\\xa0\\x80", id="surrogate"),
    ],
)
def test_a_name_is_the_same_in_every_locale(monkeypatch, encoding, raw, expected):
    """os.readlink() and its like decode as the locale of the host's login wants."""
    monkeypatch.setattr(os, "fsencode", lambda text: text.encode(encoding, "surrogateescape"))
    assert _host_files.unicode_text(raw) == expected
    assert _host_files.unicode_text(raw.decode(encoding, "surrogateescape")) == expected


def test_text_that_the_locale_lacks(monkeypatch):
    """Paths out of unit files are text before any locale sees them."""
    monkeypatch.setattr(os, "fsencode", lambda text: text.encode("latin-1", "surrogateescape"))
    assert _host_files.unicode_text("/srv/\u20ac") == "/srv/\u20ac"
