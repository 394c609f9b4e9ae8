/* base64.c - see base64.h */

#include <stdint.h>

#include "lib/smtp/base64.h"

void base64_text(char *out, char const *s, size_t len)
{
  static char const digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t i, j;

  for (i = 0; i < len; i += 3) {
    uint32_t three = 0;
    for (j = 0; j < 3; j++) three = three << 8 | (i + j < len ? (unsigned char)s[i + j] : 0);
    for (j = 0; j < 4; j++) *out++ = i + j <= len ? digits[three >> (18 - 6 * j) & 63] : '=';
  }
  *out = 0;
}
