/* base64.c - see base64.h */

#include <stdint.h>
#include <string.h>

#include "lib/smtp/base64.h"

#define DIGITS 64

static char const digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(char *out, void const *bytes, size_t len)
{
  unsigned char const *s = bytes;
  size_t i, j;

  for (i = 0; i < len; i += 3) {
    uint32_t three = 0;
    for (j = 0; j < 3; j++) three = three << 8 | (i + j < len ? s[i + j] : 0);
    for (j = 0; j < 4; j++) *out++ = i + j <= len ? digits[three >> (18 - 6 * j) & 63] : '=';
  }
  *out = 0;
}

/* Four characters, of which the last pad are no digits. 1 with the bytes, the first in the highest place; or 0. */
static int take(uint32_t *bytes, char const *s, size_t pad)
{
  size_t i;

  *bytes = 0;
  for (i = 0; i < 4; i++) {
    char const *digit = i < 4 - pad ? memchr(digits, s[i], DIGITS) : digits;
    if (!digit) return 0;
    *bytes = *bytes << 6 | (uint32_t)(digit - digits);
  }
  return 1;
}

int base64_decode(char const *s, size_t s_len, void *out, size_t size, size_t *len)
{
  size_t pad = s_len > 1 && s[s_len - 1] == '=' ? 1 + (s[s_len - 2] == '=') : 0, i, j;
  unsigned char *to = out;

  if (s_len % 4 || s_len / 4 * 3 - pad > size) return 0;
  *len = s_len / 4 * 3 - pad;
  for (i = 0; i < s_len; i += 4) {
    size_t here = i + 4 == s_len ? pad : 0;
    uint32_t bytes;
    if (!take(&bytes, s + i, here)) return 0;
    for (j = 0; j < 3 - here; j++) *to++ = bytes >> (16 - 8 * j) & 0xff;
    if (bytes & ((1U << 8 * here) - 1)) return 0;       /* bits behind the last byte */
  }
  return 1;
}
