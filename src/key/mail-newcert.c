/*
 * mail-newcert.c - check a certificate and its key, and install them both in one step below tls/
 *
 * Runs as    root, by the administrator or as the deploy hook of an ACME client
 * Reads      the two files named, the system's certificate authorities, control/me
 * Writes     tls/NAME/cert and tls/NAME/key, by way of tls/.new: nobody finds a new one beside an old one
 * Trusts     the administrator for the name; the files are read by a locked-in copy of it, which has no other file
 * If broken  that copy could install another certificate and key for the name
 * Exits      0; 100 they cannot be used, and what was there stays, or wrong usage; 111 it could not be done now
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <skalibs/bytestr.h>

#include "door/sign.h"
#include "key/pair.h"
#include "key/selfsigned.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"

#define ROOTS "/etc/ssl/certs/ca-certificates.crt"
#define ROOTS_MAX 4194304       /* bytes */
#define USAGE "usage: mail-newcert NAME CERT KEY | mail-newcert -s NAME"
#define NEW "tls/.new"
#define FORMER "tls/.former"    /* of a folder that had files of others', too */

static char name[SIGN_NAME_MAX + 1];            /* the folder's */
static char host[SIGN_NAME_MAX + 1];            /* what a certificate made here is for */
static int out_cert, out_key;

static void take_name(char const *s)
{
  size_t len = strlen(s);

  if (len <= SIGN_NAME_MAX) {
    memcpy(name, s, len + 1);
    case_lowers(name);
    if (!strncmp(name, "*.", 2)) *name = '_';
  }
  if (!sign_name(name))
    log_diex(100, "fatal: this is no host's name (mail.example.org, *.example.org), nor default: ", s);
}

/* The name to be in a certificate of our own. */
static void take_host(void)
{
  stralloc me = STRALLOC_ZERO;

  memcpy(host, name, sizeof host);
  if (!strncmp(host, "_.", 2)) *host = '*';
  if (strcmp(name, "default")) return;
  if (control_value("me", &me) == -1) log_die(111, "fatal: unable to read control/me");
  case_lowers(me.s);
  if (!sign_name(me.s)) log_diex(100, "fatal: control/me is no host's name: ", me.s);
  memcpy(host, me.s, me.len + 1);
  stralloc_free(&me);
}

/* What a crash has left, or the former ones. Files of others' stay. */
static int clear_new(void)
{
  if (!unlink(NEW)) return 0;           /* a link, to the former ones */
  if (errno == ENOENT) return 0;
  if ((unlink(NEW "/cert") == -1 && errno != ENOENT) || (unlink(NEW "/key") == -1 && errno != ENOENT)) return -1;
  return rmdir(NEW);
}

static int create(char const *path)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd == -1) log_die(111, "fatal: unable to create ", path);
  return fd;
}

/* tls/, locked: two at once would write into the same files. */
static int start(void)
{
  int dir;

  umask(022);
  if (chdir(conf_home) == -1) log_die(111, "fatal: unable to enter ", conf_home);
  dir = open("tls", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir == -1 || io_lock_folder(dir) == -1) log_die(111, "fatal: unable to lock ", conf_home, "/tls");
  if (clear_new() == -1 || mkdir(NEW, 0755) == -1) log_die(111, "fatal: unable to make " NEW " anew");
  out_cert = create(NEW "/cert");
  out_key = create(NEW "/key");
  return dir;
}

static void read_text(struct pair_text *t, int fd, char *s, size_t size)
{
  ssize_t len = io_read(fd, s, size);

  if (len == -1) log_die(111, "fatal: unable to read ", t->file);
  if ((size_t)len == size) log_diex(100, "fatal: this is too large: ", t->file);
  t->s = s;
  t->len = (size_t)len;
}

/* In a copy that has its descriptors and nothing else. */
static _Noreturn void make(struct pair_text *cert, int cert_fd, struct pair_text *key, int key_fd, int roots_fd)
{
  static char cert_text[PAIR_FILE_MAX], key_text[PAIR_FILE_MAX], roots_text[ROOTS_MAX];
  struct pair_text roots = { .file = ROOTS };
  struct pair p;

  if (priv_lock(0, 0, 0) == -1) log_die(111, "fatal: unable to lock in");
  if (!cert) selfsigned_make(&p, host);
  else {
    read_text(cert, cert_fd, cert_text, sizeof cert_text);
    read_text(key, key_fd, key_text, sizeof key_text);
    if (roots_fd != -1) read_text(&roots, roots_fd, roots_text, sizeof roots_text);
    pair_read(&p, cert, key);
    pair_check(&p, cert->file, &roots);
    pair_check_name(&p, cert->file, name);
  }
  if (pair_write(&p, out_cert, out_key) == -1) log_die(111, "fatal: unable to write " NEW);
  _exit(0);
}

/* Waits for the copy; ends as it did. */
static void made(pid_t pid)
{
  int status;

  if (pid == -1) log_die(111, "fatal: unable to fork");
  while (waitpid(pid, &status, 0) == -1)
    if (errno != EINTR) log_die(111, "fatal: unable to wait");
  if (WIFEXITED(status) && !WEXITSTATUS(status)) return;
  clear_new();
  if (!WIFEXITED(status)) log_diex(111, "fatal: what reads the files has crashed");
  _exit(WEXITSTATUS(status));
}

static _Noreturn void die_install(void)
{
  int e = errno;

  clear_new();
  errno = e;
  log_die(111, "fatal: unable to install ", name, " in ", conf_home, "/tls");
}

/* Owners, modes, and both on the disk. */
static int finish(void)
{
  int dir = open(NEW, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  return dir == -1 || fchown(out_key, (uid_t)-1, conf_users[CONF_KEYS].gid) == -1 || fchmod(out_key, 0640) == -1
         || fchmod(out_cert, 0644) == -1 || fsync(out_key) == -1 || fsync(out_cert) == -1 || fsync(dir) == -1 ? -1 : 0;
}

static void install(int tls)
{
  char path[sizeof "tls/" + SIGN_NAME_MAX];
  struct stat st;

  snprintf(path, sizeof path, "tls/%s", name);
  if (finish() == -1) die_install();
  if (lstat(path, &st) == -1) {
    if (errno != ENOENT || rename(NEW, path) == -1) die_install();
  }
  else if (renameat2(AT_FDCWD, NEW, AT_FDCWD, path, RENAME_EXCHANGE) == -1) die_install();
  if (fsync(tls) == -1) log_die(111, "fatal: unable to sync ", conf_home, "/tls");
  if (clear_new() == -1 && rename(NEW, FORMER) == -1) log_sys("warning: unable to remove the former " NEW);
}

static int open_text(char const *path)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC);

  if (fd == -1) log_die(errno == ENOENT ? 100 : 111, "fatal: unable to open ", path);
  return fd;
}

int main(int argc, char **argv)
{
  int own = argc == 3 && !strcmp(argv[1], "-s"), cert_fd = -1, key_fd = -1, roots_fd = -1, tls;
  struct pair_text cert, key;
  pid_t pid;

  log_name("mail-newcert");
  usage_asked(argc, argv, USAGE);
  if (!own && (argc != 4 || *argv[1] == '-')) log_diex(100, USAGE);
  take_name(argv[own ? 2 : 1]);
  if (own) take_host();
  else {
    cert.file = argv[2];
    key.file = argv[3];
    cert_fd = open_text(cert.file);
    key_fd = open_text(key.file);
    roots_fd = open(ROOTS, O_RDONLY | O_CLOEXEC);
  }
  if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, 0)) log_diex(111, "fatal: unable to start OpenSSL");
  tls = start();
  pid = fork();
  if (!pid) make(own ? 0 : &cert, cert_fd, &key, key_fd, roots_fd);
  made(pid);
  install(tls);
  return 0;
}
