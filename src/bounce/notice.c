/* notice.c - see notice.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "bounce/escape.h"
#include "bounce/notice.h"
#include "lib/msg/date.h"
#include "lib/msg/id.h"
#include "lib/smtp/status.h"

#define BOUNDARY_MAX 64
#define EIGHT_BIT "Content-Transfer-Encoding: 8bit\n"

static int put(stralloc *sa, char const *s)
{
  return stralloc_cats(sa, s);
}

void notice_status(char status[12], enum action action, char const *text)
{
  char class = action == ACTION_FAILED ? '5' : action == ACTION_DELAYED ? '4' : '2';
  size_t n = status_length(text, class);

  if (n) snprintf(status, 12, "%.*s", (int)n, text);
  else if (class == '5' && status_length(text, '4')) snprintf(status, 12, "4.4.7");
  else snprintf(status, 12, "%c.0.0", class);
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

/* The length of the name of the host in a text "STATUS NAME[ADDRESS]:PORT answered ...", and where it stands. */
static size_t host_in(char const *text, char const **name)
{
  size_t status = strcspn(text, " "), len, rest;

  *name = text + status + (text[status] == ' ');
  len = strcspn(*name, "[ ");
  rest = len + strcspn(*name + len, " ");
  return (*name)[len] == '[' && !strncmp(*name + rest, " answered ", 10) ? len : 0;
}

static int put_host(stralloc *sa, struct notice const *n)
{
  return escape_put(sa, n->host, strlen(n->host), 0);
}

static int put_date(stralloc *sa, int64_t seconds)
{
  char date[DATE_MAX];

  return stralloc_catb(sa, date, date_format(date, seconds));
}

/* What a notice says of recipients, in the order in which it does. */
static struct words {
  enum action action;
  char const *name;             /* in the field Action */
  char const *subject;
  char const *people;
} const words[] = {
  { ACTION_FAILED, "failed", "Your mail could not be delivered",
    "Your message could not be delivered to the recipients below. This is final:\nnobody will try again.\n" },
  { ACTION_DELAYED, "delayed", "Your mail is delayed",
    "Your message could not be delivered yet to the recipients below. You need not do\nanything: this host goes on "
    "trying.\n" },
  { ACTION_DELIVERED, "delivered", "Your mail was delivered",
    "Your message was delivered to the recipients below.\n" },
  { ACTION_RELAYED, "relayed", "Your mail was relayed",
    "Your message was passed on for the recipients below, to hosts that send no report\n"
    "when they have delivered it.\n" },
};
static char const words_twice[] =
  "A bounce could not be delivered to the sender of the message that bounced:\n";
#define WORDS (sizeof words / sizeof words[0])

static uint32_t count(struct notice const *n, enum action a)
{
  uint32_t i, k = 0;

  for (i = 0; i < n->job->n; i++) k += n->job->rcpt[i].action == a;
  return k;
}

/* Of failures before all; of what all have in common else. */
static char const *subject(struct notice const *n)
{
  size_t i;

  if (count(n, ACTION_FAILED)) return n->twice ? "A bounce could not be delivered" : words[0].subject;
  for (i = 0; i < WORDS; i++)
    if (count(n, words[i].action) == n->job->n) return words[i].subject;
  return "A report on your mail";
}

static int put_header(stralloc *sa, struct notice const *n, char const *boundary)
{
  return put(sa, "Date: ") && put_date(sa, time(0))
         && put(sa, "\nFrom: Mail Delivery System <") && escape_put(sa, n->from, strlen(n->from), 0) && put(sa, "@")
         && put_host(sa, n) && put(sa, ">\nTo: <") && escape_address(sa, n->to, n->global)
         && put(sa, ">\nSubject: ") && put(sa, subject(n)) && put(sa, "\nMessage-ID: <") && put(sa, n->id)
         && put(sa, "@") && put_host(sa, n)
         && put(sa, ">\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"       /* RFC 3834 section 5 */
                    "Content-Type: multipart/report; report-type=")
         && put(sa, n->global ? "global-delivery-status;\n boundary=\"" : "delivery-status;\n boundary=\"")
         && put(sa, boundary) && put(sa, "\"\n") && (!(n->original->eight_bit || n->global) || put(sa, EIGHT_BIT));
}

static int put_part(stralloc *sa, char const *boundary, char const *head)
{
  return put(sa, "\n--") && put(sa, boundary) && put(sa, "\nContent-Type: ") && put(sa, head) && put(sa, "\n");
}

static int put_recipients(stralloc *sa, struct notice const *n, enum action a)
{
  uint32_t i;

  for (i = 0; i < n->job->n; i++) {
    struct job_rcpt const *r = n->job->rcpt + i;
    if (r->action == a && (!put(sa, "\n<") || !escape_address(sa, r->address, n->global) || !put(sa, ">:\n")
                           || !escape_words(sa, r->text, 0, n->global) || !put(sa, "\n"))) return 0;
  }
  return 1;
}

static int put_rest(stralloc *sa, struct notice const *n)
{
  char s[160];

  if (!n->job->rest) return 1;
  snprintf(s, sizeof s, "\nThis is about %lu more recipients, too, for whom there is no room here.\n"
           "The log of this host names all of them.\n", (unsigned long)n->job->rest);
  return put(sa, s);
}

static int put_for_people(stralloc *sa, struct notice const *n)
{
  size_t i;

  if (!put(sa, "This is the mail system at ") || !put_host(sa, n) || !put(sa, ".\n")) return 0;
  for (i = 0; i < WORDS; i++) {
    if (!count(n, words[i].action)) continue;
    if (!put(sa, "\n") || !put(sa, n->twice ? words_twice : words[i].people)
        || !put_recipients(sa, n, words[i].action)) return 0;
  }
  if (!put_rest(sa, n)) return 0;
  return put(sa, n->original->full ? "\nThe message is attached.\n"
                 : n->original->cut ? "\nThe first lines of the message's header are attached.\n"
                 : "\nThe header of the message is attached.\n");
}

static char const *action_name(enum action a)
{
  size_t i = 0;

  while (i < WORDS - 1 && words[i].action != a) i++;
  return words[i].name;
}

/* RFC 3464 section 2.3, RFC 6533 section 3 */
static int put_recipient(stralloc *sa, struct notice const *n, struct job_rcpt const *r)
{
  int utf8 = n->global && escape_is_utf8(r->address);
  char const *reply = r->action == ACTION_FAILED || r->action == ACTION_DELAYED ? reply_in(r->text) : 0;
  char const *host, *orcpt = param_text(r->params, 'o');
  size_t len = host_in(r->text, &host);
  char status[12];

  notice_status(status, r->action, r->text);
  if (strchr(orcpt, ';') && (!put(sa, "\nOriginal-Recipient: ") || !escape_orcpt(sa, orcpt, n->global))) return 0;
  return put(sa, utf8 ? "\nFinal-Recipient: utf-8; " : "\nFinal-Recipient: rfc822; ")
         && escape_address(sa, r->address, utf8) && put(sa, "\nAction: ") && put(sa, action_name(r->action))
         && put(sa, "\nStatus: ") && put(sa, status)
         && (!reply || !len || (put(sa, "\nRemote-MTA: dns; ") && escape_put(sa, host, len, 0)))
         && (!reply || (put(sa, "\nDiagnostic-Code: smtp;") && escape_words(sa, reply, 22, n->global)))
         && put(sa, "\n");
}

static int put_for_programs(stralloc *sa, struct notice const *n)
{
  char const *envid = param_text(n->job->params, 'e');
  uint32_t i;

  if (*envid && (!put(sa, "Original-Envelope-Id: ") || !escape_xtext(sa, envid, n->global) || !put(sa, "\n")))
    return 0;
  if (!put(sa, "Reporting-MTA: dns; ") || !put_host(sa, n) || !put(sa, "\nArrival-Date: ")
      || !put_date(sa, id_time(n->job->id)) || !put(sa, "\n")) return 0;
  for (i = 0; i < n->job->n; i++)
    if (!put_recipient(sa, n, n->job->rcpt + i)) return 0;
  return 1;
}

/* RFC 6533 section 4: a header beyond ASCII has a type of its own, when its sender said that it is UTF-8. */
static char const *original_type(struct notice const *n)
{
  struct original const *o = n->original;
  int global = o->eight_bit_head && param_get(n->job->params, 'u');

  if (o->full && global) return "message/global\n" EIGHT_BIT;
  if (o->full) return o->eight_bit ? "message/rfc822\n" EIGHT_BIT : "message/rfc822\n";
  if (global) return "message/global-headers\n" EIGHT_BIT;
  return o->eight_bit ? "text/rfc822-headers; charset=utf-8\n" EIGHT_BIT : "text/rfc822-headers\n";
}

static int occurs(struct notice const *n, char const *boundary)
{
  uint32_t i;

  if (memmem(n->original->text.s, n->original->text.len, boundary, strlen(boundary))) return 1;
  for (i = 0; i < n->job->n; i++)
    if (strstr(n->job->rcpt[i].text, boundary) || strstr(param_text(n->job->rcpt[i].params, 'o'), boundary)
        || strstr(n->job->rcpt[i].address, boundary)) return 1;
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
  if (put_header(sa, n, boundary)
      && put_part(sa, boundary, n->global ? "text/plain; charset=utf-8\n" EIGHT_BIT : "text/plain; charset=us-ascii\n")
      && put_for_people(sa, n)
      && put_part(sa, boundary, n->global ? "message/global-delivery-status\n" EIGHT_BIT : "message/delivery-status\n")
      && put_for_programs(sa, n) && put_part(sa, boundary, original_type(n))
      && stralloc_catb(sa, n->original->text.s, n->original->text.len)
      && put(sa, "\n--") && put(sa, boundary) && put(sa, "--\n"))
    return 0;
  errno = ENOMEM;
  return -1;
}
