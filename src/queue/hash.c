/* hash.c - see hash.h */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/msg/id.h"
#include "queue/hash.h"

static int open_one(struct hash *h, char const *dir, unsigned int hh)
{
  char path[ID_PATH_MAX];
  int fd;

  id_dir(path, dir, hh);
  fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd == -1) h->failed = dir;
  return fd;
}

int hash_holds(struct hash const *h, char const *id)
{
  return h->open && h->hh == id_hash(id);
}

int hash_open(struct hash *h, unsigned int hh)
{
  if (h->open && h->hh == hh) return 0;
  hash_close(h);
  h->mess = open_one(h, "mess", hh);
  if (h->mess == -1) return -1;
  h->todo = open_one(h, "todo", hh);
  if (h->todo == -1) {
    io_close_keep(h->mess);
    return -1;
  }
  h->open = 1;
  h->hh = hh;
  return 0;
}

void hash_close(struct hash *h)
{
  if (!h->open) return;
  close(h->mess);
  close(h->todo);
  h->open = 0;
}
