# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of a server and clients that mean harm: what they send is counted and can be shown."""

import collections
import json
import os
import re
import socket
import struct
import subprocess
import sys

import bench
from bench import DIR, check, ip, wait_for
from scenarios import scenario, wait_counters
from whole import books_of, rows_of

SERVER = "10.53.0.31"
TIMES = 7  # each answer
BYTES = bytes(range(256))
EVIL = b"\x1b[2J\x1b]0;x\x07 \"'\\;()@$<\r\n\t\0\x7f\x80\xc3\x28\xe2\x80\xae\xff"


# --- messages -------------------------------------------------------------------------------------


def name(*labels):
    """Labels of any bytes."""
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def labels_asked(number):
    """The one whose answer repeats no question is asked by a hostile client."""
    return [b"%d" % number, *([EVIL] if number == MUTE else [b"hostile", b"test"])]


def question(number):
    """Begins at byte 12 of a message."""
    return name(*labels_asked(number)) + struct.pack("!2H", 1, 1)


def record(owner, rtype, data, length=None, rclass=1, ttl=60):
    """A record whose data may be longer or shorter than it says."""
    length = len(data) if length is None else length
    return owner + struct.pack("!2HIH", rtype, rclass, ttl, length) + data


def opt(data, length=None):
    """EDNS with options (RFC 6891)."""
    return record(b"\0", 41, data, length, rclass=1232, ttl=0)


def option(code, data, length=None):
    """One of them."""
    return struct.pack("!2H", code, len(data) if length is None else length) + data


def pointer(offset):
    """A compression pointer (RFC 1035 section 4.1.4)."""
    return struct.pack("!H", 0xc000 | offset)


def message(number, *records, counts=None, behind=b"", asked=None):
    """A response; counts of answer, authority and additional section, (0, 0, 1) behind an OPT."""
    asked = question(number) if asked is None else asked
    if counts is None:
        additional = sum(each[:3] == b"\0\0\x29" for each in records)
        counts = (len(records) - additional, 0, additional)
    return struct.pack("!5H", 0x8180, 1 if asked else 0, *counts) + asked + b"".join(records) + behind


OWNER = pointer(12)
A = record(OWNER, 1, bytes([192, 0, 2, 1]))
LONG = [bytes([letter]) * 63 for letter in b"abcd"]


def here(number):
    """Where the first record of an answer begins."""
    return 12 + len(question(number))


def in_data(number):
    """Where the data of that record begins, when its owner is a pointer."""
    return here(number) + 12


# What is wrong first (RFC 9267 has most of them), and a message of this number.
ANSWERS = (
    ("ok", lambda n: message(n, A)),
    ("forward", lambda n: message(n, record(pointer(here(n)), 1, b"\0\0\0\0"))),
    ("forward", lambda n: message(n, record(pointer(here(n) + 2), 1, b"\0\0\0\0"))),
    ("forward", lambda n: message(n, A, record(pointer(0x3fff), 1, b"\0\0\0\0"))),
    ("forward", lambda n: message(n, record(OWNER, 5, pointer(in_data(n))))),
    ("forward", lambda n: message(n, asked=b"\xc0\x0c\0\1\0\1")),
    ("loop", lambda n: message(n, record(b"\1a" + pointer(here(n)), 1, b"\0\0\0\0"))),
    ("loop", lambda n: message(n, record(OWNER, 2, b"\1a\1b" + pointer(in_data(n) + 2)))),
    ("long", lambda n: message(n, record(name(*LONG), 1, b"\0\0\0\0"))),
    ("long", lambda n: message(n, record(name(*LONG[:3]), 1, b"\0\0\0\0"),
                               record(b"\x3f" + LONG[3] + pointer(here(n)), 1, b"\0\0\0\0"))),
    ("label", lambda n: message(n, record(b"\x41a\0", 1, b"\0\0\0\0"))),
    ("label", lambda n: message(n, A, record(b"\x80a\0", 1, b"\0\0\0\0"))),
    ("overrun", lambda n: message(n, A, record(OWNER, 1, b"\0\0\0\0", length=65535))),
    ("overrun", lambda n: message(n, A, b"\x3fabc", counts=(2, 0, 0))),
    ("overrun", lambda n: message(n, A, OWNER + b"\0\1\0", counts=(1, 1, 0))),
    ("counts", lambda n: message(n, A, counts=(2, 0, 0))),
    ("counts", lambda n: message(n, A, counts=(1, 65535, 65535))),
    ("counts", lambda n: message(n, counts=(65535, 0, 0))),
    ("rdata", lambda n: message(n, record(OWNER, 1, b"\0\0\0"))),
    ("rdata", lambda n: message(n, A, record(OWNER, 28, bytes(17)))),
    ("rdata", lambda n: message(n, record(OWNER, 16, b"\xffabc"))),
    ("rdata", lambda n: message(n, record(OWNER, 5, OWNER + b"x"))),
    ("edns", lambda n: message(n, A, opt(option(3, b"abc", length=9)))),
    ("edns", lambda n: message(n, A, opt(b""), opt(b""))),
    ("trailing", lambda n: message(n, A, behind=b"trailing")),
    ("ok", lambda n: message(n, *(record(OWNER, 16, bytes([64]) + BYTES[at:at + 64])
                                  for at in range(0, 256, 64)))),
    ("ok", lambda n: message(n, record(name(EVIL), 5, name(EVIL, b"a.b", EVIL)))),
    ("ok", lambda n: message(n, A, opt(option(3, EVIL) + option(15, b"\0\x0f" + EVIL)))),
    ("ok", lambda n: message(n, record(name(b"x"), 1, b"\0\0\0\0"), asked=b"")),
    ("ok", lambda n: message(n, record(OWNER, 65280, EVIL), record(OWNER, 13, b"\1\"\1\n"))),
)
MUTE = len(ANSWERS) - 2  # no question
SHORT = len(ANSWERS)  # the number of one that is no whole header
STRING = len(ANSWERS) - 5  # all bytes in TXT


def text_of(data):
    """A character-string as RFC 1035 section 5.1 has it."""
    return '"' + "".join(f"\\{chr(byte)}" if byte in b'"\\' else chr(byte) if 32 <= byte < 127
                         else f"\\{byte:03}" for byte in data) + '"'


def labels_of(text):
    """The bytes that a name in presentation form stands for, of its labels."""
    labels = [b""]
    for digits, char in re.findall(r"\\(\d{3})|(\\?.)", text):
        if char == ".":
            labels.append(b"")
        else:
            labels[-1] += bytes([int(digits) if digits else ord(char[-1])])
    return labels


# --- the scenario ---------------------------------------------------------------------------------


def start_responder():
    """At an address of its own."""
    bench.make_servers()
    ip(f"address add {SERVER}/24 dev srv0", "servers")
    path = f"{DIR}/answers"
    with open(path, "w", encoding="ascii") as lines:
        for number, (_, make) in enumerate(ANSWERS):
            lines.write(make(number).hex() + "\n")
        lines.write(message(SHORT)[:9].hex() + "\n")
    bench.Process("responder", sys.executable, os.path.join(bench.HERE, "responder.py"), SERVER, path,
                  namespace="servers")
    wait_for("the responder", lambda: bench.ask(SERVER, "0.hostile.test", timeout=0.2)[0])


def exchange_all():
    """Ask each question so often: {id: number}."""
    asked = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(20)
        sock.connect((SERVER, 53))
        for ident in range(1, TIMES * (len(ANSWERS) + 1) + 1):
            number = asked[ident] = ident % (len(ANSWERS) + 1)
            sock.send(struct.pack("!6H", ident, 0x100, 1, 0, 0, 0) + question(number))
            check(sock.recv(4096)[:2] == struct.pack("!H", ident), "an answer to another query")
    return asked


def strings_of(value):
    """All strings in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value if isinstance(value, list) else [*value, *value.values()]:
            yield from strings_of(each)


def unprintable(data):
    """Bytes that a terminal should not get."""
    return {byte for byte in data if byte != 10 and not 32 <= byte < 127}


def check_printable(rows):
    """Whatever a row holds can be shown."""
    for row in rows:
        for text in strings_of(row):
            check(not unprintable(text.encode()), f"{text!r} in {row}")


def check_contents(rows):
    """Of what can be read, nothing is lost: bytes that are no text are escaped and can be undone."""
    texts = [record["rdata"] for record in rows[STRING]["answers"]]
    check(texts == [text_of(BYTES[at:at + 64]) for at in range(0, 256, 64)], f"TXT: {texts}")
    evil = rows[STRING + 1]["answers"][0]
    lower = lambda labels: [label.lower() for label in labels]
    check(lower(labels_of(evil["name"].rstrip("."))) == [EVIL.lower()], f"owner: {evil}")
    check(labels_of(evil["rdata"]) == [EVIL, b"a.b", EVIL, b""], f"CNAME: {evil}")
    for number, (verdict, _) in enumerate(ANSWERS):
        if verdict in ("trailing", "counts", "overrun", "edns") and rows[number]["ancount"] < 9:
            first = rows[number]["answers"][0]
            check((first["type"], first["rdata"]) == ("A", "192.0.2.1"), f"{verdict}: {first}")


@scenario("a hostile server: every kind of broken answer is counted, what it says can be printed",
          servers=False, journal=False)
def hostile(lab):
    """Pointers, lengths and counts that lie, and bytes that terminals obey."""
    start_responder()
    sensor = lab.sensor("dns0", options=("--format", "json"), sensor__timeout="2s",
                        sensor__grace="0s")
    dump = bench.capture("dns0", "udp")
    asked = exchange_all()
    total = len(asked)
    wait_counters(sensor, queries=total, answered=total - TIMES, unanswered=TIMES, orphan=0)
    for verb in ("status", "servers"):
        text = sensor.tell(verb, "text").replace("\u2713", "")
        check(not unprintable(text.encode()), f"{verb} prints {unprintable(text.encode())}")
    rows = rows_of(sensor)
    check_printable(rows)
    said = [line for line in sensor.output().splitlines() if not line.startswith("{")]
    check(len(said) < 9, f"said {said}")
    check_verdicts(rows, asked)
    check_replay(lab, dump.finish(2 * total), asked)


def check_verdicts(rows, asked):
    """By exchange, and counted."""
    expected = collections.Counter({verdict: 0 for verdict in books_of(rows)["malformed"]})
    for verdict, _ in ANSWERS:
        expected[verdict] += TIMES
    del expected["ok"]
    check(books_of(rows)["malformed"] == expected,
          f"malformed {books_of(rows)['malformed']}, sent were {dict(expected)}")
    check(books_of(rows)["unparsable"]["dns_short"] == TIMES, f"{books_of(rows)['unparsable']}")
    exchanges = [row for row in rows if row["type"] == "exchange"]
    check(len(exchanges) == len(asked), f"{len(exchanges)} exchanges of {len(asked)}")
    for row in exchanges:
        number = asked[row["id"]]
        want = ("unanswered", None) if number == SHORT else ("answered", ANSWERS[number][0])
        found = row["state"], row["verdict"] if number != SHORT else None
        check(found == want, f"answer {number}: {found}, not {want}: {row}")
        labels = [label.lower() for label in labels_asked(number)]
        check(labels_of(row["qname"]) == labels, f"asked {labels}: {row['qname']}")
    check_contents({asked[row["id"]]: row for row in exchanges})


def check_replay(lab, path, asked):
    """As JSON the same, as text printable."""
    for engine in ("native", "kernel"):
        command = (lab.program, "replay", "--engine", engine, "--set", "sensor.timeout=2s", path)
        rows = [json.loads(line) for line in
                bench.run(*command, "--format", "json").splitlines()]
        check_printable(rows)
        pending = [row for row in rows if row.get("state") == "pending"]
        for row in pending:  # the capture ends within the timeout
            row["state"] = "unanswered"
        check_verdicts(rows, asked)
    text = subprocess.run(command, capture_output=True, check=True).stdout
    check(not unprintable(text), f"replay prints {unprintable(text)}")
    check(text.count(b"hostile.test") >= len(asked) - TIMES, "replay prints no names")
