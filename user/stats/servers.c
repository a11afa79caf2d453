// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of servers: who is remembered when strangers flood.
 *
 * A server costs 12 KB, and anybody who can put packets on the wire can make
 * one up: a spoofed query and a spoofed response with a random address are an
 * answered exchange. 300 000 a second are no trouble for one sender. So the
 * table has a bounded number of places, and the question is whose places a
 * flood may take. Three kinds of tenure answer it:
 *
 *	pinned		configured by name. Never forgotten.
 *	established	closed an interval with at least 5 samples.
 *	probation	all others: newcomers.
 *
 *	 newcomer                     closes an interval
 *	    |                          with 5 samples
 *	    v                               |
 *	 [ probation: oldest ... youngest ]-'
 *	      |                              \
 *	      v goes first                    v
 *	            [ established: longest unused ... used, youngest ... used, oldest ]
 *	                   |
 *	                   v goes when nobody is on probation
 *
 * A place is needed: the oldest on probation goes. A flood of random addresses
 * therefore pushes out itself: each of its servers holds a place for as long as
 * it takes the others to come, and those that were established before do not
 * move. What suffers is a true newcomer during a flood: with 1 000 places on
 * probation and 300 000 strangers a second it is gone in 3 ms, long before the
 * interval ends. It comes back with each answer and is established in the first
 * interval after the flood, or at once by being configured.
 *
 * Only when nobody is on probation does an established one go. That is the least
 * recently used, by intervals, and among those used in the same interval the
 * youngest. Worked example: 7 places, 3 of them old servers in steady use; a
 * patient attacker sends 5 pairs for each of 11 addresses just before an
 * interval ends. The last 4 of those hold a place then and are established.
 * The next stranger pushes out one of these 4, for they are younger than the
 * 3, and the next but one the stranger before it, since that is on probation.
 * An attacker can thus keep newcomers out, but to push out a server that is
 * used in each interval he would have to be older than it.
 *
 * The order of the established is put right once an interval, in one walk that
 * splits the list in two and keeps the order in each part (settle()). Between
 * that, an eviction takes the first of a list, O(1), and its memory goes to the
 * newcomer, so a flood does not even reach malloc. Each is counted.
 *
 * Servers are shown in order of address. Keeping an array sorted would cost a
 * flood's victim some hundred moves for each stranger, so it is sorted when
 * somebody looks: once an interval, 0.1 ms for 1 024 places.
 *
 * What this does not do: it cannot tell a spoofed answer from a true one. A
 * sender who knows the address of a known server can feed it false samples.
 */
#include "servers.h"

#include "base/hash.h"
#include "stats/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Samples in one interval that establish a server: as many as the rules ask of
 * an interval that counts. Fewer would tell nothing that is worth keeping.
 */
#define ESTABLISHED_SAMPLES 5

#define WINDOW_MIN  5
#define SERVERS_MIN 2
#define SERVERS_MAX 65536

/* In the order in which they would be forgotten. */
struct tenure_list {
	struct server *first;
	struct server *last;
};

struct address_order {
	bool sorted;
	unsigned count;
	struct server *at[];
};

struct server_table {
	struct servers_limits limits;
	uint64_t seed;
	uint64_t evicted;
	uint32_t sampled;     /* one of so many exchanges is handed in now */
	uint32_t sampled_max; /* in the open interval */
	struct tenure_list probation;
	struct tenure_list established;
	struct server *spare; /* memory of the server that was forgotten last, or NULL */
	struct address_order
		*order; /* apart, because looking sorts it and does not change the table */
	uint64_t bucket_mask;
	struct server **buckets;
};

/* --- lists ------------------------------------------------------------------------------------ */

/* Put @server where it would be forgotten last. */
static void list_append(struct tenure_list *list, struct server *server)
{
	server->prev = list->last;
	server->next = NULL;
	if (list->last)
		list->last->next = server;
	else
		list->first = server;
	list->last = server;
}

static void list_remove(struct tenure_list *list, struct server *server)
{
	if (server->prev)
		server->prev->next = server->next;
	else
		list->first = server->next;
	if (server->next)
		server->next->prev = server->prev;
	else
		list->last = server->prev;
}

static void list_move_all(struct tenure_list *from, struct tenure_list *to)
{
	struct server *server;

	while ((server = from->first)) {
		list_remove(from, server);
		list_append(to, server);
	}
}

/* NULL when pinned servers are in no list. */
static struct tenure_list *list_of(struct server_table *table, const struct server *server)
{
	if (server->tenure == SERVER_PROBATION)
		return &table->probation;
	return server->tenure == SERVER_ESTABLISHED ? &table->established : NULL;
}

static void change_tenure(struct server_table *table, struct server *server,
			  enum server_tenure tenure)
{
	struct tenure_list *list = list_of(table, server);

	if (list)
		list_remove(list, server);
	server->tenure = tenure;
	list = list_of(table, server);
	if (list)
		list_append(list, server);
}

/* --- places ----------------------------------------------------------------------------------- */

static struct server **bucket_of(const struct server_table *table, const uint8_t addr[16])
{
	return &table->buckets[hash_bytes(addr, 16, table->seed) & table->bucket_mask];
}

static struct server *find(const struct server_table *table, const uint8_t addr[16])
{
	struct server *server = *bucket_of(table, addr);

	while (server && memcmp(server->addr, addr, sizeof(server->addr)) != 0)
		server = server->bucket_next;
	return server;
}

static void leave_bucket(struct server_table *table, const struct server *server)
{
	struct server **link = bucket_of(table, server->addr);

	while (*link != server)
		link = &(*link)->bucket_next;
	*link = server->bucket_next;
}

static void leave_order(struct address_order *order, const struct server *server)
{
	struct server *last = order->at[--order->count];

	order->at[server->position] = last;
	last->position = server->position;
	order->sorted = false;
}

/* Return: 0, -ENOSPC when all are pinned */
static int make_room(struct server_table *table)
{
	struct server *victim = table->probation.first;

	if (!victim)
		victim = table->established.first;
	if (!victim)
		return -ENOSPC;
	list_remove(list_of(table, victim), victim);
	leave_bucket(table, victim);
	leave_order(table->order, victim);
	free(table->spare);
	table->spare = victim;
	table->evicted++;
	return 0;
}

/* Give a newcomer a place, on probation. */
static int enter(struct server_table *table, const uint8_t addr[16], struct server **ret_server)
{
	struct address_order *order = table->order;
	struct server **bucket, *server;
	int r = order->count == table->limits.servers ? make_room(table) : 0;

	if (r < 0)
		return r;
	server = table->spare ? table->spare : malloc(server__bytes(table->limits.window));
	if (!server)
		return -ENOMEM;
	table->spare = NULL;
	server__init(server, addr, table->limits.window);
	list_append(&table->probation, server);
	bucket = bucket_of(table, addr);
	server->bucket_next = *bucket;
	*bucket = server;
	server->position = order->count;
	order->at[order->count++] = server;
	order->sorted = false;
	*ret_server = server;
	return 0;
}

/* --- life ------------------------------------------------------------------------------------- */

int server_table__new(const struct servers_limits *limits, uint64_t seed,
		      struct server_table **ret_table)
{
	struct server_table *table;
	uint64_t buckets = 1;

	if (limits->window < WINDOW_MIN || limits->window > SERVER_WINDOW_MAX ||
	    limits->servers < SERVERS_MIN || limits->servers > SERVERS_MAX)
		return -EINVAL;
	while (buckets < limits->servers)
		buckets *= 2;
	table = calloc(1, sizeof(*table));
	if (!table)
		return -ENOMEM;
	server_table__sample(table, 1);
	table->limits = *limits;
	table->seed = seed;
	table->bucket_mask = buckets - 1;
	table->buckets = calloc(buckets, sizeof(*table->buckets));
	table->order =
		calloc(1, sizeof(*table->order) + limits->servers * sizeof(*table->order->at));
	if (!table->buckets || !table->order) {
		server_table__free(table);
		return -ENOMEM;
	}
	*ret_table = table;
	return 0;
}

void server_table__free(struct server_table *table)
{
	if (!table)
		return;
	for (unsigned i = 0; table->order && i < table->order->count; i++)
		free(table->order->at[i]);
	free(table->order);
	free(table->spare);
	free(table->buckets);
	free(table);
}

int server_table__pin(struct server_table *table, const uint8_t addr[16])
{
	struct server *server = find(table, addr);
	int r = server ? 0 : enter(table, addr, &server);

	if (r < 0)
		return r;
	change_tenure(table, server, SERVER_PINNED);
	return 0;
}

void server_table__unpin_all(struct server_table *table)
{
	for (unsigned i = 0; i < table->order->count; i++)
		if (server__pinned(table->order->at[i]))
			change_tenure(table, table->order->at[i], SERVER_ESTABLISHED);
}

/* --- use -------------------------------------------------------------------------------------- */

bool server_table__knows(const struct server_table *table, const uint8_t addr[16])
{
	return find(table, addr) != NULL;
}

void server_table__exchange(struct server_table *table, const struct exchange *exchange)
{
	bool answers = exchange->state == EXCHANGE_ANSWERED || exchange->state == EXCHANGE_LATE;
	struct server *server;

	if (exchange->state == EXCHANGE_ORPHAN)
		return;
	server = find(table, exchange->server);
	if (!server) {
		if (!answers)
			return;
		if (enter(table, exchange->server, &server) < 0) {
			table->evicted++;
			return;
		}
	}
	server__add(server, exchange);
}

static int compare_addresses(const void *a, const void *b)
{
	const struct server *const *x = a, *const *y = b;

	return memcmp((*x)->addr, (*y)->addr, sizeof((*x)->addr));
}

static void sort(struct address_order *order)
{
	if (order->sorted)
		return;
	qsort(order->at, order->count, sizeof(*order->at), compare_addresses);
	for (unsigned i = 0; i < order->count; i++)
		order->at[i]->position = i;
	order->sorted = true;
}

static bool was_used(const struct server *server)
{
	const struct interval *latest = server__latest(server);

	return latest->queries || latest->answered || latest->late || latest->unanswered;
}

/*
 * After an interval: promote who has earned it and put the established in order
 * of use. Within a group the order stays, so the oldest stays the last to go.
 */
static void settle(struct server_table *table)
{
	struct tenure_list used = {NULL, NULL}, unused = {NULL, NULL};
	struct server *server, *prev;

	while ((server = table->established.first)) {
		list_remove(&table->established, server);
		list_append(was_used(server) ? &used : &unused, server);
	}
	list_move_all(&unused, &table->established);
	for (server = table->probation.last; server; server = prev) {
		prev = server->prev;
		if (server__latest(server)->samples >= ESTABLISHED_SAMPLES)
			change_tenure(table, server, SERVER_ESTABLISHED);
	}
	list_move_all(&used, &table->established);
}

void server_table__close(struct server_table *table, uint64_t start_ns, interval_fn on_interval,
			 void *context)
{
	struct address_order *order = table->order;

	sort(order);
	for (unsigned i = 0; i < order->count; i++) {
		const struct interval *closed;

		order->at[i]->current.sampled = table->sampled_max;
		closed = server__close(order->at[i], start_ns);

		if (on_interval)
			on_interval(context, order->at[i], closed);
	}
	table->sampled_max = table->sampled;
	settle(table);
}

void server_table__sample(struct server_table *table, uint32_t one_of)
{
	table->sampled = one_of;
	if (one_of > table->sampled_max)
		table->sampled_max = one_of;
}

unsigned server_table__count(const struct server_table *table)
{
	return table->order->count;
}

const struct server *server_table__at(const struct server_table *table, unsigned i)
{
	sort(table->order);
	return table->order->at[i];
}

unsigned server_table__window(const struct server_table *table)
{
	return table->limits.window;
}

uint64_t server_table__evicted(const struct server_table *table)
{
	return table->evicted;
}

size_t server_table__bytes(const struct server_table *table)
{
	/* a pointer in the order and about one in the hash */
	return server__bytes(table->limits.window) + 2 * sizeof(struct server *);
}
