# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a rule or a waiver is about."""

from __future__ import annotations

import typing as t

from ..._policy._policy_model import AppliesTo
from ._globs import Globs

EVERYWHERE = AppliesTo()


class Scope:
    """A compiled ``applies_to``: in one of the groups or one of the hosts, and in none of the groups left out."""

    def __init__(self, applies_to: AppliesTo) -> None:
        self._groups = frozenset(applies_to.groups)
        self._hosts = Globs(applies_to.hosts)
        self._left_out = frozenset(applies_to.not_groups)
        self._any_host = not applies_to.groups and not applies_to.hosts

    def covers(self, host: str, groups: frozenset[str]) -> bool:
        """Whether a host is meant; ``groups`` are its inventory groups, ``all`` included."""
        if not self._left_out.isdisjoint(groups):
            return False
        return self._any_host or not self._groups.isdisjoint(groups) or self._hosts(host)


class Scopes:
    """One scope for each distinct ``applies_to``, so that a host answers once for the hundred rules that share it."""

    def __init__(self) -> None:
        self._scopes: dict[AppliesTo, Scope] = {}

    def get(self, applies_to: AppliesTo) -> Scope | None:
        """The scope, None when it means every host."""
        if applies_to == EVERYWHERE:
            return None
        return self._scopes.setdefault(applies_to, Scope(applies_to))


class HostScope:
    """Answers for one host, each scope looked at once."""

    def __init__(self, host: str, groups: t.Iterable[str]) -> None:
        self._host = host
        self._groups = all_groups(groups)
        self._known: dict[Scope, bool] = {}

    def covered(self, scope: Scope | None) -> bool:
        """Whether this host is meant."""
        if scope is None:
            return True
        known = self._known.get(scope)
        if known is None:
            known = self._known[scope] = scope.covers(self._host, self._groups)
        return known


def all_groups(groups: t.Iterable[str]) -> frozenset[str]:
    """The groups of a host with ``all``, which Ansible's ``group_names`` leaves out."""
    return frozenset(groups) | {"all"}
