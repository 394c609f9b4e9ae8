/* notice.c - see notice.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "bounce/notice.h"
#include "lib/addr/fold.h"
#include "lib/addr/quote.h"
#include "lib/msg/date.h"
#include "lib/msg/id.h"

#define WORD_MAX 200            /* raw bytes of a word before it is cut in two: 800 escaped; RFC 5322 2.1.1 has 998 */
#define SHOWN_MAX 900           /* bytes of an escaped address */
#define BOUNDARY_MAX 64

static int put(stralloc *sa, char const *s)
{
  return stralloc_cats(sa, s);
}

/* printable ASCII as it is, all else as \xHH */
static int put_escaped(stralloc *sa, char const *s, size_t len)
{
  char e[5];
  size_t i;

  for (i = 0; i < len; i++) {
    unsigned char c = (unsigned char)s[i];
    snprintf(e, sizeof e, c < 32 || c > 126 ? "\\x%02x" : "%c", c);
    if (!put(sa, e)) return 0;
  }
  return 1;
}

/* an address as headers write it, in one line */
static int put_address(stralloc *sa, char const *address)
{
  stralloc quoted = STRALLOC_ZERO;
  size_t start = sa->len;
  int r = quote_address(&quoted, address, strlen(address)) && put_escaped(sa, quoted.s, quoted.len);

  stralloc_free(&quoted);
  if (!r || sa->len - start <= SHOWN_MAX) return r;
  sa->len = start + SHOWN_MAX;
  return put(sa, "...");
}

/* Words one after the other after what is in the last line already, folded: one blank at each end of a line. */
static int put_words(stralloc *sa, char const *s, size_t column)
{
  struct fold f = { .out = sa, .column = column, .start = sa->len, .nomem = 0 };
  stralloc word = STRALLOC_ZERO;

  for (s += strspn(s, " \t\r\n"); *s && !f.nomem; s += strspn(s, " \t\r\n")) {
    size_t n = strcspn(s, " \t\r\n");
    if (n > WORD_MAX) n = WORD_MAX;
    word.len = 0;
    if (put_escaped(&word, s, n)) fold_put(&f, word.s, word.len, 1);
    else f.nomem = 1;
    s += n;
  }
  stralloc_free(&word);
  return !f.nomem;
}

/* the length of a status code (RFC 3463 section 2) of class 4 or 5 at s, or 0 */
static size_t status_len(char const *s)
{
  static char const digits[] = "0123456789";
  size_t subject, detail;

  if ((s[0] != '4' && s[0] != '5') || s[1] != '.') return 0;
  subject = strspn(s + 2, digits);
  if (!subject || subject > 3 || s[2 + subject] != '.') return 0;
  detail = strspn(s + 3 + subject, digits);
  if (!detail || detail > 3 || !strchr(" \t\n", s[3 + subject + detail])) return 0;
  return 3 + subject + detail;
}

void notice_status(char status[12], char const *text)
{
  size_t n = status_len(text);

  if (n && *text == '5') snprintf(status, 12, "%.*s", (int)n, text);
  else snprintf(status, 12, "%s", n ? "4.4.7" : "5.0.0");
}

/* Where in a text another host's reply starts ("... answered RCPT: 550 no"), or null. */
static char const *reply_in(char const *text)
{
  static char const digits[] = "0123456789";
  char const *s = text;

  for (;;) {
    if (strchr("245", *s) && *s && strspn(s, digits) == 3 && (s[3] == ' ' || s[3] == '-' || !s[3])) return s;
    s = strstr(s, ": ");
    if (!s) return 0;
    s += 2;
  }
}

static int put_date(stralloc *sa, int64_t seconds)
{
  char date[DATE_MAX];

  return stralloc_catb(sa, date, date_format(date, seconds));
}

static int put_header(stralloc *sa, struct notice const *n, char const *boundary)
{
  return put(sa, "Date: ") && put_date(sa, time(0))
         && put(sa, "\nFrom: Mail Delivery System <") && put_escaped(sa, n->from, strlen(n->from)) && put(sa, "@")
         && put_escaped(sa, n->host, strlen(n->host)) && put(sa, ">\nTo: <") && put_address(sa, n->to)
         && put(sa, ">\nSubject: ") && put(sa, n->twice ? "A bounce" : "Your mail")
         && put(sa, " could not be delivered\n")
         && put(sa, "Message-ID: <") && put(sa, n->id) && put(sa, "@") && put_escaped(sa, n->host, strlen(n->host))
         && put(sa, ">\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"       /* RFC 3834 section 5 */
                    "Content-Type: multipart/report; report-type=delivery-status;\n boundary=\"")
         && put(sa, boundary) && put(sa, n->original->eight_bit ? "\"\nContent-Transfer-Encoding: 8bit\n" : "\"\n");
}

static int put_part(stralloc *sa, char const *boundary, char const *head)
{
  return put(sa, "\n--") && put(sa, boundary) && put(sa, "\n") && put(sa, head) && put(sa, "\n");
}

static int put_for_people(stralloc *sa, struct notice const *n)
{
  uint32_t i;

  if (!put(sa, "This is the mail system at ") || !put_escaped(sa, n->host, strlen(n->host))
      || !put(sa, n->twice ? ".\n\nA bounce could not be delivered to the sender of the message that bounced:\n"
                           : ".\n\nYour message could not be delivered to the recipients below. This is final:\n"
                             "nobody will try again.\n"))
    return 0;
  for (i = 0; i < n->job->n; i++)
    if (!put(sa, "\n<") || !put_address(sa, n->job->rcpt[i].address) || !put(sa, ">:\n")
        || !put_words(sa, n->job->rcpt[i].text, 0) || !put(sa, "\n"))
      return 0;
  return put(sa, n->original->cut ? "\nThe first lines of the message's header are attached.\n"
                                  : "\nThe header of the message is attached.\n");
}

static int put_for_programs(stralloc *sa, struct notice const *n)
{
  uint32_t i;

  if (!put(sa, "Reporting-MTA: dns; ") || !put_escaped(sa, n->host, strlen(n->host)) || !put(sa, "\nArrival-Date: ")
      || !put_date(sa, id_time(n->job->id)) || !put(sa, "\n"))
    return 0;
  for (i = 0; i < n->job->n; i++) {
    char const *text = n->job->rcpt[i].text, *reply = reply_in(text);
    char status[12];
    notice_status(status, text);
    if (!put(sa, "\nFinal-Recipient: rfc822; ") || !put_address(sa, n->job->rcpt[i].address)
        || !put(sa, "\nAction: failed\nStatus: ") || !put(sa, status))
      return 0;
    if (reply && (!put(sa, "\nDiagnostic-Code: smtp;") || !put_words(sa, reply, 22))) return 0;
    if (!put(sa, "\n")) return 0;
  }
  return 1;
}

static int occurs(struct notice const *n, char const *boundary)
{
  uint32_t i;

  if (memmem(n->original->text, n->original->len, boundary, strlen(boundary))) return 1;
  for (i = 0; i < n->job->n; i++)
    if (strstr(n->job->rcpt[i].text, boundary) || strstr(n->job->rcpt[i].address, boundary)) return 1;
  return 0;
}

static int make_boundary(char boundary[BOUNDARY_MAX], struct notice const *n)
{
  uint64_t r;

  do {
    if (getrandom(&r, sizeof r, 0) != sizeof r) return -1;
    snprintf(boundary, BOUNDARY_MAX, "%s.%016llx", n->id, (unsigned long long)r);
  } while (occurs(n, boundary));
  return 0;
}

int notice_make(stralloc *sa, struct notice const *n)
{
  char boundary[BOUNDARY_MAX];

  if (make_boundary(boundary, n) == -1) return -1;
  sa->len = 0;
  if (put_header(sa, n, boundary) && put_part(sa, boundary, "Content-Type: text/plain; charset=us-ascii\n")
      && put_for_people(sa, n) && put_part(sa, boundary, "Content-Type: message/delivery-status\n")
      && put_for_programs(sa, n)
      && put_part(sa, boundary, n->original->eight_bit
                  ? "Content-Type: text/rfc822-headers; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
                  : "Content-Type: text/rfc822-headers\n")
      && stralloc_catb(sa, n->original->text, n->original->len)
      && put(sa, "\n--") && put(sa, boundary) && put(sa, "--\n"))
    return 0;
  errno = ENOMEM;
  return -1;
}
