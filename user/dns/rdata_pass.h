/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the data of a record, field by field: inside of rdata.c and its fields.
 *
 * There is one reader for both jobs. Checking is a pass with no room for text, so what checks as
 * good is what can be written, always.
 */
#ifndef DNS_RDATA_PASS_H
#define DNS_RDATA_PASS_H

#include "dns/rdata.h"

struct rdata_pass {
	/*
	 * The message up to the end of the data: message_length is where they end, length is how
	 * far of that was captured. at <= length <= message_length, always.
	 */
	struct dns_bytes bytes;
	size_t at;
	char *text;  /* the first character */
	char *out;   /* the next one */
	char *limit; /* where the room ends */
	bool full;   /* something did not fit, or nothing was wanted */
	enum dns_rdata_verdict verdict;
	enum dns_name_verdict name;
};

/* Read the field at pass->at and write it. Return: false when it cannot be; the verdict says why */
typedef bool (*rdata_field_fn)(struct rdata_pass *pass);

/* Fields that have a file of their own. */
bool rdata_svc_params(struct rdata_pass *pass);
bool rdata_location(struct rdata_pass *pass);
bool rdata_prefixes(struct rdata_pass *pass);
bool rdata_ipsec_gateway(struct rdata_pass *pass);
bool rdata_relay(struct rdata_pass *pass);
bool rdata_host_identity(struct rdata_pass *pass);
bool rdata_sized_base64(struct rdata_pass *pass);
bool rdata_time48(struct rdata_pass *pass);
bool rdata_error(struct rdata_pass *pass);
bool rdata_cert_type(struct rdata_pass *pass);
bool rdata_scheme(struct rdata_pass *pass);

/* Fields that other fields have within. */
bool rdata_name(struct rdata_pass *pass);
bool rdata_ipv4(struct rdata_pass *pass);
bool rdata_ipv6(struct rdata_pass *pass);

static inline uint16_t rdata_read16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t rdata_read32(const uint8_t *p)
{
	return (uint32_t)rdata_read16(p) << 16 | rdata_read16(p + 2);
}

static inline bool rdata_bad(struct rdata_pass *pass)
{
	pass->verdict = DNS_RDATA_BAD;
	return false;
}

static inline size_t rdata_left(const struct rdata_pass *pass)
{
	return pass->bytes.message_length - pass->at;
}

/* The next @size bytes; NULL when the data, or what was captured of them, end before. */
static inline const uint8_t *rdata_take(struct rdata_pass *pass, size_t size)
{
	const uint8_t *bytes = pass->bytes.data + pass->at;

	if (size > pass->bytes.length - pass->at) {
		pass->verdict = size > rdata_left(pass) ? DNS_RDATA_BAD : DNS_RDATA_CUT;
		return NULL;
	}
	pass->at += size;
	return bytes;
}

/* Bytes behind a length of one byte. */
static inline const uint8_t *rdata_take_string(struct rdata_pass *pass, size_t *ret_length)
{
	const uint8_t *length = rdata_take(pass, 1);

	if (!length)
		return NULL;
	*ret_length = *length;
	return rdata_take(pass, *length);
}

/* Room for @size more characters; NULL when there is none, or no text is wanted. */
static inline char *rdata_more(struct rdata_pass *pass, size_t size)
{
	if (pass->full || (size_t)(pass->limit - pass->out) < size) {
		pass->full = true;
		return NULL;
	}
	return pass->out;
}

/* As rdata_more(), behind a space that parts the field from the one before. */
static inline char *rdata_room(struct rdata_pass *pass, size_t size)
{
	if (!rdata_more(pass, size + 1))
		return NULL;
	if (pass->out != pass->text)
		*pass->out++ = ' ';
	return pass->out;
}

/* Write a string as it is, behind a space. */
void rdata_put(struct rdata_pass *pass, const char *text);

/* Write a number, behind a space. */
void rdata_put_number(struct rdata_pass *pass, uint64_t number);

#endif
