/*
 * priv.h - giving up power: users, capabilities, system calls, files
 *
 * The only place with set*id calls. Nothing here asks for more than it was given; every step that the
 * kernel has is taken, and one that the kernel should have done but did not is an error.
 */

#ifndef LIB_PRIV_PRIV_H
#define LIB_PRIV_PRIV_H

#include <stddef.h>
#include <sys/types.h>

/* Becomes uid and gid for good: no supplementary groups, real, effective and saved IDs all the same, and
   a check that there is no way back. A process that already is exactly that user and not root needs no right
   to do so (it cannot drop groups and keeps them). 0, or -1 with errno (EPERM when a way back is left). */
extern int priv_become(uid_t, gid_t);

/* For the two programs that stay root: keeps only the rights to change user and group and to kill, in every
   capability set including the bounding one, so that nothing started later has more. 0, or -1 with errno. */
extern int priv_root_minimum(void);

/* What a locked-in program still needs. Plain reading, writing, waiting, memory and time are always allowed, with
   every descriptor that it has or is given; so is asking for open descriptors' status, locks and the limits. */
#define PRIV_OPEN 1     /* open files for reading, where the paths given allow it; status of any file */
#define PRIV_MODIFY 2   /* create, write, rename, link and remove files, where the paths allow it; sync descriptors */
#define PRIV_UNIX 4     /* connect to Unix sockets, wherever the user may */
#define PRIV_INET 8     /* connect to the network: IPv4, IPv6, TCP and UDP; never to listen there; ask the kernel for
                           this host's addresses (NETLINK_ROUTE: who is not root can only ask) */
#define PRIV_ACCEPT 16  /* accept connections on sockets it was given */
#define PRIV_FORK 32    /* make copies of itself and wait for them; not threads. A copy may call priv_lock again, to
                           keep less (paths only with PRIV_OPEN) and to be out of its brothers' reach */
#define PRIV_EXEC 64    /* start the programs that the paths allow (with PRIV_FORK: as children), and let them call
                           priv_lock. They keep this lock and can only add to it: its needs must cover theirs */
#define PRIV_KILL 128   /* send signals to what it started; on kernels without the scope, to all of its user */
#define PRIV_DLOPEN 256 /* load shared libraries, for the name service: executable mappings of files, the system's
                           library folders, epoll */
#define PRIV_BIND 512   /* choose the own address of connections (with PRIV_INET); for TCP never a port (Linux 6.7) */

/* Of a path and all below it; bits are combined. The first two are what most need, the last ones parts of them. */
#define PRIV_READ 1     /* read files, list directories */
#define PRIV_WRITE 2    /* create, write, rename, link, remove files; never directories, links by name or devices */
#define PRIV_RUN 4      /* execute programs (and read them) */
#define PRIV_LIST 8     /* list directories, and open them to sync them */
#define PRIV_FILES 16   /* read files of which the name is known */
#define PRIV_REMOVE 32  /* remove files */
#define PRIV_PLACE 64   /* take in files of other directories by rename, and remove them; never change their bytes */

struct priv_path {
  char const *path;     /* one that does not exist is left out: it stays forbidden */
  unsigned int access;
};

/* Locks the process in, for itself and all that it starts: no_new_privs, not dumpable, no core files, Landlock
   with exactly these paths (and, where the kernel has them, signal and abstract-socket scope: it reaches only what
   it starts itself), then a seccomp filter with what needs names. A file that no path allows fails with EACCES,
   any other call that is not allowed with EPERM; abort() ends in a fault. Open beforehand whatever can be opened then.
   Call it before the first byte from outside is read. 0, or -1 with errno; a kernel without Landlock or seccomp is
   no error. With sanitizers (-DPRIV_SANITIZED) there is no filter and the process stays dumpable. */
extern int priv_lock(unsigned int needs, struct priv_path const *, size_t n);

/* Bounds of the process: open files, bytes of memory (0: left as it is; sanitizers have no bound of memory). Soft and
   hard. 0, or -1 with errno. */
extern int priv_limits(unsigned int files, size_t memory);

/* The same bounds, soft alone: for who starts programs of others, which it gives back its own with priv_limits_lift.
   0, or -1 with errno. */
extern int priv_limits_soft(unsigned int files, size_t memory);
extern int priv_limits_lift(void);

#endif
