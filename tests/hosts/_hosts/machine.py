# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulated machine, from its files to a shell on it."""

from __future__ import annotations

import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import types
import typing as t

from .qmp import Monitor
from .shell import Shell

# Software emulation: some machines offer /dev/kvm, and guests hang on it. The emulator ends with the process that
# started it, however that one ends.
_EMULATOR = [
    *("setpriv", "--pdeathsig", "KILL"),
    *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1536"),
    *("-nodefaults", "-no-user-config", "-display", "none"),
    *("-device", "virtio-rng-pci", "-device", "virtio-net-pci,netdev=n"),
]
# No address but the machine's own is reached from it.
_NETWORK = "user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22"
_KERNEL = "root=/dev/vda rw console=ttyS0 net.ifnames=0 mitigations=off"
_STATE = "state"  # the memory of a machine that was stopped
_DISK = "provisioned.qcow2"  # and its disk


class Machine:
    """A machine that runs while the context is open. ``made`` holds its files, which nothing here changes.

    With ``saved`` it goes on where ``save`` stopped it, and boots otherwise.
    """

    def __init__(self, made: pathlib.Path, *, saved: bool) -> None:
        self._made = made
        self._saved = saved
        self._scratch = tempfile.TemporaryDirectory(prefix="hosts-")
        self.directory = pathlib.Path(self._scratch.name)
        self.disk = self.directory / "disk.qcow2"
        self.port = _free_port()

    def __enter__(self) -> t.Self:
        base, kind = (self._made / _DISK, "qcow2") if self._saved else (self._made / "disk.raw", "raw")
        overlay = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", kind, "-b", str(base), str(self.disk)]
        subprocess.run(overlay, check=True)
        self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL)
        try:
            self.monitor = Monitor(self.directory / "qmp")
            if self._saved:
                self.monitor.wait("query-status", "status", until=("paused",))
                self.monitor.ask("cont")
            self.shell = Shell(self._made, directory=self.directory, port=self.port)
            self.shell.wait()
            self._set_clock()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: types.TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Cut the power."""
        self._process.kill()
        self._process.wait()
        self._scratch.cleanup()

    def save(self) -> None:
        """Stop the machine and keep its memory and disk with its files."""
        self.shell.run("sync")
        self.shell.close()
        self.monitor.ask("stop")
        self.monitor.ask("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        self.monitor.ask("migrate", uri=f"exec:cat >{self._made / _STATE}")
        ended = self.monitor.wait("query-migrate", "status", until=("completed", "failed"))
        if ended != "completed":
            raise RuntimeError("the machine's memory could not be saved")
        self.monitor.ask("quit")
        self._process.wait()
        # The folder gets another name when the machine is made.
        beside = ["qemu-img", "rebase", "-u", "-F", "raw", "-b", "disk.raw", str(self.disk)]
        subprocess.run(beside, check=True)
        shutil.move(self.disk, self._made / _DISK)

    def _command(self) -> list[str]:
        files = self._made
        command = [
            *_EMULATOR,
            *("-kernel", str(files / "vmlinuz"), "-initrd", str(files / "initrd.img"), "-append", _KERNEL),
            *("-drive", f"file={self.disk},if=virtio,cache=unsafe"),
            *("-netdev", _NETWORK.format(port=self.port)),
            *("-serial", f"file:{self.directory / 'console'}"),
            *("-qmp", f"unix:{self.directory / 'qmp'},server=on,wait=off"),
        ]
        return [*command, "-incoming", f"exec:cat {files / _STATE}"] if self._saved else command

    def _set_clock(self) -> None:
        """A machine that goes on from its memory has the time at which it was stopped."""
        self.shell.run(f"date --set @{time.time():.3f}")

    @property
    def console(self) -> str:
        return (self.directory / "console").read_text(errors="replace")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
