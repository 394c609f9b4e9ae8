/*
 * priv.h - giving up power: users, capabilities, system calls, files
 *
 * The only place with set*id calls. Nothing here asks for more than it was given; every step that the
 * kernel has is taken, and one that the kernel should have done but did not is an error.
 */

#ifndef PRIV_H
#define PRIV_H

#include <stddef.h>
#include <sys/types.h>

/* Becomes uid and gid for good: no supplementary groups, real, effective and saved IDs all the same, and
   a check that there is no way back. A process that already is exactly that user and not root needs no right
   to do so (it cannot drop groups and keeps them). 0, or -1 with errno (EPERM when a way back is left). */
extern int priv_become(uid_t, gid_t);

/* For the two programs that stay root: keeps only the rights to change user and group and to kill, in every
   capability set including the bounding one, so that nothing started later has more. 0, or -1 with errno. */
extern int priv_root_minimum(void);

/* What a locked-in program still needs. Plain reading, writing, waiting, memory and time are always allowed. */
#define PRIV_OPEN 1     /* open files for reading, where the paths given allow it */
#define PRIV_MODIFY 2   /* create, write, rename, link, sync and remove files, where the paths allow it */
#define PRIV_UNIX 4     /* connect to Unix sockets */
#define PRIV_INET 8     /* connect to the network: IPv4, IPv6, TCP and UDP */
#define PRIV_ACCEPT 16  /* accept connections on sockets it was given, and ask who is there */
#define PRIV_FORK 32    /* make copies of itself and wait for them */
#define PRIV_EXEC 64    /* start the programs that the paths given allow */
#define PRIV_KILL 128   /* send signals to its own children */

#define PRIV_READ 1     /* of a path and all below it: read files, list directories */
#define PRIV_WRITE 2    /* and: create, write, rename, link, remove */
#define PRIV_RUN 4      /* and: execute (a static program, or one whose libraries are readable by PRIV_READ) */

struct priv_path {
  char const *path;     /* one that does not exist is left out: it stays forbidden */
  unsigned int access;
};

/* Locks the process in, for itself and all that it starts: no_new_privs, not dumpable, no core files, Landlock
   with exactly these paths (and, where the kernel has them, signal and abstract-socket scope), then a seccomp
   filter with what needs names: other calls fail with EPERM. Call it before the first byte from outside is read. 0, or -1 with
   errno; a kernel without Landlock or seccomp is no error. */
extern int priv_lock(unsigned int needs, struct priv_path const *, size_t n);

/* Bounds of the process: open files, bytes of memory (0: left as it is). Soft and hard. 0, or -1 with errno. */
extern int priv_limits(unsigned int files, size_t memory);

#endif
