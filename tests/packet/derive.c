// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules by which rows are made of rows. */
#include "derive.h"

#include <string.h>

#define TAG_BYTES 4
#define UDP	  17
#define DNS_BYTES 12

bool packet_derive_tagged(const struct packet_row *row, struct packet_row *ret_row)
{
	static const struct packet_tag tags[] = {
		{0x88a8, 0x6000 | 201}, {0x8100, 202}, {0x9100, 203}, {0x8100, 0x1000 | 204}};
	static const uint16_t vlan[ODD_VLANS_MAX] = {201, 202, 203, 204};
	static const uint16_t none[ODD_VLANS_MAX];

	if (row->packet.tags[0].type)
		return false;
	*ret_row = *row;
	memcpy(ret_row->packet.tags, tags, sizeof(tags));
	if (row->packet.frame_bytes)
		ret_row->packet.frame_bytes += 4 * TAG_BYTES;
	if (row->packet.padded_to)
		ret_row->packet.padded_to += 4 * TAG_BYTES;
	if (row->event.src && memcmp(row->event.vlan, none, sizeof(none)) == 0)
		memcpy(ret_row->event.vlan, vlan, sizeof(vlan));
	return true;
}

/* Does one of its IP headers leave its length to the frame, or claim what is not there? */
static bool ends_with_frame(const struct packet *p)
{
	for (const struct packet_layer *l = p->outer; l && l->kind; l++)
		if (l->length)
			return true;
	return p->total || p->frame_bytes;
}

bool packet_derive_padded(const struct packet_row *row, unsigned bytes, struct packet_row *ret_row)
{
	if (ends_with_frame(&row->packet) && row->packet.padded_to == 0)
		return false;
	*ret_row = *row;
	if (row->packet.padded_to < bytes)
		ret_row->packet.padded_to = bytes;
	return true;
}

/* No event, but this reason. */
static bool drop(struct packet_row *row, int fate)
{
	memset(&row->event, 0, sizeof(row->event));
	row->fate = fate;
	row->server = NULL;
	row->any_server = false;
	return true;
}

static bool is_datagram(const struct packet_event *event)
{
	return event->protocol == UDP && !(event->flags & ODD_EVENT_LATER);
}

static bool is_quoted(const struct packet_event *event)
{
	return event->flags & ODD_EVENT_QUOTED;
}

static unsigned bytes_here(const struct packet_event *event)
{
	return event->here ? event->here : event->bytes;
}

/* The frame holds no more than so many bytes of the payload. */
static bool hold(struct packet_row *row, unsigned there)
{
	struct packet_event *event = &row->event;
	unsigned before = event->there ? event->there : bytes_here(event);

	if (there >= before)
		return true;
	if (is_datagram(event) && there < DNS_BYTES)
		return drop(row, is_quoted(event) ? ODD_DROP_ICMP_SHORT : ODD_DROP_DNS_SHORT);
	event->there = there;
	row->any_server = event->protocol != UDP;
	return there > 0; /* nothing of a segment: no rule */
}

/* What the walk says of a frame that ends within this piece. */
static int reason_of(unsigned kind)
{
	switch (kind) {
	case PACKET_ETHERNET:
	case PACKET_CONTROL:
	case PACKET_MPLS:
	case PACKET_PPPOE:
		return ODD_DROP_LINK_SHORT;
	case PACKET_IP4:
	case PACKET_IP6:
		return ODD_DROP_IP_HEADER;
	case PACKET_UDP:
	case PACKET_TCP:
	case PACKET_ICMP:
	case PACKET_ICMP6:
		return ODD_DROP_L4_SHORT;
	default:
		return ODD_DROP_TUNNEL_HEADER;
	}
}

/* The piece in which a byte lies. */
static unsigned piece_at(const struct packet_layout *layout, unsigned byte)
{
	unsigned n = 0;

	while (n + 1 < layout->count && layout->piece[n + 1].at <= byte)
		n++;
	return n;
}

/* Is it followed to the message, and does nothing end where the frame does? */
static bool is_followed(const struct packet_row *row)
{
	return row->event.src && row->packet.total != PACKET_ZERO;
}

static unsigned payload_at(const struct packet_row *row, const struct packet_layout *layout)
{
	return row->event.flags & ODD_EVENT_LATER ? layout->piece[layout->count - 1].at
						  : layout->payload;
}

bool packet_derive_cut(const struct packet_row *row, const struct packet_layout *layout,
		       unsigned bytes, struct packet_row *ret_row)
{
	unsigned payload = payload_at(row, layout);
	unsigned piece = piece_at(layout, bytes);

	if (!is_followed(row) || row->packet.frame_bytes || row->packet.tcp_options)
		return false;
	*ret_row = *row;
	ret_row->packet.frame_bytes = bytes;
	if (bytes >= payload && row->event.bytes)
		return hold(ret_row, bytes - payload);
	if (bytes >= payload)
		return true;
	/* nothing of what is below MPLS: its kind is not known */
	if (layout->piece[piece].at == bytes && layout->piece[piece - 1].kind == PACKET_MPLS)
		return drop(ret_row, ODD_DROP_LINK_SHORT);
	return drop(ret_row, reason_of(layout->piece[piece].kind));
}

/* Does a row say itself how long something is? */
static bool has_own_lengths(const struct packet *p)
{
	for (const struct packet_layer *l = p->outer; l && l->kind; l++)
		if (l->length)
			return true;
	return p->total || p->udp_length || p->frame_bytes || p->payload_bytes || p->padded_to ||
	       p->data_offset;
}

static bool derive_wrong_udp(struct packet_row *row, int by)
{
	int bytes = (int)row->event.bytes + by;

	if (row->event.protocol != UDP || row->event.flags)
		return false;
	if (by > 0 || bytes < -8)
		return drop(row, ODD_DROP_UDP_LENGTH);
	if (bytes < DNS_BYTES)
		return drop(row, bytes < 0 ? ODD_DROP_UDP_LENGTH : ODD_DROP_DNS_SHORT);
	row->event.bytes = (unsigned)bytes;
	row->any_server = true; /* its bytes are no longer those of the message */
	return true;
}

static bool derive_wrong_ip(struct packet_row *row, int by)
{
	struct packet_event *event = &row->event;
	int bytes = (int)event->bytes + by;

	if (is_datagram(event))
		return by > 0 || drop(row, ODD_DROP_UDP_LENGTH);
	if (bytes <= 0 || !event->bytes)
		return false;
	if (by > 0)
		event->there = event->bytes;
	event->bytes = (unsigned)bytes;
	row->any_server = true;
	return true;
}

/* The lengths of what is quoted are not held against anything. */
static bool derive_wrong_quoted(struct packet_row *row, unsigned kind, int by)
{
	struct packet_event *event = &row->event;

	if (kind != PACKET_UDP)
		return true;
	if (by > 0)
		event->there = event->bytes;
	event->bytes += (unsigned)by;
	return (int)event->bytes >= DNS_BYTES || drop(row, ODD_DROP_ICMP_SHORT);
}

bool packet_derive_wrong(const struct packet_row *row, const struct packet_layout *layout,
			 unsigned piece, int by, struct packet_row *ret_row)
{
	unsigned kind = layout->piece[piece].kind, behind = layout->count - piece;
	int there = (int)bytes_here(&row->event) + by;

	if (!is_followed(row) || has_own_lengths(&row->packet))
		return false;
	*ret_row = *row;
	ret_row->packet.wrong = piece;
	ret_row->packet.wrong_by = by;
	if (behind <= 2 && is_quoted(&row->event))
		return derive_wrong_quoted(ret_row, kind, by);
	if (behind == 1)
		return derive_wrong_udp(ret_row, by);
	if (behind == 2)
		return derive_wrong_ip(ret_row, by);
	if (kind != PACKET_IP4 && kind != PACKET_IP6 && kind != PACKET_UDP && kind != PACKET_PPPOE)
		return false;
	if (by > 0 || !row->event.bytes)
		return by > 0;
	return there > 0 && hold(ret_row, (unsigned)there);
}

/* Tunnels that are entered to come to the message. */
static unsigned count_tunnels(const struct packet_layout *layout)
{
	unsigned n = 0, before = PACKET_NONE;

	for (unsigned i = 0; i < layout->count; i++) {
		unsigned kind = layout->piece[i].kind;
		bool is_ip = kind == PACKET_IP4 || kind == PACKET_IP6;
		bool behind_ip = before == PACKET_IP4 || before == PACKET_IP6;

		n += kind == PACKET_VXLAN || kind == PACKET_GENEVE || kind == PACKET_GTP ||
		     kind == PACKET_GRE || kind == PACKET_PPPOE ||
		     (kind == PACKET_MPLS && before != PACKET_MPLS) || (is_ip && behind_ip);
		before = kind;
	}
	return n;
}

bool packet_derive_tunnels(const struct packet_row *row, const struct packet_layout *layout,
			   unsigned tunnels, struct packet_row *ret_row)
{
	unsigned depth = count_tunnels(layout);

	if (!is_followed(row))
		return false;
	*ret_row = *row;
	if (depth <= tunnels)
		return true;
	return drop(ret_row, tunnels ? (int)ODD_DROP_TUNNEL_DEPTH : PACKET_OTHER);
}
