// SPDX-License-Identifier: GPL-2.0-or-later
/* Fragments as a test says them, and the messages that come of them. */
#include "fragments_fixture.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* No two units of 8 bytes of one message are alike, and no two messages. */
uint8_t fixture_byte(uint32_t id, uint32_t i)
{
	return (uint8_t)(i * 31 + (i >> 8) * 7 + id * 101);
}

static void set_header(struct odd_event *event, const struct fragment *f)
{
	static const uint8_t src[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1};
	static const uint8_t dst[16] = {[10] = 0xff, [11] = 0xff, [12] = 198, [13] = 51, [15] = 7};

	*event = (struct odd_event){.time_ns = EPOCH + f->at_ns,
				    .uid = ODD_NO_UID,
				    .ifindex = f->ifindex,
				    .tunnel = f->tunnel & 0xf,
				    .tunnel_id = f->tunnel_id,
				    .identification = f->id,
				    .protocol = IPPROTO_UDP,
				    .hook = ODD_HOOK_TC_INGRESS,
				    .flags = ODD_EVENT_FRAGMENT | f->flags};
	memcpy(event->src, src, sizeof(src));
	memcpy(event->dst, dst, sizeof(dst));
	event->captured_bytes = (uint16_t)(f->bytes - f->missing);
	if (f->missing)
		event->flags |= ODD_EVENT_CUT;
	if (f->flags & ODD_EVENT_LATER) {
		event->fragment_offset = (uint16_t)(f->start / 8 + 1);
		event->message_bytes = (uint16_t)f->bytes;
		return;
	}
	event->message_bytes = f->message;
	event->src_port = 53;
	event->dst_port = (uint16_t)(1024 + f->id);
	event->vlan[0] = 7;
}

struct odd_event *fixture_event(const struct fragment *f)
{
	uint32_t there = f->bytes - f->missing;
	struct odd_event *event = malloc(sizeof(*event) + there);

	if (!event)
		abort();
	set_header(event, f);
	for (uint32_t i = 0; i < there; i++)
		event->payload[i] = fixture_byte(f->id, f->start + i) ^ f->salt;
	return event;
}

void fixture_hear(void *context, const struct odd_event *message)
{
	struct heard *heard = context;
	struct handed *handed;

	if (heard->count == heard->room) {
		heard->room = heard->room ? heard->room * 2 : 16;
		heard->messages = realloc(heard->messages, heard->room * sizeof(*handed));
	}
	if (!heard->messages)
		abort();
	handed = &heard->messages[heard->count++];
	handed->event = *message;
	handed->payload = malloc(message->captured_bytes + 1U);
	if (!handed->payload)
		abort();
	memcpy(handed->payload, message->payload, message->captured_bytes);
}

void fixture_forget(struct heard *heard)
{
	for (uint32_t i = 0; i < heard->count; i++)
		free(heard->messages[i].payload);
	free(heard->messages);
	*heard = (struct heard){0};
}
