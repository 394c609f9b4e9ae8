/* named.c - see named.h */

#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <skalibs/avltree.h>

#include "in/named.h"

#define AT_FIRST 8              /* recipients that there is room for, then half as many more each time */

static void *place(uint32_t at, void *records)
{
  return ((stralloc *)records)->s + at;
}

static int compare_addresses(char const *a, char const *b)
{
  char const *x = strrchr(a, '@'), *y = strrchr(b, '@');
  size_t local = x ? (size_t)(x - a) : 0;
  int d;

  if (!x || !y || local != (size_t)(y - b)) return strcmp(a, b);
  d = memcmp(a, b, local);
  return d ? d : strcasecmp(x, y);
}

/* what follows a record, up to the next recipient's; null: nothing */
static char const *next(char const *s, stralloc const *records)
{
  s += strlen(s) + 1;
  return s < records->s + records->len && *s != 'T' ? s : 0;
}

static int compare(void const *one, void const *other, void *records)
{
  char const *a = one, *b = other;
  int d = compare_addresses(a, b);

  while (!d) {
    a = next(a, records);
    b = next(b, records);
    if (!a || !b) return (a != 0) - (b != 0);
    d = strcmp(a, b);
  }
  return d;
}

void named_start(struct named *n, stralloc const *records)
{
  avltree_init(&n->tree, AT_FIRST, 1, 2, place, compare, (void *)records);
}

void named_clear(struct named *n)
{
  void *records = n->tree.external;

  avltree_free(&n->tree);
  named_start(n, records);
}

int named_has(struct named const *n, size_t at)
{
  uint32_t found;

  return avltree_search(&n->tree, place((uint32_t)at, n->tree.external), &found);
}

int named_add(struct named *n, size_t at)
{
  return avltree_insert(&n->tree, (uint32_t)at);
}
