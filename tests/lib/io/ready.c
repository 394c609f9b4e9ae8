/* ready.c - what a service manager hears: by a path, by an abstract name, and where nobody listens */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/io/ready.h"
#include "unit.h"

/* a manager's socket of that name ('@' in front: an abstract one) */
static int manager(char const *name)
{
  struct sockaddr_un a = { .sun_family = AF_UNIX };
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

  memcpy(a.sun_path, name, strlen(name));
  if (*name == '@') a.sun_path[0] = 0;
  if (bind(fd, (struct sockaddr *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == -1) return -1;
  setenv("NOTIFY_SOCKET", name, 1);
  return fd;
}

static int hears(int fd, char const *want)
{
  char s[100];
  ssize_t r = recv(fd, s, sizeof s, 0);

  return want ? r == (ssize_t)strlen(want) && !memcmp(s, want, strlen(want)) : r == -1;
}

int main(void)
{
  char dir[] = "/tmp/ready.XXXXXX", name[100];
  int fd;

  if (!mkdtemp(dir)) return 111;
  snprintf(name, sizeof name, "%s/socket", dir);
  fd = manager(name);
  ready_tell();
  check("by a path", hears(fd, "READY=1"));
  ready_tell();
  check("once", hears(fd, 0) && !getenv("NOTIFY_SOCKET"));
  close(fd);

  setenv("NOTIFY_SOCKET", name, 1);
  ready_tell();
  check("a manager that is gone does no harm", !getenv("NOTIFY_SOCKET"));
  unlink(name);
  rmdir(dir);

  snprintf(name, sizeof name, "@bulkhead-test-%d", (int)getpid());
  fd = manager(name);
  ready_tell();
  check("by an abstract name", hears(fd, "READY=1"));
  setenv("NOTIFY_SOCKET", "vsock:2:1234", 1);
  ready_tell();
  check("what is no path is left alone", hears(fd, 0));
  return unit_end();
}
