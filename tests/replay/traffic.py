# SPDX-License-Identifier: GPL-2.0-or-later
"""Random DNS traffic from a seed: what a sensor sees of talks between clients and servers.

Each packet is kept twice: as a frame for the capture, and as what it means, for
the oracle (oracle.py). The wire is not kind: queries and responses are lost, come
again, late, out of order, in fragments and segments, inside VLANs and VXLAN.
Written from the RFCs; nothing here comes from oddns.
"""

import collections
import ipaddress
import struct

US, MS, S = 1000, 1000000, 1000000000
START = 1795297651 * S  # 2026-11-21T21:47:31Z
SYN, FIN, PSH, ACK = 0x02, 0x01, 0x08, 0x10
UDP, TCP, DESTINATION_OPTIONS, FRAGMENT = 17, 6, 60, 44
QR, AA, TC, RD, RA = 0x8000, 0x400, 0x200, 0x100, 0x80
TYPES = {"A": 1, "NS": 2, "TXT": 16, "AAAA": 28, "AXFR": 252}
MTU_SEGMENT = 1400

# What a packet means. UDP: message; fragment: datagram and part; TCP: stream, its bytes from..to.
Packet = collections.namedtuple("Packet", "time frame kind what", defaults=[None])
# kinds of packets
DATAGRAM, PART, SEGMENT, CONTROL, SHORT, OTHER = range(6)


class Message:
    """One DNS message (RFC 1035 section 4.1)."""

    def __init__(self, talk, ident, question, flags=RD, counts=(0, 0, 0), pad=0):
        """question: (labels, type) or None; pad: bytes that follow it."""
        self.talk, self.ident, self.question, self.flags = talk, ident, question, flags
        self.counts = counts
        section = b""
        if question:
            labels, qtype = question
            section = b"".join(bytes([len(label)]) + label for label in labels)
            section += b"\0" + struct.pack(">HH", TYPES[qtype], 1)
        head = struct.pack(">6H", ident, flags, 1 if question else 0, *counts)
        self.wire = head + section + b"\0" * pad

    @property
    def is_response(self):
        return bool(self.flags & QR)

    def name(self):
        """As the contract prints it; all labels here are printable."""
        return ".".join(label.decode().lower() for label in self.question[0])


class Datagram:
    """A UDP datagram that was split into fragments."""

    def __init__(self, message, parts):
        self.message, self.parts = message, parts


class Stream:
    """One direction of a TCP connection: messages with their length prefixes, end to end."""

    def __init__(self, talk, answer, start):
        self.talk, self.answer, self.start = talk, answer, start
        self.bytes, self.ends = b"", []  # ends: (offset behind a message, message)

    def say(self, message):
        self.bytes += struct.pack(">H", len(message.wire)) + message.wire
        self.ends.append((len(self.bytes), message))


class Network:
    """What is around packets: 802.1Q tags, and a VXLAN segment or none."""

    def __init__(self, tags=(), vni=None, outer=("10.9.0.1", "10.9.0.2")):
        self.tags, self.vni = tags, vni
        self.outer = [ipaddress.ip_address(end) for end in outer]

    def key(self):
        """What tells two networks apart."""
        return self.vni

    def frame(self, packet, answer):
        inner = ethernet(packet, self.tags)
        if self.vni is None:
            return inner
        vxlan = struct.pack(">II", 0x08 << 24, self.vni << 8) + inner  # RFC 7348 section 5
        src, dst = self.outer[::-1] if answer else self.outer
        udp = struct.pack(">4H", 50009, 4789, 8 + len(vxlan), 0) + vxlan
        return ethernet(ip(src, dst, UDP, udp, 0))

    def fields(self, answer):
        """Of an exchange whose first packet went this way."""
        src, dst = self.outer[::-1] if answer else self.outer
        inside = self.vni is not None
        return {"vlan": self.tags[0][1] if self.tags else None,
                "tunnel": "vxlan" if inside else None, "tunnel_id": self.vni,
                "outer_src": str(src) if inside else None,
                "outer_dst": str(dst) if inside else None}


def ethernet(packet, tags=()):
    frame = bytes.fromhex("020000000001020000000002")
    for tpid, vid in tags:
        frame += struct.pack(">HH", tpid, vid)
    frame += struct.pack(">H", 0x0800 if packet[0] >> 4 == 4 else 0x86dd) + packet
    return frame + b"\xa5" * (60 - len(frame))  # the padding of short frames may hold anything


def ip(src, dst, protocol, body, ident, fragment=None, odd=False):
    """fragment: (offset in bytes, others follow); odd: with options (IPv4) or a header more."""
    offset, more = fragment or (0, False)
    if src.version == 4:  # RFC 791 section 3.1
        options = b"\1" * 8 if odd else b""
        flags = offset // 8 | (0x2000 if more else 0)
        return struct.pack(">BBHHHBBH", 0x45 + len(options) // 4, 0,
                           20 + len(options) + len(body), ident & 0xffff, flags, 64, protocol,
                           0) + src.packed + dst.packed + options + body
    if fragment:  # RFC 8200 section 4.5
        body = struct.pack(">BBHI", protocol, 0, offset | more, ident) + body
        protocol = FRAGMENT
    if odd:  # RFC 8200 section 4.6: one PadN option of 6 bytes
        body = bytes([protocol, 0, 1, 4, 0, 0, 0, 0]) + body
        protocol = DESTINATION_OPTIONS
    return struct.pack(">IHBB", 6 << 28, len(body), protocol, 64) + src.packed + dst.packed + body


class Talk:
    """A client's port and a server, in a network."""

    def __init__(self, network, client, server, port, protocol):
        self.network, self.port, self.protocol = network, port, protocol
        self.client, self.server = ipaddress.ip_address(client), ipaddress.ip_address(server)

    def packet(self, answer, body, ident=0, fragment=None, odd=False):
        """A frame from the client, or from the server."""
        src, dst = (self.server, self.client) if answer else (self.client, self.server)
        packet = ip(src, dst, self.protocol, body, ident, fragment, odd)
        return self.network.frame(packet, answer)

    def ports(self, answer):
        return (53, self.port) if answer else (self.port, 53)


class Wire:
    """Draws traffic, and keeps what the sensor sees of it."""

    def __init__(self, random, holes=False):
        """holes: also lose what reading TCP cannot do without, so that not all can be foretold."""
        self.random, self.holes = random, holes
        self.packets, self.datagrams, self.talks = [], 0, 0
        self.messages = []  # all that was ever sent

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def between(self, low, high):
        return self.random.randrange(low, high)

    def seen(self, time, frame, kind, what=None):
        self.packets.append(Packet(time, frame, kind, what))

    # --- UDP ---

    def datagram(self, time, message, split=False):
        """One message on its way; it may be lost, split, late by a little, and come twice."""
        self.messages.append(message)
        udp = struct.pack(">4H", *message.talk.ports(message.is_response),
                          8 + len(message.wire), 0) + message.wire
        if split:
            self.fragments(time, message, udp)
            return
        frame = message.talk.packet(message.is_response, udp, odd=self.chance(11))
        for _ in range(2 if self.chance(5) else 1):
            if not self.chance(7):
                self.seen(time + self.between(0, 3 * MS), frame, DATAGRAM, message)

    def fragments(self, time, message, udp):
        """In two to five parts, cut at multiples of 8 bytes, each lost or seen twice by itself."""
        self.datagrams += 1
        cuts = sorted(self.random.sample(range(3, len(udp) // 8), self.between(1, 5)))
        cuts = [0] + [8 * cut for cut in cuts] + [len(udp)]
        datagram = Datagram(message, len(cuts) - 1)
        for part, (low, high) in enumerate(zip(cuts, cuts[1:])):
            frame = message.talk.packet(message.is_response, udp[low:high], self.datagrams,
                                        (low, high < len(udp)), odd=self.chance(11))
            for _ in range(2 if self.chance(5) else 1):
                if not self.chance(7):
                    self.seen(time + self.between(0, 3 * MS), frame, PART, (datagram, part))

    def latency(self):
        """Soon, late, or too late for anything; never so near a limit that 3 ms decide."""
        dice = self.random.random()
        if dice < 0.85:
            return int(200 * US * 1000 ** self.random.random())
        return self.between(5100 * MS, 28500 * MS) if dice < 0.95 else self.between(31 * S, 40 * S)

    def response_to(self, query, big):
        """Its response, whatever it says."""
        flags = QR | RD | RA | (AA if self.chance(30) else 0) | (TC if self.chance(3) else 0)
        rcode = self.random.choice([0, 0, 0, 0, 2, 3, 5])
        # FORMERR comes without the question; a reused id would not be told apart then
        alone = big is not None and self.chance(5)
        pad = self.between(600, 4100) if big else 16 * self.between(0, 30)
        return Message(query.talk, query.ident, None if alone else query.question,
                       flags | (1 if alone else rcode),
                       (0, 0, 0) if alone else (self.between(0, 9), self.between(0, 3), 0),
                       0 if alone else pad)

    def exchange(self, talk, time, ident, single):
        """single: the talk uses the id once, so that big answers and FORMERR can be foretold."""
        question = ((b"www", b"Host%d" % self.between(0, 7), b"example"), self.random.choice(
            ["A", "AAAA", "TXT", "NS"]))
        query = Message(talk, ident, question)
        self.datagram(time, query)
        while self.chance(19):
            time += self.between(200 * MS, 1700 * MS)
            self.datagram(time, query)
        if self.chance(12):
            return
        big = single and self.chance(25) if single else None
        time += self.latency()
        for _ in range(2 if self.chance(10) else 1):
            response = self.response_to(query, big)
            self.datagram(time, response, split=bool(big and response.question))
            # well within the time in which a second one is known again, or well beyond it
            time += self.between(5 * MS, 3 * S) if self.chance(80) else self.between(7 * S, 9 * S)

    # --- TCP ---

    def segment(self, time, stream, low, high, flags=0):
        """One segment of stream.bytes[low:high]; with SYN what follows is TCP Fast Open data."""
        sequence = (stream.start + low - (1 if flags & SYN else 0)) % 2 ** 32
        tcp = struct.pack(">HHIIBBHHH", *stream.talk.ports(stream.answer), sequence, 1, 8 << 4,
                          flags | ACK | (PSH if high > low else 0), 512, 0, 0)
        tcp += b"\1\1\x08\x0a" + struct.pack(">II", 1, 1) + stream.bytes[low:high]  # RFC 7323
        frame = stream.talk.packet(stream.answer, tcp, odd=self.chance(11))
        kind = SEGMENT if high > low else CONTROL
        self.seen(time, frame, kind, (stream, low, high) if high > low else None)

    def send(self, time, stream, low):
        """All bytes from low on, cut anywhere; return when the last was delivered.

        A segment that was lost before it came by is seen later, with other borders; one that
        was lost behind is seen again. Some overtake others.
        """
        done, end = time, len(stream.bytes)
        # where a stream is entered in the middle, few bytes would not tell a header from a name
        least = 71 if self.holes else 1
        while low < end:
            most = least + self.random.choice([7, 71, MTU_SEGMENT])
            high = min(end, low + self.between(least, most))
            high = end if end - high < least else high
            dice, at = self.random.random(), time + self.between(0, 2 * MS)
            if dice < 0.82:
                self.segment(at, stream, low, high)
            elif dice < 0.90:  # lost behind the sensor, and sent again
                self.segment(at, stream, low, high)
                at += self.between(200 * MS, 400 * MS)
                self.segment(at, stream, low, min(end, high + self.between(0, 9)))
            elif not self.holes or dice < 0.95:  # lost before it
                at += self.between(200 * MS, 400 * MS)
                self.segment(at, stream, max(0, low - self.between(0, 9)), high)
            if self.chance(3):  # keep-alive (RFC 9293 section 3.8.4)
                self.segment(at + 500 * US, stream, max(0, low - 1), max(1, low))
            done, low = max(done, at), high
            time += self.between(1, 300 * US)
        return done + 3 * MS

    def transfer(self, query):
        """The messages of a zone (RFC 5936 section 2.2): only the first has the question."""
        for number in range(self.between(2, 13)):
            yield Message(query.talk, query.ident, None if number else query.question, QR | AA,
                          (self.between(1, 99), 0, 0), self.between(11, 3000))

    def ask_over_tcp(self, talk, client, server, idents):
        """Say some pipelined queries; return their answers, in any order."""
        answers = []
        for ident in idents:
            zone = self.chance(9)
            query = Message(talk, ident, ((b"Host%d" % self.between(0, 7), b"example"),
                                          "AXFR" if zone else self.random.choice(["A", "TXT"])))
            client.say(query)
            self.messages.append(query)
            if not self.chance(11):
                answers.append(list(self.transfer(query)) if zone
                               else [self.response_to(query, False)])
        self.random.shuffle(answers)
        for answer in answers:
            for message in answer:
                server.say(message)
                self.messages.append(message)

    def connection(self, talk, time, idents):
        """A connection from SYN to FIN, some rounds of queries and answers."""
        client = Stream(talk, False, self.between(0, 2 ** 32))
        server = Stream(talk, True, self.between(0, 2 ** 32))
        sent = [0, 0]
        fast = 0
        for _ in range(self.between(1, 5)):
            self.ask_over_tcp(talk, client, server, idents[:3])
            idents = idents[3:]
            if not sent[0]:
                fast = min(len(client.bytes), self.random.choice([0, 0, 23, 1000]))
                self.open(time, client, server, fast)
                sent[0] = fast
                time += 10 * MS
            time = self.send(time, client, sent[0])
            time += self.latency() if self.chance(90) else 0
            time = self.send(time, server, sent[1])
            sent = [len(client.bytes), len(server.bytes)]
            time += self.between(1 * MS, 3 * S)
        for stream in (client, server):
            self.segment(time, stream, len(stream.bytes), len(stream.bytes), FIN)
            time += self.between(10 * US, 10 * MS)

    def open(self, time, client, server, fast):
        """The handshake (RFC 9293 section 3.5, RFC 7413)."""
        if not self.holes or self.chance(80):
            self.segment(time, client, 0, fast, SYN)
            self.segment(time + 3 * MS, server, 0, 0, SYN)
        self.segment(time + 5 * MS, client, fast, fast)

    # --- what is not DNS ---

    def noise(self, talk, time):
        """Other ports, and a datagram on port 53 without a DNS header."""
        ports = struct.pack(">HH", 40009, 123)
        body = ports + struct.pack(">HH", 8 + 48, 0) + b"\x23" * 48
        self.seen(time, talk.packet(False, body, odd=self.chance(30)), OTHER)
        if self.chance(50):
            body = struct.pack(">4H", *talk.ports(False), 8 + 7, 0) + b"\0" * 7
            self.seen(time + MS, talk.packet(False, body), SHORT)

    # --- all of it ---

    def talk(self, protocol):
        """Two each in VXLAN share addresses and ports: only the VNI tells them apart."""
        tags = self.random.choice([(), (), ((0x8100, 11),), ((0x88a8, 101), (0x8100, 7))])
        self.talks += 1
        network = Network(tags, self.random.choice([None, (7919, 104729)[self.talks % 2]]))
        number = self.talks // 2 if network.vni else self.talks
        port = (30000 if network.vni else 10000) + number
        host = number % 5 + 1
        if number % 3:
            return Talk(network, f"192.0.2.{number % 200}", f"198.51.100.{host}", port, protocol)
        return Talk(network, f"2001:db8::{number:x}", f"2001:db8:53::{host}", port, protocol)

    def udp_talk(self, exchanges):
        """Half of the talks use each id once, the others three of them again and again."""
        talk, single = self.talk(UDP), self.chance(50)
        idents = self.random.sample(range(65536), exchanges) if single else [1009, 4711, 53777]
        time = START + self.between(0, 30 * S)
        for number in range(exchanges):
            self.exchange(talk, time, idents[number % len(idents)], single)
            time += self.between(1 * MS, 4 * S)
        if self.chance(30):
            self.noise(talk, time)

    def finish(self):
        """What the sensor saw, in order of time; a last query tells what time it is."""
        self.packets.sort(key=lambda packet: packet.time)
        talk = Talk(Network(), "192.0.2.251", "198.51.100.251", 9999, UDP)
        query = Message(talk, 4711, ((b"last",), "A"))
        body = struct.pack(">4H", *talk.ports(False), 8 + len(query.wire), 0) + query.wire
        self.messages.append(query)
        self.seen(self.packets[-1].time + MS, talk.packet(False, body), DATAGRAM, query)
        return self.packets


def draw(random, udp_talks, tcp_talks, holes=False):
    """Return a Wire with that many talks."""
    wire = Wire(random, holes)
    for _ in range(udp_talks):
        wire.udp_talk(random.randrange(5, 23))
    for _ in range(tcp_talks):
        idents = random.sample(range(65536), 15)
        wire.connection(wire.talk(TCP), START + random.randrange(30 * S), idents)
    wire.finish()
    return wire


def pcap(packets):
    """A capture with nanoseconds (draft-ietf-opsawg-pcap)."""
    out = [struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1)]
    for packet in packets:
        out.append(struct.pack("<4I", packet.time // S, packet.time % S, len(packet.frame),
                               len(packet.frame)) + packet.frame)
    return b"".join(out)
