/* tally.c - what lines add to the numbers, and how those are told */

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "log/deferring.h"
#include "log/family.h"
#include "log/tally.h"
#include "lib/io/log.h"

static char s[262144];
static struct text t;

static void say(char const *line)
{
  tally_line(line, strlen(line));
}

static void tell(void)
{
  t = (struct text){ .s = s, .size = sizeof s };
  family_write(&t, 1764240100);
  deferring_write(&t);
}

/* Is this a line of it? */
static int told(char const *line)
{
  char want[256];

  tell();
  snprintf(want, sizeof want, "\n%s\n", line);
  return !t.bad && strstr(s, want);
}

static void sending(void)
{
  check("no queue before it is told", !told("# TYPE bulkhead_queue_messages gauge"));
  say("mail-send: queue new=0 due=3,1764240000 waiting=2,1764250000 underway=0 held=x damaged=1 done=0");
  check("the queue", told("bulkhead_queue_messages{state=\"due\"} 3"));
  check("the oldest", told("bulkhead_queue_oldest_seconds{state=\"due\"} 100"));
  check("none of the future", told("bulkhead_queue_oldest_seconds{state=\"waiting\"} 0"));
  check("a damaged field", told("bulkhead_queue_messages{state=\"held\"} 0"));
  say("mail-send: status: local 1/10 remote 5/20 queue 7");
  say("mail-send: status: local 9/");
  check("deliveries under way", told("bulkhead_deliveries_underway{channel=\"remote\"} 5"));
  check("their limit", told("bulkhead_deliveries_limit{channel=\"local\"} 10"));
  say("mail-send: delivered id=1 from=a to=b relay=local delay=4.500 reply=ok");
  say("mail-send: delivered id=1 from=a to=b relay=mx[192.0.2.1]:25 tls=x delay=5.001 reply=ok");
  say("mail-send: delivered id=1 from=a to=b relay=/x delay=99999.000 reply=ok");
  say("mail-send: failed id=1 from=a to=b relay=<> delay=9 reply=relay=local");
  check("by result and transport", told("bulkhead_deliveries_total{result=\"delivered\",transport=\"host\"} 1") &&
        told("bulkhead_deliveries_total{result=\"failed\",transport=\"none\"} 1"));
  check("delays", told("bulkhead_delay_seconds_bucket{le=\"1\"} 0") && told("bulkhead_delay_seconds_bucket{le=\"5\"} 1") &&
        told("bulkhead_delay_seconds_bucket{le=\"15\"} 2") && told("bulkhead_delay_seconds_bucket{le=\"+Inf\"} 3") &&
        told("bulkhead_delay_seconds_sum 100008.501") && told("bulkhead_delay_seconds_count 3"));
  say("mail-send: bounce deferred id=1 to=a number=1 rcpts=1 reply=no");
  check("bounces", told("bulkhead_bounces_total{result=\"deferred\"} 1"));
}

static void refusals(void)
{
  say("mail-smtpd: refused pid=1 ip=::1 helo=x from=a to=b: 550 5.1.1 no such user");
  say("mail-smtpd: refused pid=1 ip=::1 helo=x from=a to=b: 550 5.1.10 x");
  say("mail-smtpd: refused message pid=1 ip=::1 helo=x from=a rcpts=1 bytes=5: 451 4.3.0 later");
  say("mail-smtpd: refused connection ip=::1: 4.7.0 too many (and 12 before it)");
  say("mail-smtpd: refused connections: 5 more");
  say("mail-queued: refused uid=1 pid=2 code=31 text=5.6.0\\x20no");
  say("mail-queued: refused: 7 times more uid=5");
  check("unknown", told("bulkhead_refusals_total{what=\"recipient\",reason=\"unknown\",kind=\"permanent\"} 1"));
  check("address", told("bulkhead_refusals_total{what=\"recipient\",reason=\"address\",kind=\"permanent\"} 1"));
  check("message", told("bulkhead_refusals_total{what=\"message\",reason=\"system\",kind=\"temporary\"} 1"));
  check("connections", told("bulkhead_refusals_total{what=\"connection\",reason=\"policy\",kind=\"temporary\"} 13"));
  check("more of them", told("bulkhead_refusals_total{what=\"connection\",reason=\"other\",kind=\"temporary\"} 5"));
  check("queue", told("bulkhead_refusals_total{what=\"queue\",reason=\"content\",kind=\"permanent\"} 1"));
  check("more of it", told("bulkhead_refusals_total{what=\"queue\",reason=\"other\",kind=\"temporary\"} 7"));
}

static void others(void)
{
  say("mail-qmtpd: session ended pid=1 ip=::1 messages=1: the client is done");
  check("connections", told("bulkhead_connections_total{server=\"qmtpd\"} 1"));
  say("mail-queued: queued id=1 uid=2 pid=3 origin=bounce bytes=1 rcpts=1");
  say("mail-queued: queued id=1 uid=2 pid=3 origin=boun bytes=1 rcpts=1");
  check("origins", told("bulkhead_messages_queued_total{origin=\"bounce\"} 1") &&
        told("bulkhead_messages_queued_total{origin=\"other\"} 1"));
  say("mail-authd: auth ok ip=::1 login=x mechanism=PLAIN");
  say("mail-authd: auth failed ip=::1 login=x mechanism=PLAIN: wrong");
  check("logins", told("bulkhead_logins_total{result=\"good\"} 1") && told("bulkhead_logins_total{result=\"failed\"} 1"));
  say("mail-send: warning: 12 log lines dropped");
  say("mail-send: warning: ");
  say("mail-send: alert: x");
  check("dropped lines", told("bulkhead_log_dropped_total 12"));
  check("trouble", told("bulkhead_log_trouble_total{severity=\"warning\"} 2") &&
        told("bulkhead_log_trouble_total{severity=\"alert\"} 1"));
  say("\xff\x01 what is this");
  check("strange lines", told("bulkhead_metrics_lines_total{form=\"other\"} 1"));
}

static void domains(void)
{
  char address[64], line[128];
  int i;

  say("mail-send: deferred id=1 from=a to=b@C.Example relay=local delay=4.500 reply=no");
  say("mail-send: deferred id=1 from=a to=b@\"x\\x22{ relay=local delay=4.500 reply=no");
  say("mail-send: deferred id=1 from=a to=nobody relay=local delay=4.500 reply=no");
  say("mail-send: deferred id=1 from=a to=b@\001 relay=local delay=4.500 reply=no");
  check("lower-case", told("bulkhead_deferrals_total{domain=\"c.example\"} 1"));
  check("escaped", told("bulkhead_deferrals_total{domain=\"\\\"x\\\\x22{\"} 1"));
  check("others", told("bulkhead_deferrals_total{domain=\"other\"} 2"));
  say("mail-send: deferred id=1 from=a to=b@Other relay=local delay=4.500 reply=no");
  check("one of their name is one of them", told("bulkhead_deferrals_total{domain=\"other\"} 3") &&
        !told("bulkhead_deferrals_total{domain=\"other\"} 1"));
  for (i = 0; i < 200; i++) {
    snprintf(address, sizeof address, "a@d%d", i);
    deferring_add(address, strlen(address), 1000 + i);
  }
  check("no more than a hundred", told("bulkhead_deferrals_total{domain=\"d97\"} 1") &&
        !told("bulkhead_deferrals_total{domain=\"d98\"} 1") && told("bulkhead_deferrals_total{domain=\"other\"} 105"));
  deferring_add("a@new", 5, 1000 + DEFERRING_IDLE);
  check("an idle one makes room", told("bulkhead_deferrals_total{domain=\"new\"} 1"));
  check("which is not counted again", told("bulkhead_deferrals_total{domain=\"other\"} 105"));
  snprintf(line, sizeof line, "bulkhead_deferrals_total{domain=\"d0\"} 1");
  check("from its place", !told(line));
}

int main(void)
{
  log_name("tally");
  sending();
  refusals();
  others();
  deferring_begin();
  domains();
  family_begin();
  check("counts begin anew", told("bulkhead_deliveries_total{result=\"delivered\",transport=\"host\"} 0"));
  check("gauges stay", told("bulkhead_queue_messages{state=\"due\"} 3"));
  return unit_end();
}
