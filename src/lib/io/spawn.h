/*
 * spawn.h - another process of ours: one that becomes a program, or a copy that works for us
 *
 * What it must not have it does not get: a program has signals as it expects them and the descriptors that it is given,
 * those above them being close-on-exec; a copy has the log, what it is told to keep and its end of a socket.
 */

#ifndef LIB_IO_SPAWN_H
#define LIB_IO_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#define SPAWN_FDS 7             /* descriptors of a program that can be set */
#define SPAWN_GROUP 1           /* a process group of its own */
#define SPAWN_SESSION 2         /* a session of its own */

/* fork for one that becomes a program, in which descriptor i is what fd[i] is here; -1 leaves it alone. In the child 0,
   or it ends with the code failed; in the parent the child's number, or -1 with errno. */
extern pid_t spawn_program(int const *fd, size_t n, unsigned int how, int failed);

/* The same without a copy of this process (posix_spawn): path, which is absolute, runs with these arguments and this
   environment. 0, or an errno; SPAWN_SESSION or nothing. */
extern int spawn_path(pid_t *, char const *path, char *const *argv, char *const *env, int const *fd, size_t n,
                      unsigned int how);

/* fork for a copy, which has of the descriptors from 3 on only the n of keep, and hears no signals: 0 there, its number
   here, or -1 with errno. */
extern pid_t spawn_alone(int const *keep, size_t n);

/* The same, SPAWN_KEEP of them at most; it also has one end of a socket (SEQPACKET), and here is the other one: each as
   *sock, close-on-exec. */
#define SPAWN_KEEP 4
extern pid_t spawn_copy(int *sock, int const *keep, size_t n);

/* Pipes for a child, close-on-exec. 0, or -1 with errno: none is open then. */
extern int spawn_pipes(int (*pipes)[2], size_t n);

/* Closes both ends of each. errno stays. */
extern void spawn_close(int (*pipes)[2], size_t n);

#endif
