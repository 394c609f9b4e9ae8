/* budget.c - see budget.h */

#include "in/budget.h"

#define ERRORS_MAX 20
#define ERRORS_FREE 10
#define ERROR_PAUSE 500         /* milliseconds */
#define COMMAND_PAUSE 100
#define READ_PAUSE 10           /* for each WIRE_IN bytes at most: some megabytes a second are left */
#define BYTES_MAX (INT64_MAX / 4)

void budget_start(struct budget *b, struct rules const *rules, unsigned int commands_max)
{
  int64_t message = rules->databytes < BYTES_MAX ? (int64_t)rules->databytes : BYTES_MAX;

  *b = (struct budget){ .commands_max = commands_max, .bytes_max = BYTES_MAX };
  if (rules->sessionbytes) b->bytes_max = rules->sessionbytes > message ? rules->sessionbytes : message;
  b->message_max = message ? message : b->bytes_max;
}

int budget_error(struct budget *b)
{
  return ++b->errors > ERRORS_FREE ? ERROR_PAUSE : 0;
}

int budget_command(struct budget *b)
{
  return ++b->commands > b->commands_max - b->commands_max / 10 ? COMMAND_PAUSE : 0;
}

int budget_slow(struct budget const *b)
{
  return b->bytes > b->bytes_max - b->bytes_max / 4 ? READ_PAUSE : 0;
}

int budget_errors_spent(struct budget const *b)
{
  return b->errors >= ERRORS_MAX;
}

int budget_commands_spent(struct budget const *b)
{
  return b->commands > b->commands_max;
}

int budget_bytes_spent(struct budget const *b)
{
  return b->bytes > b->bytes_max;
}

size_t budget_some(struct budget const *b, int64_t taken, int refused, size_t len)
{
  int64_t left = 2 * b->message_max + 2 - taken;        /* doubled dots make it longer, but never twice as long */

  if (left < b->bytes_max - b->bytes) left = b->bytes_max - b->bytes;
  if (left > 0) return (int64_t)len > left ? (size_t)left : len;
  return left < 0 || !refused ? len : 0;
}
