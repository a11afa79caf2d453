// SPDX-License-Identifier: GPL-2.0-or-later
/* Fills the fields of one journal entry from an alert. */
#include "fields.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* "-" and 19 digits of an int64_t, or a share with 4 decimals; and a NUL */
#define NUMBER_MAX 32

/* A field that has no room is left out whole: half a value would be a wrong one. */
static void __attribute__((format(printf, 2, 3)))
field(struct alert_fields *f, const char *fmt, ...)
{
	size_t room = sizeof(f->text) - f->used;
	va_list args;
	int n;

	if (f->count == ALERT_FIELDS_MAX)
		return;
	va_start(args, fmt);
	n = vsnprintf(f->text + f->used, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		return;
	f->iov[f->count++] = (struct iovec){.iov_base = f->text + f->used, .iov_len = (size_t)n};
	f->used += (size_t)n + 1;
}

static const char *number(const struct rule_row *rule, double value, char *buf)
{
	snprintf(buf, NUMBER_MAX, rule->unit == UNIT_NS ? "%.0f" : "%.4f", value);
	return buf;
}

static void values(struct alert_fields *f, const struct alert *a)
{
	char buf[ALERT_VALUE_MAX > NUMBER_MAX ? ALERT_VALUE_MAX : NUMBER_MAX];

	field(f, "ODDNS_VALUE=%s", number(a->rule, a->value, buf));
	field(f, "ODDNS_VALUE_TEXT=%s", alert_value_text(a->rule, a->value, buf));
	field(f, "ODDNS_BASELINE=%s", number(a->rule, a->baseline, buf));
	field(f, "ODDNS_BASELINE_TEXT=%s", alert_value_text(a->rule, a->baseline, buf));
	field(f, "ODDNS_ABSOLUTE=%s", number(a->rule, a->absolute, buf));
	field(f, "ODDNS_ABSOLUTE_TEXT=%s", alert_limit_text(a->rule, a->absolute, buf));
	field(f, "ODDNS_RELATIVE=%.4f", a->relative);
	field(f, "ODDNS_RELATIVE_TEXT=%.3g %%", a->relative * 100);
	field(f, "ODDNS_SAMPLES=%" PRIu64, a->samples);
}

static void evidence(struct alert_fields *f, const struct alert *a)
{
	char address[TEXT_ADDRESS_MAX], median[NUMBER_MAX];

	field(f, "ODDNS_SERVERS=%u", a->evidence_count);
	for (unsigned i = 0; i < a->evidence_count && i < ALERT_EVIDENCE_MAX; i++) {
		const struct alert_evidence *e = &a->evidence[i];

		field(f,
		      "ODDNS_EVIDENCE=%s median=%s intervals=%u samples=%" PRIu64
		      " compared=%s odd=%s",
		      text_address(e->server, address),
		      e->eligible ? number(a->rule, e->median, median) : "-", e->intervals,
		      e->samples, e->eligible ? "yes" : "no", e->odd ? "yes" : "no");
	}
}

int alert_priority(const struct alert *alert)
{
	return alert->state == ALERT_RAISED ? 4 : 5;
}

void alert_fields__fill(const struct alert *alert, struct alert_fields *ret)
{
	char message[ALERT_MESSAGE_MAX], address[TEXT_ADDRESS_MAX];

	ret->count = 0;
	ret->used = 0;
	field(ret, "MESSAGE=%s", alert_message(alert, message, sizeof(message)));
	field(ret, "MESSAGE_ID=%s", alert_id(alert->rule));
	field(ret, "PRIORITY=%d", alert_priority(alert));
	field(ret, "SYSLOG_IDENTIFIER=oddns");
	field(ret, "ODDNS_RULE=%s", alert->rule->name);
	field(ret, "ODDNS_STATE=%s", alert->state == ALERT_RAISED ? "raised" : "cleared");
	field(ret, "ODDNS_GROUP=%s", alert->group);
	field(ret, "ODDNS_SUBJECT=%s", text_address(alert->subject, address));
	field(ret, "ODDNS_METRIC=%s", alert->rule->metric);
	field(ret, "ODDNS_WHAT=%s", alert->rule->what);
	field(ret, "ODDNS_ADVICE=%s", alert->rule->advice);
	values(ret, alert);
	evidence(ret, alert);
}
