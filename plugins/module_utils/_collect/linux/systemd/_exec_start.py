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
