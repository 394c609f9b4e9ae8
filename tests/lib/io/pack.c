/* pack.c - records: what goes in comes out, and nothing leaves its buffer */

#include <string.h>

#include "lib/io/pack.h"
#include "unit.h"

int main(void)
{
  char buf[64], s[9];
  struct pack p = { .s = buf, .size = sizeof buf };
  struct unpack u;
  size_t len, cut;

  pack_u8(&p, 7);
  pack_u32(&p, 0x80000001U);
  pack_u64(&p, 0x8000000000000001ULL);
  pack_bytes(&p, "abc", 3, 8);
  check("pack fits", !p.bad && p.len == 1 + 4 + 8 + 4 + 3);
  u = (struct unpack){ .s = buf, .len = p.len };
  check("integers come back", unpack_u8(&u) == 7 && unpack_u32(&u) == 0x80000001U
        && unpack_u64(&u) == 0x8000000000000001ULL);
  unpack_string(&u, s, 8);
  check("string comes back", !strcmp(s, "abc") && unpack_done(&u));

  for (cut = 0; cut < p.len; cut++) {
    u = (struct unpack){ .s = buf, .len = cut };
    unpack_u8(&u);
    unpack_u32(&u);
    unpack_u64(&u);
    unpack_string(&u, s, 8);
    if (unpack_done(&u)) break;
  }
  check("every truncation is bad", cut == p.len);

  u = (struct unpack){ .s = "\0\0\0\377abc", .len = 7 };
  unpack_bytes(&u, &len, 1000);
  check("a length beyond the record is bad", u.bad && !len);
  u = (struct unpack){ .s = "\0\0\0\003abc", .len = 7 };
  unpack_bytes(&u, &len, 2);
  check("a length beyond the bound is bad", u.bad && !len);
  u = (struct unpack){ .s = "\0\0\0\003a\0c", .len = 7 };
  unpack_string(&u, s, 8);
  check("a NUL inside a string is bad", u.bad && !*s);

  p = (struct pack){ .s = buf, .size = 6 };
  pack_bytes(&p, "abc", 3, 8);
  check("too much for the buffer is bad", p.bad && p.len <= 6);
  p = (struct pack){ .s = buf, .size = sizeof buf };
  pack_bytes(&p, "abc", 3, 2);
  check("too much for the bound is bad", p.bad);
  return unit_end();
}
