#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What DNS monitoring is used for, case by case, held against tshark. Prints TAP.

    tests/store/usecases.py BINARY

An office's capture (office.py) is replayed into a store, and each question that
an operator has is asked with the filter as people write it. tshark reads the
same capture: what it counts must come out.
"""

import collections
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # root must not leave files in the tree
import office

FIELDS = ("ip.src", "ip.dst", "dns.qry.name", "dns.qry.type", "dns.flags.response",
          "dns.flags.rcode", "udp.length", "dns.id", "frame.time_epoch")
# Order of the cases: as in the acceptance text.
CASES = []


class Failure(Exception):
    """What came out is not what was sent."""


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
    check(got == wanted, f"{what}: got {got!r}, tshark says {wanted!r}")


class Desk:
    """A store with the capture in it, and tshark's reading of the same."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.store = f"{folder}/store"
        capture = f"{folder}/office.pcap"
        with open(capture, "wb") as out:
            out.write(office.draw())
        self.run("replay", "--store", self.store, capture)
        read = subprocess.run(["tshark", "-n", "-r", capture, "-T", "json", "-Y", "dns"] +
                              [a for field in FIELDS for a in ("-e", field)],
                              capture_output=True, text=True, check=True)
        self.packets = [self.packet(p["_source"]["layers"]) for p in json.loads(read.stdout)]

    @staticmethod
    def packet(layers):
        packet = {name.split(".")[-1]: layers[name][0] if name in layers else None
                  for name in FIELDS}
        packet["response"] = packet["response"] in ("1", "True")
        return packet

    def run(self, verb, *arguments, code=0):
        """What a command prints."""
        done = subprocess.run([self.binary, verb, "-c", f"{self.folder}/conf"] + list(arguments),
                              capture_output=True, text=True, check=False)
        check(done.returncode == code, f"{verb} {arguments}: exit code {done.returncode}: "
                                       f"{done.stderr.strip()}")
        return done.stdout

    def ask(self, verb, *arguments):
        """Its JSON Lines."""
        text = self.run(verb, *arguments, "--store", self.store, "--format", "json")
        return [json.loads(line) for line in text.splitlines()]

    def stats(self, *arguments):
        return self.ask("stats", *arguments)

    def count(self, key, wanted=lambda packet: True):
        """tshark's packets by a key."""
        return collections.Counter(key(p) for p in self.packets if wanted(p))


def top(counter, n=10):
    """The figures of the first n, in falling order; which of equals comes is open."""
    return [count for _, count in counter.most_common(n)]


def by(rows, field):
    return {row["by"][field]: row["packets"] for row in rows}


def compare(rows, field, counter, n=10):
    """Rows of stats against a counter of packets."""
    same([row["packets"] for row in rows], top(counter, n), f"packets by {field}")
    for value, packets in by(rows, field).items():
        same(packets, counter[value], f"packets of {field} {value}")


def private(address):
    return address.startswith("10.")


def second_level(name):
    return ".".join(name.split(".")[-2:])


@case("1: all communication of a time frame, flow by flow, in order of time")
def whole(desk):
    rows = desk.ask("flows", "port 53", "--uniflow", "--sort", "start", "--limit", "99999")
    same(len(rows), len(desk.packets), "flows")
    same([(r["src"], r["dst"], r["id"]) for r in rows],
         [(p["src"], p["dst"], int(p["id"], 16)) for p in desk.packets], "order of flows")


@case("1: the same as CSV with the columns extended-dns, a row a flow")
def whole_csv(desk):
    text = desk.run("flows", "port 53", "--uniflow", "-o", "extended-dns", "--format", "csv",
                    "--store", desk.store, "--limit", "99999")
    rows = list(csv.DictReader(io.StringIO(text)))
    same(len(rows), len(desk.packets), "rows")
    check(not any(None in row or None in row.values() for row in rows), "rows of unequal length")


@case("1: the same as PDF, each name where a person reads it")
def whole_pdf(desk):
    path = f"{desk.folder}/flows.pdf"
    desk.run("flows", 'port 53 and dns-qname "lwn.net"', "--uniflow", "--output", path, "--store",
             desk.store, "--limit", "99999")
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True,
                          check=True).stdout
    rows = sum("lwn.net" in line and "10.0.0." in line for line in text.splitlines())
    same(rows, desk.count(lambda p: p["name"])["lwn.net"], "lines with that name")


@case("1: as text, without escape sequences in a pipe")
def whole_text(desk):
    text = desk.run("flows", "port 53", "--uniflow", "--store", desk.store, "--limit", "99999")
    check("\x1b" not in text, "escape sequences")
    rows = sum("seznam.cz" in line for line in text.splitlines())
    same(rows, sum("seznam.cz" in p["name"] for p in desk.packets), "lines with seznam.cz")


@case("2: top 10 names of the first level")
def names(desk):
    rows = desk.stats("--by", "dns-qname", "--top", "10", "--order", "packets")
    compare(rows, "dns-qname", desk.count(lambda p: p["name"]))


@case("2: top 10 names of the second level")
def names2(desk):
    rows = desk.stats("--by", "dns-qname2", "--top", "10", "--order", "packets")
    compare(rows, "dns-qname2", desk.count(lambda p: second_level(p["name"])))


@case("2: registrable domains keep what is under co.uk apart")
def domains(desk):
    rows = desk.stats("--by", "dns-domain", "--top", "0")
    wanted = desk.count(lambda p: p["name"], lambda p: p["name"].endswith(".example.co.uk"))
    same(by(rows, "dns-domain").get("example.co.uk"), sum(wanted.values()), "example.co.uk")


@case("2: by query type")
def types(desk):
    numbers = {str(number): name for name, number in office.TYPES.items()}
    rows = desk.stats("--by", "dns-qtype", "--top", "0")
    compare(rows, "dns-qtype", desk.count(lambda p: numbers[p["type"]]), None)


@case("2: by return code, of the responses")
def rcodes(desk):
    words = {"0": "NOERROR", "2": "SERVFAIL", "3": "NXDOMAIN"}
    rows = desk.stats("src port 53", "--by", "dns-rcode", "--top", "0")
    compare(rows, "dns-rcode", desk.count(lambda p: words[p["rcode"]], lambda p: p["response"]),
            None)


@case("2: by several fields at a time")
def several(desk):
    rows = desk.stats("dst port 53", "--by", "client,server", "--top", "0")
    wanted = desk.count(lambda p: (p["src"], p["dst"]), lambda p: not p["response"])
    same({(r["by"]["client"], r["by"]["server"]): r["packets"] for r in rows}, dict(wanted),
         "packets by client and server")


@case("3: a report has these statistics as chapters, in each format")
def report(desk):
    for suffix in ("pdf", "html", "txt", "csv"):
        path = f"{desk.folder}/report.{suffix}"
        desk.run("report", "--store", desk.store, "-o", path)
        if suffix == "pdf":
            text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True,
                                  text=True, check=True).stdout
        else:
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
        for word in ("www.seznam.cz", "10.0.0.11", "kx", "_sip._udp.office.example",
                     office.FOREIGN):
            check(word in text, f"{suffix} has no {word}")


@case("4: reverse queries, as printed")
def reverse(desk):
    rows = desk.stats('dns-qtype "PTR" and dns-qname "arpa"', "--by", "client", "--top", "0")
    wanted = desk.count(lambda p: p["dst"] if p["response"] else p["src"],
                        lambda p: p["type"] == "12" and "arpa" in p["name"])
    compare(rows, "client", wanted, None)


@case("4: those of a mail server that fail")
def reverse_failed(desk):
    rows = desk.ask("flows", 'dns-qtype "PTR" and dns-qname "arpa" and ip 10.0.0.25 and '
                    'dns-rcode "NXDomain"', "--limit", "99999")
    wanted = [p for p in desk.packets if p["type"] == "12" and p["dst"] == "10.0.0.25" and
              p["rcode"] == "3"]
    same(len(rows), len(wanted), "exchanges")
    same({r["qname"] for r in rows}, {p["name"] for p in wanted}, "names")


@case("5: top 10 hosts that receive NXDOMAIN, as printed, curly quotes too")
def nxdomain(desk):
    wanted = desk.count(lambda p: p["dst"],
                        lambda p: p["response"] and p["rcode"] == "3" and private(p["dst"]))
    for text in ('dns-rcode "NXDomain" and dst ctry 0', "dns-rcode “NXDomain” and dst ctry 0"):
        rows = desk.stats(text, "--by", "dst-ip", "--top", "10")
        compare(rows, "dst-ip", wanted)


@case("5: from such a host to its names")
def nxdomain_names(desk):
    rows = desk.ask("flows", "dns-rcode NXDomain and dst ip 10.0.0.11", "--limit", "99999")
    wanted = desk.count(lambda p: p["name"], lambda p: p["dst"] == "10.0.0.11" and p["rcode"] == "3")
    same(collections.Counter(r["qname"] for r in rows), wanted, "names")


@case("6: hosts that ask servers outside of the list, by each way to name it")
def foreign(desk):
    allowed = "list dns_servers.members=" + " ".join(office.SERVERS)
    wanted = desk.count(lambda p: p["src"],
                        lambda p: not p["response"] and p["dst"] not in office.SERVERS)
    for text in ("dst port 53 and not dst ip @dns_servers",
                 f"dst port 53 and not dst ip [{', '.join(office.SERVERS)}]",
                 "dst port 53 and not dst net 10.0.0.52/30"):
        rows = desk.stats(text, "--by", "src-ip", "--order", "packets", "--set", allowed)
        compare(rows, "src-ip", wanted)
    rows = desk.stats(f"dst port 53 and not dst ip {office.SERVERS[0]}", "--by", "src-ip", "--top",
                      "0")
    compare(rows, "src-ip", desk.count(lambda p: p["src"], lambda p: not p["response"] and
                                       p["dst"] != office.SERVERS[0]), None)


@case("7: did the host get its SRV record, as printed")
def services(desk):
    rows = desk.ask("flows", "ip 10.0.0.7 and dns-qtype “SRV”", "--limit", "99999")
    wanted = desk.count(lambda p: p["name"],
                        lambda p: p["type"] == "33" and p["dst"] == "10.0.0.7")
    same(collections.Counter(r["qname"] for r in rows if r["state"] == "answered"), wanted, "names")
    rows = desk.ask("flows", "dns-qtype SRV and dns-state unanswered")
    same({(r["client"], r["server"] in office.SERVERS) for r in rows}, {("10.0.0.11", True)},
         "hosts without an answer")


@case("8: the volume of a station against the others, with exclusions")
def volume(desk):
    rows = desk.stats("dst port 53 and not src ip [10.0.0.25 10.0.0.26]", "--by", "src-ip",
                      "--top", "0")
    compare(rows, "src-ip", desk.count(lambda p: p["src"], lambda p: not p["response"] and
                                       p["src"] not in office.MAIL), None)


@case("8: unusual servers, and DNS over TCP, of which there is none here")
def unusual(desk):
    rows = desk.stats("dst port 53", "--by", "dst-ip", "--top", "0")
    compare(rows, "dst-ip", desk.count(lambda p: p["dst"], lambda p: not p["response"]), None)
    same(desk.ask("flows", "proto tcp and port 53"), [], "flows over TCP")


def main(binary):
    print(f"1..{len(CASES)}")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="oddns-usecases.") as folder:
        with open(f"{folder}/conf", "w", encoding="ascii"):
            pass
        desk = Desk(binary, folder)
        for number, (title, function) in enumerate(CASES, 1):
            try:
                function(desk)
                print(f"ok {number} - {title}")
            except Failure as failure:
                failed += 1
                print(f"not ok {number} - {title}\n# {str(failure)[:1000]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(os.path.realpath(sys.argv[1])))
