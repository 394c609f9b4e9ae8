/* followup.c - see followup.h */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/addr/fold.h"
#include "lib/addr/quote.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "user/followup.h"

#define FILE_MAX 1048576        /* bytes of the file that count */
#define NAME "Mail-Followup-To:"

static void memory(int ok)
{
  if (!ok) log_die(111, "fatal: out of memory", (char *)0);
}

/* the file's addresses. 0 when there is no file. */
static int read_lists(struct rcpts *lists, char const *path)
{
  char *s = malloc(FILE_MAX), *line = s, *end;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t n = -1;

  memory(s != 0);
  if (fd != -1) n = io_read(fd, s, FILE_MAX);
  if (n == -1 && errno != ENOENT) log_die(111, "fatal: cannot read QMAILMFTFILE, the file ", path, (char *)0);
  if (fd != -1) close(fd);
  for (; n > 0 && (end = memchr(line, '\n', (size_t)(s + n - line))); line = end + 1) {
    size_t len = (size_t)(end - line);
    while (len && strchr(" \t\r", line[len - 1])) len--;
    if (!memchr(line, 0, len)) rcpts_take(line, len, lists);
  }
  free(s);
  return n > 0;
}

void followup_add(stralloc *header, struct rcpts const *shown)
{
  char const *file = getenv("QMAILMFTFILE"), *s = shown->text.s;
  struct rcpts lists = { STRALLOC_ZERO, 0 };
  stralloc text = STRALLOC_ZERO;
  size_t i;
  int r;

  if (!file || !*file || !read_lists(&lists, file)) return;
  r = rcpts_meet(&lists, shown);
  memory(r != -1);
  stralloc_free(&lists.text);
  if (!r) return;
  for (i = 0; i < shown->n; i++, s += strlen(s) + 1)
    memory(stralloc_cats(&text, i ? ", " : " ") && quote_address(&text, s, strlen(s)));
  memory(stralloc_cats(header, NAME) && fold_text(header, sizeof NAME - 1, text.s, text.len)
         && stralloc_catb(header, "\n", 1));
  stralloc_free(&text);
}
