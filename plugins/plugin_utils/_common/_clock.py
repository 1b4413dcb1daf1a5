# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity of this run.

Ansible's linear and free strategies import an action plugin in the main process before they fork, so what is made
at import is the same in every worker: one id per ``ansible-playbook``, with nothing to pass along.
"""

from __future__ import annotations

import datetime
import secrets
import typing as t


def new_id(now: datetime.datetime) -> str:
    """An id that sorts by time and that two controllers never share: ``20261122T225907Z-3f9a1c``."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def utc_now() -> datetime.datetime:
    """The controller's clock, UTC, aware."""
    return datetime.datetime.now(datetime.UTC)


def iso(moment: datetime.datetime) -> str:
    """``2026-11-22T22:59:07Z``: what every document of this collection writes. strftime() pads no year."""
    return f"{moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def parse_iso(text: str) -> datetime.datetime:
    """Read a UTC time or a date (its start). Raises ValueError on anything else, and on what has no time in UTC."""
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=datetime.UTC)
    try:
        moment.astimezone(datetime.UTC)
    except OverflowError:
        raise ValueError("in UTC it is outside the years 1 to 9999") from None
    return moment


IsoTime = t.Annotated[str, parse_iso]  # for documents that are read back
STARTED = utc_now()
RUN_ID = new_id(STARTED)
