# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory sources that Ansible could not use, and names of hosts that the inventory does not have.

It warns once and goes on with the other half of the fleet.
"""

from __future__ import annotations

import fnmatch
import os
import platform
import socket
import typing as t

from ansible.errors import AnsibleError
from ansible.inventory.manager import IGNORED, split_host_pattern
from ansible.utils.path import unfrackpath

from ._option_errors import OptionProblem

_DEFAULT = "/etc/ansible/hosts"


def refuse_unread_sources(manager: t.Any) -> None:
    """``manager`` is Ansible's InventoryManager. Raises OptionProblem that names every source without hosts' data."""
    data = getattr(manager, "_inventory", None)
    read = {str(source) for source in getattr(data, "processed_sources", None) or ()}
    unread = [source for given in _sources(manager) for source in _unread(given, read)]
    if unread:
        raise OptionProblem(
            f"The inventory is incomplete: {', '.join(unread)}. The audit and every count would miss "
            "its hosts. Fix the source, or remove it from the inventory."
        )


def refuse_unmatched(manager: t.Any, pattern: t.Any, *, limited: bool) -> None:
    """Of ``web:dbb`` Ansible takes the web servers alone. Raises OptionProblem that names what matches nothing.

    ``pattern``: the hosts of a play. ``limited``: whether ``--limit`` holds for it. What ``!`` takes away may be none.
    """
    limit = [str(term) for term in (getattr(manager, "_subset", None) or ())] if limited else []
    own = _own_names() if _of_ansible_pull(limit) else frozenset()
    terms = [term for term in (*split_host_pattern(pattern), *limit) if term[:1] != "!" and term not in own]
    unmatched = [term for term in dict.fromkeys(terms) if not _matches(manager, term.removeprefix("&"))]
    if unmatched:
        raise OptionProblem(
            f"No host and no group of the inventory is named {', '.join(unmatched)}. Ansible ignores this and "
            "continues with the rest. Correct the hosts of the play (port_audit_hosts) or --limit."
        )


def _of_ansible_pull(limit: t.Collection[str]) -> bool:
    """It limits its run to every name that its machine may have in an inventory, of which that has one."""
    return "localhost" in limit and "127.0.0.1" in limit


def _own_names() -> frozenset[str]:
    """The names that ansible-pull knows of its machine (PullCLI.run() of lib/ansible/cli/pull.py)."""
    names = (socket.getfqdn(), platform.node())
    return frozenset({*names, *(name.partition(".")[0] for name in names)})


def _matches(manager: t.Any, term: str) -> bool:
    """A group may be empty. With ``host_pattern_mismatch = error`` Ansible raises for what matches nothing."""
    if fnmatch.filter(manager.groups, term):
        return True
    try:
        return bool(manager.get_hosts(term, ignore_limits=True, ignore_restrictions=True))
    except AnsibleError:
        return False


def _sources(manager: t.Any) -> list[str]:
    """As they were given. The default that nobody gave need not be there."""
    given = [str(source) for source in getattr(manager, "_sources", None) or () if source]
    return [source for source in given if source != _DEFAULT or os.path.exists(source)]


def _unread(given: str, read: t.Collection[str]) -> t.Iterator[str]:
    if "," in given:
        return
    source = unfrackpath(given, follow=False)
    if os.path.isdir(source):
        for name in sorted(os.listdir(source)):
            if not IGNORED.search(os.fsencode(name)):
                yield from _unread(os.path.join(source, name), read)
    elif not os.path.exists(source):
        yield f"{given} does not exist"
    elif source not in read:
        yield f"{given} cannot be read as an inventory"
