/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link types of capture files: every IP packet gets an Ethernet header, as the parser wants it. */
#ifndef SOURCE_LINKTYPE_H
#define SOURCE_LINKTYPE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * linktype_is_known() - Can frames of this link type be turned into Ethernet?
 * @dlt: libpcap's DLT_ number
 */
bool linktype_is_known(int dlt);

/** linktype_names() - The link types that are known, for error messages. */
const char *linktype_names(void);

/**
 * linktype_to_ethernet() - Make an Ethernet frame of a captured one.
 * @dlt: a link type that is known
 * @frame: @length captured bytes
 * @buf: ENGINE_FRAME_MAX bytes, used when a header must be made
 * @ret_frame: @frame itself or @buf, the Ethernet frame
 *
 * Made headers have addresses of zeros. A protocol number of Linux cooked
 * captures stays as EtherType, so a VLAN tag that libpcap put back is walked
 * like any other. ARCNET fragments (RFC 1201, in captures of BSD only) are not joined:
 * the first one is a packet that was cut.
 *
 * Return: length of the Ethernet frame, 14..ENGINE_FRAME_MAX; 0 when the frame is
 * shorter than its link header, says that it holds no IP, or would be too long
 * Source: https://www.tcpdump.org/linktypes.html
 */
uint32_t linktype_to_ethernet(int dlt, const uint8_t *frame, uint32_t length, uint8_t *buf,
			      const uint8_t **ret_frame);

#endif
