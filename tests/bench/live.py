#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is lost when one sender does its best, and what the daemon takes when idle.

    tests/bench/live.py ODDNS BENCH

Prints rows NAME VALUE for bench: live.idle_rss, live.floor (packets/s that
tcpreplay sends over the veth when nobody listens), live.rate (the same with the
daemon at the other end), live.unseen (sent, but not seen by the program: lost
in the veth) and live.loss (seen, but no event came out of the ring). Rounds
without and with the daemon take turns; rates are medians, losses sums.

It runs in namespaces of its own (PIDs, mounts, network): when its first process
ends, the kernel ends the rest, and takes interfaces and pinned maps along.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time

ROUNDS = 5
LOOPS = 3  # of a capture of 200 000 packets: about two seconds
HERE = os.path.realpath(__file__)
DIR = "/run/oddns-bench"
SETTINGS = ["--set", f"sensor.state={DIR}"]
WAIT_S = 10


class Failure(Exception):
    """Something that could not be measured, and why."""


def run(*command):
    """Run a command, return what it printed."""
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: {done.stdout.strip()}")
    return done.stdout


class Daemon:
    """`oddns run` on the receiving end."""

    def __init__(self, oddns):
        self.oddns = oddns
        self.errors = open(f"{DIR}/stderr", "w+", encoding="utf-8")
        self.process = subprocess.Popen([oddns, "run", "-i", "to1", *SETTINGS],
                                        stdout=subprocess.DEVNULL, stderr=self.errors)
        self.wait(lambda status: status["running"], "start")

    def status(self):
        """What `oddns status` says; {"running": false} until the daemon has written it."""
        done = subprocess.run([self.oddns, "status", "--format", "json", *SETTINGS], check=False,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            return json.loads(done.stdout)
        except ValueError as error:
            raise Failure(f"oddns status: {done.stderr.strip() or error}") from error

    def wait(self, condition, what):
        """Poll until the status fulfils the condition, and return it."""
        end = time.monotonic() + WAIT_S
        while True:
            if self.process.poll() is not None:
                self.errors.seek(0)
                raise Failure(f"oddns run ended: {self.errors.read().strip()}")
            status = self.status()
            if condition(status):
                return status
            if time.monotonic() > end:
                raise Failure(f"oddns run: waited {WAIT_S} s in vain for it to {what}")
            time.sleep(0.1)

    def settled(self):
        """The status once all that was sent is in it: two seconds of state without a change."""
        before, at = None, 0.0
        while True:
            status = self.status()
            counts = [status[part] for part in ("packets", "exchanges", "drops")]
            if counts != before:
                before, at = counts, time.monotonic()
            elif time.monotonic() - at > 2.2:
                return status
            time.sleep(0.2)

    def resident_mib(self):
        """VmRSS, from the kernel."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as stream:
            return int(re.search(r"VmRSS:\s+(\d+) kB", stream.read()).group(1)) / 1024

    def stop(self):
        """End it as systemd would."""
        self.process.terminate()
        if self.process.wait(WAIT_S) != 0:
            raise Failure(f"oddns run: exit code {self.process.returncode} after SIGTERM")


def send(capture):
    """Send the capture at top speed; return (packets, packets/s)."""
    said = run("tcpreplay", "--preload-pcap", "--topspeed", "--loop", str(LOOPS),
               "--intf1", "to0", capture)
    packets = re.search(r"Actual: (\d+) packets", said)
    rate = re.search(r"([\d.]+) pps", said)
    if not packets or not rate:
        raise Failure(f"tcpreplay: {said.strip()}")
    return int(packets.group(1)), float(rate.group(1))


def measure(oddns, capture):
    """The rounds; prints the rows."""
    floors, rates, sent = [], [], 0
    seen = lost = 0
    idle = []
    for _ in range(ROUNDS):
        floors.append(send(capture)[1])
        daemon = Daemon(oddns)
        idle.append(daemon.resident_mib())
        packets, rate = send(capture)
        status = daemon.settled()
        daemon.stop()
        rates.append(rate)
        sent += packets
        seen += sum(status["packets"].values())
        lost += status["drops"]["ring_full"] + status["drops"]["copy_failed"]
    print(f"live.idle_rss {statistics.median(idle):.3f}")
    print(f"live.floor {statistics.median(floors):.0f}")
    print(f"live.rate {statistics.median(rates):.0f}")
    print(f"live.unseen {sent - seen}")
    print(f"live.loss {lost}")


def world(oddns, bench):
    """Inside the namespaces: two ends of a veth, no addresses, so that nothing else is sent."""
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    run("mount", "-t", "bpf", "bpf", "/sys/fs/bpf")
    os.mkdir(DIR)
    run("ip", "link", "add", "to0", "type", "veth", "peer", "name", "to1")
    for end in ("to0", "to1"):
        with open(f"/proc/sys/net/ipv6/conf/{end}/disable_ipv6", "w", encoding="ascii") as stream:
            stream.write("1")
        run("ip", "link", "set", end, "up")
    capture = f"{DIR}/queries.pcap"
    run(bench, "--write", capture)
    measure(oddns, capture)


def main():
    oddns, bench = sys.argv[-2:]
    if sys.argv[1] != "--inside":
        os.execvp("unshare", ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child",
                              "--mount-proc", sys.executable, HERE, "--inside", oddns, bench])
    try:
        world(oddns, bench)
    except Failure as failure:
        sys.exit(f"bench: live: {failure}")


if __name__ == "__main__":
    main()
