/* qmqp.c - see qmqp.h */

#include <string.h>

#include "in/qmqp.h"

#define REQUEST_MAX (ENTRY_MESSAGE_MAX + 2 * ENVELOPE_BYTES_MAX)

static char const stranger[] = "450 4.7.1 this host does not know you as one of its own clients";
static char const bad_address[] = "501 5.1.0 an address is too long or has a NUL";
static char const too_long[] = "554 5.5.3 the envelope is too long";

void qmqp_start(struct entry *e, struct visit const *visit)
{
  entry_start(e, "QMQP", visit);
}

static int message(struct entry *e, struct message *m)
{
  size_t len;

  if (!frame_length(&e->in, ENTRY_MESSAGE_MAX, &len)) return 0;
  entry_message(e, m, BODY_LF, 0);
  return entry_body(e, m, len);
}

/* any bytes are an address, as they are for mail-queue(8): this client is trusted */
static int address(struct entry *e, struct message *m, char letter)
{
  char text[ADDRESS_MAX + 1];
  char const *refusal;
  size_t len;

  if (!frame_length(&e->in, ENTRY_SWALLOW_MAX, &len) || !frame_text(&e->in, text, len, ADDRESS_MAX)) return 0;
  if (len > ADDRESS_MAX || memchr(text, 0, len)) {
    message_refuse(m, bad_address);
    return 1;
  }
  text[len] = 0;
  if (letter == 'F') memcpy(e->c.sender, text, len + 1);
  else e->c.rcpts++;
  if (e->c.records.len + len + 2 > ENVELOPE_BYTES_MAX) message_refuse(m, too_long);
  else {
    refusal = client_record(&e->c, letter, text, "", 0);
    if (refusal) message_refuse(m, refusal);
  }
  return 1;
}

static int request(struct entry *e, struct message *m)
{
  size_t len;

  if (!frame_length(&e->in, REQUEST_MAX, &len)) return 0;
  frame_enter(&e->in, len);
  if (!message(e, m) || !address(e, m, 'F')) return 0;
  while (e->in.left)
    if (!address(e, m, 'T')) return 0;
  return frame_leave(&e->in);
}

static void answer(struct entry *e, struct message *m)
{
  char taken[CLIENT_TAKEN_MAX];
  char const *refusal = message_end(m);

  client_log_message(&e->c, m->body.bytes, refusal);
  entry_reply(e, refusal ? refusal : client_taken(&e->c, taken));
}

void qmqp_run(struct entry *e)
{
  struct message m;
  char const *why = 0;

  if (!e->c.rules->relayclient) {
    why = "RELAYCLIENT is not set for this client";
    entry_reply(e, stranger);
  }
  else if (request(e, &m)) answer(e, &m);
  entry_end(e, why);
}
