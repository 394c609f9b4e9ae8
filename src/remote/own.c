/* own.c - see own.h */

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/large.h"
#include "remote/own.h"

#define OWN_MAX 1024            /* addresses of this host; more are not known to us */
#define PATIENCE 5000           /* ms: the kernel answers at once */

static LARGE struct net_address own[OWN_MAX];
static unsigned int own_count;

static void add(int family, void const *ip, size_t len)
{
  struct net_address *a = own + own_count;

  if (own_count == OWN_MAX || len != (family == AF_INET ? 4U : 16U)) return;
  memset(a, 0, sizeof *a);
  a->family = family;
  memcpy(a->ip, ip, len);
  own_count++;
}

/* one address of one interface: on point-to-point links IFA_LOCAL is ours, IFA_ADDRESS the other side's */
static void take(struct nlmsghdr *h)
{
  struct ifaddrmsg *m = NLMSG_DATA(h);
  struct rtattr *a, *ours = 0;
  int len = (int)h->nlmsg_len - (int)NLMSG_LENGTH(sizeof *m);

  if (len < 0 || (m->ifa_family != AF_INET && m->ifa_family != AF_INET6)) return;
  for (a = IFA_RTA(m); RTA_OK(a, len); a = RTA_NEXT(a, len))
    if (a->rta_type == IFA_LOCAL || (a->rta_type == IFA_ADDRESS && !ours)) ours = a;
  if (ours) add(m->ifa_family, RTA_DATA(ours), RTA_PAYLOAD(ours));
}

/* the messages of one packet; 1 after the last one of all, -1 with errno */
static int take_all(char *buf, size_t len)
{
  size_t at = 0;

  while (len - at >= sizeof(struct nlmsghdr)) {
    struct nlmsghdr *h = (struct nlmsghdr *)(void *)(buf + at);
    if (h->nlmsg_len < sizeof *h || h->nlmsg_len > len - at) break;
    if (h->nlmsg_type == NLMSG_DONE) return 1;
    if (h->nlmsg_type == NLMSG_ERROR) {
      errno = EPROTO;
      return -1;
    }
    if (h->nlmsg_type == RTM_NEWADDR) take(h);
    at += NLMSG_ALIGN(h->nlmsg_len);
    if (at > len) break;
  }
  return 0;
}

static int dump(int fd)
{
  static LARGE union { struct nlmsghdr align; char bytes[32768]; } buf;
  struct { struct nlmsghdr head; struct ifaddrmsg m; } ask = {
    .head = { .nlmsg_len = sizeof ask, .nlmsg_type = RTM_GETADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
    .m = { .ifa_family = AF_UNSPEC }
  };
  int done = 0;

  if (send(fd, &ask, sizeof ask, 0) != (ssize_t)sizeof ask) return -1;
  while (!done) {
    ssize_t r;
    if (io_wait(fd, POLLIN, PATIENCE) != 1) return -1;
    r = recv(fd, buf.bytes, sizeof buf.bytes, MSG_TRUNC);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1) return -1;
    if ((size_t)r > sizeof buf.bytes) errno = EMSGSIZE;
    done = (size_t)r > sizeof buf.bytes ? -1 : take_all(buf.bytes, (size_t)r);
  }
  return done == -1 ? -1 : 0;
}

/* Not getifaddrs: that binds its socket where libc is glibc, and nothing here may bind sockets once mail-rspawn has
   locked itself in. */
int own_start(void)
{
  int r, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

  if (fd == -1) return -1;
  own_count = 0;
  r = dump(fd);
  io_close_keep(fd);
  return r;
}

int own_unspecified(struct net_address const *a)
{
  static struct net_network const v4 = { { .family = AF_INET }, 8 }, v6 = { { .family = AF_INET6 }, 128 };

  return net_within(a, &v4) || net_within(a, &v6);
}

static int is_loopback(struct net_address const *a)
{
  static struct net_network const v4 = { { .family = AF_INET, .ip = { 127 } }, 8 },
                                  v6 = { { .family = AF_INET6, .ip = { [15] = 1 } }, 128 };

  return net_within(a, &v4) || net_within(a, &v6);
}

int own_address(struct net_address const *a)
{
  unsigned int i;

  if (own_unspecified(a) || is_loopback(a)) return 1;
  for (i = 0; i < own_count; i++)
    if (net_same(own + i, a)) return 1;
  return 0;
}
