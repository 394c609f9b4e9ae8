/*
 * maildir.c - see maildir.h
 *
 *      step                            a failure or a signal here leaves
 *      tmp/NAME made and written       nothing (removed), or after a crash a file in tmp/ that readers sweep
 *      tmp/NAME synced, closed         the same
 *      linked as new/NAME              nothing: both names are removed
 *      new/ synced                     the message, delivered
 *      tmp/NAME removed                the message, delivered
 *
 * Linked, not renamed: link never replaces a file. Without the sync of new/ a crash could lose what the queue
 * has already forgotten.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "local/maildir.h"
#include "local/message.h"
#include "local/verdict.h"

#define SECONDS_MAX 86400       /* readers sweep tmp/ after 36 hours: be gone before */
#define TRIES 5                 /* names until one is free */
#define FAILED "4.3.0 unable to write the mailbox"

static int dir = -1;            /* the Maildir; the handler needs it */
static char tmp_name[320];
static char const *const base = tmp_name + 4;   /* the same without "tmp/" */
static char new_name[320];
static volatile sig_atomic_t linked;
static unsigned int counter;
static struct {                 /* the Maildir, for the log */
  char const *path, *user, *home;
} where;

static void remove_traces(void)
{
  if (linked) unlinkat(dir, new_name, 0);
  unlinkat(dir, tmp_name, 0);
}

/* Says how to make it, when it or a part of it is missing. */
static void log_missing(void)
{
  char const *p = where.path;

  if (errno == ENOENT)
    log_line("there is no Maildir ", p, " with tmp, new and cur: as user ", where.user, ", in ", where.home,
             ", run mkdir -p -m 700 ", p, " ", p, "tmp ", p, "new ", p, "cur");
}

static void fail(char const *what) __attribute__((noreturn));
static void fail(char const *what)
{
  int e = errno;

  log_sys("unable to ", what, " in the Maildir");
  log_missing();
  remove_traces();
  errno = e;
  verdict_sys(FAILED);
}

/* async-signal-safe to the end */
static void on_signal(int sig)
{
  static char const text[] = "4.3.0 delivery into the mailbox took too long\n";

  (void)sig;
  remove_traces();
  if (write(1, text, sizeof text - 1) == -1) _exit(VERDICT_LATER);
  _exit(VERDICT_LATER);
}

static void catch(void (*handler)(int))
{
  struct sigaction a = { .sa_handler = handler };

  sigaction(SIGALRM, &a, 0);
  sigaction(SIGTERM, &a, 0);
}

/* The host's name with nothing in it that means something in a Maildir's file names. */
static void host_name(char s[128])
{
  char host[65] = "";
  size_t i, n = 0;

  if (gethostname(host, sizeof host - 1) == -1 || !host[0]) snprintf(host, sizeof host, "localhost");
  for (i = 0; host[i] && n < 120; i++) {
    unsigned char c = (unsigned char)host[i];
    if (c == '/' || c == ':') n += (size_t)snprintf(s + n, 128 - n, "\\%03o", c);
    else s[n++] = (char)(c > 32 && c < 127 ? c : '_');
  }
  s[n] = 0;
}

/* By a true call where that is possible: the library looks into pages of the kernel's, and to touch those is dear for
   a process that needs the time but once. */
static void now(struct timespec *t)
{
#ifdef __LP64__
  if (!syscall(SYS_clock_gettime, CLOCK_REALTIME, t)) return;
#endif
  clock_gettime(CLOCK_REALTIME, t);
}

static int create(void)
{
  char host[128];
  struct timespec t;
  int i, fd = -1;

  host_name(host);
  for (i = 0; fd == -1 && i < TRIES; i++) {
    now(&t);
    snprintf(tmp_name, sizeof tmp_name, "tmp/%lld.M%06ldP%ldQ%u.%s", (long long)t.tv_sec, t.tv_nsec / 1000,
             (long)getpid(), ++counter, host);
    snprintf(new_name, sizeof new_name, "new/%s", base);
    fd = openat(dir, tmp_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd == -1 && errno != EEXIST) break;
  }
  return fd;
}

static char const *const parts[] = { "tmp", "new", "cur" };
#define PARTS (sizeof parts / sizeof parts[0])

static int sync_at(char const *path)
{
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = fd == -1 ? -1 : fsync(fd);

  if (fd != -1) close(fd);
  return r;
}

/* Everything of it below another name, which then becomes its own: nobody ever sees a half. 0, or -1 with errno. */
static int make_as(char const *name, char const *path)
{
  char part[64];
  size_t i;

  if (mkdir(name, 0700) == -1) return -1;
  for (i = 0; i < PARTS; i++) {
    snprintf(part, sizeof part, "%s/%s", name, parts[i]);
    if (mkdir(part, 0700) == -1) return -1;
  }
  return sync_at(name) == -1 || rename(name, path) == -1 ? -1 : sync_at(".");
}

static void unmake(char const *name)
{
  char part[64];
  size_t i;

  for (i = 0; i < PARTS; i++) {
    snprintf(part, sizeof part, "%s/%s", name, parts[i]);
    rmdir(part);
  }
  rmdir(name);
}

/* The Maildir of the standard delivery, in a home that is the user's. 0 when it is there now, or -1. */
static int make(struct delivery const *d, char const *path)
{
  char name[32];
  struct stat st;
  int r;

  if (!d->is_standard || *path != '.' || lstat(path, &st) == 0 || stat(".", &st) == -1 || st.st_uid != geteuid())
    return -1;
  snprintf(name, sizeof name, ".maildir.%ld", (long)getpid());
  unmake(name);                 /* of one that crashed with our number */
  r = make_as(name, path);
  if (r == -1) {
    log_sys("unable to make the Maildir ", path);
    unmake(name);
    return stat(path, &st);     /* another delivery may have been faster */
  }
  log_line("made the Maildir ", d->home, "/", path + 2 * !strncmp(path, "./", 2));
  return 0;
}

static void copy(int fd, struct delivery const *d)
{
  char const *s;
  ssize_t r;
  off_t at = 0;

  if (io_write(fd, d->head, strlen(d->head)) == -1) fail("write");
  while ((r = message_at(at, &s)) > 0) {
    if (io_write(fd, s, (size_t)r) == -1) fail("write");
    at += r;
  }
  if (r) fail("read the message for");
}

static void sync_new(void)
{
  int fd = openat(dir, "new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd == -1 || fsync(fd) == -1) fail("sync new/");
  close(fd);
}

void maildir_deliver(struct delivery const *d, char const *path)
{
  int fd;

  linked = 0;
  where.path = path;
  where.user = d->user;
  where.home = d->home;
  dir = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir == -1 && errno == ENOENT && make(d, path) == 0) dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fd = dir == -1 ? -1 : create();
  if (fd == -1) {
    log_sys("unable to create a file in ", path, "tmp");
    log_missing();
    verdict_sys(FAILED);
  }
  catch(on_signal);
  alarm(SECONDS_MAX);
  copy(fd, d);
  if (fsync(fd) == -1) fail("sync a file");
  if (close(fd) == -1) fail("close a file");
  if (linkat(dir, tmp_name, dir, new_name, 0) == -1) fail("link a file to new/");
  linked = 1;
  sync_new();
  alarm(0);
  catch(SIG_DFL);
  unlinkat(dir, tmp_name, 0);   /* a second name in tmp/ harms nobody */
  close(dir);
}
