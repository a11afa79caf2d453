# SPDX-License-Identifier: GPL-2.0-or-later
"""A day's part of DNS in an office, as a capture: what the chapters of a report look for.

    tests/store/report_traffic.py FILE [HOURS [EXCHANGES A SECOND]]

Five private servers of which one is slow for the middle third, and one that loses queries; a
client that asks servers elsewhere; hosts whose names do not exist; two mail servers that ask for
the names of addresses; phones that look for services. Names are hostile here and there. Written
from the RFCs; nothing here comes from oddns. The same seed makes the same capture.
"""

import ipaddress
import random
import struct
import sys

MS, S = 1000000, 1000000000
START = 1795298400 * S  # 2026-11-21T22:00:00Z
A, PTR, TXT, AAAA, SRV = 1, 12, 16, 28, 33
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3

SERVERS = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"]
FOREIGN = ["9.9.9.9", "8.8.8.8"]
SLOW, LOSSY = "10.0.0.3", "10.0.0.5"
CLIENTS = [f"10.1.0.{n}" for n in range(11, 58)]
ROAMER = "10.1.0.13"  # asks foreign servers
SICK = ["10.1.0.17", "10.1.0.19", "192.168.7.7"]  # whose names do not exist
MAIL = ["10.2.0.25", "10.2.0.26"]
PHONES = ["10.3.0.7", "10.3.0.11", "10.3.0.13"]

HOSTS = ["www", "mail", "api", "cdn", "img", "static", "login"]
DOMAINS = ["seznam.cz", "example.com", "example.org", "debian.org", "bücher.example".encode(
    "idna").decode(), "kernel.org", "ietf.org", "office.example", "isc.org", "nlnetlabs.nl",
    "knot-dns.cz", "flow.example", "=cmd.example", "<b>bold.example", "a\"b,c.example"]


def labels(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def message(ident, name, qtype, flags, answers=0):
    head = struct.pack(">6H", ident, flags, 1, answers, 0, 0)
    record = b"\xc0\x0c" + struct.pack(">HHIH", TXT, 1, 60, 7) + b"\6answer"
    return head + labels(name) + struct.pack(">HH", qtype, 1) + record * answers


def frame(src, dst, ports, body):
    udp = struct.pack(">4H", *ports, 8 + len(body), 0) + body  # RFC 768
    src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    packet = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)  # RFC 791
    packet += src.packed + dst.packed + udp
    return bytes.fromhex("0200000000010200000000020800") + packet


class Office:
    """Draws exchanges, and keeps their frames."""

    def __init__(self, seed, hours, rate):
        self.random, self.hours, self.rate = random.Random(seed), hours, rate
        self.frames, self.ports = [], {}

    def port(self, client):
        """Each id of a port is used once in a long while, so that no two talks are mixed up."""
        self.ports[client] = self.ports.get(client, 0) + 1
        return 20000 + self.ports[client] % 40000

    def latency(self, server, share):
        base = {"10.0.0.1": 3, "10.0.0.2": 4, "10.0.0.3": 5, "10.0.0.4": 2, "10.0.0.5": 6}.get(
            server, 21)
        if server == SLOW and 1 / 3 < share < 2 / 3:
            base += 61
        return int(base * MS * self.random.lognormvariate(0, 0.25))

    def exchange(self, time, client, server, question, outcome=(NOERROR, 1)):
        """outcome: (rcode, records), or None when no response comes."""
        name, qtype = question
        port, ident = self.port(client), self.random.randrange(65536)
        share = (time - START) / (self.hours * 3600 * S)
        self.frames.append((time, frame(client, server, (port, 53),
                                        message(ident, name, qtype, 0x0100))))
        if server == LOSSY and self.random.random() < 0.03:
            outcome = None
        if outcome is None:
            return
        rcode, answers = outcome
        time += self.latency(server, share)
        self.frames.append((time, frame(server, client, (53, port),
                                        message(ident, name, qtype, 0x8180 | rcode, answers))))

    def name(self):
        """Few are asked for often, many rarely."""
        rank = int(self.random.paretovariate(0.7))
        domain = DOMAINS[min(rank, len(DOMAINS)) - 1]
        return self.random.choice(HOSTS[:1 + rank % 7]) + "." + domain

    def usual(self, time):
        client, server = self.random.choice(CLIENTS), self.random.choice(SERVERS)
        rcode = self.random.choices([NOERROR, SERVFAIL, NXDOMAIN], [96, 1, 3])[0]
        self.exchange(time, client, server, (self.name(), self.random.choice([A, A, AAAA])),
                      (rcode, 1 if rcode == NOERROR else 0))

    def sick(self, time):
        client = self.random.choices(SICK, [7, 3, 1])[0]
        name = f"wpad.lan{self.random.randrange(5)}.corp" if self.random.random() < 0.7 else \
            f"host{self.random.randrange(997)}.invalid"
        self.exchange(time, client, self.random.choice(SERVERS), (name, A), (NXDOMAIN, 0))

    def mail(self, time):
        peer = ipaddress.ip_address(0xc6336400 + self.random.randrange(101))
        outcome = self.random.choices([(NOERROR, 1), (NXDOMAIN, 0), (SERVFAIL, 0)], [7, 2, 1])[0]
        self.exchange(time, self.random.choice(MAIL), self.random.choice(SERVERS),
                      (peer.reverse_pointer, PTR), outcome)

    def phone(self, time):
        service = self.random.choice(["_sip._udp", "_ldap._tcp", "_kerberos._tcp"])
        outcome = {"_sip._udp": (NOERROR, 2), "_ldap._tcp": (NOERROR, 0),
                   "_kerberos._tcp": (NXDOMAIN, 0)}[service]
        self.exchange(time, self.random.choice(PHONES), self.random.choice(SERVERS),
                      (service + ".office.example", SRV), outcome)

    def roam(self, time):
        self.exchange(time, ROAMER, self.random.choices(FOREIGN, [3, 1])[0], (self.name(), A))

    def fill(self):
        kinds = [self.usual, self.sick, self.mail, self.phone, self.roam]
        time, end = START, START + self.hours * 3600 * S
        while time < end:
            self.random.choices(kinds, [80, 6, 5, 4, 5])[0](time)
            hour = (time - START) / (3600 * S)
            busy = self.rate * (2 if 1 <= hour < 2 else 1)
            time += int(self.random.expovariate(busy) * S) + 1
        self.frames.sort(key=lambda one: one[0])
        return self

    def write(self, path):
        """As pcap with nanoseconds, LINKTYPE_ETHERNET."""
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
            for time, data in self.frames:
                out.write(struct.pack("<IIII", time // S, time % S, len(data), len(data)) + data)


if __name__ == "__main__":
    Office(20011, float(sys.argv[2]) if len(sys.argv) > 2 else 3,
           float(sys.argv[3]) if len(sys.argv) > 3 else 2.3).fill().write(sys.argv[1])
