# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people write who come from other formats, and how this one says it. Never a part of what was meant."""

from __future__ import annotations

import re
import typing as t

from .._message_words import did_you_mean, listing, suggestion

_HOSTS, _GROUPS, _LEFT_OUT = "applies_to: {hosts: ...}", "applies_to: {groups: ...}", "applies_to: {not_groups: ...}"
_TARGETS = {
    **dict.fromkeys(("host", "hosts", "nodes", "servers", "inventory_hostname"), _HOSTS),
    **dict.fromkeys(("group", "groups", "hostgroup", "hostgroups"), _GROUPS),
    **dict.fromkeys(("not_groups", "not_group", "exclude", "except", "exclude_groups", "not_hosts"), _LEFT_OUT),
    **dict.fromkeys(("on", "target", "targets", "scope", "when"), "applies_to"),
}
_EXE, _UNIT, _USER = "process: {exe: ...}", "process: {unit: ...}", "process: {user: ...}"
_REASONS = dict.fromkeys(
    ("reason", "comment", "description", "desc", "why", "purpose", "note", "notes"), "justification"
)
_ENDS = dict.fromkeys(("expiry", "until", "end", "expires_on", "valid_until", "expiration", "end_date"), "expires")
_PEOPLE = {"approver": "approved_by", "approved": "approved_by", "issue": "ticket", "change": "ticket"}

# Keys by the key that tells which mapping it is. What begins with a colon is a sentence, not a key.
_KEYS: t.Mapping[str, t.Mapping[str, str]] = {
    "expect": {
        **_TARGETS,
        **_REASONS,
        **_PEOPLE,
        **dict.fromkeys(("ports", "port_range", "dport", "dest_port", "destination_port", "local_port"), "port"),
        **dict.fromkeys(("proto", "prot", "protocols", "transport"), "protocol"),
        **dict.fromkeys(("program", "binary", "exe", "exec", "executable", "path", "app", "application"), _EXE),
        **dict.fromkeys(("unit", "units", "systemd", "systemd_unit"), _UNIT),
        **dict.fromkeys(("user", "users", "uid", "run_as"), _USER),
        **dict.fromkeys(("container", "containers"), "process: {container: ...}"),
        **dict.fromkeys(("comm", "process_name", "processes"), "process: {name: ...}"),
        **dict.fromkeys(("name", "rule", "title", "rule_id"), "id"),
        **dict.fromkeys(("action", "state", "policy", "verdict", "allow", "status"), "expect"),
        **dict.fromkeys(
            ("cidr", "ip", "bind", "addresses", "listen", "network", "bind_address", "interface"), "address"
        ),
        **dict.fromkeys(("risk", "priority", "level", "criticality"), "severity"),
        **dict.fromkeys(("control", "compliance", "cis", "tags"), "controls"),
        **dict.fromkeys(("exposure_max", "visibility", "zone"), "reach"),
        **dict.fromkeys(("team", "contact", "responsible"), "owner"),
        **dict.fromkeys(("fix", "remedy", "solution", "action_required", "todo"), "remediation"),
        **dict.fromkeys(("playbook", "runbooks", "runbook_url", "doc", "docs", "url", "link", "links"), "runbook"),
        **dict.fromkeys(("review", "review_on", "review_date", "next_review"), "review_by"),
        **dict.fromkeys(
            ("cmd", "command", "cmdline", "command_line", "args"),
            ": command lines are not read, did you mean process: {exe: ...}?",
        ),
        **dict.fromkeys(
            ("service", "services"), ": write the name of a service in port, and a systemd unit in process: {unit: ...}"
        ),
        **dict.fromkeys(
            ("source", "src", "from", "sources", "remote", "peer", "client"),
            ": the audit does not see who connects, only where a service listens; see reach and address",
        ),
        **dict.fromkeys(
            ("expires", "expiry", "until", "valid_until"),
            ": a rule has review_by; write an exception that expires in waivers",
        ),
        **dict.fromkeys(
            ("enabled", "disabled", "present"), ": every rule in the policy applies; remove the rule to end it"
        ),
    },
    "expires": {
        **_TARGETS,
        **_REASONS,
        **_ENDS,
        **_PEOPLE,
        **{
            key: f"match: {{{meant}: ...}}"
            for meant, keys in {
                "port": ("port", "ports"),
                "protocol": ("protocol", "proto"),
                "rule": ("rule", "rules", "rule_id"),
                "codes": ("code", "codes", "finding", "findings"),
                "address": ("address", "addresses", "ip", "cidr"),
                "process": ("process",),
            }.items()
            for key in keys
        },
        **dict.fromkeys(("name", "waiver", "title"), "id"),
    },
    "codes": {
        **dict.fromkeys(("ports",), "port"),
        **dict.fromkeys(("proto", "prot", "protocols"), "protocol"),
        **dict.fromkeys(("code", "finding", "findings"), "codes"),
        **dict.fromkeys(("rules", "rule_id", "id"), "rule"),
        **dict.fromkeys(("exe", "program", "executable", "path"), _EXE),
        **dict.fromkeys(("unit",), _UNIT),
        **dict.fromkeys(("user",), _USER),
        **dict.fromkeys(("ip", "cidr", "addresses"), "address"),
        **dict.fromkeys(
            ("host", "hosts", "group", "groups"), ": write hosts in applies_to of the waiver, next to match"
        ),
    },
    "exe": {
        **dict.fromkeys(("program", "binary", "executable", "path", "exec", "file", "image"), "exe"),
        **dict.fromkeys(("cmd", "command", "cmdline", "args"), ": command lines are not read, did you mean exe?"),
        **dict.fromkeys(("service", "systemd", "systemd_unit", "job"), "unit"),
        **dict.fromkeys(("uid", "username", "owner", "run_as"), "user"),
        **dict.fromkeys(("comm", "process", "process_name"), "name"),
        **dict.fromkeys(("group", "gid"), ": the group of a process is not compared, did you mean user?"),
        **dict.fromkeys(("pid",), ": a pid changes at each start, did you mean exe or unit?"),
        **dict.fromkeys(("container_id", "docker", "pod"), "container"),
    },
    "not_groups": {
        "host": "hosts",
        "group": "groups",
        "names": "hosts",
        **dict.fromkeys(("exclude", "except", "not_group", "exclude_groups"), "not_groups"),
        **dict.fromkeys(
            ("not_hosts", "exclude_hosts", "not_host"), ": only whole groups can be excluded, did you mean not_groups?"
        ),
        **dict.fromkeys(("all",), ": without applies_to, the rule or waiver applies to every host"),
    },
    "rules": {
        **dict.fromkeys(("rule", "policies", "allow", "ports"), "rules"),
        **dict.fromkeys(("waiver", "exceptions", "exemptions", "exclusions"), "waivers"),
        **dict.fromkeys(("default", "default_policy", "default_action"), "defaults"),
        **dict.fromkeys(("title", "policy", "policy_name"), "name"),
        **dict.fromkeys(("service",), "services"),
        **dict.fromkeys(("network",), "networks"),
        **dict.fromkeys(("includes", "import", "extends", "imports"), "include"),
        **dict.fromkeys(
            ("hosts", "tasks", "vars", "roles"), ": this is a key of a playbook, and a policy is not a playbook"
        ),
    },
}

_PROTOCOLS, _EXPECT, _REACH = "dccp", "forbidden", "link"
_BY_NUMBER = {"6": "tcp", "17": "udp", "33": "dccp", "132": "sctp", "136": "udplite"}
_VALUES: t.Mapping[str, t.Mapping[str, str]] = {
    _PROTOCOLS: {
        **{number: f", did you mean {name}?" for number, name in _BY_NUMBER.items()},
        "both": ", did you mean [tcp, udp]?",
        **dict.fromkeys(("any", "all", "*", "ip"), ", did you mean [tcp, udp, udplite, sctp, dccp]?"),
        **{
            f"{name}{version}": f", did you mean {name}? It includes IPv4 and IPv6; to select a family, use address"
            for name in ("tcp", "udp")
            for version in ("4", "6", "v4", "v6", "46")
        },
        **dict.fromkeys(("icmp", "icmp6", "icmpv6", "igmp", "esp", "ah", "gre"), ", which has no ports"),
        **dict.fromkeys(("mptcp",), ", did you mean tcp? It includes MPTCP"),
        **dict.fromkeys(
            ("http", "https", "tls", "ssl", "ssh"), ", did you mean tcp? Write the name of a service in port"
        ),
        **dict.fromkeys(("quic", "dns"), ": write the name of a service in port, and its transport here"),
    },
    _EXPECT: {
        **dict.fromkeys(
            (
                "deny",
                "denied",
                "block",
                "blocked",
                "drop",
                "reject",
                "forbid",
                "closed",
                "close",
                "never",
                "no",
                "false",
            ),
            ", did you mean forbidden?",
        ),
        **dict.fromkeys(
            (
                "allow",
                "accept",
                "permit",
                "permitted",
                "open",
                "optional",
                "ok",
                "pass",
                "yes",
                "true",
                "may",
                "approved",
            ),
            ", did you mean allowed?",
        ),
        **dict.fromkeys(
            ("require", "must", "mandatory", "present", "listen", "listening", "up", "expected", "always"),
            ", did you mean required?",
        ),
        "absent": ", did you mean forbidden?",
        **dict.fromkeys(("warn", "ignore", "fail"), ": write verdicts for listeners without a rule in defaults"),
    },
    _REACH: {
        **dict.fromkeys(("internal", "lan", "intranet", "site", "rfc1918", "vpn"), ", did you mean private?"),
        **dict.fromkeys(("external", "internet", "world", "wan", "global", "open"), ", did you mean public?"),
        **dict.fromkeys(
            ("any", "all", "*", "anywhere", "none"), ": without reach, every reach is allowed, as with public"
        ),
        **dict.fromkeys(("localhost", "loopback", "local", "127.0.0.1", "::1", "lo", "self"), ", did you mean host?"),
        **dict.fromkeys(("link-local", "linklocal", "segment", "subnet"), ", did you mean link?"),
    },
    "critical": {
        **dict.fromkeys(("info", "informational", "minor", "none", "note"), ", did you mean low?"),
        **dict.fromkeys(("moderate", "normal", "warning", "warn", "med"), ", did you mean medium?"),
        **dict.fromkeys(("major", "important", "error"), ", did you mean high?"),
        **dict.fromkeys(("crit", "severe", "blocker", "urgent", "emergency"), ", did you mean critical?"),
    },
    "ignore": {
        **dict.fromkeys(("deny", "block", "error", "failed", "reject", "drop", "forbidden"), ", did you mean fail?"),
        **dict.fromkeys(("warning", "notice", "report"), ", did you mean warn?"),
        **dict.fromkeys(("allow", "allowed", "pass", "ok", "accept", "skip", "none", "off"), ", did you mean ignore?"),
    },
    "wrong-owner": dict.fromkeys(
        ("all", "any", "*"), ": without codes, the waiver covers every code that a waiver can cover"
    ),
}


def value_hint(word: str, allowed: t.Sequence[str]) -> str:
    """The end of a message about a word that is none of those allowed; empty where nothing is known."""
    plain = word.strip().lower()
    parts = [part for part in re.split(r"\s*[/,;+&|]\s*|\s+(?:and|or)\s+|\s+", plain) if part]
    if len(parts) < 2:
        return _known(plain, allowed) or did_you_mean(plain, allowed)
    if _PROTOCOLS not in allowed:
        return f": write one value, not {len(parts)} in one text"
    return f", did you mean {listing(parts)}?" if all(part in allowed for part in parts) else ""


def _known(plain: str, allowed: t.Sequence[str]) -> str:
    for marker, words in _VALUES.items():
        if marker in allowed and plain in words:
            return words[plain]
    return ""


def key_hint(key: str, known: t.Collection[str]) -> str:
    """The end of a message about a key that is not known, or empty."""
    meant = _key(key, known)
    if meant is None:
        return did_you_mean(key, known)
    return meant if meant.startswith(":") else f", did you mean {meant}?"


def key_meant(key: str, known: t.Collection[str]) -> str | None:
    """The key of the same mapping that was meant, or None."""
    meant = _key(key, known)
    return suggestion(key, known) if meant is None else meant.partition(":")[0] or None


def _key(key: str, known: t.Collection[str]) -> str | None:
    plain = key.strip().lower().replace("-", "_")
    for marker, words in _KEYS.items():
        if marker in known:
            return plain if plain in known else words.get(plain)
    return None


def mapping_hint(value: t.Any, known: t.Collection[str]) -> str:
    """What to write where a mapping goes and something else stands, or empty."""
    for marker, (hint, one) in _MAPPINGS.items():
        if marker in known or (marker == "-port" and set(known) == {"protocol", "port"}):
            plain = isinstance(value, (str, int)) and not isinstance(value, bool)
            return one(str(value)) if plain and re.fullmatch(r"[\w./@-]+", str(value)) else hint
    return ""


def list_hint(value: t.Any, item: t.Mapping[str, t.Any]) -> str:
    """What to write where a list of mappings goes and something else stands, or empty."""
    known = item.get("properties", ())
    if "id" in known and isinstance(value, dict):
        return ": write each as a separate item, - id: NAME with its keys below"
    return mapping_hint(value, known).replace("{", "[{", 1).replace("}?", "}]?", 1) if "id" not in known else ""


def _process(text: str) -> str:
    if text.startswith("/"):
        return f", did you mean {{exe: {text}}}?"
    if text.endswith((".service", ".scope")):
        return f", did you mean {{unit: {text}}}?"
    return f', did you mean {{exe: "*/{text}"}}, or {{unit: {text}.service}}?'


def _targets(text: str) -> str:
    return f", did you mean {{groups: {text}}}{f' or {{hosts: {text}}}' if text != 'all' else ''}?"


def _match(text: str) -> str:
    return (
        f", did you mean {{port: {text}}}?"
        if text.isdigit()
        else f", did you mean {{rule: {text}}} or {{port: {text}}}?"
    )


# By a key of the mapping: what is said of anything, and of one word.
_MAPPINGS: t.Mapping[str, tuple[str, t.Callable[[str], str]]] = {
    "exe": (", did you mean {exe: ...} or {unit: ...}?", _process),
    "not_groups": (", did you mean {groups: ...} or {hosts: ...}?", _targets),
    "codes": (", did you mean {port: ...} or {rule: ...}?", _match),
    "unlisted": ("", lambda text: f", did you mean {{unlisted: {text}}}?"),
    "private": (
        ", did you mean {private: ...} or {public: ...}?",
        lambda text: f", did you mean {{private: {text}}} or {{public: {text}}}?",
    ),
    "framework": (", did you mean {framework: ..., version: ..., id: ...}?", lambda _text: _CONTROL),
    "-port": (
        ", did you mean {protocol: ..., port: ...}?",
        lambda text: f", did you mean {{protocol: ..., port: {text}}}?",
    ),
}
_CONTROL = ", did you mean {framework: ..., version: ..., id: ...}?"
