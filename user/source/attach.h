/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One interface with our programs at its hooks. What we attach we detach, nothing else. */
#ifndef SOURCE_ATTACH_H
#define SOURCE_ATTACH_H

#include <oddns/abi.h>

#include <net/if.h>
#include <stdbool.h>

struct dispatcher_place;
struct oddns_bpf;

/* Which ingress hook is wanted. */
enum attach_mode {
	ATTACH_AUTO, /* native XDP, else TC ingress, else generic XDP */
	ATTACH_XDP,
	ATTACH_XDP_GENERIC,
	ATTACH_TC,
};

/* Where a program hangs. */
enum attach_hook {
	ATTACHED_NOT,
	ATTACHED_XDP,
	ATTACHED_XDP_GENERIC,
	ATTACHED_XDP_DISPATCHER, /* beside others, native or generic as they are */
	ATTACHED_TCX,
	ATTACHED_CLSACT,
};

struct attachment {
	char ifname[IF_NAMESIZE];
	unsigned ifindex; /* 0: the interface is not there */
	enum attach_hook ingress;
	enum attach_hook egress;
	int ingress_link; /* bpf_link, -1: none */
	int egress_link;
	struct dispatcher_place *place; /* when ingress is ATTACHED_XDP_DISPATCHER */
	unsigned refused;		/* index that could not be attached to; not tried again */
	/* lines written of it, see live__follow_links() */
	__u64 telling_since_ns;
	unsigned told;
	unsigned untold;
	bool made_clsact; /* the qdisc was not there before us */
	char note[160];	  /* why not the first choice; "" when it is */
};

/**
 * attachment__attach() - Attach to both hooks of an interface.
 * @a: ifname is set, the rest is filled
 * @mode: for ingress
 *
 * Where other programs hold XDP through libxdp's dispatcher, ours is added to them.
 * On the loopback device only egress is used: each packet passes both hooks.
 *
 * Return: 0, negative errno after reporting: -ENODEV no such interface, -EBUSY
 * another oddns watches it or the forced hook is held, else what the kernel
 * said. Nothing stays attached on failure.
 */
int attachment__attach(struct attachment *a, const struct oddns_bpf *programs,
		       enum attach_mode mode);

/** attachment__detach() - Undo attachment__attach(); fine for one that is not attached. */
void attachment__detach(struct attachment *a);

/** attach_hook_name() - "none", "xdp", "xdp-generic", "xdp-dispatcher", "tcx", "clsact". */
const char *attach_hook_name(enum attach_hook hook);

/**
 * attach_xdp_holder() - Who holds the XDP hook of an interface.
 * @ret_id: program id, 0 when nobody does
 * @ret_name: 16 bytes, NUL-terminated
 *
 * Return: 0, negative errno of the query
 */
int attach_xdp_holder(unsigned ifindex, __u32 *ret_id, char *ret_name);

#endif
