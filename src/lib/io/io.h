/* io.h - whole reads and writes, and waiting for one descriptor */

#ifndef LIB_IO_IO_H
#define LIB_IO_IO_H

#include <stddef.h>
#include <sys/types.h>

/* Writes all of it, whatever partial writes and signals do. 0, or -1 with errno. */
extern int io_write(int fd, char const *, size_t len);

/* Moves bytes from *s into a buffer of size bytes, used of which are taken: as many as there is room for. 1 when it is
   full, and to be sent before more can go there; 0 when no byte is left. */
extern int io_fill(char *buf, size_t size, size_t *used, char const **s, size_t *len);

/* Reads until len bytes or the end: the number read (short only at the end), or -1 with errno. */
extern ssize_t io_read(int fd, char *, size_t len);

/* Reads a whole regular file: its length, or -1 with errno, EINVAL when it is none and EFBIG when it has more than size
   bytes. Never waits for a pipe. */
extern ssize_t io_read_file(char const *path, char *, size_t size);

/* Holds the folder, until this process ends, for one program of its owner at a time: by its file .lock, which nobody
   else can open, while a lock of the folder itself everybody could take who may read it. 0, or -1 with errno. */
extern int io_lock_folder(int dir);

/* Waits until fd is ready for events (POLLIN, POLLOUT) or the milliseconds are over (negative: for ever).
   1 ready (errors count as ready: the next call shows them), 0 time out, -1 with errno. A signal does not
   end the wait, nor lengthen it. */
extern int io_wait(int fd, short events, int milliseconds);

/* From now on by waits in the place of io_wait, wherever that does more than look (milliseconds other than 0), with its
   results: for a process whose waits end for a reason of its own (-1, ECANCELED). Null: as before. */
extern void io_wait_by(int (*by)(int fd, short events, int milliseconds));

/* For a loop around poll or ppoll that has just returned -1: 0 when it may go on, after a signal or, when the kernel
   had no memory for the call, after a pause; -1 with errno else. */
extern int io_poll_failed(void);

/* Milliseconds of a clock that nobody sets; its start means nothing. */
extern long long io_clock(void);

/* Milliseconds until a moment of it, as poll has them: 0 when it is over, a day at most. */
extern int io_left(long long until);

/* Makes a descriptor non-blocking. 0, or -1 with errno. Not for descriptors shared with strangers. */
extern int io_nonblock(int fd);

/* Zeroed memory that copies of this process do not have: neither their business nor their pages. Null with errno. It
   stays. */
extern void *io_own_memory(size_t bytes);
/* What is kept there is of no use any more: the pages that lie wholly in it go back to the system. Each byte is 0 then,
   or as it was; it may be used again. */
extern void io_give_back(void *, size_t bytes);

/* Closes one, or none (less than 0); errno stays. */
extern void io_close_keep(int fd);

/* Closes every descriptor from fd on; or all but the n of keep, which come in any order. */
extern void io_close_from(int fd);
extern void io_close_but(int fd, int const *keep, size_t n);

/* Takes descriptors 0, 1 and 2 where they are closed, so that nothing opened later stands in their place: reading
   from such a 0 and writing to such a 1 or 2 fails as before. 0, or -1 with errno. */
extern int io_standard(void);

/* Descriptors 0 and 1 become /dev/null. 0, or -1 with errno. */
extern int io_detach(void);

/* Opens a Unix stream (or SEQPACKET) socket and connects it to path, close-on-exec. While the path is
   missing, nobody listens or the queue of callers is full, tries again until the seconds are over. The descriptor, or
   -1 with errno. */
extern int io_connect_unix(char const *path, int type, unsigned int seconds);

#endif
