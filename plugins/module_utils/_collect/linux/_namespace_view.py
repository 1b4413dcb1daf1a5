# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen from inside of one network namespace."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import (
        _host_facts,
        _portless_entries,
        _sources,
    )
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat


class NamespaceView(t.NamedTuple):
    """One network namespace. ``kernel``: kinds of devices by the protocol and the port they hold.

    ``ephemeral`` is None when it cannot be read, ``addresses`` and ``delivery`` too, and then there is a gap.
    ``devices`` and ``kernel`` are None in the collector's own namespace, where both can still be looked up later.
    ``gaps`` are those beside the gaps of ``dump``.
    """

    number: t.Optional[int]
    dump: _sources.Dump
    paths: t.Tuple[_portless_entries.AnyPath, ...] = ()
    published: t.Tuple[_nat.Published, ...] = ()
    addresses: t.Optional[t.List[t.Dict[str, t.Any]]] = None
    delivery: t.Optional[t.Dict[str, t.Any]] = None
    devices: t.Optional[t.Mapping[int, str]] = {}
    ephemeral: t.Optional[_host_facts.Ephemeral] = None
    kernel: t.Optional[t.Mapping[t.Tuple[str, int], str]] = {}
    gaps: t.Tuple[_socket.Gap, ...] = ()
