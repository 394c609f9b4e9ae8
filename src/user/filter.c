/* filter.c - see filter.h */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/submit.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "user/filter.h"

#define TEXT_BYTES 255
#define NO_EXEC 120             /* qmail-queue's code for a program that cannot be run */
#define CUSTOM 82               /* the words are the program's own; 88 in some forks */
#define CUSTOM_2 88

static pid_t child = -1;
static int message = -1, envelope = -1, words = -1;
static int broken;              /* it stopped reading: its exit code says why */

/* Becomes the program. Descriptors are moved out of the way first, so that none is overwritten. */
static void become(char const *program, int const fd[3])
{
  char *argv[2] = { (char *)program, 0 };
  int high[3], i;

  for (i = 0; i < 3; i++) {
    high[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 10);
    if (high[i] == -1) _exit(NO_EXEC);
  }
  signal(SIGPIPE, SIG_DFL);
  if (chdir(conf_home) == -1 || dup2(high[0], 0) == -1 || dup2(high[1], 1) == -1 || dup2(high[2], 4) == -1
      || dup2(high[2], 6) == -1)
    _exit(NO_EXEC);
  execv(program, argv);
  _exit(NO_EXEC);
}

void filter_start(char const *program)
{
  int m[2], e[2], w[2];

  broken = 1;
  signal(SIGPIPE, SIG_IGN);
  if (pipe2(m, O_CLOEXEC) == -1 || pipe2(e, O_CLOEXEC) == -1 || pipe2(w, O_CLOEXEC) == -1) return;
  child = fork();
  if (!child) become(program, (int [3]){ m[0], e[0], w[1] });
  close(m[0]);
  close(e[0]);
  close(w[1]);
  message = m[1];
  envelope = e[1];
  words = w[0];
  broken = child == -1;
}

int filter_message(char const *s, size_t len)
{
  if (!broken && io_write(message, s, len) == -1) broken = 1;
  return broken ? -1 : 0;
}

static int exit_code(void)
{
  int status;

  if (child == -1) return SUBMIT_MEMORY;
  while (waitpid(child, &status, 0) == -1)
    if (errno != EINTR) return SUBMIT_BUG;
  return WIFEXITED(status) ? WEXITSTATUS(status) : SUBMIT_BUG;
}

/* The program's own words: never waited for, since something that it left behind may hold the pipe. */
static int custom(int code, char *text)
{
  char s[TEXT_BYTES];
  ssize_t n;

  if (io_nonblock(words) == -1) return code;
  n = read(words, s, sizeof s);
  if (n < 2 || (s[0] != 'D' && s[0] != 'Z')) return code;
  memcpy(text, s + 1, (size_t)n - 1);
  text[n - 1] = 0;
  return s[0] == 'D' ? SUBMIT_REFUSED : SUBMIT_BUSY;
}

int filter_end(char const *records, size_t len, char const **text)
{
  static char said[TEXT_BYTES + 64];
  int code, cut = broken;

  if (message != -1) close(message);
  if (!cut && (io_write(envelope, records, len) == -1 || io_write(envelope, "", 1) == -1)) cut = 1;
  if (envelope != -1) close(envelope);
  code = exit_code();
  if (!code && cut) code = SUBMIT_READ;
  if (code == NO_EXEC) snprintf(said, sizeof said, "QMAILQUEUE names a program that cannot be run");
  else snprintf(said, sizeof said, "the program in QMAILQUEUE ended with code %d", code);
  if (code == CUSTOM || code == CUSTOM_2) code = custom(code, said);
  *text = code ? said : "";
  return code;
}
