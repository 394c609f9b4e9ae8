/* smtpauth.c - see smtpauth.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "remote/smtpauth.h"

#define OTHERS 037              /* bits of a mode that a password's file must not have */

static struct control_table smtpauth;
static struct login *logins;    /* for each line of it, those that cannot be needed without a name; null: none can */
static char const *own;         /* the line of the domain itself, if it has one */

static char const *trouble(struct stat const *st)
{
  if (!S_ISREG(st->st_mode)) return "is no regular file";
  if (st->st_uid) return "does not belong to root";
  if (st->st_mode & OTHERS) return "may be read by others, or written by its group: its mode must be 0640";
  return 0;
}

/* The password, which is the first line. Null, or what is wrong with it. */
static char const *take(struct login *l, int fd)
{
  char s[SMTPAUTH_PASSWORD_MAX + sizeof "\r\n"];
  ssize_t r = io_read(fd, s, sizeof s);
  size_t len = r < 0 ? 0 : (size_t)r;
  char const *nl = memchr(s, '\n', len);

  if (r < 0) return strerror(errno);
  if (nl) len = (size_t)(nl - s);
  if (len && s[len - 1] == '\r') len--;
  if (!len) return "has no password in its first line";
  if (len > SMTPAUTH_PASSWORD_MAX) return "has a first line of more than 255 bytes";
  if (memchr(s, 0, len)) return "has a NUL byte";
  memcpy(l->password, s, len);
  return 0;
}

static void read_password(struct login *l, char const *file)
{
  char path[CONF_PATH_MAX];
  struct stat st;
  char const *why;
  int fd;

  fd = open(smtpauth_path(path, file), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd == -1 || fstat(fd, &st) == -1) why = strerror(errno);
  else if (!(why = trouble(&st))) why = take(l, fd);
  io_close_keep(fd);
  if (why) log_line("error: the password's file in control/smtpauth, ", path, ": ", why);
}

static void prepare(struct login *l, char const *line)
{
  char const *file;

  if (smtpauth_read(line, l->name, &file) == 1) read_password(l, file);
}

int smtpauth_start(char const *domain, int named)
{
  char const *all;
  size_t i;

  if (control_table("smtpauth", &smtpauth, 1) == -1) return -1;
  if (!named || !smtpauth.n) return 0;
  logins = calloc(smtpauth.n, sizeof *logins);
  if (!logins) return -1;
  all = control_find(&smtpauth, "", 0);
  own = control_find_domain(&smtpauth, domain, strlen(domain));
  if (own == all) own = 0;
  for (i = 0; i < smtpauth.n; i++) {
    struct control_entry const *e = smtpauth.entries + i;
    if (own ? e->value == own : !e->len || memchr(e->key, '@', e->len)) prepare(logins + i, e->value);
  }
  return 0;
}

static char const *line_of(char const *sender)
{
  char const *at = strrchr(sender, '@'), *line = own;

  if (!line && at) line = control_find(&smtpauth, sender, strlen(sender));
  if (!line && at) line = control_find(&smtpauth, at, strlen(at));
  return line ? line : control_find(&smtpauth, "", 0);
}

struct login *smtpauth_find(char const *sender)
{
  char const *line = logins ? line_of(sender) : 0;
  size_t i;

  for (i = 0; line && i < smtpauth.n; i++)
    if (smtpauth.entries[i].value == line) return logins[i].name[0] ? logins + i : 0;
  return 0;
}
