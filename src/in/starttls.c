/*
 * starttls.c - STARTTLS (RFC 3207): mail-tlsd does the handshake, or the program before us; see session.h
 *
 * What comes behind the command before the handshake, in clear, was put there by somebody else than the client, or by
 * one who does not know what it does: nothing of it counts, and the session ends. After the handshake the session is as
 * after the greeting.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "in/extensions.h"
#include "in/session.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define REACH 10                /* seconds for a process of mail-tlsd to be there */
#define HANDSHAKE 60            /* for a handshake; less where commands have less time */

static char const go_ahead[] = "220 2.0.0 begin TLS";
static char const no_arguments[] = "501 5.5.4 STARTTLS takes no argument";
static char const not_offered[] = "502 5.5.1 STARTTLS is not offered here";
static char const is_on[] = "503 5.5.1 TLS is on already";
static char const in_transaction[] = "503 5.5.1 not within a transaction: end this message or say RSET";
static char const no_tls[] = "454 4.7.0 TLS is not available now";
static char const sent_on[] = "554 5.5.0 you sent on in clear behind STARTTLS";

int starttls_offered(struct session const *s)
{
  struct rules const *r = s->c.rules;

  if (*s->secured.text || !s->c.wire.tells) return 0;
  return r->protocol & RULES_SUBMISSION || (r->starttls && (r->has_tls || s->ucspi.there));
}

/* Nothing can be said to the client any more. */
static void give_up(struct session *s, char const *what, char const *text)
{
  static char why[TEXT_MAX + 50];       /* no session comes after this one */

  snprintf(why, sizeof why, "%s: %s", what, text);
  s->done = 1;
  s->why = why;
}

static void begin(struct session *s, int in, int out, struct tls_result const *r)
{
  snprintf(s->secured.text, sizeof s->secured.text, "%s%s%s", r->version, *r->cipher ? "/" : "", r->cipher);
  memcpy(s->secured.endpoint, r->endpoint, r->endpoint_len);
  s->secured.endpoint_len = r->endpoint_len;
  memcpy(s->secured.exporter, r->exporter, r->exporter_len);
  s->secured.exporter_len = r->exporter_len;
  wire_through(&s->c.wire, in, out);
  session_forget(s);
}

static unsigned int patience(struct session const *s)
{
  long long seconds = (wire_due(&s->c.wire) - io_clock()) / 1000;

  return seconds > HANDSHAKE ? HANDSHAKE : seconds < 1 ? 1 : (unsigned int)seconds;
}

static void shake(struct session *s, int sock)
{
  struct tls_request q = { .seconds = patience(s), .check = TLS_ANYONE };
  struct tls_result r;
  int plain;

  if (s->ucspi.there) {
    if (ucspi_shake(&s->ucspi, q.seconds, &r)) begin(s, s->ucspi.in, s->ucspi.out, &r);
    else give_up(s, "no TLS", r.text);
    return;
  }
  plain = tls_shake(sock, s->c.wire.in, &q, &r);
  if (plain != -1) begin(s, plain, plain, &r);
  else give_up(s, r.status == TLS_LATER ? "no TLS" : "the TLS handshake", r.text);
}

/* A process that waits for our connection: 1 with its socket, where there has to be one; or 0, and the log has why. */
static int reach(struct session *s, int *sock)
{
  struct tls_result r;

  *sock = -1;
  s->once = 1;
  if (s->ucspi.there) return 1;
  *sock = tls_reach(TLS_IN, REACH, &r);
  if (*sock != -1) return 1;
  client_log(&s->c, "error: no TLS");
  client_log_end(r.text);
  return 0;
}

static int has_sent_on(struct session *s)
{
  if (!wire_ahead(&s->c.wire)) return 0;
  session_end(s, sent_on, "sent on in clear behind STARTTLS");
  return 1;
}

void starttls_command(struct session *s, char const *arg)
{
  int sock;

  if (*s->secured.text) { session_error(s, is_on); return; }
  if (!starttls_offered(s) || extension_hidden(EXT_STARTTLS)) { session_error(s, not_offered); return; }
  if (*arg) { session_error(s, no_arguments); return; }
  if (s->open) { session_error(s, in_transaction); return; }
  if (has_sent_on(s)) return;
  if (!reach(s, &sock)) { session_reply(s, no_tls); return; }
  if (has_sent_on(s)) {         /* meanwhile */
    io_close_keep(sock);
    return;
  }
  session_reply(s, go_ahead);
  wire_flush(&s->c.wire);
  shake(s, sock);
}

void starttls_first(struct session *s)
{
  int sock;

  if (reach(s, &sock)) shake(s, sock);
  else give_up(s, "no TLS", "it cannot begin");
}
