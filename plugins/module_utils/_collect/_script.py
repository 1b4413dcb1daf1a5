# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Linux collector as a script: arguments from Ansible as JSON, the answer as JSON, and the end.

Without AnsibleModule, which costs a host several times what the look itself does. What it would do is done here: the
options are checked, and syslog is told that and how the module ran, unless Ansible says not to.
"""

from __future__ import annotations

import json
import os
import sys
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _budget, _platform, _snapshot

NAME = "linux_listening_sockets_info"
_OURS = "_ansible_"  # what Ansible adds to the arguments of a module


class BadArgument(ValueError):
    """The text says which, and what it may be."""


def main(arguments: str) -> t.NoReturn:
    """Look at this host and print the answer. ``arguments``: a JSON object, the options and what Ansible adds."""
    given = json.loads(arguments)
    try:
        options = read_options({name: value for name, value in given.items() if not name.startswith(_OURS)})
    except BadArgument as error:
        _leave({"failed": True, "msg": str(error)}, status=1)
    _log(options, given)
    os.nice(_budget.NICE)
    result = _platform.collect(options).to_result()
    _leave({**result, "changed": False, "invocation": {"module_args": dict(options._asdict())}}, status=0)


def read_options(given: t.Mapping[str, t.Any]) -> _snapshot.Options:
    """Check the options. The actions of the collection have: this is for who runs the module itself."""
    spec = _snapshot.argument_spec()
    unknown = sorted(set(given) - set(spec))
    if unknown:
        raise BadArgument("Unsupported parameters: %s. Supported: %s." % (", ".join(unknown), ", ".join(sorted(spec))))
    values = {name: _value(name, value, spec[name]) for name, value in given.items() if value is not None}
    return _snapshot.Options(**values)


def _value(name: str, value: t.Any, spec: t.Mapping[str, t.Any]) -> t.Any:
    if spec["type"] == "bool":
        allowed = isinstance(value, bool)
    elif spec["type"] == "float":
        allowed = isinstance(value, (int, float)) and not isinstance(value, bool)
        value = float(value) if allowed else value
    else:
        allowed = value in spec["choices"]
    if not allowed:
        choices = "one of: %s" % ", ".join(spec["choices"]) if "choices" in spec else "of type %s" % spec["type"]
        raise BadArgument("value of %s must be %s, got: %s" % (name, choices, value))
    return value


def _log(options: _snapshot.Options, given: t.Mapping[str, t.Any]) -> None:
    if given.get("_ansible_no_log"):
        return
    import syslog

    facility = getattr(syslog, str(given.get("_ansible_syslog_facility")), syslog.LOG_USER)
    syslog.openlog("ansible-%s" % NAME, 0, facility)
    words = ["%s=%s" % item for item in options._asdict().items()]
    site = given.get("_ansible_target_log_info")  # a word of the site's own, from Ansible's configuration
    syslog.syslog(syslog.LOG_INFO, " ".join([*([str(site)] if site else []), "Invoked with", *words]))


def _leave(answer: t.Mapping[str, t.Any], *, status: int) -> t.NoReturn:
    """Leave without taking the interpreter apart: for memory that the kernel takes back in one go, Python would free
    every object before the process ends, a tenth of its whole CPU time.
    """
    sys.stdout.write("\n%s\n" % json.dumps(answer))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
