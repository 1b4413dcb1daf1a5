# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the modules that work on stored evidence."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and does the same, since it changes nothing on a host.
    support: full
    details:
      - Files on the controller are the answer itself and are written in check mode too.
  diff_mode:
    description: Returns details on what has changed or would change in diff mode.
    support: none
"""

    EVIDENCE = r"""
options:
  evidence:
    description:
      - Directories of runs, or output directories, of which the newest finished run is meant.
      - Of a host that several runs have evidence of, that of the newest run is used.
    type: list
    elements: path
    default: [port-audit]
"""

    VERIFY = r"""
options:
  verify:
    description:
      - Whether to hold runs that are over to their C(SHA256SUMS). Anything that was altered, is missing or was added
        ends the task with an error that names it. So does a run that is over and has no C(SHA256SUMS).
      - V(false) uses such a run all the same, with a warning. What is made of it says so.
      - A run that was cut off before its report never had any. It is used with a warning.
    type: bool
    default: true
"""
