/* budget.c - see budget.h; session_error is here, too */

#include <stdint.h>

#include "in/budget.h"

#define ERRORS_MAX 20
#define ERRORS_FREE 10
#define ERROR_PAUSE 500         /* milliseconds */
#define COMMAND_PAUSE 100
#define READ_PAUSE 10           /* for each WIRE_IN bytes at most: some megabytes a second are left */
#define BYTES_MAX (INT64_MAX / 4)

static char const too_many_errors[] = "421 4.7.0 too many errors";
static char const too_many_commands[] = "421 4.7.0 too many commands";
static char const too_many_bytes[] = "421 4.7.0 too many bytes for one session: come again with the rest";

/* a program of this host is not slowed down */
static void slow_down(struct session *s, int milliseconds)
{
  if (!s->gate.own) wire_pause(&s->wire, milliseconds);
}

void session_error(struct session *s, char const *text)
{
  if (s->errors >= ERRORS_FREE) slow_down(s, ERROR_PAUSE);
  session_reply(s, text);
  if (++s->errors >= ERRORS_MAX) session_end(s, too_many_errors, "too many errors");
}

int budget_command(struct session *s)
{
  unsigned int max = gate_tries(&s->gate);

  s->commands++;
  if (s->commands <= max - max / 10) return 1;
  slow_down(s, COMMAND_PAUSE);
  if (s->commands <= max) return 1;
  session_end(s, too_many_commands, "too many commands");
  return 0;
}

/* --- bytes */

static int64_t bytes_max(struct session const *s)
{
  uint64_t max = rules_bytes(s->rules);

  return max > BYTES_MAX ? BYTES_MAX : (int64_t)max;
}

int budget_spent(struct session *s)
{
  if (!s->rules->sessionbytes || s->bytes <= bytes_max(s)) return 0;
  if (s->open && !(s->chunks && s->message.refusal)) return 0;
  session_end(s, too_many_bytes, "too many bytes");
  return 1;
}

void budget_slow(struct session *s)
{
  int64_t max = bytes_max(s);

  if (s->rules->sessionbytes && s->bytes > max - max / 4) slow_down(s, READ_PAUSE);
}

size_t budget_some(struct session *s, struct message const *m, size_t len)
{
  int64_t max = bytes_max(s), message = max, left;

  if (!s->rules->sessionbytes) return len;
  if (s->rules->databytes && s->rules->databytes < (uint64_t)max) message = (int64_t)s->rules->databytes;
  left = 2 * message + 2 - m->taken;    /* doubled dots can make it longer, but never twice as long */
  if (left < max - s->bytes) left = max - s->bytes;
  if (left > 0) return (int64_t)len > left ? (size_t)left : len;
  if (left < 0 || !m->refusal) return len;
  session_end(s, too_many_bytes, "too many bytes");
  return 0;
}
