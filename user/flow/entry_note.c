// SPDX-License-Identifier: GPL-2.0-or-later
/* What an entry remembers of the messages that belong to it. */
#include "entry_note.h"

#include <string.h>

static void note_sender(struct entry *entry, const struct odd_event *event)
{
	entry->uid = event->uid;
	entry->pid = event->pid;
	entry->cgroup_id = event->cgroup_id;
	memcpy(entry->comm, event->comm, sizeof(entry->comm));
}

/* The sender, or the tunnel in its place. */
static void note_origin(struct entry *entry, const struct odd_event *event)
{
	entry->tunnel = event->tunnel;
	entry->tunnel_id = event->tunnel_id;
	if (event->tunnel == ODD_TUNNEL_NONE) {
		note_sender(entry, event);
		return;
	}
	memcpy(entry->outer_src, event->outer_src, sizeof(entry->outer_src));
	memcpy(entry->outer_dst, event->outer_dst, sizeof(entry->outer_dst));
}

/* The sender is known on the egress of its own host only, perhaps at the second hook. */
void entry_note_origin_again(struct entry *entry, const struct odd_event *event)
{
	bool tells = event->tunnel != ODD_TUNNEL_NONE ? entry->uid == ODD_NO_UID
						      : event->uid != ODD_NO_UID;

	if (entry->tunnel == ODD_TUNNEL_NONE && tells)
		note_origin(entry, event);
}

void entry_note_tag(struct entry *entry, const struct odd_event *event)
{
	if (event->vlan[0] && !entry->vlan[0])
		memcpy(entry->vlan, event->vlan, sizeof(entry->vlan));
}

void entry_note_question(struct entry *entry, const struct seen *s)
{
	memcpy(entry->vlan, s->event->vlan, sizeof(entry->vlan));
	note_origin(entry, s->event);
	entry->cause = CAUSE_UNKNOWN;
	memcpy(entry->name, s->message.qname.wire, s->message.qname.length);
	entry->qtype = s->message.qtype;
	entry->qclass = s->message.qclass;
}

void entry_note_sight(struct entry *entry, const struct odd_event *event)
{
	entry->last_ifindex = event->ifindex;
	entry->last_hook = event->hook;
}

static void note_header(struct entry *entry, const struct dns_message *message)
{
	entry->flags = message->flags;
	entry->ancount = message->ancount;
	entry->nscount = message->nscount;
	entry->arcount = message->arcount;
}

void entry_note_transmission(struct entry *entry, const struct seen *s)
{
	entry->last_ns = s->event->time_ns;
	entry->query_bytes = s->event->message_bytes;
	entry_note_sight(entry, s->event);
	note_header(entry, &s->message);
}

void entry_note_transfer(struct entry *entry, const struct seen *s, bool is_late)
{
	*entry_store__transfer(entry) = (struct entry_transfer){
		.sent_ns = entry->last_ns,
		.response_ns = s->event->time_ns,
		.bytes = s->event->message_bytes,
		.messages = 1,
		.rcode = s->message.rcode,
		.is_late = is_late,
		.recursion_desired = entry->flags & DNS_FLAG_RD,
	};
	entry->last_ns = s->event->time_ns;
	entry_note_sight(entry, s->event);
	note_header(entry, &s->message);
}

void entry_note_continued(struct entry *entry, const struct odd_event *event)
{
	struct entry_transfer *transfer = entry_store__transfer(entry);

	transfer->bytes += event->message_bytes;
	if (transfer->messages < UINT32_MAX)
		transfer->messages++;
	/* messages may be read out of order: the end is the latest one's */
	if (event->time_ns > entry->last_ns)
		entry->last_ns = event->time_ns;
	entry_note_sight(entry, event);
}
