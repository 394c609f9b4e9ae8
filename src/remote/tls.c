/* tls.c - see tls.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/tls.h"
#include "lib/io/io.h"
#include "remote/reach.h"
#include "remote/tls.h"

#define PATIENCE 60             /* seconds */

_Static_assert(TLSPOLICY_NAMES_MAX <= TLS_NAMES_MAX && TLSPOLICY_CA_MAX <= TLS_NAME_MAX, "a policy fits a request");

static int rspawn = -1;
static int absent;              /* mail-tlsd was not there: nobody asks again for what can be done without */

void starttls_by(int sock)
{
  rspawn = sock;
}

int starttls_service(void)
{
  return rspawn == -1 ? -1 : reach_ask(rspawn, 0);
}

static int optional(struct session const *s)
{
  return s->policy.level == TLSPOLICY_MAY;
}

/* a socket to mail-tlsd, or -1 */
static int reach(struct session const *s)
{
  int sock = absent && optional(s) ? -1 : starttls_service();

  if (sock == -1 && errno != EAGAIN) absent = 1;
  return sock;
}

/* Why says that there is none; behind it, for the log alone, what the site has to do with it. */
static enum starttls missing(struct session *s, char const *what, char const *site)
{
  snprintf(s->why, sizeof s->why, "4.7.4 %s %s" TOLD_END "%s", s->name, what, site);
  return STARTTLS_LATER;
}

static enum starttls unreachable(struct session *s)
{
  return missing(s, "is not to be talked to without TLS",
                 ", which control/tlspolicy demands, and the TLS service cannot be reached");
}

static enum tls_check check(struct session const *s)
{
  return s->policy.level == TLSPOLICY_SECURE ? TLS_NAMED :
         s->policy.level == TLSPOLICY_FINGERPRINT ? TLS_FINGERPRINT : TLS_ANYONE;
}

unsigned int starttls_seconds(struct session const *s)
{
  unsigned int most = s->timeout_remote < PATIENCE ? s->timeout_remote : PATIENCE;
  unsigned int left = (unsigned int)io_left(s->deadline) / 1000;

  return left < most ? left + 1 : most;
}

/* as the server is to know for whom it is asked; addresses are none (RFC 6066 section 3) */
static char const *server_name(struct target const *t)
{
  struct net_address a;

  return *t->name == '[' || net_parse(&a, t->name, strlen(t->name)) ? "" : t->name;
}

static void took(struct session *s, int plain, struct tls_result const *r)
{
  session_drop(s);
  s->fd = plain;
  s->closed = s->surplus = 0;
  s->encrypted = 1;
  s->verified = r->verified;
  snprintf(s->tls, sizeof s->tls, "%s/%s%s", r->version, r->cipher, r->verified ? ",verified" : "");
}

/* What ails our own service is for the log. */
static void tell_failure(struct session *s, struct tls_result const *r)
{
  if (r->status == TLS_DONE) snprintf(s->why, sizeof s->why, "4.7.5 the certificate of %s was not verified", s->name);
  else if (r->status == TLS_FAILED) snprintf(s->why, sizeof s->why, "4.7.5 no TLS with %s: %.200s", s->name, r->text);
  else snprintf(s->why, sizeof s->why, "4.7.4 no TLS with %s now" TOLD_END ": %.180s", s->name, r->text);
}

static enum starttls shake(struct session *s, struct target const *t, int sock)
{
  struct tls_request q = { .seconds = starttls_seconds(s), .check = check(s) };
  struct tls_result r;
  int plain;

  snprintf(q.name, sizeof q.name, "%s", server_name(t));
  memcpy(q.names, s->policy.names, sizeof s->policy.names);
  memcpy(q.ca, s->policy.ca, sizeof s->policy.ca);
  plain = tls_shake(sock, s->fd, &q, &r);
  if (plain != -1 && (r.verified || q.check == TLS_ANYONE)) {
    took(s, plain, &r);
    return STARTTLS_DONE;
  }
  io_close_keep(plain);
  tell_failure(s, &r);
  session_drop(s);
  return optional(s) ? STARTTLS_ANEW : STARTTLS_LATER;
}

/* What comes in clear behind the 220 is nothing that the host can have said (RFC 3207 section 5). */
static int spoke(struct session const *s)
{
  char c;

  return s->in_at < s->in_len || recv(s->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* the command, and what its reply means; STARTTLS_DONE: the handshake may begin */
static enum starttls command(struct session *s)
{
  unsigned int code;

  session_text(s, "STARTTLS\r\n", (char *)0);
  session_flush(s);
  code = session_reply(s, WAIT_EHLO, "STARTTLS");
  if (!code) return optional(s) ? STARTTLS_ANEW : STARTTLS_LATER;
  if (code / 100 == 2 && !spoke(s)) return STARTTLS_DONE;
  if (code / 100 == 2) {
    snprintf(s->why, sizeof s->why, "4.7.0 %s went on in clear after it had agreed to STARTTLS", s->name);
    session_drop(s);
  }
  else if (code < 400) session_out_of_step(s, "STARTTLS");
  else if (optional(s) && code != 421) return STARTTLS_CLEAR;
  else session_tell(s, "STARTTLS", RESULT_LATER, s->why);
  return STARTTLS_LATER;
}

enum starttls starttls(struct session *s, struct target const *t)
{
  enum starttls r;
  int sock;

  if (!(s->offered & EXT_STARTTLS)) {
    if (optional(s)) return STARTTLS_CLEAR;
    return missing(s, "does not offer STARTTLS", ", which control/tlspolicy demands");
  }
  sock = reach(s);
  if (sock == -1) return optional(s) ? STARTTLS_CLEAR : unreachable(s);
  r = command(s);
  if (r == STARTTLS_DONE) return shake(s, t, sock);
  close(sock);
  return r;
}

enum starttls starttls_at_once(struct session *s, struct target const *t)
{
  int sock = reach(s);

  return sock == -1 ? unreachable(s) : shake(s, t, sock);
}
