# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of iptables, from what ``iptables-save`` and ``ip6tables-save`` print. Source: iptables-extensions(8)."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _nat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect._nat import Chain, Narrow, Rule

ENTRY = "PREROUTING"
_PROTOCOLS = {"6": "tcp", "17": "udp", "136": "udplite", "132": "sctp", "33": "dccp"}

# A text that iptables-save quotes has a backslash before each quote and backslash in it (xtables_save_string() in
# libxtables/xtables.c), and may go on over line ends. One that "string" matches has none before a backslash
# (print_string() in libxt_string.c): a quote is then followed by what is no blank, and nothing is guessed.
_WORD = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"(?=[ \t\n]|\Z)|(?P<plain>[^ \t\n"]+)(?=[ \t\n]|\Z)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANK = re.compile(r"[ \t]*")
_PORT = re.compile(r"[0-9]{1,5}\Z")

# What follows these is a name or a text that somebody chose, whatever it looks like: printed without quotes where it is
# of letters, digits, "-" and "_" ("-j" is such a comment), or always, as the name of a device or of a set ("!" is one).
_FREE = frozenset(
    (
        "-g",
        "-i",
        "-j",
        "-m",
        "-o",
        "--add-set",
        "--bytecode",
        "--comment",
        "--del-set",
        "--genre",
        "--gid-owner",
        "--hashlimit-name",
        "--helper",
        "--hex-string",
        "--label",
        "--led-trigger-id",
        "--log-prefix",
        "--map-set",
        "--match-set",
        "--name",
        "--nflog-prefix",
        "--object-pinned",
        "--oif",
        "--path",
        "--physdev-in",
        "--physdev-out",
        "--rateest",
        "--rateest-name",
        "--rateest1",
        "--rateest2",
        "--selctx",
        "--string",
        "--timeout",
        "--u32",
        "--uid-owner",
        "--ulog-prefix",
        "--zone",
    )
)
_TARGET = ("-j", "-g")


class Unreadable(Exception):
    """It is not what iptables-save prints."""


class _Word(t.NamedTuple):
    text: str
    quoted: bool = False

    @property
    def option(self) -> bool:
        return not self.quoted and self.text.startswith("-")

    @property
    def negates(self) -> bool:
        return not self.quoted and self.text == "!"


def read(raw: bytes, family: str) -> _nat.Ruleset:
    """Read the tables of one family, ``ipv4`` or ``ipv6``. Raises Unreadable."""
    chains: t.Dict[Chain, t.List[Rule]] = {}
    entries: t.List[Chain] = []
    table = ""
    for words in _lines(raw.decode("utf-8", "backslashreplace")):
        first = words[0].text
        if first.startswith("*"):
            table = first[1:]
            entries.append((family, table, ENTRY))
        elif first == "-A":
            if len(words) < 2:
                raise Unreadable("iptables-save printed a rule of no chain")
            chains.setdefault((family, table, words[1].text), []).extend(_rules(words[2:], family, table))
    return _nat.Ruleset("iptables", chains, entries)


def _lines(text: str) -> t.Iterator[t.List[_Word]]:
    """The words of each line that is no remark and not empty. A quoted word may hold ends of lines."""
    at = 0
    while at < len(text):
        if text[at] in "#:":  # a remark; a chain, of which no rule may be there
            at = (text.find("\n", at) + 1) or len(text)
            continue
        words, at = _line(text, at)
        if words:
            yield words


def _line(text: str, at: int) -> t.Tuple[t.List[_Word], int]:
    """The words from a position to the end of the line, and where the next begins."""
    words: t.List[_Word] = []
    while True:
        at = t.cast("t.Match[str]", _BLANK.match(text, at)).end()
        if at >= len(text) or text[at] == "\n":
            return words, at + 1
        found = _WORD.match(text, at)
        if found is None:
            raise Unreadable("iptables-save printed quotes that do not end")
        plain = found.group("plain")
        words.append(_Word(_ESCAPED.sub(r"\1", found.group("quoted")), quoted=True) if plain is None else _Word(plain))
        at = found.end()


def _rules(words: t.Sequence[_Word], family: str, table: str) -> t.Iterator[Rule]:
    action, options, of_target = _options(words)
    narrow = Narrow(
        protocols=_protocols(options),
        ports=_ports(options.get("--dport") or options.get("--dports")),
        address=_address(options.get("-d")),
        device=options.get("-i"),
        family=family,
        network="-d" in options and _address(options["-d"]) is None,
    )
    if action == "DNAT":
        yield Rule(narrow, "publish", to=of_target.get("--to-destination", "somewhere"))
    elif action == "REDIRECT":
        port = of_target.get("--to-ports")
        yield Rule(narrow, "publish", to="this host%s" % (":" + port if port else ""))
    elif action == "TPROXY":
        to = "%s:%s" % (of_target.get("--on-ip", "this host"), of_target.get("--on-port", "the same port"))
        yield Rule(narrow, "tproxy", to=to)
    elif action is not None and action not in ("ACCEPT", "DROP", "RETURN"):
        yield Rule(narrow, "jump", (family, table, action))


_Options = t.Dict[str, str]


def _options(words: t.Sequence[_Word]) -> t.Tuple[t.Optional[str], _Options, _Options]:
    """The target, and the options before and after it, with their first value.

    One that is negated narrows to all else, which is left as all.
    """
    target: t.Optional[str] = None
    before: _Options = {}
    after: _Options = {}
    for name, value, negated in _pairs(words):
        if name in _TARGET:
            if target is not None or not value:
                raise Unreadable("iptables-save printed a rule with no target or several")
            target = value
        elif value is not None and not negated:
            (before if target is None else after).setdefault(name, value)
    return target, before, after


def _pairs(words: t.Sequence[_Word]) -> t.Iterator[t.Tuple[str, t.Optional[str], bool]]:
    """Options with their first value, and whether they are negated. Some have none, and some have several."""
    negated = False
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.negates:
            negated = True
        elif word.option:
            following = words[at] if at < len(words) else None
            value = None
            if following is not None and (word.text in _FREE or not (following.option or following.negates)):
                value = following.text
                at += 1
            yield word.text, value, negated or _negates_within(words, at, value)
            negated = False


def _negates_within(words: t.Sequence[_Word], at: int, value: t.Optional[str]) -> bool:
    """``--dport ! 80``, as iptables before 1.4.3 wrote it."""
    return value is None and at + 1 < len(words) and words[at].negates and not words[at + 1].option


def _protocols(options: t.Mapping[str, str]) -> t.Optional[t.FrozenSet[str]]:
    protocol = options.get("-p")
    return None if protocol in (None, "all") else frozenset([_PROTOCOLS.get(str(protocol), str(protocol))])


def _ports(text: t.Optional[str]) -> t.Optional[_nat.Ranges]:
    """``80``, ``8000:8099``, ``80,443,8000:8099``. Raises Unreadable."""
    if text is None:
        return None
    ranges = []
    for part in text.split(","):
        first, colon, last = part.partition(":")
        ranges.append((_port(first or "0"), _port(last or "65535") if colon else _port(first)))
    return tuple(ranges)


def _port(text: str) -> int:
    if not _PORT.match(text) or int(text) > 65535:
        raise Unreadable("iptables-save printed %s where a port should be" % ascii(text[:40]))
    return int(text)


def _address(text: t.Optional[str]) -> t.Optional[str]:
    """An address; None for a network of several: what is published may then be any of the host's."""
    address, _slash, length = (text or "").partition("/")
    return address if address and length in ("", "32", "128", "255.255.255.255") else None
