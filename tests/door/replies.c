/* replies.c - the door replies: what is kept is read, each recipient's own; the file is bounded; damage is no reply */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/replies.h"
#include "unit.h"

#define ID "0660bdf441a5b7000cce641f3d"
#define MANY 20000

static void put(char const *id, uint32_t index, uint32_t tries, char const *text)
{
  struct reply r = { .tries = tries, .when = 1795218000 + tries, .len = strlen(text) };

  memcpy(r.text, text, r.len);
  replies_put(id, index, &r);
}

static int has(char const *id, uint32_t index, uint32_t tries, char const *text)
{
  struct reply r;

  return replies_get(id, index, &r) && r.tries == tries && r.when == 1795218000 + tries && r.len == strlen(text)
         && !strcmp(r.text, text);
}

static void round_trip(void)
{
  char longest[REPLY_TEXT_MAX + 1];
  struct reply r;

  memset(longest, '\377', REPLY_TEXT_MAX);
  longest[REPLY_TEXT_MAX] = 0;
  check("none without a file", !replies_get(ID, 0, &r));
  put(ID, 0, 1, "");
  put(ID, 2, 7, longest);
  put(ID "-1", 0, 3, "a bounce's");
  check("read as they were", has(ID, 0, 1, "") && has(ID, 2, 7, longest) && has(ID "-1", 0, 3, "a bounce's"));
  check("none of others", !replies_get(ID, 1, &r) && !replies_get(ID "-2", 0, &r));
  put(ID, 2, 8, "x");
  check("the last counts", has(ID, 2, 8, "x") && has(ID, 0, 1, ""));
}

static void bounds(void)
{
  struct stat st;
  uint32_t i, n = 0;

  for (i = 0; i < MANY; i++) put(ID, i, 9, "y");
  for (i = 0; i < MANY; i++) n += (uint32_t)has(ID, i, 9, "y");
  check("nearly all of many", n > MANY - MANY / 100);
  check("in a file of bounded size", !stat(REPLIES_PATH, &st) && st.st_size <= 32768 * 4 * 320);
}

static void damage(void)
{
  char set[1024];
  int fd = open(REPLIES_PATH, O_RDWR);
  struct reply r;
  off_t at;

  memset(set, 0xff, sizeof set);
  for (at = 0; at < 32768 * 4 * 320; at += (off_t)sizeof set)
    if (pwrite(fd, set, sizeof set, at) != sizeof set) break;
  close(fd);
  check("damage is no reply", !replies_get(ID, 0, &r));
  put(ID, 0, 1, "z");
  check("and is written over", has(ID, 0, 1, "z"));
}

int main(void)
{
  char dir[] = "/tmp/bulkhead-replies.XXXXXX";

  check("a place to work", mkdtemp(dir) && !chdir(dir) && !mkdir("state", 0700));
  round_trip();
  bounds();
  damage();
  unlink(REPLIES_PATH);
  rmdir("state");
  check("all is gone", !rmdir(dir));
  return unit_end();
}
