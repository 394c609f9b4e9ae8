/* exchange.c - see exchange.h */

#include <sys/random.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/record.h"
#include "lib/smtp/base64.h"
#include "tls/exchange.h"
#include "tls/proof.h"

#define NONCE 18                /* random bytes; no comma is among the digits of base64 */
#define HEAR_SECONDS 600        /* for the host's next word: longer than mail-remote waits for it */
#define ANSWER_SECONDS 5

_Static_assert(BASE64_SIZE(NONCE) <= PROOF_NONCE_OURS, "the nonce fits");

/* Whatever is not the next word of an exchange ends it. */
static void answer(int sock, struct scram_answer const *a)
{
  char buf[SCRAM_RECORD_MAX];
  size_t len = scram_answer_pack(a, buf);

  if (!len || record_send(sock, buf, len, -1, io_clock() + ANSWER_SECONDS * 1000) == -1 || a->status != SCRAM_SAY)
    _exit(0);
}

static void hear(int sock, struct scram_request *q)
{
  char buf[SCRAM_RECORD_MAX];
  ssize_t len = record_recv(sock, buf, sizeof buf, 0, io_clock() + HEAR_SECONDS * 1000);

  if (len == -1 || !scram_request_unpack(q, buf, (size_t)len) || q->question != SCRAM_SAID) _exit(0);
}

void exchange_live(int sock, struct scram_request const *begin)
{
  static struct scram_request q;
  static struct scram_answer a;
  static struct proof p;
  char bytes[NONCE], nonce[BASE64_SIZE(NONCE)];

  if (begin->question != SCRAM_BEGIN || getrandom(bytes, sizeof bytes, 0) != sizeof bytes) _exit(0);
  base64_encode(nonce, bytes, sizeof bytes);
  proof_begin(&p, begin, nonce, &a);
  answer(sock, &a);
  hear(sock, &q);
  proof_make(&p, q.said, &a);
  answer(sock, &a);
  hear(sock, &q);
  proof_check(&p, q.said, &a);
  answer(sock, &a);
  _exit(0);
}
