/* body.c - see body.h */

#include <string.h>

#include "in/body.h"

static char const received[] = "received:", delivered[] = "delivered-to:";

void body_start(struct body *b, enum body_kind kind, void (*sink)(void *, char const *, size_t), void *to)
{
  *b = (struct body){ .kind = kind, .state = BODY_START, .sink = sink, .to = to };
}

static int begins(struct body const *b, char const *name, size_t len)
{
  return b->name_len >= len && !memcmp(b->name, name, len);
}

/* counts hops (RFC 5321 6.3) until the first empty line */
static void header(struct body *b, char const *s, size_t len)
{
  for (; len && !b->in_body; s++, len--) {
    if (*s == '\n') {
      if (!b->name_len) b->in_body = 1;
      b->hops += begins(b, received, sizeof received - 1) || begins(b, delivered, sizeof delivered - 1);
      b->name_len = 0;
    }
    else if (b->name_len < sizeof b->name)
      b->name[b->name_len++] = *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s;
  }
}

static void emit(struct body *b, char const *s, size_t len)
{
  if (b->bad) return;
  b->bytes += len;
  if (!b->in_body) header(b, s, len);
  b->sink(b->to, s, len);
}

/* within a line, or at the start of one with no dot */
static void text(struct body *b, char c)
{
  b->state = BODY_TEXT;
  if (c == '\r') b->state = BODY_CR;
  else if (c == '\n' || !c) b->bad = 1;
  else emit(b, &c, 1);
}

/* CR LF has been read */
static void line_end(struct body *b)
{
  b->pairs++;
  b->state = BODY_START;
}

static void step(struct body *b, char c)
{
  switch (b->state) {
    case BODY_START:
      if (c == '.' && b->kind == BODY_DOTS) b->state = BODY_DOT;
      else text(b, c);
      break;
    case BODY_DOT:
      if (c == '\r') b->state = BODY_DOTCR;
      else text(b, c);
      break;
    case BODY_DOTCR:
      if (c == '\n') {
        b->state = BODY_END;
        break;
      }
      b->bad = 1;
      text(b, c);
      break;
    case BODY_CR:
      if (c == '\n') {
        emit(b, &c, 1);
        line_end(b);
        break;
      }
      b->bad = 1;
      text(b, c);
      break;
    default: text(b, c);
  }
}

static size_t plain(char const *s, size_t len)
{
  size_t n = 0;

  while (n < len && s[n] != '\r' && s[n] != '\n' && s[n]) n++;
  return n;
}

/* the common case, whole lines or large parts of them at once; 0: a byte that takes a step */
static size_t run(struct body *b, char *s, size_t len)
{
  size_t n;

  if (b->state != BODY_TEXT && (b->state != BODY_START || (*s == '.' && b->kind == BODY_DOTS))) return 0;
  n = plain(s, len);
  if (!n) return 0;
  if (n + 1 < len && s[n] == '\r' && s[n + 1] == '\n') {
    s[n] = '\n';
    emit(b, s, n + 1);
    line_end(b);
    return n + 2;
  }
  emit(b, s, n);
  b->state = BODY_TEXT;
  return n;
}

static size_t lines(struct body *b, char const *s, size_t len)
{
  if (memchr(s, '\r', len) || memchr(s, 0, len)) b->bad = 1;
  emit(b, s, len);
  return len;
}

size_t body_feed(struct body *b, char *s, size_t len)
{
  size_t used = 0;

  if (b->kind == BODY_LF) return lines(b, s, len);
  while (used < len && b->state != BODY_END) {
    size_t n = run(b, s + used, len - used);
    if (!n) step(b, s[used++]);
    used += n;
  }
  return used;
}

uint64_t body_size(struct body const *b)
{
  return b->bytes + b->pairs;
}

void body_end(struct body *b)
{
  if (b->state == BODY_CR) b->bad = 1;
}
