/* others.c - see others.h */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "start/envdir.h"
#include "start/others.h"

#define ARGUMENTS_MAX 24
#define ID_DIGITS 24            /* a user's and a group's number, with what is around them */

struct command {
  char const *argv[ARGUMENTS_MAX];
  size_t n;
};

static void add(struct command *c, char const *argument)
{
  if (c->n == ARGUMENTS_MAX - 1) log_diex(111, "fatal: too many arguments");
  c->argv[c->n++] = argument;
  c->argv[c->n] = 0;
}

/* 0 ends them */
static void add_all(struct command *c, char const *const *arguments)
{
  for (; *arguments; arguments++) add(c, *arguments);
}

/* Returns when the program is not there. */
static void try(struct command const *c)
{
  execvp(c->argv[0], (char **)c->argv);
}

static char const *variable(char const *name, char const *standard)
{
  char const *s = getenv(name);

  return s && *s ? s : standard;
}

/* A setting of a logger: a letter and a number. */
static void set(char to[ID_DIGITS], char letter, char const *name, char const *standard)
{
  char const *s = variable(name, standard);

  if (strspn(s, "0123456789") != strlen(s) || strlen(s) > ID_DIGITS - 2)
    log_diex(100, "fatal: env/", name, " must be a number of decimal digits; this is not: ", s);
  snprintf(to, ID_DIGITS, "%c%s", letter, s);
}

/* svlogd has them from a file. */
static void configure(char const *folder, char const *size, char const *files)
{
  char path[CONF_PATH_MAX + sizeof "/config"], text[2 * ID_DIGITS + 2];
  int n = snprintf(text, sizeof text, "%s\n%s\n", size, files), fd;

  snprintf(path, sizeof path, "%s/config", folder);
  fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd == -1 || io_write(fd, text, (size_t)n) == -1 || close(fd) == -1) log_sys("warning: unable to write ", path);
}

void others_log(char const *service)
{
  char folder[CONF_PATH_MAX], size[ID_DIGITS], files[ID_DIGITS];
  struct conf_user const *maill = conf_users + CONF_LOG;

  conf_file(folder, "log", service);
  if (strchr(service, '/') || *service == '.' || access(folder, F_OK) == -1)
    log_diex(100, "fatal: there is no folder ", folder, " for this log");
  envdir_read("env");
  set(size, 's', "SIZE", "1000000");
  set(files, 'n', "FILES", "20");
  if (priv_become(maill->uid, maill->gid) == -1) log_die(111, "unable to become ", maill->role);
  try(&(struct command){ { "multilog", "t", size, files, folder }, 5 });
  try(&(struct command){ { "s6-log", "t", size, files, folder }, 5 });
  configure(folder, size, files);
  try(&(struct command){ { "svlogd", "-t", folder }, 3 });
  log_diex(111, "fatal: there is neither multilog (daemontools) nor s6-log (s6) nor svlogd (runit): install one");
}

static struct server {
  char const *name, *program, *arg, *port;
} const servers[] = {
  { "smtpd", "mail-smtpd", 0, "25" },
  { "submission", "mail-smtpd", "submission", "587" },
  { "qmtpd", "mail-qmtpd", 0, "209" },
  { "qmqpd", "mail-qmqpd", 0, "628" },
  { 0, 0, 0, 0 }
};

/* What both take alike. */
static void add_rest(struct command *c, struct server const *s, char const *path)
{
  char const *rules = variable("RULES", 0);

  add_all(c, (char const *const[]){ "-v", "-l0", "-b", variable("BACKLOG", "100"), "-c", variable("CONNECTIONS", "100"),
                                    0 });
  if (rules) add_all(c, (char const *const[]){ "-x", rules, 0 });
  add_all(c, (char const *const[]){ variable("ADDRESS", "0"), variable("PORT", s->port), path, s->arg, 0 });
}

void others_tcp(char const *service)
{
  struct server const *s = servers;
  struct conf_user const *maild = conf_users + CONF_IN;
  char path[CONF_PATH_MAX], uid[ID_DIGITS], gid[ID_DIGITS], both[2 * ID_DIGITS + 2];
  struct command tcpserver = { { "tcpserver", "-HR", "-u", uid, "-g", gid }, 6 };
  struct command tcpsvd = { { "tcpsvd", "-u", both }, 3 };

  while (s->name && strcmp(s->name, service)) s++;
  if (!s->name) log_diex(100, "fatal: there is no such server: ", service);
  envdir_read("env");
  snprintf(uid, sizeof uid, "%lu", (unsigned long)maild->uid);
  snprintf(gid, sizeof gid, "%lu", (unsigned long)maild->gid);
  snprintf(both, sizeof both, ":%s:%s", uid, gid);
  conf_file(path, "bin", s->program);
  add_rest(&tcpserver, s, path);
  try(&tcpserver);
  add_rest(&tcpsvd, s, path);
  try(&tcpsvd);
  log_diex(111, "fatal: there is neither tcpserver (ucspi-tcp) nor tcpsvd (ipsvd): install one, or use the service "
                "listen, which needs none");
}
