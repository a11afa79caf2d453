#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write small captures by hand, and what replay must print for them.

    tests/replay/make_captures.py FOLDER

For each case FOLDER gets the capture, NAME.expected with the exchange lines of
the contract, byte for byte, and a row in cases.tsv: name, file, exit code,
frames skipped, and a regular expression for the one line on stderr ("-": none).
Everything is computed here from the RFCs and the design; no byte comes from oddns.
"""

import datetime
import gzip
import ipaddress
import json
import os
import struct
import sys

US = 1000
MS = 1000 * US
S = 1000 * MS
START = 1795297651 * S  # 2026-11-21T21:47:31Z

TYPES = {"A": 1, "AAAA": 28, "TXT": 16, "PTR": 12, "TYPE65280": 65280}
RCODES = {"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3}
QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x400, 0x200, 0x100, 0x80, 0x20, 0x10
FLAG_NAMES = [(QR, "qr"), (AA, "aa"), (TC, "tc"), (RD, "rd"), (RA, "ra"), (AD, "ad"), (CD, "cd")]

ETHERNET, RAW, LOOP, SLL, IPV4, IPV6, SLL2, NULL = 1, 101, 108, 113, 228, 229, 276, 0
ARCNET, ARCNET_LINUX = 7, 129


# --- packets -------------------------------------------------------------------------------
def name_wire(labels):
    """RFC 1035 section 3.1."""
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def name_text(labels):
    """The contract: lower case, no trailing dot but for the root, RFC 1035 section 5.1 escapes."""
    def escape(byte):
        if byte in b".\\":
            return "\\" + chr(byte)
        return chr(byte) if 0x21 <= byte <= 0x7e else f"\\{byte:03d}"
    text = ".".join("".join(escape(byte) for byte in label.lower()) for label in labels)
    return text or "."


class Question:
    """One DNS question and the messages that carry it."""

    def __init__(self, number, labels=(b"www", b"example", b"com"), qtype="A"):
        self.number, self.labels, self.qtype = number, labels, qtype

    def section(self):
        return name_wire(self.labels) + struct.pack(">HH", TYPES[self.qtype], 1)

    def query(self, flags=RD):
        return struct.pack(">6H", self.number, flags, 1, 0, 0, 0) + self.section()

    def response(self, rcode="NOERROR", flags=QR | RD | RA, pad=0):
        """One A record (RFC 1035 section 4.1.3), and pad bytes of TXT when asked for."""
        answers = b""
        if rcode == "NOERROR":
            answers = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([192, 0, 2, 80])
        count = 1 if answers else 0
        if pad:
            count += 1
            answers += b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, pad) + b"\0" * pad
        head = struct.pack(">6H", self.number, flags | RCODES[rcode], 1, count, 0, 0)
        return head + self.section() + answers


class Junk(Question):
    """A question that cannot be read: a label type of 0x40 (RFC 6891 section 5)."""

    def section(self):
        return b"\x40junk"


class Talk:
    """A client and a server: addresses and ports, and the packets between them."""

    def __init__(self, client="192.0.2.10", server="192.0.2.53", port=40009, proto="udp"):
        self.client, self.server = ipaddress.ip_address(client), ipaddress.ip_address(server)
        self.port, self.proto = port, proto

    def ip(self, message, answer=False):
        src, dst = (self.server, self.client) if answer else (self.client, self.server)
        ports = (53, self.port) if answer else (self.port, 53)
        if self.proto == "udp":  # RFC 768
            body = struct.pack(">HHHH", *ports, 8 + len(message), 0) + message
        else:  # RFC 9293 section 3.1: data offset 5, PSH and ACK
            body = struct.pack(">HHIIBBHHH", *ports, 1, 1, 5 << 4, 0x18, 512, 0, 0) + message
        number = 17 if self.proto == "udp" else 6
        if src.version == 4:  # RFC 791 section 3.1
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, number, 0)
        else:  # RFC 8200 section 3
            head = struct.pack(">IHBB", 6 << 28, len(body), number, 64)
        return head + src.packed + dst.packed + body


    def refusal(self, message, router="192.0.2.1"):
        """What comes back when nobody listens: RFC 792, RFC 4443 section 3.1."""
        quoted, router = self.ip(message), ipaddress.ip_address(router)
        types = (3, 3, 1) if self.client.version == 4 else (1, 4, 58)
        body = struct.pack(">BBHI", types[0], types[1], 0, 0) + quoted
        if self.client.version == 4:
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, types[2], 0)
        else:
            head = struct.pack(">IHBB", 6 << 28, len(body), types[2], 64)
        return head + router.packed + self.client.packed + body


def ethertype(packet):
    return 0x0800 if packet[0] >> 4 == 4 else 0x86dd


def ethernet(packet, tags=()):
    """tags: (TPID, VID), outermost first (IEEE 802.1Q)."""
    frame = bytes.fromhex("020000000001020000000002")
    for tpid, vid in tags:
        frame += struct.pack(">HH", tpid, vid)
    return frame + struct.pack(">H", ethertype(packet)) + packet


def cooked(packet, tags=()):
    """LINKTYPE_LINUX_SLL; libpcap puts a VLAN tag back behind the header."""
    head = struct.pack(">HHH8s", 0, 1, 6, b"\2\0\0\0\0\1")
    return head + ethernet(packet, tags)[12:]


def cooked2(packet, tags=()):
    """LINKTYPE_LINUX_SLL2: the protocol comes first."""
    rest = ethernet(packet, tags)[12:]
    return rest[:2] + struct.pack(">HIHBB8s", 0, 2, 1, 0, 6, b"\2\0\0\0\0\1") + rest[2:]


def arcnet(packet, offset=b"", split=0):
    """LINKTYPE_ARCNET_BSD; Linux has an offset. RFC 1201: system code, split flag, sequence."""
    code = 196 if packet[0] >> 4 == 6 else 212  # RFC 2497 for IPv6
    return b"\xbe\x50" + offset + struct.pack(">BBH", code, split, 357) + packet


def arcnet_old(packet):
    """The same by RFC 1051."""
    return b"\xbe\x50\xf0" + packet


def arcnet_exception(packet):
    """The same, for lengths that hardware does not know (RFC 1201 section 2.1)."""
    return b"\xbe\x50\xd4\xff\xff\xff" + arcnet(packet)[2:]


def family(number, order):
    """LINKTYPE_NULL and LINKTYPE_LOOP: an address family in front."""
    return lambda packet: struct.pack(order + "I", number) + packet


# --- files ---------------------------------------------------------------------------------
def pcap(linktype, frames, order="<", nanoseconds=True, snaplen=262144):
    """frames: (time in ns, bytes)."""
    magic = 0xa1b23c4d if nanoseconds else 0xa1b2c3d4
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, linktype)
    for time, frame in frames:
        cut = frame[:snaplen]
        fraction = time % S if nanoseconds else time % S // 1000
        out += struct.pack(order + "IIII", time // S, fraction, len(cut), len(frame)) + cut
    return out


def block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    length = 12 + len(body)
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def pcapng(interfaces, frames, order="<"):
    """interfaces: (link type, snapshot length), all with a resolution of ns (option 9).
    frames: (interface, time in ns, bytes)."""
    out = block(order, 0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1))
    for linktype, snaplen in interfaces:
        options = struct.pack(order + "HHB3xHH", 9, 1, 9, 0, 0)
        out += block(order, 1, struct.pack(order + "HHI", linktype, 0, snaplen) + options)
    for interface, time, frame in frames:
        head = struct.pack(order + "IIIII", interface, time >> 32, time & 0xffffffff,
                           len(frame), len(frame))
        out += block(order, 6, head + frame)
    return out


# --- what must come out --------------------------------------------------------------------
def moment(ns):
    """RFC 3339, UTC, 9 decimals."""
    whole = datetime.datetime.fromtimestamp(ns // S, datetime.timezone.utc)
    return whole.strftime("%Y-%m-%dT%H:%M:%S") + f".{ns % S:09d}Z"


EDNS_FIELDS = ("edns_size", "edns_version", "do", "ecs", "cookie", "nsid", "ede", "edns_padding",
               "edns_keepalive_ms", "edns_expire_s", "edns_report")


def answer_fields(question, message, captured):
    """What is shown of an answer, whose records are those that response() writes; message: None
    without one. Of TXT that is cut the bytes that are there (RFC 3597 section 5)."""
    fields = ("name", "type", "class", "ttl", "rdata")
    ancount = struct.unpack(">H", message[6:8])[0] if message else 0
    name = name_text(question.labels) if ancount else None
    records = [dict(zip(fields, (name, "A", "IN", 60, "192.0.2.80")))] if ancount else []
    at = 12 + len(question.section()) + 16 + 12 # data of the second one
    if ancount == 2 and captured >= at:
        length, = struct.unpack(">H", message[at - 2:at])
        zeros = " ".join(['""'] * length)
        cut = "\\# %d %s" % (length, "00" * (captured - at))
        records.append(dict(zip(fields, (name, "TXT", "IN", 60,
                                         zeros if len(message) <= captured else cut))))
    first = records[0] if records else dict.fromkeys(fields)
    return {"verdict": message and ("cut" if len(message) > captured else "ok"),
            **dict.fromkeys(EDNS_FIELDS),
            **{f"crr_{key}": first[key] for key in fields}, "crr_rdata_len": 4 if records else None,
            "answers": records if message else None, "records": [] if message else None}


def line(talk, question, sent, answer=None, captured=1232, **changes):
    """An exchange line. sent: times of the query; answer: (time, message) of the response, of
    which so many bytes are captured at most."""
    message = answer[1] if answer else question.query()
    flags, _, ancount, nscount, arcount = struct.unpack(">5H", message[2:12])
    rcode = next(name for name, number in RCODES.items() if number == flags & 15)
    record = {
        "type": "exchange", "time": moment(sent[0] if sent else answer[0]),
        "client": str(talk.client), "client_port": talk.port,
        "server": str(talk.server), "server_port": 53,
        "proto": talk.proto, "id": question.number, "opcode": "QUERY",
        "qname": name_text(question.labels), "qtype": question.qtype, "qclass": "IN",
        "rcode": rcode if answer else None, "state": "answered", "tries": len(sent),
        "latency_ns": answer[0] - sent[-1] if answer and sent else None,
        "wait_ns": answer[0] - sent[0] if answer and sent else None,
        "query_bytes": len(question.query()) if sent else None,
        "response_bytes": len(answer[1]) if answer else None,
        "messages": 1 if answer else 0,
        "flags": [name for bit, name in FLAG_NAMES if flags & bit],
        "ancount": ancount, "nscount": nscount, "arcount": arcount,
        "ifname": None, "vlan": None, "tunnel": None, "tunnel_id": None,
        "outer_src": None, "outer_dst": None, "user": None, "uid": None, "pid": None, "comm": None,
        "unit": None, "service": "dns",
        "cause": {"unanswered": "none", "late": "late"}.get(changes.get("state")), "tcp_retry": None, "retry_of": None,
        **answer_fields(question, answer and answer[1], captured),
    }
    assert all(key in record for key in changes)
    record.update(changes)
    return json.dumps(record, separators=(",", ":")) + "\n"


class Cases:
    """The folder and its table."""

    def __init__(self, folder):
        self.folder, self.rows = folder, []

    def add(self, name, content, expected=(), code=0, skipped=0, error="-"):
        with open(f"{self.folder}/{name}", "wb") as out:
            out.write(content)
        with open(f"{self.folder}/{name}.expected", "w", encoding="ascii") as out:
            out.writelines(expected)
        self.rows.append(f"{name}\t{code}\t{skipped}\t{error}\n")

    def add_exchange(self, name, linktype, wrap, talk=None, vlan=None, **file_options):
        """A capture of one answered exchange, of 1.234567 ms, each packet wrapped by wrap."""
        talk, question = talk or Talk(), Question(4711)
        answer = (START + 1234567, question.response())
        if not file_options.get("nanoseconds", True):
            answer = (START + 1234000, answer[1])
        frames = [(START, wrap(talk.ip(question.query()))),
                  (answer[0], wrap(talk.ip(answer[1], True)))]
        self.add(name, pcap(linktype, frames, **file_options),
                 [line(talk, question, [START], answer, vlan=vlan)])


V6 = {"client": "2001:db8::10", "server": "2001:db8::53"}


def add_linktypes(cases):
    cases.add_exchange("ethernet", ETHERNET, ethernet)
    cases.add_exchange("ethernet-v6", ETHERNET, ethernet, Talk(**V6))
    cases.add_exchange("ethernet-us", ETHERNET, ethernet, nanoseconds=False)
    cases.add_exchange("ethernet-swapped", ETHERNET, ethernet, order=">")
    for tags, name in [([(0x8100, 11)], "vlan"), ([(0x88a8, 101), (0x8100, 7)], "qinq")]:
        for linktype, wrap in [(ETHERNET, ethernet), (SLL, cooked), (SLL2, cooked2)]:
            cases.add_exchange(f"{name}-{linktype}", linktype,
                               lambda packet, w=wrap, t=tags: w(packet, t), vlan=tags[0][1])
    for linktype, wrap in [(SLL, cooked), (SLL2, cooked2), (RAW, bytes), (12, bytes)]:
        cases.add_exchange(f"link-{linktype}-v4", linktype, wrap)
        cases.add_exchange(f"link-{linktype}-v6", linktype, wrap, Talk(**V6))
    for linktype, wrap in [(ARCNET, arcnet), (ARCNET_LINUX, lambda p: arcnet(p, b"\xf0\x53"))]:
        cases.add_exchange(f"link-{linktype}-v4", linktype, wrap)
        cases.add_exchange(f"link-{linktype}-v6", linktype, wrap, Talk(**V6))
    cases.add_exchange("arcnet-old", ARCNET, arcnet_old)
    cases.add_exchange("arcnet-exception", ARCNET, arcnet_exception)
    cases.add_exchange("ipv4", IPV4, bytes)
    cases.add_exchange("ipv6", IPV6, bytes, Talk(**V6))
    for linktype, name, order in [(NULL, "null-little", "<"), (NULL, "null-big", ">"),
                                  (LOOP, "loop", ">")]:
        cases.add_exchange(f"{name}-2", linktype, family(2, order))
        for number in (10, 24, 28, 30):
            cases.add_exchange(f"{name}-{number}", linktype, family(number, order), Talk(**V6))


def add_pcapng(cases):
    talk, question = Talk(), Question(4711)
    query, answer = talk.ip(question.query()), (START + 23 * US, question.response())
    reply = talk.ip(answer[1], True)
    good = [line(talk, question, [START], answer)]
    both = [(0, START, ethernet(query)), (1, answer[0], ethernet(reply))]
    for order, name in [("<", "pcapng"), (">", "pcapng-swapped")]:
        one = [(0, time, frame) for _, time, frame in both]
        cases.add(name, pcapng([(ETHERNET, 262144)], one, order), good)
        cases.add(name + "-two-interfaces", pcapng([(ETHERNET, 262144)] * 2, both, order), good)
        cases.add(name + "-two-snaplens",
                  pcapng([(ETHERNET, 65535), (ETHERNET, 262144)], both, order), good)
    cases.add("pcapng-truncated", pcapng([(ETHERNET, 0)], one)[:-1], 
              [line(talk, question, [START], state="pending")], 1, error="frame 2: .*truncated")
    cases.add("pcapng-two-linktypes",
              pcapng([(ETHERNET, 0), (RAW, 0)], both), [], 1,
              error="pcapng-two-linktypes'.*different from the.*interface_id")


def add_defects(cases):
    talk, question = Talk(), Question(4711)
    answer = (START + MS, question.response())
    frames = [(START, ethernet(talk.ip(question.query()))),
              (answer[0], ethernet(talk.ip(answer[1], True)))]
    good, whole = [line(talk, question, [START], answer)], pcap(ETHERNET, frames)
    third = struct.pack("<IIII", START // S + 1, 0, 60, 60)
    cases.add("truncated", whole + third + b"\0" * 59, good, 1,
              error="truncated': frame 3: .*truncated.*; all before it was used$")
    cases.add("truncated-header", whole + third[:7], good, 1, error="frame 3: .*truncated")
    huge = struct.pack("<IIII", START // S + 1, 0, 0xfffffff0, 60)
    cases.add("corrupt-length", whole + huge + b"\0" * 60, good, 1, error="frame 3: .*corrupt")
    cases.add("corrupt-header", b"\xa1\xb2\xc3\xd5" + whole[4:], [], 1,
              error="corrupt-header': .*pcap and pcapng files can be read")
    cases.add("header-cut", whole[:17], [], 1, error="header-cut': truncated")
    cases.add("no-frames", whole[:24])
    cases.add("empty", b"", [], 1, error="empty': it is empty")
    cases.add("text", b"This is no capture.\n" * 7, [], 1,
              error="text': .*pcap and pcapng files can be read")
    cases.add("gzip", gzip.compress(whole, mtime=0), [], 1,
              error="gzip': it is compressed with gzip; decompress it first")
    cases.add("wlan", pcap(105, frames), [], 1, error="link type is IEEE802_11 .105.")


def add_skipped(cases):
    """Frames that hold no IP by a link header, or are cut within it, beside a good exchange."""
    talk, question = Talk(), Question(4711)
    answer = (START + MS, question.response())
    packets = [(START, talk.ip(question.query())), (answer[0], talk.ip(answer[1], True))]
    expected = [line(talk, question, [START], answer)]
    arp = struct.pack(">HHBBH20x", 1, 0x0800, 6, 4, 1)
    odd = {
        ETHERNET: (ethernet, [b"\2" * 13, b"", b"\2" * 65576]),
        SLL: (cooked, [b"\0" * 15, cooked(b"\x45")[:14] + b"\x08\x06" + arp]),
        SLL2: (cooked2, [b"\0" * 19, b"\x08\x06" + cooked2(b"\x45")[2:20] + arp]),
        ARCNET: (arcnet, [b"\xbe\x50", b"\xbe\x50\xd4\0\1", b"\xbe\x50\xd5\0\1\2" + arp]),
        ARCNET_LINUX: (lambda packet: arcnet(packet, b"\0\0"), [b"\xbe\x50\0\0"]),
        RAW: (bytes, [b"", b"\x50" * 40, b"\x45" * 65562]),
        NULL: (family(2, "<"), [b"\2\0\0", b"\7\0\0\0" + b"\x45" * 40, b"\2\0\0\2" + b"\x45" * 40]),
    }
    for linktype, (wrap, frames) in odd.items():
        good = [(time, wrap(packet)) for time, packet in packets]
        mixed = good[:1] + [(START + US, frame) for frame in frames] + good[1:]
        cases.add(f"skipped-{linktype}", pcap(linktype, mixed), expected, skipped=len(frames))


def add_messages(cases):
    """What the wire can hold: odd names, cut and large messages, TCP."""
    talk = Talk()
    names = [(), (b"ExAmPlE", b"COM"), (b"a.b\\c", b'q"q', bytes([0, 27, 32, 127, 255])),
             (b"x" * 63,) * 3 + (b"y" * 61,)]
    frames, expected = [], []
    for i, labels in enumerate(names):
        question, sent = Question(100 + i, labels, "TYPE65280"), START + i * MS
        answer = (sent + 7 * US, question.response("NXDOMAIN"))
        frames += [(sent, ethernet(talk.ip(question.query()))),
                   (answer[0], ethernet(talk.ip(answer[1], True)))]
        expected.append(line(talk, question, [sent], answer))
    cases.add("names", pcap(ETHERNET, frames), expected)

    question = Question(4711)
    for name, pad, snaplen in [("cut", 301, 97), ("jumbo", 9001, 262144),
                               ("largest", 65400, 262144)]:
        answer = (START + MS, question.response(pad=pad))
        frames = [(START, ethernet(talk.ip(question.query()))),
                  (answer[0], ethernet(talk.ip(answer[1], True)))]
        cases.add(name, pcap(ETHERNET, frames, snaplen=snaplen),
                  [line(talk, question, [START], answer, captured=min(1232, snaplen - 42))])

    stream = Talk(proto="tcp")
    questions = [Question(i) for i in (1, 2, 3)]
    prefixed = lambda messages: b"".join(struct.pack(">H", len(m)) + m for m in messages)
    replies = [question.response() for question in questions]
    frames = [(START, ethernet(stream.ip(prefixed(q.query() for q in questions)))),
              (START + MS, ethernet(stream.ip(prefixed(replies), True)))]
    cases.add("tcp", pcap(ETHERNET, frames),
              [line(stream, question, [START], (START + MS, reply))
               for question, reply in zip(questions, replies)])


def add_fragments(cases):
    """ARCNET's own (RFC 1201 section 2.2): the first of two has the split flag 1, the second 2."""
    talk, question = Talk(), Question(4711)
    answer = (START + MS, question.response(pad=701))
    packet = talk.ip(answer[1], True)
    frames = [(START, arcnet(talk.ip(question.query()))),
              (answer[0], arcnet(packet[:504], split=1)),
              (answer[0] + MS, arcnet(packet[504:], split=2))]
    cases.add("arcnet-fragments", pcap(ARCNET, frames), [
        line(talk, question, [START], answer, captured=504 - 20 - 8)], skipped=1)


def add_refused(cases):
    """A query that is refused and answered all the same; what the error quotes is no second one."""
    for name, ends, router in (("refused", {}, "192.0.2.1"), ("refused-6", V6, "2001:db8::1")):
        talk, question = Talk(**ends), Question(4711)
        answer = (START + 2 * MS, question.response())
        frames = [(START, ethernet(talk.ip(question.query()))),
                  (START + MS, ethernet(talk.refusal(question.query(), router))),
                  (answer[0], ethernet(talk.ip(answer[1], True)))]
        cases.add(name, pcap(ETHERNET, frames), [line(talk, question, [START], answer)])


def add_malformed(cases):
    """Junk is an exchange like any other, without a name; answered with and without the junk."""
    talk, nothing = Talk(), {"qname": None, "qtype": None, "qclass": None}
    junk = [Junk(number) for number in (1, 2, 3)]
    bare = struct.pack(">6H", 2, QR | RCODES["FORMERR"], 0, 0, 0, 0)
    answers = [(START + MS, junk[0].response("FORMERR")), (START + 3 * MS, bare)]
    frames = [(START, junk[0].query()), answers[0], (START + 2 * MS, junk[1].query()), answers[1],
              (START + 4 * MS, junk[2].query()), (START + 5 * MS, b"\0" * 11)]
    packets = [(time, ethernet(talk.ip(message, message[2] >= 0x80))) for time, message in frames]
    cases.add("malformed", pcap(ETHERNET, packets), [
        line(talk, junk[0], [START], answers[0], verdict="label", **nothing),
        line(talk, junk[1], [START + 2 * MS], answers[1], **nothing),
        line(talk, junk[2], [START + 4 * MS], state="pending", **nothing),
    ])


def add_states(cases):
    """Each state once; the order of lines is the order in which exchanges end."""
    talk = Talk()
    q = [Question(i) for i in range(7)]
    ns = lambda seconds: START + round(seconds * 1000) * MS
    late, orphan = q[4].response(), q[5].response("SERVFAIL")
    frames = [
        (ns(0.000), q[1].query()), (ns(0.002), q[1].response()),
        (ns(0.100), q[2].query()), (ns(1.100), q[2].query()), (ns(1.103), q[2].response()),
        (ns(1.104), q[2].response()),  # duplicate: no line
        (ns(1.200), orphan),
        (ns(2.000), q[3].query()), (ns(2.500), q[4].query()), (ns(8.500), late),
        (ns(9.000), q[6].query()),
    ]
    packets = [(time, ethernet(talk.ip(message, message[2] >= 0x80))) for time, message in frames]
    cases.add("states", pcap(ETHERNET, packets), [
        line(talk, q[1], [ns(0)], (ns(0.002), q[1].response())),
        line(talk, q[2], [ns(0.1), ns(1.1)], (ns(1.103), q[2].response())),
        line(talk, q[5], [], (ns(1.2), orphan), state="orphan"),
        line(talk, q[3], [ns(2)], state="unanswered"),
        line(talk, q[4], [ns(2.5)], state="unanswered"),
        line(talk, q[4], [ns(2.5)], (ns(8.5), late), state="late"),
        line(talk, q[6], [ns(9)], state="pending"),
    ])
    cut = 4  # the response of the second exchange comes in the second file
    for name, part in [("part-1", packets[:cut]), ("part-2", packets[cut:])]:
        with open(f"{cases.folder}/{name}", "wb") as out:
            out.write(pcap(ETHERNET, part))


def write_slow(folder):
    """13 intervals of 7 queries to each of three servers, one of which takes 61 ms more."""
    frames = []
    for i in range(13 * 7):
        for last, latency in [(1, 2 * MS), (2, 3 * MS), (3, 63 * MS)]:
            talk, question = Talk("10.0.0.99", f"10.0.0.{last}", 50000 + last), Question(i)
            sent = START // (10 * S) * (10 * S) + i * 10 * S // 7 + last * MS
            frames += [(sent, ethernet(talk.ip(question.query()))),
                       (sent + latency, ethernet(talk.ip(question.response(), True)))]
    with open(f"{folder}/slow", "wb") as out:
        out.write(pcap(ETHERNET, sorted(frames)))


def write_many(folder):
    """3001 exchanges: output for more than any pipe holds."""
    talk, frames = Talk(), []
    for i in range(3001):
        question, sent = Question(i), START + i * MS
        frames += [(sent, ethernet(talk.ip(question.query()))),
                   (sent + US, ethernet(talk.ip(question.response(), True)))]
    with open(f"{folder}/many", "wb") as out:
        out.write(pcap(ETHERNET, frames))


def main(folder):
    os.makedirs(folder, exist_ok=True)
    cases = Cases(folder)
    for add in (add_linktypes, add_pcapng, add_defects, add_skipped, add_messages,
                add_fragments, add_refused, add_malformed, add_states):
        add(cases)
    write_slow(folder)
    write_many(folder)
    with open(f"{folder}/cases.tsv", "w", encoding="ascii") as out:
        out.writelines(cases.rows)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: make_captures.py FOLDER")
    main(sys.argv[1])
