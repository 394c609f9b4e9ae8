/* option.c - see option.h */

#include <string.h>

#include "user/option.h"

#define NO_VALUE "cEGIijmnsTtUvxz"
#define VALUE "ABbCFfhLMNOopRrVX"       /* attached or in the next word */
#define MAY_HAVE_VALUE "deJq"           /* attached only */

int option_next(struct option *o, int argc, char **argv, int *i)
{
  static char const *rest = "";         /* of a word with several letters */

  if (!*rest) {
    if (*i >= argc || argv[*i][0] != '-' || !argv[*i][1]) return 0;
    if (!strcmp(argv[*i], "--")) {
      (*i)++;
      return 0;
    }
    rest = argv[*i] + 1;
  }
  o->letter = *rest++;
  o->value = "";
  if (strchr(NO_VALUE, o->letter)) {
    if (!*rest) (*i)++;
    return 1;
  }
  if (strchr(VALUE, o->letter) && !*rest) {
    if (*i + 1 >= argc) return -1;
    rest = argv[++*i];
  }
  else if (!strchr(VALUE MAY_HAVE_VALUE, o->letter)) return -1;
  o->value = rest;
  rest = "";
  (*i)++;
  return 1;
}
