/* clean.c - see clean.h */

#include <string.h>

#include "door/clean.h"
#include "lib/io/pack.h"

#define VERSION 1

static int word_ok(unsigned int w)
{
  return w == CLEAN_PLEASE || w == CLEAN_GONE || w == CLEAN_ERROR;
}

size_t clean_pack(struct clean const *c, char buf[CLEAN_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = CLEAN_RECORD_MAX };

  if (!word_ok(c->word) || !id_ok(c->id)) return 0;
  pack_u8(&p, VERSION);
  pack_u8(&p, c->word);
  pack_bytes(&p, c->id, strlen(c->id), ID_MAX);
  return p.bad ? 0 : p.len;
}

int clean_unpack(struct clean *c, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  unsigned int word;

  if (unpack_u8(&u) != VERSION) return 0;
  word = unpack_u8(&u);
  unpack_string(&u, c->id, ID_MAX);
  if (!unpack_done(&u) || !word_ok(word) || !id_ok(c->id)) return 0;
  c->word = (enum clean_word)word;
  return 1;
}
