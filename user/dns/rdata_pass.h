/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the data of a record, field by field: inside of rdata.c and its fields.
 *
 * There is one reader for both jobs. Checking is a pass with no room for text, so what checks as
 * good is what can be written, always.
 */
#ifndef DNS_RDATA_PASS_H
#define DNS_RDATA_PASS_H

#include "dns/name.h"
#include "dns/wire.h"

struct rdata_pass {
	/*
	 * The message up to the end of the data: message_length is where they end, length is how
	 * far of that was captured. at <= length <= message_length, always.
	 */
	struct dns_bytes bytes;
	size_t at;
	char *text;		    /* the first character */
	char *out;		    /* the next one */
	char *limit;		    /* where the room ends */
	bool full;		    /* something did not fit, or nothing was wanted */
	bool cut;		    /* reading failed because more was needed than was captured */
	enum dns_name_verdict name; /* what is wrong with a name */
};

/* Read the field at pass->at and write it. Return: false when it is cut, or bad */
typedef bool (*rdata_field_fn)(struct rdata_pass *pass);

/** rdata_svc_params() - SVCB's SvcParams to the end (RFC 9460 section 2.2). */
bool rdata_svc_params(struct rdata_pass *pass);

/** rdata_location() - All of LOC (RFC 1876). */
bool rdata_location(struct rdata_pass *pass);

/** rdata_prefixes() - APL's address prefixes to the end (RFC 3123 section 4). */
bool rdata_prefixes(struct rdata_pass *pass);

/** rdata_ipsec_gateway() - IPSECKEY's gateway type, algorithm and gateway (RFC 4025 section 2). */
bool rdata_ipsec_gateway(struct rdata_pass *pass);

/** rdata_relay() - AMTRELAY's flag, type and relay (RFC 8777 section 4.2). */
bool rdata_relay(struct rdata_pass *pass);

/** rdata_host_identity() - HIP's lengths, algorithm, tag and key (RFC 8005 section 5). */
bool rdata_host_identity(struct rdata_pass *pass);

/** rdata_sized_base64() - 16 bits of length and so many bytes; both are written. */
bool rdata_sized_base64(struct rdata_pass *pass);

/** rdata_time48() - 48 bits of seconds, written as a number (RFC 8945 section 4.2). */
bool rdata_time48(struct rdata_pass *pass);

/** rdata_error() - 16 bits of RCODE as mnemonic, 16 being BADSIG (RFC 8945 section 3). */
bool rdata_error(struct rdata_pass *pass);

/** rdata_cert_type() - CERT's type as mnemonic (RFC 4398 section 2.1). */
bool rdata_cert_type(struct rdata_pass *pass);

/** rdata_scheme() - DSYNC's scheme as mnemonic (RFC 9859 section 2). */
bool rdata_scheme(struct rdata_pass *pass);

/** rdata_name() - A name, its pointers followed; absolute. */
bool rdata_name(struct rdata_pass *pass);

/** rdata_ipv4() - An address as A has it. */
bool rdata_ipv4(struct rdata_pass *pass);

/** rdata_ipv6() - An address as AAAA has it. */
bool rdata_ipv6(struct rdata_pass *pass);

/** rdata_left() - Bytes of data that are still to read, captured or not. */
static inline size_t rdata_left(const struct rdata_pass *pass)
{
	return pass->bytes.message_length - pass->at;
}

/**
 * rdata_take() - The next @size bytes: the one door to the data, but for names.
 *
 * Return: NULL when the data, or what was captured of them (pass->cut), end before
 */
static inline const uint8_t *rdata_take(struct rdata_pass *pass, size_t size)
{
	const uint8_t *bytes = pass->bytes.data + pass->at;

	if (size > pass->bytes.length - pass->at) {
		pass->cut = size <= rdata_left(pass);
		return NULL;
	}
	pass->at += size;
	return bytes;
}

/** rdata_take_string() - Bytes behind a length of one byte. Return: as rdata_take() */
static inline const uint8_t *rdata_take_string(struct rdata_pass *pass, size_t *ret_length)
{
	const uint8_t *length = rdata_take(pass, 1);

	if (!length)
		return NULL;
	*ret_length = *length;
	return rdata_take(pass, *length);
}

/**
 * rdata_more() - Room for @size more characters: the one door to the text.
 *
 * Return: where they go; NULL when there is no room, or no text is wanted. The caller moves
 * pass->out.
 */
static inline char *rdata_more(struct rdata_pass *pass, size_t size)
{
	if (pass->full || (size_t)(pass->limit - pass->out) < size) {
		pass->full = true;
		return NULL;
	}
	return pass->out;
}

/** rdata_room() - As rdata_more(), behind a space that parts the field from the one before. */
static inline char *rdata_room(struct rdata_pass *pass, size_t size)
{
	if (!rdata_more(pass, size + 1))
		return NULL;
	if (pass->out != pass->text)
		*pass->out++ = ' ';
	return pass->out;
}

/** rdata_put() - Write a string as it is, behind a space. */
void rdata_put(struct rdata_pass *pass, const char *text);

/** rdata_put_number() - Write a number in decimal, behind a space. */
void rdata_put_number(struct rdata_pass *pass, uint64_t number);

/** rdata_put_base64() - Write bytes, behind a space. Return: true, as a field that was good */
bool rdata_put_base64(struct rdata_pass *pass, const uint8_t *bytes, size_t length);

#endif
