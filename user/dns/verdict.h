/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be wrong with a DNS message. */
#ifndef DNS_VERDICT_H
#define DNS_VERDICT_H

/*
 * What became of reading a message: OK, or the first thing that is wrong with it. Each but the
 * short one can be matched: what cannot be read is left out, and servers answer a question that
 * they cannot read with FORMERR, by the header alone.
 */
enum dns_verdict {
	DNS_MESSAGE_OK,
	DNS_MESSAGE_CUT,      /* the captured bytes end early; what was readable is filled in */
	DNS_MESSAGE_LOOP,     /* a name with a compression pointer into itself */
	DNS_MESSAGE_FORWARD,  /* a name with one that does not point back */
	DNS_MESSAGE_LABEL,    /* a name with a label of a type that does not exist */
	DNS_MESSAGE_LONG,     /* a name over 255 bytes */
	DNS_MESSAGE_OVERRUN,  /* a name, question or record that reaches beyond the message */
	DNS_MESSAGE_COUNTS,   /* fewer questions or records than the header says */
	DNS_MESSAGE_RDATA,    /* the data of a record is not what its type says */
	DNS_MESSAGE_EDNS,     /* malformed options, or two OPT (RFC 6891 section 6.1.1) */
	DNS_MESSAGE_TRAILING, /* bytes behind the last record */
	DNS_MESSAGE_SHORT,    /* no whole header: nothing to match by */
	DNS_MESSAGE_VERDICTS,
	/* The malformed ones; behind them those that are unparsable. */
	DNS_MESSAGE_MALFORMED = DNS_MESSAGE_LOOP,
	DNS_MESSAGE_UNPARSABLE = DNS_MESSAGE_SHORT,
};

/** dns_verdict_name() - "ok", "cut", "loop", "forward", ... "short": as counters are named. */
const char *dns_verdict_name(enum dns_verdict verdict);

#endif
