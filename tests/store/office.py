#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An office's DNS, as a capture: mail servers, hosts with problems, a foreign resolver.

All figures are primes or their products, so that no error hides in a round
number; what must come out is for tshark to say, over the same capture.
"""

import ipaddress
import os
import random
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../replay"))
import traffic

TYPES = {"A": 1, "NS": 2, "SOA": 6, "PTR": 12, "MX": 15, "AAAA": 28, "SRV": 33}
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
SERVERS = ("10.0.0.53", "10.0.0.54")
FOREIGN = "8.8.4.4"
MAIL = ("10.0.0.25", "10.0.0.26")
MS = 1000000


def name_wire(name):
    labels = [label.encode() for label in name.split(".")] if name != "." else []
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


class Office:
    """Draws talks, keeps their packets."""

    def __init__(self, seed=29):
        self.random = random.Random(seed)
        self.packets = []
        self.ident = 0

    def frame(self, src, dst, ports, wire):
        body = struct.pack(">4H", *ports, 8 + len(wire), 0) + wire
        self.ident += 1
        src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
        return traffic.ethernet(traffic.ip(src, dst, traffic.UDP, body, self.ident))

    def ask(self, client, server, name, qtype, rcode=NOERROR, answered=True):
        """A query within the minutes of the capture, and its response some ms later."""
        at = traffic.START + self.random.randrange(181 * traffic.S)
        ident, port = self.random.randrange(65536), self.random.randrange(1024, 65536)
        question = name_wire(name) + struct.pack(">HH", TYPES[qtype], 1)
        query = struct.pack(">6H", ident, traffic.RD, 1, 0, 0, 0) + question
        self.packets.append(traffic.Packet(
            at, self.frame(client, server, (port, 53), query), traffic.DATAGRAM))
        if not answered:
            return
        record = b""
        if rcode == NOERROR and qtype == "A":
            record = b"\xc0\x0c" + struct.pack(">HHIH4B", 1, 1, 307, 4, 192, 0, 2, 17)
        flags = traffic.QR | traffic.RD | traffic.RA | rcode
        head = struct.pack(">6H", ident, flags, 1, bool(record), 0, 0)
        latency = self.random.randrange(1 * MS, 7 * MS) + (40 * MS if server == SERVERS[1] else 0)
        self.packets.append(traffic.Packet(
            at + latency, self.frame(server, client, (53, port), head + question + record),
            traffic.DATAGRAM))

    def many(self, count, clients, name, qtype, rcode=NOERROR, answered=True, servers=SERVERS):
        """@name may hold {}: the number of the query."""
        for i in range(count):
            self.ask(clients[i % len(clients)], servers[i % len(servers)], name.format(i), qtype,
                     rcode, answered)

    def pcap(self):
        return traffic.pcap(sorted(self.packets, key=lambda packet: packet.time))


def draw():
    """The capture as bytes."""
    office = Office()
    hosts = [f"10.0.0.{host}" for host in (7, 11, 13, 17, 19)]
    for count, name in ((211, "www.seznam.cz"), (197, "email.seznam.cz"), (163, "example.com"),
                        (139, "www.example.co.uk"), (113, "api.example.co.uk"), (97, "debian.org"),
                        (83, "deb.debian.org"), (71, "kernel.org"), (59, "lwn.net"),
                        (43, "isc.org"), (31, "nlnetlabs.nl"), (23, "nic.cz")):
        office.many(count, hosts, name, "A")
        office.many(count // 3, hosts, name, "AAAA")
    office.many(89, MAIL[:1], "{}.113.0.203.in-addr.arpa", "PTR")
    office.many(47, MAIL[:1], "{}.100.51.198.in-addr.arpa", "PTR", NXDOMAIN)
    office.many(37, MAIL[1:], "{}.2.0.192.in-addr.arpa", "PTR", NXDOMAIN)
    office.many(5, hosts[:1], "{}.2.0.192.in-addr.arpa", "PTR")
    office.many(101, hosts[1:2], "kx{}.invalid", "A", NXDOMAIN)
    office.many(67, hosts[2:3], "wpad.office.example", "A", NXDOMAIN)
    office.many(19, hosts, "typo.exampel.com", "A", NXDOMAIN)
    office.many(53, hosts[3:4], "www.example.com", "A", servers=(FOREIGN,))
    office.many(29, hosts[4:], "www.example.com", "A", servers=(FOREIGN,))
    office.many(13, hosts[:1], "_ldap._tcp.dc._msdcs.office.example", "SRV")
    office.many(11, hosts[:1], "_sip._udp.office.example", "SRV", NXDOMAIN)
    office.many(7, hosts[1:2], "_ldap._tcp.dc._msdcs.office.example", "SRV", answered=False)
    office.many(41, hosts, "slow.example.net", "A", SERVFAIL)
    office.many(17, hosts, "dead.example.net", "A", answered=False)
    return office.pcap()


if __name__ == "__main__":
    sys.stdout.buffer.write(draw())
