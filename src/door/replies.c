/* replies.c - see replies.h */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "door/replies.h"
#include "lib/io/pack.h"
#include "lib/msg/crc32.h"
#include "lib/msg/id.h"

#define SETS 32768              /* of places that meet; 42 MB of file when all are taken */
#define WAYS 4
#define PLACE 320               /* u32 length, ID, u32 index, u32 tries, u64 when, u32 length, text, zeros */
#define SET_BYTES ((size_t)WAYS * PLACE)

_Static_assert(4 + ID_MAX + 4 + 4 + 8 + 4 + REPLY_TEXT_MAX <= PLACE, "a reply fits its place");

static off_t set_of(char const *id, uint32_t index)
{
  char b[4];
  struct pack p = { .s = b, .size = sizeof b };

  pack_u32(&p, index);
  return (off_t)(crc32_add(crc32_add(0, id, strlen(id)), b, sizeof b) % SETS * SET_BYTES);
}

/* Is it a reply of that recipient? r has it then; when is of any. */
static int take(char const *place, char const *id, uint32_t index, struct reply *r)
{
  struct unpack u = { .s = place, .len = PLACE };
  size_t id_len;
  char const *is = unpack_bytes(&u, &id_len, ID_MAX), *text;
  uint32_t i = unpack_u32(&u);

  r->tries = unpack_u32(&u);
  r->when = (int64_t)unpack_u64(&u);
  text = unpack_bytes(&u, &r->len, REPLY_TEXT_MAX);
  if (u.bad) {
    r->when = 0;
    return 0;
  }
  memcpy(r->text, text, r->len);
  r->text[r->len] = 0;
  return i == index && id_len == strlen(id) && !memcmp(is, id, id_len);
}

/* Which of the places is the recipient's, with r filled; else -1, and oldest is the one to take. */
static int find(char const *set, char const *id, uint32_t index, struct reply *r, int *oldest)
{
  int64_t least = INT64_MAX;
  int i;

  for (i = 0; i < WAYS; i++) {
    if (take(set + i * PLACE, id, index, r)) return i;
    if (r->when >= least) continue;
    least = r->when;
    *oldest = i;
  }
  return -1;
}

static int open_file(int flags)
{
  return open(REPLIES_PATH, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
}

/* What is behind the end of the file, or a hole in it, is nothing. */
static int read_set(int fd, char set[SET_BYTES], off_t at)
{
  memset(set, 0, SET_BYTES);
  return pread(fd, set, SET_BYTES, at) == -1 ? -1 : 0;
}

void replies_put(char const *id, uint32_t index, struct reply const *r)
{
  char set[SET_BYTES], b[PLACE] = { 0 };
  struct pack p = { .s = b, .size = sizeof b };
  off_t at = set_of(id, index);
  int fd = open_file(O_RDWR | O_CREAT), oldest = 0, i;
  struct reply other;

  if (fd == -1) return;
  pack_bytes(&p, id, strlen(id), ID_MAX);
  pack_u32(&p, index);
  pack_u32(&p, r->tries);
  pack_u64(&p, (uint64_t)r->when);
  pack_bytes(&p, r->text, r->len, REPLY_TEXT_MAX);
  if (!p.bad && read_set(fd, set, at) == 0) {
    i = find(set, id, index, &other, &oldest);
    if (pwrite(fd, b, sizeof b, at + (off_t)(i == -1 ? oldest : i) * PLACE) != sizeof b) unlink(REPLIES_PATH);
  }
  close(fd);
}

int replies_get(char const *id, uint32_t index, struct reply *r)
{
  char set[SET_BYTES];
  int fd = open_file(O_RDONLY), oldest, found;

  if (fd == -1) return 0;
  found = read_set(fd, set, set_of(id, index)) == 0 && find(set, id, index, r, &oldest) != -1;
  close(fd);
  return found;
}
