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
_BOOT = "/proc/sys/kernel/random/boot_id"
# Until nothing waits to be started any more.
_BOOTED = 'until [ -z "$(systemctl list-jobs --no-legend)" ]; do sleep 1; done'


class Machine:
    """A machine that runs while the context is open. ``made`` holds its files, which nothing here changes.

    With ``saved`` it goes on where ``save`` stopped it under that name, and boots otherwise. ``started_in``: seconds
    from the start of the emulator to root's shell.
    """

    def __init__(self, made: pathlib.Path, *, saved: str | None) -> None:
        self._made = made
        self._saved = saved
        self._base = made / (f"{saved}.qcow2" if saved else "disk.raw")
        self._scratch = tempfile.TemporaryDirectory(prefix="hosts-")
        self.directory = pathlib.Path(self._scratch.name)
        self.disk = self.directory / "disk.qcow2"
        self.port = _free_port()

    def __enter__(self) -> t.Self:
        base = ["-F", self._base.suffix[1:], "-b", str(self._base)]
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *base, str(self.disk)], check=True)
        begun = time.monotonic()
        self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL)
        try:
            self.monitor = Monitor(self.directory / "qmp")
            if self._saved:
                self.monitor.wait("query-status", "status", until=("paused",))
                self.monitor.ask("cont")
            self.shell = Shell(self._made, directory=self.directory, port=self.port)
            self.shell.wait()
            self._set_clock()
            self.started_in = time.monotonic() - begun
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

    def booted(self) -> None:
        """Wait until everything that boots has started."""
        self.shell.run(_BOOTED, timeout=600)

    def reboot(self) -> None:
        """Boot anew."""
        before = self.shell.run(f"cat {_BOOT}").strip()
        self.shell.run("(sleep 1; systemctl reboot) >/dev/null 2>&1 &")
        self.shell.close()
        self.shell.wait(f'[ "$(cat {_BOOT})" != {before} ]')
        self.booted()

    def save(self, name: str) -> None:
        """Stop the machine and keep its memory and disk with its files."""
        self.shell.run("sync")
        self.shell.close()
        self.monitor.ask("stop")
        self.monitor.ask("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        self.monitor.ask("migrate", uri=f"exec:cat >{self._made / name}.state")
        ended = self.monitor.wait("query-migrate", "status", until=("completed", "failed"))
        if ended != "completed":
            raise RuntimeError("the machine's memory could not be saved")
        self.monitor.ask("quit")
        self._process.wait()
        # The folder gets another name when the machine is made.
        beside = ["qemu-img", "rebase", "-u", "-F", self._base.suffix[1:], "-b", self._base.name, str(self.disk)]
        subprocess.run(beside, check=True)
        shutil.move(self.disk, self._made / f"{name}.qcow2")

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
        return [*command, "-incoming", f"exec:cat {files / self._saved}.state"] if self._saved else command

    def _set_clock(self) -> None:
        """A machine that goes on from its memory has the time at which it was stopped."""
        self.shell.run(f"date --set @{time.time():.3f}")

    @property
    def console(self) -> str:
        return (self.directory / "console").read_text(errors="replace")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
