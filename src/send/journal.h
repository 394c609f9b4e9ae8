/*
 * journal.h - state/wishes (door/wishes.h): what operators want, kept over restarts
 *
 * Written before mail-send acts; durable when journal_commit says so. Written anew, by another name, fsync and rename,
 * when it has grown beyond twice what still counts (by 128 KiB when it is committed, by 4 MiB whether it ever is or
 * not), and after an error of the disk, since what of the old file is durable is not known then. What counts is
 * bounded: a word for each message that is queued, and the domains that are held.
 */

#ifndef SEND_JOURNAL_H
#define SEND_JOURNAL_H

#include "door/wishes.h"

/* Reads it; one with anything that is not sound is kept by another name, and a new one takes its place, with what is
   sound: until that can be written, orders are refused. Or ends the program. */
extern void journal_start(void);
/* What it says of a message, and of domains; only until journal_tidy, which comes after the first whole scan. */
extern struct wish_note const *journal_of(char const *id);
extern struct wishes const *journal_all(void);
extern void journal_tidy(void);

/* Appends a record. 0; or -1 with errno: then nothing has changed. A new file that could not be written is not tried
   again for a second. */
extern int journal_add(struct desk_order const *);
/* What was appended becomes durable. 0, or -1 with errno: it is not known to be. */
extern int journal_commit(void);

#endif
