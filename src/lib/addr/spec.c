/* spec.c - see spec.h */

#include <string.h>

#include "lib/addr/spec.h"
#include "lib/msg/utf8.h"

static void append(struct spec *a, stralloc *sa, char const *s, size_t len)
{
  if (len && !stralloc_catb(sa, s, len)) a->nomem = 1;
}

static void bad(struct spec *a, char const *why)
{
  if (!a->why) a->why = why;
}

/* What is copied with an address and not seen, as blanks and marks of direction, or is read as a quote, bracket, dot,
   comma or @ of ASCII, as those of word processors and of full width: no part of the address that a reader sees. */
static int misleads(uint32_t point)
{
  static struct { uint32_t first, last; } const ranges[] = {
    { 0xa0, 0xa0 }, { 0xab, 0xab }, { 0xad, 0xad }, { 0xbb, 0xbb }, { 0x1680, 0x1680 }, { 0x180e, 0x180e },
    { 0x2000, 0x206f }, { 0x3000, 0x3002 }, { 0x3008, 0x3011 }, { 0x3014, 0x301f }, { 0xfe50, 0xfe6b },
    { 0xfeff, 0xfeff }, { 0xff01, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff64 },
    { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f }
  };
  size_t i;

  for (i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (point >= ranges[i].first && point <= ranges[i].last) return 1;
  return 0;
}

/* No control characters, and beyond ASCII only what is seen as what it is. */
static int is_clean(char const *s, size_t len)
{
  size_t i = 0;

  while (i < len) {
    char one[5] = { 0 };        /* as a string, since s has no NUL at its end */
    uint32_t point;
    size_t n;
    memcpy(one, s + i, len - i < 4 ? len - i : 4);
    n = utf8_next(one, &point);
    if (!n || point < 32 || point == 127 || misleads(point)) return 0;
    i += n;
  }
  return 1;
}

int spec_local_ok(char const *s, size_t len)
{
  return len && is_clean(s, len);
}

static int in_name(char c)
{
  return (unsigned char)c > 127 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || c == '-' || c == '_';
}

int spec_domain_ok(char const *s, size_t len)
{
  size_t i;

  if (!len || len > SPEC_DOMAIN_MAX || !is_clean(s, len)) return 0;
  if (len > 1 && s[0] == '[' && s[len - 1] == ']') {
    for (i = 1; i + 1 < len; i++)
      if (strchr(" ()<>[];@\\,\"", s[i])) return 0;
    return 1;
  }
  for (i = 0; i < len; i++)
    if (!in_name(s[i]) && (s[i] != '.' || !i || i + 1 == len || s[i - 1] == '.')) return 0;
  return 1;
}

static int is_word(struct token const *t)
{
  return t->kind == TOKEN_ATOM || t->kind == TOKEN_QUOTED || t->kind == TOKEN_LITERAL || t->kind == TOKEN_ENCODED;
}

/* user-@host-@[] is a sender that is to name each recipient: its last part is an empty literal */
static int is_verp(char const *s, struct token const *t)
{
  return t->kind == TOKEN_LITERAL && t->len == 2 && s[t->at] == '[';
}

static char const *misplaced(char kind)
{
  switch (kind) {
    case '>': return "a > without its <";
    case '<': return "a < without its >";
    case ':': return "a : in an address";
    default: return "a , or ; in an address";
  }
}

static int take_at(struct spec *a, char const *s, struct token const *t)
{
  if (a->has_at && !is_verp(s, t + 1)) return bad(a, "two @ in one address"), -1;
  if (a->has_at) {
    append(a, &a->local, "@", 1);
    append(a, &a->local, a->domain.s, a->domain.len);
    a->domain.len = 0;
  }
  a->has_at = 1;
  return 1;
}

/* One word, dot or @ of an address. 1 taken, 0 it is not part of this address, -1 wrong. */
static int take_token(struct spec *a, char const *s, struct token const *t, struct token const *before)
{
  stralloc *part = a->has_at ? &a->domain : &a->local;

  if (t->kind == '@') return take_at(a, s, t);
  if (t->kind == '.') return append(a, part, ".", 1), 1;
  if (!is_word(t)) return bad(a, misplaced(t->kind)), -1;
  if (before && is_word(before)) {
    if (!t->space && t[-1].kind != TOKEN_COMMENT) return bad(a, "two words without a blank between them"), -1;
    return 0;
  }
  if (t->kind == TOKEN_ENCODED || (t->kind == TOKEN_ATOM && t->len > 1 && !memcmp(s + t->at, "=?", 2)))
    return bad(a, "an encoded word in the place of an address"), -1;
  if (t->kind == (a->has_at ? TOKEN_QUOTED : TOKEN_LITERAL)) return bad(a, "quotes or brackets in the wrong place"), -1;
  if (!token_value(part, s, t)) a->nomem = 1;
  return 1;
}

/* Is what was read one whole address? */
static void judge(struct spec *a)
{
  if (a->domain.len > 1 && a->domain.s[a->domain.len - 1] == '.') a->domain.len--;
  if (!a->local.len) bad(a, a->has_at ? "an @ with nothing before it" : "no address where one must be");
  else if (a->has_at && !a->domain.len) bad(a, "an @ with nothing behind it");
  else if (!a->has_at && memchr(a->local.s, '@', a->local.len)) bad(a, "an address that is all in quotes");
  else if (a->local.len == 1 && a->local.s[0] == '.') bad(a, "no address where one must be");
  else if (!spec_local_ok(a->local.s, a->local.len)) bad(a, "a character that no address may have");
  else a->found = 1;
}

size_t spec_read(struct spec *a, char const *s, struct token const *t, size_t from, size_t to)
{
  struct token const *before = 0;
  size_t i = from;
  int r = 1;

  a->local.len = a->domain.len = 0;
  a->found = a->has_at = 0;
  a->why = 0;
  while (i < to && t[i].kind == TOKEN_COMMENT) i++;
  if (i == to) return to;
  for (a->first = a->last = a->word = i; i < to; i++) {
    if (t[i].kind == TOKEN_COMMENT) continue;
    r = take_token(a, s, t + i, before);
    if (r != 1) break;
    before = t + i;
    a->last = i;
    if (is_word(t + i)) a->word = i;
  }
  if (r == -1) return to;
  judge(a);
  return i;
}
