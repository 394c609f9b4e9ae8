/*
 * mail-smtpd.c - takes mail from one SMTP client
 *
 * Runs as    maild, under tcpserver, inetd or systemd, one for each connection; with -l as their porter
 *            (in/porter.h), by mail-start or systemd, with -w as its dispatcher (in/dispatch.h);
 *            as the caller for sendmail -bs
 * Reads      fd 0: the client, before it a front end's word about it (in/proxy.h); control/, and tcpserver's
 *            environment, before the first byte
 * Writes     fd 1: the client; fd 2: the log; the queue service's socket (door/submit.h), questions to
 *            mail-lookup (door/lookup.h); the client's connection to mail-tlsd (door/tls.h) or SSLCTLFD
 * Trusts     control/, the environment; on fd 0 nobody but front ends, for the client's address; mail-lookup, the
 *            queue service and mail-tlsd for their answers alone
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

static struct session session;

static int serve(struct visit *visit)
{
  session_start(&session, visit);
  return session_run(&session);
}

static struct server const server = {
  .name = "mail-smtpd", .protocol = RULES_SMTP, .unavailable = "421 4.3.0 this host cannot take mail now\r\n",
  .serve = serve, .state = &session, .size = sizeof session
};

int main(int argc, char **argv)
{
  if (argc > 1 && !strcmp(argv[1], "-l")) porter(&server, "smtp.cdb");
  if (argc > 1 && !strcmp(argv[1], "-w")) dispatch(&server);
  start(&server);
}
