// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies of what the sensor's thread was given. */
#include "item.h"

#include <string.h>

#define QUESTION_FIXED 4 /* QTYPE and QCLASS (RFC 1035 section 4.1.2) */

/* Are there records to be stored, of those that were captured? */
static bool has_records(const struct exchange *e, const struct item_head *head)
{
	return e->message->records && e->message->records < e->bytes.length &&
	       (head->keep != KEEP_NONE || head->has_opt);
}

/*
 * Can all in front of the records be made again of id, flags and the exchange's question? Names in
 * records may point into the question, and then have its case.
 */
static bool is_usual(const struct exchange *e, const struct item_head *head)
{
	if (e->message->qdcount != 1 || !has_records(e, head))
		return e->message->qdcount == 1;
	if (!e->qname_length ||
	    e->message->records != (uint32_t)(DNS_HEADER_BYTES + e->qname_length + QUESTION_FIXED))
		return false;
	return head->keep == KEEP_NONE ||
	       memcmp(e->bytes.data + DNS_HEADER_BYTES, e->qname, e->qname_length) == 0;
}

static void plan_message(const struct item_policy *policy, const struct exchange *e,
			 struct item_head *head)
{
	bool records;

	head->verdict = (uint8_t)(1 + e->message->verdict);
	head->has_opt = e->message->has_edns && policy->messages;
	if (!policy->messages)
		head->keep = KEEP_NONE;
	records = has_records(e, head);
	head->questions = !is_usual(e, head);
	if (!records && !head->questions)
		return;
	head->records = records ? e->message->records : DNS_HEADER_BYTES;
	head->captured_bytes = records ? (uint32_t)e->bytes.length : DNS_HEADER_BYTES;
	head->message_bytes = (uint32_t)e->bytes.message_length;
}

size_t item_exchange_bytes(const struct item_policy *policy, const struct exchange *exchange,
			   struct item_head *ret_head)
{
	*ret_head = (struct item_head){
		.item = {ITEM_EXCHANGE},
		.keep = (uint8_t)(exchange->keep < policy->records ? exchange->keep
								   : policy->records),
	};
	if (exchange->message)
		plan_message(policy, exchange, ret_head);
	return sizeof(struct item_exchange) + exchange->qname_length + ret_head->captured_bytes;
}

void item_exchange_fill(struct item_exchange *item, const struct item_head *head,
			const struct exchange *exchange)
{
	item->head = *head;
	item->exchange = *exchange;
	if (exchange->qname_length)
		memcpy(item->data, exchange->qname, exchange->qname_length);
	if (head->captured_bytes)
		memcpy(item->data + exchange->qname_length, exchange->bytes.data,
		       head->captured_bytes);
}

size_t item_interval_bytes(const struct store_interval *interval)
{
	return sizeof(struct item_interval) + (interval->group ? strlen(interval->group) + 1 : 0);
}

void item_interval_fill(struct item_interval *item, const struct store_interval *interval)
{
	item->item.kind = ITEM_INTERVAL;
	item->has_group = interval->group != NULL;
	item->baseline_ns = interval->baseline_ns;
	item->interval = *interval->interval;
	memcpy(item->server, interval->server, sizeof(item->server));
	if (interval->group)
		memcpy(item->group, interval->group, strlen(interval->group) + 1);
}

static const char *group_of(const struct item_texts *texts)
{
	return texts->alert->group ? texts->alert->group : "";
}

size_t item_alert_bytes(const struct item_texts *texts)
{
	return sizeof(struct item_alert) + strlen(group_of(texts)) + 1 + strlen(texts->message) +
	       1 + texts->json_length + 1;
}

void item_alert_fill(struct item_alert *item, const struct item_texts *texts)
{
	char *to = item->texts;

	item->item.kind = ITEM_ALERT;
	item->has_group = texts->alert->group != NULL;
	item->alert = *texts->alert;
	to = mempcpy(to, group_of(texts), strlen(group_of(texts)) + 1);
	to = mempcpy(to, texts->message, strlen(texts->message) + 1);
	to = mempcpy(to, texts->json, texts->json_length);
	*to = '\0';
}
