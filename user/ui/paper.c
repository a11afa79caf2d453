// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libharu keeps each page's content in memory, uncompressed, until the end. So what is said twice
 * is left out: fonts and inks are told when they change, and the texts of a row share one text
 * object.
 */
#include "paper.h"
#include "winansi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* libharu takes its small objects from pools of this size; pages have a dozen each. */
#define POOL_BYTES  65536
#define CHUNK_BYTES 65536
/* Signs of a line at most: A4 landscape at 5 points has 746 of the narrowest one. */
#define LINE_MAX_BYTES 1024

const struct paper_ink paper_black = {0.12f, 0.12f, 0.13f}, paper_grey = {0.40f, 0.41f, 0.43f},
		       paper_rule = {0.74f, 0.75f, 0.77f}, paper_zebra = {0.955f, 0.96f, 0.965f},
		       paper_track = {0.88f, 0.89f, 0.90f}, paper_blue = {0.0f, 0.33f, 0.56f},
		       paper_red = {0.72f, 0.07f, 0.07f}, paper_amber = {0.55f, 0.36f, 0.0f},
		       paper_white = {1.0f, 1.0f, 1.0f};

static void on_error(HPDF_STATUS number, HPDF_STATUS detail, void *user_data)
{
	struct paper *paper = user_data;

	(void)detail;
	if (!paper->error)
		paper->error = number == HPDF_FAILD_TO_ALLOC_MEM ? -ENOMEM : -EIO;
}

static void measure_signs(struct paper *paper)
{
	for (unsigned face = 0; face < PAPER_FACES; face++)
		for (unsigned c = 0; c < 256; c++) {
			HPDF_BYTE sign = (HPDF_BYTE)c;

			paper->widths[face][c] =
				(uint16_t)HPDF_Font_TextWidth(paper->fonts[face], &sign, 1).width;
		}
}

int paper__open(struct paper *paper)
{
	*paper = (struct paper){0};
	paper->pdf = HPDF_NewEx(on_error, NULL, NULL, POOL_BYTES, paper);
	if (!paper->pdf)
		return -ENOMEM;
	HPDF_SetCompressionMode(paper->pdf, HPDF_COMP_ALL);
	/* Titles of the outline and of the document are in what the encoder reads. */
	HPDF_SetCurrentEncoder(paper->pdf, "WinAnsiEncoding");
	paper->fonts[PAPER_PLAIN] = HPDF_GetFont(paper->pdf, "Helvetica", "WinAnsiEncoding");
	paper->fonts[PAPER_BOLD] = HPDF_GetFont(paper->pdf, "Helvetica-Bold", "WinAnsiEncoding");
	if (paper->error) {
		int error = paper->error;

		paper__close(paper);
		return error;
	}
	measure_signs(paper);
	return 0;
}

void paper__close(struct paper *paper)
{
	if (paper->pdf)
		HPDF_Free(paper->pdf);
	free(paper->pages);
	*paper = (struct paper){0};
}

static void end_text(struct paper *paper)
{
	if (paper->in_text && !paper->error)
		HPDF_Page_EndText(paper->page);
	paper->in_text = false;
}

static int make_room(struct paper *paper)
{
	unsigned room = paper->room ? 2 * paper->room : 16;
	HPDF_Page *pages;

	if (paper->count < paper->room)
		return 0;
	pages = reallocarray(paper->pages, room, sizeof(*pages));
	if (!pages)
		return -ENOMEM;
	paper->pages = pages;
	paper->room = room;
	return 0;
}

void paper__add_page(struct paper *paper, bool landscape)
{
	HPDF_Page page;

	end_text(paper);
	if (!paper->error)
		paper->error = make_room(paper);
	if (paper->error)
		return;
	page = HPDF_AddPage(paper->pdf);
	if (!page)
		return; /* which the handler heard */
	HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_A4,
			  landscape ? HPDF_PAGE_LANDSCAPE : HPDF_PAGE_PORTRAIT);
	paper->pages[paper->count++] = page;
	paper__turn_to(paper, paper->count - 1);
}

void paper__turn_to(struct paper *paper, unsigned number)
{
	end_text(paper);
	if (number >= paper->count)
		return;
	paper->page = paper->pages[number];
	paper->width = HPDF_Page_GetWidth(paper->page);
	paper->height = HPDF_Page_GetHeight(paper->page);
	paper->y = paper->height - PAPER_TOP;
	paper->type = (struct paper_type){.size = 0};
}

bool paper__is_wide(const struct paper *paper)
{
	return paper->width > paper->height;
}

float paper__inner(const struct paper *paper)
{
	return paper->width - 2 * PAPER_MARGIN;
}

float paper__left(const struct paper *paper)
{
	return paper->page ? paper->y - PAPER_BOTTOM : 0;
}

float paper__measure(const struct paper *paper, const struct paper_type *type, const char *text,
		     size_t len)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += paper->widths[type->face][(unsigned char)text[i]];
	return (float)sum * type->size / 1000;
}

size_t paper__break(const struct paper *paper, const struct paper_type *type, const char *text,
		    float width)
{
	float room = width * 1000 / type->size + 0.5f, used = 0;
	size_t len = 0, space = 0, joint = 0;

	for (; text[len] && len < LINE_MAX_BYTES; len++) {
		used += paper->widths[type->face][(unsigned char)text[len]];
		if (text[len] == ' ')
			space = len + 1; /* may hang over the edge, as it is not seen */
		else if (used > room)
			break;
		else if (strchr(".,-/:;=@_", text[len]))
			joint = len + 1;
	}
	if (!text[len])
		return len;
	if (space)
		return space;
	if (3 * joint > 2 * len)
		return joint; /* a line two thirds full, else the names' last label would stand
				 alone */
	return len ? len : 1;
}

char *paper__shorten(const struct paper *paper, const struct paper_type *type, char *text,
		     float width)
{
	static const char ellipsis[] = {WINANSI_ELLIPSIS, '\0'};
	float room = width - paper__measure(paper, type, ellipsis, 1), used = 0;
	size_t len = strlen(text), kept = 0;

	if (paper__measure(paper, type, text, len) <= width)
		return text;
	for (; kept + 1 < len; kept++) {
		used += paper__measure(paper, type, text + kept, 1);
		if (used > room)
			break;
	}
	memcpy(text + kept, ellipsis, sizeof(ellipsis));
	return text;
}

/* What the page was not told yet. */
static void tell_type(struct paper *paper, const struct paper_type *type)
{
	if (paper->type.face != type->face || paper->type.size != type->size)
		HPDF_Page_SetFontAndSize(paper->page, paper->fonts[type->face], type->size);
	if (paper->type.ink != type->ink)
		HPDF_Page_SetRGBFill(paper->page, type->ink->red, type->ink->green,
				     type->ink->blue);
	paper->type = *type;
}

void paper__text(struct paper *paper, const struct paper_type *type, struct paper_point at,
		 const char *text, size_t len)
{
	char line[LINE_MAX_BYTES + 1];

	if (paper->error || !paper->page || !len)
		return;
	len = len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES;
	memcpy(line, text, len);
	line[len] = '\0';
	if (!paper->in_text)
		HPDF_Page_BeginText(paper->page);
	paper->in_text = true;
	tell_type(paper, type);
	HPDF_Page_TextOut(paper->page, at.x, at.y, line);
}

void paper__right(struct paper *paper, const struct paper_type *type, struct paper_point at,
		  const char *text)
{
	size_t len = strlen(text);

	at.x -= paper__measure(paper, type, text, len);
	paper__text(paper, type, at, text, len);
}

void paper__wrapped(struct paper *paper, const struct paper_type *type, const char *text,
		    float leading)
{
	size_t len;

	for (; *text && !paper->error; text += len) {
		if (paper__left(paper) < leading)
			paper__add_page(paper, paper__is_wide(paper));
		len = paper__break(paper, type, text, paper__inner(paper));
		paper__text(paper, type, (struct paper_point){PAPER_MARGIN, paper->y - type->size},
			    text, len);
		paper->y -= leading;
	}
}

HPDF_Page paper__graphics(struct paper *paper)
{
	end_text(paper);
	return paper->error ? NULL : paper->page;
}

void paper__fill(struct paper *paper, struct paper_box box, const struct paper_ink *ink)
{
	HPDF_Page page = paper__graphics(paper);

	if (!page)
		return;
	if (paper->type.ink != ink)
		HPDF_Page_SetRGBFill(page, ink->red, ink->green, ink->blue);
	paper->type.ink = ink;
	HPDF_Page_Rectangle(page, box.x, box.y, box.width, box.height);
	HPDF_Page_Fill(page);
}

void paper__pen(struct paper *paper, const struct paper_pen *pen)
{
	HPDF_Page page = paper__graphics(paper);

	if (!page)
		return;
	HPDF_Page_SetLineWidth(page, pen->width);
	HPDF_Page_SetRGBStroke(page, pen->ink->red, pen->ink->green, pen->ink->blue);
	HPDF_Page_SetDash(page, pen->dashes, pen->dash_count, 0);
}

void paper__line(struct paper *paper, struct paper_point from, struct paper_point to)
{
	HPDF_Page page = paper__graphics(paper);

	if (!page)
		return;
	HPDF_Page_MoveTo(page, from.x, from.y);
	HPDF_Page_LineTo(page, to.x, to.y);
	HPDF_Page_Stroke(page);
}

HPDF_Destination paper__bookmark(struct paper *paper, const char *title)
{
	HPDF_Page page = paper__graphics(paper);
	HPDF_Outline outline;
	HPDF_Destination goal;

	if (!page)
		return NULL;
	outline = HPDF_CreateOutline(paper->pdf, NULL, title, HPDF_GetCurrentEncoder(paper->pdf));
	goal = HPDF_Page_CreateDestination(page);
	if (!outline || !goal)
		return NULL;
	HPDF_Destination_SetFitH(goal, paper->y + 12);
	HPDF_Outline_SetDestination(outline, goal);
	return goal;
}

/* libharu's stream counts in 32 bits, which the bound on a document's lines stays far below. */
static int write_stream(struct paper *paper, FILE *out)
{
	HPDF_BYTE *chunk = malloc(CHUNK_BYTES);
	HPDF_UINT32 size;
	int r = 0;

	if (!chunk)
		return -ENOMEM;
	do {
		size = CHUNK_BYTES;
		HPDF_ReadFromStream(paper->pdf, chunk, &size); /* the end is told as an error */
		errno = EIO;
		if (fwrite(chunk, 1, size, out) != size)
			r = -errno;
	} while (!r && size == CHUNK_BYTES);
	free(chunk);
	return r;
}

int paper__save(struct paper *paper, FILE *out)
{
	end_text(paper);
	if (!paper->error)
		HPDF_SaveToStream(paper->pdf);
	if (!paper->error)
		HPDF_ResetStream(paper->pdf);
	return paper->error ? paper->error : write_stream(paper, out);
}
