/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the kernel over netlink: one request, its answers, done. */
#ifndef SOURCE_NETLINK_H
#define SOURCE_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

/* The longest request of ours, which makes a veth pair, has about 120 bytes. */
#define NETLINK_REQUEST_MAX 512

struct netlink_request {
	union {
		struct nlmsghdr header;
		uint8_t bytes[NETLINK_REQUEST_MAX];
	} u;
};

/**
 * netlink__start() - Begin a request.
 * @flags: NLM_F_* besides NLM_F_REQUEST
 * @family: @size bytes, the header of the protocol's own, such as struct ifinfomsg
 */
void netlink__start(struct netlink_request *request, uint16_t type, uint16_t flags,
		    const void *family, size_t size);

/**
 * netlink__put() - Append an attribute.
 * @data: @size bytes; NULL with 0 bytes, for an attribute that others are nested in
 *
 * What does not fit into NETLINK_REQUEST_MAX is left out: requests are ours, their size is known.
 *
 * Return: where the attribute is, for netlink__end_nest()
 */
size_t netlink__put(struct netlink_request *request, uint16_t type, const void *data, size_t size);

/** netlink__put_raw() - Append bytes without a header, as a peer's struct ifinfomsg in a nest. */
void netlink__put_raw(struct netlink_request *request, const void *data, size_t size);

/** netlink__end_nest() - All put since netlink__put() gave @at belongs into that attribute. */
void netlink__end_nest(struct netlink_request *request, size_t at);

/** netlink_fn - Receives each message of an answer; valid during the call. */
typedef void (*netlink_fn)(void *context, const struct nlmsghdr *message);

/**
 * netlink_ask() - Send a request and hand over all answers.
 * @protocol: NETLINK_ROUTE, NETLINK_GENERIC
 * @on_answer: may be NULL when only success matters
 *
 * Return: 0, negative errno: the kernel's refusal, or why it could not be asked
 */
int netlink_ask(int protocol, struct netlink_request *request, netlink_fn on_answer, void *context);

/**
 * netlink_find() - An attribute among others.
 * @attributes: @size bytes, any content
 * @ret_size: bytes of its data
 *
 * Return: its data, NULL when there is none of that type
 */
const void *netlink_find(const void *attributes, size_t size, uint16_t type, size_t *ret_size);

/**
 * netlink_attributes() - What follows a message's own header.
 * @family_size: bytes of that header
 * @ret_size: bytes that follow, 0 when the message is too short
 */
const void *netlink_attributes(const struct nlmsghdr *message, size_t family_size,
			       size_t *ret_size);

#endif
