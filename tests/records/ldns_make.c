// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random DNS messages, made by ldns: ldns_make SEED COUNT [LENGTH]
 *
 * A record's data are random bytes that fit ldns's descriptor of its type, field by field; ldns
 * must take them, and writes the message, with names compressed. Types follow each other, so that
 * all come up equally often. Printed is one message a line, in hexadecimal digits; names end in
 * few suffixes, so that there is something to compress, and hold odd bytes now and then.
 *
 * LENGTH bounds a message, and is 1232 (what fits a datagram everywhere).
 */
#include <ldns/ldns.h>
#include <stdbool.h>
#include <string.h>

#include "records/hex.h"

#define NAME_MAX_BYTES 255
#define RDATA_MAX      600

struct rdata {
	uint8_t data[2048];
	size_t length;
};

static uint64_t state;

/* xorshift64*: the same messages from the same seed, everywhere */
static uint32_t any(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 32) % below;
}

static void add8(struct rdata *to, uint32_t value)
{
	to->data[to->length++] = (uint8_t)value;
}

static void add16(struct rdata *to, uint32_t value)
{
	add8(to, value >> 8);
	add8(to, value & 0xff);
}

static void add32(struct rdata *to, uint32_t value)
{
	add16(to, value >> 16);
	add16(to, value & 0xffff);
}

static void add_bytes(struct rdata *to, size_t count)
{
	while (count--)
		add8(to, any(256));
}

/* An IPv6 address, often with groups of zeros, or one of those that end like one of IPv4. */
static void add_ipv6(struct rdata *to)
{
	uint32_t zeros = any(3), mapped = any(8) == 0, half = any(2);

	for (uint32_t group = 0; group < 8; group++) {
		if (mapped && group < 6)
			add16(to, group == 5 && half ? 0xffff : 0);
		else if (zeros && any(2))
			add16(to, 0);
		else
			add16(to, any(0x10000) >> 4 * any(4));
	}
}

/* What stands in text now and then: all bytes, or those that need an escape, or letters. */
static uint8_t character(uint32_t kind)
{
	static const char special[] = "\"\\;()@$. ,='\t\n\x7f\xff";

	if (kind == 0)
		return (uint8_t)any(256);
	if (kind == 1)
		return (uint8_t)special[any(sizeof(special))];
	return (uint8_t)("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_"[any(44)]);
}

static void add_text(struct rdata *to, size_t count)
{
	uint32_t kind = any(5);

	while (count--)
		add8(to, character(kind));
}

/* --- names --------------------------------------------------------------------------------- */

static void add_label(struct rdata *to, size_t count, uint32_t kind)
{
	add8(to, (uint32_t)count);
	while (count--)
		add8(to, character(kind));
}

static void add_name(struct rdata *to)
{
	static const uint8_t suffixes[][24] = {"\7example\3com", "\3lab\4test", "\3ARP\3pqr\2xy",
					       "\2ns\7example\3com", ""};
	const char *suffix = (const char *)suffixes[any(5)];
	size_t left = NAME_MAX_BYTES - 1 - strlen(suffix), labels = any(4), kind = any(8);

	if (any(40) == 0) /* as long as a name can be, or as many labels */
		labels = any(2) ? 127 : 4;
	for (size_t i = 0; i < labels && left > 1; i++) {
		size_t count = labels == 127 ? 1 : 1 + any(labels == 4 ? 63 : 12);

		if (count > left - 1)
			count = left - 1;
		add_label(to, count, (uint32_t)kind);
		left -= count + 1;
	}
	memcpy(to->data + to->length, suffix, strlen(suffix) + 1);
	to->length += strlen(suffix) + 1;
}

/* --- fields of data that have a form of their own ----------------------------------------------
 */

/* RFC 4034 section 4.1.2: windows that rise, none empty, no zeros at the end; NSEC's has a type. */
static void add_bitmap(struct rdata *to, bool maybe_empty)
{
	for (uint32_t window = 0; window < 256; window++) {
		uint32_t bytes = 1 + any(32);

		if (window ? any(150) : maybe_empty && any(5) == 0)
			continue;
		add8(to, window);
		add8(to, bytes);
		for (uint32_t i = 0; i + 1 < bytes; i++)
			add8(to, any(3) ? 0 : any(256));
		add8(to, 1 + any(255));
	}
}

/* RFC 3123 section 4: no zeros at the end of an address. */
static void add_apl(struct rdata *to)
{
	for (uint32_t items = any(4); items > 0; items--) {
		bool v6 = any(2);
		uint32_t bytes = any(v6 ? 17 : 5);

		add16(to, v6 ? 2 : 1);
		add8(to, any(v6 ? 129 : 33));
		add8(to, bytes | any(2) << 7);
		for (uint32_t i = 0; i < bytes; i++)
			add8(to, 1 + any(255));
	}
}

/* RFC 1876 section 2 */
static void add_loc(struct rdata *to)
{
	const uint32_t middle = 1U << 31, degree = 3600000;

	add8(to, 0);
	for (int i = 0; i < 3; i++)
		add8(to, any(10) << 4 | any(10));
	add32(to, any(8) ? middle + any(180 * degree + 1) - 90 * degree : middle);
	add32(to, any(8) ? middle + any(360 * degree + 1) - 180 * degree : middle);
	add32(to, any(2) ? 10000000 + any(900000) - 20000 : any(0xffffffff));
}

/* RFC 4025 section 2.1, RFC 8777 section 4.2: by its type nothing, an address or a name */
static void add_gateway(struct rdata *to, uint32_t type)
{
	if (type == 1)
		add_bytes(to, 4);
	else if (type == 2)
		add_ipv6(to);
	else if (type == 3)
		add_name(to);
}

static void add_hip(struct rdata *to)
{
	uint32_t tag = 1 + any(20), key = 1 + any(60);

	add8(to, tag);
	add8(to, any(4));
	add16(to, key);
	add_bytes(to, tag + key);
}

/* RFC 9460 section 7 and 8, of keys that rise */
static void add_svcb_value(struct rdata *to, uint32_t key)
{
	struct rdata value = {.length = 0};
	uint32_t count = 1 + any(3);

	for (uint32_t i = 0; i < count; i++) {
		if (key == 0)
			add16(&value, 1 + i + any(2) * 4);
		else if (key == 1)
			add_label(&value, 1 + any(9), any(3));
		else if (key == 4)
			add_bytes(&value, 4);
		else if (key == 6)
			add_ipv6(&value);
		else if (key == 5 || key > 6)
			add_text(&value, 1 + any(20));
	}
	if (key == 0)
		value.length = 2; /* several would have to rise */
	if (key == 3) {
		value.length = 0;
		add16(&value, any(65536));
	}
	add16(to, (uint32_t)value.length);
	memcpy(to->data + to->length, value.data, value.length);
	to->length += value.length;
}

static void add_svcb(struct rdata *to)
{
	uint32_t mandatory = any(4) == 0; /* "mandatory" names keys that are there */

	if (mandatory) {
		add16(to, 0);
		add16(to, 2);
		add16(to, 1);
	}
	for (uint32_t key = 1; key < 9; key++) {
		uint32_t number = key < 8 ? key : 9 + any(65000); /* 8 has no value */

		if (key == 1 && mandatory ? false : any(3) != 0)
			continue;
		add16(to, number);
		add_svcb_value(to, number);
	}
}

/* --- a field of any kind ------------------------------------------------------------------------
 */

/* Bytes of the fields that have always as many. */
static size_t fixed(ldns_rdf_type type)
{
	switch (type) {
	case LDNS_RDF_TYPE_INT8:
	case LDNS_RDF_TYPE_ALG:
	case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
	case LDNS_RDF_TYPE_SELECTOR:
	case LDNS_RDF_TYPE_MATCHING_TYPE:
		return 1;
	case LDNS_RDF_TYPE_INT16:
	case LDNS_RDF_TYPE_TYPE:
	case LDNS_RDF_TYPE_CLASS:
	case LDNS_RDF_TYPE_CERT_ALG:
		return 2;
	case LDNS_RDF_TYPE_INT32:
	case LDNS_RDF_TYPE_A:
	case LDNS_RDF_TYPE_TIME:
	case LDNS_RDF_TYPE_PERIOD:
		return 4;
	case LDNS_RDF_TYPE_EUI48:
	case LDNS_RDF_TYPE_TSIGTIME:
		return 6;
	case LDNS_RDF_TYPE_EUI64:
	case LDNS_RDF_TYPE_ILNP64:
		return 8;
	default:
		return 0;
	}
}

/*
 * Code points that have mnemonics come up more often. ldns takes times of signatures to be within
 * 68 years from now (RFC 4034 section 3.1.5); these are so whenever it is asked.
 */
static void add_number(struct rdata *to, ldns_rdf_type type, size_t bytes)
{
	if (type == LDNS_RDF_TYPE_TIME) {
		add32(to, any(0xe0000000));
		return;
	}
	if (bytes <= 2 && any(2)) {
		for (size_t i = 1; i < bytes; i++)
			add8(to, 0);
		add8(to, any(64));
	} else {
		add_bytes(to, bytes);
	}
}

static void add_string(struct rdata *to, ldns_rdf_type type)
{
	size_t count = any(12) ? any(30) : any(256);

	if (type == LDNS_RDF_TYPE_INT16_DATA) {
		add16(to, (uint32_t)count);
		add_bytes(to, count);
		return;
	}
	if (type == LDNS_RDF_TYPE_NSEC3_NEXT_OWNER || type == LDNS_RDF_TYPE_TAG)
		count = 1 + any(type == LDNS_RDF_TYPE_TAG ? 15 : 40);
	add8(to, (uint32_t)count);
	if (type == LDNS_RDF_TYPE_STR)
		add_text(to, count);
	else if (type == LDNS_RDF_TYPE_TAG)
		for (size_t i = 0; i < count; i++)
			add8(to, (uint32_t)("abcdefghijklmnopqrstuvwxyz0123456789"[any(36)]));
	else
		add_bytes(to, count);
}

static void add_formed(struct rdata *to, ldns_rdf_type type)
{
	uint32_t gateway = any(4);

	if (type == LDNS_RDF_TYPE_APL) {
		add_apl(to);
	} else if (type == LDNS_RDF_TYPE_LOC) {
		add_loc(to);
	} else if (type == LDNS_RDF_TYPE_HIP) {
		add_hip(to);
	} else if (type == LDNS_RDF_TYPE_SVCPARAMS) {
		add_svcb(to);
	} else if (type == LDNS_RDF_TYPE_IPSECKEY) {
		add8(to, any(256));
		add8(to, gateway);
		add8(to, any(3));
		add_gateway(to, gateway);
		add_bytes(to, 1 + any(50));
	} else if (type == LDNS_RDF_TYPE_AMTRELAY) {
		add8(to, any(256));
		add8(to, gateway | any(2) << 7);
		add_gateway(to, gateway);
	} else if (type == LDNS_RDF_TYPE_WKS) {
		add8(to, any(2) ? 6 : 17);
		add_bytes(to, any(20));
	} else {
		add_bytes(to, 1 + any(60)); /* whatever ends the data */
	}
}

static void add_field(struct rdata *to, ldns_rdf_type type, ldns_rr_type of)
{
	switch (type) {
	case LDNS_RDF_TYPE_DNAME:
		add_name(to);
		break;
	case LDNS_RDF_TYPE_B64: /* RFC 2535 section 3.1.2: a KEY can be none */
		add_bytes(to, of == LDNS_RR_TYPE_KEY && any(4) == 0 ? 0 : 1 + any(60));
		break;
	case LDNS_RDF_TYPE_NSEC:
		add_bitmap(to, of != LDNS_RR_TYPE_NSEC);
		break;
	case LDNS_RDF_TYPE_LONG_STR:
		add_text(to, of == LDNS_RR_TYPE_URI ? 1 + any(60) : any(60)); /* RFC 7553 4.4 */
		break;
	case LDNS_RDF_TYPE_STR:
	case LDNS_RDF_TYPE_TAG:
	case LDNS_RDF_TYPE_NSEC3_SALT:
	case LDNS_RDF_TYPE_NSEC3_NEXT_OWNER:
	case LDNS_RDF_TYPE_INT16_DATA:
		add_string(to, type);
		break;
	case LDNS_RDF_TYPE_AAAA:
		add_ipv6(to);
		break;
	default:
		if (fixed(type))
			add_number(to, type, fixed(type));
		else
			add_formed(to, type);
	}
}

/* --- records, options, messages -----------------------------------------------------------------
 */

static void add_rdata(struct rdata *to, ldns_rr_type type)
{
	const ldns_rr_descriptor *form = ldns_rr_descript((uint16_t)type);
	size_t least, most;

	if (form->_type != type) { /* the one of unknown types */
		add_bytes(to, any(4) ? any(40) : 0);
		return;
	}
	if (type == LDNS_RR_TYPE_A6) { /* RFC 2874 section 3.1.1; to ldns it is any bytes */
		least = any(17);
		add8(to, (uint32_t)(8 * least));
		add_bytes(to, 16 - least);
		if (least)
			add_name(to);
		return;
	}
	least = ldns_rr_descriptor_minimum(form);
	most = ldns_rr_descriptor_maximum(form);
	if (type == LDNS_RR_TYPE_NSEC)
		least = most; /* ldns can do without its bitmap */
	if (most > least + 3)
		most = least + 3;
	most = least + any((uint32_t)(most - least) + 1);
	for (size_t i = 0; i < most && to->length < RDATA_MAX; i++)
		add_field(to, ldns_rr_descriptor_field_type(form, i), type);
}

/* Of a type, once ldns takes what was thought up. */
static ldns_rr *random_record(ldns_rr_type type)
{
	static const uint32_t ttls[] = {0, 60, 3600, 86400, 0x7fffffff, 0xfffffffe};
	ldns_rr *rr = NULL;

	for (int tries = 0; tries < 100; tries++) {
		struct rdata wire = {.length = 0};
		size_t length_at, read = 0;

		add_name(&wire);
		add16(&wire, type);
		add16(&wire, any(20)  ? LDNS_RR_CLASS_IN
			     : any(2) ? LDNS_RR_CLASS_CH + any(2)
				      : 0x8001); /* IN, RFC 6762 section 10.2 */
		add32(&wire, any(2) ? ttls[any(6)] : any(0x7fffffff));
		length_at = wire.length;
		add16(&wire, 0);
		add_rdata(&wire, type);
		wire.data[length_at] = (uint8_t)((wire.length - length_at - 2) >> 8);
		wire.data[length_at + 1] = (uint8_t)(wire.length - length_at - 2);
		if (!ldns_wire2rr(&rr, wire.data, wire.length, &read, LDNS_SECTION_ANSWER))
			return rr;
	}
	fprintf(stderr, "ldns takes no record of type %d\n", (int)type);
	exit(1);
}

/*
 * The types that ldns knows, one after the other, and one that nobody knows. NSAP-PTR is not among
 * them: to ldns it is a string, by RFC 1706 section 6 a name.
 */
static ldns_rr_type next_type(void)
{
	static uint32_t type;

	for (;;) {
		type = type == 32769 ? 1 : type == 260 ? 32768 : type == 32768 ? 32769 : type + 1;
		if (type == LDNS_RR_TYPE_OPT || type == LDNS_RR_TYPE_TSIG ||
		    type == LDNS_RR_TYPE_NSAP_PTR)
			continue;
		if (ldns_rr_descript((uint16_t)type)->_type == (ldns_rr_type)type)
			return (ldns_rr_type)type;
		if (type == 260 || type == 103)
			return (ldns_rr_type)(65290 + any(200));
	}
}

static void push_option(ldns_edns_option_list *list, int code)
{
	struct rdata value = {.length = 0};
	uint32_t v6 = any(2), prefix = any(v6 ? 129 : 33);

	if (code == LDNS_EDNS_CLIENT_SUBNET) { /* RFC 7871 section 6: bits behind it are zero */
		add16(&value, v6 ? 2 : 1);
		add8(&value, prefix);
		add8(&value, any(v6 ? 129 : 33));
		add_bytes(&value, (prefix + 7) / 8);
		if (prefix % 8)
			value.data[value.length - 1] &= (uint8_t)(0xff00 >> prefix % 8);
	} else if (code == LDNS_EDNS_COOKIE) {
		add_bytes(&value, any(2) ? 8 : 16 + any(25));
	} else if (code == LDNS_EDNS_KEEPALIVE) {
		add_bytes(&value, any(2) * 2);
	} else if (code == LDNS_EDNS_EXPIRE) {
		add_bytes(&value, any(2) * 4);
	} else if (code == LDNS_EDNS_PADDING) {
		value.length = any(200);
		memset(value.data, 0, value.length);
	} else if (code == LDNS_EDNS_EDE) {
		add16(&value, any(40));
		add_text(&value, any(2) * any(60));
	} else if (code == 18) {
		add_name(&value);
	} else {
		add_text(&value, any(20));
	}
	ldns_edns_option_list_push(list, ldns_edns_new_from_data((ldns_edns_option_code)code,
								 value.length, value.data));
}

static void set_edns(ldns_pkt *packet)
{
	ldns_edns_option_list *list = ldns_edns_option_list_new();

	ldns_pkt_set_edns_udp_size(packet, (uint16_t)(1 + any(65535)));
	ldns_pkt_set_edns_version(packet, any(10) ? 0 : (uint8_t)any(256));
	ldns_pkt_set_edns_extended_rcode(packet, any(3) ? 0 : (uint8_t)any(256));
	ldns_pkt_set_edns_do(packet, any(2));
	for (int code = 1; code < 24; code++)
		if (any(4) == 0)
			for (uint32_t times = code == LDNS_EDNS_EDE ? 1 + any(6) : 1; times > 0;
			     times--)
				push_option(list, code);
	ldns_pkt_set_edns_option_list(packet, list);
}

static void set_header(ldns_pkt *packet)
{
	static const ldns_pkt_opcode opcodes[] = {LDNS_PACKET_QUERY, LDNS_PACKET_NOTIFY,
						  LDNS_PACKET_UPDATE};
	struct rdata name = {.length = 0};
	ldns_rdf *owner = NULL;
	ldns_rr *question;
	size_t read = 0;

	ldns_pkt_set_id(packet, (uint16_t)any(65536));
	ldns_pkt_set_qr(packet, any(4) != 0);
	ldns_pkt_set_aa(packet, any(2));
	ldns_pkt_set_rd(packet, any(2));
	ldns_pkt_set_opcode(packet, any(4) ? LDNS_PACKET_QUERY : opcodes[any(3)]);
	ldns_pkt_set_rcode(packet, (uint8_t)any(11));
	add_name(&name);
	if (ldns_wire2dname(&owner, name.data, name.length, &read))
		exit(1);
	question = ldns_rr_new();
	ldns_rr_set_owner(question, owner);
	ldns_rr_set_type(question, (ldns_rr_type)(1 + any(65)));
	ldns_rr_set_class(question, LDNS_RR_CLASS_IN);
	ldns_rr_set_question(question, true);
	ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, question);
}

static void print_wire(const ldns_pkt *packet)
{
	uint8_t *wire;
	size_t length;

	if (ldns_pkt2wire(&wire, packet, &length))
		exit(1);
	print_hex(wire, length);
	putchar('\n');
	free(wire);
}

static void make_message(size_t most)
{
	static const ldns_pkt_section sections[] = {LDNS_SECTION_ANSWER, LDNS_SECTION_AUTHORITY,
						    LDNS_SECTION_ADDITIONAL};
	ldns_pkt *packet = ldns_pkt_new();
	size_t length = 600;

	set_header(packet);
	if (any(3))
		set_edns(packet);
	for (int section = 0; section < 3; section++) {
		for (uint32_t records = any(6); records > 0 && length < most; records--) {
			ldns_rr *rr = random_record(next_type());

			length += ldns_rr_uncompressed_size(rr);
			ldns_pkt_push_rr(packet, sections[section], rr);
		}
	}
	if (any(10) == 0)
		ldns_pkt_set_tsig(packet, random_record(LDNS_RR_TYPE_TSIG));
	print_wire(packet);
	ldns_pkt_free(packet);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: ldns_make SEED COUNT [LENGTH]\n", stderr);
		return 2;
	}
	state = strtoull(argv[1], NULL, 10) * 2 + 1;
	for (unsigned long left = strtoul(argv[2], NULL, 10); left > 0; left--)
		make_message(argc > 3 ? strtoul(argv[3], NULL, 10) : 4000);
	return 0;
}
