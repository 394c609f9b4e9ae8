/* filter.c - see filter.h */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/queueprog.h"
#include "door/submit.h"
#include "lib/conf/control.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "user/filter.h"

static struct queueprog program;
static int broken;              /* it stopped reading: its exit code says why */

char const *filter_name(void)
{
  static stralloc setting = STRALLOC_ZERO;
  char const *name = getenv("QMAILQUEUE");

  if (name && *name) return name;
  if (control_value("queueprogram", &setting) == -1)
    log_die(111, "fatal: cannot read the setting control/queueprogram", (char *)0);
  if (!setting.len) return 0;
  if (setenv("QMAILQUEUE", setting.s, 1) == -1) log_die(111, "fatal: out of memory", (char *)0);
  return setting.s;
}

void filter_start(char const *name)
{
  signal(SIGPIPE, SIG_IGN);
  broken = queueprog_start(&program, name, 0) == -1;
}

int filter_message(char const *s, size_t len)
{
  if (!broken && io_write(program.message, s, len) == -1) broken = 1;
  return broken ? -1 : 0;
}

static int wait_for_it(int *status)
{
  while (waitpid(program.pid, status, 0) == -1)
    if (errno != EINTR) return -1;
  return 0;
}

int filter_end(char const *records, size_t len, char const **text)
{
  static char said[QUEUEPROG_TEXT_MAX + 1];
  int code, status, own, cut = broken;

  *text = said;
  if (program.pid == -1) {
    snprintf(said, sizeof said, "the program in QMAILQUEUE cannot be started");
    return SUBMIT_MEMORY;
  }
  close(program.message);
  if (!cut && (io_write(program.envelope, records, len) == -1 || io_write(program.envelope, "", 1) == -1)) cut = 1;
  close(program.envelope);
  if (wait_for_it(&status) == -1) return SUBMIT_BUG;
  code = queueprog_result(&program, status, said, &own);
  if (code || !cut) return code;
  snprintf(said, sizeof said, "the program in QMAILQUEUE did not read all of the message");
  return SUBMIT_READ;
}
