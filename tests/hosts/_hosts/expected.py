# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every listener of the machine, as its administrator knows it. ``KNOWN`` lists what the collection gets wrong."""

from __future__ import annotations

import itertools
import typing as t

from .seen import Seen

ANY4, ANY6, ANY = "0.0.0.0", "::", "0.0.0.0 ::"
LOCAL4, LOCAL6, LOCAL = "127.0.0.1", "::1", "127.0.0.1 ::1"
PYTHON = "/usr/bin/python3.11"
BUSYBOX = "/bin/busybox"


class Expected(t.NamedTuple):
    """A listener, its reach, and its verdict under policy.yml.

    ``plain``: what a plain user sees, None for nothing, and ``plain_verdict``: the verdict of that.
    """

    seen: Seen
    reach: str
    verdict: str
    plain: Seen | None
    plain_verdict: str


def at(
    protocols: str, addresses: str, port: int | str, unit: str | None, *owners: str, **more: t.Any
) -> list[Expected]:
    """Expect a listener at each protocol and address. ``owners`` are ``EXE USER``, of the unit of the listener.

    ``judged``: fields of Expected that are not what they are for most.
    """
    own = tuple(f"{owner} {unit}" if len(owner.split()) == 2 else owner for owner in owners)
    judged = more.pop("judged", {})
    fields = {"status": "known" if owners else "kernel", **more}
    places = itertools.product(protocols.split(), addresses.split())
    return [_expected(Seen(protocol, address, port, own, unit, **fields), judged) for protocol, address in places]


def _expected(seen: Seen, judged: t.Mapping[str, t.Any]) -> Expected:
    """A plain user sees no owner of another user, and nothing that a packet filter publishes."""
    usual = {
        "reach": "host" if seen.address.startswith(("127.", "::1")) else "private",
        "verdict": "pass",
        "plain": None if seen.published else _denied(seen) if seen.owners else seen,
        "plain_verdict": "unverified" if seen.owners else "pass",
    }
    return Expected(seen, **{**usual, **judged})


def _denied(seen: Seen) -> Seen:
    return seen._replace(owners=(), status="denied")


def hidden(protocols: str, addresses: str, port: int | str, unit: str | None, **more: t.Any) -> list[Expected]:
    """A listener of the kernel that only root can tell from one whose owner is hidden.

    ``unit`` is what a plain user sees: that of whoever made the kernel open it.
    """
    judged = {"plain_verdict": "unverified", **more.pop("judged", {})}
    found = at(protocols, addresses, port, None, judged=judged, **more)
    return [expected._replace(plain=_denied(expected.seen)._replace(unit=unit)) for expected in found]


FAIL = {"verdict": "fail", "plain_verdict": "fail"}
PUBLIC = {"reach": "public"}
RESOLVED = ("systemd-resolved.service", "/usr/lib/systemd/systemd-resolved systemd-resolve")
DNSMASQ = ("lxc-net.service", "/usr/sbin/dnsmasq dnsmasq")
NETWORKD = ("systemd-networkd.service", "/usr/lib/systemd/systemd-networkd systemd-network")
AVAHI = ("avahi-daemon.service", "/usr/sbin/avahi-daemon avahi")
STATD = ("rpc-statd.service", "/usr/sbin/rpc.statd statd")
MOUNTD = ("nfs-mountd.service", "/usr/sbin/rpc.mountd root")
INETD = ("inetd.service", "/usr/sbin/inetd root")

SERVERS = [
    *at("tcp", ANY6, 22, "ssh.service", "/usr/sbin/sshd root", dual_stack=True),
    *at("tcp", ANY, 80, "nginx.service", "/usr/sbin/nginx root", "/usr/sbin/nginx www-data"),
    # One file with three names; the kernel tells one of them.
    *at("tcp", LOCAL, 6379, "redis-server.service", "/usr/bin/redis-check-rdb redis"),
    *at("tcp", LOCAL, 5432, "postgresql@15-main.service", "/usr/lib/postgresql/15/bin/postgres postgres"),
    *at("tcp", LOCAL4, 11211, "memcached.service", "/usr/bin/memcached memcache"),
    *at("tcp udp", "127.0.0.53", 53, *RESOLVED, device="lo"),
    *at("tcp udp", "127.0.0.54", 53, *RESOLVED),
    *at("tcp udp", ANY, 5355, *RESOLVED),
    *at("tcp udp", "10.0.3.1", 53, *DNSMASQ),
    *at("udp", ANY4, 67, *DNSMASQ, device="lxcbr0"),
    *at("udp", "10.0.2.15", 68, *NETWORKD, device="eth0"),
    *at("udp", LOCAL, 323, "chrony.service", "/usr/sbin/chronyd _chrony"),
    *at("udp", ANY, 5353, *AVAHI),
    *at("udp", ANY, "avahi", *AVAHI),
    *at("tcp udp", ANY, 111, "rpcbind.service", "/usr/sbin/rpcbind _rpc"),
    *at("tcp", ANY, 2049, None),
    *at("tcp udp", ANY, "statd", *STATD),
    *at("udp", LOCAL4, "statd", *STATD),
    # Version 1, 2 and 3 of the protocol.
    *3 * at("tcp udp", ANY, "mountd", *MOUNTD),
    # The kernel tells the port of a lock manager or of a callback where somebody set it, and not where it chose it.
    *hidden("tcp udp", ANY, "lockd", None, status="unattributed", judged={"verdict": "unverified"}),
    *at("tcp", ANY, 7321, None),
    *at("tcp", LOCAL4, "containerd", "containerd.service", "/usr/bin/containerd root"),
]
SERVICES = [
    *at("udp", ANY4, 7102, *INETD),
    *at("udp", ANY6, 7102, *INETD, dual_stack=True),
    *at("tcp", ANY, 7101, *INETD),
    *at("tcp", ANY, 7103, *INETD, judged=FAIL),
    *at("tcp", ANY4, 722, "low.service", f"{PYTHON} nobody"),
    *at("tcp", ANY4, 7201, "dynamic.service", f"{PYTHON} None"),
    *at("tcp", ANY6, 7204, "jailed.service", f"{BUSYBOX} root", dual_stack=True),
    *at("tcp", ANY4, 7205, "sandboxed.service", f"{PYTHON} nobody", judged={"verdict": "fail"}),
    *at("tcp", ANY6, 7206, "forks.service", "/usr/bin/busybox root", dual_stack=True),
    *at("tcp", ANY4, 7207, "storing.service", f"{PYTHON} root"),
    *at("tcp", ANY4, 7208, "user@1500.service", f"{PYTHON} worker"),
    *at("tcp", ANY4, 7209, "confined.service", f"{PYTHON} root"),
    *at("tcp", ANY6, 7210, "chrooted.service", "/srv/jail/bin/busybox root", dual_stack=True),
    *at("tcp", ANY6, 7211, "upgraded.service", "/usr/bin/busybox-tinyd root", dual_stack=True),
]
LISTENER = f"{PYTHON} root"
PROTOCOLS = [
    *at("sctp", ANY4, 7301, "listener@sctp-7301.service", LISTENER, judged=PUBLIC),
    *at("dccp", ANY4, 7302, "listener@dccp-7302.service", LISTENER),
    *at("tcp", ANY4, 7303, "listener@mptcp-7303.service", LISTENER, mptcp=True),
    *at("udplite", ANY4, 7304, "listener@udplite-7304.service", LISTENER),
    *at("udp", ANY4, 7306, "listener@udp-7306.service", LISTENER, judged=FAIL),
    *at("tcp", ANY4, 7307, "listener@tcp-7307-vrf0.service", LISTENER, device="vrf0", judged=PUBLIC),
    *at("tcp", ANY4, 7308, "listener@tcp-7308-member0.service", LISTENER, device="member0", judged=PUBLIC),
]
TUNNELS = [
    *at("udp", ANY4, 4789, None),
    *at("udp", ANY4, 5555, None),
    *at("udp", ANY4, 6081, None),
    *hidden("udp", ANY, 51820, "systemd-networkd.service"),
]
PUBLISHED = [
    *at("tcp", ANY4, 7401, None, published="nftables 198.51.100.9:80"),
    *at("udp", ANY4, 7402, None, published="nftables this host:7306"),
    # Everybody may read the table of IPVS.
    *[
        expected._replace(plain=expected.seen)
        for port in (7403, 7404)
        for expected in at("tcp", "198.51.100.1", port, None, published="ipvs 198.51.100.9:80", judged=PUBLIC)
    ],
]
DOCKER = ("docker.service", "/usr/sbin/docker-proxy root")
INSIDE = f"{BUSYBOX} root"
CONTAINERS = [
    *at("tcp", ANY6, 7501, "systemd-nspawn@m1.service", INSIDE, container="m1", engine="nspawn", dual_stack=True),
    *at("tcp", ANY6, 7502, None, f"{INSIDE} None", container="l1", engine="lxc", dual_stack=True),
    *at("tcp", ANY6, 7601, "docker-shared.scope", INSIDE, container="shared", engine="docker", dual_stack=True),
    *at("tcp", ANY, 7602, *DOCKER),
    *at("tcp", ANY4, 7602, None, published="iptables 172.17.0.2:80"),
    *at("tcp", LOCAL4, 7603, *DOCKER),
    *at("tcp", LOCAL4, 7603, None, published="iptables 172.17.0.3:80"),
    *at("udp", ANY, 7604, *DOCKER),
    *at("udp", ANY4, 7604, None, published="iptables 172.17.0.4:80"),
    *at("tcp", ANY4, 7605, "docker-rules.service", "/usr/sbin/dockerd root"),
    *at("tcp", ANY4, 7605, None, published="iptables 172.29.0.2:80"),
    *at("tcp", ANY6, 7701, "libpod-pshared.scope", INSIDE, container="pshared", engine="podman", dual_stack=True),
    # The socket is older than the scope, and only the process tells it.
    *[
        expected._replace(plain=_denied(expected.seen)._replace(unit=None))
        for expected in at("tcp", ANY4, 7702, "libpod-conmon-ppublished.scope", "/usr/bin/conmon root")
    ],
    *at("tcp", ANY4, 7702, None, published="iptables 10.88.0.2:80"),
    # A user's own engine: nobody can trust what it calls its control groups.
    *at("tcp", ANY6, 7703, "user@1500.service", "/usr/lib/podman/rootlessport worker", dual_stack=True),
    *at("tcp", ANY6, 7704, "user@1500.service", f"{BUSYBOX} worker", dual_stack=True),
]
LISTENERS = [*SERVERS, *SERVICES, *PROTOCOLS, *TUNNELS, *PUBLISHED, *CONTAINERS]


class Activated(t.NamedTuple):
    """A socket unit: where it listens, the service, and who serves it once somebody connects.

    ``told``: what the unit file tells for certain before that, of ``exe`` and ``user``.
    """

    port: int
    service: str
    exe: str = PYTHON
    user: str | None = "root"
    told: tuple[str, ...] = ("exe", "user")
    protocol: str = "tcp"
    address: str = ANY6
    more: t.Mapping[str, t.Any] = {"dual_stack": True}
    beside: tuple[tuple[str, str], ...] = ()  # other owners: executable and user


NOTHING: tuple[str, ...] = ()
EXE = ("exe",)
ACTIVATED = [
    Activated(7001, "s-plain"),
    Activated(7002, "s-script", told=NOTHING),
    Activated(7003, "s-env", told=NOTHING),
    Activated(7004, "s-shell", told=NOTHING),
    # runuser waits for its child, and holds the socket too.
    Activated(7005, "s-runuser", user="nobody", told=NOTHING, beside=(("/usr/sbin/runuser", "root"),)),
    Activated(7006, "s-nobody", user="nobody"),
    Activated(7007, "s-exclaimed", told=EXE),
    Activated(7008, "s-plus", told=EXE),
    Activated(7009, "s-ambient", user="nobody", told=EXE),
    Activated(7010, "s-dynamic", user=None, told=EXE),
    Activated(7011, "s-streams"),
    Activated(7012, "s-streams", address=LOCAL4, more={}),
    Activated(7013, "s-streams", protocol="udp"),
    Activated(7014, "s-plain"),
    Activated(7015, "s-device", more={"dual_stack": True, "device": "lo"}),
    Activated(7016, "s-foreign", address="192.0.2.1", more={}),
    Activated(7017, "s-six", more={}),
    Activated(7018, "s-shared"),
    Activated(7019, "s-sctp", protocol="sctp"),
    Activated(7020, "s-argument"),
    Activated(7021, "s-lenient"),
    Activated(7022, "s-before"),
    Activated(7023, "s-bound", told=NOTHING),
    Activated(7024, "s-dropped", user="nobody"),
    Activated(7025, "s-instance@nobody", user="nobody", told=EXE),
    Activated(7026, "s-setpriv", user="nobody", told=NOTHING),
    Activated(7027, "s-alternative"),
    Activated(7028, "s-proxy", exe="/usr/lib/systemd/systemd-socket-proxyd"),
    Activated(7029, "s-wrapped", told=NOTHING),
    Activated(7030, "each@", exe="/usr/bin/cat"),
]
