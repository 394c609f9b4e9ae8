/* idna.c - see idna.h */

#include <string.h>

#include "lib/addr/idna.h"
#include "lib/msg/utf8.h"

#define LABEL_MAX 63

/* the parameters of RFC 3492 section 5 */
#define BASE 36U
#define TMIN 1U
#define TMAX 26U
#define SKEW 38U
#define DAMP 700U
#define INITIAL_BIAS 72U
#define INITIAL_N 128U

static uint32_t adapt(uint32_t delta, uint32_t points, int first)
{
  uint32_t k = 0;

  delta = first ? delta / DAMP : delta / 2;
  delta += delta / points;
  for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE) delta /= BASE - TMIN;
  return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

struct out {
  char *s;
  size_t len, max;
};

static int put(struct out *o, char c)
{
  if (o->len == o->max) return 0;
  o->s[o->len++] = c;
  return 1;
}

/* a number as digits of growing weight (RFC 3492 section 3.3) */
static int put_number(struct out *o, uint32_t q, uint32_t bias)
{
  uint32_t k;

  for (k = BASE;; k += BASE) {
    uint32_t t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias, digit;
    if (q < t) break;
    digit = t + (q - t) % (BASE - t);
    if (!put(o, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26))) return 0;
    q = (q - t) / (BASE - t);
  }
  return put(o, (char)(q < 26 ? 'a' + q : '0' + q - 26));
}

static uint32_t least_from(uint32_t const *u, size_t n, uint32_t from)
{
  uint32_t least = UINT32_MAX;

  while (n--)
    if (u[n] >= from && u[n] < least) least = u[n];
  return least;
}

/* RFC 3492 section 6.3. With at most 63 characters under 2^21 no number comes near its end. */
static int punycode(struct out *o, uint32_t const *u, size_t n)
{
  uint32_t at = INITIAL_N, delta = 0, bias = INITIAL_BIAS, done = 0, basic;
  size_t i;

  for (i = 0; i < n; i++)
    if (u[i] < INITIAL_N) {
      if (!put(o, (char)u[i])) return 0;
      done++;
    }
  basic = done;
  if (basic && !put(o, '-')) return 0;
  while (done < n) {
    uint32_t m = least_from(u, n, at);
    delta += (m - at) * (done + 1);
    for (at = m, i = 0; i < n; i++) {
      if (u[i] < at) delta++;
      if (u[i] != at) continue;
      if (!put_number(o, delta, bias)) return 0;
      bias = adapt(delta, done + 1, done == basic);
      delta = 0;
      done++;
    }
    delta++;
    at++;
  }
  return 1;
}

/* no control characters, no private use, nothing that can never be a character */
static int sound(uint32_t u)
{
  return u > 32 && u != 127 && (u < 128 || u >= 0xa1) && !(u >= 0xe000 && u < 0xf900) && u < 0xf0000
         && (u & 0xfffe) != 0xfffe;
}

static int label(struct out *o, char const *s, size_t len)
{
  uint32_t u[LABEL_MAX];
  size_t n = 0, step, start = o->len;
  int beyond = 0;

  if (!len) return 0;
  for (step = 0; step < len; step++) beyond |= (unsigned char)s[step] > 127;
  for (; len; s += step, len -= step) {
    step = n < LABEL_MAX ? utf8_next(s, u + n) : 0;
    if (!step || !sound(u[n])) return 0;
    if (u[n] >= 'A' && u[n] <= 'Z') u[n] += 32;
    if (!beyond && !put(o, (char)u[n])) return 0;
    n++;
  }
  if (beyond && !(put(o, 'x') && put(o, 'n') && put(o, '-') && put(o, '-') && punycode(o, u, n))) return 0;
  return o->len - start <= LABEL_MAX;
}

int idna_domain(char ascii[IDNA_DOMAIN_MAX + 1], char const *domain)
{
  struct out o = { .s = ascii, .max = IDNA_DOMAIN_MAX };

  for (;;) {
    size_t n = strcspn(domain, ".");
    if (!label(&o, domain, n)) return 0;
    domain += n;
    if (!*domain) break;
    if (!put(&o, *domain++)) return 0;
    if (!*domain) break;                /* a dot at the end */
  }
  ascii[o.len] = 0;
  return 1;
}
