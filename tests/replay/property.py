#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random traffic through `oddns replay`, held against an oracle. Prints TAP.

    tests/replay/property.py BINARY [SEED...]

traffic.py draws what a sensor sees, oracle.py says what must come of it: each
exchange with all its fields, and all counters, exactly, by both engines. Where
TCP lost more than can be foretold, the identities must hold all the same, and
nothing may come out that was not sent. With SEEDs: those only.
"""

import collections
import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # root must not leave files in the tree
import oracle
import traffic

HERE = os.path.dirname(os.path.realpath(__file__))
# seed, talks over UDP and over TCP, whether more is lost than can be foretold
TRIALS = [(2, 53, 0, False), (3, 0, 53, False), (5, 97, 97, False), (7, 97, 97, False),
          (11, 307, 211, False), (13, 7, 101, True), (17, 97, 307, True)]
DIFFERENCES_SHOWN = 5


def replay(binary, engine, path):
    """What the program prints, as records."""
    command = [binary, "replay", "-c", os.devnull, "--engine", engine, "--format", "json", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise ValueError(f"exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def plain(record):
    """A record without what a capture cannot know, as something that can be counted.

    What the records of a message hold is not drawn, nor which client asks again over TCP: the
    fields that come of it go.
    """
    unknown = ("ifname", "user", "uid", "pid", "comm", "unit")
    assert all(record.pop(name) is None for name in unknown)
    if record["cause"] == "truncated-no-tcp":
        assert record["state"] == "answered" and "tc" in record["flags"]
        record["cause"] = None
    return json.dumps({key: value for key, value in record.items() if key in oracle.FIELDS},
                      sort_keys=True)


def differences(name, found, expected):
    """Exchanges that are there and should not be, and the other way round."""
    found, expected = collections.Counter(found), collections.Counter(expected)
    lines = [f"not expected: {line}" for line in sorted((found - expected).elements())]
    lines += [f"not found: {line}" for line in sorted((expected - found).elements())]
    return [f"{name}: {len(lines)} differences"] + lines[:DIFFERENCES_SHOWN] if lines else []


def find(tree, name):
    """A counter, wherever it stands in the summary; tcp_ and so on are its object."""
    group, _, rest = name.partition("_")
    if name in tree:
        return tree[name]
    if rest in tree.get(group, {}):
        return tree[group][rest]
    return next((value[name] for value in tree.values()
                 if isinstance(value, dict) and name in value), None)


COUNTERS = ("packets coalesced joined queries responses answered unanswered pending retransmitted "
            "evicted late orphan duplicate continued unsampled folded dns_short tcp_control "
            "reassembled partial unclaimed repeated tcp_messages tcp_holes tcp_misframed "
            "tcp_skipped").split()


def check_exactly(wire, rows):
    """Each exchange and each counter."""
    expected = oracle.Oracle()
    for packet in wire.packets:
        expected.packet(packet)
    expected.end(wire.packets[-1].time)
    found = [plain(row) for row in rows if row["type"] == "exchange"]
    lines = differences("exchanges", found,
                        [json.dumps(record, sort_keys=True) for record in expected.records])
    for name in COUNTERS:
        told = find(rows[-1], name)
        if told != expected.counters[name]:
            lines.append(f"{name} is {told}, not {expected.counters[name]}")
    return lines


def check_nothing_invented(wire, rows):
    """Each exchange has a query or a response that was sent; of one cut short, no name is known."""
    sent = {(m.talk.network.key(), str(m.talk.client), m.talk.port, m.ident, m.is_response,
             name) for m in wire.messages for name in (None, m.question and m.name())}
    times = {oracle.moment(packet.time) for packet in wire.packets}
    lines = []
    for row in (row for row in rows if row["type"] == "exchange"):
        key = (row.get("tunnel_id"), row["client"], row["client_port"], row["id"])
        is_response = row["state"] == "orphan"
        if key + (is_response, row["qname"]) not in sent or row["time"] not in times:
            lines.append(f"was never sent: {row}")
    return lines[:DIFFERENCES_SHOWN]


def check_identities(path):
    """identities.py: the equations, and as many lines as they say."""
    done = subprocess.run([sys.executable, f"{HERE}/identities.py", path], capture_output=True,
                          text=True, check=False)
    return (done.stdout + done.stderr).splitlines()


def check(binary, engine, wire, folder):
    """One capture through one engine; return what is wrong."""
    out = f"{folder}/{engine}"
    try:
        text = replay(binary, engine, f"{folder}/capture")
    except ValueError as error:
        return [str(error)]
    with open(out, "w", encoding="ascii") as stream:
        stream.write(text)
    rows = [json.loads(line) for line in text.splitlines()]
    judge = check_nothing_invented if wire.holes else check_exactly
    return check_identities(out) + judge(wire, rows)


def main(binary, *seeds):
    engines = ["native"] + ["kernel"] * (os.geteuid() == 0)
    trials = [trial for trial in TRIALS if not seeds or str(trial[0]) in seeds]
    trials += [(int(seed), 97, 97, False) for seed in seeds
               if int(seed) not in [trial[0] for trial in TRIALS]]
    print(f"1..{len(trials) * len(engines)}")
    number = failed = 0
    for seed, udp_talks, tcp_talks, holes in trials:
        wire = traffic.draw(random.Random(seed), udp_talks, tcp_talks, holes)
        with tempfile.TemporaryDirectory(prefix="oddns-property.") as folder:
            with open(f"{folder}/capture", "wb") as out:
                out.write(traffic.pcap(wire.packets))
            for engine in engines:
                number += 1
                why = check(binary, engine, wire, folder)
                failed += bool(why)
                print(f"{'not ok' if why else 'ok'} {number} - {engine}: seed {seed}, "
                      f"{len(wire.packets)} packets{', some streams with holes' * holes}")
                for line in why:
                    print(f"# {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
