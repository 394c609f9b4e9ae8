/*
 * keys.h - whose local addresses are: the keys that mail-lspawn tells (door/report.h)
 *
 * mail-send knows addresses, not users. What it has heard of an address puts the next mail for it in line with the
 * rest of that user's. The table is bounded: an address that it has forgotten costs a delivery that comes back busy.
 */

#ifndef SEND_KEYS_H
#define SEND_KEYS_H

#include <stddef.h>
#include <stdint.h>

#define KEY_NAME_MAX 16

/* 0: not known. Case does not count. */
extern uint64_t keys_find(char const *address);
extern void keys_learn(char const *address, uint64_t key);

/* The name of the key's destination, "" for 0; its length. */
extern size_t keys_name(uint64_t key, char name[KEY_NAME_MAX + 1]);

#endif
