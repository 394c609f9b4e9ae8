/*
 * compose.h - mail-inject's treatment of a header
 *
 * Hides which fields are completed, dropped and added. The order is: compose_read, compose_finish. A field that cannot
 * be read ends the program with 100 where recipients come from the header: nothing has gone out by then, and whose the
 * rest of the field is nobody knows. Elsewhere it stays as it is.
 */

#ifndef USER_COMPOSE_H
#define USER_COMPOSE_H

#include <skalibs/stralloc.h>

#include "user/input.h"
#include "user/rcpts.h"
#include "user/sender.h"

#define COMPOSE_HEADER_MAX 4194304      /* bytes of a header */

/* the first field that cannot be read */
struct compose_trouble {
  stralloc name, text;          /* text: where it goes wrong */
  char const *why;              /* null: there is none */
};

struct compose {
  stralloc header;              /* to go out, without the empty line at its end */
  stralloc rest;                /* the first line of the body, when the header had no empty line at its end */
  unsigned int seen[2];         /* FIELD_ bits of all fields; [1]: of the Resent- ones */
  struct rcpts rcpts[2];        /* named in the header; [1]: in Resent- fields */
  struct rcpts shown;           /* in To and Cc */
  struct rcpts path;            /* from Return-Path */
  int has_path;
  struct compose_trouble trouble[2];    /* [1]: in Resent- fields */
  int wants_rcpts;              /* set by the caller: the header's recipients count */
  struct sender_style style;
};

/* Reads the header and treats its fields. */
extern void compose_read(struct compose *, struct input *);

/* Adds what is missing. */
extern void compose_finish(struct compose *);

/* The header's recipients: those of the Resent- fields when there is any Resent- field. */
extern struct rcpts const *compose_rcpts(struct compose const *);

#endif
