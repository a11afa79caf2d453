/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the DNS messages in TCP streams (RFC 9293, RFC 1035 section 4.2.2, RFC
 * 7766). streams.c opens with the idea.
 */
#ifndef FLOW_STREAMS_H
#define FLOW_STREAMS_H

#include "flow/streams_data.h"

#include <oddns/abi.h>

struct streams;

/**
 * streams__new() - Make it.
 * @limits: copied
 * @seed: of the hash, random in production
 * @on_message: receives messages, one call each; valid during the call only. It must not call
 *	into the same streams.
 *
 * Return: 0, -ENOMEM, -EINVAL when a limit is out of its range
 */
int streams__new(const struct streams_limits *limits, uint64_t seed,
		 void (*on_message)(void *context, const struct odd_event *message), void *context,
		 struct streams **ret_streams);

/** streams__free() - Forget everything without a word; NULL is fine. */
void streams__free(struct streams *streams);

/**
 * streams__event() - Take a TCP segment, or a part of one, or a SYN, FIN or RST.
 * @event: with its payload; protocol is TCP
 *
 * Connections are told apart by addresses, ports, and tunnel if both directions share its id.
 * Each message that is complete by now is handed on without its length prefix, in the order of
 * each direction's bytes, with the addresses, hook, sender and time of the event that completed
 * it, message_bytes from its prefix and captured_bytes as far as it is there, without
 * ODD_EVENT_FOLLOWS. Less than message_bytes come with ODD_EVENT_CUT: when bytes are missing,
 * and then the time is that of the last event which brought some, or when message_bytes of the
 * limits are less than the message. What lies behind a hole that was given up keeps the time
 * at which it was seen.
 *
 * A segment that is seen again, at another interface too, is a retransmission and hands nothing
 * on. Does first what streams__tick() does at the event's time; a step back by more than idle_ns
 * is another clock, and streams__finish(). Cost: at most 500 ns a message.
 */
void streams__event(struct streams *streams, const struct odd_event *event);

/**
 * streams__tick() - Give up holes and connections that are due.
 *
 * Cost: a few comparisons when none is.
 */
void streams__tick(struct streams *streams, uint64_t now_ns);

/**
 * streams__finish() - End of input: give up all holes, hand on what lies behind them and what is
 * there of messages that are not complete, forget all connections.
 */
void streams__finish(struct streams *streams);

/** streams__counters() - Live, owned by @streams. */
const struct streams_counters *streams__counters(const struct streams *streams);

#endif
