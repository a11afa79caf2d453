/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a packet that the walk has found to what is counted and told of it: keys
 * of server_rcode, the parts in which it travels, the fields of their events.
 * Compiled for both sides, as packet.h.
 */
#ifndef ODDNS_EVENT_H
#define ODDNS_EVENT_H

#include "packet.h"

/*
 * Which datagram a fragment belongs to (RFC 791 section 3.2, RFC 8200 section 4.5). Networks in
 * tunnels use each other's addresses.
 */
struct odd_fragment_key {
	__u8 src[16];
	__u8 dst[16];
	__u32 identification;
	__u32 tunnel_id;
};

/* What its first fragment has told of a datagram. */
enum odd_datagram {
	ODD_DATAGRAM_UNKNOWN, /* the first fragment has not come */
	ODD_DATAGRAM_DNS,
	ODD_DATAGRAM_OTHER,
};

_Static_assert(sizeof(struct odd_fragment_key) == 40, "odd_fragment_key: hashed as bytes");

/* Does a packet travel whole, in parts? Else it is a datagram with one message. */
static __always_inline int odd_is_parted(const struct odd_packet *p)
{
	return p->protocol == ODD_IPPROTO_TCP || p->flags & ODD_EVENT_FRAGMENT;
}

/* A place in the chain of length-prefixed messages of a TCP segment (RFC 1035 section 4.2.2). */
struct odd_chain {
	__u32 offset;	/* of the next length prefix, from the start of the frame */
	__u32 end;	/* of the segment's payload as the headers say */
	__u32 captured; /* end of what is in the frame */
	__u32 count;	/* messages so far */
};

static __always_inline void odd_chain_start(const struct odd_packet *p, struct odd_chain *chain)
{
	chain->offset = p->payload_offset;
	chain->end = p->payload_offset + p->payload_bytes;
	chain->captured = p->payload_offset + p->captured_bytes;
	chain->count = 0;
}

/**
 * odd_chain_step() - Go behind the next message.
 * @prefix: the two bytes at chain->offset, host order
 *
 * Return: 1 when a whole message was there, 0 when the segment ends before it does
 */
static __always_inline int odd_chain_step(struct odd_chain *chain, __u16 prefix)
{
	__u32 next = chain->offset + 2 + prefix;

	if (prefix < ODD_DNS_HEADER_BYTES || next > chain->end ||
	    chain->offset + 2 + ODD_DNS_HEADER_BYTES > chain->captured)
		return 0;
	chain->offset = next;
	chain->count++;
	return 1;
}

/**
 * odd_server_key_fill() - Key of server_rcode for a message.
 * @header: the 12 bytes of its DNS header
 *
 * The QR bit, not the port, says who is the server: a query may come from port
 * 53, and a scanner's response goes to it (RFC 1035 section 4.1.1).
 */
static __always_inline void odd_server_key_fill(const struct odd_packet *p, const __u8 *header,
						struct odd_server_key *key)
{
	int is_response = header[2] & 0x80;

	odd_copy16(key->server, is_response ? p->src : p->dst);
	key->rcode = is_response ? (enum odd_rcode)(header[3] & 0xf) : QUERY;
}

/* 224.0.0.0/4, mapped (RFC 5771), and ff00::/8 (RFC 4291 section 2.7) */
static __always_inline int odd_is_multicast(const __u8 *addr)
{
	int is_mapped = !addr[0] && !addr[1] && addr[10] == 0xff && addr[11] == 0xff;

	return addr[0] == 0xff || (is_mapped && (addr[12] & 0xf0) == 0xe0);
}

/**
 * odd_server_key_group() - Let a group stand for the host that responds to all of it.
 *
 * Of multicast DNS each host is a server (RFC 6762 section 6): one key for the group, instead of
 * as many as there are hosts.
 */
static __always_inline void odd_server_key_group(const struct odd_packet *p,
						 struct odd_server_key *key)
{
	if (p->src_port == ODD_PORT_MDNS && odd_is_multicast(p->dst))
		odd_copy16(key->server, p->dst);
}

/*
 * Key of server_rcode for a segment whose messages are not told apart: the server is the side
 * with the DNS port.
 */
static __always_inline void odd_segment_key_fill(const struct odd_packet *p, int to_server,
						 struct odd_server_key *key)
{
	odd_copy16(key->server, to_server ? p->dst : p->src);
	key->rcode = SEGMENT;
}

/**
 * odd_exchange_hash() - The same number for all packets of an exchange, both directions.
 * @upper: first 8 bytes of source and destination address, one xor the other
 * @lower: last 8 bytes, the same way
 * @ports_id: source xor destination port, and above it the id of the DNS header as it lies
 *	there; 0 for TCP, where a connection is one
 *
 * Multiplication mixes upwards, so the upper half is what counts.
 */
static __always_inline __u32 odd_exchange_hash(__u64 upper, __u64 lower, __u32 ports_id, __u64 seed)
{
	__u64 hash = seed ^ ports_id;

	hash = (hash ^ upper) * 0x9e3779b97f4a7c15ULL;
	hash = (hash ^ hash >> 32 ^ lower) * 0x9e3779b97f4a7c15ULL;
	return (__u32)(hash >> 32);
}

/* What of a packet makes one event. */
struct odd_span {
	__u32 offset;	/* from the start of the frame */
	__u32 bytes;	/* message_bytes of the event */
	__u32 here;	/* of these, those that this part has as the headers say */
	__u32 captured; /* and that are in the frame */
	__u32 copied;	/* and that travel */
	__u32 skipped;	/* payload of the packet that stands before this part */
	__u32 more;	/* another part follows */
};

/* The one message of a datagram. @snaplen: how much of it may travel */
static __always_inline void odd_span_datagram(const struct odd_packet *p, __u32 snaplen,
					      struct odd_span *span)
{
	span->offset = p->payload_offset;
	span->bytes = span->here = p->payload_bytes;
	span->captured = p->captured_bytes;
	span->copied = span->captured < snaplen ? span->captured : snaplen;
	span->skipped = 0;
	span->more = 0;
}

/**
 * odd_span_part() - The next part of a packet that travels whole.
 * @skipped: bytes of its payload that have been told before, a multiple of ODD_PART_BYTES
 *
 * Return: 0 when nothing is left; the first part is always there
 */
static __always_inline int odd_span_part(const struct odd_packet *p, __u32 skipped,
					 struct odd_span *span)
{
	__u32 there = p->captured_bytes > skipped ? p->captured_bytes - skipped : 0;
	__u32 left = p->payload_bytes > skipped ? p->payload_bytes - skipped : 0;

	if (skipped && !there)
		return 0;
	span->offset = p->payload_offset + skipped;
	span->more = left > ODD_PART_BYTES;
	span->here = span->more ? ODD_PART_BYTES : left;
	span->captured = span->copied = there < span->here ? there : span->here;
	span->skipped = skipped;
	span->bytes = span->here;
	if (!skipped && (p->flags & (ODD_EVENT_FRAGMENT | ODD_EVENT_LATER)) == ODD_EVENT_FRAGMENT)
		span->bytes = p->datagram_bytes;
	return 1;
}

/* Of a segment the first part only, the rest as if the frame had been cut there. */
static __always_inline void odd_span_curtail(const struct odd_packet *p, struct odd_span *span)
{
	span->here = p->payload_bytes < 0xffff ? p->payload_bytes : 0xffff;
	span->bytes = span->here;
	span->more = 0;
}

/* The parts of a fragment are fragments themselves. */
static __always_inline void odd_event_fill_part(struct odd_event *e, const struct odd_packet *p,
						const struct odd_span *span)
{
	if (span->skipped)
		e->flags |= ODD_EVENT_FOLLOWS;
	if (p->protocol == ODD_IPPROTO_TCP) {
		e->sequence += span->skipped;
		return;
	}
	if (span->more)
		e->flags |= ODD_EVENT_MORE;
	if (!span->skipped)
		return;
	/* the first one's payload begins behind the UDP header, which is one unit */
	e->fragment_offset =
		(__u16)((p->flags & ODD_EVENT_LATER ? p->src_port : 1) + span->skipped / 8);
	e->no_port = 0;
	e->flags |= ODD_EVENT_LATER;
}

/**
 * odd_event_fill() - The fields of an event that come from the packet.
 *
 * Left to the caller: time_ns, ifindex, hook, the sender if there is no tunnel,
 * captured_bytes, payload.
 */
static __always_inline void odd_event_fill(struct odd_event *e, const struct odd_packet *p,
					   const struct odd_span *span)
{
	if (p->tunnel) {
		odd_copy16(e->outer_src, p->outer_src);
		odd_copy16(e->outer_dst, p->outer_dst);
	}
	odd_copy16(e->src, p->src);
	odd_copy16(e->dst, p->dst);
	e->tunnel_id = p->tunnel_id;
	e->sequence = p->sequence;
	e->src_port = p->src_port;
	e->dst_port = p->dst_port;
	odd_copy4((__u8 *)&e->vlan[0], (const __u8 *)&p->vlan[0]);
	odd_copy4((__u8 *)&e->vlan[2], (const __u8 *)&p->vlan[2]);
	e->message_bytes = (__u16)span->bytes;
	e->protocol = p->protocol;
	e->flags = p->flags;
	e->tcp_flags = p->tcp_flags;
	e->tunnel = p->tunnel;
	if (span->captured < span->here)
		e->flags |= ODD_EVENT_CUT;
	if (odd_is_parted(p))
		odd_event_fill_part(e, p, span);
}

#endif
