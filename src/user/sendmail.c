/*
 * sendmail.c - the sendmail command line, in front of mail-inject; also mailq and newaliases
 *
 * Runs as    whoever calls it
 * Reads      its arguments; the message is left to mail-inject
 * Writes     nothing
 * Trusts     its caller for everything
 * If broken  nothing that the caller could not do; not locked in, since it becomes mail-inject, mail-q, mail-qread or
 *            mail-smtpd
 * Exits      as those do; 100 for options that this suite cannot honour
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/addr/verp.h"
#include "lib/conf/conf.h"
#include "lib/conf/usage.h"
#include "lib/io/log.h"
#include "user/args.h"
#include "user/dsn.h"
#include "user/filter.h"
#include "user/option.h"

#define USAGE "usage: sendmail [-it] [-F name] [-f sender] [option ...] [recipient ...] | -bp | -bs | -q"
#define QUEUE_PART_MAX 1000     /* bytes behind -qI and the like */

static char mode = 'm';         /* -b */
static int from_header;         /* -t */
static int dot_is_text;         /* -i */
static char const *sender;      /* -f, -r */
static char const *full_name;   /* -F */
static char const *notify, *ret, *envid;        /* -N, -R, -V */
static char const *which;       /* -q: its value */

/* Programs of this instance only: what PATH holds may be somebody else's. */
static void run(char const *name, char **argv)
{
  char path[CONF_PATH_MAX];

  argv[0] = (char *)name;
  execv(conf_file(path, "bin", name), argv);
  log_die(111, "fatal: cannot run ", path, (char *)0);
}

static void set(char const *name, char const *value)
{
  if (setenv(name, value, 1) == -1) log_die(111, "fatal: out of memory", (char *)0);
}

/* -o: i is the same as -i; the others tune what this suite has no need to tune */
static void old_option(char const *value)
{
  if (!strcmp(value, "i")) dot_is_text = 1;
}

static void take(struct option const *o)
{
  switch (o->letter) {
    case 'b':
      mode = o->value[0];
      if (!mode || o->value[1] || !strchr("mpsdivtaDhH", mode))
        log_diex(100, "fatal: there is no mode -b", o->value, (char *)0);
      break;
    case 'F': full_name = o->value; break;
    case 'f': case 'r': sender = o->value; break;
    case 'I': mode = 'i'; break;
    case 'i': dot_is_text = 1; break;
    case 'N': notify = o->value; break;
    case 'R': ret = o->value; break;
    case 'V': envid = o->value; break;
    case 'O': if (!strcmp(o->value, "IgnoreDots=True")) dot_is_text = 1; break;
    case 'o': old_option(o->value); break;
    case 'q':
      if (mode == 'm') mode = 'q';
      which = o->value;
      break;
    case 't': from_header = 1; break;
    default: break;     /* known, and of no meaning here */
  }
}

/* mail-inject completes it */
static int as_it_is(stralloc *domain, void *data)
{
  (void)domain, (void)data;
  return 1;
}

/* -f is the author's address too when the message has no From, as with other sendmails, but an author is no pattern for
   each recipient. A local part with an @ goes with its host: mail-inject takes only the last @ for one. */
static void set_sender(void)
{
  stralloc address = STRALLOC_ZERO;
  char const *why = sender ? args_sender(&address, sender, as_it_is) : 0;
  char *at;

  if (why) log_diex(100, "fatal: cannot read the sender ", sender, ": there is ", why, (char *)0);
  if (address.len) {
    address.s[verp_strip(address.s)] = 0;
    at = strrchr(address.s, '@');
    if (at && at != strchr(address.s, '@')) at = 0;
    if (at) *at = 0;
    set("QMAILUSER", address.s);
    if (at) set("QMAILHOST", at + 1);
    else {
      unsetenv("QMAILHOST");
      unsetenv("MAILHOST");
    }
    unsetenv("QMAILNAME");
    unsetenv("MAILNAME");
    unsetenv("NAME");
  }
  stralloc_free(&address);
  if (full_name) set("QMAILNAME", full_name);
}

static void set_dsn(void)
{
  if (notify) set(DSN_NOTIFY, notify);
  if (ret) set(DSN_RET, ret);
  if (envid) set(DSN_ENVID, envid);
}

static void inject(int argc, char **argv)
{
  char **args = calloc((size_t)argc + 8, sizeof *args);
  int n = 1, i;

  if (!args) log_die(111, "fatal: out of memory", (char *)0);
  set_sender();
  set_dsn();
  args[n++] = from_header ? "-H" : "-a";
  if (!dot_is_text) args[n++] = "-d";
  if (sender) {
    args[n++] = "-f";
    args[n++] = (char *)sender;
  }
  args[n++] = "--";
  for (i = 0; i < argc; i++) args[n++] = argv[i];
  if (!argc && !from_header)
    log_diex(100, "fatal: no recipients: give addresses, or -t to take them from the message's header", (char *)0);
  run("mail-inject", args);
}

/* An SMTP session with the caller: the caller may send anywhere, as by mail-inject. */
static void smtp(void)
{
  char *args[2] = { 0, 0 };

  set("RELAYCLIENT", "");
  filter_name();                /* for its environment */
  if (!getenv("PROTO")) {
    set("PROTO", "TCP");
    set("TCPLOCALIP", "127.0.0.1");
    set("TCPLOCALHOST", "localhost");
    set("TCPLOCALPORT", "25");
    set("TCPREMOTEIP", "127.0.0.1");
    set("TCPREMOTEHOST", "localhost");
    set("TCPREMOTEPORT", "25");
    unsetenv("TCPREMOTEINFO");
  }
  run("mail-smtpd", args);
}

/* An instance without operators' users has no desk: then root sees the queue's files. */
static void show_queue(void)
{
  char *list[] = { 0, "list", "--postfix", 0 }, *read[] = { 0, 0 };

  if (conf_users[CONF_DESK].uid == (uid_t)-1) run("mail-qread", read);
  run("mail-q", list);
}

/* -q: all; -qI, -qR and -qS with a part of the ID, of a recipient, of the sender. An interval, as daemons of sendmail
   have it, is of no meaning here: mail-send tries by itself. */
static void try_now(void)
{
  char *args[] = { 0, "retry", "--yes", "--quiet", "--all", 0, 0 };
  char pattern[QUEUE_PART_MAX + 3];

  if ((*which >= '0' && *which <= '9') || conf_users[CONF_DESK].uid == (uid_t)-1) return;
  if (*which && *which != 'f') {
    args[4] = *which == 'I' ? "--id" : *which == 'R' ? "--to" : *which == 'S' ? "--from" : 0;
    if (!args[4] || !which[1] || strlen(which + 1) > QUEUE_PART_MAX)
      log_diex(100, "fatal: -q can have I, R or S and a part of the queue ID, of a recipient or of the sender: not -q",
               which);
    snprintf(pattern, sizeof pattern, "*%s*", which + 1);
    args[5] = pattern;
  }
  run("mail-q", args);
}

int main(int argc, char **argv)
{
  char const *base = argc ? strrchr(argv[0], '/') : 0;
  struct options all = { .argc = argc, .argv = argv, .i = 1, .rest = "" };
  struct option o;
  int r;

  base = base ? base + 1 : argc ? argv[0] : "sendmail";
  log_name("sendmail");
  usage_asked(argc, argv, USAGE);
  all.words = calloc((size_t)argc + 1, sizeof *all.words);
  if (!all.words) log_die(111, "fatal: out of memory", (char *)0);
  while ((r = option_next(&o, &all)) == 1) take(&o);
  if (!strcmp(base, "mailq")) mode = 'p';
  else if (!strcmp(base, "newaliases")) mode = 'i';
  if (r == -1) log_diex(100, "fatal: unknown option, or an option without its value: ", argv[all.i], (char *)0);
  switch (mode) {
    case 'm': inject(all.n, all.words); break;
    case 'p': show_queue(); break;
    case 's': smtp(); break;
    case 'q': try_now(); break;
    case 'i':   /* scripts that keep aliases call it, whatever the mailer */
      log_line("there is no alias database to build; write an address or program for NAME into ", conf_home,
               "/alias/.qmail-NAME");
      break;
    case 'd': case 'D':
      log_diex(100, "fatal: this program is no daemon; see ", conf_home, "/service/listen", (char *)0);
    default: log_diex(100, "fatal: this suite does not have that mode of sendmail", (char *)0);
  }
  return 0;
}
