/* option.c - see option.h */

#include <string.h>

#include "user/option.h"

#define NO_VALUE "cEGIijmnsTtUvxz"
#define VALUE "ABbCFfhLMNOopRrVX"       /* attached or in the next word */
#define MAY_HAVE_VALUE "deJq"           /* attached only */

/* Sees to a letter in rest; what is no option goes to words. 0 when there is no letter any more. */
static int find(struct options *all)
{
  while (!*all->rest) {
    char *word;
    if (all->i >= all->argc) return 0;
    word = all->argv[all->i];
    if (word[0] == '-' && word[1] && strcmp(word, "--")) {
      all->rest = word + 1;
      return 1;
    }
    all->i++;
    if (strcmp(word, "--")) all->words[all->n++] = word;
    else while (all->i < all->argc) all->words[all->n++] = all->argv[all->i++];
  }
  return 1;
}

int option_next(struct option *o, struct options *all)
{
  if (!find(all)) return 0;
  o->letter = *all->rest++;
  o->value = "";
  if (strchr(NO_VALUE, o->letter)) {
    if (!*all->rest) all->i++;
    return 1;
  }
  if (strchr(VALUE, o->letter) && !*all->rest) {
    if (all->i + 1 >= all->argc) return -1;
    all->rest = all->argv[++all->i];
  }
  else if (!strchr(VALUE MAY_HAVE_VALUE, o->letter)) return -1;
  o->value = all->rest;
  all->rest = "";
  all->i++;
  return 1;
}
