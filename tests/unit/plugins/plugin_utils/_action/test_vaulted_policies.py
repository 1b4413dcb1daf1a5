# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy file that ansible-vault encrypted is read with the secrets of the run, by Ansible's own loader."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._vaulted_policies import Vaulted
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._cache import compiled
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

CLEAR = "version: 1\nname: secret\nrules: [{id: ssh, protocol: tcp, port: 22}]\n"


def loader(*passwords: str) -> DataLoader:
    made = DataLoader()
    made.set_vault_secrets([("default", VaultSecret(password.encode())) for password in passwords])
    return made


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "policy.yml"
    path.write_bytes(VaultLib().encrypt(CLEAR, VaultSecret(b"right")))
    return path


def load(source: t.Any, cache: pathlib.Path, *passwords: str) -> Policy:
    return compiled(
        source, registry_loader=Registry.load, cache_dir=str(cache / "cache"), decrypt=Vaulted(loader(*passwords))
    )


def test_is_read(file: pathlib.Path, tmp_path: pathlib.Path) -> None:
    policy = load(str(file), tmp_path, "wrong", "right")
    assert policy.name == "secret"
    assert str(policy.rules[0].place) == f"{file}:3:9"


def test_is_decrypted_once(file: pathlib.Path, tmp_path: pathlib.Path) -> None:
    policy = load(str(file), tmp_path, "right")
    assert load(str(file), tmp_path) == policy
    assert (tmp_path / "cache").stat().st_mode & 0o77 == 0


def test_includes_another(file: pathlib.Path, tmp_path: pathlib.Path) -> None:
    including = "version: 1\nname: above\ninclude: policy.yml\nrules: []\n"
    (tmp_path / "site.yml").write_bytes(VaultLib().encrypt(including, VaultSecret(b"right")))
    assert load(str(tmp_path / "site.yml"), tmp_path, "right").name == "secret + above"


def test_what_is_wrong_in_it_has_its_place(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "policy.yml"
    path.write_bytes(VaultLib().encrypt(CLEAR.replace("22", "0"), VaultSecret(b"right")))
    with pytest.raises(PolicyError, match=r"policy\.yml:3:40: \$\.rules\[0\]\.port: must be at least 1, found 0"):
        load(str(path), tmp_path, "right")


@pytest.mark.parametrize("passwords", [(), ("wrong",)], ids=["none", "wrong"])
def test_says_what_is_missing(file: pathlib.Path, tmp_path: pathlib.Path, passwords: tuple[str, ...]) -> None:
    with pytest.raises(PolicyError) as caught:
        load(str(file), tmp_path, *passwords)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{file}: is encrypted by Ansible Vault and cannot be decrypted: ")
    assert str(problem).endswith("Give its password with --vault-id or --vault-password-file")


@pytest.mark.parametrize(
    "damage", [b"$ANSIBLE_VAULT;", b"$ANSIBLE_VAULT;1.1;AES256\nzz\n", b"$ANSIBLE_VAULT;9.9;X\n00"]
)
def test_damaged(tmp_path: pathlib.Path, damage: bytes) -> None:
    path = tmp_path / "policy.yml"
    path.write_bytes(damage)
    with pytest.raises(PolicyError, match="is encrypted by Ansible Vault and cannot be decrypted"):
        load(str(path), tmp_path, "right")
