# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation shared by the modules that audit a host."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of a collection."""

    DOCUMENTATION = r"""
options:
  owners:
    description:
      - Which owners the collector looks for. To find an owner, the collector reads the file descriptors of every
        process. This is most of its cost.
      - V(all) lists every process that holds the socket. Only this value can show that no other process holds it.
      - V(first) reads the first 64 descriptors of each process. It stops as soon as it has found one owner of every
        socket.
      - V(none) does not look for processes. The collector still reports the unit and the container where the socket's
        own cgroup names them.
    type: str
    choices: [all, first, none]
    default: all
  cpu_budget:
    description:
      - The search for owners stops after this much CPU time, in seconds.
      - The result then holds what was found so far, and a gap.
    type: float
    default: 5
  wall_limit:
    description:
      - The search for owners stops after this much time, in seconds.
      - The result then holds what was found so far, and a gap.
    type: float
    default: 20
  namespaces:
    description:
      - Which network namespaces the collector audits.
      - V(host) is the namespace that the module runs in. The collector counts the others in
        RV(fleetports.compliance.listening_sockets_info#module:collector.namespaces.left_out).
      - V(all) includes the other namespaces, such as those of containers. The collector finds them by processes,
        threads and names. It needs root. It does not find a namespace that only an open descriptor keeps alive.
    type: str
    choices: [host, all]
    default: host
  collector:
    description:
      - Which collector to use. V(auto) selects the collector of the host's platform.
      - V(linux) uses netlink. V(darwin) uses C(netstat), C(lsof) and C(launchctl). V(freebsd) uses C(sockstat). V(lsof)
        uses only C(lsof), for any other Unix. V(windows) uses PowerShell.
      - A collector that does not run on the platform returns no listeners and the gap V(unsupported).
    type: str
    choices: [auto, linux, darwin, freebsd, lsof, windows]
    default: auto
  http_sys:
    description:
      - On Windows, run C(netsh) to find the processes that use ports through HTTP.sys. Without this option, the owner
        of such a port is the process C(System). Other systems ignore this option.
    type: bool
    default: false
"""
