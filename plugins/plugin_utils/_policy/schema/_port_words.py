# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports as other formats write them, and services as people call them: what is to be written here, all of it."""

from __future__ import annotations

import re
import typing as t
import unicodedata

from .._message_words import found, listing, word

_LAST = 65535
_PROTOCOL = r"(?:tcp|udp|udplite|sctp|dccp)[46]?"
_PROTOCOLS = rf"{_PROTOCOL}(?:\s*[/+&|,]\s*{_PROTOCOL})*"
_BEHIND = re.compile(rf"(.+?)\s*[/:]\s*({_PROTOCOLS})", re.IGNORECASE)
_BEFORE = re.compile(rf"({_PROTOCOLS})\s*[/: ]\s*(.+)", re.IGNORECASE)
_PORT = re.compile(r"[0-9]+(?:-[0-9]+)?|[A-Za-z0-9_.+-]*[A-Za-z][A-Za-z0-9_.+-]*")
_AT = re.compile(r"(?:\[([0-9A-Fa-f:.]*)\]|([0-9.]*[0-9]|\*|localhost|[A-Za-z][A-Za-z0-9.-]*)?):([0-9]+)")
_OPEN = re.compile(r"(?:(?P<from>[0-9]+)\s*(?:-|\+|:|\.\.+|and up)|>=\s*(?P<least>[0-9]+)|>\s*(?P<above>[0-9]+))")
_UPTO = re.compile(r"(?:-|\.\.+|<=)\s*(?P<most>[0-9]+)|<\s*(?P<below>[0-9]+)")
_RANGES = {
    **dict.fromkeys(("all", "any", "*", "every", "everything", "anything"), "1-65535"),
    **dict.fromkeys(("privileged", "system", "well-known", "low"), "1-1023"),
    **dict.fromkeys(("unprivileged", "high"), "1024-65535"),
    "registered": "1024-49151",
    **dict.fromkeys(("dynamic", "private", "ephemeral"), "49152-65535"),
}

# What people call a service: IANA's name for it where there is one, and the ports.
COMMON: t.Mapping[str, tuple[tuple[str | None, int], ...]] = {
    name: meant
    for names, meant in (
        ("rdp mstsc remote-desktop", (("ms-wbt-server", 3389),)),
        ("dns named bind bind9 unbound", (("domain", 53),)),
        ("sshd openssh", (("ssh", 22),)),
        ("mysqld mariadb mariadbd", (("mysql", 3306),)),
        ("postgres pgsql psql pg", (("postgresql", 5432),)),
        ("smb samba smbd", (("microsoft-ds", 445),)),
        ("netbios", (("netbios-ns", 137), ("netbios-dgm", 138), ("netbios-ssn", 139))),
        ("rpcbind portmap portmapper", (("sunrpc", 111),)),
        ("vnc", (("rfb", 5900),)),
        ("mssql sqlserver sql-server", (("ms-sql-s", 1433),)),
        ("mongo mongod", (("mongodb", 27017),)),
        ("memcached", (("memcache", 11211),)),
        ("ike", (("isakmp", 500),)),
        ("ipsec", (("isakmp", 500), ("ipsec-nat-t", 4500))),
        ("wireguard wg", ((None, 51820),)),
        ("dhcp", (("bootps", 67), ("bootpc", 68))),
        ("dhcpd dhcp-server", (("bootps", 67),)),
        ("dhclient dhcp-client dhcpcd", (("bootpc", 68),)),
        ("smtps", (("submissions", 465),)),
        ("mail postfix exim exim4 sendmail", (("smtp", 25),)),
        ("https-alt", ((None, 8443),)),
        ("http-proxy tomcat jenkins", ((None, 8080),)),
        ("httpd apache apache2 nginx web haproxy caddy", (("http", 80), ("https", 443))),
        ("k8s kubernetes kube-apiserver", ((None, 6443),)),
        ("kubelet", ((None, 10250),)),
        ("etcd", (("etcd-client", 2379), ("etcd-server", 2380))),
        ("kafka", ((None, 9092),)),
        ("zookeeper", ((None, 2181),)),
        ("rabbitmq", (("amqp", 5672),)),
        ("elasticsearch elastic opensearch", ((None, 9200), (None, 9300))),
        ("consul", ((None, 8500),)),
        ("vault", ((None, 8200),)),
        ("prometheus cockpit", ((None, 9090),)),
        ("alertmanager", ((None, 9093),)),
        ("grafana", ((None, 3000),)),
        ("node_exporter node-exporter", ((None, 9100),)),
        ("kibana", ((None, 5601),)),
        ("logstash beats", ((None, 5044),)),
        ("influxdb", ((None, 8086),)),
        ("cassandra", ((None, 9042),)),
        ("clickhouse", ((None, 8123), (None, 9000))),
        ("nats", ((None, 4222),)),
        ("minio", ((None, 9000),)),
        ("solr", ((None, 8983),)),
        ("webmin", ((None, 10000),)),
        ("squid", ((None, 3128),)),
        ("cups cupsd", ((None, 631),)),
        ("zabbix", (("zabbix-agent", 10050), ("zabbix-trapper", 10051))),
        ("salt salt-master", ((None, 4505), (None, 4506))),
        ("mqtts", (("secure-mqtt", 8883),)),
        ("msrpc rpc", (("epmap", 135),)),
        ("ntpd chronyd chrony ntpsec", (("ntp", 123),)),
        ("slapd", (("ldap", 389),)),
        ("telnetd", (("telnet", 23),)),
        ("ftpd vsftpd proftpd", (("ftp", 21),)),
        ("snmpd", (("snmp", 161),)),
        ("syslogd rsyslogd rsyslog syslog-ng", (("syslog", 514),)),
        ("nfsd nfs-server", (("nfs", 2049),)),
        ("upnp", (("ssdp", 1900),)),
        ("xmpp", (("xmpp-client", 5222),)),
        ("whois", (("nicname", 43),)),
        ("rlogin rlogind", (("login", 513),)),
        ("rsh rshd", (("shell", 514),)),
        ("rexec rexecd", (("exec", 512),)),
        ("rsyncd", (("rsync", 873),)),
        ("redis-server", (("redis", 6379),)),
        ("puppetserver puppet-server", (("puppet", 8140),)),
        ("libvirtd libvirt", ((None, 16509),)),
        ("ajp", ((None, 8009),)),
        ("tailscale", ((None, 41641),)),
        ("avahi zeroconf bonjour", (("mdns", 5353),)),
    )
    for name in names.split()
}


def common_hint(name: str) -> str:
    """``, did you mean ms-wbt-server (3389)?`` or nothing."""
    meant = COMMON.get(name.lower())
    if meant is None:
        return ""
    written = [service or str(port) for service, port in meant]
    if len(meant) == 1:
        port = f" ({meant[0][1]})" if meant[0][0] else ""
        return f", did you mean {written[0]}{port}?"
    return f", did you mean {listing(written)} ({', '.join(str(port) for _service, port in meant)})?"


def notation_problem(text: str) -> str | None:
    """The message about ports in another notation, or None where the text may be a name."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain != text and re.fullmatch(r"[0-9]+(?:-[0-9]+)?", plain):
        return f"a port must use plain digits, found {found(text)}, did you mean {plain}?"
    if re.fullmatch(_PROTOCOL, plain.lower()):
        return f"write a protocol in the key protocol, found {found(text)}"
    known = _RANGES.get(plain.lower())
    if known:
        return f"write this set of ports as a range, found {found(text)}, did you mean {known}?"
    checks = (_protocol_problem, _list_problem, _open_problem, _address_problem, _other_problem)
    return next((problem for check in checks if (problem := check(plain, text))), None)


def _list_problem(plain: str, text: str) -> str | None:
    parts = [part for part in re.split(r"\s*[,;]\s*|\s+and\s+|\s+(?![-:.]|to\b)(?<![-:.]\s)", plain) if part]
    if len(parts) < 2:
        return None
    if all(_PORT.fullmatch(part) for part in parts):
        return f"each item must be one port, range or name, found {found(text)}, did you mean {listing(parts)}?"
    return _protocol_list_problem(parts, text)


def _protocol_list_problem(parts: t.Sequence[str], text: str) -> str | None:
    """``80/tcp,443/tcp``, and ``80,443/tcp``, where the protocol is meant for all of them."""
    split = [_split(part) for part in parts]
    protocols = [tuple(one[1]) for one in split if one]
    if not protocols or not all(one or _PORT.fullmatch(part) for one, part in zip(split, parts, strict=True)):
        return None
    if len(set(protocols)) > 1 or (len(protocols) < len(parts) and split[-1] is None):
        return f"all protocols of a rule have the same ports, found {found(text)}: write one rule for each protocol"
    ports = [one[0] if one else part for one, part in zip(split, parts, strict=True)]
    return _with_protocol(listing(ports), protocols[0], text)


def _protocol_problem(plain: str, text: str) -> str | None:
    one = _split(plain)
    return _with_protocol(one[0], one[1], text) if one else None


def _split(text: str) -> tuple[str, list[str]] | None:
    """Port and protocols of ``443/tcp``, ``tcp/443``, ``53/tcp/udp``."""
    behind, before = _BEHIND.fullmatch(text), _BEFORE.fullmatch(text)
    if behind:
        port, protocols = behind[1], behind[2]
    elif before:
        protocols, port = before[1], before[2]
    else:
        return None
    names = [name.lower().rstrip("46") for name in re.split(r"\s*[/+&|,]\s*", protocols)]
    return (port, list(dict.fromkeys(names))) if _PORT.fullmatch(port) else None


def _with_protocol(port: str, protocols: t.Sequence[str], text: str) -> str:
    named = protocols[0] if len(protocols) == 1 else listing(protocols)
    return f"write the port without its protocol, found {found(text)}, did you mean protocol: {named} and port: {port}?"


def _open_problem(plain: str, text: str) -> str | None:
    """A range without one of its ends."""
    above, upto = _OPEN.fullmatch(plain), _UPTO.fullmatch(plain)
    if above:
        first = above["from"] or above["least"] or str(_number(above["above"]) + 1)
        meant = f"{first}-{_LAST}"
    elif upto:
        meant = f"1-{upto['most'] or _number(upto['below']) - 1}"
    else:
        return None
    return f"a range needs both ends, found {found(text)}, did you mean {meant}?"


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= len(str(_LAST)) else _LAST


def _address_problem(plain: str, text: str) -> str | None:
    at = _AT.fullmatch(plain)
    if at is None or (at[2] or "").isdigit():
        return None
    address, port = at[1] or at[2], at[3]
    if not address and plain.startswith(":"):
        return f"write the port without a colon, found {found(text)}, did you mean {port}, or 1-{port} for a range?"
    if not address or address == "*":
        return f"write the port without an address, found {found(text)}, did you mean {port}?"
    if address != "localhost" and at[2] and re.search("[A-Za-z]", address):
        return f"write the port without a host, found {found(text)}, did you mean {port}? Write hosts in applies_to"
    where = '[127.0.0.1, "::1"]' if address == "localhost" else word(address)
    return f"write the port without its address, found {found(text)}, did you mean port: {port} and address: {where}?"


def _other_problem(plain: str, text: str) -> str | None:
    mapped = re.fullmatch(r"([0-9]+):([0-9]+)", plain)
    if mapped and _number(mapped[1]) > _number(mapped[2]):
        return f"write only the outer port of a published port, found {found(text)}, did you mean {mapped[1]}?"
    without = re.fullmatch(r"[!^~]\s*([0-9]+)", plain)
    if without and 1 < _number(without[1]) < _LAST:
        port = _number(without[1])
        return (
            f"a port cannot exclude other ports, found {found(text)}, did you mean [1-{port - 1}, {port + 1}-{_LAST}]?"
        )
    if re.fullmatch(r"0[xX][0-9A-Fa-f]{1,4}", plain):
        return f"write the port in decimal, found {found(text)}, did you mean {int(plain, 16)}?"
    return None
