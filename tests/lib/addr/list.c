/* list.c - address lists: a table of fields, and what damage does to them */

#include <stdlib.h>
#include <string.h>

#include "lib/addr/list.h"
#include "lib/addr/quote.h"
#include "unit.h"

static stralloc taken = STRALLOC_ZERO;

/* as mail-inject completes, in short */
static int complete(stralloc *domain, void *data)
{
  (void)data;
  if (!domain->len) return stralloc_cats(domain, "d.h");
  return domain->s[0] == '[' || memchr(domain->s, '.', domain->len) || stralloc_cats(domain, ".dd");
}

static char const *take(char const *s, size_t len, void *data)
{
  (void)data;
  if (len > 300) return "an address that is too long";
  if (!stralloc_catb(&taken, s, len) || !stralloc_cats(&taken, "|")) abort();
  return 0;
}

static int rewrite(stralloc *out, char const *s, size_t len, struct list *l)
{
  char *exact = malloc(len + 1);        /* so that a byte read beyond the end is found */
  int r;

  *l = (struct list){ .complete = complete, .take = take };
  if (len) memcpy(exact, s, len);
  exact = realloc(exact, len ? len : 1);
  taken.len = 0;
  r = list_rewrite(l, out, 3, exact, len);
  free(exact);
  return r;
}

static struct {
  char const *in, *out, *taken;         /* out null: an error */
} const rows[] = {
  { "", "", "" },
  { " ", "", "" },
  { " ,, ,", "", "" },
  { "a@b.c", " a@b.c", "a@b.c|" },
  { "a", " a@d.h", "a@d.h|" },
  { "a@b", " a@b.dd", "a@b.dd|" },
  { "a b", " a@d.h, b@d.h", "a@d.h|b@d.h|" },
  { "a@b.c d@e.f", " a@b.c, d@e.f", "a@b.c|d@e.f|" },
  { "a@b.c;d@e.f", " a@b.c, d@e.f", "a@b.c|d@e.f|" },
  { "a @ b . c", " a@b.c", "a@b.c|" },
  { "a\n (x) @\n\t(y)b.c", " a@b.c (x) (y)", "a@b.c|" },
  { "<a@b.c>", " <a@b.c>", "a@b.c|" },
  { "< a@b.c >", " <a@b.c>", "a@b.c|" },
  { "<>", " <>", "|" },
  { "X <>", " X <>", "|" },
  { "<(c)>", " <> (c)", "|" },
  { "A B <a@b.c>", " A B <a@b.c>", "a@b.c|" },
  { "A  B<a@b.c>", " A B <a@b.c>", "a@b.c|" },
  { "John Q. Public <a@b.c>", " John Q. Public <a@b.c>", "a@b.c|" },
  { "\"A, B\" <a@b.c>, d@e.f", " \"A, B\" <a@b.c>, d@e.f", "a@b.c|d@e.f|" },
  { "a@b.c <a@b.c>", " \"a@b.c\" <a@b.c>", "a@b.c|" },
  { "A [B] <a@b.c>", " \"A [B]\" <a@b.c>", "a@b.c|" },
  { "=?utf-8?Q?J=C3=B6rg?= <a@b.c>", " =?utf-8?Q?J=C3=B6rg?= <a@b.c>", "a@b.c|" },
  { "J\303\266rg <j\303\266rg@b.c>", " J\303\266rg <j\303\266rg@b.c>", "j\303\266rg@b.c|" },
  { "<a@b.c> <d@e.f>", " <a@b.c>, <d@e.f>", "a@b.c|d@e.f|" },
  { "<a@b.c> d", " <a@b.c>, d@d.h", "a@b.c|d@d.h|" },
  { "A <a@b.c> (c), d@e.f", " A <a@b.c> (c), d@e.f", "a@b.c|d@e.f|" },
  { "a@b.c (A (B) C)", " a@b.c (A (B) C)", "a@b.c|" },
  { "(A) a@b.c", " a@b.c (A)", "a@b.c|" },
  { "(only)", " (only)", "" },
  { "a@b.c, (x), d@e.f", " a@b.c (x), d@e.f", "a@b.c|d@e.f|" },
  { "<@x.y,@z:a@b.c>", " <a@b.c>", "a@b.c|" },
  { "<@x.y:a@b.c>", " <a@b.c>", "a@b.c|" },
  { "@a", " a@d.h", "a@d.h|" },
  { ".a@b.c", " a@b.c", "a@b.c|" },
  { "a@b.c.", " a@b.c", "a@b.c|" },
  { "a.", " a@d.h", "a@d.h|" },
  { "a@", " a@d.h", "a@d.h|" },
  { "a..b@c.d", " \"a..b\"@c.d", "a..b@c.d|" },
  { "\"a\"@b.c", " a@b.c", "a@b.c|" },
  { "\"a b\"@c.d", " \"a b\"@c.d", "a b@c.d|" },
  { "\"a\\\"b\"@c.d", " \"a\\\"b\"@c.d", "a\"b@c.d|" },
  { "\"a@b\"@c.d", " \"a@b\"@c.d", "a@b@c.d|" },
  { "\"a\n b\"@c.d", " \"a b\"@c.d", "a b@c.d|" },
  { "a@[1.2.3.4]", " a@[1.2.3.4]", "a@[1.2.3.4]|" },
  { "#@[]", " #@[]", "#@[]|" },
  { "l-@h.i-@[]", " \"l-@h.i-\"@[]", "l-@h.i-@[]|" },
  { "G:;", " G:;", "" },
  { "G: a@b.c, d;, e@f.g", " G: a@b.c, d@d.h;, e@f.g", "a@b.c|d@d.h|e@f.g|" },
  { "G H: A <a@b.c>; x@y.z", " G H: A <a@b.c>;, x@y.z", "a@b.c|x@y.z|" },
  { "undisclosed-recipients:;", " undisclosed-recipients:;", "" },
  { "a+b=c/d@e.f", " a+b=c/d@e.f", "a+b=c/d@e.f|" },
  /* wrong ones: what is sound is taken all the same */
  { "a@b.c, <d", 0, "a@b.c|" },
  { "a@b.c, d>", 0, "a@b.c|" },
  { "<a <b@c.d>", 0, "b@c.d|" },
  { "<a b@c.d>", 0, "" },
  { "a@b@c.d, e@f.g", 0, "e@f.g|" },
  { "a@b.c, \"x", 0, "a@b.c|" },
  { "a@b.c (x", 0, "a@b.c|" },
  { "a@[1.2", 0, "a@d.h|" },
  { "a) b@c.d", 0, "a@d.h|" },
  { "a] b@c.d", 0, "a@d.h|" },
  { "D\\u@c.d", 0, "D@d.h|" },
  { "a\001b@c.d", 0, "a@d.h|" },
  { "\"a\tb\"@c.d", 0, "" },
  { "\"a\"b@c.d", 0, "" },
  { "a@\"b\".c", 0, "" },
  { "[x]@b.c", 0, "" },
  { "a@[b]c", 0, "" },
  { "a@[b].c", 0, "" },
  { "G: a@b.c", 0, "a@b.c|" },
  { "G: H: a@b.c;", 0, "a@b.c|" },
  { ": a@b.c;", 0, "a@b.c|" },
  { "\"\"@b.c", 0, "" },
  { ".", 0, "" },
  { "@", 0, "" },
  { "@@", 0, "" },
  { "mailto:a@b.c", 0, "a@b.c|" },
};

static void table(void)
{
  stralloc out = STRALLOC_ZERO;
  struct list l;
  char name[32];
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    int r, good;
    stralloc_copys(&out, "To:");
    r = rewrite(&out, rows[i].in, strlen(rows[i].in), &l);
    stralloc_0(&out);
    stralloc_0(&taken);
    good = r == (rows[i].out ? 1 : 0) && !strcmp(out.s + 3, rows[i].out ? rows[i].out : "")
           && !strcmp(taken.s, rows[i].taken) && (r || l.why);
    snprintf(name, sizeof name, "row %zu", i);
    check(name, good);
    if (!good) printf("# '%s': got %d '%s' took '%s' why %s\n", rows[i].in, r, out.s + 3, taken.s, l.why ? l.why : "-");
  }
  stralloc_free(&out);
}

static int same_bytes(stralloc const *a, stralloc const *b)
{
  return a->len == b->len && (!a->len || !memcmp(a->s, b->s, a->len));
}

/* What was written anew is read again: the same addresses are found, and from then on (comments that stood alone
   may move once) nothing changes any more. */
static int stable(char const *s, size_t len)
{
  stralloc out[3] = { STRALLOC_ZERO, STRALLOC_ZERO, STRALLOC_ZERO }, first = STRALLOC_ZERO;
  struct list l;
  int i, same = 1;

  if (rewrite(out, s, len, &l) == 1) {
    if (taken.len) stralloc_copy(&first, &taken);
    for (i = 1; i < 3; i++)
      same = same && rewrite(out + i, out[i - 1].s, out[i - 1].len, &l) == 1 && same_bytes(&first, &taken);
    same = same && same_bytes(out + 1, out + 2);
    if (!same) printf("# not stable: '%.*s' -> '%.*s'\n", (int)len, s, (int)out[0].len, out[0].s);
  }
  for (i = 0; i < 3; i++) stralloc_free(out + i);
  stralloc_free(&first);
  return same;
}

static unsigned int seed = 1;

static unsigned int any(unsigned int n)
{
  seed = seed * 1103515245 + 12345;
  return (seed >> 16) % n;
}

static void mutations(void)
{
  static char const bytes[] = "<>@,;:.\"()[]\\ \n\ta\001\377";
  char s[512];
  size_t i;
  int round, bad = 0;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    for (round = 0; round < 400; round++) {
      size_t len = strlen(rows[i].in), times = 1 + any(3);
      memcpy(s, rows[i].in, len);
      while (times--) {
        size_t at = any((unsigned int)len + 1);
        char c = bytes[any(sizeof bytes)];
        if (any(2) && len) s[at < len ? at : len - 1] = c;
        else {
          memmove(s + at + 1, s + at, len - at);
          s[at] = c;
          len++;
        }
      }
      bad += !stable(s, len);
    }
    for (round = 0; round <= (int)strlen(rows[i].in); round++) bad += !stable(rows[i].in, (size_t)round);
  }
  check("mutated and cut fields are read without a crash, and what is written is stable", !bad);
}

static void folds(void)
{
  stralloc in = STRALLOC_ZERO, out = STRALLOC_ZERO;
  struct list l;
  size_t i, start, widest = 0;

  for (i = 0; i < 1000; i++) stralloc_cats(&in, "somebody@example.org, \"A B\" <x@y.z> ");
  stralloc_cats(&out, "To:");
  check("a long list is read", rewrite(&out, in.s, in.len, &l) == 1 && l.count == 2000);
  for (i = start = 0; i < out.len; i++)
    if (out.s[i] == '\n') {
      if (i - start > widest) widest = i - start;
      start = i + 1;
    }
  check("its lines are at most 79 wide", widest <= 79 && widest > 60);
  in.len = 0;
  for (i = 0; i < 200000; i++) stralloc_cats(&in, "(");
  check("deep comments are no trouble", rewrite(&out, in.s, in.len, &l) == 0);
  in.len = 0;
  for (i = 0; i < 100000; i++) stralloc_cats(&in, "<");
  check("many < are no trouble", rewrite(&out, in.s, in.len, &l) == 0);
  in.len = 0;
  for (i = 0; i < 301; i++) stralloc_cats(&in, "a");
  check("the taker's bound is an error", rewrite(&out, in.s, in.len, &l) == 0 && strstr(l.why, "too long"));
  stralloc_free(&in);
  stralloc_free(&out);
}

static int quoted(char const *address, char const *want, int (*quote)(stralloc *, char const *, size_t))
{
  stralloc sa = STRALLOC_ZERO;
  int r = quote(&sa, address, strlen(address)) && stralloc_0(&sa) && !strcmp(sa.s, want);

  stralloc_free(&sa);
  return r;
}

static void quotes(void)
{
  check("a dot-atom needs no quotes", quoted("a.b+c@d.e", "a.b+c@d.e", quote_address));
  check("an address without a domain", quoted("a b", "\"a b\"", quote_address));
  check("the last @ counts", quoted("a@b@c", "\"a@b\"@c", quote_address));
  check("an empty local part", quoted("@c", "\"\"@c", quote_address));
  check("quotes and backslashes", quoted("a\"\\@c", "\"a\\\"\\\\\"@c", quote_address));
  check("an end of line cannot get out", quoted("a\nBcc: x@c", "\"a Bcc: x\"@c", quote_address));
  check("a name of atoms", quoted("Joe Public", "Joe Public", quote_phrase));
  check("a name with a dot", quoted("Joe Q. Public", "\"Joe Q. Public\"", quote_phrase));
  check("a name with an end of line", quoted("Joe\nBcc: x", "\"Joe Bcc: x\"", quote_phrase));
}

int main(void)
{
  table();
  quotes();
  folds();
  mutations();
  stralloc_free(&taken);
  return unit_end();
}
