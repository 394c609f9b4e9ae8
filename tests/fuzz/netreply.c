/* netreply.c - the client's reader of QMTP's and QMQP's answers: the first byte says in which pieces the rest comes */

#include "fuzz.h"
#include "lib/io/netreply.h"

static struct netreply whole, pieces;

static size_t feed(struct netreply *r, char const *s, size_t len, size_t piece)
{
  size_t used = 0;

  netreply_start(r);
  while (used < len && r->state == NETREPLY_MORE) {
    size_t n = len - used < piece ? len - used : piece, took = netreply_feed(r, s + used, n);
    demand(took <= n && (took == n || r->state != NETREPLY_MORE));
    used += took;
  }
  return used;
}

/* the answer is what it came from */
static void use(struct netreply const *r, char const *s, size_t used)
{
  size_t i;
  char const *words = memchr(s, ':', used);

  demand(words && s[used - 1] == ',' && used <= NETREPLY_MAX + 7);
  words += 2;
  demand(words[-1] == r->letter && strchr("KZD", r->letter) && r->letter);
  demand(r->len <= NETREPLY_TEXT_MAX && strlen(r->text) == r->len);
  demand((size_t)(s + used - 1 - words) == r->len || r->len == NETREPLY_TEXT_MAX);
  for (i = 0; i < r->len; i++)
    demand((unsigned char)r->text[i] >= 32 && r->text[i] != 127 && (r->text[i] == words[i] || r->text[i] == ' '));
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  size_t used, cut;

  if (len < 2) return 0;
  used = feed(&whole, (char const *)data + 1, len - 1, len);
  cut = feed(&pieces, (char const *)data + 1, len - 1, data[0] ? data[0] : 1);
  demand(whole.state == pieces.state && used == cut);
  if (whole.state != NETREPLY_DONE) return 0;
  demand(whole.letter == pieces.letter && whole.len == pieces.len && !memcmp(whole.text, pieces.text, whole.len));
  use(&whole, (char const *)data + 1, used);
  return 0;
}
