// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `oddns status`: is it running, what does it see, and does it lose anything?
 * The conservation identities (design section 4) are printed as equations with
 * their numbers, so that whoever doubts a counter can add up.
 */
#include "base/log.h"
#include "base/output.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "daemon_state.h"
#include "losses.h"
#include "sink/summary.h"
#include "store_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000LL

/* The daemon writes every second; one that has not for so long is stuck or stopped. */
#define STALE_NS (10 * NS_PER_S)

static const struct options_verb verb = {
	.name = "status",
	.about = "Whether a daemon is running (exit code 0) or not (1), on which interfaces, what "
		 "it counted, and what it lost, with the cause and the remedy.",
	.takes = OPTION_CONFIG | OPTION_SET | OPTION_FORMAT,
};

struct term {
	const char *name;
	uint64_t number;
};

/* left = right, each a sum; a term without name ends it. */
struct equation {
	struct term left[3];
	struct term right[10];
};

static void print_sum(const struct term *terms, uint64_t *ret_sum)
{
	*ret_sum = 0;
	for (unsigned i = 0; terms[i].name; i++) {
		printf("%s%s %" PRIu64, i ? " + " : "", terms[i].name, terms[i].number);
		*ret_sum += terms[i].number;
	}
}

static void print_equation(const struct equation *equation, struct style style)
{
	uint64_t left, right;
	bool holds;

	fputs("  ", stdout);
	print_sum(equation->left, &left);
	fputs(" = ", stdout);
	print_sum(equation->right, &right);
	holds = left == right;
	if (holds)
		printf("  %s%s%s\n", colour__on(style, TABLE_GREEN), style.utf8 ? "✓" : "(ok)",
		       colour__off(style, TABLE_GREEN));
	else
		printf("  %s%s differ by %" PRId64 "%s\n", colour__on(style, TABLE_YELLOW),
		       style.utf8 ? "✗" : "(!)", (int64_t)(left - right),
		       colour__off(style, TABLE_YELLOW));
}

static void print_counters(const struct daemon_state *daemon)
{
	const struct state *s = daemon->state;
	const struct exchange_counters *x = &s->exchanges;
	uint64_t unparsable = x->unparsable + summary_drops(&s->source, SUMMARY_NOT_DNS_END,
							    SUMMARY_UNPARSABLE_END);
	const struct assembly_counters *a = &s->assembly.packets;
	uint64_t lost =
		summary_drops(&s->source, SUMMARY_UNPARSABLE_END, SUMMARY_LOST_END) + a->shed;
	/* The kernel's counters are read last: what they are ahead waits to be read. */
	uint64_t seen = summary_packets(&s->source) + a->coalesced;
	uint64_t known = x->queries + x->responses + x->folded + a->joined + x->quoted +
			 x->multicast + unparsable + lost;
	const struct equation equations[] = {
		{{{"queries", x->queries}},
		 {{"answered", x->answered},
		  {"unanswered", x->unanswered},
		  {"pending", x->pending},
		  {"retransmitted", x->retransmitted},
		  {"evicted", x->evicted}}},
		{{{"responses", x->responses}},
		 {{"answered", x->answered},
		  {"late", x->late},
		  {"orphan", x->orphan},
		  {"duplicate", x->duplicate},
		  {"continued", x->continued},
		  {"unsampled", x->unsampled}}},
		{{{"packets", summary_packets(&s->source)}, {"coalesced", a->coalesced}},
		 {{"queries", x->queries},
		  {"responses", x->responses},
		  {"folded", x->folded},
		  {"joined", a->joined},
		  {"quoted", x->quoted},
		  {"multicast", x->multicast},
		  {"unparsable", unparsable},
		  {"lost", lost},
		  {"in the ring", seen > known ? seen - known : 0}}},
	};

	puts("Counters:");
	for (unsigned i = 0; i < sizeof(equations) / sizeof(equations[0]); i++)
		print_equation(&equations[i], daemon->style);
}

/* Reasons that cost somebody something; TCP control segments and the like are no news. */
static void add_loss(void *context, uint64_t count, const char *name, const char *remedy)
{
	struct table *table = context;

	table__add(table, TABLE_PLAIN, "%s", "");
	table__add(table, TABLE_YELLOW, "%" PRIu64, count);
	table__add(table, TABLE_PLAIN, "%s", name);
	table__add(table, TABLE_PLAIN, "%s", remedy);
}

/* Return: 0, -ENOMEM */
static int print_losses(const struct daemon_state *daemon)
{
	static const struct table_column columns[] = {
		{"", false}, {"COUNT", true}, {"REASON", false}, {"CAUSE AND REMEDY", false}};
	struct table *table;
	int r = table__new(columns, 4, &table);

	if (r < 0)
		return r;
	losses_list(daemon->state, add_loss, table);
	if (table__is_empty(table)) {
		puts("Losses: none");
	} else {
		puts("Losses:");
		r = table__print(table, stdout, daemon->style);
	}
	table__free(table);
	return r;
}

/* Return: 0, -ENOMEM */
static int print_interfaces(const struct daemon_state *daemon)
{
	static const struct table_column columns[] = {{"", false},
						      {"INTERFACE", false},
						      {"INGRESS", false},
						      {"EGRESS", false},
						      {"NOTE", false}};
	struct table *table;
	int r = table__new(columns, 5, &table);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < daemon->state->interface_count; i++) {
		const struct state_interface *at = &daemon->state->interfaces[i];

		table__add(table, TABLE_PLAIN, "%s", "");
		table__add(table, TABLE_PLAIN, "%s", at->name);
		table__add(table, TABLE_PLAIN, "%s", at->ingress);
		table__add(table, TABLE_PLAIN, "%s", at->egress);
		table__add(table, TABLE_PLAIN, "%s", at->note);
	}
	puts("Interfaces:");
	r = table__print(table, stdout, daemon->style);
	table__free(table);
	return r;
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* "3 d 4 h", "4 h 7 min", "7 min 12 s": two units say enough. */
static const char *age_text(int64_t ns, char buf[48])
{
	long long s = ns > 0 ? ns / NS_PER_S : 0;

	if (s >= 86400)
		snprintf(buf, 48, "%lld d %lld h", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(buf, 48, "%lld h %lld min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(buf, 48, "%lld min %lld s", s / 60, s % 60);
	else
		snprintf(buf, 48, "%lld s", s);
	return buf;
}

/* What is given up now. Level 1 is payload alone. */
static void print_pressure(const struct daemon_state *daemon)
{
	const struct state *s = daemon->state;

	if (!s->pressure)
		return;
	printf("%sOverload, level %" PRIu64 ": at most 128 bytes of each message are read",
	       colour__on(daemon->style, TABLE_YELLOW), s->pressure);
	if (s->sampled > 1)
		printf(", and one of %" PRIu64 " exchanges", s->sampled);
	printf("; the kernel's counters are complete%s\n",
	       colour__off(daemon->style, TABLE_YELLOW));
}

static void print_head(const struct daemon_state *daemon)
{
	const struct state *s = daemon->state;
	int64_t now = now_ns();
	char since[TEXT_TIME_MAX], age[48];

	text_time(s->started_ns, since);
	since[strcspn(since, ".")] = '\0';
	printf("oddns %s is running, pid %" PRId64 ", since %sZ (%s)\n", s->version, s->pid, since,
	       age_text(now - s->started_ns, age));
	if (now - s->now_ns > STALE_NS)
		printf("%sIt has not written its state for %s: it hangs, or the machine is "
		       "overloaded%s\n",
		       colour__on(daemon->style, TABLE_RED), age_text(now - s->now_ns, age),
		       colour__off(daemon->style, TABLE_RED));
	print_pressure(daemon);
	printf("Direction: %s%s\n", s->direction,
	       strstr(s->direction, "only")
		       ? "; no verdicts until the other half of the traffic is seen: add the "
			 "interface that carries it"
		       : "");
}

/* Is a server down, or was a packet lost? A line only when there are any. */
static void print_causes(const struct state *s)
{
	const char *separator = " (";

	if (!s->exchanges.unanswered)
		return;
	printf("Unanswered: %" PRIu64 " queries, by cause", s->exchanges.unanswered);
	for (int i = CAUSE_NONE; i <= CAUSE_LATE; i++) {
		if (!s->exchanges.causes[i])
			continue;
		printf("%s%s %" PRIu64, separator, exchange_cause_name((enum exchange_cause)i),
		       s->exchanges.causes[i]);
		separator = ", ";
	}
	fputs(")", stdout);
	if (s->exchanges.llmnr.unanswered)
		printf("; %" PRIu64 " of them LLMNR, where silence says: no such name",
		       s->exchanges.llmnr.unanswered);
	putchar('\n');
}

/* A line only when there are any; they are matched, so nothing is lost. */
static void print_malformed(const struct state *s)
{
	const char *separator = " (";

	if (!exchange_counters__malformed(&s->exchanges))
		return;
	printf("Malformed: %" PRIu64 " messages, matched all the same",
	       exchange_counters__malformed(&s->exchanges));
	for (unsigned i = DNS_MESSAGE_MALFORMED; i < DNS_MESSAGE_UNPARSABLE; i++) {
		if (!s->exchanges.verdicts[i])
			continue;
		printf("%s%s %" PRIu64, separator, dns_verdict_name((enum dns_verdict)i),
		       s->exchanges.verdicts[i]);
		separator = ", ";
	}
	puts(")");
}

/* A line only when there are any. */
static void print_truncated(const struct retries_counters *r)
{
	if (r->truncated)
		printf("Truncated: %" PRIu64 " answers over UDP; %" PRIu64
		       " asked again over TCP, %" PRIu64 " not, %" PRIu64 " undecided\n",
		       r->truncated, r->retried, r->abandoned, r->open + r->unknown);
}

/* DNS that cannot be read, beside the numbers of what can. */
static void print_encrypted(const struct state *s)
{
	char text[ENCRYPTED_TEXT_MAX];
	__u64 sum = encrypted_totals__sum(&s->source.encrypted);

	if (!s->encrypted)
		puts("Out of sight: not counted, sensor.encrypted is no");
	else if (sum == 0)
		puts("Out of sight: no connections of encrypted DNS");
	else
		printf("Out of sight: %" PRIu64 " connections of encrypted DNS: %s\n",
		       (uint64_t)sum, encrypted_text(&s->source.encrypted, text));
}

static void print_store(const struct daemon_state *daemon)
{
	enum table_colour colour;
	char text[STORE_TEXT_MAX];

	store_text(&daemon->state->store, text, &colour);
	printf("Store: %s%s%s\n", colour__on(daemon->style, colour), text,
	       colour__off(daemon->style, colour));
}

static void print_tail(const struct daemon_state *daemon)
{
	const struct state *s = daemon->state;
	char table[TEXT_SIZE_MAX], resident[TEXT_SIZE_MAX], interval[TEXT_DURATION_MAX],
		timeout[TEXT_DURATION_MAX], limit[TEXT_DURATION_MAX];

	printf("Pending: %" PRIu64 " queries; remembered %" PRIu64 " of at most %" PRIu64 "\n",
	       s->exchanges.pending, s->usage.entries, s->usage.limit);
	printf("Memory: %s resident, of which %s for exchanges\n",
	       text_size(s->resident_bytes, resident), text_size(s->usage.bytes, table));
	printf("Folded: %" PRIu64 " messages seen at a second hook\n", s->exchanges.folded);
	print_causes(s);
	print_malformed(s);
	print_truncated(&s->retries);
	print_encrypted(s);
	printf("Rule: intervals of %s, %" PRIu64 " of them; odd above baseline +%s and +%.3g %%; "
	       "timeout %s\n",
	       text_duration((int64_t)s->interval_ns, interval), s->window,
	       text_duration((int64_t)s->absolute_ns, limit), s->relative * 100,
	       text_duration((int64_t)s->timeout_ns, timeout));
	printf("Servers: %" PRIu64 " known; see oddns servers\n", s->servers_known);
	print_store(daemon);
	printf("Alerts: %s%" PRIu64 " standing%s; they go to %s\n",
	       colour__on(daemon->style, s->alerts_raised ? TABLE_RED : TABLE_GREEN),
	       s->alerts_raised,
	       colour__off(daemon->style, s->alerts_raised ? TABLE_RED : TABLE_GREEN),
	       s->journal ? "the journal: journalctl -t oddns -x" : "stderr: no journald listens");
	if (s->alerts_unsent)
		printf("Alerts that went to stderr for want of a journald: %" PRIu64 "\n",
		       s->alerts_unsent);
	if (s->alerts_held)
		printf("Alerts that went unsaid, because there were too many in a minute: %" PRIu64
		       "\n",
		       s->alerts_held);
}

/* Return: 0, -ENOMEM after reporting. */
static int print_text(const struct daemon_state *daemon)
{
	int r;

	print_head(daemon);
	r = print_interfaces(daemon);
	if (r < 0)
		return log_err(r, "print interfaces");
	print_counters(daemon);
	r = print_losses(daemon);
	if (r < 0)
		return log_err(r, "print losses");
	print_tail(daemon);
	return 0;
}

int cmd_status(int argc, char **argv)
{
	struct daemon_state daemon;
	int code = daemon_state__open(&verb, argc, argv, &daemon);

	if (code != CMD_DONE)
		return code;
	if (daemon.options.format == FORMAT_JSON && daemon.state)
		state__print(stdout, daemon.state, daemon.running);
	else if (daemon.options.format == FORMAT_JSON)
		puts("{\"type\":\"status\",\"running\":false}");
	else if (daemon.running && print_text(&daemon) < 0)
		code = CMD_FAILED;
	if (!daemon.running)
		code = daemon_state__not_running(&daemon);
	if (output_finish() < 0)
		code = CMD_FAILED;
	daemon_state__close(&daemon);
	return code;
}
