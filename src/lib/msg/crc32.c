/* crc32.c - see crc32.h */

#include "lib/io/large.h"
#include "lib/msg/crc32.h"

#define AT_ONCE 8               /* bytes, each by a table of its own: several times as fast as one after the other */

static LARGE uint32_t table[AT_ONCE][256];    /* table[n]: what a byte does to the sum of n bytes behind it */

static void make_table(void)
{
  uint32_t i;
  int bit, n;

  for (i = 0; i < 256; i++) {
    uint32_t c = i;
    for (bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320U ^ c >> 1 : c >> 1;
    table[0][i] = c;
  }
  for (n = 1; n < AT_ONCE; n++)
    for (i = 0; i < 256; i++) table[n][i] = table[0][table[n - 1][i] & 0xff] ^ table[n - 1][i] >> 8;
}

static uint32_t add_one(uint32_t crc, unsigned char byte)
{
  return table[0][(crc ^ byte) & 0xff] ^ crc >> 8;
}

/* least byte first, whatever the machine's order is */
static uint32_t four(unsigned char const *s)
{
  return s[0] | (uint32_t)s[1] << 8 | (uint32_t)s[2] << 16 | (uint32_t)s[3] << 24;
}

static uint32_t add_eight(uint32_t crc, unsigned char const *s)
{
  crc ^= four(s);
  return table[7][crc & 0xff] ^ table[6][crc >> 8 & 0xff] ^ table[5][crc >> 16 & 0xff] ^ table[4][crc >> 24]
    ^ table[3][s[4]] ^ table[2][s[5]] ^ table[1][s[6]] ^ table[0][s[7]];
}

uint32_t crc32_add(uint32_t crc, char const *text, size_t len)
{
  unsigned char const *s = (unsigned char const *)text;

  if (!table[0][1]) make_table();
  crc = ~crc;
  for (; len >= AT_ONCE; s += AT_ONCE, len -= AT_ONCE) crc = add_eight(crc, s);
  for (; len; s++, len--) crc = add_one(crc, *s);
  return ~crc;
}
