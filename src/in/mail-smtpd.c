/*
 * mail-smtpd.c - takes mail from one SMTP client
 *
 * Runs as    maild, under tcpserver, inetd or systemd, one for each connection; with -l as their porter
 *            (in/porter.h), by mail-start or systemd, with -w as its dispatcher (in/dispatch.h);
 *            with submission (submissions: TLS first) for who logs in; as the caller for sendmail -bs
 * Reads      fd 0: the client, before it a front end's word about it (in/proxy.h); control/, and tcpserver's
 *            environment, before the first byte
 * Writes     fd 1: the client; fd 2: the log; the queue service's socket (door/submit.h), questions to
 *            mail-lookup (door/lookup.h); the client's connection to mail-tlsd (door/tls.h) or SSLCTLFD;
 *            the lines of a login to mail-authd (door/auth.h)
 * Trusts     control/, the environment; on fd 0 nobody but front ends, for the client's address; mail-lookup, the
 *            queue service, mail-tlsd and mail-authd for their answers alone
 * If broken  a stranger can queue mail marked "from network", ask who exists here, and lie to this one client;
 *            no file, no other session and no process is in reach; the programs in QMAILQUEUE and RCPTCHECK can be
 *            started, and the DNS asked
 * Exits      0 when the session is over; 111 when it could not be begun (the client has been told 421)
 */

#include <string.h>

#include "in/dispatch.h"
#include "in/porter.h"
#include "in/session.h"
#include "in/start.h"
#include "lib/io/large.h"
#include "lib/io/log.h"

static LARGE struct session session;

static int serve(struct visit *visit)
{
  session_start(&session, visit);
  return session_run(&session);
}

/* As it is by its arguments: the usual one takes mail from everybody. */
static struct server server = {
  .name = "mail-smtpd", .protocol = RULES_SMTP, .unavailable = "421 4.3.0 this host cannot take mail now\r\n",
  .serve = serve, .state = &session, .size = sizeof session
};

static void take_mode(char const *mode)
{
  server.mode = mode;
  if (!strcmp(mode, "submission")) server.protocol |= RULES_SUBMISSION;
  else if (!strcmp(mode, "submissions")) server.protocol |= RULES_SUBMISSION | RULES_TLS;
  else log_diex(100, "usage: mail-smtpd [-l] [submission | submissions]");
  if (server.protocol & RULES_TLS) server.unavailable = "";     /* it cannot be said */
}

int main(int argc, char **argv)
{
  int listens = argc > 1 && !strcmp(argv[1], "-l"), works = argc > 1 && !strcmp(argv[1], "-w");
  int taken = 1 + (listens || works);

  log_name(server.name);
  if (argc > taken) take_mode(argv[taken]);
  if (listens) porter(&server, server.mode ? "submission.cdb" : "smtp.cdb");
  if (works) dispatch(&server);
  start(&server);
}
