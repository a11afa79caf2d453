# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of the store: written by the daemon under load, read meanwhile and afterwards, and in
the trouble that disks and people make.

What the daemon prints with --format json and what sqlite3(1) finds in the files are the two
witnesses; the commands that read the store must say the same as both.
"""

import collections
import contextlib
import glob
import ipaddress
import json
import os
import re
import shutil
import signal
import sqlite3
import statistics
import struct
import time
from random import Random

import bench
from bench import DIR, SERVERS, ask, check, load, wait_for
from scenarios import (ask_all, check_conservation, everything_said, scenario, wait_evidence,
                       wait_intervals)
from whole import books_of, rows_of

S1, S2, S3 = SERVERS
ALL = [server.v4 for server in SERVERS]
HOUR = 3600


def folder_of(sensor):
    """Where the sensor's store is."""
    return sensor.settings["store.path"]


def segments(folder):
    """Its files, the oldest first."""
    return sorted(glob.glob(f"{folder}/*.db"))


def sql(folder, query):
    """Rows of all segments, by sqlite3(1): a list of objects."""
    rows = []
    for path in segments(folder):
        text = bench.run("sqlite3", "-readonly", "-json", path, query)
        rows += json.loads(text) if text else []
    return rows


def stored(folder, condition="1"):
    """How many exchanges are in the store."""
    return sum(row["n"] for row in
               sql(folder, f"SELECT count(*) AS n FROM exchange WHERE {condition}"))


def tell(sensor, verb, *arguments):
    """What a command says of the store."""
    return bench.run(sensor.program, verb, "-c", sensor.config, "--store", folder_of(sensor),
                     *arguments)


def tell_json(sensor, verb, *arguments):
    """The same as objects."""
    return [json.loads(line) for line in
            tell(sensor, verb, "--format", "json", *arguments).splitlines()]


def counters(sensor):
    """The store in `oddns status`."""
    return sensor.tell("status")[0]["store"]


def accounted(sensor):
    """Exchanges that were written or lost."""
    store = counters(sensor)
    return store["written"] + store["overflow"] + store["failed"]


def wait_stored(sensor, count):
    """Wait until so many exchanges are in the store."""
    wait_for(f"{count} exchanges in the store", lambda: counters(sensor)["written"] >= count)


def store_line(sensor):
    """What `oddns status` says of the store to people."""
    text = sensor.tell("status", "text")
    return next(line for line in text.splitlines() if line.startswith("Store: "))


def notes(lab, text):
    """Lines of the journal that contain a text."""
    return [entry["MESSAGE"] for entry in lab.journal.entries() if text in entry["MESSAGE"]]


def of_type(rows, kind):
    """Lines of JSON of one type."""
    return [row for row in rows if row["type"] == kind]


def load_all(qps=997):
    """Clients that ask all servers; stopped by stop_all()."""
    return [load(address, qps) for address in ALL]


def stop_all(sensor, loads):
    """No more queries, and none that waits for its answer."""
    for client in loads:
        client.stop()
    wait_for("all answered or given up", lambda: sensor.counter("pending") == 0)


def interval_key(row):
    """What identifies an interval, and what it says; the views do not shorten IPv6 addresses."""
    return (str(ipaddress.ip_address(row["server"])),) + tuple(
        row[key] for key in ("time", "queries", "answered", "unanswered", "samples", "median_ns"))


# --- what is written is what was seen --------------------------------------------------------------


@scenario("the store under load is read by every command; afterwards sqlite3, stats and the daemon's "
          "own counters agree exactly")
def agreement(lab):
    """Conservation: rows = exchanges delivered."""
    sensor = lab.sensor("dns0", options=("--format", "json"), store__records="all")
    loads = load_all()
    wait_stored(sensor, 5003)
    read_while_written(sensor)
    ask_all(S1.v4, 23, "prime.lab.test", "NXDOMAIN")
    ask_all(S2.v6, 7, "www1.broken.test", "SERVFAIL")
    stop_all(sensor, loads)
    check_conservation(sensor)
    lost = counters(sensor)["overflow"] + counters(sensor)["failed"]
    check(lost == 0, f"{lost} exchanges were lost to the store")
    rows = rows_of(sensor)
    compare(sensor, rows)
    check(stored(folder_of(sensor), "qname = 'prime.lab.test' AND rcode = 'NXDOMAIN'") == 23,
          "not 23 rows of prime.lab.test")
    names = {row["by"]["dns-qname"]: row["exchanges"] for row in
             tell_json(sensor, "stats", "--by", "dns-qname", "--top", "0")}
    check((names["prime.lab.test"], names["www1.broken.test"]) == (23, 7), f"stats says {names}")


def read_while_written(sensor):
    """Each command has something to say, and the writer goes on meanwhile."""
    before = counters(sensor)["written"]
    shown = tell_json(sensor, "flows", "--limit", "23")
    check(len(shown) == 23, f"flows --limit 23 showed {len(shown)}")
    check({row["state"] for row in shown} == {"answered"}, f"flows: {shown}")
    for field, expected in (("dns-qname", {f"www{n}.lab.test" for n in range(10)}),
                            ("client", {"10.53.0.1"})):
        found = {row["by"][field] for row in tell_json(sensor, "stats", "--by", field)}
        check(found == expected, f"stats --by {field} found {found}")
    found = {row["address"] for row in tell_json(sensor, "servers")}
    check(found == set(ALL), f"servers --store found {found}")
    check(tell(sensor, "alerts", "--format", "json") == "", "alerts of a calm network")
    for suffix in ("pdf", "html"):
        tell(sensor, "report", "-o", f"{DIR}/live.{suffix}")
    check(S1.v4 in bench.run("pdftotext", "-layout", f"{DIR}/live.pdf", "-"), "no server in the PDF")
    with open(f"{DIR}/live.html", encoding="utf-8") as page:
        check(S1.v4 in page.read(), "no server in the HTML")
    wait_stored(sensor, before + 997)


def compare(sensor, rows):
    """What was printed, what sqlite3 counts, and what the commands say."""
    folder, printed = folder_of(sensor), of_type(rows, "exchange")
    check(len(printed) > 5003, f"only {len(printed)} exchanges")
    total = stored(folder)
    check(total == len(printed), f"{total} rows, {len(printed)} exchanges were printed")
    states = collections.Counter(row["state"] for row in printed)
    by_sql = collections.Counter()
    for row in sql(folder, "SELECT state, count(*) AS n FROM exchange GROUP BY state"):
        by_sql[row["state"]] += row["n"]
    check(by_sql == states, f"sqlite3 counts {by_sql}, printed were {states}")
    books = books_of(rows)
    told = {state: books[state] for state in states}
    check(told == states, f"the summary says {told}, printed were {states}")
    by_stats = {row["by"]["server"]: row["exchanges"] for row in
                tell_json(sensor, "stats", "--by", "server", "--top", "0")}
    servers = collections.Counter(row["server"] for row in printed)
    check(by_stats == servers, f"stats says {by_stats}, printed were {dict(servers)}")
    by_flows = sorted(json.dumps(row, sort_keys=True) for row in tell_json(sensor, "flows"))
    check(by_flows == sorted(json.dumps(row, sort_keys=True) for row in printed),
          "flows does not list what was printed")
    compare_intervals(folder, rows)


def compare_intervals(folder, rows):
    """Intervals in which something happened are stored as they were printed."""
    columns = "time, server, queries, answered, unanswered, samples, median_ns"
    kept = sorted(interval_key(row) for row in sql(folder, f"SELECT {columns} FROM interval"))
    printed = sorted(interval_key(row) for row in of_type(rows, "interval")
                     if row["queries"] or row["answered"] or row["unanswered"])
    check(len(printed) > 7, f"only {len(printed)} intervals")
    check(kept == printed, f"{len(kept)} intervals are kept, {len(printed)} were printed; "
                           f"differ: {set(kept) ^ set(printed)}")


# --- flows --follow -------------------------------------------------------------------------------


def dig(name):
    """Ask as the user nobody."""
    bench.run("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "dig", "+tries=1",
              "+time=5", f"@{S1.v4}", name)


@scenario("flows --follow shows a query made now within 2 s, with who asked; ends by SIGTERM with 0")
def follow(lab):
    """In text and JSON, by a filter, while others ask, too."""
    sensor = lab.sensor("dns0")
    load(S2.v4)
    wait_stored(sensor, 1)
    followers = {form: bench.Process(f"follow-{form}", lab.program, "flows", "--follow", "-c",
                                     sensor.config, "--store", folder_of(sensor), "--format", form,
                                     'dns-qname "followed"') for form in ("text", "json")}

    def shows(name):
        return all(name in process.output() for process in followers.values())

    def started():
        ask(S1.v4, "followed-start.lab.test")
        return shows("followed-start")

    wait_for("the followers", started)
    seconds, pids = [], set()
    for number in range(5):
        name = f"followed{number}.lab.test"
        dig(name)
        start = time.monotonic()
        wait_for(f"{name} to be shown", lambda n=name: shows(n))
        seconds.append(time.monotonic() - start)
        row = next(json.loads(line) for line in followers["json"].output().splitlines()
                   if name in line)
        check_asker(row)
        pids.add(row["pid"])
    check(len(pids) == 5, f"five digs are told as {pids}")
    check(statistics.median(seconds) < 2, f"shown after {seconds} s")
    for form, process in followers.items():
        lines = [line for line in process.output().splitlines() if "lab.test" in line]
        check(all("followed" in line for line in lines), f"{form}: not what the filter wants")
        check(process.stop() == 0, f"{form}: exit code {process.popen.returncode}")
        check("oddns: " not in process.output(), f"{form} said {process.output()}")


def check_asker(row):
    """Who asked: the user, and the thread, which is named as dig or by BIND's libraries. The PID is
    of the host, which this world does not know."""
    found = row["user"], row["uid"]
    check(found == ("nobody", 65534), f"asked by {found}, not by nobody")
    check(row["comm"] == "dig" or row["comm"].startswith("isc-"), f"comm is {row['comm']}")
    check(row["pid"] > 0, f"PID {row['pid']}")


# --- an alert -------------------------------------------------------------------------------------


@scenario("a slow server: alerts tells it with its evidence as the journal has it, servers --store and "
          "the report show it")
def odd(lab):
    """Raised, cleared, and read from the store."""
    sensor = lab.sensor("dns0", options=("--format", "json"))
    for address in ALL:
        load(address)
    wait_evidence(sensor, *ALL)
    lab.servers.delay(80, S2.v4)
    wait_for(f"{S2.v4} raised", lab.journal.alerts)
    wait_for("the alert in the store", lambda: tell_json(sensor, "alerts"))
    wait_intervals(sensor, 7)
    text = tell(sensor, "alerts")
    for address in ALL:
        check(address in text, f"alerts does not name {address}: {text}")
    standing = {row["address"]: row["standing"] for row in tell_json(sensor, "servers")}
    lab.servers.delay(0, S2.v4)
    wait_for(f"{S2.v4} cleared", lambda: lab.journal.alerts(state="cleared"))
    check_report(sensor)
    rows = rows_of(sensor)
    check(standing == {S1.v4: "ok", S2.v4: "odd", S3.v4: "ok"}, f"servers --store: {standing}")
    alerts = tell_json(sensor, "alerts")
    check(alerts == of_type(rows, "alert"), f"alerts tells {alerts}")
    check(sql(folder_of(sensor), "SELECT state, subject FROM alert ORDER BY time_ns") ==
          [{"state": "raised", "subject": S2.v4}, {"state": "cleared", "subject": S2.v4}],
          "the view alert has other rows")
    for alert, state in zip(alerts, ("raised", "cleared")):
        entry = lab.journal.entries(f"ODDNS_STATE={state}")[0]
        journal = [entry[f"ODDNS_{key}"] for key in ("RULE", "STATE", "SUBJECT", "METRIC")]
        check(journal == [alert[key] for key in ("rule", "state", "subject", "metric")],
              f"the journal has {journal}")
        check(float(entry["ODDNS_VALUE"]) == alert["value"] and alert["message"] == entry["MESSAGE"],
              f"the journal has {entry}, the store {alert}")
        check({server["server"] for server in alert["evidence"]} == set(ALL), f"evidence: {alert}")
    compare_intervals(folder_of(sensor), rows)


def check_report(sensor):
    """The page with the latencies of each server over time."""
    tell(sensor, "report", "-o", f"{DIR}/odd.html")
    tell(sensor, "report", "-o", f"{DIR}/odd.pdf")
    with open(f"{DIR}/odd.html", encoding="utf-8") as page:
        html = page.read()
    chart = re.search(r"<svg.*?</svg>", html, re.S)
    check(chart and "<path" in chart[0] or "<polyline" in chart[0], "no chart in the HTML")
    pages = bench.run("pdftotext", "-layout", f"{DIR}/odd.pdf", "-").split("\f")
    charts = [page for page in pages if "baseline" in page.lower() and S2.v4 in page]
    check(charts, f"no page of the PDF has the chart: {pages}")


# --- disks ----------------------------------------------------------------------------------------


def small_disk(size):
    """A tmpfs with room for a store; its folder."""
    path = f"{DIR}/disk"
    os.makedirs(path)
    bench.run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path)
    return path


@scenario("a full disk: sensing goes on, said once; space comes back: goes on, said once; written and "
          "lost add up")
def disk_full(lab):
    """All losses of the queue and of the disk are counted."""
    disk = small_disk("2m")
    sensor = lab.sensor("dns0", options=("--format", "json"), store__path=f"{disk}/store",
                        store__queue="1M")
    loads = load_all(307)
    wait_evidence(sensor, *ALL)
    with open(f"{disk}/filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))
    wait_for("trouble in status", lambda: counters(sensor)["error"])
    line = store_line(sensor)
    check("cannot be written now: No space left on device" in line, line)
    lab.servers.delay(80, S2.v4)
    wait_for(f"{S2.v4} raised", lab.journal.alerts)
    wait_for("losses by the queue", lambda: counters(sensor)["overflow"] > 1009)
    bench.run("mount", "-o", "remount,size=256m", disk)
    wait_for("the store to recover", lambda: not counters(sensor)["error"])
    wait_for("a word about it", lambda: notes(lab, "The store is written again"))
    stop_all(sensor, loads)
    printed = of_type(json_lines(sensor), "exchange")
    wait_for("all exchanges accounted for", lambda: accounted(sensor) == len(printed))
    store, line = counters(sensor), store_line(sensor)
    lost = store["overflow"] + store["failed"]
    check(f"lost {lost} (" in line and "cannot be" not in line, line)
    check(sensor.stop() == 0, f"exit code {sensor.popen.returncode}")
    printed = of_type(json_lines(sensor), "exchange")
    check(stored(f"{disk}/store") == len(printed) - lost,
          f"{stored(f'{disk}/store')} rows, {lost} lost, {len(printed)} exchanges")
    check_integrity(f"{disk}/store")
    for text in ("cannot be written", "The store is written again"):
        said = [each for each in everything_said(lab, sensor).splitlines() if text in each]
        check(len(said) == 1, f"said {said}")


def json_lines(sensor):
    """What a sensor has printed until now, whole lines only."""
    text = sensor.output()
    return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()
            if line.startswith("{")]


@scenario("the store's folder is deleted under the daemon: said, sensing goes on, it is made again")
def folder_deleted(lab):
    """Somebody cleans up."""
    sensor = lab.sensor("dns0")
    folder = folder_of(sensor)
    ask_all(S1.v4, 23)
    wait_stored(sensor, 23)
    shutil.rmtree(folder)
    said = f"the store '{folder}' was deleted; it is made again"
    wait_for("a word about it", lambda: said in sensor.output())
    wait_for("the folder", lambda: os.path.isdir(folder))
    asked = 23

    def has_rows():  # the first ones may still have gone to the file that is no more
        nonlocal asked
        ask_all(S1.v4, 1)
        asked += 1
        return stored(folder) > 0

    wait_for("rows in the new folder", has_rows)
    wait_for("all accounted for", lambda: accounted(sensor) == asked)
    check(stored(folder) == counters(sensor)["written"] - 23,
          f"{stored(folder)} rows, {counters(sensor)}")
    check(not counters(sensor)["error"], store_line(sensor))
    check_conservation(sensor)
    check(sensor.output().count(said) == 1, "told more than once")
    check(sensor.stop() == 0, "exit code")


@scenario("a disk that is read-only: said when it starts, status tells, sensing goes on")
def read_only(lab):
    """A sensor without a store is better than none."""
    disk = small_disk("2m")
    bench.run("mount", "-o", "remount,ro", disk)
    sensor = lab.sensor("dns0", store__path=f"{disk}/store")
    ask_all(S1.v4, 23)
    wait_for("23 answers", lambda: sensor.counter("answered") == 23)
    check("nothing is kept" in store_line(sensor), store_line(sensor))
    said = sensor.output()
    for text in (f"make the store '{disk}/store': Read-only file system",
                 "the sensor goes on without a store"):
        check(said.count(text) == 1, f"said {said}")
    check(sensor.stop() == 0, "exit code")


def segments_of_now(folder, make):
    """Make the files of this hour and the next, so that no full hour passes by."""
    os.makedirs(folder)
    for seconds in (0, HOUR):
        name = time.strftime("%Y-%m-%dT%H.db", time.gmtime(time.time() + seconds))
        make(f"{folder}/{name}")


def garbage(path):
    """No database."""
    with open(path, "wb") as file:
        file.write(Random(23).randbytes(20011))


def future(path):
    """A segment of a later oddns."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA application_id = 0x4f444e53")
        db.execute("PRAGMA user_version = 107")
        db.execute("CREATE TABLE exchange_row (what)")
        db.commit()


@scenario("this hour's segment is corrupt, or of a newer version: said once, left alone, sensing goes "
          "on; moved away, rows go on")
def segments_in_trouble(lab):
    """What is not ours to mend is not touched."""
    for name, make, said in (("garbage", garbage, "no store of oddns, or corrupt"),
                             ("future", future, "of a version that this oddns does not know")):
        folder = f"{DIR}/{name}.store"
        segments_of_now(folder, make)
        before = [open(path, "rb").read() for path in segments(folder)]
        sensor = lab.sensor("dns0", name=f"oddns-{name}", store__path=folder)
        ask_all(S1.v4, 23)
        wait_for("23 exchanges lost", lambda s=sensor: counters(s)["failed"] == 23)
        check(sensor.output().count(said) == 1, f"{name}: said {sensor.output()}")
        check("lost 23 (could not be written 23)" in store_line(sensor), store_line(sensor))
        check([open(path, "rb").read() for path in segments(folder)] == before, "it was changed")
        for path in segments(folder):
            os.rename(path, path + ".bad")

        def goes_on(asking=sensor):
            ask_all(S1.v4, 1)
            return counters(asking)["written"] > 7

        wait_for("rows", goes_on)
        check_conservation(sensor)
        check(sensor.stop() == 0, "exit code")
        check(stored(folder) >= 7, f"{name}: {stored(folder)} rows")


# --- life and death -------------------------------------------------------------------------------


def check_integrity(folder):
    """SQLite finds nothing wrong."""
    for row in sql(folder, "PRAGMA integrity_check"):
        check(row == {"integrity_check": "ok"}, f"integrity_check: {row}")


def exchange_key(row):
    """What two exchanges never share."""
    return row["time"], row["client_port"], row["server"], row["qname"]


@scenario("killed with SIGKILL under load: the store is sound, no more than the last second is missing, "
          "and the next daemon goes on with it")
def killed(lab):
    """Three times, wherever it was."""
    folder, columns = f"{DIR}/killed.store", "time, client_port, server, qname"
    known = 0
    for number in range(3):
        sensor = lab.sensor("dns0", name=f"oddns{number}", options=("--format", "json"),
                            store__path=folder)
        loads = load_all()
        wait_stored(sensor, 3001)
        sensor.stop(signal.SIGKILL)
        for client in loads:
            client.stop()
        check_integrity(folder)
        rows = [exchange_key(row) for row in sql(folder, f"SELECT {columns} FROM exchange")]
        check(len(set(rows)) == len(rows), "rows are there twice")
        check(len(rows) >= known + 3001, f"{len(rows)} rows, before {known}")
        known = len(rows)
        printed = [exchange_key(row) for row in of_type(json_lines(sensor), "exchange")]
        missing = sorted(set(printed) - set(rows))
        # a commit each second, up to 0.1 s in the queue, and as much to print
        since = seconds_between(missing[0][0], max(printed)[0]) if missing else 0
        check(since <= 1.5, f"{len(missing)} are missing, the first {since} s before the end")
    sensor = lab.sensor("dns0", store__path=folder)
    ask_all(S1.v4, 23)
    wait_stored(sensor, 23)
    check(sensor.stop() == 0, "exit code")
    check(stored(folder) == known + 23, f"{stored(folder)} rows, {known} before")
    check_integrity(folder)


def seconds_between(first, last):
    """Of two times as JSON has them."""
    def seconds(text):
        whole, fraction = text.rstrip("Z").split(".")
        return time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction}")
    return seconds(last) - seconds(first)


@scenario("SIGHUP with other settings of the store: they wait for the next start, and it says so")
def reload(lab):
    """The store is opened once."""
    sensor = lab.sensor("dns0")
    with open(sensor.config, "w", encoding="utf-8") as config:
        config.write("[store]\nnames = no\nmax_age = 1h\n")
    sensor.popen.send_signal(signal.SIGHUP)
    wait_for("a word about the next start", lambda: notes(lab, "take effect at the next start"))
    wait_for("the reload", lambda: notes(lab, "Settings reloaded"))
    check("the store" in notes(lab, "take effect at the next start")[0], "the store is not named")
    ask_all(S1.v4, 23)
    wait_stored(sensor, 23)
    sensor.popen.send_signal(signal.SIGHUP)
    wait_for("a word at the second reload, too",
             lambda: len(notes(lab, "take effect at the next start")) == 2)
    check(sensor.stop() == 0, "exit code")
    check(stored(folder_of(sensor), "qname = 'www1.lab.test'") == 23, "names were not kept")


@scenario("a second sensor with the same store: goes on without one, and says whose it is")
def same_store(lab):
    """Its state and pins are its own."""
    bench.start_knot("local", "127.0.0.1")
    wait_for("an answer from 127.0.0.1", lambda: bench.answers("127.0.0.1"))
    first = lab.sensor("dns0")
    second = lab.sensor("lo", name="second", sensor__state="/run/oddns2",
                        sensor__pins="/sys/fs/bpf/oddns2", store__path=folder_of(first))
    for sensor, address, count in ((first, S1.v4, 23), (second, "127.0.0.1", 7)):
        ask_all(address, count)
        wait_for(f"{count} answers", lambda s=sensor, n=count: s.counter("answered") == n)
    wait_stored(first, 23)
    said = f"another oddns (pid {first.popen.pid}) writes to the store '{folder_of(first)}'"
    check(second.output().count(said) == 1, f"the second said {second.output()}")
    check("nothing is kept" in store_line(second), store_line(second))
    check(second.stop() == 0 and first.stop() == 0, "exit codes")
    check(stored(folder_of(first)) == 23, f"{stored(folder_of(first))} rows")


# --- retention ------------------------------------------------------------------------------------


def write_old(path, hours, each):
    """A capture with so many answered queries in each of the hours before this one."""
    random, now = Random(each), int(time.time()) // HOUR * HOUR
    with open(path, "wb") as target:
        target.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for hour in range(hours, 0, -1):
            for number in range(each):
                client = random.randbytes(4), 1024 + number
                asked = bench.spoofed(random, bytes((192, 0, 2, 1)), client, False)
                reply = bytearray(asked)
                reply[26:34] = asked[30:34] + asked[26:30]
                reply[34:38] = asked[36:38] + asked[34:36]
                reply[44] |= 0x80
                for frame in (asked, reply):
                    target.write(struct.pack("=4I", now - hour * HOUR + number // 7, number % 7,
                                             len(frame), len(frame)) + frame)


@scenario("old segments go while the store is written: the oldest, no more than store.max_size asks "
          "for; readers and rows go on")
def retention(lab):
    """Segments of the hours before are there when it starts."""
    folder, hours, each = f"{DIR}/old.store", 7, 2003
    write_old(f"{DIR}/old.pcap", hours, each)
    bench.run(lab.program, "replay", "--store", folder, f"{DIR}/old.pcap")
    old = segments(folder)
    check(len(old) == hours and stored(folder) == hours * each, f"{len(old)} segments")
    sizes = [os.path.getsize(path) for path in old]
    check(sum(sizes) > 1 << 20, f"old segments are {sizes} bytes")
    reader = bench.Process("follow", lab.program, "flows", "--follow", "--store", folder, "--format",
                           "json", "dns-qname \"lab.test\"")
    sensor = lab.sensor("dns0", store__path=folder, store__max_size="1M")

    def followed():
        ask_all(S1.v4, 1)
        return "www1.lab.test" in reader.output()

    wait_for("flows --follow", followed)
    wait_for("old segments removed", lambda: len(segments(folder)) <= hours)
    wait_for("files in status", lambda: counters(sensor)["segments"] == len(segments(folder)))
    left = [path for path in segments(folder) if path in old]
    check(left == old[len(old) - len(left):], f"left are {left}")
    check(0 < len(left) < hours, f"{len(left)} old segments are left")
    used = sum(os.path.getsize(path) for path in glob.glob(f"{folder}/*.db*")
               if not path.endswith("-shm"))
    check(used - os.path.getsize(segments(folder)[-1]) <= 1 << 20, f"{used} bytes are left")
    check(counters(sensor)["bytes"] <= 1 << 20, f"status says {store_line(sensor)}")
    shown = len(tell_json(sensor, "flows", 'not dns-qname "lab.test"'))
    check(shown == len(left) * each, f"{shown} old exchanges are left in {len(left)} segments")
    check(reader.stop() == 0, f"flows --follow: exit code {reader.popen.returncode}")
    check(sensor.stop() == 0, "exit code")
    check(stored(folder, "qname = 'www1.lab.test'") >= 1, "no rows of now")
