/* failure.c - the files state/HH/ID and bounce/HH/ID: round trips, every torn end, every flipped byte */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "door/state.h"
#include "send/failure.h"
#include "lib/msg/id.h"

#define ID "0660be46f8d68a0007fc000001"
#define RCPTS 5

static char whole[65536];

static size_t slurp(char const *path)
{
  int fd = open(path, O_RDONLY);
  ssize_t r = read(fd, whole, sizeof whole);

  close(fd);
  return r < 0 ? 0 : (size_t)r;
}

static void put(char const *path, char const *s, size_t len)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  if (write(fd, s, len) != (ssize_t)len) abort();
  close(fd);
}

static int text_is(struct failures *f, uint32_t i, char const *want)
{
  char text[TEXT_MAX];
  size_t len = failure_text(f->f + i, ID, text);

  return len == strlen(want) && !memcmp(text, want, len);
}

/* All marks that there are; written through another file length, so the caller writes its own again. */
static int marks_kept(void)
{
  static char const all[] = { MARK_OPEN, MARK_DONE, MARK_FAILED, MARK_TOLD, MARK_REPORT, MARK_LATE, MARK_WARNED };
  struct state s = { .tries = 1 }, t;
  char got[sizeof all];

  return state_write(ID, &s, all, sizeof all, 0, 0) == 0 && state_read(ID, &t, got, sizeof all) == STATE_READ
         && !memcmp(got, all, sizeof all);
}

static void states(char const *path)
{
  struct state s = { .tries = 3, .next = 1795219200, .last = 1795218000, .ran = 77, .bounces = 2 }, t;
  char marks[RCPTS], got[RCPTS];
  size_t len, i;
  int good = 1;

  memcpy(marks, "K DB ", RCPTS);
  check("no file", state_read(ID, &t, got, RCPTS) == STATE_NONE && !memcmp(got, "     ", RCPTS));
  check("written", state_write(ID, &s, marks, RCPTS, 0, 0) == 0 && s.whole);
  check("read", state_read(ID, &t, got, RCPTS) == STATE_READ && !memcmp(got, marks, RCPTS) && t.tries == 3
        && t.next == s.next && t.last == s.last && t.ran == 77 && t.bounces == 2 && t.whole && t.named);
  marks[1] = 'D';
  marks[4] = 'K';
  s.tries = 4;
  check("in place", state_write(ID, &s, marks, RCPTS, 1, 2) == 0 && state_read(ID, &t, got, RCPTS) == STATE_READ
        && t.tries == 4 && !memcmp(got, "KDDB ", RCPTS));
  check("another number of recipients", state_read(ID, &t, got, RCPTS - 1) == STATE_TORN);
  len = slurp(path);
  for (i = 0; i < len; i++) {
    put(path, whole, i);
    good = good && state_read(ID, &t, got, RCPTS) == STATE_TORN && !t.whole
           && (i > len - RCPTS || !memcmp(got, "     ", RCPTS));
  }
  check("every torn end is seen, and nothing counts", good);
  for (i = 0, good = 1; i < len - RCPTS; i++) {
    enum state_answer a;
    whole[i] ^= 1;
    put(path, whole, len);
    whole[i] ^= 1;
    a = state_read(ID, &t, got, RCPTS);
    good = good && (a == STATE_TORN || (a == STATE_STRANGE && (i == 15 || i == 16))) && !t.tries;
  }
  check("every flipped bit of the head", good);
  whole[len - 1] = 'x';
  put(path, whole, len);
  check("every mark is kept", marks_kept());
  put(path, whole, len);
  check("what is no mark is to do", state_read(ID, &t, got, RCPTS) == STATE_READ && !memcmp(got, "KDDB ", RCPTS));
  check("written anew after that", state_write(ID, &s, marks, RCPTS, 0, 0) == 0
        && state_read(ID, &t, got, RCPTS) == STATE_READ);
}

static void appending(char const *path)
{
  struct failures f;
  char const *const texts[] = { "5.1.1 nobody", "", "5.2.2 full" };

  check("nothing yet", failures_open(&f, ID, RCPTS, 1) == 0 && !f.n && !f.durable);
  failures_add(&f, ACTION_FAILED, 1, texts[0], strlen(texts[0]));
  failures_add(&f, ACTION_DELAYED, 4, texts[1], 0);
  failures_number(&f, 1, 2);
  check("nothing is written before it is asked for", access(path, F_OK) == -1);
  check("written", failures_write(&f, ID) == 0 && !f.pending.len && text_is(&f, 0, texts[0]) && text_is(&f, 1, ""));
  failures_add(&f, ACTION_RELAYED, 1, texts[2], strlen(texts[2]));
  failures_write(&f, ID);
  failures_free(&f);
  check("read", failures_open(&f, ID, RCPTS, 1) == 0 && f.n == 3 && f.numbered == 2 && f.highest == 1
        && f.f[0].number == 1 && f.f[1].number == 1 && !f.f[2].number && f.named);
  check("with what is to be told", f.f[0].action == ACTION_FAILED && f.f[1].action == ACTION_DELAYED
        && f.f[2].action == ACTION_RELAYED);
  check("the last text of a recipient counts", f.latest[1] == 3 && f.latest[4] == 2 && text_is(&f, 2, texts[2]));
  failures_free(&f);
}

static void damage(char const *path)
{
  static char copy[sizeof whole];
  struct failures f;
  size_t len = slurp(path), i;
  int good = 1, sound = 1;

  memcpy(copy, whole, len);
  for (i = 0; i < len; i++) {
    put(path, copy, i);
    good = good && failures_open(&f, ID, RCPTS, 1) == 0 && f.n < 3 && f.durable <= i;
    failures_add(&f, ACTION_DELIVERED, 2, "more", 4);
    good = good && failures_write(&f, ID) == 0;
    failures_free(&f);
    sound = sound && failures_open(&f, ID, RCPTS, 1) == 0 && f.latest && f.latest[2] == f.n
            && text_is(&f, f.n - 1, "more");
    failures_free(&f);
  }
  check("a torn end is passed over", good);
  check("and cut off by the next write", sound);
  for (i = 0, good = 1; i < len; i++) {
    int r;
    memcpy(whole, copy, len);
    whole[i] ^= 4;
    put(path, whole, len);
    r = failures_open(&f, ID, RCPTS, 1);
    good = good && (r == -2 || (r == 0 && f.durable <= i));
    failures_free(&f);
  }
  check("nothing counts from a flipped byte on", good);
  put(path, "bulkhead bounce 3\nwhatever", 26);
  check("a later version", failures_open(&f, ID, RCPTS, 1) == -2);
  put(path, copy, len);
  check("recipients that are not there", failures_open(&f, ID, 2, 1) == 0 && f.n == 1);
  failures_free(&f);
}

int main(void)
{
  char dir[] = "/tmp/bulkhead-unit.XXXXXX", state[ID_PATH_MAX], bounce[ID_PATH_MAX];

  if (!mkdtemp(dir) || chdir(dir) == -1 || mkdir("state", 0700) || mkdir("bounce", 0700)) return 1;
  id_path(state, "state", ID);
  id_path(bounce, "bounce", ID);
  state[8] = bounce[9] = 0;
  if (mkdir(state, 0700) || mkdir(bounce, 0700)) return 1;
  state[8] = bounce[9] = '/';
  states(state);
  appending(bounce);
  damage(bounce);
  state_remove(ID);
  failures_remove(ID);
  check("removed", access(state, F_OK) == -1 && access(bounce, F_OK) == -1);
  state[8] = bounce[9] = 0;
  rmdir(state);
  rmdir(bounce);
  return rmdir("state") || rmdir("bounce") || rmdir(dir) || unit_end();
}
