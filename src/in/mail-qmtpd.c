/*
 * mail-qmtpd.c - takes mail from one QMTP client
 *
 * Runs as    maild, under tcpserver, inetd or systemd, one for each connection; with -l as their porter
 *            (in/porter.h), by mail-start or systemd, with -w as its dispatcher (in/dispatch.h)
 * Reads      fd 0: the client, before it a front end's word about it (in/proxy.h); control/, and tcpserver's
 *            environment, before the first byte
 * Writes     fd 1: the client; fd 2: the log; the queue service's socket (door/submit.h), questions to
 *            mail-lookup (door/lookup.h)
 * Trusts     control/, the environment; on fd 0 nobody but front ends, for the client's address; mail-lookup and the
 *            queue service for their answers alone
 * If broken  a stranger can queue mail marked "from network", ask who exists here, and lie to this one client;
 *            no file, no other session and no process is in reach; the programs in QMAILQUEUE and RCPTCHECK can be
 *            started, and the DNS asked
 * Exits      0 when the connection is over; 111 when it could not be begun
 */

#include <string.h>

#include "lib/io/large.h"
#include "in/dispatch.h"
#include "in/porter.h"
#include "in/qmtp.h"
#include "in/start.h"

static LARGE struct qmtp qmtp;

static int serve(struct visit *visit)
{
  qmtp_start(&qmtp, visit);
  qmtp_run(&qmtp);
  return 0;
}

static struct server const server = {
  .name = "mail-qmtpd", .protocol = RULES_QMTP, .unavailable = "37:Z4.3.0 this host cannot take mail now,",
  .serve = serve, .state = &qmtp, .size = sizeof qmtp
};

int main(int argc, char **argv)
{
  if (argc > 1 && !strcmp(argv[1], "-l")) porter(&server, "qmtp.cdb");
  if (argc > 1 && !strcmp(argv[1], "-w")) dispatch(&server);
  start(&server);
}
