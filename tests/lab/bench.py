# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's bench: DNS servers, clients and a journal in a world of their own.

A world is one process tree under unshare(1): its own PIDs, mounts and network.

    world's network (the clients)              namespace "servers"
    dnsperf ─┐                                  10.53.0.11 ─┐
    oddns ───┤ dns0 ═══════ veth ═══════ srv0 ─ 10.53.0.12 ─┼ dnsdist ─ 3 knotd
             │ 10.53.0.1                        10.53.0.13 ─┘ (delays)
    journald ┘ fd53::1                          fd53::11 …

The first process is PID 1 of the world; when it ends, however it ends, the
kernel kills the rest and takes down mounts, interfaces and pinned maps. So
nothing here cleans up after itself, and nothing can be left behind.
"""

import collections
import contextlib
import ctypes
import glob
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from random import Random

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DIR = "/run/lab"
JOURNALD = ["/usr/lib/systemd/systemd-journald", "/lib/systemd/systemd-journald"]
RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}
PR_SET_PDEATHSIG = 1

Server = collections.namedtuple("Server", "name v4 v6 backend")
SERVERS = [Server(f"s{n}", f"10.53.0.1{n}", f"fd53::1{n}", f"127.0.0.1{n}") for n in (1, 2, 3)]


class Failure(Exception):
    """What a scenario expected and did not get."""


def check(condition, text):
    """Fail with a sentence unless the condition holds."""
    if not condition:
        raise Failure(text)


def wait_for(what, condition, deadline=30.0):
    """Poll until condition() is true and return its value; fail after `deadline` seconds."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {deadline:.0f} s in vain for: {what}")
        time.sleep(0.05)


# --- a world of its own ---------------------------------------------------------------------------


def die_with_parent():
    """For preexec_fn: the child is killed when its parent is, even by SIGKILL."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def world_command(*command):
    """The command line that runs a Python script as PID 1 of a new world."""
    return ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc",
            sys.executable, *command]


def run(*command, **options):
    """Run a command to its end; its output belongs to the failure if it fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if result.returncode:
        raise Failure(f"{' '.join(command)}: exit code {result.returncode}: "
                      f"{result.stderr.strip() or result.stdout.strip()}")
    return result.stdout


def ip(arguments, namespace=None):
    """ip(8), in the world's own network or in a namespace."""
    where = ["-n", namespace] if namespace else []
    return run("ip", *where, *arguments.split())


def make_world():
    """Give this process private mounts: /run, the journal's folders, sysfs and bpffs."""
    check(os.getpid() == 1, "make_world() runs as PID 1 of a world only")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    os.makedirs(f"{DIR}/cgroup")
    # sysfs shows the interfaces of the network in which it was mounted.
    run("mount", "--rbind", "/sys/fs/cgroup", f"{DIR}/cgroup")
    run("mount", "-t", "sysfs", "sysfs", "/sys")
    run("mount", "--rbind", f"{DIR}/cgroup", "/sys/fs/cgroup")
    run("mount", "-t", "bpf", "bpf", "/sys/fs/bpf")
    # What is written to /var/lib, as the store of `make run`, stays in the world.
    os.makedirs(f"{DIR}/var/work")
    os.makedirs(f"{DIR}/var/lib")
    run("mount", "-t", "overlay", "-o",
        f"lowerdir=/var/lib,upperdir={DIR}/var/lib,workdir={DIR}/var/work", "overlay", "/var/lib")
    for folder in ("/var/lib/systemd/catalog", "/var/log"):
        if os.path.isdir(folder):
            run("mount", "-t", "tmpfs", "tmpfs", folder)
    ip("link set lo up")


def make_wire():
    """Join the world's network with the namespace of the servers."""
    # One end each, without the wait for duplicate address detection.
    ip("link add dns0 type veth peer name srv0 netns servers")
    for namespace, name, host in ((None, "dns0", "1"), ("servers", "srv0", "2")):
        ip(f"address add 10.53.0.{host}/24 dev {name}", namespace)
        ip(f"address add fd53::{host}/64 dev {name} nodad", namespace)
        ip(f"link set {name} up", namespace)
    for server in SERVERS:
        ip(f"address add {server.v4}/24 dev srv0", "servers")
        ip(f"address add {server.v6}/64 dev srv0 nodad", "servers")


def make_servers():
    """The servers' namespace, joined and empty, for who starts servers of their own."""
    run("ip", "netns", "add", "servers")
    ip("link set lo up", "servers")
    make_wire()


def template(name, path, **values):
    """Write a template of this folder with its @NAME@s filled in."""
    with open(os.path.join(HERE, name), encoding="utf-8") as source:
        text = source.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    with open(path, "w", encoding="utf-8") as target:
        target.write(text)


# --- processes ------------------------------------------------------------------------------------


class Process:
    """A process whose output goes to a file that a failure shows, or to two: `apart`, so that
    what goes to stderr comes into no line of stdout."""

    def __init__(self, name, *command, namespace=None, apart=False, **options):
        self.name, self.command = name, command
        if namespace:
            command = ("nsenter", f"--net=/run/netns/{namespace}", *command)
        self.path = f"{DIR}/{name}.log"
        self.paths = [self.path] + [f"{DIR}/{name}-stderr.log"] * apart
        with open(self.paths[0], "ab") as log, open(self.paths[-1], "ab") as errors:
            self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=errors, **options)

    def output(self):
        """What it has printed so far."""
        text = ""
        for path in self.paths:
            with open(path, encoding="utf-8", errors="replace") as log:
                text += log.read()
        return text

    def stop(self, sig=signal.SIGTERM, deadline=20):
        """Signal it, wait for its end and return its exit code (negative: by signal)."""
        if self.popen.poll() is None:
            self.popen.send_signal(sig)
        return self.wait(deadline)

    def wait(self, deadline=20):
        """Wait for its end and return its exit code."""
        try:
            return self.popen.wait(deadline)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            raise Failure(f"{self.name} did not end within {deadline} s") from None


def catalog():
    """The source of oddns's message catalog, None if there is none."""
    found = glob.glob(os.path.join(ROOT, "user", "**", "*.catalog"), recursive=True)
    return found[0] if found else None


class Journal:
    """A journald of the world's own."""

    def __init__(self, messages=None):
        os.makedirs("/run/systemd/journald.conf.d", exist_ok=True)
        os.makedirs("/run/systemd/journal", exist_ok=True)
        os.makedirs("/run/log/journal", exist_ok=True)
        template("journald.conf", "/run/systemd/journald.conf.d/lab.conf")
        if messages:
            self._add_catalog(messages)
        program = next(path for path in JOURNALD if os.path.exists(path))
        self.process = Process("journald", program)
        wait_for("journald's socket", lambda: os.path.exists("/run/systemd/journal/socket"))

    @staticmethod
    def _add_catalog(messages):
        """journalctl compiles catalogs from one folder only: lay a copy over it."""
        shutil.copytree("/usr/lib/systemd/catalog", f"{DIR}/catalog")
        shutil.copy(messages, f"{DIR}/catalog")
        run("mount", "--bind", f"{DIR}/catalog", "/usr/lib/systemd/catalog")
        run("journalctl", "--update-catalog")

    def entries(self, *matches):
        """oddns's entries, oldest first, as objects."""
        text = run("journalctl", "-D", "/run/log/journal", "-t", "oddns", "-o", "json", "--no-pager",
                   "-q", *matches)
        return [json.loads(line) for line in text.splitlines()]

    def alerts(self, rule="odd-one-out", state="raised"):
        """Addresses that a rule has named, in order."""
        return [entry["ODDNS_SUBJECT"] for entry in
                self.entries(f"ODDNS_RULE={rule}", f"ODDNS_STATE={state}")]


# --- servers and clients --------------------------------------------------------------------------


def start_knot(name, address, namespace=None):
    """A Knot that knows lab.test; the caller waits until it answers."""
    folder = f"{DIR}/{name}"
    os.makedirs(folder)
    template("lab.test.zone", f"{folder}/lab.test.zone")
    template("knot.conf", f"{folder}/knot.conf", DIR=folder, ADDRESS=address)
    Process(name, "knotd", "-c", f"{folder}/knot.conf", namespace=namespace)


class Servers:
    """Three knotd, each behind addresses of dnsdist that can be made slow or silent."""

    def __init__(self):
        make_servers()
        for server in SERVERS:
            start_knot(server.name, server.backend, "servers")
        config = f"{DIR}/dnsdist.conf"
        template("dnsdist.conf", config)
        with open(config, "a", encoding="utf-8") as target:
            for server in SERVERS:
                target.write(f"server('{server.name}', '{server.backend}:53', "
                             f"{{'{server.v4}', '{server.v6}'}})\n")
        self.config = config
        Process("dnsdist", "dnsdist", "--supervised", "--disable-syslog", "-C", config,
                namespace="servers")
        for server in SERVERS:
            for address in (server.v4, server.v6):
                wait_for(f"an answer from {address}", lambda a=address: answers(a))

    def _console(self, command):
        run("nsenter", "--net=/run/netns/servers", "dnsdist", "-C", self.config,
            "-c", "127.0.0.1:5199", "-e", command)

    def delay(self, milliseconds, *addresses):
        """Answer UDP queries to these addresses later by so much; 0 = at once."""
        self._console("; ".join(f"delay_ms['{a}'] = {milliseconds}" for a in addresses))

    def silence(self, address, silent=True):
        """Stop answering at this address, or answer again."""
        self._console(f"silent['{address}'] = {str(silent).lower()}")


def query(name, ident):
    """A query for an A record, recursion desired (RFC 1035 section 4.1)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", ident, 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def ask(address, name="www1.lab.test", count=1, timeout=5.0):
    """Ask one after the other; return how often which RCODE came, and the latencies in ms."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    rcodes, latencies = collections.Counter(), []
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        sock.connect((address, 53))
        for ident in range(1, count + 1):
            start = time.monotonic()
            sock.send(query(name, ident))
            with contextlib.suppress(TimeoutError, ConnectionRefusedError):
                answer = sock.recv(4096)
                latencies.append((time.monotonic() - start) * 1000)
                check(answer[:2] == struct.pack("!H", ident), "an answer to another query")
                rcodes[RCODES.get(answer[3] & 15, "other")] += 1
    return rcodes, latencies


def answers(address):
    """Does the server answer within 0.2 s?"""
    return ask(address, timeout=0.2)[0]["NOERROR"] == 1


def load(address, qps=150, name=None):
    """dnsperf: a client that asks one server for existing names until it is stopped."""
    names = f"{DIR}/names"
    if not os.path.exists(names):
        with open(names, "w", encoding="utf-8") as target:
            target.writelines(f"www{n}.lab.test A\n" for n in range(10))
    return Process(name or f"dnsperf-{address}", "dnsperf", "-s", address, "-d", names,
                   "-Q", str(qps), "-q", "5000", "-t", "5", "-l", "3600")


class Capture(Process):
    """tcpdump into a file."""

    def finish(self, packets):
        """Wait until it has written so many packets, stop it, return the path of the capture."""
        path = self.path + ".pcap"
        wait_for(f"{packets} captured packets", lambda: packets_in(path) >= packets)
        self.stop()
        return path


def packets_in(path):
    """How many whole packets a pcap file holds."""
    with open(path, "rb") as file:
        file.seek(24)
        count = 0
        while len(header := file.read(16)) == 16:
            captured = struct.unpack("=I", header[8:12])[0]
            count += len(file.read(captured)) == captured
    return count


def capture(interface, *expression):
    """tcpdump on an interface, ready."""
    name = f"tcpdump-{interface}"
    dump = Capture(name, "tcpdump", "-i", interface, "--immediate-mode", "-U", "-s", "2048",
                   "-w", f"{DIR}/{name}.log.pcap", *expression)
    wait_for("tcpdump", lambda: "listening on" in dump.output())
    return dump


# --- the sensor -----------------------------------------------------------------------------------

# Short intervals, so that a verdict takes seconds: evidence after 3 s, in a window of 7 intervals.
SETTINGS = {
    "sensor.interval": "500ms",
    "sensor.window": "7",
    "sensor.min_samples": "5",
    "sensor.min_intervals": "5",
    "sensor.raise_after": "2",
    "sensor.clear_after": "2",
    "sensor.timeout": "1s",
    "sensor.grace": "5s",
    "sensor.pins": "/sys/fs/bpf/oddns",
    "sensor.state": "/run/oddns",
}


def find(tree, key):
    """The first value with this key in nested objects and lists, None if there is none."""
    if isinstance(tree, dict):
        if key in tree:
            return tree[key]
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            value = find(branch, key)
            if value is not None:
                return value
    return None


class Sensor(Process):
    """`oddns run`, started and ready."""

    def __init__(self, program, *interfaces, name="oddns", ready=True, options=(), environment=None,
                 **settings):
        self.program = program
        self.settings = SETTINGS | {"store.path": f"{DIR}/{name}.store"}
        self.settings |= {k.replace("__", "."): v for k, v in settings.items()}
        self.config = f"{DIR}/{name}.conf"
        if not os.path.exists(self.config):
            with open(self.config, "w", encoding="utf-8") as target:
                target.write("# all by --set\n")
        arguments = [a for interface in interfaces for a in ("-i", interface)]
        for key, value in self.settings.items():
            arguments += ["--set", f"{key}={value}"]
        self.notified = []
        super().__init__(name, program, "run", "-c", self.config, *options, *arguments,
                         apart="json" in options,
                         env=os.environ | (environment or {})
                         | {"NOTIFY_SOCKET": self._listen(f"{DIR}/{name}.notify")})
        if ready:
            wait_for("READY=1 from oddns", self._is_ready)

    def _listen(self, path):
        """Stand in for systemd: collect what the sensor tells about itself (sd_notify(3))."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sock.bind(path)

        def collect():
            while True:
                self.notified += sock.recv(4096).decode().splitlines()

        threading.Thread(target=collect, daemon=True).start()
        return path

    def _is_ready(self):
        check(self.popen.poll() is None,
              f"oddns ended with {self.popen.returncode} instead of getting ready")
        return "READY=1" in self.notified

    def tell(self, verb, form="json"):
        """Output of `oddns status` or `oddns servers`; JSON as a list of objects."""
        check(self.popen.poll() is None, f"oddns has ended with {self.popen.returncode}")
        text = run(self.program, verb, "-c", self.config,
                   "--set", f"sensor.state={self.settings['sensor.state']}",
                   "--set", f"sensor.pins={self.settings['sensor.pins']}", "--format", form)
        return [json.loads(line) for line in text.splitlines()] if form == "json" else text

    def counter(self, name):
        """One counter of `oddns status`."""
        value = find(self.tell("status"), name)
        check(value is not None, f"oddns status has no '{name}'")
        return value

    def intervals(self):
        """How many intervals have ended until the moment that status tells of; only differences
        mean something."""
        status = self.tell("status")
        return find(status, "now_ns") // find(status, "interval_ns")

    def compares(self, address):
        """Has the server enough intervals for a verdict?"""
        return self.server(address).get("standing", "insufficient") != "insufficient"

    def server(self, address):
        """The row of `oddns servers` for an address, {} if there is none."""
        rows = [row for row in self.tell("servers") if row.get("address") == address]
        return rows[0] if rows else {}

    def rcode_map(self):
        """server_rcode as bpftool prints it: (address, rcode name) -> packets of all CPUs."""
        text = run("bpftool", "-j", "map", "dump", "pinned",
                   f"{self.settings['sensor.pins']}/server_rcode")
        counts = collections.Counter()
        for row in json.loads(text):
            row = row.get("formatted", row)
            packed = bytes(int(str(byte), 0) for byte in row["key"]["server"])
            packets = sum(cpu["value"]["packets"] for cpu in row["values"])
            counts[address_text(packed), row["key"]["rcode"]] += packets
        return counts

    def bpf_objects(self):
        """Ids of the links, programs and maps that it holds: {("prog", 12), …}."""
        objects = set()
        folder = f"/proc/{self.popen.pid}/fdinfo"
        for fd in os.listdir(folder):
            with contextlib.suppress(OSError), open(f"{folder}/{fd}", encoding="ascii") as info:
                objects |= set(re.findall(r"^(link|prog|map)_id:\s*(\d+)", info.read(), re.M))
        return objects


def address_text(packed):
    """16 bytes as text, IPv4-mapped ones as dotted quad (RFC 4291 section 2.5.5.2)."""
    if packed[:12] == bytes(10) + b"\xff\xff":
        return socket.inet_ntop(socket.AF_INET, packed[12:])
    return socket.inet_ntop(socket.AF_INET6, packed)


def bpf_object_exists(kind, ident):
    """Does the kernel still know this link, program or map?"""
    result = subprocess.run(["bpftool", kind, "show", "id", ident], capture_output=True, check=False)
    return result.returncode == 0


def diagnosis():
    """The journal and the logs of all processes, for the report of a failure."""
    journal = subprocess.run(["journalctl", "-D", "/run/log/journal", "-t", "oddns", "--no-pager"],
                             capture_output=True, text=True, check=False)
    lines = ["--- journal"] + journal.stdout.splitlines()[-30:]
    logs = [name for name in os.listdir(DIR) if name.endswith(".log")]
    for name in sorted(logs, key=lambda log: (not log.startswith("oddns"), log)):
        with open(f"{DIR}/{name}", encoding="utf-8", errors="replace") as log:
            text = log.read().splitlines()[-15:]
        lines += [f"--- {name}"] * bool(text) + text
    return lines


# --- programs of others ---------------------------------------------------------------------------


def compile_bpf(source, target, *flags):
    """Compile a BPF program of this folder."""
    run("clang", "-target", "bpf", "-O2", "-g", *flags,
        f"-I/usr/include/{os.uname().machine}-linux-gnu", "-c", os.path.join(HERE, source),
        "-o", target)


def hold_hook(interface):
    """Let a program of someone else hold native XDP; return its id."""
    compile_bpf("holder.bpf.c", f"{DIR}/holder.o")
    run("bpftool", "prog", "load", f"{DIR}/holder.o", "/sys/fs/bpf/holder")
    run("bpftool", "net", "attach", "xdpdrv", "pinned", "/sys/fs/bpf/holder", "dev", interface)
    return held_by(interface)


def held_by(interface):
    """Id of the program at native or generic XDP, None if there is none."""
    return json.loads(ip(f"-j link show {interface}"))[0].get("xdp", {}).get("prog", {}).get("id")


# --- a flood --------------------------------------------------------------------------------------


def spoofed(random, server, client, response):
    """An Ethernet frame with a query to port 53, or a response from it, of random id and name."""
    name = "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=11)) + ".example"
    message = bytearray(query(name, random.randrange(65536)))
    message[2] |= 0x80 * response
    ports = (53, client[1]) if response else (client[1], 53)
    ends = (server, client[0]) if response else (client[0], server)
    udp = struct.pack("!4H", *ports, 8 + len(message), 0) + message
    header = struct.pack("!2B3H2BH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + b"".join(ends)
    # no checksum: nobody is there to look at it
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + header + udp


def flood(interface, namespace, frames=50021):
    """Send frames with invented clients, servers and names at top speed until stopped: of each
    three a query, a response that nobody asked for, and a query with its response."""
    path, random = f"{DIR}/flood.pcap", Random(frames)
    with open(path, "wb") as target:
        target.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number in range(frames):
            server, client = random.randbytes(4), (random.randbytes(4), random.randrange(1024, 65536))
            batch = [spoofed(random, server, client, response=number % 3 == 1)]
            if number % 3 == 2:
                batch.append(bytearray(batch[0]))
                reply = batch[1]
                reply[26:34], reply[34:38] = server + client[0], reply[36:38] + reply[34:36]
                reply[44] |= 0x80
            for frame in batch:
                target.write(struct.pack("=4I", 0, number, len(frame), len(frame)) + frame)
    return Process("flood", "tcpreplay", "-i", interface, "--preload-pcap", "--topspeed", "--loop",
                   "0", "--unique-ip", path, namespace=namespace)


# --- 802.1Q ---------------------------------------------------------------------------------------

VLAN_ID = 53
VLAN_SERVER = "10.54.0.11"


def make_vlan(offload):
    """Sub-interfaces "vlan53" over both ends of the wire; a Knot listens behind them.

    With offload, tags travel in packets' metadata, without it in their bytes.
    """
    for namespace, carrier, host in ((None, "dns0", "1"), ("servers", "srv0", "11")):
        enter = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
        run(*enter, "ethtool", "-K", carrier, "txvlan", "on" if offload else "off")
        try:
            ip(f"link add link {carrier} name vlan53 type vlan id {VLAN_ID}", namespace)
        except Failure:  # a kernel without 8021q
            _make_vlan_stand_in(enter, namespace, carrier)
        ip(f"address add 10.54.0.{host}/24 dev vlan53", namespace)
        ip("link set vlan53 up", namespace)
    start_knot("vlan", VLAN_SERVER, "servers")


def _make_vlan_stand_in(enter, namespace, carrier):
    ip("link add vlan53 type veth peer name inner53", namespace)
    ip("link set inner53 up", namespace)
    for device, section, target in (("inner53", "tag", carrier), (carrier, "untag", "inner53")):
        index = json.loads(ip(f"-j link show {target}", namespace))[0]["ifindex"]
        program = f"{DIR}/{namespace or 'client'}-{section}.o"
        compile_bpf("vlan.bpf.c", program, f"-DVID={VLAN_ID}", f"-DTARGET={index}")
        run(*enter, "tc", "qdisc", "add", "dev", device, "clsact")
        run(*enter, "tc", "filter", "add", "dev", device, "ingress", "bpf", "direct-action",
            "object-file", program, "section", f"tc/{section}")
