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
    description: Can run in check mode with the same result, because it changes nothing on a host.
    support: full
    details:
      - The files on the controller are the result. Check mode writes them too.
  diff_mode:
    description: Returns details on what has changed or would change in diff mode.
    support: none
"""

    EVIDENCE = r"""
options:
  evidence:
    description:
      - Directories of runs, or output directories. Of an output directory, the newest finished run is used.
      - When several runs have evidence of a host, the evidence of the newest run is used.
    type: list
    elements: path
    default: [port-audit]
"""

    VERIFY = r"""
options:
  verify:
    description:
      - Whether to verify finished runs against their C(SHA256SUMS). The task fails and names every file that was
        altered, is missing or was added. It also fails for a finished run that has no C(SHA256SUMS).
      - V(false) uses such a run anyway, with a warning. The files that the task writes say so.
      - A run that was interrupted before its report never had a C(SHA256SUMS). The task uses it with a warning.
    type: bool
    default: true
"""
