/* table.c - see table.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/cdbmake.h>

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/table.h"

#define FILES_MAX 64

static char dir_name[CONF_PATH_MAX], from[CONF_PATH_MAX], to[CONF_PATH_MAX], temporary[CONF_PATH_MAX + sizeof ".tmp"];
static unsigned long line_number;
static cdbmaker maker = CDBMAKER_ZERO;
static FILE *text;
static int dir, fd;

void table_wrong(char const *why)
{
  unlink(temporary);
  log_start();
  log_text("fatal: ");
  log_string(from);
  log_count(" line ", line_number);
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

void table_add(char const *key, size_t key_len, char const *data, size_t data_len)
{
  if (!cdbmake_add(&maker, key, (unsigned int)key_len, data, (unsigned int)data_len)) die_write();
}

int table_line(char line[TABLE_LINE_MAX])
{
  size_t len;

  line_number++;
  if (!fgets(line, TABLE_LINE_MAX, text)) {
    if (ferror(text)) log_die(111, "fatal: unable to read ", from);
    return 0;
  }
  len = strlen(line);
  if (len && line[len - 1] == '\n') {
    line[len - 1] = 0;
    return 1;
  }
  if (!len || !feof(text)) table_wrong("is too long, or has a NUL in it");
  return -1;
}

/* Two at once would write into the same file. */
static void lock_directory(void)
{
  dir = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir == -1 || io_lock_folder(dir) == -1) log_die(111, "fatal: unable to lock ", dir_name);
}

static void open_temporary(void)
{
  if (unlink(temporary) == -1 && errno != ENOENT) log_die(111, "fatal: unable to remove ", temporary);
  fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd == -1) log_die(111, "fatal: unable to create ", temporary);
}

static void open_text(void)
{
  int from_fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat st;

  if (from_fd == -1 || fstat(from_fd, &st) == -1) log_die(111, "fatal: unable to open ", from);
  if (!S_ISREG(st.st_mode)) log_diex(111, "fatal: this is no regular file: ", from);
  text = fdopen(from_fd, "r");
  if (!text) log_die(111, "fatal: out of memory");
}

void table_start(char const *directory, char const *name, char const *cdb)
{
  struct priv_path const paths[] = { { conf_path(dir_name, directory), PRIV_READ | PRIV_WRITE } };

  umask(022);
  conf_file(from, directory, name);
  snprintf(temporary, sizeof temporary, "%s.tmp", conf_file(to, directory, cdb));
  lock_directory();
  if (priv_limits(FILES_MAX, 0) == -1 || priv_lock(PRIV_OPEN | PRIV_MODIFY, paths, 1) == -1)
    log_die(111, "fatal: unable to lock in");
  open_text();
  open_temporary();
  if (!cdbmake_start(&maker, fd)) die_write();
}

void table_end(void)
{
  if (!cdbmake_finish(&maker) || fsync(fd) == -1 || close(fd) == -1 || rename(temporary, to) == -1) die_write();
  if (fsync(dir) == -1) log_die(111, "fatal: unable to sync ", dir_name);
}
