/*
 * option.h - options as sendmail takes them: one letter each, several in one word, a value attached or next
 *
 * Hides the table of all letters that the sendmail programs of the last decades know. Stops at -- or at the
 * first word that is no option.
 */

#ifndef OPTION_H
#define OPTION_H

struct option {
  char letter;
  char const *value;    /* "" where it has none */
};

/* The next option of argv at *i. 1; 0 when there is none: *i is the first word after the options; -1 unknown,
   or its value is missing: *i is the word. */
extern int option_next(struct option *, int argc, char **argv, int *i);

#endif
