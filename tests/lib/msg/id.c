/* id.c - queue IDs: form, order, bounces, paths */

#include <errno.h>
#include <string.h>
#include <time.h>

#include "lib/msg/id.h"
#include "unit.h"

#define PARENT "0660bdf441a5b7000cce641f3d"

/* as id_new reads the clock: time() may be some milliseconds behind it */
static time_t now(void)
{
  struct timespec t = { 0 };

  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec;
}

static void new_ids(void)
{
  static char ids[1000][ID_MAX + 1];
  unsigned int i, bad = 0, same = 0;
  time_t before = now();

  for (i = 0; i < 1000; i++) {
    bad += id_new(ids[i]) == -1 || !id_ok(ids[i]) || id_depth(ids[i]) || strlen(ids[i]) != 26;
    bad += id_time(ids[i]) < before || id_time(ids[i]) > now();
    if (i) bad += strncmp(ids[i - 1], ids[i], 14) > 0;
    if (i) same += !strcmp(ids[i - 1], ids[i]);
  }
  check("a thousand new ones are IDs, of now, in order", !bad);
  check("no two are the same", !same);
}

static void forms(void)
{
  static char const *const good[] = { PARENT, PARENT "-1", PARENT "-9999", PARENT "-1-1", PARENT "-9999-9999" };
  static char const *const bad[] = {
    "", "0", "0660bdf441a5b7000cce641f3", PARENT "0", PARENT "-", PARENT "-0", PARENT "-01", PARENT "-10000",
    PARENT "-1-", PARENT "-1-0", PARENT "-1-1-1", PARENT "-1 ", PARENT "-x", PARENT "\n", PARENT "-1\n",
    "0660BDF441A5B7000CCE641F3D", "../../../etc/passwd-1234567", "0660bdf441a5b7000cce641f3/",
    "0660bdf441a5b7000cce641f3g", " 660bdf441a5b7000cce641f3d"
  };
  size_t i;

  for (i = 0; i < sizeof good / sizeof *good; i++)
    if (!id_ok(good[i]) || strlen(good[i]) > ID_MAX) break;
  check("good ones", i == sizeof good / sizeof *good);
  for (i = 0; i < sizeof bad / sizeof *bad; i++)
    if (id_ok(bad[i])) break;
  check("bad ones", i == sizeof bad / sizeof *bad);
}

static int any_byte(void)
{
  char s[] = PARENT "-12";
  size_t at;
  int c, good = 1;

  for (at = 0; at < sizeof s - 1; at++)
    for (c = 0; c < 256; c++) {
      char keep = s[at];
      int digit = c >= '0' && c <= '9', hex = digit || (c >= 'a' && c <= 'f');
      int want = at < 26 ? hex : at == 26 ? c == '-' : at == 27 ? c >= '1' && c <= '9' : digit || !c;
      s[at] = (char)c;
      if (at == 26 && !c) want = 1;     /* the parent itself */
      good &= id_ok(s) == want;
      s[at] = keep;
    }
  return good;
}

static void bounces(void)
{
  char b[ID_MAX + 1], d[ID_MAX + 1], path[ID_PATH_MAX];

  check("a bounce", !id_bounce(b, PARENT, 1) && !strcmp(b, PARENT "-1") && id_depth(b) == 1);
  check("a double bounce", !id_bounce(d, b, 9999) && !strcmp(d, PARENT "-1-9999") && id_depth(d) == 2 && id_ok(d));
  check("no third", id_bounce(b, d, 1) == -1 && errno == EINVAL);
  check("no number 0", id_bounce(b, PARENT, 0) == -1);
  check("no number 10000", id_bounce(b, PARENT, 10000) == -1);
  check("not of what is no ID", id_bounce(b, "x", 1) == -1);
  check("the time of the ancestor", id_time(d) == id_time(PARENT) && id_time(PARENT) == 0x0660bdf441a5b7LL / 1000000);
  id_path(path, "bounce", PARENT "-9999-9999");
  check("the longest path", !strcmp(path, "bounce/f4/" PARENT "-9999-9999"));
  id_path(path, "mess", PARENT);
  check("a path", !strcmp(path, "mess/f4/" PARENT));
  id_dir(path, "todo", id_hash(PARENT));
  check("its directory", id_hash(PARENT) == 0xf4 && id_hash_at(id_micro(PARENT)) == 0xf4 && !strcmp(path, "todo/f4"));
  id_dir(path, "bounce", ID_HASHES - 1);
  check("the last directory", !strcmp(path, "bounce/ff"));
}

int main(void)
{
  new_ids();
  forms();
  check("every byte in every place", any_byte());
  bounces();
  return unit_end();
}
