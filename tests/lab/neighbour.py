#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A host that has a name: responds to multicast DNS by multicast, to LLMNR alone.

    neighbour.py INTERFACE

Has every name that begins with "known", by IPv4 and IPv6. Prints "ready", then what it was asked.
"""

import select
import socket
import struct
import sys

MDNS, LLMNR = 5353, 5355
GROUPS = ((MDNS, "224.0.0.251", "ff02::fb"),  # RFC 6762 section 3
          (LLMNR, "224.0.0.252", "ff02::1:3"))  # RFC 4795 section 2


def member(port, group, interface):
    """A socket at the port that is in the group and sends to it by this interface."""
    index = socket.if_nametoindex(interface)
    family = socket.AF_INET6 if ":" in group else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    packed = socket.inet_pton(family, group)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, packed + struct.pack("=I", index))
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    else:
        request = packed + struct.pack("=4si", b"", index)  # struct ip_mreqn
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, request)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    sock.bind(("", port))
    return sock


def response(query):
    """The query with an A record behind it."""
    record = b"\xc0\x0c" + struct.pack("!2HIH", 1, 1, 120, 4) + bytes([192, 0, 2, 99])
    return query[:2] + struct.pack("!5H", 0x8400, 1, 1, 0, 0) + query[12:] + record


def main(interface):
    """Respond until killed."""
    socks = {}
    for port, *groups in GROUPS:
        for group in groups:
            socks[member(port, group, interface)] = (group, port)
    print("ready", flush=True)
    while True:
        for sock in select.select(list(socks), [], [])[0]:
            query, client = sock.recvfrom(4096)
            group, port = socks[sock]
            print(group, query.hex(), flush=True)
            if query[13:18] == b"known":
                sock.sendto(response(query), (group, port) if port == MDNS else client)


if __name__ == "__main__":
    main(*sys.argv[1:])
