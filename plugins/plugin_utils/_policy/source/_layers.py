# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy in layers: which files and mappings it is made of, in the order in which they build on each other."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from .._policy_errors import PolicyError, PolicyProblem
from .._policy_model import SourcePlace
from ._lists import placed
from ._policy_document import INLINE
from ._source import Decrypt, Source, open_source, refused, unlike_a_path

MAX_LAYERS = 1_000
MAX_INCLUDED = 32  # files, each included by the one before
MAX_TOTAL = 64 * 1024 * 1024
_ENDINGS = (".yml", ".yaml", ".json")


def open_layers(source: t.Any, *, include_outside: bool = False, decrypt: Decrypt | None = None) -> tuple[Source, ...]:
    """Get hold of every layer of a policy, in order: a path, a mapping, or a list of these.

    A directory stands for its policy files, by name. What a file includes comes before it, once. ``include_outside``
    lets files include what lies outside the directory that was given. ``decrypt`` reads what Ansible Vault encrypted.
    Raises PolicyError.
    """
    items = list(source) if isinstance(source, (list, tuple)) else [source]
    if not items:
        raise refused("policy", "the list of policies is empty")
    opener = _Opener(include_outside=include_outside, decrypt=decrypt)
    for number, item in enumerate(items, start=1):
        opener.add(item, inline=INLINE if len(items) == 1 else f"{INLINE} {number}")
    return tuple(opener.layers)


@dataclasses.dataclass(frozen=True)
class _Inclusion:
    """What an ``include`` asks for: where it says so, and the directory that it may not leave."""

    place: SourcePlace
    path: str
    root: str
    written: str

    def refused(self, message: str) -> PolicyError:
        return PolicyError([PolicyProblem(self.place, self.path, message)])


class _Opener:
    def __init__(self, *, include_outside: bool, decrypt: Decrypt | None) -> None:
        self._outside = include_outside
        self._decrypt = decrypt
        self._total = 0
        self._seen: set[str] = set()
        self._open: list[str] = []  # the files that are being read, each included by the one before
        self.layers: list[Source] = []

    def add(self, item: t.Any, *, inline: str) -> None:
        """Add an item of the list that was given."""
        if isinstance(item, t.Mapping):
            source = open_source(item, inline=inline)
            if source.document and "include" in source.document.data:
                raise refused(inline, "include is supported only in files: add the file to the list of policies")
            self._append(source)
            return
        path = os.fspath(item) if isinstance(item, os.PathLike) else item
        if isinstance(path, str) and os.path.isdir(path):
            self._directory(str(path), root=str(path))
        else:
            self._file(item, root=os.path.dirname(str(path)) or ".")

    def _directory(self, path: str, *, root: str) -> None:
        try:
            names = sorted(os.listdir(path))
        except OSError as error:
            raise refused(path, f"cannot be read: {error.strerror}") from error
        names = [name for name in names if name.endswith(_ENDINGS) and not name.startswith(".")]
        if not names:
            raise refused(path, f"is a directory without policy files ({', '.join(_ENDINGS)})")
        for name in names:
            self._file(os.path.join(path, name), root=root)

    def _file(self, item: t.Any, *, root: str) -> None:
        source = open_source(item, decrypt=self._decrypt)
        real = os.path.realpath(source.name)
        if real in self._seen:
            return
        self._seen.add(real)
        self._open.append(real)
        for inclusion, target in _inclusions(source, root):
            self._include(inclusion, target)
        self._open.pop()
        self._append(source)

    def _include(self, inclusion: _Inclusion, target: str) -> None:
        unlike = unlike_a_path(inclusion.written)
        if unlike:
            raise inclusion.refused(unlike)
        real, root = os.path.realpath(target), os.path.realpath(inclusion.root)
        if not self._outside and os.path.commonpath((real, root)) != root:
            raise inclusion.refused(f"is outside {inclusion.root}, found {target}")
        if real in self._open:
            raise inclusion.refused(f"includes itself through {target}")
        if len(self._open) >= MAX_INCLUDED:
            raise inclusion.refused(f"is in a chain of more than {MAX_INCLUDED} files that include each other")
        if os.path.isdir(target):
            self._directory(target, root=inclusion.root)
            return
        if not os.path.exists(target):
            raise inclusion.refused(f"the file does not exist, found {target}")
        self._file(target, root=inclusion.root)

    def _append(self, source: Source) -> None:
        if len(self.layers) >= MAX_LAYERS:
            raise refused(source.name, f"a policy can have at most {MAX_LAYERS} layers")
        self._total += len(source.content)
        if self._total > MAX_TOTAL:
            raise refused(source.name, f"the layers together are larger than {MAX_TOTAL // 1024 // 1024} MiB")
        self.layers.append(source)


def _inclusions(source: Source, root: str) -> t.Iterator[tuple[_Inclusion, str]]:
    """What a file includes, with paths from its own directory; what is no text is for the schema to report."""
    if b"include" not in source.content:  # spares reading YAML where a compiled policy is at hand
        return
    document = source.read()
    if not isinstance(document.data, dict):
        return
    for word, path in placed(document.data.get("include"), ("include",)):
        if isinstance(word, str) and word and "\0" not in word:
            inclusion = _Inclusion(document.place(path), "$.include", root, word)
            yield inclusion, os.path.join(os.path.dirname(source.name), word)
