/*
 * large.h - static variables of which most of the time only the beginning is used
 *
 * The linker puts them behind all others (Makefile: it sorts by the names of sections), so that the small ones
 * share few pages: the kernel gives a page at the first touch of it, and each costs a process that does little as
 * much as its work.
 */

#ifndef LIB_IO_LARGE_H
#define LIB_IO_LARGE_H

#ifdef PRIV_SANITIZED           /* what has a section of its own is not watched */
#define LARGE
#else
#define LARGE __attribute__((section(".bss.~large")))
#endif

#endif
