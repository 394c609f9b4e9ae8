/* advice.c - see advice.h */

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/addr/site.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/value.h"
#include "user/advice.h"
#include "user/print.h"

/* Cron's, root's and bounces' mail is to NAME@me, and from it. */
static void of_the_name(void)
{
  struct site site = { 0 };
  struct site_address a;
  stralloc me = STRALLOC_ZERO;

  if (control_raw("me", &me) == 1 && me.len && stralloc_insertb(&me, 0, "@", 1) && stralloc_0(&me)
      && control_raw_table("locals", &site.locals, 0) != -1
      && control_raw_table("virtualdomains", &site.virtualdomains, 1) != -1) {
    site_resolve(&site, me.s, &a);
    if (!memchr(a.domain, '.', a.domain_len)) {
      fputs("warning: me, ", stdout);
      print_bytes(a.domain, a.domain_len);
      puts(", has no dot: other hosts cannot answer mail from here; write the full name of this host into control/me");
    }
    if (a.kind == SITE_ELSEWHERE) {
      fputs("warning: me, ", stdout);
      print_bytes(a.domain, a.domain_len);
      puts(", is in neither locals nor virtualdomains: mail to NAME@ it, such as cron's, leaves this host");
    }
  }
  stralloc_free(&me);
  control_table_free(&site.locals);
  control_table_free(&site.virtualdomains);
}

/* 1 when it is there and not empty; 0 when not; -1: who calls may not see it */
static int there(char const *below, struct stat *st)
{
  char path[CONF_PATH_MAX];

  if (stat(conf_path(path, below), st) == 0) return st->st_size || S_ISSOCK(st->st_mode);
  return errno == ENOENT ? 0 : -1;
}

/* a certificate's folder: whether mail-keyd can have its key */
static void check_key(char const *name)
{
  struct stat st;
  char below[sizeof "tls//key" + NAME_MAX];
  int r;

  snprintf(below, sizeof below, "tls/%s/key", name);
  r = there(below, &st);
  if (r == 0) printf("warning: %s is not there: no TLS by that certificate; mail-newcert installs both\n", below);
  if (r == 1 && (st.st_uid != 0 || st.st_gid != conf_users[CONF_KEYS].gid || (st.st_mode & 07777) != 0640))
    printf("warning: %s must belong to root and the group of mailk, with mode 0640; chgrp and chmod it\n", below);
}

/* 1 when tls/ has a certificate, 0 when not, -1: who calls may not see it */
static int check_certificates(void)
{
  struct stat st;
  char below[sizeof "tls//cert" + NAME_MAX], path[CONF_PATH_MAX];
  struct dirent *e;
  DIR *d = opendir(conf_path(path, "tls"));
  int found = 0;

  if (!d) return -1;
  while ((e = readdir(d))) {
    if (*e->d_name == '.') continue;
    snprintf(below, sizeof below, "tls/%s/cert", e->d_name);
    if (there(below, &st) != 1) continue;
    found = 1;
    check_key(e->d_name);
  }
  closedir(d);
  return found;
}

/* whether clients are to log in, by control/listen; under tcpserver nobody knows */
static int wants_logins(void)
{
  struct control_table t = { 0 };
  struct net_address a;
  enum service service;
  size_t i;
  int wants = 0;

  if (control_raw_table("listen", &t, 0) == 1)
    for (i = 0; i < t.n; i++)
      if (value_listen(&a, &service, t.entries[i].key))
        wants |= service == SERVICE_SUBMISSION || service == SERVICE_SUBMISSIONS;
  control_table_free(&t);
  return wants;
}

static int file_knows_passwords(void)
{
  stralloc sa = STRALLOC_ZERO;
  int is_file = control_raw("authbackend", &sa) != -1 && !strcmp(sa.s, "file");

  stralloc_free(&sa);
  return is_file;
}

/* What TLS and logins need beyond settings, where they are used. */
static void of_tls(void)
{
  struct stat st;
  int logins = wants_logins();
  int served = there("run/tlsin/tls", &st);

  if (!conf_tls || (!logins && served != 1)) return;
  if (served == 0)
    puts("warning: listen has submission, and the service tls has never run: nobody can log in (link service/tls)");
  if (check_certificates() == 0)
    puts("warning: tls/ has no certificate: clients get no TLS; mail-newcert installs one");
  if (logins && file_knows_passwords() && there("users/passwords", &st) == 0)
    puts("warning: listen has submission, and users/passwords has no login; mail-newpw adds one");
}

void advice_show(void)
{
  of_the_name();
  of_tls();
}
