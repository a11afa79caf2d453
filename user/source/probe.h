/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this kernel can do, found out by trying. Leaves nothing behind. */
#ifndef SOURCE_PROBE_H
#define SOURCE_PROBE_H

#include "attach.h"

#include <stdint.h>

/** probe_bpf_syscall() - May we use bpf(2)? Makes a map. Return: 0, or its negative errno. */
int probe_bpf_syscall(void);

/** probe_feature_name() - The i-th thing that oddns needs of BPF; NULL behind the last. */
const char *probe_feature_name(unsigned i);

/**
 * probe_feature() - Has the kernel the i-th? Loads a small program or makes a map.
 *
 * Return: 1 yes, 0 no, negative errno when it cannot be tried
 */
int probe_feature(unsigned i);

/** probe_btf() - Can the kernel's types be read? Return: bytes of BTF, negative errno. */
int64_t probe_btf(const char **ret_path);

struct probe_program {
	const char *name;  /* valid as long as the programs */
	uint32_t verified; /* instructions that the verifier walked */
};

/* Programs of the skeleton: one for XDP, two for TC. */
#define PROBE_PROGRAMS_MAX 8

/**
 * probe_programs() - What the loaded programs cost the verifier.
 *
 * Return: how many, negative errno
 */
int probe_programs(const struct oddns_bpf *programs, struct probe_program ret[PROBE_PROGRAMS_MAX]);

/* Which hooks took our programs on a veth of our own; ATTACHED_NOT: refused. */
struct probe_hooks {
	enum attach_hook native;  /* XDP asked for */
	enum attach_hook generic; /* generic XDP asked for */
	enum attach_hook ingress; /* TC asked for */
	enum attach_hook egress;
};

/**
 * probe_hooks() - Attach to each hook of a veth pair in a network namespace of our own.
 *
 * A child process does it, with which everything goes: namespace, interfaces,
 * links. What a hook refuses is reported on stderr.
 * Cost: some 50 ms.
 *
 * Return: 0; -EPERM when the namespace, -EOPNOTSUPP when the veth is refused; another
 * negative errno
 */
int probe_hooks(const struct oddns_bpf *programs, struct probe_hooks *ret);

#endif
