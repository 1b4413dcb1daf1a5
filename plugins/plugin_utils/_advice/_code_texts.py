# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about each code, whoever listens: what a report says where a rule has no words of its own."""

from __future__ import annotations

_APPROVE = "stop it, bind it to a narrower address, or approve it with a rule"

TEXTS = {
    "forbidden-listener": "Stop the service: a rule forbids it here. To allow it, change that rule, or write a waiver "
    "that names this code.",
    "wrong-address": "Bind the service to an address of its rule, or approve this address with another rule.",
    "excess-reach": "Bind the service to a narrower address, or approve the wider reach with another rule.",
    "wrong-owner": "Find out why this program has the port. Then stop it, or approve it with another rule.",
    "unassigned-port": f"Find out what this program is: IANA's registry does not explain it. Then {_APPROVE}.",
    "reserved-port": f"Find out what this program is: IANA's registry does not explain it. Then {_APPROVE}.",
    "unlisted-listener": f"Find out whether the service is needed. Then {_APPROVE}.",
    "ephemeral-udp": "Usually this is a client that waits for an answer, and nothing is to be done. If it is a server, "
    "configure a fixed port and approve that port with a rule.",
    "unverified-owner": "Make the owner visible, then audit again: run with become, and see the gaps of the host. A "
    "waiver cannot cover this.",
    "missing-listener": "Start the service, or change the rule that requires it on these hosts.",
    "alternate-path": "Find out which program needs this. Then remove it, or cover it with a waiver that names this "
    "code. defaults.alternate_path of the policy sets the verdict.",
    "not-assessed": "Correct what the reason names, then audit the host again. Until then nobody knows what listens.",
    "collection-gap": "Correct what the message names, usually by running with become, then audit again.",
    "same-machine": "Compare the addresses of these hosts in the inventory: two names lead to one machine, or machines "
    "are copies with the same machine id.",
    "expired-waiver": "Correct what the waiver covers, or have a new waiver approved. Then remove the expired one.",
    "expiring-waiver": "Correct what the waiver covers before it ends, or have a new one approved.",
    "long-waiver": "Set a date within a year, or approve with a rule what is meant to stay.",
    "unused-waiver": "Remove the waiver. What it covers is gone.",
    "overdue-review": "Decide whether the service is still needed. Then set review_by to the day of the next review, "
    "or remove the rule.",
    "unused-rule": "Remove the rule if the service is gone. Set expect to required if it must be there.",
    "unknown-target": "Correct the name, or remove it: the entry does not apply where it was meant to.",
}
