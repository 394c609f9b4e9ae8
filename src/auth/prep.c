/* prep.c - see prep.h */

#include <string.h>
#include <skalibs/bytestr.h>

#include "auth/prep.h"
#include "door/auth.h"
#include "lib/msg/utf8.h"

static int is_text(char const *s, size_t max)
{
  size_t len = strlen(s);

  return len && len <= max && utf8_text(s);
}

int prep_login_ok(char const *s)
{
  return is_text(s, AUTH_LOGIN_MAX) && !strpbrk(s, " :*");
}

int prep_password_ok(char const *s)
{
  return is_text(s, PASSWORD_MAX);
}

void prep_fold(char *s)
{
  case_lowers(s);
}
