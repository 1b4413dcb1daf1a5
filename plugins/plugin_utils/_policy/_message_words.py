# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of messages: what was found, and what may have been meant."""

from __future__ import annotations

import difflib
import json
import re
import typing as t

from .._common._printable import printable

_LONGEST = 60
_QUOTED = frozenset("*&!?[]{}:,#|>@`\"'%-~ ")


def suggestion(word: str, known: t.Iterable[str]) -> str | None:
    """The one of ``known`` that was probably meant, or None."""
    candidates = list(known)
    close = difflib.get_close_matches(word.lower(), candidates, n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(word: str, known: t.Iterable[str]) -> str:
    """``, did you mean ssh?`` or nothing, to end a message with."""
    meant = suggestion(word, known)
    return f", did you mean {meant}?" if meant else ""


def found(value: t.Any) -> str:
    """How a value is shown in a message: short, on one line."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    try:
        return shortened(json.dumps(value, ensure_ascii=False))
    except TypeError:
        return f"a {type(value).__name__}"
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number with thousands of digits"


def shortened(text: str) -> str:
    """The text, printable and no longer than a message bears."""
    text = printable(text[: _LONGEST + 1])
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def listing(names: t.Iterable[str]) -> str:
    """``[a, b]``, as YAML has it."""
    return f"[{', '.join(map(word, names))}]"


def word(text: str) -> str:
    """A text as a policy has to write it: in quotes where YAML would make something else of it."""
    plain = text[:1] not in _QUOTED and not text.endswith(":") and not re.search(r"[,\[\]{}#]|: ", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def one_of(names: t.Sequence[str]) -> str:
    """``a, b or c``."""
    return _listed(names, "or")


def all_of(names: t.Sequence[str]) -> str:
    """``a, b and c``."""
    return _listed(names, "and")


def _listed(names: t.Sequence[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
