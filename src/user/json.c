/* json.c - see json.h */

#include <stdio.h>
#include <string.h>

#include "lib/msg/utf8.h"
#include "user/json.h"

static int first = 1;           /* of its object or list */

static void name_of(char const *name)
{
  if (!first) putchar(',');
  first = 0;
  if (name) printf("\"%s\":", name);
}

void json_open(char const *name, char bracket)
{
  name_of(name);
  putchar(bracket);
  first = 1;
}

void json_close(char bracket)
{
  putchar(bracket);
  first = 0;
}

void json_line(void)
{
  putchar('\n');
  first = 1;
}

/* One character at s, of len bytes: how many it has; 0 when it is none. */
static size_t character(char const *s, size_t len, uint32_t *point)
{
  char part[5] = "";

  *point = 0;
  if (!*s) return 1;
  memcpy(part, s, len < 4 ? len : 4);
  return utf8_next(part, point);
}

/* Of no width of its own: it turns the direction of what follows, ends a line, or hides. */
static int is_format(uint32_t c)
{
  return c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f)
         || c == 0xfeff;
}

static void put(char const *s, size_t n, uint32_t c)
{
  if (!n) fputs("\\ufffd", stdout);
  else if (c < 32 || c == 127 || c == '"' || c == '\\' || is_format(c)) printf("\\u%04x", (unsigned int)c);
  else fwrite(s, 1, n, stdout);
}

static void put_hex(char const *name, char const *s, size_t len)
{
  printf(",\"%s_hex\":\"", name);
  for (; len; s++, len--) printf("%02x", (unsigned char)*s);
  putchar('"');
}

void json_text(char const *name, char const *s, size_t len)
{
  size_t at = 0, n;
  uint32_t c;
  int sound = 1;

  name_of(name);
  putchar('"');
  for (; at < len; at += n ? n : 1) {
    n = character(s + at, len - at, &c);
    sound &= n != 0;
    put(s + at, n, c);
  }
  putchar('"');
  if (!sound) put_hex(name, s, len);
}

void json_number(char const *name, uint64_t u)
{
  name_of(name);
  printf("%llu", (unsigned long long)u);
}

void json_null(char const *name)
{
  name_of(name);
  fputs("null", stdout);
}
