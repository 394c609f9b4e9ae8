/* file.c - see file.h */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "auth/file.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

/* All of it, for the caller to free; or null. */
static char *read_all(int fd, size_t *len, char const **why)
{
  struct stat st;
  char *text;
  ssize_t r;

  *why = "users/passwords is no file that can be read; mail-newpw makes it";
  if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size > PASSWORDS_BYTES_MAX) return 0;
  *why = "users/passwords cannot be read now";
  text = malloc((size_t)st.st_size + 1);
  r = text ? io_read(fd, text, (size_t)st.st_size) : -1;
  *len = (size_t)r;
  if (r != -1) return text;
  free(text);
  return 0;
}

static void make_up(struct file const *f, char const *text, size_t len, char const *login, struct password *p)
{
  char const *seed;
  size_t n = passwords_seed(text, len, &seed);

  if (n) passwords_stranger(text, len, login, seed, n, p);
  else passwords_stranger(text, len, login, f->seed, f->seed_len, p);
}

enum known file_find(struct file const *f, char const *login, int for_scram, struct password *p, char const **why)
{
  size_t len;
  unsigned int line;
  char *text = read_all(f->fd, &len, why);
  enum passwords_found found;

  if (!text) return KNOWN_LATER;
  found = passwords_find(text, len, login, p, &line);
  if (found == PASSWORDS_NONE || !(for_scram ? p->has_scram : passwords_has_hash(p))) make_up(f, text, len, login, p);
  explicit_bzero(text, len);
  free(text);
  if (found == PASSWORDS_NONE) return STRANGER;
  if (found == PASSWORDS_FOUND) return p->stranger ? KEYLESS : KNOWN;
  *why = "the login's line in users/passwords is damaged";
  log_start();
  log_count("error: users/passwords: not of its form: line ", line);
  log_end();
  return KNOWN_LATER;
}

enum verdict file_check(struct file const *f, char const *login, char const *password, char const **why)
{
  static struct password p;
  enum known known = file_find(f, login, 0, &p, why);
  int right;

  if (known == KNOWN_LATER) return VERDICT_LATER;
  right = passwords_right(&p, password);
  explicit_bzero(&p, sizeof p);
  *why = "crypt(3) cannot do the login's hash in users/passwords";
  if (right == -1) log_line("error: users/passwords: crypt(3) cannot do this login's hash: ", login);
  if (right == -1) return VERDICT_LATER;
  return right ? VERDICT_RIGHT : known == STRANGER ? VERDICT_UNKNOWN : VERDICT_WRONG;
}
