/* transport.c - the lines of control/transports */

#include <string.h>

#include "remote/transport.h"
#include "unit.h"

static int is(char const *line, enum transport want, char const *rest)
{
  char const *s;

  return transport_parse(line, &s) == want && !strcmp(s, rest);
}

static int bad(char const *line)
{
  return is(line, TRANSPORT_BAD, line);
}

int main(void)
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
  check("all by SMTP where there is no file", transport_find("x.test", &(char const *){ 0 }) == TRANSPORT_SMTP);
  return unit_end();
}
