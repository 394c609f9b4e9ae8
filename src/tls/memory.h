/*
 * memory.h - where malloc takes memory in the processes of connections, which are copies: each page that one writes to
 * is its own from then on
 */

#ifndef TLS_MEMORY_H
#define TLS_MEMORY_H

/* In the parent, once in its life, when what stays is there: takes what lies free between it for good, so that copies
   take theirs from one place that nobody has used. */
extern void memory_settle(void);

#endif
