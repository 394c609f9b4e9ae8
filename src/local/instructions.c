/* instructions.c - see instructions.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/stralloc.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "local/dotqmail.h"
#include "local/instruction.h"
#include "local/instructions.h"
#include "local/verdict.h"

#define FILE_MAX 4194304        /* bytes of a .qmail file: a list of 100,000 addresses */

static int forward_only;        /* the file's mode says so */

/* a dotqmail_try */
static int try_open(char const *name, void *data)
{
  int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd == -1) return dotqmail_absent(errno) && !dotqmail_dangles(name) ? 0 : -1;
  *(int *)data = fd;
  return 1;
}

static _Noreturn void die(char const *what, char const *name)
{
  log_line(name, " ", what);
  verdict_later("4.3.5 the recipient's mail settings are not usable");
}

/* The whole file, checked. */
static void read_file(int fd, char const *name, struct instructions *all)
{
  static stralloc kept;
  struct stat st;
  ssize_t r;

  if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) die("is not a regular file", name);
  if (st.st_mode & S_IWOTH) die("is writable for everybody", name);
  if (st.st_size > FILE_MAX) die("is too long", name);
  forward_only = (st.st_mode & S_IXUSR) != 0;
  if (!stralloc_ready(&kept, (size_t)st.st_size + 1)) verdict_later("4.3.0 out of memory");
  r = io_read(fd, kept.s, (size_t)st.st_size);
  if (r == -1) {
    log_sys("unable to read ", name);
    verdict_later("4.3.0 the recipient's mail settings cannot be read");
  }
  all->at = kept.s;
  all->end = kept.s + r;
  *all->end = 0;
  if (memchr(all->at, 0, (size_t)r)) die("has a NUL in it", name);
  close(fd);
}

/* Who comes from another mail system may think that it forwards. Once in a process's life is enough. */
static void tell_of_other_file(struct delivery const *d)
{
  static int told;
  struct stat st;

  if (told || stat(".forward", &st) == -1) return;
  log_line(d->home, "/.forward does not count here: its lines belong into .qmail, see dot-qmail(5)");
  told = 1;
}

/* Finds what to do: the file's lines, or the standard delivery. */
static void find(struct instructions *all, struct delivery *d, char name[DOTQMAIL_NAME_MAX + 1])
{
  static char standard[ADDRESS_MAX + 1];
  int fd = -1, r = dotqmail_search(name, &d->rest, d->dash, d->ext, try_open, &fd);

  if (r == -1) {
    log_sys("unable to open ", name);
    verdict_later("4.3.0 the recipient's mail settings cannot be read");
  }
  if (r == 0 && *d->dash) verdict_never("5.1.1 no mailbox here by that name");
  if (r == 1) read_file(fd, name, all);
  else tell_of_other_file(d);
  if (r == 1 && all->at < all->end) return;
  forward_only = 0;
  d->is_standard = 1;
  snprintf(name, DOTQMAIL_NAME_MAX + 1, "defaultdelivery");
  all->at = standard;
  all->end = standard + snprintf(standard, sizeof standard, "%s", d->standard);
}

static _Noreturn void die_line(char const *name, unsigned int number, char const *line, char const *why)
{
  log_start();
  log_string(name);
  log_count(" line ", number);
  log_text(": ");
  log_text(why);
  log_text(": ");
  log_string(line);
  log_end();
  verdict_later("4.3.5 the recipient's mail settings are not usable");
}

/* Before anything is done: would every line do? Else its first lines would be repeated with every try. */
static void check(struct instructions const *all, int is_standard, char const *name)
{
  int only = forward_only, useful = 0;
  unsigned int number = 0;
  char const *object;
  char *at = all->at, *line;

  while ((line = instruction_next(&at, all->end))) {
    enum instruction kind = instruction_read(line, &object);
    if (!number++ && !*line) die("starts with a blank line", name);
    if (kind == INSTRUCTION_WRONG) die_line(name, number, line, object);
    if (kind == INSTRUCTION_LIST) only = 1;
    if (only && (kind == INSTRUCTION_FILE || kind == INSTRUCTION_PROGRAM))
      die_line(name, number, line, "only forward lines may be here");
    useful |= kind != INSTRUCTION_NONE && kind != INSTRUCTION_LIST;
  }
  if (is_standard && !useful) die("says nothing to do: all mail would be gone", name);
}

void instructions_find(struct instructions *all, struct delivery *d)
{
  char name[DOTQMAIL_NAME_MAX + 1];

  find(all, d, name);
  check(all, d->is_standard, name);
}

char const *instructions_next(struct instructions *all)
{
  return instruction_next(&all->at, all->end);
}
