/* offered.c - see offered.h */

#include "lib/conf/control.h"
#include "lib/conf/offered.h"

#define PASSWORDS (1U << MECHANISM_PLAIN | 1U << MECHANISM_LOGIN)       /* the client sends the password itself */

int login_mechanisms(unsigned int *set)
{
  static stralloc line = STRALLOC_ZERO;
  struct control_table t = { 0, 0, 0 };
  char const *rest;
  unsigned int named = 0;
  size_t i;
  int r;

  if (control_value("authbackend", &line) == -1 || (r = control_table("authmechanisms", &t, 0)) == -1) return -1;
  for (i = 0; i < t.n; i++) named |= 1U << login_mechanism(t.entries[i].key);
  control_table_free(&t);
  *set = login_backend(line.s, &rest) == BACKEND_FILE ? (1U << MECHANISMS) - 1 : PASSWORDS;
  if (r) *set &= named;
  return 0;
}
