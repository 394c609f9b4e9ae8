/* refusal.c - see refusal.h */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "in/refusal.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/wake.h"

#define SECOND 1000             /* ms */
#define REPLY_MAX 512           /* RFC 5321 4.5.3.1.5 */

static long long told = -SECOND;        /* the last line */
static unsigned int untold;             /* connections since then */

void refusal_tell(int fd, int protocol, char const *reason)
{
  char s[REPLY_MAX];
  int len;

  if (!reason || protocol & RULES_TLS) return;
  if (protocol & RULES_SMTP) len = snprintf(s, sizeof s, "421 %s\r\n", reason);
  else len = snprintf(s, sizeof s, "%zu:Z%s,", strlen(reason) + 1, reason);     /* a netstring: later */
  if (len > 0 && len < (int)sizeof s)
    (void)!send(fd, s, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT);       /* who has gone needs no answer */
}

void refusal_log(char const *ip, char const *why)
{
  long long now = io_clock();

  if (now - told < SECOND) {
    untold++;
    return;
  }
  told = now;
  log_start();
  log_text("refused connection");
  log_field("ip", ip);
  log_text(": ");
  log_text(why);
  if (untold) {
    log_count(" (and ", untold);
    log_text(" before it)");
  }
  log_end();
  untold = 0;
}

/* In a flood the next line has the count, and an address. */
long long refusal_turn(void)
{
  long long now = io_clock();

  if (!untold) return WAKE_NEVER;
  if (now - told < 2 * SECOND) return told + 2 * SECOND;
  log_start();
  log_count("refused connections: ", untold);
  log_text(" more");
  log_end();
  untold = 0;
  told = now;
  return WAKE_NEVER;
}
