/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pages of a PDF document have in common: cover, running heads, headings, contents. */
#ifndef UI_PDF_H
#define UI_PDF_H

#include "ui/document.h"
#include "ui/paper.h"

/* What others chose is cut behind this many bytes, which shows as an ellipsis: titles and hosts
 * have one line, and a filter of more than some 20 lines is not read. */
#define PDF_TEXT_MAX 2048

/* Which pages something may be drawn on. */
enum pdf_turn {
	PDF_ANY,      /* the one that is open, upright if none is */
	PDF_LANDSCAPE /* only those in landscape */
};

struct pdf_chapter {
	char *title; /* WinAnsi */
	unsigned page;
	HPDF_Destination goal;
};

struct pdf {
	struct paper paper;
	char title[PDF_TEXT_MAX], host[PDF_TEXT_MAX], filter[PDF_TEXT_MAX]; /* WinAnsi; "": none */
	char span[128], made[64];
	bool cover;	  /* the first page is only for title and contents */
	float contents_y; /* where they begin on it */
	bool title_owed;  /* not drawn yet */
	struct pdf_chapter *chapters;
	unsigned count, room;
	char *about;	   /* of the last chapter, WinAnsi; NULL: none */
	bool chapter_owed; /* its heading is drawn with what comes first in it */
	unsigned lines;	   /* of all tables so far */
};

/**
 * pdf__init() - Begin.
 * @cover: a first page with the title and, at the end, the contents; else the title stands above
 *         what comes first
 *
 * Return: 0, -ENOMEM
 */
int pdf__init(struct pdf *pdf, const struct document_head *head, bool cover);
void pdf__done(struct pdf *pdf);

/** pdf__fail() - Keep an error, unless there is one. */
void pdf__fail(struct pdf *pdf, int error);

/** pdf__chapter() - Begin a chapter. @about: NULL: none */
void pdf__chapter(struct pdf *pdf, const char *title, const char *about);

/**
 * pdf__begin() - Have a page with what is owed drawn on it, and room below.
 * @height: of the room; what no page has is taken as a whole page
 */
void pdf__begin(struct pdf *pdf, float height, enum pdf_turn turn);

/** pdf__inner() - Width that pdf__begin() will give to what is drawn next. */
float pdf__inner(const struct pdf *pdf, enum pdf_turn turn);

/** pdf__new_page() - The next page, turned as the last one. */
void pdf__new_page(struct pdf *pdf);

/** pdf__finish() - Draw what was owed to the end: contents, numbers of pages. */
void pdf__finish(struct pdf *pdf);

/**
 * pdf_text() - A text in WinAnsi.
 * @text: UTF-8; NULL: as ""
 *
 * Return: to be freed; NULL after having kept the error
 */
char *pdf_text(struct pdf *pdf, const char *text);

#endif
