/* view.c - see view.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "desk/held.h"
#include "desk/view.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

/* It may be sound: nobody can tell now. */
static void unknown(struct view *v, char const *dir)
{
  char path[ID_PATH_MAX];

  id_path(path, dir, v->id);
  snprintf(v->why, sizeof v->why, "cannot be read now: queue/%s: %s", path, strerror(errno));
  v->state = ASK_UNKNOWN;
}

/* 0 when it is not there; else state says what is wrong, or it is sound. */
static int read_envelope(struct view *v)
{
  char path[ID_PATH_MAX];
  int fd, r;

  id_path(path, "todo", v->id);
  fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd == -1 && errno == ENOENT) return 0;
  r = fd == -1 ? -1 : envelope_read(&v->env, fd, v->id);
  io_close_keep(fd);
  v->sound = r == 1;
  if (r == -1) unknown(v, "todo");
  else if (!r) v->state = ASK_DAMAGED;
  return 1;
}

/* Does every recipient that is to do wait for a domain that is held? */
static int all_held(struct view const *v)
{
  struct ask_holder h;
  struct waits w;
  uint32_t i;

  for (i = 0; i < v->env.rcpts; i++) {
    if (!mark_todo(v->marks[i])) continue;
    waits_find(&w, envelope_rcpt(&v->env, i));
    if (!held_domain(w.domain, w.domain_len, &h)) return 0;
  }
  return 1;
}

static int is_done(struct view const *v)
{
  uint32_t i;

  for (i = 0; i < v->env.rcpts; i++)
    if (mark_todo(v->marks[i])) return 0;
  return 1;
}

static enum ask_state find_state(struct view const *v, enum held_word word, enum state_answer answer)
{
  if (is_done(v) || word == HELD_EXPIRES) return ASK_GONE;
  if (word == HELD_IS || (v->st.next == STATE_HELD && word != HELD_RELEASED) || all_held(v)) return ASK_HELD;
  if (answer == STATE_NONE) return ASK_NEW;
  return v->st.next > (int64_t)time(0) ? ASK_WAITING : ASK_DUE;
}

static void read_state(struct view *v, enum held_word word)
{
  enum state_answer a;

  v->marks = malloc((size_t)v->env.rcpts + 1);
  if (!v->marks) log_diex(111, "fatal: out of memory");
  a = state_read(v->id, &v->st, v->marks, v->env.rcpts);
  if (a != STATE_ERROR) {
    v->state = find_state(v, word, a);
    return;
  }
  unknown(v, "state");
  v->sound = 0;
  envelope_free(&v->env);
}

int view_open(struct view *v, char const *id)
{
  enum held_word word;

  *v = (struct view){ .id = id };
  word = held_id(id, &v->held);
  if (word == HELD_DELETED || !read_envelope(v)) return 0;
  if (v->sound) read_state(v, word);
  return 1;
}

void view_close(struct view *v)
{
  if (v->sound) envelope_free(&v->env);
  free(v->marks);
}

static struct ask_text text(char const *s)
{
  return (struct ask_text){ s, strlen(s) };
}

void view_message(struct view const *v, struct ask_item *i)
{
  *i = (struct ask_item){ .kind = ASK_MESSAGE, .state = v->state, .held = v->held, .address = text("") };
  memcpy(i->id, v->id, strlen(v->id) + 1);
  if (!v->sound) return;
  i->bytes = v->env.bytes;
  i->uid = v->env.uid;
  i->rcpts = v->env.rcpts;
  i->tries = v->st.tries;
  i->next = v->state == ASK_WAITING ? v->st.next : 0;
  i->address = text(v->env.sender);
}

static enum ask_mark mark_of(char mark)
{
  if (mark_todo(mark)) return ASK_TODO;
  return mark == MARK_DONE || mark == MARK_REPORT ? ASK_DELIVERED : ASK_FAILED;
}

void view_rcpt(struct view const *v, uint32_t n, struct ask_item *i, struct reply *r)
{
  *i = (struct ask_item){ .kind = ASK_RCPT, .mark = mark_of(v->marks[n]) };
  i->address = text(envelope_rcpt(&v->env, n));
  waits_find(&i->waits, i->address.s);
  if (i->mark != ASK_TODO) return;
  held_domain(i->waits.domain, i->waits.domain_len, &i->held);
  if (!v->st.whole || !replies_get(v->id, n, r)) return;
  i->tries = r->tries;
  i->replied = r->when;
  i->reply = (struct ask_text){ r->text, r->len };
}
