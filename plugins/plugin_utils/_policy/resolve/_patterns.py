# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns: which of them mean something else here than to Ansible or a shell, and what to write instead.

A glob is what ``fnmatch.fnmatchcase`` takes, as Ansible does for hosts. Beyond globs Ansible reads much more in a
host pattern (ansible/inventory/manager.py: split_host_pattern, PATTERN_WITH_SUBSCRIPT), and ranges in inventories
(ansible/plugins/inventory/__init__.py: expand_hostname_range). None of that is guessed: it is refused.
"""

from __future__ import annotations

import fnmatch
import itertools
import re
import string
import typing as t

from .._message_words import found, listing, word

_MOST = 20  # names that a message lists
_IPV6 = re.compile(r"[0-9A-Fa-f.*?!\[\]-]*(?::[0-9A-Fa-f.*?!\[\]-]*){2,}")
_SPLIT = re.compile(r"[\s,;]+")
_COLON = re.compile(r":(?![^\[]*\])")  # not inside of brackets
_RANGE = re.compile(r"\[([0-9]+|[A-Za-z]):([0-9]+|[A-Za-z])(?::([0-9]+))?\]")
_OPEN_RANGE = re.compile(r"\[-?[0-9]*:-?[0-9]*(?::[0-9]*)?\]")
_SUBSCRIPT = re.compile(r"(.+)\[(-?[0-9]+|[0-9]+-[0-9]*)\]")
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_SETS = re.compile(r"(.)-(.)")


def glob_problem(glob: str) -> str | None:
    """The message about a glob that cannot mean what it looks like, or None."""
    if glob != glob.strip():
        return f"has spaces around it, found {found(glob)}, did you mean {glob.strip()}?"
    if glob.startswith("!"):
        return f"an exclamation mark does not exclude anything, found {found(glob)}: write the names that you mean"
    if glob.startswith(("~", "^")):
        return f"regular expressions are not supported, found {found(glob)}: write a glob with * and ?"
    return _braces_problem(glob) or _brackets_problem(glob)


def _braces_problem(glob: str) -> str | None:
    braces = _BRACES.search(glob)
    if braces is None:
        return None
    names = [glob[: braces.start()] + part.strip() + glob[braces.end() :] for part in braces[1].split(",")]
    return f"braces are not expanded, found {found(glob)}{_meant(names)}"


def _brackets_problem(glob: str) -> str | None:
    at = glob.find("[")
    while at >= 0:
        end = _end(glob, at)
        if end < 0:
            return f"the bracket has no end, found {found(glob)}; write [[] for a literal bracket"
        problem = _set_problem(glob[at + 1 : end], glob)
        if problem:
            return problem
        at = glob.find("[", end)
    return None


def _end(glob: str, at: int) -> int:
    """Where a set of characters ends (fnmatch.translate()); -1: nowhere."""
    first = at + 2 if glob[at + 1 : at + 2] == "!" else at + 1
    return glob.find("]", first + 1 if glob[first : first + 1] == "]" else first)


def _set_problem(inside: str, glob: str) -> str | None:
    if inside.startswith("^") and len(inside) > 1:
        return f"[^...] also matches a circumflex, found {found(glob)}; write [!...] for all other characters"
    if inside.startswith("[:"):
        return f"character classes are not supported, found {found(glob)}; write the characters, such as [0-9] or [a-z]"
    if re.fullmatch(r"[0-9A-Za-z]+:[0-9A-Za-z]+", inside):
        meant = f"[{inside.replace(':', '-')}]" if len(inside) == len("1:5") else "a list"
        return f"a range of characters needs a dash, found {found(glob)}, did you mean {meant}?"
    if any(first > last for first, last in _SETS.findall(inside.removeprefix("!"))):
        return f"the range in the brackets is reversed, found {found(glob)}"
    return None


def host_problem(pattern: str) -> str | None:
    """The message about an item of ``hosts`` that is no plain glob over the names of hosts, or None."""
    if pattern in ("all", "ungrouped"):
        return f"is a group of Ansible, not a host, found {found(pattern)}, did you mean groups: {pattern}?"
    if pattern.startswith("@"):
        return f"lists of hosts in files are not supported, found {found(pattern)}: name a group in groups"
    checks = (_braces_problem, _combination_problem, _range_problem, glob_problem)
    return next((problem for check in checks if (problem := check(pattern))), None)


def group_problem(name: str) -> str | None:
    """The message about an item of ``groups`` or ``not_groups`` that cannot be the name of a group, or None."""
    combined = _braces_problem(name) or _combination_problem(name)
    if combined:
        return combined
    if any(special in name for special in "*?[]{}"):
        return f"groups do not support patterns, found {found(name)}: write the full name of each group"
    return None


def _combination_problem(pattern: str) -> str | None:
    """Several patterns in one: what Ansible joins by comma or colon."""
    if pattern != pattern.strip():
        return f"has spaces around it, found {found(pattern)}, did you mean {pattern.strip()}?"
    if pattern.startswith("~"):
        return (
            f"regular expressions are not supported, found {found(pattern)}: write names, or globs (* and ?) in hosts"
        )
    if "{{" in pattern:
        return f"the template was not evaluated, found {found(pattern)}"
    parts = [part for part in _SPLIT.split(pattern) if part]
    if len(parts) == 1:
        parts = [pattern] if _IPV6.fullmatch(pattern) else [part for part in _COLON.split(pattern) if part]
    if parts == [pattern] and pattern[:1] not in ("!", "&"):
        return None
    return _combined(pattern, parts)


def _combined(pattern: str, parts: t.Sequence[str]) -> str:
    plain = [part for part in parts if part[:1] not in ("!", "&")]
    out = [part[1:] for part in parts if part.startswith("!") and part != "!"]
    both = [part[1:] for part in parts if part.startswith("&")]
    said = f"each item must be one name or glob, found {found(pattern)}"
    if both:
        return f"{said}: to select hosts that are in several groups, make a group of them in the inventory"
    if out:
        rest = f"{listing(plain)} in groups or hosts, and " if plain else ""
        return f"{said}, did you mean {rest}{listing(out)} in not_groups? Only whole groups can be excluded"
    if len(plain) == 2 and plain[1].isdigit() and ":" in pattern:
        return f"write the host without a port, found {found(pattern)}, did you mean {plain[0]}?"
    return f"{said}{_meant(plain)}"


def _range_problem(pattern: str) -> str | None:
    """``web[01:20]`` is a range in an inventory, and a slice of a list in a pattern of Ansible."""
    if _RANGE.search(pattern) or _OPEN_RANGE.search(pattern):
        return f"ranges of hosts are supported only in inventories, found {found(pattern)}{_meant(_expanded(pattern))}"
    subscript = _SUBSCRIPT.fullmatch(pattern)
    if subscript:
        names = _characters(subscript[1], subscript[2])
        return (
            f"Ansible reads [{subscript[2]}] at the end as a position in a list, found {found(pattern)}{_meant(names)}"
        )
    return None


def _meant(names: t.Sequence[str]) -> str:
    """All of them or none: a part would look like the whole."""
    names = list(dict.fromkeys(name for name in names if name))
    if not names or len(names) > _MOST:
        return ": name each host, or make a group of them in the inventory and name the group in groups"
    return f", did you mean {word(names[0]) if len(names) == 1 else listing(names)}?"


def _expanded(pattern: str) -> list[str]:
    """The names of a range as inventories read it; nothing where they are too many, or no range."""
    pieces: list[list[str]] = []
    at = 0
    for match in _RANGE.finditer(pattern):
        members = _members(match[1], match[2], int(match[3] or 1))
        pieces += [[pattern[at : match.start()]], members]
        at = match.end()
    pieces.append([pattern[at:]])
    if "[" in pattern[at:] or not all(pieces) or any(len(piece) > _MOST for piece in pieces):
        return []
    return ["".join(parts) for parts in itertools.islice(itertools.product(*pieces), _MOST + 1)]


def _members(first: str, last: str, step: int) -> list[str]:
    if first.isdigit() != last.isdigit() or not step or len(first) > 6 or len(last) > 6:
        return []
    if first.isdigit():
        width = len(first) if first.startswith("0") else 0
        numbers = itertools.islice(range(int(first), int(last) + 1, step), _MOST + 1)
        return [str(number).zfill(width) for number in numbers]
    letters = string.ascii_letters
    return list(letters[letters.index(first) : letters.index(last) + 1 : step])


def _characters(before: str, inside: str) -> list[str]:
    """The names that a set of digits at the end would match here."""
    if inside.startswith("-") or inside.endswith("-") or any(special in before for special in "*?["):
        return []
    return [f"{before}{digit}" for digit in string.digits if fnmatch.fnmatchcase(digit, f"[{inside}]")]
