// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Trying what a kernel can do. Versions say little: distributions move features
 * back into old kernels and configure others away, and containers forbid what
 * the kernel would allow.
 */
#include "probe.h"

#include "netlink.h"
#include "oddns.skel.h"
#include "programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define VETH "oddns0"
#define PEER "oddns1"

int probe_bpf_syscall(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "odd_probe", sizeof(__u32), sizeof(__u32), 1,
				NULL);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* What bpf/ uses; the smallest kernel that has all of it is 5.17, by frags in XDP 5.18. */
static const struct feature {
	const char *name;
	enum { FEATURE_MAP, FEATURE_PROGRAM, FEATURE_XDP_HELPER, FEATURE_TC_HELPER } kind;
	int id;
} features[] = {
	{"XDP programs", FEATURE_PROGRAM, BPF_PROG_TYPE_XDP},
	{"TC programs", FEATURE_PROGRAM, BPF_PROG_TYPE_SCHED_CLS},
	{"ring buffer", FEATURE_MAP, BPF_MAP_TYPE_RINGBUF},
	{"per-CPU hash", FEATURE_MAP, BPF_MAP_TYPE_PERCPU_HASH},
	{"bpf_loop", FEATURE_XDP_HELPER, BPF_FUNC_loop},
	{"bpf_xdp_load_bytes", FEATURE_XDP_HELPER, BPF_FUNC_xdp_load_bytes},
	{"bpf_skb_cgroup_id", FEATURE_TC_HELPER, BPF_FUNC_skb_cgroup_id},
	{"bpf_get_socket_uid", FEATURE_TC_HELPER, BPF_FUNC_get_socket_uid},
};

#define FEATURES (sizeof(features) / sizeof(features[0]))

const char *probe_feature_name(unsigned i)
{
	return i < FEATURES ? features[i].name : NULL;
}

int probe_feature(unsigned i)
{
	const struct feature *feature = &features[i];

	switch (feature->kind) {
	case FEATURE_MAP:
		return libbpf_probe_bpf_map_type((enum bpf_map_type)feature->id, NULL);
	case FEATURE_PROGRAM:
		return libbpf_probe_bpf_prog_type((enum bpf_prog_type)feature->id, NULL);
	case FEATURE_XDP_HELPER:
		return libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP, (enum bpf_func_id)feature->id,
					       NULL);
	case FEATURE_TC_HELPER:
		return libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS,
					       (enum bpf_func_id)feature->id, NULL);
	}
	return -EINVAL;
}

int64_t probe_btf(const char **ret_path)
{
	int fd = open(PROGRAMS_BTF_PATH, O_RDONLY | O_CLOEXEC);
	uint16_t magic = 0;
	struct stat file;
	int64_t r;

	*ret_path = PROGRAMS_BTF_PATH;
	if (fd < 0)
		return -errno;
	if (read(fd, &magic, sizeof(magic)) < 0 || fstat(fd, &file) < 0)
		r = -errno;
	else
		r = magic == 0xeb9f ? file.st_size : -EBADMSG; /* BTF_MAGIC */
	close(fd);
	return r;
}

int probe_programs(const struct oddns_bpf *programs, struct probe_program ret[PROBE_PROGRAMS_MAX])
{
	struct bpf_program *program;
	int count = 0;

	bpf_object__for_each_program(program, programs->obj)
	{
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);
		int r = bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size);

		if (r < 0)
			return r;
		if (count == PROBE_PROGRAMS_MAX)
			break;
		ret[count++] = (struct probe_program){
			.name = bpf_program__name(program),
			.verified = info.verified_insns,
		};
	}
	return count;
}

/* "ip link add oddns0 type veth peer name oddns1" */
static int make_veth(void)
{
	struct ifinfomsg header = {0};
	struct netlink_request request;
	size_t info, data, peer;

	netlink__start(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	netlink__put(&request, IFLA_IFNAME, VETH, sizeof(VETH));
	info = netlink__put(&request, IFLA_LINKINFO, NULL, 0);
	netlink__put(&request, IFLA_INFO_KIND, "veth", sizeof("veth"));
	data = netlink__put(&request, IFLA_INFO_DATA, NULL, 0);
	peer = netlink__put(&request, VETH_INFO_PEER, NULL, 0);
	netlink__put_raw(&request, &header, sizeof(header));
	netlink__put(&request, IFLA_IFNAME, PEER, sizeof(PEER));
	netlink__end_nest(&request, peer);
	netlink__end_nest(&request, data);
	netlink__end_nest(&request, info);
	return netlink_ask(NETLINK_ROUTE, &request, NULL, NULL);
}

static void try_hook(const struct oddns_bpf *programs, enum attach_mode mode,
		     enum attach_hook *ret_ingress, enum attach_hook *ret_egress)
{
	struct attachment a = {.ifname = VETH};

	if (attachment__attach(&a, programs, mode) < 0)
		return;
	*ret_ingress = a.ingress;
	*ret_egress = a.egress;
	attachment__detach(&a);
}

struct trial {
	int r;
	struct probe_hooks hooks;
};

static void try_hooks(const struct oddns_bpf *programs, struct trial *trial)
{
	struct probe_hooks *hooks = &trial->hooks;

	if (unshare(CLONE_NEWNET) < 0) {
		trial->r = -errno;
		return;
	}
	trial->r = make_veth();
	if (trial->r < 0)
		return;
	try_hook(programs, ATTACH_TC, &hooks->ingress, &hooks->egress);
	try_hook(programs, ATTACH_XDP_GENERIC, &hooks->generic, &hooks->egress);
	try_hook(programs, ATTACH_XDP, &hooks->native, &hooks->egress);
}

/* In the child: the answer is smaller than PIPE_BUF, so it is written whole. */
static void __attribute__((noreturn)) answer(const struct oddns_bpf *programs, int fd)
{
	struct trial trial = {0};

	try_hooks(programs, &trial);
	_exit(write(fd, &trial, sizeof(trial)) == sizeof(trial) ? 0 : 1);
}

int probe_hooks(const struct oddns_bpf *programs, struct probe_hooks *ret)
{
	struct trial trial = {0};
	int pipes[2], r = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		answer(programs, pipes[1]);
	if (pid < 0)
		r = -errno;
	close(pipes[1]);
	do
		n = read(pipes[0], &trial, sizeof(trial));
	while (n < 0 && errno == EINTR);
	close(pipes[0]);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (r == 0)
		r = n == sizeof(trial) ? trial.r : -ECHILD;
	if (r == 0)
		*ret = trial.hooks;
	return r;
}
