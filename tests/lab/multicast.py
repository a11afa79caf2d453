# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of multicast DNS and LLMNR beside DNS: seen, told apart, and no servers."""

import collections
import os
import sys

import bench
from answers import V4 as SERVER, start_server
from bench import check, wait_for
from neighbour import GROUPS, LLMNR, MDNS, member
from scenarios import ask_all, scenario, wait_counters
from whole import books_of, rows_of

# Of each group: queries for a name that a neighbour has, and for one that nobody has.
ASKED = {"224.0.0.251": (11, 3), "ff02::fb": (7, 2), "224.0.0.252": (13, 5), "ff02::1:3": (17, 19)}


def start_neighbour():
    """A DNS server at the other end of the wire, and a host that has names."""
    start_server()
    process = bench.Process("neighbour", sys.executable, os.path.join(bench.HERE, "neighbour.py"),
                            "srv0", namespace="servers")
    wait_for("the neighbour", lambda: process.output().startswith("ready"))
    return process


def ask_group(port, group):
    """Multicast DNS from its own port and with id 0, LLMNR from any and with ids."""
    sock = member(port if port == MDNS else 0, group, "dns0")
    known, unknown = ASKED[group]
    for number in range(known + unknown):
        name = f"{'known' if number < known else 'nobody'}{number}.local"
        sock.sendto(bench.query(name, number + 1 if port == LLMNR else 0), (group, port))
    sock.settimeout(20)
    for _ in range(known):
        check(sock.recv(4096)[2] == 0x84, "no response")


@scenario("multicast DNS and LLMNR: each message and each exchange is told, none is a server",
          servers=False, journal=False)
def multicast(lab):
    """With sensor.multicast; a DNS server beside them is as ever."""
    neighbour = start_neighbour()
    sensor = lab.sensor("dns0", options=("--format", "json"), sensor__multicast="yes",
                        sensor__timeout="2s")
    ask_all(SERVER, 23, "ns.all.test")
    for port, *groups in GROUPS:
        for group in groups:
            ask_group(port, group)
    llmnr = [ASKED[group] for group in GROUPS[1][1:]]
    answered, unanswered = (sum(pair[n] for pair in llmnr) for n in (0, 1))
    messages = sum(2 * known + unknown for known, unknown in (ASKED[g] for g in GROUPS[0][1:]))
    wait_counters(sensor, queries=23 + answered + unanswered, answered=23 + answered,
                  unanswered=unanswered, multicast=messages, orphan=0)
    check(neighbour.output().count("\n") == 1 + sum(map(sum, ASKED.values())), "not all arrived")
    servers = [row["address"] for row in sensor.tell("servers") if "address" in row]
    check(servers == [SERVER], f"servers {servers}")
    check_kernel(+sensor.rcode_map())
    rows = rows_of(sensor)
    books = books_of(rows)
    check(books["llmnr"] == {"queries": answered + unanswered, "responses": answered,
                             "answered": answered, "unanswered": unanswered}, f"{books['llmnr']}")
    check_rows([row for row in rows if row["type"] == "exchange"])


def check_kernel(found):
    """The group stands for whoever responds to it; LLMNR's responders respond for themselves."""
    expected = {(SERVER, "QUERY"): 23, (SERVER, "NOERROR"): 23}
    for group, (known, unknown) in ASKED.items():
        expected[group, "QUERY"] = known + unknown
        if group in GROUPS[0]:
            expected[group, "NOERROR"] = known
    alone = {key: count for key, count in found.items() if key not in expected}
    check({key: found[key] for key in expected} == expected,
          f"server_rcode has {dict(found)}, expected {expected}")
    responses = sorted(ASKED[group][0] for group in GROUPS[1][1:])
    check(sorted(alone.values()) == responses, f"server_rcode has also {alone}")


def check_rows(rows):
    """By service, state and address."""
    found = collections.Counter(
        (row["service"], row["state"], ":" in row["client"], "qr" in row["flags"],
         row["server"] in ASKED) for row in rows)
    expected = {("dns", "answered", False, True, False): 23}
    for group, (known, unknown) in ASKED.items():
        is_v6 = ":" in group
        if group in GROUPS[0]:
            expected["mdns", "multicast", is_v6, False, True] = known + unknown
            expected["mdns", "multicast", is_v6, True, False] = known
        else:
            expected["llmnr", "answered", is_v6, True, False] = known
            expected["llmnr", "unanswered", is_v6, False, True] = unknown
    check(found == expected, f"found {dict(found)}, expected {expected}")
    for row in rows:
        if row["service"] != "dns" and "qr" in row["flags"]:
            check(row["answers"][0]["rdata"] == "192.0.2.99", f"answers {row['answers']}")


@scenario("without sensor.multicast nothing of multicast DNS and LLMNR is seen", servers=False,
          journal=False)
def multicast_off(lab):
    """The default."""
    start_neighbour()
    sensor = lab.sensor("dns0", options=("--format", "json"))
    for port, *groups in GROUPS:
        for group in groups:
            ask_group(port, group)
    ask_all(SERVER, 23, "ns.all.test")
    wait_counters(sensor, queries=23, answered=23, unanswered=0, multicast=0, orphan=0)
    rows = rows_of(sensor)
    check(books_of(rows)["packets"] == 46, f"packets {books_of(rows)['packets']}")
