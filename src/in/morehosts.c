/* morehosts.c - see morehosts.h */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <skalibs/bytestr.h>
#include <skalibs/cdb.h>

#include "in/morehosts.h"
#include "lib/addr/path.h"
#include "lib/conf/conf.h"
#include "lib/io/log.h"

static cdb table = CDB_ZERO;
static int is_open;

int morehosts_open(void)
{
  char path[CONF_PATH_MAX];

  if (!cdb_init(&table, conf_path(path, "control/morercpthosts.cdb"))) return errno == ENOENT ? 0 : -1;
  is_open = 1;
  return 0;
}

int morehosts_has(char const *domain)
{
  char low[PATH_DOMAIN_MAX + 1];
  size_t len = strlen(domain), i;
  cdb_data data;
  int r;

  if (!is_open || len >= sizeof low) return 0;
  memcpy(low, domain, len + 1);
  case_lowers(low);
  r = cdb_find(&table, &data, low, (uint32_t)len);
  for (i = 1; !r && i < len; i++)
    if (low[i] == '.') r = cdb_find(&table, &data, low + i, (uint32_t)(len - i));
  if (r == -1) log_line("error: morercpthosts.cdb is damaged");
  return r;
}
