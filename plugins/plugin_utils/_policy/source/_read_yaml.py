# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a YAML file into a Document: one pass over the parser's events.

``yaml.compose`` recurses in C and takes the whole process down with a few thousand open brackets (seen with
PyYAML 6.0.3 and libyaml 0.2.5). Events do not recurse, cost half of it, and each has its mark. An alias shares
the value it stands for, so that a bomb takes no memory; how much it stands for is counted.
"""

from __future__ import annotations

import codecs
import dataclasses
import typing as t

import yaml

from .._allowed_text import text_problem
from .._policy_errors import Path
from ._policy_document import MAX_DEPTH, MAX_VALUES, Document, Mark, position
from ._scalars import Scalar, key_problem, scalar, unknown_tag
from ._yaml_errors import TOO_DEEP, at_character, explain

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml: the same, slower
_COLLECTION_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_TEMPLATE = "contains {{: policy files are not templated; write the value, or give the policy inline"
_ODD_KEY = "?"


class _Stop(Exception):
    """Nothing that follows could be read with sense; the problem was reported."""


@dataclasses.dataclass
class _Open:
    """A mapping or list whose end was not seen yet."""

    value: t.Any
    path: Path
    anchor: str | None
    size: int = 1
    key: str | None = None
    is_key: bool = False  # stands where a key should
    merging: bool = False
    merged: list[tuple[t.Any, Mark]] = dataclasses.field(default_factory=list)

    @property
    def wants_key(self) -> bool:
        return self.key is None and isinstance(self.value, dict)


@dataclasses.dataclass(frozen=True)
class _Anchored:
    value: t.Any
    size: int


def read_yaml(content: bytes, *, file: str) -> Document:
    """The document, with its problems reported in it. ``data`` is None when nothing could be read."""
    document = Document(file)
    text = _decode(content, document)
    if text is not None:
        _EventReader(document, text).read()
    return document


def _decode(content: bytes, document: Document) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            document.report_at((1, 1), "is UTF-16 text: save the policy as UTF-8")
            return None
        before = content[: error.start].decode("utf-8-sig")
        at = at_character(before, len(before))
        document.report_at(at, f"is not UTF-8 text, found the byte 0x{content[error.start]:02x}")
        return None


class _EventReader:
    """Builds the data while events arrive."""

    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self._text = text
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._documents = 0

    def read(self) -> None:
        try:
            self._events()
        except _Stop:
            self._document.data = None
        except yaml.YAMLError as error:
            self._document.data = None
            self._syntax(error)
        except (ValueError, OverflowError):  # without libyaml PyYAML makes the character of \Uffffffff
            self._document.data = None
            self._document.report_at(None, r"is not YAML: an escape such as \U0010ffff is not a character")
        else:
            if not self._documents:
                self._document.report_at(None, "is empty: a policy needs version, name and rules")

    def _events(self) -> None:
        for event in yaml.parse(self._text, Loader=_LOADER):
            handler = _HANDLERS.get(type(event))
            if handler:
                handler(self, event)
            if self._document.full:
                raise _Stop

    def on_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(event, "a second YAML document starts here: a policy must be one document")

    def on_scalar(self, event: yaml.ScalarEvent) -> None:
        read = scalar(event.value, tag=event.tag, plain=event.implicit[0])
        top = self._stack[-1] if self._stack else None
        if top is not None and top.wants_key:
            self._key(top, event, read)
            return
        path = self._place(event)
        problem = read.problem or text_problem(event.value)
        if problem:
            self._document.report(path, problem)
        elif "{{" in event.value:
            self._document.report(path, _TEMPLATE)
        elif isinstance(read.value, (bool, int, float)):
            self._document.written[path] = event.value
        self._attach(read.value, size=1, event=event, anchor=event.anchor)

    def on_open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._stop(event, TOO_DEEP)
        value: t.Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        if self._stack and self._stack[-1].wants_key:
            top = self._stack[-1]
            self._odd_key(top, event)
            self._stack.append(_Open(value, (*top.path, _ODD_KEY), event.anchor, is_key=True))
            return
        path = self._place(event)
        if event.tag not in _COLLECTION_TAGS:
            self._document.report(path, unknown_tag(event.tag))
        self._stack.append(_Open(value, path, event.anchor))

    def on_close(self, event: yaml.MappingEndEvent | yaml.SequenceEndEvent) -> None:
        closed = self._stack.pop()
        self._bound(closed.size, event)
        for merged, at in closed.merged:
            self._merge(closed, merged, at)
        if closed.is_key:
            self._stack[-1].key = _ODD_KEY
        else:
            self._attach(closed.value, size=closed.size, event=event, anchor=closed.anchor)

    def on_alias(self, event: yaml.AliasEvent) -> None:
        if any(frame.anchor == event.anchor for frame in self._stack):
            self._stop(event, f"the alias *{event.anchor} refers to a value that contains the alias")
        if event.anchor not in self._anchors:
            self._stop(event, f"the alias *{event.anchor} has no anchor &{event.anchor} before it")
        if self._stack and self._stack[-1].wants_key:
            self._stop(event, f"the alias *{event.anchor} is used as a key: write the key itself")
        anchored = self._anchors[event.anchor]
        self._bound(self._stack[-1].size + anchored.size, event)
        self._place(event)
        self._attach(anchored.value, size=anchored.size, event=event)

    def _key(self, top: _Open, event: t.Any, read: Scalar) -> None:
        top.key, top.merging = event.value, read.merge
        if read.merge:
            return
        path = (*top.path, event.value)
        problem = _TEMPLATE if "{{" in event.value else key_problem(event.value, read) or text_problem(event.value)
        if path in self._document.keys:
            problem = f"the key is given twice, first on line {self._document.keys[path].line + 1}"
        self._document.keys[path] = event.start_mark
        if problem:
            self._document.report(path, problem, at_key=True)

    def _odd_key(self, top: _Open, event: t.Any) -> None:
        """A mapping or list as a key. ``{{ x }}`` without quotes is one: a mapping whose key is a mapping."""
        if self._text.startswith("{{", event.start_mark.index - 1):
            self._document.report(top.path, _TEMPLATE)
        else:
            self._document.report(top.path, "has a list or mapping in place of a key")
        self._document.broken.add(top.path)

    def _place(self, event: t.Any) -> Path:
        """The path of the value that starts here; notes where it stands."""
        path: Path = ()
        if self._stack:
            top = self._stack[-1]
            path = (*top.path, len(top.value) if top.key is None else top.key)
        self._document.values[path] = event.start_mark
        return path

    def _attach(self, value: t.Any, *, size: int, event: t.Any, anchor: str | None = None) -> None:
        """Put a value that is complete into what it stands in."""
        if anchor:
            self._anchors[anchor] = _Anchored(value, size)
        if not self._stack:
            self._document.data = value
            return
        top = self._stack[-1]
        top.size += size
        if top.key is None:
            top.value.append(value)
        elif top.merging:
            top.merged.append((value, event.start_mark))
        else:
            top.value[top.key] = value
        top.key, top.merging = None, False

    def _merge(self, into: _Open, value: t.Any, at: Mark) -> None:
        """The merge key ``<<``: what stands in the mapping itself wins, then what was merged first.

        So YAML's description of the key has it (yaml.org/type/merge), and PyYAML until 6.0.3. From 6.0.4 on the last
        wins there. A policy must not change its meaning with the version of a library.
        """
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, dict):
                self._document.report((*into.path, "<<"), "must be a mapping or a list of mappings")
                continue
            into.size += len(part)
            for key, item in part.items():
                if key not in into.value:
                    into.value[key] = item
                    self._document.values[(*into.path, key)] = at

    def _bound(self, size: int, event: t.Any) -> None:
        if size > MAX_VALUES:
            self._stop(event, f"holds more than {MAX_VALUES} values, including the values that aliases repeat")

    def _stop(self, event: t.Any, message: str) -> t.NoReturn:
        self._document.report_at(position(event.start_mark), message)
        raise _Stop

    def _syntax(self, error: yaml.YAMLError) -> None:
        at, message = explain(error, self._text)
        templates = {problem.place.line for problem in self._document.problems if problem.message == _TEMPLATE}
        if at is None or at[0] not in templates:  # what follows }} on its line is not the mistake
            self._document.report_at(at, message)


_HANDLERS: t.Mapping[type, t.Callable[[_EventReader, t.Any], None]] = {
    yaml.DocumentStartEvent: _EventReader.on_document,
    yaml.ScalarEvent: _EventReader.on_scalar,
    yaml.SequenceStartEvent: _EventReader.on_open,
    yaml.MappingStartEvent: _EventReader.on_open,
    yaml.SequenceEndEvent: _EventReader.on_close,
    yaml.MappingEndEvent: _EventReader.on_close,
    yaml.AliasEvent: _EventReader.on_alias,
}
