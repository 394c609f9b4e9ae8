/* crc32.c - the checksum of queue files: known values, pieces, single changes */

#include <string.h>

#include "lib/msg/crc32.h"
#include "unit.h"

/* bit by bit, as the standard defines it */
static uint32_t plainly(char const *s, size_t len)
{
  uint32_t crc = 0xffffffffU;
  int bit;

  for (; len; s++, len--)
    for (crc ^= (unsigned char)*s, bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320U : crc >> 1;
  return ~crc;
}

/* whatever is left over before and behind the pieces that are taken at once */
static int all_lengths(void)
{
  char s[100];
  size_t i, from, len;

  for (i = 0; i < sizeof s; i++) s[i] = (char)(i * 151 + 7);
  for (from = 0; from < 16; from++)
    for (len = 0; len <= sizeof s - from; len++)
      if (crc32_add(0, s + from, len) != plainly(s + from, len)) return 0;
  return 1;
}

int main(void)
{
  char s[] = "123456789", zeros[32] = { 0 };
  uint32_t whole = crc32_add(0, s, 9);
  unsigned int cut, bit, same = 0;

  check("the check value of the standard", whole == 0xcbf43926U);
  check("nothing", crc32_add(0, s, 0) == 0 && crc32_add(whole, s, 0) == whole);
  check("32 zero bytes", crc32_add(0, zeros, 32) == 0x190a55adU);
  check("all lengths, from everywhere", all_lengths());
  for (cut = 0; cut <= 9; cut++)
    if (crc32_add(crc32_add(0, s, cut), s + cut, 9 - cut) != whole) break;
  check("in two pieces, wherever cut", cut == 10);
  for (bit = 0; bit < 72; bit++) {
    s[bit / 8] = (char)(s[bit / 8] ^ 1 << bit % 8);
    same += crc32_add(0, s, 9) == whole;
    s[bit / 8] = (char)(s[bit / 8] ^ 1 << bit % 8);
  }
  check("every changed bit shows", !same);
  return unit_end();
}
