/* hash.c - see hash.h */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/msg/id.h"
#include "queue/hash.h"

static int open_one(char const *dir, char const *id)
{
  char path[ID_PATH_MAX];

  id_path(path, dir, id);
  *strrchr(path, '/') = 0;
  return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int hash_holds(struct hash const *h, char const *id)
{
  char path[ID_PATH_MAX];

  id_path(path, "mess", id);
  return *h->hh && !strncmp(h->hh, strchr(path, '/') + 1, 2);
}

int hash_open(struct hash *h, char const *id)
{
  char path[ID_PATH_MAX];
  int e;

  if (hash_holds(h, id)) return 0;
  hash_close(h);
  h->mess = open_one("mess", id);
  if (h->mess == -1) return -1;
  h->todo = open_one("todo", id);
  if (h->todo == -1) {
    e = errno;
    close(h->mess);
    errno = e;
    return -1;
  }
  id_path(path, "mess", id);
  memcpy(h->hh, strchr(path, '/') + 1, 2);
  h->hh[2] = 0;
  return 0;
}

void hash_close(struct hash *h)
{
  if (!*h->hh) return;
  close(h->mess);
  close(h->todo);
  *h->hh = 0;
}
