# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a module ended without an answer, from output of real hosts; some is made here as the test runs."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host._failure_line import (
    exception,
    shortened,
    telling,
)

PYENV = """pyenv: python3.13: command not found

The `python3.13' command exists in these Python versions:
  3.13.0

Note: See 'pyenv help global' for tips on allowing multiple
      Python versions to be found at the same time.
"""
NO_ENCODINGS = """Python path configuration:
  PYTHONHOME = '/nonexistent'
  sys.path = [
    '/nonexistent/lib/python311.zip',
  ]
Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding
Python runtime state: core initialized
ModuleNotFoundError: No module named 'encodings'

Current thread 0x00007f933629a040 (most recent call first):
  <no Python frame>
"""
NO_JSON = """Traceback (most recent call last):
  File "<stdin>", line 4711, in <module>
  File "<stdin>", line 4699, in main
    import json
    ^^^^^^^^^^^
ModuleNotFoundError: No module named 'json'
"""
COLOURED = NO_JSON.replace(
    "ModuleNotFoundError: No module named 'json'",
    "\x1b[1;35mModuleNotFoundError\x1b[0m: \x1b[35mNo module named 'json'\x1b[0m",
)
GLIBC = "".join(
    f"/usr/bin/python3: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.{minor}' not found "
    "(required by /usr/bin/python3)\n"
    for minor in (34, 38)
)
SUDO_LECTURE = """
We trust you have received the usual lecture from the local System
Administrator. It usually boils down to these three things:

    #1) Respect the privacy of others.

sudo: a terminal is required to read the password; either use the -S option to read from standard input
sudo: a password is required
"""
CLOSED = "Shared connection to 192.0.2.7 closed.\r\n"
SSH_NOISE = (
    "Warning: Permanently added 'web1' (ED25519) to the list of known hosts.\r\ndebug1: Exit status 127\r\n" + CLOSED
)
PROFILE = "-bash: warning: setlocale: LC_ALL: cannot change locale (en_US.UTF-8)\n"

# Exit status, stdout, stderr, what is told.
OUTPUTS = {
    "json": (1, "", NO_JSON, ", exit status 1: ModuleNotFoundError: No module named 'json'"),
    "json, over a terminal": (
        1,
        NO_JSON.replace("\n", "\r\n"),
        CLOSED,
        ", exit status 1: ModuleNotFoundError: No module named 'json'",
    ),
    "json, in colours": (1, COLOURED, CLOSED, ", exit status 1: ModuleNotFoundError: No module named 'json'"),
    "encodings": (1, "", NO_ENCODINGS, ", exit status 1: ModuleNotFoundError: No module named 'encodings'"),
    "pyenv": (127, "", PYENV, ", exit status 127: pyenv: python3.13: command not found"),
    "pyenv, over a terminal": (
        127,
        PYENV.replace("\n", "\r\n"),
        SSH_NOISE,
        ", exit status 127: pyenv: python3.13: command not found",
    ),
    "libc": (1, "", GLIBC, ", exit status 1: " + GLIBC.splitlines()[1]),
    "libpython": (
        127,
        "",
        (
            "/opt/python/bin/python3: error while loading shared libraries: libpython3.12.so.1.0: cannot open shared "
            "object file: No such file or directory\n"
        ),
        (
            ", exit status 127: /opt/python/bin/python3: error while loading shared libraries: libpython3.12.so.1.0: "
            "cannot open shared object file: No such file or directory"
        ),
    ),
    "library of macOS": (
        134,
        "",
        "dyld[812]: Library not loaded: /opt/homebrew/Python.framework/Versions/3.12/Python\n  Referenced from: /x\n",
        ", ended by SIGABRT: dyld[812]: Library not loaded: /opt/homebrew/Python.framework/Versions/3.12/Python",
    ),
    "no command line tools": (
        1,
        "",
        (
            "xcode-select: note: No developer tools were found, requesting install.\n"
            "If developer tools are located at a non-default location on disk, use `sudo xcode-select --switch`.\n"
        ),
        ", exit status 1: xcode-select: note: No developer tools were found, requesting install.",
    ),
    "killed": (137, "", "Killed\n", ", ended by SIGKILL: Killed"),
    "killed, by bash": (
        137,
        "",
        "/bin/bash: line 1:  4242 Killed                  /usr/bin/python3\n",
        ", ended by SIGKILL: /bin/bash: line 1:  4242 Killed                  /usr/bin/python3",
    ),
    "killed, without a word": (-9, "", "", ", ended by SIGKILL"),
    "crashed": (139, "", "Segmentation fault (core dumped)\n", ", ended by SIGSEGV: Segmentation fault (core dumped)"),
    "full": (
        1,
        "",
        (
            "Exception ignored in: <_io.TextIOWrapper name='<stdout>' mode='w' encoding='utf-8'>\n"
            "OSError: [Errno 28] No space left on device\n"
        ),
        ", exit status 1: OSError: [Errno 28] No space left on device",
    ),
    "full, by the shell": (
        2,
        "",
        "/bin/sh: 1: cannot create /tmp/x: No space left on device\n",
        ", exit status 2: /bin/sh: 1: cannot create /tmp/x: No space left on device",
    ),
    "out of memory": (1, "", "Traceback (most recent call last):\nMemoryError\n", ", exit status 1: MemoryError"),
    "no processes": (
        254,
        "",
        "bash: fork: retry: Resource temporarily unavailable\nbash: fork: Resource temporarily unavailable\n",
        ", exit status 254: bash: fork: Resource temporarily unavailable",
    ),
    "sudo wants a password": (1, "", "sudo: a password is required\n", ", exit status 1: sudo: a password is required"),
    "sudo lectures": (1, SUDO_LECTURE, CLOSED, ", exit status 1: sudo: a password is required"),
    "sudo does not know the host": (
        1,
        "",
        "sudo: unable to resolve host web1: Name or service not known\nsudo: unknown user: nosuch\n",
        ", exit status 1: sudo: unknown user: nosuch",
    ),
    "sudo forbids": (
        1,
        "",
        "Sorry, user deploy is not allowed to execute '/bin/sh -c python3' as root on web1.\n",
        ", exit status 1: Sorry, user deploy is not allowed to execute '/bin/sh -c python3' as root on web1.",
    ),
    "no sudoer": (
        1,
        "",
        "deploy is not in the sudoers file.\nThis incident has been reported to the administrator.\n",
        ", exit status 1: deploy is not in the sudoers file.",
    ),
    "su": (1, "Password: \r\nsu: Authentication failure\r\n", CLOSED, ", exit status 1: su: Authentication failure"),
    "doas": (1, "", "doas: Operation not permitted\n", ", exit status 1: doas: Operation not permitted"),
    "not found, by dash": (
        127,
        "/bin/sh: 1: /usr/bin/python3: not found\r\n",
        SSH_NOISE,
        ", exit status 127: /bin/sh: 1: /usr/bin/python3: not found",
    ),
    "not found, by busybox": (
        127,
        "",
        "/bin/sh: /usr/bin/python3: not found\n",
        ", exit status 127: /bin/sh: /usr/bin/python3: not found",
    ),
    "not found, by bash": (
        127,
        "",
        PROFILE + "bash: line 1: /usr/bin/python3: No such file or directory\n",
        ", exit status 127: bash: line 1: /usr/bin/python3: No such file or directory",
    ),
    "not found, after a profile that finds nothing either": (
        127,
        "-bash: /opt/virtualenvwrapper.sh: No such file or directory\n/bin/sh: 1: /usr/bin/python3: not found\n",
        "",
        ", exit status 127: /bin/sh: 1: /usr/bin/python3: not found",
    ),
    "not found, by env": (
        127,
        "",
        "env: \u2018python3\u2019: No such file or directory\n",
        ", exit status 127: env: \u2018python3\u2019: No such file or directory",
    ),
    "another processor's": (
        126,
        "",
        "bash: line 1: /usr/bin/python3: cannot execute binary file: Exec format error\n",
        ", exit status 126: bash: line 1: /usr/bin/python3: cannot execute binary file: Exec format error",
    ),
    "noexec": (
        126,
        "",
        "/bin/sh: 1: /tmp/x/AnsiballZ_x.py: Permission denied\n",
        ", exit status 126: /bin/sh: 1: /tmp/x/AnsiballZ_x.py: Permission denied",
    ),
    "no shell": (
        1,
        "This account is currently not available.\r\n",
        CLOSED,
        ", exit status 1: This account is currently not available.",
    ),
    "a Python too old to read it": (
        1,
        "",
        '  File "<stdin>", line 5\n    def f(x: int):\n           ^\nSyntaxError: invalid syntax\n',
        ", exit status 1: SyntaxError: invalid syntax",
    ),
    "an exception of a library": (
        1,
        "",
        "Traceback (most recent call last):\nsome.where.OddError: no\n",
        ", exit status 1: some.where.OddError: no",
    ),
    "cut off": (0, '\n{"host": {"hostname": "web1"', CLOSED, ": its answer is incomplete"),
    "words that nobody knows": (3, "Hello\nThe moon is wrong\n", SSH_NOISE, ", exit status 3: The moon is wrong"),
    "nothing": (0, "", "", ""),
    "no status": (None, "", "x\n", ": x"),
    "too much": (1, "", "x" * 10**6 + "\n" + "y\n" * 10**5 + "OSError: z\n", ", exit status 1: OSError: z"),
}


@pytest.mark.parametrize(("rc", "stdout", "stderr", "told"), OUTPUTS.values(), ids=OUTPUTS)
def test_telling(rc: int | None, stdout: str, stderr: str, told: str) -> None:
    assert telling(rc, stdout, stderr) == "the module ended without an answer" + told


MADE = {
    "no such file": ("exec /nonexistent/python", "/nonexistent/python: not found"),
    "no Python's home": ("PYTHONHOME=/nonexistent exec {python} -", "ModuleNotFoundError: No module named 'encodings'"),
    "killed": ("{python} -c 'import os; os.kill(os.getpid(), 9)'; exit $?", "ended by SIGKILL: "),
    "full": ("{python} -c 'print(1)' >/dev/full", "OSError: [Errno 28] No space left on device"),
    "a folder": ("exec /", "Permission denied"),
    "a preload": (
        "LD_PRELOAD=/nonexistent.so {python} -c 'import nosuch'",
        "ModuleNotFoundError: No module named 'nosuch'",
    ),
    "no memory": ("ulimit -v 4000; exec {python} -c 1", "while loading shared libraries"),
}


@pytest.mark.parametrize(("command", "told"), MADE.values(), ids=MADE)
def test_what_is_made_here(command: str, told: str) -> None:
    """By the shell and the Python of this machine."""
    done = subprocess.run(
        ["/bin/dash" if pathlib.Path("/bin/dash").exists() else "/bin/sh", "-c", command.format(python=sys.executable)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )
    if told not in done.stderr and told != "ended by SIGKILL: ":
        pytest.skip(f"this machine says otherwise: {done.stderr}")
    assert told in telling(done.returncode, done.stdout, done.stderr)


def test_a_long_message_keeps_both_ends() -> None:
    text = shortened("Failed to connect to the host via ssh: " + "banner\n" * 10**5 + "Permission denied (publickey).")
    assert text.startswith("Failed to connect to the host via ssh: banner banner")
    assert text.endswith("banner Permission denied (publickey).")
    assert len(text) <= 500
    assert shortened("a\nb") == "a b"


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        (NO_JSON, "ModuleNotFoundError: No module named 'json'"),
        ("(traceback unavailable)", ""),
        ("", ""),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_exception(text: object, raised: str) -> None:
    assert exception(text) == raised
