#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of reports, servers and alerts, held against tshark and plain SQL. Prints TAP.

    tests/store/report.py BINARY

A capture (report_traffic.py) is replayed into a store. What the report says in CSV of exchanges,
names and hosts must be what tshark's reading of the capture adds up to; what it says of servers,
what Python makes of the store's table of intervals.
"""

import collections
import csv
import io
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # root must not leave files in the tree
import report_traffic as traffic

HOURS, RATE, SEED = 2, 2.3, 20011
TIMEOUT_S, TOP = 5, 10
FIELDS = ("frame.time_epoch", "ip.src", "ip.dst", "udp.srcport", "udp.dstport", "udp.length",
          "dns.id", "dns.flags.response", "dns.flags.rcode", "dns.count.answers",
          "dns.qry.name", "dns.qry.type")
CONF = """[sensor]
interval = 30s
state = {folder}/state
[list dns_servers]
members = {servers}
[list mail_servers]
members = {mail}
"""
RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN"}
CHAPTERS = ["Overview", "Servers", "Names", "Clients", "Names that do not exist",
            "Mail and reverse DNS", "Foreign servers", "Service discovery", "Out of sight"]
CASES = []


class Failure(Exception):
    """What came out is not what was sent."""


def case(title):
    def add(function):
        CASES.append((title, function))
        return function
    return add


def same(got, wanted, what):
    if got != wanted:
        raise Failure(f"{what}: got {got!r}, not {wanted!r}")


class Talk:
    """A query, and its response if one came in time: no id of a port is used twice here."""

    def __init__(self, query, response):
        self.client, self.server = query["ip.src"], query["ip.dst"]
        self.name, self.type = query["dns.qry.name"].lower(), int(query["dns.qry.type"])
        self.time = float(query["frame.time_epoch"])
        self.response = response
        self.packets = 2 if response else 1
        self.rcode = int(response["dns.flags.rcode"]) if response else None
        self.records = int(response["dns.count.answers"]) if response else 0
        self.pending = False  # the capture ends within the timeout

    @property
    def lost(self):
        return not self.response and not self.pending

    @property
    def name2(self):
        return ".".join(self.name.split(".")[-2:])


def read(capture):
    """All talks of a capture, and the sum of the messages' bytes, by tshark."""
    done = subprocess.run(["tshark", "-n", "-r", capture, "-T", "fields", "-E", "separator=\t"] +
                          [a for field in FIELDS for a in ("-e", field)],
                          capture_output=True, text=True, check=True)
    packets = [dict(zip(FIELDS, line.split("\t"))) for line in done.stdout.splitlines()]
    queries, responses = {}, {}
    for p in packets:
        answer = p["dns.flags.response"] in ("1", "True")
        ends = ("ip.dst", "udp.dstport", "ip.src") if answer else ("ip.src", "udp.srcport", "ip.dst")
        key = tuple(p[field] for field in ends) + (p["dns.id"],)
        into = responses if answer else queries
        if key in into:
            raise Failure(f"{key} is not the only one: choose another seed")
        into[key] = p
    for key, response in responses.items():
        late = float(response["frame.time_epoch"]) - float(queries[key]["frame.time_epoch"])
        if not 0 < late < TIMEOUT_S:
            raise Failure(f"{key} took {late} s: choose another seed")
    talks = [Talk(query, responses.get(key)) for key, query in queries.items()]
    end = float(packets[-1]["frame.time_epoch"])
    for talk in talks:
        talk.pending = not talk.response and end - talk.time < TIMEOUT_S
    return (talks, sum(int(p["udp.length"]) - 8 for p in packets))


class Desk:
    """A store with the capture in it, what tshark reads of the same, and the report in CSV."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.store = binary, folder, f"{folder}/store"
        capture = f"{folder}/traffic.pcap"
        traffic.Office(SEED, HOURS, RATE).fill().write(capture)
        with open(f"{folder}/conf", "w", encoding="ascii") as out:
            out.write(CONF.format(folder=folder, servers=" ".join(traffic.SERVERS),
                                  mail=traffic.MAIL[0]))
        self.lines = self.run("replay", "--engine", "native", "--format", "json", "--store",
                              self.store, capture).splitlines()
        self.talks, self.bytes = read(capture)
        self.tables = self.split(self.ask("report", "--format", "csv"))

    def run(self, verb, *arguments, code=0):
        done = subprocess.run([self.binary, verb, "-c", f"{self.folder}/conf", *arguments],
                              capture_output=True, text=True, check=False)
        self.said = done.stderr
        if done.returncode != code:
            raise Failure(f"{verb}: exit code {done.returncode}, not {code}: {done.stderr}")
        return done.stdout

    def ask(self, verb, *arguments, code=0):
        return self.run(verb, "--store", self.store, *arguments, code=code)

    @staticmethod
    def split(text):
        """(chapter, caption) -> rows as dictionaries; an empty line is between tables."""
        tables = {}
        for block in text.replace("\r\n", "\n").split("\n\n")[1:]:
            name, titles, *rows = csv.reader(io.StringIO(block))
            tables[tuple(name)] = [dict(zip(titles, row)) for row in rows]
        return tables

    def table(self, chapter, caption=None):
        for key, rows in self.tables.items():
            if key[0] == chapter and (caption is None or key[-1].startswith(caption)):
                return rows
        raise Failure(f"no table '{caption}' in chapter {chapter}: {list(self.tables)}")

    def sql(self, query):
        """Of all segments, in order of time."""
        rows = []
        for name in sorted(n for n in os.listdir(self.store) if n.endswith(".db")):
            with sqlite3.connect(f"file:{self.store}/{name}?mode=ro", uri=True) as db:
                rows += db.execute(query).fetchall()
        return rows


def plain(text):
    """A cell without the apostrophe that keeps spreadsheets from running it."""
    return text[1:] if text.startswith("'") else text


def same_top(rows, key, shown, wanted, what):
    """The rows are the first ones of a count; equal ones may come in any order."""
    got = [(plain(row[key]), int(row[shown])) for row in rows]
    same([n for _, n in got], sorted(wanted.values(), reverse=True)[:TOP], f"{what}: counts")
    for name, n in got:
        same(n, wanted.get(name), f"{what}: {name}")


def packets_by(talks, key):
    count = collections.Counter()
    for talk in talks:
        count[key(talk)] += talk.packets
    return count


@case("overview: exchanges, states, messages and bytes are those of the capture")
def sums(desk):
    rows = {row["FIGURE"]: row for row in desk.table("Overview", "Sums")}
    answered = sum(1 for t in desk.talks if t.response)
    wanted = {"Exchanges": len(desk.talks), "Answered in time": answered,
              "Unanswered": sum(t.lost for t in desk.talks),
              "Still waiting at the end": sum(t.pending for t in desk.talks),
              "Responses without a query seen": 0, "DNS messages": len(desk.talks) + answered,
              "Bytes of DNS": desk.bytes, "Alerts raised": 1, "Alerts cleared": 1}
    for name, value in wanted.items():
        same(int(rows[name]["VALUE"]), value, name)
    share = float(rows["Answered in time"]["SHARE"])
    if abs(share - 100 * answered / len(desk.talks)) > 1e-4:
        raise Failure(f"share of answered is {share} %")


@case("overview: the busiest hour and its exchanges")
def busiest(desk):
    rows = {row["FIGURE"]: row["VALUE"] for row in desk.table("Overview", "Sums")}
    hours = collections.Counter(int(t.time) // 3600 for t in desk.talks)
    hour, most = hours.most_common(1)[0]
    same(rows["Busiest hour begins"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(hour * 3600)),
         "hour")
    same(int(rows["Exchanges in the busiest hour"]), most, "exchanges")


@case("overview: response codes")
def rcodes(desk):
    wanted = collections.Counter(RCODES[t.rcode] for t in desk.talks if t.response)
    rows = desk.table("Overview", "Response codes")
    same({row["RCODE"]: int(row["RESPONSES"]) for row in rows}, dict(wanted), "responses")


@case("servers: queries, answers and response codes of each")
def server_counts(desk):
    rows = {row["address"]: row for row in desk.table("Servers", "Servers by group")}
    same(set(rows), {t.server for t in desk.talks}, "servers")
    for address, row in rows.items():
        talks = [t for t in desk.talks if t.server == address]
        answered = [t for t in talks if t.response]
        same((int(row["queries"]), int(row["answered"]), int(row["unanswered"])),
             (len(talks), len(answered), sum(t.lost for t in talks)), address)
        codes = collections.Counter(RCODES[t.rcode] for t in answered)
        same(dict(one.split(" ") for one in row["rcodes"].split(", ")),
             {name: str(n) for name, n in codes.items()}, f"rcodes of {address}")


@case("servers: medians, baseline and distance are those of the table of intervals")
def server_medians(desk):
    intervals = desk.sql("SELECT server, \"group\", median_ns, p90_ns, p99_ns, samples FROM interval")
    rows = {row["address"]: row for row in desk.table("Servers", "Servers by group")}
    values = [i[2] for i in intervals if i[1] == "private" and i[5] >= 5]
    baseline = statistics.median(values)
    for address in traffic.SERVERS:
        row, own = rows[address], [i for i in intervals if i[0] == address and i[5] > 0]
        for at, key in ((2, "median_ns"), (3, "p90_ns"), (4, "p99_ns")):
            wanted = statistics.median([i[at] for i in own])
            if abs(int(row[key]) - wanted) > 1:
                raise Failure(f"{key} of {address} is {row[key]}, not {wanted}")
        if abs(int(row["baseline_ns"]) - baseline) > 1:
            raise Failure(f"baseline is {row['baseline_ns']}, not {baseline}")
        same(int(row["distance_ns"]), int(row["median_ns"]) - int(row["baseline_ns"]), "distance")


@case("servers: the verb shows the table of the report, and JSON as of the daemon")
def servers_verb(desk):
    rows = list(csv.DictReader(io.StringIO(desk.ask("servers", "--format", "csv"))))
    same(rows, desk.table("Servers", "Servers by group"), "rows")
    for line in desk.ask("servers", "--format", "json").splitlines():
        server = json.loads(line)
        same(list(server), ["type", "address", "group", "recursive", "pinned", "standing",
                            "eligible", "queries", "answered", "unanswered", "late", "samples",
                            "median_ns", "p90_ns", "p99_ns", "baseline_ns", "rcodes"], "keys")
    desk.run("servers", "--last", "1h", "--set", f"store.path={desk.store}")
    same(desk.run("servers", "--last", "1h", "--format", "json", "--set",
                  f"store.path={desk.store}"), "", "servers of the last hour")


@case("servers: X and Y of the configuration decide who is odd")
def servers_odd(desk):
    text = desk.ask("servers", "--format", "json", "--set", "rule odd-one-out.absolute=1ms",
                    "--set", "rule odd-one-out.relative=30%")
    intervals = desk.sql("SELECT server, \"group\", median_ns, samples FROM interval")
    private = [i for i in intervals if i[1] == "private" and i[3] >= 5]
    limit = statistics.median([i[2] for i in private])
    odd = {s for s in traffic.SERVERS for m in [statistics.median(
        [i[2] for i in private if i[0] == s])] if m > limit + 1e6 and m > limit * 1.3}
    got = {s["address"] for s in map(json.loads, text.splitlines()) if s["standing"] == "odd"}
    same(got, odd, "odd servers")
    same(bool(odd), True, "there is one")


@case("alerts: JSON is the lines as they were logged, CSV has the evidence")
def alerts(desk):
    logged = [line for line in desk.lines if '"type":"alert"' in line]
    same(desk.ask("alerts", "--format", "json").splitlines(), logged, "lines")
    rows = list(csv.DictReader(io.StringIO(desk.ask("alerts", "--format", "csv"))))
    same(len(rows), len(logged), "rows")
    for row, line in zip(rows, map(json.loads, logged)):
        for key in ("time", "state", "severity", "rule", "group", "subject", "metric"):
            same(row[key], line[key], key)
        same(float(row["value"]), float(line["value"]), "value")
        same(row["evidence"], "; ".join(f"{e['server']} {'-' if e['median'] is None else e['median']}"
                                        for e in line["evidence"]), "evidence")
    text = desk.ask("alerts").splitlines()
    same(sum(line.startswith(" ") for line in text), 5, "servers below the raised one")


@case("alerts: --follow lists what there is, and ends well when it is interrupted")
def follow(desk):
    done = subprocess.Popen([desk.binary, "alerts", "-c", f"{desk.folder}/conf", "--store",
                             desk.store, "--follow", "--format", "json"], stdout=subprocess.PIPE,
                            text=True)
    first = [done.stdout.readline(), done.stdout.readline()]
    done.send_signal(signal.SIGINT)
    rest, _ = done.communicate(timeout=20)
    same("".join(first) + rest, desk.ask("alerts", "--format", "json"), "lines")
    same(done.returncode, 0, "exit code")
    desk.ask("alerts", "--follow", "--format", "pdf", "-o", f"{desk.folder}/no.pdf", code=2)


@case("names: the first ten by packets, whole and of second level")
def names(desk):
    same_top(desk.table("Names", "Whole"), "NAME", "PACKETS",
             packets_by(desk.talks, lambda t: t.name), "names")
    same_top(desk.table("Names", "Second"), "NAME", "PACKETS",
             packets_by(desk.talks, lambda t: t.name2), "second level")


@case("clients: packets, exchanges, unanswered ones and their share")
def clients(desk):
    rows = desk.table("Clients")
    same_top(rows, "CLIENT", "PACKETS", packets_by(desk.talks, lambda t: t.client), "clients")
    for row in rows:
        talks = [t for t in desk.talks if t.client == row["CLIENT"]]
        lost = sum(t.lost for t in talks)
        same((int(row["EXCHANGES"]), int(row["UNANSWERED"])), (len(talks), lost), row["CLIENT"])
        if abs(float(row["UNANSWERED %"]) - 100 * lost / len(talks)) > 1e-4:
            raise Failure(f"share of {row['CLIENT']}: {row['UNANSWERED %']}")


@case("nxdomain: hosts that receive it, the share of their queries, the names")
def nxdomain(desk):
    failed = [t for t in desk.talks if t.rcode == 3]
    rows = desk.table("Names that do not exist")
    wanted = collections.Counter(t.client for t in failed)
    same_top(rows, "HOST", "NXDOMAIN", wanted, "hosts")
    for row in rows:
        share = 100 * wanted[row["HOST"]] / sum(1 for t in desk.talks if t.client == row["HOST"])
        if abs(float(row["OF ITS QUERIES"]) - share) > 1e-4:
            raise Failure(f"{row['HOST']}: {row['OF ITS QUERIES']} % of its queries, not {share}")
        asked = collections.Counter(t.name for t in failed if t.client == row["HOST"])
        best = sorted(asked.items(), key=lambda one: (-one[1], one[0]))
        text = ", ".join(f"{name} {n}" for name, n in best[:3])
        same(row["NAMES ASKED MOST"], text + (f" and {len(best) - 3} more" if len(best) > 3 else ""),
             f"names of {row['HOST']}")


@case("mail: PTR queries of the mail server that the list names, and those that fail")
def mail(desk):
    talks = [t for t in desk.talks if t.type == 12 and t.client == traffic.MAIL[0]]
    rows = desk.table("Mail and reverse DNS", "Hosts")
    same([(r["HOST"], int(r["QUERIES"]), int(r["NXDOMAIN"]), int(r["UNANSWERED"])) for r in rows],
         [(traffic.MAIL[0], len(talks), sum(1 for t in talks if t.rcode == 3),
           sum(t.lost for t in talks))], "hosts")
    failed = collections.Counter((t.name, RCODES[t.rcode]) for t in talks if t.rcode)
    rows = desk.table("Mail and reverse DNS", "Addresses")
    same([int(r["RESPONSES"]) for r in rows], sorted(failed.values(), reverse=True)[:TOP], "counts")
    for row in rows:
        same(int(row["RESPONSES"]), failed[(row["NAME"], row["RCODE"])], row["NAME"])


@case("foreign: who asks servers that the list does not allow, and which")
def foreign(desk):
    talks = [t for t in desk.talks if t.server not in traffic.SERVERS]
    rows = desk.table("Foreign servers")
    servers = collections.Counter(t.server for t in talks)
    same([(r["HOST"], int(r["PACKETS"]), r["SERVERS ASKED MOST"]) for r in rows],
         [(traffic.ROAMER, len(talks), ", ".join(f"{s} {n}" for s, n in servers.most_common()))],
         "hosts")


@case("services: SRV by host and name, found or not")
def services(desk):
    talks = [t for t in desk.talks if t.type == 33]
    wanted = {}
    for t in talks:
        counts = wanted.setdefault((t.client, t.name), [0, 0, 0])
        counts[0] += 1
        counts[1] += t.rcode == 0 and t.records > 0
        counts[2] += t.lost
    rows = desk.table("Service discovery")
    same({(r["HOST"], r["SERVICE"]): [int(r["QUERIES"]), int(r["FOUND"]), int(r["UNANSWERED"])]
          for r in rows}, wanted, "services")


@case("all formats have all chapters, and no control characters")
def formats(desk):
    for suffix in ("pdf", "html", "txt"):
        path = f"{desk.folder}/report.{suffix}"
        desk.ask("report", "-o", path)
        if suffix == "pdf":
            text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True,
                                  text=True, check=True).stdout.replace("\f", "\n")
        else:
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
        for chapter in CHAPTERS:
            if chapter not in text:
                raise Failure(f"{suffix}: no chapter {chapter}")
        if any(ord(c) < 32 and c != "\n" for c in text):
            raise Failure(f"{suffix}: control characters")
        if suffix == "html" and ("<b>bold" in text or "src=\"http" in text or "<script" in text):
            raise Failure("html: markup or addresses of others")


@case("the setting picks the chapters and their order, and a wrong word changes no file")
def chapters(desk):
    text = desk.ask("report", "--set", "report.chapters=hidden names")
    if not text.index("Out of sight") < text.index("Whole names") or "Overview" in text:
        raise Failure(text)
    path = f"{desk.folder}/kept.txt"
    with open(path, "w", encoding="ascii") as out:
        out.write("kept\n")
    desk.ask("report", "--set", "report.chapters=names clienst", "-o", path, code=2)
    if "did you mean 'clients'" not in desk.said:
        raise Failure(desk.said)
    with open(path, encoding="ascii") as stream:
        same(stream.read(), "kept\n", "the file")


@case("a span cuts what is counted")
def span(desk):
    middle = traffic.START // traffic.S + 3600
    text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(middle))
    tables = desk.split(desk.ask("report", "--format", "csv", "--since", text))
    for (chapter, *_), rows in tables.items():
        if chapter == "Overview" and rows and rows[0].get("FIGURE"):
            same(int(rows[0]["VALUE"]), sum(1 for t in desk.talks if t.time >= middle), "exchanges")
    names_of = next(rows for key, rows in tables.items() if key[-1].startswith("Whole"))
    same_top(names_of, "NAME", "PACKETS",
             packets_by([t for t in desk.talks if t.time >= middle], lambda t: t.name), "names")


@case("an empty store makes an empty report of all chapters")
def empty(desk):
    os.mkdir(f"{desk.folder}/empty")
    text = desk.run("report", "--store", f"{desk.folder}/empty")
    for chapter in CHAPTERS:
        if chapter not in text:
            raise Failure(f"no chapter {chapter}")


def main(binary):
    print(f"1..{len(CASES)}")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="oddns-report.") as folder:
        desk = Desk(binary, folder)
        for number, (title, function) in enumerate(CASES, 1):
            try:
                function(desk)
                print(f"ok {number} - {title}")
            except (Failure, LookupError, ValueError) as failure:
                failed += 1
                print(f"not ok {number} - {title}\n# {repr(failure)[:1000]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(os.path.realpath(sys.argv[1])))
