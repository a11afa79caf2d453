// SPDX-License-Identifier: GPL-2.0-or-later
/* From the table's entries and messages to the records that are delivered. */
#include "record.h"

#include "dns/records.h"

#include <string.h>

/* Who sent the query, or the tunnel it came through: one or the other. */
static void report_origin(const struct entry *entry, struct exchange *ret)
{
	if (entry->tunnel != ODD_TUNNEL_NONE) {
		ret->tunnel = entry->tunnel;
		ret->tunnel_id = entry->tunnel_id;
		memcpy(ret->outer_src, entry->outer_src, sizeof(ret->outer_src));
		memcpy(ret->outer_dst, entry->outer_dst, sizeof(ret->outer_dst));
		return;
	}
	ret->uid = entry->uid;
	ret->pid = entry->pid;
	ret->cgroup_id = entry->cgroup_id;
	memcpy(ret->comm, entry->comm, sizeof(ret->comm));
}

void record_entry(const struct entry *entry, struct exchange *ret)
{
	*ret = (struct exchange){
		.time_ns = (int64_t)entry->first_ns,
		.latency_ns = -1,
		.wait_ns = -1,
		.client_port = entry->key.client_port,
		.server_port = entry->key.server_port,
		.protocol = entry->key.protocol,
		.ifindex = entry->ifindex,
		.id = entry->key.id,
		.flags = entry->flags,
		.has_query = true,
		.recursion_desired = entry->flags & DNS_FLAG_RD,
		.ancount = entry->ancount,
		.nscount = entry->nscount,
		.arcount = entry->arcount,
		.tries = entry->tries,
		.query_bytes = entry->query_bytes,
		.qtype = entry->qtype,
		.qclass = entry->qclass,
		.qname_length = entry->name_length,
		.qname = entry->name,
		.uid = ODD_NO_UID,
	};
	memcpy(ret->client, entry->key.client, sizeof(ret->client));
	memcpy(ret->server, entry->key.server, sizeof(ret->server));
	memcpy(ret->vlan, entry->vlan, sizeof(ret->vlan));
	report_origin(entry, ret);
}

static void report_message(const struct odd_event *event, const struct dns_message *message,
			   struct exchange *ret)
{
	ret->end_ns = (int64_t)event->time_ns;
	ret->has_response = true;
	ret->flags = message->flags;
	ret->rcode = message->rcode;
	ret->ancount = message->ancount;
	ret->nscount = message->nscount;
	ret->arcount = message->arcount;
	ret->response_bytes = event->message_bytes;
	ret->messages = 1;
	ret->message = message;
	ret->bytes =
		(struct dns_bytes){event->payload, event->captured_bytes, event->message_bytes};
	if (ret->qname_length || !message->has_question)
		return;
	ret->qname_length = message->qname.length;
	ret->qname = message->qname.wire;
	ret->qtype = message->qtype;
	ret->qclass = message->qclass;
}

void record_response(const struct entry *entry, const struct odd_event *event,
		     const struct dns_message *message, struct exchange *ret)
{
	report_message(event, message, ret);
	/* of LLMNR the query went to a group */
	memcpy(ret->server, event->src, sizeof(ret->server));
	ret->has_latency = true;
	ret->latency_ns = ret->end_ns - (int64_t)entry->last_ns;
	ret->wait_ns = ret->end_ns - ret->time_ns;
}

void record_transfer(const struct entry *entry, struct exchange *ret)
{
	const struct entry_transfer *transfer = entry_store__transfer(entry);

	record_entry(entry, ret);
	ret->state = transfer->is_late ? EXCHANGE_LATE : EXCHANGE_ANSWERED;
	ret->cause = transfer->is_late ? CAUSE_LATE : CAUSE_UNKNOWN;
	ret->end_ns = (int64_t)entry->last_ns;
	ret->has_response = true;
	ret->has_latency = true;
	ret->latency_ns = (int64_t)(transfer->response_ns - transfer->sent_ns);
	ret->wait_ns = (int64_t)(transfer->response_ns - entry->first_ns);
	ret->rcode = transfer->rcode;
	ret->recursion_desired = transfer->recursion_desired;
	ret->response_bytes = transfer->bytes;
	ret->messages = transfer->messages;
}

/* What a message alone tells, of the query's or of the response's side. */
static void report_alone(const struct odd_event *event, const struct dns_message *message,
			 bool is_response, struct exchange *ret)
{
	*ret = (struct exchange){
		.time_ns = (int64_t)event->time_ns,
		.latency_ns = -1,
		.wait_ns = -1,
		.client_port = is_response ? event->dst_port : event->src_port,
		.server_port = is_response ? event->src_port : event->dst_port,
		.protocol = event->protocol,
		.ifindex = event->ifindex,
		.id = message->id,
		.recursion_desired = message->flags & DNS_FLAG_RD,
		.uid = ODD_NO_UID,
	};
	memcpy(ret->client, is_response ? event->dst : event->src, sizeof(ret->client));
	memcpy(ret->server, is_response ? event->src : event->dst, sizeof(ret->server));
	memcpy(ret->vlan, event->vlan, sizeof(ret->vlan));
	if (event->tunnel != ODD_TUNNEL_NONE) {
		ret->tunnel = event->tunnel;
		ret->tunnel_id = event->tunnel_id;
		memcpy(ret->outer_src, event->outer_src, sizeof(ret->outer_src));
		memcpy(ret->outer_dst, event->outer_dst, sizeof(ret->outer_dst));
	}
	report_message(event, message, ret);
}

void record_orphan(const struct odd_event *event, const struct dns_message *message,
		   struct exchange *ret)
{
	report_alone(event, message, true, ret);
	ret->state = EXCHANGE_ORPHAN;
}

/* The topmost bit of a class: "answer me alone" in a question, "forget others" in a record. */
#define MDNS_CLASS_BIT 0x8000

/* What a response without question is about: its first answer. */
static void report_first_answer(const struct odd_event *event, const struct dns_message *message,
				struct dns_name *name, struct exchange *ret)
{
	const struct dns_bytes bytes = {event->payload, event->captured_bytes,
					event->message_bytes};
	struct dns_records records = dns_records_of(&bytes, message);
	struct dns_record record;
	size_t next;

	if (!dns_records__next(&records, &record) || record.section != DNS_SECTION_ANSWER ||
	    dns_name_read(&bytes, record.owner, name, &next) != DNS_NAME_OK)
		return;
	dns_name_lower(name->wire, name->length, name->wire);
	ret->qname = name->wire;
	ret->qname_length = name->length;
	ret->qtype = record.type;
	ret->qclass = record.class;
}

/* A query has what all queries have, but for a response that could be awaited. */
static void report_multicast_query(const struct odd_event *event, struct exchange *ret)
{
	ret->has_query = true;
	ret->has_response = false;
	ret->rcode = 0;
	ret->tries = 1;
	ret->query_bytes = event->message_bytes;
	ret->response_bytes = 0;
	ret->messages = 0;
	if (event->tunnel != ODD_TUNNEL_NONE)
		return;
	ret->uid = event->uid;
	ret->pid = event->pid;
	ret->cgroup_id = event->cgroup_id;
	memcpy(ret->comm, event->comm, sizeof(ret->comm));
}

void record_multicast(const struct odd_event *event, const struct dns_message *message,
		      struct dns_name *name, struct exchange *ret)
{
	bool is_response = message->flags & DNS_FLAG_QR;

	report_alone(event, message, is_response, ret);
	ret->state = EXCHANGE_MULTICAST;
	if (!is_response)
		report_multicast_query(event, ret);
	if (!ret->qname_length)
		report_first_answer(event, message, name, ret);
	ret->qclass &= (uint16_t)~MDNS_CLASS_BIT;
}
