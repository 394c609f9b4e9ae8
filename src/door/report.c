/* report.c - see report.h */

#include <string.h>

#include "door/report.h"
#include "lib/io/pack.h"

#define VERSION 3
#define VERSION_TLS 4           /* of a session that has something in tls: the only one with that field */

static int result_ok(unsigned int r)
{
  return r == RESULT_DONE || r == RESULT_LATER || r == RESULT_FAILED;
}

static int has_own(struct report_rcpt const *c)
{
  return c->from || c->to || c->cut || c->words_len;
}

/* Behind all results, where any has something of the site's own. */
static void pack_own(struct pack *p, struct report const *r)
{
  uint32_t i;

  for (i = 0; i < r->n && !has_own(r->rcpt + i); i++);
  if (i == r->n) return;
  for (i = 0; i < r->n; i++) {
    struct report_rcpt const *c = r->rcpt + i;
    pack_u32(p, c->from);
    pack_u32(p, c->to);
    pack_u32(p, c->cut);
    pack_bytes(p, c->words_len ? c->words : "", c->words_len, REPORT_WORDS_MAX);
  }
}

/* It is there only where it says something. */
static int unpack_own(struct unpack *u, struct report *r)
{
  uint32_t i;
  int some = 0;

  for (i = 0; i < r->n; i++) {
    struct report_rcpt *c = r->rcpt + i;
    c->from = unpack_u32(u);
    c->to = unpack_u32(u);
    c->cut = unpack_u32(u);
    c->words = unpack_bytes(u, &c->words_len, REPORT_WORDS_MAX);
    if (u->bad || memchr(c->words, 0, c->words_len)) return 0;
    if (c->cut > c->text_len || c->to > c->text_len - c->cut || c->from > c->to) return 0;
    some |= has_own(c);
  }
  return some;
}

size_t report_told(struct report_rcpt const *c, char told[TEXT_MAX])
{
  size_t room = TEXT_MAX - c->from, words = c->words_len < room ? c->words_len : room;
  size_t rest = c->text_len - c->cut - c->to;

  if (rest > room - words) rest = room - words;
  memcpy(told, c->text, c->from);
  if (words) memcpy(told + c->from, c->words, words);
  memcpy(told + c->from + words, c->text + c->to, rest);
  return c->from + words + rest;
}

size_t report_pack(struct report const *r, char buf[PACKET_MAX])
{
  struct pack p = { .s = buf, .size = PACKET_MAX };
  uint32_t i;

  if (r->n > JOB_RCPTS_MAX) return 0;
  pack_u8(&p, *r->tls ? VERSION_TLS : VERSION);
  pack_u32(&p, r->number);
  pack_u8(&p, r->flags);
  pack_bytes(&p, r->relay, strlen(r->relay), REPORT_RELAY_MAX);
  if (*r->tls) pack_bytes(&p, r->tls, strlen(r->tls), REPORT_TLS_MAX);
  pack_u64(&p, r->key);
  pack_u32(&p, r->n);
  for (i = 0; i < r->n; i++) {
    if (!result_ok(r->rcpt[i].result)) return 0;
    pack_u32(&p, r->rcpt[i].position);
    pack_u8(&p, r->rcpt[i].result);
    pack_u8(&p, r->rcpt[i].unasked);
    pack_bytes(&p, r->rcpt[i].text, r->rcpt[i].text_len, TEXT_MAX);
  }
  pack_own(&p, r);
  return p.bad ? 0 : p.len;
}

int report_unpack(struct report *r, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  unsigned int version = unpack_u8(&u);
  uint32_t i;

  if (version != VERSION && version != VERSION_TLS) return 0;
  r->number = unpack_u32(&u);
  r->flags = unpack_u8(&u);
  unpack_string(&u, r->relay, REPORT_RELAY_MAX);
  r->tls[0] = 0;
  if (version == VERSION_TLS) unpack_string(&u, r->tls, REPORT_TLS_MAX);
  if (version == VERSION_TLS && !*r->tls) return 0;
  r->key = unpack_u64(&u);
  r->n = unpack_u32(&u);
  if (u.bad || r->n > JOB_RCPTS_MAX) return 0;
  for (i = 0; i < r->n; i++) {
    struct report_rcpt *c = r->rcpt + i;
    unsigned int result;
    c->position = unpack_u32(&u);
    result = unpack_u8(&u);
    c->unasked = unpack_u8(&u);
    c->text = unpack_bytes(&u, &c->text_len, TEXT_MAX);
    if (!result_ok(result) || c->unasked > 1 || memchr(c->text, 0, c->text_len)) return 0;
    *c = (struct report_rcpt){ c->position, (enum result)result, c->unasked, c->text, c->text_len, 0, 0, 0, 0, 0 };
  }
  if (!u.bad && u.pos < u.len && !unpack_own(&u, r)) return 0;
  return unpack_done(&u);
}

void report_all(struct report *r, uint32_t number, uint32_t n, enum result result, char const *text)
{
  size_t len = strlen(text);
  uint32_t i;

  if (len > TEXT_MAX) len = TEXT_MAX;
  r->number = number;
  r->flags = 0;
  r->relay[0] = r->tls[0] = 0;
  r->key = 0;
  r->n = n > JOB_RCPTS_MAX ? JOB_RCPTS_MAX : n;
  for (i = 0; i < r->n; i++)
    r->rcpt[i] = (struct report_rcpt){ .position = i, .result = result, .text = text, .text_len = len };
}
