/* value.c - values that have parts: what they mean, and what is none */

#include <string.h>
#include <sys/socket.h>

#include "lib/conf/value.h"
#include "unit.h"

static int is(char const *line, enum transport want, char const *rest)
{
  char const *s;

  return value_transport(line, &s) == want && !strcmp(s, rest);
}

static int bad(char const *line)
{
  return is(line, TRANSPORT_BAD, line);
}

static void transports(void)
{
  static char path[200], program[2 * TRANSPORT_PROGRAM_MAX];
  unsigned int i;

  check("smtp", is("smtp", TRANSPORT_SMTP, "smtp") && bad("smtp:") && bad("smtps") && bad("SMTP") && bad("") && bad(" "));
  check("lmtp to a host", is("lmtp:mx.test", TRANSPORT_LMTP, "mx.test") && is("lmtp:[::1]:24", TRANSPORT_LMTP, "[::1]:24"));
  check("lmtp to a socket", is("lmtp:/run/lmtp", TRANSPORT_SOCKET, "/run/lmtp"));
  check("lmtp to nowhere", bad("lmtp") && bad("lmtp:"));
  memcpy(path, "lmtp:/", 6);
  memset(path + 6, 'x', 106);
  check("the longest path of a socket", is(path, TRANSPORT_SOCKET, path + 5));
  path[112] = 'x';
  check("a longer one", bad(path));
  check("a program", is("program:/bin/true", TRANSPORT_PROGRAM, "/bin/true"));
  check("with words", is("program:/bin/p -v\tx  y:z", TRANSPORT_PROGRAM, "/bin/p -v\tx  y:z"));
  check("no absolute path", bad("program:true") && bad("program:./true") && bad("program: /bin/true") && bad("program:"));
  memcpy(program, "program:/p", 10);
  for (i = 0; i < TRANSPORT_WORDS_MAX - 1; i++) memcpy(program + 10 + 2 * i, " w", 2);
  check("as many words as there may be", is(program, TRANSPORT_PROGRAM, program + 8));
  memcpy(program + 10 + 2 * i, " w", 2);
  check("one more", bad(program));
  memset(program + 10, 'x', TRANSPORT_PROGRAM_MAX - 3);
  check("the longest program", is(program, TRANSPORT_PROGRAM, program + 8));
  program[TRANSPORT_PROGRAM_MAX + 7] = 'x';
  check("a longer one", bad(program));
  check("another kind", bad("qmtp:mx.test") && bad("lmtps:mx.test") && bad("mx.test") && bad("/bin/true"));
}

static int rate(char const *s, int r, uint32_t messages, uint32_t connections)
{
  uint32_t max[2] = { 7, 7 };

  return value_rate(s, 60000, max) == r && max[0] == messages && max[1] == connections;
}

static void rates(void)
{
  static char const *const none[] = { "x", "", "5x", "5/6/7", "-1", "5 6" };
  size_t i, bad = 0;

  check("messages", rate("60", 1, 60, 0));
  check("both", rate("60/3", 1, 60, 3));
  check("connections", rate("/3", 1, 0, 3) && rate("0/3", 1, 0, 3));
  check("no limit", rate("0", 1, 0, 0) && rate("/", 1, 0, 0));
  check("no more than the most", rate("99999999999999999999/4294967297", 1, 60000, 60000));
  for (i = 0; i < sizeof none / sizeof *none; i++) bad += !rate(none[i], 0, 0, 0);
  check("what is no rate", !bad);
}

#define IP(c, d) (0x7f000000U + (c) * 256U + (d))

static void answers(void)
{
  static char const *const none[] = {
    "127.0.0", "10.0.0.1", "127.0.0.2-", "127.0.0.9-127.0.0.2", "127.0.0.2,", "127.0.0.2,:x", ",127.0.0.2", "127.0.0.2 ",
    "127.0.0.2-127.0.0.3-127.0.0.4", "127.0.0.2-10.0.0.1", "x",
  };
  char const *two = "127.0.0.2-127.0.0.9,127.0.1.1:see a,b";
  size_t i, bad = 0;

  check("all but the first and the last", value_answers("", IP(0, 2)) == 1 && value_answers(":text", IP(0, 254)) == 1
        && !value_answers("", IP(0, 1)) && !value_answers("", IP(0, 255)) && !value_answers("", IP(1, 2)));
  check("ranges", value_answers(two, IP(0, 2)) == 1 && value_answers(two, IP(0, 9)) == 1 && value_answers(two, IP(1, 1)) == 1
        && !value_answers(two, IP(0, 10)) && !value_answers(two, IP(1, 0)));
  check("one", value_answers("127.0.0.4", IP(0, 4)) == 1 && !value_answers("127.0.0.4", IP(0, 5)));
  for (i = 0; i < sizeof none / sizeof *none; i++) bad += value_answers(none[i], IP(0, 2)) != -1;
  check("what is none", !bad);
}

static int source(char const *s, int family, char const *want)
{
  struct net_address a;
  char text[NET_TEXT_MAX];

  if (value_source(&a, s, family) != 1) return !want;
  net_format(text, &a);
  return want && !strcmp(text, want);
}

static void sources(void)
{
  static char const *const none[] = {
    "x", "192.0.2.1,", ",192.0.2.1", "192.0.2.1,192.0.2.2", "192.0.2.1,::1,::2", "192.0.2.1:25", "::1,::2", "192.0.2.1 ", ",",
  };
  struct net_address a;
  size_t i, bad = 0;

  check("of its family", source("192.0.2.1", AF_INET, "192.0.2.1") && source("192.0.2.1", AF_INET6, 0)
        && source("192.0.2.1,::1", AF_INET6, "::1") && source("::1,192.0.2.1", AF_INET, "192.0.2.1"));
  check("none is good", value_source(&a, "", AF_INET) == 0 && value_source(&a, "::1", AF_INET) == 0);
  for (i = 0; i < sizeof none / sizeof *none; i++)
    bad += value_source(&a, none[i], AF_INET) != -1 || value_source(&a, none[i], AF_INET6) != -1;
  check("what is no source", !bad);
}

static int place(char const *s, char const *want, unsigned int want_port)
{
  char host[16];
  unsigned int port = 25;

  if (!value_place(s, host, sizeof host, &port)) return !want;
  return want && !strcmp(host, want) && port == want_port;
}

static void places(void)
{
  static char const *const none[] = {
    "host:", "host:0", "host:x", "host:65536", "host:25:26", "[::1", "[::1]25", "[::1]:", "::1", "sixteen.example.", "[", "[IPv6:",
  };
  size_t i, bad = 0;

  check("a host", place("relay.test", "relay.test", 25) && place("relay.test:2525", "relay.test", 2525));
  check("an address", place("[192.0.2.1]", "192.0.2.1", 25) && place("[::1]:24", "::1", 24) && place("[IPv6:::1]", "::1", 25)
        && place("[ipv6:::1]:24", "::1", 24) && place("192.0.2.1:24", "192.0.2.1", 24));
  check("a port alone", place(":2525", "", 2525) && place("", "", 25));
  for (i = 0; i < sizeof none / sizeof *none; i++) bad += !place(none[i], 0, 0);
  check("what is no place", !bad);
}

static int listens(char const *s, char const *ip, unsigned int port, enum service want)
{
  struct net_address a;
  enum service service;
  char text[NET_TEXT_MAX] = "";

  if (!value_listen(&a, &service, s)) return 0;
  if (a.family) net_format(text, &a);
  return !strcmp(text, ip) && a.port == port && service == want;
}

static void listening(void)
{
  check("an address and a port", listens("192.0.2.1:25", "192.0.2.1", 25, SERVICE_SMTP));
  check("IPv6 and a service", listens("[2001:db8::1]:628:qmqp", "2001:db8::1", 628, SERVICE_QMQP));
  check("all of both", listens(":209:qmtp", "", 209, SERVICE_QMTP));
}

int main(void)
{
  listening();
  transports();
  rates();
  answers();
  sources();
  places();
  return unit_end();
}
