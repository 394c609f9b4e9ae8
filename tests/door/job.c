/* job.c - orders and jobs: round trip, bounds, truncations, flipped bytes */

#include "door/job.h"
#include "records.h"

#define ID "0000000000000000000000abcd"

static struct order o, p;
static struct job j, k;
static char buf[PACKET_MAX];

static int read_order(char const *s, size_t len)
{
  return order_unpack(&p, s, len);
}

static int read_job(char const *s, size_t len)
{
  return job_unpack(&k, s, len);
}

static void orders(void)
{
  size_t len;

  o = (struct order){ .number = 7, .kind = JOB_BOUNCE, .bounce = 2, .id = ID, .n = 2 };
  o.rcpt[0] = (struct order_rcpt){ 0, ACTION_DELIVERED, "5.1.1 no", 8 };
  o.rcpt[1] = (struct order_rcpt){ 4000000000U, ACTION_FAILED, "", 0 };
  len = order_pack(&o, buf);
  check("order fits", len);
  check("order comes back", order_unpack(&p, buf, len) && p.number == 7 && p.kind == JOB_BOUNCE && p.bounce == 2
        && !strcmp(p.id, ID) && p.n == 2 && p.rcpt[0].text_len == 8 && p.rcpt[0].action == ACTION_DELIVERED && !memcmp(p.rcpt[0].text, "5.1.1 no", 8)
        && p.rcpt[1].index == 4000000000U && !p.rcpt[1].text_len);
  records_hold("truncated orders are refused", buf, len, read_order);
  memset(buf + len, 0, 4);
  check("a rest of none is not there", !order_unpack(&p, buf, len + 4));

  o.kind = JOB_REMOTE;
  check("a bounce number is for bounces", !order_pack(&o, buf));
  o.bounce = 0;
  check("remote order", order_pack(&o, buf));
  o.kind = JOB_LOCAL;
  check("a local order has one recipient", !order_pack(&o, buf));
  o.n = 1;
  check("local order", order_pack(&o, buf));
  o.n = 0;
  check("no recipient", !order_pack(&o, buf));
  o.n = JOB_RCPTS_MAX + 1;
  check("too many recipients", !order_pack(&o, buf));
  o.n = 1;
  memcpy(o.id, "../../../../../etc/passwd0", 27);
  check("an ID that is none", !order_pack(&o, buf));
}

#define RUN(s) { s, sizeof s }
#define NONE { "", 0 }

static int same(struct param_run a, struct param_run b)
{
  return a.len == b.len && !memcmp(a.s, b.s, a.len);
}

/* of four records, the longest that there may be but for the last */
static char const *longest_run(char const *value)
{
  static char run[PARAM_RUN_MAX + 1];
  size_t at;

  for (at = 0; at + ADDRESS_MAX + 2 <= PARAM_RUN_MAX; at += ADDRESS_MAX + 2) {
    run[at] = 'x';
    memcpy(run + at + 1, value, ADDRESS_MAX + 1);
  }
  memset(run + at, 'x', PARAM_RUN_MAX - at);
  run[PARAM_RUN_MAX - 1] = 0;
  return run;
}

static void params(char const *longest)
{
  static struct param_run const bad[] = {
    { "nNEVER", 6 }, RUN("NNEVER"), RUN("nNEVER\0"), RUN("\0nNEVER"), RUN("{"), RUN("`"), RUN("nNEVER\0Ta@b"),
  };
  char over[ADDRESS_MAX + 4];
  size_t i, passed = 0;

  for (i = 0; i < sizeof bad / sizeof *bad; i++) {
    j.params = bad[i];
    passed += job_pack(&j, buf) != 0;
  }
  check("parameters that are none", !passed);
  snprintf(over, sizeof over, "xy%s", longest);
  j.params = (struct param_run){ over, sizeof over - 1 };
  check("a value that is too long", !job_pack(&j, buf));
  j.params = (struct param_run){ over + 1, sizeof over - 2 };
  check("the longest one", job_pack(&j, buf));
  j.params = (struct param_run){ longest_run(longest), PARAM_RUN_MAX };
  check("the most of them", job_pack(&j, buf));
  j.params.len++;
  check("and one byte more", !job_pack(&j, buf));
  j.params = (struct param_run)RUN("rHDRS\0eQQ");
  check("a value", !strcmp(param_text(j.params, 'e'), "QQ") && !strcmp(param_get(j.params, 'r'), "HDRS"));
  check("none", !param_get(j.params, 'Q') && !*param_text(j.params, 'u') && !param_get((struct param_run)NONE, 'r'));
}

static void jobs(void)
{
  static char address[ADDRESS_MAX + 2], text[TEXT_MAX + 1];
  size_t len, cost = 0;
  uint32_t i;

  j = (struct job){ .number = 8, .kind = JOB_REMOTE, .id = ID "-1", .bytes = 1ULL << 40, .sender = "",
                    .params = RUN("rFULL\0u"), .n = 2 };
  j.rcpt[0] = (struct job_rcpt){ "a@b", "", ACTION_FAILED, RUN("nNEVER\0zof later times\0orfc822;x") };
  j.rcpt[1] = (struct job_rcpt){ "c@d", "", ACTION_FAILED, NONE };
  len = job_pack(&j, buf);
  check("job fits", len);
  check("job comes back", job_unpack(&k, buf, len) && k.number == 8 && k.bytes == 1ULL << 40 && !*k.sender
        && !strcmp(k.rcpt[1].address, "c@d") && !*k.rcpt[0].text && !strcmp(k.id, ID "-1"));
  check("so do parameters, whatever they are", same(k.params, j.params) && same(k.rcpt[0].params, j.rcpt[0].params)
        && !k.rcpt[1].params.len);
  records_hold("truncated jobs are refused", buf, len, read_job);

  memset(address, 'a', sizeof address - 1);
  j.n = 1;
  j.rcpt[0].address = address;
  check("an address that is too long", !job_pack(&j, buf));
  address[ADDRESS_MAX] = 0;
  check("the longest address", job_pack(&j, buf));

  params(address);

  /* whatever keeps JOB_ROOM fits a record */
  memset(text, 't', TEXT_MAX);
  j.kind = JOB_BOUNCE;
  j.bounce = 1;
  j.sender = address;
  j.params = (struct param_run){ longest_run(address), PARAM_RUN_MAX };
  for (i = 0; i < JOB_RCPTS_MAX; i++) {
    size_t room = JOB_ROOM - cost;
    size_t a = i % 2 ? ADDRESS_MAX : 100, t = i % 3 ? TEXT_MAX : 0;
    if (job_cost(a, t, sizeof "nNEVER") > room) break;
    cost += job_cost(a, t, sizeof "nNEVER");
    j.rcpt[i] = (struct job_rcpt){ address + ADDRESS_MAX - a, text + TEXT_MAX - t, ACTION_FAILED, RUN("nNEVER") };
  }
  j.n = i;
  check("a full job fits", i > 10 && job_pack(&j, buf));
}

int main(void)
{
  orders();
  jobs();
  return unit_end();
}
