/* backlog.c - see backlog.h */

#include <stdlib.h>
#include <string.h>

#include "send/backlog.h"
#include "send/census.h"
#include "lib/msg/idkey.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/msg/crc32.h"

struct entry {
  unsigned char key[IDKEY_LEN];
  unsigned char place;
  uint16_t flags;
  uint32_t due;                 /* TIMED; LOT: backlog_size */
  uint32_t since;
  uint32_t cursor;
  uint32_t chain;               /* next in its bucket, or next free entry */
  uint32_t link;                /* next in its lot; TIMED: where it is in the heap */
};

static struct entry *entries;   /* entry 0 is nobody */
static uint32_t size, used = 1, free_list, count;
static uint32_t *buckets, bucket_count;         /* a power of two */
static uint32_t *heap, heap_size, heap_n;

static uint32_t *bucket(unsigned char const key[IDKEY_LEN])
{
  return buckets + (crc32_add(0, (char const *)key, IDKEY_LEN) & (bucket_count - 1));
}

static int grow_buckets(void)
{
  uint32_t old_n = bucket_count, n = old_n ? old_n * 2 : 1024, *fresh = calloc(n, sizeof *fresh), *old = buckets, i;

  if (!fresh) return old_n ? 0 : -1;            /* fuller buckets still work */
  buckets = fresh;
  bucket_count = n;
  for (i = 0; i < old_n; i++) {
    uint32_t k = old[i], next;
    for (; k; k = next) {
      uint32_t *b = bucket(entries[k].key);
      next = entries[k].chain;
      entries[k].chain = *b;
      *b = k;
    }
  }
  free(old);
  return 0;
}

static int grow_entries(void)
{
  uint32_t n = size ? size + size / 4 : 1024;
  struct entry *e;
  uint32_t *h;

  if (n <= size || n >= NEVER / sizeof *e) return -1;
  e = realloc(entries, n * sizeof *e);
  if (!e) return -1;
  entries = e;
  h = realloc(heap, n * sizeof *h);             /* so that backlog_at cannot fail */
  if (!h) return -1;
  heap = h;
  heap_size = n;
  size = n;
  return 0;
}

uint32_t backlog_cursor(known k)
{
  return entries[k].cursor;
}

void backlog_set_cursor(known k, uint32_t cursor)
{
  entries[k].cursor = cursor;
}

enum place backlog_place(known k)
{
  return (enum place)entries[k].place;
}

static int state(known k)
{
  return census_state(backlog_place(k), entries[k].flags & (KNOWN_HOLD | KNOWN_ASIDE));
}

/* Every change of every message comes by here. */
static void change(known k, enum place p, unsigned int flags)
{
  int from = state(k), to;

  entries[k].place = (unsigned char)p;
  entries[k].flags = (uint16_t)flags;
  to = state(k);
  if (to != from) census_move(idkey_minute(entries[k].key), from, to);
}

void backlog_put(known k, enum place to)
{
  enum place from = backlog_place(k);
  char id[ID_MAX + 1];

  if (!place_may(from, to)) {
    idkey_unpack(id, entries[k].key);
    log_diex(111, "fatal: a fault of this program: ", id, " cannot go from ", place_name(from), " to ", place_name(to));
  }
  change(k, to, entries[k].flags);
}

known backlog_find(char const *id)
{
  unsigned char key[IDKEY_LEN];
  uint32_t k;

  if (!bucket_count) return 0;
  idkey_pack(key, id);
  for (k = *bucket(key); k; k = entries[k].chain)
    if (!memcmp(entries[k].key, key, IDKEY_LEN)) return k;
  return 0;
}

known backlog_add(char const *id, uint32_t now)
{
  struct entry *e;
  uint32_t k, *b;

  if (count >= bucket_count && grow_buckets() == -1) return 0;
  if (!free_list && used >= size && grow_entries() == -1) return 0;
  k = free_list ? free_list : used++;
  e = entries + k;
  if (free_list) free_list = e->chain;
  *e = (struct entry){ .place = PLACE_HAND, .since = now };
  idkey_pack(e->key, id);
  b = bucket(e->key);
  e->chain = *b;
  *b = k;
  count++;
  return k;
}

void backlog_forget(known k)
{
  uint32_t *p = bucket(entries[k].key);

  backlog_put(k, PLACE_GONE);
  while (*p != k) p = &entries[*p].chain;
  *p = entries[k].chain;
  entries[k].chain = free_list;
  free_list = k;
  count--;
}

uint32_t backlog_count(void)
{
  return count;
}

unsigned int backlog_flags(known k)
{
  return entries[k].flags;
}

void backlog_flag(known k, unsigned int off, unsigned int on)
{
  change(k, backlog_place(k), (entries[k].flags & ~off) | on);
}

void backlog_id(known k, char id[ID_MAX + 1])
{
  idkey_unpack(id, entries[k].key);
}

uint32_t backlog_since(known k)
{
  return entries[k].since;
}

void backlog_set_since(known k, uint32_t t)
{
  entries[k].since = t;
}

uint32_t backlog_size(known k)
{
  return entries[k].due;
}

void backlog_set_size(known k, uint32_t n)
{
  entries[k].due = n;
}

uint32_t backlog_now(void)
{
  return (uint32_t)(io_clock() / 1000);
}

static void set(uint32_t i, known k)
{
  heap[i] = k;
  entries[k].link = i;
}

/* Up from place i of the heap, which is free. */
static void rise(known k, uint32_t i)
{
  for (; i && entries[heap[(i - 1) / 2]].due > entries[k].due; i = (i - 1) / 2) set(i, heap[(i - 1) / 2]);
  set(i, k);
}

/* Down from there. */
static void sink(known k, uint32_t i)
{
  uint32_t child;

  while ((child = 2 * i + 1) < heap_n) {
    if (child + 1 < heap_n && entries[heap[child + 1]].due < entries[heap[child]].due) child++;
    if (entries[heap[child]].due >= entries[k].due) break;
    set(i, heap[child]);
    i = child;
  }
  set(i, k);
}

/* Takes one out of the heap: the last one of all has its place now. */
static void pull(known k)
{
  uint32_t i = entries[k].link, last = heap[--heap_n];

  if (last != k) (entries[last].due < entries[k].due ? rise : sink)(last, i);
}

void backlog_at(known k, uint32_t due)
{
  backlog_put(k, PLACE_TIMED);
  entries[k].due = due;
  rise(k, heap_n++);
}

void backlog_hurry(known k, uint32_t due)
{
  if (backlog_place(k) == PLACE_STUCK || backlog_place(k) == PLACE_HELD) backlog_at(k, due);
  if (backlog_place(k) != PLACE_TIMED || entries[k].due <= due) return;
  entries[k].due = due;
  rise(k, entries[k].link);
}

void backlog_hold(known k)
{
  if (backlog_place(k) != PLACE_TIMED) return;
  pull(k);
  backlog_put(k, PLACE_HELD);
}

known backlog_due(uint32_t now)
{
  known first = heap_n ? heap[0] : 0;

  if (!first || entries[first].due > now || entries[first].due == NEVER) return 0;
  pull(first);
  backlog_put(first, PLACE_HAND);
  return first;
}

uint32_t backlog_next(void)
{
  return heap_n ? entries[heap[0]].due : NEVER;
}

void backlog_all(void)
{
  uint32_t i;

  for (i = 0; i < heap_n; i++) entries[heap[i]].due = 0;
}

void backlog_each(enum place p, void (*f)(known))
{
  uint32_t b, k;

  for (b = 0; b < bucket_count; b++)
    for (k = buckets[b]; k; k = entries[k].chain)
      if (backlog_place(k) == p) f(k);
}

known backlog_link(known k)
{
  return entries[k].link;
}

void backlog_set_link(known k, known to)
{
  entries[k].link = to;
}
