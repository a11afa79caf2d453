# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of no answer: what ICMP says of it, and what a user waits for meanwhile.

The servers' namespace is a router here: to 198.51.100.0/24 and 2001:db8:5::/64, of which it
refuses, cannot reach or swallows what comes for some addresses.

    world (clients)        namespace "servers"
    dns0 10.53.0.1 ═══════ srv0 10.53.0.2      nobody listens: port unreachable
                                 10.53.0.21    a Knot
                                 ── prohibit, unreachable, blackhole, a narrow link
"""

import collections
import concurrent.futures
import os
import socket
import struct
import sys

import bench
from answers import V4 as ALIVE, start_server
from bench import DIR, check, ip, wait_for
from scenarios import scenario, wait_counters
from whole import books_of, rows_of

# Cause, address, queries, octets of a query. The narrow link takes less.
SHORT, LONG4, LONG6 = 40, 701, 1401
SILENCES = (
    ("icmp-port-unreachable", "10.53.0.2", 23, SHORT),
    ("icmp-port-unreachable", "fd53::2", 19, SHORT),
    ("icmp-admin-prohibited", "198.51.100.1", 7, SHORT),
    ("icmp-admin-prohibited", "2001:db8:5::1", 5, SHORT),
    ("icmp-host-unreachable", "198.51.100.2", 11, SHORT),
    ("icmp-host-unreachable", "2001:db8:5::2", 3, SHORT),
    ("icmp-packet-too-big", "198.51.100.3", 13, LONG4),
    ("icmp-packet-too-big", "2001:db8:5::3", 2, LONG6),
    ("none", "198.51.100.4", 17, SHORT),
    ("none", "2001:db8:5::4", 29, SHORT),
)
# By errors of its routes a router makes no client more than five at once (net.ipv4.route.error_burst).
CLIENTS = 7
DEAD_PORT = "10.53.0.2"
BLACKHOLES = ("198.51.100.4", "198.51.100.5")


def set_in_servers(key, value):
    """sysctl(8) in the servers' namespace, where each is a file."""
    bench.run("nsenter", "--net=/run/netns/servers", "sh", "-c",
              f"echo {value} > /proc/sys/net/{key}")


def make_router():
    """Let the servers' namespace forward, and answer every packet that it cannot forward."""
    for key, value in (("ipv4/ip_forward", 1), ("ipv6/conf/all/forwarding", 1),
                       ("ipv4/icmp_ratemask", 0), ("ipv6/icmp/ratelimit", 0),
                       ("ipv4/conf/all/send_redirects", 0), ("ipv4/conf/srv0/send_redirects", 0)):
        set_in_servers(key, value)
    for n in range(CLIENTS):
        ip(f"address add 10.53.0.{100 + n}/24 dev dns0")
    ip("route add 198.51.100.0/24 via 10.53.0.2")
    ip("route add 2001:db8:5::/64 via fd53::2")
    for prefix in ("198.51.100.", "2001:db8:5::"):
        ip(f"route add prohibit {prefix}1", "servers")
        ip(f"route add unreachable {prefix}2", "servers")
        ip(f"route add {prefix}3 dev srv0 mtu lock {1280 if ':' in prefix else 600}", "servers")
        ip(f"route add blackhole {prefix}4", "servers")
        ip(f"route add blackhole {prefix}5", "servers")


def padded(name, ident, octets):
    """A query, made so long by EDNS padding (RFC 7830)."""
    message = bench.query(name, ident)
    if octets > len(message) + 15:
        padding = octets - len(message) - 15
        message = message[:10] + struct.pack("!H", 1) + message[12:]
        message += b"\0" + struct.pack("!2HI3H", 41, 1232, 0, 4 + padding, 12, padding)
        message += bytes(padding)
    return message


def clients(address):
    """A socket for each client that can ask this address, unconnected: they hear of no error."""
    is_v6 = ":" in address
    for n in range(CLIENTS):
        sock = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_DGRAM)
        # IP_MTU_DISCOVER or IPV6_MTU_DISCOVER = IP_PMTUDISC_PROBE: never in fragments
        sock.setsockopt(*((socket.IPPROTO_IPV6, 23) if is_v6 else (socket.IPPROTO_IP, 10)), 3)
        if not is_v6:
            sock.bind((f"10.53.0.{100 + n}", 0))
        yield sock


def send(address, count, octets):
    """Queries that nobody waits for."""
    socks = list(clients(address))
    for ident in range(1, count + 1):
        socks[ident % CLIENTS].sendto(padded(f"www{ident}.lab.test", ident, octets), (address, 53))


def check_causes(rows):
    """The exchanges and the summary of a sensor that has seen SILENCES."""
    found = collections.Counter((row["cause"], row["server"]) for row in rows
                                if row["type"] == "exchange" and row["state"] == "unanswered")
    expected = {(cause, address): count for cause, address, count, _ in SILENCES}
    check(found == expected, f"found {dict(found)}, expected {expected}")
    causes = collections.Counter()
    for cause, _, count, _ in SILENCES:
        causes[cause] += count
    books = books_of(rows)
    check(books["causes"] == causes | {"late": 0}, f"the summary says {books['causes']}")
    errors = sum(causes.values()) - causes["none"]
    check((books["quoted"], books["quoted_unmatched"]) == (errors, 0),
          f"{books['quoted']} quoted, {books['quoted_unmatched']} unmatched, not {errors} and 0")


@scenario("ICMP: why there is no answer is told by the real kernel's errors, IPv4 and IPv6, exactly",
          servers=False, journal=False)
def icmp(lab):
    """At the host that asks and at a mirror."""
    bench.make_servers()
    make_router()
    sensor = lab.sensor("dns0", options=("--format", "json"), sensor__timeout="3s",
                        sensor__snaplen="64")
    dump = bench.capture("dns0", "port", "53", "or", "icmp", "or", "(icmp6 and ip6[40] < 128)")
    for _, address, count, octets in SILENCES:
        send(address, count, octets)
    total = sum(count for _, _, count, _ in SILENCES)
    errors = sum(count for cause, _, count, _ in SILENCES if cause != "none")
    wait_counters(sensor, queries=total, unanswered=total, quoted=errors, answered=0)
    status = sensor.tell("status", "text")
    line = next((line for line in status.splitlines() if line.startswith("Unanswered:")), "")
    for text in (f"{total} queries", "none 46", "icmp-port-unreachable 42", "icmp-host-unreachable 14",
                 "icmp-admin-prohibited 12", "icmp-packet-too-big 15"):
        check(text in line, f"'{text}' is not in: {line}")
    check_causes(rows_of(sensor))
    mirrored(lab, dump.finish(total + errors))


def mirrored(lab, path):
    """Another sensor, at an interface at which copies of those packets arrive."""
    bench.ip("link add tap0 type veth peer name tap1")
    bench.ip("link set tap0 up")
    bench.ip("link set tap1 up")
    for hook in ("xdp", "tc"):
        sensor = lab.sensor("tap0", name=f"mirror-{hook}", options=("--format", "json"),
                            sensor__timeout="1s", sensor__hook=hook)
        bench.run("tcpreplay", "-i", "tap1", "--topspeed", path)
        wait_for("all given up", lambda s=sensor: s.counter("unanswered") ==
                 sum(count for _, _, count, _ in SILENCES))
        check_causes(rows_of(sensor))


# --- what a user waits for ------------------------------------------------------------------------


def use_servers(*addresses, attempts=2):
    """A resolv.conf of the world's own, and an nsswitch.conf that asks servers only."""
    servers = "".join(f"nameserver {address}\n" for address in addresses)
    for name, text in (("resolv.conf", f"{servers}options timeout:1 attempts:{attempts}\n"),
                       ("nsswitch.conf", "hosts: dns\n")):
        with open(f"{DIR}/{name}", "w", encoding="ascii") as target:
            target.write(text)
        if not os.path.ismount(os.path.realpath(f"/etc/{name}")):
            bench.run("mount", "--bind", f"{DIR}/{name}", f"/etc/{name}")


RESOLVE = """
import socket, sys, time
sys.argv[1].encode("idna")  # what else the first call would load
start = time.monotonic()
try:
    found = {row[4][0] for row in socket.getaddrinfo(sys.argv[1], 53, type=socket.SOCK_DGRAM)}
except socket.gaierror:
    found = set()
print(time.monotonic() - start, *found)
"""


def resolve(name):
    """The seconds that getaddrinfo(3) took by the clock of its process, and what it found."""
    seconds, *found = bench.run(sys.executable, "-c", RESOLVE, name).split()
    return float(seconds), set(found)


def resolve_all(names, expected):
    """All at once, for each an episode: {name: seconds}."""
    with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
        told = dict(zip(names, pool.map(resolve, names)))
    found = {name: addresses for name, (_, addresses) in told.items() if addresses != expected}
    check(not found, f"getaddrinfo found {found}, not {expected}")
    return {name: seconds for name, (seconds, _) in told.items()}


def check_episodes(rows, names, attempts, **expected):
    """The only episode of each name has these values; its types in any order."""
    episodes_of = [row for row in rows if row["type"] == "episode" and row["qname"] in names]
    check(sorted(row["qname"] for row in episodes_of) == sorted(names),
          f"episodes: {episodes_of}")
    for row in episodes_of:
        differ = {key: row[key] for key in expected if row[key] != expected[key]}
        check(not differ, f"{differ}, expected {expected}: {row}")
        check(sorted(row["qtypes"]) == ["A", "AAAA"] and row["attempts"] in attempts,
              f"types or attempts: {row}")
    return {row["qname"]: row["wait_ns"] / 1e9 for row in episodes_of}


@scenario("episodes of glibc's resolver, the first server dead, its port dead, all dead: servers, "
          "attempts, outcome, and the wait by the client's own clock", servers=False, journal=False)
def episodes(lab):
    """A second is what the resolver waits for each server."""
    start_server()
    make_router()
    sensor = lab.sensor("dns0", options=("--format", "json"), sensor__timeout="2s",
                        sensor__grace="1s")
    names = {kind: [f"{kind}{n}.user.all.test" for n in range(count)]
             for kind, count in (("silent", 7), ("refused", 5), ("nobody", 3))}
    addresses = {"192.0.2.19", "2001:db8::19"}
    use_servers(BLACKHOLES[0], ALIVE)
    silent = resolve_all(names["silent"], addresses)
    use_servers(DEAD_PORT, ALIVE)
    refused = resolve_all(names["refused"], addresses)
    use_servers(*BLACKHOLES, attempts=1)
    nobody = resolve_all(names["nobody"], set())
    wait_for("all given up", lambda: sensor.counter("pending") == 0)
    rows = rows_of(sensor)
    waits = check_episodes(rows, names["silent"], (4,), outcome="answered", rcode="NOERROR",
                           servers=[BLACKHOLES[0], ALIVE], protos=["udp"])
    for name, seconds in silent.items():
        check(seconds / 2 <= waits[name] <= seconds,
              f"{name}: waited {waits[name]} s, {seconds} s by the client's clock")
    # The error may come before the second query is sent.
    waits = check_episodes(rows, names["refused"], (3, 4), outcome="answered", rcode="NOERROR",
                           servers=[DEAD_PORT, ALIVE])
    for name, seconds in refused.items():
        check(waits[name] <= seconds, f"{name}: waited {waits[name]} s, {seconds} s by the client")
    waits = check_episodes(rows, names["nobody"], (4,), outcome="unanswered", rcode=None,
                           servers=list(BLACKHOLES))
    for name, seconds in nobody.items():  # the last attempt, a second later, and sensor.timeout
        check(2.9 <= waits[name] <= seconds + 2,
              f"{name}: waited {waits[name]} s, {seconds} s by the client's clock")
    causes = {row["cause"] for row in rows if row["type"] == "exchange" and
              row["server"] == DEAD_PORT}
    check(causes == {"icmp-port-unreachable"}, f"causes at the dead port: {causes}")
