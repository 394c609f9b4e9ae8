/* qmessage.c - see qmessage.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/io/log.h"
#include "lib/msg/names.h"
#include "lib/priv/priv.h"
#include "user/print.h"
#include "user/qmessage.h"

static int raw;
static int blank_line;          /* the last line had nothing in it */

/* As mailq, whose files they are. */
static void enter(void)
{
  struct priv_path const paths[] = { { "mess", PRIV_READ } };
  struct conf_user const *mailq = conf_users + CONF_QUEUE;

  if (geteuid())
    log_diex(100, "fatal: only root may see messages; without --header and --message it shows the envelope");
  if (chdir(conf_home) == -1 || chdir("queue") == -1) log_die(111, "fatal: cannot go to ", conf_home, "/queue");
  if (priv_become(mailq->uid, conf_users[CONF_SEND].gid) == -1) log_die(111, "fatal: cannot become ", mailq->role);
  if (priv_lock(PRIV_OPEN, paths, 1) == -1) log_die(111, "fatal: cannot lock itself in");
}

/* Bytes that a terminal does not obey; UTF-8 comes as \xHH, as everywhere. */
static void put(int c)
{
  char byte = (char)c;

  if (raw || c == '\n' || c == '\t') putchar(c);
  else print_bytes(&byte, 1);
}

/* 0, or -1 with errno */
static int print(char const *id, int only_header)
{
  char path[ID_PATH_MAX];
  int fd, c;
  FILE *f;

  id_path(path, "mess", id);
  fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  f = fd == -1 ? 0 : fdopen(fd, "r");
  if (!f) return -1;
  blank_line = 1;
  while ((c = getc(f)) != EOF && !(only_header && blank_line && c == '\n')) {
    blank_line = c == '\n';
    put(c);
  }
  if (ferror(f)) return -1;
  fclose(f);
  return 0;
}

_Noreturn void qmessage_print(char const *const *part, unsigned int n, int only_header, int as_it_is)
{
  struct names mess;
  unsigned int i, printed = 0;

  raw = as_it_is;
  enter();
  if (names_read(&mess, "mess") == -1) log_die(111, "fatal: cannot read queue/", mess.path);
  for (i = 0; i < n; i++) {
    char const *id = part[i];
    size_t found = names_part(&mess, part[i], &id);
    if (found == 1 && print(id, only_header) == 0) printed++;
    else if (found == 1) log_sys("cannot read ", id);
    else log_line(part[i], found ? ": more than one ID begins or ends so" : ": is not in the queue (any more)");
  }
  if (print_end() == -1) log_die(111, "fatal: cannot write");
  _exit(printed == n ? 0 : printed ? 2 : 1);
}
