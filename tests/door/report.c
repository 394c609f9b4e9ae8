/* report.c - reports: round trip, bounds, truncations, flipped bytes */

#include "door/report.h"
#include "records.h"

static struct report r, s;
static char buf[PACKET_MAX];

static int read_report(char const *p, size_t len)
{
  return report_unpack(&s, p, len);
}

int main(void)
{
  static char text[TEXT_MAX + 100];
  size_t len;

  r = (struct report){ .number = 9, .flags = REPORT_HOST_DOWN, .key = 0x1122334455667788, .tls = "TLSv1.3/X", .relay = "mx.example[192.0.2.1]:25", .n = 2 };
  r.rcpt[0] = (struct report_rcpt){ 1, RESULT_DONE, 1, "250 2.0.0 ok", 12, 0, 0, 0, 0, 0 };
  r.rcpt[1] = (struct report_rcpt){ 0, RESULT_FAILED, 0, "550\x01\xff", 5, 0, 0, 0, 0, 0 };
  len = report_pack(&r, buf);
  check("fits", len);
  check("comes back", report_unpack(&s, buf, len) && s.number == 9 && s.flags == REPORT_HOST_DOWN
        && s.key == 0x1122334455667788 && s.n == 2
        && !strcmp(s.relay, r.relay) && !strcmp(s.tls, r.tls) && s.rcpt[0].position == 1 && s.rcpt[0].unasked && s.rcpt[1].result == RESULT_FAILED
        && s.rcpt[1].text_len == 5 && !memcmp(s.rcpt[1].text, "550\x01\xff", 5));
  records_hold("truncations are refused", buf, len, read_report);
  r.tls[0] = 0;
  len = report_pack(&r, buf);
  check("without TLS it has no such field", report_unpack(&s, buf, len) && !*s.tls && buf[0] == 3);
  buf[0] = 4;
  check("nor an empty one", !report_unpack(&s, buf, len));

  r.rcpt[1] = (struct report_rcpt){ .position = 0, .result = RESULT_FAILED, .text = "550 at mx: no; others", .text_len = 21,
                                    .from = 4, .to = 9, .cut = 8, .words = "there", .words_len = 5 };
  len = report_pack(&r, buf);
  check("what the sender is told comes back", report_unpack(&s, buf, len) && report_told(s.rcpt + 1, text) == 13
        && !memcmp(text, "550 there: no", 13) && report_told(s.rcpt, text) == 12);
  r.rcpt[1].to = 14;
  check("a place outside of the text is refused", !report_unpack(&s, buf, report_pack(&r, buf)));
  r.rcpt[1].to = 3;
  check("one that ends before it begins is refused", !report_unpack(&s, buf, report_pack(&r, buf)));
  r.rcpt[1] = (struct report_rcpt){ .position = 0, .result = RESULT_FAILED };

  r.rcpt[1].text = "a\0b";
  r.rcpt[1].text_len = 3;
  len = report_pack(&r, buf);
  check("a NUL in a text is refused", len && !report_unpack(&s, buf, len));
  r.rcpt[1].result = 'X';
  check("an unknown result is refused", !report_pack(&r, buf));

  memset(text, 't', sizeof text - 1);
  report_all(&r, 1, JOB_RCPTS_MAX + 5, RESULT_LATER, text);
  check("the longest report fits", r.n == JOB_RCPTS_MAX && r.rcpt[3].text_len == TEXT_MAX && report_pack(&r, buf));
  r.n = JOB_RCPTS_MAX + 1;
  check("too many results", !report_pack(&r, buf));
  return unit_end();
}
