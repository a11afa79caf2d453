# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab tries of the books: nothing is lost without being counted, whatever happens.

A tap: tcpreplay sends queries and responses into one end of a veth, the sensor
watches the other, so that each packet is known. Ring and processor are made short.
"""

import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import time

import bench
from bench import check, wait_for
from scenarios import scenario

SERVERS = [f"10.9.9.{n}" for n in range(1, 8)]
PAIRS = 10007  # a query and its response each
RCODES = ["NOERROR", "NXDOMAIN", "SERVFAIL"]
IDENTITIES = os.path.join(bench.ROOT, "tests", "replay", "identities.py")
UNPARSABLE = ("udp_length", "tcp_header", "dns_short")
LOST = ("ring_full", "shed", "copy_failed")


def pair(number):
    """A query and its response, of one of 7 servers, as Ethernet frames."""
    server, rcode = bytes([10, 9, 9, 1 + number % 7]), (0, 3, 2)[number % 3]
    client, port = bytes([10, 8, number >> 8 & 255, number & 255]), 20000 + number % 40009
    query = bytearray(bench.query("www1.lab.test", number % 65521))
    response = bytearray(query)
    response[2:4] = 0x81, 0x80 | rcode
    for message, ends, ports in ((query, client + server, (port, 53)),
                                 (response, server + client, (53, port))):
        udp = struct.pack("!4H", *ports, 8 + len(message), 0) + message
        header = struct.pack("!2B3H2BH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)
        yield b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + header + ends + udp


def write_pairs(path, pairs=PAIRS, behind=1):
    """A capture in which a response comes `behind` queries after its own."""
    frames = [frame for n in range(pairs) for frame in ((0, n, f) for f in pair(n))]
    queries, responses = frames[::2], frames[1::2]
    with open(path, "wb") as target:
        target.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for n in range(pairs + behind):
            for group, at in ((queries, n), (responses, n - behind)):
                if 0 <= at < pairs:
                    frame = group[at][2]
                    target.write(struct.pack("=4I", n // 1000, n % 1000 * 1000, len(frame),
                                             len(frame)) + frame)
    return path


def sent_by_server():
    """What server_rcode must say when the pairs went by once."""
    counts = {}
    for number in range(PAIRS):
        for key in ((SERVERS[number % 7], "QUERY"), (SERVERS[number % 7], RCODES[number % 3])):
            counts[key] = counts.get(key, 0) + 1
    return counts


def make_tap():
    bench.ip("link add tap0 type veth peer name tap1")
    for end in ("tap0", "tap1"):
        with open(f"/proc/sys/net/ipv6/conf/{end}/disable_ipv6", "w", encoding="ascii") as stream:
            stream.write("1")  # so that nothing else is sent
        bench.ip(f"link set {end} up")


def send(path, *speed):
    """Into the tap, to the end."""
    bench.run("tcpreplay", "-i", "tap1", "--preload-pcap", *speed, path)


def books(status):
    """The equations of a status: [(name, left, right)], and what is still in the ring."""
    x, drops, assembly = status["exchanges"], status["drops"], status["assembly"]
    lost = sum(drops[name] for name in LOST) + assembly["shed"]
    unparsable = sum(drops[name] for name in UNPARSABLE) + sum(status["unparsable"].values())
    equations = [
        ("queries", x["queries"], x["answered"] + x["unanswered"] + x["pending"] +
         x["retransmitted"] + x["evicted"]),
        ("responses", x["responses"], x["answered"] + x["late"] + x["orphan"] + x["duplicate"] +
         x["continued"] + x["unsampled"]),
        ("unanswered", x["unanswered"], sum(status["causes"].values())),
    ]
    waiting = (sum(status["packets"].values()) + assembly["coalesced"] - x["queries"] -
               x["responses"] - x["folded"] - assembly["joined"] - x["quoted"] - x["multicast"] -
               unparsable - lost)
    return equations, waiting, lost


def check_books(status):
    """At any moment; return (still in the ring, lost)."""
    equations, waiting, lost = books(status)
    for name, left, right in equations:
        check(left == right, f"{name} are {left}, but the sum is {right}: {status}")
    check(waiting >= 0, f"{-waiting} packets more are known than were seen: {status}")
    return waiting, lost


def check_summary(sensor, name):
    """The output of a sensor that has ended, held against itself."""
    path = f"{bench.DIR}/{name}.json"
    with open(path, "w", encoding="utf-8") as target:
        target.writelines(line + "\n" for line in sensor.output().splitlines()
                          if line.startswith("{"))
    found = subprocess.run([sys.executable, IDENTITIES, path], capture_output=True, text=True,
                           check=False)
    check(found.returncode == 0, f"{name}: {found.stdout}{found.stderr}")
    with open(path, encoding="utf-8") as stream:
        return json.loads(stream.readlines()[-1])


@scenario("a ring that is full: each loss counted, server_rcode exact, nothing left over",
          servers=False)
def ring_full(lab):
    """The daemon is stopped while packets come, then it goes on."""
    make_tap()
    path, expected = write_pairs(f"{bench.DIR}/pairs.pcap"), sent_by_server()
    for hook in ("tc", "xdp"):
        sensor = lab.sensor("tap0", sensor__hook=hook, sensor__ring="64k")
        sensor.popen.send_signal(signal.SIGSTOP)
        send(path, "--pps", "50000")
        # the kernel's own counters, while nobody reads the ring
        found = dict(+sensor.rcode_map())
        sensor.popen.send_signal(signal.SIGCONT)
        check(found == expected, f"hook {hook}: server_rcode has {found}")
        wait_for("all packets in status",
                 lambda s=sensor: sum(s.tell("status")[0]["packets"].values()) == 2 * PAIRS)
        wait_for("an empty ring", lambda s=sensor: check_books(s.tell("status")[0])[0] == 0)
        status = sensor.tell("status")[0]
        x, (_, lost) = status["exchanges"], check_books(status)
        check(lost > PAIRS, f"hook {hook}: only {lost} lost with a ring of 64 KiB")
        check(x["queries"] + x["responses"] == 2 * PAIRS - lost,
              f"hook {hook}: {2 * PAIRS} sent, {lost} lost, but {x}")
        text = sensor.tell("status", "text")
        check("ring_full" in text and "sensor.ring" in text, f"no cause and remedy in {text}")
        check(sensor.stop() == 0, "exit code")


@scenario("sensors that come and go under load: the books of each close exactly", servers=False)
def restarts(lab):
    """Packets are on their way when it attaches, and when it detaches."""
    make_tap()
    path = write_pairs(f"{bench.DIR}/pairs.pcap", behind=7)
    bench.Process("tcpreplay", "tcpreplay", "-i", "tap1", "--preload-pcap", "--pps", "10007",
                  "--loop", "0", path)
    for number, hook in enumerate(("tc", "xdp", "tc", "xdp-generic", "xdp")):
        sensor = lab.sensor("tap0", name=f"oddns{number}", options=("--format", "json"),
                            sensor__hook=hook)
        wait_for("answers", lambda s=sensor: s.counter("answered") > 1009)
        check_books(sensor.tell("status")[0])
        check(sensor.stop() == 0, f"hook {hook}: exit code {sensor.popen.returncode}")
        summary = check_summary(sensor, f"oddns{number}")
        check(summary["answered"] > 1009, f"hook {hook}: {summary}")
        # but for what was on its way when it attached and detached, all are answered
        halves = summary["pending"] + summary["orphan"]
        check(halves <= 2 * 7 + 14, f"hook {hook}: {halves} without their other half")


@scenario("overload at every moment: status never knows more than was seen, nor loses a packet",
          servers=False)
def overload(lab):
    """The ring runs over again and again while status is asked."""
    make_tap()
    path = write_pairs(f"{bench.DIR}/pairs.pcap", behind=7)
    sensor = lab.sensor("tap0", sensor__hook="tc", sensor__ring="64k")
    with contextlib.ExitStack() as stack:
        flood = bench.Process("flood", "tcpreplay", "-i", "tap1", "--preload-pcap", "--pps",
                              "100003", "--loop", "0", path)
        stack.callback(flood.stop)
        seen, moments = set(), 0
        end = time.monotonic() + 7
        while time.monotonic() < end:
            status = sensor.tell("status")[0]
            check_books(status)
            moments += status["now_ns"] not in seen
            seen.add(status["now_ns"])
            time.sleep(0.03)
    check(moments >= 5, f"only {moments} moments were seen")
    wait_for("an empty ring", lambda: check_books(sensor.tell("status")[0])[0] == 0)
    check(sensor.stop() == 0, "exit code")
