/*
 * data.c - DATA and BDAT: the message goes to the queue service as it comes; nobody says 250 to all of it before that
 * has said "queued"
 *
 * Whatever is wrong with a message or a chunk, it is read to its true end and answered there: then the client and we
 * agree on where commands start again. A BDAT whose size cannot be read has no such end, so it ends the session.
 *
 * Chunks are one message (RFC 3030): the rule for line ends counts over all of them put together. Once one of them is
 * refused the whole message is, and each chunk after it, until the transaction is over:
 *
 *      CHUNKS_NONE    no chunk has come
 *      CHUNKS_BEGUN   message is under way, or has been dropped when it has a refusal
 *      CHUNKS_LOST    the first chunk was refused before the queue service heard of it; message has only the refusal
 */

#include <string.h>
#include <strings.h>

#include "in/extensions.h"
#include "in/message.h"
#include "in/session.h"
#include "lib/io/io.h"

#define CHUNK_MAX (UINT64_MAX / 4)
#define CHUNK_SMALL 1024        /* bytes: a larger chunk costs none of the commands there may be */

static char const go_ahead[] = "354 send the message; end it with a dot on a line of its own";
static char const no_arguments[] = "501 5.5.4 DATA takes no argument";
static char const chunks_begun[] = "503 5.5.1 the message comes in chunks: BDAT or RSET";
static char const chunk_ok[] = "250 2.0.0 ok, the next chunk";
static char const chunk_size[] = "501 5.5.4 BDAT SIZE or BDAT SIZE LAST";
static char const no_chunks[] = "502 5.5.1 CHUNKING is not offered here: send the message with DATA";
static char const no_sender[] = "503 5.5.1 MAIL and RCPT come first";
static char const no_recipients[] = "554 5.5.1 no valid recipients";

/* bytes that can be used: 1, or 0 when the client is gone */
static int more(struct session *s, struct message const *m)
{
  struct wire *w = &s->c.wire;

  if (w->pos < w->len) return 1;
  session_pause(s, budget_slow(&s->c.budget));
  return wire_fill(w, message_patience(m, w->idle));
}

/* How many of those that are there to look at now, len at most. 0: the client is gone, or has sent too much. */
static size_t some(struct session *s, struct message const *m, uint64_t len)
{
  size_t n;

  if (!more(s, m)) return 0;
  n = s->c.wire.len - s->c.wire.pos;
  n = budget_some(&s->c.budget, m->taken, m->refusal != 0, n > len ? (size_t)len : n);
  if (!n) session_end_bytes(s);
  return n;
}

static void used(struct session *s, size_t len)
{
  s->c.wire.pos += len;
  s->c.budget.bytes += (int64_t)len;
}

/* to the end of the message, or until there is no more */
static void receive(struct session *s, struct message *m)
{
  size_t n;

  while (m->body.state != BODY_END && (n = some(s, m, SIZE_MAX)))
    used(s, message_feed(m, s->c.wire.buf + s->c.wire.pos, n));
}

static void end_message(struct session *s, struct message *m)
{
  char taken[CLIENT_TAKEN_MAX];
  char const *refusal = message_end(m);

  client_log_message(&s->c, m->body.bytes, refusal);
  if (!refusal) s->c.budget.commands = 0;
  session_reply(s, refusal ? refusal : client_taken(&s->c, taken));
  s->chunks = CHUNKS_NONE;
  session_reset(s);
}

/* null when the queue service is there and knows that a message comes; or a refusal */
static char const *begin(struct session *s, struct message *m, enum body_kind kind)
{
  char const *refusal = auth_counted(s);

  if (!refusal) refusal = message_connect(&s->c);
  if (!refusal) {
    in_message_begin(m, &s->c, kind, session_protocol(s));
    return 0;
  }
  client_log_away(&s->c, refusal);
  return refusal;
}

void data_command(struct session *s, char const *arg)
{
  struct message *m = &s->message;
  char const *refusal;

  if (*arg) { session_error(s, no_arguments); return; }
  if (!s->open) { session_error(s, no_sender); return; }
  if (s->chunks) { session_error(s, chunks_begun); return; }
  if (!s->c.rcpts) { session_reply(s, no_recipients); return; }   /* RFC 2920 3.1: all were refused */
  refusal = begin(s, m, BODY_DOTS);
  if (refusal) {
    session_reply(s, refusal);
    session_reset(s);
    return;
  }
  session_reply(s, go_ahead);
  receive(s, m);
  if (m->body.state == BODY_END) end_message(s, m);
  else s->done = 1;     /* the queue's connection closes in the middle of a message: it is dropped */
}

/* --- BDAT */

/* "SIZE" or "SIZE LAST": 1, or 0 when it is neither */
static int parse_chunk(char const *s, uint64_t *size, int *last)
{
  uint64_t n = 0;

  if (*s < '0' || *s > '9') return 0;
  for (; *s >= '0' && *s <= '9'; s++) {
    if (n > CHUNK_MAX / 10 - 1) return 0;
    n = n * 10 + (unsigned int)(*s - '0');
  }
  *size = n;
  *last = *s == ' ' && !strcasecmp(s + strspn(s, " "), "LAST");
  return *last || !*s;
}

/* Reads a chunk to its end, into m or, when that has no queue, into nothing. 0: the session is over. */
static int read_chunk(struct session *s, struct message *m, uint64_t left)
{
  size_t n;

  for (; left; left -= n) {
    n = some(s, m, left);
    if (!n) return 0;
    if (m->client) message_feed(m, s->c.wire.buf + s->c.wire.pos, n);
    else m->taken += (long long)n;
    used(s, n);
  }
  return 1;
}

static void first_chunk(struct session *s)
{
  char const *refusal = s->c.rcpts ? begin(s, &s->message, BODY_CRLF) : no_recipients;

  s->chunks = refusal ? CHUNKS_LOST : CHUNKS_BEGUN;
  if (refusal) s->message.refusal = refusal;
}

void bdat_command(struct session *s, char const *arg)
{
  struct message nowhere = { .refusal = no_sender, .start = io_clock() };
  int hidden = extension_hidden(EXT_CHUNKING);    /* then it is read all the same, lest it pass for commands */
  int last, there;
  uint64_t size;

  if (!parse_chunk(arg, &size, &last)) {
    session_end(s, chunk_size, "BDAT without a size");
    return;
  }
  if (session_spent(s)) return;
  if (size >= CHUNK_SMALL) s->c.budget.commands--;
  if (s->open && !s->chunks && !hidden) first_chunk(s);
  there = read_chunk(s, s->chunks == CHUNKS_BEGUN ? &s->message : &nowhere, size);
  if (!there) s->done = 1;
  else if (hidden) session_error(s, no_chunks);
  else if (!s->open) session_error(s, no_sender);
  else if (last && s->chunks == CHUNKS_BEGUN) end_message(s, &s->message);
  else {
    session_reply(s, s->message.refusal ? s->message.refusal : chunk_ok);
    if (last) session_reset(s);
  }
}
