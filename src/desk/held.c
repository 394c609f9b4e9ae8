/* held.c - see held.h */

#include <string.h>

#include "desk/held.h"

static struct wishes wishes;

char const *held_read(void)
{
  switch (wishes_load(&wishes)) {
    case WISHES_STRANGE: return "the journal of orders, queue/" WISHES_PATH ", is of another version";
    case WISHES_ERROR: return "the journal of orders, queue/" WISHES_PATH ", cannot be read";
    default: return wishes.bad ? "mail-desk has no memory for the journal of orders" : 0;
  }
}

static struct ask_text text(char const *s)
{
  return (struct ask_text){ s, strlen(s) };
}

static void tell(struct ask_holder *h, struct wish_note const *n)
{
  *h = (struct ask_holder){ n->when, n->uid, text(n->name), text(n->reason) };
}

enum held_word held_id(char const *id, struct ask_holder *h)
{
  struct wish_note const *n = wishes_of(&wishes, id);

  *h = (struct ask_holder){ 0 };
  if (!n) return HELD_NOTHING;
  switch (n->word) {
    case DESK_HOLD: tell(h, n); return HELD_IS;
    case DESK_EXPIRE: return HELD_EXPIRES;
    case DESK_DELETE: return HELD_DELETED;
    default: return HELD_RELEASED;
  }
}

int held_domain(char const *domain, size_t len, struct ask_holder *h)
{
  struct wish_note const *n = wishes_of_domain(&wishes, domain, len);

  *h = (struct ask_holder){ 0 };
  if (n) tell(h, n);
  return n != 0;
}

void held_domains(void (*each)(char const *domain, struct ask_holder const *))
{
  struct ask_holder h;
  uint32_t i;

  for (i = 0; i < wishes.domains; i++) {
    tell(&h, wishes.note + wishes.domain[i].note);
    each(wishes.domain[i].name, &h);
  }
}
