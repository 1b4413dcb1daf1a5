# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation shared by the modules that look at a host."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of a look at a host."""

    DOCUMENTATION = r"""
options:
  owners:
    description:
      - Which processes to look for. Finding them means reading the descriptors of every process, and is most of the
        cost.
      - V(all) lists every process that holds the socket. Only this can show that nobody else holds it.
      - V(first) looks at the first 64 descriptors of each process, and stops as soon as every socket has one holder.
      - V(none) does not look for processes. Units and containers are still known where the socket's own cgroup tells
        them.
    type: str
    choices: [all, first, none]
    default: all
  cpu_budget:
    description:
      - CPU time, in seconds, after which the search for owners ends.
      - What was found until then is returned, with a gap.
    type: float
    default: 5
  wall_limit:
    description:
      - Time, in seconds, after which the search for owners ends.
      - What was found until then is returned, with a gap.
    type: float
    default: 20
  namespaces:
    description:
      - Which network namespaces to look at.
      - V(host) is the one that the module runs in. Others are counted in
        RV(fleetports.compliance.listening_sockets_info#module:collector.namespaces.left_out).
      - V(all) looks into those of containers and the like too, found through processes, threads and names. Needs root.
        One that nothing but an open descriptor keeps alive is not found.
    type: str
    choices: [host, all]
    default: host
  collector:
    description:
      - How to look at the host. V(auto) takes the collector of its platform.
      - V(linux) is netlink, V(darwin) is C(netstat), C(lsof) and C(launchctl), V(freebsd) is C(sockstat), V(lsof) is
        C(lsof) alone, for any other Unix, V(windows) is PowerShell.
      - One that does not run on the platform gives no listeners and the gap V(unsupported).
    type: str
    choices: [auto, linux, darwin, freebsd, lsof, windows]
    default: auto
  http_sys:
    description:
      - On Windows, ask C(netsh) which processes stand behind the ports that HTTP.sys holds for them. Without it their
        owner is the process C(System). Other systems ignore this.
    type: bool
    default: false
"""
