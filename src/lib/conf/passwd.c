/* passwd.c - see passwd.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf/passwd.h"

#define LINE_MAX_BYTES 1024     /* a longer line is passed over */

/* The name in a line of the file, cut out of it, when the number is that one; else null. */
static char *name_of(char *line, unsigned long wanted)
{
  char *password = strchr(line, ':'), *number = password ? strchr(password + 1, ':') : 0, *end;
  unsigned long u;

  if (!number || number[1] < '0' || number[1] > '9') return 0;
  u = strtoul(number + 1, &end, 10);
  if (*end != ':' || u != wanted || password == line) return 0;
  *password = 0;
  return line;
}

static char const *find(char const *path, unsigned long number)
{
  static char line[LINE_MAX_BYTES];
  FILE *f = fopen(path, "re");
  char *name = 0;
  int whole = 1;

  while (f && !name && fgets(line, sizeof line, f)) {
    int starts = whole;
    whole = strchr(line, '\n') != 0;
    if (starts && whole) name = name_of(line, number);
  }
  if (f) fclose(f);
  return name;
}

char const *passwd_name(uid_t uid)
{
  return find("/etc/passwd", uid);
}

char const *passwd_group(gid_t gid)
{
  return find("/etc/group", gid);
}
