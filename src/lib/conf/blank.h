/* blank.h - what does not count at the ends of a line of a settings file: blanks, TAB, CR, and what looks like them */

#ifndef LIB_CONF_BLANK_H
#define LIB_CONF_BLANK_H

#include <stddef.h>

/* How many bytes the blank at s has, of len that there are; 0 when there is none. */
extern size_t blank_at(char const *s, size_t len);

/* Where the first byte that counts is; end when none does. */
extern char *blank_skip(char *s, char const *end);

/* The length without blanks at the end. */
extern size_t blank_cut(char const *s, size_t len);

#endif
