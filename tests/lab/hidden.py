# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of DNS that cannot be read: what a sensor tells of connections to encrypted resolvers.

The kernel connects, by plain sockets; nobody need speak TLS, for only the first packets count.
"""

import contextlib
import re
import signal
import socket

from bench import SERVERS, check, run, wait_for
from scenarios import ask_all, scenario, wait_counters

FIRST, SECOND = SERVERS[0], SERVERS[1]
# The beginning of the Initial in RFC 9001 appendix A.2; padded as section 14.1 of RFC 9000 wants.
INITIAL = bytes.fromhex("c000000001088394c8f03e5157080000449e7b9aec34").ljust(1200, b"\0")


def connect(address, port, count):
    """Connections that are refused, which takes a SYN each."""
    for _ in range(count):
        with contextlib.suppress(ConnectionRefusedError), \
                socket.create_connection((address, port), timeout=5):
            pass


def initials(address, port, count, times=1):
    """Connections over QUIC whose first datagram is sent so often."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for _ in range(count):
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            for _ in range(times):
                sock.sendto(INITIAL, (address, port))


def seen(sensor):
    """The four numbers of status."""
    counts = sensor.tell("status")[0]["encrypted"]
    return tuple(counts[kind] for kind in ("dot", "doq", "doh", "doh3"))


def wait_seen(sensor, *numbers):
    """Until status has them."""
    wait_for(f"{numbers} in oddns status", lambda: seen(sensor) == numbers)


def doctor(sensor):
    """What doctor says of it."""
    text = run(sensor.program, "doctor", "-c", sensor.config, "-i", "dns0", "--set",
               f"sensor.state={sensor.settings['sensor.state']}")
    return re.search(r"^(\w+) +encrypted  (.*)$", text, re.M).groups()


@scenario("connections of encrypted DNS: status, doctor and the map tell how many, and where to")
def told(lab):
    """Prime numbers of each; a resolver is taken from the list and another put there by SIGHUP."""
    sensor = lab.sensor("dns0", sensor__resolvers=f"{FIRST.v4},{FIRST.v6}")
    check("no connections of encrypted DNS" in sensor.tell("status", "text"), "status before")
    check(doctor(sensor)[0] == "ok", f"doctor before: {doctor(sensor)}")
    connect(FIRST.v4, 853, 7)
    connect(SECOND.v6, 853, 3)
    initials(SECOND.v4, 853, 5, times=2)
    connect(FIRST.v4, 443, 11)
    initials(FIRST.v6, 443, 2)
    connect(SECOND.v4, 443, 13)
    ask_all(FIRST.v4, 23)
    wait_counters(sensor, queries=23, answered=23)
    wait_seen(sensor, 10, 5, 11, 2)
    rows = [(row["address"], row["kind"], row["connections"])
            for row in sensor.tell("status")[0]["encrypted"]["servers"]]
    check(rows == [(FIRST.v4, "doh", 11), (FIRST.v4, "dot", 7), (SECOND.v4, "doq", 5),
                   (SECOND.v6, "dot", 3), (FIRST.v6, "doh3", 2)], f"servers: {rows}")
    text = sensor.tell("status", "text")
    check("Out of sight: 28 connections of encrypted DNS: dot 10, doq 5, doh 11, doh3 2; to "
          f"{FIRST.v4} (doh 11), {FIRST.v4} (dot 7)" in text, text)
    result, finding = doctor(sensor)
    check(result == "note" and "28 connections" in finding and "23 readable queries" in finding
          and "use-application-dns.net" in finding, f"doctor: {finding}")
    dump = run("bpftool", "map", "dump", "pinned", f"{sensor.settings['sensor.pins']}/encrypted")
    check(all(f'"kind": "{kind}"' in dump for kind in ("DOT", "DOQ", "DOH", "DOH3")), dump)


@scenario("resolvers change by SIGHUP, and sensor.encrypted=no counts nothing")
def reloaded(lab):
    """The list of the file is diffed; what was counted stays."""
    sensor = lab.sensor("dns0")
    connect(FIRST.v4, 443, 3)
    connect(FIRST.v4, 853, 5)
    wait_seen(sensor, 5, 0, 0, 0)
    with open(sensor.config, "w", encoding="utf-8") as config:
        config.write(f"[sensor]\nresolvers = public, {FIRST.v4}\n")
    sensor.popen.send_signal(signal.SIGHUP)

    def counted():
        connect(FIRST.v4, 443, 1)
        return seen(sensor)[2] > 0

    wait_for("a connection to the new resolver", counted)
    check(seen(sensor)[0] == 5, "what was counted stays")
    check(sensor.stop() == 0, "exit code")
    off = lab.sensor("dns0", name="off", sensor__encrypted="no")
    connect(FIRST.v4, 853, 5)
    ask_all(FIRST.v4, 7)
    wait_counters(off, queries=7)
    check(seen(off) == (0, 0, 0, 0), f"counted: {seen(off)}")
    check("not counted" in off.tell("status", "text"), "status")
