/* line.h - lines that messages stand in: each has a link for each kind of line, and is in one of a kind at most */

#ifndef SEND_LINE_H
#define SEND_LINE_H

#include <stdint.h>

struct message;

struct link {
  struct link *prev, *next;
  struct line *line;            /* null: it stands in none */
  struct message *m;            /* whose it is */
};

struct line {
  struct link *first, *last;
  uint32_t n;
};

#define line_first(l) ((l)->first ? (l)->first->m : 0)
#define line_next(k) ((k)->next ? (k)->next->m : 0)

/* To its end, unless it stands in one of this kind already. */
extern void line_join(struct line *, struct link *);
/* Out of whichever it stands in. */
extern void line_quit(struct link *);

#endif
