# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of what does not come as one plain datagram: streams, transfers, fragments, tunnels.

Each talks to a Knot of its own, without dnsdist between; what the client has read with plain
sockets is what the sensor must have seen.
"""

import json
import os
import socket
import struct

import bench
from bench import DIR, check, ip, wait_for
from scenarios import scenario, wait_counters

SERVER = "10.53.0.21"
NAMES = 20011
TEXTS = 13  # records of 263 bytes with their headers: an answer of 3.4 KB

CONFIG = """
server:
    rundir: {folder}
    listen: {address}@53
    udp-max-payload: 4096
    tcp-workers: 1
database:
    storage: {folder}
acl:
  - id: all
    address: 0.0.0.0/0
    action: transfer
zone:
  - domain: big.test
    file: {folder}/big.zone
    zonefile-sync: -1
    journal-content: none
    acl: all
"""


def start_server():
    """A Knot with a zone that takes many messages to transfer."""
    folder = f"{DIR}/big"
    os.makedirs(folder)
    ip(f"address add {SERVER}/24 dev srv0", "servers")
    with open(f"{folder}/big.zone", "w", encoding="utf-8") as zone:
        zone.write("$ORIGIN big.test.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\n"
                   "ns A 192.0.2.53\n")
        zone.writelines(f"host{n} A 192.0.2.{n % 251}\n" for n in range(NAMES))
        zone.writelines(f"large TXT {'x' * 240}{n:010}\n" for n in range(TEXTS))
    with open(f"{folder}/knot.conf", "w", encoding="utf-8") as config:
        config.write(CONFIG.format(folder=folder, address=SERVER))
    bench.Process("big", "knotd", "-c", f"{folder}/knot.conf", namespace="servers")
    wait_for("the large zone", lambda: bench.ask(SERVER, "host1.big.test", timeout=0.2)[0]
             ["NOERROR"] == 1)


def question(name, ident, qtype=1, edns=0):
    """A query; with edns also the size of answers that may come (RFC 6891)."""
    message = bench.query(name, ident)[:-4] + struct.pack("!2H", qtype, 1)
    if edns:
        message = message[:10] + struct.pack("!H", 1) + message[12:]
        message += b"\0" + struct.pack("!2HIH", 41, edns, 0, 0)
    return message


def read_exactly(sock, count):
    """So many bytes of a stream."""
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        check(piece, "the server has closed the connection")
        data += piece
    return data


def read_message(sock):
    """The next message of a stream (RFC 1035 section 4.2.2)."""
    return read_exactly(sock, struct.unpack("!H", read_exactly(sock, 2))[0])


def connect():
    """A connection whose writes each are a segment."""
    sock = socket.create_connection((SERVER, 53), timeout=20)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def watch(lab, **settings):
    """A sensor that prints; its server."""
    start_server()
    return lab.sensor("dns0", options=("--format", "json"), **settings)


def rows_of(sensor):
    """Stop the sensor; the lines of JSON that it has printed."""
    check(sensor.stop() == 0, f"exit code {sensor.popen.returncode}")
    return [json.loads(line) for line in sensor.output().splitlines() if line.startswith("{")]


def books_of(rows):
    """The summary at the end, which adds up."""
    books = rows[-1]
    left = books["packets"] + books["coalesced"]
    right = (books["queries"] + books["responses"] + books["folded"] + books["joined"] +
             books["quoted"] + books["multicast"] + sum(books["unparsable"].values()) +
             sum(books["lost"].values()))
    check(left == right, f"packets + coalesced = {left}, but the sum of their fates = {right}")
    return books


def told(sensor):
    """Stop the sensor; the exchanges that it has printed, and its summary."""
    rows = rows_of(sensor)
    return [row for row in rows if row["type"] == "exchange"], books_of(rows)


@scenario("TCP: queries in odd pieces and in one piece, answers as they come: each is an exchange")
def pipelined(lab):
    """Length prefixes alone, single bytes, many messages in a segment."""
    sensor = watch(lab)
    with connect() as sock:
        stream = b"".join(struct.pack("!H", len(q)) + q for q in
                          (question(f"host{n}.big.test", n) for n in range(1, 24)))
        for piece in (stream[:2], stream[2:3], stream[3:40], stream[40:300], stream[300:]):
            sock.sendall(piece)
        seen = sorted(struct.unpack("!H", read_message(sock)[:2])[0] for _ in range(23))
        check(seen == list(range(1, 24)), f"the client has read {seen}")
    wait_counters(sensor, queries=23, answered=23, orphan=0)
    exchanges, books = told(sensor)
    tcp = [row for row in exchanges if row["proto"] == "tcp"]
    check(len(tcp) == 23, f"{len(tcp)} exchanges over TCP")
    for row in tcp:
        check(row["state"] == "answered" and row["qname"] == f"host{row['id']}.big.test",
              f"not as it was asked: {row}")
    check(books["tcp"]["holes"] == 0 and books["tcp"]["skipped"] == 0, f"TCP: {books['tcp']}")


@scenario("a zone transfer is one exchange, with its messages and bytes; XDP")
def transfer_at_xdp(lab):
    """Segments as they come from the wire."""
    transfer(watch(lab))


@scenario("a zone transfer is one exchange, with its messages and bytes; TC")
def transfer_at_tc(lab):
    """Segments as the kernel puts them together, up to 64 KB (GRO, GSO)."""
    transfer(watch(lab, sensor__hook="tc"))


def transfer(sensor):
    """Half a megabyte over one connection; nothing of it may be missing."""
    messages, total, ends = 0, 0, 0
    with connect() as sock:
        query = question("big.test", 4711, qtype=252)
        sock.sendall(struct.pack("!H", len(query)) + query)
        while ends < 2:  # the SOA record begins and ends it (RFC 5936 section 2.2)
            message = read_message(sock)
            messages, total = messages + 1, total + len(message)
            ends += message.count(b"\nhostmaster")
    check(messages > 7, f"the transfer took {messages} messages only")
    wait_for("the end of the transfer", lambda: sensor.counter("transfers") == 0 and
             sensor.counter("answered") == 1)
    exchanges, books = told(sensor)
    rows = [row for row in exchanges if row["qtype"] == "AXFR"]
    check(len(rows) == 1, f"{len(rows)} exchanges for a transfer")
    found = rows[0]["state"], rows[0]["messages"], rows[0]["response_bytes"]
    check(found == ("answered", messages, total),
          f"found {found}, the client has read {messages} messages of {total} bytes")
    check(books["continued"] == messages - 1, f"continued {books['continued']}")


@scenario("large answers over UDP in fragments are seen whole")
def fragmented(lab):
    """3.4 KB through a wire of 1500."""
    sensor = watch(lab)
    sizes = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(20)
        sock.connect((SERVER, 53))
        for ident in range(1, 24):
            sock.send(question("large.big.test", ident, qtype=16, edns=4096))
            answer = sock.recv(65535)
            check(struct.unpack("!H", answer[:2])[0] == ident, "an answer to another query")
            sizes[ident] = len(answer)
    check(min(sizes.values()) > 3000, f"answers of {set(sizes.values())} bytes")
    wait_counters(sensor, queries=23, answered=23, orphan=0)
    exchanges, books = told(sensor)
    found = {row["id"]: row["response_bytes"] for row in exchanges if row["qtype"] == "TXT"}
    check(found == sizes, f"sizes {found}, the client has read {sizes}")
    check(books["fragments"]["reassembled"] == 23, f"fragments: {books['fragments']}")
    check(books["fragments"]["partial"] == 0, f"fragments: {books['fragments']}")


def frame(source, target, ports, message):
    """Ethernet, IPv4, UDP around a message; checksums are nobody's concern here."""
    udp = struct.pack("!4H", *ports, 8 + len(message), 0) + message
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                         socket.inet_aton(source), socket.inet_aton(target)) + udp
    return bytes(12) + b"\x08\x00" + packet


@scenario("a mirror in VXLAN: exchanges of two networks with the same addresses, told apart")
def mirrored(lab):
    """As clouds send it: VXLAN to port 4789 of the sensor's host."""
    sensor = lab.sensor("dns0", options=("--format", "json"))
    send = ("import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
            "[s.sendto(bytes.fromhex(line), ('10.53.0.1', 4789)) for line in sys.stdin.read().split()]")
    lines = []
    for response in (0, 0x8000):
        for vni in (7001, 7002):
            message = question("www.example.com", 5)
            message = message[:2] + struct.pack("!H", 0x0100 | response | vni % 2 * 3 * bool(response)
                                                ) + message[4:]
            ends = ("10.0.0.1", "10.0.0.53") if not response else ("10.0.0.53", "10.0.0.1")
            ports = (40000, 53) if not response else (53, 40000)
            vxlan = struct.pack("!II", 0x08000000, vni << 8)
            lines.append((vxlan + frame(*ends, ports, message)).hex())
    bench.run("ip", "netns", "exec", "servers", "python3", "-c", send, input="\n".join(lines))
    wait_counters(sensor, queries=2, answered=2, orphan=0)
    exchanges, _ = told(sensor)
    found = sorted((row["tunnel"], row["tunnel_id"], row["outer_src"], row["outer_dst"],
                    row["client"], row["server"], row["rcode"]) for row in exchanges)
    expected = [("vxlan", vni, "10.53.0.2", "10.53.0.1", "10.0.0.1", "10.0.0.53", rcode)
                for vni, rcode in ((7001, "NXDOMAIN"), (7002, "NOERROR"))]
    check(found == expected, f"found {found}")
