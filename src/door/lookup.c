/* lookup.c - see lookup.h */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "door/lookup.h"
#include "lib/io/io.h"
#include "lib/io/pack.h"
#include "lib/io/packet.h"

#define VERSION 1

static int status_ok(unsigned int s)
{
  return s == LOOKUP_YES || s == LOOKUP_NO || s == LOOKUP_LATER || s == LOOKUP_UNKNOWN || s == LOOKUP_ELSEWHERE;
}

static void pack_string(struct pack *p, char const *s, size_t max)
{
  pack_bytes(p, s, strlen(s), max);
}

size_t lookup_question_pack(struct lookup_question const *q, char buf[LOOKUP_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = LOOKUP_RECORD_MAX };

  pack_u8(&p, VERSION);
  pack_u32(&p, q->number);
  pack_u8(&p, q->kind);
  pack_string(&p, q->address, ADDRESS_MAX);
  return p.bad ? 0 : p.len;
}

int lookup_question_unpack(struct lookup_question *q, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };

  if (unpack_u8(&u) != VERSION) return 0;
  q->number = unpack_u32(&u);
  q->kind = (enum lookup_kind)unpack_u8(&u);
  unpack_string(&u, q->address, ADDRESS_MAX);
  return unpack_done(&u) && (q->kind == LOOKUP_DELIVER || q->kind == LOOKUP_VERIFY);
}

/* Only what lasts travels: an answer that does not ends before it. */
static void pack_source(struct pack *p, struct lookup_source const *s)
{
  if (!s->lasts) return;
  pack_string(p, s->home, LOOKUP_SEEN_MAX);
  pack_u64(p, (uint64_t)s->seen.dev);
  pack_u64(p, (uint64_t)s->seen.ino);
  pack_u64(p, (uint64_t)s->seen.size);
  pack_u64(p, (uint64_t)s->seen.changed.tv_sec);
  pack_u32(p, (uint32_t)s->seen.changed.tv_nsec);
}

static void unpack_source(struct unpack *u, struct lookup_source *s)
{
  s->lasts = u->pos < u->len;
  s->home[0] = 0;
  if (!s->lasts) return;
  unpack_string(u, s->home, LOOKUP_SEEN_MAX);
  s->seen.dev = (dev_t)unpack_u64(u);
  s->seen.ino = (ino_t)unpack_u64(u);
  s->seen.size = (off_t)unpack_u64(u);
  s->seen.changed.tv_sec = (time_t)unpack_u64(u);
  s->seen.changed.tv_nsec = (long)unpack_u32(u);
}

size_t lookup_answer_pack(struct lookup_answer const *a, char buf[LOOKUP_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = LOOKUP_RECORD_MAX };

  if (!status_ok(a->status)) return 0;
  pack_u8(&p, VERSION);
  pack_u32(&p, a->number);
  pack_u8(&p, a->status);
  pack_u32(&p, (uint32_t)a->uid);
  pack_u32(&p, (uint32_t)a->gid);
  pack_string(&p, a->user, LOOKUP_USER_MAX);
  pack_string(&p, a->home, LOOKUP_HOME_MAX);
  pack_string(&p, a->local, ADDRESS_MAX);
  pack_string(&p, a->domain, ADDRESS_MAX);
  pack_string(&p, a->dash, LOOKUP_DASH_MAX);
  pack_string(&p, a->ext, ADDRESS_MAX);
  pack_source(&p, &a->from);
  return p.bad ? 0 : p.len;
}

int lookup_answer_unpack(struct lookup_answer *a, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };

  if (unpack_u8(&u) != VERSION) return 0;
  a->number = unpack_u32(&u);
  a->status = (enum lookup_status)unpack_u8(&u);
  a->uid = (uid_t)unpack_u32(&u);
  a->gid = (gid_t)unpack_u32(&u);
  unpack_string(&u, a->user, LOOKUP_USER_MAX);
  unpack_string(&u, a->home, LOOKUP_HOME_MAX);
  unpack_string(&u, a->local, ADDRESS_MAX);
  unpack_string(&u, a->domain, ADDRESS_MAX);
  unpack_string(&u, a->dash, LOOKUP_DASH_MAX);
  unpack_string(&u, a->ext, ADDRESS_MAX);
  unpack_source(&u, &a->from);
  return unpack_done(&u) && status_ok(a->status);
}

enum lookup_status lookup_ask(int sock, char const *address, unsigned int seconds)
{
  static uint32_t last;
  struct lookup_question q = { .number = ++last, .kind = LOOKUP_VERIFY };
  struct lookup_answer a;
  char buf[LOOKUP_RECORD_MAX];
  long long end = io_clock() + (long long)seconds * 1000;
  size_t len = strlen(address);

  if (len > ADDRESS_MAX) return LOOKUP_NO;
  memcpy(q.address, address, len + 1);
  len = lookup_question_pack(&q, buf);
  if (!len || packet_send(sock, buf, len, -1) == -1) return LOOKUP_LATER;
  for (;;) {
    int left = io_left(end);
    ssize_t r;
    if (!left || io_wait(sock, POLLIN, left) != 1) return LOOKUP_LATER;
    r = packet_recv(sock, buf, sizeof buf, 0);
    if (r == -1 && errno == EAGAIN) continue;
    if (r <= 0 || !lookup_answer_unpack(&a, buf, (size_t)r)) return LOOKUP_LATER;
    if (a.number == q.number) return a.status;    /* else: the late answer of a question given up */
  }
}
