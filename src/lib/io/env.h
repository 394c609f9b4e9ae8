/* env.h - the environment of programs that are not the suite's own */

#ifndef LIB_IO_ENV_H
#define LIB_IO_ENV_H

/* Puts a blank in front of every value that begins with "() {", but for functions that bash itself exports: bash before
   2014 takes any such value for a function and runs what follows it, and values come from strangers. Call it in the
   child, before exec. 0, or -1 when there is no memory. */
extern int env_defuse(void);

#endif
