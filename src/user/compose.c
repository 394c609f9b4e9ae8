/* compose.c - see compose.h */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/addr/list.h"
#include "lib/io/log.h"
#include "user/complete.h"
#include "user/compose.h"
#include "user/field.h"

static void memory(int ok)
{
  if (!ok) log_die(111, "fatal: out of memory", (char *)0);
}

/* one field */

static void tell(int code, char const *words, char const *field, size_t name, char const *why)
{
  log_start();
  log_text(words);
  log_bytes(field, name);
  log_text(": there is ");
  log_text(why);
  log_end();
  if (code) _exit(code);
}

/* takes an address of To or Cc both as a recipient and for Mail-Followup-To */
struct two_takers {
  struct rcpts *a, *b;
};

static char const *take_both(char const *s, size_t len, void *data)
{
  struct two_takers *t = data;
  char const *why = rcpts_take(s, len, t->a);

  return why || !t->b ? why : rcpts_take(s, len, t->b);
}

/* A field with addresses: written anew. Returns the number of addresses in it. */
static unsigned int addresses(struct compose *c, char const *s, size_t len, size_t name, unsigned int flags)
{
  int resent = !!(flags & FIELD_RESENT);
  struct rcpts ignored = { STRALLOC_ZERO, 0 };
  struct two_takers takers = {
    flags & FIELD_RCPT ? c->rcpts + resent : flags & FIELD_PATH ? &c->path : &ignored,
    flags & FIELD_SHOWN && !resent ? &c->shown : 0
  };
  struct list l = { .complete = complete_domain, .take = take_both, .data = &takers };
  char const *colon = memchr(s, ':', len);
  size_t before = c->header.len, text = (size_t)(colon - s) + 1;
  int r;

  memory(stralloc_catb(&c->header, s, name) && stralloc_catb(&c->header, ":", 1));
  r = list_rewrite(&l, &c->header, name + 1, s + text, len - text);
  memory(r != -1);
  if (!r && flags & FIELD_STRICT) tell(100, "fatal: cannot read the field ", s, name, l.why);
  if (!r && c->wants_rcpts)
    tell(0, "warning: part of a field with recipients stays as it is and gets no mail: ", s, name, l.why);
  if (!r) {
    c->header.len = before;
    memory(stralloc_catb(&c->header, s, len));
  }
  else if (c->header.len == before + name + 1) c->header.len = before;  /* nothing in it: as if not there */
  else memory(stralloc_catb(&c->header, "\n", 1));
  if (flags & FIELD_DROP) c->header.len = before;
  if (!(flags & FIELD_DROP) && c->header.len > before) c->seen[resent] |= flags;
  stralloc_free(&ignored.text);
  return l.count;
}

static void take_field(struct compose *c, char const *s, size_t len)
{
  size_t name = field_name_len(s, len);
  unsigned int flags = field_flags(s, name);
  int resent = !!(flags & FIELD_RESENT);

  if (flags & FIELD_RESENT) c->seen[1] |= FIELD_RESENT;
  if (c->style.drop_from && flags & FIELD_FROM) return;
  if (c->style.drop_id && flags & FIELD_ID) return;
  if (flags & FIELD_PATH && c->style.ignore_path) return;
  if (flags & FIELD_PATH) {
    c->path.n = c->path.text.len = 0;
    c->has_path = 1;
  }
  if (flags & (FIELD_RCPT | FIELD_STRICT)) {
    unsigned int n = addresses(c, s, len, name, flags);
    if (flags & FIELD_PATH && n != 1) c->has_path = 0;
    if (flags & FIELD_PATH && n > 1) tell(100, "fatal: cannot read the field ", s, name, "more than one address");
    return;
  }
  if (flags & FIELD_DROP) return;
  c->seen[resent] |= flags;
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

/* the next line of the header. 0 at the end of the message. */
static int next_line(struct input *in, stralloc *line, size_t *total)
{
  int r;

  line->len = 0;
  r = input_line(in, line, COMPOSE_HEADER_MAX - *total);
  if (r == -1 && errno == EMSGSIZE)
    log_diex(100, "fatal: the header is longer than 4 megabytes; is there no empty line after it?", (char *)0);
  if (r == -1) log_die(111, "fatal: cannot read the message", (char *)0);
  *total += line->len;
  return r;
}

void compose_read(struct compose *c, struct input *in)
{
  stralloc field = STRALLOC_ZERO, line = STRALLOC_ZERO;
  enum field_line kind = FIELD_BODY;
  size_t total = 0, count = 0;

  while (next_line(in, &line, &total)) {
    if (!count++ && is_mbox_line(&line)) continue;
    kind = field_line(line.s, line.len);
    if (kind == FIELD_CONTINUED && !field.len) kind = FIELD_BODY;
    if (kind == FIELD_ILLEGAL)
      tell(100, "fatal: this line of the header is no field: ", line.s, line.len > 80 ? 80 : line.len - 1,
           "a character in its name that no name may have");
    if (kind != FIELD_CONTINUED) flush_field(c, &field);
    if (kind == FIELD_EMPTY || kind == FIELD_BODY) break;
    memory(stralloc_catb(&field, line.s, line.len));
    kind = FIELD_EMPTY;
  }
  flush_field(c, &field);
  if (kind == FIELD_BODY) memory(stralloc_copy(&c->rest, &line));
  stralloc_free(&field);
  stralloc_free(&line);
}

struct rcpts const *compose_rcpts(struct compose const *c)
{
  return c->rcpts + !!(c->seen[1] & FIELD_RESENT);
}
