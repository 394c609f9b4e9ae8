/* proof.c - what a host says to SCRAM: its first message, a NUL and its last one, without base64 */

#include "fuzz.h"
#include "lib/smtp/base64.h"
#include "tls/proof.h"

#define NONCE "abcdefgh"

static char line[2 * SCRAM_LINE_MAX];

static char const *wire(char const *s, size_t len)
{
  base64_encode(line, s, len);
  return line;
}

/* A host that has not heard the password is not believed. */
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  static struct proof p;
  static struct scram_answer a;
  struct scram_request q = { .question = SCRAM_BEGIN, .login = "me", .password = "pass" };
  char const *s = (char const *)data, *end = len ? memchr(s, 0, len) : 0;
  size_t n = end ? (size_t)(end - s) : len;

  if (len > SCRAM_LINE_MAX) return 0;
  proof_begin(&p, &q, NONCE, &a);
  demand(a.status == SCRAM_SAY);
  proof_make(&p, wire(s, n), &a);
  demand(a.status == SCRAM_SAY || a.status == SCRAM_UNSOUND);
  demand(*a.text && strlen(a.text) <= SCRAM_LINE_MAX);
  if (a.status == SCRAM_SAY) demand(n > sizeof NONCE + 2 && !memcmp(s, "r=" NONCE, sizeof NONCE + 1));
  if (!end) return 0;
  proof_check(&p, wire(end + 1, len - n - 1), &a);
  demand(*a.text && (a.status == SCRAM_REFUSED || a.status == SCRAM_UNSOUND));
  return 0;
}
