// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sharing an XDP hook.
 *
 * A device has room for one XDP program. The dispatcher of libxdp is a program
 * that calls others one after the other; xdp-loader, xdp-filter and many more put
 * theirs there. A member is not loaded as an XDP program but as an extension
 * (freplace) that takes the place of a function of the dispatcher, so ours must
 * be loaded a second time, as such: from a second copy of the object, of which
 * nothing else is loaded, and whose maps are those of the first one. Events and
 * counters thus go where they always go, and the settings in .rodata are the same.
 *
 *     object 1 (programs.c)              object 2 (here)
 *       oddns_xdp      not attached        oddns_xdp      in the dispatcher
 *       oddns_ingress, oddns_egress        -
 *       maps  <--------------------------- the same
 *
 * A member of a dispatcher stays when its loader dies: libxdp pins it. The next
 * start removes it.
 *
 * libxdp is looked for at run time: few hosts have a dispatcher, and those that
 * do have libxdp, as it came with what made the dispatcher. Of its interface
 * (xdp/libxdp.h, stable under the name libxdp.so.1) we need what is declared here.
 */
#include "dispatcher.h"

#include <oddns/abi.h>

#include "oddns.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libxdp.so.1"
/* Members run in this order, 50 is what they have when they do not say. */
#define RUN_FIRST 1
/* XDP_MODE_UNSPEC of enum xdp_attach_mode: whatever it is. */
#define ANY_MODE 0

struct xdp_program;
struct xdp_multiprog;

typedef int (*print_fn)(int level, const char *format, va_list arguments);

struct library {
	void *handle;
	print_fn (*set_print)(print_fn print);
	long (*get_error)(const void *pointer);
	int (*clean_references)(int ifindex);
	struct xdp_multiprog *(*multiprog)(int ifindex);
	void (*multiprog_close)(struct xdp_multiprog *multiprog);
	bool (*is_legacy)(const struct xdp_multiprog *multiprog);
	int (*attach_mode)(const struct xdp_multiprog *multiprog);
	struct xdp_program *(*next)(const struct xdp_program *program,
				    const struct xdp_multiprog *multiprog);
	struct xdp_program *(*from_object)(struct bpf_object *object, const char *section);
	const char *(*name)(const struct xdp_program *program);
	int (*set_run_prio)(struct xdp_program *program, unsigned priority);
	int (*set_frags)(struct xdp_program *program, bool frags);
	int (*attach)(struct xdp_program *program, int ifindex, int mode, unsigned flags);
	int (*detach)(struct xdp_program *program, int ifindex, int mode, unsigned flags);
	void (*close)(struct xdp_program *program);
};

static const struct symbol {
	const char *name;
	size_t at;
} symbols[] = {
	{"libxdp_set_print", offsetof(struct library, set_print)},
	{"libxdp_get_error", offsetof(struct library, get_error)},
	{"libxdp_clean_references", offsetof(struct library, clean_references)},
	{"xdp_multiprog__get_from_ifindex", offsetof(struct library, multiprog)},
	{"xdp_multiprog__close", offsetof(struct library, multiprog_close)},
	{"xdp_multiprog__is_legacy", offsetof(struct library, is_legacy)},
	{"xdp_multiprog__attach_mode", offsetof(struct library, attach_mode)},
	{"xdp_multiprog__next_prog", offsetof(struct library, next)},
	{"xdp_program__from_bpf_obj", offsetof(struct library, from_object)},
	{"xdp_program__name", offsetof(struct library, name)},
	{"xdp_program__set_run_prio", offsetof(struct library, set_run_prio)},
	{"xdp_program__set_xdp_frags_support", offsetof(struct library, set_frags)},
	{"xdp_program__attach", offsetof(struct library, attach)},
	{"xdp_program__detach", offsetof(struct library, detach)},
	{"xdp_program__close", offsetof(struct library, close)},
};

struct dispatcher_place {
	struct library xdp;
	int ifindex;
	struct oddns_bpf *object; /* the second one */
	struct xdp_program *program;
};

/* libxdp writes to stderr; what fails is told by its return value. */
static int quiet(int level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

static int open_library(struct library *xdp)
{
	xdp->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!xdp->handle)
		return -ENOPKG;
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *symbol = dlsym(xdp->handle, symbols[i].name);

		if (!symbol)
			return -ENOPKG; /* libxdp before 1.3 */
		memcpy((char *)xdp + symbols[i].at, &symbol, sizeof(symbol));
	}
	(void)xdp->set_print(quiet);
	return 0;
}

/* The dispatcher of an interface; NULL: none, or not ours to look at. */
static struct xdp_multiprog *dispatcher_of(const struct library *xdp, int ifindex)
{
	struct xdp_multiprog *found = xdp->multiprog(ifindex);

	if (!found || xdp->get_error(found))
		return NULL;
	if (!xdp->is_legacy(found))
		return found;
	xdp->multiprog_close(found);
	return NULL;
}

/* Members that a dead daemon left. Return: how many others there are. */
static unsigned remove_ours(const struct library *xdp, struct xdp_multiprog *dispatcher,
			    int ifindex)
{
	struct xdp_program *program = NULL;
	unsigned others = 0;

	while ((program = xdp->next(program, dispatcher)))
		if (strcmp(xdp->name(program), "oddns_xdp") != 0 ||
		    xdp->detach(program, ifindex, ANY_MODE, 0) < 0)
			others++;
	return others;
}

/* The XDP program alone, with the maps of the first object. */
static int open_object(const struct oddns_bpf *programs, struct oddns_bpf **ret_object)
{
	struct oddns_bpf *object = oddns_bpf__open();
	struct bpf_program *program;
	struct bpf_map *map;
	int r = 0;

	if (!object)
		return -errno;
	bpf_object__for_each_program(program, object->obj)(void)
		bpf_program__set_autoload(program, program == object->progs.oddns_xdp);
	bpf_object__for_each_map(map, object->obj)
	{
		const struct bpf_map *first =
			bpf_object__find_map_by_name(programs->obj, bpf_map__name(map));

		if (r == 0 && bpf_map__fd(first) >= 0)
			r = bpf_map__reuse_fd(map, bpf_map__fd(first));
	}
	if (r < 0) {
		oddns_bpf__destroy(object);
		return r;
	}
	*ret_object = object;
	return 0;
}

static int add_program(struct dispatcher_place *place, int mode)
{
	const struct library *xdp = &place->xdp;
	const char *section = bpf_program__section_name(place->object->progs.oddns_xdp);
	int r;

	place->program = xdp->from_object(place->object->obj, section);
	if (!place->program || xdp->get_error(place->program)) {
		place->program = NULL;
		return -EINVAL;
	}
	r = xdp->set_run_prio(place->program, RUN_FIRST);
	if (r == 0)
		r = xdp->set_frags(place->program, true);
	if (r == 0)
		r = xdp->attach(place->program, place->ifindex, mode, 0);
	return r;
}

static int join(struct dispatcher_place *place, const struct oddns_bpf *programs)
{
	const struct library *xdp = &place->xdp;
	struct xdp_multiprog *dispatcher;
	int r = open_library(&place->xdp), mode;

	if (r < 0)
		return r;
	dispatcher = dispatcher_of(xdp, place->ifindex);
	if (!dispatcher)
		return -EBUSY;
	mode = xdp->attach_mode(dispatcher);
	r = remove_ours(xdp, dispatcher, place->ifindex) ? 0 : -EAGAIN;
	xdp->multiprog_close(dispatcher);
	if (r == 0)
		r = open_object(programs, &place->object);
	return r == 0 ? add_program(place, mode) : r;
}

static void give_up(struct dispatcher_place *place)
{
	if (place->program)
		place->xdp.close(place->program);
	oddns_bpf__destroy(place->object);
	if (place->xdp.handle)
		dlclose(place->xdp.handle);
	free(place);
}

int dispatcher__join(unsigned ifindex, const struct oddns_bpf *programs,
		     struct dispatcher_place **ret_place)
{
	struct dispatcher_place *place = calloc(1, sizeof(*place));
	int r;

	if (!place)
		return -ENOMEM;
	place->ifindex = (int)ifindex;
	r = join(place, programs);
	if (r < 0) {
		give_up(place);
		return r;
	}
	*ret_place = place;
	return 0;
}

void dispatcher__leave(struct dispatcher_place *place)
{
	if (!place)
		return;
	/* An interface that is gone took the dispatcher with it, but not libxdp's pins. */
	if (place->xdp.detach(place->program, place->ifindex, ANY_MODE, 0) < 0)
		(void)place->xdp.clean_references(place->ifindex);
	give_up(place);
}
