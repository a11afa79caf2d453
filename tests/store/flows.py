#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`oddns flows` over stores that `oddns replay --store` made. Prints TAP.

    tests/store/flows.py BINARY

The lines of flows are held against those of the replay, filters against what
tshark says of the same capture, orders and spans against Python's.
"""

import csv
import fcntl
import html.parser
import io
import ipaddress
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios

sys.dont_write_bytecode = True  # root must not leave files in the tree
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../replay"))
import traffic

CASES = []
# Labels that mean something to a terminal, a spreadsheet, a browser, a shell, or SQL.
HOSTILE = [b"=cmd|' /C calc'!A0", b"+1+1", b"-2-2", b"@SUM(1)", b"<script>alert(1)</script>",
           b"'; DROP TABLE exchange_row;--", b'"quoted", cell', b"\x1b[2J\x1b]0;title\x07",
           b"two\r\nlines", b"\x00nul", b"\xff\xfe\x80", b"&amp;&lt;", b"dot.in\\label", b"%s%n",
           b"(paren) Tj ET", b"\xc2\x9b31m", b"tab\there"]


class Failure(Exception):
    """What came out is not what was wanted."""


def case(title):
    """A test of the table."""
    def add(function):
        CASES.append((title, function))
        return function
    return add


def check(condition, why):
    if not condition:
        raise Failure(why)


def same(got, wanted, what):
    check(got == wanted, f"{what}: got {got!r:.2000}, wanted {wanted!r:.2000}")


def pcap(packets):
    """A capture with times in nanoseconds, Ethernet."""
    out = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1)
    for packet in sorted(packets, key=lambda p: p.time):
        out += struct.pack("<IIII", *divmod(packet.time, traffic.S), len(packet.frame),
                           len(packet.frame)) + packet.frame
    return out


class Talks:
    """Plain talks: queries, most of them answered."""

    def __init__(self, seed):
        self.random, self.packets = random.Random(seed), []

    def frame(self, src, dst, ports, wire):
        udp = struct.pack(">4H", *ports, 8 + len(wire), 0) + wire
        src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
        return traffic.ethernet(traffic.ip(src, dst, traffic.UDP, udp, 1))

    def ask(self, at, labels, qtype, rcode=0, latency=None):
        """latency None: no response."""
        client = f"10.{self.random.randrange(3)}.0.{self.random.randrange(1, 200)}"
        server = self.random.choice(["192.0.2.53", "198.51.100.53"])
        ident, port = self.random.randrange(65536), self.random.randrange(1024, 65536)
        name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
        question = name + struct.pack(">HH", qtype, 1)
        head = struct.pack(">6H", ident, traffic.RD, 1, 0, 0, 0)
        self.seen(at, self.frame(client, server, (port, 53), head + question))
        if latency is None:
            return
        record = b"\xc0\x0c" + struct.pack(">HHIH4B", 1, 1, 60, 4, 192, 0, 2, 80)
        flags = traffic.QR | traffic.RD | traffic.RA | rcode
        head = struct.pack(">6H", ident, flags, 1, 0 if rcode else 1, 0, 0)
        self.seen(at + latency, self.frame(server, client, (53, port),
                                           head + question + (b"" if rcode else record)))

    def seen(self, at, frame):
        self.packets.append(traffic.Packet(at, frame, traffic.DATAGRAM))

    def draw(self, count, start):
        """Over three hours, so that the store has several files."""
        for _ in range(count):
            dice = self.random.random()
            self.ask(start + self.random.randrange(3 * 3600 * traffic.S),
                     [b"host%d" % self.random.randrange(31),
                      self.random.choice([b"example", b"seznam", b"arpa"])],
                     self.random.choice([1, 12, 28, 33]),
                     self.random.choice([0, 0, 0, 2, 3]),
                     None if dice < 0.1 else self.random.randrange(1, 4900) * traffic.MS)
        return pcap(self.packets)


class Desk:
    """Stores, and how they are asked."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        with open(f"{folder}/conf", "w", encoding="ascii") as conf:
            conf.write("[sensor]\nanswers = all\n[store]\nrecords = all\n"
                       "[group lan]\nservers = 192.0.2.53\n")
        self.plain = self.store("plain", Talks(17).draw(997, traffic.START))
        self.hostile = self.store("hostile", self.hostile_capture())

    def path(self, name):
        return f"{self.folder}/{name}"

    def store(self, name, capture):
        """Return (folder, lines of the replay's exchanges, capture)."""
        with open(self.path(name + ".pcap"), "wb") as out:
            out.write(capture)
        return (self.path(name), self.replay(name, self.path(name + ".pcap")),
                self.path(name + ".pcap"))

    def replay(self, name, *words):
        done = subprocess.run(
            [self.binary, "replay", "-c", self.path("conf"), "--engine", "native", "--format",
             "json", "--store", self.path(name), *words],
            capture_output=True, text=True, timeout=120, check=False)
        check(done.returncode in (0, 1), f"replay: {done.stderr}")
        return [line for line in done.stdout.splitlines() if '"type":"exchange"' in line]

    @staticmethod
    def hostile_capture():
        talks = Talks(5)
        for i, label in enumerate(HOSTILE):
            talks.ask(traffic.START + i * traffic.S, [label, b"example"], 1, 0, traffic.MS)
        return pcap(talks.packets)

    def command(self, store, *words):
        return [self.binary, "flows", "-c", self.path("conf"), "--store", store[0], *words]

    def flows(self, store, *words, code=0, text=True):
        done = subprocess.run(self.command(store, *words), capture_output=True, text=text,
                              timeout=120, check=False)
        same(done.returncode, code, f"exit code of {words} ({done.stderr!r:.500})")
        return done.stdout if code == 0 else done.stderr

    def lines(self, store, *words):
        return self.flows(store, "--format", "json", *words).splitlines()

    def objects(self, store, *words):
        return [json.loads(line) for line in self.lines(store, *words)]


def tshark(capture, display_filter):
    """Messages that match: (id, is response, client)."""
    done = subprocess.run(
        ["tshark", "-n", "-r", capture, "-Y", f"dns and ({display_filter})", "-T", "fields",
         "-e", "dns.id", "-e", "dns.flags.response", "-e", "ip.src", "-e", "ip.dst",
         "-e", "udp.srcport", "-e", "udp.dstport"],
        capture_output=True, text=True, check=True)
    found = set()
    for line in done.stdout.splitlines():
        ident, response, src, dst, sport, dport = line.split("\t")
        is_response = response in ("1", "True")
        found.add((int(ident, 16), dst if is_response else src,
                   int(dport if is_response else sport)))
    return found


def keys(objects):
    return {(o["id"], o["client"], o["client_port"]) for o in objects}


# --- what is listed ---------------------------------------------------------------------------

@case("exchanges are replay's lines, byte by byte, by start")
def _(desk):
    for store in (desk.plain, desk.hostile):
        lines = desk.lines(store)
        same(sorted(lines), sorted(store[1]), "lines")
        times = [json.loads(line)["time"] for line in lines]
        same(times, sorted(times), "order")


@case("random traffic comes out of the store as it went in")
def _(desk):
    for seed in (3, 11):
        wire = traffic.Wire(random.Random(seed))
        talks = [traffic.Talk(traffic.Network(vni=n or None), f"10.0.0.{n + 1}", "192.0.2.53",
                              40000 + n, traffic.UDP) for n in range(7)]
        for i in range(211):
            wire.exchange(talks[i % 7], traffic.START + i * 700 * traffic.MS, i, True)
        store = desk.store(f"random{seed}", pcap(wire.packets))
        check(len(store[1]) > 100, "little traffic")
        same(sorted(desk.lines(store)), sorted(store[1]), f"lines of seed {seed}")


@case("a replay that cannot keep all says how many are missing, and its exit code does")
def _(desk):
    os.mkdir(desk.path("foreign"))
    hours = {o["time"][:13] for o in map(json.loads, desk.plain[1])}
    check(len(hours) > 1, f"hours {hours}")
    with open(desk.path(f"foreign/{min(hours)}.db"), "w", encoding="ascii") as file:
        file.write("of somebody else, and longer than nothing\n" * 101)
    lost = sum(o["time"][:13] == min(hours) for o in map(json.loads, desk.plain[1]))
    done = subprocess.run([desk.binary, "replay", "-c", desk.path("conf"), "--engine", "native",
                           "--store", desk.path("foreign"), desk.plain[2]],
                          capture_output=True, text=True, timeout=120, check=False)
    check(done.returncode == 1 and f"keep {lost} exchanges" in done.stderr,
          f"{done.returncode} {done.stderr}, wanted {lost}")
    same(len(desk.lines((desk.path("foreign"),), "--since", sorted(hours)[1] + ":00:00Z")),
         len(desk.plain[1]) - lost, "the others")


@case("captures of others come out of the store as they went in, whole or cut, all or first")
def _(desk):
    folder = os.environ.get("CAPTURES", os.path.join(HERE, "../../../shared/captures"))
    folder = os.path.join(folder, "files")
    compared = 0
    for number, name in enumerate(sorted(os.listdir(folder)) if os.path.isdir(folder) else []):
        for cut in ((), ("--set", "sensor.snaplen=100")):
            few = ("--set", "sensor.answers=first") if number % 7 == 0 else ()
            lines = desk.replay(name, *cut, *few, os.path.join(folder, name))
            if lines:
                same(sorted(desk.lines((desk.path(name),))), sorted(lines), f"{name} {cut}")
                compared += len(lines)
            shutil.rmtree(desk.path(name), ignore_errors=True)
    check(not os.path.isdir(folder) or compared > 1000, f"{compared} lines")


@case("without names the type that was asked for is still shown, filtered and counted")
def _(desk):
    lines = desk.replay("nameless", "--set", "store.names=no", desk.plain[2])
    store = (desk.path("nameless"),)
    left_out = {"qname": None, "answers": None, "records": None}
    wanted = [{key: None if key in left_out or key.startswith("crr_") else value
               for key, value in json.loads(line).items()} for line in lines]
    same(sorted(desk.lines(store)),
         sorted(json.dumps(o, separators=(",", ":")) for o in wanted), "lines")
    for ours, theirs in (("dns-qtype PTR", "dns.qry.type == 12"),
                         ("dns-qtype 28 and dns-qclass IN", "dns.qry.type == 28"),
                         ("not dns-qtype [A, PTR]",
                          "dns.qry.type == 28 or dns.qry.type == 33")):
        same(keys(desk.objects(store, ours)), tshark(desk.plain[2], theirs), ours)
    same(len(desk.objects(store, "dns-qcount 1")), len(lines), "questions")


@case("flows are the messages that tshark sees, by start")
def _(desk):
    flows = desk.objects(desk.plain, "--uniflow")
    times = [flow["time"] for flow in flows]
    same(times, sorted(times), "order")
    for direction, is_response in (("query", 0), ("response", 1)):
        of_direction = [f for f in flows if f["direction"] == direction]
        ends = ("dst", "dst_port") if is_response else ("src", "src_port")
        same({(f["id"], f[ends[0]], f[ends[1]]) for f in of_direction},
             tshark(desk.plain[2], f"dns.flags.response == {is_response}"), direction)
        same(sum(f["packets"] for f in of_direction), len(of_direction), "packets")


@case("filters pick what tshark picks")
def _(desk):
    pairs = [
        ("dns-rcode NXDOMAIN", "dns.flags.rcode == 3"),
        ("dns-rcode “NXDomain” and dst ctry 0", "dns.flags.rcode == 3"),
        ('dns-qtype "PTR" and dns-qname "arpa"',
         'dns.qry.type == 12 and dns.qry.name contains "arpa"'),
        ("client 10.1.0.0/16", "(ip.src == 10.1.0.0/16 or ip.dst == 10.1.0.0/16)"),
        ("dst port 53 and not dst ip @dns_servers",
         "udp.dstport == 53 and not ip.dst == 192.0.2.53"),
        ("dns-qname ~ '^host1[0-9]?[.]'", 'dns.qry.name matches "^host1[0-9]?[.]"'),
        ("dns-qtype [A, AAAA] and not server 192.0.2.53",
         "(dns.qry.type == 1 or dns.qry.type == 28) and not ip.addr == 192.0.2.53"),
    ]
    for ours, theirs in pairs:
        wanted = tshark(desk.plain[2], theirs)
        check(len(wanted) > 1, f"tshark finds nothing by {theirs}")
        same(keys(desk.objects(desk.plain, ours)), wanted, ours)
    same(keys(desk.objects(desk.plain, "dns-state unanswered")),
         tshark(desk.plain[2], "dns.flags.response == 0") -
         tshark(desk.plain[2], "dns.flags.response == 1"), "unanswered")


@case("spans begin with their start and end before their end")
def _(desk):
    times = [o["time"] for o in desk.objects(desk.plain)]
    since, until = times[101], times[211]
    lines = desk.lines(desk.plain, "--since", since, "--until", until)
    same([json.loads(line)["time"] for line in lines], times[101:211], "span")
    same(desk.lines(desk.plain, "--last", "1h"), [], "last hour")


# --- order ------------------------------------------------------------------------------------

@case("sorted by a field, rising and falling, those without it last")
def _(desk):
    def by(name, value=lambda v: v):
        def key(o):
            return value(o[name]) if o[name] is not None else None
        return key

    def packed(address):
        return ipaddress.ip_address(address).packed
    everything = desk.objects(desk.plain)
    for word, key in (("dns-qname", by("qname")), ("dns-latency", by("latency_ns")),
                      ("client", by("client", packed)), ("dns-id", by("id"))):
        known = [key(o) for o in everything if key(o) is not None]
        for sign in ("", "-"):
            got = [key(o) for o in desk.objects(desk.plain, f"--sort={sign}{word}")]
            wanted = sorted(known, reverse=bool(sign)) + [None] * (len(everything) - len(known))
            same(got, wanted, sign + word)
            same([key(o) for o in desk.objects(desk.plain, f"--sort={sign}{word}", "-n", "13")],
                 wanted[:13], f"first 13 by {sign}{word}")


@case("limit keeps the newest, the newest of them last")
def _(desk):
    for more in ((), ("--uniflow",), ("dns-rcode SERVFAIL",), ("--uniflow", "client 10.2.0.0/16")):
        lines = desk.lines(desk.plain, *more)
        for n in (1, 7, 97, 10007):
            same(desk.lines(desk.plain, "--limit", str(n), *more), lines[-n:], f"{n} of {more}")


# --- formats ----------------------------------------------------------------------------------

class Cells(html.parser.HTMLParser):
    """Rows of the tables of a page, and names of all elements."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.names, self.inside = [], set(), False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        if tag == "tr":
            self.rows.append([])
        self.inside = tag in ("td", "th")
        if self.inside:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


@case("CSV is what JSON says, with its keys as titles")
def _(desk):
    words = ["time", "client", "client-port", "dns-id", "dns-qname", "dns-rcode", "dns-latency",
             "dns-crr-rdata"]
    for store in (desk.plain, desk.hostile):
        text = desk.flows(store, "--format", "csv", "--columns", ",".join(words))
        titles, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        objects = desk.objects(store)
        same(len(rows), len(objects), "rows")
        for row, wanted in zip(rows, objects):
            cells = ["" if wanted[t] is None else str(wanted[t]) for t in titles]
            # a cell that a spreadsheet would run is defused by what stands before it
            same([re.sub("^'(?=[-=+@])", "", cell) for cell in row], cells, "row")
    check("\r\n" in desk.flows(desk.plain, "--format", "csv", text=False).decode(),
          "lines end as RFC 4180 has it")


@case("text, HTML and PDF have a row for each exchange")
def _(desk):
    names = [o["qname"] for o in desk.objects(desk.plain)]
    text = desk.flows(desk.plain, "--columns", "dns-qname").splitlines()
    same(text[1:], names, "text")
    page = desk.flows(desk.plain, "--format", "html", "--columns", "dns-qtype,dns-qname")
    same([row[1] for row in Cells(page).rows if len(row) == 2][1:], names, "HTML")
    desk.flows(desk.plain, "--columns", "dns-qname", "--output", desk.path("flows.pdf"))
    shown = subprocess.run(["pdftotext", "-layout", desk.path("flows.pdf"), "-"],
                           capture_output=True, text=True, check=True).stdout
    same(re.findall(r"host\d+\.\w+", shown), names, "PDF")


@case("sets of columns and single fields, in text")
def _(desk):
    wide = desk.flows(desk.plain, "-o", "wide", "-n", "1").splitlines()[0]
    extended = desk.flows(desk.plain, "-o", "extended-dns", "-n", "1", "--uniflow").splitlines()[0]
    check(len(wide.split()) > 15 and len(extended.split()) == 26, f"{wide} / {extended}")
    same(desk.flows(desk.plain, "-o", "DNS-ID,qtype", "-n", "1").split()[:2], ["ID", "QTYPE"],
         "titles")
    fields = desk.flows(desk.plain, "--help-fields")
    for word in ("dns-crr-rdata-len", "dns-qcount", "user", "src-ip"):
        check(re.search(f"^{word} ", fields, re.M), f"--help-fields has no {word}")


@case("file is whole or not there, its suffix tells the format")
def _(desk):
    for suffix, begin in (("csv", b"time,"), ("json", b'{"type":"exchange"'), ("html", b"<!"),
                          ("pdf", b"%PDF-"), ("txt", b"TIME ")):
        path = desk.path("out." + suffix)
        same(desk.flows(desk.plain, "--output", path), "", "standard output")
        with open(path, "rb") as file:
            content = file.read()
        same(content[:len(begin)].lower(), begin.lower(), suffix)
    with open(path, "w", encoding="ascii") as file:
        file.write("before")
    desk.flows((desk.path("missing"),), "--output", path, code=1)
    desk.flows(desk.plain, "--output", path, "--columns", "nothing", code=2)
    with open(path, encoding="ascii") as file:
        same(file.read(), "before", "what was there")
    left = [name for name in os.listdir(desk.folder) if name.startswith("out.txt.")]
    same(left, [], "files beside")


# --- hostile names ----------------------------------------------------------------------------

@case("hostile names are harmless in each format")
def _(desk):
    names = [o["qname"] for o in desk.objects(desk.hostile)]
    same(len(names), len(HOSTILE), "names")
    for form in ("text", "csv", "html", "json"):
        raw = desk.flows(desk.hostile, "--format", form, text=False)
        bad = {byte for byte in raw if (byte < 0x20 and byte not in b"\r\n") or byte == 0x7f}
        check(not bad, f"{form}: control characters {bad}")
        raw.decode("utf-8")
    for row in csv.reader(io.StringIO(desk.flows(desk.hostile, "--format", "csv", "--columns",
                                                 "dns-qname"), newline="")):
        check(row[0][0] not in "=+-@\t\r", f"formula {row}")
    page = Cells(desk.flows(desk.hostile, "--format", "html", "--columns", "dns-qtype,dns-qname"))
    check("script" not in page.names, "a name became an element")
    same([row[1] for row in page.rows if len(row) == 2][1:], names, "HTML")
    text = desk.flows(desk.hostile, "--columns", "dns-qname").splitlines()
    same(text[1:], names, "text")
    desk.flows(desk.hostile, "--columns", "dns-qname", "--output", desk.path("hostile.pdf"))
    subprocess.run(["pdftotext", desk.path("hostile.pdf"), "-"], capture_output=True, check=True)


# --- terminals --------------------------------------------------------------------------------

def on_terminal(command, columns):
    """What a command shows on a terminal so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm", "NO_COLOR": ""}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs,
                          env=environment) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # nobody writes any more
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    return shown.decode()


@case("a terminal gets colours and names that fit, a pipe neither")
def _(desk):
    words = ("--columns", "client,dns-rcode,dns-qname", "-n", "17")
    shown = on_terminal(desk.command(desk.hostile, *words), 47)
    lines = [re.sub(r"\x1b\[\d*[mK]", "", line).rstrip("\r") for line in shown.splitlines()]
    check(all(len(line) <= 47 for line in lines), f"too long: {lines}")
    check(any(line.endswith("…") for line in lines), f"nothing is cut: {lines}")
    check("\x1b[31m" in on_terminal(desk.command(desk.plain, "dns-rcode SERVFAIL"), 200),
          "failures are not red")
    piped = desk.flows(desk.hostile, *words)
    check("…" not in piped and "..." not in piped and "\x1b" not in piped, "a pipe is no terminal")


@case("error in a filter has a caret on a terminal, one line elsewhere")
def _(desk):
    shown = on_terminal(desk.command(desk.plain, 'dns-qtype "PTRR" and x'), 200)
    lines = shown.replace("\r", "").splitlines()
    same(lines[1:], ['  dns-qtype "PTRR" and x', "            ^"], "excerpt")
    line = desk.flows(desk.plain, 'dns-qtype "PTRR" and x', code=2)
    check(line.count("\n") == 1 and "column 11" in line and "PTR?" in line, line)
    line = desk.flows(desk.plain, "dns-rcode “NXDomain” and and", code=2)
    check("column 26" in line, line)
    line = desk.flows(desk.plain, "not dst ip @mail", code=2)
    check("mail" in line and line.count("\n") == 1, line)
    line = desk.flows(desk.plain, "(" * 100000, code=2)
    check(line.count("\n") == 1 and len(line) < 1000, line)


@case("wrong usage and missing stores are told with what to do")
def _(desk):
    check("replay --store" in desk.flows((desk.path("missing"),), code=1), "no hint")
    for words, hint in ((("--columns", "dns-qnam"), "dns-qname"), (("--sort", "x"), "help-fields"),
                        (("--follow", "--format", "pdf"), "json"),
                        (("--follow", "--format", "html"), "json"),
                        (("--follow", "--sort", "client"), "sorted"),
                        (("--follow", "--output", desk.path("x")), "redirect"),
                        (("--format", "json", "--columns", "client"), "all fields"),
                        (("--format", "yaml"), "allowed")):
        # said before anything is opened: not even what cannot be written is tried
        for more in ((), ("--output", desk.path("no/such/file.csv"))):
            if more and words[0] in ("--follow", "--format"):
                continue
            line = desk.flows(desk.plain, *words, *more, code=2)
            check(hint in line and line.count("\n") == 1, f"{words}: {line}")
    line = desk.flows((desk.path("missing"),), "--follow", "--output", "/proc/no.csv", code=2)
    check("redirect" in line and line.count("\n") == 1, line)
    check("no/such" in desk.flows(desk.plain, "--output", desk.path("no/such/file"), code=1),
          "what cannot be written is not told")


# --- follow -----------------------------------------------------------------------------------

def read_lines(process, count):
    """So many lines, or what came in a minute without any."""
    data = b""
    while data.count(b"\n") < count:
        if not select.select([process.stdout], [], [], 60)[0]:
            break
        piece = os.read(process.stdout.fileno(), 65536)
        if not piece:
            break
        data += piece
    return data.decode().splitlines()


def follow(desk, store, *words):
    """Started, and seen to have looked at what there was: its last line has come."""
    process = subprocess.Popen(desk.command(store, "--follow", *words, "-n", "1"),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process, read_lines(process, 1 if "json" in words else 2)


@case("follow shows what is stored, and ends when it is told to")
def _(desk):
    store = desk.store("growing", Talks(23).draw(101, traffic.START))
    for number, end in enumerate((signal.SIGINT, signal.SIGTERM)):
        process, first = follow(desk, store, "--format", "json", "not dns-rcode SERVFAIL or "
                                "dns-state unanswered")
        same(len(first), 1, "lines at first")
        with open(desk.path("more.pcap"), "wb") as out:
            out.write(Talks(29 + number).draw(199, traffic.START + (number + 1) * 86400 *
                                              traffic.S))
        stored = [line for line in desk.replay("growing", desk.path("more.pcap"))
                  if '"rcode":"SERVFAIL"' not in line]
        same(sorted(read_lines(process, len(stored))), sorted(stored), "lines that came")
        process.send_signal(end)
        rest, errors = process.communicate(timeout=60)
        same((process.returncode, rest, errors), (0, b"", b""), f"end by {end!r}")


@case("follow ends when nobody reads, and has rows of text and CSV, too")
def _(desk):
    for form in ("text", "csv"):
        process, first = follow(desk, desk.plain, "--format", form)
        same(len(first), 2, f"titles and a row of {form}")
        process.stdout.close()
        process.wait(timeout=60)
        same((process.returncode, process.stderr.read()), (0, b""), "end")
        process.stderr.close()


@case("a reader that has seen enough ends a list without a word")
def _(desk):
    done = subprocess.run(["sh", "-c", '"$@" | head -n 1', "sh",
                           *desk.command(desk.plain, "--uniflow", "--format", "json")],
                          capture_output=True, text=True, timeout=120, check=True)
    same((done.stdout.count("\n"), done.stderr), (1, ""), "head")


def main(binary):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(os.path.realpath(binary), folder)
        for number, (title, function) in enumerate(CASES, 1):
            try:
                function(desk)
                print(f"ok {number} - {title}", flush=True)
            except (Failure, subprocess.SubprocessError, ValueError, LookupError) as why:
                failed += 1
                print(f"not ok {number} - {title}")
                print("# " + repr(why).replace("\n", "\n# "), flush=True)
    print(f"1..{len(CASES)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
