/*
 * lines.h - what ties the daemons together: pairs of sockets, listening sockets, and the lifeline
 *
 * All are close-on-exec and have numbers that no daemon uses, until mail-start gives them their number in a child.
 */

#ifndef START_LINES_H
#define START_LINES_H

/* A pair of sockets between two daemons, or one listening socket (then end 0). */
enum line {
  LISTEN_QUEUE, LISTEN_VERIFY, LISTEN_TLS_IN, LISTEN_TLS_OUT, LISTEN_KEY, LISTEN_AUTH, LISTEN_DESK,
  SEND_TO_OPEN, LSPAWN_TO_SEND, RSPAWN_TO_SEND, BOUNCE_TO_SEND, SEND_TO_CLEAN,
  OPEN_TO_LSPAWN, OPEN_TO_RSPAWN, OPEN_TO_BOUNCE, LSPAWN_TO_LOOKUP,
  DESK_TO_SEND,
  LINES
};

extern int lines[LINES][2];     /* -1: closed */
extern int lifeline[2];         /* a pipe: its end tells every daemon that mail-start is gone, or lets it go */

/* The lifeline and, for the send service, all its pairs, anew. 0, or -1 with errno: then lines_close. */
extern int lines_make(int send);

/* What the daemons of send hold now must not be held here: a closed socket tells them that a neighbour is gone. The
   listening sockets and the lifeline of other services stay, for the next life of one daemon; the writing end of the
   lifeline stays with all. */
extern void lines_close(int send);

/* Closes it, if it is open. */
extern void line_close(int *fd);

/* The descriptor under a number that no daemon uses, the old one closed; ends the program when there is none. */
extern int line_high(int fd);

/* A listening Unix socket that everybody who can reach the path may connect to; or ends the program. */
extern int line_listen(char const *path, int type);

#endif
