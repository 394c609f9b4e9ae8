/* transport.c - see transport.h */

#include <string.h>
#include <sys/un.h>

#include "lib/conf/control.h"
#include "remote/transport.h"

static struct control_table transports;

int transport_start(void)
{
  return control_table("transports", &transports, 1);
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

enum transport transport_parse(char const *line, char const **rest)
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

enum transport transport_find(char const *domain, char const **rest)
{
  char const *line = control_find_domain(&transports, domain, strlen(domain));

  return transport_parse(line ? line : "smtp", rest);
}

char const *transport_socket(char const *domain)
{
  char const *path;

  return transport_find(domain, &path) == TRANSPORT_SOCKET ? path : 0;
}
