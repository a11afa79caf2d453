/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a parsed packet to counters and events: count, fill, copy, submit, or count the loss. */
#ifndef ODDNS_EMIT_BPF_H
#define ODDNS_EMIT_BPF_H

#include "compat.bpf.h"
#include "maps.bpf.h"

/*
 * A packet on its way through a program. Functions take the hook beside it, a
 * constant after inlining: it chooses the helpers that the program may call.
 */
struct seen {
	void *ctx; /* struct xdp_md or struct __sk_buff */
	const struct odd_packet *packet;
	/* a payload that can be read directly, up to end; NULL: by the helper only */
	const __u8 *payload;
	const __u8 *end;
	__u64 wakeup; /* flag for submitting */
	__u32 ifindex;
};

static __always_inline long load_bytes(const struct seen *s, const enum odd_hook hook, __u32 offset,
				       void *to, __u32 bytes)
{
	if (hook == ODD_HOOK_XDP)
		return bpf_xdp_load_bytes(s->ctx, offset, to, bytes);
	return bpf_skb_load_bytes(s->ctx, offset, to, bytes);
}

static __always_inline void count_drop(enum odd_drop reason)
{
	__u64 *count = bpf_map_lookup_elem(&drops, &reason);

	if (count)
		(*count)++;
}

/*
 * Should this event wake the daemon? It looks by itself ten times a second;
 * only when the ring fills faster must it be called, and a call costs as much
 * as thirty events (an interrupt to another processor). So each wakeup_packets
 * a processor looks, and calls if the backlog is between one and two
 * thresholds: beyond, the daemon has been called and is at work.
 */
static __always_inline __u64 wakeup_flag(__u64 packets_seen, const bool is_large)
{
	__u64 waiting;

	if (!is_large && packets_seen & (wakeup_packets - 1))
		return BPF_RB_NO_WAKEUP;
	waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	backlog = waiting;
	return waiting >= wakeup_bytes && waiting < 2 * (__u64)wakeup_bytes ? BPF_RB_FORCE_WAKEUP
									    : BPF_RB_NO_WAKEUP;
}

/*
 * Count a packet on a DNS port. @is_large: it may take more room than a message, so look now.
 * Return: the flag for submitting its events
 */
static __always_inline __u64 count_packet(__u32 hook, const bool is_large)
{
	__u64 *count = bpf_map_lookup_elem(&packets, &hook);

	return odd_unlearn(count ? wakeup_flag(++*count, is_large) : BPF_RB_NO_WAKEUP);
}

static __always_inline void add_count(struct odd_server_count *count, __u32 bytes)
{
	count->packets++;
	count->bytes += bytes;
}

/*
 * A server that is not in the map yet, or has no place there: off the hot path.
 * verifier: Linux 6.1 takes no key that a global function was handed, so it is copied.
 */
__noinline int count_new_server(const struct odd_server_key *new, __u32 bytes)
{
	struct odd_server_count first = {.packets = 1, .bytes = bytes}, *count;
	struct odd_server_key key;

	if (!new)
		return 0;
	key = *new;
	if (bpf_map_update_elem(&server_rcode, &key, &first, BPF_NOEXIST) == 0)
		return 0;
	/* there by now, from another processor, or no room */
	count = bpf_map_lookup_elem(&server_rcode, &key);
	if (count) {
		add_count(count, bytes);
		return 0;
	}
	count_drop(ODD_DROP_SERVER_RCODE_FULL);
	if (bpf_map_update_elem(&overflow_rcode, &key.rcode, &first, BPF_NOEXIST) == 0)
		return 0;
	count = bpf_map_lookup_elem(&overflow_rcode, &key.rcode);
	if (count)
		add_count(count, bytes);
	return 0;
}

static __always_inline void count_server(struct odd_server_key *key, __u32 bytes)
{
	struct odd_server_count *count = bpf_map_lookup_elem(&server_rcode, key);

	if (count)
		add_count(count, bytes);
	else
		count_new_server(key, bytes);
}

static __always_inline void count_message(const struct odd_packet *p, const __u8 *header,
					  __u32 bytes)
{
	struct odd_server_key key __attribute__((aligned(8)));

	odd_server_key_fill(p, header, &key);
	if (multicast)
		odd_server_key_group(p, &key);
	count_server(&key, bytes);
}

/* verifier: a function of its own, so that its two outcomes are one way again behind it. */
__noinline int is_hash_shed(__u64 upper, __u64 lower, __u32 ports_id)
{
	return (odd_exchange_hash(upper, lower, ports_id, shedding.seed) & shedding.mask) != 0;
}

/*
 * Has the daemon said to give this exchange up? The counters have it all the same.
 * @id: of the DNS header as it lies there, 0 for TCP
 */
static __always_inline bool is_shed(const struct odd_packet *p, __u32 id)
{
	const __u64 *src = (const __u64 *)p->src, *dst = (const __u64 *)p->dst;

	return shedding.mask && is_hash_shed(src[0] ^ dst[0], src[1] ^ dst[1],
					     (__u32)(p->src_port ^ p->dst_port) | id << 16);
}

/*
 * Who sends: the socket's owner and cgroup; pid and comm only for UDP, whose
 * packets leave in the system call. TCP sends from softirq too, where the
 * current task is a stranger. Read from the task itself, because Linux 6.1 does not
 * let programs at TC call bpf_get_current_pid_tgid().
 */
static __always_inline void fill_sender(const struct seen *s, const enum odd_hook hook,
					struct odd_event *e)
{
	struct __sk_buff *skb = s->ctx;

	if (s->packet->tunnel)
		return; /* its ends stand there */
	e->cgroup_id = 0;
	e->uid = ODD_NO_UID;
	e->pid = 0;
	__builtin_memset(e->comm, 0, sizeof(e->comm));
	if (hook != ODD_HOOK_TC_EGRESS || !skb->sk)
		return;
	e->cgroup_id = bpf_skb_cgroup_id(skb);
	e->uid = bpf_get_socket_uid(skb);
	if (e->protocol == ODD_IPPROTO_UDP) {
		struct task_struct___sender *task = (void *)bpf_get_current_task_btf();

		e->pid = task->tgid;
		bpf_probe_read_kernel_str(e->comm, sizeof(e->comm), task->comm);
	}
}

/*
 * verifier: it must see the bound where the helper takes the length. Linux 6.1
 * forgets it over a spill of 32 bits, and the compiler drops a comparison whose
 * outcome it knows; this one neither can lose.
 */
static __always_inline __u64 at_most(__u64 bytes, const __u32 room)
{
	asm volatile("if %[bytes] <= %[room] goto +1\n"
		     "%[bytes] = %[room]"
		     : [bytes] "+r"(bytes)
		     : [room] "i"(room));
	return bytes;
}

/* verifier: the same from below, where Linux 6.1 learns nothing of a comparison with 0. */
static __always_inline __u64 at_least_one(__u64 bytes)
{
	asm volatile("if %[bytes] > 0 goto +1\n"
		     "%[bytes] = 1"
		     : [bytes] "+r"(bytes));
	return bytes;
}

/* The room up to which words are copied: most queries and short responses. */
#define COPY_WORDS_MAX 128

/* Copied at a time; no message is copied by words that is shorter. */
#define COPY_STEP 16

/*
 * Copy a short message straight from the packet, by words, the last ones overlapping
 * those before: 17 ns less than the helper, which checks and calls on. False when
 * the bytes are not all at hand; what was copied by then does no harm.
 *
 * verifier: each step is compared with the end, for it forgets a bound that was
 * found at a variable offset. Not for longer messages: each step is a path more, which is
 * also why copying is the last that is done to an event.
 */
static __always_inline bool copy_words(const struct seen *s, __u8 *to, __u64 bytes,
				       const __u32 room)
{
	const __u8 *from = s->payload, *end = s->end;
	__u64 last;

	if (!from || bytes < COPY_STEP)
		return false;
#pragma clang loop unroll(full)
	for (__u32 i = 0; i < room; i += COPY_STEP) {
		if (i + COPY_STEP > bytes)
			break;
		if (from + i + COPY_STEP > end)
			return false;
		odd_copy16(to + i, from + i);
	}
	last = at_most(bytes - COPY_STEP, room - COPY_STEP);
	from += last;
	if (from + COPY_STEP > end)
		return false;
	odd_copy16(to + last, from);
	return true;
}

/* Copy the payload, which has a DNS header at the least. */
static __always_inline bool copy_payload(const struct seen *s, const enum odd_hook hook,
					 const struct odd_span *span, struct odd_event *e,
					 const __u32 room)
{
	__u64 bytes = at_most(e->captured_bytes, room);

	if (hook == ODD_HOOK_XDP && room <= COPY_WORDS_MAX &&
	    copy_words(s, e->payload, bytes, room))
		return true;
	bytes = at_least_one(at_most(e->captured_bytes, room));
	return load_bytes(s, hook, span->offset, e->payload, bytes) == 0;
}

/*
 * Reserve, fill and submit an event with room for @room payload bytes, a
 * constant after inlining.
 */
static __always_inline enum odd_drop emit_sized(const struct seen *s, const enum odd_hook hook,
						const struct odd_span *span, __u32 bytes,
						const __u32 room)
{
	struct odd_event *e = bpf_ringbuf_reserve(&events, sizeof(*e) + room, 0);

	if (!e)
		return ODD_DROP_RING_FULL;
	e->time_ns = replay ? replay_ns : bpf_ktime_get_ns() + clock_offset_ns;
	odd_event_fill(e, s->packet, span);
	e->captured_bytes = bytes;
	e->ifindex = replay ? 0 : s->ifindex;
	e->hook = hook;
	fill_sender(s, hook, e);
	if (copy_payload(s, hook, span, e, room)) {
		bpf_ringbuf_submit(e, s->wakeup);
		return ODD_DROP_NONE;
	}
	bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
	return ODD_DROP_COPY_FAILED;
}

/*
 * The ring hands out records of constant size only, so there are some sizes to
 * choose from: most queries fit 64 bytes, most responses 256. What is reserved
 * and not written costs room in the ring, what is written costs cache lines.
 */
static __always_inline enum odd_drop emit(const struct seen *s, const enum odd_hook hook,
					  const struct odd_span *span, __u32 bytes)
{
	if (bytes <= 64)
		return emit_sized(s, hook, span, bytes, 64);
	if (bytes <= 128)
		return emit_sized(s, hook, span, bytes, 128);
	if (bytes <= 256)
		return emit_sized(s, hook, span, bytes, 256);
	if (bytes <= 512)
		return emit_sized(s, hook, span, bytes, 512);
	return emit_sized(s, hook, span, bytes, ODD_SNAPLEN_MAX);
}

/*
 * A datagram with a whole message, or what the frame has of it. The counters come first:
 * whatever is lost behind them, they are right.
 * @header: the first 12 bytes of the message
 */
static __always_inline void emit_datagram(const struct seen *s, const enum odd_hook hook,
					  const __u8 *header)
{
	struct odd_span span;
	enum odd_drop drop;

	count_message(s->packet, header, s->packet->payload_bytes);
	odd_span_datagram(s->packet, shedding.snaplen, &span);
	if (is_shed(s->packet, *(const __u16 *)header))
		drop = ODD_DROP_SHED;
	else
		drop = emit(s, hook, &span, span.copied);
	if (drop)
		count_drop(drop);
}

#endif
