#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: listening_sockets_info
short_description: List the listening sockets of a host, their owners, and the gaps
version_added: 0.1.0
description:
  - Lists every socket that accepts unsolicited traffic over IPv4 and IPv6, with its owners, systemd unit and container.
    These are TCP (including MPTCP), SCTP and DCCP sockets in the state LISTEN, and UDP and UDP-Lite sockets without a
    peer.
  - On Linux it queries the kernel over netlink (C(NETLINK_SOCK_DIAG)). The host needs only Python. If the kernel has
    nftables or iptables rules, the module runs C(nft) or C(iptables-save) to print them. It runs no other command.
  - On macOS, FreeBSD and other Unix systems it runs M(fleetports.compliance.unix_listening_sockets_info). On Windows it
    runs M(fleetports.compliance.win_listening_sockets_info), and the controller converts the result. The record has the
    same form on all systems. A value that a system does not report is V(null) or a gap.
  - It also works without privilege. RV(collector.gaps) then lists what it could not see. An unknown value is V(null),
    never V(0) or an empty string.
  - It never reads command lines or environments of processes.
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return the same without changing anything.
  diff_mode:
    support: none
    description: Changes nothing, so it has no differences to show.
  platform:
    support: full
    platforms: linux, macos, freebsd, windows
    description: Target systems that the module can audit. Other systems need lsof. Without lsof they return a gap that
      says so.
    details:
      - The module was run on Linux only. The other systems are tested with output written after the documentation of
        their commands. The macOS way of reading lsof is tested on Linux. See C(docs/platforms) of the collection.
  action:
    support: full
    description: Has a part that runs on the controller.
  async:
    support: none
    description: Can be run with C(async).
notes:
  - Run it as root (C(become=true)) to see the owners of every socket and the ports that a packet filter of Linux
    publishes without a socket. The sockets themselves are visible without privilege.
  - UDP sockets that are connected to one peer are not listeners. The module leaves them out.
  - Needs Python 3.8 or later on the host. On Windows it needs PowerShell 5.1 or later instead.
seealso:
  - module: fleetports.compliance.linux_listening_sockets_info
  - module: fleetports.compliance.unix_listening_sockets_info
  - module: fleetports.compliance.win_listening_sockets_info
extends_documentation_fragment:
  - fleetports.compliance.collecting
author:
  - fleetports maintainers (@fleetports)
"""

EXAMPLES = r"""
- name: List the listening sockets
  fleetports.compliance.listening_sockets_info:
  become: true
  register: sockets

- name: Show TCP ports that listen on every address
  ansible.builtin.debug:
    msg: "{{ sockets.listeners
      | selectattr('protocol', 'equalto', 'tcp')
      | selectattr('address', 'in', ['0.0.0.0', '::'])
      | map(attribute='port') | unique | sort }}"

- name: Show the gaps
  ansible.builtin.debug:
    var: sockets.collector.gaps

- name: List the listening sockets quickly, without owners
  fleetports.compliance.listening_sockets_info:
    owners: none
"""

RETURN = r"""
host:
  description: Facts of the host that are needed to interpret its listeners.
  returned: always
  type: dict
  contains:
    hostname:
      description: The host's own name.
      returned: always
      type: str
      sample: web1
    machine_id:
      description: Content of C(/etc/machine-id).
      returned: always
      type: str
      sample: 3d1219c7c4c5404aaa1f6d2a48adfda4
    boot_id:
      description: The kernel's id of this boot.
      returned: always
      type: str
      sample: 515b5f9f-f6b7-44dc-b32a-7ec91be4e293
    os:
      description: Content of C(os-release). V(null) if the host has none.
      returned: always
      type: dict
      sample: {id: debian, version: "12", name: Debian GNU/Linux 12 (bookworm)}
      contains:
        id:
          description: Distribution, in lower case.
          returned: always
          type: str
          sample: debian
        version:
          description: Its version.
          returned: always
          type: str
          sample: "12"
        name:
          description: Distribution and version as a readable name.
          returned: always
          type: str
          sample: Debian GNU/Linux 12 (bookworm)
    kernel:
      description: Release of the kernel.
      returned: always
      type: str
      sample: 6.1.0-37-amd64
    python:
      description: Version of the Python that ran the collector.
      returned: always
      type: str
      sample: 3.11.2
    addresses:
      description: Addresses of the host, sorted. V(null) with a gap when they could not be read.
      returned: always
      type: list
      elements: dict
      sample:
        - {address: 10.0.0.7, prefix_length: 24, device: eth0, namespace: 4026531833}
      contains:
        address:
          description: The address.
          returned: always
          type: str
          sample: 10.0.0.7
        prefix_length:
          description: Length of its prefix in bits.
          returned: always
          type: int
          sample: 24
        device:
          description: Network device that has it.
          returned: always
          type: str
          sample: eth0
        namespace:
          description: Inode number of its network namespace.
          returned: always
          type: int
          sample: 4026531833
    local_delivery:
      description:
        - On Linux, the networks and devices that each network namespace delivers locally, in addition to the addresses
          of its devices. A part that could not be read is a gap that affects V(addresses). V(null) on other systems.
      returned: always
      type: list
      elements: dict
      sample:
        - namespace: 4026531833
          networks: [{network: 203.0.113.7/32, device: eth0, vrf: null, table: 255}]
          bridges: []
          vrfs: []
          l3mdev_accept: null
          route_localnet: null
      contains:
        namespace:
          description: Inode number of the network namespace.
          returned: always
          type: int
          sample: 4026531833
        networks:
          description:
            - Networks that are local to the host because of routes of type C(local) or C(anycast). C(vrf) names the VRF
              that the route applies to. It is V(null) for packets outside any VRF. Table 255 is C(local), 254 is
              C(main).
          returned: always
          type: list
          elements: dict
          sample: [{network: 203.0.113.7/32, device: eth0, vrf: null, table: 255}]
        bridges:
          description: Bridges, bonds and teams, with the devices that belong to each.
          returned: always
          type: list
          elements: dict
          sample: [{device: br0, members: [eth2]}]
        vrfs:
          description:
            - VRF devices, the devices in each, and the address families whose packets never reach local addresses
              outside the VRF.
          returned: always
          type: list
          elements: dict
          sample: [{device: mgmt, members: [eth1], closed: []}]
        l3mdev_accept:
          description:
            - Whether TCP and UDP sockets that are bound to no device accept packets from VRFs. V(null) if there is no
              VRF.
          returned: always
          type: dict
          sample: {tcp: false, udp: false}
        route_localnet:
          description:
            - Where the host accepts packets from other hosts to 127.0.0.0/8. C(all) and C(devices) show the devices
              that accept them. C(filter) shows whether a packet filter has rules that may drop them. V(null) if no
              device accepts them.
          returned: always
          type: dict
          sample: {all: true, devices: [], filter: true}
    ephemeral_ports:
      description: Ports that the kernel uses for outgoing traffic. V(null) with a gap when they are unknown.
      returned: always
      type: dict
      sample: {first: 32768, last: 60999, reserved: []}
      contains:
        first:
          description: First port of C(net.ipv4.ip_local_port_range).
          returned: always
          type: int
          sample: 32768
        last:
          description: Last port of C(net.ipv4.ip_local_port_range).
          returned: always
          type: int
          sample: 60999
        reserved:
          description: Ports and ranges of C(net.ipv4.ip_local_reserved_ports), as the kernel lists them.
          returned: always
          type: list
          elements: str
          sample: ["35000-35010"]
    clock:
      description: The host's clock at the start of the collection, UTC.
      returned: always
      type: str
      sample: "2026-11-22T23:44:57.911Z"
collector:
  description: How the collector worked, and what it could not see.
  returned: always
  type: dict
  contains:
    name:
      description: The collector that was used, a choice of O(collector). V(none) if no collector could run.
      returned: always
      type: str
      sample: linux
    version:
      description: Version of the collection.
      returned: always
      type: str
      sample: 0.1.0
    platform:
      description: V(linux), V(darwin), V(freebsd), V(windows) or V(other).
      returned: always
      type: str
      sample: linux
    sources:
      description:
        - The sources of the listeners. On Linux V(sock_diag), V(proc_net) or both. On other Unix systems V(netstat),
          V(lsof) or V(sockstat). On Windows the tables V(tcp) and V(udp).
      returned: always
      type: list
      elements: str
      sample: [sock_diag]
    options:
      description: Options in effect.
      returned: always
      type: dict
      sample: {owners: all, cpu_budget: 5.0, wall_limit: 20.0, namespaces: host, collector: auto, http_sys: false}
    privilege:
      description: The collector's privileges.
      returned: always
      type: dict
      sample: {euid: 0, capabilities: [CAP_NET_ADMIN, CAP_SYS_PTRACE], all_processes: true}
      contains:
        euid:
          description: Its effective user id.
          returned: always
          type: int
          sample: 0
        capabilities:
          description: Its effective capabilities that affect what it can see.
          returned: always
          type: list
          elements: str
          sample: [CAP_NET_ADMIN, CAP_SYS_PTRACE]
        all_processes:
          description: Whether the collector could read the descriptors of every process. V(null) if it did not finish
            reading them.
          returned: always
          type: bool
          sample: true
    owners_complete:
      description: Whether the search for owners saw the descriptors of every process.
      returned: always
      type: bool
      sample: true
    alternate_paths:
      description: Alternate paths, on which traffic enters the host without a listener's port. There is one entry for
        each kind, detail and owners.
      returned: always
      type: list
      elements: dict
      sample:
        - {kind: dnat, detail: tcp 1-2000 to every address goes to 10.0.0.2, count: 1, namespace: 4026531833,
           owners: [], protocols: [tcp], ports: ["1-2000"]}
      contains:
        kind:
          description: V(raw), V(packet), V(xdp) and V(vsock) are sockets. V(sk_lookup) is a BPF program. V(tproxy),
            V(dnat), V(forward), V(copy) and V(queue) are rules of a packet filter.
          returned: always
          type: str
          sample: packet
        protocols:
          description: The protocols that a rule of a packet filter matches. Empty for every protocol, and for other
            kinds.
          returned: always
          type: list
          elements: str
          sample: [tcp]
        ports:
          description: The ports that a rule of a packet filter matches. Empty for every port, and for other kinds.
          returned: always
          type: list
          elements: str
          sample: ["1-2000"]
        detail:
          description: The traffic that it receives.
          returned: always
          type: str
          sample: ipv4 on every device
        count:
          description: Number of alternate paths with the same kind, detail and owners.
          returned: always
          type: int
          sample: 1
        namespace:
          description: Inode number of its network namespace.
          returned: always
          type: int
          sample: 4026531833
        owners:
          description: Owners of the socket, with the fields of RV(listeners[].owners).
          returned: always
          type: list
          elements: dict
          sample: []
    gaps:
      description: What the collector could not see, sorted. Empty if it saw everything.
      returned: always
      type: list
      elements: dict
      sample:
        - code: permission
          affects: owners
          detail: the descriptors of some processes could not be read
          protocol:
          family:
      contains:
        code:
          description:
            - A short, stable code.
            - V(dump-refused), V(dump-interrupted), V(malformed), V(truncated) and V(protocol-unknown) of sockets,
              V(mptcp-unknown), V(netlink-refused) when C(/proc/net) was read instead, V(permission), V(budget) and
              V(wall-limit) of owners, V(namespace-unanswered), V(namespace-unknown), V(pid-namespace),
              V(socket-unit-unknown), V(exe-unanswered), V(exe-unread), V(unit-unknown), V(path-unread),
              V(ephemeral-unknown), V(too-many), V(unsupported).
            - V(hidden-accept) when a process may accept connections of a listener although the collector found no
              descriptor of it in the process, V(unsettled) when processes moved their descriptors faster than the
              collector could read them, V(proc-covered) when a mount covers a process in C(/proc).
            - V(kernel-unconfirmed) when a server in the kernel may hold a listener without an owner.
            - V(published-unseen) when the kernel shows ports that are published without a socket only to a privileged
              process, V(rules-unread) when rules that may publish ports could not be read. With both, the collector saw
              every socket.
            - For collectors that run commands, V(tool-missing), V(tool-deadline) and V(tool-failed). For lsof,
              V(holders-only), because lsof does not show a socket that no process holds. On macOS, V(holders-differ)
              when netstat names a process that lsof does not show. On Windows, V(source-failed), and V(one-owner)
              because Windows names only one process for each socket.
          returned: always
          type: str
          sample: permission
        affects:
          description:
            - V(listeners) when listeners may be missing, V(owners) when owners or their fields are unknown, V(units)
              when units are unknown, V(addresses) when the host's own addresses are unknown, V(paths) when alternate
              paths may be missing, V(host) when another fact is unknown.
          returned: always
          type: str
          sample: owners
        detail:
          description: A description of what happened.
          returned: always
          type: str
          sample: the descriptors of some processes could not be read
        protocol:
          description: The protocol that the gap is about. V(null) for all.
          returned: always
          type: str
          sample: tcp
        family:
          description: V(ipv4) or V(ipv6). V(null) for both.
          returned: always
          type: str
          sample: ipv4
    budget:
      description: The limits and how much of them was used, in seconds.
      returned: always
      type: dict
      sample: {cpu_limit: 5.0, cpu_used: 0.018, wall_limit: 20.0, wall_used: 0.021}
      contains:
        cpu_limit:
          description: The limit of CPU time.
          returned: always
          type: float
          sample: 5.0
        cpu_used:
          description: CPU time used.
          returned: always
          type: float
          sample: 0.018
        wall_limit:
          description: The limit of time.
          returned: always
          type: float
          sample: 20.0
        wall_used:
          description: Time used.
          returned: always
          type: float
          sample: 0.021
    namespaces:
      description: The network namespaces that the collector audited.
      returned: always
      type: dict
      sample: {scope: host, host: 4026531833, looked_at: [], left_out: 2}
      contains:
        scope:
          description: The option O(namespaces).
          returned: always
          type: str
          sample: host
        host:
          description: Inode number of the network namespace that the collector ran in.
          returned: always
          type: int
          sample: 4026531833
        looked_at:
          description: Inode numbers of the other namespaces that were audited.
          returned: always
          type: list
          elements: int
          sample: [4026532201]
        left_out:
          description:
            - Number of other namespaces that the collector saw and did not audit, because O(namespaces=host) or because
              it could not enter them.
            - There may be more namespaces that the collector could not find.
          returned: always
          type: int
          sample: 2
listeners:
  description: The listeners, sorted by namespace, protocol, family, port, address and device.
  returned: always
  type: list
  elements: dict
  contains:
    protocol:
      description: V(tcp), V(udp), V(udplite), V(sctp) or V(dccp).
      returned: always
      type: str
      sample: tcp
    mptcp:
      description: Whether a TCP listener accepts MPTCP.
      returned: always
      type: bool
      sample: false
    family:
      description: V(ipv4) or V(ipv6).
      returned: always
      type: str
      sample: ipv6
    address:
      description: Address that it is bound to, without scope.
      returned: always
      type: str
      sample: "::"
    port:
      description: Port that it is bound to.
      returned: always
      type: int
      sample: 22
    state:
      description: V(listen), V(unconnected) for UDP and UDP-Lite, V(published) by rules of a packet filter.
      returned: always
      type: str
      sample: listen
    dual_stack:
      description: Whether an IPv6 socket also accepts IPv4. V(null) if the source does not show it.
      returned: always
      type: bool
      sample: true
    device:
      description: Network device that it is bound to. V(null) when it is bound to none.
      returned: always
      type: str
      sample: eth0
    scope_id:
      description: Scope of a link-local address. V(null) for other addresses.
      returned: always
      type: int
      sample: 2
    namespace:
      description: Inode number of its network namespace.
      returned: always
      type: int
      sample: 4026531833
    transparent:
      description: Whether it accepts traffic for addresses that are not the host's (C(IP_TRANSPARENT)). V(null) if
        unknown.
      returned: always
      type: bool
      sample: false
    uid:
      description: Id of the user who created it. V(null) if its sockets belong to several users.
      returned: always
      type: int
      sample: 0
    user:
      description: Name of that user in C(/etc/passwd).
      returned: always
      type: str
      sample: root
    inodes:
      description: Inode numbers of its sockets.
      returned: always
      type: list
      elements: int
      sample: [18342]
    sockets:
      description: How many sockets share the port (C(SO_REUSEPORT)).
      returned: always
      type: int
      sample: 1
    owners:
      description: Its owners, the processes that hold the socket. For a service that systemd starts on demand, the
        process that will hold it.
      returned: always
      type: list
      elements: dict
      sample:
        - pid: 812
          name: sshd
          exe: /usr/sbin/sshd
          exe_deleted: false
          exe_on_host: true
          uid: 0
          user: root
          unit: ssh.service
          container:
          engine:
          cgroup: read
          started: "2026-11-20T08:00:12Z"
      contains:
        pid:
          description: Process id. V(null) if the service has not started.
          returned: always
          type: int
          sample: 812
        name:
          description: Name of the process, at most 15 bytes. A process can choose its own name.
          returned: always
          type: str
          sample: sshd
        exe:
          description: Path of its executable. V(null) when it could not be read.
          returned: always
          type: str
          sample: /usr/sbin/sshd
        exe_deleted:
          description: Whether that file was deleted or replaced after the process started.
          returned: always
          type: bool
          sample: false
        exe_on_host:
          description: Whether the executable is the file at that path on the host. V(null) if this is unknown.
          returned: always
          type: bool
          sample: true
        exe_alias:
          description:
            - Another path of the same file, by which the process was started.
            - V(null) if there is none, or if somebody else than root can change one of the paths.
          returned: always
          type: str
          sample: /usr/bin/redis-server
        uid:
          description: Effective user id of the process.
          returned: always
          type: int
          sample: 0
        user:
          description: Name of that user in C(/etc/passwd).
          returned: always
          type: str
          sample: root
        unit:
          description: systemd unit that the process belongs to.
          returned: always
          type: str
          sample: ssh.service
        container:
          description: Container that the process belongs to.
          returned: always
          type: str
          sample: 7c9e6a1f0b7d4c3fa1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718
        engine:
          description: The container engine, V(docker), V(podman), V(containerd), V(cri-o), V(kubernetes), V(lxc) or
            V(nspawn), taken from the name of the cgroup.
          returned: always
          type: str
          sample: docker
        cgroup:
          description: How much the cgroup shows about unit and container. V(read) means that a unit or container that
            is V(null) does not exist. V(outside), V(deleted), V(unrecognised), V(split) or V(unreadable) mean that it
            is unknown. V(planned) means that the service has not started. V(null) on systems without cgroups.
          returned: always
          type: str
          sample: read
        started:
          description: When the process started, UTC.
          returned: always
          type: str
          sample: "2026-11-20T08:00:12Z"
    owners_complete:
      description: Whether it is certain that no other process holds the socket.
      returned: always
      type: bool
      sample: true
    owner_status:
      description:
        - V(known) when every owner that could be found is listed, V(denied) when the descriptors of some processes
          could not be read, V(kernel) when the kernel owns the socket and another source confirms it,
          V(other_namespace) when the owner is outside the collector's pid namespace, V(gone) when the socket closed
          during the collection, V(unattributed) when the search was complete and found no owner, V(not_collected) with
          O(owners=none), V(unfinished) when the search stopped before its end.
      returned: always
      type: str
      sample: known
    unit:
      description: systemd unit that it belongs to. Units of user managers are never listed here.
      returned: always
      type: str
      sample: ssh.service
    unit_source:
      description: Source of the unit. V(socket) is the cgroup of the socket, V(process) is the cgroup of its owner,
        V(socket_unit) is socket activation.
      returned: always
      type: str
      sample: socket
    unit_conflict:
      description: Another unit that holds the socket or created it. V(null) if there is none.
      returned: always
      type: str
      sample: session-3.scope
    socket_unit:
      description: The C(.socket) unit that opened it.
      returned: always
      type: str
      sample: ssh.socket
    container:
      description: Container that it belongs to.
      returned: always
      type: str
      sample: 7c9e6a1f0b7d4c3fa1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718
    engine:
      description: The container engine, V(docker), V(podman), V(containerd), V(cri-o), V(kubernetes), V(lxc) or
        V(nspawn), taken from the name of the cgroup.
      returned: always
      type: str
      sample: docker
    container_source:
      description: Source of the container. V(socket) is the cgroup of the socket. V(process) means that every owner is
        in the container.
      returned: always
      type: str
      sample: socket
    ephemeral:
      description: Whether the port is in the host's ephemeral range, between 32768 and 65535, and is not a reserved
        port.
      returned: always
      type: bool
      sample: false
    published_by:
      description: V(nftables), V(iptables) or V(ipvs) for a port that has no socket. V(null) for all others.
      returned: always
      type: str
      sample: nftables
    published_to:
      description: Destinations of the traffic to a published port.
      returned: always
      type: list
      elements: str
      sample: []
    change:
      description: V(gone) or V(new) if the listener closed or opened during the collection, otherwise V(null).
      returned: always
      type: str
      sample: gone
"""
