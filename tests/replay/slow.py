#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What replay must say of the capture "slow" (make_captures.py), by the rule of the design.

    tests/replay/slow.py FILE

Three private servers, 13 intervals of 7 exchanges each, of 2, 3 and 63 ms: the
baseline is the median of all interval values together, 3 ms. Five intervals
make a server comparable, the second evaluation in a row raises.
"""

import json
import sys

INTERVALS, SAMPLES = 13, 7
LATENCY_NS = {"10.0.0.1": 2e6, "10.0.0.2": 3e6, "10.0.0.3": 63e6}
ERROR = 1 / 128  # of a histogram quantile


def near(value, wanted):
    return abs(value - wanted) <= wanted * ERROR


def faults(records):
    intervals = [r for r in records if r["type"] == "interval"]
    alerts = [r for r in records if r["type"] == "alert"]
    for r in intervals:
        if (r["samples"], r["rcodes"], r["group"]) != (SAMPLES, {"NOERROR": SAMPLES}, "private"):
            yield f"interval: {r}"
        wanted = LATENCY_NS[r["server"]]
        if any(not near(r[key], wanted) for key in ("median_ns", "p90_ns", "p99_ns")):
            yield f"quantiles: {r}"
        if not r["time"].endswith("0.000000000Z"):
            yield f"starts between intervals: {r}"
    if len(intervals) != INTERVALS * len(LATENCY_NS):
        yield f"{len(intervals)} intervals"
    if len(alerts) != 1:
        yield f"{len(alerts)} alerts: {alerts}"
    for alert in alerts:
        yield from alert_faults(alert)


def alert_faults(alert):
    wanted = {"rule": "odd-one-out", "state": "raised", "severity": "warning", "group": "private",
              "subject": "10.0.0.3", "metric": "latency_ns", "absolute": 20000000, "relative": 0.3}
    for key, value in wanted.items():
        if alert[key] != value:
            yield f"{key} is {alert[key]}, not {value}"
    if not near(alert["value"], 63e6) or not near(alert["baseline"], 3e6):
        yield f"value {alert['value']}, baseline {alert['baseline']}"
    for evidence in alert["evidence"]:
        if not near(evidence["median"], LATENCY_NS[evidence["server"]]) or not evidence["eligible"]:
            yield f"evidence: {evidence}"
        if evidence["odd"] != (evidence["server"] == "10.0.0.3"):
            yield f"evidence: {evidence}"
    if [evidence["server"] for evidence in alert["evidence"]] != sorted(LATENCY_NS):
        yield f"evidence of {alert['evidence']}"
    if "10.0.0.3" not in alert["message"]:
        yield f"message: {alert['message']}"


def main(path):
    with open(path, encoding="ascii") as lines:
        found = list(faults([json.loads(line) for line in lines]))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
