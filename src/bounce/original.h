/* original.h - the header of the message that failed: hostile bytes, of bounded length */

#ifndef ORIGINAL_H
#define ORIGINAL_H

#include <stddef.h>

#define ORIGINAL_MAX 65536      /* bytes of the header that go back; RFC 3462 section 2 lets us send less */

struct original {
  size_t len;           /* of text: whole lines, each with its newline */
  int cut;              /* there was more of the header */
  int eight_bit;        /* some byte is over 127 */
  char text[ORIGINAL_MAX];
};

/* Reads the header from the open message, wherever its offset stands. A message that has no header, or nothing but
   one, is fine. 0, or -1 with errno. */
extern int original_read(struct original *, int fd);

#endif
