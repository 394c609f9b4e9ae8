/*
 * table.h - make a cdb of a text of the administrator's, both in one directory below the home
 *
 * Hides the lock, the temporary file and the syncs: whoever looks something up, also after a crash, finds the old
 * table or the new one. A mistake in the text leaves the old one. All that fails ends the program: 100 for the
 * text, 111 for the system.
 */

#ifndef USER_TABLE_H
#define USER_TABLE_H

#include <stddef.h>

#define TABLE_LINE_MAX 8192     /* bytes of a line, its end counted */

/* Locks the directory, locks the program in, opens both files. */
extern void table_start(char const *directory, char const *text, char const *cdb);

/* The next line of the text, without its end: 1; 0 when there is none; -1 for a last one that does not end. */
extern int table_line(char line[TABLE_LINE_MAX]);

extern void table_add(char const *key, size_t key_len, char const *data, size_t data_len);

/* What is wrong with the line read last. */
extern void table_wrong(char const *why) __attribute__((noreturn));

/* Puts the table into its place, durable. */
extern void table_end(void);

#endif
