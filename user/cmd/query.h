/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the verbs that ask the store share (flows, stats, report): arguments, the filter with its
 * lists, the reader, the file that is written, progress, and how they are interrupted.
 */
#ifndef CMD_QUERY_H
#define CMD_QUERY_H

#include "cmd/options.h"
#include "store/reader.h"
#include "ui/document.h"

/* Valid from query__read() to query__close(). */
struct query {
	struct cmd_options options; /* format is decided: by --format, else by --output's suffix */
	struct filter *filter;	    /* NULL: none was given, all flows match */
	struct store_span span;	    /* as asked for, open ends included */
	struct style style;	    /* of out */
	bool out_is_terminal;
	/* since query__open() */
	struct store_reader *reader;
	FILE *out;		 /* standard output, or what becomes --output's file */
	struct query_file *file; /* private; NULL: standard output */
	bool shows_progress;	 /* private */
};

/**
 * query__read() - Read the arguments, compile the filter.
 * @ret: free with query__close() when true is returned; untouched else
 * @ret_code: CMD_* when false is returned; what is wrong has been reported
 *
 * --help-fields is answered here. From here on SIGINT and SIGTERM ask for an end, see
 * query__scan(); whoever reads our output may go away (SIGPIPE ends us without a word).
 *
 * Return: true: go on; false: there is nothing more to do
 */
bool query__read(const struct options_verb *verb, int argc, char **argv, struct query *ret,
		 int *ret_code);

/**
 * query__open() - Open the store and the output, once all arguments have been found good.
 *
 * Return: 0, negative errno; reported
 */
int query__open(struct query *query);

/**
 * query__close() - Finish the output, free all.
 * @r: how the work ended: 0, or a negative errno that has been reported; -EINTR is reported here
 *
 * The file of --output appears under its name now, whole, and only if all went well.
 *
 * Return: exit code
 */
int query__close(struct query *query, int r);

/**
 * query__scan() - What a scan for these arguments looks like.
 * @ret: span, filter, stop and, on a terminal, progress are set, all else is 0
 * @progress: false when rows are shown while the scan goes on, so that none is painted over
 */
void query__scan(struct query *query, bool progress, struct store_scan *ret);

/** query__stopped() - Has somebody asked for an end? */
bool query__stopped(void);

/** query__progress_done() - Take the line of progress off the terminal, before rows are printed. */
void query__progress_done(struct query *query);

/**
 * query__document() - Begin a document on the output.
 * @title: "DNS flows"; the rest of the head comes from the arguments, open ends from the store
 * @with_head: see document_head.shown
 *
 * Not for FORMAT_JSON.
 *
 * Return: 0, -ENOMEM; reported
 */
int query__document(struct query *query, const char *title, bool with_head,
		    struct document **ret_document);

/** query__document_close() - End a document. Return: 0, else what went wrong; reported */
int query__document_close(struct query *query, struct document *document);

/**
 * query__operand() - The operand of a word of --by, --sort, --columns.
 * @option: "--by", for the error
 *
 * Return: NULL when there is none; reported, with a word that is near
 */
const struct operand *query__operand(const char *option, const char *word);

#endif
