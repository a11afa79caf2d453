// SPDX-License-Identifier: GPL-2.0-or-later
/* The one door to libpcap: reads captures, tells what is wrong with files that are none. */
#include "capture.h"

#include "base/log.h"
#include "linktype.h"
#include "pcapng.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NS_PER_S 1000000000LL

struct capture {
	const char *path; /* as people know it */
	FILE *file;
	struct pcapng *pcapng; /* between file and pcap */
	pcap_t *pcap;
	int dlt;
	uint8_t *buf; /* ENGINE_FRAME_MAX bytes */
};

/* What a file that is no capture begins with, and what to do with it. */
struct format {
	const char *magic;
	size_t bytes;
	const char *what;
};

static const struct format formats[] = {
	{"\x1f\x8b", 2, "compressed with gzip; decompress it first: zcat FILE | oddns replay -"},
	{"\x28\xb5\x2f\xfd", 4,
	 "compressed with zstd; decompress it first: zstdcat FILE | oddns replay -"},
	{"\xfd"
	 "7zXZ",
	 5, "compressed with xz; decompress it first: xzcat FILE | oddns replay -"},
	{"BZh", 3, "compressed with bzip2; decompress it first: bzcat FILE | oddns replay -"},
	{"\x04\x22\x4d\x18", 4,
	 "compressed with lz4; decompress it first: lz4cat FILE | oddns replay -"},
	{"PK\x03\x04", 4, "a zip archive; unpack it first"},
};

/* Knows a file that libpcap refused by its first bytes; NULL: it does not. */
static const char *describe(const struct pcapng *pcapng)
{
	char first[PCAPNG_FIRST_BYTES];
	size_t n = pcapng__first(pcapng, first);

	if (n == 0)
		return "empty; a capture has at least a header";
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (n >= formats[i].bytes && memcmp(first, formats[i].magic, formats[i].bytes) == 0)
			return formats[i].what;
	return NULL;
}

static FILE *open_file(const char *path)
{
	struct stat st;
	FILE *file;

	if (strcmp(path, "-") == 0)
		return stdin;
	file = fopen(path, "rbe");
	if (file && fstat(fileno(file), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(file);
		errno = EISDIR;
		return NULL;
	}
	return file;
}

static void close_capture(struct capture *c)
{
	if (c->pcap)
		pcap_close(c->pcap); /* and its stream */
	pcapng__free(c->pcapng);
	if (c->file && c->file != stdin)
		fclose(c->file);
	free(c->buf);
}

static int refuse(const struct capture *c, const char *why)
{
	const char *what = describe(c->pcapng);

	if (what)
		log_err(0, "read capture '%s': it is %s", c->path, what);
	else
		log_err(0, "read capture '%s': %s; pcap and pcapng files can be read", c->path,
			why);
	return -EINVAL;
}

/* Return: 0, negative errno after reporting; to be closed in either case. */
static int open_capture(const char *path, struct capture *ret)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	FILE *stream;

	*ret = (struct capture){.path = strcmp(path, "-") == 0 ? "standard input" : path};
	ret->file = open_file(path);
	if (!ret->file)
		return log_err(-errno, "open capture '%s'", ret->path);
	ret->buf = malloc(ENGINE_FRAME_MAX);
	if (!ret->buf || pcapng__open(ret->file, &ret->pcapng, &stream) < 0)
		return log_err(-ENOMEM, "read capture '%s'", ret->path);
	ret->pcap =
		pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!ret->pcap) {
		fclose(stream);
		return refuse(ret, why);
	}
	return 0;
}

static int check_linktype(struct capture *c)
{
	const char *name;

	c->dlt = pcap_datalink(c->pcap);
	if (linktype_is_known(c->dlt))
		return 0;
	name = pcap_datalink_val_to_name(c->dlt);
	log_err(0,
		"read capture '%s': its link type is %s (%d), which has no reader here; known are "
		"%s",
		c->path, name ? name : "unassigned", c->dlt, linktype_names());
	return -EINVAL;
}

/*
 * Nanoseconds since 1970. A pcap header's seconds are 32 bits without sign,
 * which libpcap hands over with one: they reach 2106. Any number may stand in a
 * corrupt file, so what does not fit is moved to the nearest time that does.
 */
static uint64_t frame_time(const struct timeval *ts)
{
	int64_t seconds = ts->tv_sec, time;

	if (seconds < 0 && seconds >= INT32_MIN)
		seconds += 1LL << 32;
	if (__builtin_mul_overflow(seconds, NS_PER_S, &time) ||
	    __builtin_add_overflow(time, (int64_t)ts->tv_usec, &time))
		return seconds < 0 ? 0 : INT64_MAX;
	return time < 0 ? 0 : (uint64_t)time;
}

static int feed_frame(struct capture *c, const struct pcap_pkthdr *header, const uint8_t *data,
		      struct engine *engine, struct capture_counters *ret)
{
	const uint8_t *frame;
	uint32_t length;
	int r;

	ret->frames++;
	length = linktype_to_ethernet(c->dlt, data, header->caplen, c->buf, &frame);
	if (length == 0) {
		ret->skipped++;
		return 0;
	}
	r = engine__frame(engine, frame_time(&header->ts), frame, length);
	if (r < 0)
		return log_err(r, "run the %s engine on a frame of %u bytes of '%s'",
			       engine__name(engine), length, c->path);
	return 0;
}

/* libpcap's words for a pcapng file whose interfaces differ are right, but no way out. */
static const char *remedy(const char *why)
{
	if (strstr(why, "different from the"))
		return "; write each interface to a file of its own: "
		       "tshark -r FILE -Y 'frame.interface_id == 0' -F pcap -w OUT";
	if (strstr(why, "truncated"))
		return "; the file ends in the middle, as when its writer was stopped";
	return "; the file is corrupt from there on";
}

static int feed(struct capture *c, struct engine *engine, struct capture_counters *ret)
{
	struct pcap_pkthdr *header;
	const uint8_t *data;
	uint64_t frames = 0; /* of this file */
	const char *why;
	int r, n;

	while ((n = pcap_next_ex(c->pcap, &header, &data)) == 1) {
		frames++;
		r = feed_frame(c, header, data, engine, ret);
		if (r < 0)
			return r;
	}
	if (n == PCAP_ERROR_BREAK) /* end of file */
		return 0;
	why = pcap_geterr(c->pcap);
	log_err(0, "read capture '%s': frame %llu: %s%s; all before it was used", c->path,
		(unsigned long long)frames + 1, why, remedy(why));
	return -EBADMSG;
}

int capture_replay(const char *path, struct engine *engine, struct capture_counters *ret)
{
	struct capture c;
	int r = open_capture(path, &c);

	if (r == 0)
		r = check_linktype(&c);
	if (r == 0)
		r = feed(&c, engine, ret);
	close_capture(&c);
	return r;
}
