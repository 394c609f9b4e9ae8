/* base64.c - the examples of RFC 4648 section 10, every digit, and what is none */

#include <stdio.h>
#include <string.h>

#include "lib/smtp/base64.h"
#include "unit.h"

static int is(char const *s, size_t len, char const *want)
{
  char out[BASE64_SIZE(64)];

  base64_encode(out, s, len);
  return !strcmp(out, want) && strlen(want) + 1 == BASE64_SIZE(len);
}

static int comes(char const *s, char const *to)
{
  char out[64];
  size_t n;

  return base64_decode(s, strlen(s), out, sizeof out, &n) && n == strlen(to) && !memcmp(out, to, n);
}

static void back(void)
{
  static char const *const bad[] = { "a", "ab", "abc", "YQ", "YQ=", "Y===", "====", "YR==", "YWJ=", "YQ== ", " YQ==",
                                     "YQ==\n", "Y Q=", "YQ==YQ==", "YQ-_", "YW.j", "YQ=a", "=", "==" };
  char name[64], out[64];
  size_t i, n;

  check("nothing", comes("", ""));
  check("one, two, three bytes", comes("Zg==", "f") && comes("Zm8=", "fo") && comes("Zm9v", "foo"));
  check("more", comes("Zm9vYmFy", "foobar") && comes("Zm9vYmE=", "fooba") && comes("//4=", "\xff\xfe"));
  for (i = 0; i < sizeof bad / sizeof *bad; i++) {
    snprintf(name, sizeof name, "not base64: '%s'", bad[i]);
    check(name, !base64_decode(bad[i], strlen(bad[i]), out, sizeof out, &n));
  }
  check("a NUL byte", !base64_decode("YQ\0=", 4, out, sizeof out, &n));
  check("just room", base64_decode("YWI=", 4, out, 2, &n) && n == 2 && base64_decode("", 0, out, 0, &n) && !n);
  check("no room", !base64_decode("YWJj", 4, out, 2, &n));
}

int main(void)
{
  static char const all[] = "\0\x10\x83\x10\x51\x87\x20\x92\x8b\x30\xd3\x8f\x41\x14\x93\x51\x55\x97\x61\x96\x9b\x71\xd7\x9f\x82\x18\xa3\x92"
                            "\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf\xc3\x1c\xb3\xd3\x5d\xb7\xe3\x9e\xbb\xf3\xdf\xbf";

  check("RFC 4648", is("", 0, "") && is("f", 1, "Zg==") && is("fo", 2, "Zm8=") && is("foo", 3, "Zm9v")
        && is("foob", 4, "Zm9vYg==") && is("fooba", 5, "Zm9vYmE=") && is("foobar", 6, "Zm9vYmFy"));
  check("all digits", is(all, 48, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"));
  check("bytes over 127", is("\xff\xfe", 2, "//4="));
  back();
  return unit_end();
}
