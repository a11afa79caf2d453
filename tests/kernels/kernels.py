#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs under other kernels: Debian's cloud kernels, each in a machine that qemu emulates.

    tests/kernels/kernels.py [--tap] [--store FOLDER] [SERIES...]

SERIES are of the table below, all by default. In each guest runs build/plain/bpf
(the packet table, by test run and over veth), and `oddns run` on every hook
(hooks.sh). Prints a table of what each hook cost the verifier and how its
tests went, then every failure; with --tap the tests in TAP. Kernels are
downloaded once and kept in build/kernels. One that cannot be had is listed with
the reason, and is no failure. Needs neither root nor /dev/kvm.
"""

import argparse
import os
import platform
import re
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # root must not leave files in the tree
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
# pylint: disable=wrong-import-position
import debian
import machine
import run

# Where Debian has a kernel of each kind: the oldest that oddns runs on, the first with tcx that
# Debian released, the next with long support, the newest.
SERIES = {"6.1": "bookworm", "6.12": "trixie", "6.18": "trixie-backports", "7": "trixie-backports"}
MODULES = ("veth", "sch_ingress", "cls_bpf")
PROGRAMS = ("bash", "dash", "mount", "insmod", "ip", "tc", "bpftool", "cat", "sleep", "mkdir", "rm",
            "ls", "sed", "grep", "cmp", "touch", "tr", "mv", "xdp-loader")
NEEDS = ("qemu-system-x86_64", "cpio", "insmod", "ip", "bpftool", "setpriv", "gzip", "xdp-loader")
# libxdp, which oddns loads when it needs it, and what libxdp loads.
LIBXDP = ("/usr/lib/x86_64-linux-gnu/libxdp.so.1", "/usr/lib/x86_64-linux-gnu/bpf/xdp-dispatcher.o")
CONSOLE_LINES = 40
# Instructions that the verifier may walk of each program: the kernel's own limit is a million, but a
# program that comes near it is one that the next compiler breaks. Counted on the oldest kernel; newer
# ones prune better or worse.
VERIFIED_MAX = 10000
VERIFIED_SERIES = "6.1"


class Report:
    """What a guest said: its tests, and of those that used a hook which."""

    def __init__(self, name, console, said):
        self.name = name
        self.tests, _, _ = run.parse_tap(said)
        self.hooks = {}  # name of a test -> (hook, program)
        self.verified = {}  # program -> most instructions that any load of it took
        for test in self.tests:
            test.name = test.name.split("  (")[0]  # Criterion tells the time
        for line in re.findall(r"^hook (.*)", said, re.M):
            test, hook, program, verified = line.split()
            self.hooks[test] = (hook, program)
            self.count(program, verified)
        for line in re.findall(r"^verified (.*)", said, re.M):
            self.count(*line.split())
        ended = re.search(r"^end$", said, re.M) is not None
        self.add(ended, "the guest ran to its end", console)
        planned = sum(int(n) for n in re.findall(r"^1\.\.(\d+)", said, re.M))
        self.add(planned == len(self.tests) - 1, f"all of the {planned} planned tests were run")

    def count(self, program, verified):
        self.verified[program] = max(int(verified), self.verified.get(program, 0))

    def add(self, passed, name, why=""):
        """Judge the guest as a whole."""
        self.tests.append(run.Test(passed, name, None))
        if not passed:
            self.tests[-1].why = why.splitlines()[-CONSOLE_LINES:]

    def judge_cost(self):
        """Each program is verified in few steps."""
        for program in ("oddns_xdp", "oddns_ingress", "oddns_egress"):
            verified = self.verified.get(program, 0)
            self.add(0 < verified < VERIFIED_MAX,
                     f"{program} is verified in fewer than {VERIFIED_MAX} instructions",
                     f"it took {verified}")

    def rows(self):
        """Rows of the table: hook, verified instructions, passed of those that ran, skipped."""
        groups = {}
        for test in self.tests:
            groups.setdefault(self.hooks.get(test.name, ("no device", "")), []).append(test)
        for (hook, program), tests in sorted(groups.items()):
            ran = [test for test in tests if test.skip is None]
            passed = sum(test.passed for test in ran)
            yield (self.name, hook, str(self.verified.get(program, "")),
                   f"{passed} of {len(ran)}", str(len(tests) - len(ran)))


def refusal():
    """Why no kernel can be tried here, or None."""
    if platform.machine() != "x86_64":
        return f"the guest runs programs of this host, which is no x86-64 but {platform.machine()}"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in NEEDS if not shutil.which(name, path=path)]
    missing += [path for path in LIBXDP if not os.path.exists(path)]
    return "needs " + ", ".join(missing) if missing else None


def boot(series, store):
    """Run the guest's tests under a kernel of this series."""
    kernel = debian.kernel(series, SERIES[series], MODULES, store)
    files = {"/init": f"{HERE}/init", "/guest/hooks.sh": f"{HERE}/hooks.sh",
             "/guest/bpf": "build/plain/bpf", "/guest/oddns": "build/oddns",
             "/guest/neighbour.o": "build/neighbour.bpf.o", **{path: path for path in LIBXDP}}
    with tempfile.TemporaryDirectory(prefix="oddns-kernels.") as scratch:
        root = machine.build(scratch, PROGRAMS, files)
        return Report(kernel.name, *machine.boot(kernel, root, scratch))


def try_all(chosen, store):
    """Return the reports of the kernels that could be had, and [(series, reason)] of the others."""
    reports, missing = [], []
    os.makedirs(store, exist_ok=True)
    for series in chosen:
        print(f"# Linux {series} of {SERIES[series]}", file=sys.stderr, flush=True)
        start = time.monotonic()
        try:
            reports.append(boot(series, store))
            if series == VERIFIED_SERIES:
                reports[-1].judge_cost()
            failed = len([test for test in reports[-1].tests if not test.passed])
            print(f"# {reports[-1].name}: {len(reports[-1].tests) - failed} passed, {failed} failed, "
                  f"{time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
        except debian.Unavailable as error:
            missing.append((series, str(error)))
    return reports, missing


def print_tap(reports, missing):
    tests = [(report.name, test) for report in reports for test in report.tests]
    print(f"1..{len(tests) + len(missing)}")
    for number, (name, test) in enumerate(tests, 1):
        skip = f" # SKIP {test.skip}" if test.skip is not None else ""
        print(f"{'ok' if test.passed else 'not ok'} {number} - {name}: {test.name}{skip}")
        for line in test.why:
            print(f"# {line.removeprefix('# ')}")
    for number, (series, reason) in enumerate(missing, len(tests) + 1):
        print(f"ok {number} - Linux {series} # SKIP {reason}")


def print_table(reports, missing):
    rows = [("KERNEL", "HOOK", "VERIFIED", "PASSED", "SKIPPED")]
    for report in reports:
        rows += report.rows()
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    for row in rows:
        print("  ".join((cell.ljust if i < 2 else cell.rjust)(width)
                        for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    for report in reports:
        for test in report.tests:
            if not test.passed:
                print(f"not ok {report.name}: {test.name}", *test.why, sep="\n    ")
    for series, reason in missing:
        print(f"Linux {series} is not available: {reason}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tap", action="store_true", help="print TAP")
    parser.add_argument("--store", default="build/kernels", help="where kernels are kept")
    parser.add_argument("series", nargs="*", help=f"of {', '.join(SERIES)}")
    arguments = parser.parse_args()
    chosen = arguments.series or list(SERIES)
    for series in chosen:
        if series not in SERIES:
            parser.error(f"no kernel {series}; there are {', '.join(SERIES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what is temporary goes
    os.chdir(os.path.dirname(os.path.dirname(HERE)))
    reason = refusal()
    reports, missing = [], [(series, reason) for series in chosen]
    if not reason:
        reports, missing = try_all(chosen, os.path.abspath(arguments.store))
    (print_tap if arguments.tap else print_table)(reports, missing)
    failed = [test for report in reports for test in report.tests if not test.passed]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
