/* order.c - orders of mail-desk and their answers: round trip, bounds, truncations, flipped bytes */

#include "door/order.h"
#include "records.h"

static struct desk_order d;
static struct desk_answer b;

static int read_order(char const *p, size_t len)
{
  return desk_order_unpack(&d, p, len);
}

static int read_answer(char const *p, size_t len)
{
  return desk_answer_unpack(&b, p, len);
}

static int refused(struct desk_order o)
{
  char buf[DESK_ORDER_MAX];

  return !desk_order_pack(&o, buf);
}

static void orders(void)
{
  struct desk_order o = { 7, DESK_HOLD, 1000, "ann", "too m\303\274ch", "", 2,
                          { "0000000000000000000000abcd", "0000000000000000000000abcd-12-9999" } };
  static struct desk_order most = { .number = 1, .word = DESK_EXPIRE, .n = DESK_IDS };
  char buf[DESK_ORDER_MAX];
  size_t len = desk_order_pack(&o, buf);
  int i;

  check("fits", len);
  check("comes back", desk_order_unpack(&d, buf, len) && d.number == 7 && d.word == DESK_HOLD && d.uid == 1000
        && !strcmp(d.name, "ann") && !strcmp(d.reason, o.reason) && !*d.domain && d.n == 2 && !strcmp(d.id[1], o.id[1]));
  records_hold("truncations are refused", buf, len, read_order);
  memset(most.name, 'n', DESK_NAME_MAX);
  memset(most.reason, 'r', DESK_REASON_MAX);
  for (i = 0; i < DESK_IDS; i++) strcpy(most.id[i], "0000000000000000000000abcd-9999-9999");
  len = desk_order_pack(&most, buf);
  check("the largest fits", len && desk_order_unpack(&d, buf, len) && d.n == DESK_IDS);
  o.n = DESK_IDS + 1;
  check("more IDs do not", refused(o));
  o.n = 0;
  check("an order about nothing", refused(o));
  strcpy(o.domain, "far.test");
  len = desk_order_pack(&o, buf);
  check("a domain", len && desk_order_unpack(&d, buf, len) && !strcmp(d.domain, "far.test") && !d.n);
  o.n = 1;
  check("a domain and a message", refused(o));
  o.n = 0;
  o.word = DESK_DELETE;
  check("a domain is not deleted", refused(o));
  o.word = DESK_COMMIT;
  check("nor committed", refused(o));
  *o.domain = 0;
  check("all is", desk_order_pack(&o, buf) > 0);
  strcpy(o.reason, "a\nb");
  check("control bytes are refused", refused(o));
}

static void domains(void)
{
  check("domains", desk_domain_ok("far.test") && desk_domain_ok("m\303\274ller.test") && desk_domain_ok("[192.0.2.1]"));
  check("no domains", !desk_domain_ok("") && !desk_domain_ok("Far.test") && !desk_domain_ok("a@far.test")
        && !desk_domain_ok("far test") && !desk_domain_ok("far\001test") && !desk_domain_ok("far\377test"));
}

static void answers(void)
{
  struct desk_answer a = { 9, DESK_HOLD, 3, { VERDICT_NOTED, VERDICT_GONE, VERDICT_ERROR }, "disk full" };
  char buf[DESK_ANSWER_MAX];
  size_t len = desk_answer_pack(&a, buf);

  check("an answer fits", len);
  check("an answer comes back", desk_answer_unpack(&b, buf, len) && b.number == 9 && b.word == DESK_HOLD && b.n == 3
        && b.verdict[2] == VERDICT_ERROR && !strcmp(b.why, a.why));
  records_hold("truncated answers are refused", buf, len, read_answer);
  memset(a.verdict, VERDICT_NOT_NOW, DESK_IDS);
  memset(a.why, 'w', DESK_WHY_MAX);
  a.n = DESK_IDS;
  check("the largest answer fits", desk_answer_pack(&a, buf) > 0);
  a.verdict[5] = '?';
  check("an unknown verdict is refused", !desk_answer_pack(&a, buf));
}

int main(void)
{
  orders();
  domains();
  answers();
  return unit_end();
}
