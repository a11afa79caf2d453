// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hash is 120 bits of SipHash-2-4 of the 16 bytes of the address, behind fd: a unique local
 * address (RFC 4193), which no host of the Internet has.
 */
#include "privacy.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

_Static_assert(crypto_shorthash_siphashx24_KEYBYTES == PRIVACY_KEY_BYTES, "the key's length");
_Static_assert(crypto_shorthash_siphashx24_BYTES == 16, "a hash is an address");

#define LOCAL_PREFIX 0xfd
#define MAPPED_BITS  96

static int read_key(const char *path, uint8_t *key)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY), r = 0;
	uint8_t buf[PRIVACY_KEY_BYTES + 1]; /* a longer file is no key, too */
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, sizeof(buf)); /* a pipe that nobody writes to ends at once */
	if (n == PRIVACY_KEY_BYTES)
		memcpy(key, buf, PRIVACY_KEY_BYTES);
	else
		r = n < 0 ? -errno : -EBADMSG;
	close(fd);
	return r;
}

static int write_key(const char *path, const uint8_t *key)
{
	int fd, r = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (write(fd, key, PRIVACY_KEY_BYTES) != PRIVACY_KEY_BYTES || fsync(fd) < 0) {
		r = errno ? -errno : -EIO;
		unlink(path); /* half a key would be an error for ever */
	}
	close(fd);
	return r;
}

static int make_key(const char *path, uint8_t *key)
{
	if (getrandom(key, PRIVACY_KEY_BYTES, 0) != PRIVACY_KEY_BYTES)
		return -errno;
	return write_key(path, key);
}

static int load_key(const char *dir, uint8_t *key)
{
	char *path;
	int r;

	if (asprintf(&path, "%s/key", dir) < 0)
		return log_err(-ENOMEM, "read the key of '%s'", dir);
	r = read_key(path, key);
	if (r == -ENOENT)
		r = make_key(path, key);
	if (r < 0)
		log_err(r,
			"read the key '%s' that clients are hashed with; remove it to get a new "
			"one",
			path);
	free(path);
	return r;
}

int privacy__init(struct privacy *privacy, const struct store_options *options)
{
	*privacy = (struct privacy){
		.clients = options->clients,
		.prefix4 = options->prefix4 > 32 ? 32 : options->prefix4,
		.prefix6 = options->prefix6 > 128 ? 128 : options->prefix6,
	};
	if (options->clients != STORE_CLIENTS_HASH)
		return 0;
	return load_key(options->dir, privacy->key);
}

void privacy__keep(const struct privacy *privacy, const char *dir)
{
	char *path;
	int r;

	if (privacy->clients != STORE_CLIENTS_HASH || asprintf(&path, "%s/key", dir) < 0)
		return;
	r = write_key(path, privacy->key);
	if (r < 0 && r != -EEXIST)
		log_err(r, "write the key '%s' that clients are hashed with", path);
	free(path);
}

static bool is_mapped(const uint8_t *address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(address, mapped, sizeof(mapped)) == 0;
}

/* Clear all bits behind the first @bits. */
static void keep_bits(uint8_t *address, unsigned bits)
{
	for (unsigned i = bits / 8; i < 16; i++) {
		unsigned kept = i == bits / 8 ? bits % 8 : 0;

		address[i] &= (uint8_t)(0xff00 >> kept);
	}
}

void privacy__client(const struct privacy *privacy, uint8_t address[16])
{
	uint8_t hash[16];

	if (privacy->clients == STORE_CLIENTS_PREFIX) {
		keep_bits(address,
			  is_mapped(address) ? MAPPED_BITS + privacy->prefix4 : privacy->prefix6);
	} else if (privacy->clients == STORE_CLIENTS_HASH) {
		crypto_shorthash_siphashx24(hash, address, 16, privacy->key);
		address[0] = LOCAL_PREFIX;
		memcpy(address + 1, hash, 15);
	}
}
