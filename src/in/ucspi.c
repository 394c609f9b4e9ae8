/* ucspi.c - see ucspi.h */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "in/ucspi.h"
#include "lib/io/io.h"

#define FIRST 3                 /* what is below is the connection and the log */
#define DESCRIPTOR_MAX 65535
#define VARIABLES_MAX 65536     /* bytes of all that is told */
#define VARIABLE_MAX 100        /* of one that is looked at */

/* -1 when the variable is not set, or names no open descriptor */
static int named(char const *variable)
{
  char const *s = getenv(variable);
  char *end;
  long n = s && *s >= '0' && *s <= '9' ? strtol(s, &end, 10) : -1;

  return n >= FIRST && n <= DESCRIPTOR_MAX && !*end && fcntl((int)n, F_GETFD) != -1 ? (int)n : -1;
}

void ucspi_find(struct ucspi *u)
{
  int fds[3] = { named("SSLCTLFD"), named("SSLREADFD"), named("SSLWRITEFD") };

  u->there = fds[0] != -1 && fds[1] != -1 && fds[2] != -1;
  if (!u->there) {
    io_close_from(FIRST);
    return;
  }
  u->control = fds[0];
  u->in = fds[1];
  u->out = fds[2];
  io_close_but(FIRST, fds, 3);
}

static void take_value(char *to, size_t size, char const *variable, char const *name)
{
  size_t len = strlen(name);

  if (!strncmp(variable, name, len) && variable[len] == '=') snprintf(to, size, "%s", variable + len + 1);
}

static void take_variable(struct tls_result *r, char *variable)
{
  char *c;

  for (c = variable; *c; c++)
    if (*c <= ' ' || *c > '~') *c = '?';
  take_value(r->version, sizeof r->version, variable, "SSL_PROTOCOL");
  take_value(r->cipher, sizeof r->cipher, variable, "SSL_CIPHER");
}

/* NAME=VALUE with a NUL each, and one more NUL: 1, or 0 when they do not come to their end. */
static int read_variables(int fd, long long until, struct tls_result *r)
{
  char variable[VARIABLE_MAX + 1], c;
  size_t len = 0, all;

  for (all = 0; all < VARIABLES_MAX; all++) {
    if (io_wait(fd, POLLIN, io_left(until)) != 1 || io_read(fd, &c, 1) != 1) return 0;
    if (!c && !len) return 1;
    if (c && len < VARIABLE_MAX) variable[len++] = c;
    if (c) continue;
    variable[len] = 0;
    take_variable(r, variable);
    len = 0;
  }
  return 0;
}

int ucspi_shake(struct ucspi *u, unsigned int seconds, struct tls_result *r)
{
  int on;

  memset(r, 0, sizeof *r);
  snprintf(r->version, sizeof r->version, "TLS");
  on = io_write(u->control, "Y", 1) == 0 && read_variables(u->control, io_clock() + seconds * 1000LL, r);
  if (!on) snprintf(r->text, sizeof r->text, "the program before us (UCSPI-TLS) does not say that TLS is on");
  if (u->control != u->in && u->control != u->out) close(u->control);
  u->there = 0;
  return on;
}
