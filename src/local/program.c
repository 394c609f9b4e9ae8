/* program.c - see program.h */

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/ended.h"
#include "lib/io/env.h"
#include "lib/io/log.h"
#include "lib/io/spawn.h"
#include "local/program.h"
#include "local/verdict.h"

#define STOP 99

static void child(char const *command) __attribute__((noreturn));
static void child(char const *command)
{
  if (env_defuse() == -1) _exit(VERDICT_LATER);
  execl("/bin/sh", "sh", "-c", command, (char *)0);
  log_die(VERDICT_LATER, "unable to run /bin/sh");
}

/* qmail-command's list, and 112 from its local spawner */
static int is_hard(int code)
{
  return code == 100 || code == 64 || code == 65 || code == 70 || code == 76 || code == 77 || code == 78 || code == 112;
}

static void log_end_of(char const *command, int status)
{
  log_start();
  log_text("program ");
  log_string(command);
  ended_how(status);
  log_end();
}

int local_program_run(char const *command)
{
  int status;
  pid_t pid;

  if (lseek(0, 0, SEEK_SET) == -1) {
    log_sys("unable to rewind the message");
    verdict_later("4.3.0 unable to read the message");
  }
  pid = spawn_program((int const []){ -1, 2 }, 2, 0, VERDICT_LATER);
  if (!pid) child(command);
  if (pid == -1) {
    log_sys("unable to fork");
    verdict_later("4.3.0 unable to start a program");
  }
  while (waitpid(pid, &status, 0) == -1)
    if (errno != EINTR) verdict_later("4.3.0 unable to wait for a program");
  if (WIFEXITED(status) && (!WEXITSTATUS(status) || WEXITSTATUS(status) == STOP)) return WEXITSTATUS(status);
  log_end_of(command, status);
  if (WIFSIGNALED(status)) verdict_later("4.3.0 a program of the recipient crashed");
  if (is_hard(WEXITSTATUS(status))) verdict_never("5.3.0 a program of the recipient refused the message");
  verdict_later("4.3.0 a program of the recipient wants the message later");
}
