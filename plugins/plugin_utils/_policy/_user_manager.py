# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of the service managers of users, which no condition may rely on.

Whoever runs such a manager names the units below it: "ssh.service" of a user is not the system's (systemd.unit(5)).
"""

from __future__ import annotations

import re

_UNIT = re.compile(r"user@.*\.service", re.DOTALL)


def is_user_manager(unit: str) -> bool:
    """Whether it is the unit of a user's manager, ``user@1000.service``, or a pattern that matches nothing else."""
    return _UNIT.fullmatch(unit) is not None
