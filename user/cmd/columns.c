// SPDX-License-Identifier: GPL-2.0-or-later
/* Columns of flows and exchanges. */
#include "columns.h"

#include "query.h"

#include "base/log.h"
#include "dns/codes.h"
#include "dns/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Sets of columns, for either kind of row; the last may be long, so it is a name or data. */
static const struct set {
	const char *name;
	const char *exchange;
	const char *flow;
} sets[] = {
	{"default",
	 "time,client,server,dns-latency,dns-rcode,dns-state,dns-qtype,dns-qname,dns-crr-rdata",
	 "start,src-ip,dst-ip,direction,dns-latency,dns-rcode,dns-qtype,dns-qname,dns-crr-rdata"},
	{"wide",
	 "time,client,client-port,server,server-port,proto,dns-id,dns-tries,dns-latency,dns-rcode,"
	 "dns-state,dns-flags,query-bytes,response-bytes,user,comm,dns-qtype,dns-qname,"
	 "dns-crr-rdata",
	 "start,src-ip,src-port,dst-ip,dst-port,proto,direction,dns-id,dns-latency,dns-rcode,"
	 "dns-state,dns-flags,packets,bytes,user,comm,dns-qtype,dns-qname,dns-crr-rdata"},
	/* the fields of a DNS flow in Flowmon, and who sent it */
	{"extended-dns",
	 "start,end,proto,client,client-port,server,server-port,packets,bytes,user,dns-id,"
	 "dns-flags,dns-qcount,dns-ancount,dns-nscount,dns-arcount,dns-rcode,dns-qtype,dns-qclass,"
	 "dns-qname,dns-crr-type,dns-crr-class,dns-crr-ttl,dns-crr-rdata-len,dns-crr-name,"
	 "dns-crr-rdata",
	 "start,end,proto,src-ip,src-port,dst-ip,dst-port,packets,bytes,user,dns-id,dns-flags,"
	 "dns-qcount,dns-ancount,dns-nscount,dns-arcount,dns-rcode,dns-qtype,dns-qclass,dns-qname,"
	 "dns-crr-type,dns-crr-class,dns-crr-ttl,dns-crr-rdata-len,dns-crr-name,dns-crr-rdata"},
};

#define SETS (sizeof(sets) / sizeof(sets[0]))

/* Between columns of text. */
#define GAP 2
/* A name is not cut below this, however narrow the terminal: "…le.example." tells nothing. */
#define NAME_MIN 16
/* People notice that they wait from 0.1 s on (Miller, "Response time in man-computer
 * conversational transactions", 1968). */
#define SLOW_NS 100000000
/* RFC 1035 section 4.1.1 */
#define DNS_RCODE_NOERROR 0

struct column {
	const struct operand *operand;
	unsigned room; /* characters to which it is cut; 0: it is not */
};

struct columns {
	struct columns_options options;
	unsigned count;
	field_set needs;
	struct column list[TABLE_COLUMNS_MAX];
	struct document_column shown[TABLE_COLUMNS_MAX];
	char (*texts)[FIELD_TEXT_MAX]; /* of the row, one for each column */
};

/* --- which they are ------------------------------------------------------------------------------
 */

static bool is_number(const struct operand *operand)
{
	return operand->type == OPERAND_NUMBER || operand->type == OPERAND_DURATION;
}

/* As the line of JSON calls it, if it has it. */
static const char *key_of(const struct operand *operand)
{
	if (operand->field >= 0)
		return fields[operand->field].name;
	return operand->alias ? operand->alias : operand->word;
}

static int add_column(struct columns *columns, const char *word)
{
	const struct operand *operand = query__operand("--columns", word);
	struct document_column *shown = &columns->shown[columns->count];

	if (!operand)
		return -EINVAL;
	if (columns->count == TABLE_COLUMNS_MAX) {
		log_err(0, "--columns: more than %d", TABLE_COLUMNS_MAX);
		return -EINVAL;
	}
	*shown = (struct document_column){
		.title = columns->options.exact ? key_of(operand) : operand->title,
		.width = operand->width,
		.right = is_number(operand),
	};
	columns->list[columns->count++].operand = operand;
	columns->needs |= operand->needs;
	return 0;
}

/* Words with commas between; white space around them does not count. */
static int add_words(struct columns *columns, char *words)
{
	char *next = words;
	int r = 0;

	while (r == 0 && next) {
		char *word = strsep(&next, ",");
		size_t length;

		word += strspn(word, " ");
		length = strcspn(word, " ");
		if (strspn(word + length, " ") == strlen(word + length))
			word[length] = '\0';
		r = add_column(columns, word);
	}
	return r;
}

static const char *words_of(const char *text, bool uniflow)
{
	for (size_t i = 0; i < SETS; i++)
		if (strcasecmp(text, sets[i].name) == 0)
			return uniflow ? sets[i].flow : sets[i].exchange;
	return text;
}

static bool is_text(const struct column *column)
{
	return column->operand->type == OPERAND_NAME || column->operand->type == OPERAND_TEXT;
}

static bool is_long(const struct column *column)
{
	return is_text(column) && column->operand->width >= NAME_MIN;
}

/* Names and data share what the other columns leave of the screen, by their widths. */
static void fit_screen(struct columns *columns)
{
	unsigned used = 0, wanted = 0, left;

	for (unsigned i = 0; i < columns->count; i++) {
		unsigned width = columns->shown[i].width;

		used += (i ? GAP : 0) + (is_long(&columns->list[i]) ? 0 : width);
		wanted += is_long(&columns->list[i]) ? width : 0;
	}
	left = columns->options.screen > used ? columns->options.screen - used : 0;
	for (unsigned i = 0; i < columns->count; i++) {
		unsigned room = columns->shown[i].width;

		if (!is_text(&columns->list[i]))
			continue;
		if (is_long(&columns->list[i]))
			room = left * room / wanted;
		if (is_long(&columns->list[i]) && room < NAME_MIN)
			room = NAME_MIN;
		columns->shown[i].width = columns->list[i].room = room;
	}
}

int columns__new(const char *text, const struct columns_options *options,
		 struct columns **ret_columns)
{
	struct columns *columns = calloc(1, sizeof(*columns));
	char *words = strdup(words_of(text ? text : sets[0].name, options->uniflow));
	int r = -ENOMEM;

	if (columns && words) {
		columns->options = *options;
		/* what tells the colours */
		columns->needs = (field_set)1 << FIELD_STATE | (field_set)1 << FIELD_RCODE |
				 (field_set)1 << FIELD_LATENCY;
		r = add_words(columns, words);
	}
	free(words);
	if (r == 0) {
		columns->texts = calloc(columns->count, sizeof(*columns->texts));
		r = columns->texts ? 0 : -ENOMEM;
	}
	if (r < 0) {
		columns__free(columns);
		return r == -ENOMEM ? log_err(r, "make the columns") : r;
	}
	if (options->screen)
		fit_screen(columns);
	*ret_columns = columns;
	return 0;
}

void columns__free(struct columns *columns)
{
	if (!columns)
		return;
	free(columns->texts);
	free(columns);
}

const struct document_column *columns__shown(const struct columns *columns, unsigned *ret_count)
{
	*ret_count = columns->count;
	return columns->shown;
}

field_set columns__needs(const struct columns *columns)
{
	return columns->needs;
}

/* --- what is in them -----------------------------------------------------------------------------
 */

static int64_t sum_of(const struct operand *operand, const struct exchange *exchange)
{
	unsigned directions = flow_directions(exchange);
	struct operand_value value;
	int64_t sum = 0;

	for (int i = 0; i < FLOW_DIRECTIONS; i++) {
		const struct flow flow = {exchange, NULL, (enum flow_direction)i};

		if (!(directions & FLOW_BIT(i)))
			continue;
		operand->get(&flow, &value);
		sum += value.number;
	}
	return sum;
}

/* Which flow of an exchange tells: of what both have or only the response, the response. */
static enum flow_direction direction_of(const struct operand *operand,
					const struct exchange *exchange)
{
	bool of_query = operand->side == OPERAND_OF_FLOW && operand->whole == WHOLE_QUERY;

	return exchange->has_response && !of_query ? FLOW_RESPONSE : FLOW_QUERY;
}

void columns_value(const struct operand *operand, bool uniflow, const struct flow *row,
		   struct operand_value *ret)
{
	struct flow flow = *row;

	if (!uniflow)
		flow.direction = direction_of(operand, row->exchange);
	if (uniflow || operand->whole == WHOLE_QUERY || operand->whole == WHOLE_RESPONSE) {
		operand->get(&flow, ret);
		return;
	}
	ret->known = operand->whole == WHOLE_SUM;
	if (ret->known)
		ret->number = sum_of(operand, row->exchange);
}

/* Microseconds are enough for eyes: "2026-11-21T21:47:31.123456Z". */
static void shorten_time(char *text)
{
	char *end = strchr(text, 'Z');

	if (end && end - text > 3)
		memcpy(end - 3, "Z", 2);
}

static const char *cell_text(const struct columns *columns, const struct operand *operand,
			     const struct flow *row, char *buf)
{
	struct operand_value value;
	const char *text;

	columns_value(operand, columns->options.uniflow, row, &value);
	if (!value.known)
		return NULL;
	text = operand_value_text(operand, &value, columns->options.exact, buf);
	if (text == buf && operand->type == OPERAND_TIME && !columns->options.exact)
		shorten_time(buf);
	return text;
}

/* A cell that does not fit in its room; all of it is ASCII. */
static const char *cut(const struct columns *columns, const char *text, unsigned room, char *buf)
{
	const char *dots = columns->options.utf8 ? "…" : "...";
	unsigned kept = room - (columns->options.utf8 ? 1 : 3);

	if (strlen(text) <= room)
		return text;
	memmove(buf, text, kept);
	memcpy(buf + kept, dots, strlen(dots) + 1);
	return buf;
}

/* No answer, or one that is of no use; that there is no such name is of use. */
static bool is_failure(const struct exchange *e)
{
	if (e->state == EXCHANGE_UNANSWERED || e->state == EXCHANGE_LATE)
		return true;
	return e->has_response && e->rcode != DNS_RCODE_NOERROR && e->rcode != DNS_RCODE_NXDOMAIN;
}

static enum table_colour colour_of(const struct operand *operand, const struct exchange *e)
{
	switch (operand->field) {
	case FIELD_STATE:
	case FIELD_RCODE:
	case FIELD_CAUSE:
		return is_failure(e) ? TABLE_RED : TABLE_PLAIN;
	case FIELD_LATENCY:
		return e->has_latency && e->latency_ns >= SLOW_NS ? TABLE_YELLOW : TABLE_PLAIN;
	case FIELD_WAIT:
		return e->has_latency && e->wait_ns >= SLOW_NS ? TABLE_YELLOW : TABLE_PLAIN;
	default:
		return TABLE_PLAIN;
	}
}

void columns__row(struct columns *columns, const struct flow *flow, struct columns_row *ret)
{
	for (unsigned i = 0; i < columns->count; i++) {
		const struct column *column = &columns->list[i];
		char *buf = columns->texts[i];
		const char *text = cell_text(columns, column->operand, flow, buf);

		if (text && column->room)
			text = cut(columns, text, column->room, buf);
		ret->cells[i] = text;
		ret->colours[i] = colour_of(column->operand, flow->exchange);
	}
}
