/* netreply.c - see netreply.h */

#include <string.h>

#include "lib/io/netreply.h"

void netreply_start(struct netreply *r)
{
  r->state = NETREPLY_MORE;
  r->next = NETREPLY_LENGTH;
  r->length = (struct netlen){ 0, 0 };
  r->left = r->len = r->first_len = 0;
  r->letter = 0;
  r->text[0] = r->first[0] = 0;
}

static enum netreply_state take_length(struct netreply *r, char c)
{
  switch (netlen_step(&r->length, c, NETREPLY_MAX)) {
    case NETLEN_MORE: return NETREPLY_MORE;
    case NETLEN_BAD: return NETREPLY_BAD;
    case NETLEN_DONE: break;
  }
  r->left = r->length.value;
  r->next = NETREPLY_LETTER;
  return r->left ? NETREPLY_MORE : NETREPLY_BAD;
}

static enum netreply_state take_letter(struct netreply *r, char c)
{
  if (c != 'K' && c != 'Z' && c != 'D') return NETREPLY_BAD;
  r->letter = c;
  r->next = --r->left ? NETREPLY_WORDS : NETREPLY_COMMA;
  return NETREPLY_MORE;
}

static enum netreply_state take_word(struct netreply *r, char c)
{
  if (r->len < NETREPLY_TEXT_MAX) {
    r->text[r->len++] = (unsigned char)c < 32 || c == 127 ? ' ' : c;
    r->text[r->len] = 0;
  }
  if (!--r->left) r->next = NETREPLY_COMMA;
  return NETREPLY_MORE;
}

static void witness(struct netreply *r, char c)
{
  if (r->first_len == NETREPLY_FIRST_MAX) return;
  r->first[r->first_len++] = c < 32 || c == 127 ? '?' : c;
  r->first[r->first_len] = 0;
}

size_t netreply_feed(struct netreply *r, char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len && r->state == NETREPLY_MORE; i++) {
    witness(r, s[i]);
    switch (r->next) {
      case NETREPLY_LENGTH: r->state = take_length(r, s[i]); break;
      case NETREPLY_LETTER: r->state = take_letter(r, s[i]); break;
      case NETREPLY_WORDS: r->state = take_word(r, s[i]); break;
      case NETREPLY_COMMA: r->state = s[i] == ',' ? NETREPLY_DONE : NETREPLY_BAD;
    }
  }
  return i;
}
