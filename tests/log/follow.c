/* follow.c - every line of a log is read once, in order, over changes of its files */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "log/follow.h"
#include "lib/io/log.h"

static char dir[] = "/tmp/bulkhead-follow.XXXXXX", log_dir[64];
static char got[4096];

static void line(char const *s, size_t len)
{
  size_t used = strlen(got);

  snprintf(got + used, sizeof got - used, "%.*s ", (int)len, s);
}

static void put(char const *name, char const *text)
{
  char path[128];
  FILE *f;

  snprintf(path, sizeof path, "%s/%s", log_dir, name);
  f = fopen(path, "a");
  if (!f || fputs(text, f) == EOF || fclose(f) == EOF) exit(111);
}

static void rotate(unsigned int n)
{
  char from[128], to[128];

  snprintf(from, sizeof from, "%s/current", log_dir);
  snprintf(to, sizeof to, "%s/@%024x.s", log_dir, n);
  if (rename(from, to) == -1) exit(111);
}

static int reads(char const *want)
{
  *got = 0;
  follow_read(line);
  return !strcmp(got, want);
}

static void cut(void)
{
  char path[128];

  snprintf(path, sizeof path, "%s/current", log_dir);
  if (truncate(path, 0) == -1) exit(111);
}

static void removed(char const *name)
{
  char path[128];

  snprintf(path, sizeof path, "%s/%s", log_dir, name);
  if (unlink(path) == -1) exit(111);
}

int main(void)
{
  log_name("follow");
  if (!mkdtemp(dir)) return 111;
  snprintf(log_dir, sizeof log_dir, "%s/send", dir);
  if (mkdir(log_dir, 0755) == -1) return 111;
  put("current", "older\n");
  rotate(1);
  put("current", "old\n");
  rotate(2);
  put("current", "a\nhalf");
  check("a directory of logs", follow_all(dir, 1) == 0 && follow_add(log_dir, 1) == 1);
  check("begins with the newest old file", reads("old a "));
  check("nothing new", reads(""));
  put("current", " b\nc\n");
  check("goes on", reads("half b c "));
  put("current", "d\n");
  rotate(3);
  check("what was written before it got another name", reads("d "));
  put("current", "e\n");
  check("and the new one", reads("e "));
  put("current", "f\n");
  rotate(4);
  put("current", "g\n");
  rotate(5);
  put("current", "h\n");
  rotate(6);
  put("current", "i\n");
  check("three changes between two looks", reads("f g h i "));
  rotate(7);
  put("current", "j\n");
  rotate(8);
  removed("@000000000000000000000007.s");
  put("current", "kkkk\n");
  check("one that is gone already", reads("j kkkk "));
  cut();
  put("current", "l\n");
  check("one that was cut", reads("l "));
  removed("current");
  check("none", reads(""));
  put("current", "m\n");
  check("and again one", reads("m "));
  memset(got, 'x', sizeof got - 1);
  check("too long a path", follow_add(got, 1) == -1);
  return system("rm -rf /tmp/bulkhead-follow.??????") ? 111 : unit_end();
}
