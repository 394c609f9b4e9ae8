/* sockets.c - see sockets.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/conf/control.h"
#include "lib/conf/settings.h"
#include "lib/io/listenfds.h"
#include "lib/io/log.h"
#include "lib/io/net.h"
#include "start/lines.h"
#include "start/sockets.h"

#define BACKLOG 1024            /* connections that wait while a server is being restarted */

static struct {
  int fd;
  enum service service;
} sockets[LISTENFDS_MAX];
static unsigned int n;
static struct control_table places;     /* of control/listen */

/* Under a name that is no service's, such as a unit's, it is SMTP. */
unsigned int sockets_inherit(void)
{
  unsigned int i;

  n = listenfds_take();
  for (i = 0; i < n; i++) {
    char name[LISTENFDS_NAME_MAX + 1];
    listenfds_name(name, i);
    sockets[i].fd = LISTENFDS_FIRST + (int)i;
    sockets[i].service = value_service(name);
    if (sockets[i].service == SERVICES) sockets[i].service = SERVICE_SMTP;
  }
  return n;
}

static int read_places(void)
{
  return control_table("listen", &places, 0) == -1 ? -1 : 0;
}

/* Where a host has no IPv6 that is no mistake, as long as nobody has named it. */
static void add(struct net_address const *a, enum service service, char const *place, int may_fail)
{
  int fd = net_listen(a, BACKLOG);

  if (fd == -1 && may_fail && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) return;
  if (fd == -1)
    log_die(111, "fatal: unable to listen on ", place,
            errno == EADDRINUSE ? " (a program has it already: INSTALL, 8, tells how to find it)" : "");
  if (n == LISTENFDS_MAX) log_diex(111, "fatal: control/listen has too many places to listen at");
  sockets[n].fd = line_high(fd);
  sockets[n++].service = service;
}

/* one line of control/listen */
static void add_place(char const *place)
{
  struct net_address a;
  enum service service;

  if (!value_listen(&a, &service, place)) return;
  if (a.family) {
    add(&a, service, place, 0);
    return;
  }
  a.family = AF_INET;
  add(&a, service, place, 0);
  a.family = AF_INET6;
  add(&a, service, place, 1);
}

void sockets_make(void)
{
  size_t i;

  for (i = 0; i < n; i++) sockets[i].fd = line_high(sockets[i].fd);
  if (n) return;
  control_start(read_places, -1);
  for (i = 0; i < places.n; i++) add_place(places.entries[i].key);
  if (!places.n) add_place(setting_find("listen")->standard);
}

unsigned int sockets_of(enum service service)
{
  unsigned int i, sum = 0;

  for (i = 0; i < n; i++) sum += sockets[i].service == service;
  return sum;
}

int sockets_give(enum service service)
{
  int fds[LISTENFDS_MAX];
  unsigned int i, sum = 0;

  for (i = 0; i < n; i++)
    if (sockets[i].service == service) fds[sum++] = sockets[i].fd;
  return listenfds_give(fds, sum, value_services[service]);
}

void sockets_close(void)
{
  while (n) close(sockets[--n].fd);
}
