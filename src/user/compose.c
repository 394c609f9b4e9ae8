/* compose.c - see compose.h */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/addr/list.h"
#include "lib/io/log.h"
#include "user/complete.h"
#include "user/compose.h"
#include "user/field.h"

#define EXCERPT_MAX 80
#define BYTE_ORDER_MARK "\357\273\277"   /* U+FEFF */

static void memory(int ok)
{
  if (!ok) log_die(111, "fatal: out of memory", (char *)0);
}

/* one field */

/* Tells of a field, or of a line in the place of one; with a code it is the program's end. */
static void tell(int code, char const *words, struct compose_trouble const *t)
{
  log_start();
  log_text(words);
  log_bytes(t->name.s, t->name.len);
  log_text(": there is ");
  log_text(t->why);
  log_text(", in: ");
  log_bytes(t->text.s, t->text.len);
  log_end();
  if (code) _exit(code);
}

/* The text from s on: its first line, without blanks in front, and not all of a long one. */
static void excerpt(stralloc *out, char const *s, size_t len)
{
  char const *nl;

  while (len && (*s == ' ' || *s == '\t' || *s == '\n')) s++, len--;
  nl = len ? memchr(s, '\n', len) : 0;
  if (nl) len = (size_t)(nl - s);
  memory(stralloc_copyb(out, len ? s : "", len < EXCERPT_MAX ? len : EXCERPT_MAX));
}

static void cannot_read(struct compose *c, struct compose_trouble const *t, unsigned int flags)
{
  struct compose_trouble *first = c->trouble + !!(flags & FIELD_RESENT);

  if (!c->wants_rcpts && flags & FIELD_STRICT) tell(0, "warning: cannot read, and leave as it is, the field ", t);
  if (!c->wants_rcpts || first->why) return;
  memory(stralloc_copy(&first->name, &t->name) && stralloc_copy(&first->text, &t->text));
  first->why = t->why;
}

static void add_all(struct rcpts *to, struct rcpts const *from)
{
  memory(!from->n || stralloc_cat(&to->text, &from->text));
  to->n += from->n;
}

/* The addresses of a field that could be read, each to where it counts. */
static void found(struct compose *c, struct rcpts const *all, unsigned int flags)
{
  int resent = !!(flags & FIELD_RESENT);

  if (flags & FIELD_RCPT) add_all(c->rcpts + resent, all);
  if (flags & FIELD_SHOWN && !resent) add_all(&c->shown, all);
  if (flags & FIELD_PATH) add_all(&c->path, all);
}

/* A field with addresses: completed, or when it cannot be read as it is; one with nothing in it is as if not there. */
static void addresses(struct compose *c, char const *s, size_t len, size_t name, unsigned int flags)
{
  static struct rcpts all;
  static struct compose_trouble t;
  struct list l = { .complete = complete_domain, .take = rcpts_take, .data = &all };
  size_t before = c->header.len, text = (size_t)((char const *)memchr(s, ':', len) - s) + 1;
  int r;

  all.n = all.text.len = 0;
  memory(stralloc_catb(&c->header, s, text));
  r = list_rewrite(&l, &c->header, text, s + text, len - text);
  memory(r != -1);
  if (r && flags & FIELD_PATH && l.count > 1) {
    r = 0;
    l.why = "more than one address";
  }
  if (r) found(c, &all, flags);
  else {
    memory(stralloc_copyb(&t.name, s, name));
    excerpt(&t.text, s + text + l.at, len - text - l.at);
    t.why = l.why;
    cannot_read(c, &t, flags);
    c->header.len = before;
    memory(stralloc_catb(&c->header, s, len));
  }
  if (flags & FIELD_PATH) c->has_path = r && l.count == 1;
  if (flags & FIELD_DROP || (r && l.empty)) c->header.len = before;
  else c->seen[!!(flags & FIELD_RESENT)] |= flags;
}

static void take_field(struct compose *c, char const *s, size_t len)
{
  size_t name = field_name_len(s, len);
  unsigned int flags = field_flags(s, name);

  if (flags & FIELD_RESENT) c->seen[1] |= FIELD_RESENT;
  if (c->style.drop_from && flags & FIELD_FROM) return;
  if (c->style.drop_id && flags & FIELD_ID) return;
  if (flags & FIELD_PATH && c->style.ignore_path) return;
  if (flags & FIELD_PATH) c->path.n = c->path.text.len = 0;
  if (flags & (FIELD_RCPT | FIELD_STRICT)) {
    addresses(c, s, len, name, flags);
    return;
  }
  if (flags & FIELD_DROP) return;
  c->seen[!!(flags & FIELD_RESENT)] |= flags;
  memory(stralloc_catb(&c->header, s, len));
}

/* the header */

static void flush_field(struct compose *c, stralloc *field)
{
  if (field->len && field->s[field->len - 1] != '\n') memory(stralloc_catb(field, "\n", 1));
  if (field->len) take_field(c, field->s, field->len);
  field->len = 0;
}

static int is_mbox_line(stralloc const *sa)
{
  size_t skip = sa->len && sa->s[0] == '>';

  return sa->len >= skip + 5 && !memcmp(sa->s + skip, "From ", 5);
}

/* The next line of the header; of a text without a header, whose first line may be long, as much as there is room for.
   0 at the end of the message. */
static int next_line(struct input *in, stralloc *line, size_t *total)
{
  int r;

  line->len = 0;
  r = input_line(in, line, COMPOSE_HEADER_MAX - *total);
  if (r == -1 && errno == EMSGSIZE && line->len && field_line(line->s, line->len) == FIELD_BODY) r = 1;
  if (r == -1 && errno == EMSGSIZE)
    log_diex(100, "fatal: the header is longer than 4 megabytes; is there no empty line after it?", (char *)0);
  if (r == -1) log_die(111, "fatal: cannot read the message", (char *)0);
  *total += line->len;
  return r;
}

/* A byte order mark, which editors put in front of a text, is no part of the first field's name. */
static void drop_mark(stralloc *line)
{
  size_t n = sizeof BYTE_ORDER_MARK - 1;

  if (line->len < n || memcmp(line->s, BYTE_ORDER_MARK, n)) return;
  if (field_line(line->s + n, line->len - n) != FIELD_LINE) return;
  line->len -= n;
  memmove(line->s, line->s + n, line->len);
}

static void refuse_line(stralloc const *line, char const *why)
{
  struct compose_trouble t = { .why = why };

  excerpt(&t.text, line->s, line->len);
  tell(100, "fatal: a line of the header is no field", &t);
}

/* What a line of the header is. Where recipients come from the header, nothing may hide one: neither a name with bytes
   that no name may have, with the fields behind it, nor a Bcc that belongs to another field. */
static enum field_line kind_of(struct compose const *c, stralloc const *line, int fields)
{
  enum field_line kind = field_line(line->s, line->len);

  if (kind == FIELD_CONTINUED && !fields) return FIELD_BODY;
  if (kind == FIELD_ILLEGAL && fields && c->wants_rcpts)
    refuse_line(line, "a character in its name that no name may have");
  if (kind == FIELD_CONTINUED && c->wants_rcpts) {
    size_t blanks = strspn(line->s, " \t"), len = line->len - blanks;
    char const *s = line->s + blanks;
    if (field_line(s, len) == FIELD_LINE && field_hides_rcpts(s, field_name_len(s, len)))
      refuse_line(line, "a blank before its name, so it would be shown as a part of the field before it");
  }
  return kind == FIELD_ILLEGAL ? FIELD_BODY : kind;
}

void compose_read(struct compose *c, struct input *in)
{
  stralloc field = STRALLOC_ZERO, line = STRALLOC_ZERO;
  enum field_line kind = FIELD_EMPTY;
  size_t total = 0;
  int fields = 0;

  while (next_line(in, &line, &total)) {
    if (!fields && is_mbox_line(&line)) continue;
    if (!fields) drop_mark(&line);
    memory(stralloc_readyplus(&line, 1));
    line.s[line.len] = 0;
    kind = kind_of(c, &line, fields);
    if (kind != FIELD_CONTINUED) flush_field(c, &field);
    if (kind == FIELD_EMPTY || kind == FIELD_BODY) break;
    memory(stralloc_catb(&field, line.s, line.len));
    fields = 1;
    kind = FIELD_EMPTY;
  }
  flush_field(c, &field);
  if (kind == FIELD_BODY) memory(stralloc_copy(&c->rest, &line));
  stralloc_free(&field);
  stralloc_free(&line);
  if (c->trouble[!!(c->seen[1] & FIELD_RESENT)].why)
    tell(100, "fatal: cannot read the field ", c->trouble + !!(c->seen[1] & FIELD_RESENT));
}

struct rcpts const *compose_rcpts(struct compose const *c)
{
  return c->rcpts + !!(c->seen[1] & FIELD_RESENT);
}
