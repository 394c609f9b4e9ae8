/* base64.c - see base64.h */

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "auth/base64.h"

void base64_encode(char *out, unsigned char const *s, size_t len)
{
  EVP_EncodeBlock((unsigned char *)out, s, (int)len);
}

static size_t padding(char const *s, size_t len)
{
  return len && s[len - 1] == '=' ? 1 + (s[len - 2] == '=') : 0;
}

/* Three bytes of out, encoded again, are what they came from: OpenSSL's decoder passes over blanks at the ends, and
   takes what has bits behind the last byte. */
static int is_canonical(char const *s, size_t len, unsigned char const *out, size_t n)
{
  unsigned char block[5];
  size_t i, rest;
  int same = 1;

  for (i = 0; i < len / 4; i++) {
    rest = n - i * 3 < 3 ? n - i * 3 : 3;
    EVP_EncodeBlock(block, out + i * 3, (int)rest);
    same &= !CRYPTO_memcmp(block, s + i * 4, 4);
  }
  OPENSSL_cleanse(block, sizeof block);
  return same;
}

int base64_decode(char const *s, size_t s_len, unsigned char *out, size_t size, size_t *len)
{
  int n;

  if (s_len % 4 || s_len > INT_MAX || s_len / 4 * 3 > size) return 0;
  n = s_len ? EVP_DecodeBlock(out, (unsigned char const *)s, (int)s_len) : 0;
  if (n < 0 || (size_t)n != s_len / 4 * 3) return 0;
  *len = (size_t)n - padding(s, s_len);
  return is_canonical(s, s_len, out, *len);
}
