/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Constants that BTF cannot carry because the kernel has them as macros, and
 * parts of types that would bring half the kernel into vmlinux.h.
 */
#ifndef ODDNS_COMPAT_BPF_H
#define ODDNS_COMPAT_BPF_H

#include "vmlinux.h"

/* include/uapi/linux/pkt_cls.h; TCX_NEXT has the same value */
#define TC_ACT_UNSPEC (-1)

/* include/uapi/asm-generic/errno-base.h */
#define EEXIST 17

/* Of struct task_struct; CO-RE finds the places of these in the running kernel. */
struct task_struct___sender {
	__s32 tgid;
	char comm[16];
} __attribute__((preserve_access_index));

#endif
