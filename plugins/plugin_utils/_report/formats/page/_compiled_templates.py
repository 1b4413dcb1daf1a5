# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what Jinja compiles for as long as the process lives: to compile takes longer than to render a small report.

By the text of a template, so that a file that changes or appears between two reports counts at once.
"""

from __future__ import annotations

import functools
import types

import jinja2
from jinja2.bccache import Bucket


class CompiledTemplates(jinja2.BytecodeCache):
    """For environments with the same filters and the same ``finalize`` alone: Jinja folds constants with them."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], types.CodeType] = {}

    def get_source_checksum(self, source: str) -> str:
        """The text itself: nothing to hash, and nothing that two texts share."""
        return source

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if this text was compiled before, at this path."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


@functools.cache
def of_format(format: str) -> CompiledTemplates:
    """The one of a format, whose environments are all alike."""
    return CompiledTemplates()
