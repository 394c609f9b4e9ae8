/* trigger.c - see trigger.h */

#include <string.h>
#include <unistd.h>

#include "door/trigger.h"

void trigger_pull(int fd, char const *id)
{
  char record[ID_MAX + 1];
  size_t len = strlen(id);

  if (fd == -1 || len > ID_MAX) return;
  memcpy(record, id, len);
  record[len++] = '\n';
  if (write(fd, record, len) == -1) return;     /* full, or nobody there: see trigger.h */
}

int trigger_feed(struct trigger *t, char const *s, size_t len, void (*found)(char const *id))
{
  int strange = 0;

  for (; len; s++, len--) {
    if (*s != '\n') {
      if (t->used <= ID_MAX) t->buf[t->used++] = *s;    /* one byte too many makes it no ID */
      continue;
    }
    if (t->used <= ID_MAX) {
      t->buf[t->used] = 0;
      if (strlen(t->buf) == t->used && id_ok(t->buf)) found(t->buf);
      else strange = 1;
    }
    else strange = 1;
    t->used = 0;
  }
  return strange;
}
