# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of all options: of the role's variables, and of those that only a playbook of the collection knows.

Only names are looked at here, never values. A name that nobody knows would leave an option at its default without a
word, and the default of a gate is off.
"""

from __future__ import annotations

import difflib
import re
import typing as t

from ._option_errors import OptionProblem

PREFIX = "port_audit_"
# A user's own variables, which this collection never reads.
_OF_THE_USER = "port_audit_x_"
_INTERNAL = "__port_audit_"
_PREFIXES = re.compile(r"port[_-]?audit[_-]", re.IGNORECASE)  # as people write it

# Once per run: taken by the task that opens the run, and by nobody after it.
OF_THE_RUN = frozenset(
    (
        "as_of",
        "controls",
        "evidence",
        "fail_on",
        "fail_on_drift",
        "formats",
        "hazards",
        "include_outside",
        "max_evidence_age",
        "max_unreachable",
        "output_dir",
        "output_trusted",
        "reference",
        "template_dirs",
        "verify",
    )
)
# Of each host: groups of the inventory may differ in them.
OF_A_HOST = frozenset(
    (
        "collector",
        "cpu_budget",
        "http_sys",
        "namespaces",
        "owners",
        "policies",
        "policy",
        "return_listeners",
        "wall_limit",
    )
)
# Ansible reads these where it reads the hosts of a play: in extra variables and in the variables of an import.
OF_THE_PLAY = frozenset(("hosts", "serial", "strategy"))
# Of the playbooks that contact no host.
OF_STORED_RUNS = frozenset(
    (
        "after",
        "against",
        "annotations",
        "annotations_path",
        "before",
        "dest",
        "force",
        "keep_policies",
        "policy_name",
        "runs",
        "strictness",
        "suggest_as",
        "waiver_expires",
        "waiver_justification",
        "waiver_owner",
        "waiver_ticket",
    )
)
RESULTS = frozenset(("report_files", "report_summary", "result"))
OPTIONS = OF_THE_RUN | OF_A_HOST | OF_THE_PLAY | OF_STORED_RUNS
KNOWN = frozenset(PREFIX + name for name in OPTIONS | RESULTS)

# Names that playbooks of the collection had before 0.2, or that come to mind first.
_FORMER = {
    "expires": "waiver_expires",
    "justification": "waiver_justification",
    "name": "policy_name",
    "owner": "waiver_owner",
    "suggest_as": "suggest_as",
    "ticket": "waiver_ticket",
}
_FORMER_EVIDENCE = "runs"


def is_option(name: str) -> bool:
    """Whether a variable of this name would be an option of the collection, known or not."""
    return name.startswith((PREFIX, _INTERNAL)) and not name.startswith(_OF_THE_USER)


def refuse_unknown(names: t.Iterable[str]) -> None:
    """Raises OptionProblem that names every ``port_audit_*`` which is no option, each with a guess."""
    mine = {name for name in names if name[:4].lower() == "port" and _is_meant(name)}
    unknown = sorted(mine - KNOWN)
    if unknown:
        told = "; ".join(f"{name}{_guess(name)}" for name in unknown)
        raise OptionProblem(
            f"There is no such option: {told}. You can name your own variables {_OF_THE_USER}...; they are ignored."
        )


def _is_meant(name: str) -> bool:
    """``PORT_AUDIT_POLICY``, ``port-audit-policy`` and ``portaudit_policy`` are read by nobody either."""
    return bool(_PREFIXES.match(name)) and not name.startswith(_OF_THE_USER)


def refuse_former(names: t.Iterable[str]) -> None:
    """Raises OptionProblem for extra variables without the prefix where an option was meant."""
    meant = {name: new for name in sorted(names) if (new := _prefixed(name))}
    if meant:
        told = "; ".join(f"{name} is named {new}" for name, new in meant.items())
        raise OptionProblem(f"Options have the same name in every playbook: {told}.")


def _prefixed(name: str) -> str | None:
    if name == "evidence":
        return PREFIX + _FORMER_EVIDENCE
    if name in _FORMER:
        return PREFIX + _FORMER[name]
    return PREFIX + name if name in OPTIONS else None


def _guess(name: str) -> str:
    """The prefix is left out: all names are alike by that."""
    own = [known.removeprefix(PREFIX) for known in sorted(KNOWN)]
    rest = _PREFIXES.sub("", name).lower().replace("-", "_")
    close = difflib.get_close_matches(rest, own, n=1)
    return f" (did you mean {PREFIX}{close[0]}?)" if close else ""
