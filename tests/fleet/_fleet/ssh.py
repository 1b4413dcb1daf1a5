# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH for the fleet: a throwaway key pair, a host key and a daemon for each host, nothing of the machine's own."""

from __future__ import annotations

import pathlib
import subprocess
import typing as t

from .host import Host

_CONFIG = """\
Port {port}
{listen}HostKey {directory}/host_key
AuthorizedKeysFile {key}.pub
PidFile {directory}/sshd.pid
UsePAM no
StrictModes no
UseDNS no
PrintMotd no
PasswordAuthentication no
LogLevel VERBOSE
MaxStartups 100
"""


def new_key(path: pathlib.Path) -> pathlib.Path:
    """Make a key pair; returns the path of the private one."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "fleet", "-f", str(path)], check=True)
    return path


class Sshd:
    """The SSH daemon of a host, on every address unless told. ``log`` tells who connected."""

    def __init__(self, host: Host, *, key: pathlib.Path, port: int = 22, listen: t.Sequence[str] = ()) -> None:
        self.host = host
        self.port = port
        self.directory = host.directory / "ssh"
        self.directory.mkdir(parents=True)
        self.log = self.directory / "sshd.log"
        new_key(self.directory / "host_key")
        addresses = "".join(f"ListenAddress {address}\n" for address in listen)
        config = _CONFIG.format(port=port, listen=addresses, directory=self.directory, key=key)
        (self.directory / "sshd_config").write_text(config)

    @property
    def command(self) -> list[str]:
        return ["/usr/sbin/sshd", "-f", str(self.directory / "sshd_config"), "-E", str(self.log)]

    def start(self) -> None:
        """Start it; it has bound its port when this returns, for it forks only then."""
        process = self.host.spawn(self.command, unit="ssh.service")
        if process.wait() != 0:
            raise RuntimeError(f"sshd of {self.host.name} did not start: {self.log.read_text()}")

    def stop(self) -> None:
        pid = (self.directory / "sshd.pid").read_text().strip()
        self.host.run(["kill", pid])

    @property
    def connections(self) -> int:
        """How often somebody connected, whether or not they logged in."""
        return self.log.read_text().count("Connection from ") if self.log.exists() else 0

    def known_host(self) -> str:
        """The line of known_hosts for it."""
        key = (self.directory / "host_key.pub").read_text().strip()
        return f"[{self.host.address}]:{self.port} {key}" if self.port != 22 else f"{self.host.address} {key}"


def write_known_hosts(path: pathlib.Path, daemons: t.Iterable[Sshd]) -> None:
    path.write_text("".join(f"{daemon.known_host()}\n" for daemon in daemons))
