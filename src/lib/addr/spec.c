/* spec.c - see spec.h */

#include <string.h>

#include "lib/addr/spec.h"

static void append(struct spec *a, stralloc *sa, char const *s, size_t len)
{
  if (len && !stralloc_catb(sa, s, len)) a->nomem = 1;
}

static void bad(struct spec *a, char const *why)
{
  if (!a->why) a->why = why;
}

static int has_control(char const *s, size_t len)
{
  for (; len; s++, len--)
    if ((unsigned char)*s < 32 || *s == 127) return 1;
  return 0;
}

int spec_domain_ok(char const *s, size_t len)
{
  int literal = len > 1 && s[0] == '[' && s[len - 1] == ']';
  size_t i;

  if (literal) {
    s++;
    len -= 2;
  }
  if (!len && !literal) return 0;
  if (has_control(s, len)) return 0;
  for (i = 0; i < len; i++) {
    if (strchr(" ()<>[];@\\,\"", s[i])) return 0;
    if (!literal && (s[i] == ':' || (s[i] == '.' && (!i || i + 1 == len || s[i - 1] == '.')))) return 0;
  }
  return 1;
}

static int is_word(struct token const *t)
{
  return t->kind == TOKEN_ATOM || t->kind == TOKEN_QUOTED || t->kind == TOKEN_LITERAL;
}

/* user-@host-@[] is a sender that is to name each recipient: its last part is an empty literal */
static int is_verp(char const *s, struct token const *t)
{
  return t->kind == TOKEN_LITERAL && t->len == 2 && s[t->at] == '[';
}

/* One word, dot or @ of an address. 1 taken, 0 it is not part of this address, -1 wrong. */
static int take_token(struct spec *a, char const *s, struct token const *t, struct token const *before, int *at)
{
  stralloc *part = *at ? &a->domain : &a->local;

  if (t->kind == '@') {
    if (*at && !is_verp(s, t + 1)) return bad(a, "two @ in one address"), -1;
    if (*at) {
      append(a, &a->local, "@", 1);
      append(a, &a->local, a->domain.s, a->domain.len);
      a->domain.len = 0;
    }
    *at = 1;
    return 1;
  }
  if (t->kind == '.') return append(a, part, ".", 1), 1;
  if (!is_word(t)) return bad(a, t->kind == '>' ? "a > without its <" : "a < without its >"), -1;
  if (before && is_word(before)) {
    if (!t->space && t[-1].kind != TOKEN_COMMENT) return bad(a, "two words without a blank between them"), -1;
    return 0;
  }
  if (t->kind == (*at ? TOKEN_QUOTED : TOKEN_LITERAL)) return bad(a, "quotes or brackets in the wrong place"), -1;
  if (!token_value(part, s, t)) a->nomem = 1;
  return 1;
}

static void drop_end_dot(stralloc *sa)
{
  if (sa->len > 1 && sa->s[sa->len - 1] == '.') sa->len--;
}

size_t spec_read(struct spec *a, char const *s, struct token const *t, size_t from, size_t to)
{
  struct token const *before = 0;
  size_t i = from;
  int at = 0, r = 1;

  a->local.len = a->domain.len = 0;
  a->found = 0;
  a->why = 0;
  while (i < to && t[i].kind == TOKEN_COMMENT) i++;
  if (i == to) return to;
  if (t[i].kind == '@' || t[i].kind == '.') i++;
  for (; i < to; i++) {
    if (t[i].kind == TOKEN_COMMENT) continue;
    r = take_token(a, s, t + i, before, &at);
    if (r != 1) break;
    before = t + i;
  }
  if (r == -1) return to;
  drop_end_dot(at ? &a->domain : &a->local);
  if (!a->local.len) bad(a, "no address where one must be");
  else if (has_control(a->local.s, a->local.len)) bad(a, "a control character");
  else a->found = 1;
  return i;
}
