/* input.c - cleaning of messages: the same bytes come out however they are cut into reads */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "user/input.h"

static struct input in;

/* what the cleaning of a body must give, written down a second time: all at once, one rule after the other */
static size_t body_of(char *out, char const *s, size_t len)
{
  char *t = malloc(len + 1);
  size_t i, n = 0, m = 0;

  for (i = 0; i < len; i++)
    if (s[i]) t[n++] = s[i];
  for (i = 0; i < n; i++) {
    if (t[i] == '\r' && i + 1 < n && t[i + 1] == '\n') continue;
    out[m++] = t[i] == '\r' ? '\n' : t[i];
  }
  free(t);
  return m;
}

/* and that of a header */
static size_t header_of(char *out, char const *s, size_t len)
{
  size_t i, row, m = 0;

  for (i = 0; i < len; i += row ? row : 1) {
    for (row = 0; i + row < len && (!s[i + row] || s[i + row] == '\r'); row++)
      ;
    if (!row) out[m++] = s[i];
    else if (i + row < len && s[i + row] != '\n') out[m++] = ' ';
  }
  return m;
}

static size_t expected(size_t (*clean)(char *, char const *, size_t), char *out, char const *s, size_t len, int dot)
{
  size_t i, line = 0, m = clean(out, s, len);

  for (i = 0; dot && i <= m; i++)
    if (i == m || out[i] == '\n') {
      if (i - line == 1 && out[line] == '.') return line;
      line = i + 1;
    }
  return m;
}

/* Feeds s in pieces of the given size through a pipe, and takes what is there after each. */
static size_t cleaned(char *out, char const *s, size_t len, int dot, size_t piece)
{
  size_t n = 0;
  int p[2], r = 1;

  if (pipe2(p, O_NONBLOCK) == -1) abort();
  memset(&in, 0, sizeof in);
  in.fd = p[0];
  in.dot = dot;
  while (r == 1) {
    size_t now = piece < len ? piece : len;
    if (now && write(p[1], s, now) != (ssize_t)now) abort();
    s += now;
    len -= now;
    if (!len && p[1] != -1) {
      close(p[1]);
      p[1] = -1;
    }
    r = input_fill(&in);
    memcpy(out + n, in.clean, in.len);
    n += in.len;
    in.len = 0;
    if (r == -1 && errno == EAGAIN) r = 1;
  }
  close(p[0]);
  if (p[1] != -1) close(p[1]);
  return r ? (size_t)-1 : n;
}

/* the same by lines */
static size_t lines(char *out, char const *s, size_t len, int dot)
{
  stralloc sa = STRALLOC_ZERO;
  size_t n;
  int p[2], r;

  if (pipe(p) == -1 || write(p[1], s, len) != (ssize_t)len) abort();
  close(p[1]);
  memset(&in, 0, sizeof in);
  in.fd = p[0];
  in.dot = dot;
  while ((r = input_line(&in, &sa, 1000)) == 1)
    ;
  n = sa.len;
  if (n) memcpy(out, sa.s, n);
  stralloc_free(&sa);
  close(p[0]);
  return r ? (size_t)-1 : n;
}

static void random_messages(void)
{
  static char const bytes[] = { '\r', '\n', 0, '.', 'x' };
  char s[24], want[32], got[32];
  unsigned int seed = 7, round;
  int bad = 0;

  for (round = 0; round < 3000; round++) {
    size_t i, len, n;
    int dot;
    seed = seed * 1103515245 + 12345;
    len = (seed >> 16) % sizeof s;
    dot = round & 1;
    for (i = 0; i < len; i++) {
      seed = seed * 1103515245 + 12345;
      s[i] = bytes[(seed >> 16) % sizeof bytes];
    }
    n = expected(body_of, want, s, len, dot);
    bad += cleaned(got, s, len, dot, 1 + round % 7) != n || memcmp(want, got, n);
    n = expected(header_of, want, s, len, dot);
    bad += lines(got, s, len, dot) != n || memcmp(want, got, n);
  }
  check("random messages are cleaned as the rules say", !bad);
}

static void bounds(void)
{
  stralloc sa = STRALLOC_ZERO;
  int p[2];

  if (pipe(p) == -1 || write(p[1], "12345\n67\n", 9) != 9) abort();
  close(p[1]);
  memset(&in, 0, sizeof in);
  in.fd = p[0];
  check("a line that just fits", input_line(&in, &sa, 6) == 1 && sa.len == 6);
  check("one that does not", input_line(&in, &sa, 8) == -1);
  close(p[0]);
  memset(&in, 0, sizeof in);
  in.fd = -1;
  check("an error is told", input_fill(&in) == -1);
  stralloc_free(&sa);
}

int main(void)
{
  char out[64];

  check("counts", cleaned(out, "a\r\nb\r\0c\r\r\n", 10, 0, 100) == 7 && in.returns == 2 && in.nuls == 1);
  check("those of a header", lines(out, "a\r\r\n\rb\0c\r", 9, 0) == 6 && !memcmp(out, "a\n b c", 6));
  check("where CRs of a line's end are none", in.returns == 1 && in.nuls == 1);
  check("the last dot's CR is none of them", cleaned(out, "a\r\n.\r\nb", 8, 1, 100) == 2 && !in.returns);
  check("wherever it is cut", cleaned(out, "a\r\n.\r\n", 7, 1, 1) == 2 && !in.returns);
  check("but that of a dot that is text is", cleaned(out, ".\rb", 3, 0, 100) == 3 && in.returns == 1);
  bounds();
  random_messages();
  return unit_end();
}
