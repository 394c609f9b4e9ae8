/* dots.c - whatever comes in: CR only before LF, LF only after CR, CRLF.CRLF once and last; and it can be undone */

#include <string.h>

#include "lib/smtp/dots.h"
#include "unit.h"

#define LONGEST 6

static char const letters[] = "a.\n\r";         /* and NUL, by the terminator */
static unsigned long bodies, broken, lied, lost, split, chunks;

/* ends: how often the end of a message comes in it, with the CRLF that is before the first line */
static int ends(char const *s, size_t len)
{
  char whole[64] = "\r\n";
  size_t i;
  int n = 0;

  memcpy(whole + 2, s, len);
  for (i = 0; i + 5 <= len + 2; i++) n += !memcmp(whole + i, "\r\n.\r\n", 5);
  return n;
}

static int sound(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++) {
    if (s[i] == '\r' && (i + 1 == len || s[i + 1] != '\n')) return 0;
    if (s[i] == '\n' && (!i || s[i - 1] != '\r')) return 0;
    if (!s[i]) return 0;
  }
  return 1;
}

/* what a receiver makes of it, line by line */
static size_t receive(char *to, char const *s, size_t len)
{
  size_t used = 0, i = 0;

  while (i < len && memcmp(s + i, ".\r\n", 3)) {
    if (s[i] == '.') i++;
    while (s[i] != '\r') to[used++] = s[i++];
    to[used++] = '\n';
    i += 2;
  }
  return used;
}

static size_t send(char *out, char const *in, size_t len, size_t cut, int *bad)
{
  struct dots d = { .plain = 0 };
  size_t n = dots_put(&d, out, in, cut);

  n += dots_put(&d, out + n, in + cut, len - cut);
  n += dots_end(&d, out + n);
  *bad = d.bad;
  return n;
}

/* as a chunk: the same lines, and not a byte more */
static int plain(char const *in, size_t len, size_t cut)
{
  struct dots d = { .plain = 1 };
  char out[64], back[64];
  size_t n = dots_put(&d, out, in, cut), i, m = 0;

  n += dots_put(&d, out + n, in + cut, len - cut);
  n += dots_end(&d, out + n);
  if (d.bad) return sound(out, n);
  for (i = 0; i < n; i++)
    if (out[i] != '\r') back[m++] = out[i];
  return sound(out, n) && m == len + (len && in[len - 1] != '\n') && !memcmp(back, in, len);
}

static void body(char const *in, size_t len)
{
  char out[64], again[64], back[64];
  int bad, bad2, unclean = memchr(in, '\r', len) || memchr(in, 0, len);
  size_t n = send(out, in, len, 0, &bad), cut, m;

  bodies++;
  if (!sound(out, n)) broken++;
  if (bad != unclean || ends(out, n) != (unclean ? 0 : 1)) lied++;
  if (!unclean) {
    if (memcmp(out + n - 3, ".\r\n", 3)) lied++;
    m = receive(back, out, n);
    /* a last line without end got one; else bit for bit */
    if (m != len + (len && in[len - 1] != '\n') || memcmp(back, in, len)) lost++;
  }
  for (cut = 0; cut <= len; cut++) chunks += !plain(in, len, cut);
  for (cut = 1; cut < len; cut++)
    if (send(again, in, len, cut, &bad2) != n || memcmp(again, out, n) || bad != bad2) split++;
}

int main(void)
{
  char in[LONGEST];
  size_t len, i;
  unsigned long k, n = 1;

  for (len = 0; len <= LONGEST; len++, n *= sizeof letters)
    for (k = 0; k < n; k++) {
      unsigned long rest = k;
      for (i = 0; i < len; i++, rest /= sizeof letters) in[i] = letters[rest % sizeof letters];
      body(in, len);
    }
  check("all bodies were tried", bodies == (5UL * 5 * 5 * 5 * 5 * 5 * 5 - 1) / 4);
  check("CR only before LF, LF only after CR, no NUL", !broken);
  check("one end, or none after a CR or NUL", !lied);
  check("the receiver gets every byte back", !lost);
  check("a chunk has every byte as well", !chunks);
  check("a cut anywhere changes nothing", !split);
  return unit_end();
}
