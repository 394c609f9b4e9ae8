/*
 * control.h - settings: one plain value per file in the home's control/
 *
 * Single values are the first line of the file without blanks at its ends. Lists have one entry a line; blanks at its
 * ends and around the colon, a BOM, empty lines, lines that start with # and what follows a # behind a blank do not
 * count. A file that is no regular one, has a NUL, is too large or cannot be read is an error, never an empty list;
 * the log has its name then, and the entries that have a blank or control byte within, which nothing equals. Every
 * name that is read must stand in settings.c, where its default, readers and meaning are; mail-showctl prints that
 * table.
 */

#ifndef LIB_CONF_CONTROL_H
#define LIB_CONF_CONTROL_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#define CONTROL_FILE_MAX 8388608        /* bytes of a settings file; a larger one is an error (EFBIG) */

/* The value of a setting, NUL-terminated (the NUL is not counted in len), or its default from the table.
   1 from its file, 0 the default (empty when there is none), -1 with errno. A value that is not of its form
   (lib/conf/form.h) is told to the log, with what is expected. Then the default counts where settings.c calls that
   safe, and the program has no older value (control_start); else it is -1 with EINVAL. */
extern int control_value(char const *name, stralloc *);

/* The same as an unsigned decimal number, at most the most that the table has for it. */
extern int control_number(char const *name, unsigned int *);

/* The same as control_value, whatever the form, and nothing is told to the log of that. */
extern int control_raw(char const *name, stralloc *);

/* The default of a row, empty when it has none (or is null). 0, or -1 with errno. */
struct setting;
extern int control_standard(struct setting const *, stralloc *);

/* For daemons: reads all settings. While that does not work (-1) the program waits and looks again every 20 seconds,
   and ends with 111 when the lifeline does; with life -1 it ends at once. Afterwards a wrong value is always -1: the
   program has a better one. */
extern void control_start(int (*read_all)(void), int life);

struct control_entry {
  char const *key;      /* lower-case */
  size_t len;
  char const *value;    /* after the first ':', or "" */
};

struct control_table {
  char *text;
  struct control_entry *entries;        /* sorted by key; of equal keys the first of the file wins */
  size_t n;
};

/* Reads a list into a table for look-ups. With values, a line is key:value; else the whole line is the key.
   1 read, 0 there is no such file (the table is empty, or has what its default names), -1 with errno. Frees what
   the table held before (start with all zero), and leaves it as it was on -1. A line that is not of its form is told to
   the log; where settings.c says that the others do not do without it, it is -1 with EINVAL. Of a wrong line of a map
   the domain stays, as far as it can be read, with a value that is none: what needs a sound one there waits. */
extern int control_table(char const *name, struct control_table *, int values);

/* The same, for a list that is read once more: 1 when it is not what it was, 0 when it is, -1 with errno. */
extern int control_table_again(char const *name, struct control_table *, int values);

/* As control_table, whatever the lines' form, and nothing is told to the log of that. */
extern int control_raw_table(char const *name, struct control_table *, int values);

/* The value of an entry, or null when its line has no colon. */
extern char const *control_entry_value(struct control_entry const *);

extern void control_table_free(struct control_table *);

/* Puts the entries in the order in which control_find needs them, after keys have changed. */
extern void control_sort(struct control_table *);

/* Puts the entries in the order of the file, for lists that are gone through: nothing can be found in it any more. */
extern void control_in_order(struct control_table *);

#define CONTROL_KEY_MAX 1024    /* bytes; a longer key is never found */

/* The value for a key ("" for an entry without one), without regard to case; null when there is none. */
extern char const *control_find(struct control_table const *, char const *key, size_t len);

/* The same for a domain: itself, then .suffix from the longest to the shortest, then the empty key. */
extern char const *control_find_domain(struct control_table const *, char const *domain, size_t len);

#endif
