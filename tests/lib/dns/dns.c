/* dns.c - the resolver against a server that lies, is silent, or says too much (tests/stub/dns.py) */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/dns/ask.h"
#include "lib/dns/dns.h"
#include "lib/io/io.h"
#include "unit.h"

static char const zone[] =
  "good.test MX 20 b.test\n" "good.test MX 10 a.test\n" "good.test MX 30 c.test\n"
  "a.test A 192.0.2.1\n" "a.test A 192.0.2.2\n" "a.test AAAA 2001:db8::1\n"
  "only4.test A 192.0.2.3\n" "only6.test AAAA 2001:db8::3\n" "nothing.test MX 1 x\n"
  "null.test MX 0 .\n"
  "equals.test MX 5 a.test\n" "equals.test MX 5 b.test\n" "equals.test MX 9 c.test\n"
  "mxalias.test CNAME good.test\n" "mxlone.test LONE-CNAME good.test\n"
  "sixes.test A 192.0.2.1\n" "sixes.test AAAA 2001:db8::1\n" "sixes.test AAAA 2001:db8::2\n" "sixes.test AAAA 2001:db8::3\n"
  "alias.test CNAME a.test\n" "chain.test CNAME alias.test\n"
  "lone.test LONE-CNAME a.test\n" "loop1.test LONE-CNAME loop2.test\n" "loop2.test LONE-CNAME loop1.test\n"
  "dangling.test CNAME gone.test\n"
  "fail.test CODE 2\n" "refused.test CODE 5\n" "silent.test SILENT\n"
  "big.test TRUNCATE\n" "big.test A 192.0.2.4\n"
  "old.test NOEDNS\n" "old.test A 192.0.2.5\n" "bare.test BAREFORM\n" "bare.test A 192.0.2.6\n"
  "wrongid.test WRONG id\n" "wrongid.test A 192.0.2.7\n"
  "wrongq.test WRONG question\n" "wrongq.test A 192.0.2.8\n"
  "wrongsrc.test WRONG source\n" "wrongsrc.test A 192.0.2.9\n"
  "short.test HEX A c000\n" "shortmx.test HEX MX 000a\n" "loopmx.test HEX MX 000ac01c\n" "badmx.test HEX MX 000a03610a6200\n"
  "cut.test CUT 3\n" "cut.test A 192.0.2.10\n" "count.test COUNT 9\n" "count.test A 192.0.2.11\n"
  "both.test TOGETHER\n" "both.test A 192.0.2.13\n" "both.test AAAA 2001:db8::13\n"
  "mute6.test SILENT AAAA\n" "mute6.test A 192.0.2.14\n" "mute4.test SILENT A\n" "mute4.test AAAA 2001:db8::15\n"
  "fail6.test CODE 2 AAAA\n" "fail6.test A 192.0.2.16\n" "fail4.test CODE 5 A\n" "fail4.test AAAA 2001:db8::17\n"
  "gone6.test CODE 3 AAAA\n" "gone6.test A 192.0.2.18\n" "none4.test CODE 2 AAAA\n" "none4.test MX 1 x\n"
  "halfmoved.test LONE-CNAME both.test\n"
  "sixteen.test MANY 20\n" "sixteen.test A 192.0.2.19\n" "sixteen.test AAAA 2001:db8::19\n"
  "many.test MANY 2000\n" "many.test TRUNCATE\n" "many.test A 192.0.2.12\n" "many.test MX 7 a.test\n";

static char folder[] = "/tmp/bulkhead-dns.XXXXXX";
static struct net_address a[DNS_ADDRESSES_MAX];
static struct dns_mx mx[DNS_MX_MAX];
static unsigned int n;

static pid_t serve(void)
{
  char path[64], port[16] = "";
  struct net_address server = { .family = AF_INET, .ip = { 127, 0, 0, 1 } };
  int fd, tries;
  pid_t pid;

  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/zone", folder);
  fd = open(path, O_WRONLY | O_CREAT, 0600);
  io_write(fd, zone, sizeof zone - 1);
  close(fd);
  pid = fork();
  if (!pid) {
    execlp("python3", "python3", "tests/stub/dns.py", folder, "127.0.0.1", path, (char *)0);
    _exit(127);
  }
  snprintf(path, sizeof path, "%s/port", folder);
  for (tries = 0; tries < 200 && (fd = open(path, O_RDONLY)) == -1; tries++) usleep(50000);
  if (fd == -1 || io_read(fd, port, sizeof port - 1) < 2) return -1;
  close(fd);
  port[strcspn(port, "\n")] = 0;
  server.port = net_port(port);
  dns_server_add(&server);
  return pid;
}

/* for what comes: longer than the servers' own time */
static long long later(void)
{
  return io_clock() + 60000;
}

static enum dns_status addresses(char const *name)
{
  return dns_addresses(name, a, &n, later());
}

static int one(char const *name, char const *ip)
{
  char s[NET_TEXT_MAX];

  if (addresses(name) != DNS_FOUND || n != 1) return 0;
  net_format(s, a);
  return !strcmp(s, ip);
}

static void exchanges(void)
{
  int i, seen = 0;

  check("MX, best first", dns_mx("GOOD.test", mx, &n, later()) == DNS_FOUND && n == 3 && !strcmp(mx[0].name, "a.test")
        && mx[0].preference == 10 && !strcmp(mx[1].name, "b.test") && !strcmp(mx[2].name, "c.test"));
  check("both families in turns, IPv4 first", addresses("a.test") == DNS_FOUND && n == 3 && a[0].family == AF_INET
        && a[1].family == AF_INET6 && a[2].family == AF_INET && a[0].ip[3] + a[2].ip[3] == 3);
  check("more of one", addresses("sixes.test") == DNS_FOUND && n == 4 && a[0].family == AF_INET && a[1].family == AF_INET6
        && a[2].family == AF_INET6 && a[3].family == AF_INET6 && a[1].ip[15] + a[2].ip[15] + a[3].ip[15] == 6);
  for (i = 0; i < 40; i++)
    if (addresses("a.test") == DNS_FOUND) seen |= a[0].ip[3];
  check("equals come in random order", seen == 3);
  for (i = seen = 0; i < 40; i++)
    if (dns_mx("equals.test", mx, &n, later()) == DNS_FOUND && n == 3 && !strcmp(mx[2].name, "c.test"))
      seen |= mx[0].name[0] == 'a' ? 1 : 2;
  check("MX hosts of equal preference come in random order", seen == 3);
  check("MX records behind a CNAME", dns_mx("mxalias.test", mx, &n, later()) == DNS_FOUND && n == 3
        && dns_mx("mxlone.test", mx, &n, later()) == DNS_FOUND && n == 3);
  check("one family", one("only4.test", "192.0.2.3") && one("only6.test", "2001:db8::3"));
  check("nothing there", addresses("nothing.test") == DNS_NOTHING && n == 0 && dns_mx("a.test", mx, &n, later()) == DNS_NOTHING);
  check("no such name", addresses("gone.test") == DNS_NO_NAME && dns_mx("gone.test", mx, &n, later()) == DNS_NO_NAME);
  check("not a host name", addresses("a b") == DNS_NO_NAME && addresses("") == DNS_NO_NAME);
  check("null MX", dns_mx("null.test", mx, &n, later()) == DNS_FOUND && n == 1 && !mx[0].name[0]);
  check("chains", addresses("chain.test") == DNS_FOUND && n == 3);
  check("a chain that goes on in another answer", addresses("lone.test") == DNS_FOUND && n == 3);
  check("a chain without end", addresses("loop1.test") == DNS_LATER);
  check("a chain to nowhere", addresses("dangling.test") == DNS_NO_NAME);
}

/* A and AAAA are asked at the same time, and one's trouble is not the other's */
static void pairs(void)
{
  long long start;
  unsigned int i, four = 0;

  check("both at the same time", dns_addresses("both.test", a, &n, later()) == DNS_FOUND && n == 2);
  check("also where a chain goes on", dns_addresses("halfmoved.test", a, &n, later()) == DNS_FOUND && n == 2);
  start = io_clock();
  check("silence about AAAA", dns_addresses("mute6.test", a, &n, later()) == DNS_FOUND && n == 1 && a[0].ip[3] == 14);
  check("silence about A", dns_addresses("mute4.test", a, &n, later()) == DNS_FOUND && n == 1 && a[0].ip[15] == 0x15);
  check("each is waited for a moment", io_clock() - start >= 2000 && io_clock() - start < 20000);
  check("failure about AAAA", dns_addresses("fail6.test", a, &n, later()) == DNS_FOUND && n == 1 && a[0].ip[3] == 16);
  check("failure about A", dns_addresses("fail4.test", a, &n, later()) == DNS_FOUND && n == 1 && a[0].ip[15] == 0x17);
  check("no such name for AAAA alone", dns_addresses("gone6.test", a, &n, later()) == DNS_FOUND && n == 1);
  check("none of one, failure about the other", addresses("none4.test") == DNS_LATER);
  check("IPv4 alone is not asked for AAAA", dns_ipv4("mute6.test", a, &n, later()) == DNS_FOUND && n == 1);
  check("many of both", dns_addresses("sixteen.test", a, &n, later()) == DNS_FOUND && n == DNS_ADDRESSES_MAX);
  for (i = 0; i < n; i++) four += a[i].family == AF_INET;
  check("half of them each", four == n / 2);
}

static void trouble(void)
{
  long long start;

  check("server failure", addresses("fail.test") == DNS_LATER && dns_mx("fail.test", mx, &n, later()) == DNS_LATER);
  check("refused", addresses("refused.test") == DNS_LATER);
  start = io_clock();
  check("silence", dns_mx("silent.test", mx, &n, start + 1200) == DNS_LATER);
  check("the deadline holds", io_clock() - start >= 1200 && io_clock() - start < 9000);
  check("truncated: TCP", one("big.test", "192.0.2.4"));
  check("servers without EDNS", one("old.test", "192.0.2.5") && one("bare.test", "192.0.2.6"));
  check("a wrong id is passed over", one("wrongid.test", "192.0.2.7"));
  check("a wrong question is passed over", one("wrongq.test", "192.0.2.8"));
  check("a wrong source is passed over", one("wrongsrc.test", "192.0.2.9"));
  check("short data", addresses("short.test") == DNS_LATER && dns_mx("shortmx.test", mx, &n, later()) == DNS_LATER);
  check("an MX that points to itself", dns_mx("loopmx.test", mx, &n, later()) == DNS_LATER);
  check("an MX with a line end in its name", dns_mx("badmx.test", mx, &n, later()) == DNS_LATER && n == 0);
  check("a message cut short", addresses("cut.test") == DNS_LATER);
  check("a wrong count", addresses("count.test") == DNS_LATER);
  check("thousands of records", addresses("many.test") == DNS_FOUND && n <= DNS_ADDRESSES_MAX
        && dns_mx("many.test", mx, &n, later()) == DNS_FOUND && n == DNS_MX_MAX);
}

int main(void)
{
  struct net_address dead = { .family = AF_INET, .ip = { 127, 0, 0, 1 }, .port = 1 };
  char command[100];
  pid_t pid;

  dns_server_add(&dead);        /* the first server is never there: the second is asked at once */
  pid = serve();
  check("the server is there", pid > 0);
  if (pid <= 0) return 1;
  exchanges();
  pairs();
  trouble();
  kill(pid, SIGTERM);
  waitpid(pid, 0, 0);
  check("no server at all", addresses("a.test") == DNS_LATER);
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return system(command) ? 1 : unit_end();
}
