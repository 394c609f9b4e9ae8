/* list.c - see list.h */

#include <string.h>
#include <skalibs/genalloc.h>

#include "lib/addr/fold.h"
#include "lib/addr/list.h"
#include "lib/addr/quote.h"
#include "lib/addr/spec.h"
#include "lib/addr/token.h"

struct parse {
  struct list *use;
  char const *s;
  struct token *t;      /* all tokens; after the last one an END */
  size_t at;            /* the next one */
  struct fold fold;     /* what is written */
  int need_comma;       /* an address stands before the next one */
  int in_group;
  int nomem;
  struct spec spec;     /* the address under way */
  stralloc address;             /* the same as the envelope has it */
  stralloc word, quoted;        /* scratch of put_phrase and put_address */
};

static void bad(struct parse *p, char const *why)
{
  if (!p->use->why) p->use->why = why;
}

static void append(struct parse *p, stralloc *sa, char const *s, size_t len)
{
  if (len && !stralloc_catb(sa, s, len)) p->nomem = 1;
}

/* writing */

static void put(struct parse *p, char const *s, size_t len, int space)
{
  fold_put(&p->fold, s, len, space);
}

static void put_comments(struct parse *p, size_t from, size_t to)
{
  for (; from < to; from++)
    if (p->t[from].kind == TOKEN_COMMENT) put(p, p->s + p->t[from].at, p->t[from].len, 1);
}

static void put_comma(struct parse *p)
{
  if (p->need_comma) put(p, ",", 1, 0);
  p->need_comma = 1;
}

/* A name: as it was written, or in quotes when it has what no name may have. */
static void put_phrase(struct parse *p, size_t from, size_t to)
{
  size_t i;
  int plain = 1;

  for (i = from; i < to; i++)
    if (!strchr("aqc.", p->t[i].kind)) plain = 0;
  p->word.len = 0;
  for (i = from; i < to; i++) {
    struct token const *t = p->t + i;
    if (plain) put(p, p->s + t->at, t->len, t->space || i == from);
    else {
      if (t->space && i > from) append(p, &p->word, " ", 1);
      if (!token_value(&p->word, p->s, t)) p->nomem = 1;
    }
  }
  if (plain || p->nomem) return;
  p->quoted.len = 0;
  if (!quote_phrase(&p->quoted, p->word.s, p->word.len)) p->nomem = 1;
  put(p, p->quoted.s, p->quoted.len, 1);
}

/* addresses */

/* Makes the envelope address of local and domain, and hands it to the caller. */
static int take(struct parse *p)
{
  char const *why;

  if (!p->nomem && !p->use->complete(&p->spec.domain, p->use->data)) p->nomem = 1;
  p->address.len = 0;
  append(p, &p->address, p->spec.local.s, p->spec.local.len);
  append(p, &p->address, "@", 1);
  append(p, &p->address, p->spec.domain.s, p->spec.domain.len);
  if (p->nomem) return 0;
  if (!spec_domain_ok(p->spec.domain.s, p->spec.domain.len)) why = "something that is no domain";
  else why = p->use->take(p->address.s, p->address.len, p->use->data);
  if (why) bad(p, why);
  else p->use->count++;
  return !why;
}

static size_t read_spec(struct parse *p, size_t from, size_t to)
{
  size_t next = spec_read(&p->spec, p->s, p->t, from, to);

  if (p->spec.why) bad(p, p->spec.why);
  if (p->spec.nomem) p->nomem = 1;
  return next;
}

static void put_address(struct parse *p, int in_angle)
{
  p->quoted.len = 0;
  if (in_angle) append(p, &p->quoted, "<", 1);
  if (p->address.len && !quote_address(&p->quoted, p->address.s, p->address.len)) p->nomem = 1;
  if (in_angle) append(p, &p->quoted, ">", 1);
  put(p, p->quoted.s, p->quoted.len, 1);
}

/* addresses without <>, up to the token to */
static void bare(struct parse *p, size_t to)
{
  while (p->at < to && !p->nomem) {
    size_t from = p->at;
    p->at = read_spec(p, from, to);
    if (p->spec.found && take(p)) {
      put_comma(p);
      put_address(p, 0);
    }
    put_comments(p, from, p->at);
  }
}

/* the token after @a,@b: (RFC 5322 section 4.4, obs-route), or from when that is not there */
static size_t after_route(struct parse *p, size_t from, size_t to)
{
  size_t i = from;

  while (i < to && p->t[i].kind == TOKEN_COMMENT) i++;
  if (i == to || p->t[i].kind != '@') return from;
  for (; i < to; i++)
    if (p->t[i].kind == ':') return i + 1;
  return from;
}

/* What stands between < and >. 1 when address is set: empty for <>. */
static int inside(struct parse *p, size_t from, size_t to)
{
  size_t i = from;
  char const *why;

  while (i < to && p->t[i].kind == TOKEN_COMMENT) i++;
  if (i == to) {
    p->address.len = 0;
    why = p->use->take("", 0, p->use->data);
    if (why) bad(p, why);
    else p->use->count++;
    return !why;
  }
  i = read_spec(p, after_route(p, i, to), to);
  if (i < to) bad(p, "two words between < and >");
  return p->spec.found && i == to && take(p);
}

/* name <address>: the name from p->at up to open, where the < is */
static void angle(struct parse *p, size_t open)
{
  size_t name = p->at, close = open + 1;

  while (p->t[close].kind != '>' && p->t[close].kind != '<' && p->t[close].kind != TOKEN_END) close++;
  p->at = close;
  if (p->t[close].kind != '>') {
    bad(p, "a < without its >");
    return;
  }
  p->at++;
  while (p->t[p->at].kind == TOKEN_COMMENT) p->at++;
  if (!inside(p, open + 1, close) || p->nomem) return;
  put_comma(p);
  put_phrase(p, name, open);
  put_address(p, 1);
  put_comments(p, open + 1, p->at);
}

static void group_start(struct parse *p, size_t colon)
{
  if (p->in_group) bad(p, "a group within a group");
  else if (p->at == colon) bad(p, "a group without a name");
  else {
    put_comma(p);
    put_phrase(p, p->at, colon);
    put(p, ":", 1, 0);
    p->in_group = 1;
    p->need_comma = 0;
  }
  p->at = colon + 1;
}

static void separator(struct parse *p)
{
  if (p->t[p->at].kind == ';' && p->in_group) {
    put(p, ";", 1, 0);
    p->in_group = 0;
    p->need_comma = 1;
  }
  p->at++;
}

static void parse_list(struct parse *p)
{
  while (!p->nomem) {
    size_t i = p->at;
    while (p->t[i].kind && !strchr(",;:<", p->t[i].kind)) i++;
    switch (p->t[i].kind) {
      case ':': group_start(p, i); break;
      case '<': angle(p, i); break;
      default:
        bare(p, i);
        p->at = i;
        if (p->t[i].kind == TOKEN_END) {
          if (p->in_group) bad(p, "a group without its ;");
          return;
        }
        separator(p);
    }
  }
}

/* Cuts the text into tokens; where that fails the rest is given up. */
static int tokenize(struct parse *p, genalloc *g, size_t len)
{
  struct token t = { 0 };
  size_t from = 0;
  char const *why;

  do {
    why = token_next(&t, p->s, len, from);
    if (why) {
      bad(p, why);
      t.kind = TOKEN_END;
    }
    if (!genalloc_append(struct token, g, &t)) return 0;
    from = t.at + t.len;
  } while (t.kind != TOKEN_END);
  p->t = genalloc_s(struct token, g);
  return 1;
}

int list_rewrite(struct list *l, stralloc *out, size_t column, char const *s, size_t len)
{
  struct parse p = { .use = l, .s = s };
  genalloc tokens = GENALLOC_ZERO;

  p.fold = (struct fold){ .out = out, .column = column, .start = out->len };
  l->count = 0;
  l->why = 0;
  if (!tokenize(&p, &tokens, len)) p.nomem = 1;
  else parse_list(&p);
  genalloc_free(struct token, &tokens);
  stralloc_free(&p.spec.local);
  stralloc_free(&p.spec.domain);
  stralloc_free(&p.address);
  stralloc_free(&p.word);
  stralloc_free(&p.quoted);
  if (p.fold.nomem) p.nomem = 1;
  if (p.nomem || l->why) out->len = p.fold.start;
  return p.nomem ? -1 : !l->why;
}
