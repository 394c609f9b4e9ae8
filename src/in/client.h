/*
 * client.h - what a front end says of a client, as a record for the programs' starter
 *
 * The letter 'P', two addresses, two ports (lib/io/pack.h). The starter believes nothing else of it: what is no address
 * is no record.
 */

#ifndef IN_CLIENT_H
#define IN_CLIENT_H

#include <stddef.h>

#include "in/proxy.h"

#define CLIENT_MAX 128          /* bytes of a record */

/* Returns its length. */
extern size_t client_pack(char s[CLIENT_MAX], struct proxy const *);

/* 1, or 0 when it is none. */
extern int client_unpack(struct proxy *, char const *s, size_t len);

#endif
