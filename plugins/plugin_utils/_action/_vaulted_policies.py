# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy files that Ansible Vault encrypted as a whole: read with the secrets that the run was given."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.utils.display import Display

from .._policy._policy_model import Policy
from .._policy.source._source import is_encrypted


class Vaulted:
    """Decrypts policy files."""

    def __init__(self, loader: t.Any) -> None:
        self._loader = loader

    def __call__(self, content: bytes, _path: str) -> bytes:
        """The content in clear. Raises ValueError that says why it cannot be had."""
        try:
            clear = self._loader._vault.decrypt(content)  # noqa: SLF001 # its one public door leaves a file in clear
        except (AnsibleError, ValueError, LookupError) as error:
            hint = "Give its password with --vault-id or --vault-password-file"
            raise ValueError(f"{_first_line(error)} {hint}") from error
        return bytes(clear)


def warn_of_clear_text(policy: Policy) -> None:
    """Whoever encrypts a policy should know where it stands in clear."""
    for path in policy.sources:
        if is_encrypted(path):
            Display().warning(
                f"{path} is encrypted by Ansible Vault. The run stores the decrypted policy "
                "in the folder policies of its directory (mode 0600), and reports quote it for auditors"
            )


def _first_line(error: Exception) -> str:
    return f"{str(error).strip().splitlines()[0].rstrip('.')}."
