/* verdict.c - see verdict.h */

#include <stdarg.h>
#include <stdio.h>

#include "user/print.h"
#include "user/verdict.h"

#define TEXT_MAX 1024

struct text {
  char s[TEXT_MAX];
  size_t len;
};

static struct text wrong, good, data;
static enum verdict worst;

/* What does not fit is left out. */
static void put(struct text *t, char const *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, char const *format, ...)
{
  va_list ap;
  int n;

  va_start(ap, format);
  n = vsnprintf(t->s + t->len, sizeof t->s - t->len, format, ap);
  va_end(ap);
  if (n > 0 && (size_t)n < sizeof t->s - t->len) t->len += (size_t)n;
  t->s[t->len] = 0;
}

static void worse(enum verdict v)
{
  static int const rank[] = { [VERDICT_OK] = 0, [VERDICT_UNKNOWN] = 1, [VERDICT_WARNING] = 2, [VERDICT_CRITICAL] = 3 };

  if (rank[v] > rank[worst]) worst = v;
}

static struct text *part(enum verdict v)
{
  struct text *t = v == VERDICT_OK ? &good : &wrong;

  worse(v);
  if (t->len) put(t, ", ");
  return t;
}

void verdict_words(enum verdict v, char const *why, char const *what)
{
  struct text *t = part(v);

  put(t, "%s", why);
  for (; *what; what++) put(t, "%c", *what < ' ' || *what > '~' || *what == '|' ? '?' : *what);
}

void verdict_number(enum verdict v, char const *name, long long n, char const *unit, long long warning,
                    long long critical)
{
  put(part(v), "%s %lld%s%s", name, n, *unit == '%' || !*unit ? "" : " ", unit);
  put(&data, "%s%s=%lld%s;", data.len ? " " : "", name, n, unit);
  if (warning >= 0) put(&data, "%lld", warning);
  put(&data, ";");
  if (critical >= 0) put(&data, "%lld", critical);
  put(&data, ";0");
}

enum verdict verdict_say(char const *title)
{
  static char const *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

  printf("%s %s: %s%s%s", title, words[worst], wrong.s, wrong.len && good.len ? ", " : "", good.s);
  if (data.len) printf(" | %s", data.s);
  putchar('\n');
  return print_end() == -1 ? VERDICT_UNKNOWN : worst;
}
