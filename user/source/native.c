// SPDX-License-Identifier: GPL-2.0-or-later
/* The packet walk compiled natively. The order of its steps is that of bpf/. */
#include "native.h"

#include "base/hash.h"

#include <string.h>

static struct native_datagram *datagram_at(struct native *n, const struct odd_fragment_key *key)
{
	return &n->datagrams[hash_bytes(key, sizeof(*key), 0) % NATIVE_DATAGRAMS];
}

/* Remember of a datagram what its first fragment has told. */
static void note_datagram(struct native *n, const struct odd_fragment_key *key,
			  enum odd_datagram datagram)
{
	*datagram_at(n, key) = (struct native_datagram){*key, datagram};
}

static void note_stray(struct native *n, struct odd_cursor *c, const struct odd_walk *w)
{
	struct odd_fragment_key key = {.identification = w->stray_identification,
				       .tunnel_id = w->stray_tunnel_id};

	if (odd_addresses_at(c, w->stray, w->stray_version, key.src, key.dst) == 0)
		note_datagram(n, &key, ODD_DATAGRAM_OTHER);
}

/* A first fragment is noted; a later one of what is known to be no DNS is let go. */
static bool is_wanted_fragment(struct native *n, const struct odd_packet *p)
{
	struct odd_fragment_key key = {.identification = p->sequence, .tunnel_id = p->tunnel_id};
	const struct native_datagram *known;

	memcpy(key.src, p->src, sizeof(key.src));
	memcpy(key.dst, p->dst, sizeof(key.dst));
	if (!(p->flags & ODD_EVENT_LATER)) {
		note_datagram(n, &key, ODD_DATAGRAM_DNS);
		return true;
	}
	known = datagram_at(n, &key);
	return known->datagram != ODD_DATAGRAM_OTHER || memcmp(&known->key, &key, sizeof(key)) != 0;
}

static void emit(struct native *n, const struct odd_packet *p, const struct odd_span *span,
		 const __u8 *frame)
{
	struct odd_event *e = &n->u.event;

	e->cgroup_id = 0;
	e->uid = ODD_NO_UID;
	e->pid = 0;
	memset(e->comm, 0, sizeof(e->comm));
	odd_event_fill(e, p, span);
	e->captured_bytes = (__u16)span->copied;
	memcpy(e->payload, frame + span->offset, span->copied);
	n->on_event(n->context, e);
}

static void emit_parts(struct native *n, const struct odd_packet *p, const __u8 *frame)
{
	struct odd_span span;

	for (__u32 part = 0; odd_span_part(p, part * ODD_PART_BYTES, &span); part++) {
		if (part == ODD_PARTS_MAX) {
			n->counters.drops[ODD_DROP_PART_LOST]++;
			return;
		}
		emit(n, p, &span, frame);
		if (!span.more)
			return;
	}
}

static void take(struct native *n, const struct odd_packet *p, const __u8 *frame)
{
	struct odd_span span;

	if (p->flags & ODD_EVENT_FRAGMENT && !is_wanted_fragment(n, p))
		return;
	if (p->protocol == ODD_IPPROTO_TCP && !p->payload_bytes) {
		n->counters.drops[ODD_DROP_TCP_CONTROL]++;
		if (p->tcp_flags & (ODD_TCP_SYN | ODD_TCP_FIN | ODD_TCP_RST))
			emit_parts(n, p, frame);
		return;
	}
	n->counters.packets[ODD_HOOK_XDP]++;
	if (odd_is_parted(p)) {
		emit_parts(n, p, frame);
		return;
	}
	odd_span_datagram(p, n->snaplen, &span);
	emit(n, p, &span, frame);
}

static void take_connection(struct native *n, struct odd_cursor *c, const struct odd_place *place)
{
	struct odd_connection connection;

	if (odd_walk_connection(c, place, &connection))
		encrypted_table__add(&n->encrypted, &connection);
}

static void take_common_connection(struct native *n, struct odd_cursor *c)
{
	struct odd_place place;

	if (odd_walk_common_place(c, &place))
		take_connection(n, c, &place);
}

/* The steps, and what they have found. Return: the walk's verdict */
static int walk_all(struct native *n, struct odd_cursor *c, __u32 length, struct odd_packet *p)
{
	int verdict = ODD_WALK_ON;
	struct odd_headers h;
	struct odd_walk w;

	odd_walk_start(&w, length, n->tunnels);
	for (int i = 0; i < ODD_STEPS_MAX && verdict == ODD_WALK_ON; i++)
		verdict = odd_walk_step(c, &n->ports, &w);
	if (w.stray)
		note_stray(n, c, &w);
	if (verdict == ODD_WALK_ON)
		return ODD_DROP_TUNNEL_DEPTH;
	if (verdict == ODD_WALK_ENCRYPTED)
		take_connection(n, c,
				&(struct odd_place){w.ip, w.offset - 8, w.version, w.protocol});
	if (verdict != ODD_WALK_DNS && verdict != ODD_WALK_FRAGMENT)
		return verdict;
	verdict = odd_walk_found(c, &w, &h, p);
	return verdict ? verdict : odd_walk_payload(c, &h, length, p);
}

void native__frame(struct native *n, __u64 time_ns, const __u8 *frame, __u32 length)
{
	struct odd_cursor c = {.start = frame, .pos = frame, .end = frame + length};
	struct odd_headers h;
	struct odd_packet p;
	int verdict = odd_walk_common(&c, &n->ports, n->tunnels, &h);

	if (verdict == ODD_WALK_OTHER)
		return;
	if (verdict == ODD_WALK_ENCRYPTED) {
		take_common_connection(n, &c);
		return;
	}
	if (verdict == ODD_WALK_DNS)
		verdict = odd_walk_common_payload(&c, &h, length, &p);
	else
		verdict = walk_all(n, &c, length, &p);
	if (verdict == ODD_WALK_OTHER || verdict == ODD_WALK_ENCRYPTED ||
	    verdict == ODD_WALK_ENCRYPTED_CUT)
		return;
	n->u.event.time_ns = time_ns;
	if (verdict == ODD_WALK_DNS) {
		take(n, &p, frame);
		return;
	}
	if (verdict >= (int)ODD_DROP_FIRST_UNPARSABLE)
		n->counters.packets[ODD_HOOK_XDP]++;
	n->counters.drops[verdict]++;
}
