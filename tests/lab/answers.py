# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of what is answered: records, EDNS, truncation.

dig asks and prints what it got; the exchange of the same id must say the same, live and in the
replay of a capture of the same packets.
"""

import collections
import json
import os
import re

import bench
from bench import DIR, check, ip, wait_for
from scenarios import scenario, wait_counters
from whole import books_of, rows_of

V4, V6 = "10.53.0.21", "fd53::21"
LARGE = 19  # TXT records of 96 bytes with their headers: an answer of 1.9 KB
# No cookies but where they are tried: the server refuses the first query of who has none.
OPTIONS = ["+nosplit", "+tries=1", "+timeout=20", "+nocookie"]

# What is asked: name, type, options of dig.
ASKED = """
    ns.all.test A
    ns.all.test A +noedns
    ns.all.test A +tcp
    v6.all.test AAAA +tcp
    mail.all.test MX
    txt.all.test TXT
    txt.all.test TXT +dnssec
    _sip._tcp.all.test SRV
    _443._tcp.all.test TLSA
    www.all.test A +dnssec
    https.all.test HTTPS
    https.all.test HTTPS +tcp
    _dns.all.test SVCB
    x.sub.all.test A
    key.all.test SSHFP
    loc.all.test LOC
    nap.all.test NAPTR
    uri.all.test URI
    odd\\.dot.\\\\.all.test A
    mIxEd.all.test A
    unknown.all.test TYPE65280
    host.all.test HINFO
    rp.all.test RP
    ptr.all.test PTR
    all.test SOA
    all.test NS +cdflag
    all.test CAA
    all.test DNSKEY
    all.test DNSKEY +dnssec
    all.test NSEC3PARAM
    child.all.test DS +dnssec
    deep.child.all.test A
    nothing.all.test A +dnssec
    ns.all.test MX +dnssec
    large.all.test TXT +bufsize=4096
    large.all.test TXT +tcp
    ns.all.test A +nsid
    ns.all.test A +subnet=192.0.2.0/24
    ns.all.test AAAA +subnet=2001:db8:53::/56
    ns.all.test A +nsid +subnet=198.51.100.0/22 +dnssec +adflag +bufsize=1400
    ns.all.test A +cookie +badcookie
    www.all.test A +cookie=0123456789abcdef +nobadcookie
    x.broken.test A
    elsewhere.test A
    ns.all.test CH
    version.bind TXT CH
"""

# What differs between a live sensor and a replay.
OF_THE_HOST = ("time", "latency_ns", "wait_ns", "ifname", "user", "uid", "pid", "comm", "unit")


def start_server():
    """A wire and behind it a Knot that has signed its zone."""
    bench.make_servers()
    folder = f"{DIR}/all"
    os.makedirs(folder)
    ip(f"address add {V4}/24 dev srv0", "servers")
    ip(f"address add {V6}/64 dev srv0 nodad", "servers")
    bench.template("all.test.zone", f"{folder}/all.test.zone")
    with open(f"{folder}/all.test.zone", "a", encoding="ascii") as zone:
        zone.writelines(f"large TXT \"{'x' * 80}{n:03}\"\n" for n in range(LARGE))
    bench.template("all.knot.conf", f"{folder}/knot.conf", DIR=folder,
                   ADDRESSES=f"{V4}@53, {V6}@53")
    bench.Process("all", "knotd", "-c", f"{folder}/knot.conf", namespace="servers")
    for address in (V4, V6):
        wait_for(f"the signed zone at {address}",
                 lambda a=address: bench.ask(a, "ns.all.test", timeout=0.2)[0]["NOERROR"] == 1)


# --- what dig says --------------------------------------------------------------------------------


def dig(*arguments):
    """What dig prints of each response, as an exchange would have it."""
    text = bench.run("dig", *OPTIONS, *arguments)
    return [read_response(block) for block in text.split(";; Got answer:\n")[1:]]


def one(pattern, block, absent=None):
    """The group of the pattern's only match."""
    found = re.search(pattern, block, re.M)
    return found.group(1) if found else absent


def read_response(block):
    """One response of dig's output."""
    size = one(r"^; EDNS:.* udp: (\d+)", block)
    sections = dict(re.findall(r"^;; (\w+) SECTION:\n((?:.+\n)*)", block, re.M))
    nsid = one(r"^; NSID: .*\(\"(.*)\"\)", block)
    errors = re.findall(r"^; EDE: (\d+) \((.*?)\)(?:: \((.*)\))?$", block, re.M)
    return {
        "id": int(one(r"id: (\d+)$", block)),
        "opcode": one(r"opcode: (\w+)", block),
        "rcode": one(r"status: (\w+)", block),
        "flags": sorted(one(r"^;; flags: ([^;]*);", block).split()),
        "ancount": int(one(r"ANSWER: (\d+)", block)),
        "nscount": int(one(r"AUTHORITY: (\d+)", block)),
        "arcount": int(one(r"ADDITIONAL: (\d+)", block)),
        "edns_size": size and int(size),
        "do": size and bool(one(r"^; EDNS:.*flags:.*\b(do)\b", block)),
        "nsid": nsid,
        "ecs": one(r"^; CLIENT-SUBNET: (\S+)", block),
        "cookie": one(r"^; COOKIE: ([0-9a-f]+)", block),
        "ede": [(int(code), name, text) for code, name, text in errors],
        "answers": records(sections.get("ANSWER", "")),
        "authority": records(sections.get("AUTHORITY", "")),
        "additional": records(sections.get("ADDITIONAL", "")),
    }


def records(text):
    """Lines of a section; dig puts records of a name and type together, so their order is its own."""
    fields = [line.split(None, 4) for line in text.splitlines()]
    return sorted((owner(name), kind, rclass, int(ttl), loc(data) if kind == "LOC" else data)
                  for name, ttl, rclass, kind, data in fields)


def loc(data):
    """Whole metres have two decimals in RFC 1876, appendix A (loc_ntoa), and none in dig."""
    return re.sub(r" (\d+)m", r" \1.00m", data)


def owner(name):
    """A name, but for its case and the dot at the end."""
    return name.lower().rstrip(".") or "."


# --- what the sensor says -------------------------------------------------------------------------


def as_dig(row):
    """An exchange in the form of read_response()."""
    keys = ("id", "opcode", "rcode", "ancount", "nscount", "arcount", "edns_size", "do", "nsid",
            "ecs", "cookie")
    found = {key: row[key] for key in keys}
    found["flags"] = sorted(row["flags"])
    found["ede"] = [(e["code"], e["name"], e["text"] or "") for e in row["ede"] or []]
    for section in ("answers", "authority", "additional"):
        source = row["answers"] if section == "answers" else [
            r for r in row["records"] or [] if r["section"] == section]
        found[section] = sorted((owner(r["name"]), r["type"], r["class"], r["ttl"], r["rdata"])
                                for r in source or [] if r["type"] != "OPT")
    return found


def compare(row, response):
    """An exchange and a response, key by key."""
    found = as_dig(row)
    differ = {key: (found[key], value) for key, value in response.items() if found[key] != value}
    check(not differ, f"{row['qname']} {row['qtype']} (the sensor, dig): {differ}")


def same_replayed(lab, path, exchanges):
    """A capture of the same packets, replayed by both engines, tells the same."""
    strip = lambda row: json.dumps({k: v for k, v in row.items() if k not in OF_THE_HOST})
    live = sorted(strip(row) for row in exchanges)
    for engine in ("native", "kernel"):
        found = sorted(strip(row) for row in lab.replay(path, "--engine", engine, "--set",
                                                        "sensor.snaplen=4096"))
        differ = [pair for pair in zip(live, found) if pair[0] != pair[1]]
        check(len(live) == len(found) and not differ,
              f"{engine}: {len(live)} live, {len(found)} replayed, first {differ[:1]}")


# --- scenarios ------------------------------------------------------------------------------------


@scenario("answers: records, flags, EDNS and its options of every exchange are what dig prints",
          servers=False, journal=False)
def answers(lab):
    """Types with a form of their own, DNSSEC, errors; over UDP, TCP and both families."""
    start_server()
    sensor = lab.sensor("dns0", options=("--format", "json"), sensor__snaplen="4096",
                        sensor__timeout="20s", sensor__grace="1s")
    dump = bench.capture("dns0", "port", "53", "or", "ip[6:2] & 0x1fff != 0")
    responses = dig(*(word for number, line in enumerate(ASKED.strip().splitlines())
                      for word in (*line.split(), f"@{(V4, V6)[number % 2]}")))
    count = len(responses) + 1  # and one that dig hides and asks again: BADCOOKIE
    wait_counters(sensor, queries=count, answered=count, orphan=0)
    exchanges = rows_of(sensor)
    books_of(exchanges)
    exchanges = [row for row in exchanges if row["type"] == "exchange"]
    refused = [row for row in exchanges if row["rcode"] == "BADCOOKIE"]
    check(len(refused) == 2, f"{len(refused)} with BADCOOKIE")
    for response in responses:
        rows = [row for row in exchanges if row["id"] == response["id"]
                and row["rcode"] == response["rcode"]]
        check(len(rows) == 1, f"{len(rows)} exchanges with id {response['id']}")
        compare(rows[0], response)
        check(rows[0]["verdict"] == "ok", f"verdict {rows[0]['verdict']}: {rows[0]}")
    families = collections.Counter(":" in row["server"] for row in exchanges)
    check(min(families.values()) > 20, f"IPv6 and IPv4: {families}")
    same_replayed(lab, dump.finish(2 * count), exchanges)


def large(*options):
    """Ask for what does not fit into 512 bytes; ids of the responses that dig prints."""
    return [r["id"] for r in dig(f"@{V4}", "large.all.test", "TXT", "+bufsize=512", *options)]


@scenario("truncated answers and their retry over TCP are linked, the others counted",
          servers=False, journal=False)
def truncated(lab):
    """11 clients ask again over TCP, 7 do not."""
    start_server()
    sensor = lab.sensor("dns0", options=("--format", "json"), sensor__timeout="2s")
    retries = [ident for _ in range(11) for ident in large()]
    ignored = [ident for _ in range(7) for ident in large("+ignore")]
    wait_counters(sensor, queries=29, answered=29, orphan=0)
    books = {"answers": 18, "retried": 11, "abandoned": 7, "unknown": 0, "open": 0}
    wait_for("a verdict on all that were truncated",
             lambda: sensor.tell("status")[0]["truncated"] == books)
    status = sensor.tell("status", "text")
    check("Truncated: 18 answers over UDP; 11 asked again over TCP, 7 not, 0 undecided" in status,
          f"status says {status}")
    rows = rows_of(sensor)
    check(books_of(rows)["truncated"] == books, f"the summary says {books_of(rows)['truncated']}")
    rows = [row for row in rows if row["type"] == "exchange"]
    tcp = {row["id"]: row for row in rows if row["proto"] == "tcp"}
    udp = {row["id"]: row for row in rows if row["proto"] == "udp"}
    check(sorted(tcp) == sorted(retries), f"over TCP {sorted(tcp)}, dig says {sorted(retries)}")
    for row in tcp.values():
        check(row["ancount"] == len(row["answers"]) == LARGE and "tc" not in row["flags"],
              f"not whole: {row}")
    found = {row["retry_of"] for row in tcp.values()}
    check(found == set(udp) - set(ignored), f"retries of {found}, of {set(udp)} without {ignored}")
    for ident, row in udp.items():
        want = (False, "truncated-no-tcp") if ident in ignored else (True, None)
        check((row["tcp_retry"], row["cause"]) == want and "tc" in row["flags"],
              f"{want} expected: {row}")
