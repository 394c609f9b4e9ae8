/*
 * queue.c - fills a queue with messages, as files, as if they had come and had been tried
 *
 *      queue [-n MESSAGES] [-t TO] [-d DESTINATIONS] [-l BYTES] [-w SECONDS] HOME
 *
 * -n  messages (1000)            -t  recipient (user@remote.example); %d in it is a number from 0 to DESTINATIONS - 1
 * -l  bytes of each (1000)           (-d, 1000), each in its turn
 * -w  each was tried once, and its next try is so many seconds from now; without it none was tried
 *
 * Formats, owners and names are those of mail-queued and mail-send, by the modules that they use. They came, one after
 * the other, in the 71 minutes before now, so all hashed directories have some. Nothing is synced. mail-send must not
 * run, or must be started anew.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "door/envelope.h"
#include "door/limits.h"
#include "door/state.h"
#include "lib/msg/crc32.h"
#include "lib/msg/id.h"

#include "tool.h"

#define MESSAGES_MAX 10000000
#define BYTES_MAX 100000000
#define SECONDS_MAX 1000000
#define ROUND 4294000000LL      /* us until the hashed directories begin anew */

static unsigned long messages = 1000, destinations = 1000, bytes = 1000, wait_seconds;
static char const *to = "user@remote.example";
static int tried;
static uid_t caller;

/* It is only measured with: state_write need not wait for the disk. */
int fdatasync(int fd)
{
  (void)fd;
  return 0;
}

static void own(char const *kind, int fd)
{
  struct stat st;

  if (stat(kind, &st) == -1 || fchown(fd, st.st_uid, st.st_gid) == -1) die("owner in %s: %s", kind, strerror(errno));
}

static void put(char const *kind, char const *id, mode_t mode, char const *s, size_t len)
{
  char path[ID_PATH_MAX];
  int fd;

  id_path(path, kind, id);
  fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd == -1 || write(fd, s, len) != (ssize_t)len) die("%s: %s", path, strerror(errno));
  own(kind, fd);
  close(fd);
}

static void put_state(char const *id)
{
  struct state st = { .tries = 1, .next = time(0) + (time_t)wait_seconds, .last = time(0), .ran = 60 };
  char path[ID_PATH_MAX];
  int fd;

  if (state_write(id, &st, (char const []){ MARK_OPEN }, 1, 0, 1) == -1) die("state of %s: %s", id, strerror(errno));
  id_path(path, "state", id);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd == -1) die("%s: %s", path, strerror(errno));
  own("state", fd);
  close(fd);
}

static size_t records(char *out, size_t size, unsigned long i)
{
  char const *percent = strstr(to, "%d");
  int n = snprintf(out, size, "Fsender@client.example%cT", 0), m;

  if (!percent) m = snprintf(out + n, size - (size_t)n, "%s", to);
  else m = snprintf(out + n, size - (size_t)n, "%.*s%lu%s", (int)(percent - to), to, i % destinations, percent + 2);
  return (size_t)(n + m) + 1;
}

static void fill(void)
{
  struct timespec t;
  char *text = malloc(bytes), id[ID_MAX + 1], rcpts[ADDRESS_MAX + 64];
  stralloc envelope = STRALLOC_ZERO;
  long long first;
  unsigned long i;
  uint32_t crc;

  if (!text) die("no memory");
  memset(text, 'x', bytes);
  if (bytes > 30) memcpy(text, "Subject: one of a backlog\n\n", 27);
  text[bytes - 1] = '\n';
  crc = crc32_add(0, text, bytes);
  clock_gettime(CLOCK_REALTIME, &t);
  first = (long long)t.tv_sec * 1000000 - ROUND;
  for (i = 0; i < messages; i++) {
    snprintf(id, sizeof id, "%014llx%06x%06lx", (unsigned long long)(first + (long long)(ROUND / messages * i)),
      (unsigned int)getpid() & 0xffffff, i & 0xffffff);
    if (envelope_make(&envelope, id, bytes, crc, caller, rcpts, records(rcpts, sizeof rcpts, i)) == -1)
      die("no envelope: %s", strerror(errno));
    put("mess", id, 0600, text, bytes);
    put("todo", id, 0640, envelope.s, envelope.len);
    if (tried) put_state(id);
  }
}

int main(int argc, char **argv)
{
  struct stat st;
  int o;

  while ((o = getopt(argc, argv, "n:t:d:l:w:")) != -1) switch (o) {
    case 'n': messages = number(optarg, 1, MESSAGES_MAX); break;
    case 't': to = optarg; break;
    case 'd': destinations = number(optarg, 1, MESSAGES_MAX); break;
    case 'l': bytes = number(optarg, 1, BYTES_MAX); break;
    case 'w': wait_seconds = number(optarg, 0, SECONDS_MAX); tried = 1; break;
    default: die("usage: queue [-n messages] [-t to] [-d destinations] [-l bytes] [-w seconds] HOME");
  }
  if (argc - optind != 1 || strlen(to) > ADDRESS_MAX) die("usage: queue [option...] HOME");
  umask(0);
  if (chdir(argv[optind]) == -1 || chdir("queue") == -1 || stat("mess", &st) == -1)
    die("%s/queue: %s", argv[optind], strerror(errno));
  caller = st.st_uid;
  fill();
  return 0;
}
