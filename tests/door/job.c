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

static void jobs(void)
{
  static char address[ADDRESS_MAX + 2], text[TEXT_MAX + 1];
  size_t len, cost = 0;
  uint32_t i;

  j = (struct job){ .number = 8, .kind = JOB_REMOTE, .id = ID "-1", .bytes = 1ULL << 40, .sender = "",
                    .ret = "FULL", .envid = "", .flags = JOB_UTF8, .n = 2 };
  j.rcpt[0] = (struct job_rcpt){ "a@b", "", ACTION_FAILED, "NEVER", "rfc822;x" };
  j.rcpt[1] = (struct job_rcpt){ "c@d", "", ACTION_FAILED, "", "" };
  len = job_pack(&j, buf);
  check("job fits", len);
  check("job comes back", job_unpack(&k, buf, len) && k.number == 8 && k.bytes == 1ULL << 40 && !*k.sender
        && !strcmp(k.rcpt[1].address, "c@d") && !strcmp(k.ret, "FULL") && k.flags == JOB_UTF8
        && !strcmp(k.rcpt[0].notify, "NEVER") && !strcmp(k.rcpt[0].orcpt, "rfc822;x") && !*k.rcpt[0].text && !strcmp(k.id, ID "-1"));
  records_hold("truncated jobs are refused", buf, len, read_job);

  memset(address, 'a', sizeof address - 1);
  j.n = 1;
  j.rcpt[0].address = address;
  check("an address that is too long", !job_pack(&j, buf));
  address[ADDRESS_MAX] = 0;
  check("the longest address", job_pack(&j, buf));

  /* whatever keeps JOB_ROOM fits a record */
  memset(text, 't', TEXT_MAX);
  j.kind = JOB_BOUNCE;
  j.bounce = 1;
  j.sender = j.ret = j.envid = address;
  for (i = 0; i < JOB_RCPTS_MAX; i++) {
    size_t room = JOB_ROOM - cost;
    size_t a = i % 2 ? ADDRESS_MAX : 100, t = i % 3 ? TEXT_MAX : 0;
    if (job_cost(a, t, (size_t)5) > room) break;
    cost += job_cost(a, t, (size_t)5);
    j.rcpt[i] = (struct job_rcpt){ address + ADDRESS_MAX - a, text + TEXT_MAX - t, ACTION_FAILED, "NEVER", "" };
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
