// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The data of a record are fields in a row, and there are far fewer kinds of fields than types.
 * So a type is one row of a table: its fields' codes, which rdata_fields.c explains. SOA is
 *
 *	[6] = {"nn44444"}	two names and five numbers of 32 bits
 *
 * and one loop reads any type: field by field, each parted from the one before by a space. Two
 * signs are no fields: from '?' on the rest may be missing, behind '+' something must follow.
 * Data are good when the fields end where the data end.
 *
 * Senders are strangers: lengths lie, names loop, captures end early. All reading goes through
 * rdata_take() and dns_name_read(), which are held against both the record's length and what was
 * captured; all writing through rdata_room(). What cannot be read to its end, and what has no row
 * here, is written by RFC 3597 as a number of bytes and their hex digits, which any tool reads
 * back.
 *
 * Where dig and ldns write the same, so it is done here. They differ in the following, besides
 * what stands at the rows:
 * - Hex digits and base32hex are written in upper case, as dig does and RFC 3597 section 5; ldns
 *   writes lower case. The RFCs of the types hold both equal.
 * - dig cuts long hex and base64 into blocks, ldns and we do not.
 * - dig and ldns read the times of signatures as those nearest to now, we as of 1970 to 2106.
 * - In names only '.' and '\' get a backslash. ldns adds ';', '(' and ')', dig also '"', '@' and
 *   '$', which have a meaning in zone files only.
 */
#include "rdata.h"

#include "base/digits.h"
#include "dns/rdata_fields.h"

#define CLASS_IN   1
#define CLASS_NONE 254
#define CLASS_ANY  255
/* Top bit of the class: mDNS's cache-flush (RFC 6762 section 10.2) */
#define CLASS_BITS 0x7fff

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct type_row {
	char fields[12]; /* codes; empty: data of this type have no form of their own */
	bool in_only;	 /* class IN; another class may mean other data by the same type */
};

#define IN_ONLY true

static const struct type_row types[] = {
	[1] = {"a", IN_ONLY},	 /* A: RFC 1035 section 3.4.1 */
	[2] = {"n"},		 /* NS: RFC 1035 section 3.3.11 */
	[3] = {"n"},		 /* MD: RFC 1035 section 3.3.4 */
	[4] = {"n"},		 /* MF: RFC 1035 section 3.3.5 */
	[5] = {"n"},		 /* CNAME: RFC 1035 section 3.3.1 */
	[6] = {"nn44444"},	 /* SOA: RFC 1035 section 3.3.13 */
	[7] = {"n"},		 /* MB: RFC 1035 section 3.3.3 */
	[8] = {"n"},		 /* MG: RFC 1035 section 3.3.6 */
	[9] = {"n"},		 /* MR: RFC 1035 section 3.3.8 */
	[12] = {"n"},		 /* PTR: RFC 1035 section 3.3.12 */
	[13] = {"ss"},		 /* HINFO: RFC 1035 section 3.3.2 */
	[14] = {"nn"},		 /* MINFO: RFC 1035 section 3.3.7 */
	[15] = {"2n"},		 /* MX: RFC 1035 section 3.3.9 */
	[16] = {"+S"},		 /* TXT: RFC 1035 section 3.3.14 */
	[17] = {"nn"},		 /* RP: RFC 1183 section 2.2 */
	[18] = {"2n"},		 /* AFSDB: RFC 1183 section 1 */
	[19] = {"s"},		 /* X25: RFC 1183 section 3.1 */
	[20] = {"s?s"},		 /* ISDN: RFC 1183 section 3.2 */
	[21] = {"2n"},		 /* RT: RFC 1183 section 3.3 */
	[22] = {"+X", IN_ONLY},	 /* NSAP: RFC 1706 section 5 */
	[23] = {"n", IN_ONLY},	 /* NSAP-PTR: RFC 1348 */
	[24] = {"t114dd2n+b"},	 /* SIG: RFC 2535 section 4.1 */
	[25] = {"211?b"},	 /* KEY: RFC 2535 section 3.1; NOKEY has none */
	[26] = {"2nn", IN_ONLY}, /* PX: RFC 2163 section 4 */
	[27] = {"sss"},		 /* GPOS: RFC 1712 section 3 */
	[28] = {"A", IN_ONLY},	 /* AAAA: RFC 3596 section 2.2 */
	/*
	 * LOC: RFC 1876 section 3, as loc_ntoa() in its appendix A writes it, with two decimals
	 * of each length. dig leaves them out of the last three, ldns where they are zero.
	 */
	[29] = {"l"},
	[33] = {"222n", IN_ONLY}, /* SRV: RFC 2782 */
	[35] = {"22sssn"},	  /* NAPTR: RFC 3403 section 4.1 */
	[36] = {"2n", IN_ONLY},	  /* KX: RFC 2230 section 3.1 */
	/* CERT: RFC 4398 section 2. Both forms of the algorithm are good: dig has the mnemonic. */
	[37] = {"c21+b"},
	[39] = {"n"}, /* DNAME: RFC 6672 section 2.1 */
	/* APL: RFC 3123 section 4; of none ldns makes "\# 0", here as in dig it is no text at all
	 */
	[42] = {"P", IN_ONLY},
	[43] = {"211+x"},	/* DS: RFC 4034 section 5.1 */
	[44] = {"11+x"},	/* SSHFP: RFC 4255 section 3.1 */
	[45] = {"1G?b"},	/* IPSECKEY: RFC 4025 section 2 */
	[46] = {"t114dd2n+b"},	/* RRSIG: RFC 4034 section 3.1 */
	[47] = {"n+m"},		/* NSEC: RFC 4034 section 4.1 */
	[48] = {"211+b"},	/* DNSKEY: RFC 4034 section 2.1 */
	[49] = {"+b", IN_ONLY}, /* DHCID: RFC 4701 section 3.1 */
	[50] = {"112yhm"},	/* NSEC3: RFC 5155 section 3.2 */
	[51] = {"112y"},	/* NSEC3PARAM: RFC 5155 section 4.2 */
	[52] = {"111+x"},	/* TLSA: RFC 6698 section 2.1 */
	[53] = {"111+x"},	/* SMIMEA: RFC 8162 section 2 */
	[55] = {"HN"},		/* HIP: RFC 8005 section 5 */
	[56] = {"+S"},		/* NINFO: its template in IANA's registry */
	[57] = {"211+b"},	/* RKEY: its template in IANA's registry */
	[58] = {"nn"},		/* TALINK: its template in IANA's registry */
	[59] = {"211+x"},	/* CDS: RFC 7344 section 3.1 */
	[60] = {"211+b"},	/* CDNSKEY: RFC 7344 section 3.2 */
	[61] = {"+b"},		/* OPENPGPKEY: RFC 7929 section 2.1 */
	[62] = {"42m"},		/* CSYNC: RFC 7477 section 2.1 */
	[63] = {"411+x"},	/* ZONEMD: RFC 8976 section 2.2 */
	/* SVCB, HTTPS: RFC 9460 section 2. dig puts the values in quotes, ldns does not; in the
	 * RFC's appendix D there are both.
	 */
	[64] = {"2np", IN_ONLY},
	[65] = {"2np", IN_ONLY},
	[66] = {"tu2n"}, /* DSYNC: RFC 9859 section 2 */
	[99] = {"+S"},	 /* SPF: RFC 7208 section 3.1 */
	[104] = {"2L"},	 /* NID: RFC 6742 section 2.1 */
	[105] = {"2a"},	 /* L32: RFC 6742 section 2.2 */
	[106] = {"2L"},	 /* L64: RFC 6742 section 2.3 */
	[107] = {"2n"},	 /* LP: RFC 6742 section 2.4 */
	[108] = {"e"},	 /* EUI48: RFC 7043 section 3.1 */
	[109] = {"E"},	 /* EUI64: RFC 7043 section 4.1 */
	/*
	 * TKEY: RFC 2930 section 2, TSIG: RFC 8945 section 4.2. They are in no zone file, and have
	 * no form in the RFCs. TKEY's times are those of SIG, as ldns has it, dig writes seconds;
	 * the errors are mnemonics as in dig, ldns has numbers.
	 */
	[249] = {"ndd2rBB"},
	[250] = {"nD2B2rB"},
	[256] = {"22+q"}, /* URI: RFC 7553 section 4 */
	[257] = {"1gq"},  /* CAA: RFC 8659 section 4.1 */
	[258] = {"+S"},	  /* AVC: its template in IANA's registry */
	[260] = {"1R"},	  /* AMTRELAY: RFC 8777 section 4 */
	[261] = {"+S"},	  /* RESINFO: RFC 9606 section 4 */
	[262] = {"+S"},	  /* WALLET: its template in IANA's registry */
};

/* Those that lie far behind the others: TA, and DLV of RFC 4431, which are as DS. */
#define FAR_TYPES_FIRST 32768
static const struct type_row far_types[] = {{.fields = "211+x"}, {.fields = "211+x"}};

static const struct type_row *row_of(uint16_t type)
{
	if (type < COUNT(types))
		return &types[type];
	if (type >= FAR_TYPES_FIRST && type - FAR_TYPES_FIRST < (int)COUNT(far_types))
		return &far_types[type - FAR_TYPES_FIRST];
	return &types[0];
}

/* The codes of a record's fields; "" when its data are any bytes. */
static const char *fields_of(const struct dns_record *record)
{
	const struct type_row *row = row_of(record->type);
	bool of_update = record->class == CLASS_ANY || record->class == CLASS_NONE;

	if (of_update && record->rdlength == 0)
		return "";
	if (row->in_only && (record->class & CLASS_BITS) != CLASS_IN && !of_update)
		return "";
	return row->fields;
}

/* Where the captured part of the data ends. */
static size_t captured_end(const struct dns_bytes *bytes, const struct dns_record *record)
{
	size_t end = record->rdata + record->rdlength;

	return end < bytes->length ? end : bytes->length;
}

/* Who wants no text needs not look at a field that cannot be wrong. */
static inline bool read_field(struct rdata_pass *pass, const struct rdata_field *field)
{
	if (!pass->text && field->width)
		return rdata_take(pass, field->width);
	return field->read(pass);
}

static enum dns_rdata_verdict read_fields(struct rdata_pass *pass, const char *fields)
{
	if (pass->at > pass->bytes.length)
		return DNS_RDATA_CUT;
	for (; *fields; fields++) {
		if (*fields == '?') {
			if (rdata_left(pass) == 0)
				return DNS_RDATA_OK;
		} else if (*fields == '+') {
			if (rdata_left(pass) == 0)
				return DNS_RDATA_BAD;
		} else if (!read_field(pass, &rdata_fields[(unsigned char)*fields])) {
			return pass->verdict;
		}
	}
	return rdata_left(pass) > 0 ? DNS_RDATA_BAD : DNS_RDATA_OK;
}

/* A pass without room for text. */
static struct rdata_pass pass_over(const struct dns_bytes *bytes, const struct dns_record *record)
{
	return (struct rdata_pass){
		.bytes = {.data = bytes->data,
			  .length = captured_end(bytes, record),
			  .message_length = record->rdata + record->rdlength},
		.at = record->rdata,
		.full = true,
	};
}

enum dns_rdata_verdict dns_rdata_check(const struct dns_bytes *bytes,
				       const struct dns_record *record,
				       enum dns_name_verdict *ret_name)
{
	const char *fields = fields_of(record);
	struct rdata_pass pass = pass_over(bytes, record);
	enum dns_rdata_verdict verdict;

	if (*fields)
		verdict = read_fields(&pass, fields);
	else
		verdict = pass.bytes.length < pass.bytes.message_length ? DNS_RDATA_CUT
									: DNS_RDATA_OK;
	if (ret_name)
		*ret_name = pass.name;
	return verdict;
}

/* RFC 3597 section 5; the bytes are bounded by the buffer, which takes twice as many as needed */
static size_t write_unknown(const struct dns_bytes *bytes, const struct dns_record *record,
			    char *buf)
{
	const size_t most = (DNS_RDATA_TEXT_MAX - sizeof("\\# 65535 ")) / 2;
	size_t end = captured_end(bytes, record);
	size_t length = end > record->rdata ? end - record->rdata : 0;
	char *to = buf;

	*to++ = '\\';
	*to++ = '#';
	*to++ = ' ';
	to = digits_number(to, record->rdlength);
	if (length > 0)
		*to++ = ' ';
	to = digits_hex(to, bytes->data + record->rdata, length < most ? length : most);
	*to = '\0';
	return (size_t)(to - buf);
}

size_t dns_rdata_text(const struct dns_bytes *bytes, const struct dns_record *record, char *buf)
{
	const char *fields = fields_of(record);
	struct rdata_pass pass = pass_over(bytes, record);

	if (*fields) {
		pass.text = pass.out = buf;
		pass.limit = buf + DNS_RDATA_TEXT_MAX - 1; /* the NUL */
		pass.full = false;
		if (read_fields(&pass, fields) == DNS_RDATA_OK && !pass.full) {
			*pass.out = '\0';
			return (size_t)(pass.out - buf);
		}
	}
	return write_unknown(bytes, record, buf);
}
