/*
 * access.c - what rules say of an address, and relayclients where they say nothing
 *
 * The home of this instance is made in a directory that is the root of a child.
 */

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/cdbmake.h>

#include "in/access.h"
#include "lib/conf/conf.h"
#include "unit.h"

#define RULE(address, instructions) { address, instructions, sizeof instructions }

struct rule {
  char const *address;
  char const *instructions;     /* as tcprules writes them: each with its NUL */
  size_t len;
};

static struct access a;

static void file(char const *name, char const *text)
{
  char path[CONF_PATH_MAX];
  int fd;

  conf_file(path, "control", name);
  unlink(path);
  if (!text) return;
  fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) check(name, 0);
  close(fd);
}

/* in the place of what was there, as tcprules does it */
static void rules(struct rule const *r, size_t n)
{
  char path[CONF_PATH_MAX], to[CONF_PATH_MAX];
  cdbmaker maker = CDBMAKER_ZERO;
  int fd = open(conf_file(path, "control", "smtp.tmp"), O_RDWR | O_CREAT | O_TRUNC, 0644), good;

  good = fd != -1 && cdbmake_start(&maker, fd);
  for (; good && n; n--, r++)
    good = cdbmake_add(&maker, r->address, (unsigned int)strlen(r->address), r->instructions, (unsigned int)r->len);
  good = good && cdbmake_finish(&maker) && !rename(path, conf_file(to, "control", "smtp.cdb"));
  if (!good) check("rules", 0);
  close(fd);
}

static enum access_verdict of(char const *ip)
{
  struct net_address peer;

  if (!net_parse(&peer, ip, strlen(ip))) check(ip, 0);
  return access_find(&a, &peer, ip);
}

/* allowed, by the rule that sets DATABYTES to that; 0: by one that sets nothing */
static int by(char const *ip, unsigned int bytes)
{
  return of(ip) == ACCESS_ALLOW && a.has_databytes == (bytes != 0) && (!bytes || a.databytes == bytes)
         && !a.has_relayclient && !a.has_greetdelay;
}

static void addresses(void)
{
  static struct rule const some[] = {
    RULE("192.0.2.7", "+DATABYTES=1"), RULE("192.0.2.", "+DATABYTES=2"), RULE("192.", "+DATABYTES=3"),
    RULE("10.", "D"), RULE("10.0.0.1", ""), RULE("2001:db8::7", "+DATABYTES=4"), RULE("2001:db8:", "+DATABYTES=5"),
    RULE(":", "+DATABYTES=6"), RULE("", "+DATABYTES=7")
  };

  rules(some, sizeof some / sizeof *some);
  check("an address", by("192.0.2.7", 1));
  check("its network", by("192.0.2.70", 2));
  check("a wider one", by("192.0.20.7", 3));
  check("no part of a number", by("192.0.2.1", 2) && by("19.0.2.7", 7));
  check("denied", of("10.1.2.3") == ACCESS_DENY);
  check("but for one", by("10.0.0.1", 0));
  check("IPv6", by("2001:db8::7", 4));
  check("its network in IPv6", by("2001:db8::8", 5));
  check("a colon alone", by("::1", 6));
  check("all others", by("fe80::1", 7) && by("1.2.3.4", 7));
}

static void variables(void)
{
  static struct rule const some[] = {
    RULE("1.", "+RELAYCLIENT=\0+DATABYTES=18446744073709551615\0+GREETDELAY=99999999"), RULE("2.", "+RELAYCLIENT=@fix.me"),
    RULE("3.", "+DATABYTES=1\0+QMAILQUEUE=/bin/filter\0+X=y=z"), RULE("4.", "+DATABYTES=1k"),
    RULE("5.", "+GREETDELAY="), RULE("6.", "+RELAYCLIENT=\0D"), RULE("7.", "+NOTHING\0x\0"), RULE("8.", "+EHLOHIDE=")
  };
  static char long_rule[] = "+RELAYCLIENT=..................................................................................."
    ".................................................................................................................."
    "............................................................";
  struct rule more[9];

  memcpy(more, some, sizeof some);
  more[8] = (struct rule){ "9.", long_rule, sizeof long_rule };
  rules(more, 9);
  check("all three", of("1.1.1.1") == ACCESS_ALLOW && a.has_relayclient && !*a.relayclient && a.has_databytes
        && a.databytes == UINT64_MAX && a.has_greetdelay && a.greetdelay == 86400);
  check("a suffix", of("2.1.1.1") == ACCESS_ALLOW && !strcmp(a.relayclient, "@fix.me") && !a.has_databytes);
  check("a hook", of("3.1.1.1") == ACCESS_OWN && a.databytes == 1);
  check("its environment", access_environment() == 0 && !strcmp(getenv("QMAILQUEUE"), "/bin/filter")
        && !strcmp(getenv("DATABYTES"), "1") && !strcmp(getenv("X"), "y=z"));
  access_clear_environment();
  check("and none", !getenv("QMAILQUEUE") && !getenv("DATABYTES"));
  check("a number that is none", of("4.1.1.1") == ACCESS_OWN && of("5.1.1.1") == ACCESS_OWN);
  check("denied after all", of("6.1.1.1") == ACCESS_DENY);
  check("what sets nothing", of("7.1.1.1") == ACCESS_ALLOW && !a.has_relayclient && access_environment() == 0);
  check("a variable of the servers", of("8.1.1.1") == ACCESS_OWN);
  check("one that is too long", of("9.1.1.1") == ACCESS_OWN && access_environment() == 0
        && !strcmp(getenv("RELAYCLIENT"), long_rule + 13));
  access_clear_environment();
}

static void relaying(void)
{
  static struct rule const some[] = { RULE("192.0.2.1", "") };

  file("relayclients", "192.0.2.0/24\n2001:db8::/32\n");
  check("they are read", access_read() == 0);
  rules(some, 1);
  check("where no rule is", of("192.0.2.2") == ACCESS_ALLOW && a.has_relayclient && !*a.relayclient);
  check("not where one is", of("192.0.2.1") == ACCESS_ALLOW && !a.has_relayclient);
  check("IPv6", of("2001:db8::2") == ACCESS_ALLOW && a.has_relayclient);
  check("not others", of("192.0.3.1") == ACCESS_ALLOW && !a.has_relayclient);
  file("relayclients", "192.0.2.1/24\n");
  check("a mistake", access_read() == -1);
  check("changes nothing", of("192.0.2.2") == ACCESS_ALLOW && a.has_relayclient);
  file("relayclients", 0);
  file("smtp.cdb", 0);
  check("nobody", access_read() == 0 && of("192.0.2.2") == ACCESS_ALLOW && !a.has_relayclient);
}

static void changes(void)
{
  static struct rule const deny[] = { RULE("", "D") }, allow[] = { RULE("", "") };
  char text[2049];

  check("no rules", by("192.0.2.1", 0));
  rules(deny, 1);
  check("some", of("192.0.2.1") == ACCESS_DENY);
  rules(allow, 1);
  check("others", by("192.0.2.1", 0));
  file("smtp.cdb", "");
  check("an empty file", of("192.0.2.1") == ACCESS_LATER);
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = 0;
  file("smtp.cdb", text);
  check("a damaged one", of("192.0.2.1") == ACCESS_LATER && of("192.0.2.1") == ACCESS_LATER);
  rules(deny, 1);
  check("and a good one again", of("192.0.2.1") == ACCESS_DENY);
  file("smtp.cdb", 0);
  check("and none", by("192.0.2.1", 0));
}

/* In its own environment a porter has what holds for all. */
static void environment(void)
{
  static struct rule const some[] = { RULE("10.", "+DATABYTES=2") };

  setenv("DATABYTES", "77", 1);
  access_start("smtp.cdb");
  rules(some, 1);
  check("what the environment says", by("192.0.2.1", 77));
  check("goes behind a rule", by("10.0.0.1", 2));
  setenv("RCPTCHECK", "/bin/check", 1);
  access_start("smtp.cdb");
  check("a hook for all", of("192.0.2.1") == ACCESS_OWN && of("10.0.0.1") == ACCESS_OWN);
}

/* The home and its control/ below a new root. */
static int in_a_home(char const *root)
{
  char path[CONF_PATH_MAX], *slash;

  if (chroot(root) == -1 || chdir("/") == -1) return 0;
  conf_file(path, "control", "");
  for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    mkdir(path, 0755);
    *slash = '/';
  }
  file("me", "me.example\n");
  return 1;
}

static _Noreturn void all(char const *root)
{
  access_clear_environment();
  if (!in_a_home(root)) _exit(111);
  access_start("smtp.cdb");
  check("without any settings", access_read() == 0);
  addresses();
  variables();
  relaying();
  changes();
  environment();
  _exit(unit_end());            /* a search for leaks would want /proc */
}

static int remove_it(char const *path, struct stat const *st, int kind, struct FTW *where)
{
  (void)st;
  (void)kind;
  (void)where;
  return remove(path);
}

int main(void)
{
  char root[] = "/tmp/access.XXXXXX";
  int status = 0;
  pid_t pid;

  if (geteuid()) {
    puts("skip access: needs root");
    return 0;
  }
  pid = mkdtemp(root) ? fork() : -1;
  if (!pid) all(root);
  if (pid == -1 || waitpid(pid, &status, 0) != pid) return 111;
  nftw(root, remove_it, 8, FTW_DEPTH | FTW_PHYS);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 111;
}
