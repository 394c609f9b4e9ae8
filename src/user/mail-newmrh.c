/*
 * mail-newmrh.c - make control/morercpthosts.cdb from control/morercpthosts (mail-control(5))
 *
 * Runs as    root, by the administrator
 * Reads      control/morercpthosts
 * Writes     control/morercpthosts.cdb, by way of a temporary: a server finds the old table or the new one
 * Trusts     the administrator to mean what the file says; every line is checked all the same
 * If broken  the host takes mail for domains that are not in the file, or refuses some that are
 * Exits      0; 100 the file has a mistake, the table stays as it was; 111 it could not be made now
 */

#include <string.h>
#include <skalibs/bytestr.h>

#include "lib/addr/path.h"
#include "lib/conf/usage.h"
#include "lib/io/log.h"
#include "user/table.h"

/* A domain, or .suffix, in lower case; without blanks at its end. "" for a line that does not count. */
static char const *clean(char *line)
{
  size_t len = strlen(line), i;

  while (len && (line[len - 1] == ' ' || line[len - 1] == '\t')) line[--len] = 0;
  if (*line == '#') return "";
  if (len > PATH_DOMAIN_MAX) table_wrong("is too long for a domain");
  for (i = 0; i < len; i++)
    if ((unsigned char)line[i] <= 32 || line[i] == 127 || strchr("@:,<>", line[i])) table_wrong("is no domain");
  case_lowers(line);
  return line;
}

int main(int argc, char **argv)
{
  char line[TABLE_LINE_MAX];

  log_name("mail-newmrh");
  usage_alone(argc, argv, "usage: mail-newmrh");
  table_start("control", "morercpthosts", "morercpthosts.cdb");
  while (table_line(line)) {
    char const *domain = clean(line);
    if (*domain) table_add(domain, strlen(domain), "", 0);
  }
  table_end();
  return 0;
}
