/*
 * record.h - records on a stream: four bytes of length (big-endian), and as many bytes
 *
 * For Unix sockets of type SOCK_STREAM whose two sides take turns; lib/io/packet.h has those that keep the borders of
 * records themselves.
 */

#ifndef LIB_IO_RECORD_H
#define LIB_IO_RECORD_H

#include <stddef.h>
#include <sys/types.h>

/* Sends one, with a descriptor at its first byte when fd is not -1 (it stays the caller's), until a moment of io_clock
   at the latest. 0, or -1 with errno. */
extern int record_send(int sock, char const *, size_t len, int fd, long long until);

/* Takes one of at most size bytes. Its length, or -1 with errno: 0 at the end of the stream, EPROTO when it is longer,
   ETIMEDOUT. *fd becomes the descriptor that came with its first byte (close-on-exec, the caller closes it), or -1,
   whatever is returned; where fd is null, one that comes is closed. */
extern ssize_t record_recv(int sock, char *, size_t size, int *fd, long long until);

#endif
