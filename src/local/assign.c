/* assign.c - see assign.h */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <skalibs/bytestr.h>
#include <skalibs/cdb.h>

#include "lib/conf/conf.h"
#include "local/assign.h"
#include "local/dotqmail.h"

#define FIELDS 6        /* user, uid, gid, home, dash, ext; NUL between them */

static cdb table = CDB_ZERO;
static int is_open;

/* a field that becomes a string; 0 when it is too long */
static int text(char *to, size_t max, char const *s, size_t len)
{
  if (len > max) return 0;
  memcpy(to, s, len);
  to[len] = 0;
  return 1;
}

static int number(uint32_t *n, char const *s, size_t len)
{
  uint64_t u = 0;
  size_t i;

  for (i = 0; i < len && s[i] >= '0' && s[i] <= '9' && u <= UINT32_MAX; i++) u = u * 10 + (unsigned int)(s[i] - '0');
  *n = (uint32_t)u;
  return len && i == len && u < UINT32_MAX;     /* the last one means "no user" to the kernel */
}

/* Takes an entry apart; rest is what a wildcard left over of the address. 1, or 0: damaged. */
static int take(struct lookup_answer *a, char const *s, size_t len, char const *rest)
{
  char const *field[FIELDS];
  size_t n[FIELDS], i;
  uint32_t uid, gid;

  for (i = 0; i < FIELDS; i++) {
    char const *end = memchr(s, 0, len);
    if (!end != (i == FIELDS - 1)) return 0;    /* all but the last are followed by another */
    field[i] = s;
    n[i] = end ? (size_t)(end - s) : len;
    if (end) {
      len -= n[i] + 1;
      s = end + 1;
    }
  }
  if (!text(a->user, LOOKUP_USER_MAX, field[0], n[0]) || !number(&uid, field[1], n[1])
      || !number(&gid, field[2], n[2]) || !text(a->home, LOOKUP_HOME_MAX, field[3], n[3])
      || !text(a->dash, LOOKUP_DASH_MAX, field[4], n[4]) || n[5] + strlen(rest) > ADDRESS_MAX) return 0;
  text(a->ext, ADDRESS_MAX, field[5], n[5]);
  memcpy(a->ext + n[5], rest, strlen(rest) + 1);
  a->uid = uid;
  a->gid = gid;
  return a->home[0] == '/' && a->user[0];
}

/* The wildcards: key is '!' and the local part in lower case. Only prefixes that end in one of the characters
   under the empty key need a look, and the empty prefix. */
static int wildcard(cdb const *c, cdb_data *data, char const *key, size_t *len)
{
  cdb_data ends;
  size_t i;

  if (cdb_find(c, &ends, "", 0) != 1) return -1;
  for (i = *len; i; i--) {
    int r;
    if (i > 1 && !memchr(ends.s, key[i - 1], ends.len)) continue;
    r = cdb_find(c, data, key, (uint32_t)i);
    if (r) {
      *len = i;
      return r;
    }
  }
  return 0;
}

static int find(cdb const *c, char const *local, struct lookup_answer *a)
{
  char key[ADDRESS_MAX + 2];
  size_t len = strlen(local), i;
  cdb_data data;
  int r;

  key[0] = '!';
  memcpy(key + 1, local, len + 1);
  case_lowers(key);
  i = len + 1;                                  /* with its '!' */
  r = cdb_find(c, &data, key, (uint32_t)i + 1); /* and its NUL: exact */
  if (!r) r = wildcard(c, &data, key, &i);
  if (!r) return 0;
  if (r == 1 && take(a, data.s, data.len, local + i - 1)) return 1;
  errno = EPROTO;
  return -1;
}

/* The table is not there. Nor may be what it is made of, where users stand whose mail must not bounce: 0, or -1 with
   errno. */
static int no_table(char const *missing)
{
  char path[CONF_PATH_MAX];

  if (!dotqmail_there(missing) && !dotqmail_there(conf_path(path, "users/assign"))) return 0;
  errno = ENOENT;
  return -1;
}

int assign_find(char const *local, struct lookup_answer *a)
{
  char path[CONF_PATH_MAX];

  if (!is_open) {
    if (!cdb_init(&table, conf_path(path, "users/cdb"))) return errno == ENOENT ? no_table(path) : -1;
    is_open = 1;
  }
  return find(&table, local, a);
}

void assign_forget(void)
{
  if (is_open) cdb_free(&table);
  table = cdb_zero;
  is_open = 0;
}
