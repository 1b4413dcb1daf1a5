# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ``ExecStart`` of a service tells of the process that will run, and what it leaves open.

Sources: systemd.service(5), "Command lines"; systemd.exec(5).
"""

from __future__ import annotations

import typing as t

_PREFIXES = "@-:+!|"
_ELEVATED = "+!"  # User= does not count: the process starts as root, and may give that up itself
_SHELL = "|"  # the user's shell runs the line
_QUOTES = "\"'"

SHELLS = frozenset(["ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "sh", "tcsh", "yash", "zsh"])
# Programs that end by executing another one, or that listen in its place.
_STARTERS = frozenset(
    name
    for names in (
        "env envdir dbus-run-session faketime eatmydata unbuffer stdbuf script xargs xvfb-run watch",  # surroundings
        "chpst envuidgid gosu pkexec runuser s6-setuidgid setpriv setuidgid sg su su-exec sudo",  # the user
        "authbind capsh chroot fakeroot nsenter proot runcon aa-exec setarch unshare",  # rights, and what it sees
        "bwrap catatonit dumb-init firejail systemd-nspawn tini ip torify torsocks",
        "cgexec choom chrt ionice nice numactl prlimit softlimit taskset",  # what it may use
        "daemonize flock logger logsave nohup runit setlock setsid ssh-agent start-stop-daemon strace",
        "systemd-cat systemd-inhibit systemd-run timeout",
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
    words = [word.strip(_QUOTES) for word in rest.split(None, 2)[:2]]
    path = words[0] if words else ""
    if not path or "%" in path or "$" in path or _SHELL in prefixes or executes_another(*words):
        return ExecStart(None, elevated)
    return ExecStart(path, elevated)


def executes_another(path: str, argument: str = "") -> bool:
    """Whether a program goes on as another one, by its name; ``argument``: the first that it is given."""
    name = path.rsplit("/", 1)[-1]
    if name in _MULTICALL:
        name = argument.rsplit("/", 1)[-1]
    return name in SHELLS or name in _STARTERS or (name.startswith("ld-") and ".so" in name)
