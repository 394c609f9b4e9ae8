/* resolver.c - see resolver.h. A question is a letter, for 'A' the milliseconds, and a name; an answer is a
   number of enum resolver_mail, or 'A', whether it could be found out, and addresses of 4 bytes. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "in/attendant.h"
#include "in/resolver.h"
#include "lib/dns/dns.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/pack.h"
#include "lib/io/packet.h"
#include "lib/priv/priv.h"

#define MAIL_MS 20000           /* for one domain, MX and addresses */
#define SLACK_MS 2000           /* an answer may come that much after its deadline */
#define FILES_MAX 16
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

static void run(int sock, void const *what)
{
  char s[QUESTION_MAX + 1];
  ssize_t n;

  (void)what;
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

/* --- the session's side */

static int mine = -1;           /* its socket; -1: it is gone */

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
  return 0;
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
