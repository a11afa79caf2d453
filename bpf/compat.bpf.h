/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Constants that BTF cannot carry because the kernel has them as macros. */
#ifndef ODDNS_COMPAT_BPF_H
#define ODDNS_COMPAT_BPF_H

/* include/uapi/linux/pkt_cls.h; TCX_NEXT has the same value */
#define TC_ACT_UNSPEC (-1)

#endif
