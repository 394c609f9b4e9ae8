/*
 * mail-queue.c - put one message into the queue: qmail-queue's contract
 *
 * Runs as    whoever calls, without any right of its own
 * Reads      fd 0: the message, LF line ends; then fd 1: the envelope, F sender NUL, T recipient NUL ..., NUL
 * Writes     to mail-queued by the socket run/queue (door/submit.h); nothing to fd 1 and fd 2
 * Trusts     its caller, and mail-queued for the answer
 * If broken  its caller can do what it could do anyway: send mail under its own uid
 * Exits      qmail-queue's codes, in door/submit.h and mail-queue(8); 0 only when the message is safe
 */

#include "door/submit.h"
#include "lib/io/large.h"
#include "lib/priv/priv.h"
#include "user/contract.h"

#define WAIT_SECONDS 60         /* for mail-queued to be there: a restart takes one or two */

static LARGE struct submit queue;

/* The first piece is read before mail-queued is called, so that a slow caller costs no process there. */
static void send_message(void)
{
  static LARGE char buf[SUBMIT_CHUNK_MAX];
  size_t n = contract_message(buf, sizeof buf);

  if (submit_open(&queue, WAIT_SECONDS)) contract_end(queue.code);
  submit_begin(&queue, "");
  for (; n; n = contract_message(buf, sizeof buf)) submit_data(&queue, buf, n);
}

int main(void)
{
  struct contract_envelope e;

  contract_start();
  if (priv_lock(PRIV_UNIX, 0, 0) == -1) contract_end(SUBMIT_CONFIG);
  send_message();
  contract_envelope(&e);
  return submit_end(&queue, e.s, e.len);
}
