/* verp.h - senders with a meaning of their own: those that name each recipient, and that of double bounces */

#ifndef LIB_ADDR_VERP_H
#define LIB_ADDR_VERP_H

#include <stddef.h>

#define VERP_END "-@[]"         /* of a sender pre@host-@[] */
#define VERP_DOUBLE "#@[]"      /* the sender of a bounce of a bounce: if it bounces, nobody is told */

/* 1 for the senders who are told nothing: <> and that of a double bounce. */
extern int verp_is_nobody(char const *sender);

/* 1 when a sender pre@host-@[] is to name its recipient. */
extern int verp_is(char const *sender);

/* Writes the sender for a recipient box@domain: prebox=domain@host. The sender is one (verp_is). Returns its length, as
   snprintf does: size or more means that it was cut. */
extern size_t verp_make(char *to, size_t size, char const *sender, char const *recipient);

/* The length of a sender without its ending -@[]: its whole length when it has none. */
extern size_t verp_strip(char const *sender);

#endif
