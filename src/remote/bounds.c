/* bounds.c - see bounds.h */

#include <string.h>
#include <skalibs/types.h>

#include "lib/addr/verp.h"
#include "lib/conf/control.h"
#include "remote/address.h"
#include "remote/bounds.h"

#define RCPT_SECONDS 5          /* for a host that takes its time over each recipient */
#define SLOWEST 1024            /* bytes a second that a host takes at least, over a whole message */

static struct control_table remoterecipients;

long long bounds_seconds(unsigned int timeout_remote, struct job const *j)
{
  uint64_t copies = verp_is(j->sender) ? j->n : 1;

  long long each = timeout_remote < RCPT_SECONDS ? timeout_remote : RCPT_SECONDS;

  return 3LL * timeout_remote + each * j->n + (long long)(j->bytes / SLOWEST * copies);
}

int bounds_start(void)
{
  return control_table("remoterecipients", &remoterecipients, 1) == -1 ? -1 : 0;
}

uint64_t bounds_rcpts(char const *domain)
{
  char const *value = control_find_domain(&remoterecipients, domain, strlen(domain));
  unsigned int n = 0;

  return value && uint0_scan(value, &n) && n ? n : JOB_RCPTS_MAX;
}
