# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mirror of Debian this machine uses."""

from __future__ import annotations

import subprocess

_FORMAT = "$(ORIGIN)|$(LABEL)|$(SITE)"


def mirror() -> str | None:
    """The address of the archive that apt reads Debian from; None on a machine that reads another one."""
    command = ["apt-get", "indextargets", "--format", _FORMAT, "Created-By: Packages"]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    found = [line.rpartition("|")[2] for line in lines if line.startswith("Debian|Debian|")]
    return found[0] if found else None


if __name__ == "__main__":
    print(mirror() or "")
