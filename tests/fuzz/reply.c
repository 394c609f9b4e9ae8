/* reply.c - the client's reader of SMTP replies: the first byte says in which pieces the rest comes */

#include "fuzz.h"
#include "lib/smtp/reply.h"

static struct reply whole, pieces;

static size_t feed(struct reply *r, char const *s, size_t len, size_t piece)
{
  size_t used = 0;

  reply_start(r);
  while (used < len && r->state == REPLY_MORE) {
    size_t n = len - used < piece ? len - used : piece, took = reply_feed(r, s + used, n);
    demand(took <= n && (took == n || r->state != REPLY_MORE));
    used += took;
  }
  return used;
}

static void use(struct reply const *r, size_t max)
{
  char status[12], line[600];
  size_t len;

  demand(r->code >= 200 && r->code <= 599 && r->len <= REPLY_TEXT_MAX && !r->text[r->len]);
  reply_status(r, status);
  demand(strlen(status) < sizeof status && (unsigned int)(*status - '0') == r->code / 100);
  len = reply_one_line(r, line, max);
  demand(len < max && strlen(line) == len);
  while (len--) demand((unsigned char)line[len] >= 32 && line[len] != 127);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  size_t used, cut;

  if (len < 2) return 0;
  used = feed(&whole, (char const *)data + 1, len - 1, len);
  cut = feed(&pieces, (char const *)data + 1, len - 1, data[0] ? data[0] : 1);
  demand(whole.state == pieces.state && used == cut);
  if (whole.state != REPLY_DONE) return 0;
  demand(whole.code == pieces.code && whole.len == pieces.len && !memcmp(whole.text, pieces.text, whole.len));
  use(&whole, 1 + data[0]);
  return 0;
}
