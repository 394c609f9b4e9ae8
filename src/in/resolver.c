/* resolver.c - see resolver.h. A question is a letter, for 'A' the milliseconds, and a name; an answer is a
   number of enum resolver_mail, or 'A', whether it could be found out, and addresses of 4 bytes. */

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "in/attendant.h"
#include "in/resolver.h"
#include "lib/dns/dns.h"
#include "lib/io/ended.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/pack.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"

#define MAIL_MS 20000           /* for one domain, MX and addresses */
#define SLACK_MS 2000           /* an answer may come that much after its deadline */
#define FILES_MAX 16
#define SESSIONS_MAX 4100       /* as many as a dispatcher has */
#define MEMORY_MAX 67108864     /* bytes; settings are read before */
#define NAME_MAX_TEXT 255
#define QUESTION_MAX (1 + 4 + NAME_MAX_TEXT)
#define ANSWER_MAX (2 + 4 * RESOLVER_ADDRESSES_MAX)

/* --- the resolver's own side */

static enum resolver_mail find_mail(char const *domain)
{
  struct dns_mx mx[DNS_MX_MAX];
  struct net_address a[DNS_ADDRESSES_MAX];
  unsigned int n;
  long long deadline = io_clock() + MAIL_MS;
  enum dns_status status = dns_mx(domain, mx, &n, deadline);

  if (status == DNS_FOUND) return n == 1 && !*mx[0].name ? RESOLVER_NULL_MX : RESOLVER_GOOD;
  if (status == DNS_NOTHING) status = dns_addresses(domain, a, &n, deadline);   /* RFC 5321 5.1 */
  if (status == DNS_FOUND) return RESOLVER_GOOD;
  return status == DNS_LATER ? RESOLVER_LATER : RESOLVER_NOTHING;
}

static void answer_mail(int sock, char const *domain)
{
  char c = (char)find_mail(domain);

  packet_send(sock, &c, 1, -1);
}

static void answer_addresses(int sock, char const *name, unsigned int milliseconds)
{
  struct net_address a[DNS_ADDRESSES_MAX];
  char s[ANSWER_MAX] = "A";
  size_t len = 2;
  unsigned int n, i;
  enum dns_status status = dns_ipv4(name, a, &n, io_clock() + milliseconds);

  s[1] = status != DNS_LATER;
  for (i = 0; status == DNS_FOUND && i < n && i < RESOLVER_ADDRESSES_MAX; i++, len += 4) memcpy(s + len, a[i].ip, 4);
  packet_send(sock, s, len, -1);
}

static _Noreturn void serve(int sock)
{
  char s[QUESTION_MAX + 1];
  ssize_t n;

  if (priv_limits(FILES_MAX, MEMORY_MAX) == -1) log_die(111, "the resolver cannot set limits");
  if (priv_lock(PRIV_INET, 0, 0) == -1) log_die(111, "the resolver cannot lock in");
  while ((n = packet_recv(sock, s, QUESTION_MAX, 0)) > 0) {
    struct unpack u = { .s = s, .len = (size_t)n };
    unsigned int kind = unpack_u8(&u), milliseconds = unpack_u32(&u);
    if (u.bad) break;
    s[n] = 0;
    if (kind == 'M') answer_mail(sock, s + u.pos);
    else answer_addresses(sock, s + u.pos, milliseconds > MAIL_MS ? MAIL_MS : milliseconds);
  }
  _exit(0);
}

static void run(int sock, void const *what)
{
  (void)what;
  serve(sock);
}

/* --- the service of a dispatcher: it has one end of each session's socket until the first question comes by that */

static LARGE int sessions[SESSIONS_MAX];
static unsigned int sessions_n;

static void take_session(int service)
{
  char c;
  int fd;

  if (packet_recv(service, &c, 1, &fd) <= 0) _exit(0);
  if (fd == -1) return;
  if (sessions_n < SESSIONS_MAX) sessions[sessions_n++] = fd;
  else close(fd);               /* it sees that nobody answers */
}

/* The session asks, or has ended: a resolver for it has this socket and the log alone. */
static void leave_session(unsigned int i, short revents)
{
  int fd = sessions[i];
  pid_t pid = revents & POLLIN ? spawn_alone(&fd, 1) : 1;

  if (!pid) serve(fd);
  if (pid == -1) log_sys("error: unable to make a resolver");
  close(fd);
  sessions[i] = sessions[--sessions_n];
}

/* The next one must not find the layout of a resolver that somebody may have tried to break. */
static void reap(void)
{
  int status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
    if (ended_badly("resolver", pid, status)) log_diex(111, "starting anew");
}

static void run_service(int sock, void const *what)
{
  static LARGE struct pollfd p[1 + SESSIONS_MAX + WAKE_OWN];
  unsigned int i;

  (void)what;
  wake_signals((int const []){ SIGCHLD, 0 });
  if (priv_limits(SESSIONS_MAX + FILES_MAX, MEMORY_MAX) == -1) log_sys("warning: unable to bound files and memory");
  if (priv_lock(PRIV_INET | PRIV_FORK, 0, 0) == -1) log_die(111, "the resolver cannot lock in");
  for (;;) {
    p[0] = (struct pollfd){ .fd = sock, .events = POLLIN };
    for (i = 0; i < sessions_n; i++) p[1 + i] = (struct pollfd){ .fd = sessions[i], .events = POLLIN };
    wake_poll(p, 1 + sessions_n, WAKE_NEVER);
    if (wake_heard(SIGCHLD)) reap();
    for (i = sessions_n; i--;)  /* backwards: who leaves changes places with the last one */
      if (p[1 + i].revents) leave_session(i, p[1 + i].revents);
    if (p[0].revents) take_session(sock);
  }
}

/* --- the dispatcher's side */

static int service = -1;

int resolver_serve(void)
{
  if (dns_start() == -1) return -1;
  service = attendant_start(run_service, 0);
  return service == -1 ? -1 : 0;
}

int resolver_watch(void)
{
  return service;
}

int resolver_open(int *sock)
{
  int pair[2], r;

  *sock = -1;
  if (service == -1) return 0;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1) return -1;
  r = packet_send(service, "", 1, pair[1]);
  io_close_keep(pair[1]);
  if (r == -1) io_close_keep(pair[0]);
  else *sock = pair[0];
  return r;
}

/* --- the session's side */

static int mine = -1;           /* its socket; -1: it is gone */
static int lost;

void resolver_take(int sock)
{
  mine = sock;
}

int resolver_start(void)
{
  if (dns_start() == -1) return -1;
  mine = attendant_start(run, 0);
  return mine == -1 ? -1 : 0;
}

/* The answer's length, or 0: a late one would be taken for the next question's, so the resolver is given up. */
static int ask(unsigned char kind, char const *name, int milliseconds, char answer[ANSWER_MAX])
{
  char s[QUESTION_MAX];
  struct pack p = { .s = s, .size = sizeof s };
  size_t len = strlen(name);
  int n = 0;

  if (mine == -1 || len > NAME_MAX_TEXT) return 0;
  pack_u8(&p, kind);
  pack_u32(&p, (uint32_t)milliseconds);
  memcpy(s + p.len, name, len);
  if (packet_send(mine, s, p.len + len, -1) == 0)
    n = attendant_answer(mine, answer, ANSWER_MAX, 0, milliseconds + SLACK_MS);
  if (n) return n;
  close(mine);
  mine = -1;
  lost = 1;
  return 0;
}

int resolver_lost(void)
{
  return lost;
}

enum resolver_mail resolver_mail(char const *domain)
{
  char answer[ANSWER_MAX];

  if (ask('M', domain, MAIL_MS, answer) != 1) return RESOLVER_LATER;
  return *answer > RESOLVER_LATER && *answer <= RESOLVER_NULL_MX ? (enum resolver_mail)*answer : RESOLVER_LATER;
}

int resolver_addresses(char const *name, uint32_t ip[RESOLVER_ADDRESSES_MAX], int milliseconds)
{
  char answer[ANSWER_MAX];
  int len = ask('A', name, milliseconds, answer), n = (len - 2) / 4, i;

  if (len < 2 || *answer != 'A' || !answer[1]) return -1;
  for (i = 0; i < n; i++) {
    struct unpack u = { .s = answer + 2 + 4 * i, .len = 4 };
    ip[i] = unpack_u32(&u);
  }
  return n;
}
