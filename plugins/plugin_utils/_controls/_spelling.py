# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody may have meant who wrote ``PCI DSS 2.2.5``, ``CM-07 (01)`` or ``pci-dss-4.0.1:2.2.5``."""

from __future__ import annotations

import difflib
import re
import typing as t

_TOKENS = re.compile(r"[a-z]+|[0-9]+")
_Key = tuple[str, ...]


class Meant(t.NamedTuple):
    """A control, or a framework where ``id`` is None."""

    framework: str
    edition: str | None
    id: str | None

    @property
    def word(self) -> str:
        """As ``port_audit_controls`` takes it."""
        return f"{self.framework}:{self.id}" if self.id else self.framework

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


class Spellings:
    """Every way to write a control that differs from ours in case, signs, zeros or by a framework's other names."""

    def __init__(self, frameworks: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        self.ids: dict[str, list[str]] = {}
        self._known: dict[_Key, Meant] = {}
        for framework in frameworks:
            self.ids.setdefault(framework["framework"], []).extend(raw["id"] for raw in framework["controls"])
            self._learn(framework)

    def meant(self, text: str) -> Meant | None:
        return self._known.get(_key(text))

    def close_id(self, framework: str, ident: str) -> str | None:
        return _closest(ident, self.ids[framework])

    def close_framework(self, framework: str) -> str | None:
        return _closest(framework, self.ids)

    def _learn(self, framework: t.Mapping[str, t.Any]) -> None:
        key, edition = framework["framework"], framework["edition"]
        for name in (key, framework["title"], *framework["aliases"]):
            for spelled in (name, f"{name} {edition or ''}"):
                self._known.setdefault(_key(spelled), Meant(key, edition, None))
                for raw in framework["controls"]:
                    for ident in (raw["id"], *raw.get("aliases", ())):
                        self._known.setdefault(_key(f"{spelled} {ident}"), Meant(key, edition, raw["id"]))


def _key(text: str) -> _Key:
    """Letters and numbers alone, numbers without leading zeros."""
    return tuple(token.lstrip("0") or "0" if token.isdigit() else token for token in _TOKENS.findall(text.lower()))


def _closest(word: str, known: t.Iterable[str]) -> str | None:
    """Signs or a letter wrong, numbers right: 2.2.1 is no slip of the pen for 2.2.4, nor Debian 11 for 12."""
    by_signless = {_signless(name): name for name in known if _numbers(name) == _numbers(word)}
    close = difflib.get_close_matches(_signless(word), list(by_signless), n=1, cutoff=0.8)
    return by_signless[close[0]] if close else None


def _signless(text: str) -> str:
    return "".join(_TOKENS.findall(text.lower()))


def _numbers(text: str) -> str:
    return "".join(re.findall(r"\d", text))
