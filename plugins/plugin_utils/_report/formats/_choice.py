# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked for of one format, and what its renderer gets beside the report."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._common._checkout import Checkout


@dataclasses.dataclass(frozen=True)
class Choice:
    """One format that was asked for.

    ``name``: its file in the directory of the run. ``path``: where a copy goes, as given; ``mode``: the copy's.
    ``template``: a file that takes the place of ours. ``policy_file``: what findings point at.
    """

    format: str
    name: str
    path: str | None = None
    mode: int = 0o600
    template: str | None = None
    policy_file: str | None = None
    color: bool = False


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What a renderer may need beside the model: ``template_dirs``, searched in order; ``files``, paths by format.

    ``checkout``: the repository that a policy's files are named from.
    """

    template_dirs: t.Sequence[str] = ()
    files: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    checkout: Checkout | None = None
