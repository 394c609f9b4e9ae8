/* queueprog.c - see queueprog.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/queueprog.h"
#include "door/submit.h"
#include "lib/conf/conf.h"
#include "lib/io/env.h"
#include "lib/io/io.h"
#include "lib/io/wake.h"

#define NO_EXEC 120             /* qmail-queue's code for a program that cannot be run */
#define CUSTOM 82               /* the words are the program's own; 88 in some forks */
#define CUSTOM_2 88

/* Becomes the program. Descriptors are moved out of the way first, so that none is overwritten. */
static void become(char const *program, int const fd[3])
{
  char *argv[2] = { (char *)program, 0 };
  int high[3], i;

  for (i = 0; i < 3; i++) {
    high[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 10);
    if (high[i] == -1) _exit(NO_EXEC);
  }
  wake_reset();
  if (chdir(conf_home) == -1 || dup2(high[0], 0) == -1 || dup2(high[1], 1) == -1 || dup2(high[2], 4) == -1
      || dup2(high[2], 6) == -1 || env_defuse() == -1)
    _exit(NO_EXEC);
  execv(program, argv);
  _exit(NO_EXEC);
}

static void close_pair(int const fd[2])
{
  if (fd[0] != -1) close(fd[0]);
  if (fd[1] != -1) close(fd[1]);
}

int queueprog_start(struct queueprog *p, char const *program, int own_group)
{
  int m[2] = { -1, -1 }, e[2] = { -1, -1 }, w[2] = { -1, -1 }, error;

  *p = (struct queueprog){ .pid = -1, .message = -1, .envelope = -1, .words = -1 };
  if (!pipe2(m, O_CLOEXEC) && !pipe2(e, O_CLOEXEC) && !pipe2(w, O_CLOEXEC)) p->pid = fork();
  if (!p->pid) {
    if (own_group && setpgid(0, 0) == -1) _exit(NO_EXEC);
    become(program, (int [3]){ m[0], e[0], w[1] });
  }
  if (p->pid == -1) {
    error = errno;
    close_pair(m);
    close_pair(e);
    close_pair(w);
    errno = error;
    return -1;
  }
  if (own_group) setpgid(p->pid, p->pid);       /* both do it: whoever comes first; it fails after exec, done already */
  close(m[0]);
  close(e[0]);
  close(w[1]);
  p->message = m[1];
  p->envelope = e[1];
  p->words = w[0];
  return 0;
}

/* The program's own words: never waited for, since something that it left behind may hold the pipe. */
static int custom(struct queueprog const *p, int code, char *text, int *own)
{
  char s[QUEUEPROG_TEXT_MAX + 1];
  ssize_t n;

  if (io_nonblock(p->words) == -1) return code;
  n = read(p->words, s, sizeof s);
  if (n < 2 || (s[0] != 'D' && s[0] != 'Z')) return code;
  memcpy(text, s + 1, (size_t)n - 1);
  text[n - 1] = 0;
  *own = 1;
  return s[0] == 'D' ? SUBMIT_REFUSED : SUBMIT_BUSY;
}

int queueprog_result(struct queueprog const *p, int status, char text[QUEUEPROG_TEXT_MAX + 1], int *own)
{
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : SUBMIT_BUG;

  *own = 0;
  *text = 0;
  if (!code) return 0;
  if (code == NO_EXEC) snprintf(text, QUEUEPROG_TEXT_MAX + 1, "QMAILQUEUE names a program that cannot be run");
  else snprintf(text, QUEUEPROG_TEXT_MAX + 1, "the program in QMAILQUEUE ended with code %d", code);
  return code == CUSTOM || code == CUSTOM_2 ? custom(p, code, text, own) : code;
}
