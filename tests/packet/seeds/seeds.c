// SPDX-License-Identifier: GPL-2.0-or-later
/* Write the table's packets as seeds of fuzz_packet: settings and frame. `make packet-seeds` */
#include "packet/table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Larger ones would only slow the fuzzer down. */
#define SEED_BYTES_MAX 700

/* snaplen 12 + 500, sixteen ports: 53, 5353 and above; four tunnels */
static const uint8_t settings[] = {500 >> 8, 500 & 0xff, 15, 5352 >> 8, 5352 & 0xff, 4};

/* "UDP length 7" of table 1 is 1_udp_length_7 */
static void file_name(const char *folder, size_t table, const char *name, char ret_path[256])
{
	int n = snprintf(ret_path, 256, "%s/%zu_", folder, table);

	for (; *name && n < 255; name++)
		if (isalnum((unsigned char)*name))
			ret_path[n++] = (char)tolower((unsigned char)*name);
		else if (ret_path[n - 1] != '_')
			ret_path[n++] = '_';
	ret_path[n] = '\0';
}

static int write_seed(const char *path, const uint8_t *frame, unsigned length)
{
	FILE *file = fopen(path, "wb");
	int failed;

	if (!file)
		return -1;
	failed = fwrite(settings, sizeof(settings), 1, file) != 1 ||
		 fwrite(frame, length, 1, file) != 1;
	return fclose(file) != 0 || failed ? -1 : 0;
}

int main(int argc, char **argv)
{
	static uint8_t frame[PACKET_FRAME_MAX];
	char path[256];

	if (argc != 2)
		return 2;
	for (size_t t = 0; t < PACKET_TABLES; t++)
		for (size_t i = 0; i < packet_table(t)->count; i++) {
			const struct packet_row *row = &packet_table(t)->rows[i];
			unsigned length = packet_build(&row->packet, frame, NULL);

			file_name(argv[1], t, row->name, path);
			if (length > SEED_BYTES_MAX)
				continue;
			if (write_seed(path, frame, length) < 0) {
				perror(path);
				return 1;
			}
		}
	return 0;
}
