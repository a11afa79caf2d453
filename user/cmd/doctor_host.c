// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of the host: privileges, kernel, places to write, journal. */
#include "doctor.h"

#include "alert/journal.h"
#include "sensor.h"
#include "source/probe.h"
#include "source/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BPFFS "/sys/fs/bpf"

static const struct capability {
	int number;
	const char *name;
	const char *purpose; /* when it is only of use; NULL: oddns run needs it */
} capabilities[] = {
	{CAP_BPF, "CAP_BPF", NULL},
	{CAP_NET_ADMIN, "CAP_NET_ADMIN", NULL},
	{CAP_PERFMON, "CAP_PERFMON", NULL},
	{CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "to mount " BPFFS " and to name the programs of others"},
	{CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "to name the systemd units that ask"},
};

#define CAPABILITIES (sizeof(capabilities) / sizeof(capabilities[0]))

static uint64_t effective_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &header, data) < 0)
		return 0;
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

/* Names of those that are missing and needed, or missing and only of use. */
static void list_missing(uint64_t held, bool needed, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < CAPABILITIES; i++) {
		const struct capability *c = &capabilities[i];

		if ((held >> c->number & 1) || needed != !c->purpose || used >= size)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s%s%s", used ? ", " : "",
					 c->name, c->purpose ? " " : "",
					 c->purpose ? c->purpose : "");
	}
}

static void check_privileges(struct doctor *doctor)
{
	uint64_t held = effective_capabilities();
	/* CAP_SYS_ADMIN includes the two that Linux 5.8 took out of it */
	uint64_t meant =
		held >> CAP_SYS_ADMIN & 1 ? held | 1ULL << CAP_BPF | 1ULL << CAP_PERFMON : held;
	char needed[128], useful[256];

	doctor->has_bpffs_right = held >> CAP_SYS_ADMIN & 1;
	list_missing(meant, true, needed, sizeof(needed));
	list_missing(meant, false, useful, sizeof(useful));
	if (needed[0])
		TELL(doctor, CHECK_PROBLEM, "privileges", "run as root: sudo oddns ...",
		     "uid %u, without %s", geteuid(), needed);
	else if (useful[0])
		TELL(doctor, CHECK_OK, "privileges", "", "uid %u, enough; without %s", geteuid(),
		     useful);
	else
		TELL(doctor, CHECK_OK, "privileges", "", "uid %u, all that is needed", geteuid());
}

static void check_btf(struct doctor *doctor)
{
	const char *path;
	int64_t r = probe_btf(&path);

	if (r >= 0)
		TELL(doctor, CHECK_OK, "kernel-btf", "", "%s, %.1f MiB", path, (double)r / 0x1p20);
	else
		TELL(doctor, CHECK_PROBLEM, "kernel-btf",
		     "use a kernel built with CONFIG_DEBUG_INFO_BTF, and mount /sys", "%s: %s",
		     path, strerror((int)-r));
}

static void check_bpf(struct doctor *doctor)
{
	int r = probe_bpf_syscall();

	doctor->may_bpf = r == 0;
	if (r == 0)
		TELL(doctor, CHECK_OK, "bpf", "", "the system call works");
	else
		TELL(doctor, CHECK_PROBLEM, "bpf",
		     r == -EPERM ? "run as root; in a container, allow bpf(2) in its seccomp "
				   "profile; see /sys/kernel/security/lockdown"
				 : "use a kernel built with CONFIG_BPF_SYSCALL",
		     "the system call is refused: %s", strerror(-r));
}

static void check_features(struct doctor *doctor)
{
	char has[FILENAME_MAX] = "", lacks[FILENAME_MAX] = "";

	if (!doctor->may_bpf)
		return TELL(doctor, CHECK_NOTE, "bpf-features", "", "not tried without bpf(2)");
	for (unsigned i = 0; probe_feature_name(i); i++) {
		char *list = probe_feature(i) == 1 ? has : lacks;

		if (*list)
			strncat(list, ", ", sizeof(has) - strlen(list) - 1);
		strncat(list, probe_feature_name(i), sizeof(has) - strlen(list) - 1);
	}
	if (*lacks)
		TELL(doctor, CHECK_PROBLEM, "bpf-features", "use Linux 6.1 or later", "missing: %s",
		     lacks);
	else
		TELL(doctor, CHECK_OK, "bpf-features", "", "%s", has);
}

static int load_programs(struct doctor *doctor)
{
	const struct settings *settings = doctor->options.settings;
	uint16_t ports[ODD_PORTS_MAX];
	const struct programs_options options = {
		.ports = ports,
		.port_count = settings__watched_ports(settings, ports),
		.snaplen = settings->snaplen,
		.tunnels = settings->tunnels,
		.encrypted = settings->encrypted,
		.resolvers = settings->resolvers,
		.resolver_count = settings->resolver_count,
		.ring_bytes = (__u32)settings->ring_bytes,
		.server_keys = sensor_server_keys(settings),
	};

	return programs__load(&options, &doctor->programs);
}

static void check_programs(struct doctor *doctor)
{
	struct probe_program list[PROBE_PROGRAMS_MAX];
	char text[256] = "";
	size_t used = 0;
	int r;

	if (!doctor->may_bpf)
		return TELL(doctor, CHECK_NOTE, "programs", "", "not tried without bpf(2)");
	r = load_programs(doctor);
	if (r < 0)
		return TELL(doctor, CHECK_PROBLEM, "programs",
			    "see the line above, and dmesg for the kernel's reason",
			    "cannot be loaded: %s", strerror(-r));
	r = probe_programs(doctor->programs, list);
	for (int i = 0; i < r && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %" PRIu32,
					 i ? ", " : "", list[i].name, list[i].verified);
	TELL(doctor, CHECK_OK, "programs", "", "loaded; instructions verified: %s",
	     r > 0 ? text : "unknown");
}

static void check_hooks(struct doctor *doctor)
{
	struct probe_hooks hooks;
	int r;

	if (!doctor->programs)
		return TELL(doctor, CHECK_NOTE, "hooks", "", "not tried without the programs");
	r = probe_hooks(doctor->programs, &hooks);
	if (r < 0)
		return TELL(doctor, CHECK_NOTE, "hooks",
			    r == -EPERM ? "outside of a container, and with CAP_SYS_ADMIN, it can"
					: "load the module veth, if hooks are to be tried",
			    "cannot be tried on a veth pair in a network namespace: %s",
			    strerror(-r));
	if (hooks.egress == ATTACHED_NOT)
		return TELL(doctor, CHECK_PROBLEM, "hooks",
			    "use a kernel with tcx (6.6) or CONFIG_NET_SCH_INGRESS and "
			    "CONFIG_NET_CLS_BPF",
			    "no hook on the way out takes a program");
	TELL(doctor, hooks.native == ATTACHED_XDP ? CHECK_OK : CHECK_NOTE, "hooks", "",
	     "tried on a veth pair: native XDP %s, TC ingress %s, generic XDP %s, egress %s",
	     hooks.native == ATTACHED_XDP ? "yes" : "no", attach_hook_name(hooks.ingress),
	     hooks.generic == ATTACHED_XDP_GENERIC ? "yes" : "no", attach_hook_name(hooks.egress));
}

/* Before the programs are loaded: libbpf may raise the limit on kernels that need it. */
static void check_memlock(struct doctor *doctor)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return;
	if (limit.rlim_cur == RLIM_INFINITY)
		TELL(doctor, CHECK_OK, "locked-memory", "", "no limit");
	else
		TELL(doctor, CHECK_OK, "locked-memory", "",
		     "limit %.1f MiB; it counts for BPF before Linux 5.11 only, where it is raised",
		     (double)limit.rlim_cur / 0x1p20);
}

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

static void check_pins(struct doctor *doctor)
{
	const char *dir = doctor->options.settings->pin_dir;
	char copy[PATH_MAX], *parent;

	snprintf(copy, sizeof(copy), "%s", dir);
	parent = dirname(copy);
	if (is_bpffs(dir) || is_bpffs(parent)) {
		const char *place = is_bpffs(dir) ? dir : parent;

		if (faccessat(AT_FDCWD, place, W_OK, AT_EACCESS) == 0)
			TELL(doctor, CHECK_OK, "pins", "", "%s can be made in a BPF file system",
			     dir);
		else
			TELL(doctor, CHECK_PROBLEM, "pins", "run as root, or set sensor.pins",
			     "%s: %s", place, strerror(errno));
	} else if (strncmp(dir, BPFFS "/", sizeof(BPFFS)) == 0 && !is_bpffs(BPFFS)) {
		TELL(doctor, doctor->has_bpffs_right ? CHECK_NOTE : CHECK_PROBLEM, "pins",
		     doctor->has_bpffs_right ? "oddns run mounts it"
					     : "as root: mount -t bpf bpf " BPFFS,
		     "no BPF file system is mounted on " BPFFS);
	} else {
		TELL(doctor, CHECK_PROBLEM, "pins",
		     "set sensor.pins to a directory one level below " BPFFS,
		     "%s is not in a BPF file system", parent);
	}
}

static void check_journal(struct doctor *doctor)
{
	int r = journal_reachable();

	if (r == 0)
		TELL(doctor, CHECK_OK, "journal", "", "journald listens");
	else
		TELL(doctor, CHECK_NOTE, "journal",
		     "start systemd-journald, or read the alerts from stderr",
		     "no journald listens (%s): alerts go to stderr", strerror(-r));
}

static void check_state(struct doctor *doctor)
{
	const char *dir = doctor->options.settings->state_dir;
	char copy[PATH_MAX];
	bool exists = access(dir, F_OK) == 0;
	const char *place;

	snprintf(copy, sizeof(copy), "%s", dir);
	place = exists ? dir : dirname(copy);
	if (faccessat(AT_FDCWD, place, W_OK | X_OK, AT_EACCESS) == 0)
		TELL(doctor, CHECK_OK, "state", "", "%s can be %s", dir,
		     exists ? "written" : "made");
	else
		TELL(doctor, CHECK_PROBLEM, "state", "run as root, or set sensor.state", "%s: %s",
		     place, strerror(errno));
}

static void check_processors(struct doctor *doctor)
{
	TELL(doctor, CHECK_OK, "processors", "", "%ld online; counters are kept for each of %ld",
	     sysconf(_SC_NPROCESSORS_ONLN), sysconf(_SC_NPROCESSORS_CONF));
}

void doctor__examine_host(struct doctor *doctor)
{
	/* in this order: later ones ask what earlier ones found */
	static void (*const checks[])(struct doctor *) = {
		check_privileges, check_btf,	  check_bpf,	    check_features,
		check_memlock,	  check_programs, check_hooks,	    check_pins,
		check_state,	  check_journal,  check_processors,
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](doctor);
}
