/*
 * proxy.c - a front end's PROXY header: read as it comes, never a byte too many
 *
 * However many bytes at a time come of those asked for (the first byte says), the same bytes are taken for a header,
 * and what they say is addresses that any other reader of addresses takes, too.
 */

#include <arpa/inet.h>

#include "fuzz.h"
#include "in/proxy.h"

/* how many bytes are taken as a header of those that come */
static size_t take(char const *s, size_t len, size_t piece)
{
  size_t have = 0, wants;

  while ((wants = proxy_wants(s, have)) != 0 && have < len) {
    size_t n = wants < piece ? wants : piece;
    have += n < len - have ? n : len - have;
    demand(have <= PROXY_MAX);
  }
  return have;
}

static int is_address(char const *s)
{
  unsigned char ip[16];

  return inet_pton(AF_INET, s, ip) == 1 || inet_pton(AF_INET6, s, ip) == 1;
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  struct proxy p;
  size_t taken, piecemeal;
  char *s;

  if (len < 1 || len > 2 * PROXY_MAX) return 0;
  s = fuzz_string(data + 1, len - 1);
  taken = take(s, len - 1, PROXY_MAX);
  piecemeal = take(s, len - 1, data[0] ? data[0] : 1);
  if (!proxy_parse(&p, s, taken) || !proxy_parse(&p, s, piecemeal)) demand(taken == piecemeal);
  s = realloc(s, taken ? taken : 1);    /* to the byte, for the sanitizer */
  demand(s);
  if (!proxy_parse(&p, s, taken)) {
    demand(!proxy_wants(s, taken));     /* what is whole wants nothing more */
    if (p.told) demand(is_address(p.ip) && is_address(p.local_ip) && p.port < 65536 && p.local_port < 65536);
    else demand(!p.ip[0] && !p.local_ip[0]);
  }
  free(s);
  return 0;
}
