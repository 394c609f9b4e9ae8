/* prep.c - see prep.h */

#include <string.h>
#include <skalibs/bytestr.h>

#include "auth/prep.h"
#include "door/auth.h"
#include "lib/msg/utf8.h"

static int has_control(char const *s)
{
  for (; *s; s++)
    if ((unsigned char)*s < ' ' || *s == 127) return 1;
  return 0;
}

static int is_text(char const *s, size_t max)
{
  size_t len = strlen(s);

  return len && len <= max && utf8_sound(s) && !has_control(s);
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
