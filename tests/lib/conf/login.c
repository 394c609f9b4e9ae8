/* login.c - backends, mechanisms and senders as settings have them */

#include <stdlib.h>
#include <string.h>

#include "lib/conf/login.h"
#include "unit.h"

static char const *rest;

static int backend(char const *line, enum backend kind, char const *what)
{
  return login_backend(line, &rest) == kind && (kind == BACKEND_BAD || !strcmp(rest, what));
}

static void backends(void)
{
  char line[BACKEND_LINE_MAX + 32];
  unsigned int i;

  check("file", backend("file", BACKEND_FILE, ""));
  check("a program and its words", backend("checkpassword  /bin/x -a b", BACKEND_CHECKPASSWORD, "/bin/x -a b"));
  check("a socket", backend("dovecot\t/run/x", BACKEND_DOVECOT, "/run/x"));
  check("no path", backend("checkpassword x", BACKEND_BAD, "") && backend("dovecot x", BACKEND_BAD, "")
        && backend("checkpassword", BACKEND_BAD, "") && backend("dovecot /a b", BACKEND_BAD, ""));
  check("nothing of the kind", backend("", BACKEND_BAD, "") && backend("files", BACKEND_BAD, "")
        && backend("dovecot/run/x", BACKEND_BAD, ""));
  strcpy(line, "checkpassword /a");
  for (i = 1; i < BACKEND_WORDS_MAX; i++) strcat(line, " w");
  check("as many words as there may be", login_backend(line, &rest) == BACKEND_CHECKPASSWORD);
  strcat(line, " w");
  check("one more", login_backend(line, &rest) == BACKEND_BAD);
  memset(line + 15, 'x', BACKEND_LINE_MAX);
  line[15 + BACKEND_LINE_MAX] = 0;
  check("a long line", login_backend(line, &rest) == BACKEND_BAD);
}

static void mechanisms(void)
{
  char words[LOGIN_WORDS_MAX];
  unsigned int m, same = 0;

  check("in any case", login_mechanism("plain") == MECHANISM_PLAIN && login_mechanism("Scram-sha-256-plus") ==
        MECHANISM_SCRAM_PLUS);
  check("unknown", login_mechanism("CRAM-MD5") == MECHANISMS && login_mechanism("") == MECHANISMS);
  login_words(words, (1U << MECHANISMS) - 1, 1);
  check("all", !strcmp(words, " SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN"));
  login_words(words, (1U << MECHANISMS) - 1, 0);
  check("without a binding", !strcmp(words, " SCRAM-SHA-256 PLAIN LOGIN"));
  login_words(words, 0, 1);
  check("none", !*words);
  for (m = 0; m < MECHANISMS; m++) {
    login_words(words, 1U << m, 1);
    same += login_mechanism(words + 1) == m;
  }
  check("each by its name", same == MECHANISMS);
  check("bits of words", login_bits("XOAUTH2 plain SCRAM-SHA-256", 27) == (1U << MECHANISM_PLAIN | 1U << MECHANISM_SCRAM)
        && login_bits("LOGIN,DSN", 9) == 1U << MECHANISM_LOGIN && login_bits("LOGIN", 4) == 0 && login_bits("", 0) == 0);
}

static void senders(void)
{
  check("sound ones", login_senders_ok("*") && login_senders_ok("@a") && login_senders_ok("u@a,u-*@b,*@c"));
  check("a star elsewhere", !login_senders_ok("u*x@a") && !login_senders_ok("u@*") && !login_senders_ok("**@a"));
  check("no domain", !login_senders_ok("u") && !login_senders_ok("u@") && !login_senders_ok(""));
  check("a blank, an empty one", !login_senders_ok("u@a, v@a") && !login_senders_ok("u@a,") && !login_senders_ok(",u@a"));
}

int main(void)
{
  backends();
  mechanisms();
  senders();
  return unit_end();
}
