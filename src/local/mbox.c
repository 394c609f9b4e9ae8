/*
 * mbox.c - see mbox.h
 *
 * Kept from others by flock and by fcntl's lock, since readers use the one or the other. On NFS the kernel makes
 * fcntl's of flock, and the two would wait for each other: there only fcntl's is taken.
 */

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <skalibs/buffer.h>

#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "local/mbox.h"
#include "local/message.h"
#include "local/verdict.h"

#define LOCK_SECONDS 30
#define LOCK_PAUSE 100          /* ms between two tries */
#define NFS_MAGIC 0x6969
#define NULL_DEVICE makedev(1, 3)
#define AHEAD 1024              /* bytes of a line that are looked at for '>'s before "From " */
#define FAILED "4.3.0 unable to write the mailbox"

static int box;                 /* what is appended to, and its length before: the handler needs them */
static off_t old_size;

/* async-signal-safe to the end */
static void on_signal(int sig)
{
  static char const text[] = "4.3.0 delivery into the mailbox took too long\n";

  (void)sig;
  if (ftruncate(box, old_size) == -1 || write(1, text, sizeof text - 1) == -1) _exit(VERDICT_LATER);
  _exit(VERDICT_LATER);
}

static void catch(void (*handler)(int))
{
  struct sigaction a = { .sa_handler = handler };

  sigaction(SIGTERM, &a, 0);
}

static int try_lock(int fd, int with_flock)
{
  struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  if (with_flock && flock(fd, LOCK_EX | LOCK_NB) == -1) return -1;
  return fcntl(fd, F_SETLK, &l);
}

static _Noreturn void in_use(void)
{
  log_line("somebody else keeps the mbox file locked");
  verdict_later("4.2.1 the mailbox is in use");
}

static void lock(int fd, long long end)
{
  struct statfs fs;
  int with_flock = fstatfs(fd, &fs) == 0 && fs.f_type != NFS_MAGIC;

  while (try_lock(fd, with_flock) == -1) {
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      log_sys("unable to lock the mbox file");
      verdict_later(FAILED);
    }
    if (with_flock) flock(fd, LOCK_UN);
    if (io_clock() >= end) in_use();
    poll(0, 0, LOCK_PAUSE);
  }
}

/* "From " after any number of '>' */
static int looks_like_from(char const *s, size_t len)
{
  while (len && *s == '>') {
    s++;
    len--;
  }
  return len >= 5 && !memcmp(s, "From ", 5);
}

struct reader {
  char buf[MESSAGE_CHUNK];
  size_t from, to;
  off_t at;             /* of the message: what comes next into buf */
  int end;
};

/* Makes sure that there are AHEAD bytes, or all that is left. 0, or -1 with errno. */
static int look_ahead(struct reader *r)
{
  while (!r->end && r->to - r->from < AHEAD) {
    char const *s;
    ssize_t n;
    memmove(r->buf, r->buf + r->from, r->to - r->from);
    r->to -= r->from;
    r->from = 0;
    n = message_at(r->at, &s);
    if (n == -1) return -1;
    if (!n) r->end = 1;
    if ((size_t)n > sizeof r->buf - r->to) n = (ssize_t)(sizeof r->buf - r->to);
    memcpy(r->buf + r->to, s, (size_t)n);
    r->at += n;
    r->to += (size_t)n;
  }
  return 0;
}

/* Fields that readers of mbox files keep their own marks in, or the length of the message: a stranger's would hide it,
   or the ones after it. */
static int is_readers_field(char const *s, size_t len)
{
  static char const *const names[] = { "Content-Length", "Status", "X-Status", "X-Keywords", "X-UID", "X-IMAP",
                                       "X-IMAPbase", "X-UIDL", "X-Evolution", "X-Mozilla-Status", "X-Mozilla-Status2",
                                       "X-Mozilla-Keys" };
  size_t i;

  for (i = 0; i < sizeof names / sizeof names[0]; i++) {
    size_t n = strlen(names[i]);
    if (len <= n || strncasecmp(s, names[i], n)) continue;
    while (n < len && (s[n] == ' ' || s[n] == '\t')) n++;
    if (n < len && s[n] == ':') return 1;
  }
  return 0;
}

/* What is known of the line being copied, which may come in pieces. */
struct copy {
  int starts;           /* the next piece begins a line */
  int header;           /* it is of the header */
  int dropped;          /* of a field that is left out */
};

/* One piece, up to its newline when there is one. 0, or -1 with errno. */
static int put_piece(buffer *b, struct copy *c, char const *s, size_t n)
{
  if (c->starts) {
    if (*s == '\n') c->header = 0;
    if (!c->header) c->dropped = 0;
    else if (*s != ' ' && *s != '\t') c->dropped = is_readers_field(s, n);
    if (!c->dropped && looks_like_from(s, n) && !buffer_put(b, ">", 1)) return -1;
  }
  c->starts = s[n - 1] == '\n';
  return c->dropped || buffer_put(b, s, n) ? 0 : -1;
}

/* The message with its From line, quoted, and a blank line. 0, or -1 with errno. */
static int append(int fd, struct delivery const *d)
{
  static LARGE struct reader r;
  static LARGE char out[MESSAGE_CHUNK + 1];
  buffer b = BUFFER_INIT(&buffer_write, fd, out, sizeof out);
  struct copy c = { .starts = 1, .header = 1 };
  char from[DELIVERY_FROM_MAX];

  r.from = r.to = 0;
  r.at = 0;
  r.end = 0;
  delivery_from(d, from);
  if (!buffer_puts(&b, from) || !buffer_puts(&b, d->head)) return -1;
  for (;;) {
    char const *s, *nl;
    size_t n;
    if (look_ahead(&r) == -1) return -1;
    if (r.from == r.to) break;
    s = r.buf + r.from;
    n = r.to - r.from;
    nl = memchr(s, '\n', n);
    if (nl) n = (size_t)(nl - s) + 1;
    if (put_piece(&b, &c, s, n) == -1) return -1;
    r.from += n;
  }
  if (!c.starts && !buffer_puts(&b, "\n")) return -1;
  return buffer_puts(&b, "\n") && buffer_flush(&b) ? 0 : -1;
}

/* A file that was made just now, or never written to before, is durable only with its directory. */
static int sync_directory(char const *path)
{
  char *copy = strdup(path);
  int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  int r = fd == -1 ? -1 : fsync(fd);

  if (fd != -1) close(fd);
  free(copy);
  return r;
}

/* The file; -1 for /dev/null, where all mail fits and nothing is to be done. */
static int open_mbox(char const *path)
{
  int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK, fd = open(path, flags);
  struct stat st;

  if (fd == -1 && errno == ENOENT) fd = open(path, flags | O_CREAT, 0600);
  if (fd == -1 || fstat(fd, &st) == -1) {
    log_sys("unable to open ", path);
    verdict_sys(FAILED);
  }
  if (S_ISCHR(st.st_mode) && st.st_rdev == NULL_DEVICE) {
    close(fd);
    return -1;
  }
  if (!S_ISREG(st.st_mode)) {
    log_line(path, " is not a regular file");
    verdict_later(FAILED);
  }
  return fd;
}

/* Is it still the file of that name? */
static int is_named(int fd, char const *path)
{
  struct stat here, there;

  return !fstat(fd, &here) && !stat(path, &there) && here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* The same, locked. Who had the lock may have removed the file, or put another in its place: what were appended to the
   old one then would be lost. */
static int open_locked(char const *path)
{
  long long end = io_clock() + LOCK_SECONDS * 1000;
  int fd;

  while ((fd = open_mbox(path)) != -1) {
    lock(fd, end);
    if (is_named(fd, path)) break;
    close(fd);
    if (io_clock() >= end) in_use();
  }
  return fd;
}

/* What a crash in the middle of a message has left must not swallow the next one's From line. 0, or -1 with errno. */
static int end_line(int fd, off_t size)
{
  char last = '\n';
  ssize_t r;

  if (!size) return 0;
  do r = pread(fd, &last, 1, size - 1);
  while (r == -1 && errno == EINTR);
  if (r == -1) return -1;
  return last == '\n' ? 0 : io_write(fd, "\n\n", 2);
}

/* The whole message, durable. 0, or -1 with errno. */
static int add(int fd, struct delivery const *d, char const *path)
{
  if (end_line(fd, old_size) == -1 || append(fd, d) == -1 || fsync(fd) == -1) return -1;
  if (!old_size && sync_directory(path) == -1) return -1;
  catch(SIG_DFL);
  return close(fd);
}

void mbox_deliver(struct delivery const *d, char const *path)
{
  int e;

  box = open_locked(path);
  if (box == -1) return;
  old_size = lseek(box, 0, SEEK_END);
  if (old_size != -1) catch(on_signal);
  if (old_size != -1 && add(box, d, path) == 0) return;
  e = errno;
  log_sys("unable to append to ", path);
  if (old_size != -1 && ftruncate(box, old_size) == -1) log_sys("unable to cut ", path, " back to its old length");
  errno = e;
  verdict_sys(FAILED);
}
