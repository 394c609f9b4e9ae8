/* wishes.c - see wishes.h */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "door/wishes.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/msg/crc32.h"

#define FAMILY "bulkhead wishes "
#define MARK 0xff57ff0aU        /* in front of each record: no text has it, so that records behind damage are found */
#define FRAME 12                /* mark, length, checksum */
#define WINDOW (4 * WISH_MAX)

size_t wish_pack(struct wish const *w, char buf[WISH_MAX])
{
  struct pack p = { .s = buf, .size = WISH_MAX };

  pack_u32(&p, MARK);
  pack_u32(&p, 0);
  pack_u64(&p, (uint64_t)w->when);
  desk_order_put(&p, &w->order);
  pack_u32(&p, 0);
  if (p.bad) return 0;
  pack_u32(&(struct pack){ .s = buf + 4, .size = 4 }, (uint32_t)p.len - FRAME);
  pack_u32(&(struct pack){ .s = buf + p.len - 4, .size = 4 }, crc32_add(0, buf, p.len - 4));
  return p.len;
}

/* The length of the record at s; 0: there is no sound one. more: what is missing at the end may come. */
static size_t take(char const *s, size_t len, struct wish *w, int *more)
{
  struct unpack u = { .s = s, .len = len }, body;
  uint32_t mark = unpack_u32(&u);
  size_t n = unpack_u32(&u);

  *more = u.bad;
  if (u.bad || mark != MARK || n > WISH_MAX - FRAME) return 0;
  *more = len < n + FRAME;
  if (*more) return 0;
  u.pos += n;
  body = (struct unpack){ .s = s + 8, .len = n };
  if (unpack_u32(&u) != crc32_add(0, s, n + FRAME - 4)) return 0;
  w->when = (int64_t)unpack_u64(&body);
  return desk_order_take(&body, &w->order) && unpack_done(&body) ? n + FRAME : 0;
}

/* a part of the file in memory */
struct window {
  int fd;
  char s[WINDOW];
  size_t at, len;
  int64_t before;               /* bytes of the file that were left behind */
  int end;                      /* nothing follows */
};

static int fill(struct window *v)
{
  ssize_t r;

  memmove(v->s, v->s + v->at, v->len - v->at);
  v->before += (int64_t)v->at;
  v->len -= v->at;
  v->at = 0;
  r = io_read(v->fd, v->s + v->len, WINDOW - v->len);
  if (r == -1) return -1;
  v->end = (size_t)r < WINDOW - v->len;
  v->len += (size_t)r;
  return 0;
}

static int strange(char const *s, size_t len)
{
  size_t n = sizeof FAMILY - 1;

  return len > n + 1 && !memcmp(s, FAMILY, n) && memcmp(s + n, &WISHES_HEAD[n], 2);
}

/* Reads the open file from where it stands; each is called for every sound record, in order. */
static enum wishes_answer read_each(int fd, void (*each)(struct wish const *, void *), void *arg,
                                    struct wishes_found *f)
{
  static LARGE struct window v;
  static struct wish w;
  int lost, more;
  size_t n;

  v = (struct window){ .fd = fd };
  *f = (struct wishes_found){ .end = 0 };
  if (fill(&v) == -1) return WISHES_ERROR;
  if (strange(v.s, v.len)) return WISHES_STRANGE;
  lost = v.len < WISHES_HEAD_LEN || memcmp(v.s, WISHES_HEAD, WISHES_HEAD_LEN);
  if (!lost) f->end = (int64_t)(v.at = WISHES_HEAD_LEN);
  for (;;) {
    n = take(v.s + v.at, v.len - v.at, &w, &more);
    if (!n && more && !v.end) {
      if (fill(&v) == -1) return WISHES_ERROR;
    }
    else if (n) {
      f->records++;
      f->damaged += (uint32_t)lost;
      f->torn = lost = 0;
      v.at += n;
      f->end = v.before + (int64_t)v.at;
      each(&w, arg);
    }
    else if (v.at == v.len) break;
    else {
      if (!lost) f->torn = more;        /* a damaged length looks the same: what is behind it tells */
      v.at++;
      lost = 1;
    }
  }
  f->damaged += lost && !f->torn ? 1 : 0;
  return WISHES_READ;
}

/* Room for one more of n; 0, or -1: no memory. */
static int room(void **p, size_t *size, uint32_t n, size_t each)
{
  size_t more = *size ? *size * 2 : 16;
  void *fresh;

  if (n < *size) return 0;
  if (n >= UINT32_MAX / 2 || !(fresh = realloc(*p, more * each))) return -1;
  *p = fresh;
  *size = more;
  return 0;
}

static uint32_t *bucket(struct wishes const *w, unsigned char const key[IDKEY_LEN])
{
  return w->bucket + (crc32_add(0, (char const *)key, IDKEY_LEN) & (w->buckets - 1));
}

/* Entries of a bucket are counted from 1. */
static int grow(struct wishes *w)
{
  uint32_t n = w->buckets ? w->buckets * 2 : 1024, i, *fresh = calloc(n, sizeof *fresh), *b;

  if (!fresh) return w->buckets ? 0 : -1;       /* fuller buckets still work */
  free(w->bucket);
  w->bucket = fresh;
  w->buckets = n;
  for (i = 0; i < w->ids; i++) {
    b = bucket(w, w->id[i].key);
    w->id[i].chain = *b;
    *b = i + 1;
  }
  return 0;
}

static struct wishes_id *find(struct wishes const *w, unsigned char const key[IDKEY_LEN])
{
  uint32_t i;

  if (!w->buckets) return 0;
  for (i = *bucket(w, key); i; i = w->id[i - 1].chain)
    if (!memcmp(w->id[i - 1].key, key, IDKEY_LEN)) return w->id + i - 1;
  return 0;
}

static int add_id(struct wishes *w, char const *id)
{
  unsigned char key[IDKEY_LEN];
  struct wishes_id *e;
  uint32_t *b;

  idkey_pack(key, id);
  e = find(w, key);
  if (e) {
    e->note = w->notes - 1;
    return 0;
  }
  if (w->ids >= w->buckets && grow(w) == -1) return -1;
  if (room((void **)&w->id, &w->id_size, w->ids, sizeof *w->id) == -1) return -1;
  e = w->id + w->ids++;
  memcpy(e->key, key, IDKEY_LEN);
  e->note = w->notes - 1;
  b = bucket(w, key);
  e->chain = *b;
  *b = w->ids;
  return 0;
}

static struct wishes_domain *find_domain(struct wishes const *w, char const *domain, size_t len)
{
  uint32_t i;

  for (i = 0; i < w->domains; i++)
    if (strlen(w->domain[i].name) == len && !strncasecmp(w->domain[i].name, domain, len)) return w->domain + i;
  return 0;
}

static int add_domain(struct wishes *w, struct desk_order const *o)
{
  struct wishes_domain *d = find_domain(w, o->domain, strlen(o->domain));

  if (d && o->word == DESK_RELEASE) {
    free(d->name);
    *d = w->domain[--w->domains];
  }
  if (o->word != DESK_HOLD) return 0;
  if (!d) {
    if (room((void **)&w->domain, &w->domain_size, w->domains, sizeof *w->domain) == -1) return -1;
    d = w->domain + w->domains;
    d->name = strdup(o->domain);
    if (!d->name) return -1;
    w->domains++;
  }
  d->note = w->notes - 1;
  return 0;
}

/* Records of one order, of which a packet has a part, have one note. */
static int add_note(struct wishes *w, struct wish const *new)
{
  struct wish_note *n = w->notes ? w->note + w->notes - 1 : 0;
  struct desk_order const *o = &new->order;

  if (n && n->word == o->word && n->when == new->when && n->uid == o->uid && !strcmp(n->name, o->name)
      && !strcmp(n->reason, o->reason)) return 0;
  if (room((void **)&w->note, &w->note_size, w->notes, sizeof *w->note) == -1) return -1;
  n = w->note + w->notes;
  *n = (struct wish_note){ o->word, new->when, o->uid, strdup(o->name), strdup(o->reason) };
  w->notes++;
  return n->name && n->reason ? 0 : -1;
}

static void add(struct wish const *new, void *to)
{
  struct wishes *w = to;
  uint32_t i;

  if (w->bad) return;
  w->bad = add_note(w, new) == -1 || (*new->order.domain && add_domain(w, &new->order) == -1);
  for (i = 0; i < new->order.n && !w->bad; i++) w->bad = add_id(w, new->order.id[i]) == -1;
}

enum wishes_answer wishes_load(struct wishes *w)
{
  int fd = open(WISHES_PATH, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  enum wishes_answer a;

  if (fd == -1) return errno == ENOENT ? WISHES_NONE : WISHES_ERROR;
  a = read_each(fd, add, w, &w->found);
  io_close_keep(fd);
  if (!w->bad) return a;
  wishes_free(w);
  errno = ENOMEM;
  return WISHES_ERROR;
}

void wishes_free(struct wishes *w)
{
  uint32_t i;

  for (i = 0; i < w->notes; i++) {
    free(w->note[i].name);
    free(w->note[i].reason);
  }
  for (i = 0; i < w->domains; i++) free(w->domain[i].name);
  free(w->note);
  free(w->id);
  free(w->domain);
  free(w->bucket);
  *w = (struct wishes){ .bad = 0 };
}

struct wish_note const *wishes_of(struct wishes const *w, char const *id)
{
  unsigned char key[IDKEY_LEN];
  struct wishes_id const *e;

  idkey_pack(key, id);
  e = find(w, key);
  return e ? w->note + e->note : 0;
}

struct wish_note const *wishes_of_domain(struct wishes const *w, char const *domain, size_t len)
{
  struct wishes_domain const *d = find_domain(w, domain, len);

  return d ? w->note + d->note : 0;
}
