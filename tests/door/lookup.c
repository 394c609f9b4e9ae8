/* lookup.c - the door to mail-lookup: round trip, every truncation, every flipped byte, and lookup_ask */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/lookup.h"
#include "lib/io/packet.h"
#include "unit.h"

static struct lookup_question q, q2;
static struct lookup_answer a, a2;
static char buf[LOOKUP_RECORD_MAX], copy[LOOKUP_RECORD_MAX];

static void questions(void)
{
  size_t len, i;
  int bad = 0, changed = 0;

  q = (struct lookup_question){ .number = 0x80000001U, .kind = LOOKUP_VERIFY };
  memset(q.address, 'a', ADDRESS_MAX);
  len = lookup_question_pack(&q, buf);
  check("the longest question fits", len && lookup_question_unpack(&q2, buf, len) && q2.number == q.number
        && q2.kind == q.kind && !strcmp(q2.address, q.address));
  for (i = 0; i < len; i++) bad += lookup_question_unpack(&q2, buf, i);
  check("every shorter question is refused", !bad);
  check("a longer question is refused", !lookup_question_unpack(&q2, buf, len + 1));
  memcpy(q.address, "ab@c", 5);
  len = lookup_question_pack(&q, buf);
  for (i = 0; i < len * 8; i++) {
    memcpy(copy, buf, len);
    copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
    if (!lookup_question_unpack(&q2, copy, len)) continue;
    changed += q2.number == q.number && q2.kind == q.kind && !strcmp(q2.address, q.address);
  }
  check("every flipped bit is refused or seen", !changed);
  q.kind = (enum lookup_kind)'X';
  len = lookup_question_pack(&q, buf);
  check("an unknown kind is refused", !lookup_question_unpack(&q2, buf, len));
}

static int same(struct lookup_answer const *x, struct lookup_answer const *y)
{
  return x->number == y->number && x->status == y->status && x->uid == y->uid && x->gid == y->gid
    && !strcmp(x->user, y->user) && !strcmp(x->home, y->home) && !strcmp(x->local, y->local)
    && !strcmp(x->domain, y->domain) && !strcmp(x->dash, y->dash) && !strcmp(x->ext, y->ext)
    && x->from.lasts == y->from.lasts && !strcmp(x->from.home, y->from.home)
    && (!x->from.lasts || stamp_same(&x->from.seen, &y->from.seen));
}

static void answers(void)
{
  size_t len, whole, i;
  int bad = 0, changed = 0;

  a = (struct lookup_answer){ .number = 7, .status = LOOKUP_YES, .uid = 4000000000U, .gid = 1 };
  memset(a.user, 'u', LOOKUP_USER_MAX);
  memset(a.home, 'h', LOOKUP_HOME_MAX);
  memset(a.local, 'l', ADDRESS_MAX);
  memset(a.domain, 'd', ADDRESS_MAX);
  memset(a.dash, '-', LOOKUP_DASH_MAX);
  memset(a.ext, 'e', ADDRESS_MAX);
  len = lookup_answer_pack(&a, buf);
  check("the longest answer fits", len && lookup_answer_unpack(&a2, buf, len) && same(&a, &a2));
  for (i = 0; i < len; i++) bad += lookup_answer_unpack(&a2, buf, i);
  check("every shorter answer is refused", !bad);
  a.from = (struct lookup_source){ .lasts = 1, .seen = { 1, 2, 3, { 4, 5 } } };
  memset(a.from.home, 's', LOOKUP_SEEN_MAX);
  whole = len;
  len = lookup_answer_pack(&a, buf);
  check("the longest that lasts fits", len > whole && lookup_answer_unpack(&a2, buf, len) && same(&a, &a2));
  for (i = 0; i < len; i++) bad += i != whole && lookup_answer_unpack(&a2, buf, i);
  check("every shorter one is refused, or does not last", !bad && lookup_answer_unpack(&a2, buf, whole) && !a2.from.lasts);
  a = (struct lookup_answer){ .number = 7, .status = LOOKUP_NO, .uid = 1, .gid = 1, .user = "joe", .home = "/h",
                              .local = "joe-x", .domain = "d", .dash = "-", .ext = "x",
                              .from = { .lasts = 1, .home = "/h", .seen = { 9, 8, 7, { 6, 5 } } } };
  len = lookup_answer_pack(&a, buf);
  for (i = 0; i < len * 8; i++) {
    memcpy(copy, buf, len);
    copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
    if (lookup_answer_unpack(&a2, copy, len)) changed += same(&a, &a2);
  }
  check("every flipped bit is refused or seen", !changed);
  a.status = (enum lookup_status)'?';
  check("an unknown status is not packed", !lookup_answer_pack(&a, buf));
}

/* the answers that wait in the socket before the question is asked; number 0: none */
static enum lookup_status asked(uint32_t first, uint32_t second, enum lookup_status status)
{
  int pair[2];
  uint32_t numbers[2] = { first, second };
  enum lookup_status got;
  size_t i;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) return LOOKUP_YES;
  for (i = 0; i < 2; i++) {
    a = (struct lookup_answer){ .number = numbers[i], .status = i ? status : LOOKUP_YES };
    if (numbers[i]) packet_send(pair[1], buf, lookup_answer_pack(&a, buf), -1);
  }
  got = lookup_ask(pair[0], "joe@host.example", 1);
  close(pair[0]);
  close(pair[1]);
  return got;
}

static void asking(void)
{
  static char const long_address[ADDRESS_MAX + 2] = { [0 ... ADDRESS_MAX] = 'a' };
  int pair[2];

  check("the answer comes", asked(0, 1, LOOKUP_NO) == LOOKUP_NO);
  check("a late answer of another question is passed over", asked(1, 2, LOOKUP_UNKNOWN) == LOOKUP_UNKNOWN);
  check("no answer in time is temporary", asked(0, 0, LOOKUP_NO) == LOOKUP_LATER);
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) return;
  packet_send(pair[1], "garbage", 7, -1);
  check("garbage is temporary", lookup_ask(pair[0], "joe", 1) == LOOKUP_LATER);
  check("an address that is too long has nobody", lookup_ask(pair[0], long_address, 1) == LOOKUP_NO);
  close(pair[1]);
  check("a closed socket is temporary", lookup_ask(pair[0], "joe", 1) == LOOKUP_LATER);
  close(pair[0]);
}

int main(void)
{
  questions();
  answers();
  asking();
  return unit_end();
}
