/*
 * mail-qmqpd.c - takes one message from one trusted QMQP client
 *
 * Runs as    maild, under tcpserver, inetd or systemd, one for each connection; with -l as their porter
 *            (in/porter.h), by mail-start or systemd, with -w as its dispatcher (in/dispatch.h)
 * Reads      fd 0: the client, before it a front end's word about it (in/proxy.h); control/, and tcpserver's
 *            environment, before the first byte
 * Writes     fd 1: the client; fd 2: the log; the queue service's socket (door/submit.h)
 * Trusts     control/, the environment: whoever has RELAYCLIENT set there may send anything to anybody
 * If broken  a client can queue mail marked "from network", as it may anyway, and ask who exists here; no file, no
 *            other session and no process is in reach; the program in QMAILQUEUE can be started
 * Exits      0 when the connection is over; 111 when it could not be begun
 */

#include <string.h>

#include "lib/io/large.h"
#include "in/dispatch.h"
#include "in/porter.h"
#include "in/qmqp.h"
#include "in/start.h"

static LARGE struct entry entry;

static int serve(struct visit *visit)
{
  qmqp_start(&entry, visit);
  qmqp_run(&entry);
  return 0;
}

static struct server const server = {
  .name = "mail-qmqpd", .protocol = RULES_QMQP, .unavailable = "37:Z4.3.0 this host cannot take mail now,",
  .serve = serve, .state = &entry, .size = sizeof entry
};

int main(int argc, char **argv)
{
  if (argc > 1 && !strcmp(argv[1], "-l")) porter(&server, "qmqp.cdb");
  if (argc > 1 && !strcmp(argv[1], "-w")) dispatch(&server);
  start(&server);
}
