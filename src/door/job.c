/* job.c - see job.h */

#include <string.h>

#include "door/job.h"
#include "lib/io/pack.h"

#define ORDER_VERSION 2
#define JOB_VERSION 3

static int sane(enum job_kind kind, uint32_t n, uint32_t bounce, char const *id)
{
  if (n < 1 || n > JOB_RCPTS_MAX || !id_ok(id)) return 0;
  if (kind == JOB_LOCAL) return n == 1 && !bounce;
  if (kind == JOB_REMOTE) return !bounce;
  return kind == JOB_BOUNCE && bounce;
}

int job_action_ok(unsigned int a)
{
  return a == ACTION_FAILED || a == ACTION_DELIVERED || a == ACTION_RELAYED || a == ACTION_DELAYED;
}

/* At the end of a record, when there is one. */
static void pack_rest(struct pack *p, uint32_t rest)
{
  if (rest) pack_u32(p, rest);
}

static uint32_t unpack_rest(struct unpack *u)
{
  uint32_t rest;

  if (unpack_done(u)) return 0;
  rest = unpack_u32(u);
  if (!rest) u->bad = 1;        /* it would not be there */
  return rest;
}

size_t order_pack(struct order const *o, char buf[PACKET_MAX])
{
  struct pack p = { .s = buf, .size = PACKET_MAX };
  uint32_t i;

  if (!sane(o->kind, o->n, o->bounce, o->id)) return 0;
  pack_u8(&p, ORDER_VERSION);
  pack_u32(&p, o->number);
  pack_u8(&p, o->kind);
  pack_u32(&p, o->bounce);
  pack_bytes(&p, o->id, strlen(o->id), ID_MAX);
  pack_u32(&p, o->n);
  for (i = 0; i < o->n; i++) {
    if (!job_action_ok(o->rcpt[i].action)) return 0;
    pack_u32(&p, o->rcpt[i].index);
    pack_u8(&p, o->rcpt[i].action);
    pack_bytes(&p, o->rcpt[i].text, o->rcpt[i].text_len, TEXT_MAX);
  }
  pack_rest(&p, o->rest);
  return p.bad ? 0 : p.len;
}

int order_unpack(struct order *o, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  uint32_t i;

  if (unpack_u8(&u) != ORDER_VERSION) return 0;
  o->number = unpack_u32(&u);
  o->kind = (enum job_kind)unpack_u8(&u);
  o->bounce = unpack_u32(&u);
  unpack_string(&u, o->id, ID_MAX);
  o->n = unpack_u32(&u);
  if (u.bad || !sane(o->kind, o->n, o->bounce, o->id)) return 0;
  for (i = 0; i < o->n; i++) {
    unsigned int action;
    o->rcpt[i].index = unpack_u32(&u);
    action = unpack_u8(&u);
    if (!job_action_ok(action)) return 0;
    o->rcpt[i].action = (enum action)action;
    o->rcpt[i].text = unpack_bytes(&u, &o->rcpt[i].text_len, TEXT_MAX);
  }
  o->rest = unpack_rest(&u);
  return unpack_done(&u);
}

/* a string with its NUL, so that the reader can point into the record */
static void pack_text(struct pack *p, char const *s, size_t max)
{
  pack_bytes(p, s, strlen(s) + 1, max + 1);
}

static char const *unpack_text(struct unpack *u, size_t max)
{
  size_t len;
  char const *s = unpack_bytes(u, &len, max + 1);

  if (!u->bad && len && memchr(s, 0, len) == s + len - 1) return s;
  u->bad = 1;
  return "";
}

static void pack_params(struct pack *p, struct param_run run)
{
  pack_bytes(p, run.s, run.len, PARAM_RUN_MAX);
  p->bad |= !param_run_ok(run);
}

static struct param_run unpack_params(struct unpack *u)
{
  struct param_run run;

  run.s = unpack_bytes(u, &run.len, PARAM_RUN_MAX);
  if (u->bad || !param_run_ok(run)) {
    u->bad = 1;
    run = (struct param_run){ "", 0 };
  }
  return run;
}

size_t job_pack(struct job const *j, char buf[PACKET_MAX])
{
  struct pack p = { .s = buf, .size = PACKET_MAX };
  uint32_t i;

  if (!sane(j->kind, j->n, j->bounce, j->id)) return 0;
  pack_u8(&p, JOB_VERSION);
  pack_u32(&p, j->number);
  pack_u8(&p, j->kind);
  pack_u32(&p, j->bounce);
  pack_bytes(&p, j->id, strlen(j->id), ID_MAX);
  pack_u64(&p, j->bytes);
  pack_text(&p, j->sender, ADDRESS_MAX);
  pack_params(&p, j->params);
  pack_u32(&p, j->n);
  for (i = 0; i < j->n; i++) {
    struct job_rcpt const *r = j->rcpt + i;
    if (!job_action_ok(r->action)) return 0;
    pack_text(&p, r->address, ADDRESS_MAX);
    pack_text(&p, r->text, TEXT_MAX);
    pack_u8(&p, r->action);
    pack_params(&p, r->params);
  }
  pack_rest(&p, j->rest);
  return p.bad ? 0 : p.len;
}

int job_unpack(struct job *j, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  uint32_t i;

  if (unpack_u8(&u) != JOB_VERSION) return 0;
  j->number = unpack_u32(&u);
  j->kind = (enum job_kind)unpack_u8(&u);
  j->bounce = unpack_u32(&u);
  unpack_string(&u, j->id, ID_MAX);
  j->bytes = unpack_u64(&u);
  j->sender = unpack_text(&u, ADDRESS_MAX);
  j->params = unpack_params(&u);
  j->n = unpack_u32(&u);
  if (u.bad || !sane(j->kind, j->n, j->bounce, j->id)) return 0;
  for (i = 0; i < j->n; i++) {
    struct job_rcpt *r = j->rcpt + i;
    unsigned int action;
    r->address = unpack_text(&u, ADDRESS_MAX);
    r->text = unpack_text(&u, TEXT_MAX);
    action = unpack_u8(&u);
    if (!job_action_ok(action)) return 0;
    r->action = (enum action)action;
    r->params = unpack_params(&u);
  }
  j->rest = unpack_rest(&u);
  return unpack_done(&u);
}
