/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes through the queue: copies of what the sensor's thread was given, as they are. All work
 * on them is the writer's.
 */
#ifndef STORE_ITEM_H
#define STORE_ITEM_H

#include "rule/alert.h"
#include "store/options.h"

enum item_kind { ITEM_EXCHANGE, ITEM_INTERVAL, ITEM_ALERT, ITEM_TICK };

/* Begins each item. */
struct item {
	enum item_kind kind;
};

/* What an exchange is known by before it is copied. */
struct item_head {
	struct item item;
	uint32_t records;	 /* where they begin in the message; 0: the message is not here */
	uint32_t captured_bytes; /* of the message that are here */
	uint32_t message_bytes;	 /* that it had on the wire */
	uint8_t verdict;	 /* 1 + enum dns_verdict; 0: no message was at hand */
	uint8_t keep;		 /* enum exchange_keep: records that are stored */
	bool has_opt;
	bool questions; /* counts and questions are stored, too, as they stand before records */
};

struct item_exchange {
	struct item_head head;
	struct exchange exchange; /* its pointers lead nowhere */
	uint8_t data[];		  /* the name in wire form, the message */
};

struct item_interval {
	struct item item;
	bool has_group;
	uint8_t server[16];
	uint64_t baseline_ns;
	struct interval interval;
	char group[];
};

struct item_alert {
	struct item item;
	bool has_group;
	struct alert alert; /* rule is static; other pointers lead nowhere */
	char texts[];	    /* group, message, json: each with its NUL */
};

struct item_tick {
	struct item item;
	int64_t now_ns;
};

/* What of messages is needed behind the queue. */
struct item_policy {
	bool messages; /* names and clients are stored as they are, so records may be, too */
	enum exchange_keep records;
};

/** item_exchange_bytes() - Room that an exchange needs. */
size_t item_exchange_bytes(const struct item_policy *policy, const struct exchange *exchange,
			   struct item_head *ret_head);

/** item_exchange_fill() - Make the item. @head: what item_exchange_bytes() gave */
void item_exchange_fill(struct item_exchange *item, const struct item_head *head,
			const struct exchange *exchange);

/** item_interval_bytes(), item_interval_fill() - The same of intervals. */
size_t item_interval_bytes(const struct store_interval *interval);
void item_interval_fill(struct item_interval *item, const struct store_interval *interval);

/* An alert with its texts. */
struct item_texts {
	const struct alert *alert;
	const char *message;
	const char *json;
	size_t json_length; /* without a newline */
};

/** item_alert_bytes(), item_alert_fill() - The same of alerts. */
size_t item_alert_bytes(const struct item_texts *texts);
void item_alert_fill(struct item_alert *item, const struct item_texts *texts);

#endif
