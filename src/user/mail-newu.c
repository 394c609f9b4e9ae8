/*
 * mail-newu.c - make users/cdb from users/assign, both below the home (mail-users(5))
 *
 * Runs as    root, by the administrator
 * Reads      users/assign
 * Writes     users/cdb, by way of users/cdb.tmp: whoever looks something up finds the old table or the new one
 * Trusts     the administrator to mean what the file says; every line is checked all the same
 * If broken  mail goes to other users, but for root, the suite's own and those under minuid (mail-lspawn checks)
 * Exits      0; 100 the file has a mistake, the table stays as it was; 111 it could not be made now
 */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/cdbmake.h>

#include "door/lookup.h"
#include "lib/conf/conf.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"

#define LINE_BYTES 8192
#define FIELDS 7                /* name, user, uid, gid, home, dash, ext: each ends with a colon */
#define FILES_MAX 64

enum { NAME, USER, UID, GID, HOME, DASH, EXT };

static char dir_name[256], from[256], to[256], temporary[256];
static unsigned long line_number;
static cdbmaker maker = CDBMAKER_ZERO;
static char ends[256];          /* characters that end a wildcard */
static unsigned int ends_len;

static void die_line(char const *why) __attribute__((noreturn));
static void die_line(char const *why)
{
  unlink(temporary);
  log_start();
  log_text("fatal: ");
  log_string(from);
  log_text(" line ");
  log_number((long long)line_number);
  log_text(": ");
  log_text(why);
  log_end();
  _exit(100);
}

static void die_write(void) __attribute__((noreturn));
static void die_write(void)
{
  int e = errno;

  unlink(temporary);
  errno = e;
  log_die(111, "fatal: unable to write ", temporary);
}

static void add(char const *key, size_t key_len, char const *data, size_t data_len)
{
  if (!cdbmake_add(&maker, key, (unsigned int)key_len, data, (unsigned int)data_len)) die_write();
}

static int is_id(char const *s)
{
  uint64_t u = 0;

  if (!*s) return 0;
  for (; *s >= '0' && *s <= '9' && u < UINT32_MAX; s++) u = u * 10 + (unsigned int)(*s - '0');
  return !*s && u < UINT32_MAX;         /* the last number means "nobody" to the kernel */
}

/* Cuts a line at its colons. */
static void split(char *line, char *field[FIELDS])
{
  int i;

  for (i = 0; i < FIELDS; i++) {
    char *colon = strchr(line, ':');
    if (!colon) die_line("fewer than seven colons; a line is =local:user:uid:gid:home:dash:ext:");
    *colon = 0;
    field[i] = line;
    line = colon + 1;
  }
  if (*line) die_line("something follows the seventh colon");
}

static void check(char *const field[FIELDS])
{
  if (!*field[USER] || strlen(field[USER]) > LOOKUP_USER_MAX) die_line("no user, or its name is too long");
  if (!is_id(field[UID])) die_line("the uid is not a number that a user can have");
  if (!is_id(field[GID])) die_line("the gid is not a number that a group can have");
  if (!field[UID][strspn(field[UID], "0")] || !field[GID][strspn(field[GID], "0")])
    die_line("uid 0 and gid 0 never get mail");
  if (field[HOME][0] != '/' || strlen(field[HOME]) > LOOKUP_HOME_MAX) die_line("the home is not an absolute path");
  if (strlen(field[DASH]) > LOOKUP_DASH_MAX) die_line("the dash is too long");
  if (strlen(field[NAME]) > ADDRESS_MAX || strlen(field[EXT]) > ADDRESS_MAX) die_line("name or extension is too long");
}

static void lower(char *s)
{
  for (; *s; s++)
    if (*s >= 'A' && *s <= 'Z') *s = (char)(*s + 32);
}

static void take_line(char *line)
{
  char *field[FIELDS], data[LINE_BYTES];
  int exact = *line == '=', n;

  if (!exact && *line != '+') die_line("does not start with =, + or .");
  split(line, field);
  check(field);
  *field[NAME] = '!';           /* the key is the name with ! before it; an exact one has a NUL after it */
  lower(field[NAME]);
  n = snprintf(data, sizeof data, "%s%c%s%c%s%c%s%c%s%c%s", field[USER], 0, field[UID], 0, field[GID], 0,
               field[HOME], 0, field[DASH], 0, field[EXT]);
  add(field[NAME], strlen(field[NAME]) + (size_t)exact, data, (size_t)n);
  if (!exact && field[NAME][1]) {
    char end = field[NAME][strlen(field[NAME]) - 1];
    if (!memchr(ends, end, ends_len)) ends[ends_len++] = end;
  }
}

/* All lines up to the one that is a single dot: a file without it may be cut off. */
static void take_file(FILE *f)
{
  char line[LINE_BYTES];

  while (line_number++, fgets(line, sizeof line, f)) {
    size_t len = strlen(line);
    if (line[0] == '.' && (line[1] == '\n' || !line[1])) {
      add("", 0, ends, ends_len);
      return;
    }
    if (!len || line[len - 1] != '\n') die_line("is too long, has a NUL in it, or does not end");
    line[len - 1] = 0;
    take_line(line);
  }
  if (ferror(f)) log_die(111, "fatal: unable to read ", from);
  die_line("the file ends without a line that is a single dot");
}

/* Opens the directory and locks it: two at once would write into the same file. */
static int open_directory(void)
{
  int fd;

  snprintf(dir_name, sizeof dir_name, "%s/users", conf_home);   /* conf_home has at most 90 bytes */
  snprintf(from, sizeof from, "%.200s/assign", dir_name);
  snprintf(to, sizeof to, "%.200s/cdb", dir_name);
  snprintf(temporary, sizeof temporary, "%.200s/cdb.tmp", dir_name);
  fd = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd == -1 || flock(fd, LOCK_EX) == -1) log_die(111, "fatal: unable to lock ", dir_name);
  return fd;
}

static int open_temporary(void)
{
  int fd;

  if (unlink(temporary) == -1 && errno != ENOENT) log_die(111, "fatal: unable to remove ", temporary);
  fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd == -1) log_die(111, "fatal: unable to create ", temporary);
  return fd;
}

int main(int argc, char **argv)
{
  struct priv_path const paths[] = { { dir_name, PRIV_READ | PRIV_WRITE } };
  int dir, fd;
  FILE *f;

  (void)argv;
  log_name("mail-newu");
  if (argc != 1) log_diex(100, "usage: mail-newu");
  umask(022);
  dir = open_directory();
  if (priv_limits(FILES_MAX, 0) == -1 || priv_lock(PRIV_OPEN | PRIV_MODIFY, paths, 1) == -1)
    log_die(111, "fatal: unable to lock in");
  f = fopen(from, "r");
  if (!f) log_die(111, "fatal: unable to open ", from);
  fd = open_temporary();
  if (!cdbmake_start(&maker, fd)) die_write();
  take_file(f);
  if (!cdbmake_finish(&maker) || fsync(fd) == -1 || close(fd) == -1 || rename(temporary, to) == -1) die_write();
  if (fsync(dir) == -1) log_die(111, "fatal: unable to sync ", dir_name);
  return 0;
}
