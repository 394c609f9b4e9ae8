/*
 * filter.h - a program in the place of the queue (QMAILQUEUE), by qmail-queue's contract
 *
 * Hides the process and its pipes: message on its fd 0, then envelope on its fd 1, both read by it. It may say
 * in its own words why it refuses, on fd 4 or 6 with exit code 82 or 88: D (for ever) or Z (for now) and a
 * text. The program is the caller's own choice and runs as the caller, with the home as its directory.
 */

#ifndef FILTER_H
#define FILTER_H

#include <stddef.h>

extern void filter_start(char const *program);

/* A part of the message. 0, or -1 when the program takes no more. */
extern int filter_message(char const *, size_t len);

/* The envelope's records; waits for the program's end. Its exit code, with 82 and 88 already turned into a code of
   the class that the text says, and *text in words. */
extern int filter_end(char const *records, size_t len, char const **text);

#endif
