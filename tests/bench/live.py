#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is lost when one sender does its best, and what the daemon takes when idle.

    tests/bench/live.py ODDNS BENCH [rates] [curve]

Prints rows NAME VALUE for bench.

rates: live.idle_rss, and for native XDP and TC (names with _tc): live.floor,
packets/s that tcpreplay sends over a veth when an empty XDP program (nothing for
TC) is at the other end; live.rate, the same with the daemon there; live.unseen,
sent but not seen by the program, lost in the veth; live.loss, seen, but in no
exchange. All take turns; rates are medians, losses sums. XDP has a floor of its
own because veth copies each packet for any program.

curve: live.curve.CPUS.POINT, from 50 000 packets/s doubled up to what the sender
cannot reach, then at its top speed ("top"). With CPUS "1cpu" the sender, the
programs (they run where the sender does) and the daemon share one processor,
with "2cpu" the sender has the first and the daemon may use all. Rows:
offered, packets/s that left the sender; unseen, the share of them that the veth
lost; lost, the share of the seen that is in no exchange, as the daemon counts;
processor, time that the daemon took in the time of sending, 100 % is one
processor.

shed: live.shed.PHASE, 200 000 packets/s (or what the sender reaches) for a daemon
that shares its processor with a process that never rests and is preferred (nice 19
against 0: 1.5 % of the time), in the first seconds ("onset") and in those that
follow ("after"). Rows: offered; given_up, the share of messages that was left out
by order; lost, the share that found no room in the ring, whatever it was;
unanswered, the share of exchanges that were read of which the response is missing,
though the wire had it; random, computed: the same if what was not read had been
lost at random.

It runs in namespaces of its own (PIDs, mounts, network): when its first process
ends, the kernel ends the rest, and takes interfaces and pinned maps along.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

ROUNDS = 3
LOOPS = 2  # of a capture of 200 000 packets: one to two seconds
HERE = os.path.realpath(__file__)
DIR = "/run/oddns-bench"
# The store lies on a disk, as in earnest.
STORE = os.path.realpath(os.path.join(os.path.dirname(HERE), "../../build/bench-live-store"))
SETTINGS = ["--set", f"sensor.state={DIR}", "--set", f"store.path={STORE}"]
WAIT_S = 10
CURVE_FROM = 50000  # packets/s
CURVE_S = 2  # of sending at each point
REACHED = 0.95  # of the rate that was asked for; less: it is beyond the sender
STORE_RATE = 200000  # packets/s: a query and a response for each exchange
STORE_S = 20  # of sending
SHED_RATE = 200000  # packets/s, at which the capture has the latencies that it says
SHED_PHASES = (("onset", 3), ("after", 5))  # how often the capture is sent, whole
SHED_SETTINGS = ["--set", "sensor.timeout=400ms", "--set", "sensor.grace=0s"]
PLACES = {"1cpu": ("0", "0"), "2cpu": ("0", None)}  # processors: of the sender, of the daemon


class Failure(Exception):
    """Something that could not be measured, and why."""


def run(*command):
    """Run a command, return what it printed."""
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: {done.stdout.strip()}")
    return done.stdout


def pinned(cpus):
    """What a command begins with that may use these processors only; None: all."""
    return ["taskset", "--cpu-list", cpus] if cpus else []


class Daemon:
    """`oddns run` on the receiving end, at the given hook, on some processors."""

    def __init__(self, oddns, hook, cpus=None, nice=0, settings=()):
        self.oddns = oddns
        self.errors = open(f"{DIR}/stderr", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*pinned(cpus), "nice", "-n", str(nice), oddns, "run", "-i", "to1", "--hook", hook,
             *SETTINGS, *settings], stdout=subprocess.DEVNULL, stderr=self.errors)
        self.wait(lambda status: status["running"], "start")

    def status(self):
        """What `oddns status` says; {"running": false} until the daemon has written it."""
        done = subprocess.run([self.oddns, "status", "--format", "json", *SETTINGS], check=False,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if not done.stdout:  # it has the lock, but no state yet
            return {"running": False}
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

    def processor_s(self):
        """Processor time so far, in user space and the kernel (proc(5): utime, stime)."""
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as stream:
            fields = stream.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """End it as systemd would."""
        self.process.terminate()
        if self.process.wait(WAIT_S) != 0:
            raise Failure(f"oddns run: exit code {self.process.returncode} after SIGTERM")


def tcpreplay(*options, cpus=None):
    """Send; return (packets, packets/s)."""
    said = run(*pinned(cpus), "tcpreplay", "--preload-pcap", "--intf1", "to0", *options)
    packets = re.search(r"Actual: (\d+) packets", said)
    rate = re.search(r"([\d.]+) pps", said)
    if not packets or not rate:
        raise Failure(f"tcpreplay: {said.strip()}")
    return int(packets.group(1)), float(rate.group(1))


def send(capture):
    """Send the capture at top speed; return (packets, packets/s)."""
    return tcpreplay("--topspeed", "--loop", str(LOOPS), capture)


class Figures:
    """What the rounds at one hook gave."""

    def __init__(self):
        self.floors, self.rates, self.idle = [], [], []
        self.unseen = self.lost = 0

    def take(self, sent, rate, status):
        """Add a round with the daemon."""
        seen, exchanges = sum(status["packets"].values()), status["exchanges"]
        self.rates.append(rate)
        self.unseen += sent - seen
        self.lost += seen - exchanges["queries"] - exchanges["responses"]

    def rows(self, suffix):
        """Print them."""
        print(f"live.floor{suffix} {statistics.median(self.floors):.0f}")
        print(f"live.rate{suffix} {statistics.median(self.rates):.0f}")
        print(f"live.unseen{suffix} {self.unseen}")
        print(f"live.loss{suffix} {self.lost}")


def floor(bench, hook, capture):
    """packets/s without the daemon."""
    if hook == "tc":
        return send(capture)[1]
    with subprocess.Popen([bench, "--pass", "to1"], stdout=subprocess.PIPE, text=True) as empty:
        if not empty.stdout.readline():
            raise Failure("no empty program could be attached")
        rate = send(capture)[1]
        empty.kill()
    return rate


def measure(oddns, bench, capture):
    """The rounds; prints the rows."""
    figures = {"xdp": Figures(), "tc": Figures()}
    for _ in range(ROUNDS):
        for hook, these in figures.items():
            these.floors.append(floor(bench, hook, capture))
            daemon = Daemon(oddns, hook)
            these.idle.append(daemon.resident_mib())
            these.take(*send(capture), daemon.settled())
            daemon.stop()
    print(f"live.idle_rss {statistics.median(figures['xdp'].idle):.3f}")
    figures["xdp"].rows("")
    figures["tc"].rows("_tc")


def sums(status):
    """Packets that the programs saw, and messages that found their way into exchanges."""
    exchanges = status["exchanges"]
    return sum(status["packets"].values()), exchanges["queries"] + exchanges["responses"]


def measure_point(daemon, capture, speed, name, cpus):
    """Send for some time, print the rows, return the rate that was reached."""
    seen, taken = sums(daemon.status())  # nothing was sent since it settled
    spent = daemon.processor_s()
    sent, rate = tcpreplay(*speed, "--loop", "0", "--duration", str(CURVE_S), capture, cpus=cpus)
    now_seen, now_taken = sums(daemon.settled())
    spent, seen, taken = daemon.processor_s() - spent, now_seen - seen, now_taken - taken
    print(f"{name}.offered {rate:.0f}")
    print(f"{name}.unseen {100 * (sent - seen) / sent:.4f}")
    print(f"{name}.lost {100 * (seen - taken) / max(seen, 1):.4f}")
    print(f"{name}.processor {100 * spent / (sent / rate):.3f}", flush=True)
    return rate


def measure_curve(oddns, capture):
    """The points, for one processor and for all; prints the rows."""
    for place, (sender, receiver) in PLACES.items():
        daemon = Daemon(oddns, "xdp", receiver)
        asked = CURVE_FROM
        while True:
            reached = measure_point(daemon, capture, ["--timer", "nano", "--pps", str(asked)],
                                    f"live.curve.{place}.{asked // 1000}k", sender)
            if reached < REACHED * asked:
                break
            asked *= 2
        measure_point(daemon, capture, ["--topspeed"], f"live.curve.{place}.top", sender)
        daemon.stop()


def shed_rows(name, rate, before, after):
    """Print what became of messages between two statuses. All queries were answered."""
    def grown(part, *names):
        return sum(after[part][key] - before[part][key] for key in names)
    seen = sum(after["packets"].values()) - sum(before["packets"].values())
    given_up = grown("drops", "shed") + grown("assembly", "shed")
    unanswered, read = grown("exchanges", "unanswered"), grown("exchanges", "answered", "unanswered")
    print(f"{name}.offered {rate:.0f}")
    print(f"{name}.given_up {100 * given_up / seen:.4f}")
    print(f"{name}.lost {100 * grown('drops', 'ring_full') / seen:.4f}")
    print(f"{name}.unanswered {100 * unanswered / max(read, 1):.4f}")
    # a query that was read lacks its response as often as any message is lost
    print(f"{name}.random {100 * (given_up + grown('drops', 'ring_full')) / seen:.4f}", flush=True)


def measure_shed(oddns, capture):
    """A daemon that is kept from its processor by another process; prints the rows."""
    daemon = Daemon(oddns, "xdp", "1", nice=19, settings=SHED_SETTINGS)
    before = daemon.status()
    with subprocess.Popen([*pinned("1"), sys.executable, "-c", "while True: pass"]) as hog:
        for phase, loops in SHED_PHASES:
            _, rate = tcpreplay("--timer", "nano", "--pps", str(SHED_RATE), "--loop", str(loops),
                                capture, cpus="0")
            after = daemon.settled()
            shed_rows(f"live.shed.{phase}", rate, before, after)
            before = after
        hog.kill()
    daemon.stop()


def measure_store(oddns, capture):
    """100 000 exchanges a second for a while, all to be stored; prints the rows."""
    daemon = Daemon(oddns, "xdp")
    before = daemon.status()
    _, rate = tcpreplay("--timer", "nano", "--pps", str(STORE_RATE), "--loop", "0", "--duration",
                        str(STORE_S), capture)
    after = daemon.settled()
    seen, taken = (now - then for now, then in zip(sums(after), sums(before)))
    lost = after["store"]["overflow"] + after["store"]["failed"]
    print(f"live.store.offered {rate:.0f}")
    print(f"live.store.loss {seen - taken}")
    print(f"live.store.lost {lost}")
    daemon.stop()


def world(oddns, bench, parts):
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
    if "rates" in parts:
        measure(oddns, bench, capture)
    if "store" in parts:
        measure_store(oddns, capture)
    if "shed" in parts:
        measure_shed(oddns, capture)
    if "curve" in parts:
        measure_curve(oddns, capture)


def main():
    inside = sys.argv[1] == "--inside"
    oddns, bench, *parts = sys.argv[1 + inside:]
    if not inside:
        os.execvp("unshare", ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child",
                              "--mount-proc", sys.executable, HERE, "--inside", oddns, bench, *parts])
    try:
        world(oddns, bench, parts)
    except (Failure, OSError) as failure:
        sys.exit(f"bench: live: {failure}")
    finally:
        shutil.rmtree(STORE, ignore_errors=True)


if __name__ == "__main__":
    main()
