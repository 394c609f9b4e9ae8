/* admission.c - limits of addresses and networks: each, both families, a minute, bans, and a table that is full */

#include <string.h>
#include <sys/socket.h>

#include "in/admission.h"
#include "unit.h"

static struct admission_limits const most = { .of_address = 3, .of_network = 5, .address_rate = 10, .network_rate = 12 };
static struct admission_limits const wide = { .of_address = 100000, .of_network = 100000 };

static struct net_address at(char const *text)
{
  struct net_address a;

  if (!net_parse(&a, text, strlen(text))) check(text, 0);
  return a;
}

static char const *enter(struct admission *a, char const *text, long long now)
{
  struct net_address ip = at(text);

  return admission_enter(a, &ip, &most, now);
}

/* what a refusal is about, in short */
static int about(char const *why, char const *what)
{
  return why && !strncmp(why, "4.7.0 too many ", 15) && strstr(why, what) != 0;
}

static void at_a_time(void)
{
  struct admission a[6], b;
  int i;

  for (i = 0; i < 3; i++) check("the first three", !enter(a + i, "192.0.2.1", 1000));
  check("not a fourth", about(enter(&b, "192.0.2.1", 1000), "connections from your address"));
  admission_leave(&b);  /* it was not counted */
  check("still not", about(enter(&b, "192.0.2.1", 1000), "address"));
  for (i = 3; i < 5; i++) check("two of its network", !enter(a + i, "192.0.2.2", 1000));
  check("not a third", about(enter(&b, "192.0.2.3", 1000), "connections from your network"));
  check("others come", !enter(&b, "192.0.3.1", 1000));
  admission_leave(&b);
  admission_leave(a);
  check("one went, one comes", !enter(a, "192.0.2.77", 1000));
  check("and no more", about(enter(&b, "192.0.2.78", 1000), "network"));
  for (i = 0; i < 5; i++) admission_leave(a + i);
}

static void of_six(void)
{
  struct admission a[5], b;
  static char const *const here[] = { "2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8::4", "2001:db8::5" };
  int i;

  for (i = 0; i < 5; i++) check("five of a /64", !enter(a + i, here[i], 1000));
  check("not six", about(enter(&b, "2001:db8::ffff:ffff:ffff:ffff", 1000), "network"));
  check("the next /64", !enter(&b, "2001:db8:0:1::1", 1000));
  admission_leave(&b);
  for (i = 0; i < 5; i++) admission_leave(a + i);
}

static void in_a_minute(void)
{
  struct admission a;
  int i;

  for (i = 0; i < 10; i++) {
    check("ten", !enter(&a, "198.51.100.1", 5000 + i));
    admission_leave(&a);
  }
  check("not eleven", about(enter(&a, "198.51.100.1", 60000), "new connections from your address"));
  for (i = 0; i < 2; i++) {
    check("two others", !enter(&a, "198.51.100.2", 6000));
    admission_leave(&a);
  }
  check("twelve of a network", about(enter(&a, "198.51.100.3", 60000), "new connections from your network"));
  check("until the minute is over", about(enter(&a, "198.51.100.1", 64999), "new"));
  check("then again", !enter(&a, "198.51.100.1", 65000));
  admission_leave(&a);
}

static void bans(void)
{
  struct net_address one = at("203.0.113.1"), other = at("203.0.113.2");

  check("nobody at first", !admission_is_banned(&one, 1000));
  admission_ban(&one, 61000);
  check("one", admission_is_banned(&one, 1000) && admission_is_banned(&one, 60999));
  check("not its neighbour", !admission_is_banned(&other, 1000));
  check("not for ever", !admission_is_banned(&one, 61000));
  one = at("2001:db8:0:1::1");
  admission_ban(&one, 61000);
  other = at("2001:db8:0:1::2");
  check("a host's other addresses", admission_is_banned(&other, 1000));
  other = at("2001:db8:0:2::1");
  check("not another network", !admission_is_banned(&other, 1000));
}

static struct net_address number(unsigned int i)
{
  struct net_address a = at("2001:db8::");

  a.ip[5] = (unsigned char)(i >> 16);
  a.ip[6] = (unsigned char)(i >> 8);
  a.ip[7] = (unsigned char)i;
  return a;
}

/* Each of another network, and more of them than there are places. */
static void full(void)
{
  static struct admission held[ADMISSION_CONNECTIONS];
  struct admission a;
  unsigned int i, good = 0, counted = 0;

  for (i = 0; i < ADMISSION_CONNECTIONS; i++) {
    struct net_address ip = number(i);
    good += !admission_enter(held + i, &ip, &most, 100000);
  }
  check("as many as there may be", good == ADMISSION_CONNECTIONS);
  for (good = 0, i = 0; i < 50000; i++) {
    struct net_address ip = number(ADMISSION_CONNECTIONS + i);
    good += !admission_enter(&a, &ip, &wide, 100000);
    admission_leave(&a);
  }
  check("50000 more come and go", good == 50000);
  for (i = 0; i < ADMISSION_CONNECTIONS; i++) {
    struct net_address ip = number(i);
    struct admission_limits const one = { .of_address = 1, .of_network = 100 };
    counted += about(admission_enter(&a, &ip, &one, 100000), "address");
  }
  check("no connection was forgotten", counted == ADMISSION_CONNECTIONS);
  for (i = 0; i < ADMISSION_CONNECTIONS; i++) admission_leave(held + i);
}

int main(void)
{
  check("it starts", admission_start() == 0);
  at_a_time();
  of_six();
  in_a_minute();
  bans();
  full();
  return unit_end();
}
