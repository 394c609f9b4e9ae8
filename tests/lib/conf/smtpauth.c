/* smtpauth.c - lines of control/smtpauth: what they mean, and what is none */

#include <string.h>

#include "lib/conf/smtpauth.h"
#include "unit.h"

static char login[SMTPAUTH_LOGIN_MAX + 1];
static char const *file;

static int is(char const *line, char const *name, char const *path)
{
  return smtpauth_ok(line) && smtpauth_read(line, login, &file) == 1 && !strcmp(login, name) && !strcmp(file, path);
}

static int bad(char const *line)
{
  return !smtpauth_ok(line) && smtpauth_read(line, login, &file) == -1;
}

int main(void)
{
  static char line[600], path[CONF_PATH_MAX];

  check("a login and a file", is("me:relay", "me", "relay") && is("me@a.test:/etc/pw", "me@a.test", "/etc/pw"));
  check("colons and blanks in a login", is("a b:c:d/e", "a b:c", "d/e"));
  check("none", smtpauth_read("", login, &file) == 0 && smtpauth_ok(""));
  check("no login", bad(":file") && bad("file"));
  check("no file", bad("me:") && bad("me:/") && bad("me:dir/") && bad("me:a b"));
  check("control bytes", bad("m\te:file") && bad("me\x7f:file") && bad("me:fi\x01le"));
  memset(line, 'x', SMTPAUTH_LOGIN_MAX);
  memcpy(line + SMTPAUTH_LOGIN_MAX, ":f", 3);
  check("the longest login", !bad(line));
  memcpy(line + SMTPAUTH_LOGIN_MAX, "x:f", 4);
  check("a longer one", bad(line));
  memcpy(line, "me:", 3);
  memset(line + 3, 'x', 255);
  line[258] = 0;
  check("the longest path", !bad(line) && strlen(smtpauth_path(path, line + 3)) > 255);
  memcpy(line + 258, "x", 2);
  check("a longer one", bad(line));
  check("absolute paths", !strcmp(smtpauth_path(path, "/etc/pw"), "/etc/pw"));
  check("others", strstr(smtpauth_path(path, "pw"), "/passwords/pw") != 0);
  return unit_end();
}
