/* clean.c - see clean.h */

#include <errno.h>
#include <string.h>

#include "door/clean.h"
#include "door/fds.h"
#include "send/clean.h"
#include "send/failure.h"
#include "send/message.h"
#include "send/result.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"

static struct lot waiting;
static known unsent;            /* taken from waiting, but the socket was full */
static uint32_t asked;

void clean_ask(known k)
{
  lot_put(&waiting, k, PLACE_CLEAN);
}

uint32_t clean_open(void)
{
  return waiting.n + asked + !!unsent;
}

int clean_send(void)
{
  char buf[CLEAN_RECORD_MAX];
  struct clean c = { .word = CLEAN_PLEASE };

  for (;;) {
    if (!unsent) unsent = lot_take(&waiting);
    if (!unsent) return 0;
    known_put(unsent, PLACE_CLEAN);
    known_id(unsent, c.id);
    if (packet_send(SEND_CLEAN, buf, clean_pack(&c, buf), -1) == -1)
      return errno == EAGAIN || errno == ENOBUFS ? 1 : -1;
    asked++;
    unsent = 0;
  }
}

static void gone(known k, char const *id)
{
  if (known_flags(k) & KNOWN_TRACES) {
    state_remove(id);
    failures_remove(id);
  }
  result_log_end(id);
  schedule_forget(k);
}

int clean_answer(void)
{
  char buf[CLEAN_RECORD_MAX];
  struct clean c;
  ssize_t len = packet_recv(SEND_CLEAN, buf, sizeof buf, 0);
  known k;

  if (len == -1 && (errno == EAGAIN || errno == ENOBUFS)) return 0;
  if (len == 0 || (len == -1 && errno != EPROTO)) return -1;
  k = len > 0 && clean_unpack(&c, buf, (size_t)len) && c.word != CLEAN_PLEASE ? schedule_find(c.id) : 0;
  if (!k || known_place(k) != PLACE_CLEAN || !asked) {
    log_line("warning: strange answer from mail-clean", (char const *)0);
    return 1;
  }
  asked--;
  if (c.word == CLEAN_GONE) gone(k, c.id);
  else {
    log_line("warning: mail-clean could not remove ", c.id, (char const *)0);
    message_keep(k);
  }
  return 1;
}
