/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place for the XDP program beside others, in the dispatcher of libxdp. The one door to libxdp.
 */
#ifndef SOURCE_DISPATCHER_H
#define SOURCE_DISPATCHER_H

struct dispatcher_place;
struct oddns_bpf;

/**
 * dispatcher__join() - Add the XDP program to those that a dispatcher runs on an interface.
 * @ifindex: whose XDP hook is held by another program
 * @programs: loaded; the added program shares its maps, and may outlive it
 * @ret_place: to be given back with dispatcher__leave()
 *
 * Runs before all others, as some of them may drop packets, and passes each
 * packet on to them. What a killed daemon left in the dispatcher is removed.
 * Takes the rights of root: the kernel lets nobody else look programs up by id.
 * Cost: the program is verified again; some 100 ms.
 *
 * Return: 0, -ENOPKG libxdp is not installed, -EBUSY the holder is no
 * dispatcher, -EAGAIN the dispatcher held nothing but a dead daemon's program
 * and is gone, else what libxdp said. Nothing is added on failure.
 * Source: the protocol between users of the dispatcher, README of libxdp in xdp-tools
 */
int dispatcher__join(unsigned ifindex, const struct oddns_bpf *programs,
		     struct dispatcher_place **ret_place);

/** dispatcher__leave() - Take it out again; the others stay. NULL is allowed. */
void dispatcher__leave(struct dispatcher_place *place);

#endif
