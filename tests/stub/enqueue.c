/*
 * enqueue.c - put a message into a queue without any service: enqueue QUEUE ID SENDER RECIPIENT[:MARK]...
 *
 * Makes todo/HH/ID and mess/HH/ID; with marks (K done, D failed, B told) also state/HH/ID, as mail-send would.
 * The directories are there already. Linked with the suite's own doors, so that the formats are the real ones.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "door/envelope.h"
#include "door/state.h"
#include "lib/io/io.h"
#include "lib/msg/id.h"

static int put(char const *dir, char const *id, char const *s, size_t len)
{
  char path[ID_PATH_MAX];
  int fd;

  id_path(path, dir, id);
  fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  return fd == -1 || io_write(fd, s, len) == -1 || close(fd) == -1 ? -1 : 0;
}

int main(int argc, char **argv)
{
  struct state state = { .tries = 2, .next = getenv("NEXT") ? atoll(getenv("NEXT")) : 1800000000, .last = 1700000000 };
  char records[4096], marks[64];
  stralloc text = STRALLOC_ZERO;
  size_t used = 0;
  int i, marked = 0;

  if (argc < 4 || argc > 60 || chdir(argv[1]) == -1) return 100;
  used += (size_t)snprintf(records, sizeof records, "F%s", argv[3]) + 1;
  for (i = 4; i < argc; i++) {
    char *colon = strrchr(argv[i], ':');
    marks[i - 4] = MARK_OPEN;
    if (colon) {
      marks[i - 4] = colon[1];
      *colon = 0;
      marked = 1;
    }
    used += (size_t)snprintf(records + used, sizeof records - used, "T%s", argv[i]) + 1;
    if (used >= sizeof records) return 100;
  }
  if (envelope_make(&text, argv[2], 7, 0, 0, records, used) == -1) return 111;
  if (put("todo", argv[2], text.s, text.len) == -1 || put("mess", argv[2], "\nbody!\n", 7) == -1) return 111;
  return marked && state_write(argv[2], &state, marks, (uint32_t)argc - 4, 0, (uint32_t)argc - 4) == -1 ? 111 : 0;
}
