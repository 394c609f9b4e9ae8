/* ending.c - what reports say about a destination */

#include <string.h>

#include "unit.h"
#include "send/ending.h"

static struct report report;
static struct ending e;

static void start(unsigned int flags, char const *relay)
{
  memset(&report, 0, sizeof report);
  report.number = 7;
  report.flags = flags;
  snprintf(report.relay, sizeof report.relay, "%s", relay);
}

static void add(enum result r, char const *text)
{
  report.rcpt[report.n] = (struct report_rcpt){ .position = report.n, .result = r, .text = text,
                                                .text_len = strlen(text) };
  report.n++;
}

/* Is one recipient that was put off with this text a sign? */
static int slow(char const *text)
{
  start(0, "mx.test[192.0.2.1]:25");
  add(RESULT_LATER, text);
  ending_read(&e, &report, 1);
  return e.slow;
}

int main(void)
{
  check("421", slow("4.3.2 mx.test[192.0.2.1]:25 answered MAIL: 421 4.3.2 too much") && !e.good && e.spoke);
  check("421 and nothing more", slow("4.0.0 mx.test[192.0.2.1]:25 answered the connection: 421 "));
  check("4.7", slow("4.7.1 mx.test[192.0.2.1]:25 answered RCPT: 450 4.7.1 come back later") && slow("4.7.28 x"));
  check("time-outs", slow("4.4.2 mx.test[192.0.2.1]:25 gave no reply in time to DATA") && slow("4.4.1 x")
        && slow("4.4.7 x") && slow("4.4.5 x"));
  check("not names and routes", !slow("4.4.3 no name server answers") && !slow("4.4.4 x") && !slow("4.4.6 x"));
  check("nor a full mailbox", !slow("4.2.2 mx.test[192.0.2.1]:25 answered RCPT: 452 4.2.2 full") && !e.good);
  check("nor numbers inside", !slow("4.2.0 mx.test[192.0.2.1]:25 answered RCPT: 450 4.2.0 box 421") && !slow("4.4")
        && !slow("") && !slow("14.7.1"));

  start(REPORT_CONNECTED, "mx.test[192.0.2.1]:25");
  add(RESULT_DONE, "2.0.0 taken");
  add(RESULT_LATER, "4.7.1 only so many recipients");
  ending_read(&e, &report, 1);
  check("one that was taken counts more", e.good && !e.slow && e.spoke && e.connected && !e.down && e.number == 7);
  check("the reply that tells more", e.reply_len == strlen("4.7.1 only so many recipients") && e.reply[0] == '4');
  ending_read(&e, &report, 0);
  check("local ones say nothing", !e.good && !e.slow && !e.spoke && !e.connected);

  start(REPORT_HOST_DOWN | REPORT_CONNECTED, "");
  add(RESULT_LATER, "4.4.1 cannot be connected to");
  ending_read(&e, &report, 1);
  check("down", e.down && e.slow && !e.spoke && !e.good);

  start(0, "");
  add(RESULT_FAILED, "5.1.2 no such domain");
  ending_read(&e, &report, 1);
  check("no host, nothing good", !e.good && !e.slow && !e.spoke && e.reply[0] == '5');
  start(0, "mx.test[192.0.2.1]:25");
  add(RESULT_FAILED, "5.1.1 nobody");
  ending_read(&e, &report, 1);
  check("a refusal is an answer", e.good && !e.slow);
  start(0, "");
  ending_read(&e, &report, 1);
  check("a report without results", !e.good && !e.slow && !e.reply_len);
  return unit_end();
}
