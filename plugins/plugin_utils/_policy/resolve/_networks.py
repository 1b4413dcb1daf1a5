# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and networks that a policy names."""

from __future__ import annotations

import functools
import ipaddress
import re
import socket

from ..._common._mapped import unmap
from .._message_words import found, listing, word
from .._policy_model import Network

_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")  # RFC 1122: nothing is bound there but the wildcard
_WITH_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9]+(?:\.[0-9]+){3})(?=:))(?::([0-9]+))?")
_OLD = re.compile(r"(?:0[xX][0-9A-Fa-f]+|[0-9]+)(?:\.[0-9]+){0,2}")  # inet_aton(3)
_MOST = 8  # networks that a message lists

_ANY = 'for any address, remove address; for a wildcard address, write [0.0.0.0, "::"]'
_INSTEAD = {
    "*": _ANY,
    "any": _ANY,
    "all": _ANY,
    "wildcard": _ANY,
    "localhost": 'did you mean [127.0.0.1, "::1"]?',
    "loopback": 'did you mean [127.0.0.0/8, "::1"]?',
    "host": "did you mean reach: host?",
    "link": "did you mean reach: link?",
    "private": "did you mean reach: private?",
    "internal": "did you mean reach: private?",
    "lan": "did you mean reach: private?",
    "public": "did you mean reach: public?",
    "external": "did you mean reach: public?",
}


@functools.lru_cache(maxsize=8192)
def network(text: str) -> Network:
    """The network that a text names; a lone address is one of its own. Raises ValueError with the message.

    A mapped one (``::ffff:10.0.0.0/104``) becomes IPv4, as the addresses it is compared with do. ``0.0.0.0`` and ``::``
    alone are the wildcards.
    """
    if "%" in text:
        raise ValueError(f"must be without a scope, found {found(text)}, did you mean {text.partition('%')[0]}?")
    try:
        parsed: Network = ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(_wrong(text)) from error
    parsed = unmap(parsed)
    if isinstance(parsed, ipaddress.IPv4Network) and parsed.subnet_of(_THIS_NETWORK) and not is_wildcard(parsed):
        raise ValueError(
            f"no socket can be bound to this network, found {found(text)}, did you mean 0.0.0.0 or 0.0.0.0/0?"
        )
    return parsed


def is_wildcard(given: Network) -> bool:
    """Whether it is ``0.0.0.0`` or ``::`` itself: a bind to every address, and no address."""
    return int(given.network_address) == 0 and given.prefixlen == given.max_prefixlen


def _wrong(text: str) -> str:
    try:
        whole = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return f"must be an address or a network such as 10.0.0.0/8, found {found(text)}{_instead(text)}"
    address = text.partition("/")[0]
    return f"the network has host bits, found {found(text)}, did you mean {whole} or {address}?"


def _instead(text: str) -> str:
    known = _INSTEAD.get(text.strip().lower())
    if known:
        return f"{', ' if known.startswith('did') else ': '}{known}"
    meant = [part for part in re.split(r"[\s,;]+", text) if part]
    if len(meant) == 1:
        meant = _several(text)
    if not meant:
        return ": names of hosts and devices are not resolved" if re.search("[A-Za-z]", text) else ""
    port = _WITH_PORT.fullmatch(text)
    beside = f" with port: {port[3]}" if port and port[3] else ""
    return f", did you mean {word(meant[0]) if len(meant) == 1 else listing(meant)}{beside}?"


def _several(text: str) -> list[str]:
    """The networks that other notations stand for; nothing where it is none of them."""
    with_port = _WITH_PORT.fullmatch(text)
    if with_port:
        return [with_port[1] or with_port[2]]
    if "-" in text:
        return _range(*text.split("-", 1))
    stars = re.fullmatch(r"((?:[0-9]{1,3}\.){1,3})\*(?:\.\*)*", text)
    if stars:
        octets = stars[1].rstrip(".").split(".")
        return _sound(f"{'.'.join([*octets, '0', '0', '0'][:4])}/{8 * len(octets)}")
    if _OLD.fullmatch(text):
        return _old(text)
    return []


def _range(first: str, last: str) -> list[str]:
    try:
        if "." not in last and ":" not in last:  # 10.0.0.1-9
            last = f"{first.rpartition('.')[0]}.{last}"
        networks = [*ipaddress.summarize_address_range(ipaddress.ip_address(first), ipaddress.ip_address(last))]
    except (ValueError, TypeError):
        return []
    return [str(one) for one in networks] if len(networks) <= _MOST else []


def _old(text: str) -> list[str]:
    try:
        return _sound(socket.inet_ntoa(socket.inet_aton(text)))
    except OSError:
        return []


def _sound(text: str) -> list[str]:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return []
    return [text]
