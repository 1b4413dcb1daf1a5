# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BPF programs of a network namespace that choose the socket for a connection, whatever address it was made to.

Sources: bpf(2), include/uapi/linux/bpf.h, netns_bpf_prog_query() in kernel/bpf/net_namespace.c; Linux 5.9 and newer.
"""

from __future__ import annotations

import errno
import os
import struct
import typing as t

PROG_QUERY = 16  # BPF_PROG_QUERY
SK_LOOKUP = 36  # BPF_SK_LOOKUP
MOST = 64  # BPF_MAX_LINKS_NETNS is 64
# Of bpf(2), by machine as uname has it; arch/*/kernel/syscalls/*.tbl.
CALLS = {"x86_64": 321, "aarch64": 280, "riscv64": 280, "loongarch64": 280, "ppc64le": 361, "ppc64": 361, "s390x": 351}

# target_fd, attach_type, query_flags, attach_flags, prog_ids, prog_cnt; bpf_attr's part for PROG_QUERY
_QUERY = struct.Struct("=IIIIQI4x")
# The kernel is older, or built without.
_ABSENT = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


class SkLookupRefused(Exception):
    """The kernel does not tell without CAP_NET_ADMIN."""


def programs(namespace: str) -> t.List[int]:
    """Ids of the programs attached to the network namespace at a path. Empty where the kernel has no such thing.

    Raises Refused, and OSError where it cannot be asked: the namespace cannot be opened, the machine's number of bpf(2)
    is not known here.
    """
    handle = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return sorted(query(handle))
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES):
            raise SkLookupRefused(str(error)) from error
        if error.errno in _ABSENT:
            return []
        raise
    finally:
        os.close(handle)


def query(namespace: int) -> t.List[int]:
    """Ask by a descriptor of the namespace. Raises OSError."""
    number = CALLS.get(os.uname().machine)
    if number is None:
        raise OSError(errno.ENOEXEC, "the number of bpf(2) is not known for %s" % os.uname().machine)
    import ctypes  # Ansible has loaded it already

    ids = (ctypes.c_uint32 * MOST)()
    attributes = ctypes.create_string_buffer(
        _QUERY.pack(namespace, SK_LOOKUP, 0, 0, ctypes.addressof(ids), MOST), _QUERY.size
    )
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(number, PROG_QUERY, attributes, _QUERY.size):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    _target_fd, _attach_type, _query_flags, _attach_flags, _prog_ids, prog_cnt = _QUERY.unpack(attributes.raw)
    return list(ids[:prog_cnt])
