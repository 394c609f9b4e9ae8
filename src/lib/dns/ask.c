/* ask.c - see ask.h; the only state is the list of servers and the room for one answer */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/dns/ask.h"
#include "lib/io/io.h"

static struct net_address servers[DNS_SERVERS_MAX];
static unsigned int server_count;
static unsigned char answer[DNS_MESSAGE_MAX];

/* each server is asked once a round; milliseconds to wait for it */
static int const patience[] = { 1500, 3000, 6000 };
#define TCP_PATIENCE 5000

void dns_server_add(struct net_address const *a)
{
  if (server_count < DNS_SERVERS_MAX) servers[server_count++] = *a;
}

unsigned int dns_server_count(void)
{
  return server_count;
}

static int left(long long deadline)
{
  long long ms = deadline - io_clock();

  return ms < 0 ? 0 : ms > 86400000 ? 86400000 : (int)ms;
}

/* One query by UDP; what is not its answer is passed over, so a stranger must guess id and port. Length or 0. */
static size_t by_udp(int fd, struct dns_question const *q, int edns, long long deadline)
{
  unsigned char query[DNS_QUERY_MAX];
  uint16_t id;
  size_t len;
  ssize_t r;

  if (getrandom(&id, sizeof id, 0) != sizeof id) return 0;
  len = dns_query_make(query, q, id, edns);
  if (send(fd, query, len, MSG_NOSIGNAL) != (ssize_t)len) return 0;
  while (io_wait(fd, POLLIN, left(deadline)) == 1) {
    r = recv(fd, answer, sizeof answer, 0);
    if (r == -1 && errno != EAGAIN && errno != EINTR) return 0;
    if (r > 0 && dns_answer_fits(answer, (size_t)r, q, id)) return (size_t)r;
    if (!left(deadline)) return 0;      /* a flood of others' packets does not keep us */
  }
  return 0;
}

static int whole_read(int fd, unsigned char *s, size_t len, long long deadline)
{
  while (len) {
    ssize_t r = recv(fd, s, len, 0);
    if (!r || (r == -1 && errno != EAGAIN && errno != EINTR)) return 0;
    if (r == -1) {
      if (io_wait(fd, POLLIN, left(deadline)) != 1) return 0;
      continue;
    }
    s += r;
    len -= (size_t)r;
    if (len && !left(deadline)) return 0;
  }
  return 1;
}

/* The same by TCP (RFC 7766), over a connection of its own. */
static size_t by_tcp(struct net_address const *server, struct dns_question const *q, int edns, long long deadline)
{
  unsigned char query[2 + DNS_QUERY_MAX];
  uint16_t id;
  size_t len, got = 0;
  int fd = net_connect(server, SOCK_STREAM, deadline);

  if (fd == -1) return 0;
  if (getrandom(&id, sizeof id, 0) != sizeof id) goto out;
  len = dns_query_make(query + 2, q, id, edns);
  query[0] = (unsigned char)(len >> 8);
  query[1] = (unsigned char)len;
  /* a new connection's buffer always has room for so little */
  if (send(fd, query, len + 2, MSG_NOSIGNAL) != (ssize_t)len + 2 || !whole_read(fd, query, 2, deadline)) goto out;
  len = (size_t)query[0] << 8 | query[1];
  if (whole_read(fd, answer, len, deadline) && dns_answer_fits(answer, len, q, id)) got = len;
out:
  close(fd);
  return got;
}

static size_t exchange(struct net_address const *server, struct dns_question const *q, int edns, long long deadline,
                       long long tcp_deadline)
{
  size_t len;
  int fd = net_connect(server, SOCK_DGRAM, deadline);

  if (fd == -1) return 0;
  len = by_udp(fd, q, edns, deadline);
  close(fd);
  return len && dns_answer_truncated(answer) ? by_tcp(server, q, edns, tcp_deadline) : len;
}

/* asks one server; servers older than EDNS say "format error" or "not implemented" to it */
static enum dns_status ask_one(struct net_address const *server, struct dns_question *q, int ms, long long deadline)
{
  long long now = io_clock();
  long long udp = now + ms < deadline ? now + ms : deadline;
  long long tcp = now + ms + TCP_PATIENCE < deadline ? now + ms + TCP_PATIENCE : deadline;
  size_t len = exchange(server, q, 1, udp, tcp);

  if (len && (dns_answer_code(answer) == 1 || dns_answer_code(answer) == 4)) len = exchange(server, q, 0, udp, tcp);
  return len ? dns_answer_read(answer, len, q) : DNS_LATER;
}

enum dns_status dns_ask(struct dns_question *q, long long deadline)
{
  struct dns_question const first = *q;
  unsigned int round, i;

  for (round = 0; round < sizeof patience / sizeof *patience; round++)
    for (i = 0; i < server_count; i++) {
      enum dns_status status;
      if (!left(deadline)) return DNS_LATER;
      *q = first;
      status = ask_one(servers + i, q, patience[round], deadline);
      if (status != DNS_LATER) return status;
    }
  return DNS_LATER;
}
