# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and networks of a policy."""

from __future__ import annotations

import functools
import ipaddress

from ._model import Network
from ._words import found

_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")  # RFC 4291, section 2.5.5.2


@functools.lru_cache(maxsize=8192)
def network(text: str) -> Network:
    """The network that a text names; a lone address is one of its own. Raises ValueError with the message.

    A mapped one (``::ffff:10.0.0.0/104``) becomes IPv4, as the addresses it is compared with do.
    """
    if "%" in text:
        raise ValueError(f"must be without a scope, found {found(text)}, did you mean {text.partition('%')[0]}?")
    try:
        parsed = ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(_wrong(text)) from error
    if isinstance(parsed, ipaddress.IPv6Network) and parsed.subnet_of(_MAPPED):
        mapped = parsed.network_address.ipv4_mapped
        return ipaddress.IPv4Network((int(mapped or 0), parsed.prefixlen - 96))
    return parsed


def _wrong(text: str) -> str:
    try:
        whole = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return f"must be an address or a network such as 10.0.0.0/8, found {found(text)}"
    address = text.partition("/")[0]
    return f"the network has host bits set, found {found(text)}, did you mean {whole} or {address}?"
