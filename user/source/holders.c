// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs at TC hooks: tcx by bpf(2), filters by rtnetlink. */
#include "holders.h"

#include "netlink.h"

#include <bpf/bpf.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct holders {
	struct holder *list;
	unsigned count;
};

void holders_program_name(uint32_t id, char *ret_name)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);

	ret_name[0] = '\0';
	if (fd < 0)
		return;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0)
		memcpy(ret_name, info.name, sizeof(info.name));
	close(fd);
}

static int add_tcx(unsigned ifindex, bool egress, struct holders *holders)
{
	__u32 ids[HOLDERS_MAX];
	LIBBPF_OPTS(bpf_prog_query_opts, query, .prog_ids = ids, .prog_cnt = HOLDERS_MAX);
	int type = egress ? HOLDERS_TCX_EGRESS : HOLDERS_TCX_INGRESS;
	int r = bpf_prog_query_opts((int)ifindex, (enum bpf_attach_type)type, &query);

	if (r < 0)
		return r;
	for (__u32 i = 0; i < query.prog_cnt && holders->count < HOLDERS_MAX; i++) {
		struct holder *holder = &holders->list[holders->count++];

		*holder = (struct holder){.id = ids[i]};
		holders_program_name(holder->id, holder->name);
	}
	return 0;
}

static void take_filter(void *context, const struct nlmsghdr *message)
{
	struct holders *holders = context;
	size_t size, options_size, id_size, name_size;
	const void *attributes = netlink_attributes(message, sizeof(struct tcmsg), &size);
	const void *options = netlink_find(attributes, size, TCA_OPTIONS, &options_size);
	struct holder holder = {.clsact = true};
	const void *id, *name;

	if (!options || holders->count == HOLDERS_MAX)
		return;
	id = netlink_find(options, options_size, TCA_BPF_ID, &id_size);
	name = netlink_find(options, options_size, TCA_BPF_NAME, &name_size);
	if (!id || id_size < sizeof(holder.id))
		return; /* a filter of another kind, or the head of a chain */
	memcpy(&holder.id, id, sizeof(holder.id));
	if (name)
		memcpy(holder.name, name, name_size < 32 ? name_size : 31);
	holders->list[holders->count++] = holder;
}

static int add_filters(unsigned ifindex, bool egress, struct holders *holders)
{
	struct tcmsg header = {
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = (int)ifindex,
		.tcm_parent = TC_H_MAKE(TC_H_CLSACT, egress ? TC_H_MIN_EGRESS : TC_H_MIN_INGRESS),
	};
	struct netlink_request request;

	netlink__start(&request, RTM_GETTFILTER, NLM_F_DUMP, &header, sizeof(header));
	return netlink_ask(NETLINK_ROUTE, &request, take_filter, holders);
}

int holders_tc(unsigned ifindex, bool egress, struct holder ret[HOLDERS_MAX])
{
	struct holders holders = {.list = ret};
	int by_bpf = add_tcx(ifindex, egress, &holders);
	int by_netlink = add_filters(ifindex, egress, &holders);

	return by_bpf < 0 && by_netlink < 0 ? by_netlink : (int)holders.count;
}
