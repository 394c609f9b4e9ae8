/* wishes.c - the journal of what operators want: round trip, last words, torn and damaged at every byte */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/wishes.h"
#include "records.h"
#include "lib/io/io.h"

static char const one[] = "0000000000000000000000000a", two[] = "0000000000000000000000000b";
static struct wishes all;

static void put(char const *s, size_t len)
{
  int fd = open(WISHES_PATH, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  if (fd == -1 || io_write(fd, s, len) == -1 || close(fd) == -1) exit(111);
}

static enum wishes_answer load(char const *s, size_t len)
{
  put(s, len);
  wishes_free(&all);
  return wishes_load(&all);
}

static size_t record(char *to, enum desk_word word, char const *domain, char const *id, char const *reason)
{
  struct wish w = { .when = 1000, .order = { .word = word, .uid = 7, .name = "ann", .n = *id ? 1 : 0 } };
  char buf[WISH_MAX];
  size_t len;

  snprintf(w.order.domain, sizeof w.order.domain, "%s", domain);
  snprintf(w.order.id[0], sizeof w.order.id[0], "%s", id);
  snprintf(w.order.reason, sizeof w.order.reason, "%s", reason);
  len = wish_pack(&w, buf);
  memcpy(to, buf, len);
  return len;
}

static int word(char const *id)
{
  struct wish_note const *n = wishes_of(&all, id);

  return n ? (int)n->word : 0;
}

static void last_words(void)
{
  char s[8192];
  size_t len = WISHES_HEAD_LEN;
  struct wish_note const *n;

  check("no file", wishes_load(&all) == WISHES_NONE && !wishes_of(&all, one));
  memcpy(s, WISHES_HEAD, len);
  check("an empty one", load(s, len) == WISHES_READ && !all.found.torn && !all.found.records);
  len += record(s + len, DESK_HOLD, "", one, "first");
  len += record(s + len, DESK_HOLD, "", two, "second");
  len += record(s + len, DESK_RELEASE, "", one, "");
  len += record(s + len, DESK_HOLD, "far.test", "", "down");
  len += record(s + len, DESK_HOLD, "near.test", "", "");
  len += record(s + len, DESK_RELEASE, "near.test", "", "");
  check("read", load(s, len) == WISHES_READ && all.found.records == 6 && all.found.end == (int64_t)len
        && !all.found.damaged && !all.found.torn);
  check("the last word counts", word(one) == DESK_RELEASE && word(two) == DESK_HOLD);
  n = wishes_of(&all, two);
  check("who, when and why", n && n->uid == 7 && n->when == 1000 && !strcmp(n->name, "ann") && !strcmp(n->reason, "second"));
  n = wishes_of_domain(&all, "FAR.test", 8);
  check("a domain", n && !strcmp(n->reason, "down"));
  check("one that was released", !wishes_of_domain(&all, "near.test", 9) && all.domains == 1);
}

/* Whatever happens to one byte, or wherever the file ends: the records before are there, and those behind damage. */
static void harm(void)
{
  char s[1024], t[1024];
  size_t len = WISHES_HEAD_LEN, first, at;
  int cut = 1, flipped = 1, told = 1;

  memcpy(s, WISHES_HEAD, len);
  first = len += record(s + len, DESK_HOLD, "", one, "x");
  len += record(s + len, DESK_HOLD, "", two, "y");
  for (at = 1; at < len; at++) {
    cut &= load(s, at) == WISHES_READ && !word(two) && (word(one) == DESK_HOLD) == (at >= first)
           && all.found.damaged == (at < WISHES_HEAD_LEN)
           && all.found.torn == (at > WISHES_HEAD_LEN && at != first);
    memcpy(t, s, len);
    t[at] ^= 0x41;
    if (load(t, len) == WISHES_STRANGE) continue;
    flipped &= at < first ? word(two) == DESK_HOLD : word(one) == DESK_HOLD;
    told &= at < first ? all.found.damaged == 1 && !all.found.torn
            : all.found.damaged + (uint32_t)all.found.torn == 1 && all.found.end == (int64_t)first
              && (!all.found.torn || (at >= first + 4 && at < first + 8));
  }
  check("cut anywhere", cut);
  check("damaged anywhere, the other record counts", flipped);
  check("damage is told, also at the end, where a length that is damaged alone looks torn", told);
  check("an empty file is damaged", load(s, 0) == WISHES_READ && all.found.damaged == 1 && !all.found.torn);
  memset(t, 0, sizeof t);
  memcpy(t, s, first);
  check("so is one with zeros at its end", load(t, first + 100) == WISHES_READ && all.found.damaged == 1 && word(one));
  memcpy(t, s, len);
  t[16] = '2';
  check("a version of later times", load(t, len) == WISHES_STRANGE && !word(one));
}

/* More than the index begins with, more than a window of the file. */
static void many(void)
{
  static char s[1 << 20];
  char id[ID_MAX + 1];
  size_t len = WISHES_HEAD_LEN;
  unsigned int i, good = 0;

  memcpy(s, WISHES_HEAD, len);
  for (i = 0; i < 5000; i++) {
    snprintf(id, sizeof id, "%026x", i);
    len += record(s + len, DESK_HOLD, "", id, "all");
  }
  check("many", load(s, len) == WISHES_READ && all.found.records == 5000 && all.ids == 5000);
  for (i = 0; i < 5000; i++) {
    snprintf(id, sizeof id, "%026x", i);
    good += word(id) == DESK_HOLD;
  }
  check("all of them", good == 5000);
  check("one order's records have one note", all.notes == 1);
}

int main(void)
{
  char dir[] = "/tmp/wishes.XXXXXX";

  if (!mkdtemp(dir) || chdir(dir) == -1 || mkdir("state", 0700) == -1) return 111;
  last_words();
  harm();
  many();
  wishes_free(&all);
  unlink(WISHES_PATH);
  rmdir("state");
  rmdir(dir);
  return unit_end();
}
