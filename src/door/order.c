/* order.c - see order.h */

#include <string.h>

#include "door/order.h"
#include "lib/msg/utf8.h"

#define VERSION 1

int desk_domain_ok(char const *s)
{
  size_t len = strlen(s);

  return len && len <= DESK_DOMAIN_MAX && utf8_text(s) && !strpbrk(s, " @ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static int about_domains(enum desk_word w)
{
  return w == DESK_HOLD || w == DESK_RELEASE || w == DESK_RETRY;
}

static int about_messages(enum desk_word w)
{
  return about_domains(w) || w == DESK_EXPIRE || w == DESK_DELETE;
}

static int sound(struct desk_order const *o)
{
  uint32_t i;

  if (!utf8_text(o->name) || !utf8_text(o->reason)) return 0;
  if (o->word == DESK_COMMIT) return !o->n && !*o->domain;
  if (*o->domain) return !o->n && about_domains(o->word) && desk_domain_ok(o->domain);
  for (i = 0; i < o->n; i++)
    if (!id_ok(o->id[i])) return 0;
  return o->n && about_messages(o->word);
}

static void put_string(struct pack *p, char const *s, size_t max)
{
  pack_bytes(p, s, strlen(s), max);
}

void desk_order_put(struct pack *p, struct desk_order const *o)
{
  uint32_t i;

  if (o->n > DESK_IDS || !sound(o)) {
    p->bad = 1;
    return;
  }
  pack_u8(p, o->word);
  pack_u32(p, o->uid);
  put_string(p, o->name, DESK_NAME_MAX);
  put_string(p, o->reason, DESK_REASON_MAX);
  put_string(p, o->domain, DESK_DOMAIN_MAX);
  pack_u32(p, o->n);
  for (i = 0; i < o->n; i++) put_string(p, o->id[i], ID_MAX);
}

int desk_order_take(struct unpack *u, struct desk_order *o)
{
  uint32_t i;

  o->number = 0;
  o->word = (enum desk_word)unpack_u8(u);
  o->uid = unpack_u32(u);
  unpack_string(u, o->name, DESK_NAME_MAX);
  unpack_string(u, o->reason, DESK_REASON_MAX);
  unpack_string(u, o->domain, DESK_DOMAIN_MAX);
  o->n = unpack_u32(u);
  if (u->bad || o->n > DESK_IDS) return 0;
  for (i = 0; i < o->n; i++) unpack_string(u, o->id[i], ID_MAX);
  return !u->bad && sound(o);
}

size_t desk_order_pack(struct desk_order const *o, char buf[DESK_ORDER_MAX])
{
  struct pack p = { .s = buf, .size = DESK_ORDER_MAX };

  pack_u8(&p, VERSION);
  pack_u32(&p, o->number);
  desk_order_put(&p, o);
  return p.bad ? 0 : p.len;
}

int desk_order_unpack(struct desk_order *o, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  uint32_t number;

  if (unpack_u8(&u) != VERSION) return 0;
  number = unpack_u32(&u);
  if (!desk_order_take(&u, o) || !unpack_done(&u)) return 0;
  o->number = number;
  return 1;
}

static int verdict_ok(char v)
{
  return v == VERDICT_NOTED || v == VERDICT_GONE || v == VERDICT_NOT_NOW || v == VERDICT_ERROR;
}

static int answer_sound(struct desk_answer const *a)
{
  uint32_t i;

  for (i = 0; i < a->n; i++)
    if (!verdict_ok(a->verdict[i])) return 0;
  return a->n && (a->word == DESK_COMMIT || about_messages(a->word)) && utf8_text(a->why);
}

size_t desk_answer_pack(struct desk_answer const *a, char buf[DESK_ANSWER_MAX])
{
  struct pack p = { .s = buf, .size = DESK_ANSWER_MAX };

  if (a->n > DESK_IDS || !answer_sound(a)) return 0;
  pack_u8(&p, VERSION);
  pack_u32(&p, a->number);
  pack_u8(&p, a->word);
  pack_bytes(&p, a->verdict, a->n, DESK_IDS);
  put_string(&p, a->why, DESK_WHY_MAX);
  return p.bad ? 0 : p.len;
}

int desk_answer_unpack(struct desk_answer *a, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  char const *verdict;
  size_t n;

  if (unpack_u8(&u) != VERSION) return 0;
  a->number = unpack_u32(&u);
  a->word = (enum desk_word)unpack_u8(&u);
  verdict = unpack_bytes(&u, &n, DESK_IDS);
  memcpy(a->verdict, verdict, n);
  a->n = (uint32_t)n;
  unpack_string(&u, a->why, DESK_WHY_MAX);
  return unpack_done(&u) && answer_sound(a);
}
