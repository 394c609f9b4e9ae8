/* refusal.c - what is told to clients that are not let in, and how many lines of the log they cause */

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "in/refusal.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/wake.h"
#include "unit.h"

static int logged[2];   /* a pipe: the log */

static int told(enum rules_protocol of, char const *reason, char const *want)
{
  int pair[2];
  char s[600];
  ssize_t r;

  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == -1) return 0;
  refusal_tell(pair[0], of, reason);
  close(pair[0]);
  r = read(pair[1], s, sizeof s);
  close(pair[1]);
  return r == (ssize_t)strlen(want) && !memcmp(s, want, strlen(want));
}

static void words(void)
{
  check("SMTP", told(RULES_SMTP, "4.7.0 too many", "421 4.7.0 too many\r\n"));
  check("QMTP", told(RULES_QMTP, "4.7.0 too many", "15:Z4.7.0 too many,"));
  check("QMQP", told(RULES_QMQP, "4.7.0 too many", "15:Z4.7.0 too many,"));
  check("nothing", told(RULES_SMTP, 0, ""));
}

/* what the log has got since this was asked last */
static int log_has(char const *want)
{
  char s[2000];
  ssize_t r = read(logged[0], s, sizeof s);

  return (r == -1 ? 0 : r) == (ssize_t)strlen(want) && !memcmp(s, want, strlen(want));
}

static void pause_until(long long then)
{
  while (io_clock() < then) io_wait(-1, 0, io_left(then));
}

static void lines(void)
{
  long long then;
  int i;

  check("nothing to tell", refusal_turn() == WAKE_NEVER);
  for (i = 0; i < 5; i++) refusal_log("192.0.2.1", "too many");
  check("one line", log_has("t: refused connection ip=192.0.2.1: too many\n"));
  then = refusal_turn();
  check("the others later", then > io_clock() && then <= io_clock() + 2000 && log_has(""));
  pause_until(then - 1000);
  refusal_log("192.0.2.2", "denied");
  check("with the next one", log_has("t: refused connection ip=192.0.2.2: denied (and 4 before it)\n"));
  check("and no more", refusal_turn() == WAKE_NEVER);
  refusal_log("192.0.2.3", "denied");
  pause_until(refusal_turn());
  check("or alone", refusal_turn() == WAKE_NEVER && log_has("t: refused connections: 1 more\n"));
}

int main(void)
{
  log_name("t");
  if (pipe2(logged, O_NONBLOCK) == -1 || dup2(logged[1], 2) == -1) return 111;
  words();
  lines();
  return unit_end();
}
