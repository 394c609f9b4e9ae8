/*
 * option.h - options as sendmail takes them: one letter each, several in one word, a value attached or next
 *
 * Hides the table of all letters that the sendmail programs of the last decades know. Options may stand behind other
 * words, as with getopt of many systems; -- ends them.
 */

#ifndef USER_OPTION_H
#define USER_OPTION_H

struct options {
  int argc;
  char **argv;
  int i;                /* the next word; start with 1 */
  char const *rest;     /* of a word with several letters; start with "" */
  char **words;         /* the caller's, with room for argc: the words that are no options, and how many */
  int n;
};

struct option {
  char letter;
  char const *value;    /* "" where it has none */
};

/* The next option. 1; 0 when there is none: words is complete; -1 unknown, or its value is missing: i is its word. */
extern int option_next(struct option *, struct options *);

#endif
