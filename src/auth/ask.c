/* ask.c - see ask.h */

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "auth/ask.h"
#include "lib/io/io.h"

static struct termios as_before;

static void echo_again(int sig)
{
  tcsetattr(0, TCSAFLUSH, &as_before);
  if (sig) _exit(111);
}

static int echo_off(void)
{
  static int const ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
  struct termios t = as_before;
  size_t i;

  for (i = 0; i < sizeof ends / sizeof *ends; i++) signal(ends[i], echo_again);
  t.c_lflag &= ~(tcflag_t)ECHO;
  return tcsetattr(0, TCSAFLUSH, &t);
}

static void say(char const *s)
{
  (void)!write(2, s, strlen(s));
}

/* One line, without its end; a byte at a time, since another program may want the next one. Its length,
   PASSWORD_MAX + 1 when it is longer, or -1 with errno. */
static ssize_t read_line(char s[PASSWORD_MAX + 1])
{
  size_t len = 0;
  ssize_t r;
  char c;

  while ((r = io_read(0, &c, 1)) == 1 && c != '\n') {
    if (len < PASSWORD_MAX) s[len] = c;
    if (len <= PASSWORD_MAX) len++;
  }
  s[len < PASSWORD_MAX ? len : PASSWORD_MAX] = 0;
  return r == -1 ? -1 : (ssize_t)len;
}

static int is_sound(char const *s, ssize_t len)
{
  return len <= PASSWORD_MAX && strlen(s) == (size_t)len && prep_password_ok(s);
}

static ssize_t ask_once(char const *login, char const *how, char s[PASSWORD_MAX + 1])
{
  ssize_t r;

  say(how);
  say(login);
  say(": ");
  r = read_line(s);
  say("\n");
  return r;
}

static ssize_t ask_twice(char const *login, char s[PASSWORD_MAX + 1], int *same)
{
  static char again[PASSWORD_MAX + 1];
  ssize_t len = -1;

  if (echo_off() == 0) {
    len = ask_once(login, "new password of ", s);
    *same = len == -1 || !is_sound(s, len) || (ask_once(login, "once more, of ", again) == len && !strcmp(s, again));
  }
  echo_again(0);
  explicit_bzero(again, sizeof again);
  return len;
}

int ask_password(char const *login, char s[PASSWORD_MAX + 1], char const **why)
{
  int same = 1;
  ssize_t len = tcgetattr(0, &as_before) == 0 ? ask_twice(login, s, &same) : read_line(s);

  *why = "cannot read the password";
  if (len == -1) return -1;
  *why = "a password has 1 to 511 bytes, is UTF-8, and has no control characters";
  if (!is_sound(s, len)) return 0;
  *why = "the two are not the same";
  return same;
}
