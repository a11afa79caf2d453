// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of each interface. Attaching native XDP makes some drivers reset their
 * queues, which cuts the link for a moment; so without --try it is foretold from
 * what driver and kernel say of themselves.
 */
#include "doctor.h"

#include "sensor.h"
#include "source/attach.h"
#include "source/holders.h"
#include "source/nic.h"
#include "source/routes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The interface that is being examined. */
struct patient {
	struct doctor *doctor;
	const char *name;
	struct nic nic;
	const struct state_interface *watched; /* by a running daemon; NULL: not */
};

#define TELL_OF(patient, about, what, todo, ...)                                                   \
	doctor__tell((patient)->doctor,                                                            \
		     &(const struct check){.result = (about),                                      \
					   .name = (what),                                         \
					   .interface = (patient)->name,                           \
					   .advice = (todo)},                                      \
		     __VA_ARGS__)

static enum hook_choice wanted_hook(const struct patient *p)
{
	return p->doctor->options.settings->hook;
}

static void check_link(const struct patient *p)
{
	char driver[48] = "";

	if (p->nic.driver[0])
		snprintf(driver, sizeof(driver), ", driver %s", p->nic.driver);
	if (p->nic.up)
		TELL_OF(p, CHECK_OK, "link", "", "up, MTU %u%s", p->nic.mtu, driver);
	else
		TELL_OF(p, CHECK_NOTE, "link", "nothing is seen until it is up", "down, MTU %u%s",
			p->nic.mtu, driver);
}

/* --- native XDP ----------------------------------------------------------------------------------
 */

static void try_to_attach(const struct patient *p)
{
	struct attachment a = {0};
	int r;

	if (!p->doctor->programs)
		return TELL_OF(p, CHECK_NOTE, "attach", "", "not tried without the programs");
	snprintf(a.ifname, sizeof(a.ifname), "%s", p->name);
	r = attachment__attach(&a, p->doctor->programs,
			       sensor_attach_mode(p->doctor->options.settings));
	if (r < 0)
		return TELL_OF(p, CHECK_PROBLEM, "attach", "see the line above", "refused: %s",
			       strerror(-r));
	TELL_OF(p, a.note[0] && !p->nic.loopback ? CHECK_NOTE : CHECK_OK, "attach", "",
		"tried and detached: ingress %s, egress %s%s%s", attach_hook_name(a.ingress),
		attach_hook_name(a.egress), a.note[0] ? "; " : "", a.note);
	attachment__detach(&a);
}

/* Native XDP cannot be had: fatal only to those who insist. */
static void tell_no_native(const struct patient *p, const char *why)
{
	bool forced = wanted_hook(p) == HOOK_XDP;

	TELL_OF(p, forced ? CHECK_PROBLEM : CHECK_NOTE, "native-xdp",
		forced ? "set sensor.hook=auto" : "nothing to do: TC is used, which costs more",
		"%s", why);
}

static void foretell_native(const struct patient *p)
{
	char why[160];

	if (p->nic.xdp == NIC_UNKNOWN)
		return TELL_OF(p, CHECK_NOTE, "native-xdp",
			       "--try finds out, which may cut the link for a moment",
			       "this kernel (before 6.3) does not tell");
	if (p->nic.xdp == NIC_OFF)
		return tell_no_native(p, "the driver has none");
	if (p->nic.xdp_frags != NIC_ON && p->nic.mtu > nic_xdp_mtu_max()) {
		snprintf(why, sizeof(why),
			 "the driver wants packets in one page: MTU %u is above its limit of "
			 "about %u",
			 p->nic.mtu, nic_xdp_mtu_max());
		return tell_no_native(p, why);
	}
	TELL_OF(p, CHECK_OK, "native-xdp", "",
		"the driver has it%s; attaching may make it reset its queues, --try shows",
		p->nic.xdp_frags == NIC_ON ? ", with packets of several pages" : "");
}

static void check_native(const struct patient *p)
{
	if (p->nic.loopback)
		TELL_OF(p, CHECK_OK, "native-xdp", "", "not used: egress sees each packet of lo");
	else if (wanted_hook(p) == HOOK_TC || wanted_hook(p) == HOOK_XDP_GENERIC)
		TELL_OF(p, CHECK_OK, "native-xdp", "", "not wanted: sensor.hook says so");
	else
		foretell_native(p);
}

static void check_attach(const struct patient *p)
{
	if (p->watched)
		TELL_OF(p, CHECK_OK, "attach", "", "the daemon is there: ingress %s, egress %s%s%s",
			p->watched->ingress, p->watched->egress, *p->watched->note ? "; " : "",
			p->watched->note);
	else if (p->doctor->options.try)
		try_to_attach(p);
}

/* --- who else is there ---------------------------------------------------------------------------
 */

static bool is_ours(const char *name)
{
	return strncmp(name, "oddns_", 6) == 0;
}

static void check_xdp_holder(const struct patient *p)
{
	bool forced = wanted_hook(p) == HOOK_XDP || wanted_hook(p) == HOOK_XDP_GENERIC;
	char name[16];
	uint32_t id;
	int r = attach_xdp_holder(p->nic.ifindex, &id, name);

	if (r < 0)
		TELL_OF(p, CHECK_NOTE, "xdp-hook", "", "cannot be asked: %s", strerror(-r));
	else if (!id)
		TELL_OF(p, CHECK_OK, "xdp-hook", "", "free");
	else if (is_ours(name))
		TELL_OF(p, CHECK_OK, "xdp-hook", "", "held by oddns: program %" PRIu32 " '%s'", id,
			name);
	else
		TELL_OF(p, forced && !p->nic.loopback ? CHECK_PROBLEM : CHECK_NOTE, "xdp-hook",
			forced ? "set sensor.hook=auto" : "nothing to do: TC is used",
			"held by program %" PRIu32 " '%s'", id, name);
}

static void list_holders(const struct holder *holders, int count, char *buf, size_t size)
{
	size_t used = 0;

	for (int i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s %" PRIu32 " '%s'",
					 i ? ", " : "", holders[i].clsact ? "filter" : "program",
					 holders[i].id, holders[i].name);
}

static bool are_ours(const struct holder *holders, int count)
{
	for (int i = 0; i < count; i++)
		if (!is_ours(holders[i].name))
			return false;
	return true;
}

static void check_tc_holders(const struct patient *p, bool egress)
{
	const char *name = egress ? "tc-egress" : "tc-ingress";
	struct holder holders[HOLDERS_MAX];
	int count = holders_tc(p->nic.ifindex, egress, holders);
	char list[400];

	if (count < 0)
		return TELL_OF(p, CHECK_NOTE, name, "", "cannot be asked: %s", strerror(-count));
	if (count == 0)
		return TELL_OF(p, CHECK_OK, name, "", "free");
	list_holders(holders, count, list, sizeof(list));
	if (are_ours(holders, count))
		TELL_OF(p, CHECK_OK, name, "", "held by oddns: %s", list);
	else
		TELL_OF(p, CHECK_OK, name, "", "shared with %s; oddns goes first and passes all on",
			list);
}

/* --- offloads ------------------------------------------------------------------------------------
 */

static const char *state_name(enum nic_state state)
{
	static const char *const names[] = {
		[NIC_UNKNOWN] = "unknown",
		[NIC_OFF] = "off",
		[NIC_ON] = "on",
	};

	return names[state];
}

static bool may_use_native(const struct patient *p)
{
	return !p->nic.loopback && p->nic.xdp != NIC_OFF && wanted_hook(p) != HOOK_TC &&
	       wanted_hook(p) != HOOK_XDP_GENERIC;
}

static void check_offloads(const struct patient *p)
{
	const enum nic_state *on = p->nic.offloads;
	bool joins = on[NIC_LRO] == NIC_ON || on[NIC_GRO_HW] == NIC_ON;

	if (on[NIC_RX_VLAN] == NIC_ON && may_use_native(p))
		TELL_OF(p, CHECK_NOTE, "vlan-offload",
			"if its VLANs matter, set sensor.hook=tc or see ethtool -K",
			"rx-vlan-offload on: native XDP does not see the tag");
	else
		TELL_OF(p, CHECK_OK, "vlan-offload", "", "rx-vlan-offload %s",
			state_name(on[NIC_RX_VLAN]));
	if (joins && may_use_native(p))
		TELL_OF(p, CHECK_NOTE, "receive-offload",
			"nothing to do: TC is used if the driver refuses native XDP",
			"LRO %s, rx-gro-hw %s: drivers may refuse native XDP, or switch it off",
			state_name(on[NIC_LRO]), state_name(on[NIC_GRO_HW]));
	else
		TELL_OF(p, CHECK_OK, "receive-offload", "", "LRO %s, rx-gro-hw %s, GRO %s",
			state_name(on[NIC_LRO]), state_name(on[NIC_GRO_HW]),
			state_name(on[NIC_GRO]));
}

static const struct state_interface *find_watched(const struct doctor *doctor, const char *name)
{
	if (!doctor->daemon || !doctor->state)
		return NULL;
	for (unsigned i = 0; i < doctor->state->interface_count; i++)
		if (strcmp(doctor->state->interfaces[i].name, name) == 0)
			return &doctor->state->interfaces[i];
	return NULL;
}

static void examine_interface(struct doctor *doctor, const char *name)
{
	struct patient patient = {.doctor = doctor, .name = name}, *p = &patient;
	int r = nic_read(name, &p->nic);

	if (r == -ENODEV)
		return TELL_OF(p, CHECK_PROBLEM, "link", "'ip link' lists what there is",
			       "no such interface");
	if (r < 0)
		return TELL_OF(p, CHECK_PROBLEM, "link", "", "cannot be asked: %s", strerror(-r));
	p->watched = find_watched(doctor, name);
	check_link(p);
	check_native(p);
	check_attach(p);
	check_xdp_holder(p);
	check_tc_holders(p, false);
	check_tc_holders(p, true);
	check_offloads(p);
}

void doctor__examine_interfaces(struct doctor *doctor)
{
	char *const *wanted = doctor->options.settings->interfaces;
	char names[ROUTES_MAX][IF_NAMESIZE];
	int count;

	for (unsigned i = 0; wanted[i]; i++)
		examine_interface(doctor, wanted[i]);
	if (wanted[0])
		return;
	count = routes_default_interfaces(names);
	if (count < 0)
		TELL(doctor, CHECK_PROBLEM, "default-route", "name an interface with -i",
		     "/proc/net cannot be read: %s", strerror(-count));
	else if (count == 0)
		TELL(doctor, CHECK_PROBLEM, "default-route",
		     "name an interface with -i ('ip link' lists them)",
		     "this host has no default route");
	for (int i = 0; i < count; i++)
		examine_interface(doctor, names[i]);
}
