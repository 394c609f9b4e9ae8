/*
 * mail-remote.c - send messages to one domain over SMTP, LMTP or QMTP
 *
 * Runs as    mailr, started by mail-rspawn for one domain, for as many jobs as come within a moment (by mail-transport
 *            where control/transports names a Unix socket)
 * Reads      fd 3: jobs (door/job.h) with the message's descriptor; control/, the passwords for this domain's mail,
 *            /etc/resolv.conf; replies of DNS and mail servers, bounded in bytes and time
 * Writes     fd 3: reports (door/report.h); the network, or the one Unix socket that control/transports names
 * Trusts     mail-rspawn for jobs; nobody it talks to
 * If broken  a hostile server owns this process: it can lie about the results of this domain's jobs and read the
 *            messages and passwords that it was about to be sent anyway; it cannot touch the queue or any user's files
 * Exits      0 when fd 3 ends; 100 called wrongly; 111 when it cannot go on: mail-rspawn reports "later"
 * Why so     one domain's server can hold up, crash or break into the process of its own domain only
 */

#include <errno.h>

#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "remote/deliver.h"
#include "remote/porter.h"
#include "remote/serve.h"
#include "remote/source.h"
#include "remote/tls.h"
#include "remote/transport.h"

#define JOBS 3
#define FILES_MAX 16
#define MEMORY_MAX 67108864     /* bytes: settings; all else has its place from the start */

/* to the network; where mail goes to a Unix socket, nowhere: a helper connects */
static unsigned int needs(char const *domain)
{
  char const *path = transport_socket(domain);

  if (!path) return PRIV_INET | (source_any(domain) ? PRIV_BIND : 0);
  if (porter_start(path) == -1) log_die(111, "cannot make a helper for ", path, (char *)0);
  return 0;
}

int main(int argc, char **argv)
{
  char const *what;

  log_name("mail-remote");
  if (argc != 2) log_diex(100, "usage: mail-remote domain (mail-rspawn starts it)", (char *)0);
  if (deliver_start(argv[1], &what) == -1) {
    if (errno == EINVAL) log_diex(111, "cannot read ", what, (char *)0);      /* the log has more about it */
    log_die(111, "cannot read ", what, (char *)0);
  }
  if (priv_limits(FILES_MAX, MEMORY_MAX) == -1) log_die(111, "cannot set limits", (char *)0);
  if (priv_lock(needs(argv[1]), 0, 0) == -1) log_die(111, "cannot lock in", (char *)0);
  starttls_by(JOBS);
  serve(JOBS, argv[1], deliver);
  deliver_end();
  return 0;
}
