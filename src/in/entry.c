/* entry.c - see entry.h */

#include <string.h>

#include "in/entry.h"
#include "lib/io/netlen.h"

void entry_start(struct entry *e, char const *protocol, struct visit const *visit)
{
  client_start(&e->c, visit);
  e->c.gate.protocol = protocol;
  entry_begin(e);
}

void entry_begin(struct entry *e)
{
  frame_start(&e->in, &e->c.wire);
  client_reset(&e->c);
}

/* Without the queue service the message is read as well, and thrown away. */
void entry_message(struct entry *e, struct message *m, enum body_kind kind, char const *refusal)
{
  char const *away = message_connect(&e->c);

  in_message_begin(m, &e->c, kind, e->c.gate.protocol);
  if (refusal || away) message_refuse(m, refusal ? refusal : away);
}

int entry_body(struct entry *e, struct message *m, size_t len)
{
  while (len) {
    char *s;
    size_t n = frame_some(&e->in, &s, len, message_patience(m, e->c.wire.idle));
    if (!n) return 0;
    message_feed(m, s, n);
    len -= n;
  }
  e->in.until = message_patience(m, e->c.wire.idle);
  return frame_end(&e->in);
}

void entry_reply(struct entry *e, char const *reply)
{
  char head[NETLEN_MAX], letter = *reply == '2' ? 'K' : *reply == '5' ? 'D' : 'Z';
  char const *text = reply + strcspn(reply, " ");
  size_t len = strlen(text);

  wire_put(&e->c.wire, head, netlen_format(head, len ? len : 1));
  wire_put(&e->c.wire, &letter, 1);
  if (len) wire_put(&e->c.wire, text + 1, len - 1);
  wire_put(&e->c.wire, ",", 1);
}

void entry_end(struct entry *e, char const *why)
{
  if (e->in.bad) why = "this is no request of the protocol";
  if (e->in.bad || e->in.begun || e->c.told || e->c.wire.state != WIRE_ENDED) client_log_ended(&e->c, why);
  client_close(&e->c);
}
