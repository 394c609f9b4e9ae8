/* message.c - see message.h */

#include <string.h>

#include "lib/dns/message.h"

#define HEADER 12
#define CHAIN_MAX 8             /* CNAMEs followed inside one answer */
#define CLASS_IN 1
#define TYPE_NS 2
#define TYPE_OPT 41

#define FLAG_RESPONSE 0x80      /* third byte */
#define FLAG_OPCODE 0x78
#define FLAG_AUTHORITY 0x04
#define FLAG_TRUNCATED 0x02
#define FLAG_RECURSION 0x01
#define CODE 0x0f               /* fourth byte */
#define FLAG_AVAILABLE 0x80     /* recursion is */

static unsigned int u16(unsigned char const *s)
{
  return (unsigned int)s[0] << 8 | s[1];
}

static unsigned char lower(unsigned char c)
{
  return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static int host_byte(unsigned char c)
{
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static size_t wire_len(unsigned char const *wire)
{
  size_t n = 0;

  while (wire[n]) n += 1U + wire[n];
  return n + 1;
}

int dns_name_encode(unsigned char wire[DNS_WIRE_MAX], char const *text)
{
  size_t used = 0, label;

  while (*text) {
    for (label = 0; host_byte((unsigned char)text[label]); label++)
      if (label == 63) return 0;
    if (!label || (text[label] && text[label] != '.') || used + 1 + label + 1 > DNS_WIRE_MAX) return 0;
    wire[used++] = (unsigned char)label;
    for (; label; label--) wire[used++] = lower((unsigned char)*text++);
    if (*text) text++;
  }
  wire[used] = 0;
  return used != 0;
}

int dns_name_decode(char text[DNS_NAME_MAX + 1], unsigned char const *wire)
{
  size_t used = 0, i;

  while (*wire) {
    size_t n = *wire++;
    if (used) text[used++] = '.';
    if (used + n > DNS_NAME_MAX) return 0;
    for (i = 0; i < n; i++) {
      if (!host_byte(wire[i])) return 0;
      text[used++] = (char)wire[i];
    }
    wire += n;
  }
  text[used] = 0;
  return 1;
}

size_t dns_name_expand(unsigned char wire[DNS_WIRE_MAX], unsigned char const *m, size_t len, size_t at)
{
  size_t used = 0, after = 0, first = at, i;

  for (;;) {
    size_t n;
    if (at >= len) return 0;
    n = m[at];
    if ((n & 0xc0) == 0xc0) {
      if (len - at < 2) return 0;
      if (!after) after = at + 2;
      at = u16(m + at) & 0x3fff;
      if (at >= first) return 0;        /* every jump goes further back: there is an end */
      first = at;
      continue;
    }
    if (n & 0xc0 || n >= len - at || used + 1 + n > DNS_WIRE_MAX) return 0;
    wire[used++] = m[at++];
    if (!n) return after ? after : at;
    for (i = 0; i < n; i++) wire[used++] = lower(m[at++]);
  }
}

size_t dns_query_make(unsigned char q[DNS_QUERY_MAX], struct dns_question const *question, uint16_t id, int edns)
{
  static unsigned char const opt[11] = { 0, 0, TYPE_OPT, DNS_UDP_MAX >> 8, DNS_UDP_MAX & 255 };
  size_t n = wire_len(question->name), len = HEADER;

  memset(q, 0, HEADER);
  q[0] = (unsigned char)(id >> 8);
  q[1] = (unsigned char)id;
  q[2] = FLAG_RECURSION;
  q[5] = 1;
  q[11] = edns ? 1 : 0;
  memcpy(q + len, question->name, n);
  len += n;
  q[len++] = (unsigned char)(question->type >> 8);
  q[len++] = (unsigned char)question->type;
  q[len++] = 0;
  q[len++] = CLASS_IN;
  if (!edns) return len;
  memcpy(q + len, opt, sizeof opt);
  return len + sizeof opt;
}

int dns_answer_fits(unsigned char const *m, size_t len, struct dns_question const *q, uint16_t id)
{
  unsigned char name[DNS_WIRE_MAX];
  size_t at;

  if (len < HEADER || u16(m) != id || !(m[2] & FLAG_RESPONSE) || m[2] & FLAG_OPCODE) return 0;
  if (len == HEADER && !u16(m + 4)) return dns_answer_code(m) != 0;     /* some refuse EDNS with a bare header */
  if (u16(m + 4) != 1) return 0;
  at = dns_name_expand(name, m, len, HEADER);
  if (!at || len - at < 4 || u16(m + at) != (unsigned int)q->type || u16(m + at + 2) != CLASS_IN) return 0;
  return wire_len(name) == wire_len(q->name) && !memcmp(name, q->name, wire_len(name));
}

int dns_answer_truncated(unsigned char const *m)
{
  return m[2] & FLAG_TRUNCATED;
}

unsigned int dns_answer_code(unsigned char const *m)
{
  return m[3] & CODE;
}

struct record {
  unsigned char owner[DNS_WIRE_MAX];
  unsigned int type, class;
  size_t at, len;               /* of its data */
};

/* the record at a position; the position after it, or 0 */
static size_t record_read(struct record *r, unsigned char const *m, size_t len, size_t at)
{
  at = dns_name_expand(r->owner, m, len, at);
  if (!at || len - at < 10) return 0;
  r->type = u16(m + at);
  r->class = u16(m + at + 2);
  r->len = u16(m + at + 8);
  r->at = at + 10;
  return r->len > len - r->at ? 0 : r->at + r->len;
}

/* where the answer section starts, or 0 when it does not hold together */
static size_t answers(unsigned char const *m, size_t len)
{
  struct record r;
  size_t at = dns_name_expand(r.owner, m, len, HEADER), start = at + 4;
  unsigned int i, n = u16(m + 6);

  if (!at || len - at < 4) return 0;
  at = start;
  for (i = 0; i < n && at; i++) at = record_read(&r, m, len, at);
  return at ? start : 0;
}

struct tally {
  unsigned int good, bad;       /* records of the type asked for */
  unsigned char alias[DNS_WIRE_MAX];
  int is_alias;
};

/* all records that belong to the question's name */
static void collect(unsigned char const *m, size_t len, size_t at, struct dns_question *q, struct tally *t)
{
  unsigned int i, n = u16(m + 6);
  struct record r;

  *t = (struct tally){ 0 };
  for (i = 0; i < n && (at = record_read(&r, m, len, at)); i++) {
    if (r.class != CLASS_IN || wire_len(r.owner) != wire_len(q->name)
        || memcmp(r.owner, q->name, wire_len(r.owner))) continue;
    if (r.type == (unsigned int)q->type) {
      if (q->found(q, m, len, r.at, r.len)) t->good++;
      else t->bad++;
    }
    else if (r.type == DNS_CNAME && !t->is_alias)
      t->is_alias = dns_name_expand(t->alias, m, len, r.at) == r.at + r.len;
  }
}

/* Nothing but other servers' names, from one that neither has the zone nor asks others: it does not know. */
static int is_referral(unsigned char const *m, size_t len, size_t at)
{
  struct record r;

  return !u16(m + 6) && u16(m + 8) && !(m[2] & FLAG_AUTHORITY) && !(m[3] & FLAG_AVAILABLE)
         && (!record_read(&r, m, len, at) || r.type == TYPE_NS);
}

enum dns_status dns_answer_read(unsigned char const *m, size_t len, struct dns_question *q)
{
  size_t start = answers(m, len);
  unsigned int code = dns_answer_code(m), i;
  struct tally t;

  if (!start) return DNS_LATER;
  if (code == 3) return DNS_NO_NAME;
  if (code || is_referral(m, len, start)) return DNS_LATER;
  for (i = 0; i <= CHAIN_MAX; i++) {
    collect(m, len, start, q, &t);
    if (t.good) return DNS_FOUND;
    if (t.bad) return DNS_LATER;
    if (!t.is_alias) return DNS_NOTHING;
    memcpy(q->name, t.alias, wire_len(t.alias));
    q->moved = 1;
  }
  return DNS_LATER;
}
