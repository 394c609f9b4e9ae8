/* ask.c - see ask.h */

#include <string.h>

#include "door/ask.h"
#include "door/replies.h"
#include "lib/msg/utf8.h"

#define VERSION 1
#define ALL 1                  /* bits of a request */
#define MORE 2

char const *const ask_states[ASK_STATES] = { "new", "due", "waiting", "held", "done", "damaged",
                                                  "unknown" };

static void pack_string(struct pack *p, char const *s, size_t max)
{
  pack_bytes(p, s, strlen(s), max);
}

/* "FROM" and the like come in this order */
static void pack_select(struct pack *p, struct ask_select const *s)
{
  pack_string(p, s->id, ASK_PATTERN_MAX);
  pack_string(p, s->from, ASK_PATTERN_MAX);
  pack_u64(p, s->older);
  pack_u64(p, s->newer);
  pack_u64(p, s->larger);
  pack_u64(p, s->smaller);
  pack_u32(p, s->states);
  pack_string(p, s->to, ASK_PATTERN_MAX);
  pack_string(p, s->domain, ASK_DOMAIN_MAX);
  pack_string(p, s->host, ASK_DOMAIN_MAX);
  pack_string(p, s->reply, ASK_PATTERN_MAX);
}

static void unpack_select(struct unpack *u, struct ask_select *s)
{
  unpack_string(u, s->id, ASK_PATTERN_MAX);
  unpack_string(u, s->from, ASK_PATTERN_MAX);
  s->older = unpack_u64(u);
  s->newer = unpack_u64(u);
  s->larger = unpack_u64(u);
  s->smaller = unpack_u64(u);
  s->states = unpack_u32(u);
  unpack_string(u, s->to, ASK_PATTERN_MAX);
  unpack_string(u, s->domain, ASK_DOMAIN_MAX);
  unpack_string(u, s->host, ASK_DOMAIN_MAX);
  unpack_string(u, s->reply, ASK_PATTERN_MAX);
  if (s->states >> ASK_STATES) u->bad = 1;
}

static int is_word(unsigned int c)
{
  return c && strchr("LMHRTXD", (int)c);
}

/* May it be for a domain? */
static int is_domain_word(enum ask_word w)
{
  return w == ASK_HOLD || w == ASK_RELEASE || w == ASK_RETRY;
}

static int request_ok(struct ask_request const *r)
{
  return is_word(r->word) && (!*r->domain || (is_domain_word(r->word) && !r->n && !r->all)) && (!r->more || r->n)
         && utf8_text(r->reason);
}

size_t ask_request_pack(struct ask_request const *r, char buf[ASK_PACKET_MAX])
{
  struct pack p = { .s = buf, .size = ASK_PACKET_MAX };
  uint32_t i;

  if (!request_ok(r) || r->n > ASK_IDS_MAX) return 0;
  pack_u8(&p, VERSION);
  pack_u8(&p, r->word);
  pack_u8(&p, (r->all ? ALL : 0U) | (r->more ? MORE : 0U));
  pack_string(&p, r->reason, ASK_REASON_MAX);
  pack_string(&p, r->domain, ASK_DOMAIN_MAX);
  pack_select(&p, &r->select);
  pack_u32(&p, r->n);
  for (i = 0; i < r->n; i++) pack_string(&p, r->id[i], ID_MAX);
  return p.bad ? 0 : p.len;
}

int ask_request_unpack(struct ask_request *r, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  unsigned int bits;
  uint32_t i;

  if (unpack_u8(&u) != VERSION) return 0;
  r->word = (enum ask_word)unpack_u8(&u);
  bits = unpack_u8(&u);
  r->all = (bits & ALL) != 0;
  r->more = (bits & MORE) != 0;
  unpack_string(&u, r->reason, ASK_REASON_MAX);
  unpack_string(&u, r->domain, ASK_DOMAIN_MAX);
  unpack_select(&u, &r->select);
  r->n = unpack_u32(&u);
  if (u.bad || bits & ~(ALL | MORE) || r->n > ASK_IDS_MAX) return 0;
  for (i = 0; i < r->n; i++) unpack_string(&u, r->id[i], ID_MAX);
  return unpack_done(&u) && request_ok(r);
}

/* --- answers */

void ask_answer_start(struct pack *p)
{
  pack_u8(p, VERSION);
}

int ask_answer_open(struct unpack *u)
{
  return unpack_u8(u) == VERSION && !u->bad;
}

static void pack_text(struct pack *p, struct ask_text const *t, size_t max)
{
  pack_bytes(p, t->s, t->len < max ? t->len : max, max);
}

static void unpack_text(struct unpack *u, struct ask_text *t, size_t max)
{
  t->s = unpack_bytes(u, &t->len, max);
}

static void pack_holder(struct pack *p, struct ask_holder const *h)
{
  pack_u64(p, (uint64_t)h->when);
  pack_u32(p, (uint32_t)h->uid);
  pack_text(p, &h->name, ASK_NAME_MAX);
  pack_text(p, &h->reason, ASK_REASON_MAX);
}

static void unpack_holder(struct unpack *u, struct ask_holder *h)
{
  h->when = (int64_t)unpack_u64(u);
  h->uid = (uid_t)unpack_u32(u);
  unpack_text(u, &h->name, ASK_NAME_MAX);
  unpack_text(u, &h->reason, ASK_REASON_MAX);
}

static void pack_message(struct pack *p, struct ask_item const *i)
{
  pack_string(p, i->id, ID_MAX);
  pack_u8(p, i->state);
  pack_u64(p, i->bytes);
  pack_u32(p, (uint32_t)i->uid);
  pack_u32(p, i->rcpts);
  pack_u32(p, i->tries);
  pack_u64(p, (uint64_t)i->next);
  pack_text(p, &i->address, ADDRESS_MAX);
  pack_holder(p, &i->held);
}

static void unpack_message(struct unpack *u, struct ask_item *i)
{
  unsigned int state;

  unpack_string(u, i->id, ID_MAX);
  state = unpack_u8(u);
  i->bytes = unpack_u64(u);
  i->uid = (uid_t)unpack_u32(u);
  i->rcpts = unpack_u32(u);
  i->tries = unpack_u32(u);
  i->next = (int64_t)unpack_u64(u);
  unpack_text(u, &i->address, ADDRESS_MAX);
  unpack_holder(u, &i->held);
  if (!id_ok(i->id) || state >= ASK_STATES) u->bad = 1;
  else i->state = (enum ask_state)state;
}

static void pack_waits(struct pack *p, struct waits const *w)
{
  struct ask_text domain = { w->domain, w->domain_len };

  pack_u8(p, w->wait);
  pack_u8(p, w->local != 0);
  pack_u64(p, (uint64_t)w->until);
  pack_u32(p, w->flights);
  pack_u32(p, w->limit);
  pack_text(p, &domain, ADDRESS_MAX);
}

static void unpack_waits(struct unpack *u, struct waits *w)
{
  unsigned int wait = unpack_u8(u), local = unpack_u8(u);

  w->local = local == 1;
  w->until = (int64_t)unpack_u64(u);
  w->flights = unpack_u32(u);
  w->limit = unpack_u32(u);
  w->domain = unpack_bytes(u, &w->domain_len, ADDRESS_MAX);
  if (wait >= WAITS || local > 1) u->bad = 1;
  else w->wait = (enum wait)wait;
}

static void pack_rcpt(struct pack *p, struct ask_item const *i)
{
  pack_u8(p, i->mark);
  pack_text(p, &i->address, ADDRESS_MAX);
  pack_u32(p, i->tries);
  pack_u64(p, (uint64_t)i->replied);
  pack_text(p, &i->reply, REPLY_TEXT_MAX);
  pack_waits(p, &i->waits);
  pack_holder(p, &i->held);
}

static void unpack_rcpt(struct unpack *u, struct ask_item *i)
{
  i->mark = (enum ask_mark)unpack_u8(u);
  unpack_text(u, &i->address, ADDRESS_MAX);
  i->tries = unpack_u32(u);
  i->replied = (int64_t)unpack_u64(u);
  unpack_text(u, &i->reply, REPLY_TEXT_MAX);
  unpack_waits(u, &i->waits);
  unpack_holder(u, &i->held);
  if (i->mark != ASK_TODO && i->mark != ASK_DELIVERED && i->mark != ASK_FAILED) u->bad = 1;
}

void ask_item_pack(struct pack *p, struct ask_item const *i)
{
  pack_u8(p, i->kind);
  switch (i->kind) {
    case ASK_MESSAGE: pack_message(p, i); break;
    case ASK_RCPT: pack_rcpt(p, i); break;
    case ASK_VERDICT:
      pack_string(p, i->id, ID_MAX);
      pack_u8(p, i->verdict);
      pack_text(p, &i->text, ASK_TEXT_MAX);
      break;
    case ASK_FOUND: pack_u32(p, i->found); break;
    case ASK_DOMAIN:
      pack_text(p, &i->address, ASK_DOMAIN_MAX);
      pack_holder(p, &i->held);
      break;
    case ASK_END:
      pack_u8(p, i->end);
      pack_text(p, &i->text, ASK_TEXT_MAX);
      break;
    default: p->bad = 1;
  }
}

int ask_item_unpack(struct unpack *u, struct ask_item *i)
{
  *i = (struct ask_item){ .kind = (enum ask_kind)unpack_u8(u) };
  switch (i->kind) {
    case ASK_MESSAGE: unpack_message(u, i); break;
    case ASK_RCPT: unpack_rcpt(u, i); break;
    case ASK_VERDICT:
      unpack_string(u, i->id, ID_MAX);
      i->verdict = (enum ask_verdict)unpack_u8(u);
      unpack_text(u, &i->text, ASK_TEXT_MAX);
      if (!i->verdict || !strchr("KGNAE", (int)i->verdict)) u->bad = 1;
      break;
    case ASK_FOUND: i->found = unpack_u32(u); break;
    case ASK_DOMAIN:
      unpack_text(u, &i->address, ASK_DOMAIN_MAX);
      unpack_holder(u, &i->held);
      break;
    case ASK_END:
      i->end = (enum ask_end)unpack_u8(u);
      unpack_text(u, &i->text, ASK_TEXT_MAX);
      if (!i->end || !strchr("KBZD", (int)i->end)) u->bad = 1;
      break;
    default: u->bad = 1;
  }
  return !u->bad;
}
