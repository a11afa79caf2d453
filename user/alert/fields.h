/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An alert as journal fields, apart from sending it.
 *
 *   MESSAGE, MESSAGE_ID, PRIORITY   one line; its rule; 4 raised, 5 cleared
 *   SYSLOG_IDENTIFIER               "oddns", for journalctl -t
 *   ODDNS_RULE, ODDNS_STATE         "odd-one-out"; "raised" or "cleared"
 *   ODDNS_GROUP, ODDNS_SUBJECT      the group; the server's address
 *   ODDNS_METRIC                    "latency_ns"
 *   ODDNS_VALUE, ODDNS_BASELINE,    in the metric's unit: whole nanoseconds, or a
 *   ODDNS_ABSOLUTE                    share with 4 decimals
 *   ODDNS_RELATIVE                  a share with 4 decimals
 *   ODDNS_SAMPLES, ODDNS_SERVERS    samples behind the value; servers of the group
 *   ODDNS_…_TEXT                    VALUE, BASELINE, ABSOLUTE, RELATIVE for people
 *   ODDNS_WHAT, ODDNS_ADVICE        the metric in words; what to look at
 *   ODDNS_EVIDENCE                  repeated, one for each server, by address:
 *     "192.0.2.1 median=412000 intervals=30 samples=690 compared=yes odd=no"
 *
 * The catalog (dist/oddns.catalog) fills its @ODDNS_…@ from these.
 */
#ifndef ALERT_FIELDS_H
#define ALERT_FIELDS_H

#include "alert/alert_message.h"

#include <sys/uio.h>

/* journald refuses an entry of more than 1024 fields (journal-importer.h); 256 leave room. */
#define ALERT_EVIDENCE_MAX 256
/* Fields that stand once: see above. */
#define ALERT_SINGLES_MAX 24
#define ALERT_FIELDS_MAX  (ALERT_SINGLES_MAX + ALERT_EVIDENCE_MAX)
/* "ODDNS_EVIDENCE=", address 45, median 20, intervals 10, samples 20, words 50 */
#define ALERT_EVIDENCE_BYTES 160
/* MESSAGE, ADVICE of the same length, and 22 short ones of up to 128 bytes */
#define ALERT_FIELDS_BYTES                                                                         \
	(2 * ALERT_MESSAGE_MAX + 22 * 128 + ALERT_EVIDENCE_MAX * ALERT_EVIDENCE_BYTES)

struct alert_fields {
	struct iovec iov[ALERT_FIELDS_MAX]; /* "NAME=value" each, into text */
	unsigned count;
	size_t used;
	char text[ALERT_FIELDS_BYTES];
};

/**
 * alert_fields__fill() - Write an alert's fields over what was there.
 * @ret: iov[0] is MESSAGE and NUL-terminated as all are; the NUL is not in iov_len
 *
 * Of groups of more than ALERT_EVIDENCE_MAX servers the first ones are listed;
 * ODDNS_SERVERS has their number.
 */
void alert_fields__fill(const struct alert *alert, struct alert_fields *ret);

/** alert_priority() - syslog(3)'s: 4 for raised, 5 for cleared. */
int alert_priority(const struct alert *alert);

#endif
