/* running.c - see running.h */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "user/running.h"

#define STATUS_MAX 512          /* bytes: Name and Uid are among the first lines */

/* A process that a service is made of. Names of processes have 15 bytes. */
static struct {
  char const *service, *program;
  enum conf_role role;
} const parts[] = {
  { "queue", "mail-queued", CONF_QUEUE }, { "send", "mail-send", CONF_SEND }, { "listen", "mail-smtpd", CONF_IN },
  { "tls", "mail-tlsd", CONF_TLS }, { "metrics", "mail-metrics", CONF_LOG },
};
#define PARTS (sizeof parts / sizeof *parts)

/* /proc/PID/status begins with "Name:\tNAME\n"; "Uid:\tREAL\t..." comes later. Who has ended is not there any more. */
static int status(char const *pid, char s[STATUS_MAX + 1])
{
  char path[64];
  ssize_t len = -1;
  int fd, n = snprintf(path, sizeof path, "/proc/%s/status", pid);

  if (n < 0 || (size_t)n >= sizeof path) return 0;
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd != -1) len = io_read(fd, s, STATUS_MAX);
  io_close_keep(fd);
  s[len > 0 ? len : 0] = 0;
  return len > 0;
}

static int is(char const *s, char const *program, uid_t uid)
{
  char name[32], id[32];

  snprintf(name, sizeof name, "Name:\t%s\n", program);
  snprintf(id, sizeof id, "\nUid:\t%lu\t", (unsigned long)uid);
  return !strncmp(s, name, strlen(name)) && strstr(s, id) && !strstr(s, "\nState:\tZ");
}

int running_visible(void)
{
  char s[STATUS_MAX + 1];

  return status("1", s);
}

int running_service(char const *name)
{
  char s[STATUS_MAX + 1];
  struct dirent *e;
  size_t i = 0;
  int found = 0;
  DIR *d;

  while (i < PARTS && strcmp(parts[i].service, name)) i++;
  if (i == PARTS) return -1;
  d = opendir("/proc");
  while (d && !found && (e = readdir(d)))
    found = *e->d_name >= '1' && *e->d_name <= '9' && status(e->d_name, s) &&
            is(s, parts[i].program, conf_users[parts[i].role].uid);
  if (d) closedir(d);
  return found;
}
