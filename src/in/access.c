/* access.c - see access.h */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/cdb.h>

#include "in/access.h"
#include "lib/conf/conf.h"
#include "lib/conf/networks.h"
#include "lib/conf/stamp.h"
#include "lib/io/log.h"

/* what the servers read of their environment, in so far as rules set it */
static char const *const names[] = { "RELAYCLIENT", "DATABYTES", "GREETDELAY", "QMAILQUEUE", "RCPTCHECK", "EHLOHIDE" };

static char const *table;
static cdb rules = CDB_ZERO;
static struct stamp stamp;      /* of the rules that are open, or not there */
static int trouble;             /* they could not be read the last time, and the log says so */
static cdb_data found;          /* the rule of the last look-up */
static struct networks relayclients;
static struct access standard;  /* by the environment */
static int standard_own;

/* what stands behind NAME=, or null when s sets another variable */
static char const *value_of(char const *s, char const *name)
{
  size_t len = strlen(name);

  return !strncmp(s, name, len) && s[len] == '=' ? s + len + 1 : 0;
}

int access_number(uint64_t *n, char const *s)
{
  char *end;

  errno = 0;
  *n = strtoull(s, &end, 10);
  return *s >= '0' && *s <= '9' && !*end && !errno;
}

static int set_relayclient(struct access *a, char const *value)
{
  size_t len = strlen(value);

  if (len > ACCESS_RELAY_MAX) return 0;
  memcpy(a->relayclient, value, len + 1);
  return a->has_relayclient = 1;
}

static int set_databytes(struct access *a, char const *value)
{
  return a->has_databytes = access_number(&a->databytes, value);
}

static int set_greetdelay(struct access *a, char const *value)
{
  uint64_t n;

  if (!access_number(&n, value)) return 0;
  a->greetdelay = n > ACCESS_DELAY_MAX ? ACCESS_DELAY_MAX : (unsigned int)n;
  return a->has_greetdelay = 1;
}

/* NAME=VALUE: 1, or 0 when it cannot be carried in the structure */
static int set(struct access *a, char const *s)
{
  char const *value;

  if ((value = value_of(s, "RELAYCLIENT"))) return set_relayclient(a, value);
  if ((value = value_of(s, "DATABYTES"))) return set_databytes(a, value);
  if ((value = value_of(s, "GREETDELAY"))) return set_greetdelay(a, value);
  return 0;
}

static int is_read(char const *s)
{
  size_t i;

  for (i = 0; i < sizeof names / sizeof *names; i++)
    if (value_of(s, names[i])) return 1;
  return 0;
}

void access_start(char const *name)
{
  char **e;

  table = name;
  for (e = environ; *e; e++)
    if (is_read(*e) && !set(&standard, *e)) standard_own = 1;
}

int access_read(void)
{
  return networks_read(&relayclients, "relayclients");
}

/* Opens the rules anew where they have changed. 1 there are some, 0 none, -1 they cannot be read. */
static int open_rules(void)
{
  char path[CONF_PATH_MAX];

  if (!stamp_look(&table, 1, &stamp) && !trouble) return rules.map != 0;
  cdb_free(&rules);
  return cdb_init(&rules, conf_file(path, "control", table)) ? 1 : errno == ENOENT ? 0 : -1;
}

/* 1, 0 there is no rule for it, -1 they are damaged */
static int look_up(char const *ip)
{
  size_t len = strlen(ip);
  int r = cdb_find(&rules, &found, ip, (uint32_t)len);

  for (; !r && len; len--)
    if (ip[len - 1] == '.' || ip[len - 1] == ':') r = cdb_find(&rules, &found, ip, (uint32_t)len);
  errno = EINVAL;
  return r ? r : cdb_find(&rules, &found, "", 0);
}

/* The next instruction of a rule, as tcprules writes them: "D" or "+NAME=VALUE", each with a NUL. Null at the end. */
static char const *next(cdb_data *rule)
{
  char const *s = rule->s, *end = rule->len ? memchr(s, 0, rule->len) : 0;

  if (!end) return 0;
  rule->len -= (uint32_t)(end + 1 - s);
  rule->s = end + 1;
  return s;
}

static int is_setting(char const *instruction)
{
  return *instruction == '+' && strchr(instruction, '=');
}

static enum access_verdict follow(struct access *a)
{
  cdb_data rule = found;
  char const *s;
  int own = standard_own;

  while ((s = next(&rule))) {
    if (*s == 'D') return ACCESS_DENY;
    if (is_setting(s) && !set(a, s + 1)) own = 1;
  }
  return own ? ACCESS_OWN : ACCESS_ALLOW;
}

enum access_verdict access_find(struct access *a, struct net_address const *peer, char const *ip)
{
  int r = open_rules();

  *a = standard;
  found.len = 0;
  if (r == 1) r = look_up(ip);
  if (r == -1 && !trouble) log_sys("error: cannot use control/", table);
  trouble = r == -1;
  if (r == -1) return ACCESS_LATER;
  if (!r && networks_have(&relayclients, peer)) a->has_relayclient = 1;
  return follow(a);
}

int access_environment(void)
{
  cdb_data rule = found;
  char const *s;

  while ((s = next(&rule))) {
    char *copy = is_setting(s) ? strdup(s + 1) : 0;
    if (is_setting(s) && (!copy || putenv(copy))) return -1;
  }
  return 0;
}

void access_clear_environment(void)
{
  size_t i;

  for (i = 0; i < sizeof names / sizeof *names; i++) unsetenv(names[i]);
}
