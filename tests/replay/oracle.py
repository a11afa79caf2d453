# SPDX-License-Identifier: GPL-2.0-or-later
"""What must come out of random traffic: the design's section on exchanges, in the simplest way.

No hash, no lists by age, no limits: each message is held against everything that
is remembered. What is remembered and for how long is what the table of states
says: a query 5 s from its last transmission, for a late response 25 s more; what
is answered 5 s from its response.
"""

import collections
import datetime

from traffic import AA, CONTROL, DATAGRAM, PART, QR, RA, RD, S, SEGMENT, SHORT, TC, TCP

TIMEOUT, GRACE = 5 * S, 25 * S
FRAGMENTS = 1 * S  # how long other fragments are awaited
RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
FLAGS = [(QR, "qr"), (AA, "aa"), (TC, "tc"), (RD, "rd"), (RA, "ra")]

# of an exchange line, what can be foretold without a look into records
FIELDS = frozenset(
    "type time client client_port server server_port proto id opcode qname qtype qclass rcode "
    "state tries latency_ns wait_ns query_bytes response_bytes messages service cause flags "
    "ancount nscount arcount vlan tunnel tunnel_id outer_src outer_dst".split())

PENDING, EXPIRED, ANSWERED, TRANSFER = range(4)


def moment(ns):
    """RFC 3339, UTC, 9 decimals."""
    whole = datetime.datetime.fromtimestamp(ns // S, datetime.timezone.utc)
    return whole.strftime("%Y-%m-%dT%H:%M:%S") + f".{ns % S:09d}Z"


def key_of(message):
    talk = message.talk
    return (talk.network.key(), talk.client, talk.server, talk.port, talk.protocol, message.ident)


def question_of(message):
    """Names are compared without case."""
    return message.question and (message.name(), message.question[1])


class Entry:
    """A query that is remembered."""

    def __init__(self, time, message):
        self.query, self.state = message, PENDING
        self.first = self.last = time
        self.tries, self.bytes, self.messages = 1, 0, 0
        self.sent = self.response = self.answer = self.was = None

    def fits(self, message):
        asked, said = question_of(self.query), question_of(message)
        return asked == said or (message.is_response and said is None)

    def is_over(self, now):
        """At the time of a message: can it still belong here?"""
        return now > self.last + TIMEOUT + (GRACE if self.state == EXPIRED else 0)


class Oracle:
    """Takes packets in their order; then .records and .counters are what replay must say."""

    def __init__(self):
        self.entries = collections.defaultdict(list)
        self.counters = collections.Counter()
        self.records = []
        self.datagrams, self.streams = {}, {}
        self.handed_on = 0  # messages of the packet at hand

    # --- packets ---

    def packet(self, packet):
        self.give_up_fragments(packet.time)
        if packet.kind == CONTROL:
            self.counters["tcp_control"] += 1
        if packet.kind not in (DATAGRAM, PART, SEGMENT, SHORT):
            return
        self.counters["packets"] += 1
        self.handed_on = 0
        if packet.kind == SHORT:
            self.counters["dns_short"] += 1
            return
        if packet.kind == DATAGRAM:
            self.message(packet.time, packet.what)
        elif packet.kind == PART:
            self.part(packet.time, *packet.what)
        else:
            self.segment(packet.time, *packet.what)
        if self.handed_on:
            self.counters["coalesced"] += self.handed_on - 1
        else:
            self.counters["joined"] += 1

    def part(self, time, datagram, number):
        """Whole when all parts are there; remembered until its time is over."""
        since, parts, first = self.datagrams.get(datagram, (time, set(), None))
        if number in parts:
            self.counters["repeated"] += 1
        was_whole = len(parts) == datagram.parts
        parts.add(number)
        self.datagrams[datagram] = since, parts, time if number == 0 and first is None else first
        if len(parts) == datagram.parts and not was_whole:
            self.counters["reassembled"] += 1
            self.message(time, datagram.message)

    def give_up_fragments(self, now):
        """Those that waited too long: the first part alone still is a response."""
        for datagram, (since, parts, first) in list(self.datagrams.items()):
            if now <= since + FRAGMENTS:
                continue
            del self.datagrams[datagram]
            if len(parts) == datagram.parts:
                continue
            self.counters["unclaimed" if first is None else "partial"] += 1
            if first is not None:  # no packet is at hand: it was counted as joined
                self.counters["coalesced"] += 1
                self.message(first, datagram.message)

    def segment(self, time, stream, low, high):
        """Messages are told when all of the stream before their end is there."""
        ranges, end, told = self.streams.get(stream, ([], 0, 0))
        ranges = sorted(ranges + [(low, high)])
        for start, stop in ranges:
            if start <= end:
                end = max(end, stop)
        while told < len(stream.ends) and stream.ends[told][0] <= end:
            self.counters["tcp_messages"] += 1
            self.message(time, stream.ends[told][1])
            told += 1
        self.streams[stream] = [r for r in ranges if r[1] > end], end, told

    # --- messages ---

    def message(self, time, message):
        self.handed_on += 1
        if message.is_response:
            self.counters["responses"] += 1
            self.take_response(time, message)
        else:
            self.counters["queries"] += 1
            self.take_query(time, message)

    def find(self, time, message, state):
        """The oldest entry in that state which the message belongs to."""
        entries = self.entries[key_of(message)]
        for entry in list(entries):
            if entry.is_over(time):
                self.let_go(entry, entries)
        for entry in list(entries):
            if entry.is_over(time):
                self.let_go(entry, entries)
        return next((e for e in entries if e.state == state and e.fits(message)), None)

    def let_go(self, entry, entries):
        if entry.state == PENDING:
            self.counters["unanswered"] += 1
            self.tell(entry, "unanswered")
            entry.state = EXPIRED
            return
        if entry.state == TRANSFER:
            self.tell_transfer(entry)
        entries.remove(entry)

    def take_query(self, time, message):
        entry = self.find(time, message, PENDING)
        entries = self.entries[key_of(message)]
        if entry:
            self.counters["retransmitted"] += 1
            entry.tries += 1
            entry.last = time
            return
        for entry in [e for e in entries if e.fits(message)]:
            self.let_go(entry, entries)
        entries.append(Entry(time, message))

    def take_response(self, time, message):
        if entry := self.find(time, message, PENDING):
            self.counters["answered"] += 1
            self.answer(entry, time, message, "answered")
        elif entry := self.find(time, message, TRANSFER):
            self.counters["continued"] += 1
            entry.messages += 1
            entry.bytes += len(message.wire)
            entry.last = time
        elif entry := self.find(time, message, EXPIRED):
            self.counters["late"] += 1
            self.answer(entry, time, message, "late")
        elif entry := self.find(time, message, ANSWERED):
            self.counters["duplicate"] += 1
            entry.last = time
        else:
            self.counters["orphan"] += 1
            self.tell_orphan(time, message)

    def answer(self, entry, time, message, state):
        entry.sent, entry.response, entry.answer, entry.was = entry.last, time, message, state
        entry.messages, entry.bytes, entry.last = 1, len(message.wire), time
        asks_for_zone = entry.query.question[1] == "AXFR" and entry.query.talk.protocol == TCP
        if asks_for_zone and not message.flags & 15:
            entry.state = TRANSFER
            return
        entry.state = ANSWERED
        self.tell_transfer(entry)

    def finish(self):
        """The end of the capture is its last packet's time."""
        self.give_up_fragments(float("inf"))

    def end(self, now):
        self.finish()
        for entries in self.entries.values():
            for entry in list(entries):
                if entry.is_over(now):
                    self.let_go(entry, entries)
                if entry.state == PENDING:
                    self.counters["pending"] += 1
                    self.tell(entry, "pending")
                elif entry.state == TRANSFER and entry in entries:
                    self.tell_transfer(entry)

    # --- records ---

    def tell(self, entry, state):
        self.records.append(record(entry.query, state, entry.first, entry.tries, None))

    def tell_transfer(self, entry):
        """An answered exchange, of one message or more."""
        line = record(entry.query, entry.was, entry.first, entry.tries, entry.answer)
        line |= {"latency_ns": entry.response - entry.sent,
                 "wait_ns": entry.response - entry.first,
                 "messages": entry.messages, "response_bytes": entry.bytes}
        self.records.append(line)

    def tell_orphan(self, time, message):
        self.records.append(record(message, "orphan", time, 0, message))


def record(first, state, time, tries, answer):
    """An exchange line of the contract. first: the query, of an orphan the response"""
    head, talk = answer or first, first.talk
    asked = first if first.question else None
    ancount, nscount, arcount = head.counts
    return {
        "type": "exchange", "time": moment(time),
        "client": str(talk.client), "client_port": talk.port,
        "server": str(talk.server), "server_port": 53,
        "proto": "tcp" if talk.protocol == TCP else "udp", "id": first.ident, "opcode": "QUERY",
        "qname": asked.name() if asked else None, "qtype": asked.question[1] if asked else None,
        "qclass": "IN" if asked else None,
        "rcode": RCODES[answer.flags & 15] if answer else None, "state": state, "tries": tries,
        "latency_ns": None, "wait_ns": None,
        "query_bytes": None if first.is_response else len(first.wire),
        "response_bytes": len(answer.wire) if answer else None,
        "messages": 1 if answer else 0,
        "service": "dns", "cause": {"unanswered": "none", "late": "late"}.get(state),
        "flags": [name for bit, name in FLAGS if head.flags & bit],
        "ancount": ancount, "nscount": nscount, "arcount": arcount,
    } | talk.network.fields(first.is_response)
