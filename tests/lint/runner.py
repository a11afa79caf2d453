#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The self-test of run.py: suites that go wrong in every way must count as failed. Prints TAP."""

import importlib.util
import os
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("run", os.path.join(HERE, "..", "run.py"))
run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run)

CRITERION = """for a; do case $a in --tap=*) exec >"${a#--tap=}";; esac; done
printf '1..2\\n# Running 2 tests from a\\nok - a::b  (0.00s)\\n'; """

# What the suite is, as a shell script; (passed, failed, skipped); a word that must be said.
CASES = [
    ("all pass", "echo 1..2; echo ok 1 - a; echo ok 2 - b", (2, 0, 0), ""),
    ("one fails", "echo ok 1 - a; echo not ok 2 - b; echo '# why'; exit 1", (1, 1, 0), "why"),
    ("one fails, and exits with 0", "echo not ok 1 - a", (0, 1, 0), ""),
    ("one is skipped", "echo ok 1 - a; echo 'ok 2 - b # SKIP no sun'", (1, 0, 1), "no sun"),
    ("a failure is no skip", "echo 'not ok 1 - b # SKIP no sun'", (0, 1, 0), ""),
    ("is killed", "echo ok 1 - a; kill -SEGV $$", (1, 1, 0), "SIGSEGV"),
    ("exits with an error", "echo ok 1 - a; exit 1", (1, 1, 0), "exited with 1"),
    ("exits oddly after a failure", "echo not ok 1 - a; exit 7", (0, 2, 0), "exited with 7"),
    ("hangs", "echo ok 1 - a; sleep 60", (1, 1, 0), "still running"),
    ("is silent", "echo hello", (0, 1, 0), "no tests"),
    ("stops short", "echo 1..3; echo ok 1 - a", (1, 1, 0), "planned 3"),
    ("bails out", "echo ok 1 - a; echo 'Bail out! no net'", (1, 1, 0), "no net"),
    ("leaks", "echo ok 1 - a; f=${ASAN_OPTIONS##*log_path=}; echo lost 77 bytes >$f.1",
     (1, 1, 0), "lost 77 bytes"),
    ("has undefined behaviour", "echo ok 1 - a; echo 'a.c:1: runtime error: overflow' >&2",
     (1, 1, 0), "sanitizer"),
    ("leaves a child behind", "echo ok 1 - a; sleep 60 &", (1, 0, 0), ""),
]


def check(script, expected, word, **options):
    """What is wrong, or None."""
    suite = run.Suite("fake", ["/bin/sh", "-c", script, "sh"], 1, **options)
    outcome = run.run(suite)
    said = repr([(t.name, t.skip, t.why) for t in outcome.tests] + outcome.faults + [outcome.skip])
    if outcome.counts() != expected:
        return f"{outcome.counts()} instead of {expected}: {said}"
    return None if word in said else f"'{word}' is not in {said}"


def main():
    number, failed = 0, 0
    rows = [(name, check, (script, counts, word), {}) for name, script, counts, word in CASES]
    rows += [("Criterion passes", check, (CRITERION + "echo ok - a::c; echo x", (2, 0, 0), ""),
              {"criterion": True}),
             ("Criterion crashes", check, (CRITERION + "kill -ABRT $$", (1, 2, 0), "planned 2"),
              {"criterion": True}),
             ("a tool is missing", check, ("echo ok", (0, 0, 1), "needs no-such-tool"),
              {"needs": ["no-such-tool"]})]
    with tempfile.TemporaryDirectory(prefix="oddns-runner.") as scratch:
        run.LOGS = scratch
        print(f"1..{len(rows) + 1}")
        for name, test, arguments, options in rows:
            number += 1
            wrong = test(*arguments, **options)
            failed += wrong is not None
            print(f"{'not ok' if wrong else 'ok'} {number} - a suite: {name}")
            if wrong:
                print("# " + wrong)
        outcome = run.run(run.Suite("gone", ["./no-such-suite"], 1))
        good = outcome.counts() == (0, 1, 0)
        print(f"{'ok' if good else 'not ok'} {number + 1} - a suite: cannot be started")
    return 1 if failed or not good else 0


if __name__ == "__main__":
    sys.exit(main())
