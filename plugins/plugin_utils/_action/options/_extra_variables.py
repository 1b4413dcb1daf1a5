# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extra variables that Ansible cut at a space: ``-e port_audit_fail_on=fail, unverified`` gives ``fail,`` and a rest.

Ansible keeps the rest as ``_raw_params`` and goes on. A gate would go on without it too.
"""

from __future__ import annotations

import re
import typing as t

from ._option_errors import OptionProblem
from ._option_names import PREFIX
from ._option_values import how_to_write

_RAW = "_raw_params"
_NAME = re.compile(r"\w+")


def refuse_cut(extra: t.Mapping[str, t.Any], given: t.Iterable[str]) -> None:
    """``extra`` are the extra variables as Ansible read them, ``given`` the texts of ``-e``. Raises OptionProblem."""
    if _RAW not in extra:
        return
    rest = str(extra[_RAW])
    cut = next((found for text in given if text[:1] not in "@[{" and (found := _cut(text))), None)
    told = how_to_write(*cut) if cut else how_to_write("name", "a value with spaces")
    raise OptionProblem(f"An extra variable was cut at a space: {rest[:80]!a} does not belong to an option. {told}")


def _cut(text: str) -> tuple[str, str] | None:
    """The last option of a text that words follow which belong to none, and its whole value."""
    found, option, value = None, None, ""
    for word in text.split():
        name, equals, rest = word.partition("=")
        if equals and _NAME.fullmatch(name):
            option, value = name, rest
        elif option:
            value = f"{value} {word}"
            found = (option, value)
    return found if found and found[0].startswith(PREFIX) else None
