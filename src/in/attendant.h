/*
 * attendant.h - a child of a session that does for it what a locked-in process cannot
 *
 * It is made before the session locks itself in, has the log and one end of a socket (lib/io/packet.h) and no other
 * descriptor, above all not the client's connection, and ends when the session's end of the socket closes.
 */

#ifndef IN_ATTENDANT_H
#define IN_ATTENDANT_H

/* Makes it: it calls run(its socket, what), which never returns. The session's socket, or -1 with errno. */
extern int attendant_start(void (*run)(int sock, void const *what), void const *what);

/* One record from it, within milliseconds: its length, 0 when none came or it is gone. *fd becomes the descriptor that
   came along, or -1. */
extern int attendant_answer(int sock, char *s, int size, int *fd, int milliseconds);

#endif
