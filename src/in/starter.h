/*
 * starter.h - starts the site's own programs for a session: QMAILQUEUE's and RCPTCHECK's, named before it begins
 *
 * A session is locked in, and whatever it started would be locked in with it; outside programs cannot live so. The
 * starter is its attendant without that lock. It takes requests of one byte, passes descriptors back, and parses
 * nothing: not a byte of a message or an address of mail passes through it.
 *
 *      session     starter
 *      'P' ...     nothing; once, before all others, and only behind a front end: what that says of the client, for
 *                  the programs' environment
 *      'Q'         'M' with a pipe for the message, 'E' with one for the envelope; when the program has
 *                  ended 'R', its code, 1 when the words are its own, the words
 *      'C'         'I' with the pipe that the check reads, 'O' with the one that it writes; a check that is
 *                  still there is killed first
 *                  'X' to either: it could not be started
 *
 * One of each runs at a time. When the session is gone both see the end of their pipes, and are killed some seconds
 * later. Who breaks into a session can start these two programs, as often as it likes, and none other.
 */

#ifndef IN_STARTER_H
#define IN_STARTER_H

#include "door/queueprog.h"
#include "in/proxy.h"

struct starter_programs {
  char const *queue;    /* null: there is none */
  char const *check;
  int fronted;          /* the session's peer is a front end: what is known of the client will be told */
};

/* Makes the session's starter; there is one at most. 0, or -1 with errno. */
extern int starter_start(struct starter_programs const *);

/* Which of its programs there are: all mail goes to the first, every recipient is asked of the second, even
   when the starter is dead. */
extern int starter_has_queue(void);
extern int starter_has_check(void);

/* The client is not the peer that the environment names. */
extern void starter_tell(struct proxy const *);

/* 0, or -1: it could not be started. The pipes to write are non-blocking. */
extern int starter_queue(int *message, int *envelope);
extern int starter_check(int *in, int *out);

/* Waits for the end of QMAILQUEUE's program: its code (door/queueprog.h; 0: text is its process number), or -1 when it
   takes too long or cannot be told: the starter kills what it has started and ends. */
extern int starter_result(int milliseconds, char text[QUEUEPROG_TEXT_MAX + 1], int *own);

#endif
