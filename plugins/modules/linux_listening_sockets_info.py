#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# All that Ansible sends to a Linux host, for a reader to see in one place. tools/bundle.py makes it of the files below
# plugins/module_utils that it names: change those, and run it again.

DOCUMENTATION = r"""
module: linux_listening_sockets_info
short_description: List the listening sockets of a Linux host from its kernel
version_added: 0.1.0
description:
  - M(fleetports.compliance.listening_sockets_info) and M(fleetports.compliance.port_audit) run this module on Linux
    hosts. Use those modules.
  - It is one file that needs only Python. It does not use the shared code that Ansible sends with most modules.
  - It never reads command lines or environments of processes.
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return the same without changing anything.
  diff_mode:
    support: none
    description: Changes nothing, so it has no differences to show.
  platform:
    support: full
    platforms: linux
    description: Target systems.
notes:
  - Needs Python 3.8 or later on the host.
seealso:
  - module: fleetports.compliance.listening_sockets_info
  - module: fleetports.compliance.port_audit
extends_documentation_fragment:
  - fleetports.compliance.collecting
author:
  - fleetports maintainers (@fleetports)
"""

EXAMPLES = r"""
- name: List the listening sockets
  fleetports.compliance.linux_listening_sockets_info:
  become: true
  register: sockets
"""

RETURN = r"""
host:
  description: As M(fleetports.compliance.listening_sockets_info) returns it.
  returned: always
  type: dict
  sample: {hostname: web1, kernel: 6.1.0-37-amd64}
collector:
  description: As M(fleetports.compliance.listening_sockets_info) returns it.
  returned: always
  type: dict
  sample: {name: linux, platform: linux, gaps: []}
listeners:
  description: As M(fleetports.compliance.listening_sockets_info) returns them.
  returned: always
  type: list
  elements: dict
  sample:
    - {protocol: tcp, family: ipv4, address: "0.0.0.0", port: 22}
"""

import sys

# Raw, and safe in it: no JSON has three quotation marks in a row.
ARGUMENTS = r"""<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"""
OLDEST = (3, 8)
PACKAGE = "_fleetports_compliance"

# Text by name. What has none is a package.
FILES = {
    "": "",
    "_collect": "",
    "_collect.common": "",
    "_collect.linux": "",
    "_collect.linux.namespaces": "",
    "_collect.linux.netlink": "",
    "_collect.linux.owners": "",
    "_collect.linux.packet_filter": "",
    "_collect.linux.procfs": "",
    "_collect.linux.systemd": "",
    "_collect._linux_entry": r'''



"""The Linux collector as a script: arguments from Ansible as JSON, the answer as JSON, and the end.

Without AnsibleModule, which costs a host several times what the look itself does. What it would do is done here: the
options are checked, and syslog is told that and how the module ran, unless Ansible says not to.
"""

from __future__ import annotations

import json
import os
import sys
import typing as t

from _fleetports_compliance._collect import _platform
from _fleetports_compliance._collect.common import _budget, _snapshot

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
''',
    "_collect._platform": r'''



"""The collector of Linux. Other systems have a module of their own: see _unix_entry.py."""

from __future__ import annotations

import sys

from _fleetports_compliance._collect.common import _platforms, _snapshot


# sys.platform begins with the key. What is not here is left to lsof.
def collect(options: _snapshot.Options, *, system: str = sys.platform) -> _snapshot.Snapshot:
    """Look at this Linux. On another system, or with a collector other than Linux's, it is a gap."""
    platform = _platforms.platform_of(system)
    if platform != "linux" or options.collector not in ("auto", "linux"):
        return unsupported(options, platform)
    from _fleetports_compliance._collect.linux import _collector

    return _collector.collect(options)


def unsupported(options: _snapshot.Options, platform: str) -> _snapshot.Snapshot:
    """What a collector says where it is not the one to look."""
    from _fleetports_compliance._collect.common import _host_files
    from _fleetports_compliance._collect.linux import _host_facts

    return _snapshot.unsupported(options, _host_facts.facts(_host_files.Roots()), platform=platform)
''',
    "_collect.common._budget": r'''



"""How much CPU and time the collector may use."""

from __future__ import annotations

import time
import typing as t

NICE = 19  # an audit waits for everything else


class Budget:
    """Limits in seconds, counted from the making of the object: CPU of this process, and time on the wall."""

    def __init__(
        self,
        *,
        cpu: float,
        wall: float,
        cpu_clock: t.Callable[[], float] = time.process_time,
        wall_clock: t.Callable[[], float] = time.monotonic,
    ) -> None:
        self.cpu = cpu
        self.wall = wall
        self._cpu_clock = cpu_clock
        self._wall_clock = wall_clock
        self._soonest = min(cpu, wall)
        self._cpu_start = cpu_clock()
        self._wall_start = wall_clock()

    @property
    def cpu_used(self) -> float:
        return self._cpu_clock() - self._cpu_start

    @property
    def wall_used(self) -> float:
        return self._wall_clock() - self._wall_start

    @property
    def wall_left(self) -> float:
        return max(0.0, self.wall - self.wall_used)

    def spent(self) -> t.Optional[str]:
        """The gap's code when a limit is reached, else None.

        This process has one thread, so it never uses more CPU than time passes, and that clock costs no system call.
        """
        if self.wall_used < self._soonest:
            return None
        if self.cpu_used >= self.cpu:
            return "budget"
        if self.wall_used >= self.wall:
            return "wall-limit"
        return None
''',
    "_collect.common._child": r'''



"""Work that may hang, or that changes the process that does it: done in a child, with a deadline.

A file on a dead network mount hangs whoever looks at it, and can then not be killed (state D). The collector goes on
without such a child; init reaps it once it ends.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import struct
import time
import typing as t

CHILDREN = 3  # so many stuck pieces of work are stepped over

_HEADER = struct.Struct("=II")

Answer = t.TypeVar("Answer")
Work = t.Callable[[int], Answer]


def ask(
    count: int, work: Work[Answer], *, deadline: float, total: t.Optional[float] = None
) -> t.List[t.Optional[Answer]]:
    """What ``work`` returns for 0 to ``count`` - 1, in order; None for what hung or was not reached.

    ``deadline``: seconds that one answer may take; ``total``: that all of them may take. ``work`` runs in one child for
    all, and in another one for what is left when it hangs or dies. It returns what marshal can hold: no records.
    """
    end = None if total is None else time.monotonic() + total
    answers: t.List[t.Optional[Answer]] = [None] * count
    waiting = list(range(count))
    for _attempt in range(CHILDREN):
        for index, answer in _in_child(waiting, work, deadline, end) if waiting else ():
            answers[index] = answer
        left = [index for index in waiting if answers[index] is None]
        waiting = left[1:]  # the first of them is what hung
    return answers


def _in_child(
    indexes: t.Sequence[int], work: Work[Answer], deadline: float, end: t.Optional[float]
) -> t.Iterator[t.Tuple[int, Answer]]:
    try:
        reader, writer = os.pipe()
    except OSError:
        return  # no descriptor is left
    try:
        child = os.fork()
    except OSError:
        # No process may be made any more: a limit of the user or of the cgroup, or no memory.
        os.close(reader)
        os.close(writer)
        return
    if child == 0:
        _run(indexes, work, writer)
    os.close(writer)
    try:
        for index, body in _answers(reader, deadline, end):
            yield index, marshal.loads(body)  # noqa: S302 - the child is this program
    finally:
        os.close(reader)
        _end(child)


def _run(indexes: t.Sequence[int], work: Work[t.Any], writer: int) -> t.NoReturn:
    """Answer into the pipe and leave without any of the parent's clean-up."""
    try:
        # A child that hangs for ever must not hold the pipes of the connection open: sshd waits for them.
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.dup2(writer, 3)
        os.closerange(4, max(writer, null, 256) + 1)
        for index in indexes:
            _write(3, index, marshal.dumps(work(index)))
    finally:
        os._exit(0)


def _write(pipe: int, index: int, body: bytes) -> None:
    data = memoryview(_HEADER.pack(index, len(body)) + body)
    while data:
        data = data[os.write(pipe, data) :]


def _answers(reader: int, deadline: float, end: t.Optional[float]) -> t.Iterator[t.Tuple[int, bytes]]:
    buffer = b""
    last = time.monotonic()
    while True:
        left = (last + deadline if end is None else min(last + deadline, end)) - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return
        data = os.read(reader, 65536)
        if not data:
            return
        buffer += data
        last = time.monotonic()
        while len(buffer) >= _HEADER.size:
            index, size = _HEADER.unpack_from(buffer)
            if len(buffer) < _HEADER.size + size:
                break
            yield index, buffer[_HEADER.size : _HEADER.size + size]
            buffer = buffer[_HEADER.size + size :]


def _end(child: int) -> None:
    """Take leave of the child. One that is stuck in the kernel ends when it can, and init reaps it."""
    try:
        os.kill(child, signal.SIGKILL)
        for _attempt in range(50):
            if os.waitpid(child, os.WNOHANG)[0]:
                return
            time.sleep(0.001)
    except (ProcessLookupError, ChildProcessError):
        return
''',
    "_collect.common._host_files": r'''



"""Reading small files of /proc, /sys and /etc below roots that tests can replace."""

from __future__ import annotations

import errno
import os
import typing as t


class Roots(t.NamedTuple):
    """Where the collector looks: the proc file system and the root of everything else."""

    proc: str = "/proc"
    fs: str = "/"

    def path(self, absolute: str) -> str:
        """A path of the host (``/etc/passwd``) below the root in use."""
        return self.fs.rstrip("/") + absolute


def read(path: str, *, limit: int = 1 << 20) -> t.Optional[bytes]:
    """The content of a file, or None when it cannot be read.

    Plain system calls: a file object costs three times as much, and hundreds of these are read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _read_all(descriptor, limit)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, limit: int) -> bytes:
    data = os.read(descriptor, 4096)
    if not data:
        return data
    chunks = [data]
    size = len(data)
    while size < limit:
        # seq_file may return less than asked in the middle: only an empty read is the end.
        data = os.read(descriptor, 65536)
        if not data:
            break
        chunks.append(data)
        size += len(data)
    return b"".join(chunks)


def whole(path: str, *, limit: int) -> bytes:
    """The whole content of a file that may be there and not be readable. Raises OSError, for one that is longer too."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = _read_all(descriptor, limit)
    finally:
        os.close(descriptor)
    if len(data) >= limit:
        raise OSError(errno.EFBIG, "longer than %d bytes" % limit)
    return data


def readlink(path: str) -> t.Optional[str]:
    """Where a symbolic link points, or None when that cannot be read."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def unicode_text(text: t.Union[bytes, str]) -> str:
    """Text of a host as valid Unicode: bytes that are not UTF-8 show as ``\\xff``.

    Paths and names are bytes to the kernel; JSON can hold only text, and a lone surrogate breaks its readers.
    """
    raw = text if isinstance(text, bytes) else _encoded(text)
    return raw.decode("utf-8", "backslashreplace")


def _encoded(text: str) -> bytes:
    """The bytes that the host has: os.readlink() and its like decode as the locale wants, latin-1 in some."""
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")  # it comes from elsewhere, and the locale lacks it
''',
    "_collect.common._platforms": r'''



"""The systems that collectors know, by the words that evidence and options have for them.

A new one is a row here, a folder in ``commands/`` and an import in ``_unix_entry.py``. Of all that, Linux hosts are
sent the row.
"""

from __future__ import annotations

import typing as t


class Platform(t.NamedTuple):
    """``systems``: how ``sys.platform`` begins there. ``commands``: its collector runs commands.

    ``collector``: what the option calls its collector.
    """

    name: str
    systems: t.Tuple[str, ...]
    collector: str
    commands: bool = False


OTHER = "other"  # any system that has lsof


PLATFORMS = (
    Platform("linux", ("linux",), "linux"),
    Platform("darwin", ("darwin",), "darwin", commands=True),
    Platform("freebsd", ("freebsd",), "freebsd", commands=True),
    Platform(OTHER, (), "lsof", commands=True),
    Platform("windows", ("win", "cygwin"), "windows"),
)
BY_COMMANDS = tuple(one.collector for one in PLATFORMS if one.commands)
COLLECTORS = ("auto", *(one.collector for one in PLATFORMS))


def platform_of(system: str) -> str:
    """The platform's word in evidence, of ``sys.platform``."""
    return next((one.name for one in PLATFORMS if system.startswith(one.systems)), OTHER)
''',
    "_collect.common._records": r'''



"""Records (named tuples) in records, as the plain tuples that a child can send, and back."""

from __future__ import annotations

import typing as t


class Records:
    """The classes of records that are sent. Records are looked for in fields of others, and in tuples."""

    def __init__(self, *classes: t.Type[t.Tuple[t.Any, ...]]) -> None:
        self._classes = classes
        self._numbers = {each: number for number, each in enumerate(classes)}

    def plain(self, value: t.Any) -> t.Any:
        """A record becomes a tuple that begins with ``...`` and the number of its class."""
        number = self._numbers.get(type(value))
        if number is not None:
            return (..., number, *[self.plain(each) if isinstance(each, tuple) else each for each in value])
        nested = isinstance(value, tuple) and value and isinstance(value[0], tuple)
        return tuple(map(self.plain, value)) if nested else value

    def built(self, value: t.Any) -> t.Any:
        """The value that was made plain."""
        if not (isinstance(value, tuple) and value):
            return value
        if value[0] is ...:
            fields = [self.built(each) if isinstance(each, tuple) else each for each in value[2:]]
            return self._classes[value[1]](*fields)
        return tuple(map(self.built, value)) if isinstance(value[0], tuple) else value
''',
    "_collect.common._snapshot": r'''



"""What a collector returns, whatever the platform. Annotations are no text for the reason that _socket.py gives."""

import os
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _platforms

COLLECTION_VERSION = "0.1.0"  # of the collection; a test holds it to galaxy.yml
OWNERS = ("all", "first", "none")


class Options(t.NamedTuple):
    """``owners``: all | first | none. Limits in seconds. ``http_sys`` is for Windows alone."""

    owners: str = "all"
    cpu_budget: float = 5.0
    wall_limit: float = 20.0
    namespaces: str = "host"
    collector: str = "auto"
    http_sys: bool = False


def argument_spec() -> t.Dict[str, t.Any]:
    """The options as a module takes them."""
    defaults = Options()
    return {
        "owners": {"type": "str", "choices": list(OWNERS), "default": defaults.owners},
        "cpu_budget": {"type": "float", "default": defaults.cpu_budget},
        "wall_limit": {"type": "float", "default": defaults.wall_limit},
        "namespaces": {"type": "str", "choices": ["host", "all"], "default": defaults.namespaces},
        "collector": {"type": "str", "choices": list(_platforms.COLLECTORS), "default": defaults.collector},
        "http_sys": {"type": "bool", "default": defaults.http_sys},
    }


class Privilege(t.NamedTuple):
    """``all_processes``: whether the descriptors of every process could be read; None: they were not looked at."""

    euid: t.Optional[int]
    capabilities: t.Sequence[str] = ()
    all_processes: t.Optional[bool] = None


class Snapshot(t.NamedTuple):
    """One look at a host. ``host`` has the keys of the evidence's ``host`` less ``name`` and ``groups``."""

    name: str
    host: t.Mapping[str, t.Any]
    options: Options
    listeners: t.Sequence[_socket.Listener] = ()
    gaps: t.Sequence[_socket.Gap] = ()
    alternate_paths: t.Sequence[_socket.AlternatePath] = ()
    sources: t.Sequence[str] = ()
    privilege: Privilege = Privilege(None)
    owners_complete: bool = False
    cpu_used: float = 0.0
    wall_used: float = 0.0
    namespace: t.Optional[int] = None
    looked_at: t.Sequence[int] = ()
    left_out: t.Optional[int] = None
    platform: str = "other"

    def to_result(self) -> t.Dict[str, t.Any]:
        """The keys ``host``, ``collector`` and ``listeners`` as evidence holds them, in plain JSON types."""
        return {
            "host": dict(self.host),
            "collector": self._collector(),
            "listeners": [_socket.to_dict(listener) for listener in self.listeners],
        }

    def _collector(self) -> t.Dict[str, t.Any]:
        return {
            "name": self.name,
            "version": COLLECTION_VERSION,
            "platform": self.platform,
            "sources": sorted(self.sources),
            "options": dict(self.options._asdict()),
            "privilege": {
                "euid": self.privilege.euid,
                "capabilities": list(self.privilege.capabilities),
                "all_processes": self.privilege.all_processes,
            },
            "owners_complete": self.owners_complete,
            "alternate_paths": [_socket.to_dict(path) for path in self.alternate_paths],
            "gaps": [_socket.to_dict(gap) for gap in sorted(set(self.gaps), key=_gap_order)],
            "budget": {
                "cpu_limit": self.options.cpu_budget,
                "cpu_used": round(self.cpu_used, 3),
                "wall_limit": self.options.wall_limit,
                "wall_used": round(self.wall_used, 3),
            },
            "namespaces": {
                "scope": self.options.namespaces,
                "host": self.namespace,
                "looked_at": sorted(self.looked_at),
                "left_out": self.left_out,
            },
        }


def _gap_order(gap: _socket.Gap) -> t.Tuple[str, ...]:
    return (gap.affects, gap.code, gap.protocol or "", gap.family or "", gap.detail)


def unsupported(options: Options, host: t.Mapping[str, t.Any], *, platform: str) -> Snapshot:
    """The answer where a collector cannot run: no listeners, and a gap that says that any may be missing."""
    which = "" if options.collector == "auto" else " " + options.collector
    detail = "this module has no collector%s for the platform %s" % (which, platform)
    return Snapshot(
        name="none",
        platform=platform,
        host=host,
        options=options,
        gaps=[_socket.Gap("unsupported", "listeners", detail)],
        privilege=Privilege(os.geteuid() if hasattr(os, "geteuid") else None),
    )
''',
    "_collect.common._tool": r'''



"""Commands of the host, for systems whose sockets only a command can list: found by absolute path, run without a
shell, in the C locale, with a deadline. What they cannot answer is a :class:`ToolError`, and becomes a gap.
"""

from __future__ import annotations

import os
import selectors
import signal
import stat
import subprocess
import time
import typing as t

from _fleetports_compliance._collect.common import _host_files

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.common._budget import Budget

# The system's own first. PATH is not asked: as root it must not decide what is run.
FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
ENVIRONMENT = {"LC_ALL": "C", "LANG": "C", "TZ": "UTC0", "PATH": ":".join(FOLDERS)}
DEADLINE = 10.0  # seconds for one command, within what the wall limit leaves
LARGEST = 1 << 26  # bytes that one command may print: iptables-save needs 6 MiB for 5,000 services of a cluster

_UTF16_BOM = (b"\xff\xfe", b"\xfe\xff")
_UTF8_BOM = b"\xef\xbb\xbf"

DIGITS = 18  # of 64 bits; int() of thousands raises


class ToolError(Exception):
    """A command gave no answer. ``code`` is the gap's: tool-missing, tool-deadline or tool-failed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class ToolAnswer(t.NamedTuple):
    """``status`` is the exit status; below 0 it is the signal that ended the command."""

    stdout: str
    stderr: str = ""
    status: int = 0


Run = t.Callable[..., ToolAnswer]  # run(name, *arguments)


class Tools:
    """Runs commands within the time that is left. Stands for the machine: tests put recorded answers in its place."""

    def __init__(self, budget: Budget, *, folders: t.Sequence[str] = FOLDERS) -> None:
        self._budget = budget
        self._folders = folders

    def __call__(self, name: str, *arguments: str) -> ToolAnswer:
        """Run ``name``. Raises ToolError when it is not there, cannot be started or does not end in time."""
        path = find(name, self._folders)
        if path is None:
            raise ToolError("tool-missing", "%s: the host has no such command" % name)
        limit = min(DEADLINE, self._budget.wall_left)
        if limit <= 0:
            raise ToolError("tool-deadline", "%s: the time limit left no time to run it" % name)
        return _run([path, *arguments], limit)


def find(name: str, folders: t.Sequence[str] = FOLDERS) -> t.Optional[str]:
    """The path of a command. Root runs only what nobody else can write."""
    for folder in folders:
        path = folder + "/" + name
        if os.access(path, os.X_OK) and (os.geteuid() != 0 or (_only_roots(folder) and _only_roots(path))):
            return path
    return None


def _only_roots(path: str) -> bool:
    """Homebrew's /usr/local belongs to a user, who would choose what root runs."""
    try:
        status = os.stat(path)
    except OSError:
        return False  # it was there a moment ago
    return status.st_uid == 0 and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _run(command: t.Sequence[str], limit: float) -> ToolAnswer:
    try:
        # AnsibleModule.run_command() has no deadline.
        process = subprocess.Popen(  # noqa: S603 # pylint: disable=ansible-bad-function
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError("tool-failed", "%s cannot be started: %s" % (command[0], error)) from error
    try:
        stdout, stderr = _output(process, limit)
    except subprocess.TimeoutExpired:
        _end(process)
        raise ToolError("tool-deadline", "%s did not end within %.0f s" % (command[0], max(limit, 1))) from None
    except _TooMuch:
        _end(process)
        raise ToolError("tool-failed", "%s printed more than %d MiB" % (command[0], LARGEST >> 20)) from None
    return ToolAnswer(text(stdout), text(stderr), process.returncode)


class _TooMuch(Exception):
    """A command printed more than there is room for."""


def _output(process: subprocess.Popen[bytes], limit: float) -> t.Tuple[bytes, bytes]:
    """What a command prints until it ends. Raises _TooMuch, and TimeoutExpired as communicate() does.

    communicate() keeps whatever comes: a ruleset of any size would take the memory of the host.
    """
    end = time.monotonic() + limit
    chunks: t.Dict[t.Any, t.List[bytes]] = {process.stdout: [], process.stderr: []}
    size = 0
    with selectors.DefaultSelector() as waiting:
        for pipe in chunks:
            waiting.register(pipe, selectors.EVENT_READ)
        while waiting.get_map():
            ready = waiting.select(max(0.0, end - time.monotonic()))
            if not ready:
                raise subprocess.TimeoutExpired(process.args, limit)
            for key, _events in ready:
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    waiting.unregister(key.fileobj)
                    t.cast("t.IO[bytes]", key.fileobj).close()
                chunks[key.fileobj].append(chunk)
                size += len(chunk)
                if size > LARGEST:
                    raise _TooMuch
    process.wait(timeout=max(0.0, end - time.monotonic()))
    return b"".join(chunks[process.stdout]), b"".join(chunks[process.stderr])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the command and its children. One that hangs inside the kernel is left behind: nothing may wait for it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=1)
    except (OSError, subprocess.TimeoutExpired):
        pass
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def text(raw: bytes) -> str:
    """What a command wrote, as text with plain line ends: UTF-16 and byte order marks are undone."""
    if raw[:2] in _UTF16_BOM:
        decoded = raw.decode("utf-16", "backslashreplace")
    elif raw[1:32:2] and not any(raw[1:32:2]) and any(raw[0:32:2]):
        decoded = raw.decode("utf-16-le", "backslashreplace")
    else:
        decoded = _host_files.unicode_text(raw[len(_UTF8_BOM) :] if raw.startswith(_UTF8_BOM) else raw)
    return decoded.replace("\r\n", "\n")


def number(word: str) -> t.Optional[int]:
    """A number of a process or the like that a command printed; None for anything else, and for what none can have."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= DIGITS else None


def complaints(answer: ToolAnswer) -> t.List[str]:
    """What a command complained of, a line each."""
    return [line.strip() for line in answer.stderr.splitlines() if line.strip()]


def worded(name: str, answer: ToolAnswer) -> str:
    """Why a command that ran is not believed, in words: the first thing it complained of."""
    complaint = next(iter(complaints(answer)), "it printed no error")
    return "%s ended with status %d: %s" % (name, answer.status, complaint[:200])
''',
    "_collect.linux._attribution": r'''



"""Owners of listeners described: processes, what systemd would start, and what the kernel holds."""

from __future__ import annotations

import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux import _listeners
from _fleetports_compliance._collect.linux.netlink import _wire
from _fleetports_compliance._collect.linux.owners import _exe
from _fleetports_compliance._collect.linux.procfs import _process

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.common._budget import Budget
    from _fleetports_compliance._collect.linux.owners import _holders
    from _fleetports_compliance._collect.linux.systemd import _socket_units

NAMED = 3
SYSTEMD_RUNS = "/run/systemd/system"  # sd_booted(3)


class NamespaceSockets(t.NamedTuple):
    """Sockets of one namespace. ``kernel``: its ports that the kernel holds; None: not asked for yet."""

    groups: t.Sequence[_listeners.SocketGroup]
    kernel: t.Optional[t.Mapping[t.Tuple[str, int], str]] = None


class OwnersFound(t.NamedTuple):
    """``known``: what each of the namespaces has for its listeners."""

    known: t.List[_listeners.Ownership]
    gaps: t.List[_socket.Gap]


class Attribution:
    """The search for owners of sockets, once it is known which processes hold them."""

    def __init__(
        self, roots: _host_files.Roots, budget: Budget, connect: _wire.Connect, *, host: _listeners.HostContext
    ) -> None:
        self._roots = roots
        self._budget = budget
        self._connect = connect
        self._host = host
        self._gaps: t.List[_socket.Gap] = []
        self._units: t.Optional[_socket_units.SocketUnits] = None

    def find(
        self,
        namespaces: t.Sequence[NamespaceSockets],
        holders: _holders.Holders,
        *,
        also: t.AbstractSet[int] = frozenset(),
    ) -> OwnersFound:
        """Owners, activations and the kernel's ports, for each of the namespaces.

        A process may hold sockets of several namespaces, and all executables are compared in one go. ``also`` are
        processes to describe that hold no listener.
        """
        held = [{item.key: _listeners.pids(item, holders) for item in one.groups} for one in namespaces]
        holding: t.Set[int] = set().union(*(pids for each in held for pids in each.values()))
        systemd = self._systemd(holding)
        activations = [self._activations(one.groups, pids, systemd=systemd) for one, pids in zip(namespaces, held)]
        waiting = [_waiting(each, pids, systemd=systemd) for each, pids in zip(activations, held)]
        owners, stand_ins = self._described(self._processes(holding | also, holders.met), waiting)
        kernel = [self._kernel(pids) if one.kernel is None else one.kernel for one, pids in zip(namespaces, held)]
        each = zip(activations, stand_ins, kernel)
        return OwnersFound([_listeners.Ownership(holders, owners, systemd, *its) for its in each], self._gaps)

    def _activations(
        self,
        groups: t.Sequence[_listeners.SocketGroup],
        held: t.Mapping[_listeners.Key, t.AbstractSet[int]],
        *,
        systemd: bool,
    ) -> t.Dict[_listeners.Key, _socket_units.Activation]:
        """What systemd activates for sockets, by their key."""
        found = {item.key: self._activation(item, held[item.key] if systemd else frozenset()) for item in groups}
        return {key: activation for key, activation in found.items() if activation is not None}

    def _systemd(self, holding: t.AbstractSet[int]) -> bool:
        if 1 not in holding:
            return False
        comm = _host_files.read(self._roots.proc + "/1/comm")
        return comm == b"systemd\n" and _lexists(self._roots.path(SYSTEMD_RUNS))

    def _activation(
        self, item: _listeners.SocketGroup, holding: t.AbstractSet[int]
    ) -> t.Optional[_socket_units.Activation]:
        """``holding``: who holds the socket. Where systemd does, a unit has its address, or a service left it there.

        A service that runs may keep its descriptors with systemd (``FileDescriptorStoreMax=``): it is the owner then.
        """
        for place in _listeners.socket_places(item, self._host.places):
            if place.unit is not None and place.unit.endswith(_listeners.SOCKET_SUFFIX):
                return self._unit_lookup().by_name(place.unit)
        if 1 not in holding:
            return None
        from _fleetports_compliance._collect.linux.systemd import _socket_units

        protocol, family, port, address, _interface = item.key
        found = self._unit_lookup().by_bind(_socket_units.Bind(protocol, family, address, port))
        if found is None and len(holding) == 1:
            detail = "systemd holds %d/%s, and no .socket unit listens there, or several do" % (port, protocol)
            self._gaps.append(_socket.Gap("socket-unit-unknown", "owners", detail, protocol, family))
        return found

    def _unit_lookup(self) -> _socket_units.SocketUnits:
        from _fleetports_compliance._collect.linux.systemd import _socket_units

        if self._units is None:
            self._units = _socket_units.SocketUnits(self._roots)
        return self._units

    @staticmethod
    def _processes(
        pids: t.Iterable[int], met: t.Mapping[int, _process.ProcfsProcess]
    ) -> t.List[_process.ProcfsProcess]:
        """As they were when they were seen to hold it: some may have ended since."""
        return [met[pid] for pid in sorted(pids) if pid in met]

    def _described(
        self,
        processes: t.Sequence[_process.ProcfsProcess],
        waiting: t.Sequence[t.Mapping[_listeners.Key, _socket_units.Activation]],
    ) -> t.Tuple[t.Mapping[int, _socket.Owner], t.Sequence[t.Mapping[_listeners.Key, _socket.Owner]]]:
        """Make owners of processes, and of the services that will run; their executables are compared in one go."""
        questions = [_exe.of_process(process) for process in processes if process.link]
        questions += [_exe.Question(None, one.exe) for each in waiting for one in each.values() if one.exe]
        answers = self._of_twins(processes, self._ask(questions))
        owners = {process.pid: self._owner(process, answers) for process in processes}
        return owners, [{key: self._stand_in(one, answers) for key, one in each.items()} for each in waiting]

    def _ask(self, questions: t.Sequence[_exe.Question]) -> t.Dict[_exe.Question, _exe.ExeAnswer]:
        if not questions:
            return {}
        deadline = max(0.1, min(_exe.DEADLINE, self._budget.wall_left))
        answers, hung = _exe.ask(questions, self._roots, deadline=deadline)
        if hung:
            detail = "some executables could not be compared with the host's files: their file system does not answer"
            self._gaps.append(_socket.Gap("exe-unanswered", "owners", detail))
        else:
            self._unread([one for one, answer in zip(questions, answers) if answer.on_host is None])
        return dict(zip(questions, answers))

    def _unread(self, questions: t.Sequence[_exe.Question]) -> None:
        """Executables on file systems that refuse even root: FUSE does, unless it was mounted with ``allow_root``."""
        there = [one for one in questions if one.pid and _lexists("%s/%d/exe" % (self._roots.proc, one.pid))]
        if there:
            named = ", ".join("pid %s %s" % (one.pid, one.name or "") for one in there[:NAMED])
            more = " and %d more" % (len(there) - NAMED) if len(there) > NAMED else ""
            detail = "the executables of %s%s could not be compared with the host's files: their file system refuses it"
            self._gaps.append(_socket.Gap("exe-unread", "owners", detail % (named.strip(), more)))

    @staticmethod
    def _of_twins(
        processes: t.Iterable[_process.ProcfsProcess], answers: t.Dict[_exe.Question, _exe.ExeAnswer]
    ) -> t.Dict[_exe.Question, _exe.ExeAnswer]:
        """With the answer of a process that runs, for one of the same file that has ended: a server's child.

        The same path in the same mount namespace is the same file, unless it was deleted. Each has its own alias.
        """
        asked = [(one, _exe.of_process(one)) for one in processes if one.link and one.mounts]
        told: t.Dict[t.Tuple[t.Any, ...], t.Set[_exe.ExeAnswer]] = {}
        for one, key in asked:
            if answers[key].on_host is not None:
                told.setdefault((one.link, one.mounts), set()).add(answers[key]._replace(alias=None))
        for one, key in asked:
            twins = told.get((one.link, one.mounts), set())
            if answers[key].on_host is None and not answers[key].deleted and len(twins) == 1:
                (twin,) = twins
                answers[key] = twin._replace(alias=answers[key].alias)
        return answers

    def _owner(
        self,
        process: _process.ProcfsProcess,
        answers: t.Mapping[_exe.Question, _exe.ExeAnswer],
    ) -> _socket.Owner:
        answer = _exe.ExeAnswer(None, None, None)
        if process.link is not None:
            answer = answers[_exe.of_process(process)]
        uid = self._host.users.known(process.uid)
        place = process.place
        return _socket.Owner(
            pid=process.pid,
            name=process.name,
            exe=None if answer.exe is None else _host_files.unicode_text(answer.exe),
            exe_deleted=answer.deleted,
            exe_on_host=answer.on_host,
            uid=uid,
            user=self._host.users.name(uid),
            unit=place.unit,
            container=place.container,
            engine=place.engine,
            cgroup=place.told,
            started=process.started,
            exe_alias=None if answer.alias is None else _host_files.unicode_text(answer.alias),
        )

    def _stand_in(
        self,
        activation: _socket_units.Activation,
        answers: t.Mapping[_exe.Question, _exe.ExeAnswer],
    ) -> _socket.Owner:
        """What the owner will be once the service runs, as far as that is certain.

        The kernel names it after the file that is executed.
        """
        answer = _exe.NOT_TOLD if activation.exe is None else answers[_exe.Question(None, activation.exe)]
        if activation.exe is None or answer.exe is None:
            return _socket.Owner(unit=activation.service, cgroup=_socket.PLANNED)
        uid = self._host.users.uid(activation.user)
        return _socket.Owner(
            name=activation.exe.rsplit("/", 1)[-1][: _process.COMM_LENGTH],
            exe=_host_files.unicode_text(answer.exe),
            exe_deleted=answer.deleted,
            exe_on_host=answer.on_host,
            uid=uid,
            user=self._host.users.name(uid),
            unit=activation.service,
            cgroup=_socket.PLANNED,
            exe_alias=None if answer.alias is None else _host_files.unicode_text(answer.alias),
        )

    def _kernel(self, held: t.Mapping[_listeners.Key, t.Set[int]]) -> t.Mapping[t.Tuple[str, int], str]:
        """Asked for only when a socket has no holder."""
        if all(held.values()):
            return {}
        from _fleetports_compliance._collect.linux import _kernel_services
        from _fleetports_compliance._collect.linux.netlink import _kernel_owned

        services = _kernel_services.look(self._roots)
        ports = {
            **services.ports,
            **{("udp", port): kind for port, kind in _kernel_owned.tunnels(self._connect).items()},
        }
        if any(not pids and (key[0], key[2]) not in ports for key, pids in held.items()):
            self._gaps.extend(services.gaps)
        return ports


def _waiting(
    activations: t.Mapping[_listeners.Key, _socket_units.Activation],
    held: t.Mapping[_listeners.Key, t.AbstractSet[int]],
    *,
    systemd: bool,
) -> t.Dict[_listeners.Key, _socket_units.Activation]:
    """Those of services that have not started."""
    return {key: one for key, one in activations.items() if _listeners.activator_only(held[key], systemd=systemd)}


def _lexists(path: str) -> bool:
    import os

    return os.path.lexists(path)
''',
    "_collect.linux._collector": r'''



"""The Linux collector: one look at what listens on this host."""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.common._budget import Budget
from _fleetports_compliance._collect.common._snapshot import (
    Options,
    Privilege,
    Snapshot,
)
from _fleetports_compliance._collect.linux import (
    _host_facts,
    _listeners,
    _local_delivery,
    _portless_entries,
    _sources,
)
from _fleetports_compliance._collect.linux._namespace_view import NamespaceView
from _fleetports_compliance._collect.linux.namespaces import _find
from _fleetports_compliance._collect.linux.netlink import _wire
from _fleetports_compliance._collect.linux.packet_filter import _published
from _fleetports_compliance._collect.linux.procfs import _users
from _fleetports_compliance._collect.linux.systemd import _cgroup

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.linux.namespaces import _all
    from _fleetports_compliance._collect.linux.owners import _holders
    from _fleetports_compliance._collect.linux.packet_filter import _nat

_STOPPED = {
    "budget": "the CPU budget was used up before every descriptor was read",
    "wall-limit": "the time limit was reached before every descriptor was read",
}


HOST = _host_files.Roots()


class Found(t.NamedTuple):
    """One network namespace: what was seen in it, its sockets in groups, and what makes listeners of them."""

    view: NamespaceView
    groups: t.List[_listeners.SocketGroup]
    context: _listeners.ListenerContext


def collect(options: Options, *, roots: _host_files.Roots = HOST, connect: _wire.Connect = _wire.connect) -> Snapshot:
    """Look at this host. What cannot be seen becomes a gap; nothing is raised for it."""
    return Collector(options, roots=roots, connect=connect).run()


class Collector:
    """One run. ``roots`` and ``connect`` stand for the machine."""

    def __init__(self, options: Options, *, roots: _host_files.Roots, connect: _wire.Connect) -> None:
        self.options = options
        self.roots = roots
        self.connect = connect
        self.budget = Budget(cpu=options.cpu_budget, wall=options.wall_limit)
        self.gaps: t.List[_socket.Gap] = []
        self.tree: t.Optional[_cgroup.Tree] = None
        self.cgroup_paths: t.Dict[int, str] = {}
        self.others: t.Optional[_all.OtherNamespaces] = None

    def run(self) -> Snapshot:
        namespace = _find.own(self.roots.proc)
        host = _host_facts.facts(self.roots)
        views = [self._own_view(namespace), *self._other_views(namespace)]
        sockets = [raw for view in views for raw in view.dump.sockets]
        shared = self._shared(sockets)
        inodes = {raw.inode for raw in sockets} | {path.inode for view in views for path in view.paths}
        holders = self._find_holders(inodes, {raw.uid for raw in sockets})
        found = self._found(views, shared, holders)
        listeners = self._built(found)
        self._add_facts(host, views)
        return Snapshot(
            name="linux",
            platform="linux",
            host=host,
            options=self.options,
            listeners=sorted(listeners, key=lambda listener: listener.identity),
            gaps=self.gaps,
            alternate_paths=[path for one in found for path in _described(one)],
            sources=sorted({source for view in views for source in view.dump.sources}),
            privilege=self._privilege(holders),
            owners_complete=holders is not None and holders.complete and not holders.waiting,
            cpu_used=self.budget.cpu_used,
            wall_used=self.budget.wall_used,
            namespace=namespace,
            looked_at=tuple(view.number for view in views[1:] if view.number),
            left_out=self._left_out(namespace),
        )

    def _own_view(self, namespace: t.Optional[int]) -> NamespaceView:
        """The host's own namespace."""
        dump = _sources.dump_all(self.roots.proc, connect=self.connect)
        entries = _portless_entries.look(
            self.roots.proc, _sources.kernel_protocols(self.roots.proc), connect=self.connect
        )
        rules = _published.look(self.roots.proc, connect=self.connect)
        gaps = (*entries.gaps, *rules.gaps)
        self.gaps.extend((*dump.gaps, *gaps))
        return NamespaceView(
            namespace,
            dump,
            (*entries.paths, *rules.paths),
            rules.published,
            devices=None,
            ephemeral=_host_facts.ephemeral(self.roots.proc),
            kernel=None,
            gaps=gaps,
        )

    def _other_views(self, namespace: t.Optional[int]) -> t.List[NamespaceView]:
        """Other network namespaces, when they are asked for."""
        if self.options.namespaces != "all":
            return []
        from _fleetports_compliance._collect.linux.namespaces import _all

        self.others = _all.OtherNamespaces(self.roots, namespace, self.budget)
        self.gaps.extend(self.others.gaps)
        return self.others.insides

    def _left_out(self, namespace: t.Optional[int]) -> t.Optional[int]:
        return _find.others(self.roots, namespace) if self.others is None else self.others.left_out

    def _shared(self, sockets: t.Sequence[t.Any]) -> _listeners.HostContext:
        return _listeners.HostContext(
            places=self._places(sockets),
            users=_users.Users.load(self.roots),
            whole_host=_find.whole_host(self.roots.proc),
        )

    def _found(
        self,
        views: t.Sequence[NamespaceView],
        shared: _listeners.HostContext,
        holders: t.Optional[_holders.Holders],
    ) -> t.List[Found]:
        """Everything that was found out, for each namespace."""
        after = {} if holders is None else self._at_the_end(views)
        groups = [_listeners.group(view.dump.sockets, after.get(view.number)) for view in views]
        known = self._ownership(views, groups, shared, holders)
        return [
            Found(view, items, self._context(view, items, shared, owned))
            for view, items, owned in zip(views, groups, known)
        ]

    def _context(
        self,
        view: NamespaceView,
        groups: t.Sequence[_listeners.SocketGroup],
        shared: _listeners.HostContext,
        owned: t.Optional[_listeners.Ownership],
    ) -> _listeners.ListenerContext:
        return _listeners.ListenerContext(
            host=shared,
            namespace=view.number,
            mptcp=view.dump.mptcp,
            devices=_devices(groups) if view.devices is None else view.devices,
            ephemeral=view.ephemeral,
            ownership=owned,
        )

    def _at_the_end(self, views: t.Sequence[NamespaceView]) -> t.Dict[t.Optional[int], t.Optional[t.Tuple[t.Any, ...]]]:
        """The sockets of each namespace after the search for owners.

        None where they were not asked for, or not the same could be seen.
        """
        after = {views[0].number: self._again(views[0].dump)}
        if self.others is not None:
            after.update(self.others.again())
        return after

    def _built(self, found: t.Sequence[Found]) -> t.List[_socket.Listener]:
        listeners: t.List[_socket.Listener] = []
        for view, groups, context in found:
            built = [_listeners.build(item, context) for item in groups]
            self._unit_gap(groups, built, context)
            listeners += built
            listeners += [_without_socket(one, context.namespace) for one in view.published]
        return listeners

    def _places(self, sockets: t.Iterable[t.Any]) -> t.Dict[int, _cgroup.CgroupPlace]:
        ids = {raw.cgroup_id for raw in sockets if raw.cgroup_id not in (None, 0, _cgroup.ROOT_ID)}
        if not ids:
            return {}
        self.tree = _cgroup.Tree(self.roots)
        self.cgroup_paths = self.tree.paths(ids)
        reader = _cgroup.reader(self.roots.proc, fs=self.roots.fs)
        return {number: _cgroup.place(path, reader) for number, path in self.cgroup_paths.items()}

    def _find_holders(self, inodes: t.AbstractSet[int], creators: t.AbstractSet[int]) -> t.Optional[_holders.Holders]:
        if self.options.owners == "none":
            return None
        from _fleetports_compliance._collect.linux.owners import (
            _fd_walk,
            _search,
        )

        walk = _fd_walk.Walk(
            inodes,
            roots=self.roots,
            budget=self.budget,
            first=self.options.owners == "first",
            preferred=self._likely(),
            creators=creators,
        )
        holders = _search.search(walk)
        self._owner_gaps(holders)
        return holders

    def _likely(self) -> t.List[int]:
        """Processes in the cgroups that the sockets were made in."""
        if self.tree is None:
            return []
        return [pid for path in self.cgroup_paths.values() for pid in self.tree.processes(path)]

    def _owner_gaps(self, holders: _holders.Holders) -> None:
        if holders.stopped in _STOPPED:
            self.gaps.append(_socket.Gap(holders.stopped or "", "owners", _STOPPED[holders.stopped or ""]))
        if holders.waiting:
            self.gaps.append(_socket.Gap("hidden-accept", "owners", _hidden(holders.waiting, self.roots.proc)))
        if holders.unsettled:
            self.gaps.append(_socket.Gap("unsettled", "owners", _unsettled(holders, self.roots.proc)))
        if not holders.refused:
            return
        from _fleetports_compliance._collect.linux.owners import _unreadable

        self.gaps.append(_unreadable.gap(self.roots.proc, holders))

    def _again(self, dump: _sources.Dump) -> t.Optional[t.Tuple[t.Any, ...]]:
        """The sockets at the end of the walk; None when not the same could be seen, which is no change of theirs."""
        after = _sources.dump_all(self.roots.proc, connect=self.connect)
        if after.gaps != dump.gaps:
            self.gaps.extend(after.gaps)
            return None
        return after.sockets

    def _ownership(
        self,
        views: t.Sequence[NamespaceView],
        groups: t.Sequence[t.Sequence[_listeners.SocketGroup]],
        shared: _listeners.HostContext,
        holders: t.Optional[_holders.Holders],
    ) -> t.Sequence[t.Optional[_listeners.Ownership]]:
        if holders is None:
            return [None] * len(views)
        from _fleetports_compliance._collect.linux import _attribution

        sockets = [_attribution.NamespaceSockets(items, view.kernel) for view, items in zip(views, groups)]
        attribution = _attribution.Attribution(self.roots, self.budget, self.connect, host=shared)
        found = attribution.find(sockets, holders, also=_holding(views, holders))
        self.gaps.extend(found.gaps)
        return found.known

    def _add_facts(self, host: t.Dict[str, t.Any], views: t.Sequence[NamespaceView]) -> None:
        own, *others = views
        addresses, gaps = _host_facts.addresses(own.number, connect=self.connect)
        self.gaps.extend(gaps)
        delivery, gaps = _local_delivery.delivery(own.number, addresses, proc=self.roots.proc, connect=self.connect)
        self.gaps.extend(gaps)
        # Of other namespaces too, where it is known of the host's own; a gap has said why it is not.
        more = [address for view in others for address in view.addresses or ()]
        host["addresses"] = None if addresses is None else addresses + more
        host["local_delivery"] = [delivery, *(view.delivery for view in others if view.delivery is not None)]
        self._ephemeral_ports(host, own.ephemeral)

    def _ephemeral_ports(self, host: t.Dict[str, t.Any], ephemeral: t.Optional[_host_facts.Ephemeral]) -> None:
        if ephemeral is None:
            detail = "net.ipv4.ip_local_port_range could not be read"
            self.gaps.append(_socket.Gap("ephemeral-unknown", "host", detail))
        else:
            host["ephemeral_ports"] = {
                "first": ephemeral.first,
                "last": ephemeral.last,
                "reserved": list(ephemeral.reserved),
            }

    def _unit_gap(
        self,
        groups: t.Sequence[_listeners.SocketGroup],
        listeners: t.Sequence[_socket.Listener],
        context: _listeners.ListenerContext,
    ) -> None:
        """A unit is unknown, and not just absent, when neither the socket nor an owner could tell of a cgroup."""
        silent = []
        for item, listener in zip(groups, listeners):
            told = any(
                context.host.places.get(raw.cgroup_id or 0, _listeners.MANAGER) != _listeners.MANAGER
                for raw in item.sockets
            )
            if not told and not listener.owners and listener.unit is None and listener.owner_status != "kernel":
                silent.append("%d/%s" % (listener.port, listener.protocol))
        if not silent:
            return
        detail = "neither the socket nor an owner shows the unit of %s" % _some(silent)
        if context.ownership is not None and context.ownership.holders.refused and os.geteuid() != 0:
            detail = "%s: %s" % (detail, _socket.BECOME)
        self.gaps.append(_socket.Gap("unit-unknown", "units", detail))

    def _privilege(self, holders: t.Optional[_holders.Holders]) -> Privilege:
        seen = None
        if holders is not None:
            seen = True if holders.complete else False if holders.denied or holders.hidden else None
        return Privilege(os.geteuid(), _host_facts.capabilities(self.roots.proc), seen)


def _hidden(waiting: t.Sequence[_holders.Waiting], proc: str) -> str:
    what = " and ".join(sorted({one.kind or "connections or datagrams" for one in waiting}))
    detail = "%s may accept %s of any listener through a socket without a descriptor: find out what it waits for"
    return detail % (_named((one.pid for one in waiting), proc), what)


def _unsettled(holders: _holders.Holders, proc: str) -> str:
    if holders.moving:
        detail = "the descriptors of %s changed in every attempt to read them: audit the host again"
        return detail % _named(holders.moving, proc)
    if holders.ended:
        detail = "owners of listeners ended before the collector could describe them, %d of them in the last attempt"
        return (detail + ": audit the host again") % holders.ended
    return "processes started and ended faster than the collector could read them: audit the host again"


def _named(pids: t.Iterable[int], proc: str) -> str:
    """The first of them, with the names that they give themselves, and how many more there are."""
    found = sorted(set(pids))
    named = ", ".join("pid %d %s" % (pid, _name(proc, pid)) for pid in found[:3])
    return named + (" and %d more" % (len(found) - 3) if len(found) > 3 else "")


def _some(places: t.Iterable[str]) -> str:
    """The first of them, each once, and how many more there are."""
    found = sorted(set(places))
    return ", ".join(found[:3]) + (" and %d more" % (len(found) - 3) if len(found) > 3 else "")


def _name(proc: str, pid: int) -> str:
    text = _host_files.unicode_text((_host_files.read("%s/%d/comm" % (proc, pid)) or b"").rstrip(b"\n"))
    return "".join(letter if letter.isprintable() else "?" for letter in text) or "(ended)"


def _devices(groups: t.Sequence[_listeners.SocketGroup]) -> t.Dict[int, str]:
    indexes = {raw.interface for item in groups for raw in item.sockets if raw.interface}
    return {index: _host_facts.device(index) for index in indexes}


def _holding(views: t.Iterable[NamespaceView], holders: _holders.Holders) -> t.Set[int]:
    """Processes that hold a way in that is no listener."""
    return {pid for view in views for path in view.paths for pid in holders.pids.get(path.inode, ())}


def _described(found: Found) -> t.List[_socket.AlternatePath]:
    known = found.context.ownership

    def owned(inode: int) -> t.Tuple[_socket.Owner, ...]:
        if known is None:
            return ()
        return tuple(known.owners[pid] for pid in sorted(known.holders.pids.get(inode, ())) if pid in known.owners)

    return _portless_entries.described(found.view.paths, namespace=found.view.number, owned=owned)


def _without_socket(one: _nat.Published, namespace: t.Optional[int]) -> _socket.Listener:
    """The kernel holds it: its own rules say so. Whose service takes the traffic in the end is not seen."""
    return _socket.Listener(
        protocol=one.protocol,
        family=one.family,
        address=one.address,
        port=one.port,
        state="published",
        dual_stack=False,
        transparent=one.network,
        device=one.device,
        namespace=namespace,
        sockets=0,
        owner_status="kernel",
        ephemeral=False,
        published_by=one.by,
        published_to=one.to,
    )
''',
    "_collect.linux._host_facts": r'''



"""Facts of the host that evidence and judge need."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.netlink import _rtnetlink, _wire

# The judge excuses UDP only in here: proxies set 1024-65535, and that must not excuse 11211 (design of the policy).
EPHEMERAL_FIRST, EPHEMERAL_LAST = 32768, 65535
# Capabilities that decide what the collector can see; include/uapi/linux/capability.h.
CAPABILITIES = {
    1: "CAP_DAC_OVERRIDE",
    2: "CAP_DAC_READ_SEARCH",
    12: "CAP_NET_ADMIN",
    19: "CAP_SYS_PTRACE",
    21: "CAP_SYS_ADMIN",
}


_SPAN = re.compile(rb"\d{1,5}(?:-\d{1,5})?\Z")  # a port, or "8000-8099"


class Ephemeral(t.NamedTuple):
    """The range the host takes ports from, and those it leaves out, as the kernel lists them."""

    first: int
    last: int
    reserved: t.Tuple[str, ...]

    def __contains__(self, port: object) -> bool:
        if not isinstance(port, int) or not max(self.first, EPHEMERAL_FIRST) <= port <= min(self.last, EPHEMERAL_LAST):
            return False
        return not any(first <= port <= last for first, last in map(_range, self.reserved))


def _range(text: str) -> t.Tuple[int, int]:
    first, _dash, last = text.partition("-")
    return int(first), int(last or first)


def ephemeral(proc: str) -> t.Optional[Ephemeral]:
    """``ip_local_port_range`` and ``ip_local_reserved_ports``; None when they cannot be read."""
    span = (_host_files.read(proc + "/sys/net/ipv4/ip_local_port_range") or b"").split()
    if len(span) != 2 or b"-" in span[0] + span[1]:
        return None
    reserved = (_host_files.read(proc + "/sys/net/ipv4/ip_local_reserved_ports") or b"").strip().split(b",")
    if not all(map(_SPAN.match, [*span, *filter(None, reserved)])):
        return None
    return Ephemeral(int(span[0]), int(span[1]), tuple(part.decode("ascii") for part in reserved if part))


def now() -> str:
    """The clock of this host, UTC, milliseconds."""
    moment = time.time()
    return "%s.%03dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)), int(moment * 1000) % 1000)


def device(index: int) -> str:
    """Name of a device; ``if7`` when it has none (any more)."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return "if%d" % index


def addresses(
    namespace: t.Optional[int], *, connect: _wire.Connect
) -> t.Tuple[t.Optional[t.List[t.Dict[str, t.Any]]], t.List[_socket.Gap]]:
    """The host's own addresses, as evidence holds them, or None and a gap."""
    try:
        found = sorted(set(_rtnetlink.addresses(connect=connect)))
    except _wire.NetlinkError as error:
        return None, [_socket.Gap(error.code, "addresses", "rtnetlink: %s" % error)]
    names = {index: device(index) for index in {address.interface for address in found}}
    return [
        {
            "address": address.address,
            "prefix_length": address.prefix_length,
            "device": names[address.interface],
            "namespace": namespace,
        }
        for address in found
    ], []


def facts(roots: _host_files.Roots) -> t.Dict[str, t.Any]:
    """The part of the host's facts that any platform has."""
    system = os.uname()
    return {
        "hostname": _host_files.unicode_text(system.nodename) or None,
        "machine_id": _identifier(roots, "/etc/machine-id") or _identifier(roots, "/var/lib/dbus/machine-id"),
        "boot_id": _first_line(roots.proc + "/sys/kernel/random/boot_id"),
        "os": os_release(roots),
        "kernel": system.release or None,
        "python": "%d.%d.%d" % sys.version_info[:3],
        "addresses": None,
        "local_delivery": None,
        "ephemeral_ports": None,
        "clock": now(),
    }


def _first_line(path: str) -> t.Optional[str]:
    return _host_files.unicode_text(_host_files.read(path) or b"").strip() or None


def _identifier(roots: _host_files.Roots, path: str) -> t.Optional[str]:
    text = _first_line(roots.path(path))
    return None if text == "uninitialized" else text  # machine-id(5): before the first boot has ended


def os_release(roots: _host_files.Roots) -> t.Optional[t.Dict[str, t.Optional[str]]]:
    """os-release(5); None when the host has none."""
    raw = _host_files.read(roots.path("/etc/os-release")) or _host_files.read(roots.path("/usr/lib/os-release"))
    if raw is None:
        return None
    values = {}
    for line in _host_files.unicode_text(raw).splitlines():
        key, equals, value = line.partition("=")
        if equals:
            values[key.strip()] = _unquote(value.strip())
    return {"id": values.get("ID"), "version": values.get("VERSION_ID"), "name": values.get("PRETTY_NAME")}


def _unquote(value: str) -> str:
    if len(value) < 2 or value[0] not in "\"'" or value[-1] != value[0]:
        return value
    text = value[1:-1]
    for character in "\"'$`\\":
        text = text.replace("\\" + character, character)
    return text


def capabilities(proc: str) -> t.List[str]:
    """Effective capabilities of the collector, of those that decide what it can see."""
    for line in (_host_files.read(proc + "/self/status") or b"").splitlines():
        if line.startswith(b"CapEff:"):
            mask = _mask(line[len(b"CapEff:") :].strip())
            return [name for bit, name in sorted(CAPABILITIES.items()) if mask >> bit & 1]
    return []


def _mask(text: bytes) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0  # nothing is claimed that cannot be read
''',
    "_collect.linux._kernel_services": r'''



"""Servers that run in the kernel, and the ports that the kernel tells of them.

NFS, its lock manager and callbacks, SMB (ksmbd), iSCSI targets, RDMA over Converged Ethernet. A port counts only where
a file of the kernel names it: a socket without a process may be anybody's.
"""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.procfs import _kernel_threads

_ISCSI = "/sys/kernel/config/target/iscsi"
_RDMA = "/sys/class/infiniband"
_KSMBD = "/sys/class/ksmbd-control"
_CALLBACK = "/sys/module/nfs/parameters/callback_tcpport"
ROCE_PORT = 4791  # include/rdma/ib_verbs.h
# What helps where a server does not tell its port.
_UNFIXED = {
    "lockd": "set fs.nfs.nlm_tcpport and fs.nfs.nlm_udpport to the ports that it has to use",
    "NFS callback": "set the parameter callback_tcpport of the module nfs",
    "ksmbd": "no setting makes it tell its port",
}

Ports = t.Dict[t.Tuple[str, int], str]


class KernelServices(t.NamedTuple):
    """``ports``: what holds a port, by protocol and port.

    ``unfixed``: servers that run, on ports that no file names.
    """

    ports: Ports
    unfixed: t.Tuple[str, ...] = ()

    @property
    def gaps(self) -> t.List[_socket.Gap]:
        """A listener without a process may be one of these servers, which an administrator recognises by its name."""
        detail = "%s runs in the kernel and may hold a listener for which no owner was found: %s"
        return [_socket.Gap("kernel-unconfirmed", "owners", detail % (name, _UNFIXED[name])) for name in self.unfixed]


def look(roots: _host_files.Roots) -> KernelServices:
    """Ask every file there is. A server that does not run has none of them."""
    ports: Ports = {}
    for protocol, port in nfsd(_host_files.read(roots.proc + "/fs/nfsd/portlist")):
        ports[(protocol, port)] = "nfsd"
    for port in _iscsi(roots.path(_ISCSI)):
        ports[("tcp", port)] = "iSCSI target"
    if any(os.path.exists("%s/parent" % device) for device in _entries(roots.path(_RDMA))):
        ports[("udp", ROCE_PORT)] = "RoCE"
    threaded = _threaded(roots)
    ports.update(threaded.ports)
    return KernelServices(ports, threaded.unfixed)


def nfsd(portlist: t.Optional[bytes]) -> t.Iterator[t.Tuple[str, int]]:
    """Rows ``tcp 2049`` of nfsd's list of ports (fs/nfsd/nfsctl.c)."""
    for line in (portlist or b"").decode("ascii", "replace").splitlines():
        fields = line.split()
        if len(fields) >= 2 and fields[-1].isdigit() and fields[0] in ("tcp", "udp"):
            yield fields[0], int(fields[-1])


def _threaded(roots: _host_files.Roots) -> KernelServices:
    """Servers whose files only tell which port was asked for: they count where their thread runs."""
    wanted = [
        ("lockd", "tcp", _number(roots.proc + "/sys/fs/nfs/nlm_tcpport"), ("lockd",)),
        ("lockd", "udp", _number(roots.proc + "/sys/fs/nfs/nlm_udpport"), ("lockd",)),
        ("NFS callback", "tcp", _number(roots.path(_CALLBACK)), ("NFSv4 callback", "nfsv4.0-svc")),
        ("ksmbd", "tcp", 0 if os.path.isdir(roots.path(_KSMBD)) else None, ("ksmbd-",)),
    ]
    wanted = [one for one in wanted if one[2] is not None]
    running = _kernel_threads.names(roots.proc) if wanted else frozenset()
    ports: Ports = {}
    unfixed = []
    for kind, protocol, port, threads in wanted:
        if not any(name.startswith(threads) for name in running):
            continue
        if port:
            ports[(protocol, port)] = kind
        else:
            unfixed.append(kind)
    return KernelServices(ports, tuple(sorted(set(unfixed))))


def _iscsi(folder: str) -> t.Iterator[int]:
    """Portals of all targets: ``<name>/tpgt_1/np/0.0.0.0:3260`` (drivers/target/iscsi/iscsi_target_configfs.c)."""
    for target in _entries(folder):
        for group in _entries(target):
            for portal in _entries(group + "/np"):
                port = portal.rpartition(":")[2]
                if port.isdigit():
                    yield int(port)


def _entries(folder: str) -> t.List[str]:
    try:
        return ["%s/%s" % (folder, name) for name in sorted(os.listdir(folder))]
    except OSError:
        return []


def _number(path: str) -> t.Optional[int]:
    """The number in a file, 0 where the server takes any port; None where there is no such file."""
    text = (_host_files.read(path) or b"").strip()
    return int(text) if text.isdigit() and len(text) <= 5 else None
''',
    "_collect.linux._listeners": r'''



"""Sockets, their holders and their units put together into listeners."""

from __future__ import annotations

import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.linux.netlink import _sock_diag
from _fleetports_compliance._collect.linux.systemd import _cgroup

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.linux import _host_facts
    from _fleetports_compliance._collect.linux.owners import _holders
    from _fleetports_compliance._collect.linux.procfs import _users
    from _fleetports_compliance._collect.linux.systemd import _socket_units

_LINK_LOCAL = ("fe8", "fe9", "fea", "feb", "ff02")
SOCKET_SUFFIX = ".socket"
# systemd's own: it makes sockets there for the services that it starts, so that this tells of none.
MANAGER = _cgroup.CgroupPlace("init.scope")
# pid 1 alone holds it, and no unit file tells for whom: systemd's own fields would say that it is for systemd.
WAITING = _socket.Owner(pid=1)

# protocol, family, port, address, interface
Key = t.Tuple[str, str, int, str, t.Optional[int]]


class SocketGroup(t.NamedTuple):
    """Sockets of one identity: REUSEPORT siblings, or one alone. ``change`` as in Listener."""

    key: Key
    sockets: t.Tuple[_sock_diag.RawSocket, ...]
    change: t.Optional[str] = None

    @property
    def inodes(self) -> t.Tuple[int, ...]:
        return tuple(sorted({raw.inode for raw in self.sockets if raw.inode}))


class Ownership(t.NamedTuple):
    """What was found out of owners of the sockets of one namespace.

    ``owners`` by pid, of processes that could be read. ``systemd``: pid 1 is systemd. By sockets, ``activations`` are
    what units start for them, and ``stand_ins`` are owners that services will be once they run. ``kernel``: what the
    kernel holds, by protocol and port.
    """

    holders: _holders.Holders
    owners: t.Mapping[int, _socket.Owner] = {}
    systemd: bool = False
    activations: t.Mapping[Key, _socket_units.Activation] = {}
    stand_ins: t.Mapping[Key, _socket.Owner] = {}
    kernel: t.Mapping[t.Tuple[str, int], str] = {}


class HostContext(t.NamedTuple):
    """What is the same in every namespace of a host.

    ``places`` by cgroup id, those that still exist. ``whole_host``: processes of the whole machine are seen.
    """

    places: t.Mapping[int, _cgroup.CgroupPlace]
    users: _users.Users
    whole_host: bool = True


class ListenerContext(t.NamedTuple):
    """Everything that was found out of one namespace beside the sockets themselves.

    ``ownership`` None: owners were not asked for.
    """

    host: HostContext
    namespace: t.Optional[int]
    mptcp: t.FrozenSet[int]
    devices: t.Mapping[int, str]
    ephemeral: t.Optional[_host_facts.Ephemeral]
    ownership: t.Optional[Ownership] = None


def group(
    before: t.Iterable[_sock_diag.RawSocket], after: t.Optional[t.Iterable[_sock_diag.RawSocket]] = None
) -> t.List[SocketGroup]:
    """Group sockets by identity, sorted. ``after``: the dump at the end; None: there was none."""
    first = _by_key(before)
    if after is None:
        return [SocketGroup(key, first[key]) for key in sorted(first, key=_order)]
    last = _by_key(after)
    groups = []
    for key in sorted(set(first) | set(last), key=_order):
        change = "gone" if key not in last else "new" if key not in first else None
        groups.append(SocketGroup(key, tuple(dict.fromkeys(first.get(key, ()) + last.get(key, ()))), change))
    return groups


def _by_key(sockets: t.Iterable[_sock_diag.RawSocket]) -> t.Dict[Key, t.Tuple[_sock_diag.RawSocket, ...]]:
    found: t.Dict[Key, t.List[_sock_diag.RawSocket]] = {}
    for raw in sockets:
        key = (raw.protocol, raw.family, raw.port, raw.address, raw.interface or None)
        found.setdefault(key, []).append(raw)
    return {key: tuple(sorted(raws, key=lambda raw: raw.inode)) for key, raws in found.items()}


def _order(key: Key) -> t.Tuple[t.Any, ...]:
    return (*key[:4], key[4] or 0)


def pids(item: SocketGroup, holders: _holders.Holders) -> t.Set[int]:
    """Processes that hold any of its sockets."""
    return set().union(*(holders.pids.get(inode, frozenset()) for inode in item.inodes))


def activator_only(holding: t.AbstractSet[int], *, systemd: bool) -> bool:
    """Whether of the processes that hold a socket systemd is the only one: the service has not started."""
    return systemd and holding == {1}


def build(item: SocketGroup, context: ListenerContext) -> _socket.Listener:
    """The listener of one group."""
    protocol, family, port, address, interface = item.key
    owners = owners_of(item, context.ownership)
    status = owner_status(item, owners, context)
    uid = context.host.users.known(_agreed([raw.uid for raw in item.sockets]))
    # A socket of the kernel was made in the cgroup of whoever asked the kernel to start a server.
    unit, source, conflict = (None, None, None) if status == "kernel" else _unit(item, owners, context)
    activation = _activation(item, context)
    container, engine, container_source = _container(item, owners, context)
    return _socket.Listener(
        protocol=protocol,
        family=family,
        address=address,
        port=port,
        state=item.sockets[0].state,
        mptcp=any(inode in context.mptcp for inode in item.inodes),
        dual_stack=dual_stack(item.sockets),
        device=context.devices.get(interface) if interface else None,
        scope_id=interface if family == "ipv6" and address.startswith(_LINK_LOCAL) else None,
        namespace=context.namespace,
        transparent=_any([raw.transparent for raw in item.sockets]),
        uid=uid,
        user=context.host.users.name(uid),
        inodes=item.inodes,
        sockets=len(item.sockets),
        owners=owners,
        owners_complete=complete(item, status, context.ownership),
        owner_status=status,
        unit=unit,
        unit_source=source,
        unit_conflict=conflict,
        socket_unit=activation.socket_unit if activation is not None else _socket_unit(item, context),
        container=container,
        engine=engine,
        container_source=container_source,
        ephemeral=None if context.ephemeral is None else port in context.ephemeral,
        change=item.change,
    )


def owners_of(item: SocketGroup, known: t.Optional[Ownership]) -> t.Tuple[_socket.Owner, ...]:
    """Its owners. systemd beside another holder is what activates it, and no owner; alone it stands for the service."""
    if known is None:
        return ()
    holding = pids(item, known.holders)
    if activator_only(holding, systemd=known.systemd):
        return (known.stand_ins.get(item.key, WAITING),)
    if known.systemd and len(holding) > 1:
        holding.discard(1)
    found = [known.owners[pid] for pid in holding if pid in known.owners]
    return tuple(sorted(found, key=_owner_order))


def _owner_order(owner: _socket.Owner) -> t.Tuple[t.Any, ...]:
    uid = -1 if owner.uid is None else owner.uid
    return (owner.exe or "", owner.name or "", uid, owner.unit or "", owner.pid or 0)


def owner_status(item: SocketGroup, owners: t.Sequence[_socket.Owner], context: ListenerContext) -> str:
    """Why the owners are what they are: a word of ``OWNER_STATUS``."""
    if context.ownership is None:
        return "not_collected"
    if owners:
        return "known"
    holders = context.ownership.holders
    if item.change == "gone" or pids(item, holders):
        return "gone"  # the socket, or the process that held it
    protocol, _family, port, _address, _interface = item.key
    if (protocol, port) in context.ownership.kernel:
        return "kernel"
    if holders.stopped or holders.unsettled or not any(inode in holders.pids for inode in item.inodes):
        return "unfinished"
    if holders.denied or holders.hidden:
        return "denied"
    return "unattributed" if context.host.whole_host else "other_namespace"


def complete(item: SocketGroup, status: str, known: t.Optional[Ownership]) -> bool:
    """Whether nobody else can hold it: everything was read, and each of its sockets has a holder."""
    if known is None or not known.holders.complete or known.holders.taken(item.sockets[0].protocol):
        return False
    if status == "kernel":
        return True
    held = all(known.holders.pids.get(inode) for inode in item.inodes) and bool(item.inodes)
    return status == "known" and held and all(pid in known.owners for pid in pids(item, known.holders))


def dual_stack(sockets: t.Sequence[_sock_diag.RawSocket]) -> t.Optional[bool]:
    """Whether IPv4 comes in through an IPv6 socket: only the wildcard address can take both (ipv6(7), IPV6_V6ONLY)."""
    if sockets[0].family != "ipv6" or sockets[0].address != "::":
        return False
    return _any([None if raw.v6only is None else not raw.v6only for raw in sockets])


def _any(values: t.Sequence[t.Optional[bool]]) -> t.Optional[bool]:
    if any(values):
        return True
    return None if None in values else False


def _agreed(values: t.Sequence[int]) -> t.Optional[int]:
    return values[0] if len(set(values)) == 1 else None


def socket_places(item: SocketGroup, places: t.Mapping[int, _cgroup.CgroupPlace]) -> t.List[_cgroup.CgroupPlace]:
    """Places that the sockets' own cgroups name, of those by cgroup id."""
    found = {places.get(raw.cgroup_id or 0, _cgroup.NOWHERE) for raw in item.sockets}
    return sorted(
        (place for place in found if place.named), key=lambda place: (place.unit or "", place.container or "")
    )


def _activation(item: SocketGroup, context: ListenerContext) -> t.Optional[_socket_units.Activation]:
    return None if context.ownership is None else context.ownership.activations.get(item.key)


def _socket_unit(item: SocketGroup, context: ListenerContext) -> t.Optional[str]:
    for place in socket_places(item, context.host.places):
        if place.unit is not None and place.unit.endswith(SOCKET_SUFFIX):
            return place.unit
    return None


def _unit(
    item: SocketGroup, owners: t.Sequence[_socket.Owner], context: ListenerContext
) -> t.Tuple[t.Optional[str], t.Optional[str], t.Optional[str]]:
    """Unit, where that is known from, and a unit that contradicts it."""
    activation = _activation(item, context)
    places = [place for place in socket_places(item, context.host.places) if place != MANAGER]
    of_socket = [place.unit for place in places if place.unit is not None]
    of_socket = [unit for unit in of_socket if not unit.endswith(SOCKET_SUFFIX)]
    of_owners = sorted({owner.unit for owner in owners if owner.unit is not None})
    said = [(activation.service, "socket_unit")] if activation is not None else []
    said += [(unit, "socket") for unit in of_socket] + [(unit, "process") for unit in of_owners]
    if not said:
        return None, None, None
    unit, source = said[0]
    conflicts = [other for other, _source in said if not _same(unit, other)]
    return unit, source, conflicts[0] if conflicts else None


def _same(unit: str, other: str) -> bool:
    """Equal, or the one the template of the other: ``Accept=yes`` starts an instance for each connection."""
    if unit == other:
        return True
    prefix, at, rest = unit.partition("@.")
    return bool(at) and other.startswith(prefix + "@") and other.endswith("." + rest)


def _container(
    item: SocketGroup, owners: t.Sequence[_socket.Owner], context: ListenerContext
) -> t.Tuple[t.Optional[str], t.Optional[str], t.Optional[str]]:
    """Container, engine and where they are known from: the sockets' own cgroups, else that of every owner.

    One that only some of the owners are in is not the listener's.
    """
    for place in socket_places(item, context.host.places):
        if place.container is not None:
            return place.container, place.engine, "socket"
    found = {(owner.container, owner.engine) for owner in owners}
    container, engine = found.pop() if len(found) == 1 else (None, None)
    return container, engine, None if container is None else "process"
''',
    "_collect.linux._local_delivery": r'''



"""What a network namespace takes as its own beside the addresses of its devices: routes, VRFs, route_localnet.

A packet is the host's own when the route to its destination is of type ``local``, not when a device has the address
(ip_route_input_slow() in net/ipv4/route.c, ip6_rt_init_dst() in net/ipv6/route.c).
"""

from __future__ import annotations

import os
import socket
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.netlink import _rtnetlink, _wire
from _fleetports_compliance._collect.linux.procfs import _hidepid

LOCAL_TABLE, MAIN_TABLE = 255, 254
FEW_ROUTES = 500  # of other kinds, up to which all are read: it takes a third of a millisecond
FEW = 4  # tables that are asked for one by one; a question for all of them walks every route of the host
_DEPTH = 8  # masters above one another; the kernel allows as many (MAX_NEST_DEV)
_ACCEPT = {"tcp": "tcp_l3mdev_accept", "udp": "udp_l3mdev_accept"}

Record = t.Dict[str, t.Any]
Domain = t.Optional[str]  # the VRF, by name; None: whatever is in none


class Block(t.NamedTuple):
    """A prefix: its first address as a number, and how many bits of it count."""

    start: int
    length: int


def delivery(
    namespace: t.Optional[int], addresses: t.Optional[t.Sequence[Record]], *, proc: str, connect: _wire.Connect
) -> t.Tuple[Record, t.List[_socket.Gap]]:
    """As evidence holds it, and a gap where the kernel does not tell.

    ``addresses`` as evidence holds them: what repeats them is left out. Where they are not known, a gap says so, and
    there is no more to say of it.
    """
    gaps: t.List[_socket.Gap] = []
    found: Record = {"networks": [], "bridges": [], "vrfs": [], "l3mdev_accept": None}
    devices = None
    if addresses is not None:
        try:
            links = _Links(_rtnetlink.links(connect=connect))
            devices = links.localnet
            found = _of_routes(links, addresses, proc, connect)
        except _wire.NetlinkError as error:
            detail = "local networks and devices could not be read: %s" % error
            gaps.append(_socket.Gap(error.code, "addresses", detail))
    if devices is None:
        devices = _localnet_by_name(proc)
    return {"namespace": namespace, **found, "route_localnet": _localnet(devices, proc, connect)}, gaps


def _of_routes(links: _Links, addresses: t.Sequence[Record], proc: str, connect: _wire.Connect) -> Record:
    rules = _rtnetlink.rules(connect=connect)
    vrfs = [_vrf(device, links, rules, connect) for device in sorted(links.vrfs)]
    return {
        "networks": _Networks(links, rules, connect).beside(addresses),
        "bridges": links.bridges(),
        "vrfs": vrfs,
        "l3mdev_accept": {name: _setting(proc, "ipv4/" + file) for name, file in _ACCEPT.items()} if vrfs else None,
    }


def _localnet_by_name(proc: str) -> t.Dict[str, bool]:
    """Devices but ``lo``, and whether each takes 127.0.0.0/8 from other hosts by its own setting."""
    try:
        names = os.listdir(proc + "/sys/net/ipv4/conf")
    except OSError:
        names = []
    devices = set(names) - {"all", "default", "lo"}
    return {
        _host_files.unicode_text(name): bool(_setting(proc, "ipv4/conf/%s/route_localnet" % name)) for name in devices
    }


def _localnet(devices: t.Mapping[str, bool], proc: str, connect: _wire.Connect) -> t.Optional[Record]:
    """Where 127.0.0.0/8 is taken from other hosts: nowhere is None. ``lo`` and ``default`` do nothing.

    Source: IN_DEV_NET_ROUTE_LOCALNET(), include/linux/inetdevice.h.
    """
    everywhere = _setting(proc, "ipv4/conf/all/route_localnet") if devices else False
    own = sorted(name for name, on in devices.items() if on)
    if everywhere is False and not own:
        return None
    from _fleetports_compliance._collect.linux.packet_filter import _published

    return {"all": everywhere, "devices": own, "filter": _published.has_rules(proc, connect)}


def _setting(proc: str, name: str) -> t.Optional[bool]:
    """A switch below ``net``; None when it cannot be read, or what is read need not be the kernel's."""
    if _hidepid.replaced(proc, "sys/net/" + name):
        return None
    raw = (_host_files.read("%s/sys/net/%s" % (proc, name)) or b"").strip()
    return int(raw) != 0 if raw.isdigit() else None


class _Links:
    def __init__(self, links: t.Sequence[_rtnetlink.Link]) -> None:
        self._links = {link.number: link for link in links}
        self._named = {link.number: _host_files.unicode_text(link.name) for link in links}
        self.vrfs = {self._named[link.number]: link.table for link in links if link.kind == b"vrf"}
        self._domains = {link.number: self._above(link) for link in links}
        self.domains = {name: self._domains[index] for index, name in self._named.items()}
        self.localnet = {self._named[link.number]: link.localnet for link in links if not link.loopback}

    def name(self, index: int) -> t.Optional[str]:
        return self._named.get(index)

    def _above(self, link: t.Optional[_rtnetlink.Link]) -> Domain:
        """The VRF that it is, or is in: a port of a bridge in one, too."""
        for _each in range(_DEPTH):
            if link is None or link.kind == b"vrf":
                break
            link = self._links.get(link.master)
        return self._named[link.number] if link is not None and link.kind == b"vrf" else None

    def bridges(self) -> t.List[Record]:
        """Devices that others are ports of, VRFs apart: bridges, bonds and teams, with every port below them."""
        ports: t.Dict[str, t.Set[str]] = {}
        for link in self._links.values():
            above = self._links.get(link.master)
            for _each in range(_DEPTH):
                if above is None or above.kind == b"vrf":
                    break
                ports.setdefault(self._named[above.number], set()).add(self._named[link.number])
                above = self._links.get(above.master)
        return [{"device": device, "members": sorted(ports[device])} for device in sorted(ports)]

    def members(self, vrf: str) -> t.List[str]:
        return sorted(name for name, domain in self.domains.items() if domain == vrf and name != vrf)


def _vrf(device: str, links: _Links, rules: t.Sequence[_rtnetlink.RoutingRule], connect: _wire.Connect) -> Record:
    """``closed``: families of which its packets never come to the table of what is local for all others.

    As a kernel makes a VRF, that table is asked first. Documentation/networking/vrf.rst says how to turn that round.
    """
    table = links.vrfs[device]
    closed = [
        family
        for family in sorted(_rtnetlink.FAMILIES)
        if _first([rule for rule in rules if rule.family == family]) and _ends(family, table, connect)
    ]
    return {"device": device, "members": links.members(device), "closed": closed}


def _first(rules: t.Sequence[_rtnetlink.RoutingRule]) -> bool:
    """Whether every packet of a VRF is asked of its own table before it is of the local one."""
    for rule in rules:
        if rule.vrf and rule.every:
            return True
        if not rule.vrf:
            return False
    return False


def _ends(family: str, table: int, connect: _wire.Connect) -> bool:
    """Whether what has no route in a table goes no further."""
    return any(
        route.length == 0 and route.table == table
        for kind in _rtnetlink.ENDS
        for route in _rtnetlink.routes(family, table=table, kind=kind, connect=connect)
    )


class _Networks:
    """Routes by which packets are taken, of tables that are asked."""

    def __init__(self, links: _Links, rules: t.Sequence[_rtnetlink.RoutingRule], connect: _wire.Connect) -> None:
        self._links = links
        self._connect = connect
        self._named = {
            family: {rule.table for rule in rules if rule.family == family and not (rule.vrf or rule.marked)}
            for family in _rtnetlink.FAMILIES
        }
        self._found: t.Dict[t.Tuple[Domain, int, str, str], t.Set[Block]] = {}
        self._own: t.Set[t.Tuple[Domain, str]] = set()

    def beside(self, addresses: t.Iterable[Record]) -> t.List[Record]:
        """Networks that are local and no address of a device in the same VRF."""
        domains = self._links.domains
        self._own = {(domains.get(own["device"]), own["address"]) for own in addresses}
        for family in _rtnetlink.FAMILIES:
            for route in self._routes(family):
                self._add(family, route)
        found = [record for key in self._found for record in _records(key, self._found[key])]
        return sorted(found, key=lambda one: (one["vrf"] or "", one["table"], one["device"] or "", one["network"]))

    def _routes(self, family: str) -> t.List[_rtnetlink.Route]:
        try:
            return _rtnetlink.all_routes(family, most=FEW_ROUTES, connect=self._connect)
        except _wire.NetlinkError:
            return self._filtered(family)  # too many of them, or they never stood still

    def _filtered(self, family: str) -> t.List[_rtnetlink.Route]:
        local = _rtnetlink.routes(family, table=LOCAL_TABLE, kind=0, connect=self._connect)
        if any(route.table != LOCAL_TABLE for route in local):
            return local  # the kernel does not filter: these are all
        others = {*self._named[family], *self._links.vrfs.values()} - {LOCAL_TABLE}
        kinds = (_rtnetlink.LOCAL,) if family == "ipv4" else (_rtnetlink.LOCAL, _rtnetlink.ANYCAST)
        for table in sorted(others) if len(others) <= FEW else [0]:
            for kind in kinds:
                found = _rtnetlink.routes(family, table=table, kind=kind, connect=self._connect)
                local += [route for route in found if route.table != LOCAL_TABLE]
        return local

    def _add(self, family: str, route: _rtnetlink.Route) -> None:
        if _means_nothing(route):
            return
        device = self._links.name(route.interface) or ""
        start = int.from_bytes(route.destination, "big")
        for domain in self._domains(family, route.table):
            if not self._repeats(family, route, domain):
                blocks = self._found.setdefault((domain, route.table, family, device), set())
                blocks.add(Block(start, route.length))

    def _domains(self, family: str, table: int) -> t.List[Domain]:
        """For whom a table speaks: for a VRF whose own it is, for all others where a rule without mark names it."""
        found: t.List[Domain] = [vrf for vrf, own in self._links.vrfs.items() if own == table]
        if table == LOCAL_TABLE or table in self._named[family]:
            found.append(None)
        return found

    def _repeats(self, family: str, route: _rtnetlink.Route, domain: Domain) -> bool:
        if route.length != 8 * len(route.destination):
            return False
        return (domain, socket.inet_ntop(_rtnetlink.FAMILIES[family], route.destination)) in self._own


def _means_nothing(route: _rtnetlink.Route) -> bool:
    """Loopback and multicast, and the anycast address that every link has (``fe80::``, RFC 4291, section 2.6.1).

    IPv4 takes nothing for its own by a route of type anycast; what table local has of them counts all the same.
    """
    first = route.destination
    if len(first) == 4:
        if route.kind == _rtnetlink.ANYCAST and route.table != LOCAL_TABLE:
            return True
        return first[0] == 127 or (route.length >= 4 and first[0] >> 4 == 14)
    if route.length >= 8 and first[0] == 0xFF:
        return True
    return route.length == 128 and first in (b"\0" * 15 + b"\1", b"\xfe\x80" + b"\0" * 14)


def _records(key: t.Tuple[Domain, int, str, str], blocks: t.Iterable[Block]) -> t.List[Record]:
    domain, table, family, device = key
    size = 4 if family == "ipv4" else 16
    return [
        {
            "network": "%s/%d"
            % (socket.inet_ntop(_rtnetlink.FAMILIES[family], block.start.to_bytes(size, "big")), block.length),
            "device": device or None,
            "vrf": domain,
            "table": table,
        }
        for block in collapsed(blocks, bits=8 * size)
    ]


def collapsed(blocks: t.Iterable[Block], *, bits: int) -> t.List[Block]:
    """The same addresses in as few blocks as there can be."""
    kept: t.List[Block] = []
    for block in sorted(set(blocks)):
        if kept and kept[-1].start >> (bits - kept[-1].length) == block.start >> (bits - kept[-1].length):
            continue  # inside of the one before, which begins no later and is no smaller
        kept.append(block)
        while len(kept) > 1 and kept[-2].length == kept[-1].length and _halves(kept[-2], kept[-1], bits):
            kept[-2:] = [Block(kept[-2].start, kept[-2].length - 1)]
    return kept


def _halves(one: Block, other: Block, bits: int) -> bool:
    return one.start ^ other.start == 1 << (bits - one.length)
''',
    "_collect.linux._namespace_view": r'''



"""What was seen from inside of one network namespace."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from _fleetports_compliance import _socket
    from _fleetports_compliance._collect.linux import (
        _host_facts,
        _portless_entries,
        _sources,
    )
    from _fleetports_compliance._collect.linux.packet_filter import _nat


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
''',
    "_collect.linux._portless_entries": r'''



"""Ways into a host that have no port: raw, packet, AF_XDP and vsock sockets, and BPF programs that steer sockets.

Sources: raw_seq_show(), packet_seq_show(), include/uapi/linux/{xdp_diag,vm_sockets_diag,bpf}.h. Where the kernel counts
no such socket in the namespace, nothing is asked.
"""

from __future__ import annotations

import errno
import os
import struct
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux import _host_facts
from _fleetports_compliance._collect.linux.netlink import (
    _sk_lookup,
    _sock_diag,
    _wire,
)

AF_VSOCK, AF_XDP = 40, 44  # Linux's numbers, on any platform
ANY_CID = 0xFFFFFFFF
_PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 58: "icmpv6", 89: "ospf", 112: "vrrp", 255: "any"}
_ETHERTYPES = {0x0003: "all", 0x0800: "ipv4", 0x0806: "arp", 0x86DD: "ipv6", 0x888E: "eapol", 0x88CC: "lldp"}

SYS = "/sys"
# Drivers of AF_VSOCK: VMCI of VMware, Hyper-V, the host's side of virtio. The guest's is there with a device.
_TRANSPORTS = ("/class/misc/vmci", "/class/misc/vhost-vsock", "/bus/vmbus/drivers/hv_sock")
_VIRTIO = "/bus/virtio/drivers/vmw_vsock_virtio_transport"

_LARGE = 1 << 24  # bytes of a table: a row is 80, and a host of 10,000 raw sockets has to be seen to have them

# family, protocol, pad, ino, show, cookie: xdp_diag_req. vsock_diag_req has states after the pad.
_XDP_REQUEST = struct.Struct("=BBHIIII")
_XDP_ANSWER = struct.Struct("=4xI8x")  # xdp_diag_msg: ino
_XDP_SHOW_INFO, _XDP_INFO = 1, 1
_XDP_PLACE = struct.Struct("=II")
_VSOCK_REQUEST = struct.Struct("=BBHIIIII")
_VSOCK_ANSWER = struct.Struct("=2xBxII8xI")  # vsock_diag_msg: state, src_cid, src_port, ino


class RawPath(t.NamedTuple):
    """One way in. ``inode`` 0: no socket stands for it."""

    kind: str
    detail: str
    inode: int = 0


class RulePath(t.NamedTuple):
    """One way in by a rule of a packet filter. ``protocols`` and ``ports`` as in AlternatePath."""

    kind: str
    detail: str
    inode: int = 0
    protocols: t.Tuple[str, ...] = ()
    ports: t.Tuple[str, ...] = ()


AnyPath = t.Union[RawPath, RulePath]


class PortlessEntries(t.NamedTuple):
    paths: t.Tuple[RawPath, ...] = ()
    gaps: t.Tuple[_socket.Gap, ...] = ()


class EntriesUnread(Exception):
    """Something that may be there could not be read; the text says why."""


def look(
    proc: str, counts: t.Optional[t.Mapping[str, int]], *, connect: _wire.Connect = _wire.connect
) -> PortlessEntries:
    """The ways into the caller's network namespace. ``counts``: sockets by protocol, as the kernel counts them."""
    paths: t.List[RawPath] = []
    gaps: t.List[_socket.Gap] = []
    for what, rows, read in _SOURCES:
        if counts is not None and not any(_may_be(counts, row) for row in rows):
            continue
        try:
            paths.extend(read(proc, connect))
        except _sk_lookup.SkLookupRefused:
            from _fleetports_compliance._collect.linux import _remedy

            detail = _remedy.refused("the collector may not list %s" % what, _remedy.NET_ADMIN, proc)
            gaps.append(_socket.Gap("permission", "paths", detail))
        except (EntriesUnread, OSError, _wire.NetlinkError) as error:
            gaps.append(_socket.Gap("path-unread", "paths", "%s could not be listed: %s" % (what, error)))
    return PortlessEntries(tuple(paths), tuple(gaps))


def _may_be(counts: t.Mapping[str, int], row: str) -> bool:
    """The kernel does not count sockets of AF_VSOCK: it shows 0 or -1 whatever there is."""
    if row == "AF_VSOCK":
        return row in counts
    return row == ANYWAY or counts.get(row, 0) != 0


def _raw(name: str, family: str) -> t.Callable[[str, _wire.Connect], t.Iterator[RawPath]]:
    def read(proc: str, _connect: _wire.Connect) -> t.Iterator[RawPath]:
        for row in _rows("%s/net/%s" % (proc, name)):
            try:
                _sl, local, _remote, _st, _queues, _timer, _retransmits, _uid, _timeout, inode = row[:10]
                _address, number = local.split(b":")
                path = RawPath(
                    "raw", "%s protocol %s" % (family, _named(int(number, 16), _PROTOCOLS, "%d")), int(inode)
                )
            except ValueError:
                raise EntriesUnread("a row of /proc/net/%s is malformed" % name) from None
            yield path

    return read


def _packet(proc: str, _connect: _wire.Connect) -> t.Iterator[RawPath]:
    for row in _rows(proc + "/net/packet"):
        try:
            _sk, _references, _type, protocol, interface, _running, _queued, _user, socket_inode = row[:9]
            ethertype, index, inode = int(protocol, 16), int(interface), int(socket_inode)
        except ValueError:
            raise EntriesUnread("a row of /proc/net/packet is malformed") from None
        if ethertype:  # 0 takes nothing in: the socket only sends (packet(7))
            where = "on %s" % _host_files.unicode_text(_host_facts.device(index)) if index else "on every device"
            yield RawPath("packet", "%s %s" % (_named(ethertype, _ETHERTYPES, "0x%04x"), where), inode)


def _named(number: int, names: t.Mapping[int, str], form: str) -> str:
    return names.get(number) or form % number


def _rows(path: str) -> t.List[t.List[bytes]]:
    table = _host_files.read(path, limit=_LARGE)
    if table is None:
        raise EntriesUnread("%s cannot be read" % path)
    return [line.split() for line in table.split(b"\n")[1:] if line.strip()]


def _xdp(_proc: str, connect: _wire.Connect) -> t.Iterator[RawPath]:
    request = _XDP_REQUEST.pack(AF_XDP, 0, 0, 0, _XDP_SHOW_INFO, 0, 0)
    for payload in _wire.dump(_wire.SOCK_DIAG, _sock_diag.SOCK_DIAG_BY_FAMILY, request, connect=connect):
        if len(payload) < _XDP_ANSWER.size:
            raise EntriesUnread("a socket of %d bytes" % len(payload))
        place = _wire.attributes(payload, _XDP_ANSWER.size).get(_XDP_INFO, b"")
        detail = "not bound to a device"
        if len(place) == _XDP_PLACE.size:
            index, queue = _XDP_PLACE.unpack(place)
            if index:
                detail = "queue %d of %s" % (queue, _host_files.unicode_text(_host_facts.device(index)))
        (ino,) = _XDP_ANSWER.unpack_from(payload)
        yield RawPath("xdp", detail, ino)


def _vsock(_proc: str, connect: _wire.Connect) -> t.Iterator[RawPath]:
    request = _VSOCK_REQUEST.pack(AF_VSOCK, 0, 0, 1 << _sock_diag.LISTEN, 0, 0, 0, 0)
    try:
        payloads = _wire.dump(_wire.SOCK_DIAG, _sock_diag.SOCK_DIAG_BY_FAMILY, request, connect=connect)
    except _wire.NetlinkError as error:
        if error.errno != errno.ENOENT:
            raise
        # The family is loaded by whoever asks for such a socket, and its vsock_diag is a part of its own.
        if not _has_transport():
            return
        raise EntriesUnread("this kernel has no vsock_diag") from error
    for payload in payloads:
        if len(payload) < _VSOCK_ANSWER.size:
            raise EntriesUnread("a socket of %d bytes" % len(payload))
        state, src_cid, src_port, ino = _VSOCK_ANSWER.unpack_from(payload)
        if state == _sock_diag.LISTEN:
            cid = "any" if src_cid == ANY_CID else str(src_cid)
            yield RawPath("vsock", "port %d of cid %s" % (src_port, cid), ino)


def _has_transport() -> bool:
    """Whether there is anything for vsock to come in by: a hypervisor below this system, or guests on it.

    Without one a socket reaches nobody but the host itself (vsock_assign_transport() in net/vmw_vsock/af_vsock.c).
    Where /sys does not show devices, there may be.
    """
    if not os.path.isdir(SYS + "/class/misc"):
        return True
    if any(os.path.lexists(SYS + path) for path in _TRANSPORTS):
        return True
    try:
        return any(name.startswith("virtio") for name in os.listdir(SYS + _VIRTIO))
    except OSError:
        return False


def _steering(proc: str, _connect: _wire.Connect) -> t.Iterator[RawPath]:
    # Their ids differ from boot to boot and from host to host: equal findings of a fleet have to read the same.
    for _number in _sk_lookup.programs(proc + "/self/ns/net"):
        yield RawPath("sk_lookup", "steers connections to sockets")


ANYWAY = ""  # a source that no count of sockets speaks for
_Read = t.Callable[[str, _wire.Connect], t.Iterator[RawPath]]
# What it is, its rows in /proc/net/protocols, how it is read.
_SOURCES: t.Tuple[t.Tuple[str, t.Tuple[str, ...], _Read], ...] = (
    ("raw sockets over IPv4", ("RAW",), _raw("raw", "IPv4")),
    ("raw sockets over IPv6", ("RAWv6",), _raw("raw6", "IPv6")),
    ("packet sockets", ("PACKET",), _packet),
    ("AF_XDP sockets", ("XDP",), _xdp),
    ("vsock sockets", ("AF_VSOCK",), _vsock),
    ("BPF programs that steer sockets", (ANYWAY,), _steering),
)


def described(
    raw: t.Iterable[AnyPath], *, namespace: t.Optional[int], owned: t.Callable[[int], t.Tuple[_socket.Owner, ...]]
) -> t.List[_socket.AlternatePath]:
    """One record for all of a kind, detail and owners. ``owned`` gives the owners of a socket by inode."""
    counts: t.Dict[_socket.AlternatePath, int] = {}
    for path in raw:
        owners = owned(path.inode) if path.inode else ()
        one = _socket.AlternatePath(path.kind, path.detail, 1, namespace, owners, *path[3:])
        counts[one] = counts.get(one, 0) + 1
    found = [one._replace(count=count) for one, count in counts.items()]
    return sorted(found, key=lambda path: (path.kind, path.detail, [owner.pid or 0 for owner in path.owners]))
''',
    "_collect.linux._remedy": r'''



"""What to do about something that may not be seen."""

from __future__ import annotations

import os

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.linux import _host_facts

PTRACE, NET_ADMIN, SYS_ADMIN = "CAP_SYS_PTRACE", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"


def refused(what: str, capability: str, proc: str = "/proc") -> str:
    """``what`` could not be done, and what would help."""
    return "%s: %s" % (what, _remedy(capability, proc))


def _remedy(capability: str, proc: str) -> str:
    """Root without the capability is root of a container, or kept from it by a sandbox."""
    if os.geteuid() != 0:
        return _socket.BECOME
    if capability not in _host_facts.capabilities(proc):
        return "the collector is root without %s, as in a container" % capability
    return "a security module or another user namespace denies it even to root"
''',
    "_collect.linux._sources": r'''



"""Every listening socket of a network namespace, from the best source that answers, and what could not be seen."""

from __future__ import annotations

import errno
import os
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.netlink import _sock_diag, _wire


class Protocol(t.NamedTuple):
    """``names``: its rows in ``/proc/net/protocols``. Optional ones are asked for only where the kernel has them."""

    name: str
    number: int
    state: int
    names: t.Tuple[str, str]
    optional: bool
    table: bool  # has a table of the usual shape below /proc/net


PROTOCOLS = (
    Protocol("tcp", 6, _sock_diag.LISTEN, ("TCP", "TCPv6"), False, True),
    Protocol("udp", 17, _sock_diag.CLOSE, ("UDP", "UDPv6"), False, True),
    Protocol("udplite", 136, _sock_diag.CLOSE, ("UDP-Lite", "UDPLITEv6"), True, True),
    Protocol("sctp", 132, _sock_diag.LISTEN, ("SCTP", "SCTPv6"), True, False),
    Protocol("dccp", 33, _sock_diag.LISTEN, ("DCCP", "DCCPv6"), True, False),
)
MPTCP = Protocol("mptcp", 262, _sock_diag.LISTEN, ("MPTCP", "MPTCPv6"), True, False)
FAMILIES = ("ipv4", "ipv6")
# Before, the kernel counts no MPTCP socket at all (c558246ee73e).
_COUNTS_MPTCP = (6, 2)


class Dump(t.NamedTuple):
    """``sources`` are ``sock_diag`` and ``proc_net``. ``mptcp`` are inodes of sockets that speak MPTCP."""

    sockets: t.Tuple[_sock_diag.RawSocket, ...]
    mptcp: t.FrozenSet[int]
    gaps: t.Tuple[_socket.Gap, ...]
    sources: t.FrozenSet[str]


class _Dumper:
    def __init__(self, proc: str, connect: _wire.Connect, *, sparing: bool) -> None:
        self.proc = proc
        self.connect = connect
        self.sparing = sparing
        self.present = kernel_protocols(proc)
        self.sockets: t.List[_sock_diag.RawSocket] = []
        self.gaps: t.List[_socket.Gap] = []
        self.sources: t.Set[str] = set()

    def take(self, protocol: Protocol, family: str) -> None:
        """Add the sockets of one protocol and family, or a gap."""
        if not self._asked(protocol, family):
            return
        try:
            self.sockets.extend(self._ask(protocol, family))
        except _wire.NetlinkError as error:
            if not self._absent(protocol, family, error):
                self._fall_back(protocol, family, error)

    def take_mptcp(self) -> t.FrozenSet[int]:
        """Inodes of MPTCP listeners. They are in the dump of TCP too, so that a refusal hides no listener."""
        inodes: t.Set[int] = set()
        for family in FAMILIES:
            if not self._asked_mptcp(family):
                continue
            try:
                inodes.update(raw.inode for raw in self._ask(MPTCP, family))
            except _wire.NetlinkError as error:
                detail = "it is unknown whether TCP listeners accept MPTCP: %s" % error
                self.gaps.append(_socket.Gap("mptcp-unknown", "host", detail, "tcp", family))
        return frozenset(inodes)

    def _asked(self, protocol: Protocol, family: str) -> bool:
        """Whether to ask at all.

        A request for a protocol that is not there makes the kernel load its module (sock_diag_request_module()), and
        hardening guides forbid some of them: reading must not change the host. Nor is there anything to ask where the
        kernel counts no socket of it: a dump of UDP walks a table of 65,536 slots to find that out.
        """
        if self.present is None:
            return not protocol.optional
        count = self.present.get(protocol.names[FAMILIES.index(family)])
        if protocol.optional:
            return count is not None and count != 0
        return count != 0 or not self.sparing

    def _asked_mptcp(self, family: str) -> bool:
        """Where the kernel has MPTCP built in, the request loads no protocol, only the module that answers it."""
        uncounted = (self.present or {}).get(MPTCP.names[FAMILIES.index(family)]) == 0 and not _counts_mptcp()
        listens = any(raw.family == family and raw.protocol == "tcp" for raw in self.sockets)
        return (uncounted and listens) or self._asked(MPTCP, family)

    def _ask(self, protocol: Protocol, family: str) -> t.List[_sock_diag.RawSocket]:
        found = _sock_diag.dump(protocol.name, protocol.number, family, state=protocol.state, connect=self.connect)
        self.sources.add("sock_diag")
        return found

    def _absent(self, protocol: Protocol, family: str, error: _wire.NetlinkError) -> bool:
        """ENOENT can also be a missing ``*_diag`` module: the protocol is absent only if the kernel's list agrees."""
        if error.errno != errno.ENOENT or self.present is None:
            return False
        return protocol.names[FAMILIES.index(family)] not in self.present

    def _fall_back(self, protocol: Protocol, family: str, error: _wire.NetlinkError) -> None:
        from _fleetports_compliance._collect.linux.procfs import _proc_net

        what = "sock_diag: %s" % error
        if protocol.table:
            try:
                found = _proc_net.dump(protocol.name, family, state=protocol.state, proc=self.proc)
            except _proc_net.ProcNetError as table_error:
                what = "%s; %s" % (what, table_error)
            else:
                self._from_table(protocol, family, found, what)
                return
        self.gaps.append(_socket.Gap(error.code, "listeners", what, protocol.name, family))

    def _from_table(self, protocol: Protocol, family: str, found: t.List[_sock_diag.RawSocket], what: str) -> None:
        self.sockets.extend(found)
        self.sources.add("proc_net")
        detail = "%s; read from /proc/net instead, which shows no bound device, no dual stack and no unit" % what
        self.gaps.append(_socket.Gap("netlink-refused", "units", detail, protocol.name, family))


def _counts_mptcp() -> bool:
    """Whether this kernel counts MPTCP sockets: a count of 0 tells something only then."""
    parts = os.uname().release.split(".", 2)
    return len(parts) > 1 and all(map(str.isdigit, parts[:2])) and tuple(map(int, parts[:2])) >= _COUNTS_MPTCP


def kernel_protocols(proc: str) -> t.Optional[t.Dict[str, int]]:
    """Names in ``/proc/net/protocols``, each with how many sockets of it the reader's network namespace has.

    None when it cannot be read. Source: proto_seq_printf() in net/core/sock.c; a count that is none shows as -1.
    """
    table = _host_files.read(proc + "/net/protocols")
    if table is None:
        return None
    rows = (line.split() for line in table.decode("ascii", "replace").splitlines()[1:])
    return {row[0]: int(row[2]) if len(row) > 2 and row[2].isdigit() else -1 for row in rows if row}


def dump_all(proc: str, *, connect: _wire.Connect = _wire.connect, sparing: bool = False) -> Dump:
    """Every listening socket of the caller's network namespace. Never raises for what cannot be seen: a gap says it.

    ``sparing``: ask for nothing of which the kernel counts no socket, TCP and UDP included.
    """
    dumper = _Dumper(proc, connect, sparing=sparing)
    for protocol in PROTOCOLS:
        for family in FAMILIES:
            dumper.take(protocol, family)
    mptcp = dumper.take_mptcp()
    if dumper.present is None:
        for protocol in PROTOCOLS:
            if protocol.optional:
                detail = "/proc/net/protocols could not be read, so the collector did not query the kernel"
                dumper.gaps.append(_socket.Gap("protocol-unknown", "listeners", detail, protocol.name))
    return Dump(tuple(dumper.sockets), mptcp, tuple(dumper.gaps), frozenset(dumper.sources))
''',
    "_collect.linux.namespaces._all": r'''



"""The network namespaces beside the host's own: found, visited, and visited again at the end."""

from __future__ import annotations

import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux import _remedy
from _fleetports_compliance._collect.linux.namespaces import _find, _visit
from _fleetports_compliance._collect.linux.netlink import _sock_diag

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.common._budget import Budget

_UNKNOWN = "the collector's own network namespace is unknown, so the collector entered no other namespace"

_WITHIN = "the collector runs in a pid namespace: it did not search network namespaces of processes outside of it"
_DENIED = "the collector may not read the network namespaces of some processes, so other namespaces may exist"


class OtherNamespaces:
    """All that can be found. ``gaps`` says what could not be entered; ``left_out`` counts it."""

    def __init__(self, roots: _host_files.Roots, own: t.Optional[int], budget: Budget) -> None:
        self._roots = roots
        self._own = own
        self._budget = budget
        doors = _find.doors(roots, own) if own is not None else _find.NamespacePaths({}, denied=False)
        self._doors = doors.paths
        visit = self._visit_all(self._doors, _visit.everything)
        self.insides = [visit.seen[number] for number in sorted(visit.seen)]
        self.left_out = None if own is None else sum(visit.missed.values()) - visit.missed.get(_visit.ENDED, 0)
        self.gaps: t.List[_socket.Gap] = [*visit.gaps]
        self.gaps += [gap for one in self.insides for gap in (*one.dump.gaps, *one.gaps)]
        if doors.denied:
            detail = _remedy.refused(_DENIED, _remedy.PTRACE, roots.proc)
            self.gaps.append(_socket.Gap("permission", "listeners", detail))
        if not _find.whole_host(roots.proc):
            self.gaps.append(_socket.Gap("pid-namespace", "host", _WITHIN))
        if own is None:
            self.gaps.append(_socket.Gap("namespace-unknown", "listeners", _UNKNOWN))

    def again(self) -> t.Dict[t.Optional[int], t.Optional[t.Tuple[_sock_diag.RawSocket, ...]]]:
        """The sockets of each namespace at the end.

        None where not the same could be seen as before. A namespace that has ended has no sockets.
        """
        before = {inside.number: inside.dump for inside in self.insides}
        doors = {number: self._doors[number] for number in before if number is not None}
        visit = self._visit_all(doors, _visit.sockets)
        hidden = bool(visit.gaps)
        found: t.Dict[t.Optional[int], t.Optional[t.Tuple[_sock_diag.RawSocket, ...]]] = {}
        for number, dump in before.items():
            seen = visit.seen.get(number or 0)
            if seen is None:
                found[number] = None if hidden else ()
            else:
                found[number] = seen.dump.sockets if seen.dump.gaps == dump.gaps else None
        return found

    def _visit_all(self, doors: t.Mapping[int, t.Sequence[str]], look: _visit.Look) -> _visit.Visit:
        """Go in; where every process that led there has ended, look once more who is in there now.

        A process that ends takes its namespace along only when nobody else is in it: daemons leave it to a child.
        """
        visit = self._enter(doors, look)
        if not visit.ended:
            return visit
        now = _find.doors(self._roots, self._own).paths
        rest = self._enter({number: now[number] for number in visit.ended if number in now}, look)
        counts = {**visit.missed, _visit.ENDED: len(visit.ended - set(now))}
        for reason, count in rest.missed.items():
            counts[reason] = counts.get(reason, 0) + count
        return _visit.Visit({**visit.seen, **rest.seen}, counts, (visit.ended - set(now)) | rest.ended)

    def _enter(self, doors: t.Mapping[int, t.Sequence[str]], look: _visit.Look) -> _visit.Visit:
        if not doors:
            return _visit.Visit({}, {})
        left = max(0.1, self._budget.wall_left)
        deadline = min(_visit.DEADLINE, left)
        return _visit.visit(doors, proc=self._roots.proc, deadline=deadline, total=left, look=look)
''',
    "_collect.linux.namespaces._find": r'''



"""Network namespaces of a host, by inode number.

A namespace that nothing but an open descriptor keeps alive is not found: the count is a lower bound, never a promise.
"""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.procfs import _hidepid

RUN_NETNS = "/run/netns"
DOCKER_NETNS = "/run/docker/netns"
DOORS = 4  # ways into one namespace that are kept
DENIED = -1  # stands for the number of a namespace that may not be read
ALONE = 3  # links of the directory of threads of a process that has one
INITIAL_PID_NAMESPACE = "pid:[4026531836]"  # PROC_PID_INIT_INO, include/linux/proc_ns.h


def own(proc: str) -> t.Optional[int]:
    """The network namespace that the collector runs in; None when that cannot be read."""
    return _number(_host_files.readlink(proc + "/self/ns/net"))


def others(roots: _host_files.Roots, own_number: t.Optional[int]) -> t.Optional[int]:
    """How many other network namespaces can be seen; None when not even the own one can be told."""
    if own_number is None:
        return None
    found = {_number(link) for link in _links(roots.proc)} | {number for number, _path in _named(roots)}
    return len(found - {own_number, None})


class NamespacePaths(t.NamedTuple):
    """Other network namespaces by number, each with paths that lead into it. ``denied``: some process tells of none."""

    paths: t.Dict[int, t.List[str]]
    denied: bool


def doors(roots: _host_files.Roots, own_number: t.Optional[int]) -> NamespacePaths:
    """The ways into other network namespaces: of processes, threads and names.

    Several of each namespace, for a process may end before anybody goes through.
    """
    found: t.Dict[int, t.List[str]] = {}
    denied = False
    for number, path in [*_named(roots), *_of_processes(roots.proc)]:
        paths = found.setdefault(number, [])
        denied = denied or number == DENIED
        if len(paths) < DOORS:
            paths.append(path)
    for number in (own_number or 0, DENIED):
        found.pop(number, None)
    return NamespacePaths(found, denied)


def _of_processes(proc: str) -> t.Iterator[t.Tuple[int, str]]:
    try:
        pids = [name for name in os.listdir(proc) if name.isdigit()]
    except OSError:
        pids = []
    if "1" not in pids or _hidepid.hides(proc) or _hidepid.covered(proc):
        yield DENIED, proc  # processes of others are not even listed, or what is shown is not theirs
    for pid in pids:
        for task in ("%s/%s" % (proc, pid), *_threads(proc, pid)):
            try:
                number = _number(os.readlink(task + "/ns/net"))
            except PermissionError:
                number = DENIED if os.path.lexists(task) else None
            except OSError:
                continue  # it has ended
            if number is not None:
                yield number, task + "/ns/net"


def _threads(proc: str, pid: str) -> t.List[str]:
    """Its threads but the first, each of which may be in a namespace of its own (setns(2))."""
    tasks = "%s/%s/task" % (proc, pid)
    try:
        # As many links as directories (proc_task_getattr()): most processes have one thread, and are not listed.
        if os.lstat(tasks).st_nlink == ALONE:
            return []
        return ["%s/%s" % (tasks, name) for name in os.listdir(tasks) if name != pid]
    except OSError:
        return []


def whole_host(proc: str) -> bool:
    """Whether the collector sees the processes of the whole machine, not of a pid namespace within it."""
    link = _host_files.readlink(proc + "/self/ns/pid")
    return link is None or link == INITIAL_PID_NAMESPACE


def _links(proc: str) -> t.Set[t.Optional[str]]:
    try:
        return {_host_files.readlink("%s/%s/ns/net" % (proc, name)) for name in os.listdir(proc) if name.isdigit()}
    except OSError:
        return set()


def _named(roots: _host_files.Roots) -> t.Iterator[t.Tuple[int, str]]:
    """Namespaces of ``ip netns`` and docker: a file of nsfs is mounted over each name, and lstat shows its number."""
    for folder in (RUN_NETNS, DOCKER_NETNS):
        directory = roots.path(folder)
        try:
            names = sorted(os.listdir(directory))
            outside = os.lstat(directory).st_dev
        except OSError:
            continue
        for name in names:
            path = "%s/%s" % (directory, name)
            try:
                status = os.lstat(path)
            except OSError:
                continue
            if status.st_dev != outside:
                yield status.st_ino, path


def _number(link: t.Optional[str]) -> t.Optional[int]:
    """``net:[4026531833]`` → 4026531833."""
    digits = (link or "")[5:-1]
    return int(digits) if digits.isdigit() else None
''',
    "_collect.linux.namespaces._visit": r'''



"""What can be seen from inside a network namespace, and how a child goes into others to see it.

A process that enters a namespace stays there, so a child does it, one for all of them.
"""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _child, _host_files
from _fleetports_compliance._collect.common._records import Records
from _fleetports_compliance._collect.linux import (
    _host_facts,
    _local_delivery,
    _portless_entries,
    _sources,
)
from _fleetports_compliance._collect.linux._namespace_view import NamespaceView
from _fleetports_compliance._collect.linux.netlink import (
    _kernel_owned,
    _sock_diag,
    _wire,
)
from _fleetports_compliance._collect.linux.packet_filter import _nat, _published

DEADLINE = 5.0  # seconds for one namespace: the kernel answers at once, or somebody holds its locks
NEWNET = 0x40000000  # CLONE_NEWNET, include/uapi/linux/sched.h
# Why a namespace was not looked at.
ENDED, REFUSED, HUNG = "ended", "refused", "hung"
_REASONS = {
    REFUSED: ("permission", "%d other network namespaces could not be entered"),
    HUNG: ("namespace-unanswered", "%d other network namespaces did not answer in time"),
}


Look = t.Callable[[int, str], NamespaceView]

_RECORDS = Records(
    NamespaceView,
    _sources.Dump,
    _sock_diag.RawSocket,
    _socket.Gap,
    _portless_entries.RawPath,
    _portless_entries.RulePath,
    _nat.Published,
    _host_facts.Ephemeral,
)


class Visit(t.NamedTuple):
    """What a round through the namespaces gave. ``missed`` counts those not seen, by reason.

    ``ended``: numbers of those that none of the paths led into any more.
    """

    seen: t.Mapping[int, NamespaceView]
    missed: t.Mapping[str, int]
    ended: t.FrozenSet[int] = frozenset()

    @property
    def gaps(self) -> t.List[_socket.Gap]:
        """A namespace that ended meanwhile hides nothing; the others may hide any listener."""
        return [
            _socket.Gap(code, "listeners", _told(code, detail % self.missed[reason]))
            for reason, (code, detail) in _REASONS.items()
            if self.missed.get(reason)
        ]


def _told(code: str, detail: str) -> str:
    if code != "permission":
        return detail
    from _fleetports_compliance._collect.linux import _remedy

    return _remedy.refused(detail, _remedy.SYS_ADMIN)


def visit(
    doors: t.Mapping[int, t.Sequence[str]],
    *,
    proc: str,
    deadline: float = DEADLINE,
    total: t.Optional[float] = None,
    look: t.Optional[Look] = None,
) -> Visit:
    """Go into each namespace, given by number with paths that lead into it.

    ``deadline``: seconds for one of them; ``total``: for all. ``look``: what to do in each, by its number and ``proc``;
    None: see everything.
    """
    numbers = sorted(doors)
    looks = look or everything
    answers = _child.ask(
        len(numbers),
        lambda at: _RECORDS.plain(_tell(numbers[at], doors[numbers[at]], proc, looks)),
        deadline=deadline,
        total=total,
    )
    seen: t.Dict[int, NamespaceView] = {}
    missed: t.Dict[str, t.List[int]] = {}
    for number, told in zip(numbers, map(_RECORDS.built, answers)):
        if isinstance(told, NamespaceView):
            seen[number] = told
        else:
            missed.setdefault(told or HUNG, []).append(number)
    counts = {reason: len(which) for reason, which in missed.items()}
    return Visit(seen, counts, frozenset(missed.get(ENDED, ())))


def _tell(number: int, doors: t.Sequence[str], proc: str, look: Look) -> t.Union[NamespaceView, str]:
    """What there is in one namespace, or why it cannot be told, in the child."""
    return _enter(number, doors) or _with_number(number, look(number, proc))


def _enter(number: int, doors: t.Sequence[str]) -> t.Optional[str]:
    """Go in by the first door that still leads there; else why not."""
    refusal = ENDED
    for door in doors:
        try:
            handle = os.open(door, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if os.fstat(handle).st_ino == number:
                    set_namespace(handle)
                    return None
            finally:
                os.close(handle)
        except PermissionError:
            refusal = REFUSED
        except OSError:
            continue  # the process has ended
    return refusal


def set_namespace(handle: int) -> None:
    """setns(2), which the os module has from Python 3.12 on. Raises OSError."""
    if hasattr(os, "setns"):
        os.setns(handle, NEWNET)
        return
    import ctypes

    if ctypes.CDLL(None, use_errno=True).setns(handle, NEWNET):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def sockets(number: int, proc: str) -> NamespaceView:
    """See the sockets alone: what a second look is compared by."""
    return NamespaceView(number, _sources.dump_all(proc, sparing=True))


def everything(number: int, proc: str, *, connect: _wire.Connect = _wire.connect) -> NamespaceView:
    """See everything from inside the namespace that the caller is in."""
    dump = _sources.dump_all(proc, connect=connect, sparing=True)
    counts = _sources.kernel_protocols(proc)
    if counts is not None:
        counts.pop("AF_VSOCK", None)  # its sockets belong to no network namespace: the host's own view has them all
    found = _portless_entries.look(proc, counts, connect=connect)
    rules = _published.look(proc, connect=connect)
    beside = (*found.gaps, *rules.gaps)
    if not (dump.sockets or rules.published):
        return NamespaceView(number, dump, (*found.paths, *rules.paths), gaps=beside)
    addresses, gaps = _host_facts.addresses(number, connect=connect)
    delivery, more = _local_delivery.delivery(number, addresses, proc=proc, connect=connect)
    indexes = {raw.interface for raw in dump.sockets if raw.interface}
    unowned = any(raw.protocol == "udp" for raw in dump.sockets)
    return NamespaceView(
        number,
        dump,
        (*found.paths, *rules.paths),
        rules.published,
        addresses=addresses,
        delivery=delivery,
        devices={index: _host_files.unicode_text(_host_facts.device(index)) for index in indexes},
        ephemeral=_host_facts.ephemeral(proc),
        kernel={("udp", port): kind for port, kind in _kernel_owned.tunnels(connect).items()} if unowned else {},
        gaps=(*beside, *gaps, *more),
    )


def _with_number(number: int, inside: NamespaceView) -> NamespaceView:
    """The same with gaps that say which namespace they are of."""
    dump = inside.dump._replace(gaps=_numbered(number, inside.dump.gaps))
    return inside._replace(dump=dump, gaps=_numbered(number, inside.gaps))


def _numbered(number: int, gaps: t.Iterable[_socket.Gap]) -> t.Tuple[_socket.Gap, ...]:
    return tuple(gap._replace(detail="network namespace %d: %s" % (number, gap.detail)) for gap in gaps)
''',
    "_collect.linux.netlink._generic_netlink": r'''



"""UDP ports of the kernel's own that only generic netlink tells: of a WireGuard device, and of FOU and GUE.

Sources: include/uapi/linux/{genetlink,wireguard,fou}.h.
"""

from __future__ import annotations

import struct
import typing as t

from _fleetports_compliance._collect.linux.netlink import _wire

_GENLMSG = struct.Struct("=BBxx")
_U16, _BE16, _U32 = struct.Struct("=H"), struct.Struct(">H"), struct.Struct("=I")
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 0x10, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
WG_CMD_GET_DEVICE, WGDEVICE_A_IFINDEX, WGDEVICE_A_LISTEN_PORT = 0, 1, 6
FOU_CMD_GET, FOU_ATTR_PORT, FOU_ATTR_TYPE = 3, 1, 4
_FOU_TYPES = {b"\x01": "fou", b"\x02": "gue"}


def wireguard_port(index: int, connect: _wire.Connect) -> t.Optional[int]:
    """The port of a device; None where it has none, or does not tell it: EPERM without CAP_NET_ADMIN."""
    request = _wire.pack_attribute(WGDEVICE_A_IFINDEX, _U32.pack(index))
    for found in _told(b"wireguard", WG_CMD_GET_DEVICE, connect, request=request):
        port = _wire.attribute_number(found, WGDEVICE_A_LISTEN_PORT, _U16)
        if port is not None:
            return port
    return None


def fou_ports(connect: _wire.Connect) -> t.Dict[int, str]:
    """Ports of FOU (foo over UDP) and GUE in this namespace, with the kind. Everybody may ask."""
    ports: t.Dict[int, str] = {}
    for found in _told(b"fou", FOU_CMD_GET, connect):
        port = _wire.attribute_number(found, FOU_ATTR_PORT, _BE16)
        if port:
            ports[port] = _FOU_TYPES.get(found.get(FOU_ATTR_TYPE, b""), "fou")
    return ports


def family(name: bytes, connect: _wire.Connect) -> t.Optional[int]:
    """The number of a family; None where the kernel has not loaded it. To ask by name would load it."""
    request = _GENLMSG.pack(CTRL_CMD_GETFAMILY, 1)
    for payload in _wire.dump(_wire.GENERIC, GENL_ID_CTRL, request, connect=connect):
        found = _wire.attributes(payload, _GENLMSG.size)
        number = _wire.attribute_number(found, CTRL_ATTR_FAMILY_ID, _U16)
        if found.get(CTRL_ATTR_FAMILY_NAME, b"").rstrip(b"\0") == name and number is not None:
            return number
    return None


def _told(name: bytes, command: int, connect: _wire.Connect, *, request: bytes = b"") -> t.List[t.Mapping[int, bytes]]:
    """The attributes of each message of an answer; none where the family refuses: what is not confirmed is not said."""
    try:
        number = family(name, connect)
        if number is None:
            return []
        raw = _wire.dump(_wire.GENERIC, number, _GENLMSG.pack(command, 1) + request, connect=connect)
        return [_wire.attributes(payload, _GENLMSG.size) for payload in raw]
    except _wire.NetlinkError:
        return []
''',
    "_collect.linux.netlink._kernel_owned": r'''



"""UDP sockets of tunnels, which the kernel itself holds: only those that a device or FOU confirms.

A socket without a process is not the kernel's for that: descriptors in flight and files of io_uring look the same.
"""

from __future__ import annotations

import typing as t

from _fleetports_compliance._collect.linux.netlink import (
    _generic_netlink,
    _rtnetlink,
    _wire,
)


def tunnels(connect: _wire.Connect) -> t.Dict[int, str]:
    """UDP ports of the network namespace that the kernel holds, with the kind.

    ``vxlan``, ``geneve``, ``wireguard``, ``fou``, ``gue``. Of what refuses nothing is confirmed, and its sockets stay
    unattributed.
    """
    return {**_generic_netlink.fou_ports(connect), **_of_devices(connect)}


def _of_devices(connect: _wire.Connect) -> t.Dict[int, str]:
    try:
        return _rtnetlink.tunnel_ports(connect=connect)
    except _wire.NetlinkError:
        return {}
''',
    "_collect.linux.netlink._rtnetlink": r'''



"""Addresses, links, routes and rules of a network namespace, by NETLINK_ROUTE.

Sources: rtnetlink(7), include/uapi/linux/{if_addr,if_link,rtnetlink,fib_rules,ip}.h.
"""

from __future__ import annotations

import errno
import socket
import struct
import typing as t

from _fleetports_compliance._collect.linux.netlink import (
    _generic_netlink,
    _wire,
)

GETLINK, GETADDR, GETROUTE, GETRULE = 18, 22, 26, 34
FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_NAMES = {number: name for name, number in FAMILIES.items()}
_IFADDRMSG = struct.Struct("=BBBBI")
_IFINFOMSG = struct.Struct("=BxHiII")
_RTMSG = struct.Struct("=BBBBBBBBI")  # struct rtmsg; struct fib_rule_hdr has the same shape
_RTM_TYPE = 7  # offset of rtm_type
_BE16, _U32 = struct.Struct(">H"), struct.Struct("=I")
_NOTHING = 0xFFFFFFFF  # of a length that suppresses routes, and of the bits of a mark: none is left out
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO, IFLA_AF_SPEC, IFLA_EXT_MASK = 3, 10, 18, 26, 29
_OF_A_DEVICE = {IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO, IFLA_AF_SPEC}
IFLA_INFO_KIND, IFLA_INFO_DATA = 1, 2
IFLA_VRF_TABLE = 1
IFLA_INET_CONF = 1  # an array of the device's settings; IPV4_DEVCONF_ROUTE_LOCALNET is 26, and they count from 1
_ROUTE_LOCALNET = slice(100, 104)
SKIP_STATS = 1 << 3  # RTEXT_FILTER_SKIP_STATS
IFF_LOOPBACK = 0x8
RTA_DST, RTA_OIF, RTA_TABLE = 1, 4, 15
_OF_A_ROUTE = {RTA_DST, RTA_OIF, RTA_TABLE}
LOCAL, ANYCAST = 2, 4  # RTN_LOCAL, RTN_ANYCAST
ENDS = (6, 7, 8)  # RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT
FRA_PRIORITY, FRA_FWMARK, FRA_SUPPRESS, FRA_TABLE, FRA_FWMASK, FRA_L3MDEV, FRA_PROTOCOL = 6, 10, 14, 15, 16, 19, 21
_OF_EVERY_PACKET = {FRA_PRIORITY, FRA_SUPPRESS, FRA_TABLE, FRA_L3MDEV, FRA_PROTOCOL}
FR_ACT_TO_TBL, FIB_RULE_INVERT = 1, 0x2
# Which attribute of IFLA_INFO_DATA holds the UDP port, big endian.
TUNNEL_PORT = {b"vxlan": 15, b"geneve": 5}


class Address(t.NamedTuple):
    """An address of the host: text, length of its prefix in bits, index of its device."""

    family: str
    address: str
    prefix_length: int
    interface: int


def addresses(*, connect: _wire.Connect = _wire.connect) -> t.List[Address]:
    """All addresses. Raises NetlinkError."""
    request = _IFADDRMSG.pack(0, 0, 0, 0, 0)
    found = (parse_address(raw) for raw in _wire.dump(_wire.ROUTE, GETADDR, request, connect=connect))
    return [address for address in found if address is not None]


def parse_address(payload: bytes) -> t.Optional[Address]:
    """One RTM_NEWADDR; None for families other than IPv4 and IPv6. Raises NetlinkError."""
    if len(payload) < _IFADDRMSG.size:
        raise _wire.NetlinkError("malformed", "an address of %d bytes" % len(payload))
    kind, prefix, _flags, _scope, interface = _IFADDRMSG.unpack_from(payload)
    found = _wire.attributes(payload, _IFADDRMSG.size)
    # On point-to-point links IFA_ADDRESS is the peer's (rtnetlink(7)).
    raw = found.get(IFA_LOCAL) or found.get(IFA_ADDRESS) or b""
    if kind == socket.AF_INET and len(raw) == 4:
        return Address("ipv4", socket.inet_ntop(kind, raw), prefix, interface)
    if kind == socket.AF_INET6 and len(raw) == 16:
        return Address("ipv6", socket.inet_ntop(kind, raw), prefix, interface)
    return None


def tunnel_ports(*, connect: _wire.Connect = _wire.connect) -> t.Dict[int, str]:
    """UDP ports that vxlan, geneve and wireguard links of this namespace hold, with the kind. Raises NetlinkError.

    WireGuard tells its port only to CAP_NET_ADMIN; without it those ports are missing.
    """
    request = _IFINFOMSG.pack(0, 0, 0, 0, 0)
    ports: t.Dict[int, str] = {}
    wireguard: t.List[int] = []
    for payload in _wire.dump(_wire.ROUTE, GETLINK, request, connect=connect):
        kind, index, port = parse_link(payload)
        if port is not None:
            ports[port] = kind
        elif kind == "wireguard":
            wireguard.append(index)
    for index in wireguard:
        port = _generic_netlink.wireguard_port(index, connect)
        if port:
            ports[port] = "wireguard"
    return ports


def parse_link(payload: bytes) -> t.Tuple[str, int, t.Optional[int]]:
    """Kind, index and UDP port of one RTM_NEWLINK. Raises NetlinkError."""
    if len(payload) < _IFINFOMSG.size:
        raise _wire.NetlinkError("malformed", "a link of %d bytes" % len(payload))
    _family, _type, index, _flags, _change = _IFINFOMSG.unpack_from(payload)
    info = _wire.attributes(_wire.attributes(payload, _IFINFOMSG.size).get(IFLA_LINKINFO, b""))
    kind = info.get(IFLA_INFO_KIND, b"").rstrip(b"\0")
    port = None
    if kind in TUNNEL_PORT:
        port = _wire.attribute_number(_wire.attributes(info.get(IFLA_INFO_DATA, b"")), TUNNEL_PORT[kind], _BE16)
    return kind.decode("ascii", "replace"), index, port


class Route(t.NamedTuple):
    """A route. ``destination`` are its bytes, all of the address; ``kind`` is a number of RTN_*."""

    destination: bytes
    length: int
    table: int
    kind: int
    interface: int


def routes(family: str, *, table: int, kind: int, connect: _wire.Connect = _wire.connect) -> t.List[Route]:
    """Routes of a kind, filtered in the kernel: a router has a million others. ``kind`` 0: LOCAL and ANYCAST.

    ``table`` 0: of every table. A kernel that does not filter gives those of every table too. Raises NetlinkError.
    """
    kinds = (kind,) if kind else (LOCAL, ANYCAST)
    request = _rtmsg(FAMILIES[family], rtm_type=kind) + _wire.pack_attribute(RTA_TABLE, _U32.pack(table))
    try:
        strict = _wire.strictly(connect)
        answers = _wire.dump(_wire.ROUTE, GETROUTE, request, connect=strict, keep=_of(kinds))
    except _wire.NetlinkError as error:
        if error.errno == errno.ENOENT:
            return []  # a table without any route is none
        raise
    return [parse_route(payload) for payload in answers]


def all_routes(family: str, *, most: int, connect: _wire.Connect = _wire.connect) -> t.List[Route]:
    """Routes of kind LOCAL and ANYCAST of every table, out of no more than ``most`` others.

    One question, and nothing to set; the cheapest where a host has few routes. Raises NetlinkError, ``too-many``.
    """
    keep = _of((LOCAL, ANYCAST), most=most)
    answers = _wire.dump(_wire.ROUTE, GETROUTE, _rtmsg(FAMILIES[family]), connect=connect, keep=keep)
    return [parse_route(payload) for payload in answers]


def _rtmsg(rtm_family: int, *, rtm_type: int = 0) -> bytes:
    return _RTMSG.pack(rtm_family, 0, 0, 0, 0, 0, 0, rtm_type, 0)


def _of(kinds: t.Sequence[int], *, most: t.Optional[int] = None) -> _wire.Keep:
    """Routes of these kinds; one that is too short to have any is kept, to be refused."""
    size, rtm_type = _RTMSG.size, _RTM_TYPE  # looked up once: a router has a million others
    return _wire.Keep(lambda payload: len(payload) < size or payload[rtm_type] in kinds, most or _wire.MOST_PASSED)


def parse_route(payload: bytes) -> Route:
    """One RTM_NEWROUTE. Raises NetlinkError."""
    if len(payload) < _RTMSG.size:
        raise _wire.NetlinkError("malformed", "a route of %d bytes" % len(payload))
    family, length, _src_len, _tos, table, _protocol, _scope, kind, _flags = _RTMSG.unpack_from(payload)
    size = {socket.AF_INET: 4, socket.AF_INET6: 16}.get(family, 0)
    found = _wire.attributes(payload, _RTMSG.size, only=_OF_A_ROUTE)
    destination = found.get(RTA_DST, b"\0" * size)
    if len(destination) != size or length > 8 * size:
        raise _wire.NetlinkError("malformed", "a route to %d bits of %d bytes" % (length, len(destination)))
    return Route(destination, length, _number(found, RTA_TABLE, table), kind, _number(found, RTA_OIF, 0))


def _number(found: t.Mapping[int, bytes], kind: int, otherwise: int) -> int:
    number = _wire.attribute_number(found, kind, _U32)
    return otherwise if number is None else number


class RoutingRule(t.NamedTuple):
    """A rule that names a table. ``vrf``: that of the packet's VRF. ``marked``: only for packets with a mark.

    ``every``: nothing else narrows it either.
    """

    family: str
    table: int
    vrf: bool
    marked: bool
    every: bool


def rules(*, connect: _wire.Connect = _wire.connect) -> t.List[RoutingRule]:
    """The rules that name tables, both families, in the kernel's order. Raises NetlinkError."""
    try:
        answers = _wire.dump(_wire.ROUTE, GETRULE, _rtmsg(socket.AF_UNSPEC), connect=connect)
    except _wire.NetlinkError as error:
        if error.errno == errno.EOPNOTSUPP:
            return []  # a kernel without CONFIG_IP_MULTIPLE_TABLES
        raise
    return [rule for rule in map(parse_rule, answers) if rule is not None]


def parse_rule(payload: bytes) -> t.Optional[RoutingRule]:
    """One RTM_NEWRULE; None when it names no table, or is of another family. Raises NetlinkError."""
    if len(payload) < _RTMSG.size:
        raise _wire.NetlinkError("malformed", "a rule of %d bytes" % len(payload))
    family, dst_len, src_len, tos, table, _res1, _res2, action, flags = _RTMSG.unpack_from(payload)
    if action != FR_ACT_TO_TBL or family not in _NAMES:
        return None
    found = _wire.attributes(payload, _RTMSG.size)
    # fib_rule_match(): the mark of a packet that has none is 0, and "not" turns the whole rule round.
    mark = _number(found, FRA_FWMARK, 0) & _number(found, FRA_FWMASK, _NOTHING)
    return RoutingRule(
        _NAMES[family],
        _number(found, FRA_TABLE, table),
        vrf=found.get(FRA_L3MDEV, b"\0") != b"\0",
        marked=bool(mark) and not flags & FIB_RULE_INVERT,
        every=not (dst_len or src_len or tos or flags & FIB_RULE_INVERT)
        and found.keys() <= _OF_EVERY_PACKET
        and _number(found, FRA_SUPPRESS, _NOTHING) == _NOTHING,
    )


class Link(t.NamedTuple):
    """A device. ``number`` is its index, ``master`` that of another (0: none), ``table`` a VRF's.

    ``localnet``: its own ``route_localnet``.
    """

    number: int
    name: bytes
    kind: bytes
    master: int
    table: int
    loopback: bool
    localnet: bool


def links(*, connect: _wire.Connect = _wire.connect) -> t.List[Link]:
    """All devices, without their statistics. Raises NetlinkError."""
    request = _IFINFOMSG.pack(0, 0, 0, 0, 0) + _wire.pack_attribute(IFLA_EXT_MASK, _U32.pack(SKIP_STATS))
    return [parse_device(payload) for payload in _wire.dump(_wire.ROUTE, GETLINK, request, connect=connect)]


def parse_device(payload: bytes) -> Link:
    """One RTM_NEWLINK. Raises NetlinkError."""
    if len(payload) < _IFINFOMSG.size:
        raise _wire.NetlinkError("malformed", "a link of %d bytes" % len(payload))
    _family, _type, index, flags, _change = _IFINFOMSG.unpack_from(payload)
    found = _wire.attributes(payload, _IFINFOMSG.size, only=_OF_A_DEVICE)
    info = _wire.attributes(found.get(IFLA_LINKINFO, b""))
    kind = info.get(IFLA_INFO_KIND, b"").rstrip(b"\0")
    data = _wire.attributes(info.get(IFLA_INFO_DATA, b"")) if kind == b"vrf" else {}
    of_ipv4 = _wire.attributes(_wire.attributes(found.get(IFLA_AF_SPEC, b"")).get(socket.AF_INET, b""))
    return Link(
        index,
        found.get(IFLA_IFNAME, b"").rstrip(b"\0"),
        kind,
        _number(found, IFLA_MASTER, 0),
        _number(data, IFLA_VRF_TABLE, 0),
        loopback=bool(flags & IFF_LOOPBACK),
        localnet=any(of_ipv4.get(IFLA_INET_CONF, b"")[_ROUTE_LOCALNET]),
    )
''',
    "_collect.linux.netlink._sk_lookup": r'''



"""BPF programs of a network namespace that choose the socket for a connection, whatever address it was made to.

Sources: bpf(2), include/uapi/linux/bpf.h, netns_bpf_prog_query() in kernel/bpf/net_namespace.c; Linux 5.9 and newer.
"""

from __future__ import annotations

import errno
import os
import struct
import typing as t

PROG_QUERY = 16  # BPF_PROG_QUERY
SK_LOOKUP = 36  # BPF_SK_LOOKUP
MOST = 64  # BPF_MAX_LINKS_NETNS is 64
# Of bpf(2), by machine as uname has it; arch/*/kernel/syscalls/*.tbl.
CALLS = {"x86_64": 321, "aarch64": 280, "riscv64": 280, "loongarch64": 280, "ppc64le": 361, "ppc64": 361, "s390x": 351}

# target_fd, attach_type, query_flags, attach_flags, prog_ids, prog_cnt; bpf_attr's part for PROG_QUERY
_QUERY = struct.Struct("=IIIIQI4x")
# The kernel is older, or built without.
_ABSENT = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


class SkLookupRefused(Exception):
    """The kernel does not tell without CAP_NET_ADMIN."""


def programs(namespace: str) -> t.List[int]:
    """Ids of the programs attached to the network namespace at a path. Empty where the kernel has no such thing.

    Raises Refused, and OSError where it cannot be asked: the namespace cannot be opened, the machine's number of bpf(2)
    is not known here.
    """
    handle = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return sorted(query(handle))
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES):
            raise SkLookupRefused(str(error)) from error
        if error.errno in _ABSENT:
            return []
        raise
    finally:
        os.close(handle)


def query(namespace: int) -> t.List[int]:
    """Ask by a descriptor of the namespace. Raises OSError."""
    number = CALLS.get(os.uname().machine)
    if number is None:
        raise OSError(errno.ENOEXEC, "the number of bpf(2) is not known for %s" % os.uname().machine)
    import ctypes  # Ansible has loaded it already

    ids = (ctypes.c_uint32 * MOST)()
    attributes = ctypes.create_string_buffer(
        _QUERY.pack(namespace, SK_LOOKUP, 0, 0, ctypes.addressof(ids), MOST), _QUERY.size
    )
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(number, PROG_QUERY, attributes, _QUERY.size):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    _target_fd, _attach_type, _query_flags, _attach_flags, _prog_ids, prog_cnt = _QUERY.unpack(attributes.raw)
    return list(ids[:prog_cnt])
''',
    "_collect.linux.netlink._sock_diag": r'''



"""Listening sockets from the kernel by NETLINK_SOCK_DIAG, filtered by state inside the kernel.

Sources: sock_diag(7), include/uapi/linux/inet_diag.h, net/ipv4/inet_diag.c, net/mptcp/mptcp_diag.c, net/sctp/diag.c.
The cost of a dump does not grow with established connections, and no privilege is needed.
"""

from __future__ import annotations

import socket
import struct
import typing as t

from _fleetports_compliance._collect.linux.netlink import _wire

SOCK_DIAG_BY_FAMILY = 20
REQ_PROTOCOL = 3  # INET_DIAG_REQ_PROTOCOL: protocols that do not fit a byte; 2 is the bytecode filter
ATTR_SKV6ONLY, ATTR_LOCALS, ATTR_CGROUP_ID, ATTR_SOCKOPT = 11, 12, 21, 22
SOCKOPT_TRANSPARENT = 0x20

LISTEN, CLOSE = 10, 7  # TCP_LISTEN; TCP_CLOSE is how UDP without a peer shows
STATES = {LISTEN: "listen", CLOSE: "unconnected"}
FAMILIES = {"ipv4": 2, "ipv6": 10}  # Linux's numbers, on any platform

_REQUEST = struct.Struct("=BBBBI48x")
# struct inet_diag_msg, without timer and retrans, dport, dst, and the fields from cookie to wqueue
_ANSWER = struct.Struct("=BB2x2s2x16s16xI20xII")
_PORT = struct.Struct(">H")
_SS_FAMILY, _SIN_ADDR, _SIN6_ADDR = struct.Struct("=H"), struct.Struct("=4x4s"), struct.Struct("=8x16s")
_U64 = struct.Struct("=Q")
_STORAGE = 128  # sizeof(struct sockaddr_storage)


class RawSocket(t.NamedTuple):
    """One socket as one source shows it. ``interface`` is an index, 0: none. None: the source does not tell."""

    protocol: str
    family: str
    address: str
    port: int
    state: str
    uid: int
    inode: int
    interface: t.Optional[int] = None
    v6only: t.Optional[bool] = None
    transparent: t.Optional[bool] = None
    cgroup_id: t.Optional[int] = None


def request(number: int, family: str, state: int) -> bytes:
    """The request for all sockets of a protocol number, a family and one state."""
    body = _REQUEST.pack(FAMILIES[family], number & 0xFF, 0, 0, 1 << state)
    if number > 0xFF:
        body += _wire.pack_attribute(REQ_PROTOCOL, struct.pack("=I", number))
    return body


def dump(
    protocol: str, number: int, family: str, *, state: int, connect: _wire.Connect = _wire.connect
) -> t.List[RawSocket]:
    """All sockets of that protocol, family and state. Raises NetlinkError."""
    body = request(number, family, state)
    found: t.List[RawSocket] = []
    for payload in _wire.dump(_wire.SOCK_DIAG, SOCK_DIAG_BY_FAMILY, body, connect=connect):
        found.extend(parse(payload, protocol, family, state=state))
    return found


def parse(payload: bytes, protocol: str, family: str, *, state: int) -> t.List[RawSocket]:
    """One message: one socket, once for each address it is bound to (SCTP may have several).

    Empty when it is not in the state asked for: SCTP's dump does not filter endpoints by it.
    Raises NetlinkError when the message is too short.
    """
    if len(payload) < _ANSWER.size:
        raise _wire.NetlinkError("malformed", "a socket of %d bytes" % len(payload))
    idiag_family, idiag_state, idiag_sport, idiag_src, idiag_if, idiag_uid, idiag_inode = _ANSWER.unpack_from(payload)
    if idiag_state != state or idiag_family != FAMILIES[family]:
        return []
    (port,) = _PORT.unpack(idiag_sport)
    attributes = _wire.attributes(payload, _ANSWER.size)
    base = RawSocket(
        protocol=protocol,
        family=family,
        address=_address(idiag_src, family),
        port=port,
        state=STATES[state],
        interface=idiag_if,
        uid=idiag_uid,
        inode=idiag_inode,
        v6only=_v6only(attributes),
        transparent=_transparent(attributes),
        cgroup_id=_cgroup_id(attributes),
    )
    locals_ = _locals(attributes.get(ATTR_LOCALS, b""))
    return [base._replace(family=kind, address=address) for kind, address in locals_] or [base]


def _address(raw: bytes, family: str) -> str:
    return socket.inet_ntop(socket.AF_INET, raw[:4]) if family == "ipv4" else socket.inet_ntop(socket.AF_INET6, raw)


def _v6only(attributes: t.Mapping[int, bytes]) -> t.Optional[bool]:
    value = attributes.get(ATTR_SKV6ONLY)
    return bool(value[0]) if value else None


def _transparent(attributes: t.Mapping[int, bytes]) -> t.Optional[bool]:
    value = attributes.get(ATTR_SOCKOPT)
    return bool(value[0] & SOCKOPT_TRANSPARENT) if value else None


def _cgroup_id(attributes: t.Mapping[int, bytes]) -> t.Optional[int]:
    value = attributes.get(ATTR_CGROUP_ID)
    if not value or len(value) != _U64.size:
        return None
    (number,) = _U64.unpack(value)
    return t.cast(int, number)


def _locals(value: bytes) -> t.List[t.Tuple[str, str]]:
    """Families and addresses of INET_DIAG_LOCALS, an array of sockaddr_storage (net/sctp/diag.c).

    A socket of IPv6 may be bound to addresses of IPv4 as well.
    """
    found = []
    for offset in range(0, len(value) - _STORAGE + 1, _STORAGE):
        (ss_family,) = _SS_FAMILY.unpack_from(value, offset)
        if ss_family == FAMILIES["ipv4"]:
            (sin_addr,) = _SIN_ADDR.unpack_from(value, offset)
            found.append(("ipv4", _address(sin_addr, "ipv4")))
        elif ss_family == FAMILIES["ipv6"]:
            (sin6_addr,) = _SIN6_ADDR.unpack_from(value, offset)
            found.append(("ipv6", _address(sin6_addr, "ipv6")))
    return found
''',
    "_collect.linux.netlink._wire": r'''



"""The netlink wire protocol: messages, attributes and a dump that is either whole or an error.

Sources: netlink(7), include/uapi/linux/netlink.h, net/netlink/af_netlink.c. A dump ends with NLMSG_DONE whose payload
is the error of the dump; only zero means that everything was sent (netlink_dump_done()).
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import typing as t

SOCK_DIAG = 4  # NETLINK_SOCK_DIAG
ROUTE = 0  # NETLINK_ROUTE
GENERIC = 16  # NETLINK_GENERIC

NOOP, ERROR, DONE, OVERRUN = 1, 2, 3, 4
REQUEST_DUMP = 0x001 | 0x300  # NLM_F_REQUEST | NLM_F_DUMP
DUMP_INTR = 0x010

GET_STRICT_CHK = 12  # NETLINK_GET_STRICT_CHK, since Linux 4.20: filters in a request for a dump count
SOL_NETLINK = 270

ATTEMPTS = 5
MOST_PASSED = 1 << 18  # messages of a dump that nobody wants, from a kernel that does not filter
TIMEOUT = 5.0  # seconds for one answer of the kernel; it answers at once or is stuck
BUFFER = 1 << 17  # the kernel fills at most 32 KiB for a dump; nothing is ever cut
_TRUNCATED = int(socket.MSG_TRUNC)  # the flag of the socket module is an enumeration, and slow to compare with

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_INT = struct.Struct("=i")
_TYPE_MASK = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER


class NetlinkError(Exception):
    """A dump that is not whole. ``code`` is short and stable, ``errno`` is the kernel's or 0."""

    def __init__(self, code: str, detail: str, *, number: int = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.errno = number


class _Again(Exception):
    """The dump was disturbed and has to be repeated."""


class Transport(t.Protocol):
    """What is used of a netlink socket; tests put a fake kernel in its place."""

    def send(self, data: bytes) -> int:
        """As socket.socket has it."""

    def recvmsg(self, size: int) -> t.Tuple[bytes, t.Any, int, t.Any]:
        """As socket.socket has it."""

    def close(self) -> None:
        """As socket.socket has it."""


Connect = t.Callable[[int], Transport]


class Keep(t.NamedTuple):
    """Which messages of a dump are wanted, and of how many others it is too much to read on."""

    wanted: t.Callable[[bytes], bool]
    most: int


class Message(t.NamedTuple):
    kind: int
    flags: int
    sequence: int
    payload: bytes


def connect(protocol: int) -> Transport:
    """Open a netlink socket. Raises OSError, where there is no netlink too."""
    family = getattr(socket, "AF_NETLINK", None)
    if family is None:
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
    connection = socket.socket(family, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
    connection.settimeout(TIMEOUT)
    return connection


def strictly(connect: Connect) -> Connect:
    """A socket on which the filters of a request count. An older kernel has none, and sends everything."""

    def connected(protocol: int) -> Transport:
        connection = connect(protocol)
        if isinstance(connection, socket.socket):
            with contextlib.suppress(OSError):
                connection.setsockopt(SOL_NETLINK, GET_STRICT_CHK, 1)
        return connection

    return connected


def dump(
    protocol: int, kind: int, payload: bytes, *, connect: Connect = connect, keep: t.Optional[Keep] = None
) -> t.List[bytes]:
    """Ask for a dump and return the payload of every message of it, or of those that are to be kept.

    A disturbed dump (NLM_F_DUMP_INTR, ENOBUFS) is repeated on a new socket: the kernel answers EBUSY to a second dump
    on one that has not ended. Raises NetlinkError when the dump was refused or did not become whole.
    """
    for sequence in range(1, ATTEMPTS + 1):
        request = pack(kind, payload, sequence=sequence)
        try:
            return _dump_once(protocol, request, sequence=sequence, connect=connect, keep=keep)
        except _Again:
            continue
    raise NetlinkError("dump-interrupted", "the dump was disturbed %d times" % ATTEMPTS)


def _dump_once(
    protocol: int, request: bytes, *, sequence: int, connect: Connect, keep: t.Optional[Keep]
) -> t.List[bytes]:
    try:
        connection = connect(protocol)
        try:
            connection.send(request)
            return _receive(connection, sequence=sequence, keep=keep)
        finally:
            connection.close()
    except OSError as error:
        raise _refused(error.errno or errno.ETIMEDOUT) from error


def pack(kind: int, payload: bytes, *, sequence: int) -> bytes:
    """One request for a dump."""
    return _HEADER.pack(_HEADER.size + len(payload), kind, REQUEST_DUMP, sequence, 0) + payload


def attribute_number(found: t.Mapping[int, bytes], kind: int, form: struct.Struct) -> t.Optional[int]:
    """The number that an attribute holds; None where it is missing, or of another size."""
    raw = found.get(kind, b"")
    if len(raw) != form.size:
        return None
    (value,) = form.unpack(raw)
    return t.cast(int, value)


def pack_attribute(kind: int, value: bytes) -> bytes:
    size = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(size, kind) + value + b"\0" * (-size % 4)


def messages(data: bytes) -> t.Iterator[Message]:
    """Split what one read returned. Raises NetlinkError when a length does not fit."""
    offset, end = 0, len(data)
    while offset < end:
        if end - offset < _HEADER.size:
            raise NetlinkError("malformed", "%d bytes instead of a message header" % (end - offset))
        length, kind, flags, sequence, _port = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size or length > end - offset:
            raise NetlinkError("malformed", "a message of %d bytes in %d" % (length, end - offset))
        yield Message(kind, flags, sequence, data[offset + _HEADER.size : offset + length])
        offset += (length + 3) & ~3


def attributes(data: bytes, offset: int = 0, *, only: t.Optional[t.AbstractSet[int]] = None) -> t.Dict[int, bytes]:
    """Attributes by type, the last of each. Fewer bytes than a header at the end are padding.

    ``only``: types that are wanted; a link has fifty. Raises NetlinkError when a length does not fit.
    """
    found: t.Dict[int, bytes] = {}
    end = len(data)
    last, unpack = end - _ATTRIBUTE.size, _ATTRIBUTE.unpack_from  # looked up once: this is what a dump costs
    while offset <= last:
        length, kind = unpack(data, offset)
        if length < _ATTRIBUTE.size or length > end - offset:
            raise NetlinkError("malformed", "an attribute of %d bytes in %d" % (length, end - offset))
        kind &= _TYPE_MASK
        if only is None or kind in only:
            found[kind] = data[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3
    return found


def _receive(connection: Transport, *, sequence: int, keep: t.Optional[Keep]) -> t.List[bytes]:
    payloads = _Payloads(keep)
    disturbed = False
    while True:
        data, _ancillary, flags, sender = connection.recvmsg(BUFFER)
        # Any process can send to a netlink socket; what counts comes from the kernel, port 0 (netlink(7)).
        if sender and sender[0] != 0:
            continue
        if not data:
            raise NetlinkError("malformed", "the kernel closed the dump before its end")
        if flags & _TRUNCATED:
            raise NetlinkError("truncated", "an answer was longer than %d bytes" % BUFFER)
        for message in messages(data):
            if message.sequence != sequence:
                continue
            disturbed = disturbed or bool(message.flags & DUMP_INTR)
            if message.kind == DONE:
                return _finished(message.payload, payloads.kept, disturbed=disturbed)
            _take(message, payloads)


class _Payloads:
    """What a dump holds so far, and how much of it was passed over."""

    def __init__(self, keep: t.Optional[Keep]) -> None:
        self.kept: t.List[bytes] = []
        self._keep = keep
        self._passed = 0

    def add(self, payload: bytes) -> None:
        if self._keep is None or self._keep.wanted(payload):
            self.kept.append(payload)
            return
        self._passed += 1
        if self._passed > self._keep.most:
            raise NetlinkError("too-many", "the kernel does not filter and sent more than %d others" % self._passed)


def _take(message: Message, payloads: _Payloads) -> None:
    if message.kind == ERROR:
        raise _refused(_number(message.payload))
    if message.kind == OVERRUN:
        raise _Again
    if message.kind != NOOP:
        payloads.add(message.payload)


def _finished(payload: bytes, payloads: t.List[bytes], *, disturbed: bool) -> t.List[bytes]:
    number = _number(payload)
    if number:
        raise _refused(number)
    if disturbed:
        raise _Again
    return payloads


def _number(payload: bytes) -> int:
    """The errno, positive, that NLMSG_ERROR and NLMSG_DONE begin with."""
    if len(payload) < _INT.size:
        raise NetlinkError("malformed", "a dump ended without a status")
    (error,) = _INT.unpack_from(payload)
    return -t.cast(int, error)


def _refused(number: int) -> Exception:
    if number in (errno.ENOBUFS, errno.EINTR):
        return _Again()
    name = errno.errorcode.get(number)
    said = "%s (%s)" % (os.strerror(number), name) if name else "error %d" % number
    return NetlinkError("dump-refused", said, number=number)
''',
    "_collect.linux.owners._blocked_accepts": r'''



"""Whoever waits on a socket that is in no table: accept(2) on a descriptor that was closed, or in an io_uring.

The kernel holds the socket for as long as the call lasts, and hands over the next connection. Only processes that hold
none of the listeners are looked at, and of them those that share a user or a cgroup with somebody who does: others have
no way to get at one. Sources: ``/proc/<pid>/task/<tid>/syscall`` and ``wchan``, proc(5).
"""

from __future__ import annotations

import functools
import os
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.owners import _io_uring
from _fleetports_compliance._collect.linux.owners._holders import (
    CONNECTIONS,
    DATAGRAMS,
    RING,
    DescriptorTable,
    Waiting,
)

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.linux.owners._fd_walk import Walk

THREADS = 2000
IO_URING_ENTER = 426  # on every machine
SOCKETCALL = 102  # where there is one; elsewhere a call of that number never waits
_SOCKETCALLS = {5: CONNECTIONS, 18: CONNECTIONS, 10: DATAGRAMS, 12: DATAGRAMS, 17: DATAGRAMS, 19: DATAGRAMS}
_GENERIC = ((202, 242), (207, 212, 243, 63, 65, 286, 76))
_I386 = ((364,), (371, 372, 337, 417, 3, 145, 378, 313))
_ARM = ((285, 366), (291, 292, 297, 365, 417, 3, 145, 392, 340))
_PPC = ((330, 344), (336, 337, 342, 343, 417, 3, 145, 380, 283))
_X32 = (517, 519, 537, 515, 546)
# Numbers of accept and accept4, and of recv, recvfrom, recvmsg, recvmmsg (its second number is for 64-bit times), read,
# readv, preadv2 and splice (sendfile and preadv refuse sockets), from the kernel's tables; with those of the 32-bit
# programs that a machine runs too: none of them is another call that waits on a descriptor.
_NUMBERS = {
    "x86_64": ((43, 288, *_I386[0]), (45, 47, 299, 0, 19, 327, 275, *_X32, *_I386[1])),
    "i686": _I386,
    "aarch64": ((*_GENERIC[0], *_ARM[0]), (*_GENERIC[1], *_ARM[1])),
    "armv7l": _ARM,
    "riscv64": _GENERIC,
    "loongarch64": _GENERIC,
    "ppc64le": _PPC,
    "ppc64": _PPC,
    "s390x": ((364,), (371, 372, 357, 417, 3, 145, 376, 306)),
}
# Where the kernel waits in them (/proc/<pid>/wchan), whatever the machine: beginnings of names of functions.
_ACCEPTS = ("inet_csk_accept", "inet_csk_wait_for", "sctp_accept", "sctp_wait_for_accept")
# Where it waits for connections of other kinds.
_OTHERS = ("__skb_wait_for_more_packets", "unix_", "vsock_", "__vsock_")
_RECEIVES = ("__skb_wait_for_more_packets", "__skb_recv_udp")
_WORKERS = ("io_wq_worker", "io_sq_thread")


@functools.lru_cache(maxsize=1)
def _told(machine: str) -> t.FrozenSet[int]:
    """Numbers of all calls that matter: few threads wait in one, and of the others no argument is read."""
    accepts, receives = _NUMBERS.get(machine, ((), ()))
    return frozenset((IO_URING_ENTER, SOCKETCALL, *accepts, *receives))


class Call(t.NamedTuple):
    """What a thread waits in. ``kind`` None: in an io_uring. ``descriptor`` None: it is not told which."""

    kind: t.Optional[str]
    descriptor: t.Optional[int]


def found(walk: Walk, processes: t.Sequence[int]) -> t.List[Waiting]:
    """Whoever waits so, of at most THREADS threads."""
    holders: t.Set[int] = set().union(*walk.pids.values())
    waiting: t.List[Waiting] = []
    left = THREADS
    for pid in _candidates(walk, processes, holders):
        threads = _threads(walk, pid)[:left]
        left -= len(threads)
        waiting += _of_threads(walk, pid, threads)
        if _table(walk, pid).ring:
            waiting += _in_ring(walk, pid)
        if left <= 0 or walk.budget.spent():
            break
    return sorted(set(waiting), key=lambda one: (one.pid, one.kind or ""))


def _of_threads(walk: Walk, pid: int, threads: t.Sequence[int]) -> t.Iterator[Waiting]:
    """What the threads of a process wait for. To know it of one may take all descriptors or connections there are."""
    for thread in threads:
        if walk.budget.spent():
            return
        one = _look(walk.proc, pid, thread)
        if one is not None:
            yield one


def _candidates(walk: Walk, processes: t.Sequence[int], holders: t.Set[int]) -> t.Iterator[int]:
    """Those that hold none and share a user, or a cgroup, with somebody who does."""
    # 0 is root, and whoever may not be traced: what is not dumpable does not show its user (proc(5)).
    users = {0, *(_table(walk, pid).user for pid in holders), *walk.creators}
    groups: t.Set[t.Optional[bytes]] = set()
    preferred = set(walk.preferred)
    for pid in processes:
        if pid in holders or pid in walk.denied:
            continue
        if pid in preferred or _table(walk, pid).user in users:
            yield pid
            continue
        groups = groups or {_host_files.read("%s/%d/cgroup" % (walk.proc, holder)) for holder in holders} - {None}
        if _host_files.read("%s/%d/cgroup" % (walk.proc, pid)) in groups:
            yield pid


_NO_TABLE = DescriptorTable(0)


def _table(walk: Walk, pid: int) -> DescriptorTable:
    return walk.tables.get(walk.table_of(pid), _NO_TABLE)


def _threads(walk: Walk, pid: int) -> t.List[int]:
    """Its threads; none of a thread of the kernel's own."""
    base = "%s/%d" % (walk.proc, pid)
    if pid in walk.alone:
        return [pid] if _table(walk, pid).size or os.path.lexists(base + "/exe") else []
    try:
        return sorted(int(name) for name in os.listdir(base + "/task") if name.isdigit())
    except OSError:
        return []


def _look(proc: str, pid: int, thread: int) -> t.Optional[Waiting]:
    """What one thread waits for, if that is in no table."""
    # The first thread shows the same without a folder of its own, which the kernel would have to make.
    base = "%s/%d" % (proc, pid) if thread == pid else "%s/%d/task/%d" % (proc, pid, thread)
    raw = _host_files.read(base + "/syscall", limit=256)
    if not raw or raw.startswith(b"running"):
        return None
    machine = os.uname().machine
    call = parse(raw, machine)
    if call is None:
        # A worker of an io_uring makes no system call. Of a machine that is not known no number is.
        silent = (raw.startswith(b"-1") and thread != pid) or machine not in _NUMBERS
        return _worker(proc, base, pid) if silent else None
    if call.kind is None:
        return None if _has_ring(base) else Waiting(pid, None)
    if not _elsewhere(proc, base, call):
        return None
    # It may have gone on between the two: only what is still the same is believed.
    same = _host_files.read(base + "/syscall", limit=256) == raw and _elsewhere(proc, base, call)
    return Waiting(pid, call.kind) if same else None


def _elsewhere(proc: str, base: str, call: Call) -> bool:
    """Whether the socket that it waits on is none that it has."""
    link = _host_files.readlink("%s/fd/%d" % (base, call.descriptor)) if call.descriptor is not None else None
    if call.descriptor is not None and not (link or "").startswith("socket:["):
        # Closed, or no socket at all: so it is on another, unless that is of a kind that is no listener.
        if call.kind is CONNECTIONS:
            return not _where(base).startswith(_OTHERS)
        return _waits(base, call.kind)
    if link is not None and call.kind is DATAGRAMS:
        return False
    # Any socket can be given the number of another: the one that is waited on is a listener that the kernel knows.
    return _waits(base, call.kind) and _own_namespace(proc, base) and not _listens(base, link)


def _listens(base: str, link: t.Optional[str]) -> bool:
    """Whether a socket is a listener of the process's namespace: the kernel lists those before all others."""
    inode = os.fsencode(link or "")[len("socket:[") : -1]
    for table in ("tcp", "tcp6"):
        rows = (line.split() for line in (_host_files.read("%s/net/%s" % (base, table)) or b"").split(b"\n"))
        if any(len(row) > 9 and row[3] == b"0A" and row[9] == inode for row in rows):
            return True
    return False


def parse(raw: bytes, machine: str) -> t.Optional[Call]:
    """A line of ``syscall``: number, six arguments, stack and program counter. None: none of the calls that matter."""
    fields = raw.split()
    if len(fields) != 9 or not fields[0].isdigit():
        return None
    number = int(fields[0]) & ~0x40000000  # __X32_SYSCALL_BIT
    if number not in _told(machine):
        return None
    try:
        arguments = [int(field, 16) & 0xFFFFFFFF for field in fields[1:7]]
    except ValueError:
        return None
    if number == IO_URING_ENTER:
        return Call(None, None)
    if number == SOCKETCALL and arguments[0] in _SOCKETCALLS:
        return Call(_SOCKETCALLS[arguments[0]], None)  # the descriptor is in the memory of the process
    accepts, receives = _NUMBERS.get(machine, ((), ()))
    kind = CONNECTIONS if number in accepts else DATAGRAMS if number in receives else None
    return Call(kind, arguments[0]) if kind is not None else None


def _waits(base: str, kind: t.Optional[str]) -> bool:
    """Whether the kernel waits where it does for a listener; not, where it does not tell."""
    return _where(base).startswith(_ACCEPTS if kind is CONNECTIONS else _RECEIVES)


def _where(base: str) -> str:
    return (_host_files.read(base + "/wchan", limit=256) or b"").decode("ascii", "replace").strip()


def _worker(proc: str, base: str, pid: int) -> t.Optional[Waiting]:
    """A thread of an io_uring that waits by itself, or that belongs to a ring of which there is no descriptor."""
    where = _where(base)
    if where.startswith(_WORKERS):
        return None if _has_ring(base) else Waiting(pid, None)
    return Waiting(pid, CONNECTIONS) if where.startswith(_ACCEPTS) and _own_namespace(proc, base) else None


def _has_ring(base: str) -> bool:
    try:
        names = os.listdir(base + "/fd")
    except OSError:
        return True  # it has ended
    ring = os.fsdecode(RING)
    return any(_host_files.readlink("%s/fd/%s" % (base, name)) == ring for name in names)


def _own_namespace(proc: str, base: str) -> bool:
    """Whether it is in the network namespace of the collector. Listeners of others are not all known."""
    return _host_files.readlink(base + "/ns/net") == _host_files.readlink(proc + "/self/ns/net")


def _in_ring(walk: Walk, pid: int) -> t.List[Waiting]:
    """What its rings wait for. It holds none of the listeners: so it is on something else that it has, or on one."""
    tables = [table for table in walk.tables.values() if table.pid == pid]
    operations: t.Set[int] = set().union(*(table.awaited for table in tables))
    if not operations & {_io_uring.ACCEPT, *_io_uring.RECEIVES}:
        return []
    base = "%s/%d" % (walk.proc, pid)
    try:
        links = {_host_files.readlink("%s/fd/%s" % (base, name)) for name in os.listdir(base + "/fd")}
    except OSError:
        return []
    sockets = {link for link in links if link and link.startswith("socket:[")}
    if _io_uring.ACCEPT in operations and not sockets & _unix_listeners(base):
        # In another namespace its listeners are not all known: any socket may be one.
        return [] if sockets and not _own_namespace(walk.proc, base) else [Waiting(pid, CONNECTIONS)]
    return [] if sockets else [Waiting(pid, DATAGRAMS)]


def _unix_listeners(base: str) -> t.Set[str]:
    """Sockets of the process's namespace that take connections of other kinds: flag __SO_ACCEPTCON."""
    rows = (line.split() for line in (_host_files.read(base + "/net/unix", limit=1 << 24) or b"").split(b"\n"))
    return {
        "socket:[%s]" % row[6].decode() for row in rows if len(row) > 6 and row[3] == b"00010000" and row[6].isdigit()
    }
''',
    "_collect.linux.owners._exe": r'''



"""Whether an executable is the file of that path on the host, found out in a child with a deadline.

Anyone can mount a file of their own over ``/usr/sbin/sshd`` in a namespace of their own, and ``exe`` then shows that
path. Comparing device and inode tells, but stat on a dead FUSE or NFS mount never returns and cannot be interrupted:
it is done by a child that may be left behind.
"""

from __future__ import annotations

import os
import stat
import typing as t

from _fleetports_compliance._collect.common import _child, _host_files
from _fleetports_compliance._collect.linux.owners import _exe_alias
from _fleetports_compliance._collect.linux.procfs import _process
from _fleetports_compliance._collect.linux.systemd import _exec_start

DEADLINE = 2.0  # seconds without an answer


class Question(t.NamedTuple):
    """What to find out. ``pid`` None: of a unit that has not started, ``link`` is the path it would execute.

    ``name``: what the kernel calls the process.
    """

    pid: t.Optional[int]
    link: str
    name: t.Optional[str] = None


def of_process(process: _process.ProcfsProcess) -> Question:
    """What to find out of a process whose executable was read."""
    return Question(process.pid, process.link or "", process.name)


class ExeAnswer(t.NamedTuple):
    """``on_host`` None: it could not be found out. ``alias``: another path of the same file."""

    exe: t.Optional[str]
    deleted: t.Optional[bool]
    on_host: t.Optional[bool]
    alias: t.Optional[str] = None


NOT_TOLD = ExeAnswer(None, None, None)

Solve = t.Callable[[Question, _host_files.Roots], ExeAnswer]


def unanswered(question: Question) -> ExeAnswer:
    """What the link alone says."""
    path, deleted = _process.strip_deleted(question.link)
    return ExeAnswer(path, deleted, None)


def solve(question: Question, roots: _host_files.Roots) -> ExeAnswer:
    """Compare the files. May hang on a dead mount."""
    if question.pid is None:
        return _of_unit(question.link, roots)
    running = _stat("%s/%d/exe" % (roots.proc, question.pid))
    # It may have ended or gone on to another program since, which is then not what was asked for.
    if running is None or _host_files.readlink("%s/%d/exe" % (roots.proc, question.pid)) != question.link:
        return _ended(question, roots)
    # A file may really be named "sshd (deleted)": the kernel's mark is believed only if no such file is the one
    # running.
    if _stat(roots.path(question.link)) == running:
        return ExeAnswer(question.link, False, True, _exe_alias.find(question.link, question.name, roots))
    path, deleted = _process.strip_deleted(question.link)
    return ExeAnswer(path, deleted, _stat(roots.path(path)) == running)


def _ended(question: Question, roots: _host_files.Roots) -> ExeAnswer:
    """Another process of the same file may answer for it. By which path it was started, its own name tells."""
    answer = unanswered(question)
    if answer.deleted or answer.exe is None:
        return answer
    return answer._replace(alias=_exe_alias.find(answer.exe, question.name, roots))


def _of_unit(path: str, roots: _host_files.Roots) -> ExeAnswer:
    """The executable as it will show once the unit runs: symbolic links resolved, of a script its interpreter.

    Nothing is known where that executes another program, or runs as the owner of its file.
    """
    program = _opened(path, roots)
    if program is None:
        return ExeAnswer(path, False, False)
    if program.head.startswith(b"#!"):
        words = [os.fsdecode(word) for word in program.head[2:].split(b"\n", 1)[0].split()]
        if not words or _exec_start.executes_another(*words[:2]):
            return NOT_TOLD
        program = _opened(words[0], roots)
    if program is None or not program.runs or _exec_start.executes_another(program.path):
        return NOT_TOLD
    prefix = os.path.realpath(roots.fs).rstrip("/")
    exe = program.path[len(prefix) :] if program.path.startswith(prefix) else program.path
    # As it will be found once the process runs, which is named after the file that is executed.
    alias = _exe_alias.find(exe, os.path.basename(path)[: _process.COMM_LENGTH], roots)
    return ExeAnswer(exe, False, True, alias)


class _Program(t.NamedTuple):
    """A file that may be executed. ``path``: without links; ``head``: its first bytes."""

    path: str
    head: bytes
    setuid: bool

    @property
    def runs(self) -> bool:
        """Whether it runs itself, as whoever starts it: an interpreter may be a script in turn (binfmt_script.c)."""
        return self.head.startswith(b"\x7fELF") and not self.setuid


def _opened(path: str, roots: _host_files.Roots) -> t.Optional[_Program]:
    real = os.path.realpath(roots.path(path))
    try:
        with open(real, "rb") as file:
            return _Program(real, file.read(256), bool(os.fstat(file.fileno()).st_mode & stat.S_ISUID))
    except OSError:
        return None


def _stat(path: str) -> t.Optional[t.Tuple[int, int]]:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_dev, status.st_ino)


def ask(
    questions: t.Sequence[Question], roots: _host_files.Roots, *, deadline: float = DEADLINE, solve: Solve = solve
) -> t.Tuple[t.List[ExeAnswer], int]:
    """Answer all questions, in their order, and count those that hung."""

    def solved(index: int) -> t.Tuple[t.Any, ...]:
        return tuple(solve(questions[index], roots))

    found = _child.ask(len(questions), solved, deadline=deadline)
    answers = [ExeAnswer(*answer) if answer else unanswered(question) for answer, question in zip(found, questions)]
    return answers, found.count(None)
''',
    "_collect.linux.owners._exe_alias": r'''



"""Another path of an executable, by which a process was started: a link to it, or another name of the same file.

``/proc/<pid>/exe`` shows one path of a file. Debian's redis-server is a link to redis-check-rdb, which nobody writes
into a policy. Only paths count that root alone can change.
"""

from __future__ import annotations

import os
import stat
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.procfs import _process

_PLACES = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin")
_LINKS = 40  # on one path: MAXSYMLINKS, include/linux/namei.h
_WRITABLE = stat.S_IWGRP | stat.S_IWOTH
# One file with many programs in it: which of them runs, its path does not tell.
_MULTICALL = frozenset(["busybox", "toybox", "coreutils"])


def find(exe: str, name: t.Optional[str], roots: _host_files.Roots) -> t.Optional[str]:
    """A path that ends in the name of the process and is the file ``exe``; None where there is none.

    The kernel names a process after the file that was executed (``comm``, 15 bytes). May hang on a dead mount.
    """
    base = os.path.basename(exe)
    if not name or name == base[: _process.COMM_LENGTH] or "/" in name or base in _MULTICALL:
        return None
    for folder in dict.fromkeys([os.path.dirname(exe), *_PLACES]):
        path = "%s/%s" % (folder, name)
        if leads_to(path, exe, roots):
            return path
    return None


def leads_to(path: str, exe: str, roots: _host_files.Roots) -> bool:
    """Whether both are one file, and root alone can change either path."""
    try:
        one, other = os.stat(roots.path(path)), os.stat(roots.path(exe))
        same = (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
        return same and _of_root(path, roots) and _of_root(exe, roots)
    except OSError:
        return False


def _of_root(path: str, roots: _host_files.Roots) -> bool:
    """Whether root alone can change what a path leads to: every link on the way, every folder, and the file."""
    top = os.path.realpath(roots.fs)
    at, left, links = top, path.split("/")[::-1], 0
    sound = _unwritable(os.lstat(top))
    while left and sound:
        entry = os.path.normpath(os.path.join(at, left.pop()))
        if not entry.startswith(top):  # above the root there is the root
            continue
        status = os.lstat(entry)
        if stat.S_ISLNK(status.st_mode):
            target, links = os.readlink(entry), links + 1
            sound = status.st_uid == 0 and links <= _LINKS
            left.extend(target.split("/")[::-1])
            at = top if target.startswith("/") else at
        else:
            sound, at = _unwritable(status), entry
    return sound


def _unwritable(status: os.stat_result) -> bool:
    return status.st_uid == 0 and not status.st_mode & _WRITABLE
''',
    "_collect.linux.owners._fd_walk": r'''



"""Reading the tables of descriptors of processes, for sockets with certain inodes.

This is the whole cost of the collector, so it goes where sockets are likely first: processes of the sockets' own
cgroups, then the first 64 descriptors of everybody, then the rest. Only listings and readlink: neither can hang.

The working directory changes meanwhile: links of 150,000 descriptors cost a quarter less when their paths are relative
to it than through a descriptor of the directory. Whoever calls goes back: see _search.py.
"""

from __future__ import annotations

import functools
import os
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.common._budget import Budget
from _fleetports_compliance._collect.linux.owners._holders import (
    RING,
    DescriptorTable,
)
from _fleetports_compliance._collect.linux.procfs import _process
from _fleetports_compliance._collect.linux.systemd import _cgroup

SHALLOW = 64
NUMBERS = tuple(b"%d" % number for number in range(SHALLOW))
CHUNK = 1024  # descriptors between two looks at the budget
# Looks at threads while some end before they can be looked at. Each compares only those born since: a server that makes
# a thread for each request is known, also where this process waits for a processor.
ATTEMPTS = 50
KEPT = 1 << 18  # names of descriptors kept from the first pass to the second: about 10 MiB


class Walk:
    """One walk for the sockets with these inodes; _search.py says in which order.

    ``preferred`` are processes to look at first; ``creators`` the users who made the sockets.
    """

    def __init__(
        self,
        inodes: t.Iterable[int],
        *,
        roots: _host_files.Roots,
        budget: Budget,
        first: bool = False,
        preferred: t.Sequence[int] = (),
        creators: t.AbstractSet[int] = frozenset(),
    ) -> None:
        self.proc = roots.proc
        self.fs = roots.fs
        self.budget = budget
        self.preferred = preferred
        self.creators = creators
        self.pids: t.Dict[int, t.Set[int]]
        self.denied: t.Set[int] = set()
        self.tables: t.Dict[str, DescriptorTable] = {}
        self.sized = False  # whether this kernel tells how many descriptors a table holds
        self.vanished = False  # a process or thread ended between being listed and being looked at
        self.moving: t.Set[int] = set()
        self.alone: t.Set[int] = set()  # processes of one thread
        self.met: t.Dict[int, _process.ProcfsProcess] = {}
        self.lost: t.Set[int] = set()  # holders that had ended before they could be described
        self._wanted = {b"socket:[%d]" % inode: inode for inode in inodes if inode}
        self._notable = frozenset([*self._wanted, RING])
        self.pids = {inode: set() for inode in self._wanted.values()}
        self._missing = set(self.pids)
        self._deep: t.List[t.Tuple[int, t.Optional[t.List[bytes]]]]
        self._kept = 0
        self._first = first
        self._table: DescriptorTable
        self._clock: t.Tuple[t.Any, ...] = ()

    def look_at(self, processes: t.Sequence[int]) -> t.Optional[str]:
        """Every descriptor of these; the code of the limit that ended it."""
        self._deep = []
        return self._shallow(processes) or self._rest() or self._threads(processes)

    def processes(self) -> t.List[int]:
        pids = sorted(int(name) for name in os.listdir(self.proc) if name.isdigit())
        present = set(pids)
        preferred = [pid for pid in dict.fromkeys(self.preferred) if pid in present]
        chosen = set(preferred)
        others = [pid for pid in pids if pid not in chosen]
        if self._first and others[:1] == [1]:
            # systemd holds what it activates beside the service: asked for one owner, it is the wrong one.
            others.append(others.pop(0))
        return preferred + others

    def _shallow(self, processes: t.Sequence[int]) -> t.Optional[str]:
        for pid in processes:
            stopped = self._stopped()
            if stopped:
                return stopped
            rest = self._look(pid, self.table_of(pid), end=SHALLOW)[SHALLOW:]
            if rest:
                # Listing again costs as much as a tenth of reading: names are kept as long as they are few enough.
                self._kept += len(rest)
                self._deep.append((pid, rest if self._kept <= KEPT else None))
        return self._stopped() if self._deep or self._first else None

    def _rest(self) -> t.Optional[str]:
        if self._first:
            return "first" if self._missing else None
        for pid, names in self._deep:
            self._look(pid, self.table_of(pid), start=0 if names else SHALLOW, names=names)
            stopped = self._stopped()
            if stopped:
                return stopped
        return None

    def _threads(self, processes: t.Sequence[int]) -> t.Optional[str]:
        """A thread may have descriptors of its own (unshare(CLONE_FILES)); where the first thread has ended, only those
        of the others are left. A thief could keep there what somebody else is seen to hold.
        """
        if self._first:
            return None
        from _fleetports_compliance._collect.linux.procfs import _threads

        for pid in processes:
            if pid in self.denied:
                continue
            tables = functools.partial(_threads.separate_tables, self.proc, pid, sharing=set())
            if _threads.alone(self.proc, pid):
                self.alone.add(pid)
            elif not self._every_thread(pid, tables):
                self.moving.add(pid)
            stopped = self._stopped()
            if stopped:
                return stopped
        return None

    def _every_thread(self, pid: int, tables: t.Callable[[], t.Iterable[str]]) -> bool:
        """Look until no thread ended between being listed and being looked at: it may have left its table to another.

        False where they are born and end too fast for that.
        """
        ended = self.vanished
        try:
            for _attempt in range(ATTEMPTS):
                self.vanished = False
                for path in tables():
                    self._look(pid, path)
                    if self.budget.spent():
                        return True  # whoever called asks the budget again
                if not self.vanished:
                    return True
            return False
        finally:
            self.vanished = ended

    def _stopped(self) -> t.Optional[str]:
        if self._first and not self._missing:
            return "first"
        return self.budget.spent()

    def _look(
        self,
        pid: int,
        path: str,
        *,
        start: int = 0,
        end: t.Optional[int] = None,
        names: t.Optional[t.List[bytes]] = None,
    ) -> t.List[bytes]:
        """Read descriptors of a table, from the start-th to the end-th of ``names`` or of all; returns their names."""
        try:
            os.chdir(path)
            self._table = self.tables.get(path) or self.tables.setdefault(path, DescriptorTable(pid))
            if names is None and end is not None and self._probe(end):
                return []
            listed = os.listdir(b".") if names is None else names
            self._read(listed[start:end])
            if end is None or len(listed) <= end:
                self._compare(len(listed) + (0 if names is None else SHALLOW))
            return listed
        except PermissionError:
            # Listing is allowed to more readers than following (ptrace_may_access()): none of them can be read.
            self._refused(pid)
        except OSError:
            self.vanished = True  # it ended: what it held is held no more, or by somebody that it gave it to
        return []

    def _compare(self, count: int) -> None:
        """Note how many descriptors were read, and whether that is as many as there are now."""
        self._table.size = count
        if self.sized and not self._first and os.stat(b".").st_size != count:
            self._table.restless = True

    def _probe(self, end: int) -> bool:
        """Read descriptors by number, without listing them: all there are, or with ``first`` the first of them.

        False where that cannot be done. Since Linux 6.2 the size of the directory is the number of open descriptors
        (f1f1f2569901), 0 before. The lowest free number is what open() gives, so most tables have no hole: as many as
        there are, numbered from 0, are all of them.
        """
        status = os.stat(b".")
        size = status.st_size
        self._table.user = status.st_uid
        self.sized = self.sized or size > 0
        if size == 0 or (size > end and not self._first):
            return self.sized and size == 0  # a kernel thread has none
        try:
            links = list(map(os.readlink, NUMBERS[: min(size, end)]))
        except FileNotFoundError:
            return False
        if not self._notable.isdisjoint(links):
            self._found(links, NUMBERS[: len(links)])
        self._compare(size)
        return True

    def _read(self, names: t.Sequence[bytes]) -> None:
        """Compare whole chunks at once: most hold none of the sockets, and a loop over links costs more than they."""
        disjoint = self._notable.isdisjoint
        for start in range(0, len(names), CHUNK):
            if start and self.budget.spent():
                return  # whoever called asks the budget again, and it stays spent
            chunk = names[start : start + CHUNK]
            try:
                links = list(map(os.readlink, chunk))
            except FileNotFoundError:
                links = list(_links(chunk))  # one was closed since it was listed
                self._table.restless = True
                self._table.slipped = len(names) <= SHALLOW  # of many, one may well be closed meanwhile
            if not disjoint(links):
                self._found(links, chunk)

    def look_again(self, path: str, *, slots: t.Optional[int] = None) -> bool:
        """Read a whole table once more. False where it is gone; what its last look found is new.

        ``slots``: how many to try, instead of those that are listed.
        """
        try:
            os.chdir(path)
            table = self._table = self.tables[path]
            table.held, table.restless, table.slipped = set(), False, False
            if slots is not None:
                self._try(slots)
            elif not self._probe(SHALLOW):
                before = os.stat(b".").st_size
                names = os.listdir(b".")
                self._read(names)
                self._compare(len(names))
                table.restless = table.restless or (self.sized and before != len(names))
        except PermissionError:
            self._refused(self.tables[path].pid)
            return False
        except OSError:
            return False
        return True

    def _try(self, slots: int) -> None:
        """Read slots by number, the open ones among them."""
        for start in range(0, slots, CHUNK):
            names = [b"%d" % number for number in range(start, min(start + CHUNK, slots))]
            links = []
            for name in filter(_open, names):
                try:
                    links.append(os.readlink(name))
                except FileNotFoundError:
                    self._table.slipped = True
            if not self._notable.isdisjoint(links):
                self._found(links, names)

    def table_of(self, pid: int) -> str:
        """The directory of a process's descriptors."""
        return "%s/%d/fd" % (self.proc, pid)

    def _refused(self, pid: int) -> None:
        """A process that has just ended is refused too (proc_fd_access_allowed()), and hides nothing."""
        if os.path.lexists("%s/%d" % (self.proc, pid)):
            self.denied.add(pid)
        else:
            self.vanished = True

    def _found(self, links: t.Iterable[bytes], names: t.Sequence[bytes]) -> None:
        """Take what a chunk of descriptors refers to, and what the rings among them hold."""
        held = set(links)
        table = self._table
        if RING in held:
            from _fleetports_compliance._collect.linux.owners import _io_uring

            rings = _io_uring.registered(names, spent=self.budget.spent)
            held |= rings.links
            table.ring = True
            table.awaited |= rings.awaited
            if rings.unread:
                self.denied.add(table.pid)
        for link in self._wanted.keys() & held:
            inode = self._wanted[link]
            if self._first and inode not in self._missing:
                continue
            if not self._meet(table.pid):
                return
            table.held.add(inode)
            self.pids[inode].add(table.pid)
            self._missing.discard(inode)

    def _meet(self, pid: int) -> bool:
        """Describe a holder while it is there: a server may have ended a child before the walk is over.

        False where it is too late for that: it holds nothing any more, and may have given it to somebody.
        """
        if pid in self.met:
            return True
        if not self._clock:
            self._clock = (_process.boot_time(self.proc), _cgroup.reader(self.proc, fs=self.fs))
        booted, reader = self._clock
        process = _process.describe(pid, proc=self.proc, booted=booted, by=reader)
        if (process is None or process.link is None) and _process.ended(pid, proc=self.proc):
            self.lost.add(pid)
            self.vanished = True
            return False
        if process is not None:
            self.met[pid] = process
        return True


def _open(name: bytes) -> bool:
    """Whether there is such a descriptor now.

    The kernel asks once for that, and twice for a link: see _repeated_looks.py.
    """
    return os.access(name, os.F_OK, follow_symlinks=False)


def _links(names: t.Iterable[bytes]) -> t.Iterator[bytes]:
    for name in names:
        try:
            yield os.readlink(name)
        except FileNotFoundError:
            continue
''',
    "_collect.linux.owners._holders": r'''



"""What is known of who holds sockets, and of the tables of descriptors that were read."""

from __future__ import annotations

import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.linux.procfs import _process

RING = b"anon_inode:[io_uring]"
CONNECTIONS, DATAGRAMS = "connections", "datagrams"


class Waiting(t.NamedTuple):
    """A process that waits for connections or datagrams (None: it is not known for which) on a socket in no table."""

    pid: int
    kind: t.Optional[str]


class DescriptorTable:
    """A table of descriptors, as it was when it was looked at last.

    ``size``: how many it held; ``user``: the effective uid of its process, 0 of one that is not dumpable; ``held``:
    inodes among those looked for; ``restless``: it changed meanwhile; ``slipped``: a descriptor was there and gone
    before its link could be read; ``ring``: an io_uring is in it, and ``awaited`` are the operations that it waits for.
    """

    __slots__ = ("awaited", "held", "pid", "restless", "ring", "size", "slipped", "user")

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.size = 0
        self.user: t.Optional[int] = None
        self.held: t.Set[int] = set()
        self.restless = False
        self.slipped = False
        self.ring = False
        self.awaited: t.Set[int] = set()


class Holders(t.NamedTuple):
    """``pids`` by inode, empty where nobody was found. ``denied``: processes whose descriptors could not be read.

    ``hidden``: processes are missing from the list (hidepid). ``stopped``: code of the limit that
    ended the walk, ``first`` when it stopped on purpose, None when it saw everything. ``moving``: processes of which no
    two looks agreed; ``fleeting``: some were born and ended faster than they could be looked at. ``waiting``: who takes
    connections or datagrams of a socket that is in no table. ``met``: holders as they were when a descriptor was found;
    ``ended``: how many had ended before they could be described, in the last looks too.
    """

    pids: t.Mapping[int, t.FrozenSet[int]]
    denied: t.FrozenSet[int] = frozenset()
    hidden: bool = False
    stopped: t.Optional[str] = None
    moving: t.FrozenSet[int] = frozenset()
    fleeting: bool = False
    waiting: t.Tuple[Waiting, ...] = ()
    met: t.Mapping[int, _process.ProcfsProcess] = {}
    ended: int = 0

    @property
    def refused(self) -> bool:
        """Whether descriptors of some processes may not be read."""
        return bool(self.denied or self.hidden)

    @property
    def complete(self) -> bool:
        """Whether the descriptors of every process were read."""
        return not (self.refused or self.stopped or self.unsettled)

    @property
    def unsettled(self) -> bool:
        """Whether something may have moved past the looks."""
        return bool(self.moving or self.fleeting or self.ended)

    def taken(self, protocol: str) -> bool:
        """Whether somebody may take what comes to a listener of that protocol without a descriptor of it."""
        kind = DATAGRAMS if protocol in _socket.UDP else CONNECTIONS
        return any(one.kind in (kind, None) for one in self.waiting)
''',
    "_collect.linux.owners._io_uring": r'''



"""Sockets that are registered with an io_uring: held, and in no table of descriptors."""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.owners._holders import RING

_DIGITS = 18
_FILES = b"UserFiles:"
_AWAITED = b"op="
_LIMIT = 1 << 24  # a ring holds up to a million files
# enum io_uring_op, include/uapi/linux/io_uring.h
ACCEPT = 13
RECEIVES = frozenset([10, 27])  # RECVMSG, RECV


class Registered(t.NamedTuple):
    """``links`` are as readlink gives them (``socket:[12]``). ``unread``: a ring did not tell what it holds.

    ``awaited``: operations that wait until their file is ready. It need not be in any table then.
    """

    links: t.FrozenSet[bytes]
    unread: bool
    awaited: t.FrozenSet[int] = frozenset()


def registered(
    names: t.Iterable[bytes], *, directory: str = "..", spent: t.Callable[[], t.Optional[str]] = lambda: None
) -> Registered:
    """What the rings among these descriptors hold. The working directory is their table, below ``directory``.

    ``spent``: whether a limit is reached. One process may have a million descriptors of rings, of a million files each.

    Source: ``fdinfo`` (io_uring_show_fdinfo()). It leaves the files out while the ring is locked, and older kernels
    print only the last component of their names, which sockets lack.
    """
    links: t.Set[bytes] = set()
    operations: t.Set[int] = set()
    unread = False
    for name in names:
        if os.fsencode(_host_files.readlink(os.fsdecode(name)) or "") != RING:
            continue
        if spent():
            return Registered(frozenset(links), True, frozenset(operations))
        raw = _host_files.read("%s/fdinfo/%s" % (directory, os.fsdecode(name)), limit=_LIMIT) or b""
        found = parse(raw)
        unread = unread or found is None
        links.update(found or ())
        operations |= awaited(raw)
    return Registered(frozenset(links), unread, frozenset(operations))


def awaited(raw: bytes) -> t.FrozenSet[int]:
    """Operations in the ``PollList`` of a ring's ``fdinfo``: lines such as ``  op=13, task_works=0``."""
    numbers = (
        line.strip()[len(_AWAITED) :].partition(b",")[0]
        for line in raw.split(b"\n")
        if line.startswith(b" ") and line.strip().startswith(_AWAITED)
    )
    return frozenset(int(number) for number in numbers if number.isdigit() and len(number) < 4)


def parse(raw: bytes) -> t.Optional[t.FrozenSet[bytes]]:
    """The links that ``fdinfo`` of a ring lists; None when it holds files and does not tell which."""
    lines = iter(raw.split(b"\n"))
    count = next((line[len(_FILES) :].strip() for line in lines if line.startswith(_FILES)), b"")
    if not count.isdigit() or len(count) > _DIGITS:
        return None
    rows = []
    for line in lines:
        number, colon, link = line.strip().partition(b":")
        if not (line.startswith(b" ") and colon and number.isdigit()):
            break
        rows.append(link.strip())
    # An empty slot has no row, or says "<none>": no row at all may also mean that the ring was locked.
    return None if int(count) and not all(rows or [b""]) else frozenset(rows)
''',
    "_collect.linux.owners._repeated_looks": r'''



"""Looks that are repeated until two of them agree: what moves while it is looked for can be missed by one.

A descriptor that goes from slot to slot (dup2(2)), or from process to process (SCM_RIGHTS), and a holder that goes on
in a child of its own while it ends. Only the sockets that are looked for count: a busy server opens and closes
connections all the time, and is no less known for it.
"""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance._collect.common import _host_files

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.linux.owners._fd_walk import Walk
    from _fleetports_compliance._collect.linux.owners._holders import (
        DescriptorTable,
    )

ROUNDS = 50  # through processes that are born and end
SMALL = 64
# Descriptors that are read a second time though nothing tells that any of them moved: most hosts do not have as many.
SPARE = 4096
SAMPLES = 2  # of how many there are, during such a look
# Slots that are tried of a table that changes: a descriptor that is somewhere else every time is met in two of three
# rounds through all slots, however fast it moves and many there are.
SLOTS, LEAST, MOST = 16384, 2, 8
# The kernel looks up a descriptor's name first and its file some microseconds later. What moves faster is met, and its
# file not seen: it slips. Connections of a busy server stay longer, and slip in a few of a hundred rounds. Where
# anything slipped, there are MORE times as many rounds, and the share of those in which something slips decides.
MORE, SLIPS = 4, 0.25
WIDEST = 65536  # slots, beyond which only what is listed is tried
# Where the entries of processes begin in the listing of /proc: TGID_OFFSET, fs/proc/base.c.
OFFSET = 258


def born(walk: Walk, known: t.Set[int]) -> bool:
    """Look at processes that were born meanwhile, and add them to ``known``.

    A round in which each of them was there to be looked at is the last: whoever holds a socket then was looked at, or
    got it from a process that goes on. True where there was no such round.
    """
    for _round in range(ROUNDS):
        new = [pid for pid in _newest(walk) if pid not in known]
        known.update(new)
        walk.vanished = False
        stopped = walk.look_at(new)
        # One that is about to end has given its table back already.
        empty = any(walk.tables[path].size == 0 for path in map(walk.table_of, new) if path in walk.tables)
        if stopped or not (walk.vanished or empty):
            return False
    return True


def _newest(walk: Walk) -> t.List[int]:
    """Processes, those that are older than this one left out where that can be done.

    Numbers are given out in order, and the shorter the list, the fewer of them end before they are looked at.
    """
    try:
        own = int(os.readlink(walk.proc + "/self"))
        if _last(walk.proc) < own:
            return walk.processes()  # they have started anew from the lowest
        directory = os.open(walk.proc, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError, IndexError):
        return walk.processes()
    try:
        os.lseek(directory, own + OFFSET, os.SEEK_SET)
        pids = [int(name) for name in os.listdir(directory) if name.isdigit()]
    except OSError:
        pids = []
    finally:
        os.close(directory)
    return pids if own in pids else walk.processes()


def _last(proc: str) -> int:
    """The number that was given out last."""
    with open(proc + "/loadavg", "rb", buffering=0) as file:
        return int(file.read(128).split()[4])


def again(walk: Walk) -> None:
    """Look again at tables that changed while they were looked at, or since, and at as many others as can be spared."""
    spare = SPARE
    # Root can hide in better ways: whoever is not comes first.
    for path, table in sorted(walk.tables.items(), key=lambda item: item[1].user == 0):
        if walk.budget.spent():
            return
        if table.pid in walk.denied:
            continue
        if not table.restless and 0 < table.size <= SMALL and spare > table.size:
            spare -= table.size
            _once_more(walk, path, table)
        elif not table.restless and walk.sized:
            table.restless = _size(path) not in (table.size, None)
        if table.restless and not _agreed(walk, path, table):
            walk.moving.add(table.pid)


def _once_more(walk: Walk, path: str, table: DescriptorTable) -> None:
    """A second look, and a few at how many descriptors there are. Kernels before 6.2 do not tell that."""
    size, held = table.size, set(table.held)
    if walk.look_again(path) and not table.restless:
        sizes = {_size(".") for _sample in range(SAMPLES)} if walk.sized else set()
        table.restless = table.held != held or not sizes <= {size, None}


def _size(path: str) -> t.Optional[int]:
    try:
        return os.stat(path).st_size
    except OSError:
        return None  # it has ended


def _agreed(walk: Walk, path: str, table: DescriptorTable) -> bool:
    """Look at every slot, again and again. False when what it was seen to hold of the listeners changed to the end, or
    when it cannot be told what moves there.
    """
    slots = _slots(path)
    looks = min(MOST, max(LEAST, SLOTS // max(1, slots or table.size)))
    held, slips = [frozenset(table.held)], 0
    for look in range(MORE * looks):
        if look >= looks and not slips:
            break
        if walk.budget.spent() or not walk.look_again(path, slots=slots):
            return True  # it has ended, or the limit says the rest
        held.append(frozenset(table.held))
        slips += table.slipped
    return held[-1] == held[-2] and slips < SLIPS * (len(held) - 1)


def _slots(path: str) -> t.Optional[int]:
    """How many slots its table has; None where they are not known, or too many."""
    for line in (_host_files.read(os.path.dirname(path) + "/status") or b"").split(b"\n"):
        if line.startswith(b"FDSize:"):
            number = line[len(b"FDSize:") :].strip()
            return int(number) if number.isdigit() and int(number) <= WIDEST else None
    return None
''',
    "_collect.linux.owners._search": r'''



"""Who holds a socket: the order of the search through all processes.

A table is read while its process runs. What moves between slots, or on to a process that was born meanwhile, may be
missed by one look: see _repeated_looks.py. What needs no descriptor at all: see _blocked_accepts.py.
"""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.owners._holders import Holders
from _fleetports_compliance._collect.linux.procfs import _hidepid

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.linux.owners._fd_walk import Walk

AGAIN = 8  # times that tables are compared while holders end before they can be described


def search(walk: Walk) -> Holders:
    """Search until everything was seen, a limit is reached or, where one owner is enough, every socket has a holder."""
    home = _working_directory()
    own = _host_files.readlink(walk.proc + "/self")
    try:
        processes = walk.processes()
        stopped = walk.look_at(processes)
        # The collector's own table changes by being looked at.
        walk.tables.pop("%s/%s/fd" % (walk.proc, own), None)
        found = Holders({}, stopped=stopped) if stopped else _settle(walk, processes)
    finally:
        _return_to(home)
    hidden = 1 not in processes or _hidepid.hides(walk.proc)
    walk.denied |= _hidepid.covered(walk.proc)
    return found._replace(
        hidden=hidden,
        pids={inode: frozenset(pids) for inode, pids in walk.pids.items()},
        denied=frozenset(walk.denied),
        moving=frozenset(walk.moving),
        met=walk.met,
    )


def _settle(walk: Walk, processes: t.Sequence[int]) -> Holders:
    """Look again until nothing can have moved past the looks, and for what needs no descriptor."""
    from _fleetports_compliance._collect.linux.owners import (
        _blocked_accepts,
        _repeated_looks,
    )

    known = set(processes)
    fleeting = False
    for _attempt in range(AGAIN):
        fleeting = _repeated_looks.born(walk, known)
        walk.lost.clear()  # whoever they gave it to is born, or shows in a table that changed
        _repeated_looks.again(walk)
        if fleeting or not walk.lost or walk.budget.spent():
            break
    waiting = _blocked_accepts.found(walk, sorted(known))
    return Holders({}, stopped=walk.budget.spent(), fleeting=fleeting, waiting=tuple(waiting), ended=len(walk.lost))


def _working_directory() -> t.Optional[int]:
    """A descriptor of it; None when the collector's user may not enter it (``become`` leaves one there)."""
    try:
        return os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None


def _return_to(home: t.Optional[int]) -> None:
    """Go back, and to the root when that is not possible: a working directory in /proc is of no use to anybody."""
    try:
        os.chdir("/" if home is None else home)
    except OSError:
        os.chdir("/")
    finally:
        if home is not None:
            os.close(home)
''',
    "_collect.linux.owners._unreadable": r'''



"""Processes whose descriptors could not be read: how many, and which."""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.linux import _remedy
from _fleetports_compliance._collect.linux.procfs import _hidepid, _process
from _fleetports_compliance._collect.linux.systemd import _cgroup

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.linux.owners import _holders

NAMED = 5


def gap(proc: str, holders: _holders.Holders) -> _socket.Gap:
    """The gap of a walk that was refused. Whom root cannot read is named: somebody has to look there."""
    covered = sorted(_hidepid.covered(proc) & holders.denied)
    if covered and os.geteuid() == 0:
        places = ", ".join("%s/%d" % (proc, pid) for pid in covered[:NAMED])
        detail = "a mount covers %s%s and hides the descriptors of the process: find out who mounted it"
        return _socket.Gap("proc-covered", "owners", detail % (places, _more(covered)))
    if holders.hidden:
        what = "processes of other users are hidden (hidepid)"
    elif os.geteuid() != 0:
        what = "the descriptors of %s of other users could not be read" % _count(len(holders.denied))
    else:
        what = "the descriptors of %s could not be read (%s)" % (_count(len(holders.denied)), _named(proc, holders))
    return _socket.Gap("permission", "owners", _remedy.refused(what, _remedy.PTRACE, proc))


def _count(number: int) -> str:
    return "1 process" if number == 1 else "%d processes" % number


def _named(proc: str, holders: _holders.Holders) -> str:
    pids = sorted(holders.denied)
    reader = _cgroup.reader(proc)
    names = [_name(pid, _process.describe(pid, proc=proc, booted=None, by=reader)) for pid in pids[:NAMED]]
    return ", ".join(names) + _more(pids)


def _more(pids: t.Sequence[int]) -> str:
    return ", and %d more" % (len(pids) - NAMED) if len(pids) > NAMED else ""


def _name(pid: int, process: t.Optional[_process.ProcfsProcess]) -> str:
    words = [process.name, process.place.unit] if process is not None else []
    return " ".join(["pid %d" % pid] + [word for word in words if word])
''',
    "_collect.linux.packet_filter._iptables": r'''



"""The rules of iptables, from what ``iptables-save`` and ``ip6tables-save`` print. Source: iptables-extensions(8)."""

from __future__ import annotations

import functools
import re
import typing as t

from _fleetports_compliance._collect.linux.packet_filter import _nat
from _fleetports_compliance._collect.linux.packet_filter._nat import (
    Chain,
    FilterRule,
    Narrow,
)

ENTRY = "PREROUTING"
_ARRIVING = ("INPUT",)
_PASSING = ("FORWARD", "POSTROUTING")

# A text that iptables-save quotes has a backslash before each quote and backslash in it (xtables_save_string() in
# libxtables/xtables.c), and may go on over line ends. One that "string" matches has none before a backslash
# (print_string() in libxt_string.c): a quote is then followed by what is no blank, and nothing is guessed.
_WORD = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"(?=[ \t\n]|\Z)|(?P<plain>[^ \t\n"]+)(?=[ \t\n]|\Z)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANK = re.compile(r"[ \t]*")
_BLANKS = (" ", "\t")
# "# Generated by iptables-save v1.8.9 (nf_tables) on", "xtables-save v1.8.2" before.
_HEADER = re.compile(r"^# Generated by (?P<name>\S+) v\S+(?P<nft> \(nf_tables\))? on ", re.MULTILINE)
NFT, LEGACY = "nft", "legacy"

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
        "--condition",
        "--del-set",
        "--dst-group",
        "--genre",
        "--gid-owner",
        "--hashlimit-name",
        "--helper",
        "--hex-string",
        "--iface",
        "--label",
        "--led-trigger-id",
        "--log-prefix",
        "--map-set",
        "--match-set",
        "--name",
        "--nfacct-name",
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
        "--realm",
        "--selctx",
        "--src-group",
        "--string",
        "--timeout",
        "--tname",
        "--u32",
        "--uid-owner",
        "--ulog-prefix",
        "--zone",
    )
)
_TARGET = ("-j", "-g")


class IptablesUnreadable(Exception):
    """It is not what iptables-save prints."""


class _Quoted(str):
    """A word that stood between quotes: neither an option nor ``!``, whatever it looks like."""

    __slots__ = ()


# Lines by table, each as its words. A chain of somebody's own is a line too, as what makes it: ``-N NAME``.
Tables = t.Dict[str, t.List[t.Tuple[str, ...]]]


def _is_option(word: str) -> bool:
    return word[:1] == "-" and not isinstance(word, _Quoted)


def _negates(word: str) -> bool:
    return word == "!" and not isinstance(word, _Quoted)


def read(raw: bytes, family: str) -> _nat.Ruleset:
    """Read the tables of one family, ``ipv4`` or ``ipv6``. Raises Unreadable."""
    return ruleset(parsed(raw), family)


def ruleset(tables: Tables, family: str) -> _nat.Ruleset:
    """What the tables say of packets of that family. Raises Unreadable."""
    chains: t.Dict[Chain, t.List[FilterRule]] = {}
    for name, lines in tables.items():
        own = {words[1] for words in lines}
        rules = [words for words in lines if words[0] == "-A"]
        targets = [_target(words) for words in rules]
        ends = _nat.HARMLESS - own
        ends |= own - {words[1] for words, target in zip(rules, targets) if target not in ends}
        for words, target in zip(rules, targets):
            if target not in ends:
                found = _rules(words, (family, name), own)
                chains.setdefault((family, name, words[1]), []).extend(found)

    def at(hooks: t.Sequence[str]) -> t.List[Chain]:
        return [(family, name, hook) for name in tables for hook in hooks]

    return _nat.Ruleset("iptables", chains, at([ENTRY]), at(_ARRIVING), at(_PASSING))


def written_by(raw: bytes) -> t.Optional[str]:
    """Which variant printed it, NFT or LEGACY; None: it does not say. Each shows the rules of its own alone."""
    found = _HEADER.search(raw[:1000].decode("utf-8", "replace"))
    if found is None:
        return None
    return NFT if found.group("nft") or found.group("name").startswith("xtables") else LEGACY


def parsed(raw: bytes) -> Tables:
    """The tables that it shows. Raises Unreadable."""
    tables: Tables = {}
    lines: t.List[t.Tuple[str, ...]] = []
    for words in _lines(raw.decode("utf-8", "backslashreplace")):
        first = words[0]
        if first.startswith("*"):
            lines = tables.setdefault(first[1:], [])
        elif first in ("-A", "-N") and len(words) > 1:
            lines.append(tuple(words))  # a tuple of texts is not looked through by the garbage collector
        elif first != "COMMIT":
            raise IptablesUnreadable("iptables-save printed a line that is not understood: %s" % ascii(first[:40]))
    return tables


def _lines(text: str) -> t.Iterator[t.List[str]]:
    """The words of each line that is no remark and not empty. A quoted word may hold ends of lines."""
    at = 0
    while at < len(text):
        if text[at] in "#:":
            end = text.find("\n", at)
            line, at = (text[at:], len(text)) if end < 0 else (text[at:end], end + 1)
            fields = line[1:].split(" ")
            if line[0] == ":" and fields[1:2] == ["-"]:  # no policy: not the kernel's own
                yield ["-N", fields[0]]
            continue
        end = text.find("\n", at)
        words = _simple(text[at:] if end < 0 else text[at:end])
        if words is None:
            words, at = _line(text, at)
        else:
            at = len(text) if end < 0 else end + 1
        if words:
            yield words


def _simple(line: str) -> t.Optional[t.List[str]]:
    """The words of a line as nearly all are, fast: a cluster has a hundred thousand. None: _line() has to read it."""
    if '"' not in line:
        return _plain(line)
    parts = line.split('"')
    if "\\" in line or len(parts) % 2 == 0:
        return None
    words = _plain(parts[0])
    for number in range(1, len(parts), 2):
        before, after = parts[number - 1], parts[number + 1]
        # Quotes begin and end words.
        begins = before[-1:] in _BLANKS or (not before and number == 1)
        if not begins or not (after[:1] in _BLANKS or (not after and number + 2 == len(parts))):
            return None
        words.append(_Quoted(parts[number]))
        words += _plain(after)
    return words


def _plain(text: str) -> t.List[str]:
    return [word for word in text.replace("\t", " ").split(" ") if word]


def _line(text: str, at: int) -> t.Tuple[t.List[str], int]:
    """The words from a position to the end of the line, and where the next begins."""
    words: t.List[str] = []
    while True:
        at = t.cast("t.Match[str]", _BLANK.match(text, at)).end()
        if at >= len(text) or text[at] == "\n":
            return words, at + 1
        found = _WORD.match(text, at)
        if found is None:
            raise IptablesUnreadable("iptables-save printed a quotation without its end")
        plain = found.group("plain")
        words.append(_Quoted(_ESCAPED.sub(r"\1", found.group("quoted"))) if plain is None else plain)
        at = found.end()


def _target(words: t.Sequence[str]) -> t.Optional[str]:
    """The target of a rule, where it is plain without reading the rest of it: most rules are passed over for it."""
    at = words.index("-j") if words.count("-j") == 1 and "-g" not in words else 0
    plain = 1 < at < len(words) - 1 and words[at - 1] not in _FREE and not isinstance(words[at], _Quoted)
    return words[at + 1] if plain else None


def _rules(words: t.Sequence[str], table: Chain, own: t.AbstractSet[str]) -> t.Iterator[FilterRule]:
    """``own``: chains of the table that a rule may jump to."""
    target, options, of_target = _options(words)
    if target is None or (target in _nat.HARMLESS and target not in own):
        return
    address = _address(options.get("-d"))
    narrow = Narrow(
        protocols=_protocols(options.get("-p")),
        ports=_ports(options.get("--dport") or options.get("--dports")),
        address=address,
        device=options.get("-i"),
        family=table[0],
        network="-d" in options and address is None,
    )
    if target in own:
        yield FilterRule(narrow, "jump", (*table, target))
    elif target in _ACTIONS:
        action, to = _ACTIONS[target]
        yield FilterRule(narrow, action, to=to(of_target))
    else:
        yield FilterRule(narrow, "unknown", to="the target %s" % target)


def _redirected(options: t.Mapping[str, str]) -> str:
    port = options.get("--to-ports")
    return "this host%s" % (":" + port if port else "")


def _transparent(options: t.Mapping[str, str]) -> str:
    return "%s:%s" % (options.get("--on-ip", "this host"), options.get("--on-port", "the same port"))


def _queued(options: t.Mapping[str, str]) -> str:
    return "queue %s" % options.get("--queue-balance", options.get("--queue-num", "0")).replace(":", "-")


def _given(option: str) -> t.Callable[[t.Mapping[str, str]], str]:
    return lambda options: options.get(option, "somewhere")


_ACTIONS: t.Mapping[str, t.Tuple[str, t.Callable[[t.Mapping[str, str]], str]]] = {
    "DNAT": ("publish", _given("--to-destination")),
    "REDIRECT": ("publish", _redirected),
    "NETMAP": ("publish", _given("--to")),
    "DNPT": ("rewrite", _given("--dst-pfx")),
    "TPROXY": ("tproxy", _transparent),
    "TEE": ("copy", _given("--gateway")),
    "NFQUEUE": ("queue", _queued),
    "QUEUE": ("queue", _queued),
}

_Options = t.Dict[str, str]


def _options(words: t.Sequence[str]) -> t.Tuple[t.Optional[str], _Options, _Options]:
    """The target, and the options before and after it, with their first value.

    One that is negated narrows to all else, which is left as all.
    """
    target: t.Optional[str] = None
    before: _Options = {}
    after: _Options = {}
    for name, value, negated in _pairs(words):
        if name in _TARGET:
            if target is not None or not value:
                raise IptablesUnreadable("iptables-save printed a rule without a target or with several")
            target = value
        elif value is not None and not negated:
            (before if target is None else after).setdefault(name, value)
    return target, before, after


def _pairs(words: t.Sequence[str]) -> t.Iterator[t.Tuple[str, t.Optional[str], bool]]:
    """Options with their first value, and whether they are negated. Some have none, and some have several."""
    negated = False
    at = 2  # behind -A and the chain
    count = len(words)
    while at < count:
        word = words[at]
        at += 1
        if _negates(word):
            negated = True
        elif _is_option(word):
            if at < count and (word in _FREE or not (_is_option(words[at]) or _negates(words[at]))):
                yield word, words[at], negated
                at += 1
            else:
                yield word, None, negated or _negates_within(words, at)
            negated = False


def _negates_within(words: t.Sequence[str], at: int) -> bool:
    """``--dport ! 80``, as iptables before 1.4.3 wrote it."""
    return at + 1 < len(words) and _negates(words[at]) and not _is_option(words[at + 1])


@functools.lru_cache(maxsize=64)
def _protocols(protocol: t.Optional[str]) -> t.Optional[t.FrozenSet[str]]:
    if protocol in (None, "all", "0"):
        return None
    number = int(str(protocol)) if re.match(r"[0-9]{1,5}\Z", str(protocol)) else -1
    return frozenset([_nat.NUMBERS.get(number, str(protocol))])


@functools.lru_cache(maxsize=1024)
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
    port = _nat.port(text)
    if port is None:
        raise IptablesUnreadable("iptables-save printed %s instead of a port" % ascii(text[:40]))
    return port


def _address(text: t.Optional[str]) -> t.Optional[str]:
    """An address; None for a network of several: what is published may then be any of the host's."""
    address, _slash, length = (text or "").partition("/")
    return _nat.address(address) if length in ("", "32", "128", "255.255.255.255") else None
''',
    "_collect.linux.packet_filter._ipvs": r'''



"""Virtual services of IPVS, from ``/proc/net/ip_vs``. Source: ip_vs_info_seq_show() in ip_vs_ctl.c."""

from __future__ import annotations

import re
import typing as t

from _fleetports_compliance._collect.linux import _portless_entries
from _fleetports_compliance._collect.linux.packet_filter import _nat
from _fleetports_compliance._collect.linux.packet_filter._nat import Published

_PLACE = re.compile(r"(?:(?P<v4>[0-9A-Fa-f]{8})|\[(?P<v6>[0-9A-Fa-f:]{2,39})\]):(?P<port>[0-9A-Fa-f]{4})\Z")
_MARK = re.compile(r"[0-9A-Fa-f]{8}\Z")
_KINDS = ("TCP", "UDP", "SCTP", "FWM")
_HEADERS = ("IP Virtual Server", "Prot LocalAddress:Port", "-> RemoteAddress:Port")

_Place = t.Tuple[str, str, int]  # family, address, port


class IpvsUnreadable(Exception):
    """A row is none."""


class _Service(t.NamedTuple):
    protocol: str
    place: str
    targets: t.List[str]


def read(raw: bytes) -> t.Tuple[t.List[Published], t.List[_portless_entries.AnyPath]]:
    """Virtual services; those for every port, or chosen by firewall mark, as ways in without a port.

    Raises Unreadable.
    """
    published: t.List[Published] = []
    paths: t.List[_portless_entries.AnyPath] = []
    for protocol, place, targets in _services(raw.decode("ascii", "replace")):
        to = tuple(sorted(set(targets))) or ("nowhere",)
        if protocol == "fwm":
            detail = "firewall mark %s goes to %s" % (_mark(place), ", ".join(to))
            paths.append(_portless_entries.RulePath("dnat", detail))
            continue
        family, address, port = _place(place)
        if port:
            published.append(Published(protocol, family, address, port, None, to, "ipvs"))
        else:  # persistent, for all of them: ip_vs_service_find()
            detail = "%s to %s goes to %s" % (protocol, address, ", ".join(to))
            paths.append(_portless_entries.RulePath("dnat", detail, protocols=(protocol,)))
    return published, paths


def _services(text: str) -> t.List[_Service]:
    services: t.List[_Service] = []
    for line in text.splitlines():
        fields = line.split()
        if not fields or line.strip().startswith(_HEADERS):
            continue
        kind, place = fields[:2] if len(fields) > 1 else ("", "")
        if kind == "->" and services:
            services[-1].targets.append(_text(*_place(place)))
        elif kind in _KINDS:
            services.append(_Service(kind.lower(), place, []))
        else:
            raise IpvsUnreadable("a row of /proc/net/ip_vs is malformed: %s" % ascii(line[:80]))
    return services


def _mark(text: str) -> str:
    """``00000010``, as ipvsadm and as packet filters write it: ``16 (0x10)``. Raises Unreadable."""
    if not _MARK.match(text):
        raise IpvsUnreadable("a row of /proc/net/ip_vs is malformed: %s" % ascii(text[:80]))
    return "%d (0x%x)" % (int(text, 16), int(text, 16))


def _place(text: str) -> _Place:
    """``0A000001:0050``, ``[fd00:…:0001]:0050``. Raises Unreadable."""
    found = _PLACE.match(text)
    v4 = found.group("v4") if found else None
    address = _nat.address(_dotted(v4) if v4 else found.group("v6") if found else None)
    if found is None or address is None:
        raise IpvsUnreadable("a row of /proc/net/ip_vs is malformed: %s" % ascii(text[:80]))
    return "ipv4" if v4 else "ipv6", address, int(found.group("port"), 16)


def _dotted(text: str) -> str:
    return ".".join(str(byte) for byte in bytes.fromhex(text))


def _text(family: str, address: str, port: int) -> str:
    return "[%s]:%d" % (address, port) if family == "ipv6" else "%s:%d" % (address, port)
''',
    "_collect.linux.packet_filter._nat": r'''



"""What packet filters publish: rules of any of them as narrowings and actions, and a walk from where packets come in.

Only what can only narrow is read; what narrows further (sources, marks, limits, states) is passed over, so that a rule
publishes at most too much, never too little.
"""

from __future__ import annotations

import re
import socket
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux import _portless_entries

NUMBERS = {6: "tcp", 17: "udp", 33: "dccp", 132: "sctp", 136: "udplite"}
MOST_PORTS = 1024  # of one rule that become listeners; a wider range is one way in without a port
MOST_STEPS = 50000
_MOST_PAIRS = 1 << 20
DEEPEST = 100  # jumps; nf_tables allows 16 (NFT_JUMP_STACK_SIZE)
WILDCARD = {"ipv4": "0.0.0.0", "ipv6": "::"}
_FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_PORT = re.compile(r"[0-9]{1,5}\Z")


def names(text: str) -> t.FrozenSet[str]:
    return frozenset(text.split())


# Targets of iptables that send a packet nowhere else, whichever of its fields they change: include/uapi/linux/
# netfilter/xt_*.h, ipt_*.h and ip6t_*.h; the last line is what is often installed beside the kernel (xtables-addons).
# SNAT, MASQUERADE and SNPT change where it comes from, CLUSTERIP the link's address, SYNPROXY answers for the listener.
HARMLESS = names(
    "ACCEPT AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNMARK CONNSECMARK CONTINUE CT DROP DSCP ECN HL HMARK IDLETIMER"
    " LED LOG MARK MASQUERADE NFLOG NOTRACK RATEEST REJECT RETURN SECMARK SET SNAT SNPT SYNPROXY TCPMSS TCPOPTSTRIP"
    " TOS TRACE TTL ULOG"
    " ACCOUNT DHCPMAC FLOWOFFLOAD IPMARK LOGMARK NETFLOW RAWSNAT"
)

Ranges = t.Tuple[t.Tuple[int, int], ...]
Chain = t.Tuple[str, ...]  # family, table, name


class Narrow(t.NamedTuple):
    """Which packets; None: all of them. ``ports`` are inclusive ranges of the destination's port.

    ``network``: of addresses that need not be the host's own.
    """

    protocols: t.Optional[t.FrozenSet[str]] = None
    ports: t.Optional[Ranges] = None
    address: t.Optional[str] = None
    device: t.Optional[str] = None
    family: t.Optional[str] = None
    network: bool = False

    def within(self, other: Narrow) -> t.Optional[Narrow]:
        """Packets that are of both; None when there are none."""
        protocols = _both(self.protocols, other.protocols)
        ports = _overlap(self.ports, other.ports)
        if protocols == frozenset() or ports == () or (self.family and other.family and self.family != other.family):
            return None
        return Narrow(
            protocols,
            ports,
            other.address or self.address,
            other.device or self.device,
            other.family or self.family,
            self.network or other.network,
        )


class FilterRule(t.NamedTuple):
    """``action``: ``jump`` (to the chain ``target``), or what becomes of the packet (``to``: where it goes).

    ``publish``: its destination is translated; ``rewrite``: fields of it are overwritten; ``tproxy``; ``forward``: it
    leaves by another device; ``copy``: a copy does; ``queue``: a program gets it; ``unknown``: nobody here knows,
    ``to`` names what it is.
    """

    narrow: Narrow
    action: str
    target: Chain = ()
    to: str = ""


class Ruleset(t.NamedTuple):
    """``by``: nftables | iptables. The rest are chains that packets from outside come into.

    ``entries``: before it is known whether they are for this host, ``arriving``: when they are, ``passing``: when not.
    """

    by: str
    chains: t.Mapping[Chain, t.Sequence[FilterRule]]
    entries: t.Sequence[Chain]
    arriving: t.Sequence[Chain] = ()
    passing: t.Sequence[Chain] = ()


# What counts where. A destination is translated before it is looked up, in PREROUTING; NETMAP elsewhere translates
# sources. What is not for this host can still be given another destination on its way.
_ENTERING = frozenset(["publish", "rewrite", "tproxy", "forward", "copy", "queue", "unknown"])
_ARRIVING = frozenset(["rewrite", "copy", "queue", "unknown"])
_PASSING = frozenset(["rewrite"])


class Published(t.NamedTuple):
    """One port that a rule gives away. ``device`` is a name; ``network``: asked of addresses that may be others'."""

    protocol: str
    family: str
    address: str
    port: int
    device: t.Optional[str]
    to: t.Tuple[str, ...]
    by: str
    network: bool = False


class Walked(t.NamedTuple):
    """``whole``: every rule was followed. ``unknown``: what was met and nobody here knows."""

    published: t.Tuple[Published, ...]
    paths: t.Tuple[_portless_entries.AnyPath, ...]
    whole: bool
    unknown: t.Tuple[str, ...] = ()


def walk(ruleset: Ruleset) -> Walked:
    """Follow packets from outside through the chains."""
    walker = _Walker(ruleset)
    for entries, acts in (
        (ruleset.entries, _ENTERING),
        (ruleset.arriving, _ARRIVING),
        (ruleset.passing, _PASSING),
    ):
        walker.acts = acts
        for entry in entries:
            walker.follow(entry, Narrow(), ())
    ports: t.Dict[t.Tuple[t.Any, ...], Published] = {}
    for one in walker.published:
        known = ports.setdefault(one[:5], one)
        ports[one[:5]] = known._replace(to=tuple(sorted({*known.to, *one.to})), network=known.network or one.network)
    published = sorted(ports.values(), key=lambda one: (*one[:4], one.device or ""))
    whole = walker.steps < MOST_STEPS and not walker.too_deep
    return Walked(tuple(published), tuple(dict.fromkeys(walker.paths)), whole, tuple(sorted(walker.unknown)))


def pruned(ruleset: Ruleset) -> Ruleset:
    """Without jumps to where nothing is published: a filter may have ten thousand that drop and accept."""
    leading: t.Dict[Chain, t.Set[Chain]] = {}
    fruitful: t.Set[Chain] = set()
    for chain, rules in ruleset.chains.items():
        for rule in rules:
            if rule.action == "jump":
                leading.setdefault(rule.target, set()).add(chain)
            else:
                fruitful.add(chain)
    rest = list(fruitful)
    while rest:
        more = leading.get(rest.pop(), set()) - fruitful
        fruitful |= more
        rest.extend(more)
    chains = {
        chain: [rule for rule in rules if rule.action != "jump" or rule.target in fruitful]
        for chain, rules in ruleset.chains.items()
        if chain in fruitful
    }
    return ruleset._replace(chains=chains)


class _Walker:
    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self.steps = 0
        self.too_deep = False
        self.acts = _ENTERING
        self.published: t.List[Published] = []
        self.paths: t.List[_portless_entries.AnyPath] = []
        self.unknown: t.Set[str] = set()

    def follow(self, chain: Chain, packets: Narrow, above: t.Tuple[Chain, ...]) -> None:
        if len(above) > DEEPEST:
            self.too_deep = True
            return
        for rule in self._ruleset.chains.get(chain, ()):
            self.steps += 1
            if self.steps >= MOST_STEPS:
                return
            narrowed = packets.within(rule.narrow)
            if narrowed is None:
                continue
            if rule.action == "jump":
                if rule.target not in above:
                    self.follow(rule.target, narrowed, (*above, chain))
            elif rule.action in self.acts:
                self._act(rule, narrowed)

    def _act(self, rule: FilterRule, packets: Narrow) -> None:
        to = _host_files.unicode_text(rule.to)
        if rule.action == "unknown":
            self.unknown.add(to)
        elif self.acts is _PASSING:
            self._way("forward", packets, to)
        elif rule.action in ("publish", "rewrite"):
            self._publish(packets, to)
        else:
            self._way(rule.action, packets, to)

    def _way(self, kind: str, packets: Narrow, to: str) -> None:
        detail = "%s goes to %s" % (_host_files.unicode_text(_words(packets)), to)
        protocols = tuple(sorted(packets.protocols or ()))
        self.paths.append(
            _portless_entries.RulePath(kind, detail, protocols=protocols, ports=tuple(_spans(packets.ports or ())))
        )

    def _publish(self, packets: Narrow, to: str) -> None:
        protocols = [name for name in _socket.PROTOCOLS if packets.protocols is None or name in packets.protocols]
        wide = packets.ports is None or sum(last - first for first, last in packets.ports) >= MOST_PORTS
        if packets.ports is None or not protocols or wide:
            self._way("dnat", packets, to)
            return
        families = [packets.family] if packets.family else list(WILDCARD)
        if packets.address:
            families = [family for family in families if (family == "ipv6") == (":" in packets.address)]
        device = None if packets.device is None else _host_files.unicode_text(packets.device)
        for family in families:
            address = packets.address or WILDCARD[family]
            for protocol in protocols:
                for first, last in packets.ports:
                    self.published += [
                        Published(protocol, family, address, port, device, (to,), self._ruleset.by, packets.network)
                        for port in range(first, last + 1)
                    ]


def address(text: t.Any) -> t.Optional[str]:
    """An address of either family as the kernel writes it; None when it is none."""
    for number in _FAMILIES.values():
        try:
            return socket.inet_ntop(number, socket.inet_pton(number, text))
        except (OSError, TypeError, ValueError):
            continue
    return None


def port(value: t.Any) -> t.Optional[int]:
    """A port, of a number or its digits; None when it is none."""
    if isinstance(value, str) and _PORT.match(value):
        value = int(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= 65535 else None


def _both(one: t.Optional[t.FrozenSet[str]], other: t.Optional[t.FrozenSet[str]]) -> t.Optional[t.FrozenSet[str]]:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _overlap(one: t.Optional[Ranges], other: t.Optional[Ranges]) -> t.Optional[Ranges]:
    if one is None or other is None:
        return other if one is None else one
    if len(one) * len(other) > _MOST_PAIRS:
        return min(one, other, key=len)  # passed over: it publishes too much then
    pairs = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return tuple(pair for pair in pairs if pair[0] <= pair[1])


def _spans(ports: Ranges) -> t.Iterator[str]:
    return ("%d" % first if first == last else "%d-%d" % (first, last) for first, last in ports)


def _words(packets: Narrow) -> str:
    """``tcp 3000-3010 to 10.0.0.1 on eth0``."""
    protocols = "/".join(sorted(packets.protocols)) if packets.protocols is not None else "every protocol"
    ports = ""
    if packets.ports is not None:
        ports = " " + ",".join(_spans(packets.ports))
    return "%s%s to %s%s" % (
        protocols,
        ports,
        packets.address or "every address",
        " on %s" % packets.device if packets.device else "",
    )
''',
    "_collect.linux.packet_filter._nft": r'''



"""The rules of nftables, from what ``nft --json list ruleset`` prints. Source: libnftables-json(5).

A value of another shape than the manual has narrows nothing. A statement that is not known is one that may do anything.
"""

from __future__ import annotations

import json
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.linux.packet_filter import _nat
from _fleetports_compliance._collect.linux.packet_filter._nat import (
    Chain,
    FilterRule,
    Narrow,
)

FAMILIES = {"ip": "ipv4", "ip6": "ipv6", "ipv4": "ipv4", "ipv6": "ipv6"}
_JUMPS = ("jump", "goto")
# Hooks of packets that come from outside: all but "output". At "input" they are for this host, at the last three not.
_ENTRIES = ("ingress", "prerouting")
_ARRIVING = ("input",)
_PASSING = ("forward", "postrouting", "egress")
# Statements by which a packet goes nowhere else; "flow" lets what was accepted pass faster.
_HARMLESS = _nat.names(
    "accept continue counter drop flow last limit log map masquerade match meter notrack quota reject reset return"
    " secmark set snat synproxy tunnel"
)
_ANSWERS = "ct "  # "ct helper", "ct timeout", "ct expectation", "ct count"
# Fields that can be overwritten without a packet going elsewhere, of the protocols that have ports, IP and the link.
_LINK = frozenset(["arp", "icmp", "icmpv6", "igmp"])
_IDLE = _nat.names(
    "ackseq checksum cscov csum dscp ecn flags flowlabel frag-off hoplimit id length pcp saddr sequence sport tos"
    " ttl urgptr vtag window"
)
# The same in bits from where a header begins. The transport header has the port in the second 16; the length, protocol
# and addresses of IPv4 and IPv6 lie at different places, so that little is left; the link has two addresses first.
_ALL = 1 << 20
_IDLE_BITS = {"th": ((0, 16), (32, _ALL)), "nh": ((8, 48),), "ll": ((0, 96),), "ih": ((0, _ALL),)}
# Of ebtables, which knows addresses of the link alone, and of arptables.
_LINK_TARGETS = _nat.names("arpreply dnat log mangle mark nflog redirect snat standard ulog")
_Values = t.List[t.Any]
_Acting = t.Iterator[t.Tuple[Narrow, FilterRule]]


class NftUnreadable(Exception):
    """It is not what nft prints."""


class Read(t.NamedTuple):
    """``foreign``: chains with rules of iptables, which only its own tool shows: family, table, chain."""

    ruleset: _nat.Ruleset
    foreign: t.FrozenSet[Chain]


def read(raw: bytes) -> Read:
    """Read a whole ruleset. Raises Unreadable."""
    try:
        items = json.loads(raw.decode("utf-8", "backslashreplace"))["nftables"]
        return _RulesetReader(items).read()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError) as error:
        raise NftUnreadable("nft printed a ruleset that is not understood: %s" % error) from error


class _RulesetReader:
    def __init__(self, items: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        self._items = items
        self._sets: t.Dict[Chain, _Values] = {}
        self._chains: t.Dict[Chain, t.List[FilterRule]] = {}
        self._chain: Chain = ()
        self._foreign: t.Set[Chain] = set()

    def read(self) -> Read:
        for one in (*self._of("set"), *self._of("map")):
            self._sets[_key(one)] = one.get("elem", [])
        asleep = {(one["family"], one["name"]) for one in self._of("table") if "dormant" in one.get("flags", ())}
        hooks: t.Dict[str, t.List[Chain]] = {}
        for one in self._of("chain"):
            self._chains[_key(one)] = []
            hooks.setdefault(str(one.get("hook")), []).append(_key(one))
        for one in self._of("rule"):
            self._chain = (one["family"], one["table"], one["chain"])
            self._chains.setdefault(self._chain, []).extend(self._rules(one.get("expr", ())))

        def at(names: t.Sequence[str]) -> t.List[Chain]:
            return [key for name in names for key in hooks.get(name, ()) if key[:2] not in asleep]

        ruleset = _nat.Ruleset("nftables", self._chains, at(_ENTRIES), at(_ARRIVING), at(_PASSING))
        return Read(ruleset, frozenset(self._foreign))

    def _of(self, kind: str) -> t.Iterator[t.Mapping[str, t.Any]]:
        return (item[kind] for item in self._items if kind in item)

    def _rules(self, expressions: t.Sequence[t.Any]) -> t.Iterator[FilterRule]:
        """One rule of nft is several here where sets or maps make it so."""
        if all(map(_only_filters, expressions)):
            return  # most do, and may match a set of a million addresses
        packets = [Narrow(family=FAMILIES.get(self._chain[0]))]
        for expression in expressions:
            # What it has no JSON for, nft prints as text: a jump to a chain without a name.
            named: t.Dict[str, t.Any] = expression if isinstance(expression, dict) else {str(expression): None}
            for name, value in named.items():
                if name == "match":
                    packets = self._matched(packets, value)
                else:
                    for narrow, rule in self._acting(name, value):
                        yield from (rule._replace(narrow=both) for both in _within(packets, [narrow]))

    def _matched(self, packets: t.List[Narrow], match: t.Mapping[str, t.Any]) -> t.List[Narrow]:
        if match["op"] in ("==", "in"):
            return _within(packets, self._narrows(match["left"], self._values(match["right"])))
        ranges = _compared(match["op"], match["right"]) if _field(match["left"]) == "port" else None
        return _within(packets, [_of_field(match["left"])] if ranges is None else self._narrows(match["left"], ranges))

    def _acting(self, name: str, value: t.Any) -> _Acting:
        acts = getattr(self, "_" + name, None) if name in _ACTING else None
        if acts is not None:
            yield from acts(value)
        elif name in _SENDING:
            yield Narrow(), FilterRule(Narrow(), *_SENDING[name](value if isinstance(value, dict) else {}))
        elif name not in _HARMLESS and not name.startswith(_ANSWERS):
            yield Narrow(), _unknown("the statement %s" % name)

    def _xt(self, value: t.Any) -> _Acting:
        """A rule of iptables. Its matches only narrow, and the target is shown without where it leads.

        An nft that was built without iptables shows neither.
        """
        kind, name = (value["type"], str(value["name"])) if isinstance(value, dict) else ("target", "of iptables")
        if kind != "target" or name in _nat.HARMLESS:
            return
        if self._chain[0] in FAMILIES:
            self._foreign.add(self._chain)
        elif self._chain[0] == "inet" or name not in _LINK_TARGETS:
            yield Narrow(), _unknown("the target %s" % name)

    def _jump(self, value: t.Mapping[str, t.Any]) -> _Acting:
        target = (*self._chain[:2], value["target"])
        known = target in self._chains
        yield Narrow(), FilterRule(Narrow(), "jump", target) if known else _unknown("the chain %s" % value["target"])

    _goto = _jump

    def _vmap(self, value: t.Mapping[str, t.Any]) -> _Acting:
        for key, verdict in self._pairs(value["data"]):
            jumps = [verdict[name] for name in _JUMPS if isinstance(verdict, dict) and name in verdict]
            for narrow in self._narrows(value["key"], [key]):
                for jump in jumps:
                    yield from ((narrow, rule) for _all, rule in self._jump(jump))

    def _dnat(self, value: t.Optional[t.Mapping[str, t.Any]]) -> _Acting:
        given = value or {}
        family = Narrow(family=FAMILIES.get(given.get("family", "")))
        for narrow, address in self._mapped(given.get("addr")):
            for other, port in self._mapped(given.get("port")):
                for both in _within(_within([family], [narrow]), [other]):
                    yield both, FilterRule(Narrow(), "publish", to=_joined(address, port))

    def _redirect(self, value: t.Optional[t.Mapping[str, t.Any]]) -> _Acting:
        for narrow, port in self._mapped((value or {}).get("port")):
            yield narrow, FilterRule(Narrow(), "publish", to=_joined(None, port))

    def _tproxy(self, value: t.Mapping[str, t.Any]) -> _Acting:
        to = _joined(value.get("addr"), value.get("port"))
        yield Narrow(family=FAMILIES.get(value.get("family", ""))), FilterRule(Narrow(), "tproxy", to=to)

    def _mangle(self, value: t.Mapping[str, t.Any]) -> _Acting:
        """Fields that are overwritten: of the packet, or of what the kernel knows of it (a mark)."""
        payload = value["key"].get("payload")
        if payload is None or _is_idle(payload):
            return
        place = _of_field(value["key"])
        for narrow, new in self._mapped(value["value"]):
            for both in _within([place], [narrow]):
                yield both, FilterRule(Narrow(), "rewrite", to=_rewritten(value["key"], new))

    def _mapped(self, value: t.Any) -> t.Iterator[t.Tuple[Narrow, t.Any]]:
        """A value, or each that a map gives, with the packets that get it."""
        if not (isinstance(value, dict) and "map" in value):
            yield Narrow(), value
            return
        for key, one in self._pairs(value["map"]["data"]):
            yield from ((narrow, one) for narrow in self._narrows(value["map"]["key"], [key]))

    def _pairs(self, data: t.Any) -> t.Iterator[t.Tuple[t.Any, t.Any]]:
        values = self._values(data)
        if values is _ANY:
            raise NftUnreadable("nft printed a reference to an unknown map: %s" % (data,))
        for element in values:
            if not (isinstance(element, list) and len(element) == 2):
                raise NftUnreadable("nft printed a map element that is not understood: %s" % (element,))
            yield _plain(element[0]), element[1]

    def _values(self, right: t.Any) -> _Values:
        if isinstance(right, str) and right.startswith("@"):
            known = self._sets.get((*self._chain[:2], right[1:]), _ANY)
            return known if known is _ANY else [_plain(value) for value in known]
        if isinstance(right, dict) and "set" in right:
            members = right["set"]
            return [_plain(value) for value in (members if isinstance(members, list) else [members])]
        return right if isinstance(right, list) else [right]

    def _narrows(self, left: t.Any, values: _Values) -> t.List[Narrow]:
        """What the left side says of packets, for each of the values; all of them when it says nothing of interest."""
        if not isinstance(left, dict) or values is _ANY:
            return [_of_field(left)]
        if "concat" in left:
            return [narrow for value in values for narrow in self._concatenated(left["concat"], value)]
        return _narrowed(left, values)

    def _concatenated(self, lefts: t.Sequence[t.Any], value: t.Any) -> t.List[Narrow]:
        parts = value.get("concat", []) if isinstance(value, dict) else []
        packets = [Narrow()]
        for left, part in zip(lefts, parts):
            packets = _within(packets, self._narrows(left, [_plain(part)]))
        return packets


_MOST = 20000  # rules that one of nft may become
_ANY: _Values = ["*"]  # values that are not known: a set that is not listed
_ACTING = frozenset(["xt", *_JUMPS, "vmap", "dnat", "redirect", "tproxy", "mangle"])


def _forwarded(value: t.Mapping[str, t.Any]) -> t.Tuple[str, Chain, str]:
    return "forward", (), "device %s" % _text(value.get("dev"))


def _copied(value: t.Mapping[str, t.Any]) -> t.Tuple[str, Chain, str]:
    return "copy", (), _text(value.get("addr"))


def _queued(value: t.Mapping[str, t.Any]) -> t.Tuple[str, Chain, str]:
    return "queue", (), "queue %s" % _text(value.get("num", 0))


_SENDING: t.Mapping[str, t.Callable[[t.Mapping[str, t.Any]], t.Tuple[str, Chain, str]]] = {
    "fwd": _forwarded,
    "dup": _copied,
    "queue": _queued,
}


def _only_filters(expression: t.Any) -> bool:
    names = expression if isinstance(expression, dict) else ("",)
    return all(name in _HARMLESS or name.startswith(_ANSWERS) for name in names)


def _unknown(what: str) -> FilterRule:
    return FilterRule(Narrow(), "unknown", to=" ".join(what.split())[:80])


def _within(packets: t.Sequence[Narrow], narrows: t.Sequence[Narrow]) -> t.List[Narrow]:
    if len(packets) * len(narrows) > _MOST:
        return list(packets)  # passed over: it publishes too much then
    found = (one.within(other) for one in packets for other in narrows)
    return [narrow for narrow in found if narrow is not None]


def _key(item: t.Mapping[str, t.Any]) -> Chain:
    key = (item["family"], item["table"], item["name"])
    hash(key)  # a name that is none is told here, and not where it is looked up
    return key


def _field(left: t.Any) -> t.Optional[str]:
    """What of a packet an expression asks for: port, protocol, next header, address, device, family.

    None: nothing of interest.
    """
    if not isinstance(left, dict):
        return None
    payload, meta = _payload(left), left.get("meta")
    if payload is not None:
        field = payload.get("field")
        if field == "dport":
            return "port"
        return {"protocol": "protocol", "nexthdr": "next", "daddr": "address"}.get(str(field))
    key = meta.get("key") if isinstance(meta, dict) else None
    return {"l4proto": "protocol", "iif": "device", "iifname": "device", "nfproto": "family"}.get(str(key))


def _payload(left: t.Any) -> t.Optional[t.Mapping[str, t.Any]]:
    """A field of the packet itself; one of a packet that it carries in a tunnel is none."""
    payload = left.get("payload") if isinstance(left, dict) else None
    return payload if isinstance(payload, dict) and "tunnel" not in payload else None


def _of_field(left: t.Any) -> Narrow:
    """What a field that is there says of a packet, whatever its value: its protocol, its family."""
    payload = _payload(left)
    protocol = str(payload.get("protocol")) if payload is not None else ""
    return Narrow(
        protocols=frozenset([protocol]) if protocol in _socket.PROTOCOLS else None, family=FAMILIES.get(protocol)
    )


def _narrowed(left: t.Any, values: _Values) -> t.List[Narrow]:
    field = _field(left)
    place = _of_field(left)
    if field == "port":
        ranges = [_range(value) for value in values]
        return [place if None in ranges else place._replace(ports=t.cast("_nat.Ranges", tuple(ranges)))]
    if field in ("protocol", "next"):
        names = [_protocol(value) for value in values]
        # What follows the first header is the protocol only where it is no extension header (RFC 8200, section 4).
        if field == "next" and not set(_socket.PROTOCOLS).issuperset(names):
            names = [None]
        return [place if None in names else place._replace(protocols=frozenset(str(name) for name in names))]
    if field == "address":
        addresses = map(_nat.address, values)
        return [place._replace(address=address, network=address is None) for address in addresses]
    if field == "device":
        return [place._replace(device=value if isinstance(value, str) else None) for value in values]
    if field == "family":
        return [place._replace(family=FAMILIES.get(str(value))) for value in values]
    return [place]


def _plain(value: t.Any) -> t.Any:
    """An element without what hangs on it: a timeout, a counter, a comment."""
    if isinstance(value, dict) and "elem" in value:
        return value["elem"]["val"]
    return value


def _range(value: t.Any) -> t.Optional[t.Tuple[int, int]]:
    """A port or a range of them; None: it is none."""
    ends = value["range"] if isinstance(value, dict) and "range" in value else [value, value]
    if not isinstance(ends, list) or len(ends) != 2:
        return None
    first, last = _nat.port(ends[0]), _nat.port(ends[1])
    return None if first is None or last is None or first > last else (first, last)


def _protocol(value: t.Any) -> t.Optional[str]:
    """The name of a transport protocol; None for a range, or any of them."""
    if isinstance(value, str) and value != "*":
        return value
    number = isinstance(value, int) and not isinstance(value, bool)
    return _nat.NUMBERS.get(value, str(value)) if number else None


def _compared(operator: str, port: t.Any) -> t.Optional[_Values]:
    """Ports that a comparison leaves, as ranges; None where it is not with a number."""
    number = _nat.port(port)
    if number is None:
        return None
    spans = {
        "!=": [(0, number - 1), (number + 1, 65535)],
        "<": [(0, number - 1)],
        "<=": [(0, number)],
        ">": [(number + 1, 65535)],
        ">=": [(number, 65535)],
    }.get(operator)
    return None if spans is None else [{"range": list(span)} for span in spans if span[0] <= span[1]]


def _is_idle(payload: t.Mapping[str, t.Any]) -> bool:
    """Whether a part of a packet can be overwritten without the packet going elsewhere."""
    if "base" not in payload:
        protocol, field = payload.get("protocol"), payload.get("field")
        if protocol in ("ether", "vlan"):
            return field != "type"
        return protocol in _LINK or field in _IDLE
    first, last = int(payload["offset"]), int(payload["offset"]) + int(payload["len"])
    return any(start <= first and last <= end for start, end in _IDLE_BITS.get(str(payload["base"]), ()))


def _rewritten(key: t.Any, new: t.Any) -> str:
    """Where a packet goes when that was written into it."""
    field = _field(key)
    if field == "port":
        return _joined(None, new)
    return _text(new) if field == "address" else "another place"


def _text(value: t.Any) -> str:
    if isinstance(value, dict) and "range" in value:
        return "-".join(str(end) for end in value["range"])
    if isinstance(value, dict) and "prefix" in value:
        return "%s/%s" % (value["prefix"]["addr"], value["prefix"]["len"])
    return "several" if isinstance(value, (dict, list)) else str(value)


def _joined(address: t.Any, port: t.Any) -> str:
    """``10.0.0.2:80``, ``[fd00::2]:80``."""
    if isinstance(address, dict) and "concat" in address:
        address, port = [*address["concat"], None][:2]
    host = "this host" if address is None else _text(address)
    if port is None:
        return host
    return "[%s]:%s" % (host, _text(port)) if ":" in host else "%s:%s" % (host, _text(port))
''',
    "_collect.linux.packet_filter._published": r'''



"""Ports that are published without a socket: DNAT and REDIRECT of nftables and iptables, virtual services of IPVS.

The kernel is asked first whether it has any rules; only then their own programs are run, to print them and no more.
Sources: include/uapi/linux/netfilter/{nfnetlink,nf_tables}.h, /proc/net/ip_tables_names, /proc/net/ip_vs.
"""

from __future__ import annotations

import errno
import os
import struct
import time
import typing as t

from _fleetports_compliance import _socket
from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux import _portless_entries
from _fleetports_compliance._collect.linux.netlink import _wire
from _fleetports_compliance._collect.linux.procfs import _hidepid

if t.TYPE_CHECKING:
    from _fleetports_compliance._collect.linux.packet_filter import _nat

DEADLINE = 5.0  # seconds for one program
NETFILTER = 12  # NETLINK_NETFILTER
GET_TABLES = 10 << 8 | 1  # NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE
LARGEST = 1 << 24  # bytes of /proc/net/ip_vs: a service is 60
_NFGENMSG = struct.Struct("=BBH")
_DENIED = (errno.EPERM, errno.EACCES)
# Of a kernel that has no nfnetlink (socket()), or no nf_tables below it (nfnetlink_rcv_msg() in nfnetlink.c).
_ABSENT = (errno.EPROTONOSUPPORT, errno.EINVAL, errno.ENOENT)
_FAMILIES = (("ipv4", "iptables", "ip_tables"), ("ipv6", "ip6tables", "ip6_tables"))
_TABLES = frozenset(["nat", "mangle"])
# Entries of the first network namespace alone: net_core_table of net/core/sysctl_net_core.c.
_INITIAL = "/sys/net/core/netdev_max_backlog"

_MOST_NAMED = 5

Run = t.Callable[[t.Sequence[str]], bytes]


class RulesUnread(Exception):
    """Rules that may publish something could not be read, or not even asked for; the text says why."""


class RulesRefused(Exception):
    """The kernel does not tell without privilege."""


class PublishedPorts(t.NamedTuple):
    published: t.Tuple[_nat.Published, ...] = ()
    paths: t.Tuple[_portless_entries.AnyPath, ...] = ()
    gaps: t.Tuple[_socket.Gap, ...] = ()


def run(command: t.Sequence[str]) -> bytes:
    """What a program prints. Raises Unread."""
    from _fleetports_compliance._collect.common import _budget, _tool

    tools = _tool.Tools(_budget.Budget(cpu=DEADLINE, wall=DEADLINE))
    try:
        answer = tools(*command)
    except _tool.ToolError as error:
        raise RulesUnread(str(error)) from error
    if answer.status:
        raise RulesUnread(_tool.worded(command[0], answer))
    return answer.stdout.encode("utf-8")


def look(proc: str, *, connect: _wire.Connect = _wire.connect, run: Run = run) -> PublishedPorts:
    """Everything that the caller's network namespace publishes.

    What cannot be read is a gap of ``listeners``: any port may be published. Where privilege is missing, it is one gap.
    """
    looked = _Look(proc, connect, run)
    refused = False
    for what, part in (("nftables", looked.nftables), ("iptables", looked.legacy), ("IPVS", looked.ipvs)):
        looked.what = what
        try:
            part()
        except RulesRefused:
            refused = True
        except RulesUnread as error:
            looked.unread(error)
    if refused:
        from _fleetports_compliance._collect.linux import _remedy

        detail = _remedy.refused("published ports not seen", _remedy.NET_ADMIN, proc)
        looked.gaps.append(_socket.Gap("published-unseen", "listeners", detail))
    return PublishedPorts(tuple(looked.published), tuple(looked.paths), tuple(looked.gaps))


class _Look:
    def __init__(self, proc: str, connect: _wire.Connect, run: Run) -> None:
        self._proc = proc
        self._connect = connect
        self._ended = time.monotonic() + 2 * DEADLINE
        self._program = run
        self._kernel = _Kernel(proc)
        self.what = ""
        self.published: t.List[_nat.Published] = []
        self.paths: t.List[_portless_entries.AnyPath] = []
        self.gaps: t.List[_socket.Gap] = []

    def unread(self, error: object) -> None:
        detail = "ports that %s publishes could not be read: %s" % (self.what, error)
        self.gaps.append(_socket.Gap("rules-unread", "listeners", detail))

    def _run(self, command: t.Sequence[str]) -> bytes:
        """What a program prints, while time for programs is left. Raises Unread."""
        if time.monotonic() > self._ended:
            raise RulesUnread("the time limit left no time to run %s" % command[0])
        return self._program(command)

    def nftables(self) -> None:
        if not has_tables(self._kernel, self._connect):
            return
        from _fleetports_compliance._collect.linux.packet_filter import _nft

        try:
            found = _nft.read(self._run(["nft", "--json", "list", "ruleset"]))
        except _nft.NftUnreadable as error:
            raise RulesUnread(str(error)) from error
        self._add(found.ruleset)
        for family, name, _module in _FAMILIES:
            tables = {table for layer, table, _chain in found.foreign if _nft.FAMILIES[layer] == family}
            if tables:
                self._save(name, "nft", tables, family)

    def legacy(self) -> None:
        """The kernel lists its tables to root alone: ip_tables_names is of mode 0440 (xt_proto_init(), x_tables.c)."""
        for family, name, module in _FAMILIES:
            names = (self._kernel.table("%s_names" % module, module) or b"").decode("ascii", "replace").split()
            if not _TABLES.isdisjoint(names):
                self._save(name, "legacy", _TABLES.intersection(names), family)

    def _save(self, name: str, variant: str, tables: t.AbstractSet[str], family: str) -> None:
        """Read tables of one variant of iptables. Each of the two shows its own rules alone, whatever it is called."""
        from _fleetports_compliance._collect.linux.packet_filter import (
            _iptables,
        )

        why: t.List[str] = []
        for command in _savers(name, variant):
            try:
                raw = self._run(command)
                its_own = _iptables.written_by(raw) in (None, variant)
                shown = _iptables.parsed(raw) if its_own else {}
                hidden = tables - shown.keys()
                if not hidden:
                    ruleset = _iptables.ruleset(shown, family)
                    break
                why.append("%s does not show the table %s of %s-%s" % (command[0], min(hidden), name, variant))
            except (RulesUnread, _iptables.IptablesUnreadable) as error:
                why.append(str(error))
        else:
            self.unread(why[0])
            return
        self._add(ruleset)

    def _add(self, ruleset: _nat.Ruleset) -> None:
        """What could not be followed is a gap beside what was."""
        from _fleetports_compliance._collect.linux.packet_filter import _nat

        walked = _nat.walk(_nat.pruned(ruleset))
        self.published += walked.published
        self.paths += walked.paths
        if not walked.whole:
            self.unread("there are too many rules to evaluate")
        if walked.unknown:
            self.unread("the effect of these is not known: %s" % ", ".join(walked.unknown[:_MOST_NAMED]))

    def ipvs(self) -> None:
        raw = self._kernel.table("ip_vs", "ip_vs")
        if raw is None:
            return
        from _fleetports_compliance._collect.linux.packet_filter import _ipvs

        try:
            published, paths = _ipvs.read(raw)
        except _ipvs.IpvsUnreadable as error:
            raise RulesUnread(str(error)) from error
        self.published += published
        self.paths += paths


def _savers(name: str, variant: str) -> t.List[t.List[str]]:
    """Commands that may show the rules of a variant, the surest first; at least one, that says that there is none."""
    commands = [["%s-%s-save" % (name, variant)], ["%s-save" % name], ["xtables-%s-multi" % variant, "%s-save" % name]]
    return [command for command in commands if _there(command[0])] or commands[:1]


def _there(program: str) -> bool:
    from _fleetports_compliance._collect.common import _tool

    return _tool.find(program) is not None


def has_tables(kernel: _Kernel, connect: _wire.Connect) -> bool:
    """Whether nftables has any table here. Raises Refused, and Unread where the kernel gave no answer.

    Asking makes a kernel load the module that answers, so one that has it as a module and not loaded is not asked.
    """
    there = kernel.has("nf_tables")
    if there is False:
        kernel.vouches_for_none()
        return False
    try:
        return bool(_wire.dump(NETFILTER, GET_TABLES, _NFGENMSG.pack(0, 0, 0), connect=connect))
    except _wire.NetlinkError as error:
        if error.errno in _DENIED:
            raise RulesRefused from error
        if there is None and error.errno in _ABSENT:
            return False
        raise RulesUnread("it is unknown whether it has tables: %s" % error) from error


def has_rules(proc: str, connect: _wire.Connect) -> t.Optional[bool]:
    """Whether a packet filter may have any rule for IPv4 here; None where that cannot be told."""
    kernel = _Kernel(proc)
    try:
        return has_tables(kernel, connect) or bool((kernel.table("ip_tables_names", "ip_tables") or b"").split())
    except (RulesRefused, RulesUnread):
        return None


class _Kernel:
    """What the kernel tells of itself without being asked for rules.

    Without privilege it tells only of parts that it does not have: nobody can have made rules for those. That the
    lists are the kernel's own is known in the first network namespace alone; a container may see others.
    """

    def __init__(self, proc: str) -> None:
        self._proc = proc
        self._loaded: t.Optional[t.Tuple[t.Optional[t.FrozenSet[bytes]]]] = None

    def has(self, module: str) -> t.Optional[bool]:
        """Whether a part of the kernel is there, loaded or built in; None: it cannot be told."""
        if self._loaded is None:
            known = not _hidepid.replaced(self._proc, "modules")
            raw = _host_files.read(self._proc + "/modules", limit=1 << 22) if known else None
            self._loaded = (None if raw is None else frozenset(line.split(b" ", 1)[0] for line in raw.split(b"\n")),)
        (loaded,) = self._loaded
        if loaded is None:
            return None
        name = module.encode("ascii")
        if name in loaded:
            return True
        built_in = _host_files.read("/lib/modules/%s/modules.builtin" % os.uname().release, limit=1 << 22)
        return None if built_in is None else b"/%s.ko" % name in built_in

    def vouches_for_none(self) -> None:
        """Raises Refused where what the lists lack is no proof: without privilege, in a namespace of a container's."""
        if os.geteuid() != 0 and not os.path.lexists(self._proc + _INITIAL):
            raise RulesRefused

    def table(self, name: str, module: str) -> t.Optional[bytes]:
        """A table below ``/proc/net``, which is there where the module is; None: there is none.

        Raises Refused and Unread.
        """
        path = "%s/net/%s" % (self._proc, name)
        try:
            return _host_files.whole(path, limit=LARGEST)
        except FileNotFoundError:
            self._lacks(module)
            return None
        except PermissionError as error:
            raise RulesRefused from error
        except OSError as error:
            raise RulesUnread("%s: %s" % (path, error.strerror or error)) from error

    def _lacks(self, module: str) -> None:
        """The table is not there. Root knows by this that the module is not, if the folder is the kernel's own."""
        if os.geteuid() == 0 and _same_mount(self._proc, self._proc + "/net"):
            return
        if self.has(module) is False:
            self.vouches_for_none()
        elif os.geteuid() != 0:
            raise RulesRefused
        else:
            raise RulesUnread("%s/net is not the kernel's" % self._proc)


def _same_mount(proc: str, folder: str) -> bool:
    """Hidden (``subset=pid``), or something else mounted over it?"""
    try:
        return os.stat(folder).st_dev == os.stat(proc).st_dev
    except OSError:
        return False
''',
    "_collect.linux.procfs._hidepid": r'''



"""What keeps processes out of sight: hidepid (proc(5)), and whatever root mounted over the directory of one."""

from __future__ import annotations

import os
import re
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux import _host_facts

# By number before Linux 5.8. hidepid=1, noaccess, lists everybody; what cannot be read shows as such.
HIDING = frozenset([b"hidepid=2", b"hidepid=invisible", b"hidepid=4", b"hidepid=ptraceable"])
PTRACE = "CAP_SYS_PTRACE"


def hides(proc: str) -> bool:
    """As the mount's options say. CAP_SYS_PTRACE sees everybody (has_pid_permissions()).

    A list without pid 1 says so too, but pid 1 may be the reader's own, as in a pid namespace.
    """
    options: t.Set[bytes] = set()
    for line in (_host_files.read(proc + "/self/mounts") or b"").split(b"\n"):
        fields = line.split(b" ")
        if len(fields) > 3 and fields[1] == os.fsencode(proc):
            options = set(fields[3].split(b",")) if fields[2] == b"proc" else set()
    return not HIDING.isdisjoint(options) and PTRACE not in _host_facts.capabilities(proc)


def covered(proc: str) -> t.Set[int]:
    """Processes with something mounted over their directory, or over a file in it: nothing that it says is theirs.

    An empty directory makes a process look as if it had just ended, that of another one as if it held nothing.
    """
    raw = _host_files.read(proc + "/self/mounts", limit=1 << 24) or b""
    found = re.findall(rb"^\S+ " + re.escape(os.fsencode(proc)) + rb"/([0-9]{1,9})[/ ]", raw, re.MULTILINE)
    return {int(number) for number in found}


def replaced(proc: str, name: str) -> bool:
    """Whether something is mounted over a file of the kernel's own, or over a folder that it lies in.

    Engines of containers mount ``sys`` over itself to have it read-only, and ``sys/net`` to write there all the same.
    """
    path = os.fsencode("%s/%s" % (proc, name))
    harmless = [[os.fsencode(proc + folder), b"proc"] for folder in ("/sys", "/sys/net")]
    raw = _host_files.read(proc + "/self/mounts", limit=1 << 24) or b""
    for fields in (line.split(b" ") for line in raw.split(b"\n")):
        if len(fields) < 3 or not fields[1].startswith(os.fsencode(proc) + b"/"):
            continue
        if (path + b"/").startswith(fields[1] + b"/") and fields[1:3] not in harmless:
            return True
    return False
''',
    "_collect.linux.procfs._kernel_threads": r'''



"""Names of the kernel's own threads. A process can take any name, but is no child of kthreadd."""

from __future__ import annotations

import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.procfs import _process

KTHREADD = 2


def names(proc: str) -> t.FrozenSet[str]:
    """Names of all kernel threads; none where they cannot be told, as in a pid namespace.

    Source: ``/proc/<pid>/task/<tid>/children``, proc(5).
    """
    if not _process.is_kernel_thread(_host_files.read("%s/%d/stat" % (proc, KTHREADD))):
        return frozenset()
    children = (_host_files.read("%s/%d/task/%d/children" % (proc, KTHREADD, KTHREADD)) or b"").split()
    comms = (_host_files.read("%s/%s/comm" % (proc, pid.decode("ascii"))) for pid in children if pid.isdigit())
    return frozenset(_host_files.unicode_text(comm.rstrip(b"\n")) for comm in comms if comm)
''',
    "_collect.linux.procfs._proc_net": r'''



"""Listening sockets from ``/proc/net/*``: the fallback where netlink is refused.

It shows addresses, ports, uids and inodes, and neither the bound device, nor whether an IPv6 socket takes IPv4 too, nor
cgroups. Its cost grows with every connection of the host. Source: tcp4_seq_show() and udp6_seq_show() of the kernel.
"""

from __future__ import annotations

import re
import socket
import struct
import typing as t

from _fleetports_compliance._collect.linux.netlink import _sock_diag

_HEX = re.compile(rb"[0-9A-Fa-f]+\Z")
_HEX_LENGTH = {"ipv4": 8, "ipv6": 32}
# Columns: sl local_address rem_address st queues timer retrnsmt uid timeout inode …
_LOCAL_ADDRESS, _ST, _UID, _INODE = 1, 3, 7, 9


class ProcNetError(Exception):
    """A table that cannot be read, or that does not look as the kernel writes it."""


def dump(protocol: str, family: str, *, state: int, proc: str) -> t.List[_sock_diag.RawSocket]:
    """All sockets of that protocol, family and state. Raises ProcNetError."""
    name = protocol + ("6" if family == "ipv6" else "")
    try:
        with open("%s/net/%s" % (proc, name), "rb") as table:
            next(table, None)  # the headings
            return list(_rows(table, protocol, family, state=state))
    except OSError as error:
        raise ProcNetError("%s/net/%s: %s" % (proc, name, error.strerror)) from error


def _rows(lines: t.Iterable[bytes], protocol: str, family: str, *, state: int) -> t.Iterator[_sock_diag.RawSocket]:
    wanted = b"%02X" % state
    for line in lines:
        fields = line.split()
        if len(fields) <= _INODE:
            raise ProcNetError("a row of %d columns" % len(fields))
        if fields[_ST] == wanted:
            yield parse(fields, protocol, family, state=state)


def parse(fields: t.Sequence[bytes], protocol: str, family: str, *, state: int) -> _sock_diag.RawSocket:
    """One row, split into its columns."""
    try:
        address, port = fields[_LOCAL_ADDRESS].split(b":")
        uid, inode = fields[_UID], fields[_INODE]
        if not (_HEX.match(address) and _HEX.match(port) and len(port) == 4 and uid.isdigit() and inode.isdigit()):
            raise ValueError("not numbers")  # int() also takes signs, spaces and underscores
        return _sock_diag.RawSocket(
            protocol=protocol,
            family=family,
            address=_address(address.decode("ascii"), family),
            port=int(port, 16),
            state=_sock_diag.STATES[state],
            uid=int(uid),
            inode=int(inode),
        )
    except ValueError as error:
        raise ProcNetError("a malformed row: %s" % error) from error


def _address(text: str, family: str) -> str:
    if len(text) != _HEX_LENGTH[family]:
        raise ValueError("an address of %d digits" % len(text))
    # The kernel prints each 32-bit word of the address as a number of the machine's own byte order.
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    raw = struct.pack("=%dI" % len(words), *words)
    return socket.inet_ntop(socket.AF_INET if family == "ipv4" else socket.AF_INET6, raw)
''',
    "_collect.linux.procfs._process": r'''



"""What ``/proc/<pid>`` says of a process. Command lines and environments carry secrets: they are never read.

Source: proc(5). Only readlink and reads of files that do not wait for the process's memory lock.
"""

from __future__ import annotations

import os
import time
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.systemd import _cgroup

DELETED = " (deleted)"
COMM_LENGTH = 15  # TASK_COMM_LEN - 1

_UID_DIGITS = 10  # of 32 bits
_FLAGS, _PF_EXITING, _PF_KTHREAD = 6, 0x4, 0x200000  # of the fields behind the name; include/linux/sched.h


class ProcfsProcess(t.NamedTuple):
    """One process. ``link`` is where its ``exe`` points, as the kernel gives it; None: not readable.

    ``mounts`` names the mount namespace in which that is a path.
    """

    pid: int
    name: t.Optional[str]
    link: t.Optional[str]
    uid: t.Optional[int]
    place: _cgroup.CgroupPlace
    started: t.Optional[str]
    mounts: t.Optional[str] = None


def describe(
    pid: int, *, proc: str, booted: t.Optional[int], by: _cgroup.CgroupReader = _cgroup.WHOLE
) -> t.Optional[ProcfsProcess]:
    """Read one process; None when it has ended.

    ``booted`` is the time of boot, seconds since the epoch; ``by`` as in _cgroup.
    """
    base = "%s/%d" % (proc, pid)
    comm = _host_files.read(base + "/comm")
    status = _host_files.read(base + "/status")
    if comm is None and status is None:
        return None
    stat = _host_files.read(base + "/stat")
    where = _cgroup.of_threads if state(stat) == b"Z" else _cgroup.of_process
    place, mounts = where(proc, pid, by), _host_files.readlink(base + "/ns/mnt")
    # The link comes last, for it is what an ending process loses first (do_exit()): with it, all else was read too.
    return ProcfsProcess(
        pid=pid,
        name=_host_files.unicode_text(comm[:-1] if comm.endswith(b"\n") else comm) if comm else None,
        link=_host_files.readlink(base + "/exe"),
        uid=effective_uid(status),
        place=place,
        started=started(stat, booted=booted),
        mounts=mounts,
    )


def ended(pid: int, *, proc: str) -> bool:
    """Whether a process has ended, or is about to: it hands on nothing any more, and tells nothing of itself."""
    base = "%s/%d" % (proc, pid)
    if not _exiting(_host_files.read(base + "/stat")):
        return not os.path.lexists(base)
    try:
        threads = os.listdir(base + "/task")
    except OSError:
        return not os.path.lexists(base)
    return all(_exiting(_host_files.read("%s/task/%s/stat" % (base, thread))) is not False for thread in threads)


def _exiting(stat: t.Optional[bytes]) -> t.Optional[bool]:
    """Whether a thread gives back what it has, or has done so; None: it tells nothing."""
    fields = _fields(stat)
    if len(fields) <= _FLAGS or not fields[_FLAGS].isdigit():
        return None
    return fields[0] in (b"Z", b"X") or bool(int(fields[_FLAGS]) & _PF_EXITING)


def is_kernel_thread(stat: t.Optional[bytes]) -> bool:
    """Whether a thread is the kernel's own: nobody else can set that flag."""
    fields = _fields(stat)
    return len(fields) > _FLAGS and fields[_FLAGS].isdigit() and bool(int(fields[_FLAGS]) & _PF_KTHREAD)


def effective_uid(status: t.Optional[bytes]) -> t.Optional[int]:
    """The effective uid of ``status``. Newlines in the name are escaped there: a process cannot forge the line."""
    for line in (status or b"").split(b"\n"):
        if line.startswith(b"Uid:"):
            fields = line.split()
            return (
                int(fields[2]) if len(fields) == 5 and fields[2].isdigit() and len(fields[2]) <= _UID_DIGITS else None
            )
    return None


def state(stat: t.Optional[bytes]) -> t.Optional[bytes]:
    """The state of the first thread: ``Z`` once it has ended, whatever the others do."""
    fields = _fields(stat)
    return fields[0] if fields else None


def _fields(stat: t.Optional[bytes]) -> t.List[bytes]:
    """The fields of ``stat`` that follow the name, which may hold spaces and parentheses: they follow the last."""
    return [] if stat is None else stat[stat.rfind(b")") + 1 :].split()


def started(stat: t.Optional[bytes], *, booted: t.Optional[int]) -> t.Optional[str]:
    """When the process started, UTC."""
    fields = _fields(stat)
    if booted is None or len(fields) < 20 or not fields[19].isdigit():
        return None
    try:
        moment = time.gmtime(booted + int(fields[19]) // os.sysconf("SC_CLK_TCK"))
    except (OverflowError, ValueError, OSError):
        return None  # no time of any clock
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)


def boot_time(proc: str) -> t.Optional[int]:
    """``btime`` of ``/proc/stat``."""
    for line in (_host_files.read(proc + "/stat") or b"").splitlines():
        fields = line.split()
        if fields[:1] == [b"btime"] and fields[1:] and fields[1].isdigit():
            return int(fields[1])
    return None


def strip_deleted(link: str) -> t.Tuple[str, bool]:
    """Part a link of ``exe`` into path and whether the kernel marked it deleted."""
    return (link[: -len(DELETED)], True) if link.endswith(DELETED) else (link, False)
''',
    "_collect.linux.procfs._threads": r'''



"""Threads that do not share their process's table of descriptors (unshare(CLONE_FILES), clone without it)."""

from __future__ import annotations

import os
import typing as t

KCMP_FILES = 2
# Number of kcmp(2) by machine, from the kernel's syscall tables.
_NUMBERS = {
    "x86_64": 312,
    "aarch64": 272,
    "riscv64": 272,
    "loongarch64": 272,
    "ppc64le": 354,
    "ppc64": 354,
    "s390x": 343,
    "i686": 349,
    "armv7l": 378,
}


def alone(proc: str, pid: int) -> bool:
    """Whether a process has one thread. proc_task_getattr(): an empty directory has two links, each thread one more."""
    try:
        return os.stat("%s/%d/task" % (proc, pid)).st_nlink == 3
    except OSError:
        return False  # it ended, or its threads cannot be read: its descriptors could not either


Same = t.Callable[[int, int], t.Optional[bool]]


def separate_tables(
    proc: str, pid: int, *, sharing: t.Optional[t.Set[int]] = None, same: t.Optional[Same] = None
) -> t.Iterator[str]:
    """Directories of descriptors of the threads of a process that have a table of their own.

    Where the kernel does not compare (kcmp(2) is optional), every thread is taken as having one. ``sharing``: threads
    that are known to share the table of the process, and are not compared again; those that are found to do so are
    added.
    """
    sharing = set() if sharing is None else sharing
    base = "%s/%d/task" % (proc, pid)
    try:
        threads = sorted(int(name) for name in os.listdir(base) if name.isdigit())
    except OSError:
        return  # the process ended, or its threads cannot be read: its descriptors could not either
    compare = same or _same_table()
    for thread in threads:
        if thread == pid or thread in sharing:
            continue
        if compare(pid, thread):
            sharing.add(thread)
        else:
            yield "%s/%d/fd" % (base, thread)


_cached: t.List[Same] = []


def _same_table() -> Same:
    if not _cached:
        _cached.append(_make())
    return _cached[0]


def _make() -> Same:
    number = _NUMBERS.get(os.uname().machine)
    try:
        import ctypes

        syscall = ctypes.CDLL(None, use_errno=True).syscall
    except (ImportError, OSError, AttributeError):
        return lambda process, thread: None
    if number is None:
        return lambda process, thread: None

    def same(process: int, thread: int) -> t.Optional[bool]:
        result = syscall(number, process, thread, KCMP_FILES, 0, 0)
        return None if result < 0 else result == 0

    return same
''',
    "_collect.linux.procfs._users": r'''



"""Names of users from ``/etc/passwd``, without NSS: a directory server that does not answer must not hold the audit
up."""

from __future__ import annotations

import typing as t

from _fleetports_compliance._collect.common import _host_files

OVERFLOW_UID = 65534  # /proc/sys/kernel/overflowuid
_WHOLE_MAP = [b"0", b"0", b"4294967295"]


class Users:
    """User names and uids, read once.

    ``mapped``: the collector's user namespace does not hold all uids; the kernel shows those it lacks as 65534, which
    then says nothing.
    """

    def __init__(self, names: t.Mapping[int, str], *, mapped: bool = False) -> None:
        self._names = names
        self._uids = {name: uid for uid, name in names.items()}
        self._mapped = mapped

    @classmethod
    def load(cls, roots: _host_files.Roots) -> Users:
        """Read ``/etc/passwd``; without it nobody has a name."""
        names: t.Dict[int, str] = {}
        for line in (_host_files.read(roots.path("/etc/passwd"), limit=1 << 26) or b"").splitlines():
            fields = line.split(b":", 3)
            if len(fields) == 4 and fields[2].isdigit():
                names.setdefault(int(fields[2]), _host_files.unicode_text(fields[0]))
        uid_map = (_host_files.read(roots.proc + "/self/uid_map") or b"").split()
        return cls(names, mapped=bool(uid_map) and uid_map != _WHOLE_MAP)

    def known(self, uid: t.Optional[int]) -> t.Optional[int]:
        """The uid, or None when it only stands for one that this user namespace does not have."""
        return None if self._mapped and uid == OVERFLOW_UID else uid

    def name(self, uid: t.Optional[int]) -> t.Optional[str]:
        """The name of a uid, the first that the file gives it; None when it gives none."""
        return None if uid is None else self._names.get(uid)

    def uid(self, name: t.Optional[str]) -> t.Optional[int]:
        """The uid of a name or of a number written as text; None when there is no such user."""
        if name is not None and name.isdigit():
            return int(name)
        return None if name is None else self._uids.get(name)
''',
    "_collect.linux.systemd._cgroup": r'''



"""What a cgroup says: the systemd unit and the container, from the path of a process or the id on a socket.

Sources: cgroups(7), systemd's cg_path_get_unit() (src/basic/cgroup-util.c) and the cgroup names of docker, podman,
containerd, CRI-O, Kubernetes, LXC and systemd-nspawn.
"""

from __future__ import annotations

import functools
import os
import re
import typing as t

from _fleetports_compliance._collect.common import _host_files

# The root of the hierarchy, or no cgroup known: kernfs gives the root directory id 1.
ROOT_ID = 1
MAX_DIRECTORIES = 20000

_UNIT_TYPES = ("service", "socket", "scope", "mount", "swap")

# How runtimes call themselves in cgroups, and how people call them.
_ENGINES = {
    "docker": "docker",
    "libpod": "podman",
    "crio": "cri-o",
    "cri-containerd": "containerd",
    "nerdctl": "containerd",
    "buildkit": "buildkit",
}
_RUNTIME = r"(?P<engine>%s)" % "|".join(_ENGINES)
_ID = r"(?P<id>[0-9a-f]{64})"
_NAME = r"(?P<id>[^/]+)"


class _Kind(t.NamedTuple):
    """How an engine names the cgroup of a container. ``engine`` None: the group of the pattern tells.

    ``below``: the path that it lies in; None: slices alone. It is compared with what is left of a path.
    """

    pattern: str
    engine: t.Optional[str]
    below: t.Optional[str]


_CONTAINERS = (
    # systemd driver: one scope for each container (docker-<id>.scope, libpod-<id>.scope, cri-containerd-<id>.scope)
    _Kind(r"%s-%s\.scope" % (_RUNTIME, _ID), None, None),
    # containerd without the systemd driver, told a path that is made for it: <slice>:cri-containerd:<id>
    _Kind(r"[^/:]+:%s:%s" % (_RUNTIME, _ID), None, None),
    # cgroupfs driver: /docker/<id>, /libpod_parent/libpod-<id>, /kubepods/…/pod<uid>/<id>, /default/<id>
    _Kind(r"docker/" + _ID, "docker", ""),
    _Kind(r"(?:default|k8s\.io|moby)/" + _ID, "containerd", ""),
    _Kind(r"(?:kubelet/)?kubepods/(?:[^/]+/)?pod[^/]+/" + _ID, "kubernetes", ""),
    _Kind(r"(?:libpod_parent/(?:[0-9a-f]{64}/)?)?libpod-" + _ID, "podman", ""),
    _Kind(r"lxc\.payload[./]" + _NAME, "lxc", ""),
    _Kind(r"lxc/" + _NAME, "lxc", ""),
    _Kind(r"systemd-nspawn@%s\.service" % _NAME, "nspawn", "/machine.slice"),
    # Virtual machines have scopes of this name too, with a driver in front: machine-qemu\x2d1\x2dname.scope
    _Kind(r"machine-(?!qemu\\x2d)%s\.scope" % _NAME, "nspawn", "/machine.slice"),
)
# One of these is in every path that a pattern matches: of most processes none is, and no pattern is even tried.
_HINTS = (*_ENGINES, "default/", "k8s.io/", "moby/", "kubepods/", "lxc", "/machine.slice/")

# How much a cgroup told. READ: what it does not name is not there.
READ = "read"
OUTSIDE = "outside"  # it lies outside of the collector's cgroup namespace, which hides its name
DELETED = "deleted"  # it has been removed since
UNRECOGNISED = "unrecognised"  # no unit, and named as no engine known here names containers
SPLIT = "split"  # two hierarchies, or two threads, name different ones
UNREADABLE = "unreadable"
_MARK = " (deleted)"  # cgroup_show_path(), of a process that has ended and whose cgroup has been removed
_MACHINES = "/run/systemd/machines"
_BY_UNIT = "unit:"
_INITIAL = "cgroup:[4026531835]"  # PROC_CGROUP_INIT_INO, include/linux/proc_ns.h


class CgroupPlace(t.NamedTuple):
    """Where a process or socket belongs; None: nowhere that has a name, if ``told`` is READ, else it is not known."""

    unit: t.Optional[str] = None
    container: t.Optional[str] = None
    engine: t.Optional[str] = None
    told: str = READ

    @property
    def named(self) -> bool:
        return self.unit is not None or self.container is not None


NOWHERE = CgroupPlace()


class CgroupReader(t.NamedTuple):
    """Who reads cgroups. ``whole``: from the initial cgroup namespace, where ``/`` is the root of the host.

    ``machines``: containers that systemd-machined has registered, as (unit, name, engine).
    """

    whole: bool = True
    machines: t.Tuple[t.Tuple[str, str, str], ...] = ()


WHOLE = CgroupReader()


def reader(proc: str, *, fs: str = "/") -> CgroupReader:
    """How this process reads cgroups. A kernel without cgroup namespaces shows no file for them."""
    own = _host_files.readlink(proc + "/self/ns/cgroup")
    return CgroupReader(own is None or own == _INITIAL, tuple(_machines(fs.rstrip("/") + _MACHINES)))


def _machines(folder: str) -> t.Iterator[t.Tuple[str, str, str]]:
    """The containers among the machines; virtual machines run no process of the host but the emulator.

    Of each machine there is a file by its name, and a link to it by its unit. Source: machine_save(), src/machine.
    """
    try:
        links = [name for name in os.listdir(folder) if name.startswith(_BY_UNIT)]
    except OSError:
        return
    for link in sorted(links):
        name = os.path.basename(_host_files.readlink("%s/%s" % (folder, link)) or "")
        lines = _host_files.unicode_text(_host_files.read("%s/%s" % (folder, name)) or b"").split("\n")
        told = dict(line.split("=", 1) for line in lines if "=" in line)
        if name and told.get("CLASS") == "container":
            engine = told.get("SERVICE", "")
            yield link[len(_BY_UNIT) :], name, "nspawn" if engine in ("", "systemd-nspawn") else engine


@functools.lru_cache(maxsize=4096)  # most processes of a host are in few, in each of a dozen hierarchies
def place(path: str, by: CgroupReader = WHOLE) -> CgroupPlace:
    """Read a cgroup path: the outermost name that is no slice decides, and nothing below it counts.

    Whoever was given a cgroup names those below it: users theirs below ``user@1000.service``, a service its own by
    ``Delegate=``, a container everything inside.
    """
    if path.startswith("/..") or (path == "/" and not by.whole):
        return CgroupPlace(told=OUTSIDE)
    if not path.endswith(_MARK):
        return _outermost(path, by)[0]
    found, end = _outermost(path[: -len(_MARK)], by)
    return found if found.named and end < len(path) - len(_MARK) else CgroupPlace(told=DELETED)


def _outermost(path: str, by: CgroupReader) -> t.Tuple[CgroupPlace, int]:
    """The place, and where in the path the name ends that tells it."""
    hinted = any(hint in path for hint in _HINTS)
    start = 1
    while start < len(path):
        end = path.find("/", start)
        end = len(path) if end < 0 else end
        found = _container(path, start) if hinted else None
        if found is not None:
            return found
        part = path[start:end]
        if not part.endswith(".slice"):
            unit = _unit(part)
            return _of_unit(unit, by) if unit is not None else CgroupPlace(told=UNRECOGNISED), end
        start = end + 1
    return NOWHERE, len(path)


def _of_unit(unit: str, by: CgroupReader) -> CgroupPlace:
    """The place of a unit. systemd 262 names the scope of a container m2.scope, like any other scope."""
    for own, name, engine in by.machines:
        if own == unit:
            return CgroupPlace(unit, name, engine)
    return CgroupPlace(unit)


def _unit(part: str) -> t.Optional[str]:
    """A name below slices, when it is that of a unit (cg_path_get_unit())."""
    if part.startswith(("lxc.payload", "lxc.monitor")):
        return None  # LXC takes names of containers that end as units do
    name = part[1:] if part.startswith("_") else part  # cg_unescape()
    stem, _dot, kind = name.rpartition(".")
    return name if stem and kind in _UNIT_TYPES else None


def _container(path: str, start: int) -> t.Optional[t.Tuple[CgroupPlace, int]]:
    """The container that is named from ``start`` on."""
    above = path[: start - 1]
    for pattern, engine, below in _CONTAINERS:
        if below not in (None, above):
            continue
        match = re.compile(pattern + r"(?=/|\Z)").match(path, start)  # one compiled before is kept by re
        if match is not None:
            name = re.sub(r"\\x([0-9a-fA-F]{2})", lambda escape: chr(int(escape.group(1), 16)), match.group("id"))
            unit = None if engine == "lxc" else _unit(match.group())
            return CgroupPlace(unit, name, engine or _ENGINES[match.group("engine")]), match.end()
    return None


def of_process(proc: str, pid: int, by: CgroupReader = WHOLE) -> CgroupPlace:
    """The place of a process, as far as its ``cgroup`` file can be read."""
    raw = _host_files.read("%s/%d/cgroup" % (proc, pid))
    return CgroupPlace(told=UNREADABLE) if raw is None else parse(raw, by)


def of_threads(proc: str, pid: int, by: CgroupReader = WHOLE) -> CgroupPlace:
    """The place of a process whose first thread has ended: that one shows as in the root of v1 hierarchies.

    Source: proc_cgroup_show().
    """
    try:
        threads = [name for name in os.listdir("%s/%d/task" % (proc, pid)) if name.isdigit() and name != str(pid)]
    except OSError:
        return CgroupPlace(told=UNREADABLE)
    read = (_host_files.read("%s/%d/task/%s/cgroup" % (proc, pid, thread)) for thread in threads)
    places = {parse(raw, by) for raw in read if raw is not None}
    return places.pop() if len(places) == 1 else CgroupPlace(told=SPLIT if places else UNREADABLE)


def parse(raw: bytes, by: CgroupReader = WHOLE) -> CgroupPlace:
    """Content of ``/proc/<pid>/cgroup``: cgroup v2 and v1 ``name=systemd``, then the other hierarchies.

    On hybrid hosts only one of the two may be populated, and docker without systemd uses the v1 controllers alone.
    """
    # Only a line feed ends a line: it alone is forbidden in names (cgroup_mkdir()). What else splitlines() takes for an
    # end would let the owner of a delegated cgroup write lines of its own.
    lines = [line.split(":", 2) for line in _host_files.unicode_text(raw).split("\n") if line.count(":") >= 2]
    if not lines:
        return CgroupPlace(told=UNREADABLE)
    anywhere = by._replace(whole=True)
    found = _together({controllers: place(path, anywhere) for _number, controllers, path in lines})
    # Of a process in the root of the reader's namespace nothing is known but that it is in there.
    return found if by.whole or found != NOWHERE else CgroupPlace(told=OUTSIDE)


def _together(found: t.Dict[str, CgroupPlace]) -> CgroupPlace:
    """What all hierarchies say, by their controllers."""
    main = _combined(found.pop("", None), found.pop("name=systemd", None))
    others = set(found.values())
    if main is not None and (main.named or main.told not in (READ, UNRECOGNISED)):
        return main
    named = {one for one in others if one.named}
    if named:
        return named.pop() if len(named) == 1 else CgroupPlace(told=SPLIT)
    silent = sorted({one.told for one in (*others, *((main,) if main is not None else ()))} - {READ})
    return CgroupPlace(told=silent[0]) if silent else NOWHERE


def _combined(unified: t.Optional[CgroupPlace], systemd: t.Optional[CgroupPlace]) -> t.Optional[CgroupPlace]:
    """What both hierarchies of systemd say together. Where they disagree nobody can tell."""
    if unified is None or systemd is None or unified == systemd:
        return unified or systemd
    for one, other in ((unified, systemd), (systemd, unified)):
        if other == NOWHERE:
            return one
        # runc without the systemd driver moves a container in v1 only: in v2 it stays where its engine is.
        if one.container is not None and other.container is None and other.told == READ:
            return one
    return CgroupPlace(told=SPLIT)


class Tree:
    """The cgroup v2 hierarchy, to find directories by id; a socket carries the id of its creator's."""

    def __init__(self, roots: _host_files.Roots) -> None:
        mount = _mount_point(roots.proc)
        self.top = roots.path(mount) if mount is not None else None

    def paths(self, ids: t.AbstractSet[int]) -> t.Dict[int, str]:
        """Paths below the mount (``/system.slice/ssh.service``) of those ids that still exist.

        The id is the inode number of the directory, which its parent's listing already tells: nothing is opened but
        directories. Shallow first, as units live near the top.
        """
        wanted = set(ids) - {ROOT_ID, 0}
        found: t.Dict[int, str] = {}
        level = [""] if self.top is not None else []
        visited = 0
        while level and wanted and visited < MAX_DIRECTORIES:
            below: t.List[str] = []
            for path in level:
                visited += 1
                for name, inode in _subdirectories("%s%s" % (self.top, path)):
                    below.append("%s/%s" % (path, name))
                    if inode in wanted:
                        wanted.discard(inode)
                        found[inode] = below[-1]
            level = below
        return found

    def processes(self, path: str) -> t.List[int]:
        """Process ids in the cgroup at a path."""
        raw = _host_files.read("%s%s/cgroup.procs" % (self.top, path)) if self.top is not None else None
        return [int(line) for line in (raw or b"").split() if line.isdigit()]


def _subdirectories(path: str) -> t.List[t.Tuple[str, int]]:
    try:
        with os.scandir(path) as entries:
            return sorted((entry.name, entry.inode()) for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []  # removed meanwhile


def _mount_point(proc: str) -> t.Optional[str]:
    # Only the space and the line feed are escaped in names (mangle()), and users choose names with fusermount.
    for line in (_host_files.read(proc + "/self/mounts") or b"").split(b"\n"):
        fields = line.split(b" ")
        if len(fields) > 2 and fields[2] == b"cgroup2":
            return os.fsdecode(fields[1])
    return None
''',
    "_collect.linux.systemd._exec_start": r'''



"""What the ``ExecStart`` of a service tells of the process that will run, and what it leaves open.

Sources: systemd.service(5), "Command lines"; systemd.exec(5).
"""

from __future__ import annotations

import typing as t

_PREFIXES = "@-:+!|"
_ELEVATED = "+!"  # User= does not count: the process starts as root, and may give that up itself
_SHELL = "|"  # the user's shell runs the line
_QUOTES = "\"'"
# What stands for something else in a word: specifiers, variables, escapes, quotes within it.
_SPECIAL = frozenset("%$\\" + _QUOTES)

SHELLS = frozenset(["ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "sh", "tcsh", "yash", "zsh"])
# Programs that end by executing another one, or that listen in its place.
_STARTERS = frozenset(
    name
    for names in (
        "env envdir dbus-run-session faketime eatmydata unbuffer stdbuf script xargs xvfb-run watch",  # surroundings
        "chpst doas envuidgid gosu pkexec runuser setpriv setuidgid sg su su-exec sudo",  # the user
        "aa-exec authbind capsh chroot fakeroot linux32 linux64 nsenter proot runcon setarch unshare",  # rights, sight
        "bwrap catatonit dumb-init firejail systemd-nspawn tini ip proxychains proxychains4 torify torsocks tsocks",
        "crun flatpak lxc-execute lxc-start podman runc snap",  # containers and packages of their own
        "cgexec choom chrt ionice nice numactl prlimit softlimit taskset",  # what it may use
        "daemonize flock logger logsave nohup runit setlock setsid ssh-agent start-stop-daemon strace",
        "execlineb systemd-cat systemd-inhibit systemd-run systemd-socket-activate timeout valgrind",
        "inetd xinetd tcpd tcpsvd udpsvd",  # servers that start others
    )
    for name in names.split()
)
_MULTICALL = ("busybox", "toybox", "coreutils")


class ExecStart(t.NamedTuple):
    """A command. ``path``: the program as written; None: the line leaves open which program will run.

    ``elevated``: ``User=`` says nothing of the user of the process.
    """

    path: t.Optional[str]
    elevated: bool


NOTHING_KNOWN = ExecStart(None, False)


def parse(commands: t.Sequence[str]) -> ExecStart:
    """Read the values of ``ExecStart``: of several commands, each starts and ends before the next."""
    if len(commands) != 1:
        return NOTHING_KNOWN
    line = commands[0].strip()
    rest = line.lstrip(_PREFIXES)
    prefixes = line[: len(line) - len(rest)]
    elevated = any(letter in _ELEVATED for letter in prefixes)
    words = [_unquoted(word) for word in rest.split(None, 2)[:2]]
    several = " ; " in rest  # commands on one line
    if not words or not words[0] or _SPECIAL & set(words[0]) or _SHELL in prefixes or several:
        return ExecStart(None, elevated)
    return ExecStart(None if executes_another(*words) else words[0], elevated)


def _unquoted(word: str) -> str:
    quoted = len(word) > 1 and word[0] in _QUOTES and word[-1] == word[0]
    return word[1:-1] if quoted else word


def executes_another(path: str, argument: str = "") -> bool:
    """Whether a program goes on as another one, by its name; ``argument``: the first that it is given."""
    name = path.rsplit("/", 1)[-1]
    if name in _MULTICALL:
        name = argument.rsplit("/", 1)[-1]
    loader = name.startswith("ld-") and ".so" in name
    return loader or name in SHELLS or name in _STARTERS or name.startswith("s6-")
''',
    "_collect.linux.systemd._socket_units": r'''



"""Socket activation: which service stands behind a socket that systemd holds.

A service that systemd starts on demand has no process before the first connection. The unit files say what will run,
so that the same rule gives the same verdict before and after. Sources: systemd.socket(5), systemd.service(5),
systemd.exec(5).
"""

from __future__ import annotations

import os
import re
import socket
import typing as t

from _fleetports_compliance._collect.common import _host_files
from _fleetports_compliance._collect.linux.systemd import (
    _exec_start,
    _unit_files,
)

_SECTION = "Socket"
_LISTEN_KEYS = {"tcp": "ListenStream", "udp": "ListenDatagram"}
_SEARCH_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
# With one of these the path may be another file than the one that the host has there: systemd.exec(5).
_OTHER_FILES = (
    "RootDirectory",
    "RootImage",
    "MountImages",
    "ExtensionImages",
    "ExtensionDirectories",
    "BindPaths",
    "BindReadOnlyPaths",
)
_YES = ("1", "yes", "y", "true", "t", "on")
_ADDRESS = re.compile(
    r"\[(?P<six>[^\]%]+)(?:%[^\]]*)?\]:(?P<port6>[0-9]{1,9})\Z|(?P<four>[0-9.]+):(?P<port4>[0-9]{1,9})\Z"
    r"|(?P<port>[0-9]{1,9})\Z"
)
_LAST_PORT = 65535


class Activation(t.NamedTuple):
    """A ``.socket`` unit and the service it starts. ``exe``: what the service executes, as written; ``user``: as whom.

    Both are None where the unit files leave it open. ``template``: a new instance of the service is started for every
    connection (``Accept=yes``).
    """

    socket_unit: str
    service: str
    exe: t.Optional[str]
    user: t.Optional[str]
    template: bool


class Bind(t.NamedTuple):
    """Where a socket is bound, to find its unit."""

    protocol: str
    family: str
    address: str
    port: int


class SocketUnits:
    """The ``.socket`` units of a host, read when the first is asked for."""

    def __init__(self, roots: _host_files.Roots) -> None:
        self._files = _unit_files.UnitFiles(roots)
        self._roots = roots
        self._by_bind: t.Optional[t.List[t.Tuple[str, str, t.FrozenSet[Bind]]]] = None

    def by_name(self, name: str) -> t.Optional[Activation]:
        """What the unit of that name starts; None when there is no such unit."""
        unit = self._files.load(name)
        return self._activation(unit) if unit is not None else None

    def by_bind(self, bind: Bind) -> t.Optional[Activation]:
        """The unit that listens there. Where several do, the one started at boot; None when that leaves a choice."""
        names = {own for own, _alias, binds in self._all() if bind in binds}
        if len(names) > 1:
            aliases = {own: alias for own, alias, _binds in self._all() if own in names}
            names = {own for own in names if self._files.wanted(own) or self._files.wanted(aliases[own])}
        return self.by_name(names.pop()) if len(names) == 1 else None

    def _all(self) -> t.List[t.Tuple[str, str, t.FrozenSet[Bind]]]:
        if self._by_bind is None:
            self._by_bind = []
            for name in self._files.names(".socket"):
                unit = self._files.load(name)
                if unit is not None:
                    self._by_bind.append((unit.name, name, frozenset(binds(unit))))
        return self._by_bind

    def _activation(self, unit: _unit_files.Unit) -> Activation:
        accept = (unit.last(_SECTION, "Accept") or "").lower() in _YES
        stem = os.path.splitext(unit.name)[0]
        service = unit.last(_SECTION, "Service") or "%s%s.service" % (stem, "@" if accept else "")
        loaded = self._files.load(service)
        if loaded is None:
            return Activation(unit.name, service, None, None, accept)
        elsewhere = any(loaded.last("Service", key) for key in _OTHER_FILES)
        command = _exec_start.parse(loaded.all("Service", "ExecStart"))
        exe = None if elsewhere or command.path is None else self._absolute(loaded, command.path)
        # Another program may run as another user.
        user = None if exe is None or command.elevated else _user(loaded)
        return Activation(unit.name, loaded.name, exe, user, accept)

    def _absolute(self, service: _unit_files.Unit, path: str) -> t.Optional[str]:
        if path.startswith("/"):
            return path
        return None if service.last("Service", "ExecSearchPath") else self._search(path)

    def _search(self, name: str) -> t.Optional[str]:
        for directory in _SEARCH_PATH:
            if os.path.lexists(self._roots.path("%s/%s" % (directory, name))):
                return "%s/%s" % (directory, name)
        return None


def _user(service: _unit_files.Unit) -> t.Optional[str]:
    """``User=``, root without it; None when it is made up at start, by PAM or a specifier."""
    if (service.last("Service", "DynamicUser") or "").lower() in _YES:
        return None
    user = service.last("Service", "User") or "root"
    return None if "%" in user else user


def binds(unit: _unit_files.Unit) -> t.Iterator[Bind]:
    """Where a socket unit listens, in TCP and UDP. Paths, vsock and the like are none of them."""
    for protocol, key in _LISTEN_KEYS.items():
        for value in unit.all(_SECTION, key):
            for family, address, port in _addresses(value):
                yield Bind(protocol, family, address, port)


def _addresses(value: str) -> t.List[t.Tuple[str, str, int]]:
    match = _ADDRESS.match(value)
    if match is None or int(match.group("port6") or match.group("port4") or match.group("port")) > _LAST_PORT:
        return []
    if match.group("port"):
        # "A port number alone listens on IPv6 with IPv4": and on IPv4 alone where there is no IPv6.
        return [("ipv6", "::", int(value)), ("ipv4", "0.0.0.0", int(value))]
    family, kind = ("ipv6", socket.AF_INET6) if match.group("six") else ("ipv4", socket.AF_INET)
    try:
        address = socket.inet_ntop(kind, socket.inet_pton(kind, match.group("six") or match.group("four")))
    except (OSError, ValueError):  # a name may hold NUL
        return []
    return [(family, address, int(match.group("port6") or match.group("port4")))]
''',
    "_collect.linux.systemd._unit_files": r'''



"""systemd's unit files with their drop-ins, read as systemd.unit(5) says, without asking systemd.

Only what sockets need: where a unit comes from, its aliases, and the settings of its sections.
"""

from __future__ import annotations

import os
import typing as t

from _fleetports_compliance._collect.common import _host_files

# systemd.unit(5), "System Unit Search Path", highest first; /lib is the same as /usr/lib where those are merged.
DIRECTORIES = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)
MASK = "/dev/null"

# Values by (section, key), in order; an empty value clears what came before it (systemd.syntax(7)).
Settings = t.Dict[t.Tuple[str, str], t.List[str]]


class Unit(t.NamedTuple):
    """A unit with its drop-ins. ``name`` is its own, of an alias that of the unit it stands for."""

    name: str
    settings: Settings

    def last(self, section: str, key: str) -> t.Optional[str]:
        values = self.settings.get((section, key))
        return values[-1] if values else None

    def all(self, section: str, key: str) -> t.Sequence[str]:
        return self.settings.get((section, key), ())


class UnitFiles:
    """The unit files of a host; directories are listed once."""

    def __init__(self, roots: _host_files.Roots) -> None:
        self._roots = roots
        self._listings: t.Dict[str, t.Tuple[str, ...]] = {}

    def names(self, suffix: str) -> t.List[str]:
        """Names of all units with a suffix (``.socket``), sorted."""
        found: t.Set[str] = set()
        for directory in DIRECTORIES:
            found.update(name for name in self._list(directory) if name.endswith(suffix))
        return sorted(found)

    def load(self, name: str) -> t.Optional[Unit]:
        """A unit by name; None when it does not exist or is masked. Of an instance without a file, its template's."""
        path = self._find(name)
        own = name
        if path is None and template(name) != name:
            path = self._find(template(name))
        if path is None:
            return None
        own, target = self._resolve(name, path)
        text = _host_files.read(target) if target is not None else None
        if text is None:
            return None
        settings: Settings = {}
        parse(text, settings)
        for drop_in in self._drop_ins(own):
            parse(_host_files.read(drop_in) or b"", settings)
        return Unit(own, settings)

    def wanted(self, name: str) -> bool:
        """Whether something starts the unit at boot (a link in a ``.wants`` or ``.requires`` directory)."""
        for directory in DIRECTORIES:
            for entry in self._list(directory):
                if entry.endswith((".wants", ".requires")) and name in self._list("%s/%s" % (directory, entry)):
                    return True
        return False

    def _find(self, name: str) -> t.Optional[str]:
        for directory in DIRECTORIES:
            if name in self._list(directory):
                return self._roots.path("%s/%s" % (directory, name))
        return None

    def _resolve(self, name: str, path: str) -> t.Tuple[str, t.Optional[str]]:
        """The unit's own name and file. A link to a unit of another name is an alias; to /dev/null, a mask."""
        target = _host_files.readlink(path)
        if target is None:
            return name, path
        if target == MASK:
            return name, None
        base = os.path.basename(target)
        if base.endswith(os.path.splitext(name)[1]) and base != template(name) and base != name:
            real = self._find(base)
            if real is not None and _host_files.readlink(real) == MASK:
                return base, None
            return base, real
        return name, self._roots.path(target) if target.startswith("/") else path

    def _drop_ins(self, name: str) -> t.List[str]:
        """Drop-ins by file name; a directory named after the unit beats those of its prefixes, /etc beats /run."""
        found: t.Dict[str, str] = {}
        for unit in _drop_in_names(name):
            for directory in DIRECTORIES:
                place = "%s/%s.d" % (directory, unit)
                for entry in self._list(place):
                    if entry.endswith(".conf"):
                        found.setdefault(entry, self._roots.path("%s/%s" % (place, entry)))
        return [found[entry] for entry in sorted(found) if _host_files.readlink(found[entry]) != MASK]

    def _list(self, directory: str) -> t.Tuple[str, ...]:
        known = self._listings.get(directory)
        if known is None:
            try:
                known = tuple(sorted(os.listdir(self._roots.path(directory))))
            except OSError:
                known = ()
            self._listings[directory] = known
        return known


def template(name: str) -> str:
    """``foo@bar.service`` → ``foo@.service``; any other name as it is."""
    stem, suffix = os.path.splitext(name)
    prefix, at, _instance = stem.partition("@")
    return prefix + at + suffix


def parse(text: bytes, settings: Settings) -> None:
    """Add the settings of one file."""
    section = ""
    for line in _lines(_host_files.unicode_text(text)):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            continue
        key, equals, value = line.partition("=")
        if not equals:
            continue
        values = settings.setdefault((section, key.strip()), [])
        if value.strip():
            values.append(value.strip())
        else:
            values.clear()


def _lines(text: str) -> t.Iterator[str]:
    """Logical lines: comments dropped, those that end in a backslash joined with the next."""
    joined = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith(("#", ";")):
            continue
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        if joined or line:
            yield joined + line
        joined = ""
    if joined:
        yield joined


def _drop_in_names(name: str) -> t.List[str]:
    """Whose ``.d`` directories count: the unit, its template, its prefixes up to each dash, its type."""
    stem, suffix = os.path.splitext(name)
    names = [name]
    if template(name) != name:
        names.append(template(name))
    prefix = stem.partition("@")[0]
    while "-" in prefix:
        prefix = prefix.rpartition("-")[0]
        names.append(prefix + "-" + suffix)
    return [*names, suffix[1:]]
''',
    "_socket": r'''



"""The one record that every source of listeners produces.

Targets and controller share it: a collector fills it in, the evidence stores it as JSON, the judge reads it
back. Unknown is ``None`` and always has a reason beside it (``owner_status``, a :class:`Gap`), never ``0`` or ``""``.
Runs on targets: Python 3.8+, standard library only.

Without "from __future__ import annotations": typing.NamedTuple compiles every annotation that is text, and a host makes
these classes for each look at it.
"""

import typing as t

# Gaps end with it where only root is missing: reports fold those of a host, and of a fleet, into one line.
BECOME = "run with --become"

PROTOCOLS = ("tcp", "udp", "udplite", "sctp", "dccp")
UDP = ("udp", "udplite")  # without connections: a bound socket listens

# Why the owners of a listener are what they are.
OWNER_STATUS = (
    "known",  # every owner that the walk could find is listed
    "denied",  # descriptors of some processes could not be read
    "kernel",  # the kernel itself holds it, confirmed by something else
    "other_namespace",  # held by a process of another pid namespace
    "gone",  # closed while the collector looked for its owner
    "unattributed",  # everything readable was searched, nobody holds it
    "not_collected",  # owners were not asked for
    "unfinished",  # the budget ended before it was found
)

# Codes of gaps of ``listeners`` that hide published ports alone: rules that may be there and were not seen, or not
# understood. Every socket was seen.
PUBLISHED_GAPS = ("published-unseen", "rules-unread")


# How much an owner's cgroup told of unit and container.
OWNER_CGROUP = (
    "read",  # what it does not name is not there: the process is in no unit, in no container
    "outside",  # it lies outside of the collector's cgroup namespace, which hides its name
    "deleted",  # it has been removed since
    "unrecognised",  # no unit, and named as no engine known to the collector names containers
    "split",  # two hierarchies, or two threads, name different ones
    "unreadable",
    "planned",  # there is no process yet: a unit file tells the unit
)
PLANNED = "planned"


class Owner(t.NamedTuple):
    """A process that holds a listener, or the unit that will (``pid`` is None, socket activation).

    Sources: ``/proc/<pid>/{comm,exe,status,stat,cgroup}``. ``started`` is UTC, ISO 8601, seconds. ``uid`` is the
    effective uid as the collector's user namespace sees it; ``user`` is its name in the host's ``/etc/passwd``.
    ``exe_on_host`` is true when ``/proc/<pid>/exe`` and that path on the host are the same file. ``exe_alias`` is
    another path of that file, by which the process was started. ``cgroup`` is one of ``OWNER_CGROUP``, None where there
    are no cgroups.
    """

    pid: t.Optional[int] = None
    name: t.Optional[str] = None
    exe: t.Optional[str] = None
    exe_deleted: t.Optional[bool] = None
    exe_on_host: t.Optional[bool] = None
    uid: t.Optional[int] = None
    user: t.Optional[str] = None
    unit: t.Optional[str] = None
    container: t.Optional[str] = None
    engine: t.Optional[str] = None
    cgroup: t.Optional[str] = None
    started: t.Optional[str] = None
    exe_alias: t.Optional[str] = None


class Listener(t.NamedTuple):
    """A socket that takes unsolicited traffic; REUSEPORT siblings are one listener with ``sockets: n``.

    ``address`` is text without scope. ``dual_stack`` is None where it cannot be known. ``uid`` is the creator's
    and survives setuid. ``namespace`` is the inode number of its network namespace. ``ephemeral``: the port lies
    in the host's own ephemeral range (design: within 32768-65535, less the reserved ports).
    ``unit_source`` is ``socket`` (the socket's cgroup id), ``process`` (the owner's cgroup), ``socket_unit``
    (a systemd .socket unit names what it starts) or None. ``container_source`` is ``socket``, ``process`` (every owner
    is in it) or None.
    """

    protocol: str
    family: str  # ipv4 | ipv6
    address: str
    port: int
    state: str  # listen | unconnected | published (by rules of a packet filter, without a socket)
    mptcp: bool = False
    dual_stack: t.Optional[bool] = None
    device: t.Optional[str] = None
    scope_id: t.Optional[int] = None
    namespace: t.Optional[int] = None
    transparent: t.Optional[bool] = None
    uid: t.Optional[int] = None
    user: t.Optional[str] = None
    inodes: t.Tuple[int, ...] = ()
    sockets: int = 1
    owners: t.Tuple[Owner, ...] = ()
    owners_complete: bool = False
    owner_status: str = "not_collected"
    unit: t.Optional[str] = None
    unit_source: t.Optional[str] = None
    unit_conflict: t.Optional[str] = None  # the owner's unit, where it disagrees with the socket's
    socket_unit: t.Optional[str] = None  # the .socket unit that holds it for another
    container: t.Optional[str] = None
    engine: t.Optional[str] = None  # docker | podman | containerd | cri-o | kubernetes | lxc | nspawn | buildkit
    container_source: t.Optional[str] = None
    ephemeral: t.Optional[bool] = None
    published_by: t.Optional[str] = None  # nftables | iptables | ipvs
    published_to: t.Tuple[str, ...] = ()  # where its traffic goes: "10.0.0.2:80"
    change: t.Optional[str] = None  # "gone" | "new": it changed while the collector looked

    @property
    def identity(self) -> t.Tuple[t.Any, ...]:
        """What makes two observations the same listener; sorts a list of them."""
        return (
            self.namespace or 0,
            self.protocol,
            self.family,
            self.port,
            self.address,
            self.device or "",
        )


class AlternatePath(t.NamedTuple):
    """A way for traffic into the host that has no port, and so no verdict of a port policy.

    ``kind``: ``raw``, ``packet``, ``xdp``, ``vsock`` (sockets), ``sk_lookup`` (a BPF program), and rules of a packet
    filter: ``tproxy``; ``dnat``, for more ports than can be listed; ``forward`` and ``copy``, to another device or
    host; ``queue``, to a program. ``count``: how many of the same detail and owners. ``namespace`` as in Listener.
    ``protocols`` and ``ports`` (``3000``, ``1-2000``) of what a rule takes; empty: all, or that is no matter of ports.
    """

    kind: str
    detail: str
    count: int  # type: ignore[assignment]  # hides tuple.count(): nobody counts values of a record
    namespace: t.Optional[int]
    owners: t.Tuple[Owner, ...] = ()
    protocols: t.Tuple[str, ...] = ()
    ports: t.Tuple[str, ...] = ()


class Gap(t.NamedTuple):
    """Something that could not be seen. ``affects`` says what is unknown because of it.

    ``listeners``: sockets of ``protocol``/``family`` (None: all) may be missing from the list;
    ``owners``: some owners or fields of owners are unknown; ``units``; ``addresses``: the host's own addresses;
    ``paths``: ways in without a port may be missing; ``host``: a fact about the host.
    """

    code: str  # short and stable: "dump-refused", "permission", "budget", "wall-limit", "unsupported" ...
    affects: str
    detail: str
    protocol: t.Optional[str] = None
    family: t.Optional[str] = None


def to_dict(record: t.Any) -> t.Any:
    """Turn a record into plain JSON types: records become dicts, other tuples become lists."""
    if not isinstance(record, (tuple, list)):
        return record
    names = getattr(record, "_fields", None)
    if names is None:
        return [to_dict(item) for item in record]
    return {name: to_dict(value) if isinstance(value, (tuple, list)) else value for name, value in zip(names, record)}


def path_from_dict(raw: t.Mapping[str, t.Any]) -> AlternatePath:
    """Read an alternate path back from evidence. Raises TypeError or KeyError on a shape that is not one."""
    values = dict(raw)
    values["owners"] = tuple(Owner(**owner) for owner in raw["owners"])
    for name in ("protocols", "ports"):
        values[name] = tuple(raw.get(name, ()))
    return AlternatePath(**values)


def listener_from_dict(raw: t.Mapping[str, t.Any]) -> Listener:
    """Read a listener back from evidence. Raises TypeError or KeyError on a shape that is not one."""
    values = dict(raw)
    values["owners"] = tuple(Owner(**owner) for owner in raw["owners"])
    values["inodes"] = tuple(raw["inodes"])
    values["published_to"] = tuple(raw.get("published_to", ()))
    return Listener(**values)
''',
}


class Files(object):
    """Finds and loads the files of this file.

    What is outside of these files is for any Python to read, so that one which is too old says so.
    """

    @staticmethod
    def find_spec(name, path=None, target=None):
        """The spec of a file of ours; None for all that is Python's."""
        package, _dot, inside = name.partition(".")
        if package != PACKAGE or inside not in FILES:
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, Files, is_package=not FILES[inside])

    @staticmethod
    def create_module(spec):
        """Let Python make the module."""

    @staticmethod
    def exec_module(module):
        """Compile a file and run it."""
        inside = module.__name__.partition(".")[2]
        path = "plugins/module_utils/%s.py" % inside.replace(".", "/")
        exec(compile(FILES[inside], path, "exec", dont_inherit=True), module.__dict__)


def fail(message, trace=""):
    """Print the answer that there is none. Without json, which a small Python may lack, or be what is broken."""
    sys.stdout.write('\n{"failed": true, "msg": %s, "exception": %s}\n' % (quoted(message), quoted(trace)))
    sys.stdout.flush()


def quoted(text):
    """A text as JSON has it, in ASCII."""
    plain = [character if " " <= character <= "~" else r"\u%04x" % ord(character) for character in text]
    return '"%s"' % "".join("?" if len(one) > 6 else r"\%s" % one if one in ('"', "\\") else one for one in plain)


def trace():
    """What led here, and nothing where Python cannot tell."""
    try:
        import traceback

        return traceback.format_exc()
    except Exception:  # noqa: BLE001 - of a second failure nothing more can be told
        return ""


def run():
    import gc

    # The process ends in a moment, and what it allocates is bounded: searching for cycles frees nothing in time.
    gc.disable()
    sys.meta_path.append(Files)
    from _fleetports_compliance._collect import _linux_entry

    _linux_entry.main(ARGUMENTS)


def main():
    # As Ansible has it in its own modules: who can write to the working directory has no say in what runs.
    sys.path[:] = [path for path in sys.path if path not in ("", ".")]
    if sys.version_info < OLDEST:
        versions = tuple(".".join(map(str, version[:3])) for version in (OLDEST, sys.version_info))
        fail("Python %s or later is needed, found %s" % versions)
        return
    try:
        run()
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes an answer
        fail("the collector failed: %s: %s" % (type(error).__name__, error), trace())
        raise SystemExit(1)  # noqa: B904 - what follows "from" is no syntax of Python 2


if __name__ == "__main__" and not ARGUMENTS.startswith("<<"):  # it does nothing where Ansible has not filled them in
    main()
