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
  if (domain->s[domain->len - 1] == '+') {
    domain->len--;
    return stralloc_cats(domain, ".plus");
  }
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
  char const *in, *out, *taken;         /* out null: as in; taken null: an error */
} const rows[] = {
  /* what needs nothing stays byte for byte */
  { "", 0, "" },
  { " ", 0, "" },
  { " ,, ,", 0, "" },
  { "a@b.c", 0, "a@b.c|" },
  { "  a@b.c ,\n\td@e.f ", 0, "a@b.c|d@e.f|" },
  { "a @ b . c", 0, "a@b.c|" },
  { "a\n (x) @\n\t(y)b.c", 0, "a@b.c|" },
  { "<a@b.c>", 0, "a@b.c|" },
  { "< a@b.c >", 0, "a@b.c|" },
  { "<>", 0, "|" },
  { "X <>", 0, "|" },
  { "<(c)>", 0, "|" },
  { "A  B<a@b.c>", 0, "a@b.c|" },
  { "John Q. Public <a@b.c>", 0, "a@b.c|" },
  { "\"A, B\" <a@b.c>, d@e.f", 0, "a@b.c|d@e.f|" },
  { "\"A\\\" B\\\\\"  <a@b.c>", 0, "a@b.c|" },
  { "a@b.c <a@b.c>", 0, "a@b.c|" },
  { "A @ B Corp <a@b.c>", 0, "a@b.c|" },
  { "A [B] <a@b.c>", 0, "a@b.c|" },
  { "=?utf-8?Q?J=C3=B6rg?= <a@b.c>", 0, "a@b.c|" },
  { "=?utf-8?Q?Smith,_J.?= <a@b.c>", 0, "a@b.c|" },
  { "=?utf-8?Q?J_(x?=\n =?utf-8?Q?y)_<z@w>?= <a@b.c>", 0, "a@b.c|" },
  { "J\303\266rg <j\303\266rg@b.c>", 0, "j\303\266rg@b.c|" },
  { "A <a@b.c> (c), d@e.f", 0, "a@b.c|d@e.f|" },
  { "a@b.c (A (B) C)", 0, "a@b.c|" },
  { "(A) a@b.c", 0, "a@b.c|" },
  { "(only)", 0, "" },
  { "a@b.c, (x), d@e.f", 0, "a@b.c|d@e.f|" },
  { ".a@b.c", 0, ".a@b.c|" },
  { "a.@b.c", 0, "a.@b.c|" },
  { "a..b@c.d", 0, "a..b@c.d|" },
  { "a@b.c.", 0, "a@b.c|" },
  { "\"a\"@b.c", 0, "a@b.c|" },
  { "\"a b\"@c.d", 0, "a b@c.d|" },
  { "\"a\\\"b\"@c.d", 0, "a\"b@c.d|" },
  { "\"a@b\"@c.d", 0, "a@b@c.d|" },
  { "\"a\n b\"@c.d", 0, "a b@c.d|" },
  { "a@[1.2.3.4]", 0, "a@[1.2.3.4]|" },
  { "#@[]", 0, "#@[]|" },
  { "l-@h.i-@[]", 0, "l-@h.i-@[]|" },
  { "a+b=c/d@e.f", 0, "a+b=c/d@e.f|" },
  { "G:;", 0, "" },
  { "G: ;, a@b.c", 0, "a@b.c|" },
  { "undisclosed-recipients:", 0, "" },
  { "\"G\" (x) H.: A <a@b.c>, d@e.f ; , x@y.z", 0, "a@b.c|d@e.f|x@y.z|" },
  /* what must be completed is, and nothing else */
  { "a", "a@d.h", "a@d.h|" },
  { "a@b", "a@b.dd", "a@b.dd|" },
  { "a@b.", "a@b.dd", "a@b.dd|" },
  { "a @ b (x) , c@d.e", "a @ b.dd (x) , c@d.e", "a@b.dd|c@d.e|" },
  { "a@b+", "a@b.plus", "a@b.plus|" },
  { "a@x.b+ (c)", "a@x.b.plus (c)", "a@x.b.plus|" },
  { "a.", "a.@d.h", "a.@d.h|" },
  { "a (x)", "a@d.h (x)", "a@d.h|" },
  { "\"A\"  <a>,\n <b@c>", "\"A\"  <a@d.h>,\n <b@c.dd>", "a@d.h|b@c.dd|" },
  { "\"a b\"", "\"a b\"@d.h", "a b@d.h|" },
  { "G: a@b.c, d;, e@f.g", "G: a@b.c, d@d.h;, e@f.g", "a@b.c|d@d.h|e@f.g|" },
  { "<@x.y,@z:a@b.c>", "<a@b.c>", "a@b.c|" },
  { "X <@x.y:a>", "X <a@d.h>", "a@d.h|" },
  { "a b", "a@d.h, b@d.h", "a@d.h|b@d.h|" },
  { "a@b.c  d@e.f", "a@b.c,  d@e.f", "a@b.c|d@e.f|" },
  { "a@b.c (x) d@e.f", "a@b.c (x), d@e.f", "a@b.c|d@e.f|" },
  { "<a@b.c> <d@e.f>", "<a@b.c>, <d@e.f>", "a@b.c|d@e.f|" },
  { "<a@b.c> D <d@e.f>", "<a@b.c>, D <d@e.f>", "a@b.c|d@e.f|" },
  { "a@b.c;d@e.f", "a@b.c,d@e.f", "a@b.c|d@e.f|" },
  { "a@b.c; d;", "a@b.c, d@d.h", "a@b.c|d@d.h|" },
  { "G H: A <a@b.c>; x@y.z", "G H: A <a@b.c>;, x@y.z", "a@b.c|x@y.z|" },
  /* half an address is nobody's */
  { "a@b.c, <d", 0, 0 }, { "a@b.c, d>", 0, 0 }, { "<a <b@c.d>", 0, 0 }, { "<a b@c.d>", 0, 0 }, { "<<a@b.c>>", 0, 0 },
  { "a> <b@c.d>", 0, 0 }, { "<a@b.c, d@e.f>", 0, 0 }, { "<a@b.c; d@e.f>", 0, 0 }, { "<G: a@b.c>", 0, 0 },
  { "a@b@c.d, e@f.g", 0, 0 }, { "a@@b.c", 0, 0 }, { "a@b.c, \"x", 0, 0 }, { "joe\"x@y.z", 0, 0 },
  { "joe\"x\"@y.z", 0, 0 }, { "a@b.c (x", 0, 0 }, { "joe(work@x.y", 0, 0 }, { "a@[1.2", 0, 0 }, { "a) b@c.d", 0, 0 },
  { "a] b@c.d", 0, 0 }, { "D\\u@c.d", 0, 0 }, { "o\\'brien@x.y", 0, 0 }, { "a@b.c\\", 0, 0 }, { "\"a\\", 0, 0 },
  { "a\001b@c.d", 0, 0 }, { "a\013b@c.d", 0, 0 }, { "\"a\tb\"@c.d", 0, 0 }, { "\"a\"b@c.d", 0, 0 },
  { "a@\"b\".c", 0, 0 }, { "[x]@b.c", 0, 0 }, { "a@[b]c", 0, 0 }, { "a@[b].c", 0, 0 }, { "G: a@b.c", 0, 0 },
  { "G: H: a@b.c;", 0, 0 }, { ": a@b.c;", 0, 0 }, { "(x): a@b.c;", 0, 0 }, { "g@h.i: a@b.c;", 0, 0 },
  { "<g>: a@b.c;", 0, 0 }, { "mailto:a@b.c", 0, 0 }, { "<mailto:a@b.c>", 0, 0 }, { "\"\"@b.c", 0, 0 }, { ".", 0, 0 },
  { "@", 0, 0 }, { "@@", 0, 0 }, { "@a", 0, 0 }, { "@b.c", 0, 0 }, { "<@b.c>", 0, 0 }, { "<@b.c d:a@b.c>", 0, 0 },
  { "a@", 0, 0 }, { "a b c@", 0, 0 }, { "a,b@", 0, 0 }, { "a b@c.d", 0, 0 }, { "a@b.c d", 0, 0 }, { "<a@b.c> d", 0, 0 },
  { "d <a@b.c> e", 0, 0 }, { "John Smith john@x.y", 0, 0 }, { "ann@b.c Bob <bob@d.e>", 0, 0 },
  { "ann(x)smith@b.c", 0, 0 }, { "\"a@b.c\"", 0, 0 }, { "'a@b.c'", 0, 0 }, { "a@b.c?x=y", 0, 0 }, { "a@b..c", 0, 0 },
  { "a@.b", 0, 0 }, { "a@b/c.d", 0, 0 }, { "a@b.c:25", 0, 0 }, { "=?utf-8?Q?a=40b.c?=", 0, 0 },
  { "=?utf-8?Q?a?=@b.c", 0, 0 }, { "=?utf-8?Q?Smith, Joe?= <a@b.c>", 0, 0 }, { "a@b.c\302\240", 0, 0 },
  { "a\342\200\213@b.c", 0, 0 }, { "a@b.c\342\200\250", 0, 0 }, { "j\366rg@b.c", 0, 0 }, { "a@b\205.c", 0, 0 },
  { "a@\303\050.c", 0, 0 }, { "\357\273\277a@b.c", 0, 0 },
  /* quotes of word processors, guillemets, and @ . , < > of full width are read as those of ASCII */
  { "\342\200\234a@b.c\342\200\235", 0, 0 }, { "\342\200\230a@b.c\342\200\231", 0, 0 },
  { "\302\253a@b.c\302\273", 0, 0 },
  { "\342\200\271a@b.c\342\200\272", 0, 0 }, { "a\357\274\240b.c", 0, 0 }, { "a@b\343\200\202c", 0, 0 },
  { "a@b\357\274\216c", 0, 0 }, { "a@b.c\357\274\214", 0, 0 }, { "\357\274\234a@b.c\357\274\236", 0, 0 },
  { "a@b.c\342\200\246", 0, 0 }, { "\342\200\234Ann\342\200\235 <a@b.c>", 0, "a@b.c|" },
  { "\346\227\245@\346\234\254.c", 0, "\346\227\245@\346\234\254.c|" },
};

static void table(void)
{
  stralloc out = STRALLOC_ZERO;
  struct list l;
  char name[32];
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char const *want = !rows[i].taken ? "" : rows[i].out ? rows[i].out : rows[i].in;
    int r, good;
    stralloc_copys(&out, "To:");
    r = rewrite(&out, rows[i].in, strlen(rows[i].in), &l);
    stralloc_0(&out);
    stralloc_0(&taken);
    good = r == (rows[i].taken != 0) && !strcmp(out.s + 3, want);
    good = good && (rows[i].taken ? !strcmp(taken.s, rows[i].taken) : l.why && l.at <= strlen(rows[i].in));
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

/* What was completed is read again: the same addresses are found, and nothing changes any more. */
static int stable(char const *s, size_t len)
{
  stralloc out[2] = { STRALLOC_ZERO, STRALLOC_ZERO }, first = STRALLOC_ZERO;
  struct list l;
  int i, same = 1;

  if (rewrite(out, s, len, &l) == 1) {
    if (taken.len) stralloc_copy(&first, &taken);
    same = rewrite(out + 1, out[0].s, out[0].len, &l) == 1 && same_bytes(&first, &taken) && same_bytes(out, out + 1);
    if (!same) printf("# not stable: '%.*s' -> '%.*s'\n", (int)len, s, (int)out[0].len, out[0].s);
  }
  for (i = 0; i < 2; i++) stralloc_free(out + i);
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

  for (i = 0; i < 1000; i++) stralloc_cats(&in, "somebody, \"A B\" <x@y.z> ,");
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
