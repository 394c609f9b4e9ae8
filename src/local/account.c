/* account.c - see account.h */

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf/stamp.h"
#include "lib/io/log.h"
#include "local/account.h"

#define PASSWD_BYTES 65536      /* of an entry of the password file */
#define ORDER_FILE "/etc/nsswitch.conf"
#define BLANKS " \t\r\n"

/* What stands at the beginning of nsswitch.conf's line for accounts. */
enum order { FILE_LATER, FILE_FIRST, FILE_ALONE };

/* Of the services after "passwd:". What stands in brackets can turn a success into something else. */
static enum order order_of(char const *services)
{
  size_t len;

  services += strspn(services, BLANKS);
  len = strcspn(services, BLANKS "#[");
  if (len != strlen("files") || strncmp(services, "files", len)) return FILE_LATER;
  services += len + strspn(services + len, BLANKS);
  if (*services == '[') return FILE_LATER;
  return *services && *services != '#' ? FILE_FIRST : FILE_ALONE;
}

static enum order read_order(void)
{
  static char const key[] = "passwd:";
  FILE *f = fopen(ORDER_FILE, "re");
  enum order order = FILE_LATER;
  char *line = 0;
  size_t size = 0;
  int lines = 0;

  if (!f) return FILE_LATER;
  while (getline(&line, &size, f) != -1) {
    char const *s = line + strspn(line, BLANKS);
    if (strncmp(s, key, sizeof key - 1)) continue;
    order = order_of(s + sizeof key - 1);
    lines++;
  }
  if (ferror(f) || lines != 1) order = FILE_LATER;
  free(line);
  fclose(f);
  return order;
}

static enum order order_now(void)
{
  static struct stamp old;
  static enum order order;
  struct stamp now = stamp_of(ORDER_FILE);

  if (!stamp_same(&now, &old) || !stamp_settled(&now)) order = read_order();
  old = now;
  return order;
}

/* What a line of the password file says of this name, to libc's own reader; null: nothing. */
static struct passwd *entry_of(char const *name, char *line, size_t len)
{
  FILE *f = fmemopen(line, len, "r");
  struct passwd *found = f ? fgetpwent(f) : 0;

  if (f) fclose(f);
  return found && !strcmp(found->pw_name, name) ? found : 0;
}

/* In the password file: 1, 0, or -1 with errno. What is found lasts until the next one is looked for. fgetpwent(3) of
   the file itself would be a system call a line. */
static int in_file(char const *name, struct passwd **found)
{
  static char *line;
  static size_t size;
  FILE *f = fopen("/etc/passwd", "re");
  size_t len = strlen(name);
  ssize_t got;
  int r;

  if (!f) return -1;
  *found = 0;
  while (!*found && (got = getline(&line, &size, f)) != -1)
    if (!strncmp(line, name, len) && line[len] == ':') *found = entry_of(name, line, (size_t)got);
  r = *found ? 1 : feof(f) ? 0 : -1;
  fclose(f);
  return r;
}

static int in_service(char const *name, struct passwd **found)
{
  static char buf[PASSWD_BYTES];
  static struct passwd pw;
  int e;

  do e = getpwnam_r(name, &pw, buf, sizeof buf, found);
  while (e == EINTR);
  errno = e;
  return e ? -1 : *found != 0;
}

static int look_up(char const *name, struct passwd **found, int *by_file)
{
  enum order order = order_now();
  int r = 0;

  *by_file = order != FILE_LATER && name[0] != '+' && name[0] != '-';   /* these mean other services */
  if (*by_file) r = in_file(name, found);
  if (r == 1 || (*by_file && !r && order == FILE_ALONE)) return r;
  *by_file = 0;
  return in_service(name, found);
}

int account_find(char const *name, struct account *u, int *by_file)
{
  struct passwd *found;
  int r = look_up(name, &found, by_file);

  if (r == -1) log_sys("error: unable to look up user ", name);
  if (r != 1) return r;
  if (strlen(found->pw_name) > LOOKUP_USER_MAX || strlen(found->pw_dir) > LOOKUP_HOME_MAX) {
    log_line("error: the name or the home of user ", name, " is too long");
    return -1;
  }
  u->uid = found->pw_uid;
  u->gid = found->pw_gid;
  memcpy(u->name, found->pw_name, strlen(found->pw_name) + 1);
  memcpy(u->home, found->pw_dir, strlen(found->pw_dir) + 1);
  return 1;
}
