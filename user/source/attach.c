// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attaching and detaching.
 *
 * Links are used wherever the kernel has them: they vanish with their file
 * descriptor, so a daemon that was killed leaves nothing behind, and they never
 * replace another's program, as a plain netlink attach does. Only clsact, the
 * fallback of kernels before 6.6, has no links; there a fixed handle lets the
 * next start replace what a killed daemon left.
 */
#include "attach.h"

#include "base/log.h"
#include "dispatcher.h"
#include "holders.h"
#include "oddns.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* BPF_F_BEFORE of Linux 6.6, without a relative: before all. */
#define LINK_BEFORE (1U << 3)

#define CLSACT_HANDLE	0x0dd5 /* "odds": ours, so that a restart finds it */
#define CLSACT_PRIORITY 1

const char *attach_hook_name(enum attach_hook hook)
{
	static const char *const names[] = {
		[ATTACHED_NOT] = "none",
		[ATTACHED_XDP] = "xdp",
		[ATTACHED_XDP_GENERIC] = "xdp-generic",
		[ATTACHED_XDP_DISPATCHER] = "xdp-dispatcher",
		[ATTACHED_TCX] = "tcx",
		[ATTACHED_CLSACT] = "clsact",
	};

	return names[hook];
}

int attach_xdp_holder(unsigned ifindex, __u32 *ret_id, char *ret_name)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	int r = bpf_xdp_query((int)ifindex, 0, &query);

	if (r < 0)
		return r;
	*ret_id = query.prog_id ? query.prog_id : query.drv_prog_id;
	if (!*ret_id)
		*ret_id = query.skb_prog_id ? query.skb_prog_id : query.hw_prog_id;
	ret_name[0] = '\0';
	if (*ret_id)
		holders_program_name(*ret_id, ret_name);
	return 0;
}

/* Is our program at a TC hook by a link? A filter of ours is a dead daemon's: it is replaced. */
static bool is_linked(unsigned ifindex, bool egress, const char *name)
{
	struct holder holders[HOLDERS_MAX];
	int count = holders_tc(ifindex, egress, holders);

	for (int i = 0; i < count; i++)
		if (!holders[i].clsact && strcmp(holders[i].name, name) == 0)
			return true;
	return false;
}

static bool is_watched(const struct attachment *a)
{
	char name[BPF_OBJ_NAME_LEN];
	__u32 id;

	if (attach_xdp_holder(a->ifindex, &id, name) == 0 && strcmp(name, "oddns_xdp") == 0)
		return true;
	return is_linked(a->ifindex, false, "oddns_ingress") ||
	       is_linked(a->ifindex, true, "oddns_egress");
}

static int link_xdp(const struct attachment *a, const struct oddns_bpf *programs, __u32 flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = flags);

	return bpf_link_create(bpf_program__fd(programs->progs.oddns_xdp), (int)a->ifindex, BPF_XDP,
			       &options);
}

static int link_tcx(const struct attachment *a, const struct bpf_program *program, int type)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (__u32)bpf_program__fd(program);
	attr.link_create.target_fd = a->ifindex;
	attr.link_create.attach_type = (__u32)type;
	attr.link_create.flags = LINK_BEFORE;
	fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return fd < 0 ? -errno : fd;
}

static int attach_clsact(struct attachment *a, const struct bpf_program *program,
			 enum bpf_tc_attach_point point)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)a->ifindex, .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, options, .handle = CLSACT_HANDLE, .priority = CLSACT_PRIORITY,
		    .prog_fd = bpf_program__fd(program), .flags = BPF_TC_F_REPLACE);
	int r = bpf_tc_hook_create(&hook);

	if (r == 0)
		a->made_clsact = true;
	else if (r != -EEXIST)
		return r;
	return bpf_tc_attach(&hook, &options);
}

static void detach_clsact(const struct attachment *a, enum bpf_tc_attach_point point)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)a->ifindex, .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, options, .handle = CLSACT_HANDLE, .priority = CLSACT_PRIORITY);

	(void)bpf_tc_detach(&hook, &options);
}

/* A program at a TC hook: tcx, or clsact where the kernel does not know tcx. */
static int attach_tc(struct attachment *a, const struct oddns_bpf *programs, bool egress,
		     enum attach_hook *ret_hook)
{
	const struct bpf_program *program =
		egress ? programs->progs.oddns_egress : programs->progs.oddns_ingress;
	int *link = egress ? &a->egress_link : &a->ingress_link;
	int r = link_tcx(a, program, egress ? HOLDERS_TCX_EGRESS : HOLDERS_TCX_INGRESS);

	if (r >= 0) {
		*link = r;
		*ret_hook = ATTACHED_TCX;
		return 0;
	}
	if (r != -EINVAL)
		return r;
	r = attach_clsact(a, program, egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);
	if (r == 0)
		*ret_hook = ATTACHED_CLSACT;
	return r;
}

/* Say who is in the way, or what the driver answered. @join: what dispatcher__join() returned */
static void note_xdp_refusal(struct attachment *a, int r, int join)
{
	char name[BPF_OBJ_NAME_LEN], why[48] = "";
	__u32 id = 0;

	if (join == -ENOPKG)
		snprintf(why, sizeof(why), "; with libxdp 1.3 oddns could join it");
	else if (join != -EBUSY)
		snprintf(why, sizeof(why), "; joining it failed: %s", strerror(-join));
	if (r == -EBUSY && attach_xdp_holder(a->ifindex, &id, name) == 0 && id)
		snprintf(a->note, sizeof(a->note), "XDP is held by program %u '%s'%s", id, name,
			 strcmp(name, "xdp_dispatcher") == 0 ? why : "");
	else if (r == -EOPNOTSUPP || r == -EINVAL)
		snprintf(a->note, sizeof(a->note), "the driver has no native XDP");
	else
		snprintf(a->note, sizeof(a->note), "native XDP was refused: %s", strerror(-r));
}

static int attach_xdp_link(struct attachment *a, const struct oddns_bpf *programs, bool generic)
{
	int r = link_xdp(a, programs, generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);

	if (r < 0)
		return r;
	a->ingress_link = r;
	a->ingress = generic ? ATTACHED_XDP_GENERIC : ATTACHED_XDP;
	return 0;
}

static int attach_xdp(struct attachment *a, const struct oddns_bpf *programs, bool generic)
{
	int r = attach_xdp_link(a, programs, generic), join = -EBUSY;

	if (r == -EBUSY)
		join = dispatcher__join(a->ifindex, programs, &a->place);
	if (join == 0) {
		a->ingress = ATTACHED_XDP_DISPATCHER;
		snprintf(a->note, sizeof(a->note), "shares XDP through libxdp's dispatcher");
		return 0;
	}
	if (join == -EAGAIN)
		r = attach_xdp_link(a, programs, generic);
	if (r < 0)
		note_xdp_refusal(a, r, join);
	return r;
}

static int attach_ingress(struct attachment *a, const struct oddns_bpf *programs,
			  enum attach_mode mode)
{
	int r;

	if (mode == ATTACH_TC)
		return attach_tc(a, programs, false, &a->ingress);
	r = attach_xdp(a, programs, mode == ATTACH_XDP_GENERIC);
	if (r == 0 || mode != ATTACH_AUTO)
		return r;
	r = attach_tc(a, programs, false, &a->ingress);
	return r == 0 ? 0 : attach_xdp(a, programs, true);
}

static int refused(const struct attachment *a, int r)
{
	return log_err(r, "attach to '%s'%s%s%s; try another --hook, 'oddns doctor' tells which",
		       a->ifname, a->note[0] ? " (" : "", a->note, a->note[0] ? ")" : "");
}

int attachment__attach(struct attachment *a, const struct oddns_bpf *programs,
		       enum attach_mode mode)
{
	bool loopback = strcmp(a->ifname, "lo") == 0;
	int r = 0;

	a->ifindex = if_nametoindex(a->ifname);
	a->ingress = a->egress = ATTACHED_NOT;
	a->ingress_link = a->egress_link = -1;
	a->place = NULL;
	a->made_clsact = false;
	a->note[0] = '\0';
	if (!a->ifindex)
		return log_err(-ENODEV, "watch interface '%s'; 'ip link' lists what there is",
			       a->ifname);
	if (is_watched(a))
		return log_err(-EBUSY,
			       "watch interface '%s': another oddns already does; stop it "
			       "first",
			       a->ifname);
	if (!loopback)
		r = attach_ingress(a, programs, mode);
	else
		snprintf(a->note, sizeof(a->note), "each packet on loopback passes egress");
	if (r == 0)
		r = attach_tc(a, programs, true, &a->egress);
	if (r == 0)
		return 0;
	r = refused(a, r);
	attachment__detach(a);
	return r;
}

/* Filters that somebody added to our qdisc since would go with it. */
static bool others_use_clsact(unsigned ifindex)
{
	struct holder holders[HOLDERS_MAX];

	for (int egress = 0; egress < 2; egress++) {
		int count = holders_tc(ifindex, egress, holders);

		for (int i = 0; i < count; i++)
			if (holders[i].clsact)
				return true;
	}
	return false;
}

void attachment__detach(struct attachment *a)
{
	LIBBPF_OPTS(bpf_tc_hook, clsact, .ifindex = (int)a->ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	if (a->ingress == ATTACHED_CLSACT)
		detach_clsact(a, BPF_TC_INGRESS);
	if (a->egress == ATTACHED_CLSACT)
		detach_clsact(a, BPF_TC_EGRESS);
	if (a->made_clsact && !others_use_clsact(a->ifindex))
		(void)bpf_tc_hook_destroy(&clsact);
	dispatcher__leave(a->place);
	a->place = NULL;
	if (a->ingress != ATTACHED_NOT && a->ingress_link >= 0)
		close(a->ingress_link);
	if (a->egress != ATTACHED_NOT && a->egress_link >= 0)
		close(a->egress_link);
	a->ingress = a->egress = ATTACHED_NOT;
	a->ingress_link = a->egress_link = -1;
	a->made_clsact = false;
	a->ifindex = 0;
}
