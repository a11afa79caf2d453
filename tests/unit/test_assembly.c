// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole datagrams, fragments and TCP segments through the assembly: each goes its way,
 * and packets + coalesced = messages + joined holds at every moment, in the middle of
 * handing on, too.
 */
#include "flow/assembly.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define S     1000000000ULL
#define EPOCH (1700000000 * S)

#define UDP	 IPPROTO_UDP
#define TCP	 IPPROTO_TCP
#define FRAGMENT ODD_EVENT_FRAGMENT
#define MORE	 ODD_EVENT_MORE
#define LATER	 ODD_EVENT_LATER
#define FOLLOWS	 ODD_EVENT_FOLLOWS
#define QUOTED	 ODD_EVENT_QUOTED

/* Length of all messages here; over TCP 32 with their prefix. */
#define MESSAGE 30
#define SEED	7
#define EVENTS	20011

static const struct assembly_limits limits = {
	.fragments = {.timeout_ns = 2 * S, .datagrams = 64, .bytes = 1 << 20},
	.streams = {.idle_ns = 30 * S,
		    .hole_ns = S,
		    .connections = 64,
		    .connection_bytes = 65536,
		    .bytes = 1 << 20,
		    .message_bytes = 4096},
};

struct trial {
	struct assembly *assembly;
	const struct assembly_counters *counters;
	const struct odd_event *given;
	uint64_t packets, messages, same; /* same: messages that are the event that was given */
	uint32_t random;
	uint8_t flags; /* of all messages together */
};

static uint32_t dice(struct trial *trial, uint32_t sides)
{
	uint32_t *x = &trial->random;

	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % sides;
}

static void check_identity(const struct trial *trial)
{
	const struct assembly_counters *c = trial->counters;

	cr_assert_eq(c->packets + c->coalesced, c->messages + c->joined + c->shed);
	cr_assert_eq(c->packets, trial->packets);
	cr_assert_eq(c->messages, trial->messages);
}

static void hear(void *context, const struct odd_event *message)
{
	struct trial *trial = context;

	trial->messages++;
	trial->same += message == trial->given;
	trial->flags |= message->flags;
	cr_assert_leq(message->captured_bytes, message->message_bytes);
	check_identity(trial);
}

static void begin(struct trial *trial)
{
	*trial = (struct trial){.random = 2463534242U};
	cr_assert_eq(assembly__new(&limits, SEED, hear, trial, &trial->assembly), 0);
	trial->counters = assembly__counters(trial->assembly);
}

/* An event of the test: bytes from @start on of a stream or message that repeats itself. */
struct seen {
	uint8_t protocol, flags, tcp_flags;
	uint32_t id; /* identification, or the client's port */
	uint32_t start, bytes;
	uint16_t message; /* UDP's length less 8, of a first fragment */
	uint64_t at_ns;
};

/* Over TCP each MESSAGE bytes are preceded by their length (RFC 1035 section 4.2.2). */
static uint8_t byte_at(const struct seen *seen, uint32_t i)
{
	uint32_t at = i % (MESSAGE + 2);

	if (seen->protocol == UDP)
		return (uint8_t)i;
	if (at < 2)
		return at ? MESSAGE : 0;
	return at == 4 ? 0x01 : at == 7; /* RD, one question */
}

static void fill(const struct seen *seen, struct odd_event *event)
{
	*event = (struct odd_event){.time_ns = EPOCH + seen->at_ns,
				    .src = {[15] = 1},
				    .dst = {[15] = 2},
				    .uid = ODD_NO_UID,
				    .protocol = seen->protocol,
				    .flags = seen->flags,
				    .tcp_flags = seen->tcp_flags,
				    .message_bytes = (uint16_t)seen->bytes,
				    .captured_bytes = (uint16_t)seen->bytes,
				    .src_port = (uint16_t)(1024 + seen->id),
				    .dst_port = 53};
	if (seen->protocol == TCP)
		event->sequence = 1000 + seen->start;
	else if (seen->flags & FRAGMENT)
		event->identification = seen->id;
	if (seen->message)
		event->message_bytes = seen->message;
	if (seen->flags & LATER) {
		event->fragment_offset = (uint16_t)(seen->start / 8 + 1);
		event->no_port = 0;
	}
	for (uint32_t i = 0; i < seen->bytes; i++)
		event->payload[i] = byte_at(seen, seen->start + i);
}

static void give(struct trial *trial, const struct seen *seen)
{
	struct odd_event *event = malloc(sizeof(*event) + seen->bytes);

	cr_assert(event);
	fill(seen, event);
	if (!(seen->flags & FOLLOWS) && (seen->protocol == UDP || seen->bytes))
		trial->packets++;
	trial->given = event;
	assembly__event(trial->assembly, event);
	trial->given = NULL;
	free(event);
	check_identity(trial);
}

/* --- step by step ----------------------------------------------------------------------------- */

struct step {
	struct seen seen;
	struct assembly_counters after;
};

#define AFTER(p, m, j, c)                                                                          \
	{                                                                                          \
		.packets = (p), .messages = (m), .joined = (j), .coalesced = (c)                   \
	}

static const struct step steps[] = {
	{{UDP, .bytes = MESSAGE}, AFTER(1, 1, 0, 0)},
	{{UDP, FRAGMENT | MORE, .id = 1, .bytes = 16, .message = MESSAGE}, AFTER(2, 1, 1, 0)},
	{{UDP, FRAGMENT | LATER, .id = 1, .start = 16, .bytes = 14}, AFTER(3, 2, 1, 0)},
	{{UDP, FRAGMENT | LATER, .id = 1, .start = 16, .bytes = 14}, AFTER(4, 2, 2, 0)}, /* again */
	{{TCP, .tcp_flags = ODD_TCP_SYN}, AFTER(4, 2, 2, 0)},
	{{TCP, .start = 0, .bytes = 64}, AFTER(5, 4, 2, 1)},
	{{TCP, .start = 64, .bytes = 16}, AFTER(6, 4, 3, 1)},
	{{TCP, FOLLOWS, .start = 80, .bytes = 48}, AFTER(6, 6, 3, 3)},
	{{TCP, .start = 128, .bytes = 0, .tcp_flags = ODD_TCP_ACK | ODD_TCP_FIN},
	 AFTER(6, 6, 3, 3)},
	/* a fragment of 8192 bytes of message in parts, and the rest of it */
	{{UDP, FRAGMENT | MORE, .id = 2, .bytes = 4096, .message = 9000}, AFTER(7, 6, 4, 3)},
	{{UDP, FRAGMENT | LATER | MORE | FOLLOWS, .id = 2, .start = 4096, .bytes = 4096},
	 AFTER(7, 6, 4, 3)},
	{{UDP, FRAGMENT | LATER, .id = 2, .start = 8192, .bytes = 808}, AFTER(8, 7, 4, 3)},
	/* a part that ends a message: its packet has been counted before */
	{{UDP, FRAGMENT | MORE, .id = 3, .bytes = 4096, .message = 5000}, AFTER(9, 7, 5, 3)},
	{{UDP, FRAGMENT | LATER | FOLLOWS, .id = 3, .start = 4096, .bytes = 904},
	 AFTER(9, 8, 5, 4)},
	/* one that waits until a packet comes too late, which ends no message but that one */
	{{UDP, FRAGMENT | MORE, .id = 4, .bytes = 16, .message = MESSAGE}, AFTER(10, 8, 6, 4)},
	{{UDP, FRAGMENT | LATER, .id = 5, .start = 16, .bytes = 14, .at_ns = 3 * S},
	 AFTER(11, 9, 6, 4)},
	{{UDP, .bytes = MESSAGE, .at_ns = 3 * S}, AFTER(12, 10, 6, 4)},
	{{UDP, FRAGMENT | MORE, .id = 6, .bytes = 16, .message = MESSAGE, .at_ns = 3 * S},
	 AFTER(13, 10, 7, 4)},
	/* what an ICMP error quotes is whole as far as it goes, and belongs to no datagram */
	{{UDP, QUOTED | ODD_EVENT_CUT, .id = 6, .bytes = 14, .message = MESSAGE, .at_ns = 3 * S},
	 AFTER(14, 11, 7, 4)},
};

Test(assembly, each_packet_ends_messages_or_is_joined)
{
	const struct assembly_counters ticked = AFTER(14, 12, 7, 5);
	struct assembly_totals totals;
	struct trial trial;

	begin(&trial);
	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		give(&trial, &steps[i].seen);
		cr_assert_arr_eq(trial.counters, &steps[i].after, sizeof(steps[i].after), "step %u",
				 i);
	}
	cr_assert_eq(trial.same, 3);
	cr_assert_eq(trial.flags, QUOTED | ODD_EVENT_CUT); /* cut: the one that waited, too */
	assembly__tick(trial.assembly, EPOCH + 5 * S);
	check_identity(&trial);
	cr_assert_eq(trial.messages, 11);
	assembly__tick(trial.assembly, EPOCH + 5 * S + 1);
	cr_assert_arr_eq(trial.counters, &ticked, sizeof(ticked));
	check_identity(&trial);
	assembly__totals(trial.assembly, &totals);
	cr_assert_eq(totals.fragments.reassembled, 3);
	cr_assert_eq(totals.fragments.partial, 2);
	cr_assert_eq(totals.streams.messages, 4);
	assembly__free(trial.assembly);
}

Test(assembly, the_end_of_input_hands_on_what_is_held)
{
	struct trial trial;

	begin(&trial);
	give(&trial, &(struct seen){TCP, .tcp_flags = ODD_TCP_SYN});
	give(&trial, &(struct seen){TCP, .bytes = 20});
	give(&trial, &(struct seen){UDP, FRAGMENT | MORE, .bytes = 16, .message = MESSAGE});
	cr_assert_eq(trial.messages, 0);
	assembly__finish(trial.assembly);
	check_identity(&trial);
	cr_assert_eq(trial.messages, 2);
	cr_assert_eq(trial.counters->joined, 2);
	cr_assert_eq(trial.counters->coalesced, 2);
	assembly__free(trial.assembly);
	assembly__free(NULL);
}

/* --- at random -------------------------------------------------------------------------------- */

static void random_event(struct trial *trial, struct seen *seen)
{
	static const uint8_t tcp_flags[] = {0, 0,	    0,		 0,	      0,
					    0, ODD_TCP_SYN, ODD_TCP_FIN, ODD_TCP_RST, ODD_TCP_ACK};

	seen->at_ns += dice(trial, 50) ? dice(trial, S / 100) : dice(trial, (uint32_t)(3 * S));
	seen->message = 0;
	seen->tcp_flags = 0;
	seen->id = dice(trial, 23);
	seen->start = 8 * dice(trial, 40);
	seen->bytes = 8 * (1 + dice(trial, 16));
	switch (dice(trial, 4)) {
	case 0:
		seen->protocol = UDP;
		seen->flags = 0;
		break;
	case 1:
		seen->protocol = UDP;
		seen->flags = FRAGMENT | (dice(trial, 3) ? MORE : 0);
		seen->message = (uint16_t)(seen->bytes + 8 * dice(trial, 20));
		seen->start = 0;
		break;
	case 2:
		seen->protocol = UDP;
		seen->flags = FRAGMENT | LATER | (dice(trial, 3) ? MORE : 0) |
			      (dice(trial, 5) ? 0 : FOLLOWS);
		break;
	default:
		seen->protocol = TCP;
		seen->flags = dice(trial, 5) ? 0 : FOLLOWS;
		seen->tcp_flags = tcp_flags[dice(trial, sizeof(tcp_flags))];
		seen->bytes = dice(trial, 4) ? seen->bytes : 0;
	}
}

Test(assembly, the_identity_holds_whatever_comes)
{
	struct assembly_totals totals;
	struct trial trial;
	struct seen seen = {0};

	begin(&trial);
	for (unsigned i = 0; i < EVENTS; i++) {
		random_event(&trial, &seen);
		give(&trial, &seen);
		if (dice(&trial, 10) == 0)
			assembly__tick(trial.assembly, EPOCH + seen.at_ns + dice(&trial, S));
		check_identity(&trial);
	}
	assembly__finish(trial.assembly);
	check_identity(&trial);
	cr_assert_eq(trial.flags & ~ODD_EVENT_CUT, 0);
	cr_assert_gt(trial.counters->joined, EVENTS / 10);
	cr_assert_gt(trial.counters->coalesced, EVENTS / 100);
	assembly__totals(trial.assembly, &totals);
	cr_assert_eq(totals.streams.held_bytes, 0);
	cr_assert_eq(totals.fragments.held_bytes, 0);
	assembly__free(trial.assembly);
}

Test(assembly, limits_of_either_are_refused)
{
	struct assembly_limits fragments = limits, streams = limits;
	struct assembly *assembly = NULL;

	fragments.fragments.datagrams = 1;
	streams.streams.connections = 1;
	cr_assert_eq(assembly__new(&fragments, 0, hear, NULL, &assembly), -EINVAL);
	cr_assert_eq(assembly__new(&streams, 0, hear, NULL, &assembly), -EINVAL);
	cr_assert_null(assembly);
}

/* What is left out is counted as packets and shed, never handed on; the rest as ever. */
Test(assembly, what_is_left_out_is_shed_and_accounted_for)
{
	static const struct odd_shedding half = {.mask = 1, .seed = 23}, all = {.mask = 0};
	struct trial trial;

	begin(&trial);
	assembly__sample(trial.assembly, &half);
	for (unsigned i = 0; i < 1009; i++)
		give(&trial, &(struct seen){UDP, .id = i, .bytes = MESSAGE});
	cr_assert_eq(trial.counters->packets, 1009);
	cr_assert_eq(trial.counters->messages + trial.counters->shed, 1009);
	/* a binomial of 1009 halves lies between these bounds but for once in 10^9 */
	cr_assert(trial.counters->shed > 408 && trial.counters->shed < 601, "%llu shed",
		  (unsigned long long)trial.counters->shed);
	assembly__sample(trial.assembly, &all);
	give(&trial, &(struct seen){UDP, .bytes = MESSAGE});
	cr_assert_eq(trial.counters->messages + trial.counters->shed, 1010);
	assembly__free(trial.assembly);
}
