# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give ansible-test the get-pip script that it would otherwise download from a host which is no package index.

Usage: seed_get_pip.py HOME (run by the Python that ansible-test is installed for)

ansible-test makes bare virtual environments and runs ``~/.ansible/test/cache/get_pip_VERSION.py`` in them. The stand-in
written here runs pip from its own wheel, which pip fetches once from the package index that it is set up for.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import ansible_test

SOURCE = pathlib.Path(ansible_test.__file__).parent / "_internal" / "python_requirements.py"
STAND_IN = '''\
"""Install packages with pip, run from its wheel."""

import sys

sys.path.insert(0, {wheel!r})

from pip._internal.cli.main import main  # noqa: E402

# Options of get-pip that pip itself does not have.
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(main(["install"] + arguments))
'''


def wanted_version() -> str:
    """The version of pip that this ansible-test asks for."""
    found = re.search(r"^ +pip='([0-9.]+)',$", SOURCE.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{SOURCE} names no version of pip any more: this script has to learn where it stands now.")
    return found.group(1)


def fetch_wheel(version: str, directory: pathlib.Path) -> pathlib.Path:
    """Download pip's wheel unless it is there."""
    wheel = directory / f"pip-{version}-py3-none-any.whl"
    if not wheel.exists():
        download = ["download", "--quiet", "--no-deps", "--dest", str(directory), f"pip=={version}"]
        subprocess.run([sys.executable, "-m", "pip", *download], check=True)
    return wheel


def main(home: pathlib.Path) -> None:
    """Write the stand-in below ``home``."""
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    version = wanted_version()
    script = STAND_IN.format(wheel=str(fetch_wheel(version, cache)))
    (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(script, encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).absolute())
