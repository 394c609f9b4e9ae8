/*
 * verify.h - which messages still have to have their checksum looked at
 *
 * After an unclean stop a file can be there with the right length and wrong bytes. Nobody tells mail-open how
 * the machine stopped, so it distrusts every message that is older than itself (or from the future: the clock was
 * set), and looks at its bytes before the first job of it. What it has found sound it remembers in a
 * table of fixed size; an entry that another one took the place of means that a message is read once more.
 * A message that arrived during its life is in the page cache as it was written: its length is enough.
 */

#ifndef QUEUE_VERIFY_H
#define QUEUE_VERIFY_H

#include <stddef.h>
#include <stdint.h>

/* Once, at the start. */
extern void verify_start(void);
/* Must this message still be read? */
extern int verify_needed(char const *id);
/* It was read, and is sound. */
extern void verify_done(char const *id);

/* Reads on, at most slice bytes: 1 sound, 0 there is more to read, -1 damaged, -2 with errno. */
struct verify {
  uint64_t at;
  uint32_t crc;
};
extern int verify_slice(struct verify *, int fd, uint64_t bytes, uint32_t crc, size_t slice);

#endif
