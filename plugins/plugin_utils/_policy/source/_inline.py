# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy given inside of a playbook: turn Ansible's values into plain types, once.

Since ansible-core 2.19 every value of a task is a subclass that carries tags (``_AnsibleTaggedStr`` and so on) and
every container templates lazily; nothing behind this file should pay for that or depend on it.
"""

from __future__ import annotations

import datetime
import typing as t

from .._allowed_text import text_problem
from .._message_words import found
from .._policy_errors import Path, PolicyError, PolicyProblem, path_text
from .._policy_model import SourcePlace
from ._policy_document import INLINE, MAX_DEPTH, MAX_VALUES, Day, Document
from ._value_origin import origin


def read_inline(data: t.Mapping[t.Any, t.Any], *, name: str = INLINE) -> Document:
    """The document of an inline policy, with what is known of where its parts stand.

    Raises PolicyError where it cannot be walked.
    """
    document = Document(name, inline=True)
    document.data = _Plain(document).value(data, ())
    return document


class _Plain:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._values = 0

    def value(self, raw: t.Any, path: Path) -> t.Any:
        """The same value in plain types."""
        self._bound(path)
        place = origin(raw)
        if place:
            self._document.origins[path] = place
        if raw is None or isinstance(raw, bool):
            return raw
        if isinstance(raw, t.Mapping):
            return self._mapping(raw, path)
        if isinstance(raw, (list, tuple)):
            return [self.value(item, (*path, index)) for index, item in enumerate(raw)]
        return self._scalar(raw, path)

    def _scalar(self, raw: t.Any, path: Path) -> t.Any:
        if isinstance(raw, Day):
            return raw
        if isinstance(raw, (datetime.datetime, datetime.date)):
            return Day(raw.isoformat())
        if isinstance(raw, str):
            return self._text(raw, path)
        for plain in (int, float):
            if isinstance(raw, plain):
                return plain(raw)
        self._document.report(path, f"must be text, a number, a list or a mapping, found a {type(raw).__name__}")
        self._document.broken.add(path)
        return None

    def _mapping(self, raw: t.Mapping[t.Any, t.Any], path: Path) -> dict[str, t.Any]:
        plain: dict[str, t.Any] = {}
        for key, item in raw.items():
            name = self._key(key, path)
            place = origin(key)
            if place:
                self._document.key_origins[(*path, name)] = place
                self._document.origins.setdefault(path, place)  # a mapping begins where its first key does
            plain[name] = self.value(item, (*path, name))
        return plain

    def _text(self, raw: str, path: Path) -> str:
        plain = _text(raw)
        problem = text_problem(plain)
        if problem:
            self._document.report(path, problem)
        return plain

    def _key(self, key: t.Any, path: Path) -> str:
        if isinstance(key, str):
            return self._text(key, (*path, _text(key)))
        written = _written(key)
        if key is True:
            name, hint = "on", "write the hosts of a rule or waiver in applies_to"
        else:
            name, hint = written, "quote it"
        message = (
            f"the key {written.lower()} is not text (YAML 1.1 reads on, off, yes, no and digits otherwise): {hint}"
        )
        self._document.report((*path, name), message)
        return name

    def _bound(self, path: Path) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise PolicyError(
                [PolicyProblem(SourcePlace(self._document.file), "", f"holds more than {MAX_VALUES} values")]
            )
        if len(path) >= MAX_DEPTH:
            message = f"is nested more than {MAX_DEPTH} levels deep"
            raise PolicyError([PolicyProblem(SourcePlace(self._document.file), path_text(path[:4]), message)])


def _written(key: t.Any) -> str:
    try:
        return str(key)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return found(key)


def _text(raw: str) -> str:
    """Plain text: what a look-up gives is text that its own ``str()`` keeps (AnsibleUnsafeText of core 2.18)."""
    return str.__str__(raw)
