# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records (named tuples) in records, as the plain tuples that a child can send, and back."""

from __future__ import annotations

import typing as t


class Records:
    """The classes of records that are sent. Records are looked for in fields of others, and in tuples."""

    def __init__(self, *classes: t.Type[t.Tuple[t.Any, ...]]) -> None:
        self._classes = classes
        self._numbers = {each: number for number, each in enumerate(classes)}

    def plain(self, value: t.Any) -> t.Any:
        """A record becomes a tuple that begins with ``...`` and the number of its class."""
        number = self._numbers.get(type(value))
        if number is not None:
            return (..., number, *[self.plain(each) if isinstance(each, tuple) else each for each in value])
        nested = isinstance(value, tuple) and value and isinstance(value[0], tuple)
        return tuple(map(self.plain, value)) if nested else value

    def built(self, value: t.Any) -> t.Any:
        """The value that was made plain."""
        if not (isinstance(value, tuple) and value):
            return value
        if value[0] is ...:
            fields = [self.built(each) if isinstance(each, tuple) else each for each in value[2:]]
            return self._classes[value[1]](*fields)
        return tuple(map(self.built, value)) if isinstance(value[0], tuple) else value
