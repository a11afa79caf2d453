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

#define BY(...) .by = {__VA_ARGS__}

const struct tally_row tally_rows[TALLIES] = {
	[TALLY_RCODES] = {BY("dns-rcode"), .filter = "direction response"},
	[TALLY_NAMES] = {BY("dns-qname")},
	[TALLY_NAMES2] = {BY("dns-qname2")},
	[TALLY_CLIENTS] = {BY("client")},
	[TALLY_NXDOMAIN] = {BY("dst-ip"), .filter = NXDOMAIN},
	[TALLY_NXDOMAIN_NAMES] = {BY("dst-ip", "dns-qname"), .filter = NXDOMAIN},
	[TALLY_REVERSE] = {BY("client"), .filter = REVERSE, .list = TALLY_MAIL_SERVERS,
			   .list_filter = REVERSE OF_MAIL},
	[TALLY_REVERSE_NXDOMAIN] = {BY("client"), .filter = REVERSE " and dns-rcode \"NXDomain\"",
				    .list = TALLY_MAIL_SERVERS,
				    .list_filter = REVERSE OF_MAIL " and dns-rcode \"NXDomain\""},
	[TALLY_REVERSE_FAILED] = {BY("dns-qname", "dns-rcode"), .filter = REVERSE FAILED,
				  .list = TALLY_MAIL_SERVERS,
				  .list_filter = REVERSE OF_MAIL FAILED},
	[TALLY_FOREIGN] = {BY("src-ip"), .list = QUERY_LISTS_SERVERS, .list_filter = FOREIGN},
	[TALLY_FOREIGN_SERVERS] = {BY("src-ip", "dst-ip"), .list = QUERY_LISTS_SERVERS,
				   .list_filter = FOREIGN},
	[TALLY_SERVICES] = {BY("client", "dns-qname"), .filter = SERVICES},
	[TALLY_SERVICES_FOUND] = {BY("client", "dns-qname"),
				  .filter = SERVICES " and dns-rcode NOERROR and dns-ancount > 0"},
};
