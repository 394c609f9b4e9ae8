/* closed.c - see closed.h */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/conf/conf.h"
#include "user/closed.h"

#define EVERYBODY "mail-queued mail-send mail-smtpd mail-inject"       /* some that people know */
#define PASSWORDS "users/passwords must belong to root and the group of mailc, with mode 0640; chgrp and chmod it"
#define SERVERS "mail-smtpd mail-qmtpd mail-qmqpd"

/* what is no setting; where no advice is given, everybody may read it */
static struct {
  char const *name, *readers, *advice;
} const others[] = {
  { ".", EVERYBODY, 0 },
  { "control", EVERYBODY, 0 },
  { "control/morercpthosts.cdb", "mail-smtpd mail-qmtpd", 0 },
  { "control/qmqp.cdb", SERVERS, 0 },
  { "control/qmtp.cdb", SERVERS, 0 },
  { "control/smtp.cdb", SERVERS, 0 },
  { "control/submission.cdb", SERVERS, 0 },
  { "users", "mail-lookup mail-authd", 0 },
  { "users/cdb", "mail-lookup", 0 },
  { "users/passwords", "mail-authd", PASSWORDS },
};

/* An instance of one plain user, without root, is its alone. */
static uid_t uid_of(int role)
{
  if (role >= 0) return conf_users[role].uid;
  if (conf_users[CONF_IN].uid == conf_users[CONF_QUEUE].uid) return conf_users[CONF_IN].uid;
  return role == CONF_ROOT ? 0 : (uid_t)-1;
}

static gid_t gid_of(int role)
{
  if (role >= 0) return conf_users[role].gid;
  return role == CONF_ROOT ? 0 : (gid_t)-1;
}

/* As the kernel decides for who has no further groups; into a folder one has to be let in, not more. */
static int may(struct stat const *st, int user, int group)
{
  mode_t bit = S_ISDIR(st->st_mode) ? S_IXOTH : S_IROTH;

  if (user >= 0 && uid_of(user) == (uid_t)-1) return 1;         /* this build has no such program */
  if (uid_of(user) == st->st_uid) bit <<= 6;
  else if (gid_of(group) == st->st_gid) bit <<= 3;
  return (st->st_mode & bit) != 0;
}

/* A name that the table lacks is a program of root's, with all rights. */
static int lets_in(struct stat const *st, char const *name, size_t len)
{
  struct conf_program const *p = conf_programs;

  while (p->name && (strncmp(p->name, name, len) || p->name[len])) p++;
  if (!p->name) return 1;
  if (p->user == CONF_LOOKUP && !may(st, CONF_VERIFY, CONF_VERIFY)) return 0;   /* it runs as both */
  return may(st, p->user, p->group);
}

static int closed(char words[CLOSED_WORDS], char const *below, char const *readers, char const *advice)
{
  char path[CONF_PATH_MAX];
  char const *s, *shown = strcmp(below, ".") ? below : conf_home;
  struct stat st;
  size_t len, n = 0;

  if (stat(conf_path(path, below), &st) == -1) return 0;
  for (s = readers; *s; s += len + (s[len] == ' ')) {
    len = strcspn(s, " ");
    if (lets_in(&st, s, len)) continue;
    if (!n) n = (size_t)snprintf(words, CLOSED_WORDS, "mode %04o keeps", (unsigned int)st.st_mode & 07777);
    if (n + len + 1 < CLOSED_WORDS) n += (size_t)snprintf(words + n, CLOSED_WORDS - n, " %.*s", (int)len, s);
  }
  if (n && advice) snprintf(words + n, CLOSED_WORDS - n, " out; %s", advice);
  else if (n)
    snprintf(words + n, CLOSED_WORDS - n, " out; chmod a+r%s %s", S_ISDIR(st.st_mode) ? "x" : "", shown);
  return n != 0;
}

int closed_setting(char words[CLOSED_WORDS], struct setting const *row)
{
  char below[CONF_PATH_MAX - CONF_HOME_MAX];

  snprintf(below, sizeof below, "control/%s", row->name);
  return closed(words, below, row->readers, 0);
}

void closed_others(void (*tell)(char const *name, char const *words))
{
  char words[CLOSED_WORDS];
  size_t i;

  for (i = 0; i < sizeof others / sizeof *others; i++)
    if (closed(words, others[i].name, others[i].readers, others[i].advice))
      tell(strcmp(others[i].name, ".") ? others[i].name : conf_home, words);
}
