// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is small or mostly the same is packed into one number, what is mostly absent or follows
 * from another column is NULL, which takes a byte: so a row takes some 110 bytes.
 */
#include "encode.h"

#include "dns/codes.h"

#include <string.h>

struct cell encode_address(const uint8_t address[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		return cell_bytes(address + 12, 4);
	return cell_bytes(address, 16);
}

static struct cell cell_if(bool known, int64_t number)
{
	return (struct cell){.type = known ? CELL_NUMBER : CELL_NULL, .number = number};
}

/* --- records --- */

/* The bytes of a record, as many of them as were captured. */
static uint8_t *put_record(uint8_t *to, const struct dns_bytes *bytes,
			   const struct dns_record *record)
{
	size_t end = record->rdata + record->rdlength;

	if (end > bytes->length)
		end = bytes->length;
	return mempcpy(to, bytes->data + record->owner, end - record->owner);
}

/*
 * The answer's first record, if it is kept, and OPT. What precedes the first one is header and
 * question, so its pointers stay good; OPT has no names. One with an owner is none (RFC 6891
 * section 6.1.2).
 */
static uint8_t *trim(const struct dns_bytes *bytes, struct dns_records reader, bool first,
		     uint8_t *to)
{
	struct dns_record record;

	for (bool begun = false; dns_records__next(&reader, &record); begun = true) {
		if (!begun && first && record.section == DNS_SECTION_ANSWER) {
			to = put_record(to, bytes, &record);
		} else if (record.type == DNS_TYPE_OPT && bytes->data[record.owner] == 0) {
			to = put_record(to, bytes, &record);
			break;
		}
	}
	return to;
}

/* What is left of the message is no longer than it was, without id and flags. */
static struct cell records_cell(const struct item_exchange *item, struct row *row)
{
	const struct item_head *head = &item->head;
	const struct dns_message counts = {
		.records = head->records,
		.ancount = item->exchange.ancount,
		.nscount = item->exchange.nscount,
		.arcount = item->exchange.arcount,
	};
	const struct dns_bytes bytes = {
		.data = item->data + item->exchange.qname_length,
		.length = head->captured_bytes,
		.message_length = head->message_bytes,
	};
	size_t from = head->questions ? STORE_COUNTS_AT : head->records;
	size_t length = bytes.length - from;
	uint8_t *end = row->trimmed;

	if (!head->records)
		return (struct cell){0};
	if (head->keep == KEEP_ALL)
		return cell_bytes(bytes.data + from,
				  length > STORE_RECORDS_MAX ? STORE_RECORDS_MAX : length);
	end = mempcpy(end, bytes.data + from, head->records - from);
	end = trim(&bytes, dns_records_of(&bytes, &counts), head->keep == KEEP_FIRST, end);
	return cell_bytes(end > row->trimmed ? row->trimmed : NULL, (size_t)(end - row->trimmed));
}

/* --- the rest --- */

static int64_t kind_of(const struct item_exchange *item)
{
	const struct item_head *head = &item->head;
	int64_t kind = kind_pack(&item->exchange) | (int64_t)head->keep << KIND_KEEP_SHIFT |
		       (int64_t)head->verdict << KIND_VERDICT_SHIFT;

	if (head->records && head->has_opt && head->keep != KEEP_ALL)
		kind |= KIND_HAS_OPT;
	kind |= head->questions ? KIND_HAS_QUESTIONS : 0;
	return kind;
}

static void put_header(const struct exchange *e, struct cell *cells)
{
	cells[ROW_CLIENT_PORT] = cell_number(e->client_port);
	cells[ROW_SERVER_PORT] = cell_number(e->server_port);
	cells[ROW_DNS_ID] = cell_number(e->id);
	cells[ROW_FLAGS] = cell_number(e->flags);
	cells[ROW_RCODE] = cell_if(e->has_response, e->rcode);
	cells[ROW_ANCOUNT] = cell_number(e->ancount);
	cells[ROW_NSCOUNT] = cell_number(e->nscount);
	cells[ROW_ARCOUNT] = cell_number(e->arcount);
	cells[ROW_QTYPE] = cell_if(e->qname_length > 0, e->qtype);
	cells[ROW_QCLASS] = cell_if(e->qname_length > 0, e->qclass);
	cells[ROW_RETRY_OF] = cell_if(e->is_retry, e->retry_of);
}

static void put_measures(const struct exchange *e, struct cell *cells)
{
	cells[ROW_TRIES] = cell_number(e->tries);
	cells[ROW_LATENCY] = cell_if(e->has_latency, e->latency_ns);
	cells[ROW_WAIT] = cell_if(e->has_latency && e->wait_ns != e->latency_ns, e->wait_ns);
	cells[ROW_QUERY_BYTES] = cell_if(e->has_query, e->query_bytes);
	cells[ROW_RESPONSE_BYTES] = cell_if(e->has_response, (int64_t)e->response_bytes);
	cells[ROW_MESSAGES] = cell_if(e->messages != e->has_response, e->messages);
}

void encode_exchange(const struct item_exchange *item, const struct privacy *privacy, bool names,
		     struct row *ret)
{
	const struct exchange *e = &item->exchange;
	struct cell *cells = ret->cells;

	ret->exchange = e;
	memcpy(ret->client, e->client, sizeof(ret->client));
	privacy__client(privacy, ret->client);
	cells[ROW_ID] = cells[ROW_TIME] = cells[ROW_ORIGIN] = (struct cell){0};
	cells[ROW_CLIENT] = encode_address(ret->client);
	cells[ROW_SERVER] = encode_address(e->server);
	put_header(e, cells);
	put_measures(e, cells);
	cells[ROW_KIND] = cell_number(kind_of(item));
	cells[ROW_QNAME] = (struct cell){0};
	if (names && e->qname_length > 0) {
		ret->qname_length = dns_name_text(item->data, e->qname_length, ret->qname);
		cells[ROW_QNAME] = (struct cell){
			.type = CELL_TEXT, .length = (int)ret->qname_length, .bytes = ret->qname};
	}
	cells[ROW_RECORDS] = records_cell(item, ret);
}
