/* io.c - buffers that are sent when they are full, moments and the waits until then, closing with errno kept */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "unit.h"

/* all of s through a buffer of four bytes, a bar wherever it was full */
static char const *through(char const *s, size_t used)
{
  static char out[64];
  char buf[4] = "....";
  size_t len = strlen(s), n = 0;

  while (io_fill(buf, sizeof buf, &used, &s, &len)) {
    memcpy(out + n, buf, used);
    out[n + used] = '|';
    n += used + 1;
    used = 0;
  }
  memcpy(out + n, buf, used);
  out[n + used] = 0;
  return len ? "something is left" : out;
}

/* A copy that looks at it dies of that. */
static int is_own(char *p)
{
  int status;
  pid_t pid = fork();

  if (!pid) {
    signal(SIGSEGV, SIG_DFL);
    _exit(*(volatile char *)p);
  }
  return pid != -1 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
}

/* Does the page have memory? */
static int io_holds(char *p)
{
  unsigned char in;

  return mincore(p, 1, &in) == 0 ? in & 1 : -1;
}

static void memory(void)
{
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  char *p = io_own_memory(3 * page);

  check("memory of its own", p && !p[0] && !p[3 * page - 1]);
  if (p) p[0] = 1;
  check("that no copy has", p && is_own(p));
  if (!p) return;
  memset(p, 2, 3 * page);
  io_give_back(p + 1, 2 * page);
  check("what is given back", io_holds(p + page) == 0 && p[page] == 0);
  check("and no byte beside it", p[0] == 2 && p[2 * page] == 2);
}

static void files(void)
{
  char path[] = "/tmp/bulkhead-io.XXXXXX", s[4];
  int fd = mkstemp(path);

  check("a file to read", fd != -1 && write(fd, "abcd", 4) == 4);
  check("it is read whole", io_read_file(path, s, 4) == 4 && !memcmp(s, "abcd", 4));
  check("never in part", io_read_file(path, s, 3) == -1 && errno == EFBIG);
  close(fd);
  unlink(path);
  check("none", io_read_file(path, s, 4) == -1 && errno == ENOENT);
  check("a fifo is not waited for", !mkfifo(path, 0600) && io_read_file(path, s, 4) == -1 && errno == EINVAL);
  unlink(path);
  check("nor is a folder read", io_read_file("/tmp", s, 4) == -1 && errno == EINVAL);
}

static void detached(void)
{
  char c;
  pid_t pid = fork();
  int status;

  if (!pid) {
    close(1);
    _exit(io_detach() == 0 && read(0, &c, 1) == 0 && write(1, "x", 1) == 1 && fcntl(3, F_GETFD) == -1 ? 0 : 1);
  }
  check("nothing is left of 0 and 1", waitpid(pid, &status, 0) == pid && !status);
}

int main(void)
{
  char const *none = 0;
  char buf[1];
  size_t used = 0, len = 0;
  int fd;

  io_close_from(3);
  memory();
  files();
  detached();
  fd = open("/dev/null", O_RDONLY);

  check("less than there is room for", !strcmp(through("abc", 0), "abc"));
  check("as much", !strcmp(through("abcd", 0), "abcd|"));
  check("more", !strcmp(through("abcdefghij", 0), "abcd|efgh|ij"));
  check("behind others", !strcmp(through("abc", 2), "..ab|c"));
  check("nothing", !io_fill(buf, sizeof buf, &used, &none, &len) && !used);
  check("a moment that is over", io_left(io_clock() - 5) == 0 && io_left(0) == 0);
  check("one to come", io_left(io_clock() + 5000) > 4000 && io_left(io_clock() + 5000) <= 5000);
  check("one far away", io_left(0x7fffffffffffffffLL) == 86400000);
  errno = ENOTTY;
  io_close_keep(-1);
  io_close_keep(fd);
  io_close_keep(fd);
  check("closed, errno as it was", errno == ENOTTY && fcntl(fd, F_GETFD) == -1);
  return unit_end();
}
