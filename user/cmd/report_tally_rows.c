// SPDX-License-Identifier: GPL-2.0-or-later
/* Each tally. */
#include "report_tally_rows.h"

#include "cmd/query_lists.h"

#define NXDOMAIN "dns-rcode \"NXDomain\" and dst ctry 0"
#define REVERSE	 "dns-qtype \"PTR\" and dns-qname \"arpa\""
#define OF_MAIL	 " and ip @" TALLY_MAIL_SERVERS
#define FAILED	 " and not dns-rcode NOERROR"
#define FOREIGN	 "dst port 53 and not dst ip @" QUERY_LISTS_SERVERS
#define SERVICES "dns-qtype \"SRV\""

const struct tally_row tally_rows[TALLIES] = {
	[TALLY_RCODES] = {{"dns-rcode"}, "direction response"},
	[TALLY_NAMES] = {{"dns-qname"}},
	[TALLY_NAMES2] = {{"dns-qname2"}},
	[TALLY_CLIENTS] = {{"client"}},
	[TALLY_NXDOMAIN] = {{"dst-ip"}, NXDOMAIN},
	[TALLY_NXDOMAIN_NAMES] = {{"dst-ip", "dns-qname"}, NXDOMAIN},
	[TALLY_REVERSE] = {{"client"}, REVERSE, TALLY_MAIL_SERVERS, REVERSE OF_MAIL},
	[TALLY_REVERSE_NXDOMAIN] = {{"client"},
				    REVERSE " and dns-rcode \"NXDomain\"",
				    TALLY_MAIL_SERVERS,
				    REVERSE OF_MAIL " and dns-rcode \"NXDomain\""},
	[TALLY_REVERSE_FAILED] = {{"dns-qname", "dns-rcode"},
				  REVERSE FAILED,
				  TALLY_MAIL_SERVERS,
				  REVERSE OF_MAIL FAILED},
	[TALLY_FOREIGN] = {{"src-ip"}, NULL, QUERY_LISTS_SERVERS, FOREIGN},
	[TALLY_FOREIGN_SERVERS] = {{"src-ip", "dst-ip"}, NULL, QUERY_LISTS_SERVERS, FOREIGN},
	[TALLY_SERVICES] = {{"client", "dns-qname"}, SERVICES},
	[TALLY_SERVICES_FOUND] = {{"client", "dns-qname"},
				  SERVICES " and dns-rcode NOERROR and dns-ancount > 0"},
};
