/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is stored in place of a client's address. */
#ifndef STORE_PRIVACY_H
#define STORE_PRIVACY_H

#include "store/options.h"

/* crypto_shorthash_siphashx24_KEYBYTES */
#define PRIVACY_KEY_BYTES 16

struct privacy {
	enum store_clients clients;
	unsigned prefix4, prefix6; /* bits that are kept */
	uint8_t key[PRIVACY_KEY_BYTES];
};

/**
 * privacy__init() - As the options say.
 *
 * STORE_CLIENTS_HASH takes the key from DIR/key, and makes one when there is none: readable by the
 * owner only. Who has the key can find out which address a hash stands for, by trying all.
 *
 * Return: 0, else why there is no key; reported
 */
int privacy__init(struct privacy *privacy, const struct store_options *options);

/** privacy__keep() - Put the key into a folder that has been made again; what fails is reported. */
void privacy__keep(const struct privacy *privacy, const char *dir);

/** privacy__client() - Change an address (16 bytes, IPv4 mapped) to what may be stored. */
void privacy__client(const struct privacy *privacy, uint8_t address[16]);

#endif
