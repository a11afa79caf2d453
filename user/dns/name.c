// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names come from strangers, and most known holes of DNS readers are here
 * (RFC 9267). A name is read run by run. A run is what stands in one piece:
 * labels up to the root's zero or up to a pointer.
 *
 *	offset 12: 3 w w w 7 e x a m p l e 0		run 12..24, ends with the root
 *	offset 29: 4 m a i l C0 10			run 29..33, points to 16
 *	           `-- run ---'   `- 7 e x a m p l e 0
 *
 * Reading ends for two independent reasons. A pointer must point to before the
 * start of its own run, so the starts of runs fall strictly, and no loop is
 * possible. And both the labels (a name has 255 bytes) and the pointers are
 * counted, so a message made of pointers to pointers costs no more than a name.
 *
 * One run is copied by one memcpy, which for a name without a pointer is all.
 */
#include "name.h"

#include <string.h>

/* RFC 1035 section 4.1.4: the upper two bits of a length tell its kind. */
#define LABEL_MAX 0x3f

/* A name has at most 127 labels (255 = 127 * 2 + 1); more pointers would end no label. */
#define POINTERS_MAX 127

#define BLOCK 8

#define SHORT 32

struct run {
	size_t end;    /* offset of the root's zero or of the pointer */
	size_t next;   /* offset behind that */
	size_t target; /* where the pointer points */
	bool pointer;
};

/* The byte at @at is needed and was not captured. */
static enum dns_name_verdict missing(const struct dns_bytes *bytes, size_t at)
{
	return at < bytes->message_length ? DNS_NAME_CUT : DNS_NAME_OVERRUN;
}

static inline enum dns_name_verdict read_pointer(const struct dns_bytes *bytes, size_t start,
						 size_t at, struct run *ret)
{
	size_t target;

	if (at + 1 >= bytes->length)
		return missing(bytes, at + 1);
	target = (size_t)(bytes->data[at] & LABEL_MAX) << 8 | bytes->data[at + 1];
	*ret = (struct run){.end = at, .next = at + 2, .target = target, .pointer = true};
	if (target >= start)
		return target < at ? DNS_NAME_LOOP : DNS_NAME_FORWARD;
	return DNS_NAME_OK;
}

/*
 * @room: bytes that the labels and the root's zero may take, 1..255, which bounds the loop
 * @ret: filled for LOOP and FORWARD too
 */
static inline enum dns_name_verdict read_run(const struct dns_bytes *bytes, size_t start,
					     size_t room, struct run *ret)
{
	size_t at = start;
	uint8_t label;

	for (;;) {
		if (at >= bytes->length)
			return missing(bytes, at);
		label = bytes->data[at];
		if (label == 0)
			break;
		if (label >= DNS_POINTER)
			return read_pointer(bytes, start, at, ret);
		if (label > LABEL_MAX)
			return DNS_NAME_LABEL;
		at += 1 + (size_t)label;
		if (at + 1 - start > room)
			return DNS_NAME_LONG;
	}
	*ret = (struct run){.end = at, .next = at + 1};
	return DNS_NAME_OK;
}

/* Most names are short: @length bytes by two fixed copies, where both sides have the room. */
static inline void copy_run(const struct dns_bytes *bytes, size_t offset, size_t length,
			    uint8_t *to, size_t room)
{
	if (length <= SHORT && SHORT <= room && SHORT <= bytes->length - offset)
		memcpy(to, bytes->data + offset, SHORT);
	else
		memcpy(to, bytes->data + offset, length);
}

enum dns_name_verdict dns_name_read(const struct dns_bytes *bytes, size_t offset,
				    struct dns_name *ret_name, size_t *ret_next)
{
	uint8_t head[DNS_NAME_MAX]; /* runs before the last one */
	size_t head_length = 0;
	size_t next = 0;
	struct run run;

	for (int pointers = 0; pointers <= POINTERS_MAX; pointers++) {
		enum dns_name_verdict verdict =
			read_run(bytes, offset, DNS_NAME_MAX - head_length, &run);

		if (verdict != DNS_NAME_OK)
			return verdict;
		if (pointers == 0)
			next = run.next;
		if (!run.pointer) {
			if (head_length)
				memcpy(ret_name->wire, head, head_length);
			copy_run(bytes, offset, run.next - offset, ret_name->wire + head_length,
				 DNS_NAME_MAX - head_length);
			ret_name->length = (uint8_t)(head_length + (run.next - offset));
			*ret_next = next;
			return DNS_NAME_OK;
		}
		if (run.end > offset)
			copy_run(bytes, offset, run.end - offset, head + head_length,
				 DNS_NAME_MAX - head_length);
		head_length += run.end - offset;
		offset = run.target;
	}
	return DNS_NAME_LONG;
}

enum dns_name_verdict dns_name_check(const struct dns_bytes *bytes, size_t offset, size_t *ret_next)
{
	size_t room = DNS_NAME_MAX;
	size_t next = 0;
	struct run run;

	for (int pointers = 0; pointers <= POINTERS_MAX; pointers++) {
		enum dns_name_verdict verdict = read_run(bytes, offset, room, &run);

		if (verdict != DNS_NAME_OK)
			return verdict;
		if (pointers == 0)
			next = run.next;
		if (!run.pointer) {
			*ret_next = next;
			return DNS_NAME_OK;
		}
		room -= run.end - offset;
		offset = run.target;
	}
	return DNS_NAME_LONG;
}

enum dns_name_verdict dns_name_skip(const struct dns_bytes *bytes, size_t offset, size_t *ret_next)
{
	struct run run;
	enum dns_name_verdict verdict = read_run(bytes, offset, DNS_NAME_MAX, &run);

	if (verdict == DNS_NAME_LOOP || verdict == DNS_NAME_FORWARD)
		verdict = DNS_NAME_OK;
	if (verdict == DNS_NAME_OK)
		*ret_next = run.next;
	return verdict;
}

static inline uint8_t lower_byte(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/*
 * Eight bytes at once. Lengths of labels (1..63) are below 'A' and stay as they
 * are. Adding 0x80 - 'A' sets a byte's top bit from 'A' on, adding 0x7f - 'Z'
 * from behind 'Z' on; the top bit is masked before, so nothing carries over.
 */
static inline uint64_t lower_block(uint64_t x)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t low = x & (0x7f * ones);
	uint64_t from_a = low + (0x80 - 'A') * ones;
	uint64_t behind_z = low + (0x7f - 'Z') * ones;
	uint64_t upper = (from_a ^ behind_z) & ~x & (0x80 * ones);

	return x | upper >> 2;
}

static inline uint64_t load_block(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

static inline void lower_at(const uint8_t *wire, uint8_t *ret_wire)
{
	uint64_t x = lower_block(load_block(wire));

	memcpy(ret_wire, &x, sizeof(x));
}

/* The last block overlaps the one before it: what is lower stays so, and no loop has to guess. */
void dns_name_lower(const uint8_t *wire, size_t length, uint8_t *ret_wire)
{
	if (length < BLOCK) {
		for (size_t i = 0; i < length; i++)
			ret_wire[i] = lower_byte(wire[i]);
		return;
	}
	for (size_t i = 0; i + BLOCK < length; i += BLOCK)
		lower_at(wire + i, ret_wire + i);
	lower_at(wire + length - BLOCK, ret_wire + length - BLOCK);
}

static inline bool equal_at(const uint8_t *a, const uint8_t *b)
{
	return lower_block(load_block(a)) == lower_block(load_block(b));
}

bool dns_name_equal(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
	if (a_length != b_length)
		return false;
	if (a_length < BLOCK) {
		for (size_t i = 0; i < a_length; i++)
			if (lower_byte(a[i]) != lower_byte(b[i]))
				return false;
		return true;
	}
	for (size_t i = 0; i + BLOCK < a_length; i += BLOCK)
		if (!equal_at(a + i, b + i))
			return false;
	return equal_at(a + a_length - BLOCK, b + a_length - BLOCK);
}

/* One byte of a label as text, 1, 2 or 4 characters. */
static size_t write_byte(uint8_t c, char *buf)
{
	if (c == '.' || c == '\\') {
		buf[0] = '\\';
		buf[1] = (char)c;
		return 2;
	}
	if (c > ' ' && c < 0x7f) {
		buf[0] = (char)c;
		return 1;
	}
	buf[0] = '\\';
	buf[1] = (char)('0' + c / 100);
	buf[2] = (char)('0' + c / 10 % 10);
	buf[3] = (char)('0' + c % 10);
	return 4;
}

/* The block that ends at @end, its last byte uppermost. */
static inline uint64_t load_last(const uint8_t *end)
{
	uint64_t x = load_block(end - BLOCK);

	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? x : __builtin_bswap64(x);
}

/*
 * Which of eight bytes must be escaped: top bit of each that is no printable ASCII, or a dot or a
 * backslash. A byte equals c when x ^ c is 0, which alone does not reach 0x80 when 0x7f is added.
 */
static inline uint64_t escapes_block(uint64_t x)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t low = x & (0x7f * ones);
	uint64_t from_printable = low + (0x80 - 0x21) * ones;
	uint64_t behind_printable = low + (0x80 - 0x7f) * ones;
	uint64_t no_dot = (low ^ '.' * ones) + 0x7f * ones;
	uint64_t no_backslash = (low ^ '\\' * ones) + 0x7f * ones;

	return (x | ~from_printable | behind_printable | ~no_dot | ~no_backslash) & (0x80 * ones);
}

static inline unsigned count_block(uint64_t top_bits)
{
	return (unsigned)((top_bits >> 7) * 0x0101010101010101 >> 56);
}

/* How many of @length bytes, eight at least, would have to be escaped? */
static inline unsigned count_escapes(const uint8_t *bytes, size_t length)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i + BLOCK < length; i += BLOCK)
		count += count_block(escapes_block(load_block(bytes + i)));
	/* the last block overlaps the one before, whose bytes are counted */
	return count +
	       count_block(escapes_block(load_last(bytes + length)) >> 8 * (BLOCK - (length - i)));
}

/*
 * Nearly all names need no escapes. Such a name's text is its wire form without the first length
 * and the root, and with dots for the other lengths. It is one when no more bytes ask for escapes
 * than there are lengths that do.
 * @length: 10 at least
 * Return: length of the text, 0 when there are escapes
 */
static size_t plain_text(const uint8_t *wire, size_t length, char *buf)
{
	size_t n = length - 2;
	unsigned lengths = 0;

	memcpy(buf, wire + 1, n);
	for (size_t i = 1 + (size_t)wire[0]; i + 1 < length; i += 1 + (size_t)wire[i]) {
		lengths += wire[i] <= ' ' || wire[i] == '.';
		buf[i - 1] = '.';
	}
	buf[n] = '\0';
	return count_escapes(wire + 1, n) == lengths ? n : 0;
}

static size_t escaped_text(const uint8_t *wire, size_t length, char *buf)
{
	size_t n = 0;
	size_t i = 0;

	while (i < length && wire[i] != 0) {
		size_t end = i + 1 + wire[i];

		if (i > 0)
			buf[n++] = '.';
		for (i++; i < end && i < length; i++)
			n += write_byte(wire[i], buf + n);
	}
	if (length == 1)
		buf[n++] = '.';
	buf[n] = '\0';
	return n;
}

size_t dns_name_text(const uint8_t *wire, size_t length, char *buf)
{
	size_t n = length >= BLOCK + 2 ? plain_text(wire, length, buf) : 0;

	return n ? n : escaped_text(wire, length, buf);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One byte of a label. Return: how many characters it takes, 0: it is none */
static size_t read_byte(const char *text, size_t length, uint8_t *ret)
{
	unsigned value;

	if (text[0] != '\\') {
		*ret = (uint8_t)text[0];
		return 1;
	}
	if (length < 2)
		return 0;
	if (!is_digit(text[1])) {
		*ret = (uint8_t)text[1];
		return 2;
	}
	if (length < 4 || !is_digit(text[2]) || !is_digit(text[3]))
		return 0;
	value = (unsigned)(text[1] - '0') * 100 + (unsigned)(text[2] - '0') * 10 +
		(unsigned)(text[3] - '0');
	if (value > UINT8_MAX)
		return 0;
	*ret = (uint8_t)value;
	return 4;
}

/* The labels, each behind its length. Return: bytes written, 0: these are none */
static size_t parse_labels(const char *text, size_t length, uint8_t wire[DNS_NAME_MAX])
{
	size_t label = 0; /* where the length of the one that is read stands */
	size_t n = 1;
	size_t taken;

	for (size_t i = 0; i < length; i += taken) {
		if (n == DNS_NAME_MAX - 1) /* the root's place */
			return 0;
		if (text[i] == '.') {
			if (n == label + 1)
				return 0;
			wire[label] = (uint8_t)(n - label - 1);
			label = n++;
			taken = 1;
			continue;
		}
		taken = read_byte(text + i, length - i, wire + n);
		if (!taken || ++n - label - 1 > LABEL_MAX)
			return 0;
	}
	if (n == label + 1)
		return 0;
	wire[label] = (uint8_t)(n - label - 1);
	return n;
}

bool dns_name_parse(const char *text, size_t length, struct dns_name *ret_name)
{
	uint8_t wire[DNS_NAME_MAX];
	size_t n = 0;

	if (length != 1 || text[0] != '.') {
		n = parse_labels(text, length, wire);
		if (n == 0)
			return false;
	}
	wire[n] = 0;
	memcpy(ret_name->wire, wire, n + 1);
	ret_name->length = (uint8_t)(n + 1);
	return true;
}
