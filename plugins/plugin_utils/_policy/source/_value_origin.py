# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a value that Ansible hands over was written, as far as this ansible-core remembers it.

Since 2.19 values carry a tag that says so (``Origin``, lib/ansible/_internal/_datatag/_tags.py), which also survives
templates that pass a value on. 2.18 keeps it for text that no template touched (``ansible_pos``,
lib/ansible/parsing/yaml/objects.py). There is no public way to read either: without them a value has no origin.
"""

from __future__ import annotations

import functools
import os
import typing as t

from .._policy_model import SourcePlace

try:
    from ansible._internal._datatag._tags import Origin
except ImportError:  # ansible-core 2.18
    Origin = None


def origin(value: t.Any) -> SourcePlace | None:
    """The line of a file where the value begins; None when it is from no file, or nobody knows."""
    path, line, column = _tagged(value) if Origin else _positioned(value)
    if not isinstance(path, str) or not os.path.isabs(path) or not line:
        return None
    return SourcePlace(_shortest(str.__str__(path), os.getcwd()), int(line), int(column or 1))


def _tagged(value: t.Any) -> tuple[t.Any, t.Any, t.Any]:
    tag = Origin.get_tag(value)
    return (tag.path, tag.line_num, tag.col_num) if tag else (None, None, None)


def _positioned(value: t.Any) -> tuple[t.Any, t.Any, t.Any]:
    return getattr(value, "ansible_pos", None) or (None, None, None)


@functools.lru_cache(maxsize=64)
def _shortest(path: str, directory: str) -> str:
    """Relative to the working directory when it lies inside, as pipelines and people name it."""
    inside = os.path.relpath(path, directory)
    return path if inside.startswith(os.pardir) else inside
