/* hold.c - see hold.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/io/log.h"
#include "start/hold.h"
#include "start/lines.h"

int hold_service(char const *name, int shared)
{
  char path[CONF_PATH_MAX];
  int fd;

  snprintf(path, sizeof path, "queue/lock/start-%s", name);
  fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd == -1 && errno == EACCES && geteuid()) log_diex(100, "fatal: only root may start services in ", conf_home);
  if (fd == -1) log_die(111, "unable to open ", path);
  if (!flock(line_high(fd), (shared ? LOCK_SH : LOCK_EX) | LOCK_NB)) return 1;
  if (errno != EWOULDBLOCK) log_die(111, "unable to lock ", path);
  return 0;
}
