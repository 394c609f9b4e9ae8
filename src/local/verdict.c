/* verdict.c - see verdict.h */

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "local/verdict.h"

static void end(int code, char const *text) __attribute__((noreturn));
static void end(int code, char const *text)
{
  char line[512];
  int n = snprintf(line, sizeof line, "%s\n", text);

  io_write(1, line, n < (int)sizeof line ? (size_t)n : sizeof line - 1);
  _exit(code);
}

void verdict_later(char const *text)
{
  end(VERDICT_LATER, text);
}

void verdict_never(char const *text)
{
  end(VERDICT_NEVER, text);
}

void verdict_sys(char const *text)
{
  if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) end(VERDICT_LATER, "4.2.2 the mailbox or its disk is full");
  end(VERDICT_LATER, text);
}
