/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of paper that are drawn on: libharu with our fonts, measures and errors.
 *
 * Lengths are points (1/72 inch) from the lower left corner of the page. Texts are WinAnsi
 * (ui/winansi.h). The first error is kept: from then on nothing is drawn, and the end tells.
 */
#ifndef UI_PAPER_H
#define UI_PAPER_H

#include <hpdf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PAPER_MARGIN 48.0f /* left and right: holes are punched at 12 mm = 34 points */
#define PAPER_TOP    64.0f /* from the edge to what is written; the running head stands above */
#define PAPER_BOTTOM 56.0f

enum paper_face { PAPER_PLAIN, PAPER_BOLD, PAPER_FACES };

struct paper_ink {
	float red, green, blue; /* 0..1 */
};

/* Chosen by their luminance, too, so that each is told from its neighbours in grey. */
extern const struct paper_ink paper_black, paper_grey, paper_rule, paper_zebra, paper_track,
	paper_blue, paper_red, paper_amber, paper_white;

/* How a text looks. */
struct paper_type {
	enum paper_face face;
	float size;
	const struct paper_ink *ink;
};

struct paper_point {
	float x, y;
};

struct paper_box {
	float x, y, width, height; /* of its lower left corner */
};

/* A line and how it is drawn. */
struct paper_pen {
	float width;
	const struct paper_ink *ink;
	const HPDF_UINT16 *dashes; /* @dash_count lengths on and off; NULL: solid */
	unsigned dash_count;
};

struct paper {
	HPDF_Doc pdf;
	HPDF_Font fonts[PAPER_FACES];
	uint16_t widths[PAPER_FACES][256]; /* of each sign, thousandths of the size */
	HPDF_Page *pages;
	unsigned count, room;
	HPDF_Page page;	     /* drawn on; the last one added until paper__turn_to() */
	float width, height; /* its size */
	float y;	     /* where the next thing begins, going down */
	bool in_text;
	struct paper_type type; /* what the page was last told */
	int error;		/* negative errno; 0: none */
};

/**
 * paper__open() - Begin, without a page.
 * @paper: must stay where it is until paper__close()
 *
 * Return: 0, -ENOMEM
 */
int paper__open(struct paper *paper);
void paper__close(struct paper *paper);

/** paper__add_page() - A new page behind all others, A4, the next thing at its top. */
void paper__add_page(struct paper *paper, bool landscape);

/** paper__turn_to() - Draw on page @number again, 0 the first. */
void paper__turn_to(struct paper *paper, unsigned number);

/** paper__is_wide() - Is the page drawn on in landscape? */
bool paper__is_wide(const struct paper *paper);

/** paper__inner() - Width between the margins of the page drawn on. */
float paper__inner(const struct paper *paper);

/** paper__left() - Height that is left on the page above its lower margin; 0 without a page. */
float paper__left(const struct paper *paper);

/** paper__measure() - Width of the first @len bytes of a text. */
float paper__measure(const struct paper *paper, const struct paper_type *type, const char *text,
		     size_t len);

/**
 * paper__break() - How much of a text stands on one line.
 * @width: of the line; at least one sign is taken, however narrow
 *
 * Breaks at spaces, else behind what joins the parts of names, else anywhere.
 *
 * Return: bytes of the line, with the space it ends in if there is one; 0 only for ""
 */
size_t paper__break(const struct paper *paper, const struct paper_type *type, const char *text,
		    float width);

/**
 * paper__shorten() - Cut a text to a width, in place, ending it in an ellipsis.
 * Return: @text
 */
char *paper__shorten(const struct paper *paper, const struct paper_type *type, char *text,
		     float width);

/** paper__text() - Write the first @len bytes of a text, its base line beginning at @at. */
void paper__text(struct paper *paper, const struct paper_type *type, struct paper_point at,
		 const char *text, size_t len);

/** paper__right() - Write a text that ends at @at. */
void paper__right(struct paper *paper, const struct paper_type *type, struct paper_point at,
		  const char *text);

/**
 * paper__wrapped() - Write a text in lines between the margins, on new pages as needed.
 * @leading: from base line to base line
 */
void paper__wrapped(struct paper *paper, const struct paper_type *type, const char *text,
		    float leading);

/** paper__fill() - Fill a box. */
void paper__fill(struct paper *paper, struct paper_box box, const struct paper_ink *ink);

/** paper__pen() - How the lines that follow are drawn. */
void paper__pen(struct paper *paper, const struct paper_pen *pen);

/** paper__line() - A line by the pen. */
void paper__line(struct paper *paper, struct paper_point from, struct paper_point to);

/**
 * paper__graphics() - End what was written, so that paths can be drawn by HPDF_Page_*().
 * Return: the page; NULL after an error
 */
HPDF_Page paper__graphics(struct paper *paper);

/**
 * paper__bookmark() - An entry in the outline for what begins at paper->y.
 * Return: where it leads; NULL after an error
 */
HPDF_Destination paper__bookmark(struct paper *paper, const char *title);

/**
 * paper__save() - Write all pages. @out: not flushed
 *
 * Return: 0, else what went wrong since it was opened: -ENOMEM, -EIO, or the errno of writing
 */
int paper__save(struct paper *paper, FILE *out);

#endif
