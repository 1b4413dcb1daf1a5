# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of compiled policies: what is a hit, what is not, and who can read it."""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import stat
import subprocess
import sys
import threading
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy import _cache
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._cache import compiled
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

TEXT = "version: 1\nname: first\nrules: [{id: ssh, protocol: tcp, port: ssh}]\n"


class Cached:
    """A policy file, a cache, and how often the cache was missed."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.file = directory / "policy.yml"
        self.file.write_text(TEXT)
        self.directory = directory / "below" / "cache"
        self.misses = 0

    def load(self, source: t.Any = None) -> Policy:
        return compiled(source or str(self.file), registry_loader=self._registry, cache_dir=str(self.directory))

    def _registry(self) -> Registry:
        self.misses += 1
        return Registry.load()

    @property
    def kept(self) -> list[pathlib.Path]:
        return sorted(self.directory.glob("*.json"))


@pytest.fixture
def cached(tmp_path: pathlib.Path) -> Cached:
    return Cached(tmp_path)


class TestHits:
    def test_second_load_reads_what_the_first_kept(self, cached: Cached) -> None:
        first, second = cached.load(), cached.load()
        assert first == second
        assert cached.misses == 1

    def test_hosts_that_start_together_compile_once(self, cached: Cached) -> None:
        together = threading.Barrier(5)

        def start(_host: int) -> Policy:
            together.wait()
            return cached.load()

        with concurrent.futures.ThreadPoolExecutor(5) as workers:
            policies = list(workers.map(start, range(5)))
        assert policies == policies[:1] * 5
        assert cached.misses == 1

    def test_inline(self, cached: Cached) -> None:
        inline = {"version": 1, "name": "x", "rules": []}
        assert cached.load(inline) == cached.load(dict(inline))
        assert cached.misses == 1

    def test_loads_neither_jsonschema_nor_registry(self, cached: Cached) -> None:
        cached.load()
        script = (
            "import sys\n"
            f"from {_cache.__name__} import compiled\n"
            "def registry(): raise SystemExit('the registry was loaded')\n"
            f"policy = compiled({str(cached.file)!r}, registry_loader=registry, cache_dir={str(cached.directory)!r})\n"
            "print(policy.name, [name for name in sys.modules if 'jsonschema' in name or name.endswith('_lookup')])\n"
        )
        root = pathlib.Path(_cache.__file__).parents[6]  # above ansible_collections
        paths = os.pathsep.join([str(root), *filter(None, sys.path)])
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.returncode) == ("first []\n", 0), done.stderr


class TestMisses:
    def test_changed_file_of_the_same_size_and_time(self, cached: Cached) -> None:
        cached.load()
        times = cached.file.stat()
        cached.file.write_text(TEXT.replace("first", "other"))
        os.utime(cached.file, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert cached.load().name == "other"

    def test_same_text_elsewhere_has_its_own_places(self, cached: Cached) -> None:
        copy = cached.file.with_name("copy.yml")
        copy.write_text(TEXT)
        assert cached.load().rules[0].place.file == str(cached.file)
        assert cached.load(str(copy)).rules[0].place.file == str(copy)

    def test_other_registry(self, cached: Cached, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
        cached.load()
        refreshed = tmp_path / "iana-ports.json"
        refreshed.write_text("{}")
        monkeypatch.setattr(_cache, "_registry_files", lambda: [refreshed])
        _cache.stamps.cache_clear()  # as in the next run
        cached.load()
        _cache.stamps.cache_clear()
        assert cached.misses == 2

    def test_inline_values_that_print_alike(self, cached: Cached) -> None:
        base = {"version": 1, "name": "x"}
        assert (
            cached.load({**base, "rules": [{"id": "a", "protocol": "tcp", "port": 22}]}).rules[0].ports[0].first == 22
        )
        assert (
            cached.load({**base, "rules": [{"id": "a", "protocol": "tcp", "port": 23}]}).rules[0].ports[0].first == 23
        )
        assert cached.misses == 2

    @pytest.mark.parametrize(
        "content",
        [pytest.param("", id="empty"), pytest.param('{"compiled":', id="cut-off"), pytest.param("\0", id="nul")],
    )
    def test_damaged_cache_is_made_anew(self, cached: Cached, content: str) -> None:
        first = cached.load()
        kept = cached.kept[0]
        kept.write_text(content)
        assert cached.load() == first
        assert kept.read_text() != content

    def test_bytes_that_are_no_text(self, cached: Cached) -> None:
        first = cached.load()
        cached.kept[0].write_bytes(b"\xff\xfe")
        assert cached.load() == first

    def test_wrong_policy_is_not_kept(self, cached: Cached) -> None:
        cached.file.write_text("version: 2\n")
        for _time in range(2):
            with pytest.raises(PolicyError, match="must be 1, found 2"):
                cached.load()
        assert cached.kept == []

    def test_wrong_inline_policy_is_told_of_as_any(self, cached: Cached) -> None:
        with pytest.raises(PolicyError, match="the key true is not text"):
            cached.load({"version": 1, "name": "x", "rules": [], True: 1})


class TestPrivacy:
    def test_nobody_else_can_read(self, cached: Cached) -> None:
        before = os.umask(0)
        try:
            cached.load()
        finally:
            os.umask(before)
        assert [stat.S_IMODE(path.stat().st_mode) for path in (cached.directory, *cached.kept)] == [0o700, 0o600]

    def test_leaves_nothing_but_the_policy(self, cached: Cached) -> None:
        cached.load()
        assert [path.suffix for path in cached.kept] == [".json"]

    @pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
    def test_directory_that_others_can_write_is_not_used(self, cached: Cached, mode: int) -> None:
        cached.directory.mkdir(parents=True)
        cached.directory.chmod(mode)
        cached.load()
        assert cached.kept == []

    def test_directory_that_others_could_write_is_not_believed(self, cached: Cached) -> None:
        cached.load()
        cached.directory.chmod(0o777)
        cached.load()
        assert cached.misses == 2

    def test_directory_of_another_user_is_not_used(self, cached: Cached, monkeypatch: pytest.MonkeyPatch) -> None:
        cached.load()
        monkeypatch.setattr(_cache.os, "geteuid", lambda: 4242)
        cached.load()
        assert cached.misses == 2


class TestNoRoom:
    def test_cache_that_cannot_be_made_costs_only_time(self, cached: Cached) -> None:
        cached.directory.parent.write_text("a file where a directory should be")
        assert cached.load().name == "first"

    def test_disk_that_is_full_costs_only_time(self, cached: Cached, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_from: str, _to: str) -> t.NoReturn:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(_cache.os, "replace", full)
        assert cached.load().name == "first"
        assert cached.kept == []
