// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs under test. */
#include "fixture.h"

#include "oddns.skel.h"

#include <bpf/bpf.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 4096

struct programs_options fixture_options(void)
{
	return (struct programs_options){.ports = packet_ports()->port,
					 .port_count = packet_ports()->count,
					 .snaplen = 512,
					 .tunnels = ODD_TUNNELS_MAX,
					 .ring_bytes = 256 * 1024,
					 .server_keys = 1024};
}

static int take(void *context, void *data, size_t size)
{
	(void)size;
	packet_result_take(context, data);
	return 0;
}

void fixture_load(struct fixture *f, const struct programs_options *options)
{
	memset(f, 0, sizeof(*f));
	cr_assert_eq(programs__load(options, &f->programs), 0);
	f->ring = ring_buffer__new(bpf_map__fd(f->programs->maps.events), take, &f->result, NULL);
	cr_assert_not_null(f->ring);
}

void fixture_free(struct fixture *f)
{
	ring_buffer__free(f->ring);
	programs__free(f->programs);
}

void fixture_begin(struct fixture *f)
{
	packet_result_begin(&f->result, &f->counters);
}

void fixture_end(struct fixture *f)
{
	cr_assert_geq(ring_buffer__consume(f->ring), 0);
	programs__counters(f->programs, &f->counters);
	packet_result_end(&f->result, &f->counters);
}

int fixture_run(const struct fixture *f, enum odd_hook hook, const uint8_t *frame, unsigned length,
		int *ret_verdict)
{
	const struct bpf_program *programs[ODD_HOOK_COUNT] = {f->programs->progs.oddns_xdp,
							      f->programs->progs.oddns_ingress,
							      f->programs->progs.oddns_egress};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = length);
	int r = bpf_prog_test_run_opts(bpf_program__fd(programs[hook]), &run);

	if (r == 0)
		*ret_verdict = (int)run.retval;
	return r;
}

int fixture_verdict(enum odd_hook hook)
{
	return hook == ODD_HOOK_XDP ? 2 /* XDP_PASS */ : -1 /* TC_ACT_UNSPEC */;
}

static struct odd_server_count read_count(const struct fixture *f, const struct odd_server_key *key)
{
	size_t cpus = (size_t)libbpf_num_possible_cpus();
	struct odd_server_count *counts = calloc(cpus, sizeof(*counts)), sum = {0, 0};

	cr_assert_not_null(counts);
	cr_assert_eq(bpf_map__lookup_elem(f->programs->maps.server_rcode, key, sizeof(*key), counts,
					  cpus * sizeof(*counts), 0),
		     0);
	for (size_t i = 0; i < cpus; i++) {
		sum.packets += counts[i].packets;
		sum.bytes += counts[i].bytes;
	}
	free(counts);
	return sum;
}

/* All keys, as removing them while walking would start again from the first. */
static unsigned read_keys(const struct fixture *f, struct odd_server_key *keys)
{
	int fd = bpf_map__fd(f->programs->maps.server_rcode);
	unsigned n = 0;

	while (n < KEYS_MAX && bpf_map_get_next_key(fd, n ? &keys[n - 1] : NULL, &keys[n]) == 0)
		n++;
	return n;
}

unsigned fixture_servers(const struct fixture *f, struct server_total *ret_totals)
{
	static struct odd_server_key keys[KEYS_MAX];
	unsigned n = read_keys(f, keys), found = 0;

	for (unsigned i = 0; i < n; i++) {
		struct odd_server_count count = read_count(f, &keys[i]);

		if (count.packets == 0)
			continue;
		cr_assert_lt(found, SERVER_TOTALS_MAX);
		ret_totals[found++] = (struct server_total){keys[i], count};
	}
	return found;
}

void fixture_forget_servers(const struct fixture *f)
{
	static struct odd_server_key keys[KEYS_MAX];
	unsigned n = read_keys(f, keys);

	for (unsigned i = 0; i < n; i++)
		(void)bpf_map__delete_elem(f->programs->maps.server_rcode, &keys[i],
					   sizeof(keys[i]), 0);
}
