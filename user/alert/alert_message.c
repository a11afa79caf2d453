// SPDX-License-Identifier: GPL-2.0-or-later
/* The line of proof. Its parts that must not be lost come before the list that may be cut. */
#include "alert_message.h"

#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Others named in a line: with 10 addresses of IPv6 it still fits beside the advice. */
#define OTHERS_NAMED 10

#define ELLIPSIS "…"

struct line {
	char *buf;
	size_t size;
	size_t used;
};

static void __attribute__((format(printf, 2, 3))) add(struct line *line, const char *fmt, ...)
{
	size_t room = line->size - line->used;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line->buf + line->used, room, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n < room) {
		line->used += (size_t)n;
		return;
	}
	line->used = line->size - 1;
	if (line->size >= sizeof(ELLIPSIS))
		memcpy(line->buf + line->size - sizeof(ELLIPSIS), ELLIPSIS, sizeof(ELLIPSIS));
}

const char *alert_value_text(const struct rule_row *rule, double value, char *buf)
{
	if (rule->unit == UNIT_NS)
		text_duration(llround(value), buf);
	else
		snprintf(buf, ALERT_VALUE_MAX, "%.3g %%", value * 100);
	return buf;
}

const char *alert_limit_text(const struct rule_row *rule, double absolute, char *buf)
{
	if (rule->unit == UNIT_NS)
		text_duration(llround(absolute), buf);
	else
		snprintf(buf, ALERT_VALUE_MAX, "%.3g points", absolute * 100);
	return buf;
}

static bool is_worse(const struct alert_evidence *a, const struct alert_evidence *b)
{
	/* Equal ones by address, which is the order of the list. */
	return a->median > b->median || (a->median == b->median && a < b);
}

/* The worst of the others that is not as bad as @above; NULL at the end. */
static const struct alert_evidence *next_worst(const struct alert *alert,
					       const struct alert_evidence *above)
{
	const struct alert_evidence *worst = NULL;

	for (unsigned i = 0; i < alert->evidence_count; i++) {
		const struct alert_evidence *other = &alert->evidence[i];

		if (!other->eligible || memcmp(other->server, alert->subject, 16) == 0)
			continue;
		if (above && !is_worse(above, other))
			continue;
		if (!worst || is_worse(other, worst))
			worst = other;
	}
	return worst;
}

static void add_others(struct line *line, const struct alert *alert)
{
	const struct alert_evidence *other = next_worst(alert, NULL);
	char value[ALERT_VALUE_MAX], address[TEXT_ADDRESS_MAX];
	unsigned left = 0;

	if (!other)
		return;
	add(line, "; others:");
	for (unsigned i = 0; i < OTHERS_NAMED && other; i++) {
		add(line, "%s %s %s", i ? "," : "", text_address(other->server, address),
		    alert_value_text(alert->rule, other->median, value));
		other = next_worst(alert, other);
	}
	for (unsigned i = 0; other && i < alert->evidence_count; i++)
		if (alert->evidence[i].eligible && !is_worse(&alert->evidence[i], other) &&
		    memcmp(alert->evidence[i].server, alert->subject, 16) != 0)
			left++;
	if (left)
		add(line, " and %u more below", left);
}

static const char *claim(const struct alert *alert)
{
	if (alert->state == ALERT_RAISED)
		return "is the odd one out of";
	if (alert->forgotten)
		return "has too few answers to be called the odd one out any more in";
	return "is no longer the odd one out of";
}

const char *alert_message(const struct alert *alert, char *buf, size_t size)
{
	struct line line = {.buf = buf, .size = size};
	char value[ALERT_VALUE_MAX], baseline[ALERT_VALUE_MAX], limit[ALERT_VALUE_MAX];
	char subject[TEXT_ADDRESS_MAX];

	if (!size)
		return buf;
	buf[0] = '\0';
	add(&line, "%s %s group %s: %s%s %s, baseline %s (limits +%s and +%.3g %%), %llu samples",
	    text_address(alert->subject, subject), claim(alert), alert->group,
	    alert->forgotten ? "last " : "", alert->rule->what,
	    alert_value_text(alert->rule, alert->value, value),
	    alert_value_text(alert->rule, alert->baseline, baseline),
	    alert_limit_text(alert->rule, alert->absolute, limit), alert->relative * 100,
	    (unsigned long long)alert->samples);
	add_others(&line, alert);
	if (alert->state == ALERT_RAISED)
		add(&line, ". %s", alert->rule->advice);
	return buf;
}
