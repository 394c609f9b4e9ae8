/* qmtp.c - see qmtp.h */

#include <stdio.h>
#include <string.h>

#include "lib/smtp/status.h"
#include "remote/qmtp.h"

#define MESSAGE_MAX 200000000   /* bytes of the first netstring: qmail's server and ours break off over a longer one */
#define WHAT "the message"

static char full[ADDRESS_FULL_MAX];

static int put_netstring(struct session *s, char const *bytes, size_t len)
{
  char head[NETLEN_MAX];

  return session_put(s, head, netlen_format(head, len)) && session_put(s, bytes, len) && session_put(s, ",", 1);
}

static int put_message(struct session *s, struct message const *m)
{
  char head[NETLEN_MAX];

  return session_put(s, head, netlen_format(head, (size_t)m->bytes + 1)) && session_put(s, "\n", 1)
         && message_send_stored(m, s) && session_put(s, ",", 1);
}

/* recipient i as it was when its path was made, without quotes */
static size_t recipient(struct mail const *m, uint32_t i)
{
  address_full(full, m->job->rcpt[i].address);
  return strlen(full);
}

static int put_recipients(struct session *s, struct mail const *m, struct outcome const *o)
{
  char head[NETLEN_MAX];
  size_t sum = 0, len;
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    if (!o->rcpt[i].asked) continue;
    len = recipient(m, i);
    sum += netlen_format(head, len) + len + 1;
  }
  if (!session_put(s, head, netlen_format(head, sum))) return 0;
  for (i = o->from; i < o->to; i++)
    if (o->rcpt[i].asked && !put_netstring(s, full, recipient(m, i))) return 0;
  return 1;
}

/* The last byte is sent only if nothing has come by then: an answer to something else would be taken for the first
   recipient's, and a host that is gone could not be told from one that has taken the message. */
static int end(struct session *s)
{
  if (session_alive(s)) return session_put(s, ",", 1) && session_flush(s);
  snprintf(s->why, sizeof s->why, "4.4.2 %s closed the connection, or answered, before it had the message", s->name);
  s->cut = 1;
  return 0;
}

static enum result meaning(char letter)
{
  return letter == 'K' ? RESULT_DONE : letter == 'D' ? RESULT_FAILED : RESULT_LATER;
}

static void tell(struct session const *s, struct netreply const *r, char text[TEXT_MAX + 1])
{
  char class = r->letter == 'K' ? '2' : r->letter == 'D' ? '5' : '4', status[12];
  size_t len = status_length(r->text, class);

  if (len) snprintf(status, sizeof status, "%.*s", (int)len, r->text);
  else snprintf(status, sizeof status, "%c.0.0", class);
  snprintf(text, TEXT_MAX + 1, "%s %.279s answered %s: %c%.180s", status, s->name, WHAT, r->letter, r->text);
}

/* Whose answer is whose is known only where none too many came; one that is late comes before the host's end. */
static void look_behind(struct session *s, struct outcome *o)
{
  if (session_over_in_step(s, WHAT)) return;
  outcome_recall(o);
  outcome_close_unknown(o, s->why);
}

static void answers(struct session *s, struct outcome *o)
{
  static struct netreply r;
  unsigned int replies = 0;
  char text[TEXT_MAX + 1];
  uint32_t i;

  for (i = o->from; i < o->to; i++) o->rcpt[i].accepted = o->rcpt[i].asked;
  for (i = o->from; i < o->to; i++) {
    if (!o->rcpt[i].asked) continue;
    if (!session_netreply(s, &r, WAIT_END, WHAT)) break;
    tell(s, &r, text);
    o->rcpt[i].accepted = 0;
    o->rcpt[i].unasked = 1;
    outcome_set(o, i, meaning(r.letter), text);
    replies++;
  }
  if (i < o->to) outcome_close_unknown(o, s->why);      /* whoever is left */
  else if (replies > 1) look_behind(s, o);
}

/* It did not take all of the request: one answer tells why, for all who are named in it. */
static void last_words(struct session *s, struct outcome *o)
{
  static struct netreply r;
  char text[TEXT_MAX + 1];

  if (s->cut && session_netreply(s, &r, WAIT_END, WHAT) && r.letter != 'K') {
    tell(s, &r, text);
    outcome_set_all(o, meaning(r.letter), text);
  }
  session_drop(s);
}

static int request(struct session *s, struct mail const *m, struct outcome const *o)
{
  int sent;

  s->quiet = 1;
  sent = put_message(s, m->message) && put_netstring(s, m->from, strlen(m->from)) && put_recipients(s, m, o) && end(s);
  s->quiet = 0;
  return sent;
}

int qmtp(struct session *s, struct mail const *m, struct outcome *o)
{
  unsigned int before = s->messages++;
  char text[TEXT_MAX + 1];

  if (m->message->bytes >= MESSAGE_MAX) {
    snprintf(text, sizeof text, "5.3.4 the message is too large for QMTP with %s", s->name);
    outcome_set_all(o, RESULT_FAILED, text);
    return 1;
  }
  if (request(s, m, o)) {
    answers(s, o);
    return 1;
  }
  if (before) session_drop(s);  /* what it says may be about the message before */
  else last_words(s, o);
  return !before;
}
