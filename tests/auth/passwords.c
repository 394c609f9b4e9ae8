/* passwords.c - lines of users/passwords, logins that are not there, right and wrong passwords; throttle; names */

#include <stdlib.h>
#include <string.h>

#include "auth/passwords.h"
#include "auth/prep.h"
#include "unit.h"

#define HASH "$6$saltsalt$rD9fW1BwIrjB90WCgCTdIQc3phTBhf04I6Iw/XlgKD9E9aEbzqGZipjiFxGo/4wWXDA6jV6/vZO.kKdDSfUJb0"
#define SCRAM_OF "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:" \
  "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
#define FILE_OF "*:c2VlZA==:\njoe:" HASH ":" SCRAM_OF "\nann:x:\nbad line\nbob:" HASH ":SCRAM-SHA-1$1\nlocked:!" HASH ":" SCRAM_OF "\n"

static struct password p, again;
static unsigned int line;
static char out[PASSWORDS_LINE_MAX + 1];

static enum passwords_found find(char const *text, char const *login)
{
  return passwords_find(text, strlen(text), login, &p, &line);
}

static void lines(void)
{
  check("a login", find(FILE_OF, "joe") == PASSWORDS_FOUND && line == 2 && !strcmp(p.hash, HASH) && p.has_scram
        && p.scram.iterations == 4096 && p.scram.salt_len == 16);
  check("is written as it was read", passwords_format(&p, out) == strlen("joe:" HASH ":" SCRAM_OF "\n")
        && !strcmp(out, "joe:" HASH ":" SCRAM_OF "\n"));
  check("keys are those of the password", (memset(&again, 0, sizeof again), again.scram = p.scram,
        scram_keys_make(&again.scram, "pencil")) == 0 && !memcmp(&again.scram, &p.scram, sizeof p.scram));
  check("one without keys", find(FILE_OF, "ann") == PASSWORDS_FOUND && !p.has_scram);
  check("one that is damaged", find(FILE_OF, "bob") == PASSWORDS_DAMAGED && line == 5);
  check("nobody", find(FILE_OF, "jo") == PASSWORDS_NONE && find(FILE_OF, "joe:") == PASSWORDS_NONE
        && find("", "joe") == PASSWORDS_NONE && find("joe", "joe") == PASSWORDS_NONE);
  check("without a line end", find("joe:x:", "joe") == PASSWORDS_FOUND && find("joe:x", "joe") == PASSWORDS_FOUND);
  check("the seed is no login", find(FILE_OF, "*") == PASSWORDS_DAMAGED);
  check("a locked one has no keys", find(FILE_OF, "locked") == PASSWORDS_FOUND && !p.has_scram);
}

static void bad_lines(void)
{
  static char const *const bad[] = {
    "joe:x:SCRAM-SHA-256$4095:YQ==$" "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    "joe:x:SCRAM-SHA-256$4096:YQ$" "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    "joe:x:SCRAM-SHA-256$4096:$" "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    "joe:x:SCRAM-SHA-256$4096:YQ==$YQ==:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    "joe:x:SCRAM-SHA-256$99999999999:YQ==$YQ==:YQ==", "joe:x:SCRAM-SHA-256$", "joe:x:y", ":x:", "j oe:x:" };
  static char longest[PASSWORDS_LINE_MAX + 1];
  size_t i;
  int taken = 0;

  for (i = 0; i < sizeof bad / sizeof *bad; i++) taken += passwords_parse(&p, bad[i], strlen(bad[i]));
  check("lines that are none", !taken);
  memset(longest, 'x', sizeof longest);
  memcpy(longest, "joe:", 4);
  check("a hash that is too long", !passwords_parse(&p, longest, 1000));
  check("a line that is too long", !passwords_parse(&p, longest, sizeof longest));
}

static void stranger(char const *login, struct password *to)
{
  char const *seed;
  size_t len = passwords_seed(FILE_OF, strlen(FILE_OF), &seed);

  passwords_stranger(FILE_OF, strlen(FILE_OF), login, seed, len, to);
}

static void strangers(void)
{
  char const *seed;

  check("the seed", passwords_seed(FILE_OF, strlen(FILE_OF), &seed) == strlen("c2VlZA==:"));
  check("no seed", !passwords_seed("joe:x:\n", 7, &seed));
  stranger("eve", &p);
  stranger("eve", &again);
  check("the same whenever it is asked for", !memcmp(&p, &again, sizeof p));
  check("steps as those of others", p.has_scram && p.scram.iterations == 4096 && p.scram.salt_len == 16
        && !strcmp(p.hash, HASH));
  check("no password is right", !passwords_right(&p, "pencil"));
  stranger("mallory", &again);
  check("another one's salt", memcmp(p.scram.salt, again.scram.salt, 16));
  passwords_stranger("", 0, "eve", "x", 1, &p);
  check("a file without a login", p.has_scram && p.scram.salt_len && p.scram.iterations >= SCRAM_LEAST
        && !passwords_right(&p, "x"));
  passwords_stranger("ann:!:\njoe:" HASH ":\n", strlen("ann:!:\njoe:" HASH ":\n"), "eve", "x", 1, &again);
  check("a file without keys: its hashes cost as much", !strcmp(again.hash, HASH) && again.has_scram);
  p.stranger = 0;
  check("its hash costs as much as one of ours", passwords_right(&p, "x") == 0);
}

static void right(void)
{
  find("joe:" HASH ":\n", "joe");
  check("right", passwords_right(&p, "pencil") == 1);
  check("wrong", passwords_right(&p, "pencils") == 0 && passwords_right(&p, "") == 0);
  find(FILE_OF, "locked");
  check("locked", passwords_right(&p, "pencil") == 0);
  find("joe::", "joe");
  check("an empty hash", passwords_right(&p, "") == 0);
  find("joe:pencil:", "joe");
  check("what is no hash", passwords_right(&p, "pencil") != 1);
  find("joe:$nonsense$x:", "joe");
  check("a hash of no kind", passwords_right(&p, "pencil") == -1);
}

static void names(void)
{
  char long_one[PASSWORD_MAX + 2];

  memset(long_one, 'x', sizeof long_one);
  long_one[PASSWORD_MAX + 1] = 0;
  check("a password that is too long", !prep_password_ok(long_one));
  long_one[PASSWORD_MAX] = 0;
  check("the longest", prep_password_ok(long_one) && !prep_login_ok(long_one));
  check("no login", !prep_login_ok("") && !prep_login_ok("a b") && !prep_login_ok("a:b") && !prep_login_ok("*")
        && !prep_login_ok("a\tb") && !prep_login_ok("\xff") && !prep_login_ok("a\x7f"));
  check("a login", prep_login_ok("joe@example.org") && prep_login_ok("j\xc3\xb6"));
  check("no password", !prep_password_ok("") && !prep_password_ok("a\x01") && !prep_password_ok("\xc3"));
  check("a password", prep_password_ok("p : * \xc3\xb6"));
}

int main(void)
{
  lines();
  bad_lines();
  strangers();
  right();
  names();
  return unit_end();
}
