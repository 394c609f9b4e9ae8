/*
 * pack.h - build and take apart the bytes of a record, every length checked
 *
 * A packer or unpacker that would leave its buffer sets bad and does nothing from then on, so that a
 * caller may write a whole record and ask once at the end. Integers are big-endian.
 */

#ifndef LIB_IO_PACK_H
#define LIB_IO_PACK_H

#include <stddef.h>
#include <stdint.h>

struct pack {
  char *s;        /* the caller's storage */
  size_t size;    /* of the storage, bytes */
  size_t len;     /* written so far */
  int bad;        /* something did not fit */
};

struct unpack {
  char const *s;  /* the caller's bytes; what unpack_bytes returns points in here */
  size_t len;
  size_t pos;
  int bad;        /* something was missing */
};

extern void pack_u8(struct pack *, unsigned int);
extern void pack_u32(struct pack *, uint32_t);
extern void pack_u64(struct pack *, uint64_t);
/* a u32 length, then the bytes; more than max bytes are bad */
extern void pack_bytes(struct pack *, char const *, size_t len, size_t max);

extern unsigned int unpack_u8(struct unpack *);
extern uint32_t unpack_u32(struct unpack *);
extern uint64_t unpack_u64(struct unpack *);
/* the reader of pack_bytes: sets *len, returns where the bytes start ("" when bad) */
extern char const *unpack_bytes(struct unpack *, size_t *len, size_t max);
/* the same for text that becomes a C string: copied to s (room for max + 1 bytes), a NUL inside is bad */
extern void unpack_string(struct unpack *, char *s, size_t max);
/* 1 when all went well and every byte was used */
extern int unpack_done(struct unpack const *);

#endif
