/*
 * mail-newpw.c - set, remove and list the passwords of users/passwords, for logins that submit mail
 *
 * Runs as    root, by the administrator: mail-newpw [-i N] LOGIN, -d LOGIN, or -l
 * Reads      a password from the terminal, or the first line of fd 0; users/passwords
 * Writes     users/passwords (root:mailc 0640) by way of users/passwords.tmp: who looks has the old file or the new one
 * Trusts     the administrator
 * If broken  whoever logs in: it is who says what is a password
 * Exits      0; 100 wrong usage, not root, a login that is not there, or no password; 111 it could not be done now
 */

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "auth/ask.h"
#include "auth/passwords.h"
#include "lib/conf/conf.h"
#include "lib/conf/form.h"
#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/msg/utf8.h"
#include "lib/priv/priv.h"
#include "lib/smtp/base64.h"

#define USAGE "usage: mail-newpw [-i iterations] login | -d login | -l"
#define NAME "passwords"
#define TEMPORARY "passwords.tmp"
#define ITERATIONS 20000
#define SALT 16
#define ROOM 4096               /* beyond what was there: one line and the seed */

static int users;               /* the directory, locked */
static char *text;              /* of the file that is there */
static size_t text_len;
static char *out;               /* of the new one */
static size_t out_len;
static int found;
static struct password new;

static _Noreturn void usage(void)
{
  log_diex(100, USAGE);
}

static _Noreturn void cannot(char const *what)
{
  log_die(111, "cannot ", what, " users/" NAME);
}

/* --- the file */

/* The whole file; none is an empty one. */
static void read_file(void)
{
  int fd = openat(users, NAME, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat st = { .st_size = 0 };
  ssize_t r = 0;

  if (fd == -1 && errno != ENOENT) cannot("open");
  if (fd != -1 && fstat(fd, &st) == -1) cannot("open");
  if (fd != -1 && (!S_ISREG(st.st_mode) || st.st_size > PASSWORDS_BYTES_MAX))
    log_diex(111, "users/" NAME " is no regular file, or too large");
  text = malloc((size_t)st.st_size + 1);
  out = malloc((size_t)st.st_size + ROOM);
  if (!text || !out || (fd != -1 && (r = io_read(fd, text, (size_t)st.st_size)) == -1)) cannot("read");
  text_len = (size_t)r;
  io_close_keep(fd);
}

static void append(char const *s, size_t len)
{
  memcpy(out + out_len, s, len);
  out_len += len;
}

/* Copies all lines as they are, those of the login left out. */
static void copy_others(char const *login)
{
  char const *s = text, *end = text + text_len;
  size_t n = strlen(login);

  while (s < end) {
    char const *nl = memchr(s, '\n', (size_t)(end - s));
    size_t len = (size_t)((nl ? nl : end) - s);
    if (len > n && s[n] == ':' && !memcmp(s, login, n)) found = 1;
    else {
      append(s, len);
      append("\n", 1);
    }
    s += len + (nl != 0);
  }
}

static void add_seed(void)
{
  unsigned char seed[PASSWORDS_SEED];
  char line[BASE64_SIZE(PASSWORDS_SEED)];
  char const *there;

  if (passwords_seed(text, text_len, &there)) return;
  if (getrandom(seed, sizeof seed, 0) != sizeof seed) log_die(111, "no random bytes");
  base64_encode(line, seed, sizeof seed);
  append("*:", 2);
  append(line, strlen(line));
  append(":\n", 2);
}

static void write_file(void)
{
  int fd;

  if (out_len > PASSWORDS_BYTES_MAX) log_diex(111, "users/" NAME " would be too large: nothing has changed");
  if (unlinkat(users, TEMPORARY, 0) == -1 && errno != ENOENT) cannot("write");
  fd = openat(users, TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd == -1 || io_write(fd, out, out_len) == -1 || fchown(fd, geteuid(), conf_users[CONF_AUTH].gid) == -1
      || fchmod(fd, 0640) == -1 || fsync(fd) == -1 || close(fd) == -1
      || renameat(users, TEMPORARY, users, NAME) == -1 || fsync(users) == -1) cannot("write");
}

/* --- what is asked for */

static void make_hash(char const *password)
{
  static char const *const kinds[] = { "$y$", "$6$" };
  static struct crypt_data data;
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  char const *hash = 0;
  size_t i;

  for (i = 0; (!hash || *hash == '*') && i < sizeof kinds / sizeof *kinds; i++)
    if (crypt_gensalt_rn(kinds[i], 0, 0, 0, setting, sizeof setting))
      hash = crypt_rn(password, setting, &data, sizeof data);
  if (!hash || *hash == '*' || strlen(hash) > PASSWORDS_HASH_MAX) log_diex(111, "crypt(3) makes no hash");
  memcpy(new.hash, hash, strlen(hash) + 1);
  OPENSSL_cleanse(&data, sizeof data);
}

static void make_keys(char const *password)
{
  new.scram.salt_len = SALT;
  if (getrandom(new.scram.salt, SALT, 0) != SALT) log_die(111, "no random bytes");
  if (scram_keys_make(&new.scram, password) == -1) log_diex(111, "the library makes no keys of SCRAM");
  new.has_scram = 1;
}

static void set_password(char const *password)
{
  char line[PASSWORDS_LINE_MAX + 1];

  make_hash(password);
  make_keys(password);
  read_file();
  add_seed();
  copy_others(new.login);
  append(line, passwords_format(&new, line));
  write_file();
  if (utf8_beyond_ascii(new.login) || utf8_beyond_ascii(password))
    log_line("warning: a login or password beyond ASCII is right only in the form in which it was given here");
}

static void remove_login(void)
{
  read_file();
  copy_others(new.login);
  if (!found) log_diex(100, "users/" NAME " has no login ", new.login);
  write_file();
}

static void list(void)
{
  char const *s, *end;
  size_t len;

  read_file();
  for (s = text, end = text + text_len; s < end; s += len + (s + len < end)) {
    char const *nl = memchr(s, '\n', (size_t)(end - s));
    struct password p;
    len = (size_t)((nl ? nl : end) - s);
    if (passwords_parse(&p, s, len)) puts(p.login);
    else if (*s != '*') log_line("users/" NAME ": a line that is not of its form");
  }
  if (fflush(stdout) == EOF) log_die(111, "cannot write");
}

static void take_login(char const *s)
{
  if (!prep_login_ok(s))
    log_diex(100, "a login has 1 to 255 bytes, is UTF-8, and has no blank, colon, * or control character: ", s);
  memcpy(new.login, s, strlen(s) + 1);
  prep_fold(new.login);
}

/* Before anything is asked. Where a user has an instance of its own, the folder is its. */
static void must_be_allowed(void)
{
  char path[CONF_PATH_MAX];

  if (geteuid() && access(conf_path(path, "users"), W_OK) == -1 && errno == EACCES)
    log_diex(100, "fatal: only root may see and change logins");
}

static void lock_in(void)
{
  char path[CONF_PATH_MAX];
  struct priv_path const paths[] = { { conf_path(path, "users"), PRIV_READ | PRIV_WRITE } };

  users = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (users == -1 || io_lock_folder(users) == -1) log_die(111, "cannot use ", path);
  if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, 0)) log_diex(111, "unable to use the library of cryptography");
  if (priv_lock(PRIV_OPEN | PRIV_MODIFY, paths, 1) == -1) log_die(111, "unable to lock myself in");
}

int main(int argc, char **argv)
{
  static char password[PASSWORD_MAX + 1];
  char const *why;
  int option, remove = 0, lists = 0, r = 1;

  log_name("mail-newpw");
  usage_asked(argc, argv, USAGE);
  new.scram.iterations = ITERATIONS;
  while ((option = getopt(argc, argv, "di:l")) != -1)
    if (option == 'd') remove = 1;
    else if (option == 'l') lists = 1;
    else if (option != 'i' || !form_number(optarg, &new.scram.iterations) || new.scram.iterations < SCRAM_LEAST
             || new.scram.iterations > SCRAM_MOST) usage();
  if (argc - optind != !lists || (lists && remove)) usage();
  if (!lists) take_login(argv[optind]);
  must_be_allowed();
  if (!lists && !remove) r = ask_password(new.login, password, &why);
  if (r == -1) log_die(111, why);
  if (!r) log_diex(100, why);
  umask(077);
  lock_in();
  if (lists) list();
  else if (remove) remove_login();
  else set_password(password);
  OPENSSL_cleanse(password, sizeof password);
  return 0;
}
