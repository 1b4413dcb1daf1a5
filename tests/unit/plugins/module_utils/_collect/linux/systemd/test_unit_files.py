# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit files, drop-ins, aliases, masks and templates, as systemd.unit(5) has them."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _unit_files


def write(root, files):
    # Read, a mask is an empty file: it has to be known by its name.
    for path, text in {**files, "dev/null": ""}.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            target.symlink_to(text[3:])
        else:
            target.write_text(text)
    return _unit_files.UnitFiles(_host_files.Roots("/proc", str(root)))


ETC, RUN, USR, LIB = "etc/systemd/system/", "run/systemd/system/", "usr/lib/systemd/system/", "lib/systemd/system/"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({USR + "a.service": "[S]\nK=usr\n"}, ["usr"], id="vendor"),
        pytest.param({LIB + "a.service": "[S]\nK=lib\n"}, ["lib"], id="not merged /usr"),
        pytest.param(
            {USR + "a.service": "[S]\nK=usr\n", ETC + "a.service": "[S]\nK=etc\n"}, ["etc"], id="etc beats usr"
        ),
        pytest.param(
            {USR + "a.service": "[S]\nK=usr\n", RUN + "a.service": "[S]\nK=run\n"}, ["run"], id="run beats usr"
        ),
        pytest.param(
            {USR + "a.service": "[S]\nK=usr\n", "run/systemd/generator/a.service": "[S]\nK=gen\n"},
            ["gen"],
            id="generator beats usr",
        ),
        pytest.param(
            {USR + "a.service": "[S]\nK=usr\n", "run/systemd/generator.late/a.service": "[S]\nK=late\n"},
            ["usr"],
            id="late generator does not",
        ),
        pytest.param(
            {USR + "a.service": "[S]\nK=1\n", ETC + "a.service.d/b.conf": "[S]\nK=2\n"}, ["1", "2"], id="drop-in adds"
        ),
        pytest.param(
            {USR + "a.service": "[S]\nK=1\n", ETC + "a.service.d/b.conf": "[S]\nK=\nK=2\n"}, ["2"], id="drop-in clears"
        ),
        pytest.param(
            {
                USR + "a.service": "[S]\n",
                USR + "a.service.d/20.conf": "[S]\nK=20\n",
                ETC + "a.service.d/10.conf": "[S]\nK=10\n",
            },
            ["10", "20"],
            id="drop-ins by name, whatever their directory",
        ),
        pytest.param(
            {
                USR + "a.service": "[S]\n",
                USR + "a.service.d/x.conf": "[S]\nK=usr\n",
                ETC + "a.service.d/x.conf": "[S]\nK=etc\n",
            },
            ["etc"],
            id="drop-in of the same name replaced",
        ),
        pytest.param(
            {
                USR + "a.service": "[S]\n",
                USR + "a.service.d/x.conf": "[S]\nK=usr\n",
                ETC + "a.service.d/x.conf": "-> /dev/null",
            },
            [],
            id="drop-in masked",
        ),
        pytest.param(
            {USR + "a.service": "[S]\n", ETC + "service.d/x.conf": "[S]\nK=all\n"}, ["all"], id="drop-in of the type"
        ),
        pytest.param({USR + "a.service": "# K=0\n;K=1\n[S]\n K = 2 \n[T]\nK=3\n"}, ["2"], id="comments and sections"),
        pytest.param({USR + "a.service": "[S]\nK=one\\\n  two\nnonsense\n"}, ["one two"], id="continued line"),
        pytest.param({USR + "a.service": "[S]\nK=end\\"}, ["end"], id="continued line at the end"),
    ],
)
def test_settings(tmp_path, files, expected):
    unit = write(tmp_path, files).load("a.service")
    assert unit.name == "a.service"
    assert list(unit.all("S", "K")) == expected
    assert unit.last("S", "K") == (expected[-1] if expected else None)


@pytest.mark.parametrize(
    ("files", "asked", "name"),
    [
        pytest.param({}, "a.service", None, id="not there"),
        pytest.param({USR + "a.service": "[S]\n", ETC + "a.service": "-> /dev/null"}, "a.service", None, id="masked"),
        pytest.param(
            {USR + "ssh.service": "[S]\n", ETC + "sshd.service": "-> /usr/lib/systemd/system/ssh.service"},
            "sshd.service",
            "ssh.service",
            id="alias",
        ),
        pytest.param(
            {
                USR + "ssh.service": "[S]\n",
                ETC + "sshd.service": "-> /usr/lib/systemd/system/ssh.service",
                ETC + "ssh.service": "-> /dev/null",
            },
            "sshd.service",
            None,
            id="alias of a masked unit",
        ),
        pytest.param(
            {ETC + "a.service": "-> ../../../opt/a.service", "opt/a.service": "[S]\n"},
            "a.service",
            "a.service",
            id="linked",
        ),
        pytest.param({USR + "a@.service": "[S]\n"}, "a@b.service", "a@b.service", id="instance of a template"),
        pytest.param({USR + "a@.service": "[S]\n"}, "a@.service", "a@.service", id="template"),
        pytest.param(
            {USR + "a@.service": "[S]\n", ETC + "a@b.service": "-> /usr/lib/systemd/system/a@.service"},
            "a@b.service",
            "a@b.service",
            id="instance linked to its template",
        ),
    ],
)
def test_names(tmp_path, files, asked, name):
    unit = write(tmp_path, files).load(asked)
    assert (unit.name if unit is not None else None) == name


def test_drop_ins_of_template_and_prefix(tmp_path):
    units = write(
        tmp_path,
        {
            USR + "foo-bar@.service": "[S]\n",
            ETC + "foo-bar@.service.d/1.conf": "[S]\nK=template\n",
            ETC + "foo-.service.d/2.conf": "[S]\nK=prefix\n",
            ETC + "foo.service.d/3.conf": "[S]\nK=another unit\n",
        },
    )
    assert list(units.load("foo-bar@x.service").all("S", "K")) == ["template", "prefix"]


def test_names_by_suffix_and_what_starts_them(tmp_path):
    units = write(
        tmp_path,
        {
            USR + "a.socket": "",
            RUN + "b.socket": "",
            USR + "c.service": "",
            ETC + "sockets.target.wants/a.socket": "-> /usr/lib/systemd/system/a.socket",
        },
    )
    assert units.names(".socket") == ["a.socket", "b.socket"]
    assert units.wanted("a.socket")
    assert not units.wanted("b.socket")
