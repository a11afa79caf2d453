/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EDNS (RFC 6891): what the options of an OPT record say. */
#ifndef DNS_EDNS_H
#define DNS_EDNS_H

#include "dns/name.h"

/* RFC 7873 section 4: a client's 8 bytes, and 8 to 32 of the server */
#define DNS_COOKIE_MAX 40
/* Errors kept of one message (RFC 8914 section 3 allows several); servers send one or two. */
#define DNS_EDE_MAX 4

/* OPTION-CODE and OPTION-LENGTH (RFC 6891 section 6.1.2) */
#define DNS_OPTION_FIXED 4

/* An Extended DNS Error (RFC 8914 section 2). */
struct dns_ede {
	uint16_t code;
	uint16_t text_length;
	const uint8_t *text; /* in the message; UTF-8 by the RFC, any bytes in practice */
};

/*
 * Pointers lead into the message. has_... of an option: it was there, and well-formed. Of an
 * option that comes twice the first counts, but for errors.
 */
struct dns_edns {
	uint16_t udp_bytes; /* requestor's UDP payload size */
	uint8_t version;
	bool dnssec_ok; /* RFC 3225 */
	bool has_ecs;
	bool has_keepalive;
	bool has_expire;
	bool has_padding;
	/* client subnet (RFC 7871 section 6) */
	uint8_t ecs_source; /* prefix length of the address */
	uint8_t ecs_scope;
	uint8_t ecs_address[16]; /* IPv4 mapped; bits behind the prefix are 0 */
	uint8_t cookie_length;	 /* 0: none, 8, 16..40 */
	const uint8_t *cookie;
	uint16_t nsid_length; /* RFC 5001; 0: none, or empty as in a query */
	const uint8_t *nsid;
	uint16_t keepalive_100ms; /* RFC 7828 section 3.1; 0 in a query */
	uint16_t padding_bytes;	  /* RFC 7830 */
	uint32_t expire_s;	  /* RFC 7314; 0 in a query */
	uint8_t report_length;	  /* RFC 9567: agent domain in wire form, uncompressed; 0: none */
	const uint8_t *report;
	uint8_t ede_count;
	struct dns_ede ede[DNS_EDE_MAX];
};

/**
 * dns_edns_read() - Read the options of an OPT record.
 * @options: its data, @length bytes
 * @ret: its options are added; the fixed part stays as it is
 *
 * Options of which only the length is wrong are skipped; one that overruns ends the reading.
 *
 * Return: false when anything was malformed
 */
bool dns_edns_read(const uint8_t *options, size_t length, struct dns_edns *ret);

/**
 * dns_ede_name() - Purpose of an error code in IANA's registry "Extended DNS Error Codes":
 * "DNSSEC Bogus"; NULL for one that is not assigned.
 */
const char *dns_ede_name(uint16_t code);

#endif
