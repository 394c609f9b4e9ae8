/* qmtp.c - lengths and requests of random bytes under sanitizers: never a crash, never more answers than recipients */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "in/qmtp.h"
#include "lib/io/io.h"
#include "lib/io/netlen.h"
#include "unit.h"

#define ROUNDS 5000
#define SIZE 4000

static struct { char const *s; size_t len; } const pieces[] = {
#define P(s) { s, sizeof s - 1 }
  P("3:\nx\n,"), P("4:\rx\r\n,"), P("0:,"), P("1:\n,"), P("3:a@b,"), P("6:3:c@d,,"), P("12:3:c@d,3:e@f,,"),
  P("8:5:\nc@d\0,,"),
  P("3:\nx\n,3:a@b,6:3:c@d,,"), P("3:\nx\n,3:a@b,6:3:c@d,,"), P("99:"), P("007:"),
  P("5:\r\n\r\r\n,3:a@b,6:3:c@d,,"), P(","), P(":"), P("1"), P("\0"), P("\xff"), 
  P("18446744073709551615:"), P("200000000:"), P("8:\nx\n"),
};

static struct visit visit = { .orders = -1 };
static struct qmtp qmtp;
static char bytes[SIZE];

static size_t make(void)
{
  size_t len = 0, n = (size_t)random() % 12;

  while (n--) {
    size_t i = (size_t)random() % (sizeof pieces / sizeof *pieces);
    if (len + pieces[i].len > SIZE) break;
    memcpy(bytes + len, pieces[i].s, pieces[i].len);
    len += pieces[i].len;
  }
  if (len && random() % 3 == 0) bytes[(size_t)random() % len] = (char)random();
  return len;
}

/* one connection over len bytes: how many answers came, or -1 */
static int run(size_t len)
{
  static char out[SIZE * 100];
  int pair[2], answers = 0;
  ssize_t got, i;

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1 || io_write(pair[0], bytes, len) == -1) return -1;
  shutdown(pair[0], SHUT_WR);
  visit.in = visit.out = pair[1];
  qmtp_start(&qmtp, &visit);
  qmtp.entry.c.gate.wait = 0;
  qmtp_run(&qmtp);
  close(pair[1]);
  got = io_read(pair[0], out, sizeof out);
  close(pair[0]);
  for (i = 0; i + 1 < got; i++) answers += out[i] == ':' && (out[i + 1] == 'D' || out[i + 1] == 'Z');
  return got == -1 ? -1 : answers;
}

static enum netlen_state length(char const *s, size_t max, size_t *value)
{
  struct netlen n = { 0, 0 };
  enum netlen_state state = NETLEN_MORE;

  for (; *s && state == NETLEN_MORE; s++) state = netlen_step(&n, *s, max);
  *value = n.value;
  return state;
}

static int is(char const *s, size_t max, size_t want)
{
  size_t value;

  return length(s, max, &value) == NETLEN_DONE && value == want;
}

static int bad(char const *s, size_t max)
{
  size_t value;

  return length(s, max, &value) == NETLEN_BAD;
}

int main(void)
{
  static char const one[] = "3:\nx\n,3:a@b,12:3:c@d,3:e@f,,";
  size_t most = (size_t)-1;
  int i, answers, good = 1, some = 0;

  check("lengths", is("0:", 0, 0) && is("10:", 10, 10) && is("18446744073709551615:", most, most));
  check("lengths over the bound", bad("11:", 10) && bad("100:", 10) && bad("1:", 0));
  check("lengths over any bound", bad("18446744073709551616:", most) && bad("20000000000000000000:", most));
  check("what is none", bad(":", 9) && bad("00:", 9) && bad("01:", 9) && bad("-1:", 9) &&
        bad(" 1:", 9) && bad("1;", 9));
  if (dup2(open("/dev/null", O_WRONLY), 2) == -1) return 1;   /* the log */
  visit.rules.me.s = visit.rules.site.envnoathost.s = visit.rules.localiphost.s = "mx.example.org";
  visit.rules.timeoutsmtpd = 5;
  visit.rules.maxrcpt = 10;
  memcpy(bytes, one, sizeof one - 1);
  check("an answer for each recipient", run(sizeof one - 1) == 2);
  for (i = 0; i < ROUNDS && good; i++) {
    answers = run(make());
    good = answers >= 0 && answers <= SIZE / 5;
    some += answers > 0;
  }
  check("random requests end, each with the answers it may have", good);
  check("some of them are requests", some > ROUNDS / 50);
  return unit_end();
}
