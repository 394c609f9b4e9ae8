/*
 * bodies-cuts.c [LONGEST] - every body, cut in two at every place, through the server's reader and the client's writer
 *
 * With its end mark as DATA has it, and without, as where something else tells its length.
 * src/in/body.c and src/lib/smtp/dots.c, called directly. Prints how many bodies and cuts agreed with the reference,
 * or the first that did not.
 */

#include <stdlib.h>

#include "bodies.h"
#include "in/body.h"
#include "lib/smtp/dots.h"

struct text {
  size_t len;
  char s[4 * BODY_STREAM];
};

static void collect(void *to, char const *s, size_t len)
{
  struct text *t = to;

  memcpy(t->s + t->len, s, len);
  t->len += len;
}

/* the reader: same end, same verdict, same text, and nothing with CR or NUL before it was called bad */
static int reads(struct body_reference const *want, enum body_kind kind, char const *s, size_t len, size_t cut)
{
  struct body b;
  struct text t = { 0, "" };
  char copy[BODY_STREAM];
  size_t used;

  memcpy(copy, s, len);
  body_start(&b, kind, collect, &t);
  used = body_feed(&b, copy, cut);
  if (used == cut) used += body_feed(&b, copy + cut, len - cut);
  if (kind == BODY_CRLF) body_end(&b);
  else if (b.state != BODY_END) return 0;
  if (used != want->used || !!b.bad != want->bad || memchr(t.s, '\r', t.len) || memchr(t.s, 0, t.len)) return 0;
  return b.bad || (t.len == want->len && !memcmp(t.s, want->text, t.len));
}

/* the writer: a strict reader gets the same text back, and nothing follows */
static int writes(struct body_reference const *want, size_t cut)
{
  struct dots d = { 0, 0 };
  struct body_reference got;
  char out[3 * BODY_STREAM];
  size_t len = dots_put(&d, out, want->text, cut);

  len += dots_put(&d, out + len, want->text + cut, want->len - cut);
  len += dots_end(&d, out + len);
  got = body_refer(out, len, 1);
  if (got.bad || got.used != len || memcmp(got.text, want->text, want->len)) return 0;
  if (want->len && want->text[want->len - 1] != '\n') got.len--;        /* the last line got its end */
  return got.len == want->len;
}

static unsigned long cuts;

/* all that is done with one stream: 1 when all cuts agree with the reference */
static int agrees(enum body_kind kind, char const *s, size_t len, int *bad)
{
  struct body_reference want = body_refer(s, len, kind == BODY_DOTS);
  size_t cut;

  *bad = want.bad;
  for (cut = 0; cut <= len; cut++, cuts++)
    if (!reads(&want, kind, s, len, cut)) return 0;
  if (want.bad) return 1;
  for (cut = 0; cut <= want.len; cut++, cuts++)
    if (!writes(&want, cut)) return 0;
  return 1;
}

int main(int argc, char **argv)
{
  unsigned long n, all = body_count(argc > 1 ? (unsigned int)atoi(argv[1]) : BODY_LONGEST), good = 0;

  for (n = 0; n < all; n++) {
    char s[BODY_STREAM];
    size_t len = body_make(s, n);
    int bad, both = agrees(BODY_CRLF, s, len, &bad);
    memcpy(s + len, BODY_END_MARK, 5);
    both = agrees(BODY_DOTS, s, len + 5, &bad) && both;
    if (!both) {
      printf("body %lu is read or written wrongly\n", n);
      return 1;
    }
    good += !bad;
  }
  printf("%lu bodies, %lu cuts, %lu good\n", all, cuts, good);
  return 0;
}
