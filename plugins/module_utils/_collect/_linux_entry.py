# Private to the collection: anything in this file can change without notice.
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

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _platform
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _budget, _snapshot

NAME = "linux_listening_sockets_info"
_OURS = "_ansible_"  # what Ansible adds to the arguments of a module
_YES = frozenset(("y", "yes", "on", "1", "true", "t", 1))
_NO = frozenset(("n", "no", "off", "0", "false", "f", 0))


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
    try:
        read = _READ[spec["type"]](value)
    except (TypeError, ValueError, OverflowError):
        read = None
    if read is None or read not in spec.get("choices", (read,)):
        choices = "one of: %s" % ", ".join(spec["choices"]) if "choices" in spec else "of type %s" % spec["type"]
        raise BadArgument("value of %s must be %s, got: %s" % (name, choices, value))
    return read


def _bool(value: t.Any) -> t.Optional[bool]:
    """As ansible.module_utils.parsing.convert_bool has it."""
    word = value.lower().strip() if isinstance(value, str) else value
    if word in _YES:
        return True
    return False if word in _NO else None


def _float(value: t.Any) -> t.Optional[float]:
    """As AnsibleModule has it, but for what is not a number of seconds: a look at a host has to end."""
    number = float(value)
    return number if abs(number) < float("inf") else None


_READ: t.Mapping[str, t.Callable[[t.Any], t.Any]] = {"bool": _bool, "float": _float, "str": str}


def _log(options: _snapshot.Options, given: t.Mapping[str, t.Any]) -> None:
    """A log that cannot be written keeps nobody from looking."""
    if given.get("_ansible_no_log"):
        return
    try:
        import syslog

        syslog.openlog("ansible-%s" % NAME, 0, _facility(syslog, given.get("_ansible_syslog_facility")))
        words = ["%s=%s" % item for item in options._asdict().items()]
        site = given.get("_ansible_target_log_info")  # a word of the site's own, from Ansible's configuration
        syslog.syslog(syslog.LOG_INFO, " ".join([*([_line(site)] if site else []), "Invoked with", *words]))
    except (ImportError, OSError, ValueError):
        return


def _facility(syslog: t.Any, name: t.Any) -> int:
    """As AnsibleModule has it, the default where a system does not know the name.

    The default is put together: in the text of a module that takes its arguments as JSON, ansible-core replaces the
    name of that constant by whatever it is told, and what it is told would be run here.
    """
    found = getattr(syslog, name, None) if isinstance(name, str) and name.startswith("LOG_") else None
    return found if isinstance(found, int) else int(getattr(syslog, "LOG" + "_USER"))


def _line(text: t.Any) -> str:
    """What syslog(3) can take: no NUL, no lone surrogate, and one line."""
    return "".join(character if character.isprintable() else "?" for character in str(text))


def _leave(answer: t.Mapping[str, t.Any], *, status: int) -> t.NoReturn:
    """Leave without taking the interpreter apart: for memory that the kernel takes back in one go, Python would free
    every object before the process ends, a tenth of its whole CPU time.
    """
    sys.stdout.write("\n%s\n" % json.dumps(answer))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
