#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold the source tree to its rules. Prints TAP, a test for each rule.

    tests/lint/lint.py               the rules on this tree, and the self-test
    tests/lint/lint.py --self-test   only: does each rule find what it is for?
    tests/lint/lint.py RULE...       only these, by function name (see rules.py)
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import broken
import rules

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def report(number, name, findings):
    print(f"{'not ok' if findings else 'ok'} {number} - {name}")
    for line in findings:
        print("# " + line)
    sys.stdout.flush()


def main(arguments):
    tests = []
    if arguments != ["--self-test"]:
        tree = rules.Tree(ROOT)
        tests = [(rule.__doc__, lambda rule=rule: rule(tree)) for rule in rules.ALL
                 if not arguments or rule.__name__ in arguments]
    if arguments in ([], ["--self-test"]):
        tests += [(f"self-test: {rule.__doc__}", lambda rule=rule: broken.check(rule))
                  for rule in rules.ALL]
    print(f"1..{len(tests)}")
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        findings = test()
        failed += bool(findings)
        report(number, name, findings)
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
