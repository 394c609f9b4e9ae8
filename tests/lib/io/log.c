/* log.c - lines that wait for others: written together, in their order, in time, and never when they tell of trouble */

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/wake.h"
#include "unit.h"

#define MANY 200                /* lines of which not all have room to wait */

static int logged[2];           /* a pipe: the log */

static int says(char const *want)
{
  char s[8192];
  ssize_t r = read(logged[0], s, sizeof s);

  return r == (ssize_t)strlen(want) && !memcmp(s, want, strlen(want));
}

static int silent(void)
{
  char c;

  return read(logged[0], &c, 1) == -1;
}

static void in_time(void)
{
  long long start = io_clock();
  struct pollfd none[WAKE_OWN];

  check("nothing waits at first", log_due() == LLONG_MAX);
  log_line("one");
  log_line("two");
  check("lines wait", silent() && log_due() != LLONG_MAX);
  check("a wait with nothing to come ends", log_poll(0, 0, start + 300) == 0 && io_clock() >= start + 300);
  check("and they were written in it", says("log: one\nlog: two\n") && log_due() == LLONG_MAX);
  log_line("three");
  check("a wait that is over sooner", log_poll(0, 0, io_clock()) == 0 && silent());
  wake_poll(none, 0, io_clock() + 300);
  check("so it is in a daemon's wait", says("log: three\n"));
}

static void trouble(void)
{
  log_line("four");
  log_line("warning: five");
  check("trouble takes others along", says("log: four\nlog: warning: five\n"));
  log_line("six");
  log_hold(0);
  log_line("seven");
  check("their order stays", says("log: six\nlog: seven\n"));
}

static void full(void)
{
  char text[100] = "";
  size_t lines = 0, bytes = 0;
  char c;
  int i;

  log_hold(1);
  memset(text, 'x', sizeof text - 1);
  for (i = 0; i < MANY; i++) log_line(text);
  check("what has no room to wait is written", !silent());
  bytes = 1;
  log_release();
  while (read(logged[0], &c, 1) == 1) {
    bytes++;
    lines += c == '\n';
  }
  check("all of it, whole", lines == MANY && bytes == MANY * (strlen("log: ") + strlen(text) + 1));
}

static void blocked(void)
{
  char block[4096] = "";

  while (write(logged[1], block, sizeof block) > 0);
  log_line("lost");
  log_line("lost too");
  log_release();
  while (read(logged[0], block, sizeof block) > 0);
  log_line("eight");
  log_release();
  check("those that were dropped are counted", says("log: warning: 2 log lines dropped\nlog: eight\n"));
}

int main(void)
{
  if (pipe2(logged, O_NONBLOCK) == -1 || dup2(logged[1], 2) == -1) return 1;
  wake_signals((int const []){ 0 });
  log_name("log");
  log_hold(1);
  in_time();
  trouble();
  full();
  blocked();
  return unit_end();
}
