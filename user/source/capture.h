/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture files: pcap and pcapng through libpcap, as Ethernet frames for an engine. */
#ifndef SOURCE_CAPTURE_H
#define SOURCE_CAPTURE_H

#include "engine.h"

struct capture_counters {
	__u64 frames;  /* read */
	__u64 skipped; /* not IP by a link header we replace, shorter than it, or too long */
};

/**
 * capture_replay() - Feed a capture file to an engine, frame by frame.
 * @path: file; "-" is standard input
 * @ret: counts; added to what is there, also on failure
 *
 * Link types: Ethernet, Linux cooked v1 and v2, raw IP, null, loopback, ARCNET; what
 * is not Ethernet gets an Ethernet header with the right EtherType in front.
 * Frames that the snap length cut are fed as far as they go. Memory: one frame.
 * Reports errors on stderr: not a capture, unknown link type, cut or corrupt
 * (everything up to the defect has been fed).
 *
 * Return: 0, negative errno after reporting: -EINVAL not a capture or a link type
 * we do not know, -EBADMSG corrupt after so many frames, else why the file cannot
 * be opened or the engine does not take a frame
 */
int capture_replay(const char *path, struct engine *engine, struct capture_counters *ret);

#endif
