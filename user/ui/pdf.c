// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A chapter's heading is not drawn when it begins, but with what comes first in it: only then is it
 * known whether that page is upright or in landscape, and how much must stay together with it. For
 * the same reason the title of a document without a cover is owed. Numbers of pages, and the
 * contents with them, are known at the end, when the pages are drawn on once more.
 */
#include "pdf.h"
#include "document_format.h"
#include "winansi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Base line to base line, and room around headings. */
#define TITLE_LEADING	 28
#define FACT_LEADING	 13
#define FACT_LINES	 12 /* of one fact, so that the contents stay on the cover */
#define FACT_INDENT	 58
#define HEADING_HEIGHT	 30
#define ABOUT_LEADING	 12
#define CHAPTER_GAP	 22
#define CHAPTER_LEAST	 150 /* a chapter does not begin at the foot of a page */
#define CONTENTS_LEADING 19

static const struct paper_type title_type = {PAPER_BOLD, 22, &paper_black},
			       heading_type = {PAPER_BOLD, 15, &paper_blue},
			       subheading_type = {PAPER_BOLD, 12, &paper_black},
			       about_type = {PAPER_PLAIN, 9, &paper_grey},
			       label_type = {PAPER_PLAIN, 9, &paper_grey},
			       fact_type = {PAPER_PLAIN, 9, &paper_black},
			       entry_type = {PAPER_PLAIN, 10.5f, &paper_black},
			       head_type = {PAPER_BOLD, 7.5f, &paper_black},
			       small_type = {PAPER_PLAIN, 7.5f, &paper_grey};

static const struct paper_pen thin_pen = {0.5f, &paper_rule, NULL, 0};

void pdf__fail(struct pdf *pdf, int error)
{
	if (!pdf->paper.error)
		pdf->paper.error = error;
}

char *pdf_text(struct pdf *pdf, const char *text)
{
	size_t size = winansi_encode(text, (char[1]){0}, 1) + 1;
	char *copy = malloc(size);

	if (copy)
		winansi_encode(text, copy, size);
	else
		pdf__fail(pdf, -ENOMEM);
	return copy;
}

/* One of the head's texts; what does not fit ends in an ellipsis. */
static void keep(char *buf, const char *text)
{
	size_t len;

	if (winansi_encode(text, buf, PDF_TEXT_MAX) < PDF_TEXT_MAX)
		return;
	len = strlen(buf);
	buf[len - 1] = WINANSI_ELLIPSIS;
}

/* PDF has dates with a zone (ISO 32000-1 section 7.9.4). */
static void tell_info(struct pdf *pdf, int64_t made_ns)
{
	time_t made = made_ns / 1000000000;
	HPDF_Date date = {.ind = 'Z'};
	struct tm tm;

	HPDF_SetInfoAttr(pdf->paper.pdf, HPDF_INFO_TITLE, pdf->title);
	HPDF_SetInfoAttr(pdf->paper.pdf, HPDF_INFO_CREATOR, "oddns " ODDNS_VERSION);
	if (made < 0 || !gmtime_r(&made, &tm) || tm.tm_year > 9999 - 1900)
		return; /* no year that PDF can write */
	date.year = tm.tm_year + 1900;
	date.month = tm.tm_mon + 1;
	date.day = tm.tm_mday;
	date.hour = tm.tm_hour;
	date.minutes = tm.tm_min;
	date.seconds = tm.tm_sec;
	HPDF_SetInfoDateAttr(pdf->paper.pdf, HPDF_INFO_CREATION_DATE, date);
}

/* A label and what it says, in lines beside it. */
static void draw_fact(struct pdf *pdf, const char *label, const char *text)
{
	struct paper *paper = &pdf->paper;
	float width = paper__inner(paper) - FACT_INDENT;
	char last[PDF_TEXT_MAX]; /* what the last line is cut from */

	if (!*text)
		return;
	paper__text(paper, &label_type, (struct paper_point){PAPER_MARGIN, paper->y - 9}, label,
		    strlen(label));
	for (unsigned line = 1; *text; line++) {
		size_t len = paper__break(paper, &fact_type, text, width);
		struct paper_point at = {PAPER_MARGIN + FACT_INDENT, paper->y - 9};

		if (line == FACT_LINES && text[len]) {
			memcpy(last, text, strlen(text) + 1);
			text = paper__shorten(paper, &fact_type, last, width);
			len = strlen(text);
		}
		paper__text(paper, &fact_type, at, text, len);
		paper->y -= FACT_LEADING;
		text += len;
	}
}

static void draw_title(struct pdf *pdf)
{
	struct paper *paper = &pdf->paper;
	char title[PDF_TEXT_MAX];

	pdf->title_owed = false;
	paper->y = paper->height - PAPER_MARGIN; /* no running head above */
	paper__fill(paper, (struct paper_box){PAPER_MARGIN, paper->y, paper__inner(paper), 3},
		    &paper_blue);
	paper->y -= 12;
	memcpy(title, pdf->title, sizeof(title));
	paper__shorten(paper, &title_type, title, paper__inner(paper));
	paper__text(paper, &title_type, (struct paper_point){PAPER_MARGIN, paper->y - 18}, title,
		    strlen(title));
	paper->y -= TITLE_LEADING + 4;
	draw_fact(pdf, "Time span", pdf->span);
	draw_fact(pdf, "Host", pdf->host);
	draw_fact(pdf, "Filter", pdf->filter);
	draw_fact(pdf, "Made", pdf->made);
	paper->y -= 4;
	paper__pen(paper, &thin_pen);
	paper__line(paper, (struct paper_point){PAPER_MARGIN, paper->y},
		    (struct paper_point){PAPER_MARGIN + paper__inner(paper), paper->y});
	paper->y -= 16;
}

/* Title and host to the left, span to the right, filter below: what does not fit is cut. */
static void draw_running_head(struct pdf *pdf)
{
	struct paper *paper = &pdf->paper;
	float right = paper->width - PAPER_MARGIN, x = PAPER_MARGIN, y = paper->height - 34;
	float room = right - x - paper__measure(paper, &small_type, pdf->span, strlen(pdf->span));
	char text[PDF_TEXT_MAX];

	memcpy(text, pdf->title, sizeof(text));
	paper__shorten(paper, &head_type, text, (room - 24) / 2);
	paper__text(paper, &head_type, (struct paper_point){x, y}, text, strlen(text));
	x += paper__measure(paper, &head_type, text, strlen(text)) + 8;
	memcpy(text, pdf->host, sizeof(text));
	paper__shorten(paper, &small_type, text, (room - 24) / 2);
	paper__text(paper, &small_type, (struct paper_point){x, y}, text, strlen(text));
	paper__right(paper, &small_type, (struct paper_point){right, y}, pdf->span);
	memcpy(text, pdf->filter, sizeof(text));
	paper__shorten(paper, &small_type, text, paper__inner(paper));
	paper__text(paper, &small_type, (struct paper_point){PAPER_MARGIN, y - 10}, text,
		    strlen(text));
	y -= *pdf->filter ? 15 : 6;
	paper__pen(paper, &thin_pen);
	paper__line(paper, (struct paper_point){PAPER_MARGIN, y}, (struct paper_point){right, y});
}

static void add_page(struct pdf *pdf, bool landscape)
{
	paper__add_page(&pdf->paper, landscape);
	if (pdf->paper.error)
		return;
	if (pdf->title_owed)
		draw_title(pdf);
	else
		draw_running_head(pdf);
}

void pdf__new_page(struct pdf *pdf)
{
	add_page(pdf, paper__is_wide(&pdf->paper));
}

int pdf__init(struct pdf *pdf, const struct document_head *head, bool cover)
{
	char since[DOCUMENT_MOMENT_MAX], until[DOCUMENT_MOMENT_MAX];
	int r;

	*pdf = (struct pdf){.cover = cover, .title_owed = true};
	r = paper__open(&pdf->paper);
	if (r < 0)
		return r;
	keep(pdf->title, head->title);
	keep(pdf->host, head->host);
	keep(pdf->filter, head->filter);
	snprintf(pdf->span, sizeof(pdf->span), "%s to %s", document_moment(head->since_ns, since),
		 document_moment(head->until_ns, until));
	document_moment(head->made_ns, pdf->made);
	tell_info(pdf, head->made_ns);
	if (cover)
		add_page(pdf, false);
	pdf->contents_y = pdf->paper.y;
	return 0;
}

void pdf__done(struct pdf *pdf)
{
	paper__close(&pdf->paper);
	for (unsigned i = 0; i < pdf->count; i++)
		free(pdf->chapters[i].title);
	free(pdf->chapters);
	free(pdf->about);
	*pdf = (struct pdf){0};
}

static int make_room(struct pdf *pdf)
{
	unsigned room = pdf->room ? 2 * pdf->room : 16;
	struct pdf_chapter *chapters;

	if (pdf->count < pdf->room)
		return 0;
	chapters = reallocarray(pdf->chapters, room, sizeof(*chapters));
	if (!chapters)
		return -ENOMEM;
	pdf->chapters = chapters;
	pdf->room = room;
	return 0;
}

void pdf__chapter(struct pdf *pdf, const char *title, const char *about)
{
	char *copy;

	pdf__begin(pdf, 0, PDF_ANY); /* an empty chapter has its heading all the same */
	if (make_room(pdf) < 0)
		pdf__fail(pdf, -ENOMEM);
	if (pdf->paper.error)
		return;
	copy = pdf_text(pdf, title);
	if (!copy)
		return;
	pdf->chapters[pdf->count++] = (struct pdf_chapter){.title = copy};
	free(pdf->about);
	pdf->about = about && *about ? pdf_text(pdf, about) : NULL;
	pdf->chapter_owed = true;
}

static void draw_heading(struct pdf *pdf)
{
	struct pdf_chapter *chapter = &pdf->chapters[pdf->count - 1];
	struct paper *paper = &pdf->paper;

	pdf->chapter_owed = false;
	chapter->page = paper->count - 1;
	chapter->goal = paper__bookmark(paper, chapter->title);
	paper__wrapped(paper, &heading_type, chapter->title, heading_type.size + 5);
	if (pdf->about)
		paper__wrapped(paper, &about_type, pdf->about, ABOUT_LEADING);
	paper->y -= 8;
}

static bool turns(const struct pdf *pdf, enum pdf_turn turn)
{
	if (turn == PDF_LANDSCAPE)
		return true;
	/* Chapters begin upright; within one, pages are not turned back for what needs no width. */
	return pdf->paper.page && !pdf->chapter_owed && paper__is_wide(&pdf->paper);
}

float pdf__inner(const struct pdf *pdf, enum pdf_turn turn)
{
	float side = turns(pdf, turn) ? HPDF_DEF_PAGE_HEIGHT : HPDF_DEF_PAGE_WIDTH;

	return side - 2 * PAPER_MARGIN;
}

void pdf__begin(struct pdf *pdf, float height, enum pdf_turn turn)
{
	struct paper *paper = &pdf->paper;
	bool landscape = turns(pdf, turn), fresh;
	bool only_cover = pdf->cover && paper->count == 1;

	if (pdf->chapter_owed)
		height = HEADING_HEIGHT + (height > CHAPTER_LEAST ? height : CHAPTER_LEAST);
	else if (turn == PDF_ANY && height <= 0)
		return; /* nothing owed, nothing wanted */
	if (paper->count && pdf->chapter_owed)
		height += CHAPTER_GAP;
	fresh = !paper->page || only_cover || paper__is_wide(paper) != landscape ||
		paper__left(paper) < height;
	if (fresh && paper->page && !only_cover && paper__is_wide(paper) == landscape &&
	    paper->y >= paper->height - PAPER_TOP)
		fresh = false; /* an empty page has as much as there is */
	if (fresh)
		add_page(pdf, landscape);
	if (!pdf->chapter_owed || paper->error)
		return;
	if (!fresh)
		paper->y -= CHAPTER_GAP;
	draw_heading(pdf);
}

/* One line of the contents: the chapter, dots, its page; all of it leads there. */
static void draw_entry(struct pdf *pdf, const struct pdf_chapter *chapter)
{
	static const HPDF_UINT16 dots[] = {1, 3};
	const struct paper_pen pen = {0.6f, &paper_grey, dots, 2};
	struct paper *paper = &pdf->paper;
	float right = paper->width - PAPER_MARGIN, y = paper->y - 11, end;
	HPDF_Rect box = {PAPER_MARGIN, y - 4, right, y + 11};
	char number[16], title[PDF_TEXT_MAX];
	HPDF_Annotation link;

	snprintf(number, sizeof(number), "%u", chapter->page + 1);
	snprintf(title, sizeof(title), "%s", chapter->title);
	paper__shorten(paper, &entry_type, title, paper__inner(paper) - 60);
	paper__text(paper, &entry_type, (struct paper_point){PAPER_MARGIN, y}, title,
		    strlen(title));
	paper__right(paper, &entry_type, (struct paper_point){right, y}, number);
	end = PAPER_MARGIN + paper__measure(paper, &entry_type, title, strlen(title));
	paper__pen(paper, &pen);
	paper__line(paper, (struct paper_point){end + 6, y}, (struct paper_point){right - 30, y});
	paper->y -= CONTENTS_LEADING;
	if (paper->error || !chapter->goal)
		return;
	link = HPDF_Page_CreateLinkAnnot(paper->page, box, chapter->goal);
	if (link)
		HPDF_LinkAnnot_SetBorderStyle(link, 0, 0, 0);
}

static void draw_contents(struct pdf *pdf)
{
	struct paper *paper = &pdf->paper;
	char more[64];

	paper__text(paper, &subheading_type, (struct paper_point){PAPER_MARGIN, paper->y - 12},
		    "Contents", 8);
	paper->y -= 26;
	for (unsigned i = 0; i < pdf->count; i++) {
		if (paper__left(paper) < 2 * CONTENTS_LEADING && i + 1 < pdf->count) {
			snprintf(more, sizeof(more), "and %u more, which the outline lists",
				 pdf->count - i);
			paper__wrapped(paper, &about_type, more, ABOUT_LEADING);
			return;
		}
		draw_entry(pdf, &pdf->chapters[i]);
	}
}

static void draw_foot(struct pdf *pdf, unsigned number)
{
	struct paper *paper = &pdf->paper;
	float right = paper->width - PAPER_MARGIN;
	char text[128];

	paper__pen(paper, &thin_pen);
	paper__line(paper, (struct paper_point){PAPER_MARGIN, 42}, (struct paper_point){right, 42});
	snprintf(text, sizeof(text), "made %s", pdf->made);
	paper__text(paper, &small_type, (struct paper_point){PAPER_MARGIN, 30}, text, strlen(text));
	snprintf(text, sizeof(text), "page %u of %u", number + 1, paper->count);
	paper__right(paper, &small_type, (struct paper_point){right, 30}, text);
}

void pdf__finish(struct pdf *pdf)
{
	struct paper *paper = &pdf->paper;

	pdf__begin(pdf, 0, PDF_ANY);
	if (!paper->count)
		add_page(pdf, false); /* a document of nothing has its title */
	for (unsigned i = 0; i < paper->count && !paper->error; i++) {
		paper__turn_to(paper, i);
		draw_foot(pdf, i);
	}
	if (!pdf->cover || pdf->count < 2 || paper->error)
		return;
	paper__turn_to(paper, 0);
	paper->y = pdf->contents_y;
	draw_contents(pdf);
	HPDF_SetPageMode(paper->pdf, HPDF_PAGE_MODE_USE_OUTLINE);
}
