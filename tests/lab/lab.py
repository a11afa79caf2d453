#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the sensor against real DNS servers, each scenario in a world of its own (bench.py).

    lab.py [--list] [--jobs N] [PROGRAM [TEXT…]]

PROGRAM is build/oddns by default. Runs the scenarios whose name contains one of
the TEXTs, all by default, and prints TAP (testanything.org). Needs root. Touches nothing of the host.
"""

import argparse
import concurrent.futures
import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # root must not leave files in the tree
import answers  # enters its scenarios
import bench
import conservation  # likewise
from scenarios import SCENARIOS, Lab
import hidden  # likewise
import hostile  # likewise
import multicast  # likewise
import silence  # likewise
import store  # likewise
import whole  # likewise

# A scenario takes 3 to 15 s; this one hangs.
SCENARIO_SECONDS_MAX = 120


def inside(index, program):
    """Be PID 1 of a world: run one scenario, report on stdout, end with 0 if it holds."""
    scenario = SCENARIOS[index]
    try:
        bench.make_world()
        scenario.function(Lab(program, scenario))
        return 0
    except bench.Failure as failure:
        report = [str(failure)]
    except Exception as error:  # pylint: disable=broad-except
        report = [f"{type(error).__name__}: {error} (line {error.__traceback__.tb_lineno})"]
    print("\n".join(report + bench.diagnosis()), flush=True)
    return 1


def run_scenario(index, program):
    """Run one scenario in a new world; return whether it holds, its report and its seconds."""
    command = bench.world_command(os.path.realpath(__file__), "--inside", str(index),
                                  program)
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", preexec_fn=bench.die_with_parent) as world:
        try:
            report, _ = world.communicate(timeout=SCENARIO_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            world.kill()
            report = f"did not end within {SCENARIO_SECONDS_MAX} s\n{world.communicate()[0]}"
        except BaseException:
            world.kill()
            raise
    return world.returncode == 0, report, time.monotonic() - start


def print_result(number, name, result):
    """One line of TAP, and the report of a failure behind #."""
    holds, report, seconds = result
    print(f"{'ok' if holds else 'not ok'} {number} - {name} # {seconds:.1f} s")
    for line in report.splitlines():
        print(f"#   {line}")
    sys.stdout.flush()


def run_all(chosen, program, jobs):
    """Run scenarios, `jobs` at once, and print their results in order."""
    print(f"1..{len(chosen)}", flush=True)
    passed = 0
    # Threads die with the process, and their worlds with them.
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = [pool.submit(run_scenario, index, program) for index in chosen]
        for number, (index, result) in enumerate(zip(chosen, results), 1):
            print_result(number, SCENARIOS[index].name, result.result())
            passed += result.result()[0]
    print(f"# {passed} passed, {len(chosen) - passed} failed")
    return 0 if passed == len(chosen) else 1


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Run the lab's scenarios.")
    parser.add_argument("--list", action="store_true", help="print the names of the scenarios")
    parser.add_argument("--jobs", type=int, default=2, help="scenarios at once (2)")
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    parser.add_argument("program", nargs="?", default=os.path.join(bench.ROOT, "build", "oddns"))
    parser.add_argument("text", nargs="*", help="run those whose name contains it")
    return parser.parse_args()


def main():
    """Dispatch."""
    args = arguments()
    chosen = [i for i, s in enumerate(SCENARIOS)
              if not args.text or any(text.lower() in s.name.lower() for text in args.text)]
    if args.list:
        print("\n".join(SCENARIOS[i].name for i in chosen))
        return 0
    program = os.path.realpath(args.program)
    if args.inside is not None:
        return inside(args.inside, program)
    if not chosen:
        print("lab: no scenario has such a name; --list shows them", file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("lab: makes network namespaces: run it as root", file=sys.stderr)
        return 1
    return run_all(chosen, program, args.jobs)


if __name__ == "__main__":
    # Die at once, also with threads at work: the kernel takes the worlds down.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.exit(main())
