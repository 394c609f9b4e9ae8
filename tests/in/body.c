/* body.c - every short message over an alphabet of dangerous bytes, cut in two everywhere, against a plain reader */

#include <string.h>

#include "in/body.h"
#include "unit.h"

#define LONGEST 7
#define SIZE 64

static char const alphabet[] = { '\r', '\n', '.', 0, 'a', (char)0x85 };
static char const end_mark[] = "\r\n.\r\n";

struct result {
  int ended;
  int bad;
  size_t used;
  size_t len;
  char out[SIZE];
};

static void collect(void *to, char const *s, size_t len)
{
  struct result *r = to;

  memcpy(r->out + r->len, s, len);
  r->len += len;
}

static void feed(struct result *r, char const *s, size_t len, size_t cut)
{
  struct body b;
  char copy[SIZE];

  memset(r, 0, sizeof *r);
  memcpy(copy, s, len);
  body_start(&b, BODY_DOTS, collect, r);
  r->used = body_feed(&b, copy, cut);
  if (r->used == cut) r->used += body_feed(&b, copy + cut, len - cut);
  r->ended = b.state == BODY_END;
  r->bad = b.bad;
  if (!b.bad && b.bytes != r->len) r->len = SIZE;
}

/* the same by the words of the standard: find the end mark, look for stray bytes, undo the dots */
static void plain(struct result *r, char const *s, size_t len)
{
  char text[SIZE] = "\r\n";
  char *end;
  size_t i;

  memset(r, 0, sizeof *r);
  memcpy(text + 2, s, len);
  end = memmem(text, len + 2, end_mark, 5);
  r->ended = end != 0;
  r->used = end ? (size_t)(end - text) + 3 : len;
  if (!end) return;
  end += 2;     /* the CR LF before the dot is the last line's */
  for (i = 2; text + i < end; i++) {
    char c = text[i];
    if (!c || (c == '\r' && text[i + 1] != '\n') || (c == '\n' && text[i - 1] != '\r')) r->bad = 1;
    if (c == '\r' || (c == '.' && text[i - 1] == '\n' && text[i - 2] == '\r')) continue;
    r->out[r->len++] = c;
  }
}

/* 1 when all cuts of it give what they should */
static int one(char const *s, size_t len)
{
  struct result want, got;
  size_t cut;

  plain(&want, s, len);
  for (cut = 0; cut <= len; cut++) {
    feed(&got, s, len, cut);
    if (got.ended != want.ended || got.used != want.used) return 0;
    if (!want.ended) continue;
    if (got.bad != want.bad) return 0;
    if (!want.bad && (got.len != want.len || memcmp(got.out, want.out, want.len))) return 0;
  }
  return 1;
}

static int all(size_t len, char const *tail)
{
  char s[SIZE];
  size_t digits[LONGEST] = { 0 }, i;

  for (;;) {
    for (i = 0; i < len; i++) s[i] = alphabet[digits[i]];
    memcpy(s + len, tail, strlen(tail));
    if (!one(s, len + strlen(tail))) return 0;
    for (i = 0; i < len && ++digits[i] == sizeof alphabet; i++) digits[i] = 0;
    if (i == len) return 1;
  }
}

/* --- messages whose length tells the end */

static int fits(enum body_kind kind, char const *s, size_t len, size_t cut)
{
  struct result r = { 0 }, want = { 0 };
  struct body b;
  char copy[SIZE];
  size_t i;

  for (i = 0; i < len; i++) {
    if (!s[i] || (kind == BODY_LF && s[i] == '\r')) want.bad = 1;
    if (kind == BODY_CRLF && s[i] == '\r' && (i + 1 == len || s[i + 1] != '\n')) want.bad = 1;
    if (kind == BODY_CRLF && s[i] == '\n' && (!i || s[i - 1] != '\r')) want.bad = 1;
    if (s[i] != '\r') want.out[want.len++] = s[i];
  }
  memcpy(copy, s, len);
  body_start(&b, kind, collect, &r);
  if (body_feed(&b, copy, cut) != cut || body_feed(&b, copy + cut, len - cut) != len - cut) return 0;
  body_end(&b);
  if (b.bad || want.bad) return b.bad == want.bad;
  return b.bytes == r.len && r.len == want.len && !memcmp(r.out, want.out, r.len);
}

static int all_fit(enum body_kind kind, size_t len)
{
  char s[SIZE];
  size_t digits[LONGEST] = { 0 }, i, cut;

  for (;;) {
    for (i = 0; i < len; i++) s[i] = alphabet[digits[i]];
    for (cut = 0; cut <= len; cut++)
      if (!fits(kind, s, len, cut)) return 0;
    for (i = 0; i < len && ++digits[i] == sizeof alphabet; i++) digits[i] = 0;
    if (i == len) return 1;
  }
}

static void ignore(void *to, char const *s, size_t len)
{
  (void)to, (void)s, (void)len;
}

static unsigned int hops(char const *s)
{
  struct body b;
  char copy[200];
  size_t i;

  memcpy(copy, s, strlen(s));
  body_start(&b, BODY_DOTS, ignore, 0);
  for (i = 0; i < strlen(s); i++) body_feed(&b, copy + i, 1);
  return b.hops;
}

int main(void)
{
  size_t len;
  int good = 1, ended = 1, crlf = 1, lf = 1;

  for (len = 0; len <= LONGEST; len++) good = good && all(len, "");
  check("every string: the same end, verdict and text as the plain reader's, wherever it is cut", good);
  for (len = 0; len < LONGEST; len++) ended = ended && all(len, "\r\n.\r\nQUIT\r\n");
  check("every string with an end and commands behind it", ended);
  for (len = 0; len < LONGEST; len++) {
    crlf = crlf && all_fit(BODY_CRLF, len);
    lf = lf && all_fit(BODY_LF, len);
  }
  check("every string of known length with CR LF at the ends of lines", crlf);
  check("every string of known length with LF at the ends of lines", lf);
  check("hops are counted in the header alone, whatever the case",
        hops("Received: a\r\nRECEIVED: b\r\n\tReceived: folded\r\nDelivered-To: c\r\nX-Received: d\r\n"
             "Receive: e\r\n\r\nReceived: body\r\n") == 3);
  check("a body without a header has no hops", hops("\r\nReceived: a\r\n") == 0);
  return unit_end();
}
