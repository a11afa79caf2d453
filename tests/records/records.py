#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every record of every message, as oddns prints it, against ldns and tshark. Prints TAP.

    tests/records/records.py PROGRAMS [CAPTURE...]

PROGRAMS is the folder of decode, ldns_read and ldns_make. Real captures are looked for at
../shared/captures beside the repository (or at $CAPTURES). All three decoders get the same bytes:
those that tshark takes for a DNS, mDNS or LLMNR message, TCP put together. Then messages that
ldns makes at random, as a capture of their own. With CAPTURE, only captures of which the name
contains it, and each difference with both sides.

What differs must be a row of known.tsv, which says why, and as often as the row says.
"""

import collections
import fnmatch
import ipaddress
import multiprocessing
import os
import re
import struct
import subprocess
import sys
import tempfile

import tshark

HERE = os.path.dirname(os.path.abspath(__file__))
RANDOM = [(1, 1500)]  # seed, messages
RANDOM_TYPES = 73  # what ldns 1.8 knows, without what stands in ldns_make.c
RANDOM_LEAST = 100  # records of each
EXAMPLES = 3        # of a difference that nobody explained


class Read:
    """A message as one of the two C programs prints it."""

    def __init__(self, verdict):
        self.verdict = verdict
        self.header = self.question = None
        self.edns = None
        self.records = []  # (section, owner, class, type, ttl, rdata[, rdata on the wire])


def read_lines(text):
    """Split what the programs print into messages."""
    messages = []
    for line in text.split("\n"):
        kind, *rest = line.split("\t")
        if kind == "M":
            messages.append(Read(rest[0]))
            messages[-1].header = tuple(rest[1:])
        elif kind == "Q":
            messages[-1].question = tuple(rest)
        elif kind == "E":
            messages[-1].edns = rest
        elif kind == "R":
            messages[-1].records.append(tuple(rest))
    return messages


def run_program(program, lines):
    return read_lines(subprocess.run([program], input=lines, text=True, check=True,
                                     stdout=subprocess.PIPE).stdout)


# --- EDNS: from options as the oracles list them ------------------------------------------------

def cookie_fits(data):
    return len(data) == 8 or 16 <= len(data) <= 40  # RFC 7873 section 4


def subnet(data):
    """RFC 7871 section 6: the fields, or None when they do not fit each other."""
    family, source, scope = struct.unpack(">HBB", data[:4])
    bits = {1: 32, 2: 128}.get(family)
    if bits is None or source > bits or scope > bits or len(data) != 4 + (source + 7) // 8:
        return None
    address = data[4:] + bytes(bits // 8 - len(data[4:]))
    number = int.from_bytes(address, "big") >> (bits - source) << (bits - source)
    mapped = number.to_bytes(bits // 8, "big")
    return (mapped if bits == 128 else bytes(10) + b"\xff\xff" + mapped).hex() + \
        f"/{source}/{scope}"


def edns_words(size, version, dnssec_ok, options):
    """What decode must print of an OPT: the first of each option, but all errors."""
    first, errors = {}, []
    for code, data in options:
        if code == 15 and len(data) >= 2 and len(errors) < 4:
            text = data[2:].removesuffix(b"\0")  # RFC 8914 section 2: may be there
            errors.append(f"ede={int.from_bytes(data[:2], 'big')}:{text.hex()}")
        elif code not in first:
            first[code] = data
    words = [f"size={size}", f"version={version}", f"do={dnssec_ok}"]
    if len(first.get(8, b"")) >= 4 and subnet(first[8]):
        words.append("ecs=" + subnet(first[8]))
    if 10 in first and cookie_fits(first[10]):
        words.append("cookie=" + first[10].hex())
    if first.get(3):
        words.append("nsid=" + first[3].hex())
    for code, key, length in ((11, "keepalive", 2), (12, "padding", None), (9, "expire", 4)):
        if code in first and (length is None or len(first[code]) in (0, length)):
            value = len(first[code]) if length is None else int.from_bytes(first[code], "big")
            words.append(f"{key}={value}")
    if first.get(18):
        words.append("report=" + first[18].hex())
    return words + errors


# --- against ldns -------------------------------------------------------------------------------

def without_meta(records):
    """ldns tells of OPT apart, and of TSIG as the last."""
    return [r for r in records if r[3] not in ("OPT", "TSIG")] + \
        [r for r in records if r[3] == "TSIG"]


def plain_ldns(text):
    """Words of ldns without what it does for zone files, and says with spaces only.

    It escapes ; ( ) in names, which need it only there; between fields and at the end of a line it
    leaves more than one space.
    """
    text = re.sub(r"\\(.)", lambda m: m[1] if m[1] in ";()" else m[0], text)
    parts = re.split(r'("(?:\\.|[^"\\])*"(?= |$))', text)
    return "".join(part if i % 2 else re.sub(" +", " ", part)
                   for i, part in enumerate(parts)).rstrip(" ")


def mnemonics(text):
    """Types that got their names after ldns was written."""
    return re.sub(r"\bTYPE(\d+)\b",
                  lambda m: tshark.TYPE_NAMES.get(int(m[1]), m[0]), text)


def upper_word(index):
    """Digits in capitals, as dig and RFC 4648 have them."""
    def change(text):
        words = text.split(" ")
        words[index] = words[index].upper()
        return " ".join(words)
    return change


def short_address(match):
    return str(ipaddress.ip_address(match[0]))


def error_word(index):
    def change(text):
        words = text.split(" ")
        words[index] = tshark.error_text(words[index])
        return " ".join(words)
    return change


def sizes(text):
    """LOC as RFC 1876's own program writes it: two digits, metres with centimetres, no 0 S or W."""
    words = text.split(" ")
    for index in (0, 4):
        words[index] = str(int(words[index]))
    for index in (1, 5):
        words[index] = words[index].zfill(2)
    for index in (2, 6):
        words[index] = words[index].zfill(6)
    for index, side in ((3, "N"), (7, "E")):
        if words[index - 3:index] == ["0", "00", "00.000"]:
            words[index] = side
    words[8:] = [f"{float(word[:-1]):.2f}m" for word in words[8:]]
    return " ".join(words)


def hash_digits(text):
    words = text.split(" ")
    words[4] = words[4].rstrip("=").upper()
    return " ".join(words)


def listed(match):
    """A backslash of an item is escaped for the list and the string, a comma's for the string."""
    return match[1] + re.sub(r"\\([\\,])", lambda m: r"\\" + (r"\\" if m[1] == "\\" else m[1]),
                             match[2])


_SVCB = [
    # a name that is newer than ldns
    lambda text: text.replace(" key7=", " dohpath="),
    # quotes only where there is a space
    lambda text: re.sub(r'( (?:key\d+|alpn|dohpath)=)((?:\\.|[^" ])(?:\\.|[^ ])*)', r'\1"\2"',
                        text),
    # RFC 9460 appendix A.1
    lambda text: re.sub(r'( alpn=)("(?:\\.|[^"])*")', listed, text)]
# What else is only another way of writing, by type. Ours is dig's.
LDNS_FORMS = {
    "DS": [upper_word(3)], "CDS": [upper_word(3)], "DLV": [upper_word(3)],
    "SSHFP": [upper_word(2)], "TLSA": [upper_word(3)], "SMIMEA": [upper_word(3)],
    "ZONEMD": [upper_word(3)], "HIP": [upper_word(1)], "NSEC3PARAM": [upper_word(3)],
    "NSEC3": [upper_word(3), hash_digits, mnemonics],
    "NSEC": [mnemonics], "CSYNC": [mnemonics], "RRSIG": [mnemonics], "SIG": [mnemonics],
    "NSAP": [lambda text: "0x" + text[2:].upper()],
    "TSIG": [lambda text: error_word(5 if text.split(" ")[3] == "0" else 6)(text)],
    "TKEY": [error_word(4)],
    "LOC": [sizes],
    # an empty value is left out
    "CAA": [lambda text: text + ' ""' if text.count(" ") == 1 else text],
    # zeros of addresses are written out; nothing is RFC 3597's form of nothing
    "APL": [lambda text: re.sub(r"(?<=2:)[0-9a-f:]+", short_address, text),
            lambda text: "" if text == r"\# 0" else text],
    "SVCB": _SVCB, "HTTPS": _SVCB,
}


def our_form(kind, text):
    text = plain_ldns(text)
    for change in LDNS_FORMS.get(kind, []):
        text = change(text)
    return text


def generic_bytes(rdata):
    """The bytes of RFC 3597's form, or None when the text has another."""
    match = re.fullmatch(r"\\# (\d+)(?: ([0-9A-Fa-f ]+))?", rdata)
    if not match:
        return None
    data = bytes.fromhex(match[2] or "")
    return data if len(data) == int(match[1]) else None


def ldns_rdata(ours, theirs):
    """The kind of difference in the data of a record, or None."""
    text, expected = ours[5], theirs[5]
    if text in (expected, our_form(theirs[3], expected)):
        return None
    data = generic_bytes(text)
    if data is None:
        return "rdata " + theirs[3]
    if data.hex() != theirs[6]:
        return "bytes " + theirs[3]
    if generic_bytes(expected) == data:
        return None
    return "generic " + (theirs[3] if ours[2] == "IN" else "not IN")


def ldns_record(ours, theirs):
    for index, what in ((2, "class"), (3, "type"), (4, "ttl")):
        if ours[index] != mnemonics(theirs[index]):
            return what
    if ours[1] != theirs[1] and ours[1] != plain_ldns(theirs[1]):
        return "owner"
    return ldns_rdata(ours, theirs)


RFC2136 = {"prerequisite": "answer", "update": "authority"}


def compare_ldns(ours, ldns, note):
    if ldns.verdict != "ok":
        if ours.verdict == "ok":
            note("verdict ok", "ok", ldns.verdict)
        return
    if ours.verdict != "ok":
        note("verdict " + ours.verdict, ours.verdict, "ok")
    if ours.header[1:] != ldns.header[1:] or ours.header[0] != ldns.header[0]:
        note("header", ours.header, ldns.header)
    asked = [q and (plain_ldns(q[0]).lower(), *map(mnemonics, q[1:]))
             for q in (ours.question, ldns.question)]
    if asked[0] != asked[1]:
        note("question", *asked)
    compare_edns(ours.edns, ldns.edns and ldns_edns(ldns.edns), note)
    mine, others = without_meta(ours.records), without_meta(ldns.records)
    if len(mine) != len(others):
        note("records missing" if len(mine) < len(others) else "records too many", len(mine),
             len(others))
    for left, right in zip(mine, others):
        if RFC2136.get(left[0], left[0]) != right[0]:
            note("section", left, right)
        kind = ldns_record(left, right)
        if kind:
            note(kind, left, right)


def ldns_edns(words):
    options = [(int(word.split(":")[0]), bytes.fromhex(word.split(":")[1])) for word in words[3:]]
    return edns_words(*(word.split("=")[1] for word in words[:3]), options)


def compare_edns(ours, expected, note):
    if ours != expected:
        left, right = (set(words or ["no EDNS"]) for words in (ours, expected))
        keys = sorted({re.split("[=:]", word)[0] for word in left ^ right})
        note("edns " + " ".join(keys), left - right, right - left)


# --- against tshark -----------------------------------------------------------------------------

# Types with strings, which tshark.py writes as we do, and which of their words are names.
STRINGS = {"HINFO": [], "TXT": [], "SPF": [], "X25": [], "ISDN": [], "GPOS": [], "CAA": [],
           "NAPTR": [-1], "SVCB": [1], "HTTPS": [1]}


def same_text(kind, mine, text):
    """Equal, but for what tshark's text of names does not keep."""
    words = mine.split(" ")
    for index in STRINGS.get(kind, range(len(words))):
        words[index] = tshark.shown(words[index])
    return mine == text or tshark.same_words(words, text)


def same_name(mine, text):
    return tshark.same_words([tshark.shown(mine)], text)


def tshark_rdata(ours, record):
    text, data = record.text(), generic_bytes(ours[5])
    if data is not None:
        if data != record.rdata:
            return "bytes " + ours[3]
        return text and "generic " + (ours[3] if ours[2] == "IN" else "not IN")
    if text is None:
        return "undecoded " + ours[3]
    return None if same_text(ours[3], ours[5], text) else "rdata " + ours[3]


def named(prefix, names, value):
    return names.get(value, f"{prefix}{value}")


CLASSES = {1: "IN", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY"}


def tshark_record(ours, record):
    if ours[0] != record.section:
        return "section"
    if ours[3] != ("OPT" if record.type == 41 else named("TYPE", tshark.TYPE_NAMES, record.type)):
        return "type"
    owner = tshark.absolute(record.owner)
    if not same_name(ours[1], owner):
        return "owner"
    if record.type == 41:
        return None  # as EDNS
    if ours[2] != named("CLASS", CLASSES, record.cls):
        return "class"
    if ours[4] != str(record.ttl):
        return "ttl"
    return tshark_rdata(ours, record)


def compare_tshark(ours, message, note):
    if message.malformed and ours.verdict == "ok":
        note("verdict ok", "ok", "malformed")
    if not message.malformed and ours.verdict != "ok":
        note("verdict " + ours.verdict, ours.verdict, "nothing malformed")
    whole = ours.verdict == "ok" and not message.malformed
    records = message.records[:-1] if message.malformed else message.records
    if whole:
        compare_edns(ours.edns, message.edns and edns_words(*message.edns), note)
        if len(ours.records) != len(records):
            note("records", len(ours.records), len(records))
    if ours.question and message.question:
        compare_question(ours.question, message.question, note)
    for left, right in zip(ours.records, records):
        kind = tshark_record(left, right)
        if kind:
            note(kind, left, (right.owner, right.text() or right.fields))


def compare_question(ours, question, note):
    name, number, kind = question
    said = (named("CLASS", CLASSES, number), named("TYPE", tshark.TYPE_NAMES, kind))
    if ours[1:] != said or not same_name(ours[0].lower(), name.lower()):
        note("question", ours, (name, *said))


# --- captures -----------------------------------------------------------------------------------

def compare_capture(arguments):
    """(name, messages, records by type, {(oracle, kind): [example...]}), for a process pool."""
    name, path, port, programs = arguments
    messages = tshark.read_capture(path, port)
    # how long a message was of which the capture has only the start, nobody knows
    lines = "".join(m.wire.hex() + ("/65535" if m.cut else "") + "\n" for m in messages)
    ours = run_program(f"{programs}/decode", lines)
    ldns = run_program(f"{programs}/ldns_read", lines)
    if not len(ours) == len(ldns) == len(messages):
        raise ValueError(f"{name}: {len(messages)} messages, {len(ours)} and {len(ldns)} read")
    found, types = collections.defaultdict(list), collections.Counter()
    for number, (mine, theirs, message) in enumerate(zip(ours, ldns, messages), 1):
        def note(oracle, kind, left, right):
            found[oracle, kind].append(f"message {number}: oddns {left}, {oracle} {right}"
                                       if len(found[oracle, kind]) < 1000 else None)
        types.update(record[3] for record in mine.records)
        compare_ldns(mine, theirs, lambda *rest: note("ldns", *rest))
        compare_tshark(mine, message, lambda *rest: note("tshark", *rest))
    return name, len(messages), types, dict(found)


def write_capture(path, lines):
    """Messages as datagrams from port 53 in a file without link layer (LINKTYPE_RAW)."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for number, line in enumerate(lines):
            wire = bytes.fromhex(line)
            udp = struct.pack(">HHHH", 53, 1024 + number, len(wire) + 8, 0) + wire
            packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0,
                                 ipaddress.ip_address("192.0.2.53").packed,
                                 ipaddress.ip_address("192.0.2.1").packed) + udp
            out.write(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)


def random_captures(programs, folder):
    captures = []
    for seed, count in RANDOM:
        made = subprocess.run([f"{programs}/ldns_make", str(seed), str(count)], text=True,
                              check=True, stdout=subprocess.PIPE).stdout.split()
        captures.append((f"random-{seed}", f"{folder}/random-{seed}", "53", programs))
        write_capture(captures[-1][1], made)
    return captures


def real_captures(folder, programs):
    ports = {}
    if os.path.exists(f"{folder}/INDEX.tsv"):
        with open(f"{folder}/INDEX.tsv", encoding="utf-8") as index:
            rows = [line.rstrip("\n").split("\t") for line in index]
        ports = {row[0]: row[rows[0].index("dns_port")] for row in rows[1:]}
    return [(name, f"{folder}/files/{name}", ports.get(name) or "53", programs)
            for name in sorted(os.listdir(f"{folder}/files"))]


# --- the table, and the results -----------------------------------------------------------------

class Known:
    """A row of known.tsv: capture (a pattern), oracle ("*": both), kind (a pattern), count, why."""

    def __init__(self, line):
        self.capture, self.oracle, self.kind, count, self.why = line.split("\t")
        self.count, self.found = int(count), 0

    def fits(self, capture, oracle, kind):
        return (fnmatch.fnmatchcase(capture, self.capture) and self.oracle in (oracle, "*") and
                fnmatch.fnmatchcase(kind, self.kind))


class Report:
    """TAP."""

    def __init__(self):
        self.number, self.failed = 0, False

    def test(self, name, why):
        self.number += 1
        self.failed |= bool(why)
        print(f"{'not ' if why else ''}ok {self.number} - {name}")
        for line in why:
            print("#  ", line)
        sys.stdout.flush()

    def skip(self, name, reason):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {reason}")


def explain(known, capture, found, examples):
    """Count what the table knows; return lines about the rest."""
    rest = []
    for (oracle, kind), notes in sorted(found.items()):
        row = next((row for row in known if row.fits(capture, oracle, kind)), None)
        if row:
            row.found += len(notes)
        if not row or examples > EXAMPLES:
            rest.append(f"{oracle}: {kind}: {len(notes)}" + (" (known)" if row else ""))
            rest += ["  " + note for note in notes[:examples]]
    return rest


def judge_rows(report, known, names):
    for row in known:
        if any(fnmatch.fnmatchcase(name, row.capture) for name in names):
            report.test(f"{row.oracle}: {row.kind} in {row.capture}: {row.why}",
                        [f"{row.found} times, known are {row.count}"]
                        if row.found != row.count else [])


def judge_random(report, types):
    named_types = [kind for kind in tshark.TYPE_NAMES.values() if types[kind]]
    rare = [f"{kind}: {types[kind]}" for kind in named_types if types[kind] < RANDOM_LEAST]
    if len(named_types) != RANDOM_TYPES:
        rare.append(f"{len(named_types)} types: {' '.join(named_types)}")
    report.test(f"of each of {RANDOM_TYPES} types there are {RANDOM_LEAST} random records", rare)


def main(arguments):
    programs, wanted = os.path.abspath(arguments[0]), arguments[1:]
    folder = os.environ.get("CAPTURES", f"{HERE}/../../../shared/captures")
    with open(f"{HERE}/known.tsv", encoding="utf-8") as table:
        known = [Known(line.rstrip("\n")) for line in table if not line.startswith("#")]
    report, types, made = Report(), collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        captures = random_captures(programs, scratch)
        if os.path.isdir(f"{folder}/files"):
            captures += real_captures(folder, programs)
        else:
            report.skip("captures", f"no {folder}")
        captures = [c for c in captures if not wanted or any(w in c[0] for w in wanted)]
        captures.sort(key=lambda capture: -os.path.getsize(capture[1]))
        with multiprocessing.Pool(min(2, os.cpu_count() or 1)) as pool:
            for name, messages, by_type, found in pool.imap_unordered(compare_capture, captures):
                (made if name.startswith("random-") else types).update(by_type)
                report.test(f"{name}: {messages} messages, {sum(by_type.values())} records",
                            explain(known, name, found, 1000 if wanted else EXAMPLES))
    if not wanted:
        judge_rows(report, known, [capture[0] for capture in captures])
        judge_random(report, made)
    print(f"1..{report.number}")
    for title, counter in (("captures", types), ("random messages", made)):
        print(f"# records in {title}: {sum(counter.values())}:",
              ", ".join(f"{kind} {count}" for kind, count in counter.most_common()))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
