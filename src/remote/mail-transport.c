/*
 * mail-transport.c - run what cannot live behind mail-rspawn's lock: programs of the site, for each job of a domain
 * that has one in control/transports, and mail-remote for domains that have a Unix socket there; connect to mail-tlsd
 *
 * Runs as    mailr, started by mail-rspawn where control/transports or mail-tlsd is there; a copy for each domain
 * Reads      fd 3: domains, each with a socket, from mail-rspawn; by that socket jobs (door/job.h) with the message's
 *            descriptor; control/; what the programs say, bounded in bytes and time
 * Writes     the domains' sockets: reports (door/report.h), or connections to mail-tlsd
 * Trusts     mail-rspawn for jobs; control/ for the programs; nobody for addresses, which are arguments, never more
 * If broken  as mailr it can lie about the results of these domains, read their messages, end the other processes of
 *            mailr, and do what a user without files of its own can; not the queue, nor users' files
 * Exits      0 when fd 3 ends, a copy when its socket ends; 100 called wrongly; 111 when it cannot go on
 * Why so     mail-rspawn is locked in, and so is all that it starts: an outside program cannot live like that. This
 *            one starts before the lock, hears of nobody but mail-rspawn, and runs none but the named programs
 */

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "door/tls.h"
#include "lib/addr/verp.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "remote/address.h"
#include "remote/bounds.h"
#include "remote/child.h"
#include "remote/program.h"
#include "remote/reach.h"
#include "remote/serve.h"
#include "remote/told.h"
#include "remote/transport.h"

#define DOMAINS 3
#define JOBS 3                  /* of a copy, in the same place */

#define FILES_MAX 16
#define MEMORY_MAX 67108864     /* bytes, of a copy; programs get back what was before */

static unsigned int timeoutremote;
static LARGE struct outcome outcome;
static char line[TRANSPORT_PROGRAM_MAX];        /* the program and its own words, each with its NUL */
static char *arguments[TRANSPORT_WORDS_MAX + 2 + JOB_RCPTS_MAX + 1];
static unsigned int own_words;  /* 0: the domain has no program any more */

/* --- a copy's work: one domain */

static void take_words(char const *program)
{
  char *s;

  snprintf(line, sizeof line, "%s", program);
  for (s = line; *s && own_words < TRANSPORT_WORDS_MAX; ) {
    arguments[own_words++] = s;
    s += strcspn(s, " \t");
    while (*s == ' ' || *s == '\t') *s++ = 0;
  }
}

static void read_settings(void)
{

  if (transport_start() == -1) log_die(111, "cannot read control/transports");
  if (bounds_start() == -1) log_die(111, "cannot read control/remoterecipients");
  if (address_start() == -1) log_die(111, "cannot read control/envnoathost or control/percenthack");
  if (control_number("timeoutremote", &timeoutremote) == -1) log_die(111, "cannot read control/timeoutremote");
}

/* host, sender and those recipients whose turn it is, as qmail-remote has them; 1 when all can be written */
static int set_arguments(struct job const *j, char const *domain, uint32_t first)
{
  static LARGE char host[CHILD_DOMAIN_MAX + 1], sender[ADDRESS_FULL_MAX], rcpt[JOB_RCPTS_MAX][ADDRESS_FULL_MAX];
  unsigned int n = own_words;
  uint32_t i;

  snprintf(host, sizeof host, "%s", domain);
  address_sender(sender, j->sender, j->rcpt[first].address);
  arguments[n++] = host;
  arguments[n++] = sender;
  for (i = outcome.from; i < outcome.to; i++) {
    if (!outcome.rcpt[i].asked) continue;
    if (!address_full(rcpt[i], j->rcpt[i].address)) return 0;
    arguments[n++] = rcpt[i];
  }
  arguments[n] = 0;
  return 1;
}

/* all recipients, or the one that the sender names: as many at once as the site allows */
static void send_to(struct job const *j, int message, char const *domain, long long deadline)
{
  uint64_t max = bounds_rcpts(domain);

  outcome_begin(&outcome);
  while (outcome_ask(&outcome, max)) {
    if (io_clock() >= deadline) outcome_set_all(&outcome, RESULT_LATER, "4.4.7 there was no time left for it");
    else if (set_arguments(j, domain, outcome.from)) program_run(arguments, message, deadline, JOBS, &outcome);
    else outcome_set_all(&outcome, RESULT_LATER, "4.3.0 an address has no domain");
  }
}

static void deliver(struct job const *j, int message, char const *domain, struct report *report)
{
  long long deadline = io_clock() + 1000LL * bounds_seconds(timeoutremote, j);
  uint32_t step = verp_is(j->sender) ? 1 : j->n, i;

  outcome_start(&outcome, j->n);
  if (!own_words)
    outcome_set_open(&outcome, RESULT_LATER,
                     "4.3.0 the domain has no program" TOLD(" in control/transports", "") " now");
  for (i = 0; own_words && i < j->n; i += step) {
    outcome.from = i;
    outcome.to = i + step;
    send_to(j, message, domain, deadline);
  }
  outcome_report(&outcome, report, j->number);
  if (!own_words) return;
  snprintf(report->relay, sizeof report->relay, "%s", arguments[0]);
  for (i = 0; i < report->n; i++) told_hide(report->rcpt + i, arguments[0], TOLD_PROGRAM);
  report->flags |= REPORT_CONNECTED;     /* as the rates of control/ratelimits have it */
}

/* its jobs are where mail-remote wants them */
static _Noreturn void become_remote(char *domain)
{
  char path[CONF_PATH_MAX], *argv[] = { "mail-remote", domain, 0 };

  conf_path(path, "bin/mail-remote");
  signal(SIGCHLD, SIG_DFL);
  if (priv_limits_lift() == 0) execv(path, argv);
  log_die(111, "cannot run ", path);
}

static _Noreturn void copy(char *domain, int sock)
{
  char const *rest;
  enum transport way;

  if (dup2(sock, JOBS) == -1) log_die(111, "cannot use a socket");
  close(sock);
  read_settings();
  way = transport_find(domain, &rest);
  if (way == TRANSPORT_SOCKET) become_remote(domain);
  if (way == TRANSPORT_PROGRAM) take_words(rest);
  if (coe(JOBS) == -1) log_die(111, "cannot use a socket");
  wake_signals((int const []){ SIGCHLD, 0 });
  serve(JOBS, domain, deliver);
  _exit(0);
}

/* --- the first process: a copy for each domain that mail-rspawn names; connections to mail-tlsd */

static char tls[CONF_PATH_MAX];         /* its socket */

static int next_domain(void)
{
  char domain[CHILD_DOMAIN_MAX + 1];
  int sock;
  ssize_t r = packet_recv(DOMAINS, domain, sizeof domain - 1, &sock);
  pid_t pid;

  if (!r) return 0;
  if (r == -1) log_die(111, "cannot take a domain");
  domain[r] = 0;
  if (sock == -1) return 1;     /* mail-rspawn sees that its other end is closed */
  if (!strcmp(domain, TRANSPORT_TLS)) {
    reach_answer(sock, tls, 0);
    close(sock);
    return 1;
  }
  pid = fork();
  if (!pid) copy(domain, sock);
  if (pid == -1) log_sys("cannot fork for ", domain);
  close(sock);
  return 1;
}

int main(int argc, char **argv)
{
  (void)argv;
  log_name("mail-transport");
  conf_path(tls, TLS_OUT);
  if (argc != 1) log_diex(100, "usage: mail-transport (mail-rspawn starts it)");
  /* its programs are of the same user: they shall not look into it */
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1) log_die(111, "cannot keep others out");
  if (priv_limits_soft(FILES_MAX, MEMORY_MAX) == -1) log_die(111, "cannot set limits");
  signal(SIGCHLD, SIG_IGN);     /* copies are collected by the kernel */
  while (next_domain());
  return 0;
}
