/* servers.c - which name servers to ask: control/dnsservers, /etc/resolv.conf, or this host */

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/conf/control.h"
#include "lib/dns/ask.h"
#include "lib/dns/dns.h"
#include "lib/io/io.h"
#include "lib/io/large.h"

#define PORT 53
#define RESOLV_CONF_MAX 65536

/* 1 when the site names its own, 0 when not, -1 */
static int from_control(void)
{
  struct control_table t = { 0, 0, 0 };
  struct net_address a;
  size_t i;
  int r = control_table("dnsservers", &t, 0);

  if (r == -1) return -1;
  control_in_order(&t);
  for (i = 0; i < t.n; i++) {
    if (!net_parse_port(&a, t.entries[i].key, PORT)) {
      errno = EINVAL;
      r = -1;
      break;
    }
    dns_server_add(&a);
  }
  if (r == 1 && !t.n) r = 0;
  control_table_free(&t);
  return r;
}

/* "nameserver ADDRESS" or "nameserver fe80::1%eth0"; any other line says nothing to us */
static void line(char *s)
{
  static char const word[] = "nameserver";
  struct net_address a;
  char *scope;

  s += strspn(s, " \t");
  if (strncmp(s, word, sizeof word - 1) || !strchr(" \t", s[sizeof word - 1])) return;
  s += sizeof word - 1;
  s += strspn(s, " \t");
  s[strcspn(s, " \t\r")] = 0;
  scope = strchr(s, '%');
  if (scope) *scope++ = 0;
  if (!net_parse(&a, s, strlen(s))) return;
  a.port = PORT;
  if (scope) a.scope = if_nametoindex(scope);
  dns_server_add(&a);
}

static int from_resolv_conf(void)
{
  static LARGE char text[RESOLV_CONF_MAX + 1];
  char *s = text;
  ssize_t len;
  int fd = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);

  if (fd == -1) return errno == ENOENT ? 0 : -1;
  len = io_read(fd, text, RESOLV_CONF_MAX);
  io_close_keep(fd);
  if (len == -1) return -1;
  text[len] = 0;
  while (*s) {
    char *end = s + strcspn(s, "\n");
    int last = !*end;
    *end = 0;
    line(s);
    s = last ? end : end + 1;
  }
  return 0;
}

int dns_start(void)
{
  struct net_address here = { .family = AF_INET, .port = PORT, .ip = { 127, 0, 0, 1 } };
  int r = from_control();

  if (r == -1) return -1;
  if (!r && from_resolv_conf() == -1) return -1;
  if (!dns_server_count()) dns_server_add(&here);
  return 0;
}
