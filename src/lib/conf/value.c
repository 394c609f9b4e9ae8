/* value.c - see value.h */

#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/conf/value.h"

static char const standard_answers[] = "127.0.0.2-127.0.0.254";

/* one end of a range of answers, up to one of those characters: where it ends, or null */
static char const *answer(char const *s, char const *ends, uint32_t *ip)
{
  struct net_address a;
  size_t len = strcspn(s, ends);

  if (!net_parse(&a, s, len) || a.family != AF_INET || a.ip[0] != 127) return 0;
  *ip = (uint32_t)a.ip[0] << 24 | (uint32_t)a.ip[1] << 16 | (uint32_t)a.ip[2] << 8 | a.ip[3];
  return s + len;
}

int value_answers(char const *s, uint32_t ip)
{
  uint32_t first, last;
  int counts = 0;

  if (!*s || *s == ':') s = standard_answers;
  for (;; s++) {
    s = answer(s, "-,:", &first);
    last = first;
    if (s && *s == '-') s = answer(s + 1, ",:", &last);
    if (!s || first > last) return -1;
    if (ip >= first && ip <= last) counts = 1;
    if (*s != ',') return counts;
  }
}

int value_source(struct net_address *a, char const *s, int family)
{
  struct net_address one[2];
  size_t n = 0, len;
  int found = 0;

  for (; *s; s += len + (s[len] == ',')) {
    len = strcspn(s, ",");
    if (n == 2 || !net_parse(one + n, s, len) || (s[len] && !s[len + 1])) return -1;
    if (one[n].family == family) {
      *a = one[n];
      found++;
    }
    n++;
  }
  return n == 2 && found != 1 ? -1 : found;
}

int value_place(char const *s, char *host, size_t size, unsigned int *port)
{
  int brackets = *s == '[';
  size_t len;

  s += brackets;
  if (brackets && !strncasecmp(s, "IPv6:", 5)) s += 5;
  len = strcspn(s, brackets ? "]" : ":");
  if (len >= size || (brackets && s[len] != ']')) return 0;
  memcpy(host, s, len);
  host[len] = 0;
  s += len + (size_t)brackets;
  if (!*s) return 1;
  *port = *s == ':' ? net_port(s + 1) : 0;
  return *port != 0;
}

char const *const value_services[SERVICES] = { "smtp", "qmtp", "qmqp", "submission", "submissions" };

enum service value_service(char const *s)
{
  int i = 0;

  while (i < SERVICES && strcmp(s, value_services[i])) i++;
  return (enum service)i;
}

int value_listen(struct net_address *a, enum service *service, char const *s)
{
  char place[NET_TEXT_MAX + 10];
  char const *end = s + strlen(s), *last = memrchr(s, ':', strlen(s));

  *service = SERVICE_SMTP;
  if (last && value_service(last + 1) != SERVICES) {
    *service = value_service(last + 1);
    end = last;
  }
  if ((size_t)(end - s) >= sizeof place) return 0;
  memcpy(place, s, (size_t)(end - s));
  place[end - s] = 0;
  if (*place != ':') return net_parse_port(a, place, 0) && a->port;
  memset(a, 0, sizeof *a);
  a->port = net_port(place + 1);
  return a->port != 0;
}

static char const *number(char const *s, uint32_t most, uint32_t *n)
{
  uint64_t u = 0;

  for (; *s >= '0' && *s <= '9'; s++) {
    u = u * 10 + (uint32_t)(*s - '0');
    if (u > most) u = most;
  }
  *n = (uint32_t)u;
  return s;
}

int value_rate(char const *s, uint32_t most, uint32_t max[2])
{
  int empty = !*s;

  s = number(s, most, max);
  max[1] = 0;
  if (*s == '/') s = number(s + 1, most, max + 1);
  if (!*s && !empty) return 1;
  max[0] = max[1] = 0;
  return 0;
}

static int is_socket(char const *path)
{
  return path[0] == '/' && strlen(path) < sizeof ((struct sockaddr_un *)0)->sun_path;
}

/* a path and the words behind it, each one after one blank or more */
static int is_program(char const *line)
{
  unsigned int words = 0;
  char const *s;

  for (s = line; *s; s += strcspn(s, " \t")) {
    s += strspn(s, " \t");
    words += *s != 0;
  }
  return line[0] == '/' && words <= TRANSPORT_WORDS_MAX && strlen(line) < TRANSPORT_PROGRAM_MAX;
}

/* what comes behind a word that the line starts with, or null */
static char const *behind(char const *line, char const *word)
{
  size_t len = strlen(word);

  return strncmp(line, word, len) ? 0 : line + len;
}

enum transport value_transport(char const *line, char const **rest)
{
  char const *s;

  *rest = line;
  if (!strcmp(line, "smtp")) return TRANSPORT_SMTP;
  if ((s = behind(line, "lmtp:")) && *s && (*s != '/' || is_socket(s))) {
    *rest = s;
    return *s == '/' ? TRANSPORT_SOCKET : TRANSPORT_LMTP;
  }
  if ((s = behind(line, "program:")) && is_program(s)) {
    *rest = s;
    return TRANSPORT_PROGRAM;
  }
  return TRANSPORT_BAD;
}
