/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value of a field of an exchange, and how getters set it. */
#ifndef FLOW_FIELD_VALUE_H
#define FLOW_FIELD_VALUE_H

#include "flow/exchange.h"
#include "flow/field_records.h"

#include "base/text.h"

/* What a field's values are. Any may be missing in an exchange. */
enum field_type {
	FIELD_TYPE_TIME,     /* number: nanoseconds since 1970 in UTC */
	FIELD_TYPE_DURATION, /* number: nanoseconds, may be negative */
	FIELD_TYPE_INTEGER,  /* number */
	FIELD_TYPE_STRING,   /* text: printable ASCII */
	FIELD_TYPE_LIST,     /* items: printable ASCII */
	FIELD_TYPE_FLAG,     /* number: 0 or 1 */
	FIELD_TYPE_ERRORS,   /* edns: its errors */
	FIELD_TYPE_RECORDS,  /* records */
};

/* Bits of the header's second word that have a mnemonic: QR AA TC RD RA AD CD. */
#define FIELD_ITEMS_MAX 7
/* The longest text is a record's data; what others name (users, units, interfaces) is cut there. */
#define FIELD_TEXT_MAX DNS_RDATA_TEXT_MAX

/* The value of one field of one exchange. Which member is valid tells the field's type. */
struct field_value {
	bool known; /* false: the exchange has none, nothing below is valid */
	unsigned item_count;
	int64_t number;
	const char *text; /* static, or buf */
	const char *items[FIELD_ITEMS_MAX];
	const struct dns_edns *edns;
	struct field_records records;
	char buf[FIELD_TEXT_MAX];
};

/*
 * What an exchange has only as a number and this host can name. A function may
 * be NULL, and may return NULL when it does not know; what it returns must stay
 * valid until its next call. Its bytes need not be printable.
 */
struct exchange_names {
	const char *(*interface)(void *context, uint32_t ifindex);
	const char *(*user)(void *context, uint32_t uid);
	const char *(*unit)(void *context, uint64_t cgroup_id);
	void *context;
};

/**
 * field_fn - Gets a field's value.
 * @names: not NULL
 * @ret: filled; bytes behind a text's NUL stay as they were
 */
typedef void (*field_fn)(const struct exchange *exchange, const struct exchange_names *names,
			 struct field_value *ret);

/* A getter, with the parameters of field_fn: e, names and ret. */
#define FIELD_GETTER(name)                                                                         \
	void field_get_##name(const struct exchange *e,                                            \
			      const struct exchange_names *names __attribute__((unused)),          \
			      struct field_value *ret)

/* A getter of a number, or of a text that is static or stands in ret->buf, on a condition. */
#define FIELD_NUMBER(name, condition, value)                                                       \
	FIELD_GETTER(name)                                                                         \
	{                                                                                          \
		if (condition)                                                                     \
			field_set_number(ret, value);                                              \
		else                                                                               \
			field_set_none(ret);                                                       \
	}

#define FIELD_TEXT(name, condition, value)                                                         \
	FIELD_GETTER(name)                                                                         \
	{                                                                                          \
		if (condition)                                                                     \
			field_set_text(ret, value);                                                \
		else                                                                               \
			field_set_none(ret);                                                       \
	}

static inline void field_set_none(struct field_value *ret)
{
	ret->known = false;
}

static inline void field_set_number(struct field_value *ret, int64_t number)
{
	ret->known = true;
	ret->number = number;
}

/* A text that is static, or stands in ret->buf already. */
static inline void field_set_text(struct field_value *ret, const char *text)
{
	ret->known = true;
	ret->text = text;
}

/* A text that others chose. */
static inline void field_set_foreign(struct field_value *ret, const void *text, size_t length)
{
	field_set_text(ret, text_printable(text, length, ret->buf, sizeof(ret->buf)));
}

#endif
