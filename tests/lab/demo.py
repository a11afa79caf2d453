#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows in under a minute what oddns does, in a world of its own (bench.py).

    demo.py [--pause SECONDS] [PROGRAM]

Needs root. Leaves nothing behind, on Ctrl-C too: all of it is one process tree.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # root must not leave files in the tree
import bench
from bench import SERVERS, wait_for

SLOW = SERVERS[1].v4


class Stage:
    """Prints headings, sentences and commands at a pace that can be read."""

    def __init__(self, pause):
        self.pause = pause
        self.bold, self.dim, self.plain = ("\033[1m", "\033[2m", "\033[0m") \
            if sys.stdout.isatty() else ("", "", "")

    def heading(self, text):
        """What comes next."""
        print(f"\n{self.bold}== {text}{self.plain}", flush=True)

    def say(self, text):
        """A sentence, and time to read it."""
        print(text, flush=True)
        time.sleep(self.pause)

    def show(self, command, output):
        """A command and what it printed."""
        print(f"{self.dim}$ {command}{self.plain}")
        print(output.strip("\n"), end="\n\n", flush=True)
        time.sleep(2 * self.pause)


def journal_text(*options):
    """What journalctl prints of oddns."""
    return bench.run("journalctl", "-D", "/run/log/journal", "-t", "oddns", "--no-pager", "-q",
                     *options)


def find_servers(stage, program):
    """Start everything; the sensor finds the servers by itself."""
    stage.heading("Three DNS servers, one client, one sensor")
    stage.say("In network namespaces of their own: three Knot DNS servers (10.53.0.11 to .13),\n"
              "dnsdist in front to make one slow later, dnsperf as the clients (150 queries/s to\n"
              "each), and on the clients' side:\n")
    servers = bench.Servers()
    sensor = bench.Sensor(program, "dns0")
    stage.say("$ oddns run -i dns0 --set sensor.interval=500ms --set sensor.window=7 ...")
    for server in SERVERS:
        bench.load(server.v4)
    stage.say("It is told nothing about servers. It waits for evidence: 5 intervals of each.\n")
    for server in SERVERS:
        wait_for(f"evidence about {server.v4}", lambda s=server: sensor.compares(s.v4))
    stage.show("oddns servers", sensor.tell("servers", "text"))
    return servers, sensor


def slow_and_well(stage, servers, journal):
    """One server gets slow and recovers."""
    stage.heading(f"{SLOW} gets slow: each answer 60 ms later")
    servers.delay(60, SLOW)
    stage.say("A median over 7 intervals needs 4 slow ones to move: no single spike can do it.\n")
    wait_for("the alert", journal.alerts)
    stage.show("journalctl -t oddns", journal_text("ODDNS_STATE=raised"))
    stage.say("What to do about it is in the message catalog:\n")
    stage.show("journalctl -t oddns -x -n 1", journal_text("-x", "-n", "1", "ODDNS_STATE=raised"))
    stage.heading(f"{SLOW} recovers")
    servers.delay(0, SLOW)
    wait_for("the alert to be cleared", lambda: journal.alerts(state="cleared"))
    stage.show("journalctl -t oddns", journal_text("ODDNS_STATE=cleared"))


def look_back(stage, program, sensor):
    """What the sensor has kept: exchanges, sums, alerts."""
    store = sensor.settings["store.path"]
    stage.heading("Every exchange is on record")
    stage.say("The sensor keeps them in a folder of SQLite files; anybody who may read these can\n"
              "ask, while it goes on writing.\n")
    wait_for("the alert on record",
             lambda: "cleared" in bench.run(program, "alerts", "--store", store))
    for words in (("flows", f"server {SLOW} and dns-latency > 50ms", "-n", "3"),
                  ("stats", "--by", "server"),
                  ("alerts",),
                  ("servers",)):
        shown = " ".join(f"'{word}'" if " " in word else word for word in words)
        stage.show(f"oddns {shown} --store {store}",
                   bench.run(program, *words, "--store", store))


def excerpt(dump):
    """The elements of the slow server from a dump of all."""
    elements = re.split(r"(?<=\}),(?=\{\n +\"key\")", dump.strip("[]\n"))
    address = SLOW.replace(".", ",")
    mine = [element for element in elements if f"255,255,{address}" in element]
    return ",".join(mine) + f"\n[{len(elements) - len(mine)} more elements]"


def look_inside(stage, sensor):
    """Counters in the kernel, figures of the sensor."""
    stage.heading("The kernel's own counters, without oddns")
    path = f"{sensor.settings['sensor.pins']}/server_rcode"
    stage.show(f"bpftool map dump pinned {path}",
               excerpt(bench.run("bpftool", "map", "dump", "pinned", path)))
    stage.heading("The sensor")
    stage.show("oddns status", sensor.tell("status", "text"))
    printed = len(sensor.output())
    sensor.stop()
    stage.show("kill -TERM $(pidof oddns)    # detaches, removes its pins, prints what it counted",
               sensor.output()[printed:])


def inside(program, pause):
    """Be PID 1 of the world and play."""
    bench.make_world()
    journal = bench.Journal(bench.catalog())
    stage = Stage(pause)
    start = time.monotonic()
    try:
        servers, sensor = find_servers(stage, program)
        slow_and_well(stage, servers, journal)
        look_back(stage, program, sensor)
        look_inside(stage, sensor)
    except bench.Failure as failure:
        print("\n".join([f"demo: {failure}"] + bench.diagnosis()), file=sys.stderr)
        return 1
    stage.say(f"That was all, in {time.monotonic() - start:.0f} s. Nothing is left behind.")
    return 0


def main():
    """Make the world and play in it."""
    parser = argparse.ArgumentParser(description="Show what oddns does.")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds to read a sentence")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("program", nargs="?", default=os.path.join(bench.ROOT, "build", "oddns"))
    args = parser.parse_args()
    program = os.path.realpath(args.program)
    if args.inside:
        return inside(program, args.pause)
    if os.geteuid() != 0:
        print("demo: makes network namespaces: run it as root (sudo make demo)", file=sys.stderr)
        return 1
    command = bench.world_command(os.path.realpath(__file__), "--inside", program,
                                  "--pause", str(args.pause))
    return subprocess.run(command, check=False, preexec_fn=bench.die_with_parent).returncode


if __name__ == "__main__":
    # Die at once: the kernel takes the world down.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.exit(main())
