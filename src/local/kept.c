/* kept.c - see kept.h */

#include <string.h>

#include "lib/io/io.h"
#include "lib/io/large.h"
#include "local/kept.h"
#include "local/source.h"

#define SLOTS 256               /* an answer is found in one alone, by its question: the newer one has it */
#define ADDRESS_BYTES 256       /* of those that are kept: room for all but the oddest */
#define ANSWER_BYTES 512

struct slot {
  uint32_t tables;              /* 0: free */
  long long until;
  enum lookup_kind kind;
  char address[ADDRESS_BYTES];
  char answer[ANSWER_BYTES];    /* as it travels */
  size_t len;
  struct lookup_source from;
};

/* as they are seen from the home, which is a shorter way to look */
static char const *const files[] = {
  "control/me", "control/envnoathost", "control/percenthack", "control/locals", "control/virtualdomains",
  "control/minuid", "control/mingid", "control/probeuser", "control/recipientdelimiter", "users/cdb", "users/assign",
  "/etc/passwd",
  "/etc/nsswitch.conf"
};
#define FILES (sizeof files / sizeof files[0])

static struct stamp stamps[FILES];
static uint32_t tables;         /* another number after every change */
static LARGE struct slot slots[SLOTS];

/* As long as one has changed only just, another change might not show: then it is taken for one. */
static void look(void)
{
  static int settled;
  struct stamp newest = { .ino = 0 };
  int same = settled;
  size_t i;

  for (i = 0; i < FILES; i++) {
    struct stamp s = stamp_of(files[i]);
    same &= stamp_same(&s, stamps + i);
    if (s.changed.tv_sec > newest.changed.tv_sec) newest = s;
    stamps[i] = s;
  }
  settled = stamp_settled(&newest);
  if (!same && !++tables) tables = 1;
}

/* FNV-1a */
static struct slot *slot_of(struct lookup_question const *q)
{
  uint32_t h = 2166136261U ^ q->kind;
  char const *p;

  for (p = q->address; *p; p++) h = (h ^ (unsigned char)*p) * 16777619U;
  return slots + h % SLOTS;
}

static int holds(struct slot const *s)
{
  struct stamp now;

  if (s->tables != tables || s->until <= io_clock()) return 0;
  if (!s->from.home[0]) return 1;
  now = source_look(s->from.home);
  return stamp_same(&now, &s->from.seen);
}

int kept_find(struct lookup_question const *q, struct lookup_answer *a, uint32_t *now)
{
  struct slot const *s = slot_of(q);

  look();
  *now = tables;
  if (s->kind != q->kind || strcmp(s->address, q->address) || !holds(s)) return 0;
  if (!lookup_answer_unpack(a, s->answer, s->len)) return 0;
  a->number = q->number;
  return 1;
}

static int is_final(enum lookup_status status)
{
  return status == LOOKUP_YES || status == LOOKUP_NO || status == LOOKUP_ELSEWHERE;
}

void kept_add(struct lookup_question const *q, uint32_t then, struct lookup_answer const *a)
{
  struct slot *s = slot_of(q);
  char answer[LOOKUP_RECORD_MAX];
  size_t len = lookup_answer_pack(a, answer), address = strlen(q->address);

  if (!a->from.lasts || then != tables || !is_final(a->status)) return;
  if (!len || len > sizeof s->answer || address >= sizeof s->address) return;
  s->tables = tables;
  s->until = io_clock() + KEPT_SECONDS * 1000;
  s->kind = q->kind;
  memcpy(s->address, q->address, address + 1);
  memcpy(s->answer, answer, len);
  s->len = len;
  s->from = a->from;
}

void kept_forget(void)
{
  if (!++tables) tables = 1;    /* some of the first and last ones stay, perhaps in part */
  io_give_back(slots, sizeof slots);
}
