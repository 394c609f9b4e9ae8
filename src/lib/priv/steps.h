/* steps.h - what the files of priv_lock share among themselves */

#ifndef LIB_PRIV_STEPS_H
#define LIB_PRIV_STEPS_H

#include <features.h>
#include <stddef.h>

#include "lib/priv/priv.h"

/* Needs that make the system's shared libraries readable: with glibc, programs that are started may be dynamic. */
#if defined(PRIV_SANITIZED)
#define PRIV_LIBRARIES (~0U)    /* and /proc, for the leak checker */
#elif defined(__GLIBC__)
#define PRIV_LIBRARIES (PRIV_DLOPEN | PRIV_EXEC)
#else
#define PRIV_LIBRARIES PRIV_DLOPEN
#endif

/* The two large steps. Each: 0 done, or the kernel does not have it; -1 with errno. Both need no_new_privs. */
extern int landlock_apply(unsigned int needs, struct priv_path const *, size_t n);
extern int seccomp_apply(unsigned int needs);

#endif
