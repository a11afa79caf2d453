#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the test suites and add up their results.

    tests/run.py [--list] [SUITE...]

Every suite is a command that prints TAP (one line `ok` or `not ok` a test). A
line for each suite tells how it went; failures follow it with all that the
suite said about them. What is wrong with a suite as a whole counts like a
failed test: it cannot be started, dies, exits with an error that no test
explains, is still running at its time limit, ran fewer tests than it had
planned or none at all, or left a sanitizer's report (a LeakSanitizer report
does not fail a Criterion test). What could not run here is listed with the
reason. Everything that a suite printed is kept in build/test-logs.

The last line is `N passed, N failed` or `N passed, N failed, N skipped`; the
exit code is 1 when anything failed.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOGS = "build/test-logs"
BINARY = "build/oddns"
SANITIZED = re.compile(r"runtime error: |ERROR: (Address|Leak)Sanitizer")
TAIL_LINES = 40


class Suite:
    """A row of the table: what to run, what it needs, how long it may take."""

    def __init__(self, name, command, limit_s, needs=(), criterion=False):
        self.name = name
        self.command = command
        self.limit_s = limit_s
        self.needs = needs
        self.criterion = criterion


# Needs: "root", "bpf" (root, and a kernel that lets us), else a program that must be installed.
# Limits are about five times what the suite takes on two cores.
SUITES = [
    Suite("lint", ["/usr/bin/python3", "tests/lint/lint.py"], 240, ["clang-format", "clang"]),
    Suite("runner", ["/usr/bin/python3", "tests/lint/runner.py"], 60),
    Suite("unit", ["build/plain/unit"], 120, criterion=True),
    Suite("unit-asan", ["build/asan/unit"], 300, criterion=True),
    Suite("bpf", ["build/plain/bpf"], 180, ["bpf"], criterion=True),
    Suite("scenario", ["tests/scenario/run"], 120),
    Suite("replay", ["tests/replay/run.sh", BINARY], 600),
    Suite("property", ["tests/replay/property.py", BINARY], 120),
    Suite("records", ["tests/records/records.py", "build/records"], 300, ["tshark"]),
    Suite("cli", ["tests/cli/cli.sh", BINARY], 180),
    Suite("usecases", ["tests/store/usecases.py", BINARY], 120, ["tshark", "pdftotext"]),
    Suite("flows", ["tests/store/flows.py", BINARY], 300, ["tshark", "pdftotext"]),
    Suite("report", ["tests/store/report.py", BINARY], 300, ["tshark", "pdftotext"]),
    Suite("fuzz", ["tests/fuzz/run.sh"], 300, ["clang"]),
    Suite("journal", ["tests/lab/journal.sh"], 120, ["root"]),
    Suite("doctor", ["tests/lab/doctor.sh", BINARY], 60, ["bpf", "ip"]),
    Suite("kernels", ["/usr/bin/python3", "tests/kernels/kernels.py", "--tap", "6.1"], 900,
          ["qemu-system-x86_64"]),
    Suite("lab", ["tests/lab/lab.py", BINARY], 900,
          ["bpf", "knotd", "dnsdist", "dnsperf", "dig", "ip"]),
]


class Test:
    """One line of TAP, with the lines that explain it."""

    def __init__(self, passed, name, skip):
        self.passed = passed
        self.name = name
        self.skip = skip  # reason, or None
        self.why = []


class Outcome:
    """What became of a suite."""

    def __init__(self):
        self.tests = []
        self.faults = []  # (what was wrong with the suite as a whole, its lines)
        self.skip = None  # reason why it did not run
        self.seconds = 0.0

    def failures(self):
        return [test for test in self.tests if not test.passed]

    def skipped(self):
        return [test for test in self.tests if test.passed and test.skip is not None]

    def counts(self):
        failed, skipped = len(self.failures()), len(self.skipped())
        passed = len(self.tests) - failed - skipped
        return passed, failed + len(self.faults), skipped + (self.skip is not None)


def parse_tap(text):
    """Return (tests, planned or None, bail-out line or None)."""
    tests, planned, bailed = [], None, None
    for line in text.splitlines():
        result = re.match(r"(not )?ok\b *(\d+)? *(?:- )?(.*)", line)
        plan = re.match(r"1\.\.(\d+)", line)
        if result:
            name, skip = result.group(3), None
            directive = re.search(r"#\s*skip\S*\s*(.*)", name, re.I)
            if directive and not result.group(1):
                skip, name = directive.group(1) or "no reason given", name[:directive.start()]
            tests.append(Test(not result.group(1), name.strip() or "unnamed", skip))
        elif plan:
            planned = int(plan.group(1))
        elif line.startswith("Bail out!"):
            bailed = line
        elif tests and not tests[-1].passed and not re.match(r"#$|# Running \d+ tests? from", line):
            tests[-1].why.append(line)  # what a passing test has to say stays in the log
    return tests, planned, bailed


def bpf_refusal():
    """Why BPF programs cannot be loaded here, or None."""
    if not os.path.exists("/sys/kernel/btf/vmlinux"):
        return "needs a kernel with BTF (no /sys/kernel/btf/vmlinux)"
    bpftool = find_program("bpftool")
    if not bpftool:
        return "needs bpftool"
    shown = subprocess.run([bpftool, "prog", "show"], stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return None if shown.returncode == 0 else "needs BPF: " + shown.stderr.strip()


def find_program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def refusal(suite):
    """Why the suite cannot run on this machine, or None."""
    for need in suite.needs:
        if need in ("root", "bpf") and os.geteuid() != 0:
            return "needs root"
        if need == "bpf":
            if bpf_refusal():
                return bpf_refusal()
        elif need != "root" and not find_program(need):
            return f"needs {need}"
    return None


def stop(process):
    """End a suite and all that it started: asked first, so that it can clean up."""
    for number, patience_s in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, number)
            process.wait(patience_s)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue


def environment(scratch):
    """The suite's environment: sanitizers write each report to a file of its own in scratch."""
    log = f"log_path={scratch}/sanitizer"
    return dict(os.environ, LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1",
                PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin",
                ASAN_OPTIONS=f"detect_leaks=1:{log}",
                UBSAN_OPTIONS=f"print_stacktrace=1:{log}")


def execute(suite, scratch, outcome):
    """Run the suite's command; its output goes to files, so a stray child cannot hold us up."""
    command, tap = list(suite.command), f"{LOGS}/{suite.name}.out"
    if suite.criterion:
        tap = f"{scratch}/tap"
        command += [f"--tap={tap}", "--color=never"]
    base = f"{LOGS}/{suite.name}"
    with open(base + ".out", "wb") as out, open(base + ".err", "wb") as err:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       env=environment(scratch), start_new_session=True)
        except OSError as error:
            outcome.faults.append((f"cannot be started: {command[0]}: {error.strerror}", []))
            return tap
        try:
            status = process.wait(suite.limit_s)
            if status < 0:
                outcome.faults.append((f"died of {signal.Signals(-status).name}", []))
            elif status != 0:
                outcome.faults.append((f"exited with {status}", []))
        except subprocess.TimeoutExpired:
            outcome.faults.append((f"was still running after {suite.limit_s} s", []))
        finally:
            stop(process)
    return tap


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def judge(suite, scratch, tap, outcome):
    """Read what the suite left: results, and reports that no result speaks of."""
    outcome.tests, planned, bailed = parse_tap(read(tap))
    errors = read(f"{LOGS}/{suite.name}.err")
    if outcome.failures():  # an exit code of 1 is then expected
        outcome.faults = [fault for fault in outcome.faults if fault[0] != "exited with 1"]
    if bailed:
        outcome.faults.append((bailed, []))
    if not outcome.tests and not outcome.faults:
        outcome.faults.append(("reported no tests", []))
    elif planned is not None and planned != len(outcome.tests):
        outcome.faults.append((f"planned {planned} tests, reported {len(outcome.tests)}", []))
    for name in sorted(os.listdir(scratch)):
        if name.startswith("sanitizer"):
            report = read(f"{scratch}/{name}").split("\nShadow bytes")[0]
            outcome.faults.append(("sanitizer report", report.splitlines()))
    if SANITIZED.search(errors) and not outcome.failures() and not outcome.faults:
        outcome.faults.append(("sanitizer report on stderr", []))


def run(suite):
    outcome = Outcome()
    outcome.skip = refusal(suite)
    if outcome.skip is None:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="oddns-test.") as scratch:
            tap = execute(suite, scratch, outcome)
            judge(suite, scratch, tap, outcome)
        outcome.seconds = time.monotonic() - start
    return outcome


def explain(suite, outcome):
    """Print each failure in full, then the end of what the suite said outside of its tests."""
    for test in outcome.failures():
        print(f"  not ok {suite.name}: {test.name}")
        for line in test.why:
            print("    " + line)
    for what, lines in outcome.faults:
        print(f"  not ok {suite.name}: the suite {what}" if not lines else
              f"  not ok {suite.name}: {what}")
        for line in lines:
            print("    " + line)
    if outcome.failures() or outcome.faults:
        streams = ("out", "err") if suite.criterion else ("err",)
        for stream in streams:
            lines = read(f"{LOGS}/{suite.name}.{stream}").splitlines()
            if lines:
                print(f"  end of {LOGS}/{suite.name}.{stream}:")
            for line in lines[-TAIL_LINES:]:
                print("    " + line)


def build():
    """Build what the suites run. Return whether that worked."""
    command = [os.environ.get("MAKE", "make"), "--no-print-directory"]
    if "jobserver" not in os.environ.get("MAKEFLAGS", ""):
        command.append(f"-j{os.cpu_count() or 1}")
    start = time.monotonic()
    print(f"{'build':<10} ", end="", flush=True)
    with open(f"{LOGS}/build.out", "wb") as out:
        try:
            status = subprocess.run(command + ["test-programs"], stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=subprocess.STDOUT, check=False).returncode
        except OSError as error:
            status = f"{command[0]}: {error.strerror}"
    print(f"{'done' if status == 0 else 'failed':<41}{time.monotonic() - start:7.1f} s", flush=True)
    if status != 0:
        print(f"  not ok build: {' '.join(command)} test-programs: {status}")
        for line in read(f"{LOGS}/build.out").splitlines()[-TAIL_LINES:]:
            print("    " + line)
        if os.geteuid() != 0:
            print("  as root, `make deps` installs what a build needs")
    return status == 0


def run_all(suites):
    """Run the suites one after the other; return (passed, failed, skipped)."""
    totals, skips = [0, 0, 0], []
    for suite in suites:
        print(f"{suite.name:<10} ", end="", flush=True)
        outcome = run(suite)
        counts = outcome.counts()
        totals = [total + count for total, count in zip(totals, counts)]
        if outcome.skip is not None:
            print(f"skipped: {outcome.skip}", flush=True)
            skips.append((suite.name, outcome.skip))
        else:
            print("{:5} passed {:4} failed {:4} skipped".format(*counts),
                  f"{outcome.seconds:12.1f} s", flush=True)
        skips += [(f"{suite.name}: {test.name}", test.skip) for test in outcome.skipped()]
        explain(suite, outcome)
        sys.stdout.flush()
    if skips:
        print("skipped:")
    for name, reason in skips:
        print(f"  {name}: {reason}")
    return totals


def main(arguments):
    os.chdir(ROOT)
    names = [suite.name for suite in SUITES]
    if arguments == ["--list"]:
        print("\n".join(names))
        return 0
    unknown = [name for name in arguments if name not in names]
    if unknown:
        print(f"run.py: no suite {unknown[0]}; there are: {' '.join(names)}", file=sys.stderr)
        return 2
    os.makedirs(LOGS, exist_ok=True)
    passed, failed, skipped = 0, 1, 0
    if build():
        suites = [suite for suite in SUITES if not arguments or suite.name in arguments]
        passed, failed, skipped = run_all(suites)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
