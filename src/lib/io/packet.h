/*
 * packet.h - records between daemons: Unix sockets of type SOCK_SEQPACKET
 *
 * The kernel keeps the borders of a record and never delivers half of one, so there are no frames to
 * parse. A record may carry one descriptor.
 */

#ifndef LIB_IO_PACKET_H
#define LIB_IO_PACKET_H

#include <stddef.h>
#include <sys/types.h>

#define PACKET_MAX 65536        /* bytes of one record */

/* Sends one record, with a descriptor when fd is not -1 (it stays the caller's). 0, or -1 with errno:
   EAGAIN on a non-blocking socket that is full, EPIPE when the other side is gone (SIGPIPE is never raised). */
extern int packet_send(int sock, char const *s, size_t len, int fd);

/* What errno of the two says: 1 try again when poll says so, 2 later, since the system has no memory or too many
   descriptors are on their way, -1 it is no use. */
extern int packet_again(void);

/* Takes one record of at most size bytes. Returns its length, 0 at the end of the stream, -1 with errno:
   EAGAIN when there is none, EPROTO when it was longer than size or carried more than one descriptor.
   *fd becomes the descriptor that came along (close-on-exec, the caller closes it) or -1: none came, or this process
   or the system has no room for it, and then the record can still be answered. Where fd is null, one that comes
   is closed. */
extern ssize_t packet_recv(int sock, char *s, size_t size, int *fd);

#endif
