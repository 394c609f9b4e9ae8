/* state.c - the state file: what is written is read again, and damage means that nothing is done */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/state.h"
#include "lib/msg/id.h"
#include "unit.h"

#define ID "060a24181e4000000001aaaaaa"

static char path[ID_PATH_MAX], file[512];
static size_t size;

static void load(void)
{
  int fd = open(path, O_RDONLY);
  ssize_t n = read(fd, file, sizeof file);

  close(fd);
  size = n < 0 ? 0 : (size_t)n;
}

static void store(size_t len)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  if (write(fd, file, len) != (ssize_t)len) abort();
  close(fd);
}

/* 1 when the answer is one of a damaged or strange file, and no recipient counts as done */
static int nothing_done(void)
{
  struct state s;
  char marks[4];
  enum state_answer a = state_read(ID, &s, marks, 4);

  return (a == STATE_TORN || a == STATE_STRANGE) && !memcmp(marks, "    ", 4) && !s.whole;
}

static void damage(void)
{
  struct state s;
  char marks[4];
  size_t i, head, bad = 0;

  for (i = 0; i < size - 4; i++) {
    store(i);
    bad += !nothing_done();
  }
  check("every truncation of the head", !bad);
  store(size - 1);
  check("a mark that is missing is to do", state_read(ID, &s, marks, 4) == STATE_TORN && !memcmp(marks, "K B ", 4));
  head = size - 4;
  for (i = bad = 0; i < head; i++) {
    file[i] ^= 1;
    store(size);
    bad += !nothing_done();
    file[i] ^= 1;
  }
  check("every flipped byte of the head", !bad);
  file[head] = 'k';
  store(size);
  check("an unknown mark is to do", state_read(ID, &s, marks, 4) == STATE_READ && !memcmp(marks, "  BD", 4));
  check("another number of recipients is not this message",
        state_read(ID, &s, marks, 3) == STATE_TORN && !memcmp(marks, "   ", 3));
}

int main(void)
{
  char dir[] = "/tmp/bulkhead-state.XXXXXX", marks[4] = { MARK_DONE, MARK_OPEN, MARK_TOLD, MARK_FAILED };
  struct state w = { .tries = 3, .next = 1800000000, .last = 1700000000, .ran = 60, .bounces = 2 }, r;

  id_path(path, "state", ID);
  if (!mkdtemp(dir) || chdir(dir) == -1 || mkdir("state", 0700) == -1) return 111;
  check("there is none", state_read(ID, &r, marks, 4) == STATE_NONE && !memcmp(marks, "    ", 4));
  memcpy(marks, "K BD", 4);
  *strrchr(path, '/') = 0;
  mkdir(path, 0700);
  id_path(path, "state", ID);
  check("written", state_write(ID, &w, marks, 4, 0, 4) == 0 && w.whole);
  memset(marks, 0, 4);
  check("read again", state_read(ID, &r, marks, 4) == STATE_READ && !memcmp(marks, "K BD", 4) && r.tries == 3
        && r.next == 1800000000 && r.last == 1700000000 && r.ran == 60 && r.bounces == 2 && r.whole);
  check("peeked at", state_peek(ID, &r) == STATE_READ && r.tries == 3);
  load();
  damage();
  state_remove(ID);
  check("removed", state_peek(ID, &r) == STATE_NONE);
  *strrchr(path, '/') = 0;
  if (rmdir(path) == -1 || rmdir("state") == -1 || rmdir(dir) == -1) return 1;
  return unit_end();
}
