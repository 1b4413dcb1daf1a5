#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: listening_sockets_info
short_description: What listens on a host, who holds it, and what could not be seen
version_added: 0.1.0
description:
  - Lists every socket that takes unsolicited traffic, TCP (MPTCP included), SCTP and DCCP in the state LISTEN, UDP
    and UDP-Lite without a peer, over IPv4 and IPv6, with its owners, systemd unit and container.
  - On Linux it asks the kernel over netlink (C(NETLINK_SOCK_DIAG)). Nothing is needed on the host but Python. Where
    the kernel has rules of nftables or iptables, C(nft) or C(iptables-save) is run to print them, and no other command.
  - On macOS, FreeBSD and other Unix systems M(fleetports.compliance.unix_listening_sockets_info) is run in its place,
    on Windows M(fleetports.compliance.win_listening_sockets_info), whose answer is put into the same record on the
    controller. The record is the same on all of them. What a system does not tell is V(null), or a gap.
  - Works without privilege too, and says in RV(collector.gaps) what it could not see because of that. A value that is
    not known is V(null), never V(0) or an empty string.
  - Command lines and environments of processes are never read.
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return the same without changing anything.
  diff_mode:
    support: none
    description: Changes nothing, and so has no differences to show.
  platform:
    support: full
    platforms: linux, macos, freebsd, windows
    description: Target systems that the module can look at. Others need lsof, and without it give a gap that says so.
    details:
      - Of these, only Linux was at hand to run it on. The others are tested from output written after the documentation
        of their commands, and macOS's way of reading lsof on Linux. See C(docs/platforms) of the collection.
  action:
    support: full
    description: Has a part that runs on the controller.
  async:
    support: none
    description: Can be run with C(async).
notes:
  - Run it as root (C(become=true)) to see the owners of every socket, and what a packet filter of Linux
    publishes without one. Sockets themselves are seen without privilege.
  - UDP sockets connected to one peer are not listeners, and are left out.
  - Needs Python 3.8 or later on the host, and on Windows PowerShell 5.1 or later instead.
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
- name: See what listens
  fleetports.compliance.listening_sockets_info:
  become: true
  register: sockets

- name: Show ports that anybody can reach over TCP
  ansible.builtin.debug:
    msg: "{{ sockets.listeners
      | selectattr('protocol', 'equalto', 'tcp')
      | selectattr('address', 'in', ['0.0.0.0', '::'])
      | map(attribute='port') | unique | sort }}"

- name: Show what could not be seen
  ansible.builtin.debug:
    var: sockets.collector.gaps

- name: See what listens, quickly and without owners
  fleetports.compliance.listening_sockets_info:
    owners: none
"""

RETURN = r"""
host:
  description: Facts of the host that its listeners have to be read with.
  returned: always
  type: dict
  contains:
    hostname:
      description: Name that the host gives itself.
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
      description: What C(os-release) says, V(null) without one.
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
          description: Both, for people.
          returned: always
          type: str
          sample: Debian GNU/Linux 12 (bookworm)
    kernel:
      description: Release of the kernel.
      returned: always
      type: str
      sample: 6.1.0-37-amd64
    python:
      description: Version of the Python that collected.
      returned: always
      type: str
      sample: 3.11.2
    addresses:
      description: Addresses of the host, sorted. V(null) when they could not be read, and then there is a gap.
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
        - On Linux, what each network namespace takes as its own beside the addresses of its devices. What of it could
          not be read is a gap that affects V(addresses). V(null) on other systems.
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
            - Networks that routes of type C(local) or C(anycast) make the host's own. C(vrf)
              names the VRF whose packets it is for, V(null) for packets of none. Table 255 is C(local), 254 is C(main).
          returned: always
          type: list
          elements: dict
          sample: [{network: 203.0.113.7/32, device: eth0, vrf: null, table: 255}]
        bridges:
          description: Bridges, bonds and teams, and the devices below each.
          returned: always
          type: list
          elements: dict
          sample: [{device: br0, members: [eth2]}]
        vrfs:
          description:
            - VRF devices, the devices in each, and the families of which its packets never come to what is local for
              others.
          returned: always
          type: list
          elements: dict
          sample: [{device: mgmt, members: [eth1], closed: []}]
        l3mdev_accept:
          description:
            - Whether TCP and UDP sockets that are bound to no device take packets of VRFs. V(null) where there is no
              VRF.
          returned: always
          type: dict
          sample: {tcp: false, udp: false}
        route_localnet:
          description:
            - Where packets from other hosts to 127.0.0.0/8 are taken. V(all) and V(devices) say by which devices,
              V(filter) whether there are rules of a packet filter that may drop them. V(null) when nowhere.
          returned: always
          type: dict
          sample: {all: true, devices: [], filter: true}
    ephemeral_ports:
      description: Ports that the kernel takes for outgoing traffic. V(null) when unknown, and then there is a gap.
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
          description: Last port of it.
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
      description: The host's clock at the start, UTC.
      returned: always
      type: str
      sample: "2026-11-22T23:44:57.911Z"
collector:
  description: How the host was looked at, and what could not be seen.
  returned: always
  type: dict
  contains:
    name:
      description: Which collector was used, a choice of O(collector). V(none) where none could run.
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
        - Where the sockets come from. V(sock_diag) or V(proc_net), or both, of Linux. V(netstat), V(lsof) or
          V(sockstat) of other Unix systems. V(tcp) and V(udp) are the tables of Windows.
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
      description: What the collector was allowed to do.
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
          description: Those of its effective capabilities that decide what it can see.
          returned: always
          type: list
          elements: str
          sample: [CAP_NET_ADMIN, CAP_SYS_PTRACE]
        all_processes:
          description: Whether the descriptors of every process could be read. V(null) when that was not tried to the
            end.
          returned: always
          type: bool
          sample: true
    owners_complete:
      description: Whether the search for owners saw the descriptors of every process.
      returned: always
      type: bool
      sample: true
    alternate_paths:
      description: Ways for traffic into the host that have no port, one for each kind, detail and owners.
      returned: always
      type: list
      elements: dict
      sample:
        - {kind: dnat, detail: tcp 1-2000 to every address goes to 10.0.0.2, count: 1, namespace: 4026531833,
           owners: [], protocols: [tcp], ports: ["1-2000"]}
      contains:
        kind:
          description: V(raw), V(packet), V(xdp), V(vsock) of sockets, V(sk_lookup) of BPF programs, V(tproxy),
            V(dnat), V(forward), V(copy) and V(queue) of rules of a packet filter.
          returned: always
          type: str
          sample: packet
        protocols:
          description: What a rule of a packet filter takes. Empty for every protocol, and for other kinds.
          returned: always
          type: list
          elements: str
          sample: [tcp]
        ports:
          description: The ports that a rule of a packet filter takes. Empty for every port, and for other kinds.
          returned: always
          type: list
          elements: str
          sample: ["1-2000"]
        detail:
          description: What it takes in.
          returned: always
          type: str
          sample: ipv4 on every device
        count:
          description: How many there are of the same kind, detail and owners.
          returned: always
          type: int
          sample: 1
        namespace:
          description: Inode number of its network namespace.
          returned: always
          type: int
          sample: 4026531833
        owners:
          description: Processes that hold it, with the fields of RV(listeners[].owners).
          returned: always
          type: list
          elements: dict
          sample: []
    gaps:
      description: What could not be seen, sorted. Empty when everything was.
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
            - Short and stable.
            - V(dump-refused), V(dump-interrupted), V(malformed), V(truncated) and V(protocol-unknown) of sockets,
              V(mptcp-unknown), V(netlink-refused) when C(/proc/net) was read instead, V(permission), V(budget) and
              V(wall-limit) of owners, V(namespace-unanswered), V(namespace-unknown), V(pid-namespace),
              V(socket-unit-unknown), V(exe-unanswered), V(unit-unknown), V(path-unread),
              V(ephemeral-unknown), V(too-many), V(unsupported).
            - V(hidden-accept) where a process takes connections of a listener that it was not seen to hold,
              V(unsettled) where processes moved their descriptors about faster than they could be read, V(proc-covered)
              where something is mounted over a process in C(/proc).
            - V(published-unseen) where ports that are published without a socket are told to nobody without privilege,
              V(rules-unread) where rules that may publish some could not be read. Every socket was seen.
            - Where commands are run, V(tool-missing), V(tool-deadline) and V(tool-failed), and V(holders-only) of lsof,
              which shows no socket that no process holds. On macOS V(holders-differ) where netstat names a process that
              lsof does not show. On Windows V(source-failed), and V(one-owner) because it names one process for each
              socket.
          returned: always
          type: str
          sample: permission
        affects:
          description:
            - V(listeners) when listeners may be missing, V(owners) when owners or their fields are unknown, V(units),
              V(addresses) when the host's own addresses are unknown, V(paths) when ways in without a port may be
              missing, V(host) when some other fact is.
          returned: always
          type: str
          sample: owners
        detail:
          description: What happened, in words.
          returned: always
          type: str
          sample: the descriptors of some processes could not be read
        protocol:
          description: Protocol that it is about. V(null) for all.
          returned: always
          type: str
          sample: tcp
        family:
          description: V(ipv4) or V(ipv6). V(null) for both.
          returned: always
          type: str
          sample: ipv4
    budget:
      description: Limits and what was used of them, in seconds.
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
      description: Network namespaces looked at.
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
          description: Inode numbers of the others that were looked into.
          returned: always
          type: list
          elements: int
          sample: [4026532201]
        left_out:
          description:
            - How many others were seen and left out, because they were not asked for or could not be entered.
            - There may be more that nothing shows.
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
      description: Whether a TCP listener takes MPTCP.
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
      description: Whether an IPv6 socket takes IPv4 too. V(null) when the source does not tell.
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
      description: Whether it takes traffic for addresses that are not the host's (C(IP_TRANSPARENT)). V(null) when
        unknown.
      returned: always
      type: bool
      sample: false
    uid:
      description: User id that created it. V(null) when its sockets are of several users.
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
      description: Processes that hold it. Of a service that systemd starts on demand, what will hold it.
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
          description: Process id. V(null) when the service has not started.
          returned: always
          type: int
          sample: 812
        name:
          description: Name of the process, at most 15 bytes. It chooses that itself.
          returned: always
          type: str
          sample: sshd
        exe:
          description: Path of its executable. V(null) when it could not be read.
          returned: always
          type: str
          sample: /usr/sbin/sshd
        exe_deleted:
          description: Whether that file has been deleted or replaced since.
          returned: always
          type: bool
          sample: false
        exe_on_host:
          description: Whether the executable is the file of that path on the host. V(null) when that could not be
            found out.
          returned: always
          type: bool
          sample: true
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
          description: What runs the container, V(docker), V(podman), V(containerd), V(cri-o), V(kubernetes), V(lxc) or
            V(nspawn), as the name of its cgroup tells.
          returned: always
          type: str
          sample: docker
        cgroup:
          description: How much its cgroup told of unit and container. V(read) when what is V(null) there is none,
            V(outside), V(deleted), V(unrecognised), V(split) or V(unreadable) when it is not known, V(planned) when
            the service has not started. V(null) where there are no cgroups.
          returned: always
          type: str
          sample: read
        started:
          description: When the process started, UTC.
          returned: always
          type: str
          sample: "2026-11-20T08:00:12Z"
    owners_complete:
      description: Whether it is certain that nobody else holds it.
      returned: always
      type: bool
      sample: true
    owner_status:
      description:
        - V(known) when every owner that could be found is listed, V(denied) when descriptors of some processes could
          not be read, V(kernel) when the kernel holds it and something else confirms that, V(other_namespace) when it
          is held outside of the collector's pid namespace, V(gone) when it ended meanwhile, V(unattributed) when
          everything was searched and nobody holds it, V(not_collected) with O(owners=none), V(unfinished) when the
          search ended before.
      returned: always
      type: str
      sample: known
    unit:
      description: systemd unit that it belongs to. Units of user managers never show here.
      returned: always
      type: str
      sample: ssh.service
    unit_source:
      description: V(socket) when the socket's cgroup tells the unit, V(process) when its owner's does, V(socket_unit)
        of socket activation.
      returned: always
      type: str
      sample: socket
    unit_conflict:
      description: Another unit that holds it or made it. V(null) when there is none.
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
      description: What runs the container, V(docker), V(podman), V(containerd), V(cri-o), V(kubernetes), V(lxc) or
        V(nspawn), as the name of its cgroup tells.
      returned: always
      type: str
      sample: docker
    container_source:
      description: V(socket) when the socket's cgroup tells the container, V(process) when every owner is in it.
      returned: always
      type: str
      sample: socket
    ephemeral:
      description: Whether the port lies in the host's ephemeral range, within 32768-65535 and less the reserved ports.
      returned: always
      type: bool
      sample: false
    published_by:
      description: V(nftables), V(iptables) or V(ipvs) for a port that has no socket. V(null) for all others.
      returned: always
      type: str
      sample: nftables
    published_to:
      description: Where the traffic of a published port goes.
      returned: always
      type: list
      elements: str
      sample: []
    change:
      description: V(gone) or V(new) when it ended or began while the collector looked, else V(null).
      returned: always
      type: str
      sample: gone
"""
