/* visit.c - see visit.h */

#include <unistd.h>

#include "in/front.h"
#include "in/proxy.h"
#include "in/starter.h"
#include "in/visit.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define HEADER_SECONDS 30       /* for a front end's header: it has nothing to wait for */

int visit_fronted(struct visit *v)
{
  if (!front_is(v->peer.ip)) return 0;
  v->rules.relayclient = 0;
  return 1;
}

int visit_hear(struct visit *v)
{
  unsigned int seconds = v->rules.timeoutsmtpd < HEADER_SECONDS ? v->rules.timeoutsmtpd : HEADER_SECONDS;
  struct proxy said;
  char const *wrong;

  if (v->rules.sessiontime && v->rules.sessiontime < seconds) seconds = v->rules.sessiontime;
  wrong = proxy_read(&said, v->in, io_clock() + seconds * 1000LL);

  if (wrong) {
    log_start();
    log_count("session ended pid=", getpid());
    peer_log(&v->peer);
    log_text(": the front end's PROXY header: ");
    log_text(wrong);
    log_end();
    return 0;
  }
  if (!said.told) return 1;
  peer_replace(&v->peer, said.ip, said.local_ip);
  starter_tell(&said);
  return 1;
}
