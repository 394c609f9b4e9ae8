/* who.c - see who.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <skalibs/bytestr.h>

#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/log.h"
#include "local/account.h"
#include "local/assign.h"
#include "local/dotqmail.h"
#include "local/route.h"
#include "local/source.h"
#include "local/uid.h"
#include "local/who.h"

#define BREAK '-'               /* between an account's name and the extension */
#define NAME_MAX_BYTES 32       /* an account's name is shorter */

static struct uid_least least;  /* minuid and mingid */
static stralloc marks = STRALLOC_ZERO;  /* recipientdelimiter */
static int settings_known;

/* homes that are never there, by convention, or only while a service runs: who has one is nobody's mailbox */
static int is_nowhere(char const *home)
{
  static char const *const places[] = { "/nonexistent", "/var/empty", "/run", "/var/run", "/dev", "/proc" };
  size_t i;

  for (i = 0; i < sizeof places / sizeof places[0]; i++) {
    size_t n = strlen(places[i]);
    if (!strncmp(home, places[i], n) && (!home[n] || home[n] == '/')) return 1;
  }
  return 0;
}

/* Does the account get mail: 1, 0, -1. Its home must be its own: system accounts' mostly are not. One that is absent
   may be on a disk that is not mounted now; where there is no path of one the name service may not tell all. */
static int owns_home(struct account const *u, struct lookup_source *from)
{
  struct stat st;

  if (u->home[0] != '/') {
    log_line("error: the home of user ", u->name, " is no absolute path: ", u->home);
    return -1;
  }
  if (stat(u->home, &st) == 0) {
    source_home(from, u->home, &st);
    return st.st_uid == u->uid;
  }
  from->lasts = 0;
  if (dotqmail_absent(errno) && is_nowhere(u->home)) return 0;
  log_sys("error: unable to look at the home of user ", u->name);
  return -1;
}

/* Is the account one that gets mail: 1, 0, -1. A user's group is no reason to say that there is no such user. */
static int may_have_mail(struct account const *u, struct lookup_source *from)
{
  struct uid_least const any_group = { .uid = least.uid };
  int r = uid_may_get_mail(u->uid, u->gid, &any_group) ? owns_home(u, from) : 0;

  if (r != 1 || uid_may_get_mail(u->uid, u->gid, &least)) return r;
  log_line("error: the group of user ", u->name, " is under control/mingid");
  return -1;
}

/* Of user+ext only user counts, where control/recipientdelimiter has the +. 1, or 0 when there is no such ext. */
static int cut(char local[ADDRESS_MAX + 1])
{
  size_t at = strcspn(local, marks.s);

  if (!at || !local[at]) return 0;
  local[at] = 0;
  return 1;
}

/* What is the same for all questions until who_forget: 0, or -1 (logged). */
static int read_settings(void)
{
  char const *bad = uid_read_least(&least) == -1 ? "minuid or mingid" : 0;

  if (!bad && control_value("recipientdelimiter", &marks) == -1) bad = "recipientdelimiter";
  if (bad) log_line("error: unable to read control/", bad);
  return bad ? -1 : 0;
}

static int find(char const *name, struct account *u, struct lookup_source *from)
{
  int by_file, r = account_find(name, u, &by_file);

  from->lasts &= by_file;
  return r;
}

/* The account whose name is the longest beginning of the local part that ends at a break: 1, 0, -1. */
static int by_account(struct lookup_answer *a, char const *local, struct lookup_source *from)
{
  size_t len = strlen(local), i;
  struct account u;

  for (i = len + 1; i--; ) {
    char name[NAME_MAX_BYTES];
    int r;
    if (!i || i >= sizeof name || (i < len && local[i] != BREAK)) continue;
    memcpy(name, local, i);
    name[i] = 0;
    case_lowers(name);
    r = find(name, &u, from);
    if (r == 1) r = may_have_mail(&u, from);
    if (r == -1) return -1;
    if (!r) continue;
    a->uid = u.uid;
    a->gid = u.gid;
    memcpy(a->user, u.name, sizeof u.name);
    memcpy(a->home, u.home, sizeof u.home);
    a->dash[0] = i < len ? BREAK : 0;
    a->dash[1] = 0;
    memcpy(a->ext, local + i + (i < len), len - i - (i < len) + 1);
    return 1;
  }
  return 0;
}

/* A directory service that is away may say "no such user" of everybody: it counts only while it knows the probe. 1, or
   0 (logged). */
static int accounts_answer(struct lookup_source *from)
{
  static stralloc name = STRALLOC_ZERO;
  struct account u;
  int r;

  if (control_value("probeuser", &name) == -1) {
    log_sys("error: unable to read probeuser");
    return 0;
  }
  if (!name.len) return 1;
  r = find(name.s, &u, from);
  if (!r) log_line("error: the name service does not know ", name.s, " (control/probeuser): is it away?");
  return r == 1;
}

static void by_alias(struct lookup_answer *a, char const *local)
{
  a->uid = conf_users[CONF_ALIAS].uid;
  a->gid = conf_users[CONF_ALIAS].gid;
  snprintf(a->user, sizeof a->user, "alias");
  snprintf(a->home, sizeof a->home, "%s/alias", conf_home);
  snprintf(a->dash, sizeof a->dash, "-");
  memcpy(a->ext, local, strlen(local) + 1);
}

struct search {
  char const *home;
  struct lookup_source *from;
};

static int there(char const *name, void *data)
{
  struct search const *s = data;
  char path[LOOKUP_HOME_MAX + DOTQMAIL_NAME_MAX + 2];
  struct stat st;
  int r;

  snprintf(path, sizeof path, "%s/%s", s->home, name);
  r = dotqmail_there(path);
  if (r == 1 && (lstat(path, &st) == -1 || S_ISLNK(st.st_mode))) s->from->lasts = 0;    /* to what, may change */
  return r;
}

/* Would that user take it? A home that may not be searched is not asked further. */
static enum lookup_status would_take(struct lookup_answer *a, struct lookup_source *from)
{
  char name[DOTQMAIL_NAME_MAX + 1];
  struct search search = { .home = a->home, .from = from };
  char const *rest;
  struct stat st;
  int r;

  if (!a->dash[0]) return LOOKUP_YES;
  if (!stat(a->home, &st)) source_home(from, a->home, &st);
  else if (errno != EACCES) return LOOKUP_LATER;        /* not mounted? */
  else st.st_uid = a->uid;
  if (st.st_uid != a->uid) return LOOKUP_LATER;
  if (strchr(a->ext, '/')) from->lasts = 0;     /* of what is further below the home's status tells nothing */
  r = dotqmail_search(name, &rest, a->dash, a->ext, there, &search);
  if (r == -1) return errno == EACCES ? LOOKUP_UNKNOWN : LOOKUP_LATER;
  return r ? LOOKUP_YES : LOOKUP_NO;
}

static enum lookup_status who(struct lookup_question const *q, struct lookup_answer *a, struct lookup_source *from)
{
  enum lookup_status route = local_route_find(q->address, a);
  char local[sizeof a->local];
  int r;

  if (route != LOOKUP_YES) return route;
  if (!settings_known && read_settings() == -1) return LOOKUP_LATER;
  settings_known = 1;
  memcpy(local, a->local, sizeof local);
  r = assign_find(local, a);
  if (!r && cut(local)) r = assign_find(local, a);
  if (r == -1) log_sys("error: unable to use users/cdb");
  if (r == 1 && !uid_may_get_mail(a->uid, a->gid, &least)) {
    log_line("error: users/cdb gives mail for ", a->local, " to user ", a->user, ", who may get none");
    return LOOKUP_LATER;
  }
  if (!r) r = by_account(a, local, from);
  if (r == -1 || (!r && !accounts_answer(from))) return LOOKUP_LATER;
  if (!r) by_alias(a, local);
  return q->kind == LOOKUP_VERIFY ? would_take(a, from) : LOOKUP_YES;
}

void who_forget(void)
{
  local_route_forget();
  assign_forget();
  settings_known = 0;
}

void who_answer(struct lookup_question const *q, struct lookup_answer *a)
{
  memset(a, 0, sizeof *a);
  a->from.lasts = 1;
  a->number = q->number;
  a->status = who(q, a, &a->from);
  if (q->kind == LOOKUP_DELIVER && a->status == LOOKUP_YES) return;
  *a = (struct lookup_answer){ q->number, a->status, .from = a->from };  /* the rest is nobody's business */
}
