/* original.h - the message that is told about, or its header: hostile bytes, of bounded length */

#ifndef BOUNCE_ORIGINAL_H
#define BOUNCE_ORIGINAL_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#define ORIGINAL_MAX 65536      /* bytes of the header that go back; RFC 6522 section 2 lets us send less */

struct original {
  stralloc text;        /* of a header: whole lines, each with its newline */
  int full;             /* it is the whole message */
  int cut;              /* there was more of the header */
  int eight_bit;        /* some byte is over 127 */
  int eight_bit_head;   /* one of the header is */
};

/* Reads the header from the open message, wherever its offset stands; with full all of it, so many bytes. A message
   that has no header, or nothing but one, is fine. 0, or -1 with errno. */
extern int original_read(struct original *, int fd, int full, uint64_t bytes);

#endif
