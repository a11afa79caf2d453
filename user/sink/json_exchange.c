// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON Lines of exchanges, flows and episodes. jansson took 6.8 us for an exchange (34 values
 * allocated, hashed and freed), more than all stages before it together, so these have an emitter
 * of their own, at an eighth of that. It can be small because the names of fields are ours and
 * texts are printable ASCII already: '"' and '\' need care, and for safety's sake everything that
 * is not printable.
 */
#include "json.h"

#include "base/digits.h"
#include "base/text.h"
#include "dns/codes.h"

#include <string.h>

/* A line in the making; most fit. Those with many records go out piece by piece. */
#define PIECE_BYTES 8192

struct line {
	FILE *out;
	size_t gone; /* bytes that went out before */
	size_t length;
	char text[PIECE_BYTES];
};

/*
 * Two bytes of a message can point to a name of 255, which as JSON may be 1270: a message of 4 KB
 * would make a line of 1.6 MB. So a list of records ends when its text is so long, which honest
 * records do not reach: a record takes 12 bytes and its data, and 65 characters, its data and its
 * name, so that 16 characters a byte are a name of 127 in each.
 * @bytes: captured of the message
 */
#define RECORDS_TEXT(bytes) (4096 + 16 * (bytes))

static void put_out(struct line *line)
{
	fwrite_unlocked(line->text, 1, line->length, line->out);
	line->gone += line->length;
	line->length = 0;
}

static void put_bytes(struct line *line, const char *bytes, size_t n)
{
	if (n > sizeof(line->text) - line->length)
		put_out(line);
	if (n > sizeof(line->text)) {
		fwrite_unlocked(bytes, 1, n, line->out);
		line->gone += n;
		return;
	}
	memcpy(line->text + line->length, bytes, n);
	line->length += n;
}

static void put_char(struct line *line, char c)
{
	put_bytes(line, &c, 1);
}

/* RFC 8259 section 7. */
static void put_escaped(struct line *line, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char unicode[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 0xf]};
	const char pair[] = {'\\', (char)c};

	if (c == '"' || c == '\\')
		put_bytes(line, pair, sizeof(pair));
	else
		put_bytes(line, unicode, sizeof(unicode));
}

static void put_string(struct line *line, const char *text)
{
	const char *run = text;

	put_char(line, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
			continue;
		put_bytes(line, run, (size_t)(text - run));
		put_escaped(line, c);
		run = text + 1;
	}
	put_bytes(line, run, (size_t)(text - run));
	put_char(line, '"');
}

static void put_integer(struct line *line, int64_t number)
{
	char digits[1 + DIGITS_NUMBER_MAX]; /* with a sign */
	uint64_t magnitude = number < 0 ? -(uint64_t)number : (uint64_t)number;
	char *end = digits;

	if (number < 0)
		*end++ = '-';
	end = digits_number(end, magnitude);
	put_bytes(line, digits, (size_t)(end - digits));
}

static void put_list(struct line *line, const struct field_value *value)
{
	put_char(line, '[');
	for (unsigned i = 0; i < value->item_count; i++) {
		if (i > 0)
			put_char(line, ',');
		put_string(line, value->items[i]);
	}
	put_char(line, ']');
}

/* A key of an object behind its first one. */
static void put_key(struct line *line, const char *key)
{
	put_bytes(line, ",\"", 2);
	put_bytes(line, key, strlen(key));
	put_bytes(line, "\":", 2);
}

static void put_optional(struct line *line, const char *text)
{
	if (text)
		put_string(line, text);
	else
		put_bytes(line, "null", 4);
}

static void put_errors(struct line *line, const struct dns_edns *edns)
{
	char text[FIELD_TEXT_MAX];

	put_char(line, '[');
	for (unsigned i = 0; i < edns->ede_count; i++) {
		const struct dns_ede *ede = &edns->ede[i];

		put_bytes(line, i ? ",{" : "{", i ? 2 : 1);
		put_bytes(line, "\"code\":", 7);
		put_integer(line, ede->code);
		put_key(line, "name");
		put_optional(line, dns_ede_name(ede->code));
		put_key(line, "text");
		put_string(line, text_printable((const char *)ede->text, ede->text_length, text,
						sizeof(text)));
		put_char(line, '}');
	}
	put_char(line, ']');
}

static void put_record(struct line *line, const struct field_records *records,
		       const struct dns_record *record)
{
	const struct dns_bytes *bytes = &records->reader.bytes;
	char text[DNS_RDATA_TEXT_MAX], code[DNS_CODE_TEXT_MAX];

	put_char(line, '{');
	if (records->named_sections) {
		put_bytes(line, "\"section\":", 10);
		put_string(line, dns_section_name(records->opcode, record->section));
		put_char(line, ',');
	}
	put_bytes(line, "\"name\":", 7);
	put_optional(line, field_record_owner(bytes, record, text));
	put_key(line, "type");
	put_string(line, dns_type_text(record->type, code));
	put_key(line, "class");
	put_string(line, dns_class_text(record->class, code));
	put_key(line, "ttl");
	put_integer(line, record->ttl);
	put_key(line, "rdata");
	dns_rdata_text(bytes, record, text);
	put_string(line, text);
	put_char(line, '}');
}

static void put_records(struct line *line, const struct field_records *shown)
{
	struct field_records records = *shown;
	struct dns_record record;
	const char *separator = "";
	size_t end = line->gone + line->length + RECORDS_TEXT(records.reader.bytes.length);

	put_char(line, '[');
	while (line->gone + line->length < end && field_records__next(&records, &record)) {
		put_bytes(line, separator, strlen(separator));
		put_record(line, &records, &record);
		separator = ",";
	}
	put_char(line, ']');
}

static void put_value(struct line *line, enum field_type type, const struct field_value *value)
{
	char buf[TEXT_TIME_MAX];

	if (!value->known) {
		put_bytes(line, "null", 4);
		return;
	}
	switch (type) {
	case FIELD_TYPE_TIME:
		put_string(line, text_time(value->number, buf));
		break;
	case FIELD_TYPE_DURATION:
	case FIELD_TYPE_INTEGER:
		put_integer(line, value->number);
		break;
	case FIELD_TYPE_STRING:
		put_string(line, value->text);
		break;
	case FIELD_TYPE_LIST:
		put_list(line, value);
		break;
	case FIELD_TYPE_FLAG:
		put_bytes(line, value->number ? "true" : "false", value->number ? 4 : 5);
		break;
	case FIELD_TYPE_ERRORS:
		put_errors(line, value->edns);
		break;
	case FIELD_TYPE_RECORDS:
		put_records(line, &value->records);
		break;
	}
}

void json_exchange(FILE *out, const struct json_names *names, const struct exchange *exchange)
{
	static const char start[] = "{\"type\":\"exchange\"";
	struct field_value value;
	struct line line;

	line.out = out;
	line.gone = 0;
	line.length = 0;
	put_bytes(&line, start, sizeof(start) - 1);
	for (size_t i = 0; i < FIELDS; i++) {
		put_key(&line, fields[i].name);
		fields[i].get(exchange, &names->exchange, &value);
		put_value(&line, fields[i].type, &value);
	}
	put_bytes(&line, "}\n", 2);
	put_out(&line);
}

/* Fields that are of the response, or of the query's message when there is no response. */
static bool is_of_response(enum field_id field)
{
	switch (field) {
	case FIELD_RCODE:
	case FIELD_LATENCY:
	case FIELD_WAIT:
	case FIELD_FLAGS:
	case FIELD_ANCOUNT:
	case FIELD_NSCOUNT:
	case FIELD_ARCOUNT:
		return true;
	default:
		return field >= FIELD_VERDICT;
	}
}

/* What is shown of the exchange in a flow's own words. */
static bool is_of_flow(enum field_id field)
{
	return field < FIELD_PROTO || field == FIELD_QUERY_BYTES || field == FIELD_RESPONSE_BYTES ||
	       field == FIELD_MESSAGES;
}

static void put_flow_fields(struct line *line, const struct flow *flow)
{
	bool hides = flow->direction == FLOW_QUERY && flow->exchange->has_response;
	struct field_value value;

	for (int i = 0; i < FIELDS; i++) {
		if (is_of_flow((enum field_id)i))
			continue;
		put_key(line, fields[i].name);
		if (hides && is_of_response((enum field_id)i))
			field_set_none(&value);
		else
			fields[i].get(flow->exchange, flow->names, &value);
		put_value(line, fields[i].type, &value);
	}
}

static void put_end(struct line *line, const char *key, const uint8_t addr[16])
{
	char address[TEXT_ADDRESS_MAX];

	put_key(line, key);
	put_string(line, text_address(addr, address));
}

static void put_number(struct line *line, const char *key, uint64_t number)
{
	put_key(line, key);
	put_integer(line, (int64_t)number);
}

void json_flow(FILE *out, const struct flow *flow)
{
	static const char start[] = "{\"type\":\"flow\"";
	char time[TEXT_TIME_MAX];
	struct line line;

	line.out = out;
	line.gone = 0;
	line.length = 0;
	put_bytes(&line, start, sizeof(start) - 1);
	put_key(&line, "time");
	put_string(&line, text_time(flow_time(flow), time));
	put_key(&line, "end");
	put_string(&line, text_time(flow_end(flow), time));
	put_end(&line, "src", flow_source(flow));
	put_number(&line, "src_port", flow_source_port(flow));
	put_end(&line, "dst", flow_destination(flow));
	put_number(&line, "dst_port", flow_destination_port(flow));
	put_key(&line, "direction");
	put_string(&line, flow_direction_name(flow->direction));
	put_number(&line, "packets", flow_packets(flow));
	put_number(&line, "bytes", flow_bytes(flow));
	put_flow_fields(&line, flow);
	put_bytes(&line, "}\n", 2);
	put_out(&line);
}

static void put_addresses(struct line *line, const uint8_t (*addresses)[16], unsigned count)
{
	char buf[TEXT_ADDRESS_MAX];

	put_char(line, '[');
	for (unsigned i = 0; i < count; i++) {
		if (i > 0)
			put_char(line, ',');
		put_string(line, text_address(addresses[i], buf));
	}
	put_char(line, ']');
}

static void put_types(struct line *line, const struct episode *episode)
{
	char buf[DNS_CODE_TEXT_MAX];

	put_char(line, '[');
	for (unsigned i = 0; i < episode->type_count; i++) {
		if (i > 0)
			put_char(line, ',');
		put_string(line, dns_type_text(episode->types[i], buf));
	}
	put_char(line, ']');
}

static void put_protocols(struct line *line, const struct episode *episode)
{
	static const char *const lists[2][2] = {{"[]", "[\"tcp\"]"},
						{"[\"udp\"]", "[\"udp\",\"tcp\"]"}};
	const char *list = lists[episode->over_udp][episode->over_tcp];

	put_bytes(line, list, strlen(list));
}

void json_episode(FILE *out, const struct episode *episode)
{
	static const char start[] = "{\"type\":\"episode\"";
	char time[TEXT_TIME_MAX], address[TEXT_ADDRESS_MAX], code[DNS_CODE_TEXT_MAX];
	char name[DNS_NAME_TEXT_MAX];
	struct line line = {.out = out};

	put_bytes(&line, start, sizeof(start) - 1);
	put_key(&line, "time");
	put_string(&line, text_time(episode->time_ns, time));
	put_key(&line, "client");
	put_string(&line, text_address(episode->client, address));
	put_key(&line, "qname");
	dns_name_text(episode->qname, episode->qname_length, name);
	put_string(&line, name);
	put_key(&line, "qtypes");
	put_types(&line, episode);
	put_key(&line, "outcome");
	put_string(&line, episode_outcome_name(episode->outcome));
	put_key(&line, "rcode");
	put_optional(&line,
		     episode->has_rcode ? dns_rcode_text((uint16_t)episode->rcode, code) : NULL);
	put_key(&line, "wait_ns");
	put_integer(&line, episode->wait_ns);
	put_key(&line, "attempts");
	put_integer(&line, episode->attempts);
	put_key(&line, "exchanges");
	put_integer(&line, episode->exchanges);
	put_key(&line, "servers");
	put_addresses(&line, episode->servers, episode->server_count);
	put_key(&line, "protos");
	put_protocols(&line, episode);
	put_key(&line, "truncated");
	put_bytes(&line, episode->was_truncated ? "true" : "false", episode->was_truncated ? 4 : 5);
	put_bytes(&line, "}\n", 2);
	put_out(&line);
}
