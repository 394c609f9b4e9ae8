/* sweep.c - see sweep.h */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/conf/owner.h"
#include "lib/io/log.h"
#include "lib/msg/crc32.h"
#include "lib/msg/id.h"
#include "queue/hash.h"
#include "queue/orphan.h"
#include "queue/sweep.h"

#define STRANGERS 256           /* names remembered as logged; later ones take the place of earlier */

enum place { AT_REST, IN_TMP, IN_MESS, IN_TODO };

static enum place place;
static unsigned int at;         /* the HH */
static unsigned int removed;    /* in this round */
static int failed;              /* the same */
static int (*spare)(char const *id);
static struct hash hash;
static struct orphans orphans;
static uint32_t strangers[STRANGERS];

/* Logs a path, once: what is remembered is its checksum. */
static void stranger(char const *dir, char const *name, char const *why)
{
  char path[ID_PATH_MAX + NAME_MAX + 1];
  uint32_t sum;
  int n = snprintf(path, sizeof path, "%s/%s", dir, name);

  sum = crc32_add(0, path, (size_t)n);
  if (strangers[sum % STRANGERS] == sum) return;
  strangers[sum % STRANGERS] = sum;
  log_line("warning: queue/", path, " ", why, ": left alone");
}

static void trouble(char const *path)
{
  failed = 1;
  log_sys("alert: unable to sweep queue/", path, owner_hint(path));
}

static void trouble_with(char const *dir, char const *id)
{
  char path[ID_PATH_MAX + ID_MAX];
  int e = errno;

  snprintf(path, sizeof path, "%s/%s", dir, id);
  errno = e;
  trouble(path);
}

static void tell_removed(char const *path, char const *id)
{
  removed++;
  log_line("swept ", path, "/", id, ": its writer is gone");
}

static void one_tmp(char const *dir, char const *id)
{
  switch (orphan_tmp(id)) {
    case 1: tell_removed(dir, id); break;
    case -1: trouble_with(dir, id); break;
    default: break;
  }
}

static void remove_held(char const *dir)
{
  unsigned int i, n = orphans.n;

  if (orphan_remove(&orphans, &hash) == -1) trouble(dir);
  else for (i = 0; i < n; i++) tell_removed(dir, orphans.held[i].id);
}

static void one_mess(char const *dir, char const *id)
{
  if (spare(id)) return;
  if (orphan_hold(&orphans, &hash, id) == -1) trouble_with(dir, id);
  if (orphans.n == ORPHAN_BATCH) remove_held(dir);
}

static void one_todo(char const *dir, char const *id)
{
  if (!faccessat(hash.mess, id, F_OK, AT_SYMLINK_NOFOLLOW) || errno != ENOENT) return;
  if (!faccessat(hash.todo, id, F_OK, AT_SYMLINK_NOFOLLOW))     /* not one that was removed meanwhile */
    log_line("alert: queue/", dir, "/", id, " has no message in queue/mess: kept, ask an administrator");
}

/* Calls one for each sound name of the directory. */
static void each(char const *dir, int hashed, void (*one)(char const *dir, char const *id))
{
  DIR *d = opendir(dir);
  struct dirent *e;

  if (!d) {
    trouble(dir);
    return;
  }
  for (;;) {
    errno = 0;
    e = readdir(d);
    if (!e) break;
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    if (!id_ok(e->d_name)) stranger(dir, e->d_name, "is no queue file");
    else if (hashed && id_hash(e->d_name) != at) stranger(dir, e->d_name, "is in the wrong directory");
    else one(dir, e->d_name);
  }
  if (errno) trouble(dir);
  closedir(d);
}

static void hashed_step(char const *top, void (*one)(char const *dir, char const *id))
{
  char dir[ID_PATH_MAX];

  if (hash_open(&hash, at) == -1) {
    id_dir(dir, hash.failed, at);
    trouble(dir);
    return;
  }
  id_dir(dir, top, at);
  each(dir, 1, one);
  remove_held(dir);
}

void sweep_begin(int (*spared)(char const *id))
{
  if (place != AT_REST) return;
  spare = spared;
  place = IN_TMP;
  removed = failed = 0;
}

int sweep_failed(void)
{
  return failed;
}

static void end_round(void)
{
  place = AT_REST;
  if (!removed) return;
  log_start();
  log_count("sweep done, removed ", removed);
  log_end();
}

int sweep_step(void)
{
  switch (place) {
    case AT_REST: return 0;
    case IN_TMP:
      each("tmp", 0, one_tmp);
      place = IN_MESS;
      at = 0;
      break;
    case IN_MESS:
      hashed_step("mess", one_mess);
      place = IN_TODO;
      break;
    case IN_TODO:
      hashed_step("todo", one_todo);
      hash_close(&hash);
      place = IN_MESS;
      if (++at == ID_HASHES) end_round();
      break;
  }
  return place != AT_REST;
}
