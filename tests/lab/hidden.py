# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenario of DNS that cannot be read: its connections are counted, by kind."""

import contextlib
import socket

import bench
from bench import check, wait_for
from scenarios import scenario
from whole import books_of, rows_of

RESOLVERS = ("10.53.0.2", "fd53::2")
OTHER = "10.53.0.41"
# Kind, address, port, connections. Nobody listens: a connection is what the client begins.
OVER_TCP = (("dot", RESOLVERS[0], 853, 23), ("dot", OTHER, 853, 3), ("dot", RESOLVERS[1], 853, 7),
            ("doh", RESOLVERS[0], 443, 11), ("doh", RESOLVERS[1], 443, 5), (None, OTHER, 443, 13))
OVER_UDP = (("doq", RESOLVERS[0], 853, 17), ("doq", RESOLVERS[1], 853, 2),
            ("doh3", RESOLVERS[1], 443, 19), (None, OTHER, 443, 29))
# An Initial of version 1 that is padded to its least length (RFC 9000 sections 14.1 and 17.2.2).
INITIAL = b"\xc3\0\0\0\1\x08" + bytes(range(8)) + bytes(1186)


def connect(address, port):
    """Begin a connection over TCP."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock, \
            contextlib.suppress(ConnectionRefusedError):
        sock.settimeout(20)
        sock.connect((address, port))


def send_initial(address, port):
    """Begin one over QUIC, twice, as a client does that hears nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        for _ in range(2):
            sock.sendto(INITIAL, (address, port))


@scenario("encrypted DNS: connections to port 853 and to port 443 of resolvers, each counted once",
          servers=False, journal=False)
def encrypted(lab):
    """TLS, HTTPS and QUIC, IPv4 and IPv6; what goes to port 443 of others is no concern."""
    bench.make_servers()
    bench.ip(f"address add {OTHER}/24 dev srv0", "servers")
    sensor = lab.sensor("dns0", options=("--format", "json"),
                        sensor__resolvers=", ".join(RESOLVERS))
    expected = {"dot": 0, "doq": 0, "doh": 0, "doh3": 0}
    for begin, connections in ((connect, OVER_TCP), (send_initial, OVER_UDP)):
        for kind, address, port, count in connections:
            for _ in range(count):
                begin(address, port)
            if kind:
                expected[kind] += count
    wait_for(f"{expected} in status", lambda: all(
        bench.find(sensor.tell("status"), "encrypted")[kind] >= count
        for kind, count in expected.items()))
    books = books_of(rows_of(sensor))
    check(books["encrypted"] == expected, f"counted {books['encrypted']}, begun were {expected}")
    check(books["packets"] == 0, f"{books['packets']} packets taken for DNS")
