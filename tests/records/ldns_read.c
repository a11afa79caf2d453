// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DNS messages as ldns reads them: lines in and out as decode.c has them, but that M has "ok" or
 * the error, names sections as in a query, and E lists options as "code:digits"; R ends with the
 * data's digits, names uncompressed. ldns takes OPT and TSIG out of the additional section; TSIG is
 * printed last here, OPT as E only.
 */
#include <ldns/ldns.h>
#include <string.h>

#include "records/hex.h"

static void print_rdata(const ldns_rr *rr)
{
	ldns_buffer *buffer = ldns_buffer_new(LDNS_MAX_PACKETLEN);

	if (!buffer || ldns_rr_rdata2buffer_wire(buffer, rr))
		abort();
	print_hex(ldns_buffer_begin(buffer), ldns_buffer_position(buffer));
	ldns_buffer_free(buffer);
}

/* ldns writes "owner TTL class type rdata" between tabs, and a tab in a string as it is. */
static void print_record(const char *section, const ldns_rr *rr)
{
	char *text = ldns_rr2str_fmt(ldns_output_format_nocomments, rr);
	char *field[5], *rest = text;

	text[strcspn(text, "\n")] = '\0';
	for (int i = 0; i < 4; i++)
		field[i] = strsep(&rest, "\t");
	field[4] = rest ? rest : (char *)"";
	printf("R\t%s\t%s\t%s\t%s\t%s\t", section, field[0], field[2], field[3], field[1]);
	for (const char *c = field[4]; *c; c++)
		if (*c == '\t')
			printf("\\009");
		else
			putchar(*c);
	putchar('\t');
	print_rdata(rr);
	putchar('\n');
	free(text);
}

static void print_section(const char *section, const ldns_rr_list *list)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		print_record(section, ldns_rr_list_rr(list, i));
}

static void print_question(const ldns_rr_list *list)
{
	const ldns_rr *rr = ldns_rr_list_rr_count(list) ? ldns_rr_list_rr(list, 0) : NULL;
	char *name, *class, *type;

	if (!rr)
		return;
	name = ldns_rdf2str(ldns_rr_owner(rr));
	class = ldns_rr_class2str(ldns_rr_get_class(rr));
	type = ldns_rr_type2str(ldns_rr_get_type(rr));
	printf("Q\t%s\t%s\t%s\n", name, class, type);
	free(name);
	free(class);
	free(type);
}

static void print_edns(ldns_pkt *packet)
{
	const ldns_edns_option_list *list = ldns_pkt_edns_get_option_list(packet);

	printf("E\tsize=%u\tversion=%u\tdo=%d", ldns_pkt_edns_udp_size(packet),
	       ldns_pkt_edns_version(packet), ldns_pkt_edns_do(packet));
	for (size_t i = 0; list && i < ldns_edns_option_list_get_count(list); i++) {
		const ldns_edns_option *option = ldns_edns_option_list_get_option(list, i);

		printf("\t%d:", (int)ldns_edns_get_code(option));
		print_hex(ldns_edns_get_data(option), ldns_edns_get_size(option));
	}
	putchar('\n');
}

static void print_message(const uint8_t *data, size_t length)
{
	ldns_pkt *packet = NULL;
	ldns_status status = ldns_wire2pkt(&packet, data, length);

	if (status != LDNS_STATUS_OK) {
		printf("M\t%s\n", ldns_get_errorstr_by_id(status));
		return;
	}
	printf("M\tok\t%u\t%u\t%u\t%u\t%u\t%u\n", ldns_pkt_id(packet),
	       ldns_pkt_get_rcode(packet) | ldns_pkt_edns_extended_rcode(packet) << 4,
	       ldns_pkt_qdcount(packet), ldns_pkt_ancount(packet), ldns_pkt_nscount(packet),
	       ldns_pkt_arcount(packet) + ldns_pkt_edns(packet) + (ldns_pkt_tsig(packet) != NULL));
	print_question(ldns_pkt_question(packet));
	if (ldns_pkt_edns(packet))
		print_edns(packet);
	print_section("answer", ldns_pkt_answer(packet));
	print_section("authority", ldns_pkt_authority(packet));
	print_section("additional", ldns_pkt_additional(packet));
	if (ldns_pkt_tsig(packet))
		print_record("additional", ldns_pkt_tsig(packet));
	ldns_pkt_free(packet);
}

int main(void)
{
	static char line[HEX_LINE_MAX];

	while (fgets(line, sizeof(line), stdin)) {
		size_t length;
		uint8_t *data = read_hex(line, &length);

		print_message(data, length);
		free(data);
	}
	return 0;
}
