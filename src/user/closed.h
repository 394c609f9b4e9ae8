/*
 * closed.h - what programs that read control/ and users/ may not read, by its mode: written with umask 077, say
 *
 * Root may read all of it and so would never notice. Modes and owners alone are looked at, not lists of access (ACLs).
 * What is not there, or where who calls may not look, is passed over.
 */

#ifndef USER_CLOSED_H
#define USER_CLOSED_H

#include "lib/conf/settings.h"

#define CLOSED_WORDS 512

/* 1 when some of the programs that read the setting may not: the words say which, and what to do. Else 0. */
extern int closed_setting(char words[CLOSED_WORDS], struct setting const *);

/* The same of the folders, and of the tables that are made there; tells of each. */
extern void closed_others(void (*tell)(char const *name, char const *words));

#endif
