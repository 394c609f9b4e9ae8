/* queueprog.c - see queueprog.h */

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/queueprog.h"
#include "door/submit.h"
#include "lib/conf/conf.h"
#include "lib/io/env.h"
#include "lib/io/io.h"
#include "lib/io/spawn.h"

#define CUSTOM 82               /* the words are the program's own; 88 in some forks */
#define CUSTOM_2 88

void queueprog_become(char const *program)
{
  char *argv[2] = { (char *)program, 0 };

  if (!chdir(conf_home) && !env_defuse()) execv(program, argv);
  _exit(QUEUEPROG_NO_EXEC);
}

int queueprog_start(struct queueprog *p, char const *program, int own_group)
{
  int pipes[3][2];
  int *m = pipes[0], *e = pipes[1], *w = pipes[2];

  *p = (struct queueprog){ .pid = -1, .message = -1, .envelope = -1, .words = -1 };
  if (spawn_pipes(pipes, 3) == -1) return -1;
  p->pid = spawn_program((int const [SPAWN_FDS]){ m[0], e[0], -1, -1, w[1], -1, w[1] }, SPAWN_FDS,
                         own_group ? SPAWN_GROUP : 0, QUEUEPROG_NO_EXEC);
  if (!p->pid) queueprog_become(program);
  if (p->pid == -1) {
    spawn_close(pipes, 3);
    return -1;
  }
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
  if (code == QUEUEPROG_NO_EXEC)
    snprintf(text, QUEUEPROG_TEXT_MAX + 1, "QMAILQUEUE names a program that cannot be run");
  else snprintf(text, QUEUEPROG_TEXT_MAX + 1, "the program in QMAILQUEUE ended with code %d", code);
  return code == CUSTOM || code == CUSTOM_2 ? custom(p, code, text, own) : code;
}
