# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab tries: one function a scenario, its sentence in the decorator.

A scenario that must stay silent waits until the sensor has closed a number of
intervals, never for a time. Counts are prime, so that no error hides in a
round number.
"""

import collections
import json
import os
import re
import signal
import subprocess

import bench
from bench import SERVERS, VLAN_SERVER, ask, check, load, wait_for

S1, S2, S3 = SERVERS
# Evaluations that a silent scenario waits for: a whole window and what raises twice.
SILENT_INTERVALS = 11

Scenario = collections.namedtuple("Scenario", "name function servers journal")
SCENARIOS = []


def scenario(name, servers=True, journal=True):
    """Enter a function into the table."""
    def enter(function):
        SCENARIOS.append(Scenario(name, function, servers, journal))
        return function
    return enter


class Lab:
    """What a scenario gets: servers, a journal and sensors on the clients' side."""

    def __init__(self, program, row):
        self.program = program
        self.journal = bench.Journal(bench.catalog()) if row.journal else None
        self.servers = bench.Servers() if row.servers else None

    def sensor(self, *interfaces, **options):
        """`oddns run` on these interfaces, ready."""
        return bench.Sensor(self.program, *interfaces, **options)

    def replay(self, path, *options):
        """The exchanges that `oddns replay` finds in a capture."""
        text = bench.run(self.program, "replay", "--format", "json", *options, path)
        rows = [json.loads(line) for line in text.splitlines()]
        return [row for row in rows if row["type"] == "exchange"]

    def check_silent(self):
        """No alert of any rule."""
        entries = self.journal.entries("ODDNS_STATE=raised")
        check(not entries, f"alert: {[e['MESSAGE'] for e in entries]}")


# --- steps that scenarios share -------------------------------------------------------------------


def wait_evidence(sensor, *addresses):
    """Wait until each of these servers has enough intervals to be compared."""
    for address in addresses:
        wait_for(f"a verdict on {address}", lambda a=address: sensor.compares(a))


def wait_intervals(sensor, count):
    """Wait until so many more intervals have been closed and evaluated."""
    target = sensor.intervals() + count
    wait_for(f"{count} more intervals", lambda: sensor.intervals() >= target)


def wait_counters(sensor, **expected):
    """Wait until counters of status reach these values, let an interval pass, compare exactly."""
    for name, value in expected.items():
        wait_for(f"{name} = {value} in status", lambda n=name, v=value: sensor.counter(n) >= v)
    wait_intervals(sensor, 1)
    found = {name: sensor.counter(name) for name in expected}
    check(found == expected, f"status says {found}, sent were {expected}")
    check_conservation(sensor)


def check_conservation(sensor):
    """The identities of the exchange table hold, at any time."""
    status = sensor.tell("status")
    value = {name: bench.find(status, name) for name in
             ("queries", "answered", "unanswered", "pending", "retransmitted", "evicted",
              "responses", "late", "orphan", "duplicate", "continued")}
    check(None not in value.values(), f"status lacks counters: {value}")
    check(value["queries"] == value["answered"] + value["unanswered"] + value["pending"] +
          value["retransmitted"] + value["evicted"], f"queries are not conserved: {value}")
    check(value["responses"] == value["answered"] + value["late"] + value["orphan"] +
          value["duplicate"] + value["continued"], f"responses are not conserved: {value}")


def ask_all(address, count, name="www1.lab.test", rcode="NOERROR"):
    """Ask so often and see to it that each was answered so."""
    rcodes, _ = ask(address, name, count)
    check(rcodes == {rcode: count}, f"{address} answered {dict(rcodes)} to {count} queries")


def delay_and_watch(lab, delays):
    """Delays in ms by address; clients ask all; wait for SILENT_INTERVALS: no alert."""
    for address, milliseconds in delays.items():
        lab.servers.delay(milliseconds, address)
    sensor = lab.sensor("dns0")
    for address in delays:
        load(address)
    wait_evidence(sensor, *delays)
    wait_intervals(sensor, SILENT_INTERVALS)
    lab.check_silent()
    for address, milliseconds in delays.items():
        median = sensor.server(address)["median_ns"] / 1e6
        check(milliseconds <= median < milliseconds + 8,
              f"{address}: delayed by {milliseconds} ms, the sensor says {median:.3f} ms")
    check_conservation(sensor)


def raise_and_clear(lab, addresses, slow, **loads):
    """One of these servers gets slow and recovers: raised and cleared, it alone."""
    sensor = lab.sensor("dns0")
    for address in addresses:
        load(address, **({"qps": loads[address]} if address in loads else {}))
    wait_evidence(sensor, *addresses)
    lab.check_silent()
    lab.servers.delay(80, slow)
    wait_for(f"{slow} raised", lab.journal.alerts)
    wait_intervals(sensor, 5)
    check(lab.journal.alerts() == [slow], f"raised: {lab.journal.alerts()}")
    lab.servers.delay(0, slow)
    wait_for(f"{slow} cleared", lambda: lab.journal.alerts(state="cleared"))
    wait_intervals(sensor, 5)
    check(lab.journal.alerts(state="cleared") == [slow], "cleared more than it")
    check(lab.journal.alerts() == [slow], "raised more than once")
    check_conservation(sensor)
    return sensor


def check_proof(lab, slow):
    """The alert is its own proof: limits, baseline, every server's figures (design section 6)."""
    raised = lab.journal.entries("ODDNS_STATE=raised")[0]
    cleared = lab.journal.entries("ODDNS_STATE=cleared")[0]
    expected = {"ODDNS_RULE": "odd-one-out", "ODDNS_SUBJECT": slow, "PRIORITY": "4",
                "SYSLOG_IDENTIFIER": "oddns"}
    found = {key: raised.get(key) for key in expected}
    check(found == expected, f"journal fields {found}, expected {expected}")
    check(cleared["PRIORITY"] == "5", f"cleared has priority {cleared['PRIORITY']}")
    check(re.fullmatch("[0-9a-f]{32}", raised.get("MESSAGE_ID", "")), "no MESSAGE_ID")
    for key in ("GROUP", "METRIC", "VALUE", "BASELINE", "ABSOLUTE", "RELATIVE", "SAMPLES"):
        check(raised.get(f"ODDNS_{key}"), f"no ODDNS_{key}")
    explained = bench.run("journalctl", "-D", "/run/log/journal", "-t", "oddns", "-x", "--no-pager",
                          "MESSAGE_ID=" + raised["MESSAGE_ID"])
    check("Defined-By: oddns" in explained, "journalctl -x has no explanation")
    check("@ODDNS_" not in explained, f"journalctl -x: a field is not filled in: {explained}")
    check(slow in raised["MESSAGE"], f"the message does not name {slow}: {raised['MESSAGE']}")


# --- the bench ------------------------------------------------------------------------------------


@scenario("the bench itself: 60 ms are 60 ms, other servers are fast, a silent one is silent")
def bench_itself(lab):
    """Proves the instruments, without the sensor."""
    lab.servers.delay(60, S2.v4, S3.v6)
    for address, least, most in ((S1.v4, 0, 8), (S2.v4, 60, 68), (S2.v6, 0, 8), (S3.v6, 60, 68)):
        rcodes, latencies = ask(address, count=7)
        middle = sorted(latencies)[3]
        check(rcodes == {"NOERROR": 7}, f"{address} answered {dict(rcodes)}")
        check(least <= middle < most, f"{address}: median {middle:.3f} ms, not {least} to {most}")
    lab.servers.silence(S1.v4)
    check(not ask(S1.v4, timeout=0.2)[0], f"{S1.v4} answers though it should be silent")
    lab.servers.silence(S1.v4, False)
    ask_all(S1.v4, 3, "nowhere.lab.test", "NXDOMAIN")
    ask_all(S1.v4, 3, "www1.broken.test", "SERVFAIL")


# --- verdicts -------------------------------------------------------------------------------------


@scenario("IPv4: one slow server of three is raised, only that one, and cleared when it recovers")
def slow_ipv4(lab):
    """The job."""
    raise_and_clear(lab, [s.v4 for s in SERVERS], S2.v4)
    check_proof(lab, S2.v4)


@scenario("IPv6: one slow server of three is raised, only that one, and cleared when it recovers")
def slow_ipv6(lab):
    """The same over IPv6."""
    raise_and_clear(lab, [s.v6 for s in SERVERS], S3.v6)
    check_proof(lab, S3.v6)


@scenario("two servers only, one slow: it is raised")
def two_servers(lab):
    """The least that can be compared."""
    raise_and_clear(lab, [S1.v4, S2.v4], S1.v4)


@scenario("one server has 90 % of the traffic: the slow one is found, the busy one not blamed")
def skewed(lab):
    """The baseline is of interval values, not of samples."""
    raise_and_clear(lab, [s.v4 for s in SERVERS], S3.v4, **{S1.v4: 540, S2.v4: 30, S3.v4: 30})


@scenario("one server has 90 % of the traffic and is slow: it is raised, the others not")
def skewed_slow(lab):
    """A server that is most of the samples cannot hide."""
    raise_and_clear(lab, [s.v4 for s in SERVERS], S1.v4, **{S1.v4: 540, S2.v4: 30, S3.v4: 30})


@scenario("all servers equally slow: silent")
def all_slow(lab):
    """Slow is not odd."""
    delay_and_watch(lab, {server.v4: 80 for server in SERVERS})


@scenario("8 ms against 3 ms: silent, below X")
def below_x(lab):
    """Far more than 30 %, but no more than 20 ms."""
    delay_and_watch(lab, {S1.v4: 3, S2.v4: 3, S3.v4: 8})


@scenario("5 % and 12 % slower at 400 ms: silent, below Y")
def below_y(lab):
    """20 and 50 ms, but no more than 30 %."""
    delay_and_watch(lab, {S1.v4: 400, S2.v4: 420, S3.v4: 450})


@scenario("a server stops answering: odd-unanswered is raised for it, no latency rule misled")
def stops_answering(lab):
    """Unanswered queries are no latency samples."""
    sensor = lab.sensor("dns0")
    for server in SERVERS:
        load(server.v4)
    wait_evidence(sensor, *[server.v4 for server in SERVERS])
    lab.servers.silence(S2.v4)
    rule = "odd-unanswered"
    wait_for(f"{rule} for {S2.v4}", lambda: lab.journal.alerts(rule))
    wait_intervals(sensor, 5)
    check(lab.journal.alerts(rule) == [S2.v4], f"raised: {lab.journal.alerts(rule)}")
    lab.servers.silence(S2.v4, False)
    wait_for(f"{rule} cleared", lambda: lab.journal.alerts(rule, "cleared"))
    check(lab.journal.alerts() == [], f"the latency rule blames {lab.journal.alerts()}")
    check_conservation(sensor)


# --- bad input ------------------------------------------------------------------------------------


@scenario("a flood of spoofed queries: known servers' figures right, memory bounded, loss counted")
def flooded(lab):
    """Random clients, servers and names at top speed; the table holds some 20 ms of them."""
    sensor = lab.sensor("dns0", sensor__pending="1009", sensor__servers="101", store__queue="4M",
                        **{"group lab.servers": ",".join(s.v4 for s in SERVERS)})
    loads = [load(server.v4, qps=997) for server in SERVERS]
    wait_evidence(sensor, *[server.v4 for server in SERVERS])
    flood = bench.flood("srv0", "servers")
    lab.servers.delay(80, S2.v4)
    wait_for("the flood to fill tables", lambda: sensor.counter("evicted") > 101 * 1009)
    before = sensor.server(S2.v4)["answered"], sensor.rcode_map()[S2.v4, "NOERROR"]
    wait_for(f"{S2.v4} raised", lab.journal.alerts)
    wait_intervals(sensor, SILENT_INTERVALS)
    # A ring that is full loses some; the table must not lose those of the slow server.
    share = ((sensor.server(S2.v4)["answered"] - before[0]) /
             (sensor.rcode_map()[S2.v4, "NOERROR"] - before[1]))
    check(share > 0.4, f"{share:.0%} of the answers of {S2.v4} were matched")
    for server, least, most in zip(SERVERS, (0, 80, 0), (20, 100, 20)):
        median = sensor.server(server.v4)["median_ns"] / 1e6
        check(least <= median < most, f"{server.v4}: {median:.3f} ms during the flood")
    check(lab.journal.alerts() == [S2.v4], f"raised: {lab.journal.alerts()}")
    check_bounds(sensor)
    for process in loads:
        process.stop()
    counted = sensor.rcode_map()[S1.v4, "QUERY"]
    rcodes, _ = ask(S1.v4, count=23)
    check(sensor.rcode_map()[S1.v4, "QUERY"] - counted == 23, "server_rcode lost a known server")
    flood.stop()
    wait_for("all packets accounted for", lambda: unaccounted(sensor) == 0)
    check_conservation(sensor)
    said = everything_said(lab, sensor).splitlines()
    # Watching, both directions, the alert; a slow machine is overloaded, and then not any more.
    check(len(said) <= 5, f"said {said}")


def check_bounds(sensor):
    """A flood fills tables and no more than tables, and each loss is counted."""
    status = sensor.tell("status")
    memory = bench.find(status, "memory")
    check(memory["entries"] <= 1009, f"{memory['entries']} queries are remembered")
    check(memory["resident_bytes"] < 40 << 20, f"{memory['resident_bytes'] >> 20} MiB are resident")
    check(bench.find(status, "known")["evicted"], "no server was given up")
    check(bench.find(status, "server_rcode_full"), "server_rcode never was full")


def unaccounted(sensor):
    """UDP messages that the programs saw and nobody counted as anything."""
    status = sensor.tell("status")
    assembly, drops = bench.find(status, "assembly"), bench.find(status, "drops")
    seen = sum(bench.find(status, "packets").values()) + assembly["coalesced"]
    read = sum(bench.find(status, name)
               for name in ("queries", "responses", "folded", "quoted", "multicast"))
    lost = drops["ring_full"] + drops["shed"] + assembly["shed"]
    return seen - read - assembly["joined"] - lost - sum(bench.find(status, "unparsable").values())


# --- counting -------------------------------------------------------------------------------------


@scenario("NXDOMAIN and SERVFAIL are counted under the right server, by name, exactly")
def rcodes(lab):
    """In `oddns servers` and in the pinned map, as bpftool shows it."""
    sensor = lab.sensor("dns0")
    asked = ((S1.v4, 23, "nowhere.lab.test", "NXDOMAIN"), (S2.v4, 7, "www1.broken.test", "SERVFAIL"),
             (S3.v6, 5, "www1.lab.test", "NOERROR"), (S1.v4, 3, "www1.lab.test", "NOERROR"))
    expected = collections.Counter()
    for address, count, name, rcode in asked:
        ask_all(address, count, name, rcode)
        expected[address, rcode] += count
        expected[address, "QUERY"] += count
    wait_counters(sensor, queries=38, answered=38, unanswered=0, orphan=0)
    found = +sensor.rcode_map()
    check(found == expected, f"server_rcode has {dict(found)}, sent were {dict(expected)}")
    for address in (S1.v4, S2.v4, S3.v6):
        row = sensor.server(address)
        want = {rcode: n for (a, rcode), n in expected.items() if a == address and rcode != "QUERY"}
        found = {rcode: n for rcode, n in row.get("rcodes", {}).items() if n}
        check(found == want, f"oddns servers: {address} has {found}, not {want}")
        check(row["queries"] == expected[address, "QUERY"], f"{address}: {row['queries']} queries")


@scenario("VLAN: a tag in packets' bytes shows in exchanges")
def vlan_in_bytes(lab):
    """A carrier without offload."""
    tagged(lab, offload=False)


@scenario("VLAN: a tag in packets' metadata shows in exchanges")
def vlan_in_metadata(lab):
    """A carrier whose driver strips and adds tags."""
    tagged(lab, offload=True)


def tagged(lab, offload):
    """Live on the carrier, and a capture of the same packets replayed."""
    bench.make_vlan(offload)
    wait_for(f"an answer from {VLAN_SERVER}", lambda: bench.answers(VLAN_SERVER))
    sensor = lab.sensor("dns0")
    dump = bench.capture("dns0", "vlan", "53", "and", "udp")
    ask_all(VLAN_SERVER, 23)
    wait_counters(sensor, queries=23, answered=23, orphan=0, folded=0)
    exchanges = lab.replay(dump.finish(46))
    found = [(row["server"], row["state"], row["vlan"]) for row in exchanges]
    check(found == [(VLAN_SERVER, "answered", 53)] * 23, f"replay found {found}")


@scenario("VLAN: watched on carrier and sub-interface, nothing is counted twice; tag in bytes")
def vlan_twice_in_bytes(lab):
    """A carrier without offload."""
    watched_twice(lab, offload=False)


@scenario("VLAN: watched on carrier and sub-interface, nothing is counted twice; tag in metadata")
def vlan_twice_in_metadata(lab):
    """A carrier whose driver strips and adds tags."""
    watched_twice(lab, offload=True)


def watched_twice(lab, offload):
    """The same packet at two interfaces is one packet."""
    bench.make_vlan(offload)
    wait_for(f"an answer from {VLAN_SERVER}", lambda: bench.answers(VLAN_SERVER))
    sensor = lab.sensor("dns0", "vlan53")
    ask_all(VLAN_SERVER, 23)
    wait_counters(sensor, queries=23, answered=23, retransmitted=0, duplicate=0, orphan=0, folded=46)


@scenario("lo: each query to 127.0.0.1 is counted once")
def loopback(lab):
    """On lo each packet passes both hooks."""
    bench.start_knot("local", "127.0.0.1")
    wait_for("an answer from 127.0.0.1", lambda: bench.answers("127.0.0.1"))
    sensor = lab.sensor("lo")
    ask_all("127.0.0.1", 23)
    wait_counters(sensor, queries=23, responses=23, answered=23, retransmitted=0, duplicate=0)
    found = +sensor.rcode_map()
    check(found == {("127.0.0.1", "QUERY"): 23, ("127.0.0.1", "NOERROR"): 23},
          f"server_rcode has {dict(found)}")


@scenario("printed as JSON Lines, exchanges name interface, user, process and program")
def printed(lab):
    """Each exchange is a line when it ends; the last line is the summary."""
    sensor = lab.sensor("dns0", options=("--format", "json"))
    ask_all(S1.v4, 23)
    wait_counters(sensor, queries=23, answered=23)
    check(sensor.stop() == 0, f"exit code {sensor.popen.returncode}")
    rows = [json.loads(line) for line in sensor.output().splitlines() if line.startswith("{")]
    exchanges = [row for row in rows if row["type"] == "exchange"]
    check(len(exchanges) == 23, f"{len(exchanges)} exchanges, not 23")
    with open("/proc/self/comm", encoding="utf-8") as name:
        comm = name.read().strip()
    sender = {"server": S1.v4, "ifname": "dns0", "user": "root", "uid": 0, "comm": comm,
              "state": "answered", "rcode": "NOERROR", "vlan": None}
    for row in exchanges:
        differ = {key: row[key] for key in sender if row[key] != sender[key]}
        check(not differ, f"an exchange has {differ}")
        check(row["pid"] > 0 and row["latency_ns"] > 0, f"no pid or latency in {row}")
    check(rows[-1]["type"] == "summary" and rows[-1]["answered"] == 23, "no summary at the end")


@scenario("a query that is pending when the sensor stops is printed with its interface")
def printed_pending(lab):
    """The interface has been let go by then."""
    sensor = lab.sensor("dns0", options=("--format", "json"), sensor__timeout="29s",
                        sensor__grace="1s")
    lab.servers.silence(S1.v4)
    ask(S1.v4, timeout=0.2)
    wait_for("the query", lambda: sensor.counter("pending") == 1)
    check(sensor.stop() == 0, f"exit code {sensor.popen.returncode}")
    rows = [json.loads(line) for line in sensor.output().splitlines() if line.startswith("{")]
    found = [(row["state"], row["ifname"]) for row in rows if row["type"] == "exchange"]
    check(found == [("pending", "dns0")], f"found {found}")


@scenario("a tap that sees queries only: said once, no verdict")
def queries_only(lab):
    """A mirror of one direction makes every query look unanswered."""
    one_way(lab, "dst port 53", "queries only")


@scenario("a tap that sees responses only: said once, no verdict")
def responses_only(lab):
    """The other half."""
    one_way(lab, "src port 53", "responses only")


def one_way(lab, half, direction):
    """Capture a talk, replay half of it into a tap, watch the tap."""
    dump = bench.capture("dns0", "udp", "and", half)
    for server in SERVERS:
        ask_all(server.v4, 101)
    path = dump.finish(303)
    bench.ip("link add tap0 type veth peer name tap1")
    bench.ip("link set tap0 up")
    bench.ip("link set tap1 up")
    sensor = lab.sensor("tap0")
    bench.Process("tcpreplay", "tcpreplay", "-i", "tap1", "--pps", "300", "--loop", "0", path)
    wait_for(f"direction '{direction}' in status", lambda: sensor.counter("direction") == direction)
    said = re.compile("one direction|only " + direction.split(maxsplit=1)[0], re.I)
    wait_for("a word about one direction", lambda: said.search(everything_said(lab, sensor)))
    wait_intervals(sensor, SILENT_INTERVALS)
    lines = {line for line in everything_said(lab, sensor).splitlines() if said.search(line)}
    check(len(lines) == 1, f"said more than once: {lines}")
    lab.check_silent()


def everything_said(lab, sensor):
    """stderr and journal as one text."""
    lines = [line.removeprefix("oddns: ") for line in sensor.output().splitlines()]
    return "\n".join(lines + [entry["MESSAGE"] for entry in lab.journal.entries()])


# --- life and death -------------------------------------------------------------------------------


@scenario("without -i the interface of the default route is watched")
def default_route(lab):
    """What `make run` does."""
    bench.ip(f"route add default via {S1.v4} dev dns0")
    sensor = lab.sensor()
    ask_all(S2.v4, 23)
    wait_counters(sensor, queries=23, answered=23)
    check("dns0" in sensor.tell("status", "text"), "status does not name dns0")


@scenario("make run watches the interface of the default route, and Ctrl-C ends it")
def make_run(lab):
    """The first of README's two commands, as a person types it."""
    bench.ip(f"route add default via {S1.v4} dev dns0")
    root = os.path.dirname(os.path.dirname(bench.HERE))
    started = bench.Process("make-run", "make", "-C", root, "run")
    status = [lab.program, "status", "--format", "json"]

    def told():
        check(started.popen.poll() is None, f"make run ended with {started.popen.returncode}")
        text = subprocess.run(status, capture_output=True, text=True, check=False).stdout
        return json.loads(text) if text else {}

    wait_for("oddns started by make run", lambda: told().get("running"), 60)
    names = [interface["name"] for interface in told()["interfaces"]]
    check(names == ["dns0"], f"watches {names}")
    ask_all(S2.v4, 23)
    wait_for("23 answers in status", lambda: told()["exchanges"]["answered"] == 23)
    os.kill(told()["pid"], signal.SIGINT)
    started.popen.wait(30)
    check(started.popen.returncode == 0, f"exit code {started.popen.returncode}")
    check_nothing_left("make run")


@scenario("killed with SIGKILL and started again: works, nothing stale")
def sigkill(lab):
    """Pins and state files of the dead are adopted or replaced."""
    for hook in ("auto", "tc", "xdp"):
        sensor = lab.sensor("dns0", sensor__hook=hook)
        ask_all(S1.v4, 7)
        wait_counters(sensor, queries=7, answered=7)
        objects = sensor.bpf_objects()
        sensor.stop(signal.SIGKILL)
        again = lab.sensor("dns0", sensor__hook=hook)
        ask_all(S2.v4, 23)
        wait_counters(again, queries=23, answered=23)
        links = [o for o in objects if o[0] in ("link", "prog") and o not in again.bpf_objects()]
        wait_for("the dead one's programs gone",
                 lambda gone=links: not any(bench.bpf_object_exists(*o) for o in gone))
        pinned = json.loads(bench.run("bpftool", "-j", "map", "show", "pinned",
                                      "/sys/fs/bpf/oddns/server_rcode"))
        check(("map", str(pinned["id"])) in again.bpf_objects(), "the pinned map is a dead one's")
        check(again.rcode_map()[S2.v4, "QUERY"] == 23, "server_rcode counts wrongly")
        check(again.stop() == 0, "exit code of the second one")


@scenario("interface deleted under the sensor: said once, survives, watches the new one")
def interface_deleted(lab):
    """An interface may come back with another index."""
    sensor = lab.sensor("dns0")
    ask_all(S1.v4, 7)
    wait_counters(sensor, queries=7, answered=7)
    before = everything_said(lab, sensor).splitlines()
    bench.ip("link delete dns0")
    wait_for("a word about dns0", lambda: len(everything_said(lab, sensor).splitlines()) > len(before))
    wait_intervals(sensor, 3)
    said = [line for line in everything_said(lab, sensor).splitlines()
            if line not in before and "dns0" in line]
    check(len(set(said)) == 1, f"said: {said}")
    bench.make_wire()
    wait_for("an answer", lambda: bench.answers(S1.v4))

    def counted():
        queries = sensor.counter("queries")
        ask(S1.v4)
        wait_intervals(sensor, 1)
        return sensor.counter("queries") > queries

    wait_for("queries on the new dns0", counted)
    check_conservation(sensor)
    check(sensor.stop() == 0, "exit code")


@scenario("an interface that comes and goes all the time fills no log")
def interface_flaps(lab):
    """Two lines a minute, and the others counted."""
    bench.ip("link add flap0 type veth peer name flap1")
    sensor = lab.sensor("flap0")
    for name, other in [("flap0", "away0"), ("away0", "flap0")] * 23:
        bench.ip(f"link set {name} name {other}")
    ask_all(S1.v4, 7)
    wait_intervals(sensor, 3)
    said = [line for line in sensor.output().splitlines() if "flap0' is" in line]
    check(0 < len(said) <= 2, f"said: {said}")
    check(sensor.stop() == 0, "exit code")


@scenario("the watchdog hears from a sensor that works")
def watchdog(lab):
    """As systemd starts it with WatchdogSec= (sd_watchdog_enabled(3))."""
    sensor = lab.sensor("dns0", environment={"WATCHDOG_USEC": "400000"})
    wait_for("two signs of life", lambda: sensor.notified.count("WATCHDOG=1") >= 2)
    check(sensor.stop() == 0, "exit code")
    check("STOPPING=1" in sensor.notified, f"told: {sensor.notified}")


@scenario("a second sensor: one clear line, exit code 1, the first goes on")
def second_sensor(lab):
    """With the same state folder, and with its own but the same hook by force."""
    first = lab.sensor("dns0", sensor__hook="xdp")
    own = {"sensor__state": "/run/oddns2", "sensor__pins": "/sys/fs/bpf/oddns2"}
    for number, options in enumerate(({}, own)):
        second = lab.sensor("dns0", name=f"second{number}", ready=False, sensor__hook="xdp", **options)
        code = second.wait()
        lines = [line for line in second.output().splitlines() if line]
        check(code == 1, f"exit code {code} of the second: {lines}")
        check(len(lines) == 1 and lines[0].startswith("oddns: "), f"the second said {lines}")
    ask_all(S1.v4, 23)
    wait_counters(first, queries=23, answered=23)
    check(first.rcode_map()[S1.v4, "QUERY"] == 23, "the first one's map has lost its pin")


@scenario("the XDP hook is held by another program: TC by itself, a clear error by force")
def hook_held(lab):
    """The other program stays where it is."""
    holder = bench.hold_hook("dns0")
    forced = lab.sensor("dns0", name="forced", ready=False, sensor__hook="xdp")
    code = forced.wait()
    lines = [line for line in forced.output().splitlines() if line]
    check(code == 1, f"exit code {code} by force: {lines}")
    check(len(lines) == 1 and "dns0" in lines[0] and "holder" in lines[0], f"said {lines}")
    sensor = lab.sensor("dns0")
    ask_all(S1.v4, 23)
    wait_counters(sensor, queries=23, answered=23, folded=0)
    check("holder" in everything_said(lab, sensor), "does not say who holds the hook")
    check(sensor.stop() == 0, "exit code")
    check(bench.held_by("dns0") == holder, "the other program was removed")


@scenario("an interface that does not exist: one line that names it, exit code 1")
def no_such_interface(lab):
    """Nothing is left attached at the interface that does exist."""
    sensor = lab.sensor("dns0", "dns7", ready=False)
    code = sensor.wait()
    lines = [line for line in sensor.output().splitlines() if line]
    check(code == 1, f"exit code {code}: {lines}")
    check(len(lines) == 1 and "dns7" in lines[0], f"said {lines}")
    check_nothing_left("with a bad interface")


@scenario("no journald: the alert is on stderr", journal=False)
def no_journald(lab):
    """sd_journal_send() returns 0 when nobody listens."""
    sensor = lab.sensor("dns0")
    for server in SERVERS:
        load(server.v4)
    wait_evidence(sensor, *[server.v4 for server in SERVERS])
    lab.servers.delay(80, S2.v4)
    wait_for("the alert on stderr", lambda: re.search(re.escape(S2.v4) + ".*odd", sensor.output()))
    check(not re.search(f"({re.escape(S1.v4)}|{re.escape(S3.v4)}) is the odd", sensor.output()),
          "another server is blamed")


@scenario("SIGTERM: exit code 0, summary, nothing attached, nothing pinned, by each hook")
def sigterm(lab):
    """The kernel is as before."""
    for hook in ("auto", "xdp", "xdp-generic", "tc"):
        sensor = lab.sensor("dns0", sensor__hook=hook)
        ask_all(S1.v4, 23)
        wait_counters(sensor, queries=23, answered=23, orphan=0)
        objects = sensor.bpf_objects()
        check(any(kind == "prog" for kind, _ in objects), "holds no program while it runs")
        printed = len(sensor.output())
        check(sensor.stop() == 0, f"hook {hook}: exit code {sensor.popen.returncode}")
        check("23" in sensor.output()[printed:], f"hook {hook}: no summary")
        wait_for(f"hook {hook}: its objects gone",
                 lambda o=objects: not any(bench.bpf_object_exists(*each) for each in o))
        check_nothing_left(f"hook {hook}")


def check_nothing_left(when):
    """Neither attached to dns0 nor pinned."""
    check(bench.held_by("dns0") is None, f"{when}: ip link shows xdp")
    net = json.loads(bench.run("bpftool", "-j", "net"))[0]
    check(not net["xdp"] and not net["tc"], f"{when}: bpftool net shows {net}")
    check("clsact" not in bench.run("tc", "qdisc", "show", "dev", "dns0"), f"{when}: clsact is left")
    # The kernel itself puts maps.debug and progs.debug there.
    left = [f for _, _, files in os.walk("/sys/fs/bpf") for f in files if not f.endswith(".debug")]
    check(not left, f"{when}: still pinned: {left}")


@scenario("SIGTERM while it starts: exit code 0, nothing attached, nothing pinned")
def sigterm_early(lab):
    """Between the first pin and the loop."""
    for _ in range(3):
        sensor = lab.sensor("dns0", ready=False)
        wait_for("the first pin", lambda: os.path.exists("/sys/fs/bpf/oddns"))
        check(sensor.stop() == 0, f"exit code {sensor.popen.returncode}")
        check_nothing_left("while it starts")


@scenario("a second sensor with its own state but the same pins: one clear line, pins stay")
def same_pins(lab):
    """The maps of a living daemon are not replaced."""
    first = lab.sensor("dns0")
    second = lab.sensor("lo", name="second", ready=False, sensor__state="/run/oddns2")
    code = second.wait()
    lines = [line for line in second.output().splitlines() if line]
    check(code == 1, f"exit code {code} of the second: {lines}")
    check(len(lines) == 1 and "sensor.pins" in lines[0], f"the second said {lines}")
    ask_all(S1.v4, 23)
    wait_counters(first, queries=23, answered=23)
    check(first.rcode_map()[S1.v4, "QUERY"] == 23, "the first one's map has lost its pin")


@scenario("SIGHUP with a bad file: says so and goes on; with a good one it takes it")
def sighup(lab):
    """A bad file changes nothing."""
    sensor = lab.sensor("dns0")
    with open(sensor.config, "w", encoding="utf-8") as config:
        config.write("[sensor]\nnonsense = 1\n")
    sensor.popen.send_signal(signal.SIGHUP)
    wait_for("a word about 'nonsense'", lambda: "nonsense" in everything_said(lab, sensor))
    with open(sensor.config, "w", encoding="utf-8") as config:
        config.write(f"[group lab]\nservers = {S1.v4}, {S2.v4}\n")
    ask_all(S1.v4, 23)
    wait_counters(sensor, queries=23, answered=23)
    sensor.popen.send_signal(signal.SIGHUP)
    wait_for("the new group in oddns servers", lambda: sensor.server(S1.v4).get("group") == "lab")
    check(sensor.stop() == 0, "exit code")
