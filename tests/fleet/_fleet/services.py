# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's servers on a host: their configuration, their user, their unit. Each returns the ports to wait for."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import typing as t

from .host import Host
from .ready import Port

_NGINX = """\
daemon off;
user www-data;
worker_processes {workers};
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 16; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
{listen}  }}
}}
"""
_WORKERS = 2  # each has a socket of its own with SO_REUSEPORT


def nginx(host: Host, listen: t.Sequence[str]) -> list[Port]:
    """nginx with two workers on what its ``listen`` directives say."""
    directory = _directory(host, "nginx")
    lines = "".join(f"    listen {item};\n" for item in listen)
    (directory / "nginx.conf").write_text(_NGINX.format(directory=directory, workers=_WORKERS, listen=lines))
    host.spawn(["/usr/sbin/nginx", "-c", str(directory / "nginx.conf")], unit="nginx.service", **_quiet(directory))
    return [_nginx_port(item) for item in listen]


def _nginx_port(listen: str) -> Port:
    port = int(listen.split(maxsplit=1)[0].rpartition(":")[2])
    return Port("tcp", port, _WORKERS if "reuseport" in listen else 1)


def redis(host: Host, addresses: t.Sequence[str]) -> list[Port]:
    directory = _directory(host, "redis")
    options = ["--port", "6379", "--save", "", "--protected-mode", "no", "--dir", str(directory), "--bind", *addresses]
    host.spawn(_as_user("redis", ["/usr/bin/redis-server", *options]), unit="redis.service", **_quiet(directory))
    return [Port("tcp", 6379, len(addresses))]


def memcached(host: Host, address: str, *, udp: bool) -> list[Port]:
    directory = _directory(host, "memcached")
    options = ["-u", "memcache", "-l", address, "-p", "11211", "-U", "11211" if udp else "0", "-t", "1"]
    host.spawn(["/usr/bin/memcached", *options], unit="memcached.service", **_quiet(directory))
    return [Port("tcp", 11211), *([Port("udp", 11211)] if udp else [])]


def dnsmasq(host: Host, device: str, addresses: t.Sequence[str]) -> list[Port]:
    """dnsmasq on the addresses that the device has."""
    directory = _directory(host, "dnsmasq")
    options = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--bind-interfaces", "--user=root"]
    only = [f"--interface={device}", "--except-interface=lo"]
    host.spawn(["/usr/sbin/dnsmasq", *options, *only], unit="dnsmasq.service", **_quiet(directory))
    return [Port("tcp", 53, len(addresses)), Port("udp", 53, len(addresses))]


def postgres(host: Host, addresses: t.Sequence[str]) -> list[Port]:
    directory = _directory(host, "postgres")
    shutil.chown(directory, "postgres")
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("no PostgreSQL below /usr/lib/postgresql")
    data = str(directory / "data")
    made = host.spawn(
        _as_user("postgres", [str(programs / "initdb"), "--no-sync", "--auth=trust", data]), **_quiet(directory)
    )
    if made.wait() != 0:
        raise RuntimeError(f"initdb: {(directory / 'log').read_text()}")
    options = ["-D", data, "-k", str(directory), "-F", "-c", f"listen_addresses={','.join(addresses)}"]
    command = _as_user("postgres", [str(programs / "postgres"), *options])
    host.spawn(command, unit="postgresql@15-main.service", **_quiet(directory))
    return [Port("tcp", 5432, len(addresses))]


def postgres_programs() -> pathlib.Path | None:
    """The directory of the newest PostgreSQL's programs, as Debian lays them out; None without one."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _as_user(user: str, command: t.Sequence[str]) -> list[str]:
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]


def _directory(host: Host, name: str) -> pathlib.Path:
    directory = host.directory / name
    directory.mkdir(parents=True)
    return directory


def _quiet(directory: pathlib.Path) -> dict[str, t.Any]:
    """A log in the directory instead of the tests' own output."""
    return {"stdout": (directory / "log").open("w"), "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
