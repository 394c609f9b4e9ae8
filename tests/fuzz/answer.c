/*
 * answer.c - the reader of DNS answers, as dns_mx and dns_addresses use it
 *
 * The sockets are left out: dns_ask is this file's, and takes one answer after the other from the input, each behind a
 * length of two bytes. Their ids and questions are made right, so that more of them are read.
 */

#include "fuzz.h"
#include "lib/dns/ask.h"
#include "lib/dns/dns.h"

static uint8_t const *left;
static size_t left_len;

void dns_server_add(struct net_address const *a)
{
  (void)a;
}

unsigned int dns_server_count(void)
{
  return 1;
}

/* The next answer: flags and counts (10 bytes) from the input, the question from q, then the input's records. */
static unsigned char *next_answer(struct dns_question const *q, size_t *len)
{
  unsigned char query[DNS_QUERY_MAX], *m;
  size_t n, head = dns_query_make(query, q, 0x1234, 0);

  if (left_len < 12) return 0;
  n = (size_t)left[0] << 8 | left[1];
  if (n > left_len - 12) n = left_len - 12;
  m = malloc(head + n);
  demand(m);
  memcpy(m, query, head);
  memcpy(m + 2, left + 2, 10);
  m[2] |= 0x80;
  m[4] = 0;
  m[5] = 1;
  memcpy(m + head, left + 12, n);
  left += 12 + n;
  left_len -= 12 + n;
  *len = head + n;
  return m;
}

static enum dns_status ask_one(struct dns_question *q)
{
  enum dns_status status = DNS_LATER;
  size_t len;
  unsigned char *m = next_answer(q, &len);

  if (m && dns_answer_fits(m, len, q, 0x1234) && !dns_answer_truncated(m) && dns_answer_code(m) <= 15)
    status = dns_answer_read(m, len, q);
  free(m);
  return status;
}

void dns_ask(struct dns_question *const q[], enum dns_status status[], unsigned int n, long long deadline)
{
  unsigned int i;

  (void)deadline;
  for (i = 0; i < n; i++) status[i] = ask_one(q[i]);
}

static void names(uint8_t const *data, size_t len)
{
  unsigned char wire[DNS_WIRE_MAX], again[DNS_WIRE_MAX];
  char text[DNS_NAME_MAX + 1];
  size_t end = dns_name_expand(wire, data, len, len ? data[0] : 0);

  demand(end <= len);
  if (!end || !dns_name_decode(text, wire)) return;
  demand(strlen(text) <= DNS_NAME_MAX);
  if (*text) demand(dns_name_encode(again, text));
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  static struct dns_mx mx[DNS_MX_MAX];
  static struct net_address a[DNS_ADDRESSES_MAX];
  unsigned int n = 0, i;

  names(data, len);
  left = data;
  left_len = len;
  dns_mx("x.test", mx, &n, 0);
  demand(n <= DNS_MX_MAX);
  for (i = 0; i < n; i++) demand(strlen(mx[i].name) <= DNS_NAME_MAX);
  for (i = 1; i < n; i++) demand(mx[i - 1].preference <= mx[i].preference);
  left = data;
  left_len = len;
  n = 0;
  dns_addresses("x.test", a, &n, 0);
  demand(n <= DNS_ADDRESSES_MAX);
  return 0;
}
