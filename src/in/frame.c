/* frame.c - see frame.h */

#include <string.h>

#include "in/frame.h"
#include "lib/io/io.h"
#include "lib/io/netlen.h"

void frame_start(struct frame *p, struct wire *w)
{
  *p = (struct frame){ .wire = w, .left = FRAME_OPEN };
}

static int bad(struct frame *p)
{
  p->bad = 1;
  return 0;
}

size_t frame_some(struct frame *p, char **s, size_t max, long long until)
{
  struct wire *w = p->wire;
  size_t n;

  if (p->bad || w->state != WIRE_OPEN) return 0;
  if (!p->left) return (size_t)bad(p);
  if (w->pos == w->len && !(p->begun ? wire_fill : wire_fill_command)(w, until)) return 0;
  n = w->len - w->pos;
  if (n > max) n = max;
  if (n > p->left) n = p->left;
  *s = w->buf + w->pos;
  w->pos += n;
  if (p->left != FRAME_OPEN) p->left -= n;
  p->begun = 1;
  return n;
}

static int one(struct frame *p, char *c)
{
  char *s;

  if (!frame_some(p, &s, 1, p->until)) return 0;
  *c = *s;
  return 1;
}

int frame_length(struct frame *p, size_t max, size_t *len)
{
  struct netlen n = { 0, 0 };
  char c;

  p->until = wire_due(p->wire);
  while (one(p, &c))
    switch (netlen_step(&n, c, max)) {
      case NETLEN_MORE: break;
      case NETLEN_BAD: return bad(p);
      case NETLEN_DONE:
        if (p->left != FRAME_OPEN && n.value >= p->left) return bad(p);        /* its comma must be inside, too */
        *len = n.value;
        p->wire->hurry = 0;
        return 1;
    }
  return 0;
}

int frame_end(struct frame *p)
{
  char c;

  return one(p, &c) && (c == ',' || bad(p));
}

int frame_text(struct frame *p, char *to, size_t len, size_t keep)
{
  while (len) {
    char *s;
    size_t n = frame_some(p, &s, len, p->until), copy;
    if (!n) return 0;
    copy = n < keep ? n : keep;
    memcpy(to, s, copy);
    to += copy;
    keep -= copy;
    len -= n;
  }
  return frame_end(p);
}

void frame_enter(struct frame *p, size_t len)
{
  p->left = len;
}

int frame_leave(struct frame *p)
{
  if (p->left) return bad(p);
  p->left = FRAME_OPEN;
  return frame_end(p);
}
