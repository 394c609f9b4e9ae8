/*
 * throttle.h - guesses slow down: who may have a password looked at now; and how much a login may send in an hour
 *
 * For mail-authd's parent, over all its processes. An attempt counts from its beginning, so that many at once are no
 * way around: it is open until it has failed or not. Counted are failures of an address (IPv6: /64) and of a login, for
 * an hour after the last one. From the authtries-th on each wait is twice the one before, and one attempt at a time is
 * looked at. A login that has come from an address before waits there for that address's own failures only, so that
 * nobody can lock out others.
 */

#ifndef AUTH_THROTTLE_H
#define AUTH_THROTTLE_H

struct throttle_limits {
  unsigned int tries;           /* 0: nobody waits */
  unsigned int wait;            /* seconds */
  unsigned int messages, recipients;    /* an hour; 0: no limit */
};

/* Once. 0, or -1 with errno. */
extern int throttle_start(void);

/* Whose an attempt is. */
struct throttle_who {
  char const *ip;
  char const *login;            /* in lower case */
  int local;                    /* the address has many behind it, and is not counted */
  int counts;                   /* set by throttle_try: does the login count, or is it known there? */
};

/* May it be looked at? 0, and it is open; or the seconds until it may. */
extern unsigned int throttle_try(struct throttle_who *, struct throttle_limits const *);

enum throttle_end { THROTTLE_RIGHT, THROTTLE_WRONG, THROTTLE_NEITHER };

/* An open attempt is over. */
extern void throttle_over(struct throttle_who const *, enum throttle_end);

enum throttle_over_limit { THROTTLE_MAY_SEND, THROTTLE_MESSAGES, THROTTLE_RECIPIENTS };

/* A login sends a message: counts it, or says which limit it would be over. */
extern enum throttle_over_limit throttle_message(char const *login, unsigned int rcpts, struct throttle_limits const *);

#endif
