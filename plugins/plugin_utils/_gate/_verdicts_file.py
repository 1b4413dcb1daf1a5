# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``verdicts.json`` and ``verdicts.jsonl``: the facts that the gate reads.

A task for each of 10,000 hosts must not read 10,000 hosts. ``verdicts.json`` does not grow with the fleet; the other
has a line for each host, in order of a hash of its name, so that a host finds its own.

Both are believed only as the last report of this run wrote them: the first by its sum in ``SHA256SUMS``, a line by a
seal that is made with a secret of the first. What is missing, altered, of another run or older than the evidence is an
error, and an error never opens a gate.
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import json
import os
import secrets
import typing as t

from .._evidence._evidence_errors import EvidenceError
from .._evidence.files._atomic_files import open_regular
from .._evidence.files._manifest import SUMS_FILE
from .._evidence.files._run_directory import RunDirectory
from .._judge._judgement import Finding
from ._decide import Decision, HostState, excuse
from ._gate_rules import GateRules
from ._sorted_lines import find_line

VERDICTS_FILE = "verdicts.json"
VERDICT_LINES_FILE = "verdicts.jsonl"
VERDICTS_VERSION = 3
_KEY = slice(9, 41)  # in a line: {"key": "<32>", "seal": "<64>", "state": {...}}
_SEAL = slice(53, 117)
_STATE = slice(129, -1)
_MOST = 1 << 20  # bytes of verdicts.json; it has a few thousand
_TEXTS = 3


def write_verdicts(directory: RunDirectory, decision: Decision, policy_findings: t.Iterable[Finding]) -> None:
    """Write both files, before the manifest of the run."""
    secret = secrets.token_hex(32)
    lines = sorted(_line(state, secret) for state in decision.states.values())
    sums = hashlib.sha256()
    for line in lines:
        sums.update(line.encode())
    document = {
        "verdicts_version": VERDICTS_VERSION,
        "run": directory.run_id,
        "gate": {
            "fail_on": list(decision.rules.fail_on),
            "fail_on_drift": list(decision.rules.fail_on_drift),
            "max_unreachable": str(decision.rules.limit),
            "closed": decision.closed,
        },
        "policy_named": decision.rules.policy_named,
        "counts": {
            "expected": decision.expected,
            "assessed": decision.assessed,
            "unreachable": decision.unreachable,
        },
        "policy": _policy(policy_findings),
        "hosts": {
            "secret": secret,
            "names": _names(decision.states),
            "bytes": sum(map(len, lines)),
            "sha256": sums.hexdigest(),
        },
    }
    directory.write_pieces(lines, name=VERDICT_LINES_FILE)
    directory.write(document, name=VERDICTS_FILE)


def _line(state: HostState, secret: str) -> str:
    said = json.dumps(state._asdict())
    return f'{{"key": "{_key(state.host)}", "seal": "{_seal(secret, said.encode())}", "state": {said}}}\n'


def _key(host: str) -> str:
    return hashlib.sha256(host.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _seal(secret: str, said: bytes) -> str:
    return hashlib.sha256(secret.encode() + said).hexdigest()


def _names(hosts: t.Iterable[str]) -> str:
    """Stands for a set of hosts."""
    return hashlib.sha256("".join(sorted(map(_key, hosts))).encode()).hexdigest()


def _policy(findings: t.Iterable[Finding]) -> list[dict[str, t.Any]]:
    """Findings about the policy by code: as many rows as there are codes, however many findings."""
    rows: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
    for finding in findings:
        rows[finding.code, finding.verdict].append(f"{finding.code}: {finding.message}")
    return [
        {"code": code, "verdict": verdict, "count": len(texts), "texts": texts[:_TEXTS]}
        for (code, verdict), texts in sorted(rows.items())
    ]


class Counts(t.NamedTuple):
    expected: int
    assessed: int
    unreachable: int


@dataclasses.dataclass(frozen=True)
class Verdicts:
    """The facts of one run. ``policy``: rows of code, verdict, count and texts."""

    path: str
    counts: Counts
    policy: t.Sequence[t.Mapping[str, t.Any]]
    policy_named: bool
    hosts: t.Mapping[str, t.Any]

    def excuse(self, rules: GateRules) -> str:
        """See _decide.excuse."""
        return excuse(rules, **self.counts._asdict())

    def state(self, host: str) -> HostState | None:
        """The facts about one host, None when the run was not meant for it. Raises EvidenceError."""
        with open_regular(self.path) as stream:
            self._check_size(os.fstat(stream.fileno()).st_size)
            line = find_line(stream.fileno(), self.hosts["bytes"], _key(host).encode(), key_of=lambda it: it[_KEY])
        return None if line is None else self._read(line, host)

    def states(self) -> list[HostState]:
        """The facts about every host. Raises EvidenceError."""
        with open_regular(self.path) as stream:
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != self.hosts["sha256"]:
            raise EvidenceError(f"{self.path} was changed after the report wrote it: {_AGAIN}")
        return [self._read(line) for line in content.splitlines()]

    def has_just(self, hosts: t.Iterable[str]) -> bool:
        """Whether the run was meant for these hosts and no others."""
        return _names(set(hosts)) == str(self.hosts["names"])

    def _check_size(self, size: int) -> None:
        if size != self.hosts["bytes"]:
            raise EvidenceError(f"{self.path} was changed after the report wrote it: {_AGAIN}")

    def _read(self, line: bytes, host: str | None = None) -> HostState:
        said = line[_STATE]
        if not secrets.compare_digest(line[_SEAL], _seal(self.hosts["secret"], said).encode()):
            raise EvidenceError(f"a line of {self.path} was changed after the report wrote it: {_AGAIN}")
        try:
            state = HostState(**json.loads(said))
        except (TypeError, ValueError) as error:
            raise EvidenceError(f"a line of {self.path} cannot be read: {error}") from error
        if host is not None and state.host != host:
            raise EvidenceError(f"a line of {self.path} is about {state.host!r} instead of {host!r}")
        return state


_AGAIN = "run port_audit_report again"


def read_verdicts(directory: RunDirectory) -> Verdicts:
    """The facts that the last report of a run wrote. Raises EvidenceError for whatever is not that."""
    path = os.path.join(directory.path, VERDICTS_FILE)
    if not directory.has(VERDICTS_FILE):
        raise EvidenceError(
            f"The gate found no {VERDICTS_FILE} in {directory.path}: run port_audit_report before the gate."
        )
    with open_regular(path) as stream:
        content = stream.read(_MOST + 1)
    _check_sum(directory, content)
    _check_age(directory)
    try:
        return _loaded(directory, json.loads(content))
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{path} cannot be read: {type(error).__name__}: {error}; {_AGAIN}") from error


def _loaded(directory: RunDirectory, document: t.Mapping[str, t.Any]) -> Verdicts:
    if document["verdicts_version"] != VERDICTS_VERSION:
        raise ValueError(f"version {document['verdicts_version']!r}, this version reads {VERDICTS_VERSION}")
    if document["run"] != directory.run_id:
        raise EvidenceError(f"{VERDICTS_FILE} in {directory.path} belongs to run {document['run']!r}: {_AGAIN}")
    hosts = document["hosts"]
    return Verdicts(
        path=os.path.join(directory.path, VERDICT_LINES_FILE),
        counts=Counts(**document["counts"]),
        policy=document["policy"],
        policy_named=document["policy_named"] is True,
        hosts={name: hosts[name] for name in ("secret", "names", "bytes", "sha256")},
    )


def _check_sum(directory: RunDirectory, content: bytes) -> None:
    """Hold it to the manifest. A report that did not come to its end has written none."""
    if not directory.has(SUMS_FILE):
        raise EvidenceError(f"{directory.path} has no {SUMS_FILE}, because its report did not finish: {_AGAIN}")
    with open_regular(os.path.join(directory.path, SUMS_FILE)) as stream:
        size = os.fstat(stream.fileno()).st_size
        line = find_line(stream.fileno(), size, VERDICTS_FILE.encode(), key_of=lambda it: it[66:]) or b""
    if line[:64] != hashlib.sha256(content).hexdigest().encode():
        raise EvidenceError(
            f"{VERDICTS_FILE} in {directory.path} does not match {SUMS_FILE}: it was altered or is not of the last "
            f"report: {_AGAIN}"
        )


def _check_age(directory: RunDirectory) -> None:
    """What was seen after the report is not in it."""
    reported = os.stat(os.path.join(directory.path, SUMS_FILE)).st_mtime_ns
    for folder in ("evidence", "failures"):
        path = os.path.join(directory.path, folder)
        if os.path.isdir(path) and os.stat(path).st_mtime_ns > reported:
            raise EvidenceError(f"{path} has changed since the report of the run: {_AGAIN}")
