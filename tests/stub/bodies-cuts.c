/*
 * bodies-cuts.c [LONGEST] - every body, cut in two at every place, through the server's reader and the client's writer
 *
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
static int reads(struct body_reference const *want, char const *s, size_t len, size_t cut)
{
  struct body b;
  struct text t = { 0, "" };
  char copy[BODY_STREAM];
  size_t used;

  memcpy(copy, s, len);
  body_start(&b, collect, &t);
  used = body_feed(&b, copy, cut);
  if (used == cut) used += body_feed(&b, copy + cut, len - cut);
  if (b.state != BODY_END || used != want->used || !!b.bad != want->bad) return 0;
  if (memchr(t.s, '\r', t.len) || memchr(t.s, 0, t.len)) return 0;
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
  got = body_refer(out, len);
  return !got.bad && got.used == len && got.len == want->len && !memcmp(got.text, want->text, got.len);
}

int main(int argc, char **argv)
{
  unsigned long n, all = body_count(argc > 1 ? (unsigned int)atoi(argv[1]) : BODY_LONGEST), good = 0, cuts = 0;

  for (n = 0; n < all; n++) {
    char s[BODY_STREAM];
    size_t len = body_make(s, n), cut;
    struct body_reference want;
    memcpy(s + len, BODY_END_MARK, 5);
    len += 5;
    want = body_refer(s, len);
    for (cut = 0; cut <= len; cut++, cuts++)
      if (!reads(&want, s, len, cut)) {
        printf("body %lu cut at %zu is read wrongly\n", n, cut);
        return 1;
      }
    for (cut = 0; !want.bad && cut <= want.len; cut++, cuts++)
      if (!writes(&want, cut)) {
        printf("body %lu cut at %zu is written wrongly\n", n, cut);
        return 1;
      }
    good += !want.bad;
  }
  printf("%lu bodies, %lu cuts, %lu good\n", all, cuts, good);
  return 0;
}
