/* crc32.c - see crc32.h */

#include "lib/msg/crc32.h"

static uint32_t table[256];

static void make_table(void)
{
  uint32_t i;
  int bit;

  for (i = 0; i < 256; i++) {
    uint32_t c = i;
    for (bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320U ^ c >> 1 : c >> 1;
    table[i] = c;
  }
}

uint32_t crc32_add(uint32_t crc, char const *s, size_t len)
{
  if (!table[1]) make_table();
  crc = ~crc;
  for (; len; s++, len--) crc = table[(crc ^ (unsigned char)*s) & 0xff] ^ crc >> 8;
  return ~crc;
}
