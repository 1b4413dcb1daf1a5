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
    required: true
"""
