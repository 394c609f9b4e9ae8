/*
 * mail-newu.c - make users/cdb from users/assign, both below the home (mail-users(5))
 *
 * Runs as    root, by the administrator
 * Reads      users/assign
 * Writes     users/cdb, by way of users/cdb.tmp: whoever looks something up finds the old table or the new one
 * Trusts     the administrator to mean what the file says; every line is checked all the same
 * If broken  mail goes to other users, but for root, the suite's own and those under minuid (mail-lspawn checks)
 * Exits      0; 100 the file has a mistake, the table stays as it was; 111 it could not be made now
 */

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <skalibs/bytestr.h>

#include "door/lookup.h"
#include "lib/conf/usage.h"
#include "lib/io/log.h"
#include "user/table.h"

#define FIELDS 7                /* name, user, uid, gid, home, dash, ext: each ends with a colon */

enum { NAME, USER, UID, GID, HOME, DASH, EXT };

static char ends[256];          /* characters that end a wildcard */
static unsigned int ends_len;

static int is_id(char const *s)
{
  uint64_t u = 0;

  if (!*s) return 0;
  for (; *s >= '0' && *s <= '9' && u < UINT32_MAX; s++) u = u * 10 + (unsigned int)(*s - '0');
  return !*s && u < UINT32_MAX;         /* the last number means "nobody" to the kernel */
}

/* Cuts a line at its colons. */
static void split(char *line, char *field[FIELDS])
{
  int i;

  for (i = 0; i < FIELDS; i++) {
    char *colon = strchr(line, ':');
    if (!colon) table_wrong("fewer than seven colons; a line is =local:user:uid:gid:home:dash:ext:");
    *colon = 0;
    field[i] = line;
    line = colon + 1;
  }
  if (*line) table_wrong("something follows the seventh colon");
}

static void check(char *const field[FIELDS])
{
  if (!*field[USER] || strlen(field[USER]) > LOOKUP_USER_MAX) table_wrong("no user, or its name is too long");
  if (!is_id(field[UID])) table_wrong("the uid is not a number that a user can have");
  if (!is_id(field[GID])) table_wrong("the gid is not a number that a group can have");
  if (!field[UID][strspn(field[UID], "0")] || !field[GID][strspn(field[GID], "0")])
    table_wrong("uid 0 and gid 0 never get mail");
  if (field[HOME][0] != '/' || strlen(field[HOME]) > LOOKUP_HOME_MAX) table_wrong("the home is not an absolute path");
  if (strlen(field[DASH]) > LOOKUP_DASH_MAX) table_wrong("the dash is too long");
  if (strlen(field[NAME]) > ADDRESS_MAX || strlen(field[EXT]) > ADDRESS_MAX)
    table_wrong("name or extension is too long");
}

static void take_line(char *line)
{
  char *field[FIELDS], data[TABLE_LINE_MAX];
  int exact = *line == '=', n;

  if (!exact && *line != '+') table_wrong("does not start with =, + or .");
  split(line, field);
  check(field);
  *field[NAME] = '!';           /* the key is the name with ! before it; an exact one has a NUL after it */
  case_lowers(field[NAME]);
  n = snprintf(data, sizeof data, "%s%c%s%c%s%c%s%c%s%c%s", field[USER], 0, field[UID], 0, field[GID], 0,
               field[HOME], 0, field[DASH], 0, field[EXT]);
  table_add(field[NAME], strlen(field[NAME]) + (size_t)exact, data, (size_t)n);
  if (!exact && field[NAME][1]) {
    char end = field[NAME][strlen(field[NAME]) - 1];
    if (!memchr(ends, end, ends_len)) ends[ends_len++] = end;
  }
}

/* All lines up to the one that is a single dot: a file without it may be cut off. */
static void take_file(void)
{
  char line[TABLE_LINE_MAX];
  int r;

  while ((r = table_line(line)) != 0) {
    if (!strcmp(line, ".")) {
      table_add("", 0, ends, ends_len);
      return;
    }
    if (r == -1) table_wrong("does not end, and is no single dot");
    take_line(line);
  }
  table_wrong("the file ends without a line that is a single dot");
}

int main(int argc, char **argv)
{
  log_name("mail-newu");
  usage_alone(argc, argv, "usage: mail-newu");
  table_start("users", "assign", "cdb");
  take_file();
  table_end();
  return 0;
}
