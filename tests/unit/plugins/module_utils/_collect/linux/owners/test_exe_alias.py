# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another path of an executable counts where it is the same file and root's alone."""

from __future__ import annotations

import os

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _exe_alias

CHECK = "/usr/bin/redis-check-rdb"
SERVER = "/usr/bin/redis-server"


@pytest.fixture(name="host")
def redis_host(tmp_path, monkeypatch):
    """A host on which redis-server is a link to redis-check-rdb; everything is root's, whoever runs the test."""
    for folder in ("usr/bin", "usr/sbin", "etc/alternatives", "tmp"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "usr/bin/redis-check-rdb").write_bytes(b"\x7fELF")
    (tmp_path / "usr/bin/other").write_bytes(b"\x7fELF")
    (tmp_path / "usr/bin/redis-server").symlink_to("redis-check-rdb")
    for folder in (tmp_path, *tmp_path.rglob("*")):
        if not folder.is_symlink():
            folder.chmod(0o755)
    of_root(monkeypatch, set())
    return tmp_path


def of_root(monkeypatch, others):
    """Every file is root's but those whose names are among the others."""
    lstat = os.lstat

    def changed(path):
        status = list(lstat(path))
        status[4] = 1000 if os.path.basename(path) in others else 0
        return os.stat_result(status)

    monkeypatch.setattr(_exe_alias.os, "lstat", changed)


def found(host, name, exe=CHECK):
    return _exe_alias.find(exe, name, _host_files.Roots("/proc", str(host)))


def test_link(host):
    assert found(host, "redis-server") == SERVER


def test_hard_link_in_another_folder(host):
    os.link(host / "usr/bin/redis-check-rdb", host / "usr/sbin/redisd")
    assert found(host, "redisd") == "/usr/sbin/redisd"


def test_link_through_alternatives(host):
    (host / "usr/bin/rd").symlink_to("/etc/alternatives/rd")
    (host / "etc/alternatives/rd").symlink_to("/usr/bin/redis-check-rdb")
    (host / "usr/bin/broken").symlink_to("broken")
    roots = _host_files.Roots("/proc", "/")
    assert not _exe_alias.leads_to(str(host / "usr/bin/broken"), str(host / CHECK[1:]), roots)


@pytest.mark.parametrize(
    ("name", "exe"),
    [
        pytest.param("redis-check-rdb", CHECK, id="its own name"),
        pytest.param("other", CHECK, id="another file"),
        pytest.param("nowhere", CHECK, id="no file"),
        pytest.param(None, CHECK, id="no name"),
        pytest.param("", CHECK, id="an empty name"),
        pytest.param("../bin/redis-server", CHECK, id="a name that is a path"),
        pytest.param("redis-server", "/usr/bin/gone", id="an executable that is gone"),
    ],
)
def test_no_alias(host, name, exe):
    assert found(host, name, exe) is None


@pytest.mark.parametrize("name", ["redis-server", "redis-check-rdb", "bin", "usr"])
def test_somebody_elses_on_the_way(host, monkeypatch, name):
    of_root(monkeypatch, {name})
    assert found(host, "redis-server") is None


def test_a_name_that_is_cut_is_its_own(host):
    (host / "usr/bin/systemd-resolved").write_bytes(b"\x7fELF")
    (host / "usr/bin/systemd-resolve").symlink_to("systemd-resolved")
    assert found(host, "systemd-resolve", "/usr/bin/systemd-resolved") is None


def test_others_may_write_where_a_link_to_a_folder_lies(host):
    (host / "usr/local").mkdir()
    (host / "opt/bin").mkdir(parents=True)
    (host / "usr/local/bin").symlink_to("../../opt/bin")
    (host / "opt/bin/redisd").symlink_to("../../usr/bin/redis-check-rdb")
    for folder in ("usr/local", "opt", "opt/bin"):
        (host / folder).chmod(0o755)
    assert found(host, "redisd") == "/usr/local/bin/redisd"
    (host / "usr/local").chmod(0o775)
    assert found(host, "redisd") is None


@pytest.mark.parametrize("path", ["usr/bin/redis-check-rdb", "usr/bin", "usr"])
def test_others_may_write_on_the_way(host, path):
    (host / path).chmod(0o775)
    assert found(host, "redis-server") is None


def test_one_file_of_many_programs(host):
    (host / "usr/bin/busybox").write_bytes(b"\x7fELF")
    (host / "usr/bin/httpd").symlink_to("busybox")
    assert found(host, "httpd", "/usr/bin/busybox") is None
