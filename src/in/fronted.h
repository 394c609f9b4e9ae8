/*
 * fronted.h - what a front end says of a client, as a record for the programs' starter
 *
 * The letter 'P', two addresses, two ports (lib/io/pack.h). The starter believes nothing else of it: what is no address
 * is no record.
 */

#ifndef IN_FRONTED_H
#define IN_FRONTED_H

#include <stddef.h>

#include "in/proxy.h"

#define FRONTED_MAX 128          /* bytes of a record */

/* Returns its length. */
extern size_t fronted_pack(char s[FRONTED_MAX], struct proxy const *);

/* 1, or 0 when it is none. */
extern int fronted_unpack(struct proxy *, char const *s, size_t len);

#endif
