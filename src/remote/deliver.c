/*
 * deliver.c - see deliver.h
 *
 * State between jobs: the session, and where in the route its host stands, so that recipients put off by it go on
 * to the next host.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/addr/verp.h"
#include "lib/conf/control.h"
#include "lib/conf/listing.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "remote/bounds.h"
#include "remote/connect.h"
#include "remote/deliver.h"
#include "remote/hello.h"
#include "remote/offer.h"
#include "remote/own.h"
#include "remote/policy.h"
#include "remote/source.h"
#include "remote/transaction.h"

#define LOOKUP_SECONDS 60       /* for all the DNS look-ups of a job */

static LARGE struct session session;
static struct route route;
static unsigned int at;         /* the session's target in route */
static LARGE struct outcome outcome;
static stralloc helohost = STRALLOC_ZERO;
static unsigned int chunk_max;

static int read_settings(char const *domain, char const **what)
{
  *what = "the name servers' addresses";
  if (dns_start() == -1) return -1;
  *what = "control/smtproutes, control/qmtproutes, control/transports, control/ipversion or control/me";
  if (route_start() == -1) return -1;
  *what = "this host's addresses";
  if (route_by_dns(domain) && own_start() == -1) return -1;
  *what = "control/remoterecipients";
  if (bounds_start() == -1) return -1;
  *what = "control/helohost";
  if (control_value("helohost", &helohost) == -1) return -1;
  if (!helohost.len) {
    errno = EINVAL;
    return -1;
  }
  *what = "control/envnoathost or control/percenthack";
  if (address_start() == -1) return -1;
  *what = "control/timeoutconnect";
  if (connect_start() == -1) return -1;
  *what = "control/chunkbytes";
  if (control_number("chunkbytes", &chunk_max) == -1) return -1;
  *what = "control/ehloignore";
  if (offer_start() == -1) return -1;
  *what = "control/tlspolicy";
  if (policy_start() == -1) return -1;
  *what = "control/smtpauth";
  if (smtpauth_start(domain, route_named(domain)) == -1) return -1;
  *what = "control/outgoingip";
  if (source_start() == -1) return -1;
  *what = "control/timeoutremote";
  if (control_number("timeoutremote", &session.timeout_remote) == -1) return -1;
  session.helo = helohost.s;
  return 0;
}

int deliver_start(char const *domain, char const **what)
{
  int r;

  session.fd = -1;
  listing_start();
  r = read_settings(domain, what);
  listing_end();
  return r;
}

/* how the hosts of this job fared that gave no session */
struct tries {
  unsigned int connected, away, later, never, made;
  char refusal[TEXT_MAX + 1];   /* the last 5xx */
};

/* A login that was refused is none at the host's other addresses either, nor for the next message. */
static int barred(void)
{
  return session.login && session.login->barred > io_clock();
}

/* 1 with a session with the host of target first, by whichever of its addresses gives one */
static int try_host(struct tries *t, unsigned int first)
{
  char why[TEXT_MAX + 1];
  int fd;

  for (;;) {
    fd = connect_host(&route, first, &at, session.deadline, &t->made, why);
    if (why[0]) {
      t->away++;
      outcome_set_open(&outcome, RESULT_LATER, why);
    }
    if (fd == -1) break;
    t->connected++;
    switch (hello(&session, fd, route.target + at)) {
      case HELLO_READY:
        route.target[at].tried = 0;     /* it may have to be asked for another session */
        return 1;
      case HELLO_CLEAR:
        route.target[at].clear = 1;
        route.target[at].tried = 0;
        break;
      case HELLO_NEVER:
        t->never++;
        memcpy(t->refusal, session.why, sizeof t->refusal);
        session.why[0] = '4';           /* unless all hosts say so */
        outcome_set_open(&outcome, RESULT_LATER, session.why);
        break;
      case HELLO_LATER:
        t->later++;
        outcome_set_open(&outcome, RESULT_LATER, session.why);
        if (barred()) return 0;
    }
  }
  if (why[0]) session_host(&session, route.target + first);
  return 0;
}

/* the first target of the next host */
static unsigned int next_host(unsigned int i)
{
  unsigned int host = route.target[i].host;

  while (i < route.n && route.target[i].host == host) i++;
  return i;
}

/* The hosts from the one of target first on, until all recipients are settled. One that only says "later" leaves the
   recipients to the next (RFC 5321 5.1). */
static void try_hosts(struct tries *t, unsigned int first, struct mail const *m)
{
  unsigned int i = first, asked = first != 0, before;
  int chunks;

  outcome_begin(&outcome);
  while (i < route.n && outcome_open(&outcome) && io_clock() < session.deadline && !barred()) {
    session_quit(&session);
    before = outcome_due(&outcome);
    chunks = session.no_chunk;
    if (try_host(t, i)) {
      asked++;
      /* a host that wants another session gets it, as long as that brings us on */
      if (transaction(&session, m, &outcome) == TRANSACTION_STALE
          && (outcome_due(&outcome) < before || chunks != session.no_chunk)) continue;
    }
    i = next_host(i);
    outcome_begin(&outcome);
  }
  /* only when every host refuses for good is that the result: another one might have taken it */
  if (!t->never || asked || t->away || t->later) return;
  if (i < route.n) outcome_set_open(&outcome, RESULT_LATER, "4.4.7 there was no time left for the other hosts");
  else if (route.why[0]) outcome_set_open(&outcome, RESULT_LATER, route.why);
  else outcome_set_open(&outcome, RESULT_FAILED, t->refusal);
}

/* without asking the host again */
static void refuse(void)
{
  char text[TEXT_MAX + 1];

  snprintf(text, sizeof text, "4.7.8 %.255s "
           TOLD("has a login in control/smtpauth that was refused less than a minute ago", "has no way to it now"),
           session.domain);
  outcome_set_open(&outcome, RESULT_LATER, text);
}

static void over_hosts(struct tries *t, char const *domain, struct mail const *m)
{
  long long now = io_clock();
  long long end = now + LOOKUP_SECONDS * 1000LL;
  enum result found;

  /* a session with a lesser host is not kept: the next message goes to the best one again (RFC 5321 5.1) */
  if (session_alive(&session) && session.whose == session.login && route.target[at].host == route.target[0].host) {
    t->connected++;
    outcome_begin(&outcome);
    if (transaction(&session, m, &outcome) == TRANSACTION_OVER) {
      try_hosts(t, next_host(at), m);
      return;
    }
  }
  if (session_alive(&session)) session_quit(&session);
  session_drop(&session);
  if (barred()) {
    refuse();
    return;
  }
  found = route_find(&route, domain, end < session.deadline ? end : session.deadline);
  if (found == RESULT_DONE) try_hosts(t, 0, m);
  else outcome_set_open(&outcome, found, route.why);
}

/* a result for an address that cannot be written in SMTP */
static void unwritable(char text[TEXT_MAX + 1], char const *status, char const *whose)
{
  snprintf(text, TEXT_MAX + 1, "%s %s address %s", status, whose,
           !strcmp(status, "5.6.7") ? "is neither ASCII nor UTF-8" : "cannot be written in SMTP");
}

/* the sender of a job as an address and as a path, for recipient i; 0 and results set when there is no such path */
static int sender_path(char full[ADDRESS_FULL_MAX], char path[ADDRESS_PATH_MAX], struct job const *j, uint32_t i)
{
  char text[TEXT_MAX + 1];
  char const *status;

  address_sender(full, j->sender, j->rcpt[i].address);
  if (!full[0]) {
    memcpy(path, "<>", 3);
    return 1;
  }
  status = address_path(path, full);
  if (!status) return 1;
  unwritable(text, !strcmp(status, "5.6.7") ? status : "5.1.7", "the sender's");
  outcome_set_open(&outcome, RESULT_FAILED, text);
  return 0;
}

static void rcpt_paths(struct job const *j)
{
  static char full[ADDRESS_FULL_MAX], path[ADDRESS_PATH_MAX];
  char text[TEXT_MAX + 1];
  uint32_t i;

  for (i = 0; i < j->n; i++) {
    char const *status = address_full(full, j->rcpt[i].address) ? address_path(path, full) : "5.1.2";
    if (!status && outcome_path(&outcome, i, path) == -1) status = "5.1.3";
    if (!status) continue;
    unwritable(text, status, "the");
    outcome_set(&outcome, i, RESULT_FAILED, text);
  }
}

/* One transaction for all; where the sender names the recipient, one for each. */
static void send_all(struct tries *t, struct job const *j, char const *domain, struct message const *message)
{
  static char from[ADDRESS_FULL_MAX], sender[ADDRESS_PATH_MAX];
  struct mail const m = { .message = message, .job = j, .sender = sender, .from = from,
                          .rcpts_max = bounds_rcpts(domain), .chunk_max = chunk_max };
  uint32_t step = verp_is(j->sender) ? 1 : j->n, i;

  for (i = 0; i < j->n; i += step) {
    outcome.from = i;
    outcome.to = i + step;
    if (!outcome_open(&outcome) || !sender_path(from, sender, j, i)) continue;
    session.login = smtpauth_find(from);
    over_hosts(t, domain, &m);
  }
  outcome.from = 0;
}

void deliver(struct job const *j, int fd, char const *domain, struct report *report)
{
  struct tries t = { 0 };
  struct message m;

  session.deadline = io_clock() + 1000LL * bounds_seconds(session.timeout_remote, j);
  session.broken = 0;
  session.domain = domain;
  if (!session_alive(&session)) session.relay[0] = session.tls[0] = 0;
  outcome_start(&outcome, j->n);
  rcpt_paths(j);
  if (message_scan(&m, fd, j->bytes)) send_all(&t, j, domain, &m);
  else outcome_set_open(&outcome, RESULT_LATER, "4.3.0 the message cannot be read, or is not what was queued");
  outcome_report(&outcome, report, j->number);
  memcpy(report->relay, session.relay, sizeof report->relay);
  memcpy(report->tls, session.tls, sizeof report->tls);
  if (t.away && !t.connected) report->flags |= REPORT_HOST_DOWN;
  if (t.made) report->flags |= REPORT_CONNECTED;
}

void deliver_end(void)
{
  session_quit(&session);
}
