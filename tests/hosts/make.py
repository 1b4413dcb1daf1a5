# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the machine unless it is kept from an earlier run; says how long each step takes, and where the machine is."""

from __future__ import annotations

from _hosts import image, recipe

if __name__ == "__main__":
    print(f"hosts: the machine is in {recipe.made(image.build)}")
