# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that came by facts: from the answer of a module, from set_fact, from the fact cache of an earlier process.

Facts beat role defaults and the variables of groups, and what a host answers is facts. A host that is judged would so
choose the gate, the reports and where they are written. What is found is refused, never used.
"""

from __future__ import annotations

import typing as t

from ._option_errors import OptionProblem
from ._option_names import KNOWN, PREFIX, RESULTS, is_option

_RESULTS = frozenset(PREFIX + name for name in RESULTS)
_SHOWN = 3
Names = t.Iterable[str]


class Facts:
    """What Ansible keeps of hosts beside the inventory. Its own structures are read: templating would run them."""

    def __init__(self, variable_manager: t.Any) -> None:
        self._cached = getattr(variable_manager, "_fact_cache", None)
        self._set = getattr(variable_manager, "_nonpersistent_fact_cache", {})

    def options(self, host: str) -> list[str]:
        """Names of options that facts of this host have, sorted.

        ``register`` and set_fact share one place. The role's own results are there by right.
        """
        cached = {name for name in self._of(host) if is_option(name)}
        assigned = {name for name in self._set.get(host) or () if name in KNOWN - _RESULTS}
        return sorted(cached | assigned)

    def _of(self, host: str) -> Names:
        """The names of cached facts. A cache of ansible-core 2.18 is a mapping, of later ones a plugin."""
        if self._cached is None:
            return ()
        try:
            return [str(name) for name in self._cached.get(host) or ()]
        except KeyError:
            return ()


def refuse_facts(facts: Facts, hosts: t.Iterable[str]) -> None:
    """Raises OptionProblem that names hosts and options."""
    found = [(host, names) for host in hosts if (names := facts.options(host))]
    if not found:
        return
    told = "; ".join(f"{host}: {', '.join(names)}" for host, names in found[:_SHOWN])
    more = f"; and {len(found) - _SHOWN:,} more hosts" if len(found) > _SHOWN else ""
    raise OptionProblem(
        f"Options may not come from facts: {told}{more}. An answer of a host, set_fact, register or a fact cache "
        "set them. Set options in the inventory, in the variables of the play or with -e. Clear a fact cache with "
        "--flush-cache."
    )
