// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From verdicts to alerts: the memory between evaluations.
 *
 * The rule itself (odd.c) knows only now. A verdict that flickers would make a
 * person deaf, so for each server and rule a count is kept of the verdicts in
 * a row that speak against what stands:
 *
 *	              odd, raise_after times in a row
 *	   [ quiet ] ---------------------------------> [ raised ]
 *	       ^                                          |    |
 *	       |      not odd, clear_after times in a row |    | no more evidence
 *	       '------------------------------------------'    | (forgotten)
 *	       ^                                               |
 *	       '-----------------------------------------------'
 *
 * Example, raise after 2, clear after 3, o = odd, . = not, ? = no verdict:
 *
 *	. o . o ? o . . o . . . o
 *	          ^           ^
 *	       raised      cleared
 *
 * No verdict counts neither way: a quiet night is no proof of health.
 *
 * The memory is an array in order of address, as the table of servers is. Each
 * evaluation walks both side by side and makes the next array from them: a new
 * server begins with nothing, one that the table has forgotten is left behind.
 * So the memory is bounded by the table's and needs no hash. What must still be
 * told about those left behind, or moved to another group by a reload, is put
 * on a list of leavers first, which the delivery takes in at the right place.
 */
#include "rules.h"

#include "rule/comparison.h"
#include "rule/group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A rule speaks of one among others. */
#define MIN_MEMBERS 2

/* Where a server stands with one rule. */
struct standing {
	double value;	   /* of the last evaluation in which it was eligible */
	double baseline;   /* of the last that was sufficient */
	unsigned group;	   /* under which it was raised */
	unsigned streak;   /* verdicts in a row against what stands */
	unsigned unjudged; /* evaluations in a row without a verdict */
	bool raised;
	bool sufficient; /* last evaluation */
	bool eligible;	 /* last evaluation */
};

struct subject {
	uint8_t addr[16];
	unsigned group;
	struct standing standing[RULES];
};

/* An alert stands under a group that has lost the subject. */
struct leaver {
	uint8_t addr[16];
	enum rule_id rule;
	struct standing standing;
};

struct rules {
	unsigned min_samples, min_intervals;
	unsigned raise_after, clear_after;
	struct rule_settings settings[RULES];
	struct groups groups;
	alert_fn on_alert;
	void *context;
	unsigned raised;
	unsigned count; /* subjects */
	unsigned max;	/* subjects that there is room for */
	struct subject *subjects;
	struct subject *next;	/* subjects of the evaluation that is being prepared */
	unsigned *members;	/* indices of subjects, by group and address */
	unsigned *first_member; /* of each group, in members; one more for the end */
	struct leaver *leavers; /* by rule, group and address */
	unsigned leaver_max, leaver_count, leaver_next;
	struct comparison comparison;
};

/* One group before one rule. */
struct trial {
	const struct rule_row *row;
	unsigned group;
	unsigned window; /* intervals */
	int64_t now_ns;
	struct odd_limits limits;
};

/* --- life ------------------------------------------------------------------------------------- */

int rules__new(const struct settings *settings, alert_fn on_alert, void *context,
	       struct rules **ret_rules)
{
	struct rules *rules = calloc(1, sizeof(*rules));
	int r;

	if (!rules)
		return -ENOMEM;
	rules->on_alert = on_alert;
	rules->context = context;
	r = rules__configure(rules, settings);
	if (r < 0) {
		rules__free(rules);
		return r;
	}
	*ret_rules = rules;
	return 0;
}

void rules__free(struct rules *rules)
{
	if (!rules)
		return;
	groups__done(&rules->groups);
	comparison__done(&rules->comparison);
	free(rules->subjects);
	free(rules->next);
	free(rules->members);
	free(rules->first_member);
	free(rules->leavers);
	free(rules);
}

/*
 * Find the groups under which alerts stand among the new ones.
 * @map: for each old group its new index, or GROUP_NONE when no alert needs it
 */
static int keep_groups(const struct rules *rules, struct groups *groups, unsigned *map)
{
	for (unsigned i = 0; i < rules->groups.count; i++)
		map[i] = GROUP_NONE;
	for (unsigned i = 0; i < rules->count * RULES; i++) {
		const struct standing *standing = &rules->subjects[i / RULES].standing[i % RULES];
		int r = 0;

		if (standing->raised && map[standing->group] == GROUP_NONE)
			r = groups__keep(groups, rules->groups.at[standing->group].name,
					 &map[standing->group]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Nothing can fail any more: @groups and @first_member become the rules'. */
static void take_groups(struct rules *rules, const struct groups *groups, unsigned *first_member,
			const unsigned *map)
{
	for (unsigned i = 0; i < rules->count * RULES; i++) {
		struct standing *standing = &rules->subjects[i / RULES].standing[i % RULES];

		if (standing->raised)
			standing->group = map[standing->group];
	}
	groups__done(&rules->groups);
	rules->groups = *groups;
	free(rules->first_member);
	rules->first_member = first_member;
}

int rules__configure(struct rules *rules, const struct settings *settings)
{
	struct groups groups;
	unsigned *map, *first_member = NULL;
	int r = groups__init(&groups, settings);

	if (r < 0)
		return r;
	map = calloc(rules->groups.count + 1, sizeof(*map));
	r = map ? keep_groups(rules, &groups, map) : -ENOMEM;
	if (r == 0)
		first_member = calloc(groups.count + 1, sizeof(*first_member));
	if (!first_member) {
		groups__done(&groups);
		free(map);
		return -ENOMEM;
	}
	take_groups(rules, &groups, first_member, map);
	free(map);
	rules->min_samples = settings->min_samples;
	rules->min_intervals = settings->min_intervals;
	rules->raise_after = settings->raise_after;
	rules->clear_after = settings->clear_after;
	memcpy(rules->settings, settings->rules, sizeof(rules->settings));
	return 0;
}

/* --- who is judged ---------------------------------------------------------------------------- */

static int compare_subjects(const void *a, const void *b)
{
	const struct subject *x = a, *y = b;

	return memcmp(x->addr, y->addr, sizeof(x->addr));
}

/* Give @ret_array @n elements of @size anew, unless that fails. */
static int regrow(void *ret_array, size_t n, size_t size)
{
	void *array = reallocarray(*(void **)ret_array, n, size);

	if (!array)
		return -ENOMEM;
	*(void **)ret_array = array;
	return 0;
}

static int reserve(struct rules *rules, unsigned subjects)
{
	if (subjects > rules->max) {
		if (regrow(&rules->subjects, subjects, sizeof(*rules->subjects)) < 0 ||
		    regrow(&rules->next, subjects, sizeof(*rules->next)) < 0 ||
		    regrow(&rules->members, subjects, sizeof(*rules->members)) < 0)
			return -ENOMEM;
		rules->max = subjects;
	}
	if (rules->raised > rules->leaver_max) {
		if (regrow(&rules->leavers, rules->raised, sizeof(*rules->leavers)) < 0)
			return -ENOMEM;
		rules->leaver_max = rules->raised;
	}
	return 0;
}

/* Sort the @n next subjects into groups, each in order of address. Return: the largest group */
static unsigned sort_members(struct rules *rules, unsigned n)
{
	unsigned *first = rules->first_member, groups = rules->groups.count, sum = 0, largest = 0;

	memset(first, 0, (groups + 1) * sizeof(*first));
	for (unsigned i = 0; i < n; i++)
		if (rules->next[i].group != GROUP_NONE)
			first[rules->next[i].group]++;
	for (unsigned g = 0; g < groups; g++) {
		largest = first[g] > largest ? first[g] : largest;
		sum += first[g];
		first[g] = sum;
	}
	first[groups] = sum;
	for (unsigned i = n; i-- > 0;)
		if (rules->next[i].group != GROUP_NONE)
			rules->members[--first[rules->next[i].group]] = i;
	return largest;
}

/* Make the next array of subjects, with what is remembered of them. Changes nothing if it fails. */
static int prepare(struct rules *rules, const struct server_table *servers)
{
	unsigned n = server_table__count(servers), old = 0;
	int r = reserve(rules, n);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < n; i++) {
		const struct server *server = server_table__at(servers, i);
		struct subject *next = &rules->next[i];

		*next = (struct subject){.group = GROUP_NONE};
		memcpy(next->addr, server__address(server), sizeof(next->addr));
		while (old < rules->count && compare_subjects(&rules->subjects[old], next) < 0)
			old++;
		if (old < rules->count && compare_subjects(&rules->subjects[old], next) == 0)
			*next = rules->subjects[old];
		next->group = groups__of(&rules->groups, next->addr, server__recursive(server));
	}
	return comparison__reserve(&rules->comparison, sort_members(rules, n),
				   server_table__window(servers));
}

/* @next: what became of @old, NULL when it is forgotten */
static void find_leavers(struct rules *rules, const struct subject *old, struct subject *next)
{
	for (unsigned rule = 0; rule < RULES; rule++) {
		const struct standing *standing = &old->standing[rule];
		struct leaver *leaver = &rules->leavers[rules->leaver_count];

		if (!standing->raised ||
		    (next && next->group == standing->group && rules->settings[rule].enabled))
			continue;
		memcpy(leaver->addr, old->addr, sizeof(leaver->addr));
		leaver->rule = rule;
		leaver->standing = *standing;
		rules->leaver_count++;
		if (next)
			next->standing[rule] = (struct standing){.raised = false};
	}
}

static int compare_leavers(const void *a, const void *b)
{
	const struct leaver *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->standing.group != y->standing.group)
		return x->standing.group < y->standing.group ? -1 : 1;
	return memcmp(x->addr, y->addr, sizeof(x->addr));
}

/* The @n next subjects become the subjects. */
static void advance(struct rules *rules, unsigned n)
{
	struct subject *subjects = rules->subjects;

	rules->leaver_count = 0;
	rules->leaver_next = 0;
	for (unsigned old = 0, i = 0; rules->raised && old < rules->count; old++) {
		bool known;

		while (i < n && compare_subjects(&rules->next[i], &subjects[old]) < 0)
			i++;
		known = i < n && compare_subjects(&rules->next[i], &subjects[old]) == 0;
		find_leavers(rules, &subjects[old], known ? &rules->next[i] : NULL);
	}
	if (rules->leaver_count)
		qsort(rules->leavers, rules->leaver_count, sizeof(*rules->leavers),
		      compare_leavers);
	rules->subjects = rules->next;
	rules->next = subjects;
	rules->count = n;
}

/* --- judgement -------------------------------------------------------------------------------- */

/* Complete an alert and hand it over. @alert: state, samples and forgotten are set */
static void announce(struct rules *rules, const struct trial *trial, const uint8_t addr[16],
		     const struct standing *standing, struct alert *alert)
{
	if (alert->state == ALERT_RAISED)
		rules->raised++;
	else
		rules->raised--;
	if (!rules->on_alert)
		return;
	memcpy(alert->subject, addr, sizeof(alert->subject));
	alert->time_ns = trial->now_ns;
	alert->rule = trial->row;
	alert->group = rules->groups.at[trial->group].name;
	alert->value = standing->value;
	alert->baseline = standing->baseline;
	alert->absolute = trial->limits.absolute;
	alert->relative = trial->limits.relative;
	alert->evidence = comparison__evidence(&rules->comparison);
	alert->evidence_count = rules->comparison.count;
	rules->on_alert(rules->context, alert);
}

/* Tell of those who left this trial's group and whose address is below @addr; of all if NULL. */
static void announce_leavers(struct rules *rules, const struct trial *trial, const uint8_t *addr)
{
	while (rules->leaver_next < rules->leaver_count) {
		const struct leaver *leaver = &rules->leavers[rules->leaver_next];
		struct alert alert = {.state = ALERT_CLEARED, .forgotten = true};

		if (leaver->rule != trial->row->id || leaver->standing.group != trial->group ||
		    (addr && memcmp(leaver->addr, addr, sizeof(leaver->addr)) > 0))
			return;
		rules->leaver_next++;
		announce(rules, trial, leaver->addr, &leaver->standing, &alert);
	}
}

/* Turn what stands about the @i-th member into the opposite. */
static void turn(struct rules *rules, const struct trial *trial, unsigned i, bool forgotten)
{
	unsigned member = rules->members[rules->first_member[trial->group] + i];
	struct subject *subject = &rules->subjects[member];
	struct standing *standing = &subject->standing[trial->row->id];
	struct alert alert = {
		.state = standing->raised ? ALERT_CLEARED : ALERT_RAISED,
		.samples = rules->comparison.series[i].samples,
		.forgotten = forgotten,
	};

	standing->raised = !standing->raised;
	standing->group = trial->group;
	standing->streak = 0;
	standing->unjudged = 0;
	announce(rules, trial, subject->addr, standing, &alert);
}

/* No verdict on the @i-th member: what stands, stands, but not for ever. */
static void hold(struct rules *rules, const struct trial *trial, unsigned i,
		 struct standing *standing)
{
	standing->unjudged++;
	if (rules->comparison.series[i].count > 0 && standing->unjudged < trial->window)
		return;
	standing->streak = 0;
	if (standing->raised)
		turn(rules, trial, i, true);
}

static void judge(struct rules *rules, const struct trial *trial, unsigned i,
		  struct standing *standing)
{
	const struct odd_member *finding = &rules->comparison.findings[i];
	const struct odd_verdict *verdict = &rules->comparison.verdict;

	standing->sufficient = verdict->sufficient;
	standing->eligible = finding->eligible;
	if (finding->eligible)
		standing->value = finding->median;
	if (verdict->sufficient)
		standing->baseline = verdict->baseline;
	if (!verdict->sufficient || !finding->eligible) {
		hold(rules, trial, i, standing);
		return;
	}
	standing->unjudged = 0;
	standing->streak = finding->odd == standing->raised ? 0 : standing->streak + 1;
	if (standing->streak == 0)
		return;
	if (standing->streak >= (standing->raised ? rules->clear_after : rules->raise_after))
		turn(rules, trial, i, false);
}

/* X and Y: a group's own are latencies, so they are for that rule only. */
static struct odd_limits limits_of(const struct rules *rules, const struct trial *trial)
{
	const struct rule_settings *settings = &rules->settings[trial->row->id];
	const struct group *group = &rules->groups.at[trial->group];
	bool own = trial->row->id == RULE_LATENCY;

	return (struct odd_limits){
		.absolute = own && group->has_absolute ? group->absolute : settings->absolute,
		.relative = own && group->has_relative ? group->relative : settings->relative,
		.min_members = MIN_MEMBERS,
		.min_intervals = rules->min_intervals,
	};
}

/* Put one group before one rule. A disabled rule has only leavers. */
static void try_group(struct rules *rules, const struct server_table *servers,
		      const struct trial *trial)
{
	const unsigned *members = rules->members + rules->first_member[trial->group];
	unsigned n = rules->first_member[trial->group + 1] - rules->first_member[trial->group];

	comparison__start(&rules->comparison);
	if (!rules->settings[trial->row->id].enabled)
		n = 0;
	for (unsigned i = 0; i < n; i++)
		comparison__add(&rules->comparison, server_table__at(servers, members[i]));
	comparison__run(&rules->comparison, trial->row, rules->min_samples, &trial->limits);
	for (unsigned i = 0; i < n; i++) {
		struct subject *subject = &rules->subjects[members[i]];

		announce_leavers(rules, trial, subject->addr);
		judge(rules, trial, i, &subject->standing[trial->row->id]);
	}
	announce_leavers(rules, trial, NULL);
}

int rules__evaluate(struct rules *rules, const struct server_table *servers, int64_t now_ns)
{
	struct trial trial = {.window = server_table__window(servers), .now_ns = now_ns};
	int r = prepare(rules, servers);

	if (r < 0)
		return r;
	advance(rules, server_table__count(servers));
	for (unsigned rule = 0; rule < RULES; rule++) {
		trial.row = &rule_rows[rule];
		for (trial.group = 0; trial.group < rules->groups.count; trial.group++) {
			trial.limits = limits_of(rules, &trial);
			try_group(rules, servers, &trial);
		}
	}
	return 0;
}

/* --- questions -------------------------------------------------------------------------------- */

const char *rules__group_of(const struct rules *rules, const struct server *server)
{
	unsigned group =
		groups__of(&rules->groups, server__address(server), server__recursive(server));

	return group == GROUP_NONE ? NULL : rules->groups.at[group].name;
}

void rules__standing(const struct rules *rules, const struct server *server,
		     struct rule_standing *ret)
{
	struct subject key;
	const struct subject *subject = NULL;
	const struct standing *standing;

	memcpy(key.addr, server__address(server), sizeof(key.addr));
	if (rules->count)
		subject =
			bsearch(&key, rules->subjects, rules->count, sizeof(key), compare_subjects);
	*ret = (struct rule_standing){.sufficient = false};
	if (!subject || subject->group == GROUP_NONE)
		return;
	for (unsigned i = 0; i < RULES; i++)
		ret->raised |= subject->standing[i].raised;
	if (!rules->settings[RULE_LATENCY].enabled)
		return;
	standing = &subject->standing[RULE_LATENCY];
	ret->sufficient = standing->sufficient;
	ret->eligible = standing->eligible;
	ret->median_ns = standing->value;
	ret->baseline_ns = standing->baseline;
}

unsigned rules__raised(const struct rules *rules)
{
	return rules->raised;
}
