#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold the output of `oddns replay --format json` against itself.

    tests/replay/identities.py FILE [SKIPPED]

The conservation identities of the design are exact, the lines printed are as
many as the counters say, and the intervals hold what was answered. Prints what
does not hold; exit code 1 then.
"""

import collections
import json
import sys


def read(path):
    """Return (exchanges by state, sums of intervals, summary)."""
    states, intervals, summary = collections.Counter(), collections.Counter(), None
    with open(path, encoding="ascii") as lines:
        for text in lines:
            if summary is not None:
                sys.exit("a line follows the summary")
            record = json.loads(text)
            if record["type"] == "exchange":
                states[record["state"]] += 1
            elif record["type"] == "interval":
                for key in ("answered", "samples"):
                    intervals[key] += record[key]
            elif record["type"] == "summary":
                summary = record
    if summary is None:
        sys.exit("no summary")
    return states, intervals, summary


def main(path, skipped=None):
    states, intervals, s = read(path)
    unparsable, lost = sum(s["unparsable"].values()), sum(s["lost"].values())
    claims = [
        ("queries", s["queries"], "answered + unanswered + pending + retransmitted + evicted",
         s["answered"] + s["unanswered"] + s["pending"] + s["retransmitted"] + s["evicted"]),
        ("responses", s["responses"],
         "answered + late + orphan + duplicate + continued + unsampled",
         s["answered"] + s["late"] + s["orphan"] + s["duplicate"] + s["continued"] +
         s["unsampled"]),
        ("packets + coalesced", s["packets"] + s["coalesced"],
         "queries + responses + folded + joined + quoted + multicast + unparsable + lost",
         s["queries"] + s["responses"] + s["folded"] + s["joined"] + s["quoted"] +
         s["multicast"] + unparsable + lost),
        ("unanswered", s["unanswered"], "sum of causes", sum(s["causes"].values())),
        ("late", s["late"], "those of cause late", s["causes"]["late"]),
        ("answered in intervals", intervals["answered"], "answered", s["answered"]),
        ("samples in intervals", intervals["samples"], "answered", s["answered"]),
    ]
    claims += [(f"{state} lines", states[state], state, s[state])
               for state in ("answered", "unanswered", "pending", "late", "orphan", "multicast")]
    if skipped is not None:
        claims.append(("skipped", s["skipped"], "frames to skip", int(skipped)))
    wrong = [claim for claim in claims if claim[1] != claim[3]]
    for left, a, right, b in wrong:
        print(f"{left} = {a}, but {right} = {b}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
