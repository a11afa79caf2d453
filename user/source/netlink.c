// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink, as netlink(7) has it: messages of attributes, each padded to 4 bytes. */
#include "netlink.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* The kernel fills at most this much of a dump at once (netlink_dump() in the kernel). */
#define ANSWER_MAX 32768
/* The kernel answers at once, unless somebody holds its lock of all interfaces. */
#define PATIENCE_S 5

void netlink__put_raw(struct netlink_request *request, const void *data, size_t size)
{
	struct nlmsghdr *header = &request->u.header;
	size_t at = NLMSG_ALIGN(header->nlmsg_len);

	if (at + NLMSG_ALIGN(size) > sizeof(request->u.bytes))
		return;
	if (size)
		memcpy(request->u.bytes + at, data, size);
	header->nlmsg_len = (uint32_t)(at + size);
}

void netlink__start(struct netlink_request *request, uint16_t type, uint16_t flags,
		    const void *family, size_t size)
{
	memset(request, 0, sizeof(*request));
	request->u.header = (struct nlmsghdr){
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | flags,
	};
	netlink__put_raw(request, family, size);
}

size_t netlink__put(struct netlink_request *request, uint16_t type, const void *data, size_t size)
{
	struct nlattr attribute = {.nla_len = (uint16_t)(NLA_HDRLEN + size), .nla_type = type};
	size_t at = NLMSG_ALIGN(request->u.header.nlmsg_len);

	if (at + NLA_HDRLEN + NLMSG_ALIGN(size) > sizeof(request->u.bytes))
		return 0;
	netlink__put_raw(request, &attribute, NLA_HDRLEN);
	netlink__put_raw(request, data, size);
	return at;
}

void netlink__end_nest(struct netlink_request *request, size_t at)
{
	uint16_t size = (uint16_t)(request->u.header.nlmsg_len - at);

	if (at)
		memcpy(request->u.bytes + at + offsetof(struct nlattr, nla_len), &size,
		       sizeof(size));
}

/* Hand over the messages in @bytes; returns 1 when more are to come, 0 at the end, or an error. */
static int take_answers(const void *bytes, size_t size, netlink_fn on_answer, void *context)
{
	const struct nlmsghdr *message = bytes;

	for (; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
		if (message->nlmsg_type == NLMSG_DONE)
			return 0;
		if (message->nlmsg_type == NLMSG_ERROR)
			return ((const struct nlmsgerr *)NLMSG_DATA(message))->error;
		if (on_answer)
			on_answer(context, message);
	}
	return 1;
}

int netlink_ask(int protocol, struct netlink_request *request, netlink_fn on_answer, void *context)
{
	struct nlmsghdr *header = &request->u.header;
	_Alignas(struct nlmsghdr) uint8_t answer[ANSWER_MAX];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	int r = 1;

	if (fd < 0)
		return -errno;
	/* so that there is an end; NLM_F_DUMP has two bits, which alone mean something else */
	if ((header->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		header->nlmsg_flags |= NLM_F_ACK;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, header, header->nlmsg_len, 0) < 0)
		r = -errno;
	while (r > 0) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);

		if (n < 0 && errno == EINTR)
			continue;
		r = n < 0 ? -errno : take_answers(answer, (size_t)n, on_answer, context);
	}
	close(fd);
	return r;
}

const void *netlink_find(const void *attributes, size_t size, uint16_t type, size_t *ret_size)
{
	const uint8_t *at = attributes;

	while (size >= NLA_HDRLEN) {
		struct nlattr attribute;
		size_t step;

		memcpy(&attribute, at, sizeof(attribute));
		step = NLA_ALIGN((size_t)attribute.nla_len);
		if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > size)
			return NULL;
		if ((attribute.nla_type & NLA_TYPE_MASK) == type) {
			*ret_size = attribute.nla_len - NLA_HDRLEN;
			return at + NLA_HDRLEN;
		}
		if (step > size)
			return NULL;
		at += step;
		size -= step;
	}
	return NULL;
}

const void *netlink_attributes(const struct nlmsghdr *message, size_t family_size, size_t *ret_size)
{
	size_t skip = NLMSG_LENGTH(NLMSG_ALIGN(family_size));

	*ret_size = message->nlmsg_len > skip ? message->nlmsg_len - skip : 0;
	return (const uint8_t *)message + skip;
}
