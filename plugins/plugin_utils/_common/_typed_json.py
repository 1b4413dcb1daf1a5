# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON that anyone may have changed, read as dataclasses: every value has the type that its field names, or is refused.

A field may be a text, a number, a truth, one of a few words (``Literal``), a text with a form of its own
(``Annotated[str, check]``), a list (``tuple[X, ...]``), an object by text (``Mapping[str, X]``), a dataclass, one of
these or null, or ``Any``.
"""

from __future__ import annotations

import dataclasses
import types
import typing as t

Read = t.Callable[[t.Any], t.Any]

_DEEPEST = 64
ADDED_LATER = "added later"


class Misfit(ValueError):
    """A value that its field does not allow. ``place``: ``.rules[0].reach``, or nothing for the whole document."""

    def __init__(self, fault: str, place: str = "") -> None:
        super().__init__(f"{place.lstrip('.') or 'it'} {fault}")
        self.fault = fault
        self.place = place

    def within(self, place: str) -> Misfit:
        """The same, seen from one step further out."""
        return Misfit(self.fault, place + self.place)


def one_of(raw: t.Any, words: t.Sequence[t.Any]) -> t.Any:
    """A value that is one of these words, or null where that is one of them. Raises Misfit."""
    if raw not in words:
        raise Misfit(f"is {raw!r}, not one of {', '.join('null' if word is None else word for word in words)}")
    return raw


def exact(raw: t.Any, kind: type) -> t.Any:
    """A value of just this type: True is an int to isinstance. Raises Misfit."""
    if raw.__class__ is not kind:
        raise Misfit(f"is a {raw.__class__.__name__}")
    return raw


def at(step: str | int, read: Read, raw: t.Any) -> t.Any:
    """What is read one step further in: under a key, or at a position of a list. Raises Misfit with its place."""
    try:
        return read(raw)
    except Misfit as misfit:
        raise misfit.within(f".{step}" if isinstance(step, str) else f"[{step}]") from None


class TypedJson:
    """``whole``: an object has a key for every field and no other; else only fields without a default are needed.

    A field with ADDED_LATER in its metadata is never needed: what earlier versions wrote has none.

    ``own``: how types are read that JSON does not have. ``check`` gets every object with the type that it is to be, and
    raises Misfit.
    """

    def __init__(
        self,
        *,
        whole: bool = False,
        own: t.Mapping[t.Any, Read] | None = None,
        check: t.Callable[[t.Mapping[str, t.Any], type], None] | None = None,
    ) -> None:
        self._whole = whole
        self._check = check
        self._readers: dict[t.Any, Read] = {kind: _guarded(read) for kind, read in (own or {}).items()}

    def read(self, raw: t.Any, kind: t.Any) -> t.Any:
        """A value of that type. Raises ValueError that says what is wrong and where: ``policies[0].name is a int``."""
        try:
            return self.reader(kind)(raw)
        except Misfit as misfit:
            raise ValueError(str(misfit)) from misfit

    def reader(self, kind: t.Any) -> Read:
        """What reads values of that type. It raises Misfit."""
        found = self._readers.get(kind)
        if found is None:
            found = self._readers[kind] = self._made(kind)
        return found

    def _made(self, kind: t.Any) -> Read:
        origin, parts = t.get_origin(kind), t.get_args(kind)
        if kind is t.Any:
            return _anything
        if origin is t.Annotated:
            return _of_form(self.reader(parts[0]), parts[1])
        if origin in (t.Union, types.UnionType):
            (part,) = (part for part in parts if part is not types.NoneType)
            return _or_null(self.reader(part))
        if origin is t.Literal:
            return lambda raw: one_of(raw, parts)
        if origin is tuple:
            return _list_of(self.reader(parts[0]))
        if origin is not None:
            return _object_of(self.reader(parts[1]))
        return self._record_of(kind) if dataclasses.is_dataclass(kind) else lambda raw: exact(raw, kind)

    def _record_of(self, kind: t.Any) -> Read:
        readers = {name: self.reader(part) for name, part in _fields(kind).items()}
        needed = [field.name for field in dataclasses.fields(kind) if _needed(field, whole=self._whole)]

        def read(raw: t.Any) -> t.Any:
            self._check_keys(exact(raw, dict), readers.keys(), needed)
            if self._check:
                self._check(raw, kind)
            return kind(**{name: at(name, one, raw[name]) for name, one in readers.items() if name in raw})

        return read

    def _check_keys(self, raw: t.Mapping[str, t.Any], known: t.Container[str], needed: t.Iterable[str]) -> None:
        for name in needed:
            if name not in raw:
                raise Misfit("is missing", f".{name}")
        for name in raw if self._whole else ():
            if name not in known:
                raise Misfit("is not known", f".{name}")


def _anything(raw: t.Any, depth: int = _DEEPEST) -> t.Any:
    """Any value that whoever copies or compares it step by step comes to the end of."""
    if isinstance(raw, (dict, list)):
        if not depth:
            raise Misfit("is nested too deeply")
        for part in raw.values() if isinstance(raw, dict) else raw:
            _anything(part, depth - 1)
    return raw


def _fields(kind: t.Any) -> dict[str, t.Any]:
    hints = t.get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _needed(field: dataclasses.Field[t.Any], *, whole: bool) -> bool:
    if whole:
        return ADDED_LATER not in field.metadata
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _guarded(read: Read) -> Read:
    """A form of its own: what cannot be read has a reason."""

    def guarded(raw: t.Any) -> t.Any:
        try:
            return read(raw)
        except Misfit:
            raise
        except (ValueError, TypeError, OverflowError) as error:
            raise Misfit(f"cannot be read: {error}") from error

    return guarded


def _of_form(read: Read, check: Read) -> Read:
    form = _guarded(check)

    def read_form(raw: t.Any) -> t.Any:
        value = read(raw)
        form(value)
        return value

    return read_form


def _or_null(read: Read) -> Read:
    return lambda raw: None if raw is None else read(raw)


def _list_of(read: Read) -> Read:
    def read_list(raw: t.Any) -> tuple[t.Any, ...]:
        return tuple([at(number, read, item) for number, item in enumerate(exact(raw, list))])

    return read_list


def _object_of(read: Read) -> Read:
    def read_object(raw: t.Any) -> dict[str, t.Any]:
        return {exact(key, str): at(key, read, item) for key, item in exact(raw, dict).items()}

    return read_object
