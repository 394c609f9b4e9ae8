/* io.c - see io.h */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/io.h"

#define CONNECT_PAUSE 100       /* ms between two tries: a restarted listener is back well within a second */
#define DAY_MS 86400000
#define MEMORY_PAUSE 200        /* ms until the kernel may have memory again */

int io_write(int fd, char const *s, size_t len)
{
  while (len) {
    ssize_t r = write(fd, s, len);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1) return -1;
    s += r;
    len -= (size_t)r;
  }
  return 0;
}

int io_fill(char *buf, size_t size, size_t *used, char const **s, size_t *len)
{
  size_t n = size - *used < *len ? size - *used : *len;

  if (!n) return 0;
  memcpy(buf + *used, *s, n);
  *used += n;
  *s += n;
  *len -= n;
  return *used == size;
}

ssize_t io_read(int fd, char *s, size_t len)
{
  size_t got = 0;

  while (got < len) {
    ssize_t r = read(fd, s + got, len - got);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1) return -1;
    if (!r) break;
    got += (size_t)r;
  }
  return (ssize_t)got;
}

ssize_t io_read_file(char const *path, char *s, size_t size)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat st;
  ssize_t len = -1;

  if (fd == -1) return -1;
  if (fstat(fd, &st) != -1) {
    errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
    if (S_ISREG(st.st_mode) && st.st_size <= (off_t)size) len = io_read(fd, s, size);
  }
  io_close_keep(fd);
  return len;
}

int io_lock_folder(int dir)
{
  int fd = openat(dir, ".lock", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd == -1) return -1;
  if (flock(fd, LOCK_EX) == 0) return 0;
  io_close_keep(fd);
  return -1;
}

long long io_clock(void)
{
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int io_left(long long until)
{
  long long left = until - io_clock();

  return left < 0 ? 0 : left > DAY_MS ? DAY_MS : (int)left;
}

static int (*waits)(int, short, int);

void io_wait_by(int (*by)(int, short, int))
{
  waits = by;
}

int io_poll_failed(void)
{
  if (errno == ENOMEM) poll(0, 0, MEMORY_PAUSE);        /* which needs none */
  else if (errno != EINTR) return -1;
  return 0;
}

int io_wait(int fd, short events, int milliseconds)
{
  struct pollfd p = { .fd = fd, .events = events };
  long long end = io_clock() + milliseconds;
  int left = milliseconds;

  if (waits && milliseconds) return waits(fd, events, milliseconds);
  for (;;) {
    int r = poll(&p, 1, left);
    if (r >= 0) return r > 0;
    if (io_poll_failed() == -1) return -1;
    if (milliseconds < 0) continue;
    left = io_left(end);
  }
}

int io_nonblock(int fd)
{
  int flags = fcntl(fd, F_GETFL);

  return flags == -1 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void *io_own_memory(size_t bytes)
{
  void *p = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  return p == MAP_FAILED || madvise(p, bytes, MADV_DONTFORK) == -1 ? 0 : p;
}

void io_give_back(void *p, size_t bytes)
{
  size_t page = (size_t)sysconf(_SC_PAGESIZE), before = (page - (uintptr_t)p % page) % page;

  if (bytes > before) madvise((char *)p + before, (bytes - before) / page * page, MADV_DONTNEED);
}

void io_close_keep(int fd)
{
  int e = errno;

  if (fd >= 0) close(fd);
  errno = e;
}

/* last is closed, too; INT_MAX: all there are */
static void close_span(int fd, int last)
{
  long n = last == INT_MAX ? sysconf(_SC_OPEN_MAX) : last + 1L;

#ifdef SYS_close_range
  if (!syscall(SYS_close_range, (unsigned int)fd, (unsigned int)last, 0U)) return;      /* Linux 5.9 */
#endif
  for (; fd < n; fd++) close(fd);
}

void io_close_from(int fd)
{
  close_span(fd, INT_MAX);
}

/* the lowest of those from fd on; INT_MAX: there is none */
static int lowest(int fd, int const *of, size_t n)
{
  int low = INT_MAX;

  for (; n; n--, of++)
    if (*of >= fd && *of < low) low = *of;
  return low;
}

void io_close_but(int fd, int const *keep, size_t n)
{
  int next;

  for (; (next = lowest(fd, keep, n)) != INT_MAX; fd = next + 1)
    if (next > fd) close_span(fd, next - 1);
  close_span(fd, INT_MAX);
}

int io_standard(void)
{
  int fd;

  for (fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd) return -1;
  return 0;
}

int io_detach(void)
{
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);

  if (null == -1 || dup2(null, 0) == -1 || dup2(null, 1) == -1) return -1;
  if (null > 1) close(null);
  return 0;
}

static int connect_once(char const *path, int type)
{
  struct sockaddr_un a = { .sun_family = AF_UNIX };
  int fd;

  if (strlen(path) >= sizeof a.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(a.sun_path, path, strlen(path) + 1);
  fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);     /* a listener that is stopped must not stop us */
  if (fd == -1) return -1;
  if (!connect(fd, (struct sockaddr *)&a, sizeof a) && (type & SOCK_NONBLOCK || fcntl(fd, F_SETFL, 0) != -1)) return fd;
  io_close_keep(fd);
  return -1;
}

int io_connect_unix(char const *path, int type, unsigned int seconds)
{
  long long end = io_clock() + (long long)seconds * 1000;

  for (;;) {
    int fd = connect_once(path, type);
    if (fd != -1 || (errno != ENOENT && errno != ECONNREFUSED && errno != EAGAIN && errno != EINTR)) return fd;
    if (io_clock() >= end || io_wait(-1, 0, CONNECT_PAUSE) == -1) return -1;
  }
}
