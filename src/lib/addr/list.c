/* list.c - see list.h */

#include <string.h>
#include <skalibs/genalloc.h>

#include "lib/addr/fold.h"
#include "lib/addr/list.h"
#include "lib/addr/spec.h"
#include "lib/addr/token.h"

struct parse {
  struct list *use;
  char const *s;
  struct token *t;      /* all tokens; after the last one an END */
  size_t at;            /* the next one */
  stralloc out;         /* what is written, of s up to done */
  size_t done;
  int changed;
  enum { NOTHING, WORD, FULL, GROUP } before;   /* what stands before the next address, with no comma between */
  int in_group;
  unsigned int members; /* addresses before the group */
  int nomem;
  struct spec spec;     /* the address under way */
  stralloc address;     /* the same as the envelope has it */
};

static int bad(struct parse *p, char const *why)
{
  if (!p->use->why) p->use->why = why;
  return 0;
}

static void append(struct parse *p, stralloc *sa, char const *s, size_t len)
{
  if (len && !stralloc_catb(sa, s, len)) p->nomem = 1;
}

static int going(struct parse const *p)
{
  return !p->use->why && !p->nomem;
}

/* writing */

/* Puts a text in the place of the bytes from, to: neither may be before what was put last. */
static void put(struct parse *p, size_t from, size_t to, char const *s, size_t len)
{
  append(p, &p->out, p->s + p->done, from - p->done);
  append(p, &p->out, s, len);
  p->done = to;
  p->changed = 1;
}

static size_t end_of(struct parse const *p, size_t token)
{
  return p->t[token].at + p->t[token].len;
}

/* An address or group begins at the token first: where no comma stands before it, one is put. */
static int begin(struct parse *p, size_t first, int form)
{
  if (p->before == NOTHING) return 1;
  if (p->before != GROUP && form != GROUP && (int)p->before != form)
    return bad(p, "a word without an @ beside an address, and no comma between them");
  put(p, end_of(p, first - 1), end_of(p, first - 1), ",", 1);
  return 1;
}

/* addresses */

static int hand_over(struct parse *p)
{
  char const *why = p->use->take(p->address.s, p->address.len, p->use->data);

  if (why) return bad(p, why);
  p->use->count++;
  return 1;
}

/* The address of spec goes to the caller; what its domain gets is put behind it. */
static int take(struct parse *p)
{
  stralloc *domain = &p->spec.domain;
  size_t had = domain->len, plus = had && domain->s[had - 1] == '+';
  size_t end = end_of(p, p->spec.last), word = end_of(p, p->spec.word);

  p->address.len = 0;
  append(p, &p->address, p->spec.local.s, p->spec.local.len);
  if (!p->nomem && !p->use->complete(domain, p->use->data)) p->nomem = 1;
  if (p->nomem) return 0;
  if (!domain->len) return hand_over(p);
  append(p, &p->address, "@", 1);
  append(p, &p->address, domain->s, domain->len);
  if (p->nomem) return 0;
  if (!spec_domain_ok(domain->s, domain->len)) return bad(p, "something that is no domain");
  if (!had) put(p, end, end, p->address.s + p->spec.local.len, domain->len + 1);
  else if (plus || domain->len > had) put(p, word - plus, end, domain->s + had - plus, domain->len - had + plus);
  return hand_over(p);
}

static size_t read_spec(struct parse *p, size_t from, size_t to)
{
  size_t next = spec_read(&p->spec, p->s, p->t, from, to);

  if (p->spec.why) bad(p, p->spec.why);
  if (p->spec.nomem) p->nomem = 1;
  return next;
}

static size_t skip_comments(struct parse const *p, size_t from)
{
  while (p->t[from].kind == TOKEN_COMMENT) from++;
  return from;
}

/* addresses without <>, up to the token to */
static void bare(struct parse *p, size_t to)
{
  while (p->at < to && going(p)) {
    int form;
    p->use->at = p->t[p->at].at;
    p->at = read_spec(p, p->at, to);
    form = p->spec.has_at ? FULL : WORD;
    if (going(p) && p->spec.found && begin(p, p->spec.first, form) && take(p)) p->before = form;
  }
}

/* The token after @a,@b: (RFC 5322 section 4.4, obs-route); from when it is not there. */
static size_t after_route(struct parse *p, size_t from, size_t to)
{
  size_t i = from;
  char before = 0;

  if (p->t[i].kind != '@') return from;
  while (i < to && strchr(before == TOKEN_ATOM ? "@,." : "@,.al", p->t[i].kind)) {
    before = p->t[i].kind;
    i = skip_comments(p, i + 1);
  }
  if (i == to || p->t[i].kind != ':') return bad(p, "an @ with nothing before it"), from;
  return i + 1;
}

/* What stands between < and >. */
static int inside(struct parse *p, size_t from, size_t to)
{
  size_t first = skip_comments(p, from), i = first;

  if (i == to) {
    p->address.len = 0;
    return hand_over(p);
  }
  i = after_route(p, i, to);
  if (!going(p)) return 0;
  if (i > first) put(p, p->t[first].at, p->t[i].at, "", 0);
  i = read_spec(p, i, to);
  if (going(p) && i < to) bad(p, "two words between < and >");
  if (going(p) && !p->spec.found) bad(p, "no address where one must be");
  return going(p) && take(p);
}

/* A name before < may have an @ in it, and may be an address, but an address and then a name is two in one. */
static int name_ok(struct parse *p, size_t from, size_t to)
{
  size_t at = to, i, next;

  for (i = to; i > from; i--) {
    if (p->t[i - 1].kind == '>') return bad(p, "a > without its <");
    if (p->t[i - 1].kind == '@') at = i - 1;
  }
  if (at == to || p->t[at].space || p->t[at + 1].space) return 1;
  next = spec_read(&p->spec, p->s, p->t, from, to);
  if (!p->spec.found || !p->spec.has_at || next == to) return 1;
  return bad(p, "an address and a name with no comma between them");
}

/* name <address>: the name from p->at up to open, where the < is */
static void angle(struct parse *p, size_t open)
{
  size_t name = p->at, close = open + 1;

  while (p->t[close].kind != '>' && p->t[close].kind != '<' && p->t[close].kind != TOKEN_END) close++;
  if (p->t[close].kind != '>') bad(p, "a < without its >");
  else if (name_ok(p, name, open) && begin(p, skip_comments(p, name), FULL) && inside(p, open + 1, close))
    p->before = FULL;
  p->at = close + 1;
}

static void group_start(struct parse *p, size_t colon)
{
  size_t first = skip_comments(p, p->at), i;

  if (p->in_group) bad(p, "a group within a group");
  else if (first == colon) bad(p, "a group without a name");
  for (i = first; i < colon; i++)
    if (!strchr("aqec.", p->t[i].kind)) bad(p, "a group whose name is none");
  if (going(p)) begin(p, first, GROUP);
  p->in_group = 1;
  p->members = p->use->count;
  p->before = NOTHING;
  p->at = colon + 1;
}

/* the , or ; at p->at: a ; that ends no group is for a comma */
static void separator(struct parse *p)
{
  struct token const *t = p->t + p->at;

  if (t->kind == ';' && !p->in_group)
    put(p, t->at, t->at + 1, ",", p->t[skip_comments(p, p->at + 1)].kind != TOKEN_END);
  p->before = t->kind == ';' && p->in_group ? GROUP : NOTHING;
  if (t->kind == ';') p->in_group = 0;
  p->at++;
}

/* An empty group may lack its end: nobody is in it either way. */
static void parse_list(struct parse *p)
{
  while (going(p)) {
    size_t i = p->at;
    p->use->at = p->t[i].at;
    while (p->t[i].kind && !strchr(",;:<", p->t[i].kind)) i++;
    switch (p->t[i].kind) {
      case ':': group_start(p, i); break;
      case '<': angle(p, i); break;
      default:
        bare(p, i);
        p->at = i;
        if (p->t[i].kind != TOKEN_END) separator(p);
        else {
          if (p->in_group && p->use->count != p->members) bad(p, "a group without its ;");
          return;
        }
    }
  }
}

/* Cuts the text into tokens. Where that fails, the address under way is the one behind the last separator. */
static int tokenize(struct parse *p, genalloc *g, size_t len)
{
  struct token t = { 0 };
  size_t from = 0;
  char const *why = 0;

  do {
    why = token_next(&t, p->s, len, from);
    if (why) {
      bad(p, why);
      return 1;
    }
    if (!genalloc_append(struct token, g, &t)) return 0;
    if (!strchr(",;", t.kind)) p->use->empty = 0;
    from = t.at + t.len;
    if (t.kind && strchr(",;", t.kind)) p->use->at = from;
  } while (t.kind != TOKEN_END);
  p->t = genalloc_s(struct token, g);
  return 1;
}

static void finish(struct parse *p, stralloc *out, size_t column, size_t len)
{
  append(p, &p->out, p->s + p->done, len - p->done);
  if (p->nomem) return;
  if (p->changed ? !fold_text(out, column, p->out.s, p->out.len) : len && !stralloc_catb(out, p->s, len)) p->nomem = 1;
}

int list_rewrite(struct list *l, stralloc *out, size_t column, char const *s, size_t len)
{
  struct parse p = { .use = l, .s = s };
  genalloc tokens = GENALLOC_ZERO;

  l->count = 0;
  l->empty = 1;
  l->why = 0;
  l->at = 0;
  if (!tokenize(&p, &tokens, len)) p.nomem = 1;
  if (going(&p)) parse_list(&p);
  if (going(&p)) finish(&p, out, column, len);
  genalloc_free(struct token, &tokens);
  stralloc_free(&p.spec.local);
  stralloc_free(&p.spec.domain);
  stralloc_free(&p.address);
  stralloc_free(&p.out);
  return p.nomem ? -1 : !l->why;
}
